/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever bytes a server sends, each request is answered once, no memory is taken for what is
 * only declared, and the connection says that it is of no more use. */
#include "base/msgpack.h"
#include "tests/client/fake.h"
#include "tests/client/journal.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* In each, %u is the msgid of the one request in flight. */
static const struct {
	const char *bytes; /* of a message */
	cardex_status status;
	const char *says;
} hostile[] = {
	{ "[1, 5, nil, 1]", CARDEX_MALFORMED, "was not made" },
	{ "[1, 0, nil, 1]", CARDEX_MALFORMED, "was not made" },
	{ "[1, 4294967295, nil, 1]", CARDEX_MALFORMED, "was not made" },
	{ "[0, 1, 'ping', []]", CARDEX_MALFORMED, "no answer" },
	{ "[2, 3, []]", CARDEX_MALFORMED, "malformed notification" },
	{ "[1, %u, 7, nil]", CARDEX_MALFORMED, "malformed answer" },
	{ "[1, %u, nil]", CARDEX_MALFORMED, "no answer" },
	{ "[]", CARDEX_MALFORMED, "no answer" },
	{ "'HTTP/1.1 200 OK'", CARDEX_MALFORMED, "no answer" },
	{ "[1, %u, nil, [[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", CARDEX_TOO_DEEP, "deeper" },
};

static void a_server_that_makes_no_sense_is_left(void **state)
{
	(void)state;
	for (size_t i = 0; i < CX_COUNT_OF(hostile); i++) {
		fake server;
		open_with(&server, 1);
		process(&server);
		uint32_t msgid;
		(void)fake_request(&server, &msgid);
		char text[256];
		const char *mark = strstr(hostile[i].bytes, "%u");
		if (mark != NULL)
			snprintf(text, sizeof text, "%.*s%u%s", (int)(mark - hostile[i].bytes),
			         hostile[i].bytes, msgid, mark + 2);
		else
			snprintf(text, sizeof text, "%s", hostile[i].bytes);
		fake_send(&server, text);
		cardex_error error;
		assert_int_equal(cardex_process(server.conn, &error), hostile[i].status);
		if (strstr(error.message, hostile[i].says) == NULL)
			fail_msg("%s: %s", text, error.message);
		assert_int_equal(told.count, 1);
		assert_int_equal(told.entries[0].status, hostile[i].status);
		/* From here on nothing works, and says so. */
		assert_int_equal(cardex_process(server.conn, NULL), hostile[i].status);
		assert_int_equal(cardex_submit(server.conn, &count_request, note, NULL, &error),
		                 CARDEX_DISCONNECTED);
		assert_int_equal(cardex_ping(server.conn, &error), CARDEX_DISCONNECTED);
		fake_close(&server);
		assert_int_equal(told.count, 1);
	}
}

static const char *const hostile_bytes[] = {
	"c1",                    /* never used */
	"940100c0c7ff00",        /* ext */
	"dd7fffffff",            /* two thousand million elements */
	"9401 00 c0 ddffffffff", /* as a result */
	"9401 00 c0 dbffffffff", /* four GiB of text */
	/* Each within the limits, together more than all items. */
	("9401 00 c0 dcffff dcffff dcffff dcffff dcffff dcffff dcffff dcffff "
	 "dcffff dcffff dcffff dcffff dcffff dcffff dcffff dcffff"),
};

static void declared_sizes_take_no_memory(void **state)
{
	(void)state;
	for (size_t i = 0; i < CX_COUNT_OF(hostile_bytes); i++) {
		fake server;
		open_with(&server, 1);
		fake_send_bytes(&server, wire_hex(hostile_bytes[i]));
		cardex_error error;
		cardex_status status = cardex_process(server.conn, &error);
		bool refused = status == CARDEX_TOO_LARGE || status == CARDEX_MALFORMED ||
		               status == CARDEX_TOO_DEEP;
		assert_true(refused);
		fake_close(&server);
		assert_int_equal(told.count, 1);
	}
}

