/* SPDX-License-Identifier: Apache-2.0 */
/* Every call to the system of a run of commits fails, once and for good, in every way: with
 * segments so small that the journal changes them and merges all the time, while a journal is
 * taken up, and while the store is made and closed. Whatever happens: what was acknowledged is
 * there after the next open, a commit is there as a whole or not at all, one that was refused
 * is not there, reads go on, nothing hangs, and after an error of the disk the store takes no
 * more writes.
 *
 * Some 30 points of each kind are tried; CARDEX_FAULT_ALL=1 tries every one. */
#include "tests/fault/commits.h"
#include "tests/support/unit.h"

#include <unistd.h>

enum { POINTS_WANTED = 30, SECONDS_MAX = 20 };

static void run_scene(const commits_scene *what)
{
	commits_fail(what, (fault){ .kind = FAULT_EIO }, POINTS_WANTED);
	commits_fail(what, (fault){ .kind = FAULT_EIO, .for_good = true }, POINTS_WANTED);
	commits_fail(what, (fault){ .kind = FAULT_EIO, .target = FAULT_SYNCS }, POINTS_WANTED);
	commits_fail(what,
	             (fault){ .kind = FAULT_EIO, .for_good = true, .target = FAULT_SYNCS },
	             POINTS_WANTED);
	commits_fail(what, (fault){ .kind = FAULT_NO_SPACE }, POINTS_WANTED);
	commits_fail(what, (fault){ .kind = FAULT_NO_SPACE, .for_good = true }, POINTS_WANTED);
	commits_fail(what, (fault){ .kind = FAULT_SHORT }, POINTS_WANTED);
	commits_fail(what, (fault){ .kind = FAULT_SHORT, .for_good = true }, POINTS_WANTED);
	commits_fail(what, (fault){ .kind = FAULT_INTERRUPTED },
	             POINTS_WANTED); /* for good is no signal */
}

static void every_call_of_commits_and_merges_may_fail(void **state)
{
	(void)state;
	run_scene(&(commits_scene){ .name = "small segments" });
}

static void every_call_of_merges_by_age_may_fail(void **state)
{
	(void)state;
	run_scene(&(commits_scene){ .name = "merged by age", .age_ms = 1 });
}

static void every_call_of_merges_that_carry_may_fail(void **state)
{
	(void)state;
	run_scene(&(commits_scene){ .name = "carried", .carry_all = true });
}

static void every_call_of_commits_without_a_journal_may_fail(void **state)
{
	(void)state;
	run_scene(&(commits_scene){ .name = "no room for a journal", .map_bytes = 1 << 20 });
}

static void every_call_of_a_recovery_may_fail(void **state)
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

static void a_failed_making_leaves_no_store(void **state)
{
	(void)state;
	raw_store store;
	raw_init(&store, NULL);
	faults_watch(store.folder);
	for (unsigned point = 1;; point++) {
		faults_deadline(SECONDS_MAX, "making");
		faults_arm((fault){ .kind = FAULT_EIO }, point);
		cx_status status = raw_try_open(&store);
		faults_disarm();
		if (status == CX_OK) {
			assert_true(point > 10);
			break;
		}
		assert_int_equal(status, CX_IO);
		assert_true(store.error.text[0] != '\0');
		raw_open(&store); /* whatever is there, it is no hindrance */
		raw_close(&store);
		raw_wipe(&store);
	}
	faults_deadline(0, "");
	raw_release(&store);
}

int main(int argc, char **argv)
{
	if (argc == 3)
		commits_leave(argv[1], argv[2]);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_call_of_commits_and_merges_may_fail),
		cmocka_unit_test(every_call_of_merges_by_age_may_fail),
		cmocka_unit_test(every_call_of_merges_that_carry_may_fail),
		cmocka_unit_test(every_call_of_commits_without_a_journal_may_fail),
		cmocka_unit_test(every_call_of_a_recovery_may_fail),
		cmocka_unit_test(a_failed_making_leaves_no_store),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
