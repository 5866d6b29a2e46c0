/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/daemon/watching.h"

#include "tests/daemon/served.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUIET_MS = 100 };

void assert_begins(const char *text, const char *begin)
{
	if (strncmp(text, begin, strlen(begin)) != 0)
		fail_msg("\"%.300s\" does not begin with \"%s\"", text, begin);
}

void assert_has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("\"%.400s\" has no \"%s\"", text, part);
}

const char *expect(int fd, const char *begin)
{
	const char *text = served_receive(fd);
	assert_begins(text, begin);
	return text;
}

const char *gather(int fd, const char *last)
{
	static char all[16384];
	all[0] = '\0';
	while (strstr(all, last) == NULL) {
		const char *text = served_receive(fd);
		assert_begins(text, "[2, '");
		strncat(all, text, sizeof all - strlen(all) - 1);
	}
	return all;
}

void expect_nothing(int fd)
{
	assert_string_equal(served_receive_within(fd, QUIET_MS), "<nothing>");
}

void create(int fd, const char *name)
{
	char request[256];
	snprintf(request, sizeof request, "[0, 1, 'create', ['customer', {'name': '%s'}]]",
	         name);
	assert_begins(served_call(fd, request), "[1, 1, nil, [");
}

void write_many(int fd, const char *request, int count)
{
	enum { AT_ONCE = 100 };
	const cx_slice bytes = wire(request);
	for (int done = 0; done < count; done += AT_ONCE) {
		const int now = count - done < AT_ONCE ? count - done : AT_ONCE;
		for (int i = 0; i < now; i++)
			served_send_bytes(fd, bytes.data, bytes.size);
		for (int i = 0; i < now; i++)
			expect(fd, "[1, 1, nil, [");
	}
}

void create_many(int fd, const char *name, int count)
{
	char request[256];
	snprintf(request, sizeof request, "[0, 1, 'create', ['customer', {'name': '%s'}]]",
	         name);
	write_many(fd, request, count);
}

void update(int fd, int id, const char *fields)
{
	char request[256];
	snprintf(request, sizeof request, "[0, 1, 'update', ['customer', %d, %s]]", id, fields);
	assert_begins(served_call(fd, request), "[1, 1, nil, [");
}

void follow(following *self, const char *text)
{
	if (strncmp(text, "[2, 'row', ", 11) == 0) {
		assert_false(self->rows_end);
		for (const char *at = text; (at = strstr(at, "customer name")) != NULL; at++)
			self->rows++;
		self->rows_end = strstr(text, "], false]]") != NULL;
		return;
	}
	if (strncmp(text, "[2, 'change', ", 14) != 0)
		return;
	self->notifications++;
	for (const char *at = text; (at = strstr(at, "{'seq': ")) != NULL; at++) {
		const uint64_t seq = strtoull(at + 8, NULL, 10);
		assert_int_equal(seq, self->seq + 1);
		self->seq = seq;
	}
}
