/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/net/bind.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 1024 };

static const struct sockaddr *sockaddr_of(const daemon__address *address)
{
	return (const struct sockaddr *)&address->storage;
}

static void close_socket(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static cx_status fail(const daemon__address *address, const char *what, cx_error *error)
{
	int why = errno;
	char text[DAEMON__ADDRESS_TEXT_SIZE];
	daemon__address_format(address, text);
	return cx_fail(error, CX_IO, "cannot %s %s: %s", what, text, strerror(why));
}

static const char *path_of(const daemon__address *address)
{
	return ((const struct sockaddr_un *)&address->storage)->sun_path;
}

/* True when a process accepts connections there, or when that cannot be ruled out. */
static bool has_listener(const daemon__address *address)
{
	CX_SCOPED(close_socket)
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return fd < 0 || connect(fd, sockaddr_of(address), address->size) == 0 ||
	       errno != ECONNREFUSED;
}

/* Removes the socket file of a process that ended without doing so. */
static cx_status remove_stale(const daemon__address *address, cx_error *error)
{
	const char *path = path_of(address);
	struct stat now;
	if (lstat(path, &now) != 0)
		return errno == ENOENT ? CX_OK : fail(address, "look at", error);
	if (!S_ISSOCK(now.st_mode))
		return cx_fail(error, CX_IO, "%s is there and is not a socket", path);
	if (has_listener(address))
		return cx_fail(error, CX_LOCKED, "another process listens on %s", path);
	return unlink(path) == 0 ? CX_OK : fail(address, "replace", error);
}

static cx_status bind_unix(int fd, const daemon__address *address, mode_t mode,
                           daemon__bound *bound, cx_error *error)
{
	cx_status status = remove_stale(address, error);
	if (status != CX_OK)
		return status;
	/* Before: the file appears with these rights, less the umask; after: all of them. */
	if (fchmod(fd, mode) != 0 || bind(fd, sockaddr_of(address), address->size) != 0)
		return fail(address, "listen on", error);
	struct stat made;
	if (chmod(path_of(address), mode) != 0 || lstat(path_of(address), &made) != 0)
		return fail(address, "set the mode of", error);
	bound->device = made.st_dev;
	bound->inode = made.st_ino;
	return CX_OK;
}

static cx_status bind_tcp(int fd, const daemon__address *address, daemon__bound *bound,
                          cx_error *error)
{
	const int yes = 1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(fd, sockaddr_of(address), address->size) != 0)
		return fail(address, "listen on", error);
	bound->address.size = sizeof bound->address.storage;
	if (getsockname(fd, (struct sockaddr *)&bound->address.storage, &bound->address.size) !=
	    0)
		return fail(address, "listen on", error);
	return CX_OK;
}

cx_status daemon__bind(const daemon__address *address, mode_t mode, daemon__bound *ret,
                       cx_error *error)
{
	int family = address->storage.ss_family;
	CX_SCOPED(close_socket)
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return fail(address, "make a socket for", error);

	daemon__bound bound = { .fd = -1, .tcp = family != AF_UNIX, .address = *address };
	cx_status status = bound.tcp ? bind_tcp(fd, address, &bound, error)
	                             : bind_unix(fd, address, mode, &bound, error);
	if (status != CX_OK)
		return status;
	if (listen(fd, BACKLOG) != 0) {
		status = fail(address, "listen on", error);
		daemon__bound_release(&bound);
		return status;
	}
	bound.fd = fd;
	*ret = bound;
	fd = -1; /* now the caller's */
	return CX_OK;
}

void daemon__bound_release(daemon__bound *bound)
{
	struct stat now;
	if (bound->fd >= 0)
		close(bound->fd);
	bound->fd = -1;
	if (bound->tcp || lstat(path_of(&bound->address), &now) != 0)
		return;
	if (now.st_dev == bound->device && now.st_ino == bound->inode)
		unlink(path_of(&bound->address));
}