static void an_answer_of_the_wrong_shape_fails_only_its_request(void **state)
{
	(void)state;
	static const struct {
		cardex_request request;
		const char *result;
	} rows[] = {
		{ { .method = CARDEX_METHOD_COUNT, .type = "t" }, "-1" },
		{ { .method = CARDEX_METHOD_COUNT, .type = "t" }, "'41'" },
		{ { .method = CARDEX_METHOD_PING }, "nil" },
		{ { .method = CARDEX_METHOD_STATS }, "[]" },
		{ { .method = CARDEX_METHOD_GET, .type = "t" }, "nil" },
		{ { .method = CARDEX_METHOD_GET, .type = "t" }, "[1, ['id']]" },
		{ { .method = CARDEX_METHOD_GET, .type = "t" }, "[1, nil, [5]]" },
		{ { .method = CARDEX_METHOD_GET, .type = "t" }, "[1, [], []]" },
		{ { .method = CARDEX_METHOD_GET, .type = "t" }, "[1, [7], [5]]" },
		{ { .method = CARDEX_METHOD_GET, .type = "t" }, "[1, {'id': 1}, [5]]" },
		{ { .method = CARDEX_METHOD_GET, .type = "t" }, "[-1, ['id'], [5]]" },
		{ { .method = CARDEX_METHOD_GET, .type = "t" }, "[1, ['id'], [5, 6]]" },
		{ { .method = CARDEX_METHOD_GET, .type = "t" }, "[1, ['id'], 5]" },
		{ { .method = CARDEX_METHOD_GET, .type = "t" },
		  "[1, ['id'], [18446744073709551615]]" },
		{ { .method = CARDEX_METHOD_QUERY, .type = "t" }, "{}" },
		{ { .method = CARDEX_METHOD_QUERY, .type = "t" },
		  "[1, ['id'], [], nil, 'done']" },
		{ { .method = CARDEX_METHOD_QUERY, .type = "t" },
		  "[1, ['id'], [], nil, 1, {}]" },
		{ { .method = CARDEX_METHOD_QUERY, .type = "t" },
		  "[1, ['id'], [], h'', 'limit', {}]" },
		{ { .method = CARDEX_METHOD_QUERY, .type = "t" },
		  "[1, ['id'], [], 5, 'limit', {}]" },
		{ { .method = CARDEX_METHOD_QUERY, .type = "t" },
		  "[1, ['id'], [5], nil, 'done', {}]" },
		{ { .method = CARDEX_METHOD_QUERY, .type = "t" },
		  "[1, ['id'], 5, nil, 'done', {}]" },
		{ { .method = CARDEX_METHOD_QUERY,
		    .type = "t",
		    .explain = CARDEX_EXPLAIN_PLAN },
		  "[]" },
		{ { .method = CARDEX_METHOD_DELETE, .type = "t" }, "[5, 1, 1, 1]" },
		{ { .method = CARDEX_METHOD_DELETE, .type = "t" }, "[5, 1, 1, 1, nil]" },
		{ { .method = CARDEX_METHOD_DELETE, .type = "t" }, "[5, -1, 1, 1, true]" },
		{ { .method = CARDEX_METHOD_DELETE, .type = "t" },
		  "[5, 1, 1, 4294967296, true]" },
		{ { .method = CARDEX_METHOD_DELETE, .type = "t" }, "['5', 1, 1, 1, true]" },
	};
	fake server;
	open_with(&server, 0);
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		cardex_result *result = NULL;
		cardex_error error;
		fake_answer(&server, rows[i].result);
		cardex_status status =
			cardex_call(server.conn, &rows[i].request, &result, &error);
		if (status != CARDEX_MALFORMED)
			fail_msg("%s gave %s", rows[i].result, cardex_status_name(status));
		assert_null(result);
	}
	fake_answer(&server, "'pong'");
	assert_int_equal(cardex_ping(server.conn, NULL), CARDEX_OK);
	fake_close(&server);
}

static void the_same_answer_twice_is_refused(void **state)
{
	(void)state;
	fake server;
	open_with(&server, 1);
	process(&server);
	uint32_t msgid;
	(void)fake_request(&server, &msgid);
	fake_reply(&server, msgid, "1");
	fake_reply(&server, msgid, "2");
	assert_int_equal(cardex_process(server.conn, NULL), CARDEX_MALFORMED);
	assert_int_equal(told.count, 1);
	assert_int_equal(told.entries[0].value, 1);
	fake_close(&server);
}

static void what_is_no_cardex_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *hello;
		cardex_status status;
	} rows[] = {
		{ "'hello'", CARDEX_MALFORMED },
		{ "{}", CARDEX_MALFORMED },
		{ "{'protocol': '1'}", CARDEX_MALFORMED },
		{ "{'protocol': 2}", CARDEX_UNSUPPORTED },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		int ends[2];
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
		char text[128];
		snprintf(text, sizeof text, "[1, 1024, nil, %s]", rows[i].hello);
		cx_slice answer = wire(text);
		assert_int_equal(send(ends[0], answer.data, answer.size, 0), answer.size);
		cardex_conn *conn = NULL;
		assert_int_equal(cardex_connect_fd(ends[1], NULL, &conn, NULL), rows[i].status);
		assert_null(conn);
		close(ends[0]);
		assert_int_equal(close(ends[1]), 0); /* it stayed ours */
	}
}

static void a_long_answer_is_refused_at_its_header(void **state)
{
	(void)state;
	fake server;
	const cardex_options options = { .reply_bytes_max = 1000 };
	for (int over = 0; over < 2; over++) {
		told.count = 0;
		fake_open(&server, "{'protocol': 1}", &options);
		submit_count(&server, 0);
		process(&server);
		uint32_t msgid;
		(void)fake_request(&server, &msgid);
		CX_SCOPED(cx_buf_release) cx_buf all = CX_BUF_INIT(4096);
		cx_write_raw(&all, wire_hex("9401"));
		cx_write_uint(&all, msgid);
		cx_write_nil(&all);
		static const uint8_t zeroes[1000];
		size_t text = 1000 - all.size - 3 + (size_t)over;
		cx_write_bin(&all, (cx_slice){ .data = zeroes, .size = text });
		fake_send_bytes(&server, cx_buf_slice(&all));
		cardex_status status = cardex_process(server.conn, NULL);
		assert_int_equal(status, over ? CARDEX_TOO_LARGE : CARDEX_OK);
		assert_int_equal(told.entries[0].status,
		                 over ? CARDEX_TOO_LARGE : CARDEX_MALFORMED);
		fake_close(&server);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_that_makes_no_sense_is_left),
		cmocka_unit_test(declared_sizes_take_no_memory),
		cmocka_unit_test(an_answer_of_the_wrong_shape_fails_only_its_request),
		cmocka_unit_test(the_same_answer_twice_is_refused),
		cmocka_unit_test(what_is_no_cardex_is_refused),
		cmocka_unit_test(a_long_answer_is_refused_at_its_header),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
