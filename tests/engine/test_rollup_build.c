/* SPDX-License-Identifier: Apache-2.0 */
/* Rollups that come to a store with records: what is in their fields while they are built, how
 * they end, are given up, change and go. Every test ends with a check of the whole store. */
#include "engine/changes.h"
#include "engine/record/apply.h"
#include "engine/row/row.h"
#include "tests/engine/rollup_builds.h"
#include "tests/support/groups.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <string.h>

enum { SHORT_NS = 1 /* one record a slice */ };

/* As schema.get tells it. */
static bool is_described_as(store_fixture *store, const char *type, const char *state)
{
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(100000);
	char member[40];
	snprintf(member, sizeof member, ", 'state': '%s'}", state);
	engine_type_describe(fixture_type(store, type), &out);
	return strstr(wire_show(cx_buf_slice(&out)), member) != NULL;
}

static void a_field_fills_as_its_records_are_gone_through(void **state)
{
	(void)state;
	store_fixture store;
	rollup_open(&store, rollup_plain, 5);
	const int64_t rev = fixture_int(&store, "firm", 1, "rev");
	const int64_t updated = fixture_int(&store, "firm", 1, "updated_at");
	const uint64_t seq = rollup_last_seq(&store);
	assert_string_equal(evolve_plan(&store, rollup_counted),
	                    "rebuild firm.bills: new rollup, int\n");
	evolve_apply(&store, rollup_counted);
	assert_string_equal(evolve_state(&store, "firm", "bills"), "building: 0 of 5");
	assert_true(is_described_as(&store, "firm", "building"));
	rollup_assert_firms(&store, "bills", 0, 0);
	rollup_build(&store, 3);
	assert_string_equal(evolve_state(&store, "firm", "bills"), "building: 3 of 5");
	rollup_assert_firms(&store, "bills", 2, 1);
	fixture_reopen(&store);
	assert_string_equal(evolve_state(&store, "firm", "bills"), "building: 3 of 5");
	/* Nor does a change of something else begin it anew. */
	char more[512];
	snprintf(more, sizeof more, "%s type other { x int }", rollup_counted);
	evolve_apply(&store, more);
	assert_string_equal(evolve_state(&store, "firm", "bills"), "building: 3 of 5");
	evolve_build(&store);
	assert_string_equal(evolve_state(&store, "firm", "bills"), "readable");
	assert_true(is_described_as(&store, "firm", "readable"));
	rollup_assert_firms(&store, "bills", 3, 2);
	/* In silence. */
	assert_int_equal(fixture_int(&store, "firm", 1, "rev"), rev);
	assert_int_equal(fixture_int(&store, "firm", 1, "updated_at"), updated);
	assert_true(rollup_last_seq(&store) == seq);
	rollup_close(&store);
}

static void without_records_nothing_is_built(void **state)
{
	(void)state;
	store_fixture store;
	rollup_open(&store, rollup_plain, 0);
	assert_string_equal(evolve_plan(&store, rollup_counted),
	                    "instant firm.bills: new field, int\n");
	evolve_apply(&store, rollup_counted);
	assert_string_equal(evolve_state(&store, "firm", "bills"), "readable");
	fixture_create(&store, "bill", "{'firm': 1}");
	rollup_assert_firms(&store, "bills", 1, 0);
	rollup_close(&store);
}

static void a_write_counts_where_the_build_has_been(void **state)
{
	(void)state;
	store_fixture store;
	rollup_open(&store, rollup_plain, 6);
	evolve_apply(&store, rollup_summed);
	rollup_build(&store, 3); /* 1, 2 and 3 */
	rollup_assert_firms(&store, "bills", 4, 2);
	fixture_update(&store, "bill", 1, "{'n': 10}");
	rollup_assert_firms(&store, "bills", 13, 2);
	fixture_update(&store, "bill", 6, "{'n': 60}"); /* not there yet */
	rollup_assert_firms(&store, "bills", 13, 2);
	fixture_update(&store, "bill", 3, "{'firm': 2}");
	fixture_update(&store, "bill", 5, "{'firm': 2}");
	rollup_assert_firms(&store, "bills", 10, 5);
	fixture_create(&store, "bill", "{'firm': 1, 'n': 700}"); /* the last to come */
	fixture_do(&store, FIXTURE_DELETE, "bill", 2);
	fixture_do(&store, FIXTURE_DELETE, "bill", 4);
	rollup_assert_firms(&store, "bills", 10, 3);
	evolve_build(&store);
	rollup_assert_firms(&store, "bills", 710, 68);
	fixture_do(&store, FIXTURE_UNDELETE, "bill", 2);
	fixture_do(&store, FIXTURE_UNDELETE, "bill", 4);
	rollup_assert_firms(&store, "bills", 710, 74);
	rollup_close(&store);
}

