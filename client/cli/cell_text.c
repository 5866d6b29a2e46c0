/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/cell_text.h"

#include "base/text.h"
#include "client/cli/format.h"

#include <string.h>

void cli_text_csv(cx_slice text, bool guard, cx_buf *out)
{
	const bool runs = guard && text.size > 0 && strchr("=+-@\t\r", text.data[0]) != NULL;
	bool quote = false;
	for (size_t i = 0; i < text.size; i++)
		quote |= strchr("\",\r\n", text.data[i]) != NULL;
	if (text.size > 0 && (text.data[0] == ' ' || text.data[text.size - 1] == ' '))
		quote = true;
	if (quote)
		cx_buf_append_byte(out, '"');
	if (runs)
		cx_buf_append_byte(out, '\'');
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] == '"')
			cx_buf_append_byte(out, '"');
		cx_buf_append_byte(out, text.data[i]);
	}
	if (quote)
		cx_buf_append_byte(out, '"');
}

static uint32_t code_of(cx_slice character)
{
	const uint8_t *bytes = character.data;
	if (character.size == 2)
		return (uint32_t)(bytes[0] & 0x1f) << 6 | (bytes[1] & 0x3f);
	if (character.size == 3)
		return (uint32_t)(bytes[0] & 0x0f) << 12 | (uint32_t)(bytes[1] & 0x3f) << 6 |
		       (bytes[2] & 0x3f);
	return bytes[0];
}

static bool is_dangerous(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) ||
	       (code >= 0x200e && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069);
}

static void put_safe(cx_slice text, cx_buf *out)
{
	while (text.size > 0) {
		const cx_slice character = cx_text_head(text, 1);
		const uint32_t code = code_of(character);
		if (!is_dangerous(code))
			cx_buf_append_slice(out, character);
		else if (code == '\n')
			cx_buf_append_slice(out, CX_SLICE_LITERAL("\\n"));
		else if (code < 0x100)
			cx_buf_printf(out, "\\x%02x", code);
		else
			cx_buf_printf(out, "\\u{%x}", code);
		text = cx_slice_from(text, character.size);
	}
}

void cli_text_safe(cx_slice text, cx_buf *out)
{
	for (size_t valid; !cx_text_is_utf8(text, &valid);) {
		put_safe((cx_slice){ .data = text.data, .size = valid }, out);
		cx_buf_printf(out, "\\x%02x", text.data[valid]);
		text = cx_slice_from(text, valid + 1);
	}
	put_safe(text, out);
}

/* What a server sends as text need not be UTF-8, and JSON must. */
static json_t *text_of(const cardex_value *value)
{
	size_t size;
	const char *text = cardex_value_bytes(value, &size);
	json_t *string = json_stringn(text, size);
	if (string != NULL)
		return string;
	CX_SCOPED(cx_buf_release) cx_buf safe = CX_BUF_INIT(4 * size + 1);
	cli_text_safe((cx_slice){ .data = (const uint8_t *)text, .size = size }, &safe);
	return json_stringn((const char *)safe.data, safe.size);
}

static json_t *list_of(const cardex_value *list)
{
	json_t *array = json_array();
	for (size_t i = 0; i < cardex_value_count(list); i++)
		json_array_append_new(array, cli_json_of(cardex_value_at(list, i)));
	return array;
}

static json_t *map_of(const cardex_value *map)
{
	json_t *object = json_object();
	for (size_t i = 0; i < cardex_value_count(map); i++) {
		CX_SCOPED(cx_buf_release) cx_buf key = CX_BUF_INIT(1 << 16);
		cli_format_value(NULL, cardex_value_key(map, i), NULL, true, &key);
		cx_buf_append_byte(&key, 0);
		json_object_set_new(object, (const char *)key.data,
		                    cli_json_of(cardex_value_at(map, i)));
	}
	return object;
}

json_t *cli_json_of(const cardex_value *value)
{
	switch (cardex_value_kind_of(value)) {
	case CARDEX_VALUE_NULL:
		return json_null();
	case CARDEX_VALUE_BOOL:
		return json_boolean(cardex_value_bool(value));
	case CARDEX_VALUE_INT:
		return json_integer(cardex_value_int(value));
	case CARDEX_VALUE_FLOAT:
		return json_real(cardex_value_float(value));
	case CARDEX_VALUE_TEXT:
		return text_of(value);
	case CARDEX_VALUE_BYTES: {
		CX_SCOPED(cx_buf_release) cx_buf hex = CX_BUF_INIT(1 << 22);
		cli_format_value(NULL, value, NULL, true, &hex);
		return json_stringn((const char *)hex.data, hex.size);
	}
	case CARDEX_VALUE_LIST:
		return list_of(value);
	case CARDEX_VALUE_MAP:
		return map_of(value);
	}
	return json_null();
}
