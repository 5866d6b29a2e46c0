/* SPDX-License-Identifier: Apache-2.0 */
/* The open store from the inside: what engine_open made, and the two handles that hang on it.
 * Everything in engine/ that reads or writes records starts from one of these. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "engine/engine.h"
#include "engine/record.h"
#include "engine/schema/catalog.h"
#include "engine/store/store.h"

/* A reference field seen from its target: records of `source` may refer by `field`. */
typedef struct engine__referrer {
	const engine_type *source;
	const engine_field *field;
} engine__referrer;

struct engine {
	engine__store *store;
	engine__catalog *catalog;
	const engine_schema *schema;
	engine__tree meta;    /* format, secret, schema, seq, id counters, inexact counts */
	engine__tree backref; /* references without an index of their own */
	engine__tree deleted; /* deleted record → the delete it belongs to */
	engine__tree undo;    /* delete → what it did */
	engine__tree chunks;  /* pieces of long rows */
	engine__tree changes; /* the log: engine/changes/log.h */
	engine__tree history; /* record → places in the log */
	engine__tree search;  /* what records are found by: engine/search/posting.h */
	engine__tree stats;   /* of indexes: engine/query/statistics.h */
	struct engine__shelf *shelf;
	/* referrers[i] .. referrers[i + 1] refer to the type of number i. */
	engine__referrer *referrers;
	uint32_t *referrers_from;
	uint32_t sort_records_max;
	uint32_t scan_records_max;
	bool created;
	uint8_t secret[32];
};

struct engine__memory; /* engine/query/memory.h */

struct engine_read {
	engine *engine;
	engine__view *view;
	cx_arena *assembled; /* long rows put together; emptied when the snapshot goes */
	cx_arena *scratch;   /* of one call: engine__scratch_take; NULL while one has it */
	struct engine__memory *memory;         /* of plans; NULL: none yet */
	struct engine__statistics *statistics; /* the set looked at last; NULL: none yet */
	uint64_t statistics_seen;
	uint64_t seq;
	bool seq_known;
};

/* The operation whose changes are logged. */
typedef struct engine__logging {
	engine_author author;
	uint64_t seq;
	uint32_t part; /* number of its next change */
} engine__logging;

struct engine_write {
	engine *engine;
	engine__txn *txn;
	engine_read read; /* the inside of the transaction */
	cx_arena *arena;  /* of one operation */
	uint64_t seq_before;
	uint64_t seq;
	engine__logging logging;
	cx_buf log_entry;   /* room for one */
	cx_buf row;         /* for an array */
	uint64_t log_bytes; /* of all entries */
	bool replay_runs;   /* the parts that follow are done already */
	bool low;           /* little room is left: only deletes */
	bool maintains;     /* it has changes that no record sees, and that have no number */
};

enum {
	ENGINE__SCRATCH_BYTES_MAX = 64 * 1024 * 1024,
	ENGINE__ASSEMBLED_BYTES_MAX = 256 * 1024 * 1024,
};

/* The referrers of a type; `*ret_count` may be 0. */
const engine__referrer *engine__referrers_of(const engine *self, const engine_type *type,
                                             size_t *ret_count);

static inline engine__tree engine__tree_of(uint16_t number)
{
	return (engine__tree){ .number = number };
}
