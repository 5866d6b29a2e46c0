/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of the tree "answers".
 *
 * | key                                              | value                              |
 * |--------------------------------------------------|------------------------------------|
 * | 01 · size u8 · sender · number u64 · piece u16   | a piece of the answer; before that |
 * |                                                  | of piece 0 the head               |
 * | 02 · time u64 · size u8 · sender · number u64    | nothing: what is dropped by age    |
 *
 * Head: hash of the request u64, u64 · time in ms u64. All numbers big-endian. */
#pragma once

#include "base/slice.h"
#include "engine/answers.h"

enum {
	ENGINE__ANSWER_KEY_MAX = 1 + 8 + 1 + ENGINE_ANSWER_SENDER_MAX + 8 + 2,
	ENGINE__ANSWER_PIECE_BYTES = 32 * 1024,
	ENGINE__ANSWER_HASH_BYTES = 16,
	ENGINE__ANSWER_HEAD_BYTES = ENGINE__ANSWER_HASH_BYTES + 8,
};

typedef struct engine__answer_key {
	uint8_t bytes[ENGINE__ANSWER_KEY_MAX];
	size_t size;
} engine__answer_key;

static inline cx_slice engine__answer_key_slice(const engine__answer_key *key)
{
	return (cx_slice){ .data = key->bytes, .size = key->size };
}

engine__answer_key engine__answer_key_of(cx_slice sender, uint64_t number, uint16_t piece);
/* Before all answers to the sender, and only those follow that begin with these bytes. */
engine__answer_key engine__answer_key_sender(cx_slice sender);
engine__answer_key engine__answer_key_time(int64_t at_ms, cx_slice sender, uint64_t number);
/* Before all keys by time. */
engine__answer_key engine__answer_key_times(void);

/* Takes a key apart. False when it is none of its kind. */
bool engine__answer_key_read(cx_slice key, cx_slice *ret_sender, uint64_t *ret_number,
                             uint16_t *ret_piece);
bool engine__answer_key_time_read(cx_slice key, int64_t *ret_at_ms, cx_slice *ret_sender,
                                  uint64_t *ret_number);

void engine__answer_hash(cx_slice content, uint8_t ret[ENGINE__ANSWER_HASH_BYTES]);
