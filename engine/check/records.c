/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/check/report.h"
#include "engine/core/meta.h"
#include "engine/index/entries.h"
#include "engine/record/partial.h"
#include "engine/record/read.h"
#include "engine/record/reference.h"
#include "engine/record/undo.h"
#include "engine/record/unique.h"

/* The records of one type being read. */
typedef struct walking {
	const engine_type *type;
	int64_t last_id; /* the id counter */
} walking;

/* One record being checked. */
typedef struct record {
	const engine_type *type;
	int64_t id;
	const engine__value *values;
	cx_slice key; /* in the record tree */
} record;

static void find(engine__checking *self, const record *what, const char *text)
{
	engine__find(self, "%s %lld: %s", what->type->name, (long long)what->id, text);
}

/* Whether `tree` holds exactly this pair. */
static cx_status holds(engine__checking *self, uint16_t tree, cx_slice key, cx_slice value,
                       bool *ret)
{
	cx_slice found;
	cx_status status =
		engine__view_get(self->read->view, engine__tree_of(tree), key, &found);
	*ret = status == CX_OK && cx_slice_equal(found, value);
	return status == CX_NOT_FOUND ? CX_OK : status;
}

static cx_status check_entry(engine__checking *self, const record *what,
                             const engine__entry *entry)
{
	bool there;
	cx_status status;
	if (engine__entry_is_partial(entry)) {
		bool missing = false;
		status = engine__check_partial(self, entry, what->key, &missing);
		if (missing)
			engine__find(self, "%s %lld: index %s: the entry is not built",
			             what->type->name, (long long)what->id, entry->index->name);
		return status;
	}
	self->report.entries++;
	self->expected[entry->tree]++;
	if (entry->inexact && entry->index != NULL)
		self->inexact[entry->index->id]++;
	status = holds(self, entry->tree, entry->key, entry->value, &there);
	if (status == CX_OK && !there)
		engine__find(self, "%s %lld: index %s: the entry is missing or wrong",
		             what->type->name, (long long)what->id,
		             entry->index != NULL ? entry->index->name : "of back references");
	return status;
}

static cx_status check_entries(engine__checking *self, const record *what)
{
	engine__entry entries[ENGINE__ENTRIES_MAX];
	size_t count;
	cx_status status =
		engine__entries_of(what->type, what->values, self->read->engine->backref.number,
	                           self->arena, entries, &count);
	for (size_t i = 0; i < count && status == CX_OK; i++)
		status = check_entry(self, what, &entries[i]);
	return status;
}

static cx_status check_references(engine__checking *self, const record *what)
{
	for (uint16_t i = ENGINE_SYSTEM_SLOTS; i < what->type->field_count; i++) {
		const engine_field *field = &what->type->fields[i];
		if (field->kind != ENGINE_REF || what->values[i].shape == ENGINE__NULL)
			continue;
		self->report.references++;
		const int64_t target = what->values[i].integer;
		cx_status status = engine__reference_leads(self->read, field, target);
		if (status == CX_NOT_FOUND)
			engine__find(self, "%s %lld: %s refers to %s %lld, which is not there",
			             what->type->name, (long long)what->id, field->name,
			             field->target->name, (long long)target);
		else if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

static cx_status check_deleted(engine__checking *self, const record *what)
{
	self->deleted++;
	engine__deletion deletion;
	cx_status status = engine__deletion_get(self->read, what->type, what->id, &deletion);
	if (status == CX_NOT_FOUND || status == CX_CORRUPT) {
		find(self, what, "is deleted, but by no known delete");
		return CX_OK;
	}
	return status;
}

/* The record lies under the key its values make, and the id leads there. */
static cx_status check_key(engine__checking *self, const record *what, cx_slice key)
{
	cx_slice made;
	cx_status status =
		engine__entries_record_key(what->type, what->values, self->arena, &made);
	if (status != CX_OK)
		return status;
	if (!cx_slice_equal(made, key))
		find(self, what, "lies under a key that is not its own");
	if (what->type->cluster == NULL)
		return CX_OK;
	self->expected[what->type->cluster_tree]++;
	uint8_t id_bytes[8];
	cx_slice found;
	status = engine__read_record_key(self->read, what->type, what->id, id_bytes, &found);
	if (status == CX_NOT_FOUND || (status == CX_OK && !cx_slice_equal(found, key))) {
		find(self, what, "its id leads to another place");
		return CX_OK;
	}
	return status;
}

static void count_chunks(engine__checking *self, cx_slice stored)
{
	engine__row_header header;
	if (engine__row_header_read(stored, &header) == CX_OK &&
	    header.format == ENGINE__ROW_CHUNKED)
		self->expected[self->read->engine->chunks.number] += header.chunks;
}

static cx_status check_values(engine__checking *self, const record *what, cx_slice key)
{
	if (what->values[ENGINE_SLOT_ID].integer != what->id)
		find(self, what, "the row holds another id");
	cx_status status = check_key(self, what, key);
	if (status == CX_OK && what->values[ENGINE_SLOT_DELETED_AT].shape != ENGINE__NULL)
		return check_deleted(self, what);
	if (status == CX_OK)
		status = check_entries(self, what);
	if (status == CX_OK)
		status = engine__check_postings(self, what->type, what->id, what->values);
	return status == CX_OK ? check_references(self, what) : status;
}

static cx_status visit(engine__checking *self, void *context, const engine__pair *pair)
{
	const walking *walk = context;
	cx_arena_clear(self->arena);
	self->report.records++;
	count_chunks(self, pair->value);
	engine_row row;
	cx_error error;
	cx_status status =
		engine__read_row(self->read, walk->type, pair->key, pair->value, &row, &error);
	engine__value values[ENGINE_SLOTS_MAX];
	if (status == CX_OK)
		status = engine__row_values(walk->type, row.array, values);
	if (status == CX_CORRUPT) {
		engine__find(self, "%s: %s", walk->type->name, error.text);
		return CX_OK;
	}
	if (status != CX_OK)
		return status;
	const record what = {
		.type = walk->type, .id = row.id, .values = values, .key = pair->key
	};
	if (row.id > walk->last_id)
		find(self, &what, "its id is past the id counter");
	status = check_values(self, &what, pair->key);
	cx_arena_clear(self->read->assembled);
	return status;
}

cx_status engine__check_records(engine__checking *self, const engine_type *type)
{
	walking walk = { .type = type };
	cx_status status = engine__meta_last_id(self->read, type, &walk.last_id);
	if (status != CX_OK)
		return status;
	return engine__each_pair(self, engine__tree_of(type->record_tree), &walk, visit);
}
