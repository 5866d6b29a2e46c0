/* SPDX-License-Identifier: Apache-2.0 */
/* What is being built or removed: of that only a part can be asked for. */
#include "engine/build/removal.h"
#include "engine/check/report.h"
#include "engine/record/unique.h"

typedef struct engine__frontier {
	struct engine__frontier *next;
	engine__build_kind kind;
	engine__build_action action;
	uint16_t id;
	bool has_duplicates;
	cx_slice key;
} engine__frontier;

static cx_status note_frontier(engine__checking *self, const engine__build *build)
{
	engine__frontier *frontier = cx_arena_zalloc(self->frontiers, sizeof *frontier);
	if (frontier == NULL)
		return CX_NO_MEMORY;
	frontier->kind = build->kind;
	frontier->action = build->action;
	frontier->id = build->id;
	frontier->has_duplicates = build->duplicates > 0;
	frontier->key = cx_arena_copy(self->frontiers, engine__build_frontier(build));
	if (frontier->key.size != build->frontier_size)
		return CX_NO_MEMORY;
	frontier->next = self->building;
	self->building = frontier;
	return CX_OK;
}

static cx_status note(void *context, const engine__build *build)
{
	engine__checking *self = context;
	if (build->kind == ENGINE__BUILD_REFERENCES)
		return engine__removal_count(
			self->read, build, &self->expected[self->read->engine->backref.number]);
	if (build->action == ENGINE__BUILD_RUNS || build->kind != ENGINE__BUILD_INDEX)
		return note_frontier(self, build);
	return CX_OK;
}

cx_status engine__check_begin_builds(engine__checking *self)
{
	cx_status status = cx_arena_new(ENGINE__SCRATCH_BYTES_MAX, &self->frontiers);
	return status == CX_OK ? engine__builds_each(self->read, note, self) : status;
}

static const engine__frontier *frontier_of(const engine__checking *self,
                                           engine__build_kind kind, uint16_t id)
{
	for (const engine__frontier *it = self->building; it != NULL; it = it->next)
		if (it->kind == kind && it->id == id)
			return it;
	return NULL;
}

bool engine__check_has_build(const engine__checking *self, engine__build_kind kind, uint16_t id)
{
	return frontier_of(self, kind, id) != NULL;
}

bool engine__check_is_built(const engine__checking *self, engine__build_kind kind, uint16_t id)
{
	const engine__frontier *frontier = frontier_of(self, kind, id);
	return frontier != NULL && frontier->action == ENGINE__BUILD_RUNS;
}

bool engine__check_has_passed(const engine__checking *self, engine__build_kind kind,
                              uint16_t id, cx_slice record_key)
{
	return engine__check_is_built(self, kind, id) &&
	       cx_slice_compare(record_key, frontier_of(self, kind, id)->key) <= 0;
}

bool engine__check_is_removed(const engine__checking *self, engine__build_kind kind,
                              uint16_t id)
{
	const engine__frontier *frontier = frontier_of(self, kind, id);
	return frontier != NULL && (frontier->action == ENGINE__BUILD_REMOVES ||
	                            frontier->action == ENGINE__BUILD_CLEARS);
}

/* A value that several records have is in a unique index once, and in doubt until the build
 * ends and says so. */
static cx_status find(engine__checking *self, const engine__entry *entry, bool *ret_there,
                      bool *ret_taken)
{
	engine__pair pair = { .key = entry->key };
	cx_status status = engine__view_get(self->read->view, engine__tree_of(entry->tree),
	                                    entry->key, &pair.value);
	*ret_there = status == CX_OK && cx_slice_equal(pair.value, entry->value);
	*ret_taken = status == CX_OK && !*ret_there && entry->index->unique;
	return status == CX_NOT_FOUND ? CX_OK : status;
}

cx_status engine__check_partial(engine__checking *self, const engine__entry *entry,
                                cx_slice record_key, bool *ret_missing)
{
	const engine__frontier *frontier =
		frontier_of(self, ENGINE__BUILD_INDEX, entry->index->id);
	bool there, taken;
	cx_status status = find(self, entry, &there, &taken);
	if (status != CX_OK)
		return status;
	if (frontier == NULL) {
		engine__find(self, "%s: index %s: is being built, but nothing builds it",
		             entry->index->type->name, entry->index->name);
		return CX_OK;
	}
	if (there) {
		self->report.entries++;
		self->expected[entry->tree]++;
		self->inexact[entry->index->id] += entry->inexact;
		return CX_OK;
	}
	*ret_missing = !taken && !frontier->has_duplicates &&
	               cx_slice_compare(record_key, frontier->key) <= 0;
	return CX_OK;
}
