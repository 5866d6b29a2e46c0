/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon's time can be told by a file, is read at each use, and never goes back. */
#include "base/clock.h"
#include "daemon/clock.h"
#include "tests/daemon/scratch.h"
#include "tests/daemon/served.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void without_a_file_it_is_the_machines(void **state)
{
	(void)state;
	daemon_clock clock;
	assert_int_equal(daemon_clock_init(&clock, "", NULL), CX_OK);
	const int64_t before = cx_clock_wall_ms();
	const int64_t now = daemon_clock_now_ms(&clock);
	assert_in_range(now, before, cx_clock_wall_ms());
}

static void a_file_says_it_and_it_never_goes_back(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t ms;
	} cases[] = {
		{ "1000", 1000 },
		{ "1970-01-01T00:00:02Z", 2000 },
		{ " 1970-01-01 08:00:03.250+08:00\r\n", 3250 },
		{ "3000\n", 3250 }, /* earlier */
		{ "soon", 3250 },
		{ "", 3250 },
		{ "100000000000000", 3250 }, /* after the year 9999 */
		{ "-1", 3250 },
		{ "4000", 4000 },
	};
	char path[SCRATCH_PATH_SIZE];
	daemon_clock clock;
	scratch_make();
	scratch_write("time", cases[0].text, path);
	assert_int_equal(daemon_clock_init(&clock, path, NULL), CX_OK);
	for (size_t i = 0; i < CX_COUNT_OF(cases); i++) {
		scratch_write("time", cases[i].text, path);
		assert_int_equal(daemon_clock_now_ms(&clock), cases[i].ms);
	}
	unlink(path);
	assert_int_equal(daemon_clock_now_ms(&clock), 4000);
	scratch_remove();
}

static void a_file_without_a_time_is_refused(void **state)
{
	(void)state;
	char path[SCRATCH_PATH_SIZE];
	cx_error error = { 0 };
	daemon_clock clock;
	scratch_make();
	scratch_path("none", path);
	assert_int_equal(daemon_clock_init(&clock, path, &error), CX_INVALID_ARGUMENT);
	assert_non_null(strstr(error.text, "clock.file"));
	scratch_write("time", "later", path);
	assert_int_equal(daemon_clock_init(&clock, path, &error), CX_INVALID_ARGUMENT);
	scratch_remove();
}

static void put_time(const char *path, const char *text)
{
	char next[64];
	snprintf(next, sizeof next, "%s.next", path);
	FILE *file = fopen(next, "we");
	assert_non_null(file);
	fprintf(file, "%s\n", text);
	fclose(file);
	assert_int_equal(rename(next, path), 0);
}

static void records_are_stamped_with_it(void **state)
{
	(void)state;
	char path[] = "/tmp/cardex-clock-XXXXXX";
	char option[64];
	close(mkstemp(path));
	put_time(path, "2026-01-31T16:00:00Z");
	snprintf(option, sizeof option, "clock.file=%s", path);
	const char *const options[] = { option, NULL };
	served_start(options);
	int fd = served_connect();
	const char *answer = served_call(fd, "[0, 1, 'create', ['team', {'name': 'a'}]]");
	assert_non_null(strstr(answer, "[1, 1, nil, "));
	put_time(path, "2026-03-01T00:00:00Z");
	answer = served_call(fd, "[0, 2, 'create', ['team', {'name': 'b'}]]");
	assert_non_null(strstr(answer, "[1, 2, nil, "));
	answer = served_call(
		fd, "[0, 3, 'query', ['team', {'fields': ['created_at'], 'order': ['id']}]]");
	if (strstr(answer, "[1769875200000], [1772323200000]") == NULL)
		fail_msg("%s", answer);
	close(fd);
	served_stop();
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_file_it_is_the_machines),
		cmocka_unit_test(a_file_says_it_and_it_never_goes_back),
		cmocka_unit_test(a_file_without_a_time_is_refused),
		cmocka_unit_test(records_are_stamped_with_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
