/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a record held to a filter before and after a change is found out from the log alone
 * as queries saw it at the time; and the log is walked change by change from any place. */
#include "engine/changes.h"
#include "tests/support/dice.h"
#include "tests/support/store_fixture.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <string.h>

static const char SCHEMA[] =
	"type company \"Company\" { name string(20) size int\n"
	"  note text\n"
	"  deals int readonly = 0 rollup count of deal by company \"Deals\" }\n"
	"type deal \"Deal\" { company ref(company) on delete cascade required\n"
	"  title string(20) }\n";

static int setup(void **state)
{
	static store_fixture fixture;
	fixture_open(&fixture, SCHEMA);
	fixture.now_ms = 1000;
	*state = &fixture;
	return 0;
}

static int teardown(void **state)
{
	fixture_assert_sound(*state);
	fixture_close(*state);
	return 0;
}

enum { IDS_MAX = 12, OPERATIONS = 400 };

static const char *const filters[] = {
	"['>', 'size', 5]",
	"['or', ['=', 'name', 'a'], ['null', 'size']]",
	"['not', ['=~', 'name', 'A']]",
	"['and', ['>', 'rev', 2], ['<', 'rev', 5]]",
	"['and', ['>=', 'updated_at', 1100], ['notnull', 'name']]",
};

/* Whether a query finds it: what the log has to say as well. */
static bool found(store_fixture *f, engine_read *read, int64_t id, const char *filter)
{
	char text[256];
	uint64_t count;
	snprintf(text, sizeof text, "['and', ['=', 'id', %lld], %s]", (long long)id, filter);
	const engine_query query = { .type = fixture_type(f, "company"),
		                     .filter = wire(text),
		                     .allow_scan = true };
	assert_int_equal(engine_query_count(read, &query, &count, &f->error), CX_OK);
	return count > 0;
}

typedef struct moment {
	bool fits[CX_COUNT_OF(filters)][IDS_MAX + 1];
} moment;

/* After each seq. */
static moment moments[2 * OPERATIONS];

static void remember(store_fixture *f)
{
	engine_read *read = fixture_read(f);
	moment *now = &moments[engine_read_seq(read)];
	for (size_t i = 0; i < CX_COUNT_OF(filters); i++)
		for (int64_t id = 1; id <= IDS_MAX; id++)
			now->fits[i][id] = found(f, read, id, filters[i]);
	engine_read_end(&read);
}

static void operate(store_fixture *f, dice *random, int64_t *made)
{
	static const char *const names[] = { "nil", "'a'", "'A'", "'b'" };
	char fields[64];
	const int64_t id = 1 + (int64_t)dice_below(random, IDS_MAX);
	snprintf(fields, sizeof fields, "{'name': %s, 'size': %u}",
	         names[dice_below(random, 4)], (unsigned)dice_below(random, 10));
	if (*made < IDS_MAX) {
		*made = fixture_create(f, "company", fields);
		return;
	}
	cx_status status = CX_OK;
	const uint64_t what = dice_below(random, 10);
	if (what < 6)
		status = fixture_try_update(f, "company", id, fields, 0);
	else if (what < 8)
		status = fixture_try(f, FIXTURE_DELETE, "company", id);
	else
		status = fixture_try(f, FIXTURE_UNDELETE, "company", id);
	assert_true(status == CX_OK || status == CX_NOT_FOUND || status == CX_NOT_DELETED);
}

typedef struct looking {
	store_fixture *f;
	engine_read *read;
	engine_matcher *matcher;
	size_t filter;
	size_t looked;
} looking;

static cx_status look(void *context, const engine_logged *change)
{
	looking *self = context;
	engine_crossing got;
	const moment *before = &moments[change->seq - 1];
	const moment *after = &moments[change->seq];
	assert_int_equal(
		engine_matcher_look(self->matcher, self->read, change, &got, &self->f->error),
		CX_OK);
	assert_int_equal(got.was, before->fits[self->filter][change->id] ? ENGINE_FIT_YES
	                                                                 : ENGINE_FIT_NO);
	assert_int_equal(got.is, after->fits[self->filter][change->id] ? ENGINE_FIT_YES
	                                                               : ENGINE_FIT_NO);
	if (got.is == ENGINE_FIT_YES)
		assert_true(got.row.size > 0);
	self->looked++;
	return CX_OK;
}

static void the_log_says_what_queries_saw(void **state)
{
	store_fixture *f = *state;
	dice random = dice_init();
	int64_t made = 0;
	memset(moments, 0, sizeof moments);
	for (int i = 0; i < OPERATIONS; i++) {
		operate(f, &random, &made);
		remember(f);
	}
	engine_read *read = fixture_read(f);
	for (size_t i = 0; i < CX_COUNT_OF(filters); i++) {
		looking self = { .f = f, .read = read, .filter = i };
		assert_int_equal(engine_matcher_new(fixture_type(f, "company"),
		                                    wire(filters[i]), &self.matcher, &f->error),
		                 CX_OK);
		engine_place place = { .seq = 1 };
		while (place.seq <= engine_read_seq(read))
			assert_int_equal(engine_changes_step(read, &place,
			                                     1 + dice_below(&random, 9), look,
			                                     &self, &f->error),
			                 CX_OK);
		assert_int_equal(self.looked, engine_read_seq(read));
		engine_matcher_free(&self.matcher);
		assert_null(self.matcher);
	}
	engine_read_end(&read);
}

