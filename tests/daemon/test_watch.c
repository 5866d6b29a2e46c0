/* SPDX-License-Identifier: Apache-2.0 */
/* Watches: every change once, in order, no more than there is credit for; what left or came
 * into a filter; and that a watch that is not read costs nothing and disturbs nobody. Snapshots
 * are in test_watch_rows.c. */
#include "proto/limits.h"
#include "tests/daemon/served.h"
#include "tests/daemon/watching.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void what_is_written_is_told(void **state)
{
	(void)state;
	int fd = served_connect();
	int writer = served_connect();
	create(writer, "before");
	assert_string_equal(served_call(fd, "[0, 7, 'watch', []]"), "[1, 7, nil, [1, 1]]");
	expect_nothing(fd);
	create(writer, "after");
	const char *text = expect(fd, "[2, 'change', [1, [{'seq': 2, 'part': 0, "
	                              "'kind': 'create', 'type': 'customer', 'id': 2, ");
	assert_has(text, "'name': 'after'");
	assert_has(text, "}], 3]]");
	update(writer, 1, "{'city': 'X'}");
	text = expect(fd, "[2, 'change', [1, [{'seq': 3, ");
	assert_has(text, "'changed': {'city': [nil, 'X']}}], 4]]");
	expect_nothing(fd);
	close(writer);
	close(fd);
}

static void from_a_seq_comes_what_was_missed_and_then_progress(void **state)
{
	(void)state;
	int fd = served_connect();
	for (int i = 0; i < 5; i++)
		create(fd, "x");
	assert_string_equal(served_call(fd, "[0, 7, 'watch', [{'from': 3}]]"),
	                    "[1, 7, nil, [1, 5]]");
	const char *text = gather(fd, "[2, 'progress', [1, 5]]");
	assert_begins(text, "[2, 'change', [1, [{'seq': 3, ");
	assert_has(text, "{'seq': 5, ");
	assert_has(text, "], 6]]");
	expect_nothing(fd);
	close(fd);
}

static void only_the_types_asked_for_are_told_and_progress_says_how_far(void **state)
{
	(void)state;
	int fd = served_connect();
	int writer = served_connect();
	served_call(fd, "[0, 7, 'watch', [{'types': ['team']}]]");
	create(writer, "x");
	assert_string_equal(served_receive(fd), "[2, 'progress', [1, 1]]");
	served_call(writer, "[0, 1, 'create', ['team', {'name': 'T'}]]");
	assert_has(expect(fd, "[2, 'change', [1, [{'seq': 2, "), "'type': 'team'");
	close(writer);
	close(fd);
}

static void fields_are_the_ones_asked_for(void **state)
{
	(void)state;
	int fd = served_connect();
	served_call(fd, "[0, 7, 'watch', [{'types': ['customer'], 'fields': ['city']}]]");
	served_send(fd, "[0, 1, 'create', ['customer', {'name': 'N', 'city': 'C'}]]");
	assert_begins(served_receive(fd), "[1, 1, nil, ");
	assert_has(expect(fd, "[2, 'change', "), "'values': {'city': 'C'}}], 2]]");
	served_send(fd, "[0, 1, 'update', ['customer', 1, {'name': 'M'}]]");
	assert_begins(served_receive(fd), "[1, 1, nil, ");
	assert_has(expect(fd, "[2, 'change', "), "'changed': {}}], 3]]");
	close(fd);
}

static void a_filter_tells_what_comes_stays_and_goes(void **state)
{
	(void)state;
	int fd = served_connect();
	int writer = served_connect();
	served_call(fd, "[0, 7, 'watch', [{'types': ['customer'], "
	                "'filter': ['=', 'city', 'A']}]]");
	create(writer, "one");                                      /* 1: not in it */
	update(writer, 1, "{'city': 'A'}");                         /* 2: comes */
	update(writer, 1, "{'name': 'two'}");                       /* 3: stays */
	update(writer, 1, "{'city': 'B'}");                         /* 4: goes */
	update(writer, 1, "{'name': 'three'}");                     /* 5: is out */
	update(writer, 1, "{'city': 'A'}");                         /* 6 */
	served_call(writer, "[0, 1, 'delete', ['customer', 1]]");   /* 7 */
	served_call(writer, "[0, 1, 'undelete', ['customer', 1]]"); /* 8 */
	const char *const wanted[] = {
		"'seq': 2, ",
		"'was': false, 'is': true, 'values': {",
		"'name': 'one'",
		"'seq': 3, ",
		"'was': true, 'is': true, 'changed': {'name'",
		"'seq': 4, ",
		"'was': true, 'is': false, 'changed': {'city'",
		"'seq': 6, ",
		"'was': false, 'is': true, 'values': {",
		"'name': 'three'",
		"'seq': 7, ",
		"'was': true, 'is': false}",
		"'seq': 8, ",
		"'was': false, 'is': true, 'values': {",
	};
	const char *all = gather(fd, "'seq': 8, ");
	const char *at = all;
	for (size_t i = 0; i < CX_COUNT_OF(wanted); i++) {
		const char *found = strstr(at, wanted[i]);
		if (found == NULL)
			fail_msg("no \"%s\" in \"%.900s\"", wanted[i], at);
		at = found + 1;
	}
	assert_null(strstr(all, "'seq': 1, "));
	assert_null(strstr(all, "'seq': 5, "));
	close(writer);
	close(fd);
}

