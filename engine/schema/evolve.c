/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/schema/evolve.h"

#include "base/check.h"
#include "engine/aggregate.h"
#include "engine/schema/kept.h"
#include "engine/schema/parts.h"

/* ---- slots ---- */

/* The slots that the fields of a type have; empty where one does not stay. */
static cx_status places_of(const engine_type *old, const engine_type *new, cx_arena *arena,
                           engine__places *ret)
{
	cx_slice *names = cx_arena_zalloc(arena, old->field_count * sizeof *names);
	if (names == NULL)
		return CX_NO_MEMORY;
	for (uint16_t i = 0; i < old->field_count; i++) {
		const engine_field *field = &old->fields[i];
		if (field->dropped)
			continue;
		const engine_field *after = engine_type_field(new, cx_slice_of(field->name));
		if (after != NULL && engine__field_stays(field, after))
			names[i] = cx_slice_of(field->name);
	}
	*ret = (engine__places){ .type = cx_slice_of(old->name),
		                 .names = names,
		                 .count = old->field_count };
	return CX_OK;
}

static cx_status find_places(const engine_schema *old, const engine_schema *new,
                             cx_arena *arena, engine__places_list *ret)
{
	engine__places *items = cx_arena_zalloc(arena, old->type_count * sizeof *items);
	if (items == NULL)
		return CX_NO_MEMORY;
	size_t count = 0;
	for (uint16_t i = 0; i < old->type_count; i++) {
		const engine_type *type = &old->types[i];
		const engine_type *after = engine_schema_type(new, cx_slice_of(type->name));
		if (after == NULL)
			continue;
		cx_status status = places_of(type, after, arena, &items[count++]);
		if (status != CX_OK)
			return status;
	}
	*ret = (engine__places_list){ .items = items, .count = count };
	return CX_OK;
}

/* ---- numbers ---- */

static uint16_t take_id(uint32_t *next, bool *ran_out)
{
	if (*next > UINT16_MAX) {
		*ran_out = true;
		return 0;
	}
	return (uint16_t)(*next)++;
}

typedef struct numbering {
	engine__catalog *catalog;
	const engine_type *old; /* NULL: the type is new */
	bool empty;
	bool ran_out;
} numbering;

static bool layout_changed(const engine_type *old, const engine_type *new)
{
	if (old->field_count != new->field_count)
		return true;
	for (uint16_t i = 0; i < new->field_count; i++)
		if (old->fields[i].dropped != new->fields[i].dropped)
			return true;
	return false;
}

static void number_fields(numbering *self, const engine_type *type, engine_field *fields)
{
	const uint16_t before = self->old != NULL ? self->old->field_count : 0;
	for (uint16_t i = 0; i < type->field_count; i++) {
		engine_field *field = &fields[i];
		if (i >= before) {
			field->id = take_id(&self->catalog->next.field, &self->ran_out);
			if (self->old != NULL)
				field->fill = field->default_value;
			continue;
		}
		field->id = self->old->fields[i].id;
		if (!field->dropped)
			field->fill = self->old->fields[i].fill;
	}
}

static void number_indexes(numbering *self, const engine_type *type, engine_index *indexes)
{
	for (uint16_t i = 0; i < type->index_count; i++) {
		const engine_index *kept =
			self->old != NULL ? engine__kept_index(self->old, &indexes[i]) : NULL;
		indexes[i].id = kept != NULL
		                        ? kept->id
		                        : take_id(&self->catalog->next.index, &self->ran_out);
		if (kept != NULL)
			indexes[i].state = kept->state;
		else if (self->old != NULL && !self->empty)
			indexes[i].state = ENGINE_INDEX_BUILDING;
	}
}

/* In a type with records, references stay where they are found, and those of new fields go
 * where nothing has to be built. */
static void keep_references(const numbering *self, const engine_type *type,
                            engine_field *fields)
{
	if (self->old == NULL || self->empty)
		return;
	for (uint16_t i = ENGINE_SYSTEM_SLOTS; i < type->field_count; i++) {
		if (fields[i].kind != ENGINE_REF || fields[i].target->keep)
			continue;
		const engine_index *index;
		const bool found = engine__kept_reference(self->old, type, &fields[i], &index);
		CX_ASSERT(found); /* otherwise the step is refused */
		fields[i].ref_index = index;
	}
}

static void number_type(numbering *self, uint16_t number)
{
	engine__model *model = &self->catalog->model;
	engine_type *type = &model->types[number];
	if (self->old == NULL) {
		type->id = take_id(&self->catalog->next.type, &self->ran_out);
	} else {
		type->id = self->old->id;
		type->layout = self->old->layout;
		if (layout_changed(self->old, type)) {
			self->ran_out = self->ran_out || type->layout == UINT16_MAX;
			type->layout++;
		}
	}
	number_fields(self, type, model->fields[number]);
	number_indexes(self, type, model->indexes[number]);
	keep_references(self, type, model->fields[number]);
}

