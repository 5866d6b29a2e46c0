/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the default of a field of its literal: the value must be one the field takes. */
#include "base/check.h"
#include "base/clock.h"
#include "base/msgpack.h"
#include "base/text.h"
#include "engine/schema/model.h"

#include <inttypes.h>

static cx_status expected(const engine__builder *builder, const engine__syntax_literal *literal,
                          const char *what)
{
	return engine__fail_at(builder->error, literal->at, "expected %s as the default", what);
}

static bool is_word(const engine__syntax_literal *literal, const char *word)
{
	return literal->kind == ENGINE__LITERAL_NAME &&
	       cx_slice_equal(literal->text, cx_slice_of(word));
}

static cx_status write_bool(const engine__builder *builder,
                            const engine__syntax_literal *literal, cx_buf *out)
{
	bool yes = is_word(literal, "true");
	if (!yes && !is_word(literal, "false"))
		return expected(builder, literal, "true or false");
	cx_write_bool(out, yes);
	return CX_OK;
}

static cx_status write_number(const engine__builder *builder,
                              const engine__syntax_literal *literal, cx_buf *out)
{
	if (literal->kind != ENGINE__LITERAL_NUMBER)
		return expected(builder, literal, "a number");
	cx_write_int(out, literal->number);
	return CX_OK;
}

/* Days or milliseconds of the years a value may have (engine/row/value.h). */
static cx_status write_time(const engine__builder *builder,
                            const engine__syntax_literal *literal, int64_t unit, cx_buf *out)
{
	int64_t low = 0;
	int64_t high = 0;
	bool known =
		cx_date_of_civil(-9999, 1, 1, &low) && cx_date_of_civil(9999, 12, 31, &high);
	CX_ASSERT(known);
	if (literal->kind == ENGINE__LITERAL_NUMBER &&
	    (literal->number < low * unit || literal->number >= (high + 1) * unit))
		return engine__fail_at(builder->error, literal->at,
		                       "%" PRId64 " is outside the years -9999 to 9999",
		                       literal->number);
	return write_number(builder, literal, out);
}

static cx_status write_label(const engine__builder *builder,
                             const engine__syntax_literal *literal, const engine_field *field,
                             cx_buf *out)
{
	if (literal->kind != ENGINE__LITERAL_NAME)
		return expected(builder, literal, "a label of the enum");
	if (engine_field_label(field, literal->text) < 0)
		return engine__fail_at(builder->error, literal->at,
		                       "the enum has no label \"%.*s\"",
		                       CX_SLICE_ARG(literal->text));
	cx_write_str(out, literal->text);
	return CX_OK;
}

/* Text as it is stored: in NFC. */
static cx_status write_text(const engine__builder *builder,
                            const engine__syntax_literal *literal, const engine_field *field,
                            cx_buf *out)
{
	if (literal->kind != ENGINE__LITERAL_TEXT)
		return expected(builder, literal, "a text in quotes");
	CX_SCOPED(cx_buf_release) cx_buf nfc = CX_BUF_INIT(ENGINE_TEXT_BYTES_MAX);
	cx_status status = cx_text_nfc(literal->text, &nfc);
	if (status == CX_NO_MEMORY)
		return engine__build_no_memory(builder->error);
	if (status != CX_OK)
		return engine__fail_at(builder->error, literal->at,
		                       "a text has at most %d bytes", ENGINE_TEXT_BYTES_MAX);
	cx_slice text = cx_buf_slice(&nfc);
	if (field->length_max > 0 && cx_text_length(text) > field->length_max)
		return engine__fail_at(builder->error, literal->at,
		                       "the default has %zu characters, the field %" PRIu32
		                       " at most",
		                       cx_text_length(text), field->length_max);
	cx_write_str(out, text);
	return CX_OK;
}

static cx_status write_list(const engine__builder *builder,
                            const engine__syntax_literal *literal, const engine_field *field,
                            cx_buf *out)
{
	if (literal->kind != ENGINE__LITERAL_LIST)
		return expected(builder, literal, "a list in brackets");
	if (literal->count > field->items_max)
		return engine__fail_at(builder->error, literal->at,
		                       "the default has %" PRIu32 " items, the field %" PRIu32
		                       " at most",
		                       literal->count, field->items_max);
	cx_write_array(out, literal->count);
	cx_status status = CX_OK;
	for (const engine__syntax_literal *item = literal->items;
	     status == CX_OK && item != NULL; item = item->next) {
		if (field->kind == ENGINE_INT_LIST)
			status = write_number(builder, item, out);
		else
			status = write_text(builder, item, field, out);
	}
	return status;
}

static cx_status write_value(const engine__builder *builder,
                             const engine__syntax_literal *literal, const engine_field *field,
                             cx_buf *out)
{
	enum { DAY_MS = 24 * 60 * 60 * 1000 };
	switch (field->kind) {
	case ENGINE_BOOL:
		return write_bool(builder, literal, out);
	case ENGINE_INT:
	case ENGINE_MONEY:
		return write_number(builder, literal, out);
	case ENGINE_DATE:
		return write_time(builder, literal, 1, out);
	case ENGINE_TS:
		return write_time(builder, literal, DAY_MS, out);
	case ENGINE_STRING:
	case ENGINE_TEXT:
		return write_text(builder, literal, field, out);
	case ENGINE_ENUM:
		return write_label(builder, literal, field, out);
	case ENGINE_INT_LIST:
	case ENGINE_STRING_LIST:
		return write_list(builder, literal, field, out);
	case ENGINE_REF:
	case ENGINE_BYTES:
		return engine__fail_at(builder->error, literal->at,
		                       "a field of kind %s has no default",
		                       engine_kind_name(field->kind));
	}
	CX_UNREACHABLE();
}

cx_status engine__build_default(const engine__builder *builder,
                                const engine__syntax_literal *literal, engine_field *field)
{
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(ENGINE_RECORD_BYTES_MAX);
	cx_status status = write_value(builder, literal, field, &out);
	if (status != CX_OK)
		return status;
	if (cx_buf_status(&out) == CX_TOO_LARGE)
		return engine__fail_at(builder->error, literal->at,
		                       "the default is longer than a record may be");
	field->default_value = cx_arena_copy(builder->arena, cx_buf_slice(&out));
	if (cx_buf_status(&out) != CX_OK || field->default_value.data == NULL)
		return engine__build_no_memory(builder->error);
	return CX_OK;
}
