/* SPDX-License-Identifier: Apache-2.0 */
/* What is made to crash: the store, or the record layer on it. */
#pragma once

#include "base/status.h"
#include "tests/crash/ledger.h"
#include "tests/support/dice.h"

typedef struct crash_subject {
	const char *name;

	/* Makes a store and works with it. Notes for the recorder when each transaction begins
	 * and when it is acknowledged, and for the ledger what it makes of the content. */
	void (*run)(const char *path, dice *roll, content_ledger *ledger);

	/* Opens what a crash left. */
	cx_status (*open)(const char *path, bool must_exist, void **ret, cx_error *error);

	/* The hash of the whole content; what contradicts itself is CX_CORRUPT. */
	cx_status (*show)(void *opened, uint64_t *ret_hash, cx_error *error);

	/* One transaction more; it changes the content, which has that hash. */
	cx_status (*write)(void *opened, uint64_t found);

	void (*close)(void **opened);
} crash_subject;

extern const crash_subject store_subject;
extern const crash_subject record_subject;
