/* SPDX-License-Identifier: Apache-2.0 */
/* A rule runs in stores that have its fields as it knows them, and only there; a schema cannot
 * be changed so that a rule ceases to run. */
#include "engine/evolve.h"
#include "engine/rules.h"
#include "tests/support/store_fixture.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <string.h>

static const char KNOWN[] = "type bill \"Bill\" {\n"
			    "  number string(8) readonly unique\n"
			    "  state enum(draft, sent) = draft\n"
			    "  lines int readonly = 0 rollup count of line by bill\n"
			    "  total money readonly = 0 }\n"
			    "type line \"Line\" {\n"
			    "  bill ref(bill) required on delete cascade\n"
			    "  series ref(series) }\n"
			    "type series \"Series\" keep single { last int = 0 }\n";

static cx_slice known(void)
{
	return cx_slice_of(KNOWN);
}

static const char *const fields[] = { "number",    "state",       "total",      "lines",
	                              "line.bill", "line.series", "series.last" };

static cx_status refuse(engine_draft *draft, cx_error *error)
{
	(void)draft;
	return cx_fail(error, CX_CHECK, "the rule runs");
}

static const engine_rule rule = {
	.type = "bill", .fields = fields, .field_count = CX_COUNT_OF(fields), .before = refuse
};
static const engine_rule *const items[] = { &rule };
static const engine_rules rules = { .items = items, .count = 1, .schema = known };

/* KNOWN with one part of it replaced. */
static char *varied(const char *part, const char *by)
{
	static char text[1024];
	const char *found = strstr(KNOWN, part);
	assert_non_null(found);
	snprintf(text, sizeof text, "%.*s%s%s", (int)(found - KNOWN), KNOWN, by,
	         found + strlen(part));
	return text;
}

static const struct variant {
	const char *part;
	const char *by;
	const char *missing; /* NULL: the rule runs */
} variants[] = {
	{ "readonly unique", "readonly", "number" },
	{ "string(8)", "string(9) search", NULL },
	{ "string(8)", "text", "number" },
	{ "string(8) readonly unique", "int readonly unique", "number" },
	{ "draft, sent", "sent, draft, paid", NULL },
	{ "draft, sent", "draft, paid", "state" },
	{ "total money", "totals money", "total" },
	{ "total money", "total int", "total" },
	{ "lines int readonly = 0 rollup count of line by bill", "lines int readonly",
	  "lines" },
	{ "series ref(series)", "series ref(bill) on delete restrict", "line.series" },
	{ "on delete cascade", "on delete restrict", NULL },
	{ "keep single", "keep", "series.last" },
	{ "= 0 }\ntype line", "= 0 note text }\ntype line", NULL },
};

static void it_runs_where_its_fields_are_as_it_knows_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < CX_COUNT_OF(variants); i++) {
		const struct variant *v = &variants[i];
		store_fixture f;
		const engine_options options = { .rules = &rules };
		fixture_open_with(&f, varied(v->part, v->by), &options);
		const char *missing = engine_rule_missing(f.engine, &rule);
		if (v->missing == NULL)
			assert_null(missing);
		else
			assert_string_equal(missing, v->missing);
		assert_int_equal(fixture_try_create(&f, "bill", "{}"),
		                 v->missing == NULL ? CX_CHECK : CX_OK);
		fixture_close(&f);
	}
}

static cx_status apply(store_fixture *f, const char *text, engine_schema_report *report)
{
	const engine_schema_text change = { .base = cx_slice_of(text) };
	return engine_schema_apply(f->engine, &change, true, NULL, NULL, report, &f->error);
}

static void a_schema_that_would_stop_it_is_refused(void **state)
{
	(void)state;
	store_fixture f;
	engine_schema_report report;
	const engine_options options = { .rules = &rules };
	fixture_open_with(&f, KNOWN, &options);
	for (size_t i = 0; i < CX_COUNT_OF(variants); i++) {
		const struct variant *v = &variants[i];
		if (v->missing == NULL)
			continue;
		assert_int_equal(apply(&f, varied(v->part, v->by), &report), CX_UNSAFE_CHANGE);
		assert_true(report.refused > 0);
		assert_null(engine_rule_missing(f.engine, &rule));
	}
	assert_int_equal(apply(&f, varied("  total money readonly = 0 }", "}"), &report),
	                 CX_UNSAFE_CHANGE);
	assert_string_equal(f.error.text,
	                    "the rule of bill needs total as it is: leave it in the text, or "
	                    "the rule would not run");
	assert_int_equal(apply(&f, varied("money readonly = 0 }", "money readonly note text }"),
	                       &report),
	                 CX_OK);
	assert_int_equal(fixture_try_create(&f, "bill", "{}"), CX_CHECK);
	/* what it is about may go altogether */
	assert_int_equal(apply(&f, "type other { a int }", &report), CX_OK);
	assert_string_equal(engine_rule_missing(f.engine, &rule), "bill");
	fixture_close(&f);
}

/* One that is left out already stops nothing, and comes back with its fields. */
static void a_rule_can_be_brought_back(void **state)
{
	(void)state;
	store_fixture f;
	engine_schema_report report;
	const engine_options options = { .rules = &rules };
	fixture_open_with(&f, varied("  total money readonly = 0 }", "}"), &options);
	assert_string_equal(engine_rule_missing(f.engine, &rule), "total");
	assert_int_equal(apply(&f, varied("total money", "totals money"), &report), CX_OK);
	assert_int_equal(apply(&f, KNOWN, &report), CX_OK);
	assert_null(engine_rule_missing(f.engine, &rule));
	assert_int_equal(fixture_try_create(&f, "bill", "{}"), CX_CHECK);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_runs_where_its_fields_are_as_it_knows_them),
		cmocka_unit_test(a_schema_that_would_stop_it_is_refused),
		cmocka_unit_test(a_rule_can_be_brought_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
