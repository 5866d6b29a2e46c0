/* SPDX-License-Identifier: Apache-2.0 */
/* Rules run inside the write that brings them about: what they set, refuse and write elsewhere
 * is one change with it, is undone with it, and is in the log. */
#include "engine/changes.h"
#include "engine/rules.h"
#include "tests/support/store_fixture.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

static const char SCHEMA[] =
	"type bill \"Bill\" {\n"
	"  number string(8) readonly unique\n"
	"  state enum(draft, sent) = draft\n"
	"  total money readonly = 0\n"
	"  lines int readonly = 0 rollup count of line by bill\n"
	"  note string(4)\n"
	"  closed_at ts readonly }\n"
	"type line \"Line\" {\n"
	"  bill ref(bill) required on delete cascade\n"
	"  amount money required\n"
	"  index (bill, amount) }\n"
	"type series \"Series\" readonly { name string(8) required last int = 0 }\n";

enum { NUMBER, STATE, TOTAL, LINES, NOTE, CLOSED_AT, LINE_BILL, LINE_AMOUNT, SERIES_LAST };
static const char *const bill_fields[] = {
	[NUMBER] = "number",
	[STATE] = "state",
	[TOTAL] = "total",
	[LINES] = "lines",
	[NOTE] = "note",
	[CLOSED_AT] = "closed_at",
	[LINE_BILL] = "line.bill",
	[LINE_AMOUNT] = "line.amount",
	[SERIES_LAST] = "series.last",
};

/* A number of its own, from a series; a sent one stays sent. */
static cx_status before_bill(engine_draft *bill, cx_error *error)
{
	if (engine_draft_event(bill) == ENGINE_DELETES)
		return engine_draft_is(bill, STATE, "sent")
		               ? cx_fail(error, CX_CHECK, "a sent bill stays")
		               : CX_OK;
	if (engine_draft_was(bill, STATE, "sent") && engine_draft_is_changed(bill, STATE))
		return cx_fail(error, CX_CHECK, "a sent bill stays sent");
	if (engine_draft_is(bill, STATE, "sent") && engine_draft_is_null(bill, CLOSED_AT))
		engine_draft_set_int(bill, CLOSED_AT,
		                     engine_author_at(&engine_draft_change(bill)->author));
	if (engine_draft_existed(bill))
		return CX_OK;
	engine_draft *series;
	cx_status status = engine_draft_load(bill, SERIES_LAST, 1, &series, error);
	if (status != CX_OK)
		return status;
	const int64_t last = engine_draft_int(series, SERIES_LAST) + 1;
	engine_draft_set_int(series, SERIES_LAST, last);
	const char text[] = { 'B', (char)('0' + last), '\0' };
	status = engine_draft_set_text(bill, NUMBER, cx_slice_of(text));
	return status == CX_OK ? engine_draft_save(series, error) : status;
}

/* The note asks for lines, made by the rule. */
static cx_status after_bill(engine_draft *bill, cx_error *error)
{
	if (engine_draft_event(bill) != ENGINE_CREATES ||
	    !cx_slice_equal(engine_draft_text(bill, NOTE), cx_slice_of("two")))
		return CX_OK;
	for (int64_t i = 1; i <= 2; i++) {
		engine_draft *line;
		cx_status status = engine_draft_new(bill, LINE_BILL, &line);
		if (status != CX_OK)
			return status;
		engine_draft_set_int(line, LINE_BILL, engine_draft_id(bill));
		engine_draft_set_int(line, LINE_AMOUNT, 10 * i);
		status = engine_draft_save(line, error);
		if (status != CX_OK)
			return status;
	}
	/* The lines are counted in the record meanwhile; that is not undone. */
	engine_draft_set_int(bill, TOTAL, 30);
	return engine_draft_save(bill, error);
}

static const engine_rule bill_rule = {
	.type = "bill",
	.fields = bill_fields,
	.field_count = CX_COUNT_OF(bill_fields),
	.before = before_bill,
	.after = after_bill,
};

enum { BILL, AMOUNT, OF_TOTAL };
static const char *const line_fields[] = {
	[BILL] = "bill",
	[AMOUNT] = "amount",
	[OF_TOTAL] = "bill.total",
};

static cx_status add(void *context, engine_draft *line, cx_error *error)
{
	(void)error;
	*(int64_t *)context += engine_draft_int(line, AMOUNT);
	return CX_OK;
}

static int lines_asked_named, lines_asked_along;

/* Counts the deletes it is asked about. */
static cx_status before_line(engine_draft *line, cx_error *error)
{
	(void)error;
	if (engine_draft_event(line) == ENGINE_DELETES)
		*(engine_draft_is_named(line) ? &lines_asked_named : &lines_asked_along) += 1;
	return CX_OK;
}

