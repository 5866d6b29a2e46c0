/* SPDX-License-Identifier: Apache-2.0 */
/* The methods, over a connection to a daemon inside the test. */
#include "tests/daemon/served.h"
#include "tests/support/unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fd;

static int set_up(void **state)
{
	static const char *const options[] = { "limits.group_operations=50",
		                               "limits.scan_records=100000", NULL };
	(void)state;
	served_start(options);
	fd = served_connect();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	close(fd);
	served_stop();
	return 0;
}

CX_PRINTF(1, 2)
static const char *call(const char *format, ...)
{
	static char request[1024];
	char *text = NULL;
	va_list arguments;
	va_start(arguments, format);
	assert_true(vasprintf(&text, format, arguments) >= 0);
	va_end(arguments);
	int size = snprintf(request, sizeof request, "[0, 1, %s]", text);
	assert_in_range(size, 1, sizeof request - 1);
	free(text);
	return served_call(fd, request);
}

#define assert_answer(result, ...) \
	assert_string_equal(call(__VA_ARGS__), "[1, 1, nil, " result "]")
#define assert_refused(begin, ...) \
	assert_int_equal(          \
		strncmp(call(__VA_ARGS__), "[1, 1, '" begin, strlen("[1, 1, '" begin)), 0)

static void make_team_and_user(void)
{
	assert_answer("[1, 1, 1, 1, true]", "'create', ['team', {'name': 'A'}]");
	assert_answer("[1, 1, 2, 1, true]",
	              "'create', ['user', {'login': 'ann', 'name': 'Ann', 'team': 1}]");
}

static void get_sends_the_names_until_the_client_knows_the_layout(void **state)
{
	(void)state;
	make_team_and_user();
	const char *answer = call("'get', ['team', 1]");
	unsigned layout = 0;
	assert_int_equal(sscanf(answer, "[1, 1, nil, [%u, ['id', 'rev', ", &layout), 1);
	assert_non_null(strstr(answer, "'name', 'parent'"));

	char expected[64];
	snprintf(expected, sizeof expected, "[1, 1, nil, [%u, nil, [1, 1, ", layout);
	answer = call("'get', ['team', 1, {'layout': %u}]", layout);
	assert_int_equal(strncmp(answer, expected, strlen(expected)), 0);
	/* A layout of another time: the names come. */
	snprintf(expected, sizeof expected, "[1, 1, nil, [%u, ['id', ", layout);
	answer = call("'get', ['team', 1, {'layout': %u}]", layout + 1);
	assert_int_equal(strncmp(answer, expected, strlen(expected)), 0);

	/* Another type has another number. */
	unsigned other = 0;
	answer = call("'get', ['user', 1]");
	assert_int_equal(sscanf(answer, "[1, 1, nil, [%u, ", &other), 1);
	assert_int_not_equal(other, layout);
	assert_int_not_equal(other >> 16, layout >> 16);
}

static void fields_are_sent_in_the_order_asked_for_with_their_names(void **state)
{
	(void)state;
	make_team_and_user();
	unsigned layout = 0;
	sscanf(call("'get', ['user', 1]"), "[1, 1, nil, [%u, ", &layout);
	char expected[128];
	snprintf(expected, sizeof expected,
	         "[1, 1, nil, [%u, ['name', 'id', 'email'], ['Ann', 1, nil]]]", layout);
	assert_string_equal(
		call("'get', ['user', 1, {'fields': ['name', 'id', 'email'], 'layout': %u}]",
	             layout),
		expected);
	snprintf(expected, sizeof expected, "[1, 1, nil, [%u, ['id'], [1]]]", layout);
	assert_string_equal(call("'lookup', ['user', 'login', ['ann'], {'fields': ['id']}]"),
	                    expected);
	assert_refused("NO_FIELD", "'get', ['user', 1, {'fields': ['nope']}]");
	assert_refused("INVALID_ARGUMENT", "'get', ['user', 1, {'fields': []}]");
	assert_refused("INVALID_ARGUMENT", "'get', ['user', 1, {'fields': 'id'}]");
	assert_refused("INVALID_ARGUMENT", "'get', ['user', 1, {'fields': [7]}]");
}

