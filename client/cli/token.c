/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/token.h"

#include <string.h>

static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void cli_token_write(cx_slice bytes, cx_buf *out)
{
	uint32_t bits = 0;
	unsigned held = 0;
	for (size_t i = 0; i < bytes.size; i++) {
		bits = bits << 8 | bytes.data[i];
		for (held += 8; held >= 6; held -= 6)
			cx_buf_append_byte(out, (uint8_t)DIGITS[bits >> (held - 6) & 63]);
	}
	if (held > 0)
		cx_buf_append_byte(out, (uint8_t)DIGITS[bits << (6 - held) & 63]);
}

bool cli_token_read(const char *text, cx_buf *out)
{
	uint32_t bits = 0;
	unsigned held = 0;
	for (; *text != '\0'; text++) {
		const char *digit = strchr(DIGITS, *text);
		if (digit == NULL)
			return false;
		bits = bits << 6 | (uint32_t)(digit - DIGITS);
		held += 6;
		if (held >= 8) {
			held -= 8;
			cx_buf_append_byte(out, (uint8_t)(bits >> held));
		}
	}
	return cx_buf_status(out) == CX_OK;
}
