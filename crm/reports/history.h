/* SPDX-License-Identifier: Apache-2.0 */
/* What happened to opportunities: rows of stage_history as events, each with the row that it
 * took the place of. */
#pragma once

#include "crm/reports/frame/read.h"

typedef struct crm__history_row {
	int64_t opportunity;
	int64_t valid_from;
	int64_t stage;
	bool open, won, lost; /* the state */
	bool deleted;         /* the cause */
	int64_t amount;       /* in the base currency */
	int64_t probability_bp;
	int64_t close_on;
	int64_t owner;
} crm__history_row;

/* Whether the opportunity was in the pipeline while the row stood. That of a delete, which
 * keeps the state, stood for no time. */
static inline bool crm__history_is_open(const crm__history_row *row)
{
	return row->open && !row->deleted;
}

typedef struct crm__history_event {
	crm__history_row after;
	crm__history_row before; /* of the same opportunity */
	bool has_before;
} crm__history_event;

typedef cx_status crm__history_sink(void *context, const crm__history_event *event);

/* The events from one instant to another, both included, in order of time: a key and one look
 * back for each. */
CX_MUST_USE cx_status crm__history_walk(crm__report *report, int64_t from_ms, int64_t to_ms,
                                        crm__history_sink *sink, void *context);

/* Takes the rows of one opportunity. */
typedef cx_status crm__history_row_sink(void *context, const crm__history_row *row);

/* All rows of an opportunity, the newest first. */
CX_MUST_USE cx_status crm__history_of(crm__report *report, int64_t opportunity,
                                      crm__history_row_sink *sink, void *context);
