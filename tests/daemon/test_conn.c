/* SPDX-License-Identifier: Apache-2.0 */
/* Connections: how bytes become messages, and the limits before and after hello. */
#include "proto/limits.h"
#include "tests/daemon/served.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int set_up_small(void **state)
{
	static const char *const options[] = { "limits.connections=2", "limits.inflight=2",
		                               "limits.request_deadline_ms=150",
		                               "limits.request_bytes=2048", NULL };
	(void)state;
	served_start(options);
	return 0;
}

static int set_up_hard(void **state)
{
	static const char *const options[] = { "limits.output_soft_bytes=4096",
		                               "limits.output_hard_bytes=4096", NULL };
	(void)state;
	served_start(options);
	return 0;
}

static int set_up_narrow(void **state)
{
	static const char *const options[] = { "limits.output_soft_bytes=4096",
		                               "limits.output_stall_ms=200", NULL };
	(void)state;
	served_start(options);
	return 0;
}

static int set_up_spinning(void **state)
{
	static const char *const options[] = { "threads.spin_us=10000", NULL };
	(void)state;
	served_start(options);
	return 0;
}

#define PONG "[1, 1, nil, 'pong']"

static void a_request_may_come_in_any_pieces(void **state)
{
	(void)state;
	int fd = served_connect();
	cx_slice two = wire("[0, 1, 'ping', []]");
	for (size_t cut = 1; cut < two.size; cut++) {
		served_send_bytes(fd, two.data, cut);
		assert_string_equal(served_receive_within(fd, 1), "<nothing>");
		/* The rest, and the whole of another one in the same piece. */
		uint8_t rest[64];
		memcpy(rest, two.data + cut, two.size - cut);
		memcpy(rest + two.size - cut, two.data, two.size);
		served_send_bytes(fd, rest, two.size - cut + two.size);
		assert_string_equal(served_receive(fd), PONG);
		assert_string_equal(served_receive(fd), PONG);
	}
	close(fd);
}

static void a_request_is_answered_while_the_loop_spins_and_after(void **state)
{
	(void)state;
	int fd = served_connect();
	assert_string_equal(served_call(fd, "[0, 1, 'ping', []]"), PONG);
	assert_string_equal(served_call(fd, "[0, 1, 'ping', []]"), PONG);
	usleep(30 * 1000);
	assert_string_equal(served_call(fd, "[0, 1, 'ping', []]"), PONG);
	close(fd);
}

static void many_requests_in_one_piece_are_all_answered(void **state)
{
	(void)state;
	enum { COUNT = 5000 };
	int fd = served_connect();
	cx_slice one = wire("[0, 1, 'ping', []]");
	uint8_t *many = malloc(one.size * COUNT);
	for (size_t i = 0; i < COUNT; i++)
		memcpy(many + i * one.size, one.data, one.size);
	served_send_bytes(fd, many, one.size * COUNT);
	for (size_t i = 0; i < COUNT; i++)
		assert_string_equal(served_receive(fd), PONG);
	assert_string_equal(served_receive_within(fd, 20), "<nothing>");
	free(many);
	close(fd);
}

static void a_method_name_may_be_bin(void **state)
{
	(void)state;
	int fd = served_connect();
	assert_string_equal(served_call(fd, "[0, 1, h'70696e67', []]"), PONG);
	close(fd);
}

static void notifications_are_ignored_even_first(void **state)
{
	(void)state;
	int fd = served_connect();
	served_send(fd, "[2, h'6e76696d', [1, {'a': 2}]]");
	served_send(fd, "[2, 'ping', []]");
	assert_string_equal(served_call(fd, "[0, 1, 'ping', []]"), PONG);
	close(fd);
}

static void what_is_no_message_closes_that_connection_only(void **state)
{
	(void)state;
	int good = served_connect();
	static const char *const bad[] = {
		"[1, 1, nil, nil]", "[3, 1, 'ping', []]", "[]", "7", "{}",
		"[0, 1, 'ping']",   "[0, -1, 'ping', []]"
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		int fd = served_connect();
		const char *answer = served_call(fd, bad[i]);
		assert_int_equal(strncmp(answer, "[2, 'error', ['MALFORMED: ", 26), 0);
		assert_string_equal(served_receive(fd), "<closed>");
		close(fd);
	}
	assert_string_equal(served_call(good, "[0, 1, 'ping', []]"), PONG);
	close(good);
}

