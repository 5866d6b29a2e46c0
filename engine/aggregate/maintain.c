/* SPDX-License-Identifier: Apache-2.0 */
/* The delta of one record. */
#include "engine/aggregate/maintain.h"

#include "base/check.h"
#include "engine/core/build.h"
#include "engine/index/entries.h"

static cx_status sums_of(const engine_aggregate *aggregate, const engine__value *values,
                         engine_sum *ret, cx_error *error)
{
	for (uint16_t i = 0; i < aggregate->sum_count; i++) {
		bool is_null;
		if (!engine__expression_value(&aggregate->sums[i], values, &ret[i], &is_null))
			return engine__fail_term(aggregate->type, &aggregate->sums[i], error);
	}
	return CX_OK;
}

static bool is_in(const engine_aggregate *aggregate, const engine__value *values)
{
	return values != NULL && values[ENGINE_SLOT_DELETED_AT].shape == ENGINE__NULL &&
	       engine__where_holds(&aggregate->where, values);
}

cx_status engine__share_of(const engine_aggregate *aggregate, const engine__value *values,
                           int64_t zone_min, engine__key_room *room, engine__share *ret,
                           cx_error *error)
{
	*ret = (engine__share){ 0 };
	if (!is_in(aggregate, values))
		return CX_OK;
	cx_status status = sums_of(aggregate, values, ret->sums, error);
	if (status != CX_OK)
		return status;
	cx_buf key = engine__key_in(room);
	engine__group_key_begin(aggregate, &key);
	status = engine__group_key_of(aggregate->columns, aggregate->column_count, values,
	                              zone_min, &key);
	ret->is_in = true;
	ret->key = cx_buf_slice(&key);
	return status;
}

static cx_status put_group(engine_write *write, const engine_aggregate *aggregate, cx_slice key,
                           const engine__group *group)
{
	uint8_t bytes[ENGINE__GROUP_BYTES_MAX + 1];
	cx_buf value = { .data = bytes,
		         .capacity = sizeof bytes,
		         .limit = ENGINE__GROUP_BYTES_MAX };
	engine__group_write(aggregate, group, &value);
	CX_ASSERT(cx_buf_status(&value) == CX_OK);
	return engine__txn_put(write->txn, write->engine->groups, key, cx_buf_slice(&value));
}

static bool sums_are_zero(const engine_aggregate *aggregate, const engine__group *group)
{
	for (uint16_t i = 0; i < aggregate->sum_count; i++)
		if (!engine_sum_is_zero(group->sums[i]))
			return false;
	return true;
}

/* Adds `records` (-1, 0 or 1) and the sums to the group under `key`. A count below zero, or
 * sums without records, can only come from damage. */
static cx_status add_to_group(engine_write *write, const engine_aggregate *aggregate,
                              cx_slice key, int records, const engine_sum *sums)
{
	engine__group group = { 0 };
	cx_slice stored;
	cx_status status =
		engine__view_get(write->read.view, write->engine->groups, key, &stored);
	if (status == CX_OK)
		status = engine__group_read(aggregate, stored, &group);
	if (status != CX_OK && status != CX_NOT_FOUND)
		return status;
	if (group.count == 0 && records <= 0)
		return CX_CORRUPT;
	group.count += (uint64_t)(int64_t)records;
	for (uint16_t i = 0; i < aggregate->sum_count; i++)
		group.sums[i] = engine_sum_add(group.sums[i], sums[i]);
	if (group.count > 0)
		return put_group(write, aggregate, key, &group);
	if (!sums_are_zero(aggregate, &group))
		return CX_CORRUPT;
	return engine__txn_remove(write->txn, write->engine->groups, key);
}

static void negate(const engine_aggregate *aggregate, engine__share *part)
{
	for (uint16_t i = 0; i < aggregate->sum_count; i++)
		part->sums[i] = engine_sum_negative(part->sums[i]);
}

