/* SPDX-License-Identifier: Apache-2.0 */
#include "client/net/uri.h"

#include "base/slice.h"

#include <string.h>

static const char default_port[] = "7497";

static cx_status fail(cx_error *error, cx_slice uri, const char *why)
{
	return cx_fail(error, CX_INVALID_ARGUMENT, "%.*s: %s", CX_SLICE_ARG(uri), why);
}

static bool take_prefix(cx_slice *rest, cx_slice prefix)
{
	if (!cx_slice_starts_with(*rest, prefix))
		return false;
	*rest = cx_slice_from(*rest, prefix.size);
	return true;
}

static bool copy(cx_slice from, char *to, size_t room)
{
	if (from.size >= room)
		return false;
	if (from.size > 0)
		memcpy(to, from.data, from.size);
	to[from.size] = '\0';
	return true;
}

static int hex_digit(uint8_t byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	byte |= 0x20;
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* The byte that %xx at `at` stands for; -1 when it is none, or the zero byte. */
static int escaped_byte(cx_slice at)
{
	if (at.size < 3)
		return -1;
	int high = hex_digit(at.data[1]);
	int low = hex_digit(at.data[2]);
	int byte = high * 16 + low;
	return high < 0 || low < 0 || byte == 0 ? -1 : byte;
}

static cx_status parse_path(cx_slice uri, cx_slice path, cardex__uri *ret, cx_error *error)
{
	if (path.size == 0 || path.data[0] != '/')
		return fail(error, uri, "the path of the socket must begin with /");
	size_t size = 0;
	while (path.size > 0) {
		bool escape = path.data[0] == '%';
		int byte = escape ? escaped_byte(path) : path.data[0];
		if (byte < 0)
			return fail(error, uri,
			            "% in a path is followed by two hexadecimal digits");
		if (byte == '?' && !escape)
			return fail(error, uri, "there are no parameters after the path");
		if (size + 1 >= sizeof ret->path)
			return fail(error, uri, "the path of the socket is too long");
		ret->path[size++] = (char)byte;
		path = cx_slice_from(path, escape ? 3 : 1);
	}
	ret->path[size] = '\0';
	ret->is_unix = true;
	return CX_OK;
}

static bool is_port(cx_slice port)
{
	unsigned number = 0;
	for (size_t i = 0; i < port.size; i++) {
		if (port.data[i] < '0' || port.data[i] > '9' || i >= 5)
			return false;
		number = number * 10 + (unsigned)(port.data[i] - '0');
	}
	return number >= 1 && number <= UINT16_MAX;
}

/* Splits "[::1]:7497" or "host:7497" before the colon of the port. */
static bool split_port(cx_slice authority, cx_slice *ret_host, cx_slice *ret_port)
{
	const uint8_t *end = NULL;
	size_t skip = 0;
	if (authority.size > 0 && authority.data[0] == '[') {
		end = memchr(authority.data, ']', authority.size);
		if (end == NULL)
			return false;
		skip = 1;
	} else if (authority.size > 0) {
		end = memchr(authority.data, ':', authority.size);
		end = end == NULL ? authority.data + authority.size : end;
	}
	if (end == NULL)
		return false;
	size_t size = (size_t)(end - authority.data);
	*ret_host = (cx_slice){ .data = authority.data + skip, .size = size - skip };
	*ret_port = cx_slice_from(authority, size + skip);
	return true;
}

static bool is_plain(cx_slice host)
{
	for (size_t i = 0; i < host.size; i++)
		if (host.data[i] <= ' ' || memchr("/?#@[]%", host.data[i], 7) != NULL)
			return false;
	return true;
}

static cx_status parse_authority(cx_slice uri, cx_slice authority, cardex__uri *ret,
                                 cx_error *error)
{
	cx_slice host;
	cx_slice port;
	if (authority.size > 0 && authority.data[authority.size - 1] == '/')
		authority.size--;
	if (authority.size > 0 && memchr(authority.data, '@', authority.size) != NULL)
		return cx_fail(error, CX_UNSUPPORTED,
		               "login (user@host) is not supported by this version");
	if (!split_port(authority, &host, &port) || host.size == 0 || !is_plain(host))
		return fail(error, uri, "a host is expected: cardex://host:port");
	if (port.size > 0 && (!take_prefix(&port, CX_SLICE_LITERAL(":")) || !is_port(port)))
		return fail(error, uri, "a port is a number from 1 to 65535");
	if (!copy(host, ret->host, sizeof ret->host))
		return fail(error, uri, "the host is too long");
	if (port.size == 0)
		port = cx_slice_of(default_port);
	(void)copy(port, ret->port, sizeof ret->port); /* is_port() has counted */
	return CX_OK;
}

cx_status cardex__uri_parse(const char *text, cardex__uri *ret, cx_error *error)
{
	cx_slice uri = cx_slice_of(text);
	cx_slice rest = uri;
	cardex__uri parsed = { 0 };
	cx_status status;
	if (take_prefix(&rest, CX_SLICE_LITERAL("cardex+unix://")))
		status = parse_path(uri, rest, &parsed, error);
	else if (take_prefix(&rest, CX_SLICE_LITERAL("cardex://")))
		status = parse_authority(uri, rest, &parsed, error);
	else if (take_prefix(&rest, CX_SLICE_LITERAL("cardexs://")))
		status = cx_fail(error, CX_UNSUPPORTED,
		                 "TLS (cardexs://) is not supported by this version");
	else
		status = fail(error, uri, "expected cardex://host:port or cardex+unix:///path");
	if (status == CX_OK)
		*ret = parsed;
	return status;
}
