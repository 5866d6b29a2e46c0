/* SPDX-License-Identifier: Apache-2.0 */
/* Rollups that were built: the check finds what is wrong with them in every state, they stay
 * with their fields, and a store that replays the log has the same. How they are built:
 * test_rollup_build.c. */
#include "engine/changes.h"
#include "engine/record/apply.h"
#include "engine/row/row.h"
#include "tests/engine/rollup_builds.h"
#include "tests/support/groups.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <string.h>

enum { SHORT_NS = 1 /* one record a slice */ };

static unsigned findings_of(store_fixture *store)
{
	CX_SCOPED(engine_read_end) engine_read *read = fixture_read(store);
	engine_check_report report;
	assert_int_equal(engine_check(read, 0, NULL, NULL, &report), CX_OK);
	return (unsigned)report.findings;
}

/* Sets a field behind the back of the rollup. */
static void damage(store_fixture *store, const char *type_name, const char *field, int64_t by)
{
	CX_SCOPED(engine_write_abort) engine_write *write = NULL;
	assert_int_equal(engine_write_begin(store->engine, &write), CX_OK);
	const engine_type *type = fixture_type(store, type_name);
	engine__value before[ENGINE_SLOTS_MAX], after[ENGINE_SLOTS_MAX];
	engine_row row;
	assert_int_equal(engine_get_any(&write->read, type, 1, &row, NULL), CX_OK);
	assert_int_equal(engine__row_values(type, row.array, before), CX_OK);
	memcpy(after, before, sizeof after);
	engine__value *value = &after[engine_type_field(type, cx_slice_of(field))->slot];
	*value = (engine__value){ .shape = ENGINE__INTEGER, .integer = value->integer + by };
	assert_int_equal(engine__apply(write, type, 1, before, after, NULL), CX_OK);
	engine_commit commit;
	assert_int_equal(engine__write_submit_quiet(&write, &commit), CX_OK);
	assert_int_equal(engine_commit_wait(store->engine, commit), CX_OK);
}

static void expect_finding(store_fixture *store, const char *type, const char *field,
                           int64_t by)
{
	fixture_assert_sound(store);
	damage(store, type, field, by);
	assert_int_equal(findings_of(store), 1);
	damage(store, type, field, -by);
	fixture_assert_sound(store);
}

static void the_check_finds_a_field_that_is_not_right_in_every_state(void **state)
{
	(void)state;
	store_fixture store;
	rollup_open(&store, rollup_plain, 6);
	evolve_apply(&store, rollup_summed);
	rollup_build(&store, 3);
	expect_finding(&store, "firm", "bills", 1);
	evolve_build(&store);
	expect_finding(&store, "firm", "bills", -2);
	/* Of one that failed. */
	evolve_apply(&store, rollup_counted);
	assert_int_equal(engine_build_cancel(store.engine, CX_SLICE_LITERAL("firm"),
	                                     CX_SLICE_LITERAL("bills"), &store.error),
	                 CX_OK);
	evolve_build(&store);
	expect_finding(&store, "firm", "bills", 1);
	/* A least or greatest one that is built may be any but one beyond. */
	evolve_apply(&store, rollup_plain);
	evolve_apply(&store, ROLLUP_LAST ROLLUP_BILL);
	rollup_build(&store, 4);
	rollup_assert_firms(&store, "last", 3, 4);
	expect_finding(&store, "firm", "last", 3);
	damage(&store, "firm", "last", -1);
	fixture_assert_sound(&store);
	evolve_build(&store);
	rollup_assert_firms(&store, "last", 5, 6);
	expect_finding(&store, "firm", "last", -1);
	rollup_close(&store);
}

/* The records are found by the index that has them all, not by the first. */
static void the_check_looks_where_the_records_are(void **state)
{
	(void)state;
	static const char one[] =
		"type user keep { calls int readonly = 0 rollup sum(n) of call by by }"
		"type call { by ref(user) n int  index (by) }";
	static const char two[] =
		"type user keep { calls int readonly = 0 rollup sum(n) of call by by }"
		"type call { by ref(user) n int  index (by, n)  index (by) }";
	store_fixture store;
	fixture_open(&store, one);
	fixture_create(&store, "user", "{}");
	fixture_create(&store, "call", "{'by': 1, 'n': 2}");
	fixture_create(&store, "call", "{'by': 1, 'n': 3}");
	evolve_apply(&store, two);
	expect_finding(&store, "user", "calls", 1);
	evolve_build(&store);
	expect_finding(&store, "user", "calls", 1);
	rollup_close(&store);
}

