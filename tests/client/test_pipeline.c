/* SPDX-License-Identifier: Apache-2.0 */
/* Requests in flight: every one is answered exactly once, in whatever order and pieces the
 * answers come. */
#include "base/msgpack.h"
#include "tests/client/fake.h"
#include "tests/client/journal.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void answers_find_their_requests_in_any_order(void **state)
{
	(void)state;
	fake server;
	open_with(&server, 5);
	assert_int_equal(cardex_events(server.conn), POLLIN | POLLOUT);
	process(&server);
	assert_int_equal(cardex_events(server.conn), POLLIN);
	struct pollfd loop = { .fd = cardex_fd(server.conn),
		               .events = cardex_events(server.conn) };
	assert_int_equal(poll(&loop, 1, 0), 0);
	uint32_t msgids[5];
	for (int i = 0; i < 5; i++)
		assert_string_equal(fake_request(&server, &msgids[i]), "'count', ['t', nil]");
	const int order[] = { 3, 0, 4, 2, 1 };
	const char *const values[] = { "10", "11", "12", "13", "14" };
	for (int i = 0; i < 5; i++)
		fake_reply(&server, msgids[order[i]], values[order[i]]);
	assert_int_equal(poll(&loop, 1, 0), 1);
	process(&server);
	assert_int_equal(told.count, 5);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(told.entries[i].name, order[i]);
		assert_int_equal(told.entries[i].value, 10 + order[i]);
	}
	assert_int_equal(cardex_unanswered(server.conn), 0);
	fake_close(&server);
	assert_int_equal(told.count, 5);
}

static void answers_may_come_byte_by_byte(void **state)
{
	(void)state;
	fake server;
	open_with(&server, 3);
	process(&server);
	CX_SCOPED(cx_buf_release) cx_buf all = CX_BUF_INIT(4096);
	for (int i = 0; i < 3; i++) {
		uint32_t msgid;
		(void)fake_request(&server, &msgid);
		cx_write_raw(&all, wire_hex("9401"));
		cx_write_uint(&all, msgid);
		cx_write_nil(&all);
		cx_write_int(&all, 70000 + i);
		cx_write_raw(&all, wire("[2, 'note', ['some text', {'a': [1, 2, 3]}]]"));
	}
	for (size_t i = 0; i < all.size; i++) {
		fake_send_bytes(&server, (cx_slice){ .data = all.data + i, .size = 1 });
		process(&server);
	}
	assert_int_equal(told.count, 3);
	for (int i = 0; i < 3; i++)
		assert_int_equal(told.entries[i].value, 70000 + i);
	fake_close(&server);
}

static void every_cut_of_an_answer_is_joined(void **state)
{
	(void)state;
	for (size_t cut = 1;; cut++) {
		fake server;
		open_with(&server, 2);
		process(&server);
		uint32_t first;
		uint32_t second;
		(void)fake_request(&server, &first);
		(void)fake_request(&server, &second);
		CX_SCOPED(cx_buf_release) cx_buf all = CX_BUF_INIT(4096);
		for (int i = 0; i < 2; i++) {
			cx_write_raw(&all, wire_hex("9401"));
			cx_write_uint(&all, i == 0 ? first : second);
			cx_write_nil(&all);
			cx_write_int(&all, 1000000 * (i + 1));
		}
		if (cut == all.size) {
			fake_close(&server);
			break;
		}
		fake_send_bytes(&server, (cx_slice){ .data = all.data, .size = cut });
		process(&server);
		fake_send_bytes(&server, cx_slice_from(cx_buf_slice(&all), cut));
		process(&server);
		assert_int_equal(told.count, 2);
		assert_int_equal(told.entries[0].value, 1000000);
		assert_int_equal(told.entries[1].value, 2000000);
		fake_close(&server);
	}
}