static void an_unknown_method_is_answered_and_the_connection_stays(void **state)
{
	(void)state;
	int fd = served_connect();
	const char *answer = served_call(fd, "[0, 9, 'pong', []]");
	assert_int_equal(strncmp(answer, "[1, 9, 'UNKNOWN_METHOD: ", 24), 0);
	assert_string_equal(served_call(fd, "[0, 1, 'ping', []]"), PONG);
	close(fd);
}

static void errors_are_texts_until_hello_asks_for_maps(void **state)
{
	(void)state;
	int fd = served_connect();
	assert_string_equal(served_call(fd, "[0, 1, 'get', ['nope', 1]]"),
	                    "[1, 1, 'NO_TYPE: there is no record type nope', nil]");
	assert_int_equal(strncmp(served_call(fd, "[0, 2, 'hello', [{'errors': 'xml'}]]"),
	                         "[1, 2, 'INVALID_ARGUMENT", 24),
	                 0);
	assert_non_null(strstr(served_call(fd, "[0, 2, 'hello', [{'errors': 'map'}]]"),
	                       "'server': 'cardex'"));
	assert_string_equal(served_call(fd, "[0, 3, 'get', ['nope', 1]]"),
	                    "[1, 3, {'code': 300, 'name': 'NO_TYPE', 'message': "
	                    "'there is no record type nope', 'retryable': false, "
	                    "'details': {}}, nil]");
	close(fd);
}

/* A ping with its whole message `size` bytes long; it is not valid, but only its size is
 * looked at before it is refused. */
static const char *call_of_size(int fd, size_t size)
{
	/* 94 00 01 a4 ping c6 length: 13 bytes before the payload. */
	static const uint8_t head[9] = { 0x94, 0x00, 0x01, 0xa4, 'p', 'i', 'n', 'g', 0xc6 };
	uint8_t *bytes = calloc(1, size);
	size_t length = size - 13;
	memcpy(bytes, head, sizeof head);
	for (unsigned i = 0; i < 4; i++)
		bytes[9 + i] = (uint8_t)(length >> (24 - 8 * i));
	served_send_bytes(fd, bytes, size);
	free(bytes);
	return served_receive(fd);
}

static void assert_size_limit(size_t limit, const char *hello)
{
	for (size_t more = 0; more <= 1; more++) {
		int fd = served_connect();
		if (hello != NULL)
			served_call(fd, hello);
		const char *answer = call_of_size(fd, limit + more);
		assert_int_equal(strstr(answer, "TOO_LARGE") != NULL, more);
		close(fd);
	}
}

static void before_hello_a_message_has_64_kib(void **state)
{
	(void)state;
	assert_size_limit(PROTO_FIRST_BYTES_MAX, NULL);
}

static void after_hello_it_has_what_the_configuration_says(void **state)
{
	(void)state;
	assert_size_limit(2048, "[0, 1, 'hello', []]");
}

static void before_hello_a_message_has_1000_items(void **state)
{
	(void)state;
	/* The outer array, 0, msgid, "get" and the parameters' array are five. */
	for (size_t more = 0; more <= 1; more++) {
		int fd = served_connect();
		uint8_t bytes[2048] = { 0x94, 0x00, 0x01, 0xa3, 'g', 'e', 't', 0xdc };
		size_t count = PROTO_FIRST_ITEMS_MAX - 5 + more;
		bytes[8] = (uint8_t)(count >> 8);
		bytes[9] = (uint8_t)count;
		memset(bytes + 10, 1, count);
		served_send_bytes(fd, bytes, 10 + count);
		assert_int_equal(strstr(served_receive(fd), "TOO_LARGE") != NULL, more);
		close(fd);
	}
}

static void before_hello_a_message_is_8_deep(void **state)
{
	(void)state;
	int fd = served_connect();
	const char *deep = "[0, 1, 'get', [[[[[[[]]]]]]]]"; /* 8 */
	assert_int_equal(strncmp(served_call(fd, deep), "[1, 1, 'INVALID", 15), 0);
	deep = "[0, 1, 'get', [[[[[[[[]]]]]]]]]"; /* 9 */
	assert_int_equal(strncmp(served_call(fd, deep), "[2, 'error', ['TOO_DEEP", 23), 0);
	assert_string_equal(served_receive(fd), "<closed>");
	close(fd);
	fd = served_connect();
	served_call(fd, "[0, 1, 'hello', []]");
	assert_int_equal(strncmp(served_call(fd, deep), "[1, 1, 'INVALID", 15), 0);
	close(fd);
}

