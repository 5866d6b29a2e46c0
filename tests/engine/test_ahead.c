/* SPDX-License-Identifier: Apache-2.0 */
/* Looking ahead ends after a few steps whatever is asked for, and a read is what it would have
 * been without. */
#include "engine/ahead.h"
#include "tests/support/store_fixture.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <string.h>

/* Two of an entry of an index, two of a record. */
enum { STEPS_MAX = 4, RECORDS = 30 };

static const char SCHEMA[] = "type person {\n"
			     "  login string(600) unique\n"
			     "  age   int\n"
			     "  index (age)\n"
			     "}\n"
			     "type visit {\n"
			     "  person ref(person) on delete cascade\n"
			     "  at     ts\n"
			     "  cluster by (person, at desc)\n"
			     "}\n";

static store_fixture fixture;
static engine_read *reading;

static int set_up(void **state)
{
	*state = &fixture;
	fixture_open(&fixture, SCHEMA);
	for (int i = 1; i <= RECORDS; i++) {
		char fields[64];
		snprintf(fields, sizeof fields, "{'login': 'u%d', 'age': %d}", i, i);
		assert_int_equal(fixture_create(&fixture, "person", fields), i);
		snprintf(fields, sizeof fields, "{'person': %d, 'at': %d}", i, i);
		assert_int_equal(fixture_create(&fixture, "visit", fields), i);
	}
	fixture_reopen(&fixture); /* merges, so that LMDB has them */
	reading = fixture_read(&fixture);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	engine_read_end(&reading);
	fixture_close(&fixture);
	return 0;
}

static unsigned go(engine_ahead ahead)
{
	unsigned steps = 0;
	while (engine_ahead_step(reading, &ahead))
		assert_true(++steps <= STEPS_MAX);
	assert_false(engine_ahead_step(reading, &ahead));
	return steps;
}

static void gets_are_what_they_were(void **state)
{
	(void)state;
	static const char *const types[] = { "person", "visit" };
	for (int round = 0; round < 3; round++)
		for (int i = 0; i < 2; i++)
			for (int64_t id = -1; id <= RECORDS + 1; id++) {
				const engine_type *type = fixture_type(&fixture, types[i]);
				assert_int_equal(go(engine_ahead_get(type, id)), 2);
				engine_row row = { 0 };
				const cx_status status =
					engine_get(reading, type, id, &row, &fixture.error);
				const bool there = id >= 1 && id <= RECORDS;
				assert_int_equal(status, there ? CX_OK : CX_NOT_FOUND);
				assert_int_equal(row.id, there ? id : 0);
			}
}

static void look_up(const char *values, cx_status expected, int64_t id)
{
	const engine_index *index = fixture_index(&fixture, "person", "login");
	const unsigned steps = go(engine_ahead_lookup(reading, index, wire(values)));
	if (expected == CX_OK) /* through the entry to the record */
		assert_int_equal(steps, STEPS_MAX);
	engine_row row = { 0 };
	assert_int_equal(engine_lookup(reading, index, wire(values), &row, &fixture.error),
	                 expected);
	assert_int_equal(row.id, id);
}

static void lookups_are_what_they_were(void **state)
{
	(void)state;
	char long_login[520];
	memset(long_login, 'x', sizeof long_login);
	memcpy(long_login, "['", 2);
	memcpy(long_login + sizeof long_login - 3, "']", 3);
	for (int round = 0; round < 3; round++) {
		look_up("['u1']", CX_OK, 1);
		look_up("['u30']", CX_OK, RECORDS);
		look_up("['u31']", CX_NOT_FOUND, 0);
		look_up("['']", CX_NOT_FOUND, 0);
		look_up("[nil]", CX_NOT_FOUND, 0);
		look_up(long_login, CX_NOT_FOUND, 0);
		look_up("[7]", CX_TYPE, 0);
		look_up("[]", CX_INVALID_ARGUMENT, 0);
		look_up("['u1', 1]", CX_INVALID_ARGUMENT, 0);
	}
}

static void an_index_that_is_not_unique_leads_nowhere(void **state)
{
	(void)state;
	const engine_index *index = fixture_index(&fixture, "person", "age");
	engine_ahead ahead = engine_ahead_lookup(reading, index, wire("[1]"));
	assert_false(engine_ahead_step(reading, &ahead));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gets_are_what_they_were),
		cmocka_unit_test(lookups_are_what_they_were),
		cmocka_unit_test(an_index_that_is_not_unique_leads_nowhere),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
