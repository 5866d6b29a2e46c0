/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon cuts the change log to what its options say, as others write, and tells whoever
 * asks for more. */
#include "tests/daemon/served.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CUSTOMERS = 200 };

static void create_customers(int fd)
{
	for (int i = 0; i < CUSTOMERS; i++) {
		char request[128];
		snprintf(request, sizeof request,
		         "[0, 1, 'create', ['customer', {'name': 'customer %d'}]]", i);
		const char *answer = served_call(fd, request);
		assert_int_equal(strncmp(answer, "[1, 1, nil, ", 12), 0);
	}
}

/* The answer to the first change there is, after the customers were made. */
static const char *first_changes(const char *const *options, const char *request)
{
	static char text[4096];
	served_start(options);
	int fd = served_connect();
	create_customers(fd);
	snprintf(text, sizeof text, "%s", served_call(fd, request));
	const char *report = served_call(fd, "[0, 3, 'check', []]");
	assert_non_null(strstr(report, "'findings': 0"));
	close(fd);
	served_stop();
	return text;
}

static const char from_1[] = "[0, 2, 'changes', [{'from': 1, 'limit': 1}]]";

static void nothing_is_cut_by_default(void **state)
{
	(void)state;
	assert_non_null(strstr(first_changes(NULL, from_1), "{'seq': 1, "));
}

static void the_log_is_cut_to_its_size(void **state)
{
	(void)state;
	static const char *const options[] = { "changes.keep_bytes=4096", NULL };
	assert_int_equal(strncmp(first_changes(options, from_1), "[1, 2, 'COMPACTED: ", 19), 0);
	const char *kept = first_changes(options, "[0, 2, 'changes', [{'limit': 1}]]");
	assert_null(strstr(kept, "{'seq': 1, "));
	assert_non_null(strstr(kept, "'kind': 'create'"));
}

static void what_is_young_is_kept(void **state)
{
	(void)state;
	static const char *const options[] = { "changes.keep_days=1", NULL };
	assert_non_null(strstr(first_changes(options, from_1), "{'seq': 1, "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_cut_by_default),
		cmocka_unit_test(the_log_is_cut_to_its_size),
		cmocka_unit_test(what_is_young_is_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