/* The total of a bill is that of its lines. */
static cx_status after_line(engine_draft *line, cx_error *error)
{
	const int64_t id = engine_draft_int(line, BILL);
	engine_draft *bill;
	cx_status status = engine_draft_load(line, OF_TOTAL, id, &bill, error);
	if (status != CX_OK) /* gone with its lines */
		return status == CX_NOT_FOUND ? CX_OK : status;
	int64_t total = 0;
	status = engine_draft_each(line, BILL, id, add, &total, error);
	if (status != CX_OK)
		return status;
	if (total > 100)
		return cx_fail_field(error, CX_CHECK, "amount", "over 100 in all");
	engine_draft_set_int(bill, OF_TOTAL, total);
	return engine_draft_save(bill, error);
}

static const engine_rule line_rule = {
	.type = "line",
	.fields = line_fields,
	.field_count = CX_COUNT_OF(line_fields),
	.before = before_line,
	.after = after_line,
};

/* Its type has no such field. */
static const char *const odd_fields[] = { "last", "nothing" };
static const engine_rule odd_rule = {
	.type = "series", .fields = odd_fields, .field_count = 2, .before = before_bill
};

static const engine_rule *const rules[] = { &bill_rule, &line_rule, &odd_rule };
static const engine_rules all = { .items = rules, .count = CX_COUNT_OF(rules) };

static int setup(void **state)
{
	static store_fixture fixture;
	const engine_options options = { .rules = &all };
	fixture_open_with(&fixture, SCHEMA, &options);
	*state = &fixture;
	engine_write *write = NULL;
	engine_outcome outcome;
	const engine_change change = { .author = { .now_ms = 1 }, .internal = true };
	assert_int_equal(engine_write_begin(fixture.engine, &write), CX_OK);
	assert_int_equal(engine_create(write, fixture_type(&fixture, "series"),
	                               wire("{'name': 'bills'}"), &change, &outcome, NULL),
	                 CX_OK);
	assert_int_equal(engine_write_commit(&write), CX_OK);
	return 0;
}

static int teardown(void **state)
{
	fixture_assert_sound(*state);
	fixture_close(*state);
	return 0;
}

static uint64_t seq_of(store_fixture *f)
{
	engine_read *read = fixture_read(f);
	const uint64_t seq = engine_read_seq(read);
	engine_read_end(&read);
	return seq;
}

static void a_rule_fills_fields_and_writes_others_as_one_change(void **state)
{
	store_fixture *f = *state;
	const uint64_t before = seq_of(f);
	const int64_t bill = fixture_create(f, "bill", "{'note': 'two'}");
	assert_int_equal(seq_of(f), before + 1);
	assert_string_equal(fixture_text(f, "bill", bill, "number"), "B1");
	assert_int_equal(fixture_int(f, "series", 1, "last"), 1);
	assert_int_equal(fixture_int(f, "bill", bill, "lines"), 2);
	assert_int_equal(fixture_int(f, "bill", bill, "total"), 30);
	assert_int_equal(fixture_int(f, "bill", bill, "rev"), 2);
}

static void what_a_rule_refuses_leaves_nothing(void **state)
{
	store_fixture *f = *state;
	const int64_t bill = fixture_create(f, "bill", "{}");
	fixture_create(f, "line", "{'bill': 1, 'amount': 60}");
	assert_int_equal(fixture_try_create(f, "line", "{'bill': 1, 'amount': 41}"), CX_CHECK);
	assert_string_equal(f->error.text, "over 100 in all");
	fixture_update(f, "bill", bill, "{'state': 'sent'}");
	assert_int_equal(fixture_try_update(f, "bill", bill, "{'state': 'draft'}", 0),
	                 CX_CHECK);
	assert_int_equal(fixture_try(f, FIXTURE_DELETE, "bill", bill), CX_CHECK);
	/* the failed create of a bill took no number */
	assert_int_equal(fixture_try_create(f, "bill", "{'note': 'too long'}"), CX_TOO_LONG);
	assert_int_equal(fixture_int(f, "series", 1, "last"), 1);
}

static void deletes_and_undeletes_are_followed(void **state)
{
	store_fixture *f = *state;
	const int64_t bill = fixture_create(f, "bill", "{}");
	const int64_t line = fixture_create(f, "line", "{'bill': 1, 'amount': 60}");
	fixture_create(f, "line", "{'bill': 1, 'amount': 7}");
	const uint64_t hash = fixture_state_hash(f);
	fixture_do(f, FIXTURE_DELETE, "line", line);
	assert_int_equal(fixture_int(f, "bill", bill, "total"), 7);
	fixture_do(f, FIXTURE_UNDELETE, "line", line);
	assert_int_equal(fixture_int(f, "bill", bill, "total"), 67);
	assert_true(fixture_state_hash(f) == hash);
	fixture_do(f, FIXTURE_DELETE, "bill", bill);
	fixture_do(f, FIXTURE_UNDELETE, "bill", bill);
	assert_int_equal(fixture_int(f, "bill", bill, "total"), 67);
	assert_true(fixture_state_hash(f) == hash);
}