static void a_disconnect_fails_all_in_order(void **state)
{
	(void)state;
	fake server;
	open_with(&server, 40);
	process(&server);
	uint32_t msgid;
	(void)fake_request(&server, &msgid);
	fake_reply(&server, msgid, "7");
	fake_send_bytes(&server, wire_hex("9401 05")); /* the begin of another */
	close(server.fd);
	server.fd = -1;
	process(&server); /* the answers; the end is noticed at the next call */
	cardex_error error;
	assert_int_equal(cardex_process(server.conn, &error), CARDEX_DISCONNECTED);
	assert_true(error.retryable);
	assert_int_equal(told.count, 40);
	assert_int_equal(told.entries[0].status, CARDEX_OK);
	for (int i = 1; i < 40; i++) {
		assert_int_equal(told.entries[i].name, i);
		assert_int_equal(told.entries[i].status, CARDEX_DISCONNECTED);
	}
	assert_int_equal(cardex_unanswered(server.conn), 0);
	fake_close(&server);
}

static void what_the_server_said_last_is_told(void **state)
{
	(void)state;
	fake server;
	open_with(&server, 1);
	fake_send(&server, "[2, 'error', ['TOO_LARGE: larger than the limit']]");
	close(server.fd);
	server.fd = -1;
	cardex_error error;
	assert_int_equal(cardex_process(server.conn, &error), CARDEX_DISCONNECTED);
	assert_non_null(strstr(error.message, "TOO_LARGE: larger than the limit"));
	assert_string_equal(told.entries[0].message, error.message);
	fake_close(&server);
}

static void closing_answers_what_is_in_flight(void **state)
{
	(void)state;
	fake server;
	open_with(&server, 3);
	fake_close(&server);
	assert_int_equal(told.count, 3);
	assert_int_equal(told.entries[2].status, CARDEX_DISCONNECTED);
	cardex_conn *none = NULL;
	cardex_close(&none);
}

static void a_thousand_requests_are_in_flight_at_most(void **state)
{
	(void)state;
	fake server;
	open_with(&server, 1000);
	cardex_error error;
	assert_int_equal(cardex_submit(server.conn, &count_request, note, named(0), &error),
	                 CARDEX_BUSY);
	assert_true(error.retryable);
	process(&server);
	for (int i = 0; i < 1000; i++) {
		uint32_t msgid;
		(void)fake_request(&server, &msgid);
		fake_reply(&server, msgid, "1");
		process(&server);
	}
	assert_int_equal(told.count, 1000);
	submit_count(&server, 1);
	fake_close(&server);
}

static void unsent_bytes_have_a_limit(void **state)
{
	(void)state;
	fake server;
	told.count = 0;
	fake_open(&server, "{'protocol': 1}", NULL); /* no limit told */
	static const char filler[1024 * 1024];
	CX_SCOPED(cardex_doc_free) cardex_doc *fields = cardex_fields_new();
	cardex_set_bytes(fields, "b", filler, sizeof filler);
	const cardex_request create = { .method = CARDEX_METHOD_CREATE,
		                        .type = "t",
		                        .fields = fields };
	size_t taken = 0;
	cardex_status status = CARDEX_OK;
	while (status == CARDEX_OK) {
		status = cardex_submit(server.conn, &create, NULL, NULL, NULL);
		taken += status == CARDEX_OK;
	}
	assert_int_equal(status, CARDEX_BUSY);
	assert_int_equal(taken, 16); /* the sixteenth passes 16 MiB */
	process(&server);
	assert_int_equal(cardex_events(server.conn), POLLIN | POLLOUT);
	/* All of it goes out as the server takes it. */
	size_t received = 0;
	for (;;) {
		static char sink[1024 * 1024];
		ssize_t got = recv(server.fd, sink, sizeof sink, MSG_DONTWAIT);
		if (got <= 0 && cardex_events(server.conn) == POLLIN)
			break;
		received += got > 0 ? (size_t)got : 0;
		process(&server);
	}
	assert_in_range(received, taken * sizeof filler, taken * (sizeof filler + 64));
	fake_close(&server);
}

typedef struct chain {
	fake *server;
	int left;
	cardex_status inside[4];
} chain;

static void go_on(void *context, cardex_status status, cardex_result *result,
                  const cardex_error *error)
{
	(void)error;
	chain *self = context;
	cardex_result_free(&result);
	if (status != CARDEX_OK || self->left-- == 0)
		return;
	cardex_conn *conn = self->server->conn;
	self->inside[0] = cardex_process(conn, NULL);
	self->inside[1] = cardex_wait(conn, 0, 0, NULL);
	self->inside[2] = cardex_ping(conn, NULL);
	self->inside[3] = cardex_submit(conn, &count_request, go_on, self, NULL);
}

