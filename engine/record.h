/* SPDX-License-Identifier: Apache-2.0 */
/* Records: reading one, and the operations that change one.
 *
 * Field values come in as the bytes of one MessagePack map, field name → value:
 *   bool → bool; int, money, date, ts, ref → integer; string, text → str (valid UTF-8, stored
 *   in NFC); enum → the label as str; bytes → bin; lists → array; null → nil.
 * Rows come out as the bytes of one MessagePack array, one element per slot (engine/schema.h),
 * nil for what is absent, exactly as they are stored.
 *
 * In a batch, a `ref` value (or an id) may be the map {"$": n}: the id of the record that
 * operation number n (0-based) of the batch made or changed; see engine_references.
 *
 * A failed operation leaves the transaction as it was; there is nothing to roll back. */
#pragma once

#include "engine/engine.h"

/* A row as read, in the present layout of its type. `array` lives as long as the snapshot
 * (inside a transaction: as it). */
typedef struct engine_row {
	const engine_type *type;
	cx_slice array;
	int64_t id;
	uint16_t layout; /* the one it was written in */
} engine_row;

/* Reads a live record. Errors: CX_NOT_FOUND (none, or deleted), CX_CORRUPT, CX_IO. */
CX_MUST_USE cx_status engine_get(engine_read *read, const engine_type *type, int64_t id,
                                 engine_row *ret, cx_error *error);

/* The same, and a deleted one too. */
CX_MUST_USE cx_status engine_get_any(engine_read *read, const engine_type *type, int64_t id,
                                     engine_row *ret, cx_error *error);

/* Reads the live record with these column values in a unique index. `values` is a MessagePack
 * array with one value per column, in their order.
 * Errors: CX_NOT_FOUND, CX_INVALID_ARGUMENT (not a unique index, wrong count), CX_NO_INDEX (not
 * readable yet), CX_TYPE, … */
CX_MUST_USE cx_status engine_lookup(engine_read *read, const engine_index *index,
                                    cx_slice values, engine_row *ret, cx_error *error);

/* What an operation did. */
typedef struct engine_outcome {
	int64_t id;
	int64_t rev;       /* of the record afterwards; 0 after purge */
	uint64_t seq;      /* number of the change; the last one when nothing changed */
	uint32_t affected; /* records changed: 1 and what a delete, undelete or purge took along
	                    */
	bool created;      /* upsert: made it */
} engine_outcome;

/* The ids that earlier operations of a batch produced, for {"$": n}. */
typedef struct engine_references {
	const int64_t *ids;
	size_t count;
} engine_references;

/* What every change carries. */
typedef struct engine_change {
	engine_author author;
	int64_t if_rev;               /* > 0: only when the record has this revision */
	engine_references references; /* empty outside a batch */
	/* Written as it is: rules do not run, readonly fields may be set, rollups not. */
	bool internal;
	int cause; /* why, for the rules (engine/rules.h); they say what it may be; 0 = nothing
	            */
} engine_change;

/* Makes a record. Fields left out get their default.
 * Errors: CX_NO_FIELD, CX_TYPE, CX_TOO_LONG, CX_REQUIRED, CX_READ_ONLY_FIELD, CX_UNIQUE
 * (error->index names the index), CX_DANGLING_REFERENCE, CX_TOO_LARGE, CX_STORAGE_FULL,
 * CX_MALFORMED, CX_INVALID_ARGUMENT (a field twice, a second record of a single type). */
CX_MUST_USE cx_status engine_create(engine_write *write, const engine_type *type,
                                    cx_slice fields, const engine_change *change,
                                    engine_outcome *ret, cx_error *error);

/* Changes the named fields and leaves the others. A patch that changes nothing succeeds and
 * raises neither rev nor seq. Errors: as create; CX_NOT_FOUND, CX_CONFLICT_REV. */
CX_MUST_USE cx_status engine_update(engine_write *write, const engine_type *type, int64_t id,
                                    cx_slice fields, const engine_change *change,
                                    engine_outcome *ret, cx_error *error);

/* Updates the live record whose columns in `index` (a unique one) equal those in `fields`, or
 * creates one. All columns must be given and not null where the index leaves null out.
 * Errors: as create and update; CX_INVALID_ARGUMENT; CX_NO_INDEX (not readable yet). */
CX_MUST_USE cx_status engine_upsert(engine_write *write, const engine_index *index,
                                    cx_slice fields, const engine_change *change,
                                    engine_outcome *ret, cx_error *error);

/* Deletes: the record leaves every index, but stays and can come back. References to it act
 * by their rule. Errors: CX_NOT_FOUND, CX_CONFLICT_REV, CX_RESTRICTED (which type and how
 * many refer to it, or the type is kept), CX_READ_ONLY_FIELD (of a type that the store writes),
 * CX_TOO_LARGE (more than ENGINE_DELETE_MAX). */
CX_MUST_USE cx_status engine_delete(engine_write *write, const engine_type *type, int64_t id,
                                    const engine_change *change, engine_outcome *ret,
                                    cx_error *error);

/* The exact inverse: brings back the record and all that its delete took along or cleared.
 * Errors: CX_NOT_FOUND, CX_NOT_DELETED, CX_INVALID_ARGUMENT (it was deleted with another
 * record, which the error names), CX_UNIQUE (a value was taken meanwhile),
 * CX_DANGLING_REFERENCE (what it refers to is gone). */
CX_MUST_USE cx_status engine_undelete(engine_write *write, const engine_type *type, int64_t id,
                                      const engine_change *change, engine_outcome *ret,
                                      cx_error *error);

/* Erases a deleted record and those its delete took along, for good, and with each those that
 * stayed and refer to it (`on delete keep`).
 * Its values go from the change log, too.
 * Errors: CX_NOT_FOUND, CX_INVALID_ARGUMENT (not deleted yet, or deleted with another),
 * CX_TOO_LARGE (more changes than one transaction can erase). */
CX_MUST_USE cx_status engine_purge(engine_write *write, const engine_type *type, int64_t id,
                                   const engine_change *change, engine_outcome *ret,
                                   cx_error *error);

/* Records one delete, undelete or purge may touch. */
enum { ENGINE_DELETE_MAX = 100000 };