static void a_record_that_moves_across_the_frontier_is_counted_once(void **state)
{
	(void)state;
	static const char head[] =
		"type call { firm ref(firm) on delete cascade  at int  n int "
		"cluster by (at) }";
	store_fixture store;
	char text[512];
	snprintf(text, sizeof text, "type firm { name string(20) } %s", head);
	fixture_open(&store, text);
	fixture_create(&store, "firm", "{'name': 'A'}");
	for (int i = 1; i <= 6; i++) {
		char fields[64];
		snprintf(fields, sizeof fields, "{'firm': 1, 'at': %d, 'n': 1}", i * 10);
		fixture_create(&store, "call", fields);
	}
	snprintf(text, sizeof text,
	         "type firm { name string(20)  calls int readonly = 0 rollup sum(n) of call by "
	         "firm } %s",
	         head);
	evolve_apply(&store, text);
	rollup_build(&store, 3);
	assert_int_equal(fixture_int(&store, "firm", 1, "calls"), 3);
	fixture_update(&store, "call", 1, "{'at': 100}"); /* no field of the rollup changes */
	assert_int_equal(fixture_int(&store, "firm", 1, "calls"), 2);
	fixture_assert_sound(&store);
	fixture_update(&store, "call", 6, "{'at': 5}");
	assert_int_equal(fixture_int(&store, "firm", 1, "calls"), 3);
	fixture_assert_sound(&store);
	evolve_build(&store);
	assert_int_equal(fixture_int(&store, "firm", 1, "calls"), 6);
	rollup_close(&store);
}

/* The next greatest may be one that the build has not passed; then it goes, too. */
static void the_greatest_that_goes_leaves_the_one_before_while_it_is_built(void **state)
{
	(void)state;
	store_fixture store;
	rollup_open(&store, rollup_plain, 6);
	evolve_apply(&store, ROLLUP_LAST ROLLUP_BILL);
	assert_string_equal(evolve_state(&store, "firm", "last"), "building: 0 of 6");
	rollup_build(&store, 3);
	rollup_assert_firms(&store, "last", 3, 2);
	fixture_do(&store, FIXTURE_DELETE, "bill", 3);
	rollup_assert_firms(&store, "last", 5, 2); /* which is behind the frontier */
	fixture_update(&store, "bill", 5, "{'on': 0}");
	rollup_assert_firms(&store, "last", 1, 2);
	fixture_update(&store, "bill", 6, "{'on': 1}");
	fixture_create(&store, "bill", "{'firm': 2, 'on': 3}");
	rollup_assert_firms(&store, "last", 1, 3);
	evolve_build(&store);
	rollup_assert_firms(&store, "last", 1, 4);
	fixture_do(&store, FIXTURE_UNDELETE, "bill", 3);
	rollup_assert_firms(&store, "last", 3, 4);
	rollup_close(&store);
}

