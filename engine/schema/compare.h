/* SPDX-License-Identifier: Apache-2.0 */
/* The steps from one schema to another. */
#pragma once

#include "engine/evolve.h"

typedef struct engine__comparison {
	const engine_schema *old;
	const engine_schema *new;
	/* By number of the old type: it has no records, not even deleted ones, so that nothing
	 * of it is stored. */
	const bool *empty;
	engine_step_sink *sink; /* may be NULL */
	void *context;
} engine__comparison;

/* Hands over every step and counts them; `report->generation` is left alone. `first` (may be
 * NULL) is filled with the first that is refused. */
void engine__compare(const engine__comparison *comparison, engine_schema_report *report,
                     cx_error *first);
