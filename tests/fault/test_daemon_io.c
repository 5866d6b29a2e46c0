/* SPDX-License-Identifier: Apache-2.0 */
/* Every call to the system on the files of the store fails under a daemon that serves 200
 * requests, once and for good, in every way, from its start to its end. Whatever happens: what
 * was answered as done is there after the next start, what was refused is not, what is in doubt
 * is there as a whole or not at all; the daemon does not hang, says what is wrong, ends with a
 * code that tells of it, and the next one serves.
 *
 * Some points of each kind are tried; CARDEX_FAULT_ALL=1 tries every one. */
#include "daemon/process.h"
#include "tests/fault/daemon_child.h"
#include "tests/fault/daemon_points.h"
#include "tests/support/raw_store.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <string.h>

enum { POINTS_WANTED = 24 };

static void check_end(const char *folder, const requests_outcome *found, int code,
                      daemon_total *all)
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

static void run_points(fault how)
{
	daemon_fail(how, POINTS_WANTED, check_end);
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

static void arm(void *context)
{
	const unsigned *at = context;
	faults_arm((fault){ .kind = FAULT_EIO, .target = FAULT_SYNCS, .for_good = true }, *at);
}

/* Starts it on a new store and has it create a record, all before sync number `at`. */
static void start_and_create(raw_store *store, unsigned *at, daemon_child *ret)
{
	static const char *const options[] = { "store.journal_age_ms=300", NULL };
	faults_watch(store->folder);
	daemon_child_start(ret, store->folder, options, arm, at);
	assert_true(
		daemon_child_send(ret, wire("[0, 1, 'create', ['customer', {'name': 'A'}]]")));
	const char *answer = wire_show(daemon_child_receive(ret));
	assert_int_equal(strncmp(answer, "[1, 1, nil, [1, 1, ", 19), 0);
}

static void a_merge_that_fails_ends_the_daemon_though_nobody_writes(void **state)
{
	(void)state;
	enum { SECONDS_MAX = 20 };
	raw_store store;
	daemon_child daemon;
	faults_deadline(SECONDS_MAX, "a failed merge");
	raw_init(&store, NULL);
	unsigned at = 0;
	start_and_create(&store, &at, &daemon);
	at = faults_disarm() + 1;
	(void)daemon_child_stop(&daemon, false);
	daemon_child_remove_log(store.folder);
	raw_release(&store);

	raw_init(&store, NULL);
	start_and_create(&store, &at, &daemon);
	assert_int_equal(daemon_child_receive(&daemon).size, 0); /* it closes */
	assert_int_equal(daemon_child_stop(&daemon, true), DAEMON_EXIT_IO);
	faults_disarm();
	assert_true(faults_have_hit());
	assert_non_null(strstr(daemon_child_log(store.folder), "store failed"));

	daemon_child_start(&daemon, store.folder, NULL, NULL, NULL);
	assert_true(daemon_child_send(
		&daemon, wire("[0, 2, 'get', ['customer', 1, {'fields': ['name']}]]")));
	assert_non_null(strstr(wire_show(daemon_child_receive(&daemon)), "'A'"));
	assert_int_equal(daemon_child_stop(&daemon, false), DAEMON_EXIT_OK);
	faults_deadline(0, "");
	daemon_child_remove_log(store.folder);
	raw_release(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_call_may_fail_with_eio),
		cmocka_unit_test(every_sync_may_fail),
		cmocka_unit_test(every_call_may_find_no_space),
		cmocka_unit_test(every_write_may_be_short),
		cmocka_unit_test(every_call_may_be_interrupted),
		cmocka_unit_test(a_merge_that_fails_ends_the_daemon_though_nobody_writes),
	};
	return cmocka_run_group_tests(tests, daemon_points_begin, daemon_points_end);
}
