/* SPDX-License-Identifier: Apache-2.0 */
/* Building an index, and removing one. */
#include "base/check.h"
#include "engine/build/removal.h"
#include "engine/core/meta.h"
#include "engine/record/partial.h"

static const engine_index *find_index(const engine_type *type, uint16_t id)
{
	for (uint16_t i = 0; i < type->index_count; i++)
		if (type->indexes[i].id == id)
			return &type->indexes[i];
	return NULL;
}

static void note_duplicate(engine__build *build, int64_t first, int64_t second)
{
	build->duplicates++;
	if (build->pair_count < ENGINE__BUILD_PAIRS_MAX)
		build->pairs[build->pair_count++] = (engine__build_pair){ first, second };
}

static cx_status add_record(engine__slice *slice, const engine_type *type,
                            const engine__value *values)
{
	const engine_index *index = find_index(type, slice->build->id);
	if (index == NULL)
		return CX_CORRUPT;
	engine__entry entry;
	size_t count;
	cx_status status =
		engine__entries_of_index(index, values, slice->write->arena, &entry, &count);
	if (status != CX_OK || count == 0)
		return status;
	bool added;
	int64_t other;
	status = engine__partial_insert(slice->write, &entry, values, &added, &other);
	if (status == CX_OK && other > 0)
		note_duplicate(slice->build, other, values[ENGINE_SLOT_ID].integer);
	slice->build->entries += status == CX_OK && other == 0;
	return status;
}

static cx_status clear(engine__slice *slice, bool *ret_done)
{
	cx_status status =
		engine__removal_run(slice, slice->tree, (cx_slice){ 0 }, NULL, ret_done);
	if (status == CX_OK && *ret_done)
		status = engine__index_inexact_forget(slice->write, slice->build->id);
	return status;
}

/* A record with the values of another has moved to where the build had been. */
static cx_status begin_again(engine__slice *slice)
{
	engine__build_set_frontier(slice->build, (cx_slice){ 0 });
	slice->build->records = 0;
	slice->build->entries = 0;
	return engine__build_put(slice->write, slice->build);
}

static cx_status finish(engine__slice *slice)
{
	engine__build *build = slice->build;
	const bool fails = build->duplicates > 0;
	bool met;
	cx_status status = engine__index_take_met(slice->write, build->id, &met);
	if (status == CX_OK && met && !fails)
		return begin_again(slice);
	if (status != CX_OK)
		return status;
	status = fails ? engine__build_give_up(slice->write, build, "duplicates")
	               : engine__build_set_state(slice->write, build, true);
	if (status != CX_OK)
		return status;
	return fails ? engine__build_put(slice->write, build)
	             : engine__build_forget(slice->write, build);
}

const engine__builder_of engine__index_builder = { .add_record = add_record,
	                                           .clear = clear,
	                                           .finish = finish };
