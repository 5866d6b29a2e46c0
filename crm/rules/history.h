/* SPDX-License-Identifier: Apache-2.0 */
/* The history of an opportunity: rows of stage_history, each of which says how it stood from
 * `valid_from` on and before `valid_to`. Where one ends the next begins; a new one begins at
 * least one millisecond after the last. The row of a delete has no length, and up to the row of
 * an undelete there is none: what was deleted is in no pipeline meanwhile, and `valid_from`
 * alone tells of every event. */
#pragma once

#include "engine/rules.h"

/* Where the rule of opportunities has these fields. */
typedef struct crm__history_fields {
	/* of the opportunity */
	unsigned stage;
	unsigned state;
	unsigned amount_base;
	unsigned probability_bp;
	unsigned close_on;
	unsigned owner;
	/* of stage_history */
	unsigned row_opportunity;
	unsigned row_valid_from;
	unsigned row_valid_to;
	unsigned row_cause;
	unsigned row_stage;
	unsigned row_state;
	unsigned row_amount_base;
	unsigned row_probability_bp;
	unsigned row_close_on;
	unsigned row_owner;
	unsigned row_by;
	unsigned row_from_stage;
	unsigned row_in_from_ms;
	unsigned user; /* any of user */
} crm__history_fields;

/* When this write takes effect: when it happens, or right after the newest row. */
CX_MUST_USE cx_status crm__history_when(engine_draft *draft, const crm__history_fields *at,
                                        int64_t *ret_ms, cx_error *error);

/* The stage that the opportunity was in when it was open last; 0 when it never was. */
CX_MUST_USE cx_status crm__history_last_open(engine_draft *draft, const crm__history_fields *at,
                                             int64_t *ret_stage, cx_error *error);

typedef struct crm__history_event {
	const char *cause;
	int64_t from_stage; /* the stage it leaves; 0: none */
	int64_t in_from_ms;
	bool ends; /* the opportunity is deleted */
} crm__history_event;

/* Ends the row that stands and begins the next, of the opportunity as it has become. For
 * `after`. */
CX_MUST_USE cx_status crm__history_write(engine_draft *draft, const crm__history_fields *at,
                                         const crm__history_event *event, cx_error *error);
