/* SPDX-License-Identifier: Apache-2.0 */
/* Removing what nothing names any more. */
#pragma once

#include "engine/build/builder.h"

/* Removes pairs of a tree from behind the frontier on, until the slice is over. `wants` (NULL:
 * all) chooses among them, and ends the removal with `*ret_past`. */
typedef bool engine__removal_wants(const engine__build *build, cx_slice key, bool *ret_past);
CX_MUST_USE cx_status engine__removal_run(engine__slice *slice, engine__tree tree,
                                          cx_slice from, engine__removal_wants *wants,
                                          bool *ret_done);

/* Adds the back references that wait to be removed to `*count`. */
CX_MUST_USE cx_status engine__removal_count(engine_read *read, const engine__build *build,
                                            uint64_t *count);