static void a_rule_is_told_what_goes_along_with_another(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "bill", "{}");
	for (int i = 0; i < 3; i++)
		fixture_create(f, "line", "{'bill': 1, 'amount': 1}");
	lines_asked_named = lines_asked_along = 0;
	fixture_do(f, FIXTURE_DELETE, "line", 3);
	assert_int_equal(lines_asked_named, 1);
	assert_int_equal(lines_asked_along, 0);
	fixture_do(f, FIXTURE_DELETE, "bill", 1);
	assert_int_equal(lines_asked_named, 1);
	assert_int_equal(lines_asked_along, 2);
}

/* A record that came back may break what a rule asks for: then it does not come back. */
static void an_undelete_can_be_refused(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "bill", "{}");
	const int64_t line = fixture_create(f, "line", "{'bill': 1, 'amount': 60}");
	fixture_do(f, FIXTURE_DELETE, "line", line);
	fixture_create(f, "line", "{'bill': 1, 'amount': 70}");
	assert_int_equal(fixture_try(f, FIXTURE_UNDELETE, "line", line), CX_CHECK);
	assert_int_equal(fixture_int(f, "bill", 1, "total"), 70);
}

static void what_is_written_as_it_is_meets_no_rule(void **state)
{
	store_fixture *f = *state;
	engine_write *write = NULL;
	engine_outcome outcome;
	const engine_change change = { .author = { .now_ms = 5 }, .internal = true };
	assert_int_equal(engine_write_begin(f->engine, &write), CX_OK);
	assert_int_equal(engine_create(write, fixture_type(f, "bill"),
	                               wire("{'number': 'X', 'total': 5}"), &change, &outcome,
	                               NULL),
	                 CX_OK);
	assert_int_equal(engine_write_commit(&write), CX_OK);
	assert_string_equal(fixture_text(f, "bill", outcome.id, "number"), "X");
	assert_int_equal(fixture_int(f, "series", 1, "last"), 0);
}

/* What happened earlier is told by the record; the log says when it was written. */
static void a_change_may_tell_of_an_earlier_time(void **state)
{
	store_fixture *f = *state;
	engine_write *write = NULL;
	engine_outcome outcome;
	const engine_change change = { .author = { .now_ms = 5000, .at_ms = 3000 } };
	assert_int_equal(engine_write_begin(f->engine, &write), CX_OK);
	assert_int_equal(engine_create(write, fixture_type(f, "bill"),
	                               wire("{'state': 'sent'}"), &change, &outcome, NULL),
	                 CX_OK);
	assert_int_equal(engine_write_commit(&write), CX_OK);
	assert_int_equal(fixture_int(f, "bill", outcome.id, "created_at"), 3000);
	assert_int_equal(fixture_int(f, "bill", outcome.id, "updated_at"), 5000);
	assert_int_equal(fixture_int(f, "bill", outcome.id, "closed_at"), 3000);
}

static void a_rule_without_its_fields_is_left_out_and_says_so(void **state)
{
	store_fixture *f = *state;
	assert_null(engine_rule_missing(f->engine, &bill_rule));
	assert_string_equal(engine_rule_missing(f->engine, &odd_rule), "nothing");
	const engine_rule stranger = { .type = "nobody" };
	assert_string_equal(engine_rule_missing(f->engine, &stranger), "nobody");
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

static uint64_t hash_of(store_fixture *f)
{
	uint64_t hash;
	engine_read *read = fixture_read(f);
	assert_int_equal(engine_state_hash(read, 0, &hash), CX_OK);
	engine_read_end(&read);
	return hash;
}

static void replaying_the_log_runs_no_rule_and_gives_the_same(void **state)
{
	store_fixture *f = *state, copy;
	fixture_create(f, "bill", "{'note': 'two'}");
	fixture_create(f, "line", "{'bill': 1, 'amount': 6}");
	fixture_do(f, FIXTURE_DELETE, "line", 1);
	fixture_create(f, "bill", "{}");
	fixture_do(f, FIXTURE_DELETE, "bill", 1);
	fixture_do(f, FIXTURE_UNDELETE, "bill", 1);
	fixture_open_with(&copy, SCHEMA, &f->options);
	replaying to = { 0 };
	uint64_t next = 0;
	engine_read *read = fixture_read(f);
	assert_int_equal(engine_write_begin(copy.engine, &to.write), CX_OK);
	assert_int_equal(engine_changes_read_all(read, 1, 1000, replay, &to, &next, &f->error),
	                 CX_OK);
	assert_int_equal(engine_write_commit(&to.write), CX_OK);
	engine_read_end(&read);
	assert_true(hash_of(f) == hash_of(&copy));
	fixture_assert_sound(&copy);
	fixture_close(&copy);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(a_rule_fills_fields_and_writes_others_as_one_change),
		WITH(what_a_rule_refuses_leaves_nothing),
		WITH(deletes_and_undeletes_are_followed),
		WITH(a_rule_is_told_what_goes_along_with_another),
		WITH(an_undelete_can_be_refused),
		WITH(what_is_written_as_it_is_meets_no_rule),
		WITH(a_change_may_tell_of_an_earlier_time),
		WITH(a_rule_without_its_fields_is_left_out_and_says_so),
		WITH(replaying_the_log_runs_no_rule_and_gives_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
