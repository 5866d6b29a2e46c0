/* SPDX-License-Identifier: Apache-2.0 */
/* The history of an opportunity: every event begins a row where the last one ends. */
#include "crm/crm.h"
#include "tests/support/shop.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

static int setup(void **state)
{
	shop_setup(state);
	store_fixture *f = *state;
	static const char *const stages[] = {
		"'code': 'proposal', 'seq': 2, 'kind': 'open', 'probability_bp': 5000",
		"'code': 'won', 'seq': 8, 'kind': 'won', 'probability_bp': 10000",
		"'code': 'lost', 'seq': 9, 'kind': 'lost', 'probability_bp': 0",
	};
	for (size_t i = 0; i < CX_COUNT_OF(stages); i++)
		shop_create(f, "stage", "{'label_zh': 'L', 'label_en': 'L', %s}", stages[i]);
	return 0;
}

#define DEAL "'title': 'D', 'customer': 1, 'close_on': 19700, 'owner': 1"

/* ---- one opportunity ---- */

static const char *text_of(store_fixture *f, int64_t row, const char *field)
{
	const char *text = fixture_text(f, "stage_history", row, field);
	return text == NULL ? "-" : text;
}

/* The newest row is the `number`th of the store. Its length is that of what it ends. */
static void expect_row(store_fixture *f, int64_t number, const char *cause, int64_t from,
                       int64_t to)
{
	assert_string_equal(text_of(f, number, "cause"), cause);
	shop_has(f, "stage_history", number, "valid_from", from);
	shop_has(f, "stage_history", number, "valid_to", to);
}

static void each_change_begins_a_row(void **state)
{
	store_fixture *f = *state;
	static const struct {
		const char *fields;
		const char *cause; /* NULL: none */
	} changes[] = {
		{ "{'amount': 1001}", "amount" },
		{ "{'title': 'E', 'next_step': 'call'}", NULL },
		{ "{'stage': 5, 'amount': 1002, 'owner': 2}", NULL }, /* there is none */
		{ "{'stage': 2, 'amount': 1002, 'owner': 2}", "stage" },
		{ "{'probability_bp': 1}", "probability" },
		{ "{'close_on': 19701}", "close_on" },
		{ "{'owner': 1}", "owner" },
		{ "{'stage': 4, 'lost_reason': 'price'}", "lose" },
		{ "{'owner': 2}", "owner" },
	};
	int64_t row = 2; /* of the shop's own */
	int64_t from = f->now_ms;
	const int64_t id = fixture_create(f, "opportunity", "{" DEAL ", 'amount': 1000}");
	expect_row(f, ++row, "create", from, CRM_STILL_VALID);
	for (size_t i = 0; i < CX_COUNT_OF(changes); i++) {
		f->now_ms += 1000;
		const int64_t now = f->now_ms;
		cx_status status =
			fixture_try_update(f, "opportunity", id, changes[i].fields, 0);
		assert_int_equal(status, i == 2 ? CX_DANGLING_REFERENCE : CX_OK);
		if (changes[i].cause == NULL) {
			assert_int_equal(fixture_exists(f, "stage_history", row + 1),
			                 CX_NOT_FOUND);
			continue;
		}
		shop_has(f, "stage_history", row, "valid_to", now);
		expect_row(f, ++row, changes[i].cause, now, CRM_STILL_VALID);
		from = now;
	}
	shop_has(f, "stage_history", row, "stage", 4);
	assert_string_equal(text_of(f, row, "state"), "lost");
	shop_has(f, "stage_history", row, "amount_base", 1002);
	shop_has(f, "stage_history", row, "probability_bp", 0);
	shop_has(f, "stage_history", row, "close_on", 19701);
	shop_has(f, "stage_history", row, "owner", 2);
	shop_lacks(f, "stage_history", row, "by");
	shop_lacks(f, "stage_history", row, "from_stage");
}

static void a_move_tells_where_it_came_from(void **state)
{
	store_fixture *f = *state;
	const int64_t id = fixture_create(f, "opportunity", "{" DEAL ", 'amount': 1000}");
	f->now_ms += 5000;
	fixture_update(f, "opportunity", id, "{'amount': 2000}");
	f->now_ms += 5000;
	fixture_update(f, "opportunity", id, "{'stage': 2}");
	shop_has(f, "stage_history", 5, "from_stage", 1);
	shop_has(f, "stage_history", 5, "in_from_ms", 10002);
	shop_lacks(f, "stage_history", 4, "from_stage");
	fixture_update(f, "opportunity", id, "{'stage': 3}");
	assert_string_equal(text_of(f, 6, "cause"), "win");
	shop_has(f, "stage_history", 6, "from_stage", 2);
	shop_has(f, "stage_history", 6, "in_from_ms", 1);
}