static void its_index_is_built_before_the_greatest_is(void **state)
{
	(void)state;
	static const char before[] =
		"type firm { name string(20) }"
		"type bill { firm ref(firm) on delete cascade  n int = 1  on date }";
	store_fixture store;
	rollup_open(&store, before, 6);
	evolve_apply(&store, ROLLUP_LAST ROLLUP_BILL);
	rollup_build(&store, 2);
	assert_string_equal(evolve_state(&store, "bill", "firm,on"), "building: 2 of 6");
	assert_string_equal(evolve_state(&store, "firm", "last"), "building: 0 of 6");
	/* The index would not say which is next. */
	fixture_update(&store, "bill", 5, "{'on': 50}");
	fixture_do(&store, FIXTURE_DELETE, "bill", 5);
	fixture_update(&store, "bill", 1, "{'on': 40}");
	rollup_assert_firms(&store, "last", INT64_MIN, INT64_MIN);
	evolve_build(&store);
	rollup_assert_firms(&store, "last", 40, 6);
	/* And it is not taken away while there is no other. */
	static const char other[] =
		ROLLUP_LAST "type bill { firm ref(firm) on delete cascade  n int = 1  on date "
			    "index (firm, on desc) }";
	assert_non_null(strstr(evolve_plan(&store, other),
	                       "refused firm.last: it is kept by index firm,on of bill: add "));
	static const char both[] =
		ROLLUP_LAST "type bill { firm ref(firm) on delete cascade  n int = 1  on date "
			    "index by_new (firm, on desc)  index (firm, on) }";
	static const char only[] =
		ROLLUP_LAST "type bill { firm ref(firm) on delete cascade  n int = 1  on date "
			    "index by_new (firm, on desc) }";
	evolve_apply(&store, both);
	rollup_build(&store, 1);
	fixture_do(&store, FIXTURE_DELETE, "bill", 6);
	rollup_assert_firms(&store, "last", 40, 4);
	assert_int_equal(evolve_try(&store, only, true), CX_UNSAFE_CHANGE);
	evolve_build(&store);
	evolve_apply(&store, only);
	fixture_do(&store, FIXTURE_DELETE, "bill", 4);
	rollup_assert_firms(&store, "last", 40, 2);
	rollup_close(&store);
}

static void without_its_index_the_greatest_fails(void **state)
{
	(void)state;
	static const char before[] =
		"type firm { name string(20) }"
		"type bill { firm ref(firm) on delete cascade  n int = 1  on date }";
	store_fixture store;
	rollup_open(&store, before, 4);
	evolve_apply(&store, ROLLUP_LAST ROLLUP_BILL);
	assert_int_equal(engine_build_cancel(store.engine, CX_SLICE_LITERAL("bill"),
	                                     CX_SLICE_LITERAL("firm,on"), &store.error),
	                 CX_OK);
	evolve_build(&store);
	assert_string_equal(evolve_state(&store, "firm", "last"),
	                    "failed: index firm,on of bill was not built");
	rollup_assert_firms(&store, "last", INT64_MIN, INT64_MIN);
	assert_string_equal(evolve_plan(&store, ROLLUP_LAST ROLLUP_BILL),
	                    "rebuild firm.last: rollup whose build failed\n"
	                    "rebuild bill.firm,on: index whose build failed\n");
	evolve_apply(&store, ROLLUP_LAST ROLLUP_BILL);
	evolve_build(&store);
	rollup_assert_firms(&store, "last", 3, 4);
	rollup_close(&store);
}

static void one_given_up_is_emptied_and_can_be_built_anew(void **state)
{
	(void)state;
	const cx_slice firm = CX_SLICE_LITERAL("firm");
	const cx_slice bills = CX_SLICE_LITERAL("bills");
	store_fixture store;
	rollup_open(&store, rollup_plain, 6);
	assert_int_equal(engine_build_cancel(store.engine, firm, bills, &store.error),
	                 CX_NO_INDEX);
	evolve_apply(&store, rollup_summed);
	rollup_build(&store, 4);
	fixture_do(&store, FIXTURE_DELETE, "firm", 2);
	assert_int_equal(engine_build_cancel(store.engine, firm, bills, &store.error), CX_OK);
	assert_string_equal(evolve_state(&store, "firm", "bills"), "failed: cancelled");
	assert_true(is_described_as(&store, "firm", "failed"));
	assert_int_equal(engine_build_cancel(store.engine, firm, bills, &store.error),
	                 CX_INVALID_ARGUMENT);
	assert_string_equal(store.error.text, "rollup bills of firm is not being built");
	fixture_assert_sound(&store);
	fixture_update(&store, "bill", 1, "{'n': 100}"); /* is not kept any more */
	evolve_build(&store);
	fixture_assert_sound(&store);
	fixture_reopen(&store);
	fixture_do(&store, FIXTURE_UNDELETE, "firm", 2);
	rollup_assert_firms(&store, "bills", 0, 0);
	assert_string_equal(evolve_plan(&store, rollup_summed),
	                    "rebuild firm.bills: rollup whose build failed\n");
	evolve_apply(&store, rollup_summed);
	evolve_build(&store);
	assert_string_equal(evolve_state(&store, "firm", "bills"), "readable");
	rollup_assert_firms(&store, "bills", 108, 12);
	rollup_close(&store);
}