static void make_contacts(void)
{
	make_team_and_user();
	for (int i = 1; i <= 2; i++)
		(void)call("'create', ['customer', {'name': 'C%d', 'owner': 1}]", i);
	for (int i = 1; i <= 3; i++)
		(void)call("'create', ['contact', {'customer': 1, 'name': 'P%d'}]", i);
}

static void included_records_come_with_the_rows(void **state)
{
	(void)state;
	make_contacts();
	const char *answer = call(
		"'query', ['customer', {'fields': ['id'], 'order': ['id'], 'include': [{'ref': "
		"'owner', 'fields': ['login']}, {'type': 'contact', 'ref': 'customer', "
		"'fields': ['name'], 'limit': 2}]}]");
	static const char *const parts[] = {
		"'names': ['login'], 'rows': [['ann']], 'at': [0, 0], 'keys': 1, "
		"'fetched': 1}",
		"'names': ['name'], 'rows': [['P3'], ['P2']], 'counts': [2, 0], 'more': [true, "
		"false], 'keys': 6, 'fetched': 6}",
	};
	for (size_t i = 0; i < 2; i++)
		if (strstr(answer, parts[i]) == NULL)
			fail_msg("no %s in %s", parts[i], answer);
	answer =
		call("'get', ['contact', 2, {'fields': ['id'], 'include': [{'ref': 'customer', "
	             "'fields': ['name']}]}]");
	if (strstr(answer, "['id'], [2], [{'layout': ") == NULL ||
	    strstr(answer,
	           "'names': ['name'], 'rows': [['C1']], 'at': [0], 'keys': 1, 'fetched': "
	           "1}]]]") == NULL)
		fail_msg("%s", answer);
	answer = call("'query', ['customer', {'fields': ['id'], 'order': ['id'], 'include': "
	              "[{'type': 'contact', 'ref': 'customer', 'fields': ['name'], 'order': "
	              "['name']}]}]");
	assert_non_null(strstr(answer, "[['P1'], ['P2'], ['P3']], 'counts': [3, 0]"));
	assert_refused("INVALID_ARGUMENT", "'query', ['customer', {'include': 7}]");
	assert_refused("INVALID_ARGUMENT", "'query', ['customer', {'include': [7]}]");
	assert_refused("INVALID_ARGUMENT", "'query', ['customer', {'include': [{}]}]");
	assert_refused("INVALID_ARGUMENT",
	               "'query', ['customer', {'include': [{'ref': 'owner', 'x': 1}]}]");
	assert_refused("INVALID_ARGUMENT",
	               "'query', ['customer', {'include': [{'ref': 'owner', 'limit': 1}]}]");
	assert_refused("INVALID_ARGUMENT", "'query', ['customer', {'include': [{'type': "
	                                   "'contact', 'ref': 'customer', 'limit': 0}]}]");
	assert_refused("INVALID_ARGUMENT", "'query', ['customer', {'include': [{'type': "
	                                   "'contact', 'ref': 'customer', 'limit': 1001}]}]");
	assert_refused("NO_TYPE",
	               "'query', ['customer', {'include': [{'type': 'nope', 'ref': 'x'}]}]");
	assert_refused("NO_FIELD", "'query', ['customer', {'include': [{'ref': 'x'}]}]");
	assert_refused("TYPE", "'query', ['customer', {'include': [{'ref': 'name'}]}]");
	assert_refused("TYPE", "'query', ['user', {'include': [{'type': 'contact', 'ref': "
	                       "'customer'}]}]");
	assert_refused("TOO_LARGE", "'query', ['customer', {'include': [{'ref': 'owner'}, "
	                            "{'ref': 'owner'}, {'ref': 'owner'}, {'ref': 'owner'}, "
	                            "{'ref': 'owner'}, {'ref': 'owner'}, {'ref': 'owner'}, "
	                            "{'ref': 'owner'}, {'ref': 'owner'}]}]");
}

