/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void daemon_notify(const char *lines)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	if (path == NULL || (path[0] != '/' && path[0] != '@'))
		return;
	size_t length = strlen(path);
	if (length >= sizeof address.sun_path)
		return;
	memcpy(address.sun_path, path, length);
	if (path[0] == '@') /* the abstract name space */
		address.sun_path[0] = '\0';

	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
	ssize_t sent = sendto(fd, lines, strlen(lines), MSG_NOSIGNAL | MSG_DONTWAIT,
	                      (const struct sockaddr *)&address, size);
	(void)sent;
	close(fd);
}

static bool read_number(const char *name, uint64_t *ret)
{
	const char *text = getenv(name);
	if (text == NULL || text[0] < '0' || text[0] > '9')
		return false;
	char *end = NULL;
	*ret = strtoull(text, &end, 10);
	return *end == '\0';
}

uint64_t daemon_notify_watchdog_ns(void)
{
	uint64_t us = 0;
	uint64_t pid = 0;
	if (!read_number("WATCHDOG_USEC", &us) || us > UINT64_MAX / 1000)
		return 0;
	if (read_number("WATCHDOG_PID", &pid) && pid != (uint64_t)getpid())
		return 0;
	return us * 1000;
}