static void a_callback_may_submit_but_not_wait(void **state)
{
	(void)state;
	fake server;
	fake_open(&server, NULL, NULL);
	chain self = { .server = &server, .left = 3 };
	assert_int_equal(cardex_submit(server.conn, &count_request, go_on, &self, NULL),
	                 CARDEX_OK);
	for (int i = 0; i < 4; i++) {
		uint32_t msgid;
		process(&server);
		(void)fake_request(&server, &msgid);
		fake_reply(&server, msgid, "1");
		process(&server);
	}
	assert_int_equal(self.left, -1);
	for (int i = 0; i < 3; i++)
		assert_int_equal(self.inside[i], CARDEX_INVALID_ARGUMENT);
	assert_int_equal(self.inside[3], CARDEX_OK);
	assert_int_equal(cardex_unanswered(server.conn), 0);
	fake_close(&server);
}

static void waiting_ends_when_few_enough_are_left(void **state)
{
	(void)state;
	fake server;
	open_with(&server, 3);
	cardex_error error;
	assert_int_equal(cardex_wait(server.conn, 3, 1000, &error), CARDEX_OK);
	assert_int_equal(cardex_wait(server.conn, 2, 0, &error), CARDEX_DEADLINE);
	uint32_t msgids[3];
	for (int i = 0; i < 3; i++)
		(void)fake_request(&server, &msgids[i]);
	fake_reply(&server, msgids[1], "1");
	assert_int_equal(cardex_wait(server.conn, 2, 1000, &error), CARDEX_OK);
	assert_int_equal(told.count, 1);
	assert_int_equal(cardex_wait(server.conn, 0, 20, &error), CARDEX_DEADLINE);
	fake_reply(&server, msgids[0], "1");
	fake_reply(&server, msgids[2], "1");
	assert_int_equal(cardex_wait(server.conn, 0, -1, &error), CARDEX_OK);
	assert_int_equal(told.count, 3);
	fake_close(&server);
}

static void an_answer_after_its_deadline_is_passed_over(void **state)
{
	(void)state;
	fake server;
	const cardex_options options = { .request_timeout_ms = 20, .spin_us = 5000 };
	fake_open(&server, NULL, &options);
	cardex_error error;
	assert_int_equal(cardex_ping(server.conn, &error), CARDEX_DEADLINE);
	assert_int_equal(cardex_unanswered(server.conn), 1);
	uint32_t msgid;
	(void)fake_request(&server, &msgid);
	fake_reply(&server, msgid, "'pong'");
	assert_int_equal(cardex_wait(server.conn, 0, 1000, &error), CARDEX_OK);
	fake_close(&server);
}

static void pages_can_be_submitted(void **state)
{
	(void)state;
	fake server;
	told.count = 0;
	fake_open(&server, NULL, NULL);
	const cardex_request query = { .type = "t", .limit = 1 };
	CX_SCOPED(cardex_result_free) cardex_result *page = NULL;
	fake_answer(&server, "[1, ['id'], [[1]], h'05', 'limit', {}]");
	assert_int_equal(cardex_query(server.conn, &query, &page, NULL), CARDEX_OK);
	(void)fake_request(&server, NULL);
	assert_int_equal(cardex_submit_next(server.conn, page, note, named(0), NULL),
	                 CARDEX_OK);
	process(&server);
	uint32_t msgid;
	assert_string_equal(fake_request(&server, &msgid),
	                    "'query', ['t', {'layout': 1, 'limit': 1, 'after': h'05'}]");
	fake_reply(&server, msgid, "[1, nil, [[2]], nil, 'done', {}]");
	process(&server);
	assert_int_equal(told.count, 1);
	assert_int_equal(told.entries[0].status, CARDEX_OK);
	fake_close(&server);
}

