/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/norm/email.h"

#include "base/text.h"

#include <string.h>

enum { TEXT_BYTES_MAX = 64 * 1024 };

static bool is_blank(uint8_t byte)
{
	return byte <= ' ';
}

static cx_slice trim(cx_slice text)
{
	while (text.size > 0 && is_blank(text.data[0]))
		text = cx_slice_from(text, 1);
	while (text.size > 0 && is_blank(text.data[text.size - 1]))
		text.size--;
	return text;
}

static const uint8_t *find(cx_slice text, char character)
{
	return text.size == 0 ? NULL : memchr(text.data, character, text.size);
}

/* What stands in angle brackets, when the text ends with them. */
static cx_slice bracketed(cx_slice text)
{
	const uint8_t *open = find(text, '<');
	if (open == NULL || text.data[text.size - 1] != '>')
		return text;
	const size_t from = (size_t)(open - text.data) + 1;
	return trim((cx_slice){ .data = open + 1, .size = text.size - from - 1 });
}

static bool is_address(cx_slice text)
{
	const uint8_t *at = find(text, '@');
	if (at == NULL || at == text.data)
		return false;
	const cx_slice host = cx_slice_from(text, (size_t)(at - text.data) + 1);
	if (host.size == 0 || find(host, '@') != NULL)
		return false;
	for (size_t i = 0; i < text.size; i++)
		if (is_blank(text.data[i]))
			return false;
	return true;
}

cx_status crm__norm_email(cx_slice address, cx_buf *out)
{
	CX_SCOPED(cx_buf_release) cx_buf folded = CX_BUF_INIT(TEXT_BYTES_MAX);
	cx_status status = cx_text_fold(address, &folded);
	if (status != CX_OK)
		return status;
	const cx_slice text = bracketed(trim(cx_buf_slice(&folded)));
	return is_address(text) ? cx_text_nfc(text, out) : CX_OK;
}
