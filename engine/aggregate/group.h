/* SPDX-License-Identifier: Apache-2.0 */
/* The groups of maintained aggregates as they are stored, all in the tree "groups".
 *
 * | key                                   | value                                           |
 * |---------------------------------------|-------------------------------------------------|
 * | aggregate id u16, then the columns of | number of records u64, then the sums in the     |
 * | the group as in an index              | order of their declaration, 16 bytes each, two's|
 * | (engine/index/key.h)                  | complement                                      |
 *
 * Numbers are big-endian. A group without records has no entry. */
#pragma once

#include "engine/aggregate/value.h"
#include "engine/index/key.h"

enum {
	ENGINE__GROUP_KEY_HEAD = 2,
	ENGINE__GROUP_BYTES_MAX = 8 + 16 * ENGINE_SUMS_MAX,
};

typedef struct engine__group {
	uint64_t count;
	engine_sum sums[ENGINE_SUMS_MAX];
} engine__group;

/* Whether its groups may be read.
 * Errors: CX_BUSY (it is being built), CX_INVALID_ARGUMENT (that failed). */
CX_MUST_USE cx_status engine__aggregate_check_ready(const engine_aggregate *aggregate,
                                                    cx_error *error);

/* The id of the aggregate whose group has this key, of at least ENGINE__GROUP_KEY_HEAD bytes.
 */
static inline uint16_t engine__group_key_aggregate(cx_slice key)
{
	return (uint16_t)(key.data[0] << 8 | key.data[1]);
}

/* Appends the id of the aggregate: the beginning of all its keys. */
void engine__group_key_begin(const engine_aggregate *aggregate, cx_buf *key);

/* Appends the columns of a record's group. */
CX_MUST_USE cx_status engine__group_key_of(const engine_group_column *columns, size_t count,
                                           const engine__value *values, int64_t zone_min,
                                           cx_buf *key);

void engine__group_write(const engine_aggregate *aggregate, const engine__group *group,
                         cx_buf *out);

/* Errors: CX_CORRUPT (its size, or no records). */
CX_MUST_USE cx_status engine__group_read(const engine_aggregate *aggregate, cx_slice stored,
                                         engine__group *ret);

/* Appends the columns of a key, without its beginning, as a MessagePack array.
 * Errors: CX_CORRUPT, those of the buffers. */
CX_MUST_USE cx_status engine__group_columns_write(const engine_group_column *columns,
                                                  size_t count, cx_slice key, cx_buf *scratch,
                                                  cx_buf *out);
