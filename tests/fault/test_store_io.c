/* SPDX-License-Identifier: Apache-2.0 */
/* Every call to the system of a run of commits fails, once and for good, in every way: with
 * segments so small that the journal changes them and merges all the time, while a journal is
 * taken up, and while the store is made and closed. Whatever happens: what was acknowledged is
 * there after the next open, a commit is there as a whole or not at all, one that was refused
 * is not there, reads go on, nothing hangs, and after an error of the disk the store takes no
 * more writes.
 *
 * Some 30 points of each kind are tried; CARDEX_FAULT_ALL=1 tries every one. */
#include "engine/store/store.h"
#include "tests/fault/faults.h"
#include "tests/support/raw_store.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COMMITS = 40, PAIRS = 4, VALUE_BYTES = 500, POINTS_WANTED = 30, SECONDS_MAX = 20 };

/* ---- commits ---- */

typedef enum fate { NOT_TRIED, ACKNOWLEDGED, REFUSED, IN_DOUBT } fate;

typedef struct history {
	fate of[COMMITS + 1];
	int acknowledged; /* the last; 0 = none */
	bool broken;      /* the store takes no more writes */
} history;

/* Commit n writes n into all pairs and leaves a key of its own. */
static void put_commit(engine__txn *txn, engine__tree tree, int number)
{
	char key[16];
	uint8_t value[VALUE_BYTES];
	memset(value, number, sizeof value);
	for (int i = 0; i < PAIRS; i++) {
		snprintf(key, sizeof key, "pair%d", i);
		assert_int_equal(engine__txn_put(txn, tree, raw_text(key),
		                                 (cx_slice){ value, sizeof value }),
		                 CX_OK);
	}
	snprintf(key, sizeof key, "commit%02d", number);
	assert_int_equal(engine__txn_put(txn, tree, raw_text(key), raw_text("")), CX_OK);
}

static void commit_one(raw_store *store, history *all, int number)
{
	engine__txn *txn;
	cx_status status = engine__txn_begin(store->store, &txn);
	if (status != CX_OK) {
		assert_int_equal(status, CX_IO);
		all->of[number] = REFUSED;
		all->broken = true;
		return;
	}
	assert_false(all->broken);
	put_commit(txn, store->tree, number);
	status = engine__txn_commit(&txn);
	assert_null(txn);
	assert_true(status == CX_OK || status == CX_STORAGE_FULL || status == CX_IO);
	all->of[number] = status == CX_OK ? ACKNOWLEDGED : status == CX_IO ? IN_DOUBT : REFUSED;
	if (status == CX_OK)
		all->acknowledged = number;
	all->broken |= status == CX_IO;
}

/* ---- what a view shows ---- */

static int shown_pair(engine__view *view, engine__tree tree, int pair)
{
	char key[16];
	cx_slice value;
	snprintf(key, sizeof key, "pair%d", pair);
	cx_status status = engine__view_get(view, tree, raw_text(key), &value);
	if (status == CX_NOT_FOUND)
		return 0;
	assert_int_equal(status, CX_OK);
	assert_int_equal(value.size, VALUE_BYTES);
	return value.data[VALUE_BYTES - 1];
}

/* Each commit has the fate that it was told, and the pairs are those of the last one. */
static void check_view(raw_store *store, engine__view *view, const history *all, bool doubts)
{
	int last = 0;
	uint64_t keys = 0;
	for (int number = 1; number <= COMMITS; number++) {
		char key[16];
		cx_slice value;
		snprintf(key, sizeof key, "commit%02d", number);
		cx_status status = engine__view_get(view, store->tree, raw_text(key), &value);
		assert_true(status == CX_OK || status == CX_NOT_FOUND);
		bool there = status == CX_OK;
		if (all->of[number] != IN_DOUBT || !doubts)
			assert_int_equal(there, all->of[number] == ACKNOWLEDGED);
		if (there)
			last = number;
		keys += there;
	}
	for (int i = 0; i < PAIRS; i++)
		assert_int_equal(shown_pair(view, store->tree, i), last);
	uint64_t count;
	assert_int_equal(engine__view_count(view, store->tree, &count), CX_OK);
	assert_int_equal(count, keys + (last > 0 ? PAIRS : 0));
}