static void another_definition_empties_the_field_first(void **state)
{
	(void)state;
	store_fixture store;
	rollup_open(&store, rollup_counted, 6);
	rollup_assert_firms(&store, "bills", 3, 3);
	assert_string_equal(evolve_plan(&store, rollup_summed),
	                    "rebuild firm.bills: another rollup: emptied and built anew\n");
	const uint16_t slot =
		engine_type_field(fixture_type(&store, "firm"), CX_SLICE_LITERAL("bills"))
			->slot;
	evolve_apply(&store, rollup_summed);
	rollup_build(&store, 1);
	rollup_assert_firms(&store, "bills", 0, 3);
	fixture_update(&store, "bill", 1, "{'n': 10}");
	fixture_create(&store, "firm", "{'name': 'C'}");
	fixture_update(&store, "bill", 2, "{'firm': 3}");
	rollup_assert_firms(&store, "bills", 0, 3);
	rollup_build(&store, 3); /* the other firms, and that there are no more */
	rollup_assert_firms(&store, "bills", 0, 0);
	rollup_build(&store, 1);
	rollup_assert_firms(&store, "bills", 10, 0);
	/* Once more in the middle: of the greatest, too, where there is nothing instead of 0.
	 */
	evolve_apply(&store, "type firm { name string(20)  bills int readonly rollup max(n) of "
	                     "bill by firm } type bill { firm ref(firm) on delete cascade "
	                     "n int = 1  on date  index (firm, on)  index (firm, n) }");
	evolve_build(&store);
	rollup_assert_firms(&store, "bills", 10, 6);
	assert_int_equal(fixture_int(&store, "firm", 3, "bills"), 2);
	fixture_update(&store, "bill", 2, "{'firm': nil}");
	assert_int_equal(fixture_int(&store, "firm", 3, "bills"), INT64_MIN);
	assert_int_equal(
		engine_type_field(fixture_type(&store, "firm"), CX_SLICE_LITERAL("bills"))
			->slot,
		slot);
	evolve_apply(&store, rollup_summed);
	evolve_build(&store);
	rollup_assert_firms(&store, "bills", 18, 10);
	assert_int_equal(fixture_int(&store, "firm", 3, "bills"), 0);
	rollup_close(&store);
}

/* A parent that moves in its cluster while the fields are emptied is emptied, too. */
static void a_parent_that_moves_is_emptied(void **state)
{
	(void)state;
	static const char head[] = "type firm { place int  bills int readonly = 0 rollup ";
	static const char tail[] = " of bill by firm  cluster by (place) }"
				   "type bill { firm ref(firm) on delete cascade  n int }";
	char text[512];
	store_fixture store;
	snprintf(text, sizeof text, "%scount%s", head, tail);
	fixture_open(&store, text);
	for (int i = 1; i <= 4; i++) {
		char fields[64];
		snprintf(fields, sizeof fields, "{'place': %d}", 10 * i);
		fixture_create(&store, "firm", fields);
		snprintf(fields, sizeof fields, "{'firm': %d, 'n': %d}", i, i);
		fixture_create(&store, "bill", fields);
	}
	snprintf(text, sizeof text, "%ssum(n)%s", head, tail);
	evolve_apply(&store, text);
	rollup_build(&store, 2);
	fixture_update(&store, "firm", 4, "{'place': 5}");
	fixture_update(&store, "firm", 1, "{'place': 100}");
	evolve_build(&store);
	for (int i = 1; i <= 4; i++)
		assert_int_equal(fixture_int(&store, "firm", i, "bills"), i);
	rollup_close(&store);
}

static void what_is_no_rollup_does_not_become_one(void **state)
{
	(void)state;
	store_fixture store;
	rollup_open(&store, rollup_counted, 2);
	static const char field[] =
		"type firm { name string(20)  bills int readonly = 0 }" ROLLUP_BILL;
	assert_non_null(
		strstr(evolve_plan(&store, field), "refused firm.bills: the store keeps"));
	evolve_apply(&store, rollup_plain);
	evolve_apply(&store, field);
	assert_non_null(strstr(evolve_plan(&store, rollup_counted),
	                       "refused firm.bills: it has values of its own"));
	evolve_apply(&store, rollup_plain);
	evolve_apply(&store, rollup_counted);
	evolve_build(&store);
	rollup_assert_firms(&store, "bills", 1, 1);
	rollup_close(&store);
}

