/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a read handle that a snapshot and a write transaction share. */
#pragma once

#include "engine/core/handle.h"

/* Fills a zeroed handle but for its view. On an error release it all the same. */
CX_MUST_USE cx_status engine__read_init(engine_read *read, engine *self);
void engine__read_release(engine_read *read);

/* Finds the schema that the snapshot just taken was written under.
 * Errors: CX_CORRUPT (of no known generation), CX_IO. */
CX_MUST_USE cx_status engine__read_schema_find(engine_read *read);

/* Memory for one call, taken from the handle and returned to it. Calls nest, as a sink may
 * itself look up and query through the same handle: an inner one gets memory of its own.
 *
 *   CX_SCOPED(engine__scratch_return) engine__scratch scratch = { 0 };
 *   cx_status status = engine__scratch_take(read, &scratch); */
typedef struct engine__scratch {
	engine_read *read;
	cx_arena *arena; /* empty at first */
} engine__scratch;

/* Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__scratch_take(engine_read *read, engine__scratch *ret);
void engine__scratch_return(engine__scratch *scratch);
