/* SPDX-License-Identifier: Apache-2.0 */
/* How indexes, aggregates and rollups are. */
#include "base/check.h"
#include "engine/aggregate.h"
#include "engine/core/build.h"
#include "engine/evolve.h"

typedef struct telling {
	engine_read *read;
	engine_index_status_sink *sink;
	void *context;
	engine_duplicate pairs[ENGINE__BUILD_PAIRS_MAX];
} telling;

static void take_build(telling *self, const engine__build *build, engine_index_status *status)
{
	status->reason = build->reason;
	status->duplicates = build->duplicates;
	for (uint16_t i = 0; i < build->pair_count; i++)
		self->pairs[i] =
			(engine_duplicate){ build->pairs[i].first, build->pairs[i].second };
	status->pairs = self->pairs;
	status->pair_count = build->pair_count;
	if (build->action == ENGINE__BUILD_RUNS)
		status->records_done = build->records;
}

static cx_status tell_index(telling *self, const engine_index *index)
{
	engine_index_status told = { .type = index->type->name,
		                     .index = index->name,
		                     .state = engine_index_state_name(index->state),
		                     .reason = "" };
	engine__build build;
	cx_status status = engine__view_estimate(self->read->view, engine__tree_of(index->tree),
	                                         &told.entries);
	if (status == CX_OK && index->state == ENGINE_INDEX_BUILDING)
		status = engine__view_estimate(self->read->view,
		                               engine__tree_of(index->type->record_tree),
		                               &told.records);
	if (status == CX_OK && index->state != ENGINE_INDEX_READABLE) {
		status = engine__build_get(self->read, ENGINE__BUILD_INDEX, index->id, &build);
		if (status == CX_OK)
			take_build(self, &build, &told);
		if (status == CX_NOT_FOUND)
			status = CX_CORRUPT;
	}
	return status == CX_OK ? self->sink(self->context, &told) : status;
}

static cx_status tell_aggregate(telling *self, const engine_aggregate *aggregate)
{
	engine_index_status told = { .type = aggregate->type->name,
		                     .index = aggregate->name,
		                     .aggregate = true,
		                     .state = engine_aggregate_state_name(aggregate->state),
		                     .reason = "" };
	engine__build build;
	cx_status status = CX_OK;
	if (aggregate->state == ENGINE_AGGREGATE_BUILDING)
		status = engine__view_estimate(self->read->view,
		                               engine__tree_of(aggregate->type->record_tree),
		                               &told.records);
	if (status == CX_OK && aggregate->state != ENGINE_AGGREGATE_READY) {
		status = engine__build_get(self->read, ENGINE__BUILD_AGGREGATE, aggregate->id,
		                           &build);
		if (status == CX_OK)
			take_build(self, &build, &told);
		if (status == CX_NOT_FOUND)
			status = CX_CORRUPT;
		if (told.records > 0)
			told.entries = build.entries;
	}
	return status == CX_OK ? self->sink(self->context, &told) : status;
}

/* Not what it has emptied. */
static void take_rollup_build(telling *self, const engine__build *build,
                              engine_index_status *status)
{
	take_build(self, build, status);
	status->duplicates = 0;
	if (build->action == ENGINE__BUILD_RUNS)
		status->entries = build->entries;
}

static cx_status tell_rollup(telling *self, const engine_rollup *rollup)
{
	const engine_aggregate_state state = engine_rollup_state(rollup);
	engine_index_status told = { .type = rollup->parent->name,
		                     .index = rollup->field->name,
		                     .rollup = true,
		                     .state = engine_aggregate_state_name(state),
		                     .reason = "" };
	engine__build build;
	cx_status status = CX_OK;
	if (rollup->state == ENGINE_AGGREGATE_BUILDING)
		status = engine__view_estimate(self->read->view,
		                               engine__tree_of(rollup->type->record_tree),
		                               &told.records);
	if (status == CX_OK && rollup->state != ENGINE_AGGREGATE_READY) {
		status = engine__build_get(self->read, ENGINE__BUILD_ROLLUP, rollup->field->id,
		                           &build);
		if (status == CX_OK)
			take_rollup_build(self, &build, &told);
		if (status == CX_NOT_FOUND)
			status = CX_CORRUPT;
	}
	return status == CX_OK ? self->sink(self->context, &told) : status;
}

static cx_status tell_type(telling *self, const engine_type *type)
{
	cx_status status = CX_OK;
	for (uint16_t i = 0; i < type->index_count && status == CX_OK; i++)
		status = tell_index(self, &type->indexes[i]);
	for (uint16_t i = 0; i < type->aggregate_count && status == CX_OK; i++)
		status = tell_aggregate(self, type->aggregates[i]);
	for (uint16_t i = 0; i < type->field_count && status == CX_OK; i++)
		if (type->fields[i].rollup != NULL)
			status = tell_rollup(self, type->fields[i].rollup);
	return status;
}

/* One that is no more, while its entries are being removed. */
static cx_status tell_dropping(void *context, const engine__build *build)
{
	telling *self = context;
	const bool aggregate = build->kind == ENGINE__BUILD_AGGREGATE;
	if (build->action != ENGINE__BUILD_REMOVES ||
	    (build->kind != ENGINE__BUILD_INDEX && !aggregate))
		return CX_OK;
	return self->sink(self->context, &(engine_index_status){ .type = build->type_name,
	                                                         .index = build->name,
	                                                         .aggregate = aggregate,
	                                                         .state = "dropping",
	                                                         .reason = "" });
}

cx_status engine_index_statuses(engine_read *read, const engine_type *type,
                                engine_index_status_sink *sink, void *context)
{
	telling self = { .read = read, .sink = sink, .context = context };
	if (type != NULL)
		return tell_type(&self, type);
	const engine_schema *schema = read->generation->schema;
	cx_status status = CX_OK;
	for (uint16_t i = 0; i < schema->type_count && status == CX_OK; i++)
		status = tell_type(&self, &schema->types[i]);
	return status == CX_OK ? engine__builds_each(read, tell_dropping, &self) : status;
}
