/* SPDX-License-Identifier: Apache-2.0 */
/* A small shop for tests of the rules: the built-in schema with its rules, base currency CNY,
 * eight hours east.
 *
 *   team 1 Sales, team 2 Care; user 1 (Sales), user 2 (Care)
 *   customer 1 with contact 1, opportunity 1; customer 2 with contact 2, opportunity 2
 *   product 1 at 10.00 CNY, product 2 at 3.33 CNY, product 3 at 5.00 USD
 *   1 USD = 7.10 CNY from SHOP_DAY - 10, 7.25 from SHOP_DAY */
#pragma once

#include "tests/support/store_fixture.h"

/* The day on which tests begin, where the shop is: 2023-11-15. */
enum { SHOP_DAY = 19676 };

/* setup and teardown of cmocka: *state is the store_fixture; afterwards it is sound. */
int shop_setup(void **state);
int shop_teardown(void **state);

/* fixture_create and so on, of a map that is written like printf does. */
__attribute__((format(printf, 3, 4))) int64_t shop_create(store_fixture *f, const char *type,
                                                          const char *fields, ...);
__attribute__((format(printf, 4, 5))) void shop_update(store_fixture *f, const char *type,
                                                       int64_t id, const char *fields, ...);

/* These must be refused with CX_CHECK, by that field (NULL: none) and a text with `part`. */
void shop_refuses_create(store_fixture *f, const char *type, const char *fields,
                         const char *field, const char *part);
void shop_refuses_update(store_fixture *f, const char *type, int64_t id, const char *fields,
                         const char *field, const char *part);
void shop_refuses(store_fixture *f, fixture_verb verb, const char *type, int64_t id,
                  const char *field, const char *part);

/* One field is this integer, or this text. */
void shop_has(store_fixture *f, const char *type, int64_t id, const char *field, int64_t value);
void shop_says(store_fixture *f, const char *type, int64_t id, const char *field,
               const char *text);
void shop_lacks(store_fixture *f, const char *type, int64_t id, const char *field);

/* An order of customer 1 in CNY: 3 of product 1, 1 of product 2, 13 % tax on the first.
 * Subtotal 33.33, tax 3.90, total 37.23. */
int64_t shop_draft(store_fixture *f);
/* The same, confirmed. */
int64_t shop_order(store_fixture *f);

/* Another base currency, which no rule would allow any more. */
void shop_is_in(store_fixture *f, const char *currency);

/* An update for that cause by that user (0: nobody). */
cx_status shop_does(store_fixture *f, const char *type, int64_t id, const char *fields,
                    int cause, int64_t user);

/* Deletes it and brings it back: all is as it was. */
void shop_there_and_back(store_fixture *f, const char *type, int64_t id);

/* Records that the last change wrote, the one named included. */
int shop_written(store_fixture *f);

/* Replays the log into an empty store: all is the same there. */
void shop_replays(store_fixture *f);
