/* SPDX-License-Identifier: Apache-2.0 */
/* "exists" in filters: both forms, against a look at every record. */
#include "tests/support/store_fixture.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <string.h>

enum { FIRMS = 40, PEOPLE = 200 };

static const char SCHEMA[] = "type firm { name string(20)  size int  index (size) }\n"
			     "type person {\n"
			     "  firm ref(firm) on delete restrict\n"
			     "  boss ref(person) on delete set_null\n"
			     "  role enum(buyer, user)\n"
			     "  age int\n"
			     "  index (firm, role)\n"
			     "  index (age)\n"
			     "}\n"
			     "type visit {\n"
			     "  firm ref(firm) on delete restrict\n"
			     "  at ts\n"
			     "  cluster by (firm, at desc)\n"
			     "}\n";

static engine_read *snapshot;

/* Firm i has the people whose number is i modulo FIRMS; those below 10 have none. */
static int firm_of(int person)
{
	const int firm = 1 + person % FIRMS;
	return firm <= 10 ? 0 : firm;
}

static int setup(void **state)
{
	static store_fixture store;
	fixture_open(&store, SCHEMA);
	fixture_begin(&store);
	char fields[200];
	for (int i = 1; i <= FIRMS; i++) {
		snprintf(fields, sizeof fields, "{'name': 'F%d', 'size': %d}", i, i);
		fixture_create(&store, "firm", fields);
		snprintf(fields, sizeof fields, "{'firm': %d, 'at': %d}", i, 1000 * i);
		if (i % 2 == 0)
			fixture_create(&store, "visit", fields);
	}
	for (int i = 1; i <= PEOPLE; i++) {
		char firm[20] = "nil";
		if (firm_of(i) > 0)
			snprintf(firm, sizeof firm, "%d", firm_of(i));
		snprintf(fields, sizeof fields, "{'firm': %s, 'role': '%s', 'age': %d}", firm,
		         i % 3 == 0 ? "buyer" : "user", i);
		fixture_create(&store, "person", fields);
	}
	fixture_commit(&store);
	fixture_do(&store, FIXTURE_DELETE, "person", 19); /* firm 20 */
	assert_int_equal(engine_read_begin(store.engine, &snapshot), CX_OK);
	*state = &store;
	return 0;
}

static int teardown(void **state)
{
	engine_read_end(&snapshot);
	fixture_close(*state);
	return 0;
}

typedef struct found {
	bool has[PEOPLE + 1];
	size_t count;
} found;

static cx_status collect(void *context, const engine_row *row)
{
	found *self = context;
	assert_false(self->has[row->id]);
	self->has[row->id] = true;
	self->count++;
	return CX_OK;
}

static cx_status run(const store_fixture *store, const char *type, const char *filter,
                     size_t limit, found *ret, cx_error *error)
{
	engine_query query = { .type = fixture_type(store, type),
		               .filter = wire(filter),
		               .limit = limit };
	engine_page page = { 0 };
	*ret = (found){ 0 };
	do {
		cx_status status =
			engine_query_run(snapshot, &query, collect, ret, &page, error);
		if (status != CX_OK)
			return status;
		query.after = wire_exact(
			(cx_slice){ .data = page.position, .size = page.position_size });
	} while (page.reason != ENGINE_REASON_DONE);
	return CX_OK;
}

static void all(const store_fixture *store, const char *type, const char *filter, found *ret)
{
	cx_error error;
	found small;
	assert_int_equal(run(store, type, filter, 1000, ret, &error), CX_OK);
	assert_int_equal(run(store, type, filter, 3, &small, &error), CX_OK);
	assert_memory_equal(ret, &small, sizeof small);
	engine_query query = { .type = fixture_type(store, type), .filter = wire(filter) };
	uint64_t count;
	assert_int_equal(engine_query_count(snapshot, &query, &count, &error), CX_OK);
	assert_int_equal(count, ret->count);
}

static bool has_person(int firm, bool buyers, int older)
{
	for (int i = 1; i <= PEOPLE; i++)
		if (firm_of(i) == firm && i != 19 && (!buyers || i % 3 == 0) && i > older)
			return true;
	return false;
}

