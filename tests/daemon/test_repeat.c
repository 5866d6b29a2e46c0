/* SPDX-License-Identifier: Apache-2.0 */
/* A write that comes once more with the same `rid` gets the first answer and changes nothing.
 */
#include "tests/daemon/served.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <string.h>

static int fd;

static int set_up(void **state)
{
	const int end = served_set_up(state);
	fd = served_connect();
	return end;
}

static const char *call(const char *message)
{
	return served_call(fd, message);
}

static void says(const char *message, const char *part)
{
	const char *answer = call(message);
	if (strstr(answer, part) == NULL)
		fail_msg("%s\n  does not say %s", answer, part);
}

static void it_is_written_once(void **state)
{
	(void)state;
	char first[256], again[256];
	const char *rest = "'create', ['team', {'name': 'A'}, {'rid': ['app', 1]}]]";
	char message[256];
	snprintf(message, sizeof message, "[0, 2, %s", rest);
	snprintf(first, sizeof first, "%s", call(message));
	assert_non_null(strstr(first, "[1, 2, nil, [1, 1, "));
	snprintf(message, sizeof message, "[0, 3, %s", rest); /* another msgid */
	snprintf(again, sizeof again, "%s", call(message));
	assert_string_equal(again + strlen("[1, 3"), first + strlen("[1, 2"));
	says("[0, 4, 'count', ['team', nil]]", "nil, 1]");
	/* on another connection, too */
	const int other = served_connect();
	snprintf(again, sizeof again, "%s", served_call(other, message));
	assert_string_equal(again + strlen("[1, 3"), first + strlen("[1, 2"));
	says("[0, 4, 'count', ['team', nil]]", "nil, 1]");
}

static void the_first_answer_holds_whatever_came_since(void **state)
{
	(void)state;
	says("[0, 1, 'create', ['team', {'name': 'A'}]]", "[1, 1, nil");
	const char *update =
		"[0, 2, 'update', ['team', 1, {'name': 'B'}, {'rid': ['app', 1]}]]";
	says(update, "nil, [1, 2, ");
	says("[0, 3, 'update', ['team', 1, {'name': 'C'}]]", "nil, [1, 3, ");
	says(update, "nil, [1, 2, ");
	says("[0, 4, 'get', ['team', 1, {'fields': ['name']}]]", "['C']");
	/* one that changed nothing then changes nothing now */
	const char *same = "[0, 2, 'update', ['team', 1, {'name': 'C'}, {'rid': ['app', 2]}]]";
	says(same, "nil, [1, 3, ");
	says("[0, 3, 'update', ['team', 1, {'name': 'D'}]]", "nil, [1, 4, ");
	says(same, "nil, [1, 3, ");
	says("[0, 4, 'get', ['team', 1, {'fields': ['name']}]]", "['D']");
}

static void a_batch_is_one_request(void **state)
{
	(void)state;
	const char *batch = "[0, 2, 'batch', [[['create', 'team', {'name': 'A'}], ['create', "
			    "'team', {'name': 'B'}]], {'rid': ['app', 1]}]]";
	says(batch, "nil, [[1, 1, ");
	says(batch, "nil, [[1, 1, ");
	says("[0, 4, 'count', ['team', nil]]", "nil, 2]");
	says("[0, 2, 'batch', [[['create', 'team', {'name': 'C'}, {'rid': ['app', 2]}]]]]",
	     "rid is an option of the batch");
}

static void what_failed_is_tried_again(void **state)
{
	(void)state;
	const char *user = "[0, 2, 'create', ['user', {'login': 'a', 'name': 'A', 'team': 1}, "
			   "{'rid': ['app', "
			   "1]}]]";
	says(user, "DANGLING_REFERENCE");
	says("[0, 1, 'create', ['team', {'name': 'A'}]]", "[1, 1, nil");
	says(user, "nil, [1, 1, ");
}

static void another_request_is_told_apart(void **state)
{
	(void)state;
	says("[0, 1, 'create', ['team', {'name': 'A'}, {'rid': ['app', 1]}]]", "nil, [1, ");
	says("[0, 1, 'create', ['team', {'name': 'B'}, {'rid': ['app', 1]}]]",
	     "RID_REUSED: number 1 was given to another request");
	says("[0, 1, 'create', ['team', {'name': 'B'}, {'rid': ['app', 2]}]]", "nil, [2, ");
	says("[0, 1, 'create', ['team', {'name': 'C'}, {'rid': ['other', 1]}]]", "nil, [3, ");
}

static void a_rid_is_a_name_and_a_number(void **state)
{
	(void)state;
	static const char *const wrong[] = { "1",         "[]",          "['a']",  "['', 1]",
		                             "['a', -1]", "['a', 1, 2]", "[1, 1]", "nil" };
	for (size_t i = 0; i < CX_COUNT_OF(wrong); i++) {
		char message[256];
		snprintf(message, sizeof message,
		         "[0, 1, 'create', ['team', {'name': 'A'}, {'rid': %s}]]", wrong[i]);
		says(message, "INVALID_ARGUMENT: rid: [sender, number]");
	}
	says("[0, 1, 'create', ['team', {'name': 'A'}, {'rid': ['a', 1], 'dry_run': true}]]",
	     "INVALID_ARGUMENT: rid: a dry run");
	says("[0, 1, 'get', ['team', 1, {'rid': ['a', 1]}]]", "get has no option \"rid\"");
	says("[0, 4, 'count', ['team', nil]]", "nil, 0]");
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, served_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(it_is_written_once),
		WITH(the_first_answer_holds_whatever_came_since),
		WITH(a_batch_is_one_request),
		WITH(what_failed_is_tried_again),
		WITH(another_request_is_told_apart),
		WITH(a_rid_is_a_name_and_a_number),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