/* Both in one group: what they differ by, in one step. */
static cx_status change_group(engine_write *write, const engine_aggregate *aggregate,
                              const engine__share *old, const engine__share *new)
{
	engine_sum sums[ENGINE_SUMS_MAX];
	bool differs = false;
	for (uint16_t i = 0; i < aggregate->sum_count; i++) {
		sums[i] = engine_sum_add(new->sums[i], engine_sum_negative(old->sums[i]));
		differs = differs || !engine_sum_is_zero(sums[i]);
	}
	return differs ? add_to_group(write, aggregate, new->key, 0, sums) : CX_OK;
}

static cx_status zone_for(engine_write *write, const engine_aggregate *aggregate, int64_t *ret)
{
	*ret = 0;
	return aggregate->zoned ? engine__zone_of_write(write, ret) : CX_OK;
}

static cx_status change(engine_write *write, const engine_aggregate *aggregate,
                        const engine__value *before, const engine__value *after,
                        cx_error *error)
{
	int64_t zone_min;
	CX_UNSET engine__key_room old_room, new_room;
	engine__share old, new;
	cx_status status = zone_for(write, aggregate, &zone_min);
	if (status == CX_OK)
		status = engine__share_of(aggregate, before, zone_min, &old_room, &old, error);
	if (status == CX_OK)
		status = engine__share_of(aggregate, after, zone_min, &new_room, &new, error);
	if (status != CX_OK)
		return status;
	if (old.is_in && new.is_in && cx_slice_equal(old.key, new.key))
		return change_group(write, aggregate, &old, &new);
	if (old.is_in) {
		negate(aggregate, &old);
		status = add_to_group(write, aggregate, old.key, -1, old.sums);
	}
	if (status == CX_OK && new.is_in)
		status = add_to_group(write, aggregate, new.key, +1, new.sums);
	return status;
}

/* ---- while it is built ---- */

cx_status engine__aggregate_add(engine_write *write, const engine_aggregate *aggregate,
                                const engine__value *values, bool *ret_is_in, cx_error *error)
{
	*ret_is_in = is_in(aggregate, values);
	return *ret_is_in ? change(write, aggregate, NULL, values, error) : CX_OK;
}

/* Where a record lies among the others; empty: it does not. */
static cx_status place_of(engine_write *write, const engine_type *type,
                          const engine__value *values, cx_slice *ret)
{
	*ret = (cx_slice){ 0 };
	if (values == NULL)
		return CX_OK;
	return engine__entries_record_key(type, values, write->arena, ret);
}

static cx_status is_passed(engine_write *write, const engine_aggregate *aggregate,
                           cx_slice place, bool *ret)
{
	*ret = false;
	if (place.size == 0)
		return CX_OK;
	return engine__build_reached(&write->read, ENGINE__BUILD_AGGREGATE, aggregate->id,
	                             place, ret);
}

/* A sum is not the same when it is added twice, so the build and the writes share the records:
 * those it has passed are the writes', the others still its own. A record that moves in its
 * cluster may go from the one to the other, though no field of the aggregate changes. */
static cx_status change_passed(engine_write *write, const engine_aggregate *aggregate,
                               const engine__value *before, const engine__value *after,
                               cx_error *error)
{
	cx_slice old, new;
	bool old_passed, new_passed;
	cx_status status = place_of(write, aggregate->type, before, &old);
	if (status == CX_OK)
		status = place_of(write, aggregate->type, after, &new);
	if (status == CX_OK)
		status = is_passed(write, aggregate, old, &old_passed);
	if (status == CX_OK)
		status = is_passed(write, aggregate, new, &new_passed);
	/* What the build would fail on is refused before it is there. */
	engine_sum sums[ENGINE_SUMS_MAX];
	if (status == CX_OK && is_in(aggregate, after))
		status = sums_of(aggregate, after, sums, error);
	if (status != CX_OK)
		return status;
	return change(write, aggregate, old_passed ? before : NULL, new_passed ? after : NULL,
	              error);
}

/* ---- time zone ---- */

static int64_t zone_in(const engine_field *field, const engine__value *values,
                       int64_t otherwise)
{
	if (values == NULL || values[ENGINE_SLOT_DELETED_AT].shape != ENGINE__NULL ||
	    values[field->slot].shape == ENGINE__NULL)
		return otherwise;
	return values[field->slot].integer;
}

