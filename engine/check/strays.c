/* SPDX-License-Identifier: Apache-2.0 */
/* Entries without a record, and the bookkeeping of deletes. */
#include "engine/check/report.h"
#include "engine/index/entries.h"
#include "engine/record/read.h"
#include "engine/record/undo.h"
#include "engine/record/unique.h"

#include <string.h>

/* Whether the record's own entries include this one. */
static cx_status explains(engine__checking *self, const engine_row *row, uint16_t tree,
                          cx_slice key, bool *ret)
{
	engine__value values[ENGINE_SLOTS_MAX];
	engine__entry entries[ENGINE__ENTRIES_MAX];
	size_t count;
	cx_status status = engine__row_values(row->type, row->array, values);
	if (status == CX_OK)
		status = engine__entries_of(row->type, values,
		                            self->read->engine->backref.number, self->arena,
		                            entries, &count);
	*ret = false;
	for (size_t i = 0; status == CX_OK && i < count; i++)
		if (entries[i].tree == tree && cx_slice_equal(entries[i].key, key))
			*ret = true;
	return status;
}

static cx_status visit_entry(engine__checking *self, void *context, const engine__pair *pair)
{
	const engine_index *index = context;
	cx_arena_clear(self->arena);
	int64_t id;
	if (engine__entry_id(index, pair, &id) != CX_OK) {
		engine__find(self, "%s: index %s: an entry is damaged", index->type->name,
		             index->name);
		return CX_OK;
	}
	engine_row row;
	bool explained = false;
	cx_status status = engine_get(self->read, index->type, id, &row, NULL);
	if (status == CX_OK)
		status = explains(self, &row, index->tree, pair->key, &explained);
	if (status != CX_OK && status != CX_NOT_FOUND && status != CX_CORRUPT)
		return status;
	if (!explained)
		engine__find(self,
		             "%s: index %s: an entry names record %lld, which does not "
		             "explain it",
		             index->type->name, index->name, (long long)id);
	return CX_OK;
}

cx_status engine__check_stray_entries(engine__checking *self, const engine_index *index)
{
	return engine__each_pair(self, engine__tree_of(index->tree), (void *)(uintptr_t)index,
	                         visit_entry);
}

/* ---- deletes ---- */

static cx_status check_step(engine__checking *self, uint64_t delete_id, uint32_t number)
{
	engine__step step;
	engine__deletion deletion;
	cx_status status = engine__step_get(self->read, delete_id, number, &step);
	if (status == CX_CORRUPT) {
		engine__find(self, "delete %llu: step %u is damaged",
		             (unsigned long long)delete_id, number);
		return CX_OK;
	}
	if (status != CX_OK || step.kind != ENGINE__STEP_DELETED)
		return status;
	status = engine__deletion_get(self->read, step.type, step.id, &deletion);
	const bool agrees = status == CX_OK && deletion.delete_id == delete_id;
	if (!agrees && (status == CX_OK || status == CX_NOT_FOUND || status == CX_CORRUPT)) {
		engine__find(self, "delete %llu: %s %lld does not belong to it",
		             (unsigned long long)delete_id, step.type->name,
		             (long long)step.id);
		return CX_OK;
	}
	return status;
}

static cx_status visit_step(engine__checking *self, void *context, const engine__pair *pair)
{
	(void)context;
	uint64_t delete_id;
	uint32_t number;
	if (engine__step_key_read(pair->key, &delete_id, &number) == CX_OK)
		return check_step(self, delete_id, number);
	engine__find(self, "a key of the delete log is damaged");
	return CX_OK;
}

cx_status engine__check_bookkeeping(engine__checking *self)
{
	engine *store = self->read->engine;
	uint64_t marked;
	cx_status status = engine__view_count(self->read->view, store->deleted, &marked);
	if (status == CX_OK && marked != self->deleted)
		engine__find(self, "%llu records are marked deleted, %llu are",
		             (unsigned long long)marked, (unsigned long long)self->deleted);
	if (status == CX_OK)
		status = engine__each_pair(self, store->undo, NULL, visit_step);
	return status;
}
