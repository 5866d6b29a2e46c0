/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/daemon/served.h"

#include "base/check.h"
#include "base/msgpack.h"
#include "tests/daemon/scratch.h"
#include "tests/support/wire.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { DESCRIPTORS_MAX = 1024, RECEIVE_MS = 10 * 1000 };

static daemon_config config;
static daemon_server *server;
static cx_buf received[DESCRIPTORS_MAX]; /* by descriptor: bytes that are no message yet */

static void set(const char *option)
{
	char section[32];
	char key[32];
	char value[256];
	CX_ASSERT(sscanf(option, "%31[^.].%31[^=]=%255s", section, key, value) == 3);
	char variable[512];
	char *environment[] = { variable, NULL };
	snprintf(variable, sizeof variable, "CARDEXD_%s_%s=%s", section, key, value);
	for (char *at = variable; *at != '='; at++)
		if (*at >= 'a' && *at <= 'z')
			*at = (char)(*at - ('a' - 'A'));
	cx_error error;
	if (daemon_config_environment(&config, environment, &error) != CX_OK) {
		fprintf(stderr, "%s\n", error.text);
		abort();
	}
}

void served_start(const char *const *options)
{
	char option[SCRATCH_PATH_SIZE + 16];
	snprintf(option, sizeof option, "store.path=%s/store", scratch_make());
	CX_ASSERT(daemon_config_init(&config) == CX_OK);
	set(option);
	set("threads.loops=1");
	set("store.any_filesystem=yes");
	set("store.map_bytes=256M");
	for (; options != NULL && *options != NULL; options++)
		set(*options);
	daemon_log_setup(DAEMON_LOG_ERROR, DAEMON_LOG_AS_TEXT);
	cx_error error;
	if (daemon_server_new(&config, &server, &error) != CX_OK) {
		fprintf(stderr, "%s\n", error.text);
		abort();
	}
}

void served_stop(void)
{
	daemon_server_free(&server);
	daemon_config_release(&config);
	for (size_t i = 0; i < DESCRIPTORS_MAX; i++)
		cx_buf_release(&received[i]);
	scratch_remove();
}

int served_connect(void)
{
	int pair[2];
	CX_ASSERT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
	CX_ASSERT(pair[0] < DESCRIPTORS_MAX);
	CX_ASSERT(fcntl(pair[1], F_SETFL, O_NONBLOCK) == 0);
	cx_buf_release(&received[pair[0]]);
	received[pair[0]].limit = SIZE_MAX / 4;
	daemon_server_adopt(server, pair[1], false);
	return pair[0];
}

void served_send_bytes(int fd, const void *bytes, size_t size)
{
	for (size_t sent = 0; sent < size;) {
		ssize_t now = send(fd, (const char *)bytes + sent, size - sent, MSG_NOSIGNAL);
		if (now < 0)
			return; /* the daemon has closed: what comes next says so */
		sent += (size_t)now;
	}
}

void served_send(int fd, const char *message)
{
	cx_slice bytes = wire(message);
	served_send_bytes(fd, bytes.data, bytes.size);
}

/* The text of the first whole message of `buf`, which is then cut off; NULL when there is
 * none. */
static const char *take_message(cx_buf *buf)
{
	cx_scan scan = CX_SCAN_INIT(((cx_scan_limits){ 1 << 30, 1 << 30, 32 }));
	size_t used = 0;
	switch (cx_scan_feed(&scan, cx_buf_slice(buf), &used)) {
	case CX_SCAN_MORE:
		return NULL;
	case CX_SCAN_BAD:
		return "<malformed>";
	case CX_SCAN_WHOLE:
		break;
	}
	const char *text = wire_show((cx_slice){ .data = buf->data, .size = used });
	cx_buf_consume(buf, used);
	return text;
}

const char *served_receive_within(int fd, int ms)
{
	cx_buf *buf = &received[fd];
	for (;;) {
		const char *text = take_message(buf);
		if (text != NULL)
			return text;
		struct pollfd waiting = { .fd = fd, .events = POLLIN };
		if (poll(&waiting, 1, ms) == 0)
			return "<nothing>";
		uint8_t bytes[65536];
		ssize_t size = recv(fd, bytes, sizeof bytes, 0);
		if (size <= 0)
			return "<closed>";
		CX_ASSERT(cx_buf_append(buf, bytes, (size_t)size));
	}
}

const char *served_receive(int fd)
{
	return served_receive_within(fd, RECEIVE_MS);
}

const char *served_call(int fd, const char *message)
{
	served_send(fd, message);
	return served_receive(fd);
}

int served_set_up(void **state)
{
	(void)state;
	served_start(NULL);
	return 0;
}

int served_tear_down(void **state)
{
	(void)state;
	served_stop();
	return 0;
}