static cx_status has_group(engine_write *write, const engine_aggregate *aggregate, bool *ret)
{
	uint8_t bytes[ENGINE__GROUP_KEY_HEAD + 1];
	cx_buf head = { .data = bytes, .capacity = sizeof bytes, .limit = sizeof bytes - 1 };
	engine__group_key_begin(aggregate, &head);
	CX_SCOPED(engine__cursor_close) engine__cursor *cursor = NULL;
	engine__pair pair;
	size_t count = 0;
	cx_status status = engine__cursor_open(write->read.view, write->engine->groups,
	                                       ENGINE__FORWARD, &cursor);
	if (status == CX_OK)
		status = engine__cursor_seek(cursor, cx_buf_slice(&head));
	if (status == CX_OK)
		status = engine__cursor_next(cursor, &pair, 1, &count);
	if (status == CX_OK)
		*ret = count > 0 && cx_slice_starts_with(pair.key, cx_buf_slice(&head));
	return status;
}

/* Groups by day and month of a time would no longer be those of the records. */
static cx_status refuse_new_zone(engine_write *write, cx_error *error)
{
	const engine_schema *schema = engine_read_schema(&write->read);
	for (uint16_t i = 0; i < schema->aggregate_count; i++) {
		const engine_aggregate *aggregate = &schema->aggregates[i];
		bool has = false;
		cx_status status = CX_OK;
		if (aggregate->zoned && aggregate->state != ENGINE_AGGREGATE_FAILED)
			status = has_group(write, aggregate, &has);
		if (status != CX_OK)
			return status;
		if (has)
			return cx_fail_field(error, CX_RESTRICTED, schema->zone_field->name,
			                     "%s.%s says where days begin, and aggregate "
			                     "\"%s\" has groups by "
			                     "day or month already: set it before there are "
			                     "records, or import "
			                     "them into a new store",
			                     schema->zone_type->name, schema->zone_field->name,
			                     aggregate->name);
	}
	return CX_OK;
}

/* A change of the record the time zone is taken from. */
static cx_status apply_zone(engine_write *write, const engine__value *before,
                            const engine__value *after, cx_error *error)
{
	const engine_schema *schema = engine_read_schema(&write->read);
	const engine_field *field = schema->zone_field;
	int64_t usual;
	cx_status status = engine__zone_default(field, &usual);
	if (status != CX_OK)
		return status;
	const int64_t old = zone_in(field, before, usual);
	const int64_t new = zone_in(field, after, usual);
	if (!engine_zone_is_valid(new))
		return cx_fail_field(error, CX_INVALID_ARGUMENT, field->name,
		                     "%s.%s: minutes east of UTC, from -%d to %d",
		                     schema->zone_type->name, field->name,
		                     ENGINE_ZONE_MINUTES_MAX, ENGINE_ZONE_MINUTES_MAX);
	write->zone_known = false;
	return old == new ? CX_OK : refuse_new_zone(write, error);
}

static cx_status apply_one(engine_write *write, const engine_aggregate *aggregate,
                           const engine__value *before, const engine__value *after,
                           cx_error *error)
{
	switch (aggregate->state) {
	case ENGINE_AGGREGATE_READY:
		if (before != NULL && after != NULL &&
		    !engine__slots_differ(aggregate->slots, aggregate->slot_count, before,
		                          after))
			return CX_OK;
		return change(write, aggregate, before, after, error);
	case ENGINE_AGGREGATE_BUILDING:
		return change_passed(write, aggregate, before, after, error);
	case ENGINE_AGGREGATE_FAILED:
		return CX_OK;
	}
	CX_UNREACHABLE();
}

cx_status engine__aggregates_apply(engine_write *write, const engine_type *type,
                                   const engine__value *before, const engine__value *after,
                                   cx_error *error)
{
	cx_status status = CX_OK;
	if (type == engine_read_schema(&write->read)->zone_type)
		status = apply_zone(write, before, after, error);
	for (uint16_t i = 0; i < type->aggregate_count && status == CX_OK; i++)
		status = apply_one(write, type->aggregates[i], before, after, error);
	return status;
}
