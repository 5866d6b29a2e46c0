/* SPDX-License-Identifier: Apache-2.0 */
/* Every call to the system on the files of the store fails under a daemon that serves 200
 * requests, once and for good, in every way, from its start to its end. Whatever happens: what
 * was answered as done is there after the next start, what was refused is not, what is in doubt
 * is there as a whole or not at all; the daemon does not hang, says what is wrong, ends with a
 * code that tells of it, and the next one serves.
 *
 * Some points of each kind are tried; CARDEX_FAULT_ALL=1 tries every one. */
#include "daemon/process.h"
#include "tests/fault/faults.h"
#include "tests/fault/requests.h"
#include "tests/support/raw_store.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { POINTS_WANTED = 24, SECONDS_MAX = 40 };

static raw_store base; /* what every run begins with */

static int make_base(void **state)
{
	(void)state;
	raw_init(&base, NULL);
	faults_share();
	requests_prepare(base.folder);
	return 0;
}

static int remove_base(void **state)
{
	(void)state;
	raw_release(&base);
	return 0;
}

typedef struct plan {
	fault how;
	unsigned point;
} plan;

static void arm(void *context)
{
	const plan *what = context;
	faults_arm(what->how, what->point);
}

typedef struct total {
	unsigned points;
	unsigned hit;
	unsigned done;
	unsigned in_doubt;
	unsigned refused;
	unsigned exits_io;
	unsigned exits_start;
	unsigned at_the_end; /* something failed while it closed: the journal stays */
} total;

static void check_end(const char *folder, const requests_outcome *found, int code, total *all)
{
	const char *log = daemon_child_log(folder);
	bool started = strstr(log, "daemon ready") != NULL;
	if (code != DAEMON_EXIT_OK && code != DAEMON_EXIT_IO && code != DAEMON_EXIT_START)
		print_error("code %d, %s\n%s\n", code, faults_hit(), log);
	if (!started) {
		assert_int_equal(code, DAEMON_EXIT_START);
		assert_non_null(strstr(log, "cardexd: "));
		assert_int_equal(found->done, 0);
		all->exits_start++;
		return;
	}
	if (found->told_io > 0 || found->closed) {
		assert_int_equal(code, DAEMON_EXIT_IO);
		assert_non_null(strstr(log, "write failed"));
		all->exits_io++;
		return;
	}
	assert_int_equal(found->in_doubt, 0);
	assert_true(code == DAEMON_EXIT_OK || code == DAEMON_EXIT_IO);
	all->at_the_end += faults_hit_lasting();
}

static unsigned run_point(raw_store *store, fault how, unsigned point, total *all)
{
	char label[128];
	snprintf(label, sizeof label, "%s, call %u", fault_text(how), point);
	faults_deadline(SECONDS_MAX, label);
	raw_copy(store, &base);
	faults_watch(store->folder);
	plan what = { .how = how, .point = point };
	daemon_child daemon;
	requests_outcome found;
	daemon_child_start(&daemon, store->folder, NULL, arm, &what);
	requests_run(&daemon, &found);
	int code = daemon_child_stop(&daemon, found.closed);
	unsigned calls = faults_disarm();
	check_end(store->folder, &found, code, all);
	requests_verify(store->folder, &found);
	assert_int_equal(raw_files(store), 1);
	all->points++;
	all->hit += faults_have_hit();
	all->done += found.done;
	all->in_doubt += found.in_doubt;
	all->refused += found.refused;
	return calls;
}

static void run_points(fault how)
{
	raw_store store;
	total all = { 0 };
	raw_init(&store, NULL);
	unsigned calls = run_point(&store, how, 0, &all);
	assert_int_equal(all.done, REQUESTS);
	unsigned step = faults_step(calls, POINTS_WANTED);
	all = (total){ 0 };
	for (unsigned point = 1; point <= calls; point += step)
		(void)run_point(&store, how, point, &all);
	faults_deadline(0, "");
	print_message("%s: %u of %u calls, %u hit; requests: %u done, %u in doubt, %u refused, "
	              "0 lost; ends: %u by IO, %u at the start, %u fail while closing\n",
	              fault_text(how), all.points, calls, all.hit, all.done, all.in_doubt,
	              all.refused, all.exits_io, all.exits_start, all.at_the_end);
	char log[128];
	snprintf(log, sizeof log, "%s.log", store.folder);
	unlink(log);
	raw_release(&store);
}

static void every_call_may_fail_with_eio(void **state)
{
	(void)state;
	run_points((fault){ .kind = FAULT_EIO });
	run_points((fault){ .kind = FAULT_EIO, .for_good = true });
}

static void every_sync_may_fail(void **state)
{
	(void)state;
	run_points((fault){ .kind = FAULT_EIO, .target = FAULT_SYNCS });
	run_points((fault){ .kind = FAULT_EIO, .for_good = true, .target = FAULT_SYNCS });
}

static void every_call_may_find_no_space(void **state)
{
	(void)state;
	run_points((fault){ .kind = FAULT_NO_SPACE });
	run_points((fault){ .kind = FAULT_NO_SPACE, .for_good = true });
}

static void every_write_may_be_short(void **state)
{
	(void)state;
	run_points((fault){ .kind = FAULT_SHORT });
	run_points((fault){ .kind = FAULT_SHORT, .for_good = true });
}

static void every_call_may_be_interrupted(void **state)
{
	(void)state;
	run_points((fault){ .kind = FAULT_INTERRUPTED });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_call_may_fail_with_eio),
		cmocka_unit_test(every_sync_may_fail),
		cmocka_unit_test(every_call_may_find_no_space),
		cmocka_unit_test(every_write_may_be_short),
		cmocka_unit_test(every_call_may_be_interrupted),
	};
	return cmocka_run_group_tests(tests, make_base, remove_base);
}
