/* SPDX-License-Identifier: Apache-2.0 */
#include "client/net/socket.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { NS_PER_MS = 1000 * 1000, QUEUE_RETRY_MS = 10 };

uint64_t cardex__deadline_after(int timeout_ms)
{
	if (timeout_ms < 0)
		return CARDEX__NEVER;
	return cx_clock_monotonic_ns() + (uint64_t)timeout_ms * NS_PER_MS;
}

/* What poll() takes: rounded up, so that it does not wake before the deadline. */
static int poll_timeout(uint64_t deadline_ns)
{
	if (deadline_ns == CARDEX__NEVER)
		return -1;
	uint64_t now = cx_clock_monotonic_ns();
	if (now >= deadline_ns)
		return 0;
	uint64_t ms = (deadline_ns - now + NS_PER_MS - 1) / NS_PER_MS;
	return ms > INT_MAX ? INT_MAX : (int)ms;
}

cx_status cardex__socket_wait(int fd, short events, uint64_t deadline_ns)
{
	for (;;) {
		struct pollfd poll_fd = { .fd = fd, .events = events };
		int timeout = poll_timeout(deadline_ns);
		int ready = poll(&poll_fd, 1, timeout);
		if (ready > 0)
			return CX_OK;
		if (ready < 0 && errno != EINTR)
			return CX_IO;
		if (ready == 0 && timeout < INT_MAX)
			return CX_DEADLINE;
	}
}

static cx_status fail_system(cx_error *error, const char *what, int number)
{
	char text[128];
	return cx_fail(error, CX_DISCONNECTED, "%s: %s", what,
	               strerror_r(number, text, sizeof text));
}

cx_status cardex__socket_prepare(int fd, cx_error *error)
{
	int flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
		return fail_system(error, "the socket cannot be used", errno);
	/* Refused by sockets that are not TCP, which have no delay anyway. */
	int on = 1;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
	return CX_OK;
}

/* The outcome of a connect() that has begun; an errno, 0 = connected. */
static int finish_connect(int fd, uint64_t deadline_ns)
{
	switch (cardex__socket_wait(fd, POLLOUT, deadline_ns)) {
	case CX_OK:
		break;
	case CX_DEADLINE:
		return ETIMEDOUT;
	default:
		return EIO;
	}
	int number = 0;
	socklen_t size = sizeof number;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &number, &size) != 0)
		return errno;
	return number;
}

/* Connects to one address; an errno, 0 = connected. */
static int connect_to(const struct sockaddr *address, socklen_t size, uint64_t deadline_ns,
                      int *ret)
{
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return errno;
	int number = connect(fd, address, size) == 0 ? 0 : errno;
	if (number == EINPROGRESS || number == EINTR)
		number = finish_connect(fd, deadline_ns);
	if (number != 0)
		close(fd);
	else
		*ret = fd;
	return number;
}

static cx_status fail_connect(cx_error *error, const char *where, int number)
{
	if (number == ETIMEDOUT)
		return cx_fail(error, CX_DEADLINE, "%s does not answer in time", where);
	return fail_system(error, where, number);
}

static cx_status dial_unix(const cardex__uri *uri, uint64_t deadline_ns, int *ret,
                           cx_error *error)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	_Static_assert(sizeof address.sun_path >= sizeof uri->path, "every path fits");
	memcpy(address.sun_path, uri->path, sizeof uri->path);
	int number;
	for (;;) {
		number = connect_to((const struct sockaddr *)&address, sizeof address,
		                    deadline_ns, ret);
		/* The server's queue of connections is full; nothing tells when it is not. */
		if (number != EAGAIN || cx_clock_monotonic_ns() >= deadline_ns)
			break;
		(void)poll(NULL, 0, QUEUE_RETRY_MS);
	}
	number = number == EAGAIN ? ETIMEDOUT : number;
	return number == 0 ? CX_OK : fail_connect(error, uri->path, number);
}

static cx_status dial_tcp(const cardex__uri *uri, uint64_t deadline_ns, int *ret,
                          cx_error *error)
{
	const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	struct addrinfo *addresses = NULL;
	int failed = getaddrinfo(uri->host, uri->port, &hints, &addresses);
	if (failed != 0)
		return cx_fail(error, CX_DISCONNECTED, "%s: %s", uri->host,
		               gai_strerror(failed));
	int number = EHOSTUNREACH;
	for (const struct addrinfo *at = addresses; at != NULL; at = at->ai_next) {
		number = connect_to(at->ai_addr, at->ai_addrlen, deadline_ns, ret);
		if (number == 0)
			break;
	}
	freeaddrinfo(addresses);
	return number == 0 ? CX_OK : fail_connect(error, uri->host, number);
}

cx_status cardex__dial(const cardex__uri *uri, uint64_t deadline_ns, int *ret, cx_error *error)
{
	return uri->is_unix ? dial_unix(uri, deadline_ns, ret, error)
	                    : dial_tcp(uri, deadline_ns, ret, error);
}

static bool would_wait(int number)
{
	return number == EAGAIN || number == EWOULDBLOCK || number == EINTR;
}

cx_status cardex__socket_send(int fd, cx_slice bytes, size_t *ret, cx_error *error)
{
	ssize_t sent = send(fd, bytes.data, bytes.size, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (sent < 0 && !would_wait(errno))
		return fail_system(error, "cannot send to the server", errno);
	*ret = sent < 0 ? 0 : (size_t)sent;
	return CX_OK;
}

cx_status cardex__socket_receive(int fd, uint8_t *to, size_t room, size_t *ret, cx_error *error)
{
	ssize_t got = recv(fd, to, room, MSG_DONTWAIT);
	if (got == 0)
		return cx_fail(error, CX_DISCONNECTED, "the server closed the connection");
	if (got < 0 && !would_wait(errno))
		return fail_system(error, "cannot receive from the server", errno);
	*ret = got < 0 ? 0 : (size_t)got;
	return CX_OK;
}