static void one_that_is_dropped_while_it_is_built_leaves_nothing(void **state)
{
	(void)state;
	store_fixture store;
	rollup_open(&store, rollup_plain, 4);
	evolve_apply(&store, rollup_counted);
	rollup_build(&store, 2);
	evolve_apply(&store, rollup_plain);
	assert_string_equal(evolve_state(&store, "firm", "bills"), "");
	assert_false(evolve_step(&store, SHORT_NS));
	fixture_assert_sound(&store);
	/* The same of one that failed. */
	evolve_apply(&store, rollup_counted);
	rollup_build(&store, 2);
	assert_int_equal(engine_build_cancel(store.engine, CX_SLICE_LITERAL("firm"),
	                                     CX_SLICE_LITERAL("bills"), &store.error),
	                 CX_OK);
	evolve_apply(&store, rollup_plain);
	assert_false(evolve_step(&store, SHORT_NS));
	fixture_assert_sound(&store);
	evolve_apply(&store, rollup_counted);
	evolve_build(&store);
	rollup_assert_firms(&store, "bills", 2, 2);
	rollup_close(&store);
}

/* The upper is complete after the lower, and is told to be building while that is. */
static void a_rollup_over_another_waits_for_it(void **state)
{
	(void)state;
	static const char two[] =
		ROLLUP_CHAIN(ROLLUP_PAID("sum(amount)"), ROLLUP_TOTAL,
	                     "aggregate by_paid on firm group by (paid) count, sum(paid)");
	store_fixture store;
	fixture_open(&store, ROLLUP_CHAIN("", "", ""));
	for (int i = 1; i <= 2; i++)
		fixture_create(&store, "firm", "{'name': 'A'}");
	for (int i = 1; i <= 4; i++)
		fixture_create(&store, "bill", i % 2 == 1 ? "{'firm': 1}" : "{'firm': 2}");
	for (int i = 1; i <= 8; i++) {
		char fields[64];
		snprintf(fields, sizeof fields, "{'bill': %d, 'amount': %d}", 1 + i % 4, i);
		fixture_create(&store, "payment", fields);
	}
	evolve_apply(&store, two);
	bool seen_lower = false;
	while (evolve_step(&store, SHORT_NS)) {
		const engine_type *firm = fixture_type(&store, "firm");
		const engine_type *bill = fixture_type(&store, "bill");
		const cx_slice paid = CX_SLICE_LITERAL("paid");
		const engine_rollup *upper = engine_type_field(firm, paid)->rollup;
		const engine_rollup *lower = engine_type_field(bill, paid)->rollup;
		seen_lower = seen_lower || (lower->state == ENGINE_AGGREGATE_READY &&
		                            upper->state == ENGINE_AGGREGATE_BUILDING);
		assert_true(upper->state == ENGINE_AGGREGATE_BUILDING ||
		            lower->state == ENGINE_AGGREGATE_READY);
		fixture_assert_sound(&store);
	}
	assert_true(seen_lower);
	rollup_assert_firms(&store, "paid", 20, 16);
	assert_string_equal(groups_show(&store, "by_paid", 0), "[16] 1 16; [20] 1 20");
	/* Another below: the upper follows, and is told so. */
	evolve_apply(
		&store,
		ROLLUP_CHAIN(ROLLUP_PAID("count"), ROLLUP_TOTAL,
	                     "aggregate by_paid on firm group by (paid) count, sum(paid)"));
	assert_string_equal(evolve_state(&store, "firm", "paid"), "building");
	assert_true(is_described_as(&store, "firm", "building"));
	while (evolve_step(&store, SHORT_NS))
		fixture_assert_sound(&store);
	assert_string_equal(evolve_state(&store, "firm", "paid"), "readable");
	rollup_assert_firms(&store, "paid", 4, 4);
	assert_string_equal(groups_show(&store, "by_paid", 0), "[4] 2 8");
	rollup_close(&store);
}

