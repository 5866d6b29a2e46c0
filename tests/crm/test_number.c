/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers run on without a gap for each text they begin with, month by month where the
 * organisation is, and none is given twice. */
#include "base/clock.h"
#include "crm/rules/number.h"
#include "tests/support/store_fixture.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <string.h>

static const char SCHEMA[] =
	"type org \"Org\" keep single {\n"
	"  utc_offset_min int = 480\n"
	"  number_format list<string(24)> }\n"
	"type number_series \"Series\" keep readonly {\n"
	"  series string(32) required unique last int required = 0 }\n"
	"type bill \"Bill\" { number string(32) readonly unique note string(4) }\n"
	"time zone org.utc_offset_min\n"
	"aggregate bills on bill group by (month(created_at)) count\n";

enum { NUMBER, FORMAT, SERIES, LAST };
static const char *const bill_fields[] = {
	[NUMBER] = "number",
	[FORMAT] = "org.number_format",
	[SERIES] = "number_series.series",
	[LAST] = "number_series.last",
};

static cx_status before_bill(engine_draft *bill, cx_error *error)
{
	const crm__number_fields at = {
		.number = NUMBER, .format = FORMAT, .series = SERIES, .last = LAST
	};
	if (engine_draft_event(bill) != ENGINE_CREATES)
		return CX_OK;
	return crm__number_give(bill, CRM__NUMBERED_SALES_ORDER, &at, error);
}

static const engine_rule bill_rule = {
	.type = "bill",
	.fields = bill_fields,
	.field_count = CX_COUNT_OF(bill_fields),
	.before = before_bill,
};
static const engine_rule *const rules[] = { &bill_rule };
static const engine_rules all = { .items = rules, .count = CX_COUNT_OF(rules) };

static void at(store_fixture *f, const char *time)
{
	assert_true(cx_ts_parse(cx_slice_of(time), &f->now_ms));
}

static int setup(void **state)
{
	static store_fixture fixture;
	const engine_options options = { .rules = &all };
	fixture_open_with(&fixture, SCHEMA, &options);
	at(&fixture, "2026-11-23T08:00:00Z");
	*state = &fixture;
	return 0;
}

static int teardown(void **state)
{
	fixture_assert_sound(*state);
	fixture_close(*state);
	return 0;
}

static void expect_next(store_fixture *f, const char *number)
{
	const int64_t id = fixture_create(f, "bill", "{}");
	assert_string_equal(fixture_text(f, "bill", id, "number"), number);
}

static void use_format(store_fixture *f, const char *list)
{
	char fields[200];
	snprintf(fields, sizeof fields, "{'number_format': %s}", list);
	if (fixture_exists(f, "org", 1) == CX_OK)
		fixture_update(f, "org", 1, fields);
	else
		fixture_create(f, "org", fields);
}

static void numbers_run_on(void **state)
{
	store_fixture *f = *state;
	expect_next(f, "SO-202611-00001");
	expect_next(f, "SO-202611-00002");
	fixture_reopen(f);
	expect_next(f, "SO-202611-00003");
}

static void a_month_begins_where_the_organisation_is(void **state)
{
	store_fixture *f = *state;
	at(f, "2026-11-30T15:59:59Z");
	expect_next(f, "SO-202611-00001");
	at(f, "2026-11-30T16:00:00Z");
	expect_next(f, "SO-202612-00001");
	at(f, "2026-11-30T15:59:59Z"); /* told late */
	expect_next(f, "SO-202611-00002");
}

static void a_number_is_not_given_again(void **state)
{
	store_fixture *f = *state;
	const int64_t first = fixture_create(f, "bill", "{}");
	fixture_do(f, FIXTURE_DELETE, "bill", first);
	fixture_do(f, FIXTURE_PURGE, "bill", first);
	expect_next(f, "SO-202611-00002");
	assert_int_equal(fixture_try(f, FIXTURE_DELETE, "number_series", 1), CX_RESTRICTED);
	assert_int_equal(fixture_try_update(f, "number_series", 1, "{'last': 0}", 0),
	                 CX_READ_ONLY_FIELD);
}

