/* SPDX-License-Identifier: Apache-2.0 */
/* Aggregates and rollups as clients get them: in the words of the schema language. */
#include "base/check.h"
#include "base/msgpack.h"
#include "engine/schema/describe.h"

#include <inttypes.h>

static const char *comparison_text(engine_comparison comparison)
{
	switch (comparison) {
	case ENGINE_EQUAL:
		return "=";
	case ENGINE_NOT_EQUAL:
		return "!=";
	case ENGINE_LESS:
		return "<";
	case ENGINE_LESS_EQUAL:
		return "<=";
	case ENGINE_GREATER:
		return ">";
	case ENGINE_GREATER_EQUAL:
		return ">=";
	case ENGINE_IS_NULL:
		return "null";
	case ENGINE_NOT_NULL:
		return "notnull";
	}
	CX_UNREACHABLE();
}

static void put_value(const engine_field *field, int64_t value, cx_buf *text)
{
	if (field->kind == ENGINE_BOOL)
		cx_buf_printf(text, "%s", value != 0 ? "true" : "false");
	else if (field->kind == ENGINE_ENUM)
		cx_buf_printf(text, "%s", field->labels[value]);
	else
		cx_buf_printf(text, "%" PRId64, value);
}

static void put_list(const engine_condition *condition, cx_buf *text)
{
	cx_buf_printf(text, "%s in [", condition->field->name);
	for (uint16_t i = 0; i < condition->value_count; i++) {
		cx_buf_printf(text, "%s", i > 0 ? ", " : "");
		put_value(condition->field, condition->values[i], text);
	}
	cx_buf_append_byte(text, ']');
}

static void put_condition(const engine_condition *condition, cx_buf *text)
{
	if (condition->value_count > 1) {
		put_list(condition, text);
		return;
	}
	cx_buf_printf(text, "%s %s", condition->field->name,
	              comparison_text(condition->comparison));
	if (condition->other != NULL) {
		cx_buf_printf(text, " %s", condition->other->name);
	} else if (condition->value_count == 1) {
		cx_buf_append_byte(text, ' ');
		put_value(condition->field, condition->values[0], text);
	}
}

static void put_where(const engine_where *where, cx_buf *text)
{
	for (uint16_t i = 0; i < where->count; i++) {
		cx_buf_printf(text, "%s", i > 0 ? " and " : "");
		put_condition(&where->conditions[i], text);
	}
}

/* A text that is too long, or without memory, makes the whole description so. */
static void write_built(cx_buf *text, cx_buf *out)
{
	if (cx_buf_status(text) == CX_OK)
		cx_write_str(out, cx_buf_slice(text));
	else if (cx_buf_status(out) == CX_OK)
		out->failed = cx_buf_status(text);
}

static void write_member(const char *key, const char *value, cx_buf *out)
{
	cx_write_text(out, key);
	cx_write_text(out, value);
}

void engine__aggregate_describe(const engine_aggregate *aggregate, cx_buf *out)
{
	CX_SCOPED(cx_buf_release) cx_buf where = CX_BUF_INIT(ENGINE_SCHEMA_BYTES_MAX);
	put_where(&aggregate->where, &where);
	cx_write_map(out, 7);
	write_member("name", aggregate->name, out);
	write_member("label_en", aggregate->label_en, out);
	write_member("label_zh", aggregate->label_zh, out);
	write_member("state", engine_aggregate_state_name(aggregate->state), out);
	cx_write_text(out, "where");
	write_built(&where, out);
	cx_write_text(out, "group");
	cx_write_array(out, aggregate->column_count);
	for (uint16_t i = 0; i < aggregate->column_count; i++)
		cx_write_text(out, aggregate->columns[i].column.field->name);
	cx_write_text(out, "sums");
	cx_write_array(out, aggregate->sum_count);
	for (uint16_t i = 0; i < aggregate->sum_count; i++)
		cx_write_text(out, aggregate->sums[i].text);
}

static void put_kind(const engine_rollup *rollup, cx_buf *text)
{
	switch (rollup->kind) {
	case ENGINE_ROLLUP_COUNT:
		cx_buf_printf(text, "count");
		return;
	case ENGINE_ROLLUP_SUM:
		cx_buf_printf(text, "sum(%s)", rollup->sum.text);
		return;
	case ENGINE_ROLLUP_MIN:
		cx_buf_printf(text, "min(%s)", rollup->source->name);
		return;
	case ENGINE_ROLLUP_MAX:
		cx_buf_printf(text, "max(%s)", rollup->source->name);
		return;
	}
	CX_UNREACHABLE();
}

void engine__rollup_describe(const engine_rollup *rollup, cx_buf *out)
{
	CX_SCOPED(cx_buf_release) cx_buf text = CX_BUF_INIT(ENGINE_SCHEMA_BYTES_MAX);
	put_kind(rollup, &text);
	cx_buf_printf(&text, " of %s by %s", rollup->type->name, rollup->ref->name);
	if (rollup->where.count > 0)
		cx_buf_printf(&text, " where ");
	put_where(&rollup->where, &text);
	write_built(&text, out);
}
