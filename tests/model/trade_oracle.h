/* SPDX-License-Identifier: Apache-2.0 */
/* What the rules of the trade promise, worked out from the records alone and in another way
 * than the rules do: asserts that a store keeps it. */
#pragma once

#include "tests/support/store_fixture.h"

/* Ids that were given, the deleted ones too. */
typedef struct trade_ids {
	int64_t orders, lines, payments, contracts, requests, tiers, touches, customers;
} trade_ids;

/* Orders and their lines add up to the unit; payments stay within the total, and the status
 * follows them; contracts that are signed have what it takes; limits and times of requests fit
 * their status; customers have the tier of their newest row. Works inside fixture_begin(), too.
 */
void trade_oracle_assert(store_fixture *f, const trade_ids *ids);
