/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/wire.h"

#include "base/check.h"
#include "base/msgpack.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WIRE_BYTES_MAX = 64 * 1024 * 1024 };

/* A block that lives until the program ends. */
typedef struct kept {
	struct kept *next;
	uint8_t *bytes;
} kept;

static kept *all_kept;

static void forget_all(void)
{
	while (all_kept != NULL) {
		kept *next = all_kept->next;
		free(all_kept->bytes);
		free(all_kept);
		all_kept = next;
	}
}

static uint8_t *keep(const void *bytes, size_t size)
{
	if (all_kept == NULL)
		atexit(forget_all);
	kept *entry = malloc(sizeof *entry);
	CX_ASSERT(entry != NULL);
	entry->bytes = malloc(size); /* of size 0 too: nothing of it may be read */
	CX_ASSERT(entry->bytes != NULL);
	if (size > 0)
		memcpy(entry->bytes, bytes, size);
	entry->next = all_kept;
	all_kept = entry;
	return entry->bytes;
}

cx_slice wire_exact(cx_slice bytes)
{
	return (cx_slice){ .data = keep(bytes.data, bytes.size), .size = bytes.size };
}

static unsigned hex_digit(char digit)
{
	CX_ASSERT(isxdigit((unsigned char)digit));
	return (unsigned)(isdigit((unsigned char)digit) ? digit - '0'
	                                                : (digit | 0x20) - 'a' + 10);
}

cx_slice wire_hex(const char *hex)
{
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(WIRE_BYTES_MAX);
	while (*hex != '\0') {
		if (*hex == ' ') {
			hex++;
			continue;
		}
		cx_buf_append_byte(&out, (uint8_t)(hex_digit(hex[0]) << 4 | hex_digit(hex[1])));
		hex += 2;
	}
	return wire_exact(cx_buf_slice(&out));
}

static void skip_space(const char **at)
{
	while (**at == ' ' || **at == '\n' || **at == '\t')
		(*at)++;
}

static bool take(const char **at, const char *word)
{
	skip_space(at);
	size_t size = strlen(word);
	if (strncmp(*at, word, size) != 0)
		return false;
	*at += size;
	return true;
}

static uint8_t escaped(const char **at)
{
	char which = *(*at)++;
	switch (which) {
	case 'n':
		return '\n';
	case 't':
		return '\t';
	case 'x': {
		unsigned value = hex_digit((*at)[0]) << 4 | hex_digit((*at)[1]);
		*at += 2;
		return (uint8_t)value;
	}
	default:
		CX_ASSERT(which == '\\' || which == '\'');
		return (uint8_t)which;
	}
}

static void parse_text(const char **at, cx_buf *out)
{
	CX_SCOPED(cx_buf_release) cx_buf text = CX_BUF_INIT(WIRE_BYTES_MAX);
	while (**at != '\'') {
		CX_ASSERT(**at != '\0');
		uint8_t byte = (uint8_t) * (*at)++;
		if (byte == '\\')
			byte = escaped(at);
		cx_buf_append_byte(&text, byte);
	}
	(*at)++;
	cx_write_str(out, cx_buf_slice(&text));
}

static void parse_bytes(const char **at, cx_buf *out)
{
	CX_SCOPED(cx_buf_release) cx_buf bytes = CX_BUF_INIT(WIRE_BYTES_MAX);
	while (**at != '\'') {
		unsigned value = hex_digit((*at)[0]) << 4 | hex_digit((*at)[1]);
		cx_buf_append_byte(&bytes, (uint8_t)value);
		*at += 2;
	}
	(*at)++;
	cx_write_bin(out, cx_buf_slice(&bytes));
}

static void parse_number(const char **at, cx_buf *out)
{
	size_t digits = strspn(*at, "-+0123456789.e");
	CX_ASSERT(digits > 0);
	char *end = NULL;
	if (memchr(*at, '.', digits) != NULL)
		cx_write_float(out, strtod(*at, &end));
	else if (**at == '-')
		cx_write_int(out, strtoll(*at, &end, 10));
	else
		cx_write_uint(out, strtoull(*at, &end, 10));
	CX_ASSERT(end == *at + digits);
	*at = end;
}

static void parse_value(const char **at, cx_buf *out);

/* The elements go into a buffer of their own first, as their number comes before them. */
static void parse_many(const char **at, const char *end, bool pairs, cx_buf *out)
{
	CX_SCOPED(cx_buf_release) cx_buf body = CX_BUF_INIT(WIRE_BYTES_MAX);
	size_t count = 0;
	while (!take(at, end)) {
		CX_ASSERT(count == 0 || take(at, ","));
		parse_value(at, &body);
		if (pairs) {
			CX_ASSERT(take(at, ":"));
			parse_value(at, &body);
		}
		count++;
	}
	if (pairs)
		cx_write_map(out, count);
	else
		cx_write_array(out, count);
	cx_write_raw(out, cx_buf_slice(&body));
}