/* An order of being emptied in which a sum over the fields does not fit meanwhile. */
static void emptying_goes_on_where_a_sum_over_it_does_not_fit(void **state)
{
	(void)state;
	store_fixture store;
	fixture_open(&store, ROLLUP_CHAIN(ROLLUP_PAID("sum(amount)"), ROLLUP_TOTAL, ""));
	fixture_create(&store, "firm", "{'name': 'A'}");
	static const char *const amounts[] = { "-9000000000000000000", "9000000000000000000",
		                               "9000000000000000000" };
	for (int i = 2; i >= 0; i--)
		fixture_create(&store, "bill", "{'firm': 1}");
	for (int i = 1; i <= 3; i++) {
		char fields[64];
		snprintf(fields, sizeof fields, "{'bill': %d, 'amount': %s}",
		         i == 1 ? 2 : (i == 2 ? 1 : 3), amounts[i == 1 ? 1 : (i == 2 ? 0 : 2)]);
		fixture_create(&store, "payment", fields);
	}
	assert_int_equal(fixture_int(&store, "firm", 1, "paid"), 9000000000000000000);
	evolve_apply(&store, ROLLUP_CHAIN(ROLLUP_PAID("count"), ROLLUP_TOTAL, ""));
	evolve_build(&store);
	assert_int_equal(fixture_int(&store, "firm", 1, "paid"), 3);
	assert_string_equal(evolve_state(&store, "bill", "paid"), "readable");
	rollup_close(&store);
}

static void parents_that_are_never_deleted_have_rollups_too(void **state)
{
	(void)state;
	store_fixture store;
	fixture_open(&store,
	             "type user keep { name string(20) } type call { by ref(user) n int }");
	fixture_create(&store, "user", "{'name': 'A'}");
	for (int i = 0; i < 4; i++)
		fixture_create(&store, "call", "{'by': 1, 'n': 2}");
	static const char one[] = "type user keep { name string(20)  calls int readonly = 0 "
				  "rollup sum(n) of call "
				  "by by } type call { by ref(user) n int  index (by) }";
	static const char other[] = "type user keep { name string(20)  calls int readonly = 0 "
				    "rollup sum(n) of call "
				    "by by } type call { by ref(user) n int  index (by, n) }";
	evolve_apply(&store, one);
	while (evolve_step(&store, SHORT_NS))
		fixture_assert_sound(&store);
	assert_int_equal(fixture_int(&store, "user", 1, "calls"), 8);
	static const char both[] =
		"type user keep { name string(20)  calls int readonly = 0 rollup sum(n) of "
		"call "
		"by by } type call { by ref(user) n int  index (by, n)  index (by) }";
	evolve_apply(&store, both);
	while (evolve_step(&store, SHORT_NS))
		fixture_assert_sound(&store);
	evolve_apply(&store, other);
	fixture_update(&store, "call", 1, "{'n': 3}");
	assert_int_equal(fixture_int(&store, "user", 1, "calls"), 9);
	rollup_close(&store);
}

/* The text is not in the order of the slots. */
static void rollups_stay_with_their_fields_wherever_they_are_written(void **state)
{
	(void)state;
	static const char first[] =
		"type firm { a int readonly = 0 rollup count of bill by firm  x int "
		"b int readonly = 0 rollup sum(n) of bill by firm }" ROLLUP_BILL;
	static const char second[] =
		"type firm { y int  b int readonly = 0 rollup sum(n) of bill by firm "
		"a int readonly = 0 rollup count of bill by firm }" ROLLUP_BILL;
	store_fixture store;
	fixture_open(&store, first);
	fixture_create(&store, "firm", "{'x': 1}");
	fixture_create(&store, "bill", "{'firm': 1, 'n': 10}");
	evolve_apply(&store, second);
	for (int again = 0; again < 2; again++) {
		assert_int_equal(fixture_int(&store, "firm", 1, "a"), again + 1);
		assert_int_equal(fixture_int(&store, "firm", 1, "b"), 10 * (again + 1));
		fixture_create(&store, "bill", "{'firm': 1, 'n': 10}");
		fixture_assert_sound(&store);
		fixture_reopen(&store);
	}
	rollup_close(&store);
}

typedef struct replaying {
	engine_write *write;
	cx_error error;
} replaying;

static cx_status replay(void *context, const engine_logged *change)
{
	replaying *self = context;
	return engine_changes_replay(self->write, change, &self->error);
}

