/* SPDX-License-Identifier: Apache-2.0 */
/* A store without room: each write is either done or answered STORAGE_FULL, never both or
 * neither, whatever group it was in, and reads go on. */
#include "tests/daemon/served.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WRITES = 1500, TEXT_BYTES = 4000 };

static int set_up(void **state)
{
	static const char *const options[] = { "store.map_bytes=4M", NULL };
	(void)state;
	served_start(options);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	served_stop();
	return 0;
}

static void each_write_is_done_or_refused(void **state)
{
	(void)state;
	static char message[TEXT_BYTES + 128];
	static char text[TEXT_BYTES + 1];
	int fd = served_connect();
	memset(text, 'x', TEXT_BYTES);
	assert_string_equal(served_call(fd, "[0, 1, 'create', ['team', {'name': 'A'}]]"),
	                    "[1, 1, nil, [1, 1, 1, 1, true]]");
	assert_string_equal(served_call(fd, "[0, 1, 'create', ['user', {'login': 'a', "
	                                    "'name': 'A', 'team': 1}]]"),
	                    "[1, 1, nil, [1, 1, 2, 1, true]]");

	int done = 0;
	int full = 0;
	for (int i = 0; i < WRITES; i++) {
		/* Large and small ones in turn: in one group some fit and some do not. */
		snprintf(message, sizeof message,
		         "[0, %d, 'create', ['customer', {'name': 'C%d', 'owner': 1, "
		         "'description': "
		         "'%.*s'}]]",
		         i, i, i % 2 == 0 ? TEXT_BYTES : 1, text);
		served_send(fd, message);
	}
	for (int i = 0; i < WRITES; i++) {
		const char *answer = served_receive(fd);
		done += strstr(answer, "nil, [") != NULL;
		full += strstr(answer, "'STORAGE_FULL: ") != NULL;
	}
	assert_int_equal(done + full, WRITES);
	assert_true(done > 100);
	assert_true(full > 100);

	snprintf(message, sizeof message, "[1, 7, nil, %d]", done);
	assert_string_equal(served_call(fd, "[0, 7, 'count', ['customer', nil]]"), message);
	assert_non_null(strstr(served_call(fd, "[0, 1, 'check', []]"), "'findings': 0"));
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_write_is_done_or_refused, set_up,
		                                tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
