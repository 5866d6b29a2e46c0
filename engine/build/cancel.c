/* SPDX-License-Identifier: Apache-2.0 */
/* Giving up what is being built. */
#include "engine/aggregate.h"
#include "engine/build/builder.h"
#include "engine/evolve.h"

/* What is meant by a name: an index of the type, an aggregate over it, or a rollup in a field
 * of it. Of several with one name the one that is being built is meant. */
typedef struct target {
	engine__build_kind kind;
	uint16_t id;
	bool building;
} target;

static void find_index(const engine_type *type, cx_slice name, target *ret)
{
	const engine_index *index = engine_type_index(type, name);
	if (index != NULL)
		*ret = (target){ .kind = ENGINE__BUILD_INDEX,
			         .id = index->id,
			         .building = index->state == ENGINE_INDEX_BUILDING };
}

static void find_aggregate(const engine_type *type, cx_slice name, target *ret)
{
	for (uint16_t i = 0; i < type->aggregate_count && !ret->building; i++) {
		const engine_aggregate *aggregate = type->aggregates[i];
		if (cx_slice_equal(cx_slice_of(aggregate->name), name))
			*ret = (target){ .kind = ENGINE__BUILD_AGGREGATE,
				         .id = aggregate->id,
				         .building = aggregate->state ==
				                     ENGINE_AGGREGATE_BUILDING };
	}
}

static void find_rollup(const engine_type *type, cx_slice name, target *ret)
{
	const engine_field *field = engine_type_field(type, name);
	if (ret->building || field == NULL || field->rollup == NULL)
		return;
	const bool building = field->rollup->state == ENGINE_AGGREGATE_BUILDING;
	if (ret->id == 0 || building)
		*ret = (target){ .kind = ENGINE__BUILD_ROLLUP,
			         .id = field->id,
			         .building = building };
}

static const char *kind_text(engine__build_kind kind)
{
	switch (kind) {
	case ENGINE__BUILD_AGGREGATE:
		return "aggregate";
	case ENGINE__BUILD_ROLLUP:
		return "rollup";
	case ENGINE__BUILD_INDEX:
	case ENGINE__BUILD_REFERENCES:
		break;
	}
	return "index";
}

static cx_status find(const engine_schema *schema, cx_slice type_name, cx_slice name,
                      target *ret, cx_error *error)
{
	*ret = (target){ 0 };
	const engine_type *type = engine_schema_type(schema, type_name);
	if (type == NULL)
		return cx_fail(error, CX_NO_TYPE, "there is no record type %.*s",
		               CX_SLICE_ARG(type_name));
	find_index(type, name, ret);
	find_aggregate(type, name, ret);
	find_rollup(type, name, ret);
	if (ret->id == 0)
		return cx_fail(error, CX_NO_INDEX, "%s has no index, aggregate or rollup %.*s",
		               type->name, CX_SLICE_ARG(name));
	if (!ret->building)
		return cx_fail(error, CX_INVALID_ARGUMENT, "%s %.*s of %s is not being built",
		               kind_text(ret->kind), CX_SLICE_ARG(name), type->name);
	return CX_OK;
}

static cx_status cancel(engine_write *write, const target *what)
{
	engine__build build;
	cx_status status = engine__build_get(&write->read, what->kind, what->id, &build);
	if (status == CX_NOT_FOUND)
		return CX_CORRUPT;
	if (status == CX_OK)
		status = engine__build_give_up(write, &build, "cancelled");
	return status == CX_OK ? engine__build_put(write, &build) : status;
}

cx_status engine_build_cancel(engine *self, cx_slice type, cx_slice name, cx_error *error)
{
	CX_SCOPED(engine_write_abort) engine_write *write = NULL;
	target what;
	engine_commit ticket;
	cx_status status = engine_write_begin(self, &write);
	if (status == CX_OK) {
		status = find(write->read.generation->schema, type, name, &what, error);
		if (status != CX_OK)
			return status;
		status = cancel(write, &what);
	}
	if (status == CX_OK)
		status = engine__write_submit_quiet(&write, &ticket);
	if (status == CX_OK)
		status = engine_commit_wait(self, ticket);
	return status == CX_OK ? CX_OK : cx_fail(error, status, "%s", cx_status_text(status));
}
