/* SPDX-License-Identifier: Apache-2.0 */
/* The search tree: one posting for each token of each live record.
 *
 * | part | bytes                                                                             |
 * |------|-----------------------------------------------------------------------------------|
 * | key  | the token (1..60 bytes, none of them 00), 00, type id u16, record id u64, both     |
 * |      | big-endian                                                                         |
 * | value | empty, or one byte: 1 a field begins with the token, 2 one ends with it, 3 both   |
 *
 * So the postings of a token lie together in order of type and id, and those of all tokens that
 * begin with some bytes are one range. */
#pragma once

#include "engine/core/handle.h"
#include "engine/token/token.h"

enum {
	ENGINE__POSTING_TAIL_BYTES = 11, /* behind the token */
	ENGINE__POSTING_KEY_MAX = ENGINE__TOKEN_BYTES_MAX + ENGINE__POSTING_TAIL_BYTES,
};

typedef struct engine__posting {
	cx_slice token;
	int64_t id;
	uint16_t type;
	uint8_t flags;
} engine__posting;

/* A key being built on the stack, and its value. */
typedef struct engine__posting_room {
	uint8_t key[ENGINE__POSTING_KEY_MAX];
	uint8_t value[1];
} engine__posting_room;

engine__pair engine__posting_write(const engine_type *type, int64_t id,
                                   const engine__token *token, engine__posting_room *room);

/* Errors: CX_CORRUPT. */
CX_MUST_USE cx_status engine__posting_read(const engine__pair *pair, engine__posting *ret);

/* Brings the postings of a record from `before` to `after` (NULL: it is not there): only tokens
 * that differ are touched. Errors: CX_TOO_LARGE, CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__search_apply(engine_write *write, const engine_type *type,
                                           int64_t id, const engine__value *before,
                                           const engine__value *after);
