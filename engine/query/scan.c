/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/query/scan.h"

#include "base/check.h"

#include <string.h>

enum { FIRST_RUN = 4 };

cx_status engine__scan_seek(engine__cursor *cursor, const engine__range *range, bool backward)
{
	const cx_slice edge = backward ? range->high : range->low;
	return edge.size > 0 ? engine__cursor_seek(cursor, edge) : CX_OK;
}

cx_status engine__scan_seek_behind(engine__cursor *cursor, cx_slice key, bool backward,
                                   cx_slice *ret_skip)
{
	*ret_skip = backward ? (cx_slice){ 0 } : key;
	return engine__cursor_seek(cursor, key);
}

/* The range number `at` in reading order. */
static uint16_t range_number(const engine__scan *scan, size_t at)
{
	return (uint16_t)(scan->backward ? scan->ranges->count - 1 - at : at);
}

/* Opens the cursor that the present range needs. */
static cx_status open_cursor(engine__scan *scan)
{
	const engine__tree tree =
		scan->ranges->items[range_number(scan, scan->range)].path->tree;
	if (scan->cursor != NULL && scan->tree.number == tree.number)
		return CX_OK;
	engine__cursor_close(&scan->cursor);
	scan->tree = tree;
	return engine__cursor_open(scan->view, tree,
	                           scan->backward ? ENGINE__BACKWARD : ENGINE__FORWARD,
	                           &scan->cursor);
}

/* Goes on behind the start: the first entry there is read and passed when it is the start
 * itself. */
static cx_status begin_behind(engine__scan *scan, engine__scan_start start)
{
	const engine__ranges *ranges = scan->ranges;
	if (start.range >= ranges->count || start.key.size > ENGINE__KEY_BYTES_MAX ||
	    !engine__range_holds(&ranges->items[start.range], start.key))
		return CX_CURSOR_STALE;
	scan->range = range_number(scan, start.range); /* its own inverse */
	scan->begun = true;
	cx_slice skip;
	cx_status status = open_cursor(scan);
	if (status == CX_OK)
		status = engine__scan_seek_behind(scan->cursor, start.key, scan->backward,
		                                  &skip);
	if (status != CX_OK || skip.size == 0)
		return status;
	engine__pair pair;
	size_t count;
	status = engine__cursor_next(scan->cursor, &pair, 1, &count);
	if (status != CX_OK || count == 0 || cx_slice_equal(pair.key, skip))
		return status;
	return engine__cursor_seek(scan->cursor, start.key);
}

cx_status engine__scan_begin(engine__view *view, const engine__ranges *ranges,
                             engine__scan_form form, engine__scan_start start, cx_arena *arena,
                             engine__scan *ret)
{
	*ret = (engine__scan){ .view = view,
		               .ranges = ranges,
		               .manner = form.manner,
		               .backward = form.backward,
		               .overlap = form.overlap };
	if (form.manner == ENGINE__MERGE)
		return engine__merge_begin(ret, start, arena);
	if (form.manner == ENGINE__MEETING)
		return engine__meeting_begin(ret, start, arena);
	return start.key.size > 0 ? begin_behind(ret, start) : CX_OK;
}

void engine__scan_end(engine__scan *scan)
{
	engine__cursor_close(&scan->cursor);
	engine__merge_end(scan);
}

/* Reads up to `max` pairs of the range that the cursor is in; fewer only at its end. Many
 * ranges are short, so a few pairs are read first, and then twice as many each time. */
static cx_status read_pairs(engine__cursor *cursor, const engine__range *range, bool backward,
                            engine__pair *pairs, size_t max, size_t *ret_count)
{
	size_t count = 0;
	for (size_t run = FIRST_RUN; count < max; run *= 2) {
		const size_t wanted = run < max - count ? run : max - count;
		size_t got;
		cx_status status = engine__cursor_next(cursor, pairs + count, wanted, &got);
		if (status != CX_OK)
			return status;
		const size_t inside = engine__range_count(range, pairs + count, got, backward);
		count += inside;
		if (inside < wanted)
			break;
	}
	*ret_count = count;
	return CX_OK;
}

/* Reads on in the present range; fewer than `max` at its end. */
static cx_status read_range(engine__scan *scan, engine__hit *hits, size_t max,
                            size_t *ret_count)
{
	const uint16_t number = range_number(scan, scan->range);
	const engine__range *range = &scan->ranges->items[number];
	if (!scan->begun) {
		cx_status status = open_cursor(scan);
		if (status == CX_OK)
			status = engine__scan_seek(scan->cursor, range, scan->backward);
		if (status != CX_OK)
			return status;
		scan->begun = true;
	}
	CX_UNSET engine__pair pairs[ENGINE__SCAN_BATCH_MAX];
	size_t count;
	cx_status status = read_pairs(scan->cursor, range, scan->backward, pairs, max, &count);
	if (status != CX_OK)
		return status;
	for (size_t i = 0; i < count; i++)
		hits[i] = (engine__hit){ .entry = pairs[i], .range = number, .missed = false };
	*ret_count = count;
	return CX_OK;
}

cx_status engine__scan_next(engine__scan *scan, engine__hit *hits, size_t max,
                            size_t *ret_count)
{
	CX_ASSERT(max > 0);
	CX_ASSERT(max <= ENGINE__SCAN_BATCH_MAX);
	if (scan->manner == ENGINE__MEETING)
		return engine__meeting_next(scan, hits, max, ret_count);
	if (scan->manner == ENGINE__MERGE)
		return engine__merge_next(scan, hits, max, ret_count);
	size_t count = 0;
	while (count < max && scan->range < scan->ranges->count) {
		size_t more;
		cx_status status = read_range(scan, hits + count, max - count, &more);
		if (status != CX_OK)
			return status;
		if (more < max - count) {
			scan->range++;
			scan->begun = false;
		}
		count += more;
	}
	*ret_count = count;
	return CX_OK;
}