static void a_filter_over_the_past_is_as_it_was_then(void **state)
{
	(void)state;
	int fd = served_connect();
	create(fd, "one");
	update(fd, 1, "{'city': 'A'}");
	update(fd, 1, "{'city': 'B'}");
	update(fd, 1, "{'city': 'A', 'name': 'two'}");
	served_call(fd, "[0, 7, 'watch', [{'types': ['customer'], "
	                "'filter': ['=', 'city', 'A'], 'from': 1, 'fields': ['name']}]]");
	const char *text = gather(fd, "'seq': 4, ");
	assert_begins(text, "[2, 'change', [1, [{'seq': 2, ");
	assert_has(text, "'was': false, 'is': true, 'values': {'name': 'one'}, 'changed': {}}");
	assert_has(text, "'was': true, 'is': false, 'changed': {}}");
	assert_has(text, "'was': false, 'is': true, 'values': {'name': 'two'}");
	close(fd);
}

static void what_a_purge_erased_is_told_as_unknown(void **state)
{
	(void)state;
	int fd = served_connect();
	create(fd, "one");
	update(fd, 1, "{'city': 'A'}");
	served_call(fd, "[0, 1, 'delete', ['customer', 1]]");
	served_call(fd, "[0, 1, 'purge', ['customer', 1]]");
	served_call(fd, "[0, 7, 'watch', [{'types': ['customer'], "
	                "'filter': ['=', 'city', 'A'], 'from': 1}]]");
	const char *text = gather(fd, "[2, 'progress', [1, 4]]");
	assert_begins(text, "[2, 'change', [1, [{'seq': 1, ");
	assert_has(text, "'redacted': true, 'was': false, 'is': nil}");
	assert_has(text, "'redacted': true, 'was': nil, 'is': nil}");
	assert_has(text, "'was': nil, 'is': false}], ");
	assert_null(strstr(text, "'kind': 'purge'"));
	close(fd);
}

static void without_credit_nothing_comes_until_there_is_some(void **state)
{
	(void)state;
	int fd = served_connect();
	int writer = served_connect();
	served_call(fd, "[0, 7, 'watch', [{'credit': 1}]]");
	create(writer, "1");
	expect(fd, "[2, 'change', [1, [{'seq': 1, ");
	for (int i = 0; i < 10; i++)
		create(writer, "more");
	expect_nothing(fd);
	assert_string_equal(served_call(fd, "[0, 8, 'credit', [1, 1]]"), "[1, 8, nil, 1]");
	expect(fd, "[2, 'change', [1, [{'seq': 2, ");
	create(writer, "again");
	expect_nothing(fd);
	close(writer);
	close(fd);
}

static void it_may_begin_without_credit(void **state)
{
	(void)state;
	int fd = served_connect();
	create(fd, "x");
	served_call(fd, "[0, 7, 'watch', [{'credit': 0, 'from': 1}]]");
	expect_nothing(fd);
	served_send(fd, "[0, 8, 'credit', [1, 5]]");
	expect(fd, "[1, 8, nil, 5]");
	expect(fd, "[2, 'change', [1, [{'seq': 1, ");
	close(fd);
}

static int set_up_narrow(void **state)
{
	(void)state;
	/* A connection with more than this unsent is closed: a watch must not come near. */
	static const char *const options[] = { "limits.output_soft_bytes=65536",
		                               "limits.output_hard_bytes=1048576", NULL };
	served_start(options);
	return 0;
}