static void a_message_that_does_not_end_in_time_closes_and_idleness_does_not(void **state)
{
	(void)state;
	int idle = served_connect();
	int slow = served_connect();
	served_call(idle, "[0, 1, 'hello', []]");
	served_call(slow, "[0, 1, 'hello', []]");
	cx_slice ping = wire("[0, 1, 'ping', []]");
	/* A byte every 60 ms: never idle for long, and yet late. */
	size_t sent = 0;
	while (sent < ping.size - 1) {
		served_send_bytes(slow, ping.data + sent++, 1);
		if (strcmp(served_receive_within(slow, 60), "<nothing>") != 0)
			break;
	}
	assert_in_range(sent, 2, 5);
	assert_string_equal(served_receive(slow), "<closed>");
	assert_string_equal(served_call(idle, "[0, 1, 'ping', []]"), PONG);
	close(idle);
	close(slow);
}

static void one_connection_too_many_is_told_and_closed(void **state)
{
	(void)state;
	int first = served_connect();
	int second = served_connect();
	int third = served_connect();
	assert_string_equal(served_receive(third),
	                    "[2, 'error', ['BUSY: there are too many connections']]");
	assert_string_equal(served_receive(third), "<closed>");
	close(third);
	assert_string_equal(served_call(second, "[0, 1, 'ping', []]"), PONG);
	close(first);
	close(second);
	/* The places come back. */
	const char *answer = "";
	for (int i = 0; i < 1000 && strcmp(answer, PONG) != 0; i++) {
		int fd = served_connect();
		answer = served_call(fd, "[0, 1, 'ping', []]");
		close(fd);
	}
	assert_string_equal(answer, PONG);
}

static void more_in_flight_than_allowed_waits_and_is_not_refused(void **state)
{
	(void)state;
	enum { COUNT = 100 };
	char message[64];
	int fd = served_connect();
	for (int i = 0; i < COUNT; i++) {
		snprintf(message, sizeof message,
		         "[0, %d, 'create', ['team', {'name': 'T%d'}]]", i, i);
		served_send(fd, message);
	}
	for (int i = 0; i < COUNT; i++)
		assert_non_null(strstr(served_receive(fd), ", nil, ["));
	close(fd);
}

/* Writes are long under way when the third is read; were it not held, its queue would show it.
 */
static void no_more_than_allowed_are_in_flight(void **state)
{
	(void)state;
	enum { COUNT = 60, CALLS_MAX = 200 };
	char message[64];
	int fd = served_connect();
	int other = served_connect();
	for (int i = 0; i < COUNT; i++) {
		snprintf(message, sizeof message,
		         "[0, %d, 'create', ['team', {'name': 'T%d'}]]", i, i);
		served_send(fd, message);
	}
	for (int i = 0; i < CALLS_MAX; i++) {
		const char *queue =
			strstr(served_call(other, "[0, 1, 'stats', []]"), "'queue': ");
		assert_non_null(queue);
		assert_in_range(atoi(queue + strlen("'queue': ")), 0, 2);
	}
	for (int i = 0; i < COUNT; i++)
		assert_non_null(strstr(served_receive(fd), ", nil, ["));
	close(fd);
	close(other);
}

/* The time of a message is its own: many that end in time do not add up to a late one. */
static void each_message_has_its_own_time(void **state)
{
	(void)state;
	int fd = served_connect();
	served_call(fd, "[0, 1, 'hello', []]");
	cx_slice ping = wire("[0, 1, 'ping', []]");
	served_send_bytes(fd, ping.data, 5);
	for (int i = 0; i < 10; i++) {
		uint8_t bytes[64];
		usleep(40 * 1000);
		/* The rest of one and the begin of the next in one piece. */
		memcpy(bytes, ping.data + 5, ping.size - 5);
		memcpy(bytes + ping.size - 5, ping.data, 5);
		served_send_bytes(fd, bytes, ping.size);
		assert_string_equal(served_receive(fd), PONG);
	}
	close(fd);
}

/* One answer is far larger than the hard limit, and the socket takes only a part of it. */
static void one_with_too_much_unsent_is_closed(void **state)
{
	(void)state;
	int fd = served_connect();
	served_call(fd, "[0, 1, 'hello', []]");
	for (int i = 0; i < 64; i++)
		served_send(fd, "[0, 1, 'schema.get', []]");
	size_t answers = 0;
	const char *answer = "";
	usleep(100 * 1000); /* less than the stall time: it is the limit that closes */
	while (strncmp(answer = served_receive(fd), "[1, 1, nil, ", 12) == 0)
		answers++;
	assert_string_equal(answer, "<closed>");
	assert_true(answers < 64);
	close(fd);
}

