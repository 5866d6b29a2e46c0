/* SPDX-License-Identifier: Apache-2.0 */
/* Made-up opportunities with their history, and the same in memory, so that a test can add up
 * by itself what a report must tell. The same every time. */
#pragma once

#include "tests/crm/report_run.h"

enum {
	DEALS = 60,
	DEAL_ROWS_MAX = 7,
	DEAL_DAYS = 120, /* before REPORT_NOW */
	DEAL_USERS = 4,  /* 1, 2 in team 1; 3 in team 2, below 1; 4 in team 3 */
	DEAL_STAGES = 6, /* 1 to 4 open, 5 won, 6 lost; seq is ten times the id */
};

typedef enum deal_state { DEAL_OPEN, DEAL_WON, DEAL_LOST } deal_state;

typedef struct deal_row {
	int64_t id;
	int64_t from, to; /* INT64_MAX: it stands */
	int64_t stage, amount, bp, close_on, owner;
	deal_state state;
} deal_row;

typedef struct deal {
	int64_t id;
	deal_row rows[DEAL_ROWS_MAX];
	size_t count;
} deal;

typedef struct deals {
	deal all[DEALS];
} deals;

/* Makes teams, people, stages, one customer and the deals in an empty store. */
void deals_fill(report_run *run, deals *self);

/* The row that stands at an instant; NULL: there is none yet. */
const deal_row *deal_at(const deal *self, int64_t at_ms);
