/* SPDX-License-Identifier: Apache-2.0 */
/* "match" and "contains" in filters: what they find, when the search index serves a match, and
 * what is refused. That every plan finds the same is held in tests/property/test_query.c. */
#include "engine/changes.h"
#include "engine/search.h"
#include "tests/support/store_fixture.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <string.h>

/* More than may be read without permission, and than the search index is believed. */
enum { MANY = 1100 };

static const char SCHEMA[] =
	"type doc {\n"
	"  title string(60) search  note text search  phone string(30) search(phone)\n"
	"  silent string(20)  stage enum(a, b)  n int\n"
	"  index (stage, n)  index (title) }\n"
	"type plain { n int  doc ref(doc) on delete restrict  index (doc) }\n";

static int setup(void **state)
{
	static store_fixture store;
	fixture_open(&store, SCHEMA);
	fixture_begin(&store);
	for (int i = 1; i <= MANY; i++) {
		char fields[100];
		snprintf(fields, sizeof fields,
		         "{'title': '普通 common', 'stage': '%s', 'n': %d}", i <= 5 ? "a" : "b",
		         i);
		fixture_create(&store, "doc", fields);
	}
	fixture_create(&store, "doc",
	               "{'title': '华东医疗 Acme', 'note': '器械 beta', 'stage': 'a', 'n': 3}");
	fixture_create(&store, "doc", "{'title': '医疗', 'note': 'acme Straße', 'n': 1}");
	fixture_create(&store, "doc",
	               "{'title': 'acme', 'phone': '021-5555 1234', 'stage': 'b', 'n': 2}");
	fixture_create(&store, "doc", "{'title': '医疗 acme'}");
	fixture_commit(&store);
	fixture_do(&store, FIXTURE_DELETE, "doc", MANY + 4);
	*state = &store;
	return 0;
}

static int teardown(void **state)
{
	fixture_assert_sound(*state);
	fixture_close(*state);
	return 0;
}

/* ---- asking ---- */

static cx_status add_id(void *context, const engine_row *row)
{
	char *text = context;
	snprintf(text + strlen(text), 20, " %lld", (long long)(row->id - MANY));
	return CX_OK;
}

static engine_query query_of(const store_fixture *f, const char *filter)
{
	return (engine_query){ .type = fixture_type(f, "doc"),
		               .filter = wire(filter),
		               .limit = 10 };
}

/* Numbers of the records, of those made last from 1 on; or the name of the status. */
static const char *find(store_fixture *f, const char *filter)
{
	static char text[400];
	engine_read *read = fixture_read(f);
	const engine_query query = query_of(f, filter);
	engine_page page;
	text[0] = '\0';
	cx_error_clear(&f->error);
	const cx_status status = engine_query_run(read, &query, add_id, text, &page, &f->error);
	engine_read_end(&read);
	return status == CX_OK ? text : cx_status_name(status);
}

static const char *explain(store_fixture *f, const char *filter)
{
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1 << 16);
	engine_read *read = fixture_read(f);
	const engine_query query = query_of(f, filter);
	assert_int_equal(
		engine_query_explain_at(read, &query, ENGINE_EXPLAIN_EXECUTED, &out, &f->error),
		CX_OK);
	engine_read_end(&read);
	return wire_show(cx_buf_slice(&out));
}

static void assert_explained(store_fixture *f, const char *filter, const char *part)
{
	const char *text = explain(f, filter);
	if (strstr(text, part) == NULL)
		fail_msg("no \"%s\": %s", part, text);
}

/* ---- what is found ---- */

static void words_may_stand_in_several_fields_or_in_the_one_asked_for(void **state)
{
	store_fixture *f = *state;
	assert_string_equal(find(f, "['match', '医疗 acme']"), " 1 2");
	assert_string_equal(find(f, "['match', 'title', '医疗 acme']"), " 1");
	assert_string_equal(find(f, "['match', 'title', '医疗']"), " 1 2");
	assert_string_equal(find(f, "['match', 'note', 'ACM']"), " 2");
	assert_string_equal(find(f, "['match', 'note', 'cme']"), "");
	assert_string_equal(find(f, "['match', 'STRASSE']"), " 2");
	assert_string_equal(find(f, "['match', '1234']"), " 3");
	assert_string_equal(find(f, "['match', 'phone', '02155551234']"), " 3");
	assert_string_equal(find(f, "['match', 'title', '1234']"), "");
	assert_string_equal(
		find(f, "['and', ['match', 'acme'], ['not', ['match', 'note', '器械']]]"),
		" 2 3");
}

