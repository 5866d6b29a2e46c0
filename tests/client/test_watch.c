/* SPDX-License-Identifier: Apache-2.0 */
/* Watches of the library: each change once and in order, credit for what was taken, one end,
 * and a place from which to go on. */
#include "tests/client/fake.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <string.h>

static struct told {
	char text[1024];         /* what came, in short */
	cardex_watcher *unwatch; /* at the first change */
	cardex_watcher *asked;   /* for its place at each change */
} told;

static void add(const char *text)
{
	strncat(told.text, text, sizeof told.text - strlen(told.text) - 1);
}

static char requests[1024]; /* of the watch that was opened last */

static void on_change(void *context, const cardex_value *change)
{
	char text[64];
	snprintf(text, sizeof text, "%s%lld.%lld ", (const char *)context,
	         (long long)cardex_value_int(cardex_value_member(change, "seq")),
	         (long long)cardex_value_int(cardex_value_member(change, "part")));
	add(text);
	if (told.asked != NULL) {
		uint32_t part;
		const uint64_t next = cardex_watcher_next(told.asked, &part);
		snprintf(text, sizeof text, "@%llu.%u ", (unsigned long long)next, part);
		add(text);
	}
	cardex_unwatch(&told.unwatch);
}

static void on_row(void *context, const char *type, const cardex_value *names,
                   const cardex_value *row)
{
	char text[64];
	(void)context;
	snprintf(text, sizeof text, "%s:%s=%lld ", type,
	         cardex_value_text(cardex_value_at(names, 0)),
	         (long long)cardex_value_int(cardex_value_at(row, 0)));
	add(text);
}

static void on_rows_end(void *context)
{
	(void)context;
	add("rows_end ");
}

static void on_progress(void *context, uint64_t seq)
{
	char text[64];
	snprintf(text, sizeof text, "%sp%llu ", (const char *)context, (unsigned long long)seq);
	add(text);
}

static void on_end(void *context, const cardex_error *error)
{
	char text[400];
	snprintf(text, sizeof text, "%send(%s%s: %s) ", (const char *)context,
	         cardex_status_name(error->status), error->retryable ? "!" : "",
	         error->message);
	add(text);
}

static cardex_watch_handlers handlers_of(const char *name)
{
	return (cardex_watch_handlers){ .context = (void *)(uintptr_t)name,
		                        .on_change = on_change,
		                        .on_row = on_row,
		                        .on_rows_end = on_rows_end,
		                        .on_progress = on_progress,
		                        .on_end = on_end };
}

static void process(fake *server)
{
	cardex_error error;
	if (cardex_process(server->conn, &error) != CARDEX_OK)
		add(error.message);
}

static cardex_watcher *watch(fake *server, const cardex_request *request, const char *name,
                             const char *answer)
{
	cardex_watcher *watcher = NULL;
	cardex_error error;
	const cardex_watch_handlers handlers = handlers_of(name);
	fake_answer(server, answer);
	if (cardex_watch(server->conn, request, &handlers, &watcher, &error) != CARDEX_OK)
		fail_msg("%s", error.message);
	process(server);
	const char *asked = fake_request(server, NULL);
	uint32_t msgid;
	snprintf(requests, sizeof requests, "%s %s", asked, fake_request(server, &msgid));
	fake_reply(server, msgid, "1");
	server->calls++;
	process(server);
	return watcher;
}

static void begin(fake *server)
{
	memset(&told, 0, sizeof told);
	fake_open(server, NULL, NULL);
}

static void assert_next(const cardex_watcher *watcher, uint64_t seq, uint32_t part)
{
	uint32_t got = 99;
	assert_int_equal(cardex_watcher_next(watcher, &got), seq);
	assert_int_equal(got, part);
}

static void assert_behind_row(const cardex_watcher *watcher, uint64_t from, const char *type,
                              int64_t id)
{
	const char *last_type = NULL;
	int64_t last_id = 0;
	assert_int_equal(cardex_watcher_row(watcher, &last_type, &last_id), from);
	assert_int_equal(last_id, id);
	assert_true((last_type == NULL) == (type == NULL));
	if (type != NULL)
		assert_string_equal(last_type, type);
}

static void it_asks_without_credit_and_gives_it_then(void **state)
{
	(void)state;
	fake server;
	begin(&server);
	const cardex_request request = { .types = "customer, team", .from = 7, .credit = 4 };
	cardex_watcher *watcher = watch(&server, &request, "", "[3, 9]");
	assert_string_equal(requests, "'watch', [{'types': ['customer', 'team'], 'from': 7, "
	                              "'credit': 0}] 'credit', [3, 4]");
	assert_next(watcher, 7, 0);
	cardex_unwatch(&watcher);
	assert_null(watcher);
	process(&server);
	assert_string_equal(fake_request(&server, NULL), "'unwatch', [3]");
	cardex_unwatch(&watcher);
	fake_close(&server);
	assert_string_equal(told.text, "");
}

