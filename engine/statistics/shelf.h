/* SPDX-License-Identifier: Apache-2.0 */
/* Statistics of indexes (engine/analyze.h), as they are stored, and the set of them that is in
 * use.
 *
 * | key in the tree "stats" | value |
 * |-------------------------|------------------------------------------------------------------|
 * | 00                      | MessagePack [version, epoch] | | id of the index u16     |
 * MessagePack [version, entries, [distinct values of each prefix], | | | [boundary key, …],
 * [[first value, entries], …]]; keys and values | |                         | are the bytes of
 * index keys, cut to ENGINE__BOUNDARY_BYTES_MAX   |
 *
 * A set never changes; another takes its place when an analysis is committed. A handle holds
 * the one it used last. */
#pragma once

#include "base/buf.h"
#include "engine/analyze.h"
#include "engine/store/store.h"

enum {
	ENGINE__STATISTICS_VERSION = 1,
	ENGINE__BOUNDARY_BYTES_MAX = 64,
	ENGINE__STATISTICS_BYTES_MAX = 48 * 1024, /* of one index */
};

typedef struct engine__common {
	cx_slice value; /* bytes of the first column */
	uint64_t entries;
} engine__common;

typedef struct engine__index_statistics {
	uint16_t index_id;
	uint64_t entries;
	uint16_t column_count;
	uint64_t distinct[ENGINE_COLUMNS_MAX];
	uint16_t boundary_count;
	cx_slice boundaries[ENGINE_ANALYZE_BOUNDARIES_MAX];
	uint16_t common_count;
	engine__common common[ENGINE_ANALYZE_COMMON_MAX];
} engine__index_statistics;

typedef struct engine__statistics engine__statistics;
typedef struct engine__shelf engine__shelf; /* holds the set in use, for all threads */

/* Makes the shelf and fills it from the tree. Errors: CX_NO_MEMORY, CX_IO, CX_CORRUPT. */
CX_MUST_USE cx_status engine__shelf_new(engine__store *store, engine__tree tree,
                                        engine__shelf **ret);
void engine__shelf_free(engine__shelf **shelf);

/* Reads them from the tree anew. Errors: CX_NO_MEMORY, CX_IO, CX_CORRUPT. */
CX_MUST_USE cx_status engine__shelf_load(engine__shelf *shelf);

/* The set in use. `*held` is one that was got before, NULL at first, and `*seen` what was set
 * with it; both are renewed when there is another set. Let it go in the end. */
engine__statistics *engine__shelf_set(engine__shelf *shelf, engine__statistics **held,
                                      uint64_t *seen);
void engine__statistics_let_go(engine__statistics **set);

uint64_t engine__statistics_epoch_of(const engine__statistics *set);

/* NULL when there are none. */
const engine__index_statistics *engine__statistics_find(const engine__statistics *set,
                                                        uint16_t index_id);

void engine__statistics_write(const engine__index_statistics *from, cx_buf *out);
