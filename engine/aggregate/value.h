/* SPDX-License-Identifier: Apache-2.0 */
/* What a record means to aggregates and rollups, computed purely from its values: whether a
 * where-clause holds, what it adds to a sum, which group it is in. */
#pragma once

#include "engine/aggregate.h"
#include "engine/core/handle.h"
#include "engine/row/value.h"

/* Whether all conditions hold; comparisons with null never do. */
bool engine__where_holds(const engine_where *where, const engine__value *values);

/* The same of a clause about one field only, with its value. */
bool engine__where_holds_at(const engine_where *where, const engine_field *field,
                            const engine__value *value);

/* What the record adds. `*ret_null` is true, and the sum 0, when one of the fields is null.
 * False, and nothing written, when a term passes 2^ENGINE_TERM_BITS. */
bool engine__expression_value(const engine_expression *expression, const engine__value *values,
                              engine_sum *ret, bool *ret_null);

/* The day or month of a value of a ts or date field, as a date; other values as they are.
 * `zone_min`: minutes east of UTC. */
engine__value engine__bucket_of(const engine_group_column *column, const engine__value *value,
                                int64_t zone_min);

/* The first value of the source that a day or month has; other values, and null, as they are.
 */
engine__value engine__bucket_start(const engine_group_column *column,
                                   const engine__value *bucket, int64_t zone_min);

/* True when `a` and `b` differ in one of the slots. */
bool engine__slots_differ(const uint16_t *slots, size_t count, const engine__value *a,
                          const engine__value *b);

/* That of a store without the record. Errors: CX_CORRUPT. */
CX_MUST_USE cx_status engine__zone_default(const engine_field *field, int64_t *ret);

/* Minutes east of UTC where days begin, as the snapshot sees them: the field of the single
 * record, or its default. Errors: CX_CORRUPT, CX_IO, CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__zone_of(engine_read *read, int64_t *ret);

/* The same inside a transaction, looked up once. */
CX_MUST_USE cx_status engine__zone_of_write(engine_write *write, int64_t *ret);

/* CX_INVALID_ARGUMENT with what passed the limit. */
cx_status engine__fail_term(const engine_type *type, const engine_expression *expression,
                            cx_error *error);
