/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/measure.h"

#include "base/buf.h"
#include "client/cli/format.h"

#include <string.h>

enum { NAME_BYTES_MAX = 1024 };

static const struct {
	const char *name;
	cardex_kind kind;
} kinds[] = {
	{ "bool", CARDEX_KIND_BOOL },   { "int", CARDEX_KIND_INT },
	{ "money", CARDEX_KIND_MONEY }, { "date", CARDEX_KIND_DATE },
	{ "ts", CARDEX_KIND_TS },       { "enum", CARDEX_KIND_ENUM },
};

static cardex_kind kind_of(const char *name)
{
	for (size_t i = 0; i < CX_COUNT_OF(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return kinds[i].kind;
	return CARDEX_KIND_OTHER;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* Whether all fields of "a - b" are in the organisation's currency. */
static bool is_in_base(const cardex_type *type, const char *words)
{
	const char *at = words;
	while (*at != '\0') {
		char name[64] = "";
		size_t size = 0;
		while (is_letter(at[size]))
			size++;
		if (size == 0) {
			at++;
			continue;
		}
		memcpy(name, at, size < sizeof name ? size : 0);
		at += size;
		const cardex_field *field = cardex_type_field(type, name);
		if (field == NULL || cli_has_record_currency(field))
			return false;
	}
	return true;
}

static const char *keep(cx_arena *arena, const char *text)
{
	const cx_slice bytes = { .data = (const uint8_t *)text, .size = strlen(text) + 1 };
	return (const char *)cx_arena_copy(arena, bytes).data;
}

/* "sum(" label ")" */
static const char *label_of(const char *name, const char *open, const char *label,
                            cx_arena *arena)
{
	CX_SCOPED(cx_buf_release) cx_buf text = CX_BUF_INIT(NAME_BYTES_MAX);
	cx_buf_printf(&text, "%.*s(%s)", (int)(open - name), name, label);
	cx_buf_append_byte(&text, 0);
	return cx_buf_status(&text) == CX_OK ? keep(arena, (const char *)text.data) : NULL;
}

const cardex_field *cli_measure_field(const cardex_type *type, const cardex_result *result,
                                      size_t column, cx_arena *arena)
{
	const char *name = cardex_column_name(result, column);
	const char *kind = cardex_column_kind(result, column);
	const char *open = strchr(name, '(');
	if (kind == NULL || (open == NULL && strcmp(name, "count") != 0))
		return NULL;
	cardex_field *field = cx_arena_zalloc(arena, sizeof *field);
	const char *kept = keep(arena, name);
	if (field == NULL || kept == NULL)
		return NULL;
	field->name = kept;
	field->kind = kind_of(kind);
	if (open == NULL)
		return field;
	char inside[NAME_BYTES_MAX] = "";
	const size_t size = strlen(open + 1);
	if (size > 0 && size < sizeof inside)
		memcpy(inside, open + 1, size - 1);
	const cardex_field *of = cardex_type_field(type, inside);
	if (of != NULL) {
		field->label_en = label_of(name, open, of->label_en, arena);
		field->label_zh = label_of(name, open, of->label_zh, arena);
	}
	if (field->kind != CARDEX_KIND_MONEY)
		return field;
	if (is_in_base(type, inside))
		field->name = "_base"; /* what amounts in that currency are told by */
	else if (cardex_column_of(result, "currency") < 0)
		field->kind = CARDEX_KIND_INT;
	return field;
}
