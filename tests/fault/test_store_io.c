/* SPDX-License-Identifier: Apache-2.0 */
/* Every write and every sync of a run of commits fails once, in every way. Whatever happens:
 * what was acknowledged is there after the next open, a commit is there as a whole or not at
 * all, one that was refused for want of room is not there, and after an error of the disk the
 * store takes no more writes.
 *
 * The calls are caught by functions of the same name in this program, which go before those of
 * the C library also for the shared LMDB. */
#include "engine/store/store.h"
#include "tests/support/raw_store.h"
#include "tests/support/unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { COMMITS = 8, PAIRS = 6 };

typedef enum fault {
	FAULT_EIO,
	FAULT_NO_SPACE,
	FAULT_SHORT, /* half of the bytes are written */
	FAULT_KINDS,
} fault;

/* The call to fail, counted from the moment of arming; 0 = none. */
static unsigned fail_at;
static unsigned calls;
static fault fail_how;
static bool fail_ever_since;

static bool fails_now(void)
{
	if (fail_at == 0)
		return false;
	calls++;
	return calls == fail_at || (fail_ever_since && calls > fail_at);
}

static int error_of(fault how)
{
	return how == FAULT_NO_SPACE ? ENOSPC : EIO;
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
	if (fails_now()) {
		if (fail_how != FAULT_SHORT) {
			errno = error_of(fail_how);
			return -1;
		}
		size /= 2;
	}
	return syscall(SYS_pwrite64, fd, bytes, size, offset);
}

/* With 64-bit offsets the name above is pwrite64 to the linker; LMDB says pwrite. */
ssize_t plain_pwrite(int fd, const void *bytes, size_t size, off_t offset) __asm__("pwrite");

ssize_t plain_pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
	return pwrite(fd, bytes, size, offset);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
	if (fails_now()) {
		if (fail_how != FAULT_SHORT) {
			errno = error_of(fail_how);
			return -1;
		}
		return syscall(SYS_write, fd, parts[0].iov_base, parts[0].iov_len / 2);
	}
	return syscall(SYS_writev, fd, parts, count);
}

int fdatasync(int fd)
{
	if (fails_now()) {
		errno = error_of(fail_how);
		return -1;
	}
	return (int)syscall(SYS_fdatasync, fd);
}

/* Commit n writes n into all pairs; the run begins with 1. */
static cx_status commit_number(raw_store *store, int number)
{
	engine__txn *txn;
	cx_status status = engine__txn_begin(store->store, &txn);
	if (status != CX_OK)
		return status;
	for (int i = 0; i < PAIRS; i++) {
		char key[8];
		uint8_t value[1500];
		snprintf(key, sizeof key, "%d", i);
		memset(value, number, sizeof value);
		assert_int_equal(engine__txn_put(txn, store->tree, raw_text(key),
		                                 (cx_slice){ value, sizeof value }),
		                 CX_OK);
	}
	return engine__txn_commit(&txn);
}

/* Which commit a view shows; asserts that it shows the whole of it. */
static int shown_in(raw_store *store, engine__view *view)
{
	int number = -1;
	for (int i = 0; i < PAIRS; i++) {
		char key[8];
		cx_slice value;
		snprintf(key, sizeof key, "%d", i);
		cx_status status = engine__view_get(view, store->tree, raw_text(key), &value);
		assert_int_equal(status, CX_OK);
		int one = value.data[value.size - 1];
		if (number < 0)
			number = one;
		assert_int_equal(one, number);
	}
	return number;
}

static int shown(raw_store *store)
{
	engine__view *view;
	assert_int_equal(engine__view_begin(store->store, &view), CX_OK);
	int number = shown_in(store, view);
	engine__view_end(&view);
	return number;
}

/* What a run of commits found out. */
typedef struct outcome {
	int acknowledged; /* the last */
	int in_doubt;     /* the one with CX_IO; 0 = none */
	unsigned full;
} outcome;