static void it_says_who_and_for_what(void **state)
{
	store_fixture *f = *state;
	assert_int_equal(shop_does(f, "opportunity", 1, "{'stage': 3}", CRM_CAUSE_CONVERT, 2),
	                 CX_OK);
	assert_string_equal(text_of(f, 3, "cause"), "convert");
	shop_has(f, "stage_history", 3, "by", 2);
	assert_int_equal(shop_does(f, "opportunity", 1, "{}", CRM_CAUSE_REOPEN, 99), CX_OK);
	assert_string_equal(text_of(f, 4, "cause"), "reopen");
	shop_lacks(f, "stage_history", 4, "by"); /* there is no user 99 */
	fixture_update(f, "opportunity", 1, "{'currency': 'USD', 'amount': 100}");
	assert_string_equal(text_of(f, 5, "cause"), "amount");
	shop_create(f, "fx_rate", "{'currency': 'USD', 'on': %d, 'rate_e8': 800000000}",
	            SHOP_DAY + 1);
	f->now_ms += 24 * 3600 * 1000;
	assert_int_equal(shop_does(f, "opportunity", 1, "{}", CRM_CAUSE_REVALUE, 0), CX_OK);
	assert_string_equal(text_of(f, 6, "cause"), "revalue");
	assert_int_equal(shop_does(f, "opportunity", 1, "{'customer': 2}", CRM_CAUSE_MERGE, 0),
	                 CX_OK);
	assert_int_equal(fixture_exists(f, "stage_history", 7), CX_NOT_FOUND);
	/* clients do not write it */
	assert_int_equal(fixture_try(f, FIXTURE_DELETE, "stage_history", 1),
	                 CX_READ_ONLY_FIELD);
	assert_int_equal(fixture_try_update(f, "stage_history", 1, "{'owner': 2}", 0),
	                 CX_READ_ONLY_FIELD);
}

/* Three writes of one millisecond, and one whose clock went back. */
static void rows_never_begin_together(void **state)
{
	store_fixture *f = *state;
	const int64_t from = f->now_ms;
	const int64_t id = fixture_create(f, "opportunity", "{" DEAL ", 'amount': 0}");
	for (int i = 1; i <= 3; i++) {
		f->now_ms = from;
		shop_update(f, "opportunity", id, "{'amount': %d}", i);
		shop_has(f, "stage_history", 2 + i, "valid_to", from + i);
		shop_has(f, "stage_history", 3 + i, "valid_from", from + i);
	}
	f->now_ms = from - 100000;
	fixture_update(f, "opportunity", id, "{'stage': 2}");
	shop_has(f, "stage_history", 7, "valid_from", from + 4);
	shop_has(f, "opportunity", id, "stage_entered_at", from + 4);
	shop_has(f, "stage_history", 7, "in_from_ms", 4);
}

static void a_delete_and_what_brings_it_back_are_events(void **state)
{
	store_fixture *f = *state;
	const int64_t from = f->now_ms;
	const int64_t id = fixture_create(f, "opportunity", "{" DEAL ", 'amount': 5}");
	f->now_ms = from + 10;
	fixture_do(f, FIXTURE_DELETE, "opportunity", id);
	shop_has(f, "stage_history", 3, "valid_to", from + 10);
	expect_row(f, 4, "delete", from + 10, from + 10);
	shop_has(f, "stage_history", 4, "opportunity", id);
	f->now_ms = from + 10;
	fixture_do(f, FIXTURE_UNDELETE, "opportunity", id);
	expect_row(f, 4, "delete", from + 10, from + 10);
	expect_row(f, 5, "undelete", from + 11, CRM_STILL_VALID);
	shop_has(f, "stage_history", 5, "amount_base", 5);
	fixture_do(f, FIXTURE_DELETE, "opportunity", id);
	fixture_do(f, FIXTURE_PURGE, "opportunity", id);
	for (int64_t row = 3; row <= 6; row++)
		assert_int_equal(fixture_exists(f, "stage_history", row), CX_NOT_FOUND);
	assert_int_equal(fixture_exists(f, "stage_history", 2), CX_OK);
}

static void what_is_told_late_is_imported(void **state)
{
	store_fixture *f = *state;
	engine_write *write = NULL;
	engine_outcome outcome;
	const engine_change change = { .author = { .now_ms = f->now_ms, .at_ms = 5000 } };
	assert_int_equal(engine_write_begin(f->engine, &write), CX_OK);
	assert_int_equal(engine_create(write, fixture_type(f, "opportunity"),
	                               wire("{" DEAL ", 'amount': 5, 'stage': 3}"), &change,
	                               &outcome, NULL),
	                 CX_OK);
	assert_int_equal(engine_write_commit(&write), CX_OK);
	expect_row(f, 3, "import", 5000, CRM_STILL_VALID);
	shop_has(f, "opportunity", outcome.id, "closed_at", 5000);
	shop_says(f, "opportunity", outcome.id, "number", "OP-197001-00001");
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, shop_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(each_change_begins_a_row),
		WITH(a_move_tells_where_it_came_from),
		WITH(it_says_who_and_for_what),
		WITH(rows_never_begin_together),
		WITH(a_delete_and_what_brings_it_back_are_events),
		WITH(what_is_told_late_is_imported),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