static void a_query_may_ask_about_other_records(void **state)
{
	(void)state;
	make_contacts();
	const char *answer =
		call("'query', ['customer', {'fields': ['id'], 'filter': ['exists', "
	             "'contact', 'customer', ['=', 'name', 'P2']]}]");
	assert_non_null(strstr(answer, "['id'], [[1]], nil, 'done'"));
	assert_answer("3", "'count', ['contact', ['exists', 'customer', ['=', 'name', 'C1']]]");
	assert_answer("0", "'count', ['contact', ['exists', 'customer', ['=', 'name', 'C2']]]");
	assert_refused("NO_TYPE", "'count', ['contact', ['exists', 'x', 'y', nil]]");
}

static void hints_and_levels_are_checked(void **state)
{
	(void)state;
	make_contacts();
	assert_answer("2", "'count', ['customer', nil, {'count': 'estimate'}]");
	assert_answer("2", "'count', ['customer', nil, {'count': 'exact'}]");
	assert_refused("INVALID_ARGUMENT", "'count', ['customer', nil, {'count': 'x'}]");
	assert_refused("INVALID_ARGUMENT", "'query', ['customer', {'count': 7}]");
	assert_refused("INVALID_ARGUMENT", "'query', ['customer', {'explain': 3}]");
	assert_refused("INVALID_ARGUMENT", "'query', ['customer', {'explain': 'x'}]");
	assert_refused("INVALID_ARGUMENT", "'query', ['customer', {'no_index': 'ext_id'}]");
	assert_refused("INVALID_ARGUMENT", "'query', ['customer', {'no_index': [7]}]");
	assert_refused("NO_INDEX", "'query', ['customer', {'no_index': ['nope']}]");
	assert_null(strstr(call("'query', ['customer', {'explain': 0}]"), "'rejected'"));
	assert_non_null(strstr(call("'query', ['customer', {'explain': true}]"), "'rejected'"));
	assert_non_null(strstr(call("'query', ['customer', {'explain': 2}]"),
	                       "'executed': {'rows': 2, 'reason': 'done'"));
	const char *answer = call("'query', ['contact', {'fields': ['id'], 'order': ['id'], "
	                          "'max_scan': 2, 'count': 'exact'}]");
	assert_non_null(strstr(answer, "[[1], [2]], h'"));
	assert_non_null(strstr(answer, "'scan', {'seq': "));
	assert_non_null(strstr(answer, "'count': 3"));
}

static void statistics_are_taken_when_asked_for(void **state)
{
	(void)state;
	const char *answer = call("'analyze', []");
	assert_int_equal(strncmp(answer, "[1, 1, nil, {'epoch': 1, 'indexes': ", 36), 0);
	assert_non_null(
		strstr(call("'query', ['customer', {'explain': 0}]"), "'stats_epoch': 1"));
	answer = call("'analyze', [{'deadline_ms': 60000}]");
	assert_int_equal(strncmp(answer, "[1, 1, nil, {'epoch': 2, ", 25), 0);
}

