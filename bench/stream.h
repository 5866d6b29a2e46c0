/* SPDX-License-Identifier: Apache-2.0 */
/* A link over a raw UNIX socket. A codec turns requests into bytes and finds replies in what
 * came; the system calls and buffers are the same for each system, so that what the client
 * costs is comparable. */
#pragma once

#include "bench/link.h"

typedef struct bench_stream bench_stream;

typedef enum bench_cut {
	BENCH_CUT_MORE,
	BENCH_CUT_WHOLE,
	BENCH_CUT_BAD,
} bench_cut;

typedef struct bench_codec {
	size_t state_size; /* of what it keeps for a connection, zeroed at the begin */
	/* Speaks first with the server, see bench_stream_exchange(). */
	bool (*greet)(bench_stream *self);
	/* Appends a request's bytes. False when there is no such operation. */
	bool (*put)(bench_stream *self, unsigned slot, const bench_request *request);
	/* Finds the end of the reply that `bytes` begins with. */
	bench_cut (*cut)(bench_stream *self, cx_slice bytes, size_t *ret_size);
	/* The slot of a whole reply. */
	unsigned (*slot)(bench_stream *self, cx_slice reply);
	/* Reads a whole reply. False for an error, which it tells with bench_link_fail().
	 * `expect` is NULL for replies to bench_stream_exchange(). */
	bool (*read)(bench_stream *self, cx_slice reply, const bench_expectation *expect,
	             bench_answer *ret);
} bench_codec;

struct bench_stream {
	bench_link link;
	const bench_codec *codec;
	cx_buf in;
	size_t cut; /* bytes of `in` that are done with */
	cx_buf out;
	size_t written; /* bytes of `out` the socket has */
	void *state;    /* the codec's */
};

/* Parts of a link class whose `open` calls bench_stream_open() with its codec. */
bool bench_stream_open(bench_link *self, const char *address, const bench_codec *codec);
void bench_stream_close(bench_link *self);
bool bench_stream_send(bench_link *self, unsigned slot, const bench_request *request);
bool bench_stream_flush(bench_link *self);
bool bench_stream_receive(bench_link *self);

#define BENCH_STREAM_CLASS(name_, open_, close_)                                           \
	{                                                                                  \
		.name = (name_), .size = sizeof(bench_stream), .open = (open_),            \
		.close = (close_), .send = bench_stream_send, .flush = bench_stream_flush, \
		.receive = bench_stream_receive,                                           \
	}

/* Sends what was appended to `out` and waits for that many replies, none of which may be an
 * error; `*ret` is the last of them, until the next call. For greetings and loads. */
bool bench_stream_exchange(bench_stream *self, unsigned replies, cx_slice *ret);

/* Waits until at least `size` bytes have come that no reply was cut from, and takes them. */
bool bench_stream_take(bench_stream *self, size_t size, cx_slice *ret);
