/* SPDX-License-Identifier: Apache-2.0 */
/* An index that is not ready is built by itself while others write, and goes on after a stop.
 */
#include "daemon/exec/indexer.h"
#include "engine/search.h"
#include "tests/support/store_fixture.h"
#include "tests/support/unit.h"

#include <unistd.h>

enum { RECORDS = 3000, WAIT_MS = 20000 };

static store_fixture store;

static engine_search_state state_now(void)
{
	engine_read *read = NULL;
	engine_search_state state;
	assert_int_equal(engine_read_begin(store.engine, &read), CX_OK);
	assert_int_equal(engine_search_state_get(read, &state), CX_OK);
	engine_read_end(&read);
	return state;
}

static cx_status count_hit(void *context, const engine_hit *hit)
{
	(void)hit;
	++*(size_t *)context;
	return CX_OK;
}

static uint64_t found(void)
{
	engine_read *read = NULL;
	size_t hits = 0;
	engine_search_report report;
	const engine_search search = { .text = CX_SLICE_LITERAL("医疗"),
		                       .rows_max = UINT32_MAX };
	assert_int_equal(engine_read_begin(store.engine, &read), CX_OK);
	assert_int_equal(
		engine_search_run(read, &search, count_hit, &hits, &report, &store.error),
		CX_OK);
	engine_read_end(&read);
	return report.found;
}

static void make(size_t count)
{
	fixture_begin(&store);
	for (size_t i = 0; i < count; i++)
		(void)fixture_create(&store, "customer", "{'name': '华东医疗'}");
	fixture_commit(&store);
}

static void an_index_is_built_by_itself(void **state)
{
	(void)state;
	fixture_open(&store, "type customer { name string(80) search }");
	daemon__indexer *indexer = NULL;
	assert_int_equal(daemon__indexer_new(store.engine, &indexer), CX_OK);
	assert_null(indexer); /* nothing to do */
	make(RECORDS);
	fixture_begin(&store);
	assert_int_equal(engine_search_rebuild(store.write), CX_OK);
	fixture_commit(&store);

	assert_int_equal(daemon__indexer_new(store.engine, &indexer), CX_OK);
	assert_non_null(indexer);
	make(1);
	daemon__indexer_free(&indexer);
	assert_null(indexer);
	const bool stopped_early = state_now() != ENGINE_SEARCH_READY;
	assert_int_equal(daemon__indexer_new(store.engine, &indexer), CX_OK);
	assert_true((indexer != NULL) == stopped_early);
	for (int ms = 0; ms < WAIT_MS && state_now() != ENGINE_SEARCH_READY; ms++) {
		make(1);
		usleep(1000);
	}
	assert_int_equal(state_now(), ENGINE_SEARCH_READY);
	daemon__indexer_free(&indexer);
	engine_read *read = NULL;
	uint64_t records;
	assert_int_equal(engine_read_begin(store.engine, &read), CX_OK);
	assert_int_equal(engine_type_count(read, fixture_type(&store, "customer"), &records),
	                 CX_OK);
	engine_read_end(&read);
	assert_int_equal(found(), records);
	fixture_assert_sound(&store);
	fixture_close(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_index_is_built_by_itself),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