static void records_are_found_by_those_that_refer_to_them(void **state)
{
	found rows;
	all(*state, "firm", "['exists', 'person', 'firm', nil]", &rows);
	for (int i = 1; i <= FIRMS; i++)
		assert_int_equal(rows.has[i], has_person(i, false, 0));
	all(*state, "firm", "['exists', 'person', 'firm', ['=', 'role', 'buyer']]", &rows);
	for (int i = 1; i <= FIRMS; i++)
		assert_int_equal(rows.has[i], has_person(i, true, 0));
	all(*state, "firm",
	    "['exists', 'person', 'firm', ['and', ['=', 'role', 'buyer'], ['>', 'age', 150]]]",
	    &rows);
	for (int i = 1; i <= FIRMS; i++)
		assert_int_equal(rows.has[i], has_person(i, true, 150));
}

static void a_cluster_serves_too(void **state)
{
	found rows;
	all(*state, "firm", "['exists', 'visit', 'firm', ['>=', 'at', 20000]]", &rows);
	for (int i = 1; i <= FIRMS; i++)
		assert_int_equal(rows.has[i], i % 2 == 0 && i >= 20);
}

static void records_are_found_by_the_one_they_refer_to(void **state)
{
	found rows;
	all(*state, "person", "['exists', 'firm', ['>', 'size', 30]]", &rows);
	for (int i = 1; i <= PEOPLE; i++)
		assert_int_equal(rows.has[i], i != 19 && firm_of(i) > 30);
	all(*state, "person", "['exists', 'firm', nil]", &rows);
	for (int i = 1; i <= PEOPLE; i++)
		assert_int_equal(rows.has[i], i != 19 && firm_of(i) > 0);
}

static void not_exists_is_the_opposite_even_without_a_reference(void **state)
{
	found rows;
	all(*state, "person", "['not', ['exists', 'firm', ['>', 'size', 30]]]", &rows);
	for (int i = 1; i <= PEOPLE; i++)
		assert_int_equal(rows.has[i], i != 19 && firm_of(i) <= 30);
	all(*state, "firm", "['not', ['exists', 'person', 'firm', nil]]", &rows);
	for (int i = 1; i <= FIRMS; i++)
		assert_int_equal(rows.has[i], !has_person(i, false, 0));
}

static void it_joins_other_conditions_and_unions(void **state)
{
	found rows;
	all(*state, "firm",
	    "['and', ['<', 'size', 25], ['exists', 'person', 'firm', ['=', 'role', 'buyer']]]",
	    &rows);
	for (int i = 1; i <= FIRMS; i++)
		assert_int_equal(rows.has[i], i < 25 && has_person(i, true, 0));
	all(*state, "person",
	    "['or', ['=', 'age', 5], ['and', ['=', 'firm', 31], ['exists', 'firm', ['=', "
	    "'size', 31]]]]",
	    &rows);
	for (int i = 1; i <= PEOPLE; i++)
		assert_int_equal(rows.has[i], i != 19 && (i == 5 || firm_of(i) == 31));
}

