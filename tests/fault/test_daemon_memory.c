/* SPDX-License-Identifier: Apache-2.0 */
/* Every request for memory of a daemon that serves 200 requests fails, once and for good, from
 * its start to its end. Whatever happens: it does not crash or hang, what was answered as done
 * is there after the next start, what was refused is not, and the next one serves.
 *
 * Some points of each kind are tried; CARDEX_FAULT_ALL=1 tries every one. */
#include "daemon/process.h"
#include "tests/fault/daemon_points.h"
#include "tests/support/unit.h"

#include <string.h>

enum { POINTS_WANTED = 60 };

static void check_end(const char *folder, const requests_outcome *found, int code,
                      daemon_total *all)
{
	const char *log = daemon_child_log(folder);
	bool started = strstr(log, "daemon ready") != NULL;
	if (code >= 256 || (!started && code != DAEMON_EXIT_START))
		print_error("code %d, %s\n%s\n", code, faults_hit(), log);
	assert_true(code < 256);
	if (!started) {
		assert_int_equal(code, DAEMON_EXIT_START);
		assert_non_null(strstr(log, "cardexd: "));
		assert_int_equal(found->done, 0);
		all->exits_start++;
		return;
	}
	assert_true(code == DAEMON_EXIT_OK || code == DAEMON_EXIT_IO ||
	            code == DAEMON_EXIT_UNFINISHED);
	assert_true(found->told_io == 0 || code == DAEMON_EXIT_IO);
	all->exits_io += code == DAEMON_EXIT_IO;
}

static void every_request_may_fail_once(void **state)
{
	(void)state;
	daemon_fail((fault){ .target = FAULT_MEMORY }, POINTS_WANTED, check_end);
}

static void every_request_may_fail_for_good(void **state)
{
	(void)state;
	daemon_fail((fault){ .target = FAULT_MEMORY, .for_good = true }, POINTS_WANTED,
	            check_end);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_request_may_fail_once),
		cmocka_unit_test(every_request_may_fail_for_good),
	};
	return cmocka_run_group_tests(tests, daemon_points_begin, daemon_points_end);
}
