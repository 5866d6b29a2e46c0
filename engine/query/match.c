/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/query/match.h"

#include "base/check.h"
#include "engine/core/search_state.h"
#include "engine/core/snapshot.h"
#include "engine/index/key.h"
#include "engine/row/row.h"
#include "engine/search/gather.h"
#include "engine/search/match.h"

#include <stdlib.h>
#include <string.h>

struct engine__match {
	engine__relations *relations;
	const engine_type *type;
	const engine_field *only;
	engine__wanted wanted;
};

static cx_status check_searched(const engine_type *type, const engine_field *only,
                                cx_error *error)
{
	if (only != NULL && only->search_as != ENGINE_SEARCH_TEXT &&
	    only->search_as != ENGINE_SEARCH_PHONE)
		return cx_fail_field(error, CX_TYPE, only->name,
		                     "match: %s of %s is not searched", only->name, type->name);
	if (!engine__is_searched(type))
		return cx_fail(error, CX_INVALID_ARGUMENT, "match: no field of %s is searched",
		               type->name);
	return CX_OK;
}

cx_status engine__match_new(engine__relations *relations, const engine_type *type,
                            const engine_field *only, cx_slice text, cx_arena *arena,
                            engine__match **ret, cx_error *error)
{
	cx_status status = check_searched(type, only, error);
	if (status != CX_OK)
		return status;
	engine__match *self = cx_arena_zalloc(arena, sizeof *self);
	if (self == NULL)
		return cx_fail(error, CX_NO_MEMORY, "filter: no memory");
	self->relations = relations;
	self->type = type;
	self->only = only;
	status = engine__wanted_read(text, arena, &self->wanted, error);
	if (status == CX_NO_MEMORY)
		return cx_fail(error, status, "filter: no memory");
	if (status == CX_OK)
		*ret = self;
	return status;
}

/* ---- of one record ---- */

/* Leaves the text of one field. */
static void keep_only(const engine_field *only, engine__record_text *text)
{
	size_t kept = 0;
	for (size_t i = 0; i < text->count; i++)
		if (text->fields[i].field == only)
			text->fields[kept++] = text->fields[i];
	text->count = kept;
}

static cx_status look(engine__match *self, int64_t id, cx_arena *arena, bool *ret)
{
	engine_read *read = self->relations->read;
	cx_arena *assembled = read->assembled;
	engine_row row;
	read->assembled = arena; /* so that long rows do not pile up */
	cx_status status = engine_get(read, self->type, id, &row, &self->relations->error);
	read->assembled = assembled;
	*ret = false;
	if (status == CX_NOT_FOUND)
		return CX_OK;
	CX_UNSET engine__value values[ENGINE_SLOTS_MAX];
	CX_UNSET engine__record_text text;
	if (status == CX_OK)
		status = engine__row_values(self->type, row.array, values);
	if (status == CX_OK)
		status = engine__record_text_of(self->type, values, arena, &text);
	if (status != CX_OK)
		return status;
	if (self->only != NULL)
		keep_only(self->only, &text);
	engine_match how;
	*ret = engine__matches(&self->wanted, &text, &how);
	return CX_OK;
}

static cx_status decide(engine__match *self, int64_t id, bool *ret)
{
	engine__relations *relations = self->relations;
	CX_SCOPED(engine__scratch_return) engine__scratch scratch = { 0 };
	cx_status status = engine__scratch_take(relations->read, &scratch);
	if (status == CX_OK)
		status = look(self, id, scratch.arena, ret);
	if (status != CX_OK && relations->error.status != status)
		cx_fail(&relations->error, status, "match: %s %lld: %s", self->type->name,
		        (long long)id, cx_status_text(status));
	return status;
}

engine__truth engine__match_holds(engine__match *self, const engine__value *value)
{
	engine__relations *relations = self->relations;
	if (relations->failed != CX_OK)
		return ENGINE__FALSE;
	CX_ASSERT(value->shape == ENGINE__INTEGER);
	bool matches = false;
	relations->failed = decide(self, value->integer, &matches);
	return relations->failed == CX_OK && matches ? ENGINE__TRUE : ENGINE__FALSE;
}

/* ---- of the index ---- */

static cx_status is_ready(engine_read *read, bool *ret)
{
	engine__search_state state;
	cx_status status = engine__search_state_read(read->engine, read->generation->schema,
	                                             read->view, &state, NULL);
	*ret = status == CX_OK && state.state == ENGINE_SEARCH_READY;
	return status;
}

static cx_status only_type(const engine_type *type, cx_arena *arena, engine__types *ret)
{
	const size_t count = (size_t)type->id + 1;
	*ret = (engine__types){ .of_id = cx_arena_zalloc(arena, count * sizeof *ret->of_id),
		                .of_id_count = count,
		                .each = cx_arena_alloc(arena, sizeof *ret->each),
		                .count = 1 };
	if (ret->of_id == NULL || ret->each == NULL)
		return CX_NO_MEMORY;
	ret->of_id[type->id] = type;
	ret->each[0] = type;
	return CX_OK;
}

static cx_status gather(engine_read *read, const engine__match *match, engine__budget *budget,
                        cx_arena *arena, engine__prospects *ret)
{
	engine__types types;
	cx_status status = only_type(match->type, arena, &types);
	*ret = (engine__prospects){ 0 };
	for (size_t i = 0; i < match->wanted.reading_count && status == CX_OK; i++) {
		engine__prospects more = { 0 };
		status = engine__gather(read, &types, &match->wanted.readings[i], budget, arena,
		                        &more);
		if (status == CX_OK)
			status = engine__prospects_join(ret, &more, arena);
	}
	return status;
}

