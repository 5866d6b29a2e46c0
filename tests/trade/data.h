/* SPDX-License-Identifier: Apache-2.0 */
/* Made-up records of the built-in schema, the same for the same seed: owners and customers
 * skewed, names in Chinese and English, null where a field may be, some deleted. */
#pragma once

#include "tests/support/dice.h"
#include "tests/support/store_fixture.h"

enum { TRADE_STAGES = 6, TRADE_WON = 5, TRADE_LOST = 6, TRADE_TEAMS = 4 };
enum { TRADE_TODAY = 20500, TRADE_DAYS = 900 }; /* since 1970; it all happened before it */

/* Opportunities that are deleted; their history stays. */
static inline bool trade_is_doomed(int64_t opportunity)
{
	return opportunity % 97 == 5;
}

/* Records made of each type, the deleted ones too; ids are 1 to these. */
typedef struct trade_sizes {
	int64_t users, products, campaigns;
	int64_t customers, contacts, opportunities, histories, activities;
	int64_t orders, lines, payments, contracts, requests, feedbacks, touches, targets;
} trade_sizes;

/* Fills an empty store: for each customer a contact, 10 activities, 2 opportunities with 3 to
 * 4 rows of history each, half an order with 2 lines and a payment, half a request and
 * feedback, a quarter of a contract, and 1 or 2 touches. */
trade_sizes trade_fill(store_fixture *store, dice *random, int64_t customers);
