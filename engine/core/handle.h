/* SPDX-License-Identifier: Apache-2.0 */
/* The open store from the inside: what engine_open made, and the two handles that hang on it.
 * Everything in engine/ that reads or writes records starts from one of these. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "engine/core/generation.h"
#include "engine/engine.h"
#include "engine/record.h"
#include "engine/schema/catalog.h"
#include "engine/store/store.h"

struct engine {
	engine__store *store;
	engine__generations generations; /* the schema, as it is and as it was */
	engine__tree meta;    /* format, secret, schema, seq, id counters, inexact counts */
	engine__tree backref; /* references without an index of their own */
	engine__tree deleted; /* deleted record → the delete it belongs to */
	engine__tree undo;    /* delete → what it did */
	engine__tree chunks;  /* pieces of long rows */
	engine__tree changes; /* the log: engine/log/log.h */
	engine__tree history; /* record → places in the log */
	engine__tree builds;  /* what is being built or removed: engine/build */
	engine__tree search;  /* what records are found by: engine/search/posting.h */
	engine__tree groups;  /* of maintained aggregates: engine/aggregate/group.h */
	engine__tree stats;   /* of indexes: engine/statistics/shelf.h */
	engine__tree answers; /* to requests that may come again: engine/answers/key.h */
	struct engine__shelf *shelf;
	uint32_t sort_records_max;
	uint32_t scan_records_max;
	atomic_bool has_builds; /* there is something to build or to remove */
	/* Of the one who builds. */
	uint64_t builds_looked_ns;
	bool builds_wait;
	uint32_t search_work;   /* of a slice of the search index */
	uint64_t journal_bytes; /* as the options say; 0 = the default */
	bool created;
	engine__rulebook rules;
	uint8_t secret[32];
};

struct engine__memory; /* engine/query/memory.h */

struct engine_read {
	engine *engine;
	const engine__generation *generation; /* the schema the snapshot was written under */
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

/* An operation of another store's log that is done once more (engine_changes_replay). */
typedef struct engine__replay {
	engine_mark mark;        /* before it */
	const engine_type *type; /* of part 0 */
	int64_t id;
	bool deletes;
	uint32_t steps; /* written down for its undelete */
} engine__replay;

struct engine_write {
	engine *engine;
	engine__txn *txn;
	engine_read read;         /* the inside of the transaction */
	cx_arena *arena;          /* of one operation */
	engine__generation *next; /* the schema it makes; NULL: none */
	uint64_t seq_before;
	uint64_t seq;
	engine__logging logging;
	engine__replay replay;
	cx_buf log_entry;   /* room for one */
	cx_buf row;         /* for an array */
	uint64_t log_bytes; /* of all entries */
	bool low;           /* little room is left: only deletes */
	bool maintains;     /* it has changes that no record sees, and that have no number */
	/* Minutes of the schema's time zone as this transaction sees them, once looked up. */
	int64_t zone_min;
	bool zone_known;
};

enum {
	/* A row, or every field of it twice, and what is before them. */
	ENGINE__LOG_ENTRY_BYTES_MAX = 2 * ENGINE_RECORD_BYTES_MAX + 4096,
	ENGINE__SCRATCH_BYTES_MAX = 64 * 1024 * 1024,
	ENGINE__ASSEMBLED_BYTES_MAX = 256 * 1024 * 1024,
};

/* engine_write_submit() for what is no change of a record: `seq` stays, and must have. Makes
 * the next generation known. Errors: as engine_write_submit(); CX_BUSY (too many generations).
 */
CX_MUST_USE cx_status engine__write_submit_quiet(engine_write **write, engine_commit *ret);

static inline engine__tree engine__tree_of(uint16_t number)
{
	return (engine__tree){ .number = number };
}
