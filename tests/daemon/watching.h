/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of watches have in common. Each of these fails the test when something else comes
 * than it says. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void assert_begins(const char *text, const char *begin);
void assert_has(const char *text, const char *part);

/* The next message, which begins so. */
const char *expect(int fd, const char *begin);

/* All that comes, up to the message that has `last`: how changes are put together in
 * notifications is a matter of time. */
const char *gather(int fd, const char *last);

/* For a while nothing comes. */
void expect_nothing(int fd);

/* A write with msgid 1, so many times, many at once. */
void write_many(int fd, const char *request, int count);

/* A customer, and many of that name. */
void create(int fd, const char *name);
void create_many(int fd, const char *name, int count);
void update(int fd, int id, const char *fields);

typedef struct following {
	uint64_t seq; /* of the last change */
	uint64_t next;
	size_t notifications;
	size_t rows;
	bool rows_end;
} following;

/* Takes a message apart; every change must be the one behind the last. Rows are counted by the
 * text "customer name" in them. */
void follow(following *self, const char *text);
