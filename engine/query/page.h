/* SPDX-License-Identifier: Apache-2.0 */
/* A page of rows being handed to a sink: counts them, and says when it is full. */
#pragma once

#include "engine/query/walk.h"

enum {
	/* Entries looked at after a full page to find out whether anything follows. */
	ENGINE__LOOK_AHEAD = 64,
};

typedef struct engine__pager {
	engine__plan *plan;
	engine__candidate *next; /* not NULL: the plan is given up for this one */
	engine_read *read;
	engine_row_sink *sink;
	void *context;
	engine_page *page;
	size_t bytes;
	bool full; /* page->reason says of what */
} engine__pager;

/* Hands a row on. Must not be full. Errors: the sink's. */
CX_MUST_USE cx_status engine__pager_add(engine__pager *pager, const engine_row *row);

/* Answers the query from a path that gives its order. */
CX_MUST_USE cx_status engine__page_walked(engine__pager *pager, cx_arena *arena,
                                          cx_error *error);

/* Answers the query by sorting. */
CX_MUST_USE cx_status engine__page_sorted(engine__pager *pager, cx_arena *arena,
                                          cx_error *error);

/* Writes the position behind `key` (see position.h) of a range. */
void engine__page_end(engine__pager *pager, uint16_t range, cx_slice key);

/* Answers the query as its plan says. */
CX_MUST_USE cx_status engine__page_run(engine__pager *pager, cx_arena *arena, cx_error *error);

/* Whether the walk, which has given no row yet, is to be given up; pager->next is set then. */
bool engine__page_turns(engine__pager *pager, const engine__walk *walk);

/* Copies what the walk has cost, and one that was given up before. */
void engine__page_account(engine_page *page, const engine__walk *walk);
