/* SPDX-License-Identifier: Apache-2.0 */
/* Messages that come in one piece are read ahead of their turn: each is answered as if it had
 * come alone, in its place, and what no request is ends the connection in its place. */
#include "tests/daemon/served.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Longer than a key that is looked for ahead of its turn. */
#define TEN(x)      x x x x x x x x x x
#define LONG_LOOKUP "[0, 15, 'lookup', ['user', 'login', ['" TEN("0123456789") "']]]"

static int set_up(void **state)
{
	served_set_up(state);
	const int fd = served_connect();
	served_call(fd, "[0, 1, 'create', ['team', {'name': 'A'}]]");
	for (int i = 1; i <= 40; i++) {
		char message[160];
		snprintf(
			message, sizeof message,
			"[0, 1, 'create', ['user', {'login': 'u%d', 'name': '%d', 'team': 1}]]",
			i, i);
		assert_non_null(strstr(served_call(fd, message), "nil, ["));
	}
	served_call(fd, "[0, 1, 'delete', ['user', 7]]");
	close(fd);
	return 0;
}

static void send_together(int fd, const char *const *messages, size_t count)
{
	CX_SCOPED(cx_buf_release) cx_buf piece = CX_BUF_INIT(64 * 1024);
	for (size_t i = 0; i < count; i++)
		assert_true(cx_buf_append_slice(&piece, wire(messages[i])));
	served_send_bytes(fd, piece.data, piece.size);
}

static void each_is_answered_as_if_it_had_come_alone(void **state)
{
	(void)state;
	static const char *const reads[] = {
		"[0, 1, 'get', ['user', 1]]",
		"[0, 2, 'lookup', ['user', 'login', ['u2']]]",
		"[0, 3, 'get', ['user', 7]]",
		"[0, 4, 'get', ['user', 7, {'deleted': true}]]",
		"[0, 5, 'get', ['user', 9999]]",
		"[0, 6, 'get', ['user', 0]]",
		"[0, 7, 'get', ['user', -1]]",
		"[0, 8, 'get', ['nothing', 1]]",
		"[0, 9, 'lookup', ['user', 'login', ['nobody']]]",
		"[0, 10, 'lookup', ['user', 'login', ['u7']]]",
		"[0, 11, 'lookup', ['user', 'login', [7]]]",
		"[0, 12, 'lookup', ['user', 'login', []]]",
		"[0, 13, 'lookup', ['user', 'no index', ['u1']]]",
		"[0, 14, 'lookup', ['user', 'team', [1]]]",
		LONG_LOOKUP,
		"[0, 16, 'ping', []]",
		"[0, 17, 'no method', []]",
		"[0, 18, 'get', ['user']]",
		"[0, 19, 'query', ['user', {'where': ['=', 'login', 'u3']}]]",
		"[0, 20, 'get', ['user', 40]]",
	};
	enum { COUNT = sizeof reads / sizeof *reads };
	static char alone[COUNT][4096];
	const int fd = served_connect();
	for (size_t i = 0; i < COUNT; i++)
		snprintf(alone[i], sizeof alone[i], "%s", served_call(fd, reads[i]));
	for (int round = 0; round < 3; round++) {
		send_together(fd, reads, COUNT);
		for (size_t i = 0; i < COUNT; i++)
			assert_string_equal(served_receive(fd), alone[i]);
	}
	close(fd);
}

static void a_greeting_in_the_piece_holds_for_what_follows_it(void **state)
{
	(void)state;
	/* Deeper than a message may be before it. */
	static const char *const messages[] = {
		"[0, 1, 'get', ['user', 1, {'fields': ['login']}]]",
		"[0, 2, 'hello', [{}]]",
		"[0, 3, 'ping', [[[[[[[[[[1]]]]]]]]]]]",
		"[0, 4, 'get', ['user', 2, {'fields': ['login']}]]",
	};
	const int fd = served_connect();
	send_together(fd, messages, sizeof messages / sizeof *messages);
	assert_non_null(strstr(served_receive(fd), "'u1'"));
	assert_int_equal(strncmp(served_receive(fd), "[1, 2, nil, ", 12), 0);
	assert_int_equal(strncmp(served_receive(fd), "[1, 3, ", 7), 0);
	assert_non_null(strstr(served_receive(fd), "'u2'"));
	close(fd);
}

static void what_is_no_request_ends_the_connection_in_its_place(void **state)
{
	(void)state;
	static const char *const messages[] = {
		"[0, 1, 'get', ['user', 1, {'fields': ['login']}]]",
		"[2, 'a notification', []]",
		"[0, 2, 'get', ['user', 2, {'fields': ['login']}]]",
		"[7, 'no message', []]",
		"[0, 3, 'get', ['user', 3, {'fields': ['login']}]]",
	};
	const int fd = served_connect();
	send_together(fd, messages, sizeof messages / sizeof *messages);
	assert_non_null(strstr(served_receive(fd), "'u1'"));
	assert_non_null(strstr(served_receive(fd), "'u2'"));
	assert_int_equal(strncmp(served_receive(fd), "[2, 'error', ['MALFORMED: ", 26), 0);
	assert_string_equal(served_receive(fd), "<closed>");
	close(fd);
}

static void a_write_in_the_piece_is_seen_by_what_is_sent_after_its_answer(void **state)
{
	(void)state;
	const int fd = served_connect();
	for (int i = 0; i < 20; i++) {
		char update[96];
		snprintf(update, sizeof update,
		         "[0, 3, 'update', ['user', 1, {'name': 'n%d'}]]", i);
		const char *const messages[] = {
			"[0, 1, 'get', ['user', 1, {'fields': ['name']}]]",
			"[0, 2, 'get', ['user', 2, {'fields': ['name']}]]", update
		};
		send_together(fd, messages, 3);
		for (int answer = 0; answer < 3; answer++)
			assert_non_null(strstr(served_receive(fd), "nil, ["));
		send_together(fd, messages, 2);
		char name[16];
		snprintf(name, sizeof name, "'n%d'", i);
		assert_non_null(strstr(served_receive(fd), name));
		assert_non_null(strstr(served_receive(fd), "'2'"));
	}
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_answered_as_if_it_had_come_alone),
		cmocka_unit_test(a_greeting_in_the_piece_holds_for_what_follows_it),
		cmocka_unit_test(what_is_no_request_ends_the_connection_in_its_place),
		cmocka_unit_test(a_write_in_the_piece_is_seen_by_what_is_sent_after_its_answer),
	};
	return cmocka_run_group_tests(tests, set_up, served_tear_down);
}
