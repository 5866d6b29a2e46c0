/* SPDX-License-Identifier: Apache-2.0 */
/* The change log as bytes: its trees, and the one function that adds to it.
 *
 * | tree    | key                                           | value                      |
 * |---------|-----------------------------------------------|----------------------------|
 * | changes | seq u64, part u32, piece u16                  | an entry, or a piece of it |
 * | history | type id u16, record id u64, seq u64, part u32 | nothing                    |
 *
 * Numbers in keys are big-endian. An entry of more than 16,000 bytes lies in pieces, from 0 on.
 * It is one MessagePack array: kind, type id, record id, rev, at ms, by, and then
 *
 * | kind                    | further elements               |
 * |-------------------------|--------------------------------|
 * | create                  | layout, row                    |
 * | update                  | [[slot, old, new], …] by slot  |
 * | delete, undelete, purge | none                           |
 * | create, update          | nil when redacted              |
 *
 * Kinds are the numbers of ENGINE_CHANGE_KINDS. The system fields that every change touches
 * (rev, updated_at, updated_by, deleted_at) are not among the fields of an update: the entry
 * has them.
 *
 * What the change is follows from the record: one that did not exist before, one whose
 * deleted_at was set or cleared, one that is gone. A change that leaves `rev` as it was is one
 * of what the store keeps by itself, and is not logged. */
#pragma once

#include "engine/changes.h"
#include "engine/core/handle.h"
#include "engine/row/value.h"

enum {
	ENGINE__LOG_KEY_BYTES = 14,
	ENGINE__HISTORY_KEY_BYTES = 22,
	ENGINE__LOG_PIECE_BYTES = 16000,
};

/* Adds the change from `before` to `after` (NULL: none) to the log, as the next part of the
 * operation that write->logging tells of. `row` is the array of a record that is new.
 * Errors: CX_NO_MEMORY, CX_TOO_LARGE. */
CX_MUST_USE cx_status engine__log_append(engine_write *write, const engine_type *type,
                                         int64_t id, const engine__value *before,
                                         const engine__value *after, cx_slice row);

/* Adds an entry that tells nothing but what happened to whom; `change->type` may be NULL.
 * Errors: as above. */
CX_MUST_USE cx_status engine__log_append_bare(engine_write *write, const engine_logged *change);

/* Erases the values of all entries of a record. Errors: CX_CORRUPT, CX_NO_MEMORY, … */
CX_MUST_USE cx_status engine__log_redact(engine_write *write, const engine_type *type,
                                         int64_t id);

/* Removes one entry, but not what the history has of it. Errors: CX_NO_MEMORY, … */
CX_MUST_USE cx_status engine__log_remove(engine_write *write, uint64_t seq, uint32_t part);

/* ---- reading ---- */

/* Goes over the entries in order. */
typedef struct engine__log_walk {
	engine_read *read;
	engine__cursor *cursor;
	engine__pair next; /* not handed out yet; no key: there is none */
	uint16_t type_id;  /* of the entry handed out last, also when its type was dropped */
	uint64_t keys;     /* looked at so far, that of `next` too */
	uint64_t bytes;    /* of all those with their values */
} engine__log_walk;

/* Before the first entry of seq `from`. End it also after an error. */
CX_MUST_USE cx_status engine__log_walk_begin(engine_read *read, uint64_t from,
                                             engine__log_walk *ret);
/* Before a part of it. */
CX_MUST_USE cx_status engine__log_walk_begin_at(engine_read *read, engine_place place,
                                                engine__log_walk *ret);
void engine__log_walk_end(engine__log_walk *walk);

/* The next entry; CX_NOT_FOUND at the end. `ret->type` is NULL for a type that the schema has
 * no more. Long entries are put together in read->assembled. Errors: CX_CORRUPT, … */
CX_MUST_USE cx_status engine__log_walk_next(engine__log_walk *walk, engine_logged *ret);

/* One entry by its place. Errors: CX_NOT_FOUND, CX_CORRUPT, … */
CX_MUST_USE cx_status engine__log_get(engine_read *read, uint64_t seq, uint32_t part,
                                      engine_logged *ret);

/* The places of the entries of one record, newest first, those before seq `before`. */
typedef struct engine__history_walk {
	engine__cursor *cursor;
	const engine_type *type;
	int64_t id;
	uint32_t steps;
} engine__history_walk;

CX_MUST_USE cx_status engine__history_walk_begin(engine_read *read, const engine_type *type,
                                                 int64_t id, uint64_t before,
                                                 engine__history_walk *ret);
void engine__history_walk_end(engine__history_walk *walk);
/* Whether the deadline has passed (0 = none); looks at the clock every few steps only. */
bool engine__history_walk_is_late(const engine__history_walk *walk, uint64_t deadline_ns);
/* CX_NOT_FOUND at the end. */
CX_MUST_USE cx_status engine__history_walk_next(engine__history_walk *walk, uint64_t *ret_seq,
                                                uint32_t *ret_part);

/* ---- keys ---- */

cx_slice engine__log_key(uint8_t bytes[ENGINE__LOG_KEY_BYTES], uint64_t seq, uint32_t part,
                         uint16_t piece);
cx_slice engine__history_key(uint8_t bytes[ENGINE__HISTORY_KEY_BYTES], uint16_t type_id,
                             int64_t id, uint64_t seq, uint32_t part);
