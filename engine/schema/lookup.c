/* SPDX-License-Identifier: Apache-2.0 */
/* Types, fields, indexes and labels by name; names of kinds. */
#include "base/check.h"
#include "engine/aggregate.h"
#include "engine/schema.h"
#include "engine/schema/names.h"

#define KIND_TEXT(name, text) text,
static const char *const kind_names[] = { ENGINE_KINDS(KIND_TEXT) };

const char *engine_kind_name(engine_kind kind)
{
	CX_ASSERT((unsigned)kind < CX_COUNT_OF(kind_names));
	return kind_names[kind];
}

const char *engine_index_state_name(engine_index_state state)
{
	switch (state) {
#define CASE(name, text)          \
	case ENGINE_INDEX_##name: \
		return text;
		ENGINE_INDEX_STATES(CASE)
#undef CASE
	}
	CX_UNREACHABLE();
}

const char *engine_aggregate_state_name(engine_aggregate_state state)
{
	switch (state) {
	case ENGINE_AGGREGATE_READY:
		return engine_index_state_name(ENGINE_INDEX_READABLE);
	case ENGINE_AGGREGATE_BUILDING:
		return engine_index_state_name(ENGINE_INDEX_BUILDING);
	case ENGINE_AGGREGATE_FAILED:
		return engine_index_state_name(ENGINE_INDEX_FAILED);
	}
	CX_UNREACHABLE();
}

bool engine_rollup_waits(const engine_rollup *rollup)
{
	for (uint16_t i = 0; i < rollup->slot_count; i++) {
		const engine_rollup *below = rollup->type->fields[rollup->slots[i]].rollup;
		if (below != NULL && engine_rollup_state(below) == ENGINE_AGGREGATE_BUILDING)
			return true;
	}
	return false;
}

engine_aggregate_state engine_rollup_state(const engine_rollup *rollup)
{
	return rollup->state == ENGINE_AGGREGATE_READY && engine_rollup_waits(rollup)
	               ? ENGINE_AGGREGATE_BUILDING
	               : rollup->state;
}

cx_slice engine_schema_base(const engine_schema *schema)
{
	cx_slice base = schema->text;
	if (schema->own_from < base.size)
		base.size = schema->own_from == 0 ? 0 : schema->own_from - 1; /* line end */
	return base;
}

cx_slice engine_schema_own(const engine_schema *schema)
{
	return cx_slice_from(schema->text, schema->own_from);
}

static bool is_name(const char *name, cx_slice slice)
{
	return cx_slice_equal(cx_slice_of(name), slice);
}

const engine_type *engine_schema_type(const engine_schema *schema, cx_slice name)
{
	if (schema->type_names != NULL) {
		int number = engine__names_find(schema->type_names, name);
		return number < 0 ? NULL : &schema->types[number];
	}
	for (size_t i = 0; i < schema->type_count; i++) {
		if (is_name(schema->types[i].name, name))
			return &schema->types[i];
	}
	return NULL;
}

const engine_field *engine_type_field(const engine_type *type, cx_slice name)
{
	if (type->field_names != NULL) {
		int number = engine__names_find(type->field_names, name);
		return number < 0 ? NULL : &type->fields[number];
	}
	for (size_t i = 0; i < type->field_count; i++) {
		if (!type->fields[i].dropped && is_name(type->fields[i].name, name))
			return &type->fields[i];
	}
	return NULL;
}

const engine_index *engine_type_index(const engine_type *type, cx_slice name)
{
	if (type->index_names != NULL) {
		int number = engine__names_find(type->index_names, name);
		return number < 0 ? NULL : &type->indexes[number];
	}
	for (size_t i = 0; i < type->index_count; i++) {
		if (is_name(type->indexes[i].name, name))
			return &type->indexes[i];
	}
	return NULL;
}

int engine_field_label(const engine_field *field, cx_slice label)
{
	if (field->label_names != NULL)
		return engine__names_find(field->label_names, label);
	for (int i = 0; i < field->label_count; i++) {
		if (is_name(field->labels[i], label))
			return i;
	}
	return -1;
}

const engine_aggregate *engine_schema_aggregate(const engine_schema *schema, cx_slice name)
{
	for (uint16_t i = 0; i < schema->aggregate_count; i++)
		if (cx_slice_equal(cx_slice_of(schema->aggregates[i].name), name))
			return &schema->aggregates[i];
	return NULL;
}
