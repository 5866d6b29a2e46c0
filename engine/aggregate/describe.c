/* SPDX-License-Identifier: Apache-2.0 */
/* The description of an aggregate that clients get. */
#include "base/check.h"
#include "base/msgpack.h"
#include "engine/aggregate.h"
#include "engine/row/value.h"

static const char *comparison_name(const engine_condition *condition)
{
	switch (condition->comparison) {
	case ENGINE_EQUAL:
		return condition->other == NULL ? "in" : "=";
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

static void write_condition(const engine_condition *condition, cx_buf *out)
{
	cx_write_map(out, 3);
	cx_write_text(out, "field");
	cx_write_text(out, condition->field->name);
	cx_write_text(out, "op");
	cx_write_text(out, comparison_name(condition));
	cx_write_text(out, "values");
	if (condition->other != NULL) {
		cx_write_text(out, condition->other->name);
	} else if (condition->value_count == 0) {
		cx_write_nil(out);
	} else {
		cx_write_array(out, condition->value_count);
		for (uint16_t i = 0; i < condition->value_count; i++) {
			const engine__value value = { .shape = ENGINE__INTEGER,
				                      .integer = condition->values[i] };
			engine__value_write(condition->field, &value, out);
		}
	}
}

static void write_column(const engine_group_column *column, cx_buf *out)
{
	cx_write_map(out, 3);
	cx_write_text(out, "field");
	cx_write_text(out, column->column.field->name);
	cx_write_text(out, "bucket");
	if (column->bucket == ENGINE_BUCKET_NONE)
		cx_write_nil(out);
	else
		cx_write_text(out, column->bucket == ENGINE_BUCKET_DAY ? "day" : "month");
	cx_write_text(out, "source");
	cx_write_text(out, column->source->name);
}

void engine_aggregate_describe(const engine_aggregate *aggregate, cx_buf *out)
{
	cx_write_map(out, 9);
	cx_write_text(out, "name");
	cx_write_text(out, aggregate->name);
	cx_write_text(out, "id");
	cx_write_int(out, aggregate->id);
	cx_write_text(out, "label_en");
	cx_write_text(out, aggregate->label_en);
	cx_write_text(out, "label_zh");
	cx_write_text(out, aggregate->label_zh);
	cx_write_text(out, "type");
	cx_write_text(out, aggregate->type->name);
	cx_write_text(out, "state");
	cx_write_text(out, aggregate->state == ENGINE_AGGREGATE_READY ? "ready" : "building");
	cx_write_text(out, "where");
	cx_write_array(out, aggregate->where.count);
	for (uint16_t i = 0; i < aggregate->where.count; i++)
		write_condition(&aggregate->where.conditions[i], out);
	cx_write_text(out, "group");
	cx_write_array(out, aggregate->column_count);
	for (uint16_t i = 0; i < aggregate->column_count; i++)
		write_column(&aggregate->columns[i], out);
	cx_write_text(out, "sums");
	cx_write_array(out, aggregate->sum_count);
	for (uint16_t i = 0; i < aggregate->sum_count; i++)
		cx_write_text(out, aggregate->sums[i].text);
}
