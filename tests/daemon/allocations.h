/* SPDX-License-Identifier: Apache-2.0 */
/* Counts what the threads of a daemon inside the test take from malloc. */
#pragma once

#include <stddef.h>

/* Of all threads but the one that calls, since the last call of allocations_begin. */
void allocations_begin(void);
size_t allocations_end(void);