static void the_search_index_serves_it_beside_other_conditions(void **state)
{
	store_fixture *f = *state;
	assert_explained(f, "['match', 'acme']", "{'plan': 'get', 'index': nil, 'ranges': 3, ");
	assert_explained(f, "['match', 'acme']", "'search': 3, ");
	assert_explained(f, "['match', 'acme']", "'executed': {'rows': 3, ");
	assert_string_equal(find(f, "['and', ['match', 'acme'], ['=', 'stage', 'b']]"), " 3");
	assert_string_equal(find(f, "['and', ['match', 'acme'], ['match', '器械']]"), " 1");
	engine_read *read = fixture_read(f);
	engine_query query = query_of(f, "['match', 'acme']");
	query.order[0] =
		(engine_order){ .field = engine_type_field(query.type, CX_SLICE_LITERAL("n")),
		                .descending = true };
	query.order_count = 1;
	char text[100] = "";
	engine_page page;
	uint64_t count;
	assert_int_equal(engine_query_run(read, &query, add_id, text, &page, NULL), CX_OK);
	assert_string_equal(text, " 1 3 2");
	assert_in_range(page.keys_scanned, 6, 3 + 16 + 3); /* of the search index, and ids */
	assert_int_equal(engine_query_count(read, &query, &count, NULL), CX_OK);
	assert_int_equal(count, 3);
	assert_int_equal(engine_query_estimate(read, &query, &count, NULL), CX_OK);
	assert_int_equal(count, 3);
	engine_read_end(&read);
}

/* A match of too many says nothing: then something else has to find few. */
static void words_of_many_records_need_another_index(void **state)
{
	store_fixture *f = *state;
	assert_string_equal(find(f, "['match', 'common']"), "FULL_SCAN_REFUSED");
	assert_non_null(strstr(f->error.text, "match finds too many records"));
	const char *filter = "['and', ['match', '普通'], ['=', 'stage', 'a']]";
	assert_explained(f, filter, "'index': 'stage,n'");
	assert_explained(f, filter, "'search': nil, ");
	assert_explained(f, filter, "'executed': {'rows': 5, ");
	assert_string_equal(find(f, "['and', ['match', 'common'], ['match', 'acme']]"), "");
}

static void max_scan_bounds_what_is_asked_of_the_search_index(void **state)
{
	store_fixture *f = *state;
	engine_read *read = fixture_read(f);
	engine_query query = query_of(f, "['and', ['match', 'common'], ['=', 'stage', 'a']]");
	char text[100] = "";
	engine_page page;
	query.max_scan = 20;
	assert_int_equal(engine_query_run(read, &query, add_id, text, &page, NULL), CX_OK);
	assert_int_equal(page.reason, ENGINE_REASON_SCAN);
	assert_in_range(page.keys_scanned, 20, 21); /* the one that has to be, for a place */
	engine_read_end(&read);
}

static void while_the_index_is_built_the_texts_alone_decide(void **state)
{
	store_fixture *f = *state;
	fixture_begin(f);
	assert_int_equal(engine_search_rebuild(f->write), CX_OK);
	fixture_commit(f);
	const char *filter = "['and', ['match', 'acme'], ['=', 'stage', 'a']]";
	assert_explained(f, filter, "'search': nil, ");
	assert_string_equal(find(f, filter), " 1");
	assert_string_equal(find(f, "['match', 'acme']"), "FULL_SCAN_REFUSED");
	for (engine_search_state at = ENGINE_SEARCH_CLEARING; at != ENGINE_SEARCH_READY;) {
		fixture_begin(f);
		assert_int_equal(engine_search_build(f->write, 1000, &at, &f->error), CX_OK);
		fixture_commit(f);
	}
	assert_explained(f, filter, "'search': 3, ");
}