static int compare_values(const void *a, const void *b)
{
	return engine__value_compare(a, b);
}

/* The id that a page by id ended with; 0: it did not. */
static int64_t last_id(const engine__plan *plan)
{
	const engine__position *position = &plan->position;
	int64_t id;
	if (!plan->continued || position->ordering == ENGINE__SORTED || position->index_id != 0)
		return 0;
	return engine__key_id(position->key, &id) == CX_OK ? id : 0;
}

/* Ascending, each once. The last of the page before is among them, so that its place is. */
static cx_status ids_of(const engine__prospects *all, int64_t last, cx_arena *arena,
                        engine__node *ret)
{
	engine__value *ids = cx_arena_alloc(arena, (all->count + 1) * sizeof *ids);
	if (ids == NULL)
		return CX_NO_MEMORY;
	size_t count = 0;
	for (size_t i = 0; i < all->count; i++)
		if (all->items[i].id != last)
			ids[count++] = (engine__value){ .shape = ENGINE__INTEGER,
				                        .integer = all->items[i].id };
	if (last != 0)
		ids[count++] = (engine__value){ .shape = ENGINE__INTEGER, .integer = last };
	qsort(ids, count, sizeof *ids, compare_values);
	ret->values = ids;
	ret->value_count = (uint16_t)count;
	return CX_OK;
}

/* Appends a conjunct. */
static cx_status add_conjunct(engine__filter *filter, const engine__node *node, cx_arena *arena)
{
	const size_t nodes = (size_t)filter->node_count + 1;
	const size_t conjuncts = (size_t)filter->conjunct_count + 1;
	engine__node *all = cx_arena_alloc(arena, nodes * sizeof *all);
	uint16_t *must = cx_arena_alloc(arena, (conjuncts + 1) * sizeof *must);
	if (all == NULL || must == NULL)
		return CX_NO_MEMORY;
	memcpy(all, filter->nodes, filter->node_count * sizeof *all);
	memcpy(must, filter->conjuncts, filter->conjunct_count * sizeof *must);
	all[filter->node_count] = *node;
	all[filter->node_count].end = (uint16_t)nodes;
	must[filter->conjunct_count++] = filter->node_count++;
	filter->nodes = all;
	filter->conjuncts = must;
	return CX_OK;
}

static cx_status narrow_by(engine_read *read, engine__plan *plan, const engine__node *match,
                           cx_arena *arena)
{
	const engine_query *query = plan->query;
	engine__budget budget = { .deadline_ns = query->deadline_ns,
		                  .keys_max = ENGINE__MATCH_KEYS_MAX - plan->search_keys };
	if (query->max_scan > 0 && query->max_scan < budget.keys_max)
		budget.keys_max = query->max_scan;
	engine__prospects all;
	cx_status status = gather(read, match->match, &budget, arena, &all);
	plan->search_keys += budget.keys;
	if (status != CX_OK || budget.ended || budget.is_late ||
	    all.count > ENGINE__MATCH_RECORDS_MAX)
		return status;
	/* The id of both: so it is one operand. */
	engine__node node = { .op = ENGINE__OP_IN,
		              .operand = match->operand,
		              .field = match->field,
		              .told = true };
	status = ids_of(&all, last_id(plan), arena, &node);
	if (status == CX_OK)
		status = add_conjunct(&plan->filter, &node, arena);
	plan->searched = true;
	plan->search_records = all.count;
	return status;
}

/* Whether what the index says would be of use, and a later page could be read the same way. */
static bool may_narrow(const engine__plan *plan)
{
	const engine_query *query = plan->query;
	if (query->by_id || query->combine > ENGINE_COMBINE_NEVER)
		return false;
	return !plan->continued || plan->position.ordering == ENGINE__SORTED ||
	       plan->position.form == ENGINE__SINGLE;
}

cx_status engine__match_narrow(engine_read *read, engine__plan *plan, cx_arena *arena,
                               cx_error *error)
{
	const engine__filter before = plan->filter; /* of which the nodes are looked at */
	for (uint16_t i = 0; i < before.conjunct_count; i++) {
		const engine__node *node = &before.nodes[before.conjuncts[i]];
		bool ready = false;
		if (node->op != ENGINE__OP_MATCH)
			continue;
		plan->matches = true;
		if (!may_narrow(plan) || plan->search_keys >= ENGINE__MATCH_KEYS_MAX ||
		    (plan->query->max_scan > 0 && plan->search_keys >= plan->query->max_scan))
			continue;
		cx_status status = is_ready(read, &ready);
		if (status == CX_OK && ready)
			status = narrow_by(read, plan, node, arena);
		if (status != CX_OK)
			return cx_fail(error, status, "match: %s", cx_status_text(status));
	}
	return CX_OK;
}

void engine__match_relocate(engine__plan *plan)
{
	if (!plan->continued || !plan->matches || plan->form != ENGINE__SINGLE ||
	    plan->chosen->path.index != NULL || plan->chosen->ordering == ENGINE__SORTED ||
	    plan->chosen->ordering == ENGINE__MERGED)
		return;
	for (size_t i = 0; i < plan->ranges.count; i++)
		if (engine__range_holds(&plan->ranges.items[i], plan->position.key))
			plan->position.range = (uint16_t)i;
}
