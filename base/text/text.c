/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8: validation, counting and cutting. */
#include "base/text.h"

#include "base/text/decode.h"

#include <string.h>
#include <utf8proc.h>

size_t cx__text_ascii_size(cx_slice text)
{
	size_t at = 0;
	for (uint64_t word; text.size - at >= sizeof word; at += sizeof word) {
		memcpy(&word, text.data + at, sizeof word);
		if ((word & UINT64_C(0x8080808080808080)) != 0)
			break;
	}
	while (at < text.size && text.data[at] < 0x80)
		at++;
	return at;
}

bool cx_text_is_utf8(cx_slice text, size_t *ret_offset)
{
	size_t at = 0;
	while (at < text.size) {
		if (text.data[at] < 0x80) {
			at += cx__text_ascii_size(cx_slice_from(text, at));
			continue;
		}
		uint32_t code;
		size_t size = cx__text_decode(text.data + at, text.size - at, &code);
		if (size == 0) {
			if (ret_offset != NULL)
				*ret_offset = at;
			return false;
		}
		at += size;
	}
	return true;
}

size_t cx_text_length(cx_slice text)
{
	size_t length = 0;
	for (size_t i = 0; i < text.size; i++)
		length += !cx__text_is_continuation(text.data[i]);
	return length;
}

cx_slice cx_text_head(cx_slice text, size_t characters)
{
	size_t at = 0;
	for (; at < text.size; at++) {
		if (cx__text_is_continuation(text.data[at]))
			continue;
		if (characters == 0)
			break;
		characters--;
	}
	return (cx_slice){ .data = text.data, .size = at };
}

const char *cx_text_unicode_version(void)
{
	return utf8proc_unicode_version();
}