static void contains_finds_a_piece_of_a_text(void **state)
{
	store_fixture *f = *state;
#define IN_A(filter) "['and', " filter ", ['>', 'n', 0], ['=', 'stage', 'a']]"
	assert_string_equal(find(f, IN_A("['contains', 'title', '东医']")), " 1");
	assert_string_equal(find(f, IN_A("['contains', 'title', 'cme']")), " 1");
	assert_string_equal(find(f, IN_A("['contains', 'title', 'ACME']")), "");
	assert_string_equal(find(f, IN_A("['contains~', 'title', 'ＡＣＭＥ']")), " 1");
	assert_string_equal(find(f, IN_A("['contains', 'note', '']")), " 1");
	assert_string_equal(find(f, IN_A("['not', ['contains', 'note', 'x']]")), " 1");
#undef IN_A
	assert_string_equal(find(f, "['contains', 'title', 'cme']"), "FULL_SCAN_REFUSED");
}

/* ---- refusals ---- */

static void what_cannot_be_searched_is_refused(void **state)
{
	static const char *const cases[][3] = {
		{ "['match', 'silent', 'x']", "TYPE", "match: silent of doc is not searched" },
		{ "['match', 'n', 'x']", "TYPE", "match: n of doc is not searched" },
		{ "['match', 'nothing', 'x']", "NO_FIELD", "doc has no field \"nothing\"" },
		{ "['match', '--']", "INVALID_ARGUMENT", "no letter and no digit" },
		{ "['match', 7]", "INVALID_ARGUMENT", "expects the text to search for" },
		{ "['match']", "INVALID_ARGUMENT", "takes a text, or a field and a text" },
		{ "['match', 'title', 'x', 'y']", "INVALID_ARGUMENT", "takes a text, or" },
		{ "['exists', 'plain', 'doc', ['match', 'x']]", "INVALID_ARGUMENT",
		  "\"match\" may not stand here" },
		{ "['and', ['match', 'a'], ['match', 'a'], ['match', 'a'], ['match', 'a'], "
		  "['match', 'a']]",
		  "TOO_LARGE", "over 4 \"match\"" },
		{ "['contains', 'n', 'x']", "TYPE", "\"contains\" says nothing about n" },
	};
	store_fixture *f = *state;
	for (size_t i = 0; i < CX_COUNT_OF(cases); i++) {
		assert_string_equal(find(f, cases[i][0]), cases[i][1]);
		if (strstr(f->error.text, cases[i][2]) == NULL)
			fail_msg("%s: %s", cases[i][0], f->error.text);
	}
	engine_matcher *matcher = NULL;
	assert_int_equal(engine_matcher_new(fixture_type(f, "doc"), wire("['match', 'a']"),
	                                    &matcher, &f->error),
	                 CX_INVALID_ARGUMENT);
	assert_int_equal(engine_matcher_new(fixture_type(f, "doc"),
	                                    wire("['contains', 'title', 'a']"), &matcher,
	                                    &f->error),
	                 CX_OK);
	engine_matcher_free(&matcher);
}

static void a_type_without_searched_fields_has_no_match(void **state)
{
	store_fixture *f = *state;
	engine_read *read = fixture_read(f);
	engine_query query = query_of(f, "['match', 'x']");
	query.type = fixture_type(f, "plain");
	engine_page page;
	assert_int_equal(engine_query_run(read, &query, add_id, NULL, &page, &f->error),
	                 CX_INVALID_ARGUMENT);
	assert_string_equal(f->error.text, "match: no field of plain is searched");
	engine_read_end(&read);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(words_may_stand_in_several_fields_or_in_the_one_asked_for),
		TEST(the_search_index_serves_it_beside_other_conditions),
		TEST(words_of_many_records_need_another_index),
		TEST(max_scan_bounds_what_is_asked_of_the_search_index),
		TEST(while_the_index_is_built_the_texts_alone_decide),
		TEST(contains_finds_a_piece_of_a_text),
		TEST(what_cannot_be_searched_is_refused),
		TEST(a_type_without_searched_fields_has_no_match),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