static void too_many_later_changes_make_it_unknown(void **state)
{
	store_fixture *f = *state;
	engine_read *read;
	engine_crossing got;
	looking self = { .f = f };
	fixture_create(f, "company", "{'size': 9}"); /* 1 */
	fixture_begin(f);
	for (int i = 0; i < ENGINE_MATCHER_CHANGES_MAX + 1; i++)
		fixture_update(f, "company", 1, i % 2 == 0 ? "{'size': 1}" : "{'size': 9}");
	fixture_commit(f);
	const engine_logged change = { .seq = 1,
		                       .last = true,
		                       .kind = ENGINE_CHANGED_CREATE,
		                       .type = fixture_type(f, "company"),
		                       .id = 1,
		                       .rev = 1 };
	engine_logged next = change;
	next.seq = 2;
	next.kind = ENGINE_CHANGED_UPDATE;
	next.rev = 2;
	next.fields = wire("[[9, 9, 1]]");
	assert_int_equal(engine_matcher_new(change.type, wire(filters[0]), &self.matcher, NULL),
	                 CX_OK);
	read = fixture_read(f);
	assert_int_equal(engine_matcher_look(self.matcher, read, &change, &got, NULL), CX_OK);
	assert_int_equal(got.was, ENGINE_FIT_NO);
	assert_int_equal(got.is, ENGINE_FIT_UNKNOWN);
	assert_int_equal(got.row.size, 0);
	assert_int_equal(engine_matcher_look(self.matcher, read, &next, &got, NULL), CX_OK);
	assert_int_equal(got.was, ENGINE_FIT_YES);
	assert_int_equal(got.is, ENGINE_FIT_NO);
	engine_read_end(&read);
	engine_matcher_free(&self.matcher);
}

static void so_do_too_many_bytes(void **state)
{
	enum { TEXT = 60000, CHANGES = 2 + ENGINE_MATCHER_BYTES_MAX / (2 * TEXT) };
	store_fixture *f = *state;
	static char fields[TEXT + 64];
	looking self = { .f = f };
	fixture_create(f, "company", "{'size': 9}");
	for (int i = 0; i < CHANGES; i++) {
		snprintf(fields, sizeof fields, "{'note': '%0*d'}", TEXT, i);
		fixture_update(f, "company", 1, fields);
	}
	const engine_logged created = { .seq = 1,
		                        .last = true,
		                        .kind = ENGINE_CHANGED_CREATE,
		                        .type = fixture_type(f, "company"),
		                        .id = 1,
		                        .rev = 1 };
	engine_logged next = created;
	next.kind = ENGINE_CHANGED_DELETE; /* which has no values to take back */
	next.seq = 3;
	engine_crossing got;
	assert_int_equal(
		engine_matcher_new(created.type, wire(filters[0]), &self.matcher, NULL), CX_OK);
	engine_read *read = fixture_read(f);
	assert_int_equal(engine_matcher_look(self.matcher, read, &created, &got, NULL), CX_OK);
	assert_int_equal(got.is, ENGINE_FIT_UNKNOWN);
	assert_int_equal(engine_matcher_look(self.matcher, read, &next, &got, NULL), CX_OK);
	assert_int_equal(got.was, ENGINE_FIT_YES);
	engine_read_end(&read);
	engine_matcher_free(&self.matcher);
}

static void what_changes_without_a_change_cannot_be_asked_for(void **state)
{
	store_fixture *f = *state;
	static const char *const cases[] = {
		"['>', 'deals', 1]",
		"['null', 'deleted_at']",
		"['exists', 'deal', 'company', nil]",
	};
	for (size_t i = 0; i < CX_COUNT_OF(cases); i++) {
		engine_matcher *matcher = NULL;
		assert_int_equal(engine_matcher_new(fixture_type(f, "company"), wire(cases[i]),
		                                    &matcher, &f->error),
		                 CX_INVALID_ARGUMENT);
		assert_null(matcher);
	}
}

/* ---- steps ---- */

typedef struct places {
	char text[256];
	size_t refuse_at; /* the change with this number, from 1, is refused */
	size_t count;
} places;

static cx_status note(void *context, const engine_logged *change)
{
	places *self = context;
	const size_t size = strlen(self->text);
	if (++self->count == self->refuse_at)
		return CX_BUSY;
	snprintf(self->text + size, sizeof self->text - size, "%llu.%u ",
	         (unsigned long long)change->seq, change->part);
	return CX_OK;
}

