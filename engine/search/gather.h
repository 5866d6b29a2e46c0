/* SPDX-License-Identifier: Apache-2.0 */
/* The records that may match, by the index alone. */
#pragma once

#include "engine/search/leg.h"

/* What a search may still do, and has done. */
typedef struct engine__budget {
	uint64_t deadline_ns; /* 0 = none */
	uint64_t keys_max;
	uint64_t keys;
	bool ended;   /* the keys were not enough */
	bool is_late; /* the time was not */
} engine__budget;

/* Records, each once, in the order of engine__prospect_compare. */
typedef struct engine__prospects {
	engine__prospect *items;
	size_t count;
} engine__prospects;

/* The candidates of one reading: every record that matches it is among them, unless the budget
 * ended. They live in the arena. Errors: CX_CORRUPT, CX_IO, CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__gather(engine_read *read, const engine__types *types,
                                     const engine__reading *reading, engine__budget *budget,
                                     cx_arena *arena, engine__prospects *ret);

/* Those of both, into `a`. */
CX_MUST_USE cx_status engine__prospects_join(engine__prospects *a, const engine__prospects *b,
                                             cx_arena *arena);
