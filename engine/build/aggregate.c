/* SPDX-License-Identifier: Apache-2.0 */
/* Building the groups of an aggregate, and removing them. What a write adds to one that is
 * being built is decided in engine/aggregate/maintain.c, by the frontier. */
#include "engine/aggregate/maintain.h"
#include "engine/build/removal.h"

#include <stdio.h>

static const engine_aggregate *find_aggregate(const engine_type *type, uint16_t id)
{
	for (uint16_t i = 0; i < type->aggregate_count; i++)
		if (type->aggregates[i]->id == id)
			return type->aggregates[i];
	return NULL;
}

static cx_status add_record(engine__slice *slice, const engine_type *type,
                            const engine__value *values)
{
	engine__build *build = slice->build;
	const engine_aggregate *aggregate = find_aggregate(type, build->id);
	if (aggregate == NULL)
		return CX_CORRUPT;
	bool is_in = false;
	cx_status status = engine__aggregate_add(slice->write, aggregate, values, &is_in, NULL);
	build->entries += status == CX_OK && is_in;
	if (status != CX_INVALID_ARGUMENT)
		return status;
	char reason[ENGINE__BUILD_REASON_MAX + 1];
	snprintf(reason, sizeof reason, "a term of record %lld is beyond the limit",
	         (long long)values[ENGINE_SLOT_ID].integer);
	return engine__build_give_up(slice->write, build, reason);
}

static bool is_of_aggregate(const engine__build *build, cx_slice key, bool *ret_past)
{
	const uint16_t id =
		key.size < ENGINE__GROUP_KEY_HEAD ? 0 : engine__group_key_aggregate(key);
	*ret_past = id > build->id;
	return id == build->id;
}

static cx_status clear(engine__slice *slice, bool *ret_done)
{
	const uint16_t id = slice->build->id;
	const uint8_t from[ENGINE__GROUP_KEY_HEAD] = { (uint8_t)(id >> 8), (uint8_t)id };
	return engine__removal_run(slice, slice->write->engine->groups,
	                           (cx_slice){ from, sizeof from }, is_of_aggregate, ret_done);
}

static cx_status finish(engine__slice *slice)
{
	cx_status status = engine__build_set_state(slice->write, slice->build, true);
	return status == CX_OK ? engine__build_forget(slice->write, slice->build) : status;
}

const engine__builder_of engine__aggregate_builder = { .add_record = add_record,
	                                               .clear = clear,
	                                               .finish = finish };
