/* SPDX-License-Identifier: Apache-2.0 */
/* A run over the store's API: small transactions, batches, purges, several submitted before the
 * first is waited for, several threads, new trees, aborts, savepoints, closing and opening. */
#pragma once

#include "engine/store/store.h"
#include "tests/crash/content.h"
#include "tests/crash/ledger.h"
#include "tests/support/dice.h"

typedef struct open_store {
	engine__store *store;
	engine__tree trees[CONTENT_TREES];
} open_store;

/* With the options of the run; trees that are not there have number 0. */
cx_status store_run_open(const char *path, bool must_exist, open_store *ret, cx_error *error);

void store_run(const char *path, dice *roll, content_ledger *ledger);

/* Does to `open` what the last run did to a content with that hash: as a client does that never
 * got the answer; one value is shorter by `less` bytes. CX_NOT_FOUND when the run ended with
 * that content. */
cx_status store_run_repeat(open_store *open, uint64_t found, size_t less);
