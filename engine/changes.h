/* SPDX-License-Identifier: Apache-2.0 */
/* The change log: what happened to every record, in order, with old and new values.
 *
 * Each operation that changes something has a number, its seq, without a gap; a delete,
 * undelete or purge that takes other records along has one for all of them, and a change for
 * each. The entry is written in the transaction of the operation, so the log never says more
 * nor less than the records. What the store itself keeps on records (rollups) is no change.
 *
 * Values are as in rows (engine/record.h). Bytes handed out live as long as the snapshot. */
#pragma once

#include "engine/record.h"

/* What happened. O(name, text); the numbers are part of the file format. */
#define ENGINE_CHANGE_KINDS(O)     \
	O(CREATE, 1, "create")     \
	O(UPDATE, 2, "update")     \
	O(DELETE, 3, "delete")     \
	O(UNDELETE, 4, "undelete") \
	O(PURGE, 5, "purge")
typedef enum engine_change_kind {
#define ENGINE_CHANGE_KIND_MEMBER(name, number, text) ENGINE_CHANGED_##name = number,
	ENGINE_CHANGE_KINDS(ENGINE_CHANGE_KIND_MEMBER)
#undef ENGINE_CHANGE_KIND_MEMBER
} engine_change_kind;

const char *engine_change_kind_name(engine_change_kind kind);

/* One record of one operation. */
typedef struct engine_logged {
	uint64_t seq;
	uint32_t part; /* 0 for the record the operation named, then those it took along */
	bool last;     /* no other part of this seq follows */
	engine_change_kind kind;
	const engine_type *type;
	int64_t id;
	int64_t rev; /* afterwards; 0 after a purge */
	int64_t at_ms;
	int64_t by;    /* id of a user, 0 = none */
	bool redacted; /* the record was purged since: its values are gone */
	/* CREATE: the whole row as it was made, one MessagePack array, an element per slot of
	 * `layout`. Empty otherwise, and when redacted. */
	cx_slice row;
	uint16_t layout;
	/* UPDATE, and a record of which a delete cleared a reference (or an undelete brought it
	 * back): MessagePack array [[slot, old, new], …] by slot, without the system fields
	 * that every change touches. Empty otherwise, and when redacted. */
	cx_slice fields;
} engine_logged;

/* Takes one; anything but CX_OK ends the reading with that status. */
typedef cx_status engine_logged_sink(void *context, const engine_logged *change);

/* Hands over the changes from seq `from` on (1 = the first ever), in order, whole operations,
 * at most about `max` of them (the parts of one seq are never torn apart). `types` (type_count
 * of them; 0 = all) leaves out those of others. `*ret_next` is where to go on: one behind the
 * last seq looked at; `*ret_keys` (may be NULL) how many keys of the log were. Errors:
 * CX_COMPACTED (`from` lies before the oldest that is kept, which the error names), CX_CORRUPT,
 * CX_IO, what the sink returned. */
CX_MUST_USE cx_status engine_changes_read(engine_read *read, uint64_t from,
                                          const engine_type *const *types, size_t type_count,
                                          size_t max, engine_logged_sink *sink, void *context,
                                          uint64_t *ret_next, uint64_t *ret_keys,
                                          cx_error *error);

/* The same of all types, and of those that were dropped since: `type` of their changes is NULL.
 * That is what engine_changes_replay has to be given. */
CX_MUST_USE cx_status engine_changes_read_all(engine_read *read, uint64_t from, size_t max,
                                              engine_logged_sink *sink, void *context,
                                              uint64_t *ret_next, cx_error *error);

/* A place in the log: before the change `part` of operation `seq`. */
typedef struct engine_place {
	uint64_t seq;
	uint32_t part;
} engine_place;

/* Hands over at most `max` changes from `*place` on and moves it behind each that the sink
 * took. The parts of an operation may be torn apart so. Those of types that are no more are
 * counted, but not handed over. Nothing happens when the place lies behind the last change.
 * Errors: CX_COMPACTED (as engine_changes_read), CX_CORRUPT, CX_IO, what the sink returned;
 * `*place` is then before the change that was not taken. */
CX_MUST_USE cx_status engine_changes_step(engine_read *read, engine_place *place, size_t max,
                                          engine_logged_sink *sink, void *context,
                                          cx_error *error);

/* The oldest seq that is kept; one more than the last when nothing is. */
CX_MUST_USE cx_status engine_changes_oldest(engine_read *read, uint64_t *ret);

/* The changes of one record, newest first, those before seq `before` (0 = all), at most `max`,
 * until `deadline_ns` of cx_clock_monotonic_ns() (0 = none).
 * Where retention has cut the log they just end; `*ret_cut` is true then.
 * Errors: CX_NOT_FOUND (there never was such a record), CX_DEADLINE, CX_CORRUPT, CX_IO, what
 * the sink returned. */
