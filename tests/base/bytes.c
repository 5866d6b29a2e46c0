/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/base/bytes.h"

#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>

uint8_t *bytes_exact_copy(cx_slice bytes)
{
	uint8_t *copy = malloc(bytes.size);
	if (bytes.size > 0) {
		assert_non_null(copy);
		memcpy(copy, bytes.data, bytes.size);
	}
	return copy;
}

void bytes_hex(cx_buf *out, const char *hex)
{
	while (*hex != '\0') {
		char *end;
		unsigned long byte = strtoul(hex, &end, 16);
		assert_true(end != hex && byte <= 0xff);
		assert_true(cx_buf_append_byte(out, (uint8_t)byte));
		hex = end + strspn(end, " ");
	}
}
