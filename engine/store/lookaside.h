/* SPDX-License-Identifier: Apache-2.0 */
/* What gets by key found in the snapshot of LMDB that a view has, so that the next get of the
 * same key need not go down the tree: a table of one cache line for each key.
 *
 * It belongs to a view and holds for one transaction number of LMDB: while that is the newest,
 * or a reader holds it, no page of it is written to, so what points into the map stays good. A
 * get of another number finds nothing and takes the place over. It grows with what is asked
 * for, up to ENGINE__LOOKASIDE_BYTES_MAX; without memory it stays as it is. */
#pragma once

#include "engine/store/store.h"

enum {
	ENGINE__LOOKASIDE_KEY_BYTES_MAX = 40, /* longer keys are not remembered */
	ENGINE__LOOKASIDE_BYTES_MAX = 8 * 1024 * 1024,
};

typedef struct engine__lookaside_place {
	uint64_t txn;
	const uint8_t *value;
	uint32_t value_size;
	uint16_t tree;
	uint16_t key_size;
	uint8_t key[ENGINE__LOOKASIDE_KEY_BYTES_MAX];
} engine__lookaside_place;

typedef struct engine__lookaside {
	engine__lookaside_place *places;
	unsigned bits;     /* 2^bits of them; 0: none yet */
	uint32_t replaced; /* places of this transaction number that another key took */
} engine__lookaside;

/* NULL where nothing is remembered. */
const engine__lookaside_place *engine__lookaside_find(const engine__lookaside *self,
                                                      uint64_t txn, engine__tree tree,
                                                      cx_slice key);

/* `value` must lie in the map. */
void engine__lookaside_keep(engine__lookaside *self, uint64_t txn, engine__tree tree,
                            cx_slice key, cx_slice value);

void engine__lookaside_release(engine__lookaside *self);
