/* SPDX-License-Identifier: Apache-2.0 */
/* Ids are never compared across types, fields and indexes: each has a series of its own. */
#include "engine/schema/ids.h"

#include "base/check.h"
#include "base/msgpack.h"
#include "engine/row/value.h"

/* What the limits allow fits the ids. */
_Static_assert(ENGINE_TYPES_MAX *ENGINE_SLOTS_MAX <= UINT16_MAX, "field ids have 16 bits");
_Static_assert(ENGINE_TYPES_MAX *ENGINE_INDEXES_MAX <= UINT16_MAX, "index ids have 16 bits");

void engine__ids_give(engine__model *model, engine__next_ids *next)
{
	for (uint16_t t = 0; t < model->schema.type_count; t++) {
		engine_type *type = &model->types[t];
		type->id = (uint16_t)next->type++;
		for (size_t i = 0; i < type->field_count; i++)
			model->fields[t][i].id = (uint16_t)next->field++;
		for (size_t i = 0; i < type->index_count; i++)
			model->indexes[t][i].id = (uint16_t)next->index++;
	}
	for (uint16_t i = 0; i < model->schema.aggregate_count; i++)
		model->aggregates[i].id = (uint16_t)next->aggregate++;
}

static void raise(uint32_t *next, uint16_t id)
{
	if (id >= *next)
		*next = (uint32_t)id + 1;
}

engine__next_ids engine__ids_after(const engine_schema *schema)
{
	engine__next_ids next = { .type = 1, .field = 1, .index = 1, .aggregate = 1 };
	for (size_t t = 0; t < schema->type_count; t++) {
		const engine_type *type = &schema->types[t];
		raise(&next.type, type->id);
		for (size_t i = 0; i < type->field_count; i++)
			raise(&next.field, type->fields[i].id);
		for (size_t i = 0; i < type->index_count; i++)
			raise(&next.index, type->indexes[i].id);
	}
	for (uint16_t i = 0; i < schema->aggregate_count; i++)
		raise(&next.aggregate, schema->aggregates[i].id);
	return next;
}

/* ---- writing ---- */

static void write_reference(const engine_field *field, cx_buf *out)
{
	if (field->kind != ENGINE_REF || field->target->keep)
		cx_write_nil(out);
	else
		cx_write_int(out, field->ref_index != NULL ? field->ref_index->id : 0);
}

static bool has_state(const engine_field *field)
{
	return field->rollup != NULL && field->rollup->state != ENGINE_AGGREGATE_READY;
}

bool engine__ids_have_rollup_state(const engine_schema *schema)
{
	for (uint16_t t = 0; t < schema->type_count; t++)
		for (uint16_t i = 0; i < schema->types[t].field_count; i++)
			if (has_state(&schema->types[t].fields[i]))
				return true;
	return false;
}

static void write_field(const engine_field *field, cx_buf *out)
{
	cx_write_array(out, has_state(field) ? 5 : 4);
	if (field->dropped)
		cx_write_nil(out);
	else
		cx_write_text(out, field->name);
	cx_write_int(out, field->id);
	write_reference(field, out);
	if (field->fill.size > 0)
		cx_write_raw(out, field->fill);
	else
		cx_write_nil(out);
	if (has_state(field))
		cx_write_int(out, field->rollup->state);
}

static void write_index(const engine_index *index, cx_buf *out)
{
	cx_write_array(out, 3);
	cx_write_text(out, index->name);
	cx_write_int(out, index->id);
	cx_write_int(out, index->state);
}

void engine__ids_write(const engine_schema *schema, cx_buf *out)
{
	cx_write_array(out, schema->type_count);
	for (size_t t = 0; t < schema->type_count; t++) {
		const engine_type *type = &schema->types[t];
		cx_write_array(out, 5);
		cx_write_text(out, type->name);
		cx_write_int(out, type->id);
		cx_write_int(out, type->layout);
		cx_write_array(out, type->field_count);
		for (size_t i = 0; i < type->field_count; i++)
			write_field(&type->fields[i], out);
		cx_write_array(out, type->index_count);
		for (size_t i = 0; i < type->index_count; i++)
			write_index(&type->indexes[i], out);
	}
}

/* ---- slots ---- */

