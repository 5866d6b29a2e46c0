/* SPDX-License-Identifier: Apache-2.0 */
/* Finding a record through a unique index. */
#pragma once

#include "engine/core/handle.h"
#include "engine/row/value.h"

/* The id an entry of any index stands for: in the value of an exact entry of a unique index, at
 * the end of the key otherwise. Errors: CX_CORRUPT. */
CX_MUST_USE cx_status engine__entry_id(const engine_index *index, const engine__pair *entry,
                                       int64_t *ret);

/* The values of the columns out of a MessagePack array of them; they point into it and into the
 * arena. Errors: CX_INVALID_ARGUMENT (not as many), CX_TYPE, CX_NO_MEMORY, … */
CX_MUST_USE cx_status engine__unique_read(const engine_index *index, cx_slice values,
                                          cx_arena *arena, engine__value *columns,
                                          cx_error *error);

/* The key of the entry with these values, `*ret_inexact` when it is cut. Errors: CX_NO_MEMORY,
 * CX_TOO_LARGE. */
CX_MUST_USE cx_status engine__unique_key(const engine_index *index, const engine__value *values,
                                         cx_buf *key, bool *ret_inexact);

/* The live record whose columns equal `values` (one per column of the unique index). Cut keys
 * are compared by the full values of the records they stand for.
 * Errors: CX_NOT_FOUND (also where the index leaves these values out), CX_CORRUPT, CX_IO,
 * CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__unique_find(engine_read *read, const engine_index *index,
                                          const engine__value *values, int64_t *ret,
                                          cx_error *error);

/* Whether records can be found by the index. Errors: CX_INVALID_ARGUMENT (it is not unique),
 * CX_NO_INDEX (it is being built, or its build failed). */
CX_MUST_USE cx_status engine__unique_check(const engine_index *index, cx_error *error);

/* The values of the index's columns out of those of a record. */
void engine__unique_columns(const engine_index *index, const engine__value *record,
                            engine__value *ret_columns);
