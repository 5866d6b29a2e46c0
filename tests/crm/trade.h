/* SPDX-License-Identifier: Apache-2.0 */
/* A store of the trade for tests of its operations: stages, two users, a product; and what the
 * tests of several operations do with it. */
#pragma once

#include "crm/operations.h"
#include "tests/support/store_fixture.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>

/* Ids of what trade_open() makes. */
enum {
	TRADE_TEAM = 1,
	TRADE_USER = 1,
	TRADE_MANAGER = 2,
	TRADE_PROSPECTING = 1, /* stages */
	TRADE_PROPOSAL,
	TRADE_WON,
	TRADE_LOST,
	TRADE_PRODUCT = 1,
};

/* `own`: schema text of one's own, or NULL. */
void trade_open(store_fixture *self, const char *own);
void trade_close(store_fixture *self); /* asserts that the store is sound */

/* One field map, as printf makes it. */
CX_PRINTF(3, 4)
int64_t trade_create(store_fixture *self, const char *type, const char *format, ...);

/* A customer of that name, and an opportunity of it. */
int64_t trade_customer(store_fixture *self, const char *name);
int64_t trade_opportunity(store_fixture *self, int64_t customer);

/* The author of the next change. */
engine_author trade_author(store_fixture *self);

/* Fails the test with what the fixture's error says unless `status` is `expected`. */
#define assert_ends(fixture, status, expected) \
	trade_assert_ends(fixture, status, expected, __LINE__)
void trade_assert_ends(const store_fixture *self, cx_status status, cx_status expected,
                       int line);

/* The log of this store makes the same store again. */
void trade_assert_replays(store_fixture *self, const char *own);