static void records_may_refer_to_their_own_kind(void **state)
{
	(void)state;
	store_fixture store;
	fixture_open(&store, "type firm { w int  mother ref(firm) on delete set_null }");
	for (int i = 1; i <= 6; i++)
		fixture_create(&store, "firm", "{'w': 1}");
	for (int i = 1; i <= 6; i++) {
		char fields[64];
		snprintf(fields, sizeof fields, "{'mother': %d}", i % 2 == 0 ? i / 2 : i);
		fixture_update(&store, "firm", i, fields);
	}
	evolve_apply(&store, "type firm { w int  mother ref(firm) on delete set_null "
	                     "a int readonly = 0 rollup sum(w) of firm by mother "
	                     "b int readonly = 0 rollup sum(a) of firm by mother }");
	while (evolve_step(&store, SHORT_NS))
		fixture_assert_sound(&store);
	assert_int_equal(fixture_int(&store, "firm", 1, "a"), 2);
	assert_int_equal(fixture_int(&store, "firm", 1, "b"), 3);
	assert_int_equal(fixture_int(&store, "firm", 3, "b"), 2);
	rollup_close(&store);
}

static void what_does_not_fit_fails_the_build_and_new_ones_are_refused(void **state)
{
	(void)state;
	static const char product[] =
		"type firm { name string(20)  bills int readonly = 0 rollup sum(n * n) of bill "
		"by firm }" ROLLUP_BILL;
	store_fixture store;
	rollup_open(&store, rollup_plain, 4);
	evolve_apply(&store, product);
	rollup_build(&store, 1);
	assert_int_equal(fixture_try_update(&store, "bill", 3, "{'n': 9223372036854775807}", 0),
	                 CX_INVALID_ARGUMENT);
	/* A term that is well, whose sum will not be. */
	fixture_update(&store, "bill", 3, "{'n': 4000000000}");
	evolve_build(&store);
	assert_string_equal(evolve_state(&store, "firm", "bills"),
	                    "failed: record 3 cannot be added: a term or a sum is beyond the "
	                    "limit");
	rollup_assert_firms(&store, "bills", 0, 0);
	fixture_update(&store, "bill", 3, "{'n': 9223372036854775807}"); /* binds no more */
	fixture_update(&store, "bill", 3, "{'n': 3}");
	evolve_apply(&store, product);
	evolve_build(&store);
	rollup_assert_firms(&store, "bills", 10, 20);
	rollup_close(&store);
}

/* What was written above before it turned out not to fit is taken back. */
static void what_does_not_fit_above_fails_the_build_below(void **state)
{
	(void)state;
	store_fixture store;
	fixture_open(&store, ROLLUP_CHAIN(ROLLUP_PAID("count"), ROLLUP_TOTAL, ""));
	fixture_create(&store, "firm", "{'name': 'A'}");
	for (int i = 1; i <= 2; i++) {
		char fields[64];
		fixture_create(&store, "bill", "{'firm': 1}");
		snprintf(fields, sizeof fields, "{'bill': %d, 'amount': 9000000000000000000}",
		         i);
		fixture_create(&store, "payment", fields);
	}
	evolve_apply(&store, ROLLUP_CHAIN(ROLLUP_PAID("sum(amount)"), ROLLUP_TOTAL, ""));
	evolve_build(&store);
	assert_string_equal(evolve_state(&store, "bill", "paid"),
	                    "failed: record 2 cannot be added: a term or a sum is beyond the "
	                    "limit");
	assert_string_equal(evolve_state(&store, "firm", "paid"), "readable");
	assert_int_equal(fixture_int(&store, "firm", 1, "paid"), 0);
	rollup_close(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_field_fills_as_its_records_are_gone_through),
		cmocka_unit_test(without_records_nothing_is_built),
		cmocka_unit_test(a_write_counts_where_the_build_has_been),
		cmocka_unit_test(a_record_that_moves_across_the_frontier_is_counted_once),
		cmocka_unit_test(
			the_greatest_that_goes_leaves_the_one_before_while_it_is_built),
		cmocka_unit_test(its_index_is_built_before_the_greatest_is),
		cmocka_unit_test(without_its_index_the_greatest_fails),
		cmocka_unit_test(one_given_up_is_emptied_and_can_be_built_anew),
		cmocka_unit_test(another_definition_empties_the_field_first),
		cmocka_unit_test(a_parent_that_moves_is_emptied),
		cmocka_unit_test(what_is_no_rollup_does_not_become_one),
		cmocka_unit_test(one_that_is_dropped_while_it_is_built_leaves_nothing),
		cmocka_unit_test(a_rollup_over_another_waits_for_it),
		cmocka_unit_test(records_may_refer_to_their_own_kind),
		cmocka_unit_test(what_does_not_fit_fails_the_build_and_new_ones_are_refused),
		cmocka_unit_test(what_does_not_fit_above_fails_the_build_below),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
