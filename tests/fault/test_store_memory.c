/* SPDX-License-Identifier: Apache-2.0 */
/* Every request for memory fails, once and for good, in a run of commits that changes segments
 * and merges all the time, without a journal, and while a journal is taken up. Whatever
 * happens: a commit is told to be refused or is there as a whole, nothing that was acknowledged
 * is lost, reads go on or are refused, and nothing hangs, crashes or leaks.
 *
 * Also when the process ends right behind the next commit.
 *
 * Some points of each kind are tried; CARDEX_FAULT_ALL=1 tries every one. */
#include "tests/fault/commits.h"
#include "tests/support/unit.h"

enum { POINTS_WANTED = 60 };

static void run_scene(const commits_scene *what)
{
	commits_fail(what, (fault){ .target = FAULT_MEMORY }, POINTS_WANTED);
	commits_fail(what, (fault){ .target = FAULT_MEMORY, .for_good = true }, POINTS_WANTED);
}

static void every_request_of_commits_and_merges_may_fail(void **state)
{
	(void)state;
	run_scene(&(commits_scene){ .name = "small segments" });
}

static void every_request_of_merges_by_age_may_fail(void **state)
{
	(void)state;
	run_scene(&(commits_scene){ .name = "merged by age", .age_ms = 1 });
}

static void every_request_of_merges_that_carry_may_fail(void **state)
{
	(void)state;
	run_scene(&(commits_scene){ .name = "carried", .carry_all = true });
}

static void every_request_of_commits_without_a_journal_may_fail(void **state)
{
	(void)state;
	run_scene(&(commits_scene){ .name = "no room for a journal", .map_bytes = 1 << 20 });
}

static void every_request_of_a_recovery_may_fail(void **state)
{
	(void)state;
	raw_store left;
	commits_scene what = { .name = "recovery" };
	commits_left(&left, &what);
	run_scene(&what);
	raw_release(&left);
	what = (commits_scene){ .name = "recovery of what is carried", .carry_all = true };
	commits_left(&left, &what);
	run_scene(&what);
	raw_release(&left);
}

static void a_crash_behind_a_refusal_loses_nothing(void **state)
{
	(void)state;
	const fault no_memory = { .target = FAULT_MEMORY };
	commits_fail_and_end(&(commits_scene){ .name = "small segments" }, no_memory, 1, 12);
	/* The first commit fills its segment of 8 MiB, and its buffer is given up. The fourth
	 * does not fit, and has the turn of that buffer: so the mark at the end needs memory.
	 * The merge of so much is not done when the fifth one ends it. */
	commits_fail_and_end(&(commits_scene){ .name = "a large commit",
	                                       .journal_bytes = 16 * 1024 * 1024,
	                                       .fillers = 127 },
	                     no_memory, 4, 6);
}

int main(int argc, char **argv)
{
	if (argc == 3)
		commits_leave(argv[1], argv[2]);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_request_of_commits_and_merges_may_fail),
		cmocka_unit_test(every_request_of_merges_by_age_may_fail),
		cmocka_unit_test(every_request_of_merges_that_carry_may_fail),
		cmocka_unit_test(every_request_of_commits_without_a_journal_may_fail),
		cmocka_unit_test(every_request_of_a_recovery_may_fail),
		cmocka_unit_test(a_crash_behind_a_refusal_loses_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
