/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fault/commits.h"

#include "tests/support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	PAIRS = 4,
	VALUE_BYTES = 500,
	JOURNAL_BYTES = 16 * 1024,
	SECONDS_MAX = 20,
};

static unsigned fillers; /* of the scene */

/* ---- commits ---- */

static unsigned fillers_of(int number)
{
	if (number == 1)
		return fillers;
	return number > 3 && fillers > 0 ? 1 : 0;
}

/* Commit n writes n into all pairs and leaves a key of its own. */
static cx_status put_commit(engine__txn *txn, engine__tree tree, int number)
{
	char key[24];
	uint8_t value[VALUE_BYTES];
	memset(value, number, sizeof value);
	cx_status status = CX_OK;
	for (int i = 0; status == CX_OK && i < PAIRS; i++) {
		snprintf(key, sizeof key, "pair%d", i);
		status = engine__txn_put(txn, tree, raw_text(key),
		                         (cx_slice){ value, sizeof value });
	}
	static const uint8_t filler[ENGINE__VALUE_BYTES_MAX];
	for (unsigned i = 0; status == CX_OK && i < fillers_of(number); i++) {
		snprintf(key, sizeof key, "filler%u", i);
		status = engine__txn_put(txn, tree, raw_text(key),
		                         (cx_slice){ filler, sizeof filler });
	}
	snprintf(key, sizeof key, "commit%02d", number);
	return status == CX_OK ? engine__txn_put(txn, tree, raw_text(key), raw_text(""))
	                       : status;
}

static bool is_refusal(cx_status status)
{
	return status == CX_STORAGE_FULL || status == CX_NO_MEMORY;
}

static void commit_one(raw_store *store, commits_history *all, int number)
{
	engine__txn *txn;
	all->of[number] = REFUSED;
	cx_status status = engine__txn_begin(store->store, &txn);
	if (status != CX_OK) {
		assert_true(status == CX_IO || is_refusal(status));
		assert_true(faults_have_hit());
		all->broken |= status == CX_IO;
		return;
	}
	assert_false(all->broken);
	status = put_commit(txn, store->tree, number);
	if (status != CX_OK) {
		assert_int_equal(status, CX_NO_MEMORY);
		engine__txn_abort(&txn);
		return;
	}
	status = engine__txn_commit(&txn);
	assert_null(txn);
	assert_true(status == CX_OK || status == CX_IO || is_refusal(status));
	if (!is_refusal(status))
		all->of[number] = status == CX_OK ? ACKNOWLEDGED : IN_DOUBT;
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
static void check_view(raw_store *store, engine__view *view, const commits_history *all,
                       bool doubts)
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
	assert_int_equal(count, keys + (last > 0 ? PAIRS + fillers : 0));
}

/* While the store is open a commit in doubt is not shown; a new snapshot may be refused when
 * LMDB does not know which one is the newest, or without memory. */
static void check_reads(raw_store *store, const commits_history *all)
{
	engine__view *view;
	cx_status status = engine__view_begin(store->store, &view);
	if (status != CX_OK) {
		assert_true(status == CX_IO || status == CX_NO_MEMORY);
		assert_true(faults_have_hit());
		return;
	}
	check_view(store, view, all, false);
	engine__view_end(&view);
}

static void check_after(raw_store *store, const commits_history *all)
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

/* False, with a text, when a fault hinders it. */
static bool reopen(raw_store *store, fault how)
{
	cx_status status = raw_try_open(store);
	if (status != CX_OK) {
		/* LMDB takes a short read, which files do not give, for a foreign file. */
		bool foreign = how.kind == FAULT_SHORT && status == CX_CORRUPT;
		assert_true(status == CX_IO || is_refusal(status) || foreign);
		assert_true(store->error.text[0] != '\0');
	} else {
		status = engine__store_tree(store->store, "pairs", false, &store->tree);
		/* The merge has begun. */
		assert_true(status == CX_OK || status == CX_IO || is_refusal(status));
	}
	assert_true(status == CX_OK || faults_have_hit());
	return status == CX_OK;
}

static void run_commits(raw_store *store, const commits_scene *what, fault how,
                        commits_history *all)
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

