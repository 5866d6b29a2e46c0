/* SPDX-License-Identifier: Apache-2.0 */
/* What a long history costs: reading it, and a record as it was, end at their deadline. What
 * they tell: test_changes.c. */
#include "engine/changes.h"
#include "tests/support/store_fixture.h"
#include "tests/support/unit.h"

static int setup(void **state)
{
	static store_fixture fixture;
	fixture_open(&fixture, "type company { name string(20) }");
	*state = &fixture;
	return 0;
}

static int teardown(void **state)
{
	fixture_close(*state);
	return 0;
}

static cx_status count_change(void *context, const engine_logged *change)
{
	(void)change;
	++*(size_t *)context;
	return CX_OK;
}

static void a_long_history_ends_at_the_deadline(void **state)
{
	enum { CHANGES = 100 };
	store_fixture *f = *state;
	fixture_create(f, "company", "{'name': 'A'}");
	for (int i = 0; i < CHANGES; i++)
		fixture_update(f, "company", 1, i % 2 == 0 ? "{'name': 'B'}" : "{'name': 'A'}");
	engine_read *read = fixture_read(f);
	const engine_type *type = fixture_type(f, "company");
	const engine_moment first = { .seq = 1 };
	bool cut = true;
	size_t count = 0;
	engine_row row = { .id = 77 };
	assert_int_equal(engine_history(read, type, 1, 0, 1000, 1, count_change, &count, &cut,
	                                &f->error),
	                 CX_DEADLINE);
	assert_true(cut && count > 0 && count < CHANGES);
	assert_int_equal(engine_as_of(read, type, 1, first, 1, &row, &f->error), CX_DEADLINE);
	assert_int_equal(row.id, 77);
	count = 0;
	assert_int_equal(engine_history(read, type, 1, 0, 1000, UINT64_MAX, count_change,
	                                &count, &cut, &f->error),
	                 CX_OK);
	assert_int_equal(count, 1 + CHANGES);
	assert_int_equal(engine_as_of(read, type, 1, first, UINT64_MAX, &row, &f->error),
	                 CX_OK);
	engine_read_end(&read);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_long_history_ends_at_the_deadline, setup,
		                                teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