static void create_large(int fd, int count)
{
	static char request[3000];
	static char text[2001];
	memset(text, 'x', sizeof text - 1);
	snprintf(request, sizeof request,
	         "[0, 1, 'create', ['customer', {'name': 'n', 'description': '%s'}]]", text);
	write_many(fd, request, count);
}

static void a_watch_that_is_not_read_keeps_nothing_and_goes_on_later(void **state)
{
	(void)state;
	enum { RECORDS = 1500 };
	int fd = served_connect();
	int writer = served_connect();
	served_call(fd, "[0, 7, 'watch', [{'credit': 10000}]]");
	create_large(writer, RECORDS); /* 3 MB, of which the socket takes some */
	following told = { 0 };
	while (told.seq < RECORDS) {
		const char *text = served_receive(fd);
		assert_begins(text, "[2, '");
		follow(&told, text);
	}
	assert_true(told.notifications > 10);
	expect_nothing(fd);
	close(writer);
	close(fd);
}

static void one_that_is_closed_in_the_middle_disturbs_nobody(void **state)
{
	(void)state;
	int fd = served_connect();
	int other = served_connect();
	int writer = served_connect();
	create_large(writer, 300);
	served_send(fd, "[0, 7, 'watch', [{'credit': 10000, 'from': 1}]]");
	served_call(other, "[0, 7, 'watch', []]");
	expect(fd, "[1, 7, nil, [1, 300]]");
	close(fd);
	create(writer, "x");
	expect(other, "[2, 'change', [1, [{'seq': 301, ");
	assert_string_equal(served_call(writer, "[0, 2, 'ping', []]"), "[1, 2, nil, 'pong']");
	close(writer);
	close(other);
}

static int set_up_short(void **state)
{
	(void)state;
	static const char *const options[] = { "changes.keep_bytes=4096", NULL };
	served_start(options);
	return 0;
}

static void what_is_not_kept_is_refused_at_once(void **state)
{
	(void)state;
	int fd = served_connect();
	create_many(fd, "x", 200);
	const char *text = served_call(fd, "[0, 7, 'watch', [{'from': 1}]]");
	assert_begins(text, "[1, 7, 'COMPACTED: changes before ");
	assert_string_equal(served_call(fd, "[0, 8, 'unwatch', [1]]"),
	                    "[1, 8, 'NOT_FOUND: there is no watch 1 on this connection', nil]");
	close(fd);
}

static void a_watch_that_waited_too_long_is_ended_and_told_why(void **state)
{
	(void)state;
	int fd = served_connect();
	int writer = served_connect();
	served_call(fd, "[0, 7, 'watch', [{'credit': 0}]]");
	create_many(writer, "x", 200);
	served_send(fd, "[0, 8, 'credit', [1, 5]]");
	expect(fd, "[1, 8, nil, 5]");
	const char *text = expect(fd, "[2, 'watch_end', [1, {'code': 601, 'name': 'COMPACTED', "
	                              "'message': 'changes before ");
	assert_has(text, "'retryable': false, 'details': {}}]]");
	assert_begins(served_call(fd, "[0, 8, 'credit', [1, 5]]"), "[1, 8, 'NOT_FOUND: ");
	close(writer);
	close(fd);
}

static void an_operation_larger_than_a_notification_comes_in_several(void **state)
{
	(void)state;
	enum { CONTACTS = 2000 };
	int fd = served_connect();
	int writer = served_connect();
	create(writer, "x");
	write_many(writer, "[0, 1, 'create', ['contact', {'customer': 1, 'name': 'y'}]]",
	           CONTACTS);
	served_call(fd, "[0, 7, 'watch', [{'credit': 100}]]");
	assert_begins(served_call(writer, "[0, 1, 'delete', ['customer', 1]]"),
	              "[1, 1, nil, [");
	unsigned long part = 0;
	size_t notifications = 0;
	while (part < CONTACTS + 1) {
		const char *text = expect(fd, "[2, 'change', ");
		for (const char *at = text; (at = strstr(at, "'part': ")) != NULL; at++)
			assert_int_equal(strtoul(at + 8, NULL, 10), part++);
		/* Until the last, resuming would begin with this operation again. */
		assert_has(text, part < CONTACTS + 1 ? "}], 2002]]" : "}], 2003]]");
		notifications++;
	}
	assert_true(notifications > 2);
	close(writer);
	close(fd);
}