static void what_fails_takes_no_number(void **state)
{
	store_fixture *f = *state;
	expect_next(f, "SO-202611-00001");
	assert_int_equal(fixture_try_create(f, "bill", "{'note': 'too long'}"), CX_TOO_LONG);
	assert_int_equal(fixture_try_create(f, "bill", "{'ext_id': 'x', 'ext_id': 'x'}"),
	                 CX_INVALID_ARGUMENT);
	fixture_create(f, "bill", "{'ext_id': 'x'}");
	assert_int_equal(fixture_try_create(f, "bill", "{'ext_id': 'x'}"), CX_UNIQUE);
	expect_next(f, "SO-202611-00003");
}

/* From another system, say. */
static void a_number_somebody_has_is_passed_over(void **state)
{
	store_fixture *f = *state;
	engine_write *write = NULL;
	engine_outcome outcome;
	const engine_change change = { .author = { .now_ms = 1 }, .internal = true };
	assert_int_equal(engine_write_begin(f->engine, &write), CX_OK);
	assert_int_equal(engine_create(write, fixture_type(f, "bill"),
	                               wire("{'number': 'SO-202611-00001'}"), &change, &outcome,
	                               NULL),
	                 CX_OK);
	assert_int_equal(engine_write_commit(&write), CX_OK);
	expect_next(f, "SO-202611-00002");
}

static void an_organisation_may_have_its_own_format(void **state)
{
	store_fixture *f = *state;
	use_format(f, "['', '订单{yyyymmdd}/{seq3}']");
	expect_next(f, "订单20261123/001");
	use_format(f, "['', '{yy}.{mm}.{dd}-{seq}']");
	expect_next(f, "26.11.23-1");
	use_format(f, "['A', '', 'B']"); /* those of others, and none */
	expect_next(f, "SO-202611-00001");
	use_format(f, "['', 'N{seq1}']");
	for (int i = 1; i <= 9; i++)
		fixture_create(f, "bill", "{}");
	expect_next(f, "N10");
	/* the same text before it: the same series */
	use_format(f, "['', 'N{seq3}']");
	expect_next(f, "N011");
}

static void what_is_no_format_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *list;
		const char *why;
	} cases[] = {
		{ "['SO-']", "must end with its running part" },
		{ "['{seq5}']", "must begin with some text" },
		{ "['SO-{seq5}x']", "must end with its running part" },
		{ "['SO-{seq5']", "has a { without its }" },
		{ "['SO1{seq5}']", "may not have a digit right before {seq}" },
		{ "['SO-{seq0}']", "neither" },
		{ "['SO-{seq10}']", "neither" },
		{ "['SO-{}{seq}']", "neither" },
		{ "['SO-{mmyyyy}{seq}']", "neither" },
		{ "['SO-{yyyyyy}{seq}']", "neither" },
		{ "['SO-{hh}{seq}']", "neither" },
		{ "['', '', 'SR']", "must end" },
		{ "['', '', '', '']", "3 number formats at most" },
	};
	for (size_t i = 0; i < CX_COUNT_OF(cases); i++) {
		cx_error error = { 0 };
		assert_int_equal(crm__number_formats_check(wire(cases[i].list), &error),
		                 CX_CHECK);
		assert_string_equal(error.field, "number_format");
		if (strstr(error.text, cases[i].why) == NULL)
			fail_msg("%s: %s", cases[i].list, error.text);
	}
	assert_int_equal(crm__number_formats_check((cx_slice){ 0 }, NULL), CX_OK);
	assert_int_equal(crm__number_formats_check(wire("[]"), NULL), CX_OK);
	assert_int_equal(
		crm__number_formats_check(wire("['A{yymmdd}{seq9}', '', 'B-{seq}']"), NULL),
		CX_OK);
}

/* A format that was written before it was looked at. */
static void a_bad_format_stops_creates_and_says_why(void **state)
{
	store_fixture *f = *state;
	use_format(f, "['', 'SO-']");
	assert_int_equal(fixture_try_create(f, "bill", "{}"), CX_CHECK);
	assert_string_equal(f->error.text, "number format \"SO-\" must end with its running "
	                                   "part, as in SO-{yyyymm}-{seq5}");
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(numbers_run_on),
		WITH(a_month_begins_where_the_organisation_is),
		WITH(a_number_is_not_given_again),
		WITH(what_fails_takes_no_number),
		WITH(a_number_somebody_has_is_passed_over),
		WITH(an_organisation_may_have_its_own_format),
		cmocka_unit_test(what_is_no_format_is_refused),
		WITH(a_bad_format_stops_creates_and_says_why),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
