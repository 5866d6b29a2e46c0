/* SPDX-License-Identifier: Apache-2.0 */
/* Reading ranges of keys, of one path or several: one after the other, merged, or only what is
 * in all of them. */
#pragma once

#include "engine/query/ranges.h"

enum {
	ENGINE__SCAN_BATCH_MAX = 128, /* entries handed out at a time */
	ENGINE__MERGE_BATCH = 16,     /* read ahead in each range of a merge */
	ENGINE__MERGE_BATCH_MANY = 2, /* at first, where there are many ranges */
	ENGINE__LANES_MANY = 64,
};

/* An entry found. The bytes live as long as the snapshot. */
typedef struct engine__hit {
	engine__pair entry;
	uint16_t range;
	bool missed; /* of a meeting: some other range does not have it */
} engine__hit;

/* How the ranges are read. */
typedef enum engine__manner {
	ENGINE__IN_TURN, /* one after the other */
	ENGINE__MERGE,   /* all at once, in the order of what follows the fixed columns */
	/* Only records that all of them hold. Nothing but the id follows the fixed columns; the
	 * entries are those of the first range. */
	ENGINE__MEETING,
} engine__manner;

/* Where to go on: behind this key of this range. In a merge and a meeting `key` is without the
 * fixed columns. */
typedef struct engine__scan_start {
	uint16_t range;
	cx_slice key; /* empty: from the start */
} engine__scan_start;

/* One range of a merge or a meeting. */
typedef struct engine__lane {
	engine__cursor *cursor;
	engine__pair pairs[ENGINE__MERGE_BATCH + 1]; /* one is put in front at a start */
	size_t at;
	size_t count;
	size_t batch; /* to read next */
	bool ended;   /* nothing after `pairs` */
} engine__lane;

typedef struct engine__scan {
	engine__view *view;
	const engine__ranges *ranges;
	engine__manner manner;
	bool backward;
	bool overlap; /* one record may be in several ranges */
	/* One range after the other. */
	engine__cursor *cursor;
	engine__tree tree; /* of the cursor */
	size_t range;      /* number of the present one in reading order */
	bool begun;        /* the cursor stands in it */
	/* Merged, or meeting. */
	engine__lane *lanes;
	uint16_t *heap; /* lanes that have entries, the one to read next first */
	size_t lane_count;
	size_t heap_count;
	bool ended;           /* of a meeting: a range has no more */
	uint64_t keys_beside; /* of a meeting: looked at in the ranges but the first */
} engine__scan;

typedef struct engine__scan_form {
	engine__manner manner;
	bool backward;
	bool overlap; /* one record may be in several ranges: those of different paths */
} engine__scan_form;

/* Opens a scan over the ranges, which stay the caller's. End it with engine__scan_end, after
 * an error too; until then it may not move in memory. A merge takes at most ENGINE__MERGE_MAX
 * ranges. The start must lie in its range, else CX_CURSOR_STALE.
 * Errors: CX_NO_MEMORY, CX_IO, CX_CORRUPT. */
CX_MUST_USE cx_status engine__scan_begin(engine__view *view, const engine__ranges *ranges,
                                         engine__scan_form form, engine__scan_start start,
                                         cx_arena *arena, engine__scan *ret);
void engine__scan_end(engine__scan *scan);

/* Up to `max` (<= ENGINE__SCAN_BATCH_MAX) next entries; none at the end, and only then. */
CX_MUST_USE cx_status engine__scan_next(engine__scan *scan, engine__hit *hits, size_t max,
                                        size_t *ret_count);

/* The parts for a merge. */
CX_MUST_USE cx_status engine__merge_begin(engine__scan *scan, engine__scan_start start,
                                          cx_arena *arena);
void engine__merge_end(engine__scan *scan);
CX_MUST_USE cx_status engine__merge_next(engine__scan *scan, engine__hit *hits, size_t max,
                                         size_t *ret_count);

/* The parts for a meeting. */
CX_MUST_USE cx_status engine__meeting_begin(engine__scan *scan, engine__scan_start start,
                                            cx_arena *arena);
CX_MUST_USE cx_status engine__meeting_next(engine__scan *scan, engine__hit *hits, size_t max,
                                           size_t *ret_count);

/* Puts the cursor before the first entry of the range in the direction of reading. */
CX_MUST_USE cx_status engine__scan_seek(engine__cursor *cursor, const engine__range *range,
                                        bool backward);

/* Puts it behind `key` in that direction. A forward cursor then may still stand before `key`
 * itself: `*ret_skip` says that the next entry is to be passed when it has this key. */
CX_MUST_USE cx_status engine__scan_seek_behind(engine__cursor *cursor, cx_slice key,
                                               bool backward, cx_slice *ret_skip);
