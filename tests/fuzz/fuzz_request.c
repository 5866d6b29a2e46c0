/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a request, and as a batch: the decoder never reads past them, and what it takes
 * it writes back so that it reads the same. */
#include "base/check.h"
#include "proto/proto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void encode_again(const proto_request *request)
{
	CX_SCOPED(cx_buf_release) cx_buf first = CX_BUF_INIT(1024 * 1024);
	proto_request_encode(request, &first);
	CX_ASSERT(cx_buf_status(&first) == CX_OK);
	proto_request back = { 0 };
	CX_ASSERT(proto_request_decode(cx_buf_slice(&first), &back, NULL) == CX_OK);
	CX_ASSERT(back.msgid == request->msgid && back.method == request->method);
	CX_ASSERT(back.options.given == request->options.given);

	CX_SCOPED(cx_buf_release) cx_buf second = CX_BUF_INIT(1024 * 1024);
	proto_request_encode(&back, &second);
	CX_ASSERT(cx_slice_equal(cx_buf_slice(&first), cx_buf_slice(&second)));
}

static void walk_operations(cx_slice operations)
{
	cx_reader reader = cx_reader_of(operations);
	uint32_t count = cx_read_array(&reader);
	for (uint32_t i = 0; i < count; i++) {
		proto_request operation;
		cx_error error;
		cx_status status = proto_operation_decode(&reader, &operation, &error);
		CX_ASSERT(status == CX_OK || error.status == status);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cx_slice message = { .data = data, .size = size };
	proto_request request = { 0 };
	cx_error error;
	cx_status status = proto_request_decode(message, &request, &error);
	CX_ASSERT(status == CX_OK || error.status == status);
	if (status != CX_OK)
		return 0;
	encode_again(&request);
	if (request.method == PROTO_BATCH)
		walk_operations(request.operations);
	return 0;
}