static void parse_value(const char **at, cx_buf *out)
{
	if (take(at, "nil"))
		cx_write_nil(out);
	else if (take(at, "true"))
		cx_write_bool(out, true);
	else if (take(at, "false"))
		cx_write_bool(out, false);
	else if (take(at, "h'"))
		parse_bytes(at, out);
	else if (take(at, "'"))
		parse_text(at, out);
	else if (take(at, "["))
		parse_many(at, "]", false, out);
	else if (take(at, "{"))
		parse_many(at, "}", true, out);
	else
		parse_number(at, out);
}

cx_slice wire(const char *text)
{
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(WIRE_BYTES_MAX);
	parse_value(&text, &out);
	skip_space(&text);
	CX_ASSERT(*text == '\0');
	CX_ASSERT(cx_buf_status(&out) == CX_OK);
	return wire_exact(cx_buf_slice(&out));
}

static void show_text(cx_slice text, cx_buf *out)
{
	cx_buf_append_byte(out, '\'');
	for (size_t i = 0; i < text.size; i++) {
		uint8_t byte = text.data[i];
		if (byte == '\'' || byte == '\\')
			cx_buf_printf(out, "\\%c", byte);
		else if (byte < 0x20 || byte == 0x7f)
			cx_buf_printf(out, "\\x%02x", byte);
		else
			cx_buf_append_byte(out, byte);
	}
	cx_buf_append_byte(out, '\'');
}

static void show_bytes(cx_slice bytes, cx_buf *out)
{
	cx_buf_printf(out, "h'");
	for (size_t i = 0; i < bytes.size; i++)
		cx_buf_printf(out, "%02x", bytes.data[i]);
	cx_buf_append_byte(out, '\'');
}

static void show_number(double number, cx_buf *out)
{
	char text[64];
	snprintf(text, sizeof text, "%.17g", number);
	cx_buf_printf(out, "%s%s", text, strpbrk(text, ".en") == NULL ? ".0" : "");
}

static void show_value(cx_reader *reader, cx_buf *out);

static void show_array(cx_reader *reader, cx_buf *out)
{
	uint32_t count = cx_read_array(reader);
	cx_buf_append_byte(out, '[');
	for (uint32_t i = 0; i < count && !reader->failed; i++) {
		cx_buf_printf(out, "%s", i == 0 ? "" : ", ");
		show_value(reader, out);
	}
	cx_buf_append_byte(out, ']');
}

static void show_map(cx_reader *reader, cx_buf *out)
{
	uint32_t count = cx_read_map(reader);
	cx_buf_append_byte(out, '{');
	for (uint32_t i = 0; i < count && !reader->failed; i++) {
		cx_buf_printf(out, "%s", i == 0 ? "" : ", ");
		show_value(reader, out);
		cx_buf_printf(out, ": ");
		show_value(reader, out);
	}
	cx_buf_append_byte(out, '}');
}

static void show_value(cx_reader *reader, cx_buf *out)
{
	switch (cx_reader_peek(reader)) {
	case CX_KIND_NIL:
		cx_read_nil(reader);
		cx_buf_printf(out, "nil");
		return;
	case CX_KIND_BOOL:
		cx_buf_printf(out, "%s", cx_read_bool(reader) ? "true" : "false");
		return;
	case CX_KIND_INT:
		if (reader->rest.data[0] == 0xcf)
			cx_buf_printf(out, "%llu", (unsigned long long)cx_read_uint(reader));
		else
			cx_buf_printf(out, "%lld", (long long)cx_read_int(reader));
		return;
	case CX_KIND_FLOAT:
		show_number(cx_read_float(reader), out);
		return;
	case CX_KIND_STR:
		show_text(cx_read_str(reader), out);
		return;
	case CX_KIND_BIN:
		show_bytes(cx_read_bin(reader), out);
		return;
	case CX_KIND_ARRAY:
		show_array(reader, out);
		return;
	case CX_KIND_MAP:
		show_map(reader, out);
		return;
	case CX_KIND_END:
	case CX_KIND_BAD:
		reader->failed = true;
		return;
	}
	CX_UNREACHABLE();
}

const char *wire_show(cx_slice bytes)
{
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(WIRE_BYTES_MAX);
	cx_reader reader = cx_reader_of(bytes);
	show_value(&reader, &out);
	if (reader.failed)
		cx_buf_clear(&out);
	if (reader.failed)
		cx_buf_printf(&out, "<malformed>");
	else if (reader.rest.size > 0)
		cx_buf_printf(&out, "<%zu bytes more>", reader.rest.size);
	cx_buf_append_byte(&out, '\0');
	CX_ASSERT(cx_buf_status(&out) == CX_OK);
	return (const char *)keep(out.data, out.size);
}
