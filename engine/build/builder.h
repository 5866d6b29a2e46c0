/* SPDX-License-Identifier: Apache-2.0 */
/* How the kinds of things are built (what a build is: engine/core/build.h). */
#pragma once

#include "engine/core/build.h"
#include "engine/row/value.h"

/* A slice of work, as what does it sees it. */
typedef struct engine__slice {
	engine_write *write;
	engine__build *build;
	engine__tree tree; /* of an index */
	uint64_t end_ns;   /* cx_clock_monotonic_ns() at which it should stop */
} engine__slice;

/* Whether the slice has done enough: by time, or by what its transaction holds. */
bool engine__slice_is_over(const engine__slice *slice);

/* How one kind of thing is built. */
typedef struct engine__builder_of {
	/* Adds what one live record stands for. Called once for each record, in the order of
	 * keys; the frontier is still before it. One for which that cannot be done makes the
	 * build fail: engine__build_give_up(). NULL where nothing is made of records. */
	cx_status (*add_record)(engine__slice *slice, const engine_type *type,
	                        const engine__value *values);
	/* Removes a part of all that there is; sets `*ret_done` with the last. */
	cx_status (*clear)(engine__slice *slice, bool *ret_done);
	/* Everything has been added: makes it usable, or failed. Puts or forgets the build. */
	cx_status (*finish)(engine__slice *slice);
} engine__builder_of;

extern const engine__builder_of engine__index_builder;     /* index.c */
extern const engine__builder_of engine__aggregate_builder; /* aggregate.c */
extern const engine__builder_of engine__reference_builder; /* removal.c */
extern const engine__builder_of engine__rollup_builder;    /* rollup.c */

/* Makes the next generation, in which what is built is READABLE or READY, or has FAILED, part
 * of the transaction; once in one. The build itself is left alone. Errors: CX_BUSY (too many
 * generations), CX_NO_MEMORY, … */
CX_MUST_USE cx_status engine__build_set_state(engine_write *write, const engine__build *build,
                                              bool usable);

/* The same of one that has failed; sets it to remove what there is and to remember `reason`
 * (cut at ENGINE__BUILD_REASON_MAX). The caller puts it. */
CX_MUST_USE cx_status engine__build_give_up(engine_write *write, engine__build *build,
                                            const char *reason);