static void replay_all(store_fixture *from, store_fixture *to)
{
	CX_SCOPED(engine_read_end) engine_read *read = fixture_read(from);
	CX_SCOPED(engine_read_end) engine_read *own = fixture_read(to);
	uint64_t next = engine_read_seq(own) + 1;
	replaying self = { 0 };
	assert_int_equal(engine_write_begin(to->engine, &self.write), CX_OK);
	const cx_status status =
		engine_changes_read_all(read, next, 1000, replay, &self, &next, NULL);
	if (status != CX_OK)
		fail_msg("%s: %s", cx_status_name(status), self.error.text);
	assert_int_equal(engine_write_commit(&self.write), CX_OK);
}

static uint64_t hash_of(store_fixture *store)
{
	CX_SCOPED(engine_read_end) engine_read *read = fixture_read(store);
	uint64_t hash;
	assert_int_equal(engine_state_hash(read, 0, &hash), CX_OK);
	return hash;
}

/* One that gets the schemas first, and one that builds, too, while it replays. */
static void replicas_that_have_built_have_the_same_state(void **state)
{
	(void)state;
	static const char index[] =
		"type firm { name string(20) } type bill { firm ref(firm) on "
		"delete cascade  n int = 1  index (firm, n) }";
	static const char sum[] =
		"type firm { name string(20)  bills int readonly = 0 rollup sum(n) of bill by "
		"firm } type bill { firm ref(firm) on delete cascade  n int = 1  index (firm, "
		"n) }";
	static const char max[] =
		"type firm { name string(20)  bills int readonly rollup max(n) of bill by firm "
		"}"
		"type bill { firm ref(firm) on delete cascade  n int = 1  index (firm, n) }";
	store_fixture store, early, late;
	fixture_open(&store, index);
	fixture_open(&early, index);
	fixture_open(&late, index);
	fixture_create(&store, "firm", "{'name': 'A'}");
	fixture_create(&store, "firm", "{'name': 'B'}");
	for (int i = 0; i < 6; i++)
		fixture_create(&store, "bill", "{'firm': 1, 'n': 5}");
	replay_all(&store, &late);
	evolve_apply(&store, sum);
	evolve_apply(&late, sum);
	evolve_apply(&early, sum);
	rollup_build(&store, 2);
	rollup_build(&late, 4);
	fixture_create(&store, "firm", "{'name': 'C'}");
	fixture_update(&store, "bill", 3, "{'firm': 3}");
	fixture_update(&store, "bill", 6, "{'n': 7}");
	fixture_do(&store, FIXTURE_DELETE, "bill", 1);
	fixture_create(&store, "firm", "{'name': 'without'}");
	replay_all(&store, &late);
	evolve_build(&store);
	assert_true(hash_of(&store) != hash_of(&late)); /* it has not built all */
	evolve_build(&late);
	assert_true(hash_of(&store) == hash_of(&late));
	store_fixture second;
	fixture_open(&second, index);
	evolve_apply(&second, sum);
	replay_all(&store, &second);
	assert_true(hash_of(&store) == hash_of(&second));
	fixture_close(&second);
	evolve_apply(&store, max);
	evolve_apply(&late, max);
	evolve_apply(&early, max);
	rollup_build(&store, 3);
	fixture_update(&store, "bill", 3, "{'firm': 1, 'n': 3}");
	fixture_create(&store, "firm", "{'name': 'D'}");
	replay_all(&store, &late);
	replay_all(&store, &early);
	evolve_build(&store);
	evolve_build(&late);
	rollup_assert_firms(&store, "bills", 7, INT64_MIN);
	rollup_assert_firms(&late, "bills", 7, INT64_MIN);
	rollup_assert_firms(&early, "bills", 7, INT64_MIN);
	assert_true(hash_of(&store) == hash_of(&late));
	assert_true(hash_of(&store) == hash_of(&early));
	fixture_close(&early);
	fixture_close(&late);
	rollup_close(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_check_finds_a_field_that_is_not_right_in_every_state),
		cmocka_unit_test(the_check_looks_where_the_records_are),
		cmocka_unit_test(emptying_goes_on_where_a_sum_over_it_does_not_fit),
		cmocka_unit_test(parents_that_are_never_deleted_have_rollups_too),
		cmocka_unit_test(rollups_stay_with_their_fields_wherever_they_are_written),
		cmocka_unit_test(replicas_that_have_built_have_the_same_state),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