static void a_search_finds_records_of_several_types(void **state)
{
	(void)state;
	(void)call("'create', ['customer', {'name': '华东医疗', 'phone': '138-1234-5678'}]");
	(void)call("'create', ['contact', {'customer': 1, 'name': '医疗'}]");
	const char *answer = call("'search', ['医疗', {'highlights': true}]");
	static const char *const parts[] = {
		"[1, 1, nil, [[{'type': 'contact', 'id': 1, 'match': 'exact', 'recent': ",
		("'fields': {'name': '医疗'}, 'highlights': {'name': [[0, 6]]}}, {'type': "
		 "'customer'"),
		"'highlights': {'name': [[6, 6]]}}], 'done', {'seq': 2, 'found': 2, ",
	};
	for (size_t i = 0; i < CX_COUNT_OF(parts); i++)
		if (strstr(answer, parts[i]) == NULL)
			fail_msg("no %s in %s", parts[i], answer);
	/* Where it was found comes beside what the record is. */
	assert_non_null(strstr(call("'search', ['5678']"),
	                       "'fields': {'name': '华东医疗', 'phone': '138-1234-5678'}}]"));
	/* Of each hit those of the fields that its type has. */
	assert_non_null(strstr(call("'search', ['医', {'types': ['contact', 'customer'], "
	                            "'fields': ['id', 'city', 'mobile']}]"),
	                       "'fields': {'id': 1, 'mobile': nil}}, "));
	assert_refused("NO_FIELD",
	               "'search', ['医', {'types': ['contact'], 'fields': ['city']}]");
	assert_non_null(strstr(call("'search', ['织造', {'types': ['customer', 'contact']}]"),
	                       "[[], 'done', {'seq': 2, 'found': 0, "));
	assert_refused("INVALID_ARGUMENT", "'search', ['']");
	assert_refused("INVALID_ARGUMENT", "'search', ['x', {'limit': 0}]");
	assert_refused("INVALID_ARGUMENT", "'search', ['x', {'limit': 1001}]");
	assert_refused("INVALID_ARGUMENT", "'search', ['x', {'types': []}]");
	assert_refused("INVALID_ARGUMENT", "'search', ['x', {'types': [7]}]");
	assert_refused("INVALID_ARGUMENT", "'search', ['x', {'types': ['team']}]");
	assert_refused("NO_TYPE", "'search', ['x', {'types': ['nope']}]");
	assert_refused("NO_FIELD", "'search', ['x', {'fields': ['nope']}]");
	assert_refused("INVALID_ARGUMENT", "'search', [7]");
}

static void what_is_not_there_has_its_own_error(void **state)
{
	(void)state;
	make_team_and_user();
	assert_refused("NO_TYPE", "'get', ['nope', 1]");
	assert_refused("NOT_FOUND", "'get', ['user', 2]");
	assert_refused("NO_INDEX", "'lookup', ['user', 'nope', [1]]");
	assert_refused("NOT_FOUND", "'lookup', ['user', 'login', ['bob']]");
	assert_refused("NO_TYPE", "'schema.get', [{'type': 'nope'}]");
	assert_refused("NO_TYPE", "'create', ['nope', {}]");
	assert_refused("NO_INDEX", "'upsert', ['user', 'nope', {}]");
}

static void one_operation_after_the_other(void **state)
{
	(void)state;
	make_team_and_user();
	assert_answer("[1, 1, 3, 1, true]",
	              "'create', ['customer', {'name': 'C', 'owner': 1}]");
	assert_answer("[1, 2, 4, 1, false]",
	              "'update', ['customer', 1, {'name': 'D'}, {'if_rev': 1}]");
	assert_refused("CONFLICT_REV",
	               "'update', ['customer', 1, {'name': 'E'}, {'if_rev': 1}]");
	assert_refused("INVALID_ARGUMENT", "'update', ['customer', 1, {}, {'if_rev': 0}]");
	assert_answer("[1, 3, 5, 1, false]", "'delete', ['customer', 1]");
	assert_refused("NOT_FOUND", "'get', ['customer', 1]");
	assert_non_null(strstr(call("'get', ['customer', 1, {'deleted': true}]"), "'D'"));
	assert_answer("[1, 4, 6, 1, false]", "'undelete', ['customer', 1]");
	assert_answer("[1, 5, 7, 1, false]", "'delete', ['customer', 1]");
	assert_answer("[1, 0, 8, 1, false]", "'purge', ['customer', 1]");
	assert_refused("NOT_FOUND", "'get', ['customer', 1, {'deleted': true}]");
	assert_answer("[1, 2, 9, 1, false]",
	              "'upsert', ['user', 'login', {'login': 'ann', 'name': 'Anne'}]");
}

