/* SPDX-License-Identifier: Apache-2.0 */
/* The tokens of a record: what it can be found by. Pure; nothing here reads a store.
 *
 * | in                 | tokens                                                            |
 * |--------------------|-------------------------------------------------------------------|
 * | a word             | the word from each of its starts on (segment.h), cut to 60 bytes  |
 * | a run              | every two characters that follow one another, and the last one    |
 * | a telephone number | all digits, the last 8 and the last 4 of them                     |
 *
 * A token holds no byte 00, so one that begins another sorts before it when a 00 follows
 * either. All of this, and the folding under it, is the *tokenizer*: what it makes of a text
 * may only change with ENGINE__TOKENIZER_VERSION. */
#pragma once

#include "base/arena.h"
#include "engine/row/value.h"

enum {
	ENGINE__TOKENIZER_VERSION = 1,
	ENGINE__TOKEN_BYTES_MAX = 60,
};

/* Where the token stands in a field that has it. */
enum {
	ENGINE__TOKEN_START = 1, /* the field begins with it */
	ENGINE__TOKEN_END = 2,   /* the field ends with it */
};

typedef struct engine__token {
	uint64_t head; /* the first 8 bytes, big-endian, zeros behind: compares most tokens */
	cx_slice bytes;
	uint8_t flags;
} engine__token;

typedef struct engine__tokens {
	cx_arena *arena;
	engine__token *items; /* ascending by bytes, each once */
	size_t count;
	size_t capacity;
} engine__tokens;

/* One text of a record that is searched. */
typedef struct engine__searched {
	const engine_field *field;
	cx_slice text; /* its head, as far as it is searched */
} engine__searched;

/* The texts of a record that are searched, in the order of the fields: of each field at most
 * ENGINE_SEARCH_FIELD_BYTES_MAX bytes, of the record ENGINE_SEARCH_RECORD_BYTES_MAX, cut
 * between characters. Fields without a value have none. Returns how many, at most
 * ENGINE_SLOTS_MAX. */
size_t engine__searched_texts(const engine_type *type, const engine__value *values,
                              engine__searched *ret);

/* The tokens of a record; none when it is deleted. Everything lives in the arena.
 * Errors: CX_NO_MEMORY, CX_MALFORMED (a text is not UTF-8). */
CX_MUST_USE cx_status engine__tokens_of(const engine_type *type, const engine__value *values,
                                        cx_arena *arena, engine__tokens *ret);

/* <0, 0, >0 by bytes. */
int engine__token_compare(const engine__token *a, const engine__token *b);

/* The head of a word that a token holds: whole characters, at most ENGINE__TOKEN_BYTES_MAX
 * bytes. */
cx_slice engine__token_cut(cx_slice word);

/* True when a field of the type is searched. */
bool engine__is_searched(const engine_type *type);

/* True when the two records have the same searched texts and are both live or both deleted. */
bool engine__searched_equal(const engine_type *type, const engine__value *a,
                            const engine__value *b);
