/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a record is what a query asks for, and where: the texts themselves decide, not the
 * index. */
#pragma once

#include "engine/search/wanted.h"
#include "engine/token/token.h"

/* A searched text, folded and cut. */
typedef struct engine__field_text {
	const engine_field *field;
	cx_slice text;
	cx_slice folded;
	engine__segment *segments; /* none for telephone numbers */
	size_t count;
} engine__field_text;

typedef struct engine__record_text {
	engine__field_text fields[ENGINE_SLOTS_MAX];
	size_t count;
} engine__record_text;

/* Everything lives in the arena, or in the values. Errors: CX_NO_MEMORY, CX_MALFORMED. */
CX_MUST_USE cx_status engine__record_text_of(const engine_type *type,
                                             const engine__value *values, cx_arena *arena,
                                             engine__record_text *ret);

/* False when the record does not match. */
bool engine__matches(const engine__wanted *wanted, const engine__record_text *record,
                     engine_match *ret);

/* Where it matches, in the stored texts: by field, then position, overlapping ones made one.
 * Returns how many, at most ENGINE_SEARCH_SPANS_MAX. Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__match_spans(const engine__wanted *wanted,
                                          const engine__record_text *record,
                                          engine_span spans[ENGINE_SEARCH_SPANS_MAX],
                                          size_t *ret_count);
