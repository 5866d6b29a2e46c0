/* SPDX-License-Identifier: Apache-2.0 */
#include "base/big_endian.h"
#include "engine/answers/key.h"
#include "engine/core/handle.h"

#include <string.h>

/* What one write drops at most of either kind: more than it adds. */
enum { DROPPED_MAX = 3 };

/* ---- dropping ---- */

/* All pieces of an answer, and its key by time. */
static cx_status drop(engine_write *write, cx_slice sender, uint64_t number)
{
	engine_read *read = &write->read;
	cx_slice value;
	for (uint16_t piece = 0;; piece++) {
		const engine__answer_key key = engine__answer_key_of(sender, number, piece);
		const cx_slice bytes = engine__answer_key_slice(&key);
		cx_status status =
			engine__view_get(read->view, read->engine->answers, bytes, &value);
		if (status == CX_NOT_FOUND)
			return CX_OK;
		if (status == CX_OK && piece == 0) {
			if (value.size < ENGINE__ANSWER_HEAD_BYTES)
				return CX_CORRUPT;
			const uint64_t at_ms =
				cx_big_endian_get(value.data + ENGINE__ANSWER_HASH_BYTES, 8);
			const engine__answer_key by_time =
				engine__answer_key_time((int64_t)at_ms, sender, number);
			status = engine__txn_remove(write->txn, write->engine->answers,
			                            engine__answer_key_slice(&by_time));
		}
		if (status == CX_OK)
			status = engine__txn_remove(write->txn, write->engine->answers, bytes);
		if (status != CX_OK)
			return status;
	}
}

/* An answer that is to go. */
typedef struct spare {
	uint8_t sender[ENGINE_ANSWER_SENDER_MAX];
	size_t sender_size;
	uint64_t number;
} spare;

static void note(spare *spares, size_t *count, cx_slice sender, uint64_t number)
{
	spare *one = &spares[(*count)++];
	*one = (spare){ .sender_size = sender.size, .number = number };
	memcpy(one->sender, sender.data, sender.size);
}

/* The oldest numbers of the sender, `number` being its newest. */
static cx_status find_outnumbered(engine__cursor *cursor, const engine_request *request,
                                  spare *spares, size_t *count)
{
	const engine__answer_key from = engine__answer_key_sender(request->sender);
	cx_status status = engine__cursor_seek(cursor, engine__answer_key_slice(&from));
	while (status == CX_OK && *count < DROPPED_MAX) {
		engine__pair pair;
		cx_slice sender;
		uint64_t number;
		uint16_t piece;
		size_t found;
		status = engine__cursor_next(cursor, &pair, 1, &found);
		if (status != CX_OK || found == 0 ||
		    !engine__answer_key_read(pair.key, &sender, &number, &piece) ||
		    !cx_slice_equal(sender, request->sender) || number >= request->number ||
		    request->number - number < ENGINE_ANSWERS_MAX)
			break;
		if (piece == 0)
			note(spares, count, sender, number);
	}
	return status;
}

static cx_status find_aged(engine__cursor *cursor, int64_t now_ms, spare *spares, size_t *count)
{
	const engine__answer_key from = engine__answer_key_times();
	cx_status status = engine__cursor_seek(cursor, engine__answer_key_slice(&from));
	while (status == CX_OK && *count < DROPPED_MAX) {
		engine__pair pair;
		cx_slice sender;
		uint64_t number;
		int64_t at_ms;
		size_t found;
		status = engine__cursor_next(cursor, &pair, 1, &found);
		if (status != CX_OK || found == 0 ||
		    !engine__answer_key_time_read(pair.key, &at_ms, &sender, &number) ||
		    at_ms > now_ms - ENGINE_ANSWERS_KEPT_MS)
			break;
		if (sender.size > ENGINE_ANSWER_SENDER_MAX)
			return CX_CORRUPT;
		note(spares, count, sender, number);
	}
	return status;
}

static cx_status drop_spare(engine_write *write, const engine_request *request, int64_t now_ms)
{
	spare spares[2 * DROPPED_MAX];
	size_t outnumbered = 0, aged = 0;
	CX_SCOPED(engine__cursor_close) engine__cursor *cursor = NULL;
	cx_status status = engine__cursor_open(write->read.view, write->engine->answers,
	                                       ENGINE__FORWARD, &cursor);
	if (status == CX_OK)
		status = find_outnumbered(cursor, request, spares, &outnumbered);
	if (status == CX_OK)
		status = find_aged(cursor, now_ms, spares + outnumbered, &aged);
	for (size_t i = 0; i < outnumbered + aged && status == CX_OK; i++) {
		const cx_slice sender = { .data = spares[i].sender,
			                  .size = spares[i].sender_size };
		status = drop(write, sender, spares[i].number);
	}
	return status;
}

/* ---- keeping ---- */

static cx_status put_piece(engine_write *write, const engine_request *request, uint16_t piece,
                           cx_slice value)
{
	const engine__answer_key key =
		engine__answer_key_of(request->sender, request->number, piece);
	return engine__txn_put(write->txn, write->engine->answers,
	                       engine__answer_key_slice(&key), value);
}

static cx_slice cut(cx_slice bytes, size_t size)
{
	return (cx_slice){ .data = bytes.data, .size = bytes.size < size ? bytes.size : size };
}

static cx_status put_pieces(engine_write *write, const engine_request *request, cx_slice answer,
                            int64_t now_ms)
{
	uint8_t first[ENGINE__ANSWER_HEAD_BYTES + ENGINE__ANSWER_PIECE_BYTES];
	cx_slice head = cut(answer, ENGINE__ANSWER_PIECE_BYTES);
	engine__answer_hash(request->content, first);
	cx_big_endian_put(first + ENGINE__ANSWER_HASH_BYTES, 8,
	                  now_ms > 0 ? (uint64_t)now_ms : 0);
	if (head.size > 0)
		memcpy(first + ENGINE__ANSWER_HEAD_BYTES, head.data, head.size);
	cx_status status = put_piece(
		write, request, 0,
		(cx_slice){ .data = first, .size = ENGINE__ANSWER_HEAD_BYTES + head.size });
	cx_slice rest = cx_slice_from(answer, head.size);
	for (uint16_t piece = 1; rest.size > 0 && status == CX_OK; piece++) {
		if (piece == UINT16_MAX)
			return CX_TOO_LARGE;
		head = cut(rest, ENGINE__ANSWER_PIECE_BYTES);
		status = put_piece(write, request, piece, head);
		rest = cx_slice_from(rest, head.size);
	}
	return status;
}

cx_status engine_answer_keep(engine_write *write, const engine_request *request,
                             cx_slice answer, int64_t now_ms)
{
	const engine__answer_key by_time =
		engine__answer_key_time(now_ms, request->sender, request->number);
	cx_status status = drop_spare(write, request, now_ms);
	if (status == CX_OK)
		status = put_pieces(write, request, answer, now_ms);
	if (status == CX_OK)
		status = engine__txn_put(write->txn, write->engine->answers,
		                         engine__answer_key_slice(&by_time), (cx_slice){ 0 });
	/* Also of a request that changed nothing: later it might. */
	write->maintains = true;
	return status;
}
