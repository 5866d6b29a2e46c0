/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/net/listener.h"

#include "daemon/log.h"
#include "daemon/net/bind.h"
#include "daemon/net/notice.h"

#include <errno.h>
#include <event2/event_struct.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct daemon__listener {
	struct event event;
	struct event rest_event;
	daemon__bound bound;
	int spare_fd; /* given up for a moment when there is no other */
	daemon__accept *accept;
	void *context;
};

void daemon__listener_turn_away(int fd, cx_status status, const char *text)
{
	CX_SCOPED(cx_buf_release) cx_buf notice = CX_BUF_INIT(1024);
	daemon__notice_write(status, text, &notice);
	ssize_t sent = send(fd, notice.data, notice.size, MSG_NOSIGNAL | MSG_DONTWAIT);
	(void)sent;
	close(fd);
}

static int accept_one(const daemon__listener *listener)
{
	return accept4(listener->bound.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

static int open_spare(void)
{
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void rest(daemon__listener *listener)
{
	const struct timeval time = { .tv_usec = DAEMON__LISTENER_REST_MS * 1000 };
	int why = errno;
	DAEMON_LOG(WARN, "listener rests", LOG_TEXT("why", strerror(why)));
	event_del(&listener->event);
	if (evtimer_add(&listener->rest_event, &time) != 0)
		event_active(&listener->rest_event, EV_TIMEOUT, 1); /* takes no memory */
	if (listener->spare_fd >= 0)
		close(listener->spare_fd);
	int fd = accept_one(listener);
	if (fd >= 0)
		daemon__listener_turn_away(fd, CX_BUSY, "no descriptor is left");
	listener->spare_fd = open_spare();
}

static void on_rested(evutil_socket_t fd, short what, void *context)
{
	daemon__listener *listener = context;
	(void)fd;
	(void)what;
	if (event_add(&listener->event, NULL) != 0)
		event_active(&listener->rest_event, EV_TIMEOUT, 1);
}

/* Answers are small and go out whole; a peer whose machine is gone is found in about 45 s. */
static void set_tcp_options(int fd)
{
	static const struct {
		int level;
		int name;
		int value;
	} options[] = {
		{ IPPROTO_TCP, TCP_NODELAY, 1 },   { SOL_SOCKET, SO_KEEPALIVE, 1 },
		{ IPPROTO_TCP, TCP_KEEPIDLE, 30 }, { IPPROTO_TCP, TCP_KEEPINTVL, 5 },
		{ IPPROTO_TCP, TCP_KEEPCNT, 3 },   { IPPROTO_TCP, TCP_USER_TIMEOUT, 45000 },
	};
	for (size_t i = 0; i < CX_COUNT_OF(options); i++)
		setsockopt(fd, options[i].level, options[i].name, &options[i].value,
		           sizeof options[i].value);
}

/* The peer went away before we took it, or a network error of its own: the next one. */
static bool is_passing(int why)
{
	return why == EINTR || why == ECONNABORTED || why == EPROTO || why == EPERM;
}

static void on_acceptable(evutil_socket_t listening, short what, void *context)
{
	daemon__listener *listener = context;
	(void)listening;
	(void)what;
	for (int i = 0; i < DAEMON__ACCEPTS_PER_TURN; i++) {
		int fd = accept_one(listener);
		if (fd < 0 && is_passing(errno))
			continue;
		if (fd < 0 && errno != EAGAIN)
			rest(listener);
		if (fd < 0)
			return;
		if (listener->bound.tcp)
			set_tcp_options(fd);
		listener->accept(listener->context, fd, listener->bound.tcp);
	}
}

cx_status daemon__listener_new(struct event_base *base, const daemon__address *address,
                               mode_t mode, daemon__accept *accept, void *context,
                               daemon__listener **ret, cx_error *error)
{
	CX_SCOPED(daemon__listener_free)
	daemon__listener *listener = calloc(1, sizeof *listener);
	if (listener == NULL)
		return cx_fail(error, CX_NO_MEMORY, "out of memory");
	listener->accept = accept;
	listener->context = context;
	listener->bound.fd = -1;
	listener->spare_fd = open_spare();
	evtimer_assign(&listener->rest_event, base, on_rested, listener);

	cx_status status = daemon__bind(address, mode, &listener->bound, error);
	if (status != CX_OK)
		return status;
	event_assign(&listener->event, base, listener->bound.fd, EV_READ | EV_PERSIST,
	             on_acceptable, listener);
	if (event_add(&listener->event, NULL) != 0)
		return cx_fail(error, CX_IO, "cannot watch the listening socket");
	*ret = listener;
	listener = NULL; /* now the caller's */
	return CX_OK;
}

void daemon__listener_free(daemon__listener **listener)
{
	if (*listener == NULL)
		return;
	evtimer_del(&(*listener)->rest_event);
	if ((*listener)->bound.fd >= 0) {
		if (event_initialized(&(*listener)->event))
			event_del(&(*listener)->event);
		daemon__bound_release(&(*listener)->bound);
	}
	if ((*listener)->spare_fd >= 0)
		close((*listener)->spare_fd);
	free(*listener);
	*listener = NULL;
}

void daemon__listener_address(const daemon__listener *listener,
                              char text[DAEMON__ADDRESS_TEXT_SIZE])
{
	daemon__address_format(&listener->bound.address, text);
}
