/* SPDX-License-Identifier: Apache-2.0 */
/* What the search tree was made by, and how far it is: the value of "search" in the meta tree,
 * MessagePack [tokenizer version, Unicode version, hash of the searched fields, state, place],
 * the hash as 8 bytes big-endian.
 *
 * | state    | place                                             |
 * |----------|---------------------------------------------------|
 * | READY    | empty                                             |
 * | CLEARING | the last key taken, or empty                      |
 * | BUILDING | type id u16, record id u64 of the last one added  |
 *
 * Writes keep the postings of what they change in every state: putting a posting that is there
 * and taking one that is not are nothing, so a record may be added before or after it changes.
 */
#pragma once

#include "engine/core/handle.h"
#include "engine/search.h"

typedef struct engine__search_state {
	engine_search_state state;
	size_t place_size;
	uint8_t place[ENGINE__KEY_BYTES_MAX];
} engine__search_state;

/* Of what another tokenizer, Unicode or set of fields made: CLEARING, from the start. The same
 * where there is no entry: the store is older than search. `*ret_is_own` (may be NULL) tells
 * whether the entry is one of this build. Errors: CX_CORRUPT, CX_IO. */
CX_MUST_USE cx_status engine__search_state_read(const engine *self, const engine_schema *schema,
                                                engine__view *view, engine__search_state *ret,
                                                bool *ret_is_own);

CX_MUST_USE cx_status engine__search_state_put(const engine *self, const engine_schema *schema,
                                               engine__txn *txn,
                                               const engine__search_state *state);