static void a_layout_in_flight_is_kept(void **state)
{
	(void)state;
	fake server;
	told.count = 0;
	fake_open(&server, NULL, NULL);
	CX_SCOPED(cardex_result_free) cardex_result *first = NULL;
	fake_answer(&server, "[1, ['id'], [1]]");
	assert_int_equal(cardex_get(server.conn, "t", 1, &first, NULL), CARDEX_OK);
	(void)fake_request(&server, NULL);
	/* Two requests tell layout 1; the first answer brings layout 2. */
	const cardex_request get = { .method = CARDEX_METHOD_GET, .type = "t", .id = 1 };
	for (int i = 0; i < 2; i++)
		assert_int_equal(cardex_submit(server.conn, &get, note, named(i), NULL),
		                 CARDEX_OK);
	process(&server);
	uint32_t msgids[2];
	(void)fake_request(&server, &msgids[0]);
	(void)fake_request(&server, &msgids[1]);
	fake_reply(&server, msgids[1], "[2, ['id', 'name'], [1, 'a']]");
	fake_reply(&server, msgids[0], "[1, nil, [1]]");
	process(&server);
	assert_int_equal(told.count, 2);
	assert_int_equal(told.entries[1].status, CARDEX_OK);
	fake_close(&server);
}

static char notified[256];

static void on_notification(void *context, const char *method, const cardex_value *params)
{
	snprintf(notified, sizeof notified, "%s %s %s", (const char *)context, method,
	         cardex_value_text(cardex_value_at(params, 0)));
}

static void notifications_are_told_or_passed_over(void **state)
{
	(void)state;
	fake server;
	static char context[] = "log:";
	const cardex_options options = { .on_notification = on_notification,
		                         .notification_context = context };
	fake_open(&server, NULL, &options);
	fake_send(&server, "[2, 'bye', ['stopping', 5]]");
	process(&server);
	assert_string_equal(notified, "log: bye stopping");
	fake_send(&server, "[2, h'6279652d62696e', ['bin']]");
	process(&server);
	assert_string_equal(notified, "log: bye-bin bin");
	fake_close(&server);

	fake_open(&server, NULL, NULL);
	fake_send(&server, "[2, 'bye', nil]");
	process(&server);
	fake_close(&server);
}

static void nobody_there_is_disconnected(void **state)
{
	(void)state;
	cardex_conn *conn = NULL;
	cardex_error error;
	assert_int_equal(cardex_connect("cardex+unix:///nonexistent/sock", NULL, &conn, &error),
	                 CARDEX_DISCONNECTED);
	assert_non_null(strstr(error.message, "/nonexistent/sock: No such file"));
	assert_int_equal(cardex_connect("cardex://127.0.0.1:1", NULL, &conn, &error),
	                 CARDEX_DISCONNECTED);
	assert_int_equal(cardex_connect("cardexs://127.0.0.1", NULL, &conn, &error),
	                 CARDEX_UNSUPPORTED);
	assert_int_equal(cardex_connect("nonsense", NULL, &conn, &error),
	                 CARDEX_INVALID_ARGUMENT);

	int ends[2];
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	const cardex_options options = { .connect_timeout_ms = 20 };
	assert_int_equal(cardex_connect_fd(ends[1], &options, &conn, &error), CARDEX_DEADLINE);
	close(ends[0]);
	assert_int_equal(cardex_connect_fd(ends[1], &options, &conn, &error),
	                 CARDEX_DISCONNECTED);
	close(ends[1]);
	assert_null(conn);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_find_their_requests_in_any_order),
		cmocka_unit_test(answers_may_come_byte_by_byte),
		cmocka_unit_test(every_cut_of_an_answer_is_joined),
		cmocka_unit_test(a_disconnect_fails_all_in_order),
		cmocka_unit_test(what_the_server_said_last_is_told),
		cmocka_unit_test(closing_answers_what_is_in_flight),
		cmocka_unit_test(a_thousand_requests_are_in_flight_at_most),
		cmocka_unit_test(unsent_bytes_have_a_limit),
		cmocka_unit_test(a_callback_may_submit_but_not_wait),
		cmocka_unit_test(waiting_ends_when_few_enough_are_left),
		cmocka_unit_test(an_answer_after_its_deadline_is_passed_over),
		cmocka_unit_test(pages_can_be_submitted),
		cmocka_unit_test(a_layout_in_flight_is_kept),
		cmocka_unit_test(notifications_are_told_or_passed_over),
		cmocka_unit_test(nobody_there_is_disconnected),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
