/* SPDX-License-Identifier: Apache-2.0 */
/* What people did, found by one pass over every record: for figures of reports to be added up
 * from anew, one row and period at a time. Knows nothing of aggregates. */
#pragma once

#include "tests/trade/world.h"

typedef enum trade_deed_kind {
	TRADE_ORDER,
	TRADE_PAYMENT,
	TRADE_WIN,
	TRADE_LOSS,
	TRADE_ACTIVITY,
	TRADE_CUSTOMER,
} trade_deed_kind;

typedef struct trade_deed {
	trade_deed_kind kind;
	int64_t at_ms;
	int64_t second_ms; /* customer: converted_at, or INT64_MIN; won: created_at */
	int64_t user;      /* credited, or the owner; 0: nobody */
	int64_t team;      /* credited; 0: none */
	int64_t amount;
	int64_t units_milli;
	int label; /* activity: kind; loss: reason; -1: null */
} trade_deed;

typedef struct trade_deeds {
	trade_deed *items; /* by user */
	size_t count, capacity;
	size_t *from;     /* where each user's begin, and one more for the end */
	int64_t *team_of; /* by user */
	int64_t users;
	int64_t parent_of[TRADE_TEAMS + 1];
} trade_deeds;

void trade_deeds_collect(const trade_world *world, trade_deeds *ret);
void trade_deeds_release(trade_deeds *self);

/* Whose deeds a row adds up; each 0 where it does not matter. */
typedef struct trade_whose {
	bool person_given;
	int64_t person; /* 0: nobody */
	int64_t team;   /* with those below */
} trade_whose;

bool trade_deeds_belong(const trade_deeds *self, const trade_deed *deed,
                        const trade_whose *whose);

typedef struct trade_sums {
	int64_t revenue, paid, won, orders, units_milli, lost, converted, customers;
	int64_t won_base, lost_base, cycle_ms, activities;
} trade_sums;

/* From the month of `first` to that of `last`, both the first day of one. */
trade_sums trade_deeds_sum(const trade_deeds *self, const trade_whose *whose, int64_t first,
                           int64_t last);

/* The first day of a month so many later. */
int64_t trade_month_add(int64_t month, int count);
