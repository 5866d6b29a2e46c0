/* SPDX-License-Identifier: Apache-2.0 */
/* No answer tells of what is not on disk: not of a write of its own, and not of a write of
 * somebody else that was only seen. The disk of this program syncs when it is told to. */
#include "tests/daemon/served.h"
#include "tests/support/unit.h"

#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WHILE_MS = 300, BETWEEN_US = 50 * 1000 };

/* ---- the disk ---- */

enum { ALL = 1000000 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static unsigned allowed = ALL; /* syncs to come */
static unsigned waiting;       /* syncs */

static void allow_syncs(unsigned count)
{
	pthread_mutex_lock(&lock);
	allowed = count;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static void wait_for_a_sync(void)
{
	pthread_mutex_lock(&lock);
	while (waiting == 0)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
}

/* Goes before that of the C library. */
int fdatasync(int fd)
{
	pthread_mutex_lock(&lock);
	waiting++;
	pthread_cond_broadcast(&changed);
	while (allowed == 0)
		pthread_cond_wait(&changed, &lock);
	allowed--;
	waiting--;
	pthread_mutex_unlock(&lock);
	return (int)syscall(SYS_fdatasync, fd);
}

/* ---- */

static const char create_another[] = "[0, 6, 'create', ['customer', {'name': 'C'}]]";
static const char rename_it[] = "[0, 7, 'update', ['customer', 1, {'name': 'B'}]]";
static const char renamed[] = "[1, 7, nil, [1, 2, ";
static const char get_it[] = "[0, 8, 'get', ['customer', 1, {'fields': ['name']}]]";

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static int set_up(void **state)
{
	(void)state;
	/* Each request is a group. */
	static const char *const options[] = { "limits.group_operations=1", NULL };
	served_start(options);
	int fd = served_connect();
	assert_true(begins(served_call(fd, "[0, 1, 'create', ['customer', {'name': 'A'}]]"),
	                   "[1, 1, nil, [1, 1, "));
	close(fd);
	allow_syncs(0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	allow_syncs(ALL);
	served_stop();
	return 0;
}

static void a_write_is_answered_after_its_sync(void **state)
{
	(void)state;
	int fd = served_connect();
	served_send(fd, rename_it);
	wait_for_a_sync();
	assert_string_equal(served_receive_within(fd, WHILE_MS), "<nothing>");
	allow_syncs(ALL);
	assert_true(begins(served_receive(fd), renamed));
	close(fd);
}

/* Runs both while the committer has the sync of another group in its hands, so that they queue
 * up behind it: the writer only waits for a sync itself when nobody else waits for it. */
static void run_behind_unsynced(const char *before, const char *last, const char *last_answer)
{
	int other = served_connect();
	int first = served_connect();
	int second = served_connect();
	served_send(other, create_another);
	wait_for_a_sync(); /* of the writer's */
	served_send(other, create_another);
	served_send(other, create_another);
	usleep(BETWEEN_US);
	allow_syncs(1);
	assert_true(begins(served_receive(other), "[1, 6, nil, [2, 1, "));
	wait_for_a_sync(); /* of the committer's */
	served_send(first, before);
	usleep(BETWEEN_US); /* so that they are run in this order */
	served_send(second, last);
	usleep(BETWEEN_US);
	allow_syncs(1);
	assert_true(begins(served_receive(other), "[1, 6, nil, [3, 1, "));
	assert_string_equal(served_receive_within(second, WHILE_MS), "<nothing>");
	assert_string_equal(served_receive_within(first, 0), "<nothing>");
	allow_syncs(ALL);
	assert_true(begins(served_receive(first), "[1, 7, nil, [1, "));
	assert_true(begins(served_receive(second), last_answer));
	close(other);
	close(first);
	close(second);
}

static void a_write_that_finds_its_work_done_waits_for_who_did_it(void **state)
{
	(void)state;
	run_behind_unsynced(rename_it, rename_it, renamed);
}

static void a_write_refused_for_an_unsynced_one_waits_for_it(void **state)
{
	(void)state;
	run_behind_unsynced("[0, 7, 'delete', ['customer', 1]]", rename_it,
	                    "[1, 7, 'NOT_FOUND");
}

static void a_read_does_not_see_an_unsynced_write(void **state)
{
	(void)state;
	int writer = served_connect();
	int reader = served_connect();
	served_send(writer, rename_it);
	wait_for_a_sync();
	assert_non_null(strstr(served_call(reader, get_it), "'A'"));
	allow_syncs(ALL);
	assert_true(begins(served_receive(writer), renamed));
	assert_non_null(strstr(served_call(reader, get_it), "'B'"));
	close(writer);
	close(reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_write_is_answered_after_its_sync, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(
			a_write_that_finds_its_work_done_waits_for_who_did_it, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			a_write_refused_for_an_unsynced_one_waits_for_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_read_does_not_see_an_unsynced_write, set_up,
		                                tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
