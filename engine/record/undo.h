/* SPDX-License-Identifier: Apache-2.0 */
/* What a delete did, kept so that undelete is its exact inverse and purge knows how far it
 * reaches.
 *
 * | tree    | key                              | value (MessagePack) |
 * |---------|----------------------------------|------------------------------------------------|
 * | deleted | type id u16, record id u64       | [delete id, type id, record id]: the delete |
 * |         |                                  | that took it, and the record it began with |
 * | undo    | delete id u64, step u32          | [0, type id, record id] deleted | |         |
 * | [1, type id, record id, field id, target id]   | |         | | reference cleared |
 *
 * Numbers in keys are big-endian. The delete id is the sequence number of the delete. */
#pragma once

#include "engine/core/handle.h"

typedef struct engine__deletion {
	uint64_t delete_id;
	const engine_type *type; /* of the record the delete began with */
	int64_t id;
} engine__deletion;

typedef enum engine__step_kind {
	ENGINE__STEP_DELETED,
	ENGINE__STEP_CLEARED,
	ENGINE__STEP_GONE, /* of a type or field that was dropped since; nothing else is set */
} engine__step_kind;

typedef struct engine__step {
	engine__step_kind kind;
	const engine_type *type;
	int64_t id;
	const engine_field *field; /* cleared: the reference */
	int64_t target;            /* cleared: what it pointed to */
} engine__step;

/* Marks a record as taken by a delete. */
CX_MUST_USE cx_status engine__deletion_put(engine_write *write, const engine_type *type,
                                           int64_t id, const engine__deletion *deletion);

/* Errors: CX_NOT_FOUND (it is not deleted), CX_CORRUPT. */
CX_MUST_USE cx_status engine__deletion_get(engine_read *read, const engine_type *type,
                                           int64_t id, engine__deletion *ret);
CX_MUST_USE cx_status engine__deletion_remove(engine_write *write, const engine_type *type,
                                              int64_t id);

CX_MUST_USE cx_status engine__step_put(engine_write *write, uint64_t delete_id, uint32_t number,
                                       const engine__step *step);

/* Errors: CX_NOT_FOUND past the last step, CX_CORRUPT. */
CX_MUST_USE cx_status engine__step_get(engine_read *read, uint64_t delete_id, uint32_t number,
                                       engine__step *ret);
CX_MUST_USE cx_status engine__step_remove(engine_write *write, uint64_t delete_id,
                                          uint32_t number);