static void use_scene(raw_store *store, const commits_scene *what)
{
	fillers = what->fillers;
	store->options = (engine__store_options){
		.journal_bytes = what->journal_bytes == 0 ? JOURNAL_BYTES : what->journal_bytes,
		.journal_age_ms = what->age_ms,
		.map_bytes = what->map_bytes,
		.carry_all = what->carry_all,
	};
}

static unsigned run_point(raw_store *store, const commits_scene *what, fault how,
                          unsigned point)
{
	char label[128];
	snprintf(label, sizeof label, "%s, %s, call %u", what->name, fault_text(how), point);
	faults_deadline(SECONDS_MAX, label);
	use_scene(store, what);
	commits_history all = what->before;
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

void commits_fail(const commits_scene *what, fault how, unsigned wanted)
{
	raw_store store;
	raw_init(&store, NULL);
	faults_watch(store.folder);
	unsigned calls = run_point(&store, what, how, 0);
	unsigned step = faults_step(calls, wanted);
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

/* ---- a crash behind a refusal ---- */

/* What the process that ends leaves to the one that looks. */
typedef struct legacy {
	commits_history all;
	bool ended; /* with a commit behind one that was refused */
} legacy;

typedef struct span {
	int first;
	int last;
} span;

static __attribute__((noreturn)) void run_and_end(raw_store *store, fault how, unsigned point,
                                                  span failing, legacy *left)
{
	raw_open(store);
	bool refused = false;
	for (int number = 1; number <= failing.last && !left->ended; number++) {
		if (number == failing.first)
			faults_arm(how, point);
		commit_one(store, &left->all, number);
		left->ended = refused;
		refused = left->all.of[number] == REFUSED;
	}
	_exit(0);
}

/* False when there are no more points. */
static bool end_at(raw_store *store, const commits_scene *what, fault how, unsigned point,
                   span failing, legacy *left)
{
	char label[128];
	snprintf(label, sizeof label, "%s, %s, end behind call %u", what->name, fault_text(how),
	         point);
	use_scene(store, what);
	*left = (legacy){ 0 };
	pid_t pid = fork();
	assert_true(pid >= 0);
	faults_deadline(SECONDS_MAX, label); /* of both */
	if (pid == 0)
		run_and_end(store, how, point, failing, left);
	assert_int_equal(raw_wait(pid), 0);
	bool more = faults_have_hit();
	faults_disarm();
	check_after(store, &left->all);
	raw_wipe(store);
	return more;
}

void commits_fail_and_end(const commits_scene *what, fault how, int first, int last)
{
	const span failing = { .first = first, .last = last };
	raw_store store;
	legacy *left = mmap(NULL, sizeof *left, PROT_READ | PROT_WRITE,
	                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(left, MAP_FAILED);
	raw_init(&store, NULL);
	faults_watch(store.folder);
	faults_share();
	unsigned points = 0;
	unsigned ended = 0;
	while (end_at(&store, what, how, points + 1, failing, left)) {
		points++;
		ended += left->ended;
	}
	faults_deadline(0, "");
	print_message("%s, %s: %u calls, %u ends behind a refusal\n", what->name,
	              fault_text(how), points, ended);
	assert_true(points > 10);
	assert_true(ended > 0);
	raw_release(&store);
	munmap(left, sizeof *left);
}

static const char carrying[] = "leave-carrying"; /* what another process is told to do */

void commits_leave(const char *verb, const char *path)
{
	raw_store store = { .options = { .journal_bytes = JOURNAL_BYTES,
		                         .carry_all = strcmp(verb, carrying) == 0 } };
	snprintf(store.path, sizeof store.path, "%s", path);
	raw_open(&store);
	commits_history all = { 0 };
	for (int number = 1; number <= COMMITS / 2; number++)
		commit_one(&store, &all, number);
	_exit(all.of[COMMITS / 2] == ACKNOWLEDGED ? 0 : 1);
}

void commits_left(raw_store *left, commits_scene *scene)
{
	raw_init(left, NULL);
	const char *verb = scene->carry_all ? carrying : "leave";
	assert_int_equal(raw_wait(raw_spawn(verb, left->path, NULL)), 0);
	assert_int_equal(raw_files(left), scene->carry_all ? 4 : 3);
	scene->left = left;
	for (int number = 1; number <= COMMITS / 2; number++)
		scene->before.of[number] = ACKNOWLEDGED;
}