static void a_batch_names_what_it_made_before(void **state)
{
	(void)state;
	assert_answer("[[1, 1, 1, 1, true], [1, 1, 2, 1, true], [1, 2, 3, 1, false]]",
	              "'batch', [[['create', 'team', {'name': 'A'}], "
	              "['create', 'user', {'login': 'a', 'name': 'A', 'team': {'$': 0}}], "
	              "['update', 'user', {'$': 1}, {'name': 'B'}]]]");
	assert_answer("[]", "'batch', [[]]");
}

static void a_batch_that_fails_does_nothing_and_its_neighbours_go_on(void **state)
{
	(void)state;
	/* Three in one piece, so that they run in one group. */
	served_send(fd, "[0, 1, 'create', ['team', {'name': 'A'}]]");
	served_send(fd, "[0, 2, 'batch', [[['create', 'team', {'name': 'B'}], "
	                "['create', 'team', {'name': 'A'}]]]]");
	served_send(fd, "[0, 3, 'create', ['team', {'name': 'B'}]]");
	assert_string_equal(served_receive(fd), "[1, 1, nil, [1, 1, 1, 1, true]]");
	assert_int_equal(strncmp(served_receive(fd), "[1, 2, 'UNIQUE: operation 1: ", 29), 0);
	assert_string_equal(served_receive(fd), "[1, 3, nil, [2, 1, 2, 1, true]]");
	assert_answer("2", "'count', ['team', nil]");
	assert_refused("INVALID_ARGUMENT: operation 0: get may not", "'batch', [[['get', 1]]]");
	assert_refused("INVALID_ARGUMENT: operation 0: id", "'batch', [[['update', 'team', "
	                                                    "{'$': 0}, {}]]]");
}

static void every_read_after_an_answer_sees_the_write(void **state)
{
	(void)state;
	int other = served_connect();
	for (int i = 1; i <= 200; i++) {
		char text[96];
		snprintf(text, sizeof text, "[0, 1, 'create', ['team', {'name': 'T%d'}]]", i);
		assert_non_null(strstr(served_call(fd, text), "nil, ["));
		snprintf(text, sizeof text, "[1, 7, nil, %d]", i);
		assert_string_equal(served_call(other, "[0, 7, 'count', ['team', nil]]"), text);
	}
	close(other);
}

static void make_teams(int count)
{
	for (int i = 1; i <= count; i++)
		assert_non_null(
			strstr(call("'create', ['team', {'name': 'T%03d'}]", i), "nil, ["));
}

/* Takes the bin after the rows out of an answer, as the text that wire() reads. */
static char *continuation_of(const char *answer)
{
	const char *begin = strstr(answer, " h'");
	begin += begin != NULL; /* not the end of a name */
	return begin == NULL ? NULL : strndup(begin, strcspn(begin + 2, "'") + 3);
}

static void pages_put_together_are_the_whole(void **state)
{
	(void)state;
	make_teams(25);
	char got[256] = "";
	char *after = NULL;
	for (int page = 0; page < 4; page++) {
		const char *answer =
			after == NULL ? call("'query', ['team', {'fields': ['id'], 'limit': 7, "
		                             "'order': ['name desc']}]")
				      : call("'query', ['team', {'fields': ['id'], 'limit': 7, "
		                             "'order': ['name desc'], 'after': %s}]",
		                             after);
		const char *rows = strstr(answer, "['id'], [");
		assert_non_null(rows);
		rows += strlen("['id'], [");
		size_t length = (size_t)(strstr(rows, "]]") - rows) + 1;
		assert_true(strlen(got) + length + 3 < sizeof got);
		strncat(got, rows, length);
		strcat(got, " ");
		free(after);
		after = continuation_of(answer);
		assert_non_null(strstr(answer, page == 3 ? "'done'" : "'limit'"));
		assert_int_equal(after == NULL, page == 3);
	}
	assert_string_equal(got, "[25], [24], [23], [22], [21], [20], [19] "
	                         "[18], [17], [16], [15], [14], [13], [12] "
	                         "[11], [10], [9], [8], [7], [6], [5] "
	                         "[4], [3], [2], [1] ");
}

