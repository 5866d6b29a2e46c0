/* SPDX-License-Identifier: Apache-2.0 */
/* Ids are never compared across types, fields and indexes: each has a series of its own. */
#include "engine/schema/ids.h"

#include "base/check.h"
#include "base/msgpack.h"

/* What the limits allow fits the ids. */
_Static_assert(ENGINE_TYPES_MAX *ENGINE_SLOTS_MAX <= UINT16_MAX, "field ids have 16 bits");
_Static_assert(ENGINE_TYPES_MAX *ENGINE_INDEXES_MAX <= UINT16_MAX, "index ids have 16 bits");

void engine__ids_give(engine__model *model)
{
	uint16_t field_id = 0;
	uint16_t index_id = 0;
	for (uint16_t t = 0; t < model->schema.type_count; t++) {
		engine_type *type = &model->types[t];
		type->id = (uint16_t)(t + 1);
		for (size_t i = 0; i < type->field_count; i++)
			model->fields[t][i].id = ++field_id;
		for (size_t i = 0; i < type->index_count; i++)
			model->indexes[t][i].id = ++index_id;
	}
	for (uint16_t i = 0; i < model->schema.aggregate_count; i++)
		model->aggregates[i].id = (uint16_t)(i + 1);
}

static void write_id(cx_buf *out, const char *name, uint16_t id)
{
	cx_write_array(out, 2);
	cx_write_text(out, name);
	cx_write_int(out, id);
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
			write_id(out, type->fields[i].name, type->fields[i].id);
		cx_write_array(out, type->index_count);
		for (size_t i = 0; i < type->index_count; i++)
			write_id(out, type->indexes[i].name, type->indexes[i].id);
	}
}

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
	id_set types;
	id_set fields;
	id_set indexes;
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

/* [name, id] */
static uint16_t read_id(id_reader *self, const char *name, id_set *set)
{
	expect(self, cx_read_array(&self->reader) == 2);
	expect_name(self, name);
	uint16_t id = read_number(self);
	expect(self, add_id(set, id));
	return id;
}

static void read_type(id_reader *self, engine_type *type, engine_field *fields,
                      engine_index *indexes)
{
	expect(self, cx_read_array(&self->reader) == 5);
	expect_name(self, type->name);
	type->id = read_number(self);
	expect(self, add_id(&self->types, type->id));
	type->layout = read_number(self);
	expect(self, cx_read_array(&self->reader) == type->field_count);
	for (size_t i = 0; !self->failed && i < type->field_count; i++)
		fields[i].id = read_id(self, fields[i].name, &self->fields);
	expect(self, cx_read_array(&self->reader) == type->index_count);
	for (size_t i = 0; !self->failed && i < type->index_count; i++)
		indexes[i].id = read_id(self, indexes[i].name, &self->indexes);
}

void engine__ids_write_aggregates(const engine_schema *schema, cx_buf *out)
{
	cx_write_array(out, schema->aggregate_count);
	for (uint16_t i = 0; i < schema->aggregate_count; i++) {
		const engine_aggregate *aggregate = &schema->aggregates[i];
		cx_write_array(out, 3);
		cx_write_text(out, aggregate->name);
		cx_write_int(out, aggregate->id);
		cx_write_int(out, aggregate->state == ENGINE_AGGREGATE_READY ? 0 : 1);
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
		expect(&self, state == 0 || state == 1);
		aggregate->state =
			state == 0 ? ENGINE_AGGREGATE_READY : ENGINE_AGGREGATE_BUILDING;
	}
	expect(&self, self.reader.rest.size == 0);
	return !self.failed;
}

bool engine__ids_read(cx_slice stored, engine__model *model)
{
	id_reader self = { .reader = cx_reader_of(stored) };
	expect(&self, cx_read_array(&self.reader) == model->schema.type_count);
	for (size_t t = 0; !self.failed && t < model->schema.type_count; t++)
		read_type(&self, &model->types[t], model->fields[t], model->indexes[t]);
	expect(&self, self.reader.rest.size == 0);
	return !self.failed;
}
