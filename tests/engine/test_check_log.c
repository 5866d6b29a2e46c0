/* SPDX-License-Identifier: Apache-2.0 */
/* The check finds whatever is wrong with the change log. */
#include "engine/admin.h"
#include "engine/log/log.h"
#include "tests/support/store_fixture.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <string.h>

/* Three changes: company 1 is made and changed, company 2 is made. */
static void make(store_fixture *fixture)
{
	fixture_open(fixture, "type company \"Company\" { name string(20) }\n");
	fixture->now_ms = 1000;
	fixture_create(fixture, "company", "{'name': 'A'}");
	fixture_update(fixture, "company", 1, "{'name': 'B'}");
	fixture_create(fixture, "company", "{'name': 'C'}");
	fixture_assert_sound(fixture);
}

static void put(engine_write *write, engine__tree tree, cx_slice key, cx_slice value)
{
	assert_int_equal(engine__txn_put(write->txn, tree, key, value), CX_OK);
}

/* Puts another entry in place of the second. */
static void replace(engine_write *write, const char *entry)
{
	uint8_t key[ENGINE__LOG_KEY_BYTES];
	put(write, write->engine->changes, engine__log_key(key, 2, 0, 0), wire(entry));
}

static void forget_history(engine_write *write)
{
	uint8_t key[ENGINE__HISTORY_KEY_BYTES];
	assert_int_equal(engine__txn_remove(write->txn, write->engine->history,
	                                    engine__history_key(key, 1, 1, 2, 0)),
	                 CX_OK);
}

static void add_history(engine_write *write)
{
	uint8_t key[ENGINE__HISTORY_KEY_BYTES];
	put(write, write->engine->history, engine__history_key(key, 1, 2, 9, 0),
	    (cx_slice){ 0 });
}

static void lose_the_second(engine_write *write)
{
	assert_int_equal(engine__log_remove(write, 2, 0), CX_OK);
}

static void lose_the_last(engine_write *write)
{
	assert_int_equal(engine__log_remove(write, 3, 0), CX_OK);
}

static void lie_about_the_revision(engine_write *write)
{
	replace(write, "[2, 1, 1, 7, 1000, 0, [[8, 'A', 'B']]]");
}

static void lie_about_the_kind(engine_write *write)
{
	replace(write, "[9, 1, 1, 2, 1000, 0]");
}

static void lie_about_the_bytes(engine_write *write)
{
	write->log_bytes = 7;
}

static void collect(void *context, const char *text)
{
	char *all = context;
	const size_t size = strlen(all);
	snprintf(all + size, 1024 - size, "%s\n", text);
}

static void check(engine *store, char all[1024])
{
	engine_read *read;
	engine_check_report report;
	assert_int_equal(engine_read_begin(store, &read), CX_OK);
	assert_int_equal(engine_check(read, 0, collect, all, &report), CX_OK);
	engine_read_end(&read);
}

static void every_damage_is_found(void **state)
{
	static const struct {
		void (*damage)(engine_write *write);
		const char *finding;
	} cases[] = {
		{ forget_history, "change 2.0: not in the history of company 1\n" },
		{ add_history, "histories: 4 pairs where 3 are expected\n" },
		{ lose_the_second, "change log: 3.0 follows where 2.0 is expected\n" },
		{ lose_the_last, "change log: it ends before 3, and the last change is 3\n" },
		{ lie_about_the_revision,
		  "company 1: has revision 2, and 7 in the change log\n" },
		{ lie_about_the_kind, "change log: the entry at 2.0 is damaged\n" },
		{ lie_about_the_bytes, " bytes, and 7 are written down\n" },
	};
	(void)state;
	for (size_t i = 0; i < CX_COUNT_OF(cases); i++) {
		store_fixture fixture;
		char all[1024] = "";
		make(&fixture);
		fixture_begin(&fixture);
		cases[i].damage(fixture.write);
		fixture.write->maintains = true;
		fixture_commit(&fixture);
		check(fixture.engine, all);
		fixture_close(&fixture);
		if (strstr(all, cases[i].finding) == NULL)
			fail_msg("\"%s\" is not in:\n%s", cases[i].finding, all);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_damage_is_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
