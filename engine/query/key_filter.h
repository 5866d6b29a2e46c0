/* SPDX-License-Identifier: Apache-2.0 */
/* Deciding conjuncts from the columns of an index key, before the record is fetched. */
#pragma once

#include "engine/query/candidate.h"

typedef struct engine__key_filter {
	const engine__filter *filter;
	const engine__path *path;
	uint16_t *conjuncts; /* nodes that the columns can decide */
	uint16_t conjunct_count;
	uint16_t columns; /* how many have to be looked at; the id is none of them */
	/* Operands a column is the value of, -1 = none: one compared, one only tested for null
	 * (which a folded column tells of the plain field, too). */
	int16_t compared[ENGINE_COLUMNS_MAX + 1];
	int16_t tested[ENGINE_COLUMNS_MAX + 1];
} engine__key_filter;

/* Whether the columns of the path (and the id) tell the truth of a node. */
bool engine__key_decides(const engine__filter *filter, const engine__path *path, uint16_t node);

/* Sorts the nodes in `conjuncts` into those that the columns decide, which become the key
 * filter's, and the others, which stay in `conjuncts` (`*count` of them).
 * Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__key_filter_of(const engine__filter *filter,
                                            const engine__path *path, uint16_t *conjuncts,
                                            uint16_t *count, cx_arena *arena,
                                            engine__key_filter *ret);

typedef enum engine__verdict {
	ENGINE__REFUSED,
	ENGINE__ACCEPTED,
	ENGINE__UNDECIDED, /* a text was cut: the record has to be asked */
} engine__verdict;

/* `operands` is working space for all of the filter's; `scratch` too, it is emptied. `id` is
 * the record's. Errors: CX_CORRUPT, CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__key_filter_decide(const engine__key_filter *self, cx_slice key,
                                                int64_t id, cx_buf *scratch,
                                                engine__value *operands, engine__verdict *ret);
