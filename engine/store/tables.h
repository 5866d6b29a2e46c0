/* SPDX-License-Identifier: Apache-2.0 */
/* The memtables a snapshot has to look through before LMDB: the one that is written to, one
 * that is being merged, and the carried one. A set never changes; another takes its place. */
#pragma once

#include "engine/store/memtable.h"

enum { ENGINE__TABLES_MAX = 3 };

typedef struct engine__tables {
	atomic_uint references;
	/* The LMDB transaction without which something would be missing: it stored the last of
	 * the memtables that are not in the set any more. */
	size_t needs_txn;
	unsigned count;
	engine__memtable *table[ENGINE__TABLES_MAX]; /* newest first */
} engine__tables;

/* A set of those that are not NULL, newest first; one reference, the caller's.
 * Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__tables_new(engine__memtable *newer, engine__memtable *older,
                                         engine__memtable *carried, size_t needs_txn,
                                         engine__tables **ret);
engine__tables *engine__tables_hold(engine__tables *tables);
void engine__tables_let_go(engine__tables **tables);