static cx_status read_places(cx_reader *reader, cx_arena *arena, engine__places *ret)
{
	cx_read_array(reader);
	ret->type = cx_read_str(reader);
	cx_read_skip_many(reader, 2);
	const uint32_t count = cx_read_array(reader);
	if (reader->failed || count > ENGINE_SLOTS_MAX)
		return CX_CORRUPT;
	cx_slice *names = cx_arena_zalloc(arena, (count + 1) * sizeof *names);
	if (names == NULL)
		return CX_NO_MEMORY;
	for (uint32_t i = 0; i < count && !reader->failed; i++) {
		const uint32_t parts = cx_read_array(reader);
		if (reader->failed || parts == 0)
			return CX_CORRUPT;
		if (!cx_read_if_nil(reader))
			names[i] = cx_read_str(reader);
		cx_read_skip_many(reader, parts - 1);
	}
	cx_read_skip(reader);
	ret->names = names;
	ret->count = (uint16_t)count;
	return reader->failed ? CX_CORRUPT : CX_OK;
}

cx_status engine__ids_places(cx_slice stored, cx_arena *arena, engine__places_list *ret)
{
	cx_reader reader = cx_reader_of(stored);
	const uint32_t count = cx_read_array(&reader);
	if (reader.failed || count > ENGINE_TYPES_MAX)
		return CX_CORRUPT;
	engine__places *items = cx_arena_zalloc(arena, (count + 1) * sizeof *items);
	if (items == NULL)
		return CX_NO_MEMORY;
	for (uint32_t i = 0; i < count; i++) {
		cx_status status = read_places(&reader, arena, &items[i]);
		if (status != CX_OK)
			return status;
	}
	*ret = (engine__places_list){ .items = items, .count = count };
	return CX_OK;
}

/* ---- reading ---- */

/* Ids seen, a bit each. */
typedef struct id_set {
	uint64_t words[(UINT16_MAX + 1) / 64];
} id_set;

/* False when it was there already. */
static bool add_id(id_set *set, uint16_t id)
{
	uint64_t bit = UINT64_C(1) << (id % 64);
	bool was_there = (set->words[id / 64] & bit) != 0;
	set->words[id / 64] |= bit;
	return !was_there;
}

typedef struct id_reader {
	cx_reader reader;
	const engine__model *model;
	id_set types;
	id_set fields;
	id_set indexes;
	int64_t version;
	bool failed;
} id_reader;

static void expect(id_reader *self, bool condition)
{
	self->failed = self->failed || self->reader.failed || !condition;
}

static uint16_t read_number(id_reader *self)
{
	int64_t number = cx_read_int(&self->reader);
	expect(self, number >= 1 && number <= UINT16_MAX);
	return self->failed ? 0 : (uint16_t)number;
}

static void expect_name(id_reader *self, const char *name)
{
	expect(self, cx_slice_equal(cx_read_str(&self->reader), cx_slice_of(name)));
}

static const engine_index *find_index(const engine_type *type, uint16_t id)
{
	for (size_t i = 0; i < type->index_count; i++)
		if (type->indexes[i].id == id)
			return &type->indexes[i];
	return NULL;
}

/* By which index; indexes have their ids. */
static void read_reference(id_reader *self, const engine_type *type, engine_field *field)
{
	const bool is_tracked = field->kind == ENGINE_REF && !field->target->keep;
	if (cx_read_if_nil(&self->reader)) {
		expect(self, !is_tracked);
		return;
	}
	const int64_t id = cx_read_int(&self->reader);
	expect(self, is_tracked && id >= 0 && id <= UINT16_MAX);
	if (self->failed)
		return;
	field->ref_index = id == 0 ? NULL : find_index(type, (uint16_t)id);
	expect(self, id == 0 || (field->ref_index != NULL &&
	                         engine__index_leads(field->ref_index, field)));
}

static void read_fill(id_reader *self, engine_field *field)
{
	const cx_slice fill = cx_read_skip(&self->reader);
	engine__value value = { 0 };
	expect(self,
	       !self->reader.failed && engine__value_of_row(field, fill, &value) == CX_OK);
	if (!self->failed && value.shape != ENGINE__NULL)
		field->fill = fill;
	expect(self, !field->dropped || field->fill.size == 0);
}

static engine_rollup *rollup_of(const engine__model *model, const engine_field *field)
{
	for (uint16_t i = 0; i < model->schema.rollup_count; i++)
		if (model->rollups[i].field == field)
			return &model->rollups[i];
	return NULL;
}

