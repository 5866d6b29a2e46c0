/* SPDX-License-Identifier: Apache-2.0 */
/* Reading many records through a handle without filling its memory: long rows are put together
 * in an arena of this reading, which its user empties as it goes. */
#pragma once

#include "engine/core/handle.h"

typedef struct engine__reading {
	engine_read *read;
	cx_arena *own;
	cx_arena *kept; /* the handle's, put back at the end */
} engine__reading;

/* End it with engine__reading_end. Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__reading_begin(engine_read *read, engine__reading *ret);
void engine__reading_end(engine__reading *reading);
