/* SPDX-License-Identifier: Apache-2.0 */
/* Ranges in each of which the entries come by id, read for the records that all of them hold.
 * The first range leads: the others are moved up to each of its entries in turn, and the first
 * that has something later than that says where the leading one goes on. So no range is read
 * where another has nothing. */
#include "base/check.h"
#include "engine/index/key.h"
#include "engine/query/scan.h"

#include <string.h>

static const engine__range *range_of(const engine__scan *scan, size_t number)
{
	return &scan->ranges->items[number];
}

/* The id at which a lane stands, as bytes. */
static cx_slice id_of(const engine__scan *scan, size_t number)
{
	const engine__lane *lane = &scan->lanes[number];
	return cx_slice_from(lane->pairs[lane->at].key, range_of(scan, number)->prefix);
}

static bool is_before(const engine__scan *scan, cx_slice a, cx_slice b)
{
	const int order = cx_slice_compare(a, b);
	return scan->backward ? order > 0 : order < 0;
}

static cx_status refill(engine__scan *scan, size_t number)
{
	engine__lane *lane = &scan->lanes[number];
	lane->at = lane->count = 0;
	if (lane->ended)
		return CX_OK;
	size_t got;
	cx_status status =
		engine__cursor_next(lane->cursor, lane->pairs, ENGINE__MERGE_BATCH, &got);
	if (status != CX_OK)
		return status;
	const engine__range *range = range_of(scan, number);
	lane->count = engine__range_count(range, lane->pairs, got, scan->backward);
	lane->ended = lane->count < ENGINE__MERGE_BATCH;
	for (size_t i = 0; i < lane->count; i++)
		if (lane->pairs[i].key.size != range->prefix + ENGINE__KEY_ID_BYTES)
			return CX_CORRUPT;
	return CX_OK;
}

/* Sends the cursor before the id, or behind it. */
static cx_status seek(engine__scan *scan, size_t number, cx_slice id, bool behind)
{
	const engine__range *range = range_of(scan, number);
	uint8_t bytes[ENGINE__KEY_BYTES_MAX + 1];
	size_t size = range->prefix + id.size;
	CX_ASSERT(size < sizeof bytes);
	memcpy(bytes, range->low.data, range->prefix);
	memcpy(bytes + range->prefix, id.data, id.size);
	if (behind != scan->backward)
		bytes[size++] = 0; /* the first key after it */
	engine__lane *lane = &scan->lanes[number];
	lane->ended = false;
	cx_status status =
		engine__cursor_seek(lane->cursor, (cx_slice){ .data = bytes, .size = size });
	return status == CX_OK ? refill(scan, number) : status;
}

/* Moves a lane to the first entry that is not before the id; lane->at == lane->count when there
 * is none. */
static cx_status move_up(engine__scan *scan, size_t number, cx_slice id)
{
	engine__lane *lane = &scan->lanes[number];
	while (lane->at < lane->count && is_before(scan, id_of(scan, number), id)) {
		lane->at++;
		scan->keys_beside += number > 0;
	}
	if (lane->at < lane->count || lane->ended)
		return CX_OK;
	return seek(scan, number, id, false);
}

static cx_status begin_lane(engine__scan *scan, size_t number, engine__scan_start start)
{
	engine__lane *lane = &scan->lanes[number];
	*lane = (engine__lane){ 0 };
	const engine__range *range = range_of(scan, number);
	cx_status status = engine__cursor_open(
		scan->view, range->path->tree,
		scan->backward ? ENGINE__BACKWARD : ENGINE__FORWARD, &lane->cursor);
	if (status != CX_OK)
		return status;
	scan->lane_count++;
	if (start.key.size > 0)
		return seek(scan, number, start.key, true);
	status = engine__scan_seek(lane->cursor, range, scan->backward);
	return status == CX_OK ? refill(scan, number) : status;
}

cx_status engine__meeting_begin(engine__scan *scan, engine__scan_start start, cx_arena *arena)
{
	const size_t count = scan->ranges->count;
	if (start.key.size > 0 && (start.key.size != ENGINE__KEY_ID_BYTES || count == 0))
		return CX_CURSOR_STALE;
	scan->ended = count == 0;
	scan->lanes = cx_arena_alloc(arena, (count + 1) * sizeof *scan->lanes);
	if (scan->lanes == NULL)
		return CX_NO_MEMORY;
	for (size_t i = 0; i < count; i++) {
		cx_status status = begin_lane(scan, i, start);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

/* The next entry of the leading range, and whether all others have its record. It moves on to
 * the next one that they may have. */
static cx_status take(engine__scan *scan, engine__hit *ret, bool *ret_taken)
{
	engine__lane *lead = &scan->lanes[0];
	*ret_taken = false;
	cx_status status = lead->at == lead->count ? refill(scan, 0) : CX_OK;
	if (status != CX_OK || lead->at == lead->count) {
		scan->ended = true;
		return status;
	}
	*ret = (engine__hit){ .entry = lead->pairs[lead->at] };
	const cx_slice id = id_of(scan, 0);
	for (size_t i = 1; i < scan->lane_count; i++) {
		status = move_up(scan, i, id);
		if (status != CX_OK)
			return status;
		if (scan->lanes[i].at == scan->lanes[i].count) {
			scan->ended = true; /* nothing that follows is in all of them */
			return CX_OK;
		}
		if (cx_slice_equal(id_of(scan, i), id))
			continue;
		ret->missed = *ret_taken = true;
		return move_up(scan, 0, id_of(scan, i));
	}
	lead->at++;
	*ret_taken = true;
	return CX_OK;
}

cx_status engine__meeting_next(engine__scan *scan, engine__hit *hits, size_t max,
                               size_t *ret_count)
{
	size_t count = 0;
	while (count < max && !scan->ended) {
		bool taken;
		cx_status status = take(scan, &hits[count], &taken);
		if (status != CX_OK)
			return status;
		count += taken;
	}
	*ret_count = count;
	return CX_OK;
}
