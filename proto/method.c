/* SPDX-License-Identifier: Apache-2.0 */
/* The methods as a table. */
#include "base/check.h"
#include "proto/proto.h"

#define UNWRAP(...) __VA_ARGS__
#define INFO(name_, text, access_, parameters_, options_, result_) \
	[PROTO_##name_] = { .name = text,                          \
		            .access = PROTO_ACCESS_##access_,      \
		            .parameters = { UNWRAP parameters_ },  \
		            .options = options_,                   \
		            .result = result_ },
static const proto_method_info methods[] = { PROTO_METHODS(INFO) };

const proto_method_info *proto_method_info_of(proto_method method)
{
	CX_ASSERT((unsigned)method < PROTO_METHOD_COUNT_ALL);
	return &methods[method];
}

bool proto_method_find(cx_slice name, proto_method *ret)
{
	for (unsigned i = 0; i < PROTO_METHOD_COUNT_ALL; i++) {
		if (cx_slice_equal(name, cx_slice_of(methods[i].name))) {
			*ret = (proto_method)i;
			return true;
		}
	}
	return false;
}