static void a_schema_without_what_is_asked_for_ends_a_watch(void **state)
{
	(void)state;
	int fd = served_connect();
	int writer = served_connect();
	assert_has(served_call(writer,
	                       "[0, 1, 'schema.apply', ['extend type customer { vat int "
	                       "fax int }']]"),
	           "'generation': ");
	served_call(fd,
	            "[0, 7, 'watch', [{'types': ['customer'], 'filter': ['>', 'vat', 1]}]]");
	served_call(fd, "[0, 7, 'watch', [{'types': ['customer'], 'fields': ['vat', 'fax']}]]");
	write_many(writer, "[0, 1, 'create', ['customer', {'name': 'x', 'vat': 2, 'fax': 3}]]",
	           1);
	assert_has(gather(fd, "[2, 'change', [2, "), "'values': {'vat': 2, 'fax': 3}");
	assert_has(served_call(writer,
	                       "[0, 1, 'schema.apply', ['extend type customer { fax int "
	                       "}', {'may_lose': true}]]"),
	           "'generation': ");
	write_many(writer, "[0, 1, 'update', ['customer', 1, {'fax': 4}]]", 1);
	const char *text = gather(fd, "[2, 'change', [2, [{'seq': 2, ");
	assert_has(text, "'changed': {'fax': [3, 4]}");
	if (strstr(text, "watch_end") == NULL)
		text = gather(fd, "watch_end");
	assert_has(text, "[2, 'watch_end', [1, {'code': 301, 'name': 'NO_FIELD', ");
	close(writer);
	close(fd);
}

static void each_watch_of_a_connection_goes_its_own_way(void **state)
{
	(void)state;
	int fd = served_connect();
	int writer = served_connect();
	served_call(fd, "[0, 7, 'watch', [{'types': ['customer'], 'credit': 1}]]");
	served_call(fd, "[0, 7, 'watch', [{'types': ['team']}]]");
	assert_string_equal(served_call(fd, "[0, 7, 'watch', [{'types': ['team']}]]"),
	                    "[1, 7, nil, [3, 0]]");
	assert_string_equal(served_call(fd, "[0, 8, 'unwatch', [2]]"), "[1, 8, nil, true]");
	served_call(writer, "[0, 1, 'create', ['team', {'name': 'T'}]]");
	expect(fd, "[2, 'change', [3, [{'seq': 1, ");
	create(writer, "c");
	const char *text = expect(fd, "[2, '");
	if (strncmp(text, "[2, 'progress', [", 17) == 0)
		text = expect(fd, "[2, '");
	assert_begins(text, "[2, 'change', [1, [{'seq': 2, ");
	close(writer);
	close(fd);
}

static void watchers_on_several_loops_are_all_told(void **state)
{
	(void)state;
	enum { WATCHERS = 8 };
	int fds[WATCHERS];
	for (int i = 0; i < WATCHERS; i++) {
		fds[i] = served_connect();
		served_call(fds[i], "[0, 7, 'watch', [{'credit': 1000}]]");
	}
	int writer = served_connect();
	for (int i = 0; i < 100; i++)
		create(writer, "x");
	for (int i = 0; i < WATCHERS; i++) {
		following told = { 0 };
		while (told.seq < 100)
			follow(&told, served_receive(fds[i]));
		close(fds[i]);
	}
	close(writer);
}

static int set_up_loops(void **state)
{
	(void)state;
	static const char *const options[] = { "threads.loops=3", NULL };
	served_start(options);
	return 0;
}

static void a_daemon_that_stops_ends_its_watches(void **state)
{
	(void)state;
	served_start(NULL);
	int fd = served_connect();
	served_call(fd, "[0, 7, 'watch', []]");
	served_stop();
	expect(fd, "[2, 'watch_end', [1, {'code': 506, 'name': 'SHUTTING_DOWN', ");
	assert_string_equal(served_receive(fd), "<closed>");
	close(fd);
}

static void a_connection_has_so_many_watches(void **state)
{
	(void)state;
	int fd = served_connect();
	int other = served_connect();
	for (int i = 0; i < PROTO_WATCHES_MAX; i++)
		assert_begins(served_call(fd, "[0, 7, 'watch', []]"), "[1, 7, nil, [");
	assert_begins(served_call(fd, "[0, 7, 'watch', []]"),
	              "[1, 7, 'TOO_LARGE: a connection has at most 64 watches: end one ");
	assert_begins(served_call(other, "[0, 7, 'watch', []]"), "[1, 7, nil, [1, ");
	served_call(fd, "[0, 7, 'unwatch', [64]]");
	assert_begins(served_call(fd, "[0, 7, 'watch', []]"), "[1, 7, nil, [65, ");
	assert_has(served_call(fd, "[0, 1, 'hello', []]"), "'watches': 64");
	close(other);
	close(fd);
}

