/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the ranges of a path, one after the other or merged. */
#pragma once

#include "engine/query/ranges.h"

enum {
	ENGINE__SCAN_BATCH_MAX = 128, /* entries handed out at a time */
	ENGINE__MERGE_BATCH = 16,     /* read ahead in each range of a merge */
};

/* An entry found. The bytes live as long as the snapshot. */
typedef struct engine__hit {
	engine__pair entry;
	uint16_t range;
} engine__hit;

/* Where to go on: behind this key of this range. In a merge `key` is without the fixed
 * columns. */
typedef struct engine__scan_start {
	uint16_t range;
	cx_slice key; /* empty: from the start */
} engine__scan_start;

/* One range of a merge. */
typedef struct engine__lane engine__lane;

typedef struct engine__scan {
	engine__view *view;
	engine__tree tree;
	const engine__ranges *ranges;
	bool backward;
	/* One range after the other. */
	engine__cursor *cursor;
	size_t range; /* number of the present one in reading order */
	bool begun;   /* the cursor stands in it */
	/* Merged. */
	engine__lane *lanes;
	uint16_t *heap; /* lanes that have entries, the one to read next first */
	size_t lane_count;
	size_t heap_count;
} engine__scan;

/* Opens a scan over the ranges, which stay the caller's. End it with engine__scan_end, after
 * an error too; until then it may not move in memory. `merge` takes at most ENGINE__MERGE_MAX
 * ranges. The start must lie in its range, else CX_CURSOR_STALE.
 * Errors: CX_NO_MEMORY, CX_IO, CX_CORRUPT. */
CX_MUST_USE cx_status engine__scan_begin(engine__view *view, const engine__path *path,
                                         const engine__ranges *ranges, bool backward,
                                         bool merge, engine__scan_start start, cx_arena *arena,
                                         engine__scan *ret);
void engine__scan_end(engine__scan *scan);

/* Up to `max` (<= ENGINE__SCAN_BATCH_MAX) next entries; none at the end, and only then. */
CX_MUST_USE cx_status engine__scan_next(engine__scan *scan, engine__hit *hits, size_t max,
                                        size_t *ret_count);

/* The parts for a merge. */
CX_MUST_USE cx_status engine__merge_begin(engine__scan *scan, const engine__path *path,
                                          engine__scan_start start, cx_arena *arena);
void engine__merge_end(engine__scan *scan);
CX_MUST_USE cx_status engine__merge_next(engine__scan *scan, engine__hit *hits, size_t max,
                                         size_t *ret_count);

/* Puts the cursor before the first entry of the range in the direction of reading. */
CX_MUST_USE cx_status engine__scan_seek(engine__cursor *cursor, const engine__range *range,
                                        bool backward);

/* Puts it behind `key` in that direction. A forward cursor then may still stand before `key`
 * itself: `*ret_skip` says that the next entry is to be passed when it has this key. */
CX_MUST_USE cx_status engine__scan_seek_behind(engine__cursor *cursor, cx_slice key,
                                               bool backward, cx_slice *ret_skip);