static void steps_go_from_any_part_to_any_other(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "company", "{'name': 'A'}");
	fixture_create(f, "deal", "{'company': 1}");
	fixture_create(f, "deal", "{'company': 1}");
	fixture_do(f, FIXTURE_DELETE, "company", 1); /* 4, three parts */
	fixture_create(f, "company", "{'name': 'B'}");
	engine_read *read = fixture_read(f);
	for (size_t step = 1; step <= 8; step++) {
		places all = { .count = 0 };
		engine_place place = { .seq = 1 };
		while (place.seq <= 5)
			assert_int_equal(
				engine_changes_step(read, &place, step, note, &all, &f->error),
				CX_OK);
		assert_string_equal(all.text, "1.0 2.0 3.0 4.0 4.1 4.2 5.0 ");
		assert_int_equal(place.seq, 6);
		assert_int_equal(place.part, 0);
		assert_int_equal(engine_changes_step(read, &place, step, note, &all, NULL),
		                 CX_OK);
		assert_int_equal(all.count, 7);
	}
	/* What is refused is not passed. */
	places some = { .refuse_at = 6 };
	engine_place place = { .seq = 1 };
	assert_int_equal(engine_changes_step(read, &place, 100, note, &some, &f->error),
	                 CX_BUSY);
	assert_int_equal(place.seq, 4);
	assert_int_equal(place.part, 2);
	engine_read_end(&read);
}

static cx_status count_row(void *context, const engine_row *row)
{
	int64_t *last = context;
	assert_int_equal(row->id, *last + 1);
	*last = row->id;
	return CX_OK;
}

static void a_query_by_id_takes_no_index_and_pages(void **state)
{
	enum { RECORDS = 10 };
	store_fixture *f = *state;
	for (int i = 0; i < RECORDS; i++)
		fixture_create(f, "company", "{'name': 'x'}");
	engine_read *read = fixture_read(f);
	engine_query query = { .type = fixture_type(f, "company"),
		               .filter = wire("['null', 'ext_id']"),
		               .limit = 3,
		               .by_id = true,
		               .allow_scan = true };
	CX_SCOPED(cx_buf_release) cx_buf plan = CX_BUF_INIT(64 * 1024);
	assert_int_equal(engine_query_explain(read, &query, &plan, &f->error), CX_OK);
	assert_non_null(
		strstr(wire_show(cx_buf_slice(&plan)), "{'plan': 'scan', 'index': nil"));
	int64_t last = 0;
	engine_page page = { .position_size = 1 };
	while (page.position_size > 0) {
		assert_int_equal(
			engine_query_run(read, &query, count_row, &last, &page, &f->error),
			CX_OK);
		query.after = (cx_slice){ .data = page.position, .size = page.position_size };
	}
	assert_int_equal(last, RECORDS);
	engine_read_end(&read);
}

static cx_status add_id(void *context, const engine_row *row)
{
	char *text = context;
	snprintf(text + strlen(text), 16, " %lld", (long long)row->id);
	return CX_OK;
}

/* Ids that are found above another, in pages of two, and how many keys that took. */
static const char *above(store_fixture *f, const char *filter, int64_t id, uint64_t *ret_keys)
{
	static char text[200];
	engine_read *read = fixture_read(f);
	engine_query query = { .type = fixture_type(f, "company"),
		               .filter = wire(filter),
		               .limit = 2,
		               .by_id = true,
		               .above = id,
		               .allow_scan = true };
	CX_UNSET engine_page page;
	text[0] = '\0';
	*ret_keys = 0;
	do {
		assert_int_equal(engine_query_run(read, &query, add_id, text, &page, &f->error),
		                 CX_OK);
		*ret_keys += page.keys_scanned;
		query.after = (cx_slice){ .data = page.position, .size = page.position_size };
	} while (page.position_size > 0);
	engine_read_end(&read);
	return text;
}

static void above_an_id_only_those_behind_it_are_looked_at(void **state)
{
	store_fixture *f = *state;
	uint64_t keys;
	for (int i = 0; i < 10; i++)
		fixture_create(f, "company", "{'name': 'x'}");
	assert_string_equal(above(f, "nil", 7, &keys), " 8 9 10");
	assert_in_range(keys, 3, 4); /* one behind a page is looked at twice */
	assert_string_equal(above(f, "['in', 'id', [2, 4, 6, 8, 9]]", 4, &keys), " 6 8 9");
	assert_in_range(keys, 3, 4);
	assert_string_equal(above(f, "['between', 'id', 3, 6]", 4, &keys), " 5 6");
	assert_string_equal(above(f, "['between', 'id', 3, 6]", 6, &keys), "");
	assert_string_equal(above(f, "['>', 'id', 8]", 4, &keys), " 9 10");
	assert_string_equal(above(f, "nil", 10, &keys), "");
	assert_int_equal(keys, 0);
	assert_string_equal(above(f, "nil", INT64_MAX, &keys), "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_log_says_what_queries_saw),
		TEST(too_many_later_changes_make_it_unknown),
		TEST(so_do_too_many_bytes),
		TEST(what_changes_without_a_change_cannot_be_asked_for),
		TEST(steps_go_from_any_part_to_any_other),
		TEST(a_query_by_id_takes_no_index_and_pages),
		TEST(above_an_id_only_those_behind_it_are_looked_at),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