static void a_continuation_fits_its_own_type_only(void **state)
{
	(void)state;
	make_teams(3);
	char *after =
		continuation_of(call("'query', ['team', {'limit': 1, 'fields': ['id']}]"));
	assert_non_null(after);
	assert_refused("INVALID_ARGUMENT: after", "'query', ['user', {'after': %s}]", after);
	after[3] = after[3] == '0' ? '1' : '0';
	assert_refused("INVALID_ARGUMENT: after", "'query', ['team', {'after': %s}]", after);
	assert_refused("INVALID_ARGUMENT: after", "'query', ['team', {'after': h''}]");
	free(after);
}

static void a_query_says_what_it_cost_and_counts_when_asked(void **state)
{
	(void)state;
	make_teams(3);
	assert_non_null(strstr(call("'query', ['team', {'limit': 2, 'count': true}]"),
	                       "'limit', {'seq': 3, 'count': 3, 'keys': "));
	assert_non_null(strstr(call("'query', ['team', {'filter': ['=', 'name', 'zz']}]"),
	                       ", [], nil, 'done', {'seq': 3, 'keys': "));
	assert_non_null(strstr(call("'query', ['team', {'explain': true}]"), "{'plan': "));
	assert_answer("1", "'count', ['team', ['=', 'name', 'T002']]");
}

static void groups_add_up_the_records(void **state)
{
	(void)state;
	make_team_and_user();
	call("'create', ['customer', {'name': 'A', 'owner': 1, 'potential_base': 5}]");
	call("'create', ['customer', {'name': 'B', 'owner': 1, 'potential_base': 8}]");
	call("'create', ['customer', {'name': 'C'}]");
	const char *answer = call("'aggregate', ['customer', {'group': ['owner'], 'values': "
	                          "['count', 'avg(potential_base)']}]");
	assert_non_null(
		strstr(answer,
	               "[['owner', 'count', 'avg(potential_base)'], [[nil, 1, 0], [1, 2, 7]], "
	               "nil, 'done', {'seq': 5, 'kinds': ['ref', 'int', 'money'], 'groups': 2, "
	               "'keys': 3, 'fetched': 3, 'aggregate': nil}]"));
	answer = call("'aggregate', ['customer', {'group': ['owner']}]");
	assert_non_null(strstr(answer, "[[nil, 1], [1, 2]], nil, 'done', {"));
	assert_non_null(strstr(answer, "'fetched': 0, 'aggregate': 'customers_owner'}]"));
	answer =
		call("'aggregate', ['customer', {'name': 'customers_owner', 'explain': true}]");
	assert_non_null(strstr(answer, "{'plan': 'aggregate', 'aggregate': 'customers_owner'"));
	assert_refused("INVALID_ARGUMENT: customer has no maintained aggregate \"revenue\"",
	               "'aggregate', ['customer', {'name': 'revenue'}]");
	assert_refused("INVALID_ARGUMENT: group",
	               "'aggregate', ['customer', {'group': ['x']}]");
	assert_refused("INVALID_ARGUMENT: values",
	               "'aggregate', ['customer', {'values': ['sum(name)']}]");
	assert_refused("INVALID_ARGUMENT: limit", "'aggregate', ['customer', {'limit': 0}]");
	assert_refused("INVALID_ARGUMENT: limit",
	               "'aggregate', ['customer', {'limit': 10001}]");
	assert_refused("NO_FIELD", "'aggregate', ['customer', {'filter': ['=', 'x', 1]}]");
	assert_refused("NO_TYPE", "'aggregate', ['x']");
}