static void what_makes_no_sense_is_refused(void **state)
{
	static const struct {
		const char *filter;
		cx_status status;
		const char *text;
	} cases[] = {
		{ "['exists', 'person', 'firm']", CX_NO_FIELD, NULL },
		{ "['exists']", CX_INVALID_ARGUMENT, NULL },
		{ "['exists', 7, 'firm', nil]", CX_INVALID_ARGUMENT, NULL },
		{ "['exists', 'thing', 'firm', nil]", CX_NO_TYPE,
		  "exists: there is no type \"thing\"" },
		{ "['exists', 'person', 'nope', nil]", CX_NO_FIELD, NULL },
		{ "['exists', 'person', 'age', nil]", CX_TYPE,
		  "exists: age of person does not refer to firm" },
		{ "['exists', 'person', 'boss', nil]", CX_TYPE, NULL },
		{ "['exists', 'size', nil]", CX_TYPE, "exists: size of firm is no reference" },
		{ "['exists', 'person', 'firm', ['=', 'size', 3]]", CX_NO_FIELD, NULL },
		{ "['exists', 'person', 'firm', ['exists', 'firm', nil]]", CX_INVALID_ARGUMENT,
		  "filter: \"exists\" may not stand here" },
		{ "['exists', 'person', 'firm', ['null', 'deleted_at']]", CX_INVALID_ARGUMENT,
		  "exists: only live records of person can be asked for" },
		{ "['exists', 'person', 'firm', 3]", CX_INVALID_ARGUMENT, NULL },
	};
	for (size_t i = 0; i < CX_COUNT_OF(cases); i++) {
		cx_error error = { 0 };
		found rows;
		const cx_status status =
			run(*state, "firm", cases[i].filter, 10, &rows, &error);
		if (status != cases[i].status)
			fail_msg("%s: %s (%s)", cases[i].filter, cx_status_name(status),
			         error.text);
		if (cases[i].text != NULL)
			assert_string_equal(error.text, cases[i].text);
		assert_int_equal(rows.count, 0);
	}
}

static void five_are_too_many(void **state)
{
#define ONE "['exists', 'person', 'firm', nil]"
	cx_error error;
	found rows;
	assert_int_equal(run(*state, "firm", "['and', " ONE ", " ONE ", " ONE ", " ONE "]", 10,
	                     &rows, &error),
	                 CX_OK);
	assert_int_equal(run(*state, "firm",
	                     "['and', " ONE ", " ONE ", " ONE ", " ONE ", " ONE "]", 10, &rows,
	                     &error),
	                 CX_TOO_LARGE);
#undef ONE
}

static void a_reference_without_an_index_is_refused(void **state)
{
	cx_error error;
	found rows;
	assert_int_equal(
		run(*state, "person", "['exists', 'person', 'boss', nil]", 10, &rows, &error),
		CX_INVALID_ARGUMENT);
	assert_string_equal(error.text, "exists: no index of person begins with boss, so its "
	                                "records cannot be found");
}

static void the_keys_that_it_looks_at_are_counted(void **state)
{
	engine_query query = { .type = fixture_type(*state, "firm"),
		               .filter = wire("['exists', 'person', 'firm', nil]"),
		               .limit = 1000 };
	engine_page page;
	found rows = { 0 };
	assert_int_equal(engine_query_run(snapshot, &query, collect, &rows, &page, NULL),
	                 CX_OK);
	assert_true(page.keys_scanned >= FIRMS + rows.count);
	assert_true(page.keys_scanned <= FIRMS + 2 * rows.count);
}

static void a_deadline_ends_the_page_and_the_next_goes_on(void **state)
{
	engine_query query = { .type = fixture_type(*state, "firm"),
		               .filter =
		                       wire("['exists', 'person', 'firm', ['>', 'age', 900]]"),
		               .deadline_ns = 1 };
	engine_page page = { .rows = 77 };
	found rows = { 0 };
	cx_error error;
	const cx_status status =
		engine_query_run(snapshot, &query, collect, &rows, &page, &error);
	assert_true(status == CX_OK || status == CX_DEADLINE);
	if (status == CX_DEADLINE)
		assert_int_equal(page.rows, 77);
	query.deadline_ns = 0;
	assert_int_equal(engine_query_run(snapshot, &query, collect, &rows, &page, &error),
	                 CX_OK);
	assert_int_equal(rows.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_found_by_those_that_refer_to_them),
		cmocka_unit_test(a_cluster_serves_too),
		cmocka_unit_test(records_are_found_by_the_one_they_refer_to),
		cmocka_unit_test(not_exists_is_the_opposite_even_without_a_reference),
		cmocka_unit_test(it_joins_other_conditions_and_unions),
		cmocka_unit_test(what_makes_no_sense_is_refused),
		cmocka_unit_test(five_are_too_many),
		cmocka_unit_test(a_reference_without_an_index_is_refused),
		cmocka_unit_test(the_keys_that_it_looks_at_are_counted),
		cmocka_unit_test(a_deadline_ends_the_page_and_the_next_goes_on),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
