/* SPDX-License-Identifier: Apache-2.0 */
/* Ranges read side by side, each by a cursor of its own. A heap of lanes keeps at its top the
 * one whose next key, without the fixed columns, comes first; of equal ones the lane with the
 * smaller number. */
#include "base/check.h"
#include "engine/query/scan.h"

#include <string.h>

static const engine__range *range_of(const engine__scan *scan, uint16_t number)
{
	return &scan->ranges->items[number];
}

/* A key without the fixed columns. */
static cx_slice tail_of(const engine__scan *scan, uint16_t number)
{
	const engine__lane *lane = &scan->lanes[number];
	return cx_slice_from(lane->pairs[lane->at].key, range_of(scan, number)->prefix);
}

static bool comes_first(const engine__scan *scan, uint16_t a, uint16_t b)
{
	int order = cx_slice_compare(tail_of(scan, a), tail_of(scan, b));
	if (order != 0)
		return scan->backward ? order > 0 : order < 0;
	return a < b;
}

/* ---- lanes ---- */

static cx_status refill(engine__scan *scan, uint16_t number)
{
	engine__lane *lane = &scan->lanes[number];
	lane->at = 0;
	lane->count = 0;
	if (lane->ended)
		return CX_OK;
	size_t got;
	cx_status status = engine__cursor_next(lane->cursor, lane->pairs, lane->batch, &got);
	if (status != CX_OK)
		return status;
	lane->count =
		engine__range_count(range_of(scan, number), lane->pairs, got, scan->backward);
	lane->ended = lane->count < lane->batch; /* of the tree, or of the range */
	lane->batch *= 2;
	if (lane->batch > ENGINE__MERGE_BATCH)
		lane->batch = ENGINE__MERGE_BATCH;
	return CX_OK;
}

/* The key of the start in the range of a lane; CX_CURSOR_STALE when it does not lie in it. */
static cx_status start_key(const engine__scan *scan, uint16_t number, cx_slice tail,
                           cx_arena *arena, cx_slice *ret)
{
	const engine__range *range = range_of(scan, number);
	uint8_t *bytes = cx_arena_alloc(arena, range->prefix + tail.size);
	if (bytes == NULL)
		return CX_NO_MEMORY;
	memcpy(bytes, range->low.data, range->prefix);
	memcpy(bytes + range->prefix, tail.data, tail.size);
	const cx_slice key = { .data = bytes, .size = range->prefix + tail.size };
	if (!engine__range_holds(range, key))
		return CX_CURSOR_STALE;
	*ret = key;
	return CX_OK;
}

/* A backward cursor has passed the key it was sent to: puts its entry in front. */
static cx_status put_in_front(engine__scan *scan, uint16_t number, cx_slice key)
{
	engine__lane *lane = &scan->lanes[number];
	engine__pair pair = { .key = key };
	const engine__tree tree = range_of(scan, number)->path->tree;
	cx_status status = engine__view_get(scan->view, tree, key, &pair.value);
	if (status == CX_NOT_FOUND || !engine__range_holds(range_of(scan, number), key))
		return CX_OK;
	if (status != CX_OK)
		return status;
	CX_ASSERT(lane->at == 0);
	CX_ASSERT(lane->count <= ENGINE__MERGE_BATCH);
	memmove(&lane->pairs[1], &lane->pairs[0], lane->count * sizeof pair);
	lane->pairs[0] = pair;
	lane->count++;
	return CX_OK;
}

/* Goes on behind the start, or (`included`, when the page before ended in an earlier lane) at
 * it. Only unique indexes and ranges of different paths have the same tail in two lanes. */
static cx_status begin_lane_at(engine__scan *scan, uint16_t number, cx_slice key, bool included)
{
	engine__lane *lane = &scan->lanes[number];
	if (key.size > ENGINE__KEY_BYTES_MAX) {
		/* No stored key is so long. What it is cut to comes before it. */
		key.size = ENGINE__KEY_BYTES_MAX;
		included = scan->backward;
	}
	cx_slice skip;
	cx_status status = engine__scan_seek_behind(lane->cursor, key, scan->backward, &skip);
	if (status == CX_OK)
		status = refill(scan, number);
	if (status != CX_OK)
		return status;
	if (included && scan->backward)
		return put_in_front(scan, number, key);
	if (included || skip.size == 0 || lane->count == 0 ||
	    !cx_slice_equal(lane->pairs[0].key, skip))
		return CX_OK;
	lane->at = 1;
	return lane->at == lane->count ? refill(scan, number) : CX_OK;
}

