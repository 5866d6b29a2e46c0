/* SPDX-License-Identifier: Apache-2.0 */
/* Slices of builds. */
#include "base/clock.h"
#include "engine/aggregate.h"
#include "engine/build/builder.h"
#include "engine/core/meta.h"
#include "engine/evolve.h"
#include "engine/record/read.h"
#include "engine/search.h"

#include <stdio.h>

enum {
	PAIRS = 32,
	/* What a slice may hold in memory and in the journal, however fast it is. */
	SLICE_BYTES = 2 * 1024 * 1024,
	SLICE_OPERATIONS = 16 * 1024,
};

bool engine__slice_is_over(const engine__slice *slice)
{
	return cx_clock_monotonic_ns() >= slice->end_ns ||
	       engine_write_bytes(slice->write) >= SLICE_BYTES ||
	       engine_write_operations(slice->write) >= SLICE_OPERATIONS;
}

static const engine__builder_of *builder_of(engine__build_kind kind)
{
	switch (kind) {
	case ENGINE__BUILD_INDEX:
		return &engine__index_builder;
	case ENGINE__BUILD_REFERENCES:
		return &engine__reference_builder;
	case ENGINE__BUILD_AGGREGATE:
		return &engine__aggregate_builder;
	case ENGINE__BUILD_ROLLUP:
		return &engine__rollup_builder;
	}
	return NULL;
}

static const engine_type *type_of(const engine__slice *slice)
{
	const engine_schema *schema = slice->write->read.generation->schema;
	for (uint16_t i = 0; i < schema->type_count; i++)
		if (schema->types[i].id == slice->build->type_id)
			return &schema->types[i];
	return NULL;
}

/* ---- records ---- */

static cx_status add_record(engine__slice *slice, const engine_type *type,
                            const engine__pair *pair)
{
	CX_UNSET engine__value values[ENGINE_SLOTS_MAX];
	engine_read *read = &slice->write->read;
	cx_arena_clear(slice->write->arena);
	cx_arena_clear(read->assembled);
	engine_row row;
	cx_status status = engine__read_row(read, type, pair->key, pair->value, &row, NULL);
	if (status == CX_OK)
		status = engine__row_values(type, row.array, values);
	if (status == CX_OK && values[ENGINE_SLOT_DELETED_AT].shape == ENGINE__NULL)
		status = builder_of(slice->build->kind)->add_record(slice, type, values);
	if (status != CX_OK || slice->build->action != ENGINE__BUILD_RUNS)
		return status;
	engine__build_set_frontier(slice->build, pair->key);
	slice->build->records++;
	return CX_OK;
}

/* Stands behind the record done last. */
static cx_status begin_records(engine__slice *slice, const engine_type *type,
                               engine__cursor **ret)
{
	uint8_t bytes[ENGINE__KEY_BYTES_MAX + 1];
	cx_buf next = { .data = bytes, .capacity = sizeof bytes, .limit = sizeof bytes };
	cx_status status =
		engine__cursor_open(slice->write->read.view, engine__tree_of(type->record_tree),
	                            ENGINE__FORWARD, ret);
	const cx_slice frontier = engine__build_frontier(slice->build);
	if (status != CX_OK || frontier.size == 0)
		return status;
	cx_buf_append_slice(&next, frontier);
	cx_buf_append_byte(&next, 0); /* the smallest key after it */
	return engine__cursor_seek(*ret, cx_buf_slice(&next));
}

static cx_status add_records(engine__slice *slice, const engine_type *type, bool *ret_done)
{
	CX_SCOPED(engine__cursor_close) engine__cursor *cursor = NULL;
	engine__pair pairs[PAIRS];
	size_t count = PAIRS;
	bool over = false;
	cx_status status = begin_records(slice, type, &cursor);
	while (status == CX_OK && !over && count == PAIRS) {
		status = engine__cursor_next(cursor, pairs, PAIRS, &count);
		size_t i = 0;
		while (status == CX_OK && i < count && !over) {
			status = add_record(slice, type, &pairs[i++]);
			over = engine__slice_is_over(slice) ||
			       slice->build->action != ENGINE__BUILD_RUNS;
		}
		if (i < count)
			return status;
	}
	*ret_done = count < PAIRS;
	return status;
}