/* While the store is open a commit in doubt is not shown; a new snapshot may be refused when
 * LMDB does not know which one is the newest. */
static void check_reads(raw_store *store, const history *all)
{
	engine__view *view;
	cx_status status = engine__view_begin(store->store, &view);
	if (status != CX_OK) {
		assert_int_equal(status, CX_IO);
		assert_true(faults_have_hit());
		return;
	}
	check_view(store, view, all, false);
	engine__view_end(&view);
}

static void check_after(raw_store *store, const history *all)
{
	cx_status status = raw_try_open(store);
	if (status != CX_OK)
		print_error("after %s: %s\n", faults_hit(), store->error.text);
	assert_int_equal(status, CX_OK);
	assert_int_equal(engine__store_tree(store->store, "pairs", false, &store->tree), CX_OK);
	engine__view *view;
	assert_int_equal(engine__view_begin(store->store, &view), CX_OK);
	check_view(store, view, all, true);
	engine__view_end(&view);
	assert_int_equal(raw_put(store, "more", raw_text("goes on")), CX_OK);
	raw_close(store);
	assert_int_equal(raw_files(store), 1);
}

/* A write or sync that failed for a reason which is no want of room is never passed over: the
 * store takes no more writes. That of a merge is noticed by its thread. */
static void check_told(raw_store *store, fault how)
{
	if (!faults_hit_lasting() || how.kind != FAULT_EIO)
		return;
	engine__txn *txn;
	cx_status status = CX_OK;
	for (int i = 0; i < 2000; i++) {
		status = engine__txn_begin(store->store, &txn);
		if (status != CX_OK)
			break;
		engine__txn_abort(&txn);
		usleep(1000);
	}
	if (status != CX_IO)
		print_error("passed over: %s\n", faults_hit());
	assert_int_equal(status, CX_IO);
}

/* ---- points ---- */

typedef struct scene {
	const char *name;
	uint64_t age_ms;
	uint64_t map_bytes;
	const raw_store *left; /* what the store begins with, unless NULL */
	history before;        /* of it */
} scene;

/* False, with a text, when a fault hinders it. */
static bool reopen(raw_store *store, fault how)
{
	cx_status status = raw_try_open(store);
	if (status != CX_OK) {
		/* LMDB takes a short read, which files do not give, for a foreign file. */
		bool foreign = how.kind == FAULT_SHORT && status == CX_CORRUPT;
		assert_true(status == CX_IO || status == CX_STORAGE_FULL || foreign);
		assert_true(store->error.text[0] != '\0');
	} else {
		status = engine__store_tree(store->store, "pairs", false, &store->tree);
		assert_true(status == CX_OK || status == CX_IO); /* the merge has begun */
	}
	assert_true(status == CX_OK || faults_have_hit());
	return status == CX_OK;
}

static void run_commits(raw_store *store, const scene *what, fault how, history *all)
{
	check_reads(store, all);
	for (int number = 1; number <= COMMITS; number++) {
		if (all->of[number] != NOT_TRIED)
			continue;
		commit_one(store, all, number);
		check_reads(store, all);
		if (number % 4 == 0 && what->age_ms > 0)
			usleep((unsigned)what->age_ms * 2000);
	}
	check_told(store, how);
}

