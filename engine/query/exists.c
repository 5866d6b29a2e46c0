/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/query/exists.h"

#include "base/check.h"
#include "engine/core/snapshot.h"
#include "engine/query/walk.h"

struct engine__exists {
	engine__relations *relations;
	engine__filter filter; /* its first conjunct is the reference */
	engine__candidate candidate;
	engine__value *wanted; /* the value of the reference */
};

/* The reference and the filter of its own, joined by "and". */
static cx_status join(engine__exists *self, const engine_field *reference,
                      const engine__filter *inner, cx_arena *arena)
{
	engine__filter *filter = &self->filter;
	filter->type = inner->type;
	filter->nodes = cx_arena_alloc(arena, (inner->node_count + 2U) * sizeof *filter->nodes);
	self->wanted = cx_arena_zalloc(arena, sizeof *self->wanted);
	if (filter->nodes == NULL || self->wanted == NULL)
		return CX_NO_MEMORY;
	self->wanted->shape = ENGINE__INTEGER;
	filter->nodes[0] = (engine__node){ .op = ENGINE__OP_AND };
	filter->nodes[1] = (engine__node){ .op = ENGINE__OP_IN,
		                           .end = 2,
		                           .value_count = 1,
		                           .field = reference,
		                           .values = self->wanted };
	filter->node_count = 2;
	if (inner->node_count > 0)
		engine__filter_copy_node(inner, 0, filter);
	filter->nodes[0].end = filter->node_count;
	return engine__filter_index(filter, arena);
}

/* Takes the path that fixes the reference and the most beside it. */
static bool find_path(engine__exists *self, bool by_id)
{
	const engine_type *type = self->filter.type;
	bool found = false;
	for (int i = by_id ? -1 : 0; i < (by_id ? 0 : (int)type->index_count); i++) {
		const engine_index *index = i < 0 ? NULL : &type->indexes[i];
		const engine__candidate at =
			engine__candidate_of(&self->filter, NULL, 0, index);
		const engine__candidate *best = &self->candidate;
		if (at.why != NULL || !engine__candidate_uses(&at, 0))
			continue;
		if (found && (at.equal_count < best->equal_count ||
		              (at.equal_count == best->equal_count &&
		               (int)at.ranged <= (int)best->ranged)))
			continue;
		self->candidate = at;
		found = true;
	}
	return found;
}

cx_status engine__exists_new(engine__relations *relations, const engine_field *reference,
                             const engine__filter *inner, cx_arena *arena, engine__exists **ret,
                             cx_error *error)
{
	const char *type = inner->type->name;
	engine__exists *self = cx_arena_zalloc(arena, sizeof *self);
	if (self == NULL)
		return cx_fail(error, CX_NO_MEMORY, "filter: no memory");
	self->relations = relations;
	cx_status status = join(self, reference, inner, arena);
	if (status != CX_OK)
		return cx_fail(error, status, "filter: no memory");
	if (self->filter.names_deleted)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "exists: only live records of %s can be asked for", type);
	if (!find_path(self, reference->slot == ENGINE_SLOT_ID))
		return cx_fail(
			error, CX_INVALID_ARGUMENT,
			"exists: no index of %s begins with %s, so its records cannot be "
			"found",
			type, reference->name);
	*ret = self;
	return CX_OK;
}

static cx_status look(engine__exists *self, const engine__plan *plan, cx_arena *arena,
                      bool *ret_found, cx_error *error)
{
	CX_SCOPED(engine__walk_end) engine__walk walk = { 0 };
	cx_status status = engine__walk_begin(
		self->relations->read, plan, (engine__scan_start){ 0 }, 1, arena, &walk, error);
	*ret_found = false;
	while (status == CX_OK && !*ret_found) {
		CX_UNSET engine__step step;
		status = engine__walk_next(&walk, &step, error);
		if (status != CX_OK || step.kind == ENGINE__STEP_END)
			break;
		*ret_found = step.kind == ENGINE__STEP_MATCH;
		if (!*ret_found && engine__walk_is_late(&walk))
			status = cx_fail(error, CX_DEADLINE,
			                 "the deadline passed while exists was decided");
	}
	self->relations->keys += engine__walk_keys(&walk);
	return status;
}

static cx_status decide(engine__exists *self, bool *ret_found, cx_error *error)
{
	engine__relations *relations = self->relations;
	CX_SCOPED(engine__scratch_return) engine__scratch scratch = { 0 };
	cx_status status = engine__scratch_take(relations->read, &scratch);
	if (status != CX_OK)
		return cx_fail(error, status, "no memory for exists");
	const engine_query query = { .type = self->filter.type,
		                     .deadline_ns = relations->deadline_ns };
	engine__candidate candidate = self->candidate;
	engine__plan plan = {
		.query = &query, .filter = self->filter, .limit = 1, .chosen = &candidate
	};
	status = engine__plan_finish(&plan, ENGINE__PURPOSE_COUNT, scratch.arena);
	if (status != CX_OK)
		return cx_fail(error, status, "no memory for exists");
	return look(self, &plan, scratch.arena, ret_found, error);
}

engine__truth engine__exists_holds(engine__exists *self, const engine__value *value)
{
	engine__relations *relations = self->relations;
	if (value->shape == ENGINE__NULL || relations->failed != CX_OK)
		return ENGINE__FALSE;
	CX_ASSERT(value->shape == ENGINE__INTEGER);
	self->wanted->integer = value->integer;
	bool found = false;
	relations->failed = decide(self, &found, &relations->error);
	return relations->failed == CX_OK && found ? ENGINE__TRUE : ENGINE__FALSE;
}