static bool has_records(const engine_schema *old, const bool *empty, const engine_type *type)
{
	const engine_type *before = engine_schema_type(old, cx_slice_of(type->name));
	return before != NULL && !empty[before->number];
}

/* One that does not stay is built of the records there are. */
static void number_aggregates(numbering *self, const engine_schema *old, const bool *empty)
{
	engine__model *model = &self->catalog->model;
	for (uint16_t i = 0; i < model->schema.aggregate_count; i++) {
		engine_aggregate *aggregate = &model->aggregates[i];
		const engine_aggregate *kept =
			engine__kept_aggregate(old, &model->schema, aggregate);
		aggregate->id =
			kept != NULL ? kept->id
				     : take_id(&self->catalog->next.aggregate, &self->ran_out);
		if (kept != NULL)
			aggregate->state = kept->state;
		else if (has_records(old, empty, aggregate->type))
			aggregate->state = ENGINE_AGGREGATE_BUILDING;
	}
}

/* What a rollup that does not go on is built of; its field may have values of another. */
static void begin_rollups(engine__model *model, const engine_schema *old, const bool *empty)
{
	for (uint16_t i = 0; i < model->schema.rollup_count; i++) {
		engine_rollup *rollup = &model->rollups[i];
		const engine_type *parent =
			engine_schema_type(old, cx_slice_of(rollup->parent->name));
		const engine_field *before =
			parent != NULL ? engine__kept_field(parent, rollup->field) : NULL;
		if (before != NULL && engine__rollup_goes_on(before, rollup->field))
			rollup->state = before->rollup->state;
		else if (has_records(old, empty, rollup->parent) &&
		         (before != NULL || has_records(old, empty, rollup->type)))
			rollup->state = ENGINE_AGGREGATE_BUILDING;
	}
	engine__rollups_settle(model);
}

static cx_status number_all(const engine_schema *old, const bool *empty,
                            engine__catalog *catalog, cx_error *error)
{
	numbering self = { .catalog = catalog };
	for (uint16_t i = 0; i < catalog->model.schema.type_count; i++) {
		const cx_slice name = cx_slice_of(catalog->model.types[i].name);
		self.old = engine_schema_type(old, name);
		self.empty = self.old != NULL && empty[self.old->number];
		number_type(&self, i);
	}
	number_aggregates(&self, old, empty);
	begin_rollups(&catalog->model, old, empty);
	if (self.ran_out)
		return cx_fail(error, CX_TOO_LARGE,
		               "the numbers of types, fields, indexes or aggregates have run "
		               "out: they are "
		               "never given twice");
	return CX_OK;
}

/* ---- a catalog ---- */

/* Values that lie in the memory of the old catalog. */
static cx_status keep_fills(engine__catalog *self, cx_error *error)
{
	for (uint16_t t = 0; t < self->model.schema.type_count; t++) {
		for (uint16_t i = 0; i < self->model.types[t].field_count; i++) {
			engine_field *field = &self->model.fields[t][i];
			const size_t size = field->fill.size;
			if (size > 0)
				field->fill = cx_arena_copy(self->arena, field->fill);
			if (field->fill.size != size)
				return engine__build_no_memory(error);
		}
	}
	return CX_OK;
}

static cx_status begin(const engine__catalog *old, cx_slice text, size_t own_from,
                       engine__catalog **ret, cx_error *error)
{
	CX_SCOPED(cx_arena_free) cx_arena *scratch = NULL;
	CX_SCOPED(engine__catalog_free) engine__catalog *in_order = NULL;
	cx_status status = cx_arena_new(ENGINE__CATALOG_ARENA_MAX, &scratch);
	if (status != CX_OK)
		return engine__build_no_memory(error);
	status = engine__catalog_begin(text, own_from, NULL, &in_order, error);
	if (status != CX_OK)
		return status;
	engine__places_list places;
	status = find_places(&old->model.schema, &in_order->model.schema, scratch, &places);
	if (status != CX_OK)
		return engine__build_no_memory(error);
	return engine__catalog_begin(text, own_from, &places, ret, error);
}

cx_status engine__catalog_evolve(const engine__catalog *old, cx_slice text, size_t own_from,
                                 const bool *empty, engine__catalog **ret, cx_error *error)
{
	CX_SCOPED(engine__catalog_free) engine__catalog *self = NULL;
	cx_status status = begin(old, text, own_from, &self, error);
	if (status != CX_OK)
		return status;
	self->next = old->next;
	status = number_all(&old->model.schema, empty, self, error);
	if (status == CX_OK)
		status = keep_fills(self, error);
	if (status != CX_OK)
		return status;
	*ret = self;
	self = NULL; /* now the caller's */
	return CX_OK;
}
