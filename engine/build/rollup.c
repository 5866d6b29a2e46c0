/* SPDX-License-Identifier: Apache-2.0 */
/* Building what is kept in a field over the records that refer to one, and emptying it. Both
 * are changes of the records above like any other: their entries, groups and rollups follow.
 * What a write adds to one that is being built is decided in engine/record/rollup.c. */
#include "engine/record/rollup.h"

#include "base/big_endian.h"
#include "base/check.h"
#include "engine/build/builder.h"

#include <stdio.h>

static const engine_rollup *rollup_of(const engine__slice *slice)
{
	return engine__build_rollup(engine_read_schema(&slice->write->read), slice->build);
}

/* Indexes are built before, so one that is not complete will not be. */
static bool has_no_index(const engine_rollup *rollup)
{
	return rollup->index != NULL && rollup->index->state != ENGINE_INDEX_READABLE;
}

static cx_status give_up_for_index(engine__slice *slice, const engine_rollup *rollup)
{
	char reason[ENGINE__BUILD_REASON_MAX + 1];
	snprintf(reason, sizeof reason, "index %s of %s was not built", rollup->index->name,
	         rollup->type->name);
	return engine__build_give_up(slice->write, slice->build, reason);
}

/* What cannot be added would have been refused as a write. */
static bool is_refusal(cx_status status)
{
	return status == CX_INVALID_ARGUMENT || status == CX_TOO_LARGE;
}

static cx_status give_up_for_record(engine__slice *slice, int64_t id, cx_status status)
{
	char reason[ENGINE__BUILD_REASON_MAX + 1];
	snprintf(reason, sizeof reason, "record %lld cannot be added: %s", (long long)id,
	         status == CX_TOO_LARGE ? "the one it refers to is too large"
	                                : "a term or a sum is beyond the limit");
	return engine__build_give_up(slice->write, slice->build, reason);
}

static cx_status add_record(engine__slice *slice, const engine_type *type,
                            const engine__value *values)
{
	const engine_rollup *rollup = rollup_of(slice);
	if (rollup == NULL || rollup->type != type)
		return CX_CORRUPT;
	if (has_no_index(rollup))
		return give_up_for_index(slice, rollup);
	const engine_mark mark = engine_write_mark(slice->write);
	bool is_in = false;
	cx_status status = engine__rollup_add(slice->write, rollup, values, &is_in, NULL);
	slice->build->entries += status == CX_OK && is_in;
	if (!is_refusal(status))
		return status;
	engine_write_rollback(slice->write, mark);
	return give_up_for_record(slice, values[ENGINE_SLOT_ID].integer, status);
}

/* ---- emptying ---- */

/* The records above in the order of their ids, so that none can move to where it has been. */
static cx_status begin_ids(engine__slice *slice, const engine_type *parent,
                           engine__cursor **ret)
{
	uint8_t bytes[ENGINE__KEY_BYTES_MAX + 1];
	cx_buf next = { .data = bytes, .capacity = sizeof bytes, .limit = sizeof bytes };
	const uint16_t tree =
		parent->cluster != NULL ? parent->cluster_tree : parent->record_tree;
	cx_status status = engine__cursor_open(slice->write->read.view, engine__tree_of(tree),
	                                       ENGINE__FORWARD, ret);
	const cx_slice frontier = engine__build_frontier(slice->build);
	if (status != CX_OK || frontier.size == 0)
		return status;
	cx_buf_append_slice(&next, frontier);
	cx_buf_append_byte(&next, 0); /* the smallest key after it */
	return engine__cursor_seek(*ret, cx_buf_slice(&next));
}

/* One that cannot be emptied yet, as a sum over it would not fit meanwhile, is passed over and
 * counted as a duplicate. */
static cx_status empty_record(engine__slice *slice, const engine_rollup *rollup, cx_slice key)
{
	if (key.size != 8)
		return CX_CORRUPT;
	engine_write *write = slice->write;
	const engine_mark mark = engine_write_mark(write);
	bool changed = false;
	cx_arena_clear(write->arena);
	cx_arena_clear(write->read.assembled);
	cx_status status = engine__rollup_empty(
		write, rollup, (int64_t)cx_big_endian_get(key.data, 8), &changed);
	slice->build->entries += status == CX_OK && changed;
	if (!is_refusal(status))
		return status;
	engine_write_rollback(write, mark);
	slice->build->duplicates++;
	return CX_OK;
}

/* As long as some are emptied in a round, others may be in the next. */
static cx_status end_round(engine__slice *slice, bool *ret_done)
{
	engine__build *build = slice->build;
	const bool again = build->duplicates > 0 && build->entries > 0;
	const bool stuck = build->duplicates > 0 && build->entries == 0;
	build->duplicates = 0;
	build->entries = 0;
	engine__build_set_frontier(build, (cx_slice){ 0 });
	if (stuck && build->action == ENGINE__BUILD_RESETS)
		return engine__build_give_up(slice->write, build, "it cannot be emptied");
	*ret_done = !again;
	return CX_OK;
}

static cx_status clear(engine__slice *slice, bool *ret_done)
{
	const engine_rollup *rollup = rollup_of(slice);
	if (rollup == NULL)
		return CX_CORRUPT;
	if (slice->write->low)
		return CX_STORAGE_FULL;
	CX_SCOPED(engine__cursor_close) engine__cursor *cursor = NULL;
	cx_status status = begin_ids(slice, rollup->parent, &cursor);
	bool over = false;
	while (status == CX_OK && !over) {
		engine__pair pair;
		size_t count = 0;
		status = engine__cursor_next(cursor, &pair, 1, &count);
		if (status == CX_OK && count == 0)
			return end_round(slice, ret_done);
		if (status == CX_OK)
			status = empty_record(slice, rollup, pair.key);
		if (status == CX_OK)
			engine__build_set_frontier(slice->build, pair.key);
		over = engine__slice_is_over(slice);
	}
	return status;
}

static cx_status finish(engine__slice *slice)
{
	const engine_rollup *rollup = rollup_of(slice);
	if (rollup == NULL)
		return CX_CORRUPT;
	cx_status status = CX_OK;
	if (has_no_index(rollup)) {
		status = give_up_for_index(slice, rollup);
		return status == CX_OK ? engine__build_put(slice->write, slice->build) : status;
	}
	status = engine__build_set_state(slice->write, slice->build, true);
	return status == CX_OK ? engine__build_forget(slice->write, slice->build) : status;
}

const engine__builder_of engine__rollup_builder = { .add_record = add_record,
	                                            .clear = clear,
	                                            .finish = finish };
