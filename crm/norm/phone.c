/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/norm/phone.h"

#include "base/text.h"
#include "crm/norm/calling_code.h"

#include <string.h>

enum { TEXT_BYTES_MAX = 64 * 1024, DIGITS_MIN = 3 };

typedef struct typed_digits {
	uint8_t bytes[CRM__NORM_PHONE_DIGITS_MAX];
	size_t size;
	bool plus; /* a + stands before them */
} typed_digits;

/* What ends the number, in folded text. */
static bool is_end(cx_slice text)
{
	static const char *const ends[] = { "/",   ";",  ",",  "、",   "#",    "x",
		                            "ext", "转", "轉", "分机", "分機", "或" };
	for (size_t i = 0; i < CX_COUNT_OF(ends); i++)
		if (cx_slice_starts_with(text, cx_slice_of(ends[i])))
			return true;
	return false;
}

static typed_digits collect(cx_slice text)
{
	const cx_slice trunk = CX_SLICE_LITERAL("(0)");
	typed_digits found = { 0 };
	while (text.size > 0 && (found.size == 0 || !is_end(text))) {
		if (found.plus && cx_slice_starts_with(text, trunk)) {
			text = cx_slice_from(text, trunk.size);
			continue;
		}
		const uint8_t byte = text.data[0];
		if (byte == '+' && found.size == 0)
			found.plus = true;
		if (byte >= '0' && byte <= '9' && found.size < sizeof found.bytes)
			found.bytes[found.size++] = byte;
		text = cx_slice_from(text, 1);
	}
	return found;
}

static cx_slice without(cx_slice digits, const char *head)
{
	const cx_slice prefix = cx_slice_of(head);
	return prefix.size > 0 && cx_slice_starts_with(digits, prefix)
	               ? cx_slice_from(digits, prefix.size)
	               : digits;
}

/* A number with country code, maybe with the 0 that belongs inside the country. */
static void write_international(cx_slice digits, cx_buf *out)
{
	const crm__calling_code *code = crm__calling_code_in(digits);
	cx_slice rest = digits;
	if (code != NULL) {
		rest = cx_slice_from(digits, strlen(code->code));
		cx_buf_append_slice(out, cx_slice_of(code->code));
		if (strcmp(code->trunk, "0") == 0)
			rest = without(rest, "0");
	}
	cx_buf_append_slice(out, rest);
}

/* 86 and eleven digits, of which the first is 1: no Chinese number without code is so long. */
static bool is_chinese_mobile(const crm__calling_code *code, cx_slice digits)
{
	return strcmp(code->code, "86") == 0 && digits.size == 13 &&
	       cx_slice_starts_with(digits, CX_SLICE_LITERAL("861"));
}

static void write_number(const typed_digits *found, const crm__calling_code *code, cx_buf *out)
{
	const cx_slice all = { .data = found->bytes, .size = found->size };
	if (found->plus) {
		write_international(all, out);
		return;
	}
	if (code == NULL) {
		cx_buf_append_slice(out, all);
		return;
	}
	const cx_slice abroad = without(all, code->international);
	if (abroad.size < all.size || is_chinese_mobile(code, all)) {
		write_international(abroad, out);
		return;
	}
	cx_buf_append_slice(out, cx_slice_of(code->code));
	cx_buf_append_slice(out, without(all, code->trunk));
}

cx_status crm__norm_phone(cx_slice number, cx_slice country, cx_buf *out)
{
	CX_SCOPED(cx_buf_release) cx_buf folded = CX_BUF_INIT(TEXT_BYTES_MAX);
	cx_status status = cx_text_fold(number, &folded);
	if (status != CX_OK)
		return status;
	const typed_digits found = collect(cx_buf_slice(&folded));
	if (found.size < DIGITS_MIN)
		return CX_OK;
	const size_t start = out->size;
	write_number(&found, crm__calling_code_of(country), out);
	if (cx_buf_status(out) == CX_OK && out->size - start > CRM__NORM_PHONE_DIGITS_MAX)
		cx_buf_truncate(out, start + CRM__NORM_PHONE_DIGITS_MAX);
	return cx_buf_status(out);
}
