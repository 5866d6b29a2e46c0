/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/net/address.h"

#include "base/check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

enum { HOST_SIZE = 64 };

static bool read_port(const char *text, in_port_t *ret)
{
	uint32_t port = 0;
	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return false;
		port = port * 10 + (uint32_t)(*text - '0');
		if (port > UINT16_MAX)
			return false;
	}
	*ret = htons((uint16_t)port);
	return true;
}

/* Cuts "host:port" or "[host]:port" in two. */
static bool split(const char *text, char host[HOST_SIZE], bool *ret_brackets, in_port_t *ret)
{
	const char *colon = strrchr(text, ':');
	if (colon == NULL)
		return false;
	const char *begin = text;
	const char *end = colon;
	bool brackets = *begin == '[' && end > begin + 1 && end[-1] == ']';
	if (brackets) {
		begin++;
		end--;
	}
	size_t length = (size_t)(end - begin);
	if (length == 0 || length >= HOST_SIZE)
		return false;
	memcpy(host, begin, length);
	host[length] = '\0';
	*ret_brackets = brackets;
	return read_port(colon + 1, ret);
}

static bool is_loopback(const daemon__address *address)
{
	if (address->storage.ss_family == AF_INET) {
		struct sockaddr_in in;
		memcpy(&in, &address->storage, sizeof in);
		return ntohl(in.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	}
	struct sockaddr_in6 in6;
	memcpy(&in6, &address->storage, sizeof in6);
	return memcmp(&in6.sin6_addr, &in6addr_loopback, sizeof in6.sin6_addr) == 0;
}

static bool read_address(const char *text, daemon__address *ret)
{
	char host[HOST_SIZE];
	bool brackets = false;
	in_port_t port = 0;
	if (!split(text, host, &brackets, &port))
		return false;

	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = port };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = port };
	memset(ret, 0, sizeof *ret);
	if (brackets && inet_pton(AF_INET6, host, &in6.sin6_addr) == 1) {
		memcpy(&ret->storage, &in6, sizeof in6);
		ret->size = sizeof in6;
		return true;
	}
	if (!brackets && inet_pton(AF_INET, host, &in.sin_addr) == 1) {
		memcpy(&ret->storage, &in, sizeof in);
		ret->size = sizeof in;
		return true;
	}
	return false;
}

cx_status daemon__address_parse_tcp(const char *text, daemon__address *ret, cx_error *error)
{
	daemon__address address;
	if (!read_address(text, &address))
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "tcp: %s is not an address and a port, such as 127.0.0.1:7497 "
		               "or [::1]:7497",
		               text);
	if (!is_loopback(&address))
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "tcp: %s is not a loopback address (127.0.0.1, ::1); others "
		               "need TLS and a login, which this version does not have",
		               text);
	*ret = address;
	return CX_OK;
}

void daemon__address_of_path(const char *path, daemon__address *ret)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	size_t length = strlen(path);
	CX_ASSERT(length > 0);
	CX_ASSERT(length < sizeof un.sun_path);
	memcpy(un.sun_path, path, length);
	memset(ret, 0, sizeof *ret);
	memcpy(&ret->storage, &un, sizeof un);
	ret->size = sizeof un;
}

void daemon__address_format(const daemon__address *address,
                            char text[DAEMON__ADDRESS_TEXT_SIZE])
{
	char host[INET6_ADDRSTRLEN] = "?";
	if (address->storage.ss_family == AF_UNIX) {
		struct sockaddr_un un;
		memcpy(&un, &address->storage, sizeof un);
		/* 5 + 107 bytes and the zero fit. */
		snprintf(text, DAEMON__ADDRESS_TEXT_SIZE, "unix:%.107s", un.sun_path);
	} else if (address->storage.ss_family == AF_INET) {
		struct sockaddr_in in;
		memcpy(&in, &address->storage, sizeof in);
		inet_ntop(AF_INET, &in.sin_addr, host, sizeof host);
		snprintf(text, DAEMON__ADDRESS_TEXT_SIZE, "%s:%u", host, ntohs(in.sin_port));
	} else {
		struct sockaddr_in6 in6;
		memcpy(&in6, &address->storage, sizeof in6);
		inet_ntop(AF_INET6, &in6.sin6_addr, host, sizeof host);
		snprintf(text, DAEMON__ADDRESS_TEXT_SIZE, "[%s]:%u", host,
		         ntohs(in6.sin6_port));
	}
}
