/* SPDX-License-Identifier: Apache-2.0 */
/* The methods as a table. */
#include "base/check.h"
#include "proto/proto.h"

#include <string.h>

#define UNWRAP(...) __VA_ARGS__
#define INFO(name_, text, access_, parameters_, options_, result_) \
	[PROTO_##name_] = { .name = text,                          \
		            .name_size = sizeof(text) - 1,         \
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
		if (name.size == methods[i].name_size &&
		    memcmp(name.data, methods[i].name, name.size) == 0) {
			*ret = (proto_method)i;
			return true;
		}
	}
	return false;
}
