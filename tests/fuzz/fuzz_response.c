/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a response: a client gets a result, an error with printable text, or
 * CX_MALFORMED. */
#include "base/check.h"
#include "base/text.h"
#include "proto/proto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text)
{
	CX_ASSERT(cx_text_is_utf8(cx_slice_of(text), NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cx_slice message = { .data = data, .size = size };
	proto_response response = { 0 };
	if (proto_response_decode(message, &response) != CX_OK)
		return 0;
	if (response.status == CX_OK) {
		CX_ASSERT(response.result.size > 0);
		return 0;
	}
	CX_ASSERT(response.error.status == response.status);
	check_text(response.error.text);
	check_text(response.error.field);
	check_text(response.error.index);
	return 0;
}
