/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/client/fake.h"

#include "base/msgpack.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <sys/socket.h>
#include <unistd.h>

enum { FIRST_ROUND = 1024 };

const char fake_hello[] = "{'server': 'cardex', 'version': '9.9.9', 'protocol': 1, "
			  "'seq': 7}";

static uint32_t next_msgid(fake *self)
{
	self->calls++;
	return self->calls * FIRST_ROUND;
}

void fake_send_bytes(fake *self, cx_slice bytes)
{
	ssize_t sent = send(self->fd, bytes.data, bytes.size, MSG_NOSIGNAL);
	assert_int_equal(sent, bytes.size);
}

void fake_send(fake *self, const char *message)
{
	fake_send_bytes(self, wire(message));
}

static void send_response(fake *self, uint32_t msgid, const char *error, const char *result)
{
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(8 * 1024 * 1024);
	cx_write_array(&out, 4);
	cx_write_int(&out, 1);
	cx_write_uint(&out, msgid);
	cx_write_raw(&out, wire(error));
	cx_write_raw(&out, wire(result));
	fake_send_bytes(self, cx_buf_slice(&out));
}

void fake_reply(fake *self, uint32_t msgid, const char *result)
{
	send_response(self, msgid, "nil", result);
}

void fake_answer(fake *self, const char *result)
{
	send_response(self, next_msgid(self), "nil", result);
}

void fake_refuse(fake *self, const char *error)
{
	send_response(self, next_msgid(self), error, "nil");
}

void fake_open(fake *self, const char *hello, const cardex_options *options)
{
	int ends[2];
	*self = (fake){ .in = CX_BUF_INIT(64 * 1024 * 1024) };
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	self->fd = ends[0];
	fake_answer(self, hello == NULL ? fake_hello : hello);
	cardex_error error;
	cardex_status status = cardex_connect_fd(ends[1], options, &self->conn, &error);
	if (status != CARDEX_OK)
		fail_msg("%s", error.message);
	(void)fake_request(self, NULL);
}

void fake_close(fake *self)
{
	cardex_close(&self->conn);
	if (self->fd >= 0)
		close(self->fd);
	cx_buf_release(&self->in);
}

/* Receives what lies there. */
static void receive(fake *self)
{
	for (;;) {
		uint8_t *to = cx_buf_reserve(&self->in, 65536);
		assert_non_null(to);
		ssize_t got = recv(self->fd, to, 65536, MSG_DONTWAIT);
		if (got <= 0)
			return;
		self->in.size += (size_t)got;
	}
}

const char *fake_request(fake *self, uint32_t *ret_msgid)
{
	receive(self);
	cx_reader reader = cx_reader_of(cx_buf_slice(&self->in));
	cx_slice message = cx_read_skip(&reader);
	assert_false(reader.failed);
	reader = cx_reader_of(wire_exact(message));
	cx_buf_consume(&self->in, message.size);

	assert_int_equal(cx_read_array(&reader), 4);
	assert_int_equal(cx_read_int(&reader), 0);
	uint32_t msgid = (uint32_t)cx_read_uint(&reader);
	if (ret_msgid != NULL)
		*ret_msgid = msgid;
	const char *method = wire_show(cx_read_skip(&reader));
	const char *params = wire_show(cx_read_skip(&reader));
	CX_SCOPED(cx_buf_release) cx_buf text = CX_BUF_INIT(64 * 1024 * 1024);
	cx_buf_printf(&text, "%s, %s", method, params);
	cx_buf_append_byte(&text, '\0');
	return (const char *)wire_exact(cx_buf_slice(&text)).data;
}
