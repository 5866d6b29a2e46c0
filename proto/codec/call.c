/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters by table: name and place of each; the kind says what stands on the wire. */
#include "proto/codec/call.h"

#include "base/check.h"
#include "proto/codec/options.h"

#include <inttypes.h>
#include <string.h>

typedef struct parameter {
	const char *name;
	/* In proto_request: of a proto_id for ID, of a uint64_t for numbers, else a cx_slice.
	 */
	size_t offset;
} parameter;

#define PARAMETER(name_, member, text) \
	[PROTO_P_##name_] = { text, offsetof(proto_request, member) },
static const parameter table[] = { PROTO_PARAMETERS(PARAMETER) };

static cx_kind kind_of(proto_parameter which)
{
	switch (which) {
	case PROTO_P_TYPE:
	case PROTO_P_INDEX:
	case PROTO_P_TEXT:
	case PROTO_P_SCHEMA:
	case PROTO_P_REPORT:
		return CX_KIND_STR;
	case PROTO_P_ID:
	case PROTO_P_WATCH:
	case PROTO_P_AMOUNT:
	case PROTO_P_OTHER:
		return CX_KIND_INT;
	case PROTO_P_FIELDS:
		return CX_KIND_MAP;
	case PROTO_P_VALUES:
	case PROTO_P_FILTER:
	case PROTO_P_OPERATIONS:
		return CX_KIND_ARRAY;
	case PROTO_P_END:
		break;
	}
	CX_UNREACHABLE();
}

static bool is_number(proto_parameter which)
{
	return which == PROTO_P_WATCH || which == PROTO_P_AMOUNT || which == PROTO_P_OTHER;
}

static bool may_be_nil(proto_parameter which)
{
	return which == PROTO_P_FILTER || which == PROTO_P_SCHEMA || which == PROTO_P_REPORT;
}

static uint32_t parameter_count(const proto_method_info *method)
{
	uint32_t count = 0;
	while (method->parameters[count] != PROTO_P_END)
		count++;
	return count;
}

cx_status proto__method_decode(cx_reader *reader, proto_method *ret, cx_error *error)
{
	cx_slice name = cx_read_str_or_bin(reader);
	if (reader->failed)
		return cx_fail(error, CX_MALFORMED, "the method's name is no string");
	if (!proto_method_find(name, ret))
		return cx_fail(error, CX_UNKNOWN_METHOD, "no method \"%.*s\"",
		               CX_SLICE_ARG(name));
	return CX_OK;
}

/* {"$": n} */
static bool read_batch_reference(cx_reader *reader, int64_t *ret)
{
	uint32_t pairs = cx_read_map(reader);
	cx_slice key = cx_read_str(reader);
	int64_t number = cx_read_int(reader);
	if (reader->failed || pairs != 1 || !cx_slice_equal(key, CX_SLICE_LITERAL("$")))
		return false;
	*ret = number;
	return number >= 0 && number < PROTO_BATCH_OPERATIONS_MAX;
}

static bool read_id(cx_reader *reader, proto__place place, proto_id *ret)
{
	if (place == PROTO__IN_BATCH && cx_reader_peek(reader) == CX_KIND_MAP) {
		ret->from_batch = true;
		return read_batch_reference(reader, &ret->number);
	}
	ret->number = cx_read_int(reader);
	return !reader->failed;
}

static bool read_slice(cx_reader *reader, proto_parameter which, cx_slice *ret)
{
	if (may_be_nil(which) && cx_read_if_nil(reader))
		return true;
	if (cx_reader_peek(reader) != kind_of(which))
		return false;
	*ret = kind_of(which) == CX_KIND_STR ? cx_read_str(reader) : cx_read_skip(reader);
	return !reader->failed;
}

static bool read_number(cx_reader *reader, uint64_t *ret)
{
	*ret = cx_read_uint(reader);
	return !reader->failed;
}

static bool read_parameter(cx_reader *reader, proto_parameter which, proto__place place,
                           void *member)
{
	if (which == PROTO_P_ID)
		return read_id(reader, place, member);
	return is_number(which) ? read_number(reader, member)
	                        : read_slice(reader, which, member);
}

static cx_status decode_parameter(cx_reader *reader, proto_parameter which, proto__place place,
                                  proto_request *request, cx_error *error)
{
	cx_kind came = cx_reader_peek(reader);
	void *member = (char *)request + table[which].offset;
	if (read_parameter(reader, which, place, member))
		return CX_OK;
	const char *method = proto_method_info_of(request->method)->name;
	if (came == kind_of(which) || (came == CX_KIND_MAP && which == PROTO_P_ID))
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "%s: the value of parameter \"%s\" is not valid", method,
		               table[which].name);
	return cx_fail(error, CX_INVALID_ARGUMENT, "%s: parameter \"%s\" takes %s%s, not %s",
	               method, table[which].name, cx_kind_name(kind_of(which)),
	               may_be_nil(which) ? " or nil" : "", cx_kind_name(came));
}