static void pages_of_groups_go_on_where_they_ended(void **state)
{
	(void)state;
	make_teams(5);
	char *after = NULL;
	for (int page = 0; page < 3; page++) {
		const char *answer =
			after == NULL
				? call("'aggregate', ['team', {'group': ['name'], 'limit': 2}]")
				: call("'aggregate', ['team', {'group': ['name'], 'limit': 2, "
		                       "'after': %s}]",
		                       after);
		char first[20];
		snprintf(first, sizeof first, "[['T%03d', 1]", 2 * page + 1);
		assert_non_null(strstr(answer, first));
		assert_non_null(strstr(answer, page == 2 ? "nil, 'done'" : "'limit'"));
		assert_non_null(strstr(answer, "'groups': 5"));
		free(after);
		after = continuation_of(answer);
	}
	assert_null(after);
	after = continuation_of(call("'query', ['team', {'limit': 1, 'fields': ['id']}]"));
	assert_refused("CURSOR_STALE",
	               "'aggregate', ['team', {'group': ['name'], 'after': %s}]", after);
	free(after);
}

static void options_out_of_range_are_refused(void **state)
{
	(void)state;
	assert_refused("INVALID_ARGUMENT: limit", "'query', ['team', {'limit': 0}]");
	assert_refused("INVALID_ARGUMENT: limit", "'query', ['team', {'limit': 10001}]");
	assert_int_equal(strncmp(call("'query', ['team', {'limit': 10000}]"), "[1, 1, nil", 10),
	                 0);
	assert_refused("INVALID_ARGUMENT: order", "'query', ['team', {'order': ['name up']}]");
	assert_refused("INVALID_ARGUMENT: order", "'query', ['team', {'order': [1]}]");
	assert_refused("NO_FIELD: order", "'query', ['team', {'order': ['nope']}]");
	assert_refused("INVALID_ARGUMENT: order",
	               "'query', ['team', {'order': ['id', 'id', 'id', 'id', 'id']}]");
	assert_refused("NO_INDEX", "'query', ['team', {'use_index': 'nope'}]");
	assert_refused("INVALID_ARGUMENT: deadline_ms",
	               "'query', ['team', {'deadline_ms': 0}]");
	assert_refused("INVALID_ARGUMENT: deadline_ms",
	               "'count', ['team', nil, {'deadline_ms': 600001}]");
}

static void stats_and_check_and_schema_answer(void **state)
{
	(void)state;
	make_team_and_user();
	const char *answer = call("'stats', []");
	assert_non_null(strstr(answer, "'seq': 2"));
	assert_non_null(strstr(answer, "'connections': 1"));
	assert_non_null(strstr(answer, "'user': 1"));
	assert_answer("{'records': 2, 'entries': 5, 'references': 1, 'findings': 0, "
	              "'texts': []}",
	              "'check', []");
	answer = call("'schema.get', [{'type': 'team'}]");
	assert_int_equal(strncmp(answer, "[1, 1, nil, {'types': [{'name': 'team', ", 40), 0);
	assert_non_null(strstr(answer, "'text': nil"));
	answer = call("'schema.get', []");
	assert_non_null(strstr(answer, "{'name': 'org', "));
	assert_non_null(strstr(answer, "type org"));
}

