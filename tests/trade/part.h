/* SPDX-License-Identifier: Apache-2.0 */
/* Questions that are neither one list nor one total: what several reads of one snapshot, the
 * search index or the change log answer. */
#pragma once

#include "tests/trade/world.h"

/* A customer's counters are what its lists have; an order's, what its lines and payments add up
 * to, each found by one range. */
void trade_check_parents(const trade_world *world);
/* How long lists are is counted by an aggregate. */
void trade_check_counts(const trade_world *world);
/* Units and revenue of one product by month: a cell for each. */
void trade_check_product(const trade_world *world);
/* The search box. */
void trade_check_search(const trade_world *world);
/* Changes since any number. */
void trade_check_changes(const trade_world *world);
/* What campaigns have won: one range of won opportunities, and one of touches for each. */
void trade_check_attribution(const trade_world *world);