static void changes_come_once_and_half_of_the_credit_is_renewed(void **state)
{
	(void)state;
	fake server;
	begin(&server);
	const cardex_request request = { .credit = 4 };
	cardex_watcher *watcher = watch(&server, &request, "", "[1, 9]");
	assert_next(watcher, 10, 0);
	told.asked = watcher;
	fake_send(&server,
	          "[2, 'change', [1, [{'seq': 10, 'part': 0}, {'seq': 10, 'part': 1}], "
	          "10]]");
	process(&server);
	assert_next(watcher, 10, 2);
	fake_send(&server, "[2, 'change', [1, [{'seq': 10, 'part': 2}], 12]]");
	process(&server);
	process(&server);
	assert_string_equal(told.text, "10.0 @10.1 10.1 @10.2 10.2 @10.3 ");
	assert_next(watcher, 12, 0);
	assert_string_equal(fake_request(&server, NULL), "'credit', [1, 2]");
	fake_send(&server, "[2, 'progress', [1, 20]]");
	process(&server);
	assert_next(watcher, 21, 0);
	cardex_unwatch(&watcher);
	fake_close(&server);
	assert_non_null(strstr(told.text, "p20 "));
}

static void what_was_taken_before_is_passed_over(void **state)
{
	(void)state;
	fake server;
	begin(&server);
	const cardex_request request = { .from = 5, .from_part = 2 };
	cardex_watcher *watcher = watch(&server, &request, "", "[1, 9]");
	assert_next(watcher, 5, 2);
	fake_send(&server, "[2, 'change', [1, [{'seq': 5, 'part': 0}, {'seq': 5, 'part': 1}, "
	                   "{'seq': 5, 'part': 2}, {'seq': 6, 'part': 0}], 7]]");
	process(&server);
	assert_string_equal(told.text, "5.2 6.0 ");
	cardex_unwatch(&watcher);
	fake_close(&server);
}

static void rows_come_before_there_is_a_place_to_go_on_from(void **state)
{
	(void)state;
	fake server;
	begin(&server);
	const cardex_request request = { .snapshot = true };
	cardex_watcher *watcher = watch(&server, &request, "", "[1, 9]");
	assert_string_equal(requests, "'watch', [{'snapshot': true, 'credit': 0}] 'credit', "
	                              "[1, 16]");
	assert_next(watcher, 0, 0);
	fake_send(&server,
	          "[2, 'row', [1, 't', 65537, ['id', 'rev'], [[4, 1], [5, 1]], true]]");
	process(&server);
	assert_next(watcher, 0, 0);
	assert_behind_row(watcher, 10, "t", 5);
	fake_send(&server, "[2, 'row', [1, 'u', 65537, ['id'], [[6]], false]]");
	process(&server);
	assert_next(watcher, 10, 0);
	assert_behind_row(watcher, 0, NULL, 0);
	assert_string_equal(told.text, "t:id=4 t:id=5 u:id=6 rows_end ");
	cardex_unwatch(&watcher);
	fake_close(&server);
}

static void rows_that_were_cut_off_are_gone_on_with(void **state)
{
	(void)state;
	fake server;
	begin(&server);
	const cardex_request request = {
		.snapshot = true, .from = 10, .rows_after_type = "t", .rows_after_id = 5
	};
	cardex_watcher *watcher = watch(&server, &request, "", "[1, 30]");
	assert_string_equal(requests, "'watch', [{'from': 10, 'snapshot': true, 'credit': 0, "
	                              "'rows_after': ['t', 5]}] 'credit', [1, 16]");
	assert_next(watcher, 0, 0);
	assert_behind_row(watcher, 10, "t", 5); /* before another has come */
	fake_send(&server, "[2, 'row', [1, 'u', 65537, ['rev'], [[6]], true]]");
	process(&server);
	assert_behind_row(watcher, 10, "t", 5); /* one without id is no place */
	fake_send(&server, "[2, 'row', [1, 'u', 65537, ['rev', 'id'], [[6, 2]], true]]");
	process(&server);
	assert_behind_row(watcher, 10, "u", 2);
	fake_send(&server, "[2, 'row', [1, '', 0, [], [], false]]");
	process(&server);
	assert_next(watcher, 10, 0);
	cardex_unwatch(&watcher);
	fake_close(&server);
}

static void each_of_several_gets_its_own(void **state)
{
	(void)state;
	fake server;
	begin(&server);
	const cardex_request request = { .credit = 0 };
	cardex_watcher *a = watch(&server, &request, "a", "[1, 0]");
	cardex_watcher *b = watch(&server, &request, "b", "[2, 0]");
	fake_send(&server, "[2, 'change', [2, [{'seq': 1, 'part': 0}], 2]]");
	fake_send(&server, "[2, 'change', [1, [{'seq': 1, 'part': 0}], 2]]");
	fake_send(&server, "[2, 'change', [3, [{'seq': 1, 'part': 0}], 2]]"); /* nobody's */
	process(&server);
	assert_string_equal(told.text, "b1.0 a1.0 ");
	cardex_unwatch(&a);
	fake_send(&server, "[2, 'change', [1, [{'seq': 2, 'part': 0}], 3]]");
	fake_send(&server, "[2, 'change', [2, [{'seq': 2, 'part': 0}], 3]]");
	process(&server);
	assert_string_equal(told.text, "b1.0 a1.0 b2.0 ");
	cardex_unwatch(&b);
	fake_close(&server);
}

