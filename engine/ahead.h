/* SPDX-License-Identifier: Apache-2.0 */
/* Reads that are known before their turn: has the processor fetch what they will look at, so
 * that several of them do not wait for memory one after the other. Begin one for each read,
 * step all of them in turn until none has more, and then read. Nothing that can be seen
 * changes, and nothing is refused: what does not fit is left to the read itself.
 *
 * Only what was looked for by key before in the same snapshot is foreseen. */
#pragma once

#include "engine/record.h"

enum { ENGINE_AHEAD_KEY_BYTES_MAX = 64 };

/* Of engine_get() or engine_lookup(); valid while the snapshot is. */
typedef struct engine_ahead {
	const engine_type *type;
	const engine_index *index; /* NULL once the id is known */
	int64_t id;
	unsigned steps; /* taken of what is looked for now */
	size_t key_bytes;
	uint8_t key[ENGINE_AHEAD_KEY_BYTES_MAX]; /* in `index` */
} engine_ahead;

engine_ahead engine_ahead_get(const engine_type *type, int64_t id);

/* `values` as engine_lookup() takes them. */
engine_ahead engine_ahead_lookup(engine_read *read, const engine_index *index, cx_slice values);

/* False when there is nothing more to fetch. */
bool engine_ahead_step(engine_read *read, engine_ahead *ahead);