static void changes_history_and_the_past_of_a_record_are_told(void **state)
{
	(void)state;
	make_team_and_user();
	(void)call("'update', ['team', 1, {'name': 'B'}]");
	const char *answer = call("'changes', [{'from': 3}]");
	assert_non_null(strstr(answer, "[1, 1, nil, [[{'seq': 3, 'part': 0, 'kind': 'update', "
	                               "'type': 'team', 'id': 1, 'rev': 2, 'at': "));
	assert_non_null(strstr(answer, "'changed': {'name': ['A', 'B']}}], 4, "
	                               "{'seq': 3, 'oldest': 1, 'keys': 1}]]"));
	answer = call("'changes', [{'types': ['user']}]");
	assert_non_null(strstr(answer, "[[{'seq': 2, 'part': 0, 'kind': 'create'"));
	assert_non_null(strstr(answer, "'login': 'ann'"));
	assert_null(strstr(answer, "'type': 'team'"));
	assert_non_null(strstr(answer, "], 4, {"));
	answer = call("'changes', [{'limit': 1}]");
	assert_non_null(strstr(answer, "], 2, {'seq': 3"));
	assert_answer("[[], 4, {'seq': 3, 'oldest': 1, 'keys': 0}]",
	              "'changes', [{'from': 4}]");
	assert_refused("INVALID_ARGUMENT: from", "'changes', [{'from': 5}]");
	assert_refused("INVALID_ARGUMENT: from", "'changes', [{'from': 0}]");
	assert_refused("INVALID_ARGUMENT: limit", "'changes', [{'limit': 1001}]");
	assert_refused("NO_TYPE", "'changes', [{'types': ['nope']}]");

	answer = call("'history', ['team', 1]");
	const char *update = strstr(answer, "'seq': 3");
	assert_non_null(update);
	assert_non_null(strstr(update, "'seq': 1"));
	assert_non_null(strstr(update, "], false]]"));
	answer = call("'history', ['team', 1, {'deadline_ms': 5000}]");
	assert_non_null(strstr(answer, "], false]]"));
	assert_refused("INVALID_ARGUMENT", "'history', ['team', 1, {'deadline_ms': 0}]");
	assert_refused("INVALID_ARGUMENT",
	               "'as_of', ['team', 1, {'seq': 1, 'deadline_ms': 600001}]");
	assert_refused("NOT_FOUND", "'history', ['team', 9]");

	assert_non_null(strstr(call("'as_of', ['team', 1, {'seq': 2, 'fields': ['name']}]"),
	                       "['name'], ['A']]"));
	assert_non_null(strstr(call("'as_of', ['team', 1, {'seq': 3, 'fields': ['name']}]"),
	                       "['name'], ['B']]"));
	assert_refused("NOT_FOUND", "'as_of', ['team', 1, {'at': 1}]");
	assert_refused("INVALID_ARGUMENT", "'as_of', ['team', 1]");
	assert_refused("INVALID_ARGUMENT", "'as_of', ['team', 1, {'seq': 4}]");
	assert_non_null(strstr(call("'check', [{'state_hash': true}]"), "'state_hash': '"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(included_records_come_with_the_rows),
		TEST(a_query_may_ask_about_other_records),
		TEST(hints_and_levels_are_checked),
		TEST(statistics_are_taken_when_asked_for),
		TEST(a_search_finds_records_of_several_types),
		TEST(get_sends_the_names_until_the_client_knows_the_layout),
		TEST(fields_are_sent_in_the_order_asked_for_with_their_names),
		TEST(what_is_not_there_has_its_own_error),
		TEST(one_operation_after_the_other),
		TEST(a_batch_names_what_it_made_before),
		TEST(a_batch_that_fails_does_nothing_and_its_neighbours_go_on),
		TEST(every_read_after_an_answer_sees_the_write),
		TEST(pages_put_together_are_the_whole),
		TEST(a_continuation_fits_its_own_type_only),
		TEST(a_query_says_what_it_cost_and_counts_when_asked),
		TEST(groups_add_up_the_records),
		TEST(pages_of_groups_go_on_where_they_ended),
		TEST(options_out_of_range_are_refused),
		TEST(stats_and_check_and_schema_answer),
		TEST(changes_history_and_the_past_of_a_record_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