static void it_may_be_ended_inside_its_own_callback(void **state)
{
	(void)state;
	fake server;
	begin(&server);
	const cardex_request request = { .credit = 1 };
	told.unwatch = watch(&server, &request, "", "[1, 0]");
	fake_send(&server, "[2, 'change', [1, [{'seq': 1, 'part': 0}, {'seq': 2, 'part': 0}], "
	                   "3]]");
	fake_send(&server, "[2, 'change', [1, [{'seq': 3, 'part': 0}], 4]]");
	process(&server);
	assert_string_equal(told.text, "1.0 ");
	fake_close(&server);
}

static void the_end_is_told_once_with_its_reason(void **state)
{
	(void)state;
	fake server;
	begin(&server);
	const cardex_request request = { .credit = 1 };
	cardex_watcher *a = watch(&server, &request, "a", "[1, 4]");
	cardex_watcher *b = watch(&server, &request, "b", "[2, 4]");
	fake_send(&server, "[2, 'watch_end', [1, {'code': 506, 'name': 'SHUTTING_DOWN', "
	                   "'message': 'stops', 'retryable': true, 'details': {}}]]");
	fake_send(&server, "[2, 'change', [1, [{'seq': 5, 'part': 0}], 6]]");
	process(&server);
	assert_string_equal(told.text, "aend(SHUTTING_DOWN!: stops) ");
	told.text[0] = '\0';
	fake_close(&server);
	assert_string_equal(told.text, "bend(DISCONNECTED!: the connection was closed before "
	                               "the answer came) ");
	/* They outlive the connection. */
	assert_next(a, 5, 0);
	cardex_unwatch(&a);
	cardex_unwatch(&b);
}

static void what_is_malformed_ends_the_connection(void **state)
{
	(void)state;
	static const char *const cases[] = {
		"[2, 'change', [1, 7, 2]]",
		"[2, 'change', [1, [], -1]]",
		"[2, 'change', [1, [{'seq': 1}], 2]]",
		"[2, 'change', [1, [{'seq': 'x', 'part': 0}], 2]]",
		"[2, 'change', [1, [nil], 2]]",
		"[2, 'row', [1, 't', 1, ['id'], [[]], true]]",
		"[2, 'row', [1, nil, 1, ['id'], [], true]]",
		"[2, 'progress', [1, nil]]",
		"[2, 'watch_end', [1, nil]]",
		"[2, 'progress', 7]",
	};
	for (size_t i = 0; i < CX_COUNT_OF(cases); i++) {
		fake server;
		begin(&server);
		const cardex_request request = { .credit = 1 };
		cardex_watcher *watcher = watch(&server, &request, "", "[1, 4]");
		fake_send(&server, cases[i]);
		process(&server);
		if (strstr(told.text, "end(MALFORMED: ") == NULL)
			fail_msg("%s: %s", cases[i], told.text);
		cardex_unwatch(&watcher);
		fake_close(&server);
	}
}

static void what_is_refused_makes_no_watcher(void **state)
{
	(void)state;
	fake server;
	begin(&server);
	cardex_watcher *watcher = NULL;
	cardex_error error;
	const cardex_watch_handlers handlers = handlers_of("");
	cardex_request request = { .credit = 10001 };
	assert_int_equal(cardex_watch(server.conn, &request, &handlers, &watcher, &error),
	                 CARDEX_INVALID_ARGUMENT);
	request.credit = 0;
	fake_refuse(&server, "'COMPACTED: gone'");
	assert_int_equal(cardex_watch(server.conn, &request, &handlers, &watcher, &error),
	                 CARDEX_COMPACTED);
	assert_string_equal(error.message, "gone");
	fake_answer(&server, "[1]");
	assert_int_equal(cardex_watch(server.conn, &request, &handlers, &watcher, &error),
	                 CARDEX_MALFORMED);
	assert_null(watcher);
	fake_close(&server);
	assert_string_equal(told.text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_asks_without_credit_and_gives_it_then),
		cmocka_unit_test(changes_come_once_and_half_of_the_credit_is_renewed),
		cmocka_unit_test(what_was_taken_before_is_passed_over),
		cmocka_unit_test(rows_come_before_there_is_a_place_to_go_on_from),
		cmocka_unit_test(rows_that_were_cut_off_are_gone_on_with),
		cmocka_unit_test(each_of_several_gets_its_own),
		cmocka_unit_test(it_may_be_ended_inside_its_own_callback),
		cmocka_unit_test(the_end_is_told_once_with_its_reason),
		cmocka_unit_test(what_is_malformed_ends_the_connection),
		cmocka_unit_test(what_is_refused_makes_no_watcher),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
