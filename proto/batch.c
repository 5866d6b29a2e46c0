/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of a batch: [method, parameter, …, options]. */
#include "proto/codec/call.h"

static cx_status check_method(proto_method method, cx_error *error)
{
	const proto_method_info *info = proto_method_info_of(method);
	if (proto_method_may_be_batched(method))
		return CX_OK;
	return cx_fail(error, CX_INVALID_ARGUMENT, "%s may not stand in a batch", info->name);
}

static cx_status decode(cx_slice operation, proto_request *ret, cx_error *error)
{
	cx_reader reader = cx_reader_of(operation);
	if (cx_reader_peek(&reader) != CX_KIND_ARRAY)
		return cx_fail(error, CX_INVALID_ARGUMENT, "an operation is an array, not %s",
		               cx_kind_name(cx_reader_peek(&reader)));
	uint32_t elements = cx_read_array(&reader);
	if (elements == 0)
		return cx_fail(error, CX_INVALID_ARGUMENT, "an operation begins with a method");

	proto_method method;
	cx_status status = proto__method_decode(&reader, &method, error);
	if (status == CX_OK)
		status = check_method(method, error);
	if (status != CX_OK)
		return status;
	ret->msgid = 0;
	return proto__call_decode(&reader, elements - 1, method, PROTO__IN_BATCH, ret, error);
}

cx_status proto_operation_decode(cx_reader *reader, proto_request *ret, cx_error *error)
{
	cx_slice operation = cx_read_skip(reader);
	if (reader->failed)
		return cx_fail(error, CX_MALFORMED, "the operations are cut short");
	return decode(operation, ret, error);
}

void proto_operation_encode(const proto_request *operation, cx_buf *out)
{
	cx_write_array(out, 1 + proto__call_count(operation));
	cx_write_text(out, proto_method_info_of(operation->method)->name);
	proto__call_encode(operation, PROTO__IN_BATCH, out);
}