static cx_status check_count(uint32_t count, const proto_method_info *method, cx_error *error)
{
	uint32_t expected = parameter_count(method);
	if (count < expected)
		return cx_fail(error, CX_INVALID_ARGUMENT, "%s: parameter \"%s\" is missing",
		               method->name, table[method->parameters[count]].name);
	if (count > expected + 1)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "%s takes %" PRIu32 " parameters and a map of options; %" PRIu32
		               " values came",
		               method->name, expected, count);
	return CX_OK;
}

cx_status proto__call_decode(cx_reader *reader, uint32_t count, proto_method method,
                             proto__place place, proto_request *ret, cx_error *error)
{
	const proto_method_info *info = proto_method_info_of(method);
	cx_status status = check_count(count, info, error);
	if (status != CX_OK)
		return status;

	*ret = (proto_request){ .msgid = ret->msgid, .method = method };
	uint32_t parameters = parameter_count(info);
	for (uint32_t i = 0; i < parameters; i++) {
		status = decode_parameter(reader, info->parameters[i], place, ret, error);
		if (status != CX_OK)
			return status;
	}
	return count > parameters ? proto__options_decode(reader, info, &ret->options, error)
	                          : CX_OK;
}

size_t proto__call_count(const proto_request *request)
{
	const proto_method_info *info = proto_method_info_of(request->method);
	bool options = proto__options_sent(&request->options, info) != 0;
	return parameter_count(info) + (options ? 1 : 0);
}

static void write_id(proto_id id, proto__place place, cx_buf *out)
{
	if (!id.from_batch) {
		cx_write_int(out, id.number);
		return;
	}
	CX_ASSERT(place == PROTO__IN_BATCH);
	cx_write_map(out, 1);
	cx_write_text(out, "$");
	cx_write_int(out, id.number);
}

static void write_slice(cx_slice value, proto_parameter which, cx_buf *out)
{
	const bool is_text = kind_of(which) == CX_KIND_STR;
	if (may_be_nil(which) && (is_text ? value.data == NULL : value.size == 0)) {
		cx_write_nil(out);
		return;
	}
	if (is_text) {
		cx_write_str(out, value);
		return;
	}
	CX_ASSERT(value.size > 0);
	cx_write_raw(out, value);
}

void proto__call_encode(const proto_request *request, proto__place place, cx_buf *out)
{
	const proto_method_info *info = proto_method_info_of(request->method);
	for (uint32_t i = 0; i < parameter_count(info); i++) {
		proto_parameter which = info->parameters[i];
		const char *member = (const char *)request + table[which].offset;
		if (which == PROTO_P_ID) {
			write_id(request->id, place, out);
			continue;
		}
		if (is_number(which)) {
			uint64_t number;
			memcpy(&number, member, sizeof number);
			cx_write_uint(out, number);
			continue;
		}
		cx_slice value;
		memcpy(&value, member, sizeof value);
		write_slice(value, which, out);
	}
	uint64_t sent = proto__options_sent(&request->options, info);
	if (sent != 0)
		proto__options_encode(&request->options, sent, out);
}
