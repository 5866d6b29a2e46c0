/* SPDX-License-Identifier: Apache-2.0 */
/* Watches that begin with a snapshot: rows first, then changes, without a gap while others
 * write. */
#include "tests/daemon/served.h"
#include "tests/daemon/watching.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void rows_come_first_and_the_last_says_so(void **state)
{
	(void)state;
	int fd = served_connect();
	create(fd, "customer name 1");
	create(fd, "customer name 2");
	assert_string_equal(served_call(fd, "[0, 7, 'watch', [{'types': ['customer', 'team'], "
	                                    "'snapshot': true, 'fields': ['name']}]]"),
	                    "[1, 7, nil, [1, 2]]");
	const char *text = served_receive(fd);
	assert_has(text, ", ['id', 'rev', 'name'], [[1, 1, 'customer name 1'], "
	                 "[2, 1, 'customer name 2']], ");
	following told = { .seq = 2 };
	follow(&told, text);
	while (!told.rows_end) {
		text = served_receive(fd);
		assert_begins(text, "[2, 'row', [1, '");
		follow(&told, text);
	}
	assert_int_equal(told.rows, 2);
	assert_string_equal(served_receive(fd), "[2, 'progress', [1, 2]]");
	create(fd, "later");
	expect(fd, "[2, 'change', [1, [{'seq': 3, ");
	close(fd);
}

static void deleted_records_are_no_rows_and_come_whole_when_undeleted(void **state)
{
	(void)state;
	int fd = served_connect();
	int writer = served_connect();
	create(fd, "gone");
	served_call(fd, "[0, 1, 'delete', ['customer', 1]]");
	served_call(fd, "[0, 7, 'watch', [{'types': ['customer'], 'snapshot': true}]]");
	assert_has(expect(fd, "[2, 'row', [1, 'customer', "), ", [], false]]");
	expect(fd, "[2, 'progress', [1, 2]]");
	served_call(writer, "[0, 1, 'undelete', ['customer', 1]]");
	const char *text = expect(fd, "[2, 'change', [1, [{'seq': 3, ");
	assert_has(text, "'kind': 'undelete'");
	assert_has(text, "'values': {'id': 1, ");
	close(writer);
	close(fd);
}

typedef struct writing {
	int fd;
	cx_slice request;
	atomic_bool stop;
	int made;
} writing;

static void *write_on(void *context)
{
	writing *self = context;
	while (!atomic_load(&self->stop)) {
		served_send_bytes(self->fd, self->request.data, self->request.size);
		char bytes[256];
		if (read(self->fd, bytes, sizeof bytes) <= 0)
			break;
		self->made++;
	}
	return NULL;
}

/* Of a record that is in the rows a change may still come; never is one in neither. */
static void rows_and_changes_leave_no_gap_while_others_write(void **state)
{
	(void)state;
	enum { BEFORE = 1200 };
	int fd = served_connect();
	create_many(fd, "customer name", BEFORE);
	writing writer = { .fd = served_connect(),
		           .request = wire("[0, 1, 'create', ['customer', "
		                           "{'name': 'customer name'}]]") };
	pthread_t thread;
	assert_int_equal(pthread_create(&thread, NULL, write_on, &writer), 0);
	const char *answer =
		served_call(fd, "[0, 7, 'watch', [{'types': ['customer'], 'fields': ['name'], "
	                        "'snapshot': true, 'credit': 10000}]]");
	unsigned long long begin;
	assert_int_equal(sscanf(answer, "[1, 7, nil, [1, %llu]]", &begin), 1);
	following told = { .seq = begin };
	while (told.notifications < 20)
		follow(&told, served_receive(fd));
	atomic_store(&writer.stop, true);
	pthread_join(thread, NULL);
	while (told.seq < (uint64_t)BEFORE + (uint64_t)writer.made)
		follow(&told, served_receive(fd));
	assert_true(told.rows_end);
	assert_true(told.rows >= BEFORE);
	assert_true(told.rows >= begin);
	expect_nothing(fd);
	close(writer.fd);
	close(fd);
}

static void a_snapshot_has_the_rows_of_its_filter(void **state)
{
	(void)state;
	int fd = served_connect();
	create_many(fd, "customer name", 3000);
	update(fd, 2900, "{'city': 'A'}");
	served_call(fd, "[0, 7, 'watch', [{'types': ['customer'], 'fields': ['city'], "
	                "'filter': ['=', 'city', 'A'], 'snapshot': true, 'credit': 1}]]");
	assert_has(expect(fd, "[2, 'row', [1, 'customer', "), "[[2900, 2, 'A']], false]]");
	close(fd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, served_set_up, served_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rows_come_first_and_the_last_says_so),
		TEST(deleted_records_are_no_rows_and_come_whole_when_undeleted),
		TEST(rows_and_changes_leave_no_gap_while_others_write),
		TEST(a_snapshot_has_the_rows_of_its_filter),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