/* ---- actions ---- */

static cx_status run_records(engine__slice *slice)
{
	const engine_type *type = type_of(slice);
	const engine__builder_of *builder = builder_of(slice->build->kind);
	if (type == NULL || builder->add_record == NULL)
		return CX_CORRUPT;
	if (slice->write->low)
		return CX_STORAGE_FULL;
	bool done = false;
	cx_status status = add_records(slice, type, &done);
	if (status != CX_OK)
		return status;
	if (done && slice->build->action == ENGINE__BUILD_RUNS)
		return builder->finish(slice);
	return engine__build_put(slice->write, slice->build);
}

static void begin_records_anew(engine__build *build)
{
	build->action = ENGINE__BUILD_RUNS;
	build->entries = 0;
	engine__build_set_frontier(build, (cx_slice){ 0 });
}

static cx_status run_removal(engine__slice *slice)
{
	bool done = false;
	engine__build *build = slice->build;
	cx_status status = builder_of(build->kind)->clear(slice, &done);
	if (status != CX_OK)
		return status;
	if (done && build->action == ENGINE__BUILD_REMOVES)
		return engine__build_forget(slice->write, build);
	if (done && build->action == ENGINE__BUILD_RESETS)
		begin_records_anew(build);
	else if (done)
		build->action = ENGINE__BUILD_FAILED;
	return engine__build_put(slice->write, build);
}

static cx_status run(engine__slice *slice)
{
	return slice->build->action == ENGINE__BUILD_RUNS ? run_records(slice)
	                                                  : run_removal(slice);
}

/* ---- a slice ---- */

/* The tree of an index; false when no schema names it any more. */
static bool find_tree(const engine_schema *schema, const engine__build *build,
                      engine__tree *ret)
{
	ret->number = 0;
	if (build->kind != ENGINE__BUILD_INDEX)
		return true;
	for (uint16_t t = 0; t < schema->type_count; t++)
		for (uint16_t i = 0; i < schema->types[t].index_count; i++)
			if (schema->types[t].indexes[i].id == build->id)
				ret->number = schema->types[t].indexes[i].tree;
	return ret->number != 0;
}

/* Begins a transaction and finds what is to be done in it. A tree that is known by its name
 * only has to be looked up before: so this is done once more then. */
static cx_status begin(engine *self, engine__tree *tree, engine__build *build,
                       engine_write **ret)
{
	cx_status status = engine_write_begin(self, ret);
	if (status == CX_OK)
		status = engine__builds_next(&(*ret)->read, build);
	if (status != CX_OK || find_tree((*ret)->read.generation->schema, build, tree))
		return status;
	engine_write_abort(ret);
	char name[ENGINE__TREE_NAME_MAX];
	snprintf(name, sizeof name, "x%u", build->id);
	status = engine__store_tree(self->store, name, false, tree);
	if (status == CX_NOT_FOUND)
		return CX_CORRUPT;
	if (status == CX_OK)
		status = engine_write_begin(self, ret);
	return status == CX_OK ? engine__builds_next(&(*ret)->read, build) : status;
}

/* ---- search ---- */

/* Keeps slices of search near the time they may take: its work is counted, not timed. */
static void adapt(engine *self, uint64_t spent_ns, uint64_t time_ns)
{
	enum { LEAST = 4, MOST = 4096 };
	if (spent_ns > time_ns)
		self->search_work /= 2;
	else if (spent_ns < time_ns / 2)
		self->search_work *= 2;
	if (self->search_work < LEAST)
		self->search_work = LEAST;
	if (self->search_work > MOST)
		self->search_work = MOST;
}

/* A slice of the search index, when nothing else is to be done. `*ret_more` is false when it is
 * complete, too. */
static cx_status run_search(engine *self, engine_write *write, uint64_t time_ns, bool *ret_more)
{
	const uint64_t begun_ns = cx_clock_monotonic_ns();
	engine_search_state state;
	cx_status status = engine_search_state_get(&write->read, &state);
	if (status != CX_OK || state == ENGINE_SEARCH_READY) {
		*ret_more = false;
		return status;
	}
	if (write->low && state == ENGINE_SEARCH_BUILDING)
		return CX_STORAGE_FULL;
	if (self->search_work == 0)
		self->search_work = 32;
	status = engine_search_build(write, self->search_work, &state, NULL);
	adapt(self, cx_clock_monotonic_ns() - begun_ns, time_ns);
	*ret_more = true;
	return status;
}

