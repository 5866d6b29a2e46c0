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

/* No `default`: a new method must be thought about here. */
bool proto_method_may_be_batched(proto_method method)
{
	switch (method) {
	case PROTO_CREATE:
	case PROTO_UPDATE:
	case PROTO_UPSERT:
	case PROTO_DELETE:
	case PROTO_UNDELETE:
	case PROTO_PURGE:
	case PROTO_CONVERT:
	case PROTO_REOPEN:
		return true;
	case PROTO_HELLO:
	case PROTO_PING:
	case PROTO_GET:
	case PROTO_LOOKUP:
	case PROTO_QUERY:
	case PROTO_COUNT:
	case PROTO_AGGREGATE:
	case PROTO_SEARCH:
	case PROTO_CHANGES:
	case PROTO_HISTORY:
	case PROTO_AS_OF:
	case PROTO_BATCH:
	case PROTO_SCHEMA_GET:
	case PROTO_SCHEMA_PLAN:
	case PROTO_SCHEMA_APPLY:
	case PROTO_INDEX_STATUS:
	case PROTO_INDEX_CANCEL:
	case PROTO_STATS:
	case PROTO_CHECK:
	case PROTO_ANALYZE:
	case PROTO_WATCH:
	case PROTO_UNWATCH:
	case PROTO_CREDIT:
	case PROTO_TRANSFER:
	case PROTO_MERGE:
	case PROTO_UNMERGE:
	case PROTO_REVALUE:
	case PROTO_DUPLICATES:
	case PROTO_REPORT:
	case PROTO_RUN_TIERS:
	case PROTO_RUN_FORECAST:
	case PROTO_METHOD_COUNT_ALL:
		return false;
	}
	CX_UNREACHABLE();
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
