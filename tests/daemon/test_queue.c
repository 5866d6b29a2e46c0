/* SPDX-License-Identifier: Apache-2.0 */
/* The queue between threads: its bounds, its order, its end. */
#include "daemon/exec/queue.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

static daemon_load load;

static daemon__job *new_job(uint32_t msgid)
{
	static const char *const texts[] = { "[0, 0, 'ping', []]", "[0, 1, 'ping', []]",
		                             "[0, 2, 'ping', []]" };
	daemon__job *job = NULL;
	assert_int_equal(daemon__job_new(wire(texts[msgid]), &job), CX_OK);
	return job;
}

static void a_place_is_there_up_to_the_limits(void **state)
{
	(void)state;
	daemon__queue queue;
	daemon__queue_init(&queue, 3, 100, &load);
	assert_true(daemon__queue_reserve(&queue, 40));
	assert_true(daemon__queue_reserve(&queue, 60));
	assert_false(daemon__queue_reserve(&queue, 1)); /* bytes */
	daemon__queue_give_back(&queue, 60);
	assert_true(daemon__queue_reserve(&queue, 1));
	assert_true(daemon__queue_reserve(&queue, 1));
	assert_false(daemon__queue_reserve(&queue, 1)); /* jobs */
	assert_int_equal(load.jobs, 3);
	assert_int_equal(load.bytes, 42);
	daemon__queue_give_back(&queue, 40);
	daemon__queue_give_back(&queue, 1);
	daemon__queue_give_back(&queue, 1);
	assert_int_equal(load.jobs, 0);
	assert_int_equal(load.bytes, 0);
	daemon__queue_release(&queue);
}

static void jobs_come_out_in_their_order(void **state)
{
	(void)state;
	daemon__queue queue;
	daemon__jobs jobs = { 0 };
	daemon__queue_init(&queue, 3, 100, &load);
	for (uint32_t i = 0; i < 3; i++)
		daemon__jobs_append(&jobs, new_job(i));
	daemon__queue_push(&queue, &jobs);
	assert_int_equal(jobs.count, 0);

	daemon__job *job = NULL;
	assert_true(daemon__queue_take_one(&queue, &job));
	assert_int_equal(job->request.msgid, 0);
	daemon__job_free(&job);
	assert_true(daemon__queue_take_all(&queue, &jobs));
	assert_int_equal(jobs.count, 2);
	assert_int_equal(jobs.first->request.msgid, 1);
	assert_int_equal(jobs.last->request.msgid, 2);
	daemon__jobs_free(&jobs);
	daemon__queue_release(&queue);
}

static void a_closed_queue_gives_nothing_and_frees_what_is_left(void **state)
{
	(void)state;
	daemon__queue queue;
	daemon__jobs jobs = { 0 };
	daemon__job *job = NULL;
	daemon__queue_init(&queue, 3, 100, &load);
	daemon__jobs_append(&jobs, new_job(0));
	daemon__queue_push(&queue, &jobs);
	daemon__queue_close(&queue);
	assert_false(daemon__queue_take_all(&queue, &jobs));
	assert_false(daemon__queue_take_one(&queue, &job));
	assert_int_equal(jobs.count, 0);
	assert_null(job);
	daemon__queue_release(&queue);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_place_is_there_up_to_the_limits),
		cmocka_unit_test(jobs_come_out_in_their_order),
		cmocka_unit_test(a_closed_queue_gives_nothing_and_frees_what_is_left),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
