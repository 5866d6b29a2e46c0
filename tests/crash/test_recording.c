/* SPDX-License-Identifier: Apache-2.0 */
/* A seed names a run: whatever the threads of the store do, what is written down is the same
 * each time. Without that no finding could be looked at again. */
#include "base/check.h"
#include "tests/crash/recording.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RUNS = 12 };

static char folder[64];

static int make_folder(void **state)
{
	(void)state;
	const char *parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	snprintf(folder, sizeof folder, "%s/cardex-recording-XXXXXX", parent);
	return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
	(void)state;
	char command[80];
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	return system(command);
}

static bool is_same(const event *one, const event *other)
{
	return one->kind == other->kind && one->file == other->file && one->at == other->at &&
	       one->size == other->size && strcmp(one->name, other->name) == 0 &&
	       strcmp(one->from, other->from) == 0 &&
	       (one->size == 0 || memcmp(one->bytes, other->bytes, one->size) == 0);
}

static void assert_same_twice(const crash_subject *subject, uint64_t seed)
{
	static content_ledger ledgers[2];
	event_trace traces[2] = { 0 };
	for (int i = 0; i < 2; i++) {
		ledgers[i].count = 0;
		recording_make(subject, folder, seed, &ledgers[i], &traces[i]);
	}
	assert_true(traces[0].count > 100);
	assert_int_equal(traces[0].count, traces[1].count);
	for (size_t i = 0; i < traces[0].count; i++)
		if (!is_same(&traces[0].events[i], &traces[1].events[i]))
			fail_msg("%s, seed %llu: event %zu differs", subject->name,
			         (unsigned long long)seed, i);
	assert_int_equal(ledgers[0].count, ledgers[1].count);
	assert_memory_equal(ledgers[0].hashes, ledgers[1].hashes,
	                    ledgers[0].count * sizeof ledgers[0].hashes[0]);
	trace_release(&traces[0]);
	trace_release(&traces[1]);
}

static void the_same_seed_is_the_same_run_of_the_store(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= RUNS; seed++)
		assert_same_twice(&store_subject, seed);
}

static void the_same_seed_is_the_same_run_of_records(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= RUNS; seed++)
		assert_same_twice(&record_subject, seed);
}

static void another_seed_is_another_run(void **state)
{
	(void)state;
	static content_ledger ledgers[2];
	event_trace traces[2] = { 0 };
	for (int i = 0; i < 2; i++)
		recording_make(&store_subject, folder, 1 + (uint64_t)i, &ledgers[i],
		               &traces[i]);
	size_t same = 0;
	while (same < traces[0].count && same < traces[1].count &&
	       is_same(&traces[0].events[same], &traces[1].events[same]))
		same++;
	assert_true(same < traces[0].count / 2);
	trace_release(&traces[0]);
	trace_release(&traces[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_seed_is_the_same_run_of_the_store),
		cmocka_unit_test(the_same_seed_is_the_same_run_of_records),
		cmocka_unit_test(another_seed_is_another_run),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
