/* SPDX-License-Identifier: Apache-2.0 */
/* The description of a type that clients get. */
#include "engine/schema/describe.h"

#include "base/check.h"
#include "base/msgpack.h"
#include "engine/aggregate.h"
#include "engine/schema.h"

static const char *on_delete_name(engine_on_delete rule)
{
	switch (rule) {
	case ENGINE_RESTRICT:
		return "restrict";
	case ENGINE_CASCADE:
		return "cascade";
	case ENGINE_SET_NULL:
		return "set_null";
	case ENGINE_KEEP:
		return "keep";
	}
	CX_UNREACHABLE();
}

static void write_text_member(cx_buf *out, const char *key, const char *value)
{
	cx_write_text(out, key);
	cx_write_text(out, value);
}

static void write_int_member(cx_buf *out, const char *key, int64_t value)
{
	cx_write_text(out, key);
	cx_write_int(out, value);
}

static void write_bool_member(cx_buf *out, const char *key, bool value)
{
	cx_write_text(out, key);
	cx_write_bool(out, value);
}

/* NULL for plain text and for what search has nothing to do with. */
static const char *search_as_name(const engine_field *field)
{
	switch (field->search_as) {
	case ENGINE_SEARCH_NOT:
	case ENGINE_SEARCH_TEXT:
		return NULL;
	case ENGINE_SEARCH_PHONE:
		return "phone";
	case ENGINE_SEARCH_RECENCY:
		return "recency";
	}
	CX_UNREACHABLE();
}

/* Members that only some kinds have, in the order they are written. */
static size_t count_field_members(const engine_field *field)
{
	size_t always = 7;
	return always + (field->length_max > 0) + (field->items_max > 0) +
	       (search_as_name(field) != NULL) + (field->kind == ENGINE_ENUM) +
	       (field->kind == ENGINE_REF ? 2 : 0) + (field->default_value.size > 0) +
	       (field->rollup != NULL ? 2 : 0);
}

static void write_labels(const engine_field *field, cx_buf *out)
{
	cx_write_text(out, "labels");
	cx_write_array(out, field->label_count);
	for (size_t i = 0; i < field->label_count; i++)
		cx_write_text(out, field->labels[i]);
}

static void write_field(const engine_field *field, cx_buf *out)
{
	cx_write_map(out, count_field_members(field));
	write_text_member(out, "name", field->name);
	write_text_member(out, "kind", engine_kind_name(field->kind));
	write_text_member(out, "label_en", field->label_en);
	write_text_member(out, "label_zh", field->label_zh);
	write_bool_member(out, "required", field->required);
	write_bool_member(out, "readonly", field->readonly);
	write_bool_member(out, "search", field->search);
	if (search_as_name(field) != NULL)
		write_text_member(out, "search_as", search_as_name(field));
	if (field->length_max > 0)
		write_int_member(out, "length_max", field->length_max);
	if (field->items_max > 0)
		write_int_member(out, "items_max", field->items_max);
	if (field->kind == ENGINE_ENUM)
		write_labels(field, out);
	if (field->kind == ENGINE_REF) {
		write_text_member(out, "target", field->target->name);
		write_text_member(out, "on_delete", on_delete_name(field->on_delete));
	}
	if (field->default_value.size > 0) {
		cx_write_text(out, "default");
		cx_write_raw(out, field->default_value);
	}
	if (field->rollup != NULL) {
		cx_write_text(out, "rollup");
		engine__rollup_describe(field->rollup, out);
		write_text_member(
			out, "state",
			engine_aggregate_state_name(engine_rollup_state(field->rollup)));
	}
}

static void write_index(const engine_index *index, cx_buf *out)
{
	cx_write_map(out, index->present != NULL ? 6 : 5);
	write_text_member(out, "name", index->name);
	write_bool_member(out, "unique", index->unique);
	write_bool_member(out, "cluster", index->cluster);
	write_text_member(out, "state", engine_index_state_name(index->state));
	cx_write_text(out, "columns");
	cx_write_array(out, index->column_count);
	for (size_t i = 0; i < index->column_count; i++) {
		const engine_column *column = &index->columns[i];
		cx_write_map(out, 3);
		write_text_member(out, "field", column->field->name);
		write_bool_member(out, "desc", column->descending);
		write_bool_member(out, "folded", column->folded);
	}
	if (index->present != NULL)
		write_text_member(out, "where", index->present->name);
}

void engine_type_describe(const engine_type *type, cx_buf *out)
{
	cx_write_map(out, 12);
	write_text_member(out, "name", type->name);
	write_int_member(out, "id", type->id);
	write_text_member(out, "label_en", type->label_en);
	write_text_member(out, "label_zh", type->label_zh);
	write_int_member(out, "layout", type->layout);
	write_bool_member(out, "keep", type->keep);
	write_bool_member(out, "readonly", type->readonly);
	write_bool_member(out, "single", type->single);
	cx_write_text(out, "cluster");
	if (type->cluster != NULL)
		cx_write_text(out, type->cluster->name);
	else
		cx_write_nil(out);
	cx_write_text(out, "fields");
	cx_write_array(out, type->shown_count);
	for (size_t i = 0; i < type->field_count; i++)
		if (!type->fields[i].dropped)
			write_field(&type->fields[i], out);
	cx_write_text(out, "indexes");
	cx_write_array(out, type->index_count);
	for (size_t i = 0; i < type->index_count; i++)
		write_index(&type->indexes[i], out);
	cx_write_text(out, "aggregates");
	cx_write_array(out, type->aggregate_count);
	for (size_t i = 0; i < type->aggregate_count; i++)
		engine__aggregate_describe(type->aggregates[i], out);
}
