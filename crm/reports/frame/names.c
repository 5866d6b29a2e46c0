/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/reports/frame/names.h"

#include "base/check.h"
#include "base/msgpack.h"
#include "crm/reports/frame/values.h"

#include <stdlib.h>

void crm__names_note(crm__report *self, const char *type, int64_t id)
{
	const engine_type *found = engine_schema_type(self->schema, cx_slice_of(type));
	if (found == NULL)
		return;
	if (self->name_count > 0) { /* columns repeat what the row before had */
		const crm__name_of *last = &self->names[self->name_count - 1];
		if (last->type == found && last->id == id)
			return;
	}
	if (self->name_count == self->name_capacity) {
		const size_t capacity = self->name_capacity == 0 ? 64 : self->name_capacity * 2;
		crm__name_of *grown = cx_arena_alloc(self->arena, capacity * sizeof *grown);
		if (grown == NULL)
			return;
		if (self->name_count > 0)
			memcpy(grown, self->names, self->name_count * sizeof *grown);
		self->names = grown;
		self->name_capacity = capacity;
	}
	self->names[self->name_count++] = (crm__name_of){ .type = found, .id = id };
}

static int compare(const void *left, const void *right)
{
	const crm__name_of *a = left, *b = right;
	if (a->type != b->type)
		return a->type->number < b->type->number ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

static size_t make_unique(crm__name_of *names, size_t count)
{
	if (count > 0)
		qsort(names, count, sizeof *names, compare);
	size_t kept = 0;
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || compare(&names[kept - 1], &names[i]) != 0)
			names[kept++] = names[i];
	return kept;
}

/* What a record is called in both languages. */
typedef struct pair {
	const engine_field *en, *zh;
} pair;

static pair fields_of(const engine_type *type)
{
	static const char *const words[] = { "name", "title", "number", "code" };
	pair ret = { .en = engine_type_field(type, CX_SLICE_LITERAL("label_en")),
		     .zh = engine_type_field(type, CX_SLICE_LITERAL("label_zh")) };
	for (size_t i = 0; ret.en == NULL && i < CX_COUNT_OF(words); i++)
		ret.en = engine_type_field(type, cx_slice_of(words[i]));
	if (ret.zh == NULL)
		ret.zh = ret.en;
	return ret;
}

static void write_name(cx_buf *out, const crm__value *name)
{
	if (name->kind == CRM__TEXT)
		cx_write_str(out, name->text);
	else
		cx_write_nil(out);
}

static cx_status write_one(crm__report *self, const crm__name_of *of, const pair *fields,
                           uint32_t *count)
{
	engine_row row;
	cx_status status = engine_get_any(self->read, of->type, of->id, &row, self->error);
	if (status == CX_NOT_FOUND)
		return crm__spend(self, 1, 0);
	if (status != CX_OK)
		return status;
	const engine_field *const wanted[] = { fields->en, fields->zh };
	crm__value names[2];
	status = crm__values_pick(self, &row, wanted, 2, names);
	if (status != CX_OK)
		return status;
	++*count;
	cx_write_array(self->out, 3);
	cx_write_int(self->out, of->id);
	write_name(self->out, &names[0]);
	write_name(self->out, &names[1]);
	return crm__spend(self, 1, 1);
}

/* Those of one type, from names[*at] on. */
static cx_status write_type(crm__report *self, size_t *at)
{
	const engine_type *type = self->names[*at].type;
	const pair fields = fields_of(type);
	cx_write_text(self->out, type->name);
	const size_t place = cx_write_array_open(self->out);
	uint32_t count = 0;
	cx_status status = CX_OK;
	while (status == CX_OK && *at < self->name_count && self->names[*at].type == type) {
		if (fields.en != NULL)
			status = write_one(self, &self->names[*at], &fields, &count);
		++*at;
	}
	if (status == CX_OK && cx_buf_status(self->out) == CX_OK)
		cx_write_array_close(self->out, place, count);
	return status;
}

cx_status crm__names_write(crm__report *self)
{
	self->name_count = make_unique(self->names, self->name_count);
	size_t types = 0;
	for (size_t i = 0; i < self->name_count; i++)
		types += i == 0 || self->names[i].type != self->names[i - 1].type;
	cx_write_map(self->out, types);
	cx_status status = CX_OK;
	for (size_t at = 0; status == CX_OK && at < self->name_count;)
		status = write_type(self, &at);
	return status;
}
