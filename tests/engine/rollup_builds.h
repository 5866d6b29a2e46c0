/* SPDX-License-Identifier: Apache-2.0 */
/* Firms with bills, whose rollups come to a store that has both. */
#pragma once

#include "tests/support/evolve_fixture.h"

#define ROLLUP_BILL \
	"type bill { firm ref(firm) on delete cascade  n int = 1  on date  index (firm, on) }"

#define ROLLUP_LAST \
	"type firm { name string(20)  last date readonly rollup max(on) of bill by firm }"

/* Payments add up to bills, and those to firms. */
#define ROLLUP_CHAIN(paid, sum, groups)                           \
	"type firm { name string(20) " sum " }"                   \
	"type bill { firm ref(firm) on delete cascade " paid " }" \
	"type payment { bill ref(bill) on delete cascade  amount int }" groups
#define ROLLUP_PAID(what) "paid int readonly = 0 rollup " what " of payment by bill"
#define ROLLUP_TOTAL      "paid int readonly = 0 rollup sum(paid) of bill by firm index (paid desc)"

extern const char rollup_plain[];   /* no rollup */
extern const char rollup_counted[]; /* firm.bills: how many */
extern const char rollup_summed[];  /* firm.bills: the sum of n */

/* Firms 1 and 2; bills 1 to `count` are of firm 1, 2, 1, … and have n and on 1, 2, 3, … */
void rollup_open(store_fixture *store, const char *schema, int count);

/* Builds go on by so many records. */
void rollup_build(store_fixture *store, int records);

/* The number of the last change. */
uint64_t rollup_last_seq(store_fixture *store);

/* The field of both firms, in a store that is sound. */
void rollup_assert_firms(store_fixture *store, const char *field, int64_t a, int64_t b);

void rollup_close(store_fixture *store);