static void what_makes_no_sense_is_refused(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{ "[{'from': 0}]", "'INVALID_ARGUMENT: from must lie between 1 and 2, " },
		{ "[{'from': 3}]", "'INVALID_ARGUMENT: from must lie between 1 and 2, " },
		{ "[{'from': 1, 'snapshot': true}]", "'INVALID_ARGUMENT: from and snapshot " },
		{ "[{'credit': 10001}]",
		  "'INVALID_ARGUMENT: credit: a watch has at most 10000" },
		{ "[{'types': 'customer'}]", "'INVALID_ARGUMENT: types: an array " },
		{ "[{'types': []}]", "'INVALID_ARGUMENT: types: an array " },
		{ "[{'types': ['nothing']}]", "'NO_TYPE: there is no record type nothing" },
		{ "[{'filter': ['=', 'city', 'A']}]",
		  "'INVALID_ARGUMENT: filter: it needs types with exactly one " },
		{ "[{'types': ['customer', 'team'], 'filter': ['=', 'name', 'A']}]",
		  "'INVALID_ARGUMENT: filter: it needs types with exactly one " },
		{ "[{'types': ['customer'], 'filter': ['=', 'nothing', 'A']}]", "'NO_FIELD: " },
		{ "[{'types': ['customer'], 'filter': ['>', 'contact_count', 1]}]",
		  "'INVALID_ARGUMENT: filter: contact_count is kept by the store " },
		{ "[{'types': ['customer'], 'filter': ['notnull', 'deleted_at']}]",
		  "'INVALID_ARGUMENT: filter: deleted_at cannot be asked for" },
		{ "[{'fields': ['nothing']}]",
		  "'NO_FIELD: fields: no type that is watched has a field nothing" },
		{ "[{'fields': []}]", "'INVALID_ARGUMENT: fields: an array of 1 to 128 " },
		{ "[{'limit': 1}]", "'INVALID_ARGUMENT: watch has no option \"limit\"" },
	};
	int fd = served_connect();
	create(fd, "x");
	for (size_t i = 0; i < CX_COUNT_OF(cases); i++) {
		char request[512];
		char wanted[512];
		snprintf(request, sizeof request, "[0, 7, 'watch', %s]", cases[i][0]);
		snprintf(wanted, sizeof wanted, "[1, 7, %s", cases[i][1]);
		assert_begins(served_call(fd, request), wanted);
	}
	served_call(fd, "[0, 7, 'watch', [{'credit': 9999}]]");
	assert_string_equal(served_call(fd, "[0, 8, 'credit', [1, 1]]"), "[1, 8, nil, 10000]");
	assert_begins(served_call(fd, "[0, 8, 'credit', [1, 1]]"),
	              "[1, 8, 'INVALID_ARGUMENT: credit: a watch has at most 10000");
	assert_begins(served_call(fd, "[0, 8, 'credit', [1, 0]]"),
	              "[1, 8, 'INVALID_ARGUMENT: ");
	assert_begins(served_call(fd, "[0, 8, 'credit', [1, -1]]"),
	              "[1, 8, 'INVALID_ARGUMENT: ");
	assert_begins(served_call(fd, "[0, 8, 'unwatch', [2]]"), "[1, 8, 'NOT_FOUND: ");
	assert_begins(served_call(fd, "[0, 8, 'unwatch', ['x']]"),
	              "[1, 8, 'INVALID_ARGUMENT: ");
	close(fd);
}

static void options_have_so_many_bytes(void **state)
{
	(void)state;
	int fd = served_connect();
	served_call(fd, "[0, 1, 'hello', []]");
	static char request[PROTO_WATCH_OPTIONS_BYTES + 512];
	/* ['customer'] has 10 bytes, the filter 11 besides its text. */
	for (int more = 0; more <= 1; more++) {
		const int text = PROTO_WATCH_OPTIONS_BYTES - 10 - 11 + more;
		snprintf(request, sizeof request,
		         "[0, 7, 'watch', [{'types': ['customer'], 'filter': "
		         "['=', 'city', '%0*d']}]]",
		         text, 0);
		assert_begins(served_call(fd, request),
		              more ? "[1, 7, 'TOO_LARGE: types, filter and fields "
		                   : "[1, 7, nil, [1, ");
	}
	close(fd);
}

