/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { IN_BYTES_MAX = 64 << 20, OUT_BYTES_MAX = 64 << 20, RECEIVE_BYTES = 64 << 10 };

static bench_stream *stream_of(bench_link *link)
{
	return (bench_stream *)link;
}

static bool connect_unix(bench_link *self, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof address.sun_path)
		return bench_link_fail(self, "the path is too long");
	strcpy(address.sun_path, path);
	self->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (self->fd < 0 ||
	    connect(self->fd, (const struct sockaddr *)&address, sizeof address) != 0 ||
	    fcntl(self->fd, F_SETFL, O_NONBLOCK) != 0)
		return bench_link_fail(self, "%s", strerror(errno));
	return true;
}

bool bench_stream_open(bench_link *self, const char *address, const bench_codec *codec)
{
	bench_stream *stream = stream_of(self);
	stream->codec = codec;
	stream->in = CX_BUF_INIT(IN_BYTES_MAX);
	stream->out = CX_BUF_INIT(OUT_BYTES_MAX);
	stream->state = calloc(1, codec->state_size + 1);
	if (stream->state == NULL)
		return bench_link_fail(self, "no memory");
	return connect_unix(self, address) && codec->greet(stream);
}

void bench_stream_close(bench_link *self)
{
	bench_stream *stream = stream_of(self);
	if (self->fd >= 0)
		close(self->fd);
	cx_buf_release(&stream->in);
	cx_buf_release(&stream->out);
	free(stream->state);
}

bool bench_stream_send(bench_link *self, unsigned slot, const bench_request *request)
{
	bench_stream *stream = stream_of(self);
	if (!stream->codec->put(stream, slot, request))
		return bench_link_fail(self, "has no %s",
		                       bench_operation_name(request->expect.operation));
	if (cx_buf_status(&stream->out) != CX_OK)
		return bench_link_fail(self, "too much waits to be sent");
	return true;
}

bool bench_stream_flush(bench_link *self)
{
	bench_stream *stream = stream_of(self);
	while (stream->written < stream->out.size) {
		const ssize_t sent = send(self->fd, stream->out.data + stream->written,
		                          stream->out.size - stream->written, MSG_NOSIGNAL);
		if (sent < 0 && errno == EAGAIN)
			break;
		if (sent < 0 && errno != EINTR)
			return bench_link_fail(self, "%s", strerror(errno));
		if (sent > 0)
			stream->written += (size_t)sent;
	}
	self->wants_write = stream->written < stream->out.size;
	if (!self->wants_write) {
		cx_buf_clear(&stream->out);
		stream->written = 0;
	}
	return true;
}

/* Reads once; `*ret_came` is false when nothing was there. */
static bool fill(bench_stream *self, bool *ret_came)
{
	uint8_t *room = cx_buf_reserve(&self->in, RECEIVE_BYTES);
	if (room == NULL)
		return bench_link_fail(&self->link, "a reply is too large");
	const ssize_t got = recv(self->link.fd, room, RECEIVE_BYTES, 0);
	*ret_came = got > 0;
	if (got == 0)
		return bench_link_fail(&self->link, "the server has closed the connection");
	if (got < 0 && errno != EAGAIN && errno != EINTR)
		return bench_link_fail(&self->link, "%s", strerror(errno));
	if (got > 0)
		self->in.size += (size_t)got;
	return true;
}

static void drop_cut(bench_stream *self)
{
	cx_buf_consume(&self->in, self->cut);
	self->cut = 0;
}

/* The next whole reply among the bytes that have come; empty when there is none. */
static bool next_reply(bench_stream *self, cx_slice *ret)
{
	*ret = (cx_slice){ 0 };
	const cx_slice rest = cx_slice_from(cx_buf_slice(&self->in), self->cut);
	size_t size = 0;
	if (rest.size == 0)
		return true;
	switch (self->codec->cut(self, rest, &size)) {
	case BENCH_CUT_BAD:
		return bench_link_fail(&self->link, "not a reply");
	case BENCH_CUT_MORE:
		return true;
	case BENCH_CUT_WHOLE:
		break;
	}
	self->cut += size;
	*ret = (cx_slice){ rest.data, size };
	return true;
}

bool bench_stream_receive(bench_link *self)
{
	bench_stream *stream = stream_of(self);
	bool came = false;
	if (!fill(stream, &came))
		return false;
	while (came) {
		cx_slice reply;
		if (!next_reply(stream, &reply))
			return false;
		if (reply.size == 0)
			break;
		const unsigned slot = stream->codec->slot(stream, reply);
		if (slot >= self->depth)
			return bench_link_fail(self, "a reply to what was not asked");
		bench_answer answer = { 0 };
		if (!stream->codec->read(stream, reply, &self->expected[slot], &answer) ||
		    !bench_link_answer(self, slot, &answer))
			return false;
	}
	drop_cut(stream);
	return true;
}

/* Sends and receives as the socket allows, waiting for it. */
static bool turn(bench_stream *self)
{
	bool came;
	if (!bench_stream_flush(&self->link))
		return false;
	struct pollfd one = { .fd = self->link.fd, .events = POLLIN };
	if (self->link.wants_write)
		one.events |= POLLOUT;
	if (poll(&one, 1, -1) < 0 && errno != EINTR)
		return bench_link_fail(&self->link, "%s", strerror(errno));
	return (one.revents & (POLLIN | POLLHUP)) == 0 || fill(self, &came);
}

bool bench_stream_exchange(bench_stream *self, unsigned replies, cx_slice *ret)
{
	drop_cut(self);
	for (unsigned i = 0; i < replies; i++) {
		cx_slice reply;
		bench_answer answer;
		for (;;) {
			if (!next_reply(self, &reply))
				return false;
			if (reply.size > 0)
				break;
			drop_cut(self);
			if (!turn(self))
				return false;
		}
		if (!self->codec->read(self, reply, NULL, &answer))
			return false;
		if (ret != NULL)
			*ret = reply;
	}
	return true;
}

bool bench_stream_take(bench_stream *self, size_t size, cx_slice *ret)
{
	drop_cut(self);
	while (self->in.size < size)
		if (!turn(self))
			return false;
	*ret = (cx_slice){ self->in.data, size };
	self->cut = size;
	return true;
}