/* The writes take longer than it takes to see the end of input. */
static void what_was_sent_before_the_end_of_input_is_answered(void **state)
{
	(void)state;
	enum { COUNT = 500 };
	char message[64];
	int fd = served_connect();
	for (int i = 0; i < COUNT; i++) {
		snprintf(message, sizeof message, "[0, 1, 'create', ['team', {'name': 'T%d'}]]",
		         i);
		served_send(fd, message);
	}
	shutdown(fd, SHUT_WR);
	for (int i = 0; i < COUNT; i++)
		assert_non_null(strstr(served_receive(fd), ", nil, ["));
	assert_string_equal(served_receive(fd), "<closed>");
	close(fd);
}

/* The socket takes a part of the answers only; the rest follows in its order. */
static void answers_that_wait_for_a_slow_reader_arrive_whole(void **state)
{
	(void)state;
	enum { COUNT = 40 };
	char message[64];
	char begin[32];
	int fd = served_connect();
	const char *whole = served_call(fd, "[0, 10, 'schema.get', []]");
	for (int i = 10; i < 10 + COUNT; i++) {
		snprintf(message, sizeof message, "[0, %d, 'schema.get', []]", i);
		served_send(fd, message);
	}
	usleep(100 * 1000);
	for (int i = 10; i < 10 + COUNT; i++) {
		const char *answer = served_receive(fd);
		snprintf(begin, sizeof begin, "[1, %d, ", i);
		assert_int_equal(strncmp(answer, begin, strlen(begin)), 0);
		assert_string_equal(answer + strlen(begin), whole + strlen(begin));
	}
	close(fd);
}

/* Sends requests with large answers and never reads one. How many were taken is how many the
 * daemon had read when its soft limit stopped it; then the stall time closes. */
static void one_who_does_not_read_answers_is_not_read_and_then_closed(void **state)
{
	(void)state;
	int fd = served_connect();
	cx_slice one = wire("[0, 1, 'schema.get', []]");
	size_t taken = 0;
	ssize_t size = 0;
	for (int waits = 0; waits < 100 && size >= 0; waits++) {
		while ((size = send(fd, one.data, one.size, MSG_DONTWAIT | MSG_NOSIGNAL)) > 0)
			taken += (size_t)size;
		if (size < 0 && errno == EAGAIN) {
			usleep(50 * 1000);
			size = 0;
		}
	}
	assert_int_equal(errno, EPIPE);
	assert_true(taken < 16 * 1024 * 1024);
	close(fd);
	int other = served_connect();
	assert_string_equal(served_call(other, "[0, 1, 'ping', []]"), PONG);
	close(other);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, served_set_up, served_tear_down)
#define TEST_SPINNING(name) \
	cmocka_unit_test_setup_teardown(name, set_up_spinning, served_tear_down)
#define TEST_SMALL(name)  cmocka_unit_test_setup_teardown(name, set_up_small, served_tear_down)
#define TEST_HARD(name)   cmocka_unit_test_setup_teardown(name, set_up_hard, served_tear_down)
#define TEST_NARROW(name) cmocka_unit_test_setup_teardown(name, set_up_narrow, served_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_request_may_come_in_any_pieces),
		TEST(many_requests_in_one_piece_are_all_answered),
		TEST_SPINNING(many_requests_in_one_piece_are_all_answered),
		TEST_SPINNING(a_request_is_answered_while_the_loop_spins_and_after),
		TEST(a_method_name_may_be_bin),
		TEST(notifications_are_ignored_even_first),
		TEST(what_is_no_message_closes_that_connection_only),
		TEST(an_unknown_method_is_answered_and_the_connection_stays),
		TEST(errors_are_texts_until_hello_asks_for_maps),
		TEST(before_hello_a_message_has_64_kib),
		TEST_SMALL(after_hello_it_has_what_the_configuration_says),
		TEST(before_hello_a_message_has_1000_items),
		TEST(before_hello_a_message_is_8_deep),
		TEST_SMALL(a_message_that_does_not_end_in_time_closes_and_idleness_does_not),
		TEST_SMALL(one_connection_too_many_is_told_and_closed),
		TEST_SMALL(more_in_flight_than_allowed_waits_and_is_not_refused),
		TEST_SMALL(no_more_than_allowed_are_in_flight),
		TEST_SMALL(each_message_has_its_own_time),
		TEST_HARD(one_with_too_much_unsent_is_closed),
		TEST(what_was_sent_before_the_end_of_input_is_answered),
		TEST(answers_that_wait_for_a_slow_reader_arrive_whole),
		TEST_NARROW(one_who_does_not_read_answers_is_not_read_and_then_closed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