static void read_rollup_state(id_reader *self, const engine_field *field)
{
	engine_rollup *rollup = rollup_of(self->model, field);
	const int64_t state = cx_read_int(&self->reader);
	expect(self, rollup != NULL && (state == ENGINE_AGGREGATE_BUILDING ||
	                                state == ENGINE_AGGREGATE_FAILED));
	if (!self->failed)
		rollup->state = (engine_aggregate_state)state;
}

static void read_field(id_reader *self, const engine_type *type, engine_field *field)
{
	const uint32_t parts = cx_read_array(&self->reader);
	const bool has_rollup_state = self->version > 2 && parts == 5;
	expect(self, parts == (self->version == 1 ? 2 : 4) || has_rollup_state);
	if (field->dropped)
		expect(self, cx_read_if_nil(&self->reader));
	else
		expect_name(self, field->name);
	field->id = read_number(self);
	expect(self, add_id(&self->fields, field->id));
	if (self->version == 1)
		return;
	read_reference(self, type, field);
	if (!self->failed)
		read_fill(self, field);
	if (!self->failed && has_rollup_state)
		read_rollup_state(self, field);
}

static void read_index(id_reader *self, engine_index *index)
{
	expect(self, cx_read_array(&self->reader) == (self->version == 1 ? 2 : 3));
	expect_name(self, index->name);
	index->id = read_number(self);
	expect(self, add_id(&self->indexes, index->id));
	if (self->version == 1)
		return;
	const int64_t state = cx_read_int(&self->reader);
	expect(self, state >= 0 && state <= ENGINE_INDEX_FAILED);
	if (!self->failed)
		index->state = (engine_index_state)state;
	expect(self, !index->cluster || index->state == ENGINE_INDEX_READABLE);
}

/* The fields come first, and name indexes by their ids. */
static void read_type(id_reader *self, engine_type *type, engine_field *fields,
                      engine_index *indexes)
{
	expect(self, cx_read_array(&self->reader) == 5);
	expect_name(self, type->name);
	type->id = read_number(self);
	expect(self, add_id(&self->types, type->id));
	type->layout = read_number(self);
	cx_reader stored_fields = cx_reader_of(cx_read_skip(&self->reader));
	expect(self, cx_read_array(&self->reader) == type->index_count);
	for (size_t i = 0; !self->failed && i < type->index_count; i++)
		read_index(self, &indexes[i]);
	if (self->failed)
		return;
	const cx_reader behind = self->reader;
	self->reader = stored_fields;
	expect(self, cx_read_array(&self->reader) == type->field_count);
	for (size_t i = 0; !self->failed && i < type->field_count; i++)
		read_field(self, type, &fields[i]);
	expect(self, self->reader.rest.size == 0);
	self->reader = behind;
}

void engine__ids_write_aggregates(const engine_schema *schema, cx_buf *out)
{
	cx_write_array(out, schema->aggregate_count);
	for (uint16_t i = 0; i < schema->aggregate_count; i++) {
		const engine_aggregate *aggregate = &schema->aggregates[i];
		cx_write_array(out, 3);
		cx_write_text(out, aggregate->name);
		cx_write_int(out, aggregate->id);
		cx_write_int(out, aggregate->state);
	}
}

bool engine__ids_read_aggregates(cx_slice stored, engine__model *model)
{
	id_reader self = { .reader = cx_reader_of(stored) };
	expect(&self, cx_read_array(&self.reader) == model->schema.aggregate_count);
	for (uint16_t i = 0; !self.failed && i < model->schema.aggregate_count; i++) {
		engine_aggregate *aggregate = &model->aggregates[i];
		expect(&self, cx_read_array(&self.reader) == 3);
		expect_name(&self, aggregate->name);
		aggregate->id = read_number(&self);
		expect(&self, add_id(&self.types, aggregate->id));
		const int64_t state = cx_read_int(&self.reader);
		expect(&self, state >= 0 && state <= ENGINE_AGGREGATE_FAILED);
		if (!self.failed)
			aggregate->state = (engine_aggregate_state)state;
	}
	expect(&self, self.reader.rest.size == 0);
	return !self.failed;
}

bool engine__ids_read(cx_slice stored, int64_t version, engine__model *model)
{
	id_reader self = { .reader = cx_reader_of(stored), .model = model, .version = version };
	expect(&self, cx_read_array(&self.reader) == model->schema.type_count);
	for (size_t t = 0; !self.failed && t < model->schema.type_count; t++)
		read_type(&self, &model->types[t], model->fields[t], model->indexes[t]);
	expect(&self, self.reader.rest.size == 0);
	return !self.failed;
}
