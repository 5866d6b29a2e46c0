/* SPDX-License-Identifier: Apache-2.0 */
/* The states of a run that were recovered already, so that no two equal ones are. */
#pragma once

#include "tests/crash/recovery.h"

typedef struct known_state {
	uint64_t key; /* 0 = free */
	uint64_t content;
	recovery_end end;
} known_state;

typedef struct known_states {
	known_state *states;
	size_t capacity; /* a power of 2, or 0 */
	size_t count;
} known_states;

/* NULL when it is not known. Lives until the next add. */
const known_state *known_find(const known_states *self, uint64_t key);
/* `key` is not known. */
void known_add(known_states *self, uint64_t key, const recovery *found);
void known_release(known_states *self);