static cx_status begin_lane(engine__scan *scan, uint16_t number, engine__scan_start start,
                            bool included, cx_arena *arena)
{
	engine__lane *lane = &scan->lanes[number];
	const bool many = scan->ranges->count > ENGINE__LANES_MANY;
	*lane = (engine__lane){ .batch =
		                        many ? ENGINE__MERGE_BATCH_MANY : ENGINE__MERGE_BATCH };
	cx_status status = engine__cursor_open(
		scan->view, range_of(scan, number)->path->tree,
		scan->backward ? ENGINE__BACKWARD : ENGINE__FORWARD, &lane->cursor);
	if (status != CX_OK)
		return status;
	scan->lane_count++;
	if (start.key.size == 0) {
		status =
			engine__scan_seek(lane->cursor, range_of(scan, number), scan->backward);
		return status == CX_OK ? refill(scan, number) : status;
	}
	cx_slice key;
	status = start_key(scan, number, start.key, arena, &key);
	if (status != CX_OK)
		return status;
	return begin_lane_at(scan, number, key, included);
}

/* ---- heap ---- */

static void sink(engine__scan *scan, size_t at)
{
	uint16_t *heap = scan->heap;
	const uint16_t lane = heap[at];
	for (;;) {
		size_t below = 2 * at + 1;
		if (below >= scan->heap_count)
			break;
		if (below + 1 < scan->heap_count &&
		    comes_first(scan, heap[below + 1], heap[below]))
			below++;
		if (!comes_first(scan, heap[below], lane))
			break;
		heap[at] = heap[below];
		at = below;
	}
	heap[at] = lane;
}

static void build_heap(engine__scan *scan)
{
	for (uint16_t i = 0; i < scan->lane_count; i++)
		if (scan->lanes[i].at < scan->lanes[i].count)
			scan->heap[scan->heap_count++] = i;
	for (size_t i = scan->heap_count / 2; i > 0; i--)
		sink(scan, i - 1);
}

cx_status engine__merge_begin(engine__scan *scan, engine__scan_start start, cx_arena *arena)
{
	const size_t count = scan->ranges->count;
	CX_ASSERT(count <= ENGINE__MERGE_MAX);
	if (start.key.size > 0 && start.range >= count)
		return CX_CURSOR_STALE;
	scan->lanes = cx_arena_alloc(arena, (count + 1) * sizeof *scan->lanes);
	scan->heap = cx_arena_alloc(arena, (count + 1) * sizeof *scan->heap);
	if (scan->lanes == NULL || scan->heap == NULL)
		return CX_NO_MEMORY;
	for (uint16_t i = 0; i < count; i++) {
		const bool shares = scan->overlap || !range_of(scan, i)->path->id_last;
		const bool included = shares && i > start.range;
		cx_status status = begin_lane(scan, i, start, included, arena);
		if (status != CX_OK)
			return status;
	}
	build_heap(scan);
	return CX_OK;
}

void engine__merge_end(engine__scan *scan)
{
	for (size_t i = 0; i < scan->lane_count; i++)
		engine__cursor_close(&scan->lanes[i].cursor);
	scan->lane_count = 0;
}

/* Passes the entry at the top. */
static cx_status advance(engine__scan *scan)
{
	const uint16_t number = scan->heap[0];
	engine__lane *lane = &scan->lanes[number];
	if (++lane->at == lane->count) {
		cx_status status = refill(scan, number);
		if (status != CX_OK)
			return status;
	}
	if (lane->at == lane->count)
		scan->heap[0] = scan->heap[--scan->heap_count];
	if (scan->heap_count > 0)
		sink(scan, 0);
	return CX_OK;
}

cx_status engine__merge_next(engine__scan *scan, engine__hit *hits, size_t max,
                             size_t *ret_count)
{
	size_t count = 0;
	while (count < max && scan->heap_count > 0) {
		const uint16_t number = scan->heap[0];
		const engine__lane *lane = &scan->lanes[number];
		hits[count++] =
			(engine__hit){ .entry = lane->pairs[lane->at], .range = number };
		cx_status status = advance(scan);
		if (status != CX_OK)
			return status;
	}
	*ret_count = count;
	return CX_OK;
}