CX_MUST_USE cx_status engine_history(engine_read *read, const engine_type *type, int64_t id,
                                     uint64_t before, size_t max, uint64_t deadline_ns,
                                     engine_logged_sink *sink, void *context, bool *ret_cut,
                                     cx_error *error);

/* The moment of an as-of read: after the change `seq`, or, when that is 0, after all changes
 * made at or before `at_ms`. */
typedef struct engine_moment {
	uint64_t seq;
	int64_t at_ms;
} engine_moment;

/* The row as it was then; put together in memory of the snapshot. Fields that the store keeps
 * by itself (rollups) are nil in it, as their past is not known. Errors: CX_NOT_FOUND (it did
 * not exist then, or was deleted), CX_COMPACTED (what is needed is not kept any more; also when
 * values were redacted), CX_INVALID_ARGUMENT (a seq that is not there yet), CX_DEADLINE (as in
 * engine_history), CX_CORRUPT, CX_IO. */
CX_MUST_USE cx_status engine_as_of(engine_read *read, const engine_type *type, int64_t id,
                                   engine_moment moment, uint64_t deadline_ns, engine_row *ret,
                                   cx_error *error);

/* ---- changes and filters ---- */

/* Whether a record held to a filter. */
typedef enum engine_fit {
	ENGINE_FIT_NO, /* also: it was not there, or deleted */
	ENGINE_FIT_YES,
	ENGINE_FIT_UNKNOWN, /* erased by a purge since, not kept, or changed too often since */
} engine_fit;

typedef struct engine_crossing {
	engine_fit was; /* before the change */
	engine_fit is;  /* after it */
	/* The row after the change, in the present layout, rollups nil; empty when there is
	 * none or it is not known. Lives until the next match. */
	cx_slice row;
} engine_crossing;

/* Later changes of one record that are taken back to know what it was at one, and the bytes of
 * their values. */
enum {
	ENGINE_MATCHER_CHANGES_MAX = 1000,
	ENGINE_MATCHER_BYTES_MAX = 4 * 1024 * 1024,
};

/* A filter over the changes of one type. It belongs to one schema, and to one thread. */
typedef struct engine_matcher engine_matcher;

/* `filter` as in engine/query.h, but without "exists", deleted_at and rollups: what they see
 * changes without a change of the record. `type` may be NULL when `filter` is empty: any type,
 * all records. `filter` has to live as long as the matcher.
 * Errors: those of a filter in engine_query_run; CX_INVALID_ARGUMENT, CX_NO_MEMORY. */
CX_MUST_USE cx_status engine_matcher_new(const engine_type *type, cx_slice filter,
                                         engine_matcher **ret, cx_error *error);
void engine_matcher_free(engine_matcher **matcher);

/* Looks at the record before and after `change`. Reads it as it is now and its log entries
 * since the change, within the limits above. Errors: CX_CORRUPT, CX_IO,
 * CX_NO_MEMORY.
 */
CX_MUST_USE cx_status engine_matcher_look(engine_matcher *matcher, engine_read *read,
                                          const engine_logged *change, engine_crossing *ret,
                                          cx_error *error);

/* ---- retention ---- */

/* What is to be kept; 0 = everything. */
typedef struct engine_retention {
	uint64_t keep_ms;    /* changes younger than this, … */
	uint64_t keep_bytes; /* … and the newest of at most so many bytes of entries */
} engine_retention;

/* Removes up to `operations_max` of the oldest operations that need not be kept; in a write
 * transaction, so that a daemon does it between others. `*ret_more`: call again.
 * Errors: CX_NO_MEMORY, CX_TOO_LARGE, CX_CORRUPT, CX_IO. */
CX_MUST_USE cx_status engine_changes_trim(engine_write *write,
                                          const engine_retention *retention, int64_t now_ms,
                                          uint32_t operations_max, bool *ret_more);

/* ---- the same again ---- */

/* Hash (XXH3-64) over all records of all types and what a later undelete needs, in key order.
 * Two stores with the same schema that hold the same records, however they came about, have the
 * same. Errors: CX_DEADLINE, CX_CORRUPT, CX_IO. */
CX_MUST_USE cx_status engine_state_hash(engine_read *read, uint64_t deadline_ns, uint64_t *ret);

/* Does `change` once more in another store of the same schema, with the same seq, id, revision,
 * time and author; parts have to come in their order. Replaying a whole log into an empty store
 * gives the same state hash, the same seq and the same log. A record that was purged since has
 * no values: it is not made, only its id is taken. A change of a type that was dropped since
 * (type NULL: engine_changes_read_all) only takes its seq. A failure takes back all parts of
 * the operation. Errors: CX_INVALID_ARGUMENT (not the next change of that store, or its records
 * differ), CX_NO_TYPE, CX_NOT_FOUND (of a record whose create was not replayed), CX_UNIQUE,
 * CX_CORRUPT, CX_NO_MEMORY, CX_TOO_LARGE, CX_IO. */
CX_MUST_USE cx_status engine_changes_replay(engine_write *write, const engine_logged *change,
                                            cx_error *error);
