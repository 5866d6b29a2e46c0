/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as text: normal forms take exactly what is UTF-8, are stable, and what is quickly
 * called NFC is NFC. */
#include "base/check.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef cx_status (*normaliser)(cx_slice text, cx_buf *out);

static void check_form(normaliser normalise, cx_slice text, bool is_utf8, bool is_quick)
{
	CX_SCOPED(cx_buf_release) cx_buf once = CX_BUF_INIT(1 << 24);
	cx_status status = normalise(text, &once);
	CX_ASSERT(status == (is_utf8 ? CX_OK : CX_MALFORMED));
	if (!is_utf8)
		return;
	CX_ASSERT(cx_text_is_utf8(cx_buf_slice(&once), NULL));
	if (is_quick)
		CX_ASSERT(cx_slice_equal(cx_buf_slice(&once), text));

	CX_SCOPED(cx_buf_release) cx_buf twice = CX_BUF_INIT(1 << 24);
	CX_ASSERT(normalise(cx_buf_slice(&once), &twice) == CX_OK);
	CX_ASSERT(cx_slice_equal(cx_buf_slice(&once), cx_buf_slice(&twice)));
}

static void check_cutting(cx_slice text)
{
	size_t length = cx_text_length(text);
	cx_slice half = cx_text_head(text, length / 2);
	CX_ASSERT(cx_text_is_utf8(half, NULL));
	CX_ASSERT(cx_text_length(half) == length / 2);
	size_t width;
	size_t whole = cx_text_width(text);
	CX_ASSERT(cx_text_is_utf8(cx_text_fit(text, whole / 2, &width), NULL));
	CX_ASSERT(width <= whole / 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cx_slice text = { .data = data, .size = size };
	size_t offset = size;
	bool is_utf8 = cx_text_is_utf8(text, &offset);
	CX_ASSERT(is_utf8 || offset < size);
	CX_ASSERT(cx_text_is_utf8((cx_slice){ .data = data, .size = offset }, NULL));
	bool is_quick = cx_text_is_nfc_quick(text);
	CX_ASSERT(is_utf8 || !is_quick);
	check_form(cx_text_nfc, text, is_utf8, is_quick);
	check_form(cx_text_fold, text, is_utf8, false);
	if (is_utf8)
		check_cutting(text);
	return 0;
}
