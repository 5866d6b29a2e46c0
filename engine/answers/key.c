/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/answers/key.h"

#include "base/big_endian.h"
#include "base/check.h"
#include "base/hash.h"

#include <string.h>

enum { BY_SENDER = 1, BY_TIME = 2 };

static void put_number(engine__answer_key *key, size_t size, uint64_t number)
{
	cx_big_endian_put(key->bytes + key->size, size, number);
	key->size += size;
}

static void put_sender(engine__answer_key *key, cx_slice sender)
{
	CX_ASSERT(sender.size > 0 && sender.size <= ENGINE_ANSWER_SENDER_MAX);
	put_number(key, 1, sender.size);
	memcpy(key->bytes + key->size, sender.data, sender.size);
	key->size += sender.size;
}

engine__answer_key engine__answer_key_sender(cx_slice sender)
{
	engine__answer_key key = { .size = 0 };
	put_number(&key, 1, BY_SENDER);
	put_sender(&key, sender);
	return key;
}

engine__answer_key engine__answer_key_of(cx_slice sender, uint64_t number, uint16_t piece)
{
	engine__answer_key key = engine__answer_key_sender(sender);
	put_number(&key, 8, number);
	put_number(&key, 2, piece);
	return key;
}

engine__answer_key engine__answer_key_times(void)
{
	engine__answer_key key = { .size = 0 };
	put_number(&key, 1, BY_TIME);
	return key;
}

engine__answer_key engine__answer_key_time(int64_t at_ms, cx_slice sender, uint64_t number)
{
	engine__answer_key key = engine__answer_key_times();
	put_number(&key, 8, at_ms > 0 ? (uint64_t)at_ms : 0);
	put_sender(&key, sender);
	put_number(&key, 8, number);
	return key;
}

static bool take_number(cx_slice *key, size_t size, uint64_t *ret)
{
	if (key->size < size)
		return false;
	*ret = cx_big_endian_get(key->data, size);
	*key = cx_slice_from(*key, size);
	return true;
}

static bool take_sender(cx_slice *key, cx_slice *ret)
{
	uint64_t size;
	if (!take_number(key, 1, &size) || size == 0 || key->size < size)
		return false;
	*ret = (cx_slice){ .data = key->data, .size = (size_t)size };
	*key = cx_slice_from(*key, (size_t)size);
	return true;
}

bool engine__answer_key_read(cx_slice key, cx_slice *ret_sender, uint64_t *ret_number,
                             uint16_t *ret_piece)
{
	uint64_t kind, piece;
	if (!take_number(&key, 1, &kind) || kind != BY_SENDER ||
	    !take_sender(&key, ret_sender) || !take_number(&key, 8, ret_number) ||
	    !take_number(&key, 2, &piece) || key.size > 0)
		return false;
	*ret_piece = (uint16_t)piece;
	return true;
}

bool engine__answer_key_time_read(cx_slice key, int64_t *ret_at_ms, cx_slice *ret_sender,
                                  uint64_t *ret_number)
{
	uint64_t kind, at_ms;
	if (!take_number(&key, 1, &kind) || kind != BY_TIME || !take_number(&key, 8, &at_ms) ||
	    at_ms > INT64_MAX || !take_sender(&key, ret_sender) ||
	    !take_number(&key, 8, ret_number) || key.size > 0)
		return false;
	*ret_at_ms = (int64_t)at_ms;
	return true;
}

void engine__answer_hash(cx_slice content, uint8_t ret[ENGINE__ANSWER_HASH_BYTES])
{
	cx_big_endian_put(ret, 8, cx_hash64(content, 0));
	cx_big_endian_put(ret + 8, 8, cx_hash64(content, 1));
}