static outcome run_commits(raw_store *store)
{
	outcome found = { 0 };
	for (int number = 1; number <= COMMITS; number++) {
		cx_status status = commit_number(store, number);
		if (found.in_doubt != 0) {
			assert_int_equal(status, CX_IO);
			continue;
		}
		assert_true(status == CX_OK || status == CX_STORAGE_FULL || status == CX_IO);
		if (status == CX_OK)
			found.acknowledged = number;
		if (status == CX_STORAGE_FULL)
			found.full++;
		if (status == CX_IO)
			found.in_doubt = number;
		else
			assert_int_equal(shown(store), found.acknowledged);
	}
	return found;
}

/* True when the call was reached. */
static bool check_point(unsigned point, fault how, bool ever_since)
{
	raw_store store;
	raw_init(&store, NULL);
	raw_open(&store);
	engine__view *old;
	assert_int_equal(commit_number(&store, 0), CX_OK);
	assert_int_equal(engine__view_begin(store.store, &old), CX_OK);
	calls = 0;
	fail_how = how;
	fail_ever_since = ever_since;
	fail_at = point;
	outcome found = run_commits(&store);
	bool reached = calls >= point;
	fail_at = 0;
	if (reached)
		assert_true(found.in_doubt != 0 || found.full > 0);
	if (reached && how == FAULT_EIO)
		assert_true(found.in_doubt != 0);

	/* A snapshot from before goes on; a new one is had unless it is in doubt which it were.
	 */
	assert_int_equal(shown_in(&store, old), 0);
	engine__view_end(&old);
	engine__view *view;
	cx_status status = engine__view_begin(store.store, &view);
	assert_true(status == CX_OK || (status == CX_IO && found.in_doubt != 0));
	if (status == CX_OK) {
		assert_int_equal(shown_in(&store, view), found.acknowledged);
		engine__view_end(&view);
	}
	raw_reopen(&store);
	int after = shown(&store);
	assert_true(after == found.acknowledged ||
	            (found.in_doubt != 0 && after == found.in_doubt));
	assert_int_equal(commit_number(&store, COMMITS + 1), CX_OK);
	assert_int_equal(shown(&store), COMMITS + 1);
	raw_release(&store);
	return reached;
}

static void check_every_point(fault how, bool ever_since)
{
	unsigned point = 1;
	while (check_point(point, how, ever_since))
		point++;
	print_message("%u points\n", point - 1);
	assert_true(point > COMMITS * 3); /* pages, sync, meta page */
}

static void every_write_and_sync_may_fail_once_with_eio(void **state)
{
	(void)state;
	check_every_point(FAULT_EIO, false);
}

static void every_write_and_sync_may_fail_for_ever_with_eio(void **state)
{
	(void)state;
	check_every_point(FAULT_EIO, true);
}

static void every_write_and_sync_may_find_no_space(void **state)
{
	(void)state;
	check_every_point(FAULT_NO_SPACE, false);
	check_every_point(FAULT_NO_SPACE, true);
}

static void every_write_may_be_short(void **state)
{
	(void)state;
	check_every_point(FAULT_SHORT, false);
	check_every_point(FAULT_SHORT, true);
}

static void a_failed_making_leaves_no_store(void **state)
{
	(void)state;
	raw_store store;
	raw_init(&store, NULL);
	for (unsigned point = 1;; point++) {
		calls = 0;
		fail_how = FAULT_EIO;
		fail_ever_since = false;
		fail_at = point;
		cx_status status = raw_try_open(&store);
		fail_at = 0;
		if (status == CX_OK) {
			assert_true(point > 1);
			break;
		}
		assert_int_equal(status, CX_IO);
		assert_true(store.error.text[0] != '\0');
		assert_int_equal(access(store.path, F_OK), -1);
	}
	raw_release(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_write_and_sync_may_fail_once_with_eio),
		cmocka_unit_test(every_write_and_sync_may_fail_for_ever_with_eio),
		cmocka_unit_test(every_write_and_sync_may_find_no_space),
		cmocka_unit_test(every_write_may_be_short),
		cmocka_unit_test(a_failed_making_leaves_no_store),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