static unsigned run_point(raw_store *store, const scene *what, fault how, unsigned point)
{
	char label[128];
	snprintf(label, sizeof label, "%s, %s, call %u", what->name, fault_text(how), point);
	faults_deadline(SECONDS_MAX, label);
	store->options = (engine__store_options){ .journal_bytes = 16 * 1024,
		                                  .journal_age_ms = what->age_ms,
		                                  .map_bytes = what->map_bytes };
	history all = what->before;
	if (what->left != NULL)
		raw_copy(store, what->left);
	else
		raw_open(store);
	faults_arm(how, point);
	if (what->left == NULL || reopen(store, how))
		run_commits(store, what, how, &all);
	engine__store_close(&store->store);
	unsigned calls = faults_disarm();
	check_after(store, &all);
	raw_wipe(store);
	return calls;
}

static void run_points(const scene *what, fault how)
{
	raw_store store;
	raw_init(&store, NULL);
	faults_watch(store.folder);
	unsigned calls = run_point(&store, what, how, 0);
	unsigned step = faults_step(calls, POINTS_WANTED);
	unsigned tried = 0;
	unsigned hit = 0;
	for (unsigned point = 1; point <= calls; point += step) {
		(void)run_point(&store, what, how, point);
		tried++;
		hit += faults_have_hit();
	}
	faults_deadline(0, "");
	print_message("%s, %s: %u of %u calls, %u hit\n", what->name, fault_text(how), tried,
	              calls, hit);
	assert_true(calls > 10);
	assert_true(hit > 0);
	raw_release(&store);
}

static void run_scene(const scene *what)
{
	run_points(what, (fault){ .kind = FAULT_EIO });
	run_points(what, (fault){ .kind = FAULT_EIO, .for_good = true });
	run_points(what, (fault){ .kind = FAULT_EIO, .of_syncs_only = true });
	run_points(what, (fault){ .kind = FAULT_EIO, .for_good = true, .of_syncs_only = true });
	run_points(what, (fault){ .kind = FAULT_NO_SPACE });
	run_points(what, (fault){ .kind = FAULT_NO_SPACE, .for_good = true });
	run_points(what, (fault){ .kind = FAULT_SHORT });
	run_points(what, (fault){ .kind = FAULT_SHORT, .for_good = true });
	run_points(what, (fault){ .kind = FAULT_INTERRUPTED }); /* for good is no signal */
}

static void every_call_of_commits_and_merges_may_fail(void **state)
{
	(void)state;
	run_scene(&(scene){ .name = "small segments" });
}

static void every_call_of_merges_by_age_may_fail(void **state)
{
	(void)state;
	run_scene(&(scene){ .name = "merged by age", .age_ms = 1 });
}

static void every_call_of_commits_without_a_journal_may_fail(void **state)
{
	(void)state;
	run_scene(&(scene){ .name = "no room for a journal", .map_bytes = 1 << 20 });
}

/* Leaves a journal of half the commits, as a process that was killed does. */
__attribute__((noreturn)) static void leave_journal(const char *path)
{
	raw_store store = { .options = { .journal_bytes = 16 * 1024 } };
	snprintf(store.path, sizeof store.path, "%s", path);
	raw_open(&store);
	history all = { 0 };
	for (int number = 1; number <= COMMITS / 2; number++)
		commit_one(&store, &all, number);
	_exit(all.acknowledged == COMMITS / 2 ? 0 : 1);
}

static void every_call_of_a_recovery_may_fail(void **state)
{
	(void)state;
	raw_store left;
	raw_init(&left, NULL);
	assert_int_equal(raw_wait(raw_spawn("leave", left.path, NULL)), 0);
	assert_int_equal(raw_files(&left), 3);
	scene what = { .name = "recovery", .left = &left };
	for (int number = 1; number <= COMMITS / 2; number++)
		what.before.of[number] = ACKNOWLEDGED;
	what.before.acknowledged = COMMITS / 2;
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
		leave_journal(argv[2]);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_call_of_commits_and_merges_may_fail),
		cmocka_unit_test(every_call_of_merges_by_age_may_fail),
		cmocka_unit_test(every_call_of_commits_without_a_journal_may_fail),
		cmocka_unit_test(every_call_of_a_recovery_may_fail),
		cmocka_unit_test(a_failed_making_leaves_no_store),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