static void assert_counted(int fd, int watches, int waiting, int behind)
{
	char wanted[200];
	snprintf(
		wanted, sizeof wanted,
		"'watches': %d, 'watches_waiting': %d, 'watches_behind': %d, 'watches_bytes': ",
		watches, waiting, behind);
	const char *stats = served_call(fd, "[0, 1, 'stats', []]");
	assert_has(stats, wanted);
	const char *bytes = strstr(stats, "'watches_bytes': ") + 17;
	assert_true((watches == 0) == (strtol(bytes, NULL, 10) == 0));
}

/* Connections that close are gone from the figures a moment later. */
static void wait_for_watches(int fd, int count)
{
	char wanted[50];
	snprintf(wanted, sizeof wanted, "'watches': %d, ", count);
	for (int i = 0; i < 500; i++) {
		if (strstr(served_call(fd, "[0, 1, 'stats', []]"), wanted) != NULL)
			return;
		usleep(10 * 1000);
	}
	fail_msg("not %d watches", count);
}

static void stats_tell_how_many_watch_and_how_far_behind_they_are(void **state)
{
	(void)state;
	int fd = served_connect();
	int other = served_connect();
	int writer = served_connect();
	assert_counted(writer, 0, 0, 0);
	create(writer, "x");
	served_call(fd, "[0, 7, 'watch', [{'credit': 1}]]");
	assert_counted(writer, 1, 0, 0);
	served_call(other, "[0, 7, 'watch', [{'from': 1, 'credit': 0}]]");
	assert_counted(writer, 2, 1, 1);
	create(writer, "y");
	expect(fd, "[2, 'change', [1, [{'seq': 2, ");
	create(writer, "z");
	expect_nothing(fd);
	assert_counted(writer, 2, 2, 3); /* the first has had seq 2, the second nothing */
	served_call(other, "[0, 8, 'unwatch', [1]]");
	assert_counted(writer, 1, 1, 1);
	served_call(fd, "[0, 8, 'credit', [1, 5]]");
	expect(fd, "[2, 'change', [1, [{'seq': 3, ");
	assert_counted(writer, 1, 0, 0);
	close(fd);
	wait_for_watches(writer, 0);
	close(other);
	close(writer);
}

#define TEST(name)        cmocka_unit_test_setup_teardown(name, served_set_up, served_tear_down)
#define TEST_NARROW(name) cmocka_unit_test_setup_teardown(name, set_up_narrow, served_tear_down)
#define TEST_SHORT(name)  cmocka_unit_test_setup_teardown(name, set_up_short, served_tear_down)
#define TEST_LOOPS(name)  cmocka_unit_test_setup_teardown(name, set_up_loops, served_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_written_is_told),
		TEST(from_a_seq_comes_what_was_missed_and_then_progress),
		TEST(only_the_types_asked_for_are_told_and_progress_says_how_far),
		TEST(fields_are_the_ones_asked_for),
		TEST(a_filter_tells_what_comes_stays_and_goes),
		TEST(a_filter_over_the_past_is_as_it_was_then),
		TEST(what_a_purge_erased_is_told_as_unknown),
		TEST(without_credit_nothing_comes_until_there_is_some),
		TEST(it_may_begin_without_credit),
		TEST_NARROW(a_watch_that_is_not_read_keeps_nothing_and_goes_on_later),
		TEST_NARROW(one_that_is_closed_in_the_middle_disturbs_nobody),
		TEST_SHORT(what_is_not_kept_is_refused_at_once),
		TEST_SHORT(a_watch_that_waited_too_long_is_ended_and_told_why),
		TEST(an_operation_larger_than_a_notification_comes_in_several),
		TEST(a_schema_without_what_is_asked_for_ends_a_watch),
		TEST(each_watch_of_a_connection_goes_its_own_way),
		TEST_LOOPS(watchers_on_several_loops_are_all_told),
		cmocka_unit_test(a_daemon_that_stops_ends_its_watches),
		TEST(a_connection_has_so_many_watches),
		TEST(what_makes_no_sense_is_refused),
		TEST(options_have_so_many_bytes),
		TEST(stats_tell_how_many_watch_and_how_far_behind_they_are),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
