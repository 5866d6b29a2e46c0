/* SPDX-License-Identifier: Apache-2.0 */
/* What records there are, in memory: which of them live, which delete took the others, what
 * they refer to. Foretells what references and unique indexes allow and what deletes, undeletes
 * and merges make of them, by looking at every row; shares nothing with the engine but the
 * schema. Types that the store writes itself are left out. */
#pragma once

#include "tests/model/row.h"

/* Reasons why a write is refused: bits 1 << cx_status. None: it must be taken. */
typedef uint64_t reasons;
#define REASON(status) (UINT64_C(1) << CX_##status)
/* Adds one where it holds. */
#define because(set, holds, status) ((set) |= (holds) ? REASON(status) : 0)

enum { LEDGER_SLOTS = 80 };

typedef struct ledger_row {
	bool made; /* and not purged */
	bool live;
	int root_type; /* of the delete that took it */
	int64_t root;
	int64_t values[LEDGER_SLOTS];
} ledger_row;

typedef struct ledger ledger;

ledger *ledger_new(store_fixture *f);
void ledger_free(ledger *self);
/* A copy to go back to. */
ledger *ledger_copy(const ledger *self);

const engine_type *ledger_type(const ledger *self, const char *name);
/* The last id given, 0 = none. */
int64_t ledger_last(const ledger *self, const engine_type *type);
/* NULL when there is none of that id. */
ledger_row *ledger_find(const ledger *self, const engine_type *type, int64_t id);
bool ledger_lives(const ledger *self, const char *type, int64_t id);
/* A field of a record, live or not. */
int64_t ledger_int(const ledger *self, const char *type, int64_t id, const char *field);
/* Live records of `type` in which `field` has that value. */
int64_t ledger_count(const ledger *self, const char *type, const char *field, int64_t value);

/* What a new record begins with. */
void ledger_defaults(const engine_type *type, int64_t *values);

/* Why a live record (0: a new one) may not have these values: DANGLING_REFERENCE, UNIQUE. */
reasons ledger_refuses(const ledger *self, const engine_type *type, int64_t id,
                       const int64_t *values);

/* Takes over a record as the store has it; its references must be those in `values` (NULL:
 * any).
 */
void ledger_take(ledger *self, const engine_type *type, int64_t id, const int64_t *values);

/* What a delete, an undelete or a purge comes to; on no reason it is done here, too. */
reasons ledger_delete(ledger *self, const engine_type *type, int64_t id, bool try_only);
reasons ledger_undelete(ledger *self, const engine_type *type, int64_t id, bool try_only);
reasons ledger_purge(ledger *self, const engine_type *type, int64_t id, bool try_only);

/* One reference that a merge moved. */
typedef struct ledger_moved {
	const char *type, *field;
	int64_t id;
} ledger_moved;

/* References to `loser` become references to `winner`, but where the winner has its like, and
 * the loser is deleted. `*ret_moved` is given to the caller; those of the winner itself are not
 * in it. */
reasons ledger_merge(ledger *self, int64_t winner, int64_t loser, ledger_moved **ret_moved,
                     size_t *ret_count);

/* Every record of the store lives or not, and refers, as foretold; what it refers to lives; no
 * two have what is unique. Values are taken over. */
void ledger_assert(ledger *self);
/* The same without what was foretold, after what is not foretold. */
void ledger_reload(ledger *self);