/* What is built must not fill the journal faster than it is merged, or every write would wait
 * for the merge. What is carried waits for more writes. Looked up now and then, as it costs
 * more than a slice should. */
static bool must_wait(engine *self, uint64_t now_ns)
{
	enum { LOOK_NS = 100 * 1000 * 1000 };
	if (now_ns - self->builds_looked_ns < LOOK_NS)
		return self->builds_wait;
	self->builds_looked_ns = now_ns;
	engine__store_usage usage;
	const uint64_t segment =
		self->journal_bytes > 0 ? self->journal_bytes : ENGINE__JOURNAL_BYTES;
	self->builds_wait = engine__store_usage_get(self->store, &usage) == CX_OK &&
	                    usage.unmerged_bytes - usage.carried_bytes > segment + segment / 4;
	return self->builds_wait;
}

cx_status engine_build_step(engine *self, uint64_t time_ns, engine_commit *ret_commit,
                            bool *ret_more)
{
	CX_SCOPED(engine_write_abort) engine_write *write = NULL;
	engine__build build;
	engine__slice slice = { .build = &build };
	const uint64_t begun_ns = cx_clock_monotonic_ns();
	if (must_wait(self, begun_ns))
		return CX_BUSY;
	cx_status status = begin(self, &slice.tree, &build, &write);
	bool more = true;
	slice.write = write;
	slice.end_ns = begun_ns + time_ns;
	if (status == CX_OK)
		status = run(&slice);
	else if (status == CX_NOT_FOUND)
		status = run_search(self, write, time_ns, &more);
	if (status == CX_OK)
		status = engine__write_submit_quiet(&write, ret_commit);
	if (status != CX_OK)
		return status;
	if (!more)
		atomic_store(&self->has_builds, false);
	*ret_more = more;
	return CX_OK;
}

bool engine_build_is_wanted(const engine *self)
{
	return atomic_load_explicit(&self->has_builds, memory_order_relaxed);
}

/* ---- states ---- */

static cx_status make_catalog(const engine__catalog *now, const engine__build *build,
                              bool usable, engine__catalog **ret)
{
	switch (build->kind) {
	case ENGINE__BUILD_INDEX:
		return engine__catalog_with_state(
			now, build->id, usable ? ENGINE_INDEX_READABLE : ENGINE_INDEX_FAILED,
			ret);
	case ENGINE__BUILD_AGGREGATE:
		return engine__catalog_with_aggregate(
			now, build->id,
			usable ? ENGINE_AGGREGATE_READY : ENGINE_AGGREGATE_FAILED, ret);
	case ENGINE__BUILD_ROLLUP:
		return engine__catalog_with_rollup(
			now, build->id,
			usable ? ENGINE_AGGREGATE_READY : ENGINE_AGGREGATE_FAILED, ret);
	case ENGINE__BUILD_REFERENCES:
		break;
	}
	return CX_CORRUPT;
}

cx_status engine__build_set_state(engine_write *write, const engine__build *build, bool usable)
{
	CX_SCOPED(engine__catalog_free) engine__catalog *catalog = NULL;
	const engine__generation *now = write->read.generation;
	const uint64_t number = atomic_load(&now->number) + 1;
	cx_status status = make_catalog(now->catalog, build, usable, &catalog);
	if (status == CX_OK)
		status = engine__meta_schema_put(write, catalog, number);
	engine__generation_free(&write->next);
	return status == CX_OK ? engine__generation_new(&catalog, number, &write->engine->rules,
	                                                &write->next)
	                       : status;
}

cx_status engine__build_give_up(engine_write *write, engine__build *build, const char *reason)
{
	cx_status status = engine__build_set_state(write, build, false);
	if (status != CX_OK)
		return status;
	build->action = ENGINE__BUILD_CLEARS;
	build->entries = 0;
	engine__build_set_frontier(build, (cx_slice){ 0 });
	snprintf(build->reason, sizeof build->reason, "%s", reason);
	return CX_OK;
}
