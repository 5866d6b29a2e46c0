/* SPDX-License-Identifier: Apache-2.0 */
/* A store whose schema changes while it is open: rows of every age read the same, indexes are
 * built while writes go on, and what cannot be built leaves the store as sound as before. */
#include "base/msgpack.h"
#include "engine/core/build.h"
#include "engine/search.h"
#include "tests/support/evolve_fixture.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <string.h>

/* Long enough for one look at the clock. */
enum { SHORT_NS = 1 };

static size_t count_where(store_fixture *store, const char *type, const char *filter,
                          const char *index)
{
	engine_read *read = NULL;
	uint64_t count;
	assert_int_equal(engine_read_begin(store->engine, &read), CX_OK);
	const engine_type *found =
		engine_schema_type(engine_read_schema(read), cx_slice_of(type));
	const engine_query query = {
		.type = found,
		.filter = wire(filter),
		.allow_scan = true,
		.use_index =
			index != NULL ? engine_type_index(found, cx_slice_of(index)) : NULL,
	};
	cx_status status = engine_query_count(read, &query, &count, &store->error);
	if (status != CX_OK)
		fail_msg("%s", store->error.text);
	engine_read_end(&read);
	return count;
}

static const char *row_of(store_fixture *store, const char *type, int64_t id)
{
	static char shown[2048];
	engine_read *read = NULL;
	engine_row row;
	assert_int_equal(engine_read_begin(store->engine, &read), CX_OK);
	assert_int_equal(engine_get(read, fixture_type(store, type), id, &row, NULL), CX_OK);
	cx_reader reader = cx_reader_of(row.array);
	const uint32_t count = cx_read_array(&reader);
	assert_int_equal(count, row.type->field_count);
	cx_read_skip_many(&reader, ENGINE_SYSTEM_SLOTS);
	snprintf(shown, sizeof shown, "%u", row.layout);
	for (uint32_t i = ENGINE_SYSTEM_SLOTS; i < count; i++)
		snprintf(shown + strlen(shown), sizeof shown - strlen(shown), " %s",
		         wire_show(cx_read_skip(&reader)));
	engine_read_end(&read);
	return shown;
}

static void rows_of_every_layout_read_as_the_present_one(void **state)
{
	(void)state;
	store_fixture store;
	fixture_open(&store, "type a { x int  y string(5) }");
	fixture_create(&store, "a", "{'x': 1, 'y': 'one'}");
	/* The fields of the text are in another order, and a new one stands first. */
	evolve_apply(&store, "type a { z int = 7  y string(5)  x int }");
	fixture_create(&store, "a", "{'x': 2, 'y': 'two', 'z': 2}");
	assert_string_equal(row_of(&store, "a", 1), "1 1 'one' 7");
	assert_string_equal(row_of(&store, "a", 2), "2 2 'two' 2");
	/* The default of later records changes nothing about earlier ones. */
	evolve_apply(&store, "type a { z int = 9  x int  w text }");
	fixture_create(&store, "a", "{'x': 3, 'w': 'w'}");
	assert_string_equal(row_of(&store, "a", 1), "1 1 nil 7 nil");
	assert_string_equal(row_of(&store, "a", 2), "2 2 nil 2 nil");
	assert_string_equal(row_of(&store, "a", 3), "3 3 nil 9 'w'");
	/* The name comes back, its values do not. */
	evolve_apply(&store, "type a { z int = 9  x int  w text  y string(9)  index (z, y) }");
	evolve_build(&store);
	fixture_update(&store, "a", 2, "{'y': 'new'}");
	for (int again = 0; again < 2; again++) {
		assert_string_equal(row_of(&store, "a", 1), "1 1 nil 7 nil nil");
		assert_string_equal(row_of(&store, "a", 2), "4 2 nil 2 nil 'new'");
		assert_string_equal(row_of(&store, "a", 3), "3 3 nil 9 'w' nil");
		assert_int_equal(count_where(&store, "a", "['=', 'z', 7]", NULL), 1);
		assert_int_equal(count_where(&store, "a", "['=', 'z', 7]", "z,y"), 1);
		assert_int_equal(count_where(&store, "a", "['in', 'z', [2, 9]]", "z,y"), 2);
		fixture_assert_sound(&store);
		fixture_reopen(&store);
	}
	const engine_type *a = fixture_type(&store, "a");
	assert_string_equal(wire_show(a->shown_names),
	                    "['id', 'rev', 'created_at', 'created_by', 'updated_at', "
	                    "'updated_by', 'deleted_at', 'ext_id', 'x', 'z', 'w', 'y']");
	fixture_close(&store);
}

static void numbers_are_never_given_twice(void **state)
{
	(void)state;
	store_fixture store;
	fixture_open(&store, "type a { x int  index (x) } type b { y int }");
	const uint16_t x = engine_type_field(fixture_type(&store, "a"), cx_slice_of("x"))->id;
	const uint16_t index = fixture_index(&store, "a", "x")->id;
	const uint16_t b = fixture_type(&store, "b")->id;
	evolve_apply(&store, "type a { z int }");
	fixture_reopen(&store);
	evolve_apply(&store, "type a { x int  z int  index (x) } type b { y int }");
	const engine_type *a = fixture_type(&store, "a");
	assert_true(engine_type_field(a, cx_slice_of("x"))->id > x + 2);
	assert_true(fixture_index(&store, "a", "x")->id > index + 1);
	assert_true(fixture_type(&store, "b")->id > b);
	assert_int_equal(a->layout, 3);
	fixture_close(&store);
}

static void a_snapshot_is_read_with_its_own_schema(void **state)
{
	(void)state;
	store_fixture store;
	fixture_open(&store, "type a { x int }");
	fixture_create(&store, "a", "{'x': 5}");
	engine_read *before = NULL;
	assert_int_equal(engine_read_begin(store.engine, &before), CX_OK);
	const engine_type *old = fixture_type(&store, "a");
	evolve_apply(&store, "type a { n text  index (n) }");
	fixture_update(&store, "a", 1, "{'n': 'new'}");
	assert_int_equal(engine_read_generation(before), 1);
	assert_ptr_equal(engine_schema_type(engine_read_schema(before), cx_slice_of("a")), old);
	engine_row row;
	assert_int_equal(engine_get(before, old, 1, &row, NULL), CX_OK);
	cx_reader reader = cx_reader_of(row.array);
	assert_int_equal(cx_read_array(&reader), ENGINE_SYSTEM_SLOTS + 1);
	cx_read_skip_many(&reader, ENGINE_SYSTEM_SLOTS);
	assert_int_equal(cx_read_int(&reader), 5);
	assert_int_equal(engine_read_renew(before), CX_OK);
	assert_int_equal(engine_read_generation(before), 2);
	assert_ptr_not_equal(engine_read_schema(before)->types, old);
	engine_read_end(&before);
	evolve_build(&store);
	assert_string_equal(row_of(&store, "a", 1), "2 nil 'new'");
	fixture_close(&store);
}

static void fill_some(store_fixture *store, int count)
{
	fixture_begin(store);
	for (int i = 0; i < count; i++) {
		char fields[64];
		snprintf(fields, sizeof fields, "{'x': %d}", i);
		fixture_create(store, "a", fields);
	}
	fixture_commit(store);
}

static void an_index_is_read_when_it_is_complete(void **state)
{
	(void)state;
	store_fixture store;
	fixture_open(&store, "type a { x int }");
	fill_some(&store, 100);
	evolve_apply(&store, "type a { x int  index (x) }");
	assert_string_equal(evolve_state(&store, "a", "x"), "building: 0 of 100");
	assert_true(evolve_step(&store, SHORT_NS));
	assert_string_equal(evolve_state(&store, "a", "x"), "building: 1 of 100");
	engine_read *read = NULL;
	assert_int_equal(engine_read_begin(store.engine, &read), CX_OK);
	const engine_query query = { .type = fixture_type(&store, "a"),
		                     .filter = wire("['=', 'x', 5]"),
		                     .use_index = fixture_index(&store, "a", "x") };
	uint64_t count;
	assert_int_equal(engine_query_count(read, &query, &count, &store.error),
	                 CX_INVALID_ARGUMENT);
	assert_non_null(strstr(store.error.text, "is being built"));
	engine_read_end(&read);
	assert_int_equal(count_where(&store, "a", "['=', 'x', 5]", NULL), 1);
	/* On either side of the frontier, and from one to the other. */
	fixture_update(&store, "a", 1, "{'x': 500}");
	fixture_update(&store, "a", 90, "{'x': 501}");
	fixture_do(&store, FIXTURE_DELETE, "a", 91);
	fixture_do(&store, FIXTURE_UNDELETE, "a", 91);
	fixture_do(&store, FIXTURE_DELETE, "a", 2);
	fixture_do(&store, FIXTURE_DELETE, "a", 80);
	fixture_create(&store, "a", "{'x': 502}");
	fixture_assert_sound(&store);
	fixture_reopen(&store);
	assert_true(engine_build_is_wanted(store.engine));
	assert_string_equal(evolve_state(&store, "a", "x"), "building: 1 of 101");
	fixture_assert_sound(&store);
	evolve_build(&store);
	assert_false(engine_build_is_wanted(store.engine));
	assert_string_equal(evolve_state(&store, "a", "x"), "readable");
	fixture_assert_sound(&store);
	assert_int_equal(count_where(&store, "a", "['>=', 'x', 0]", "x"), 99);
	assert_int_equal(count_where(&store, "a", "['>=', 'x', 500]", "x"), 3);
	fixture_close(&store);
}

/* What adds up must be counted by the write or by the builder, and not by both. */
static void a_build_says_which_records_it_has_passed(void **state)
{
	(void)state;
	store_fixture store;
	fixture_open(&store, "type a { x int }");
	fill_some(&store, 10);
	evolve_apply(&store, "type a { x int  index (x) }");
	const uint16_t index = fixture_index(&store, "a", "x")->id;
	for (int passed = 0; passed < 4; passed++) {
		engine_read *read = NULL;
		assert_int_equal(engine_read_begin(store.engine, &read), CX_OK);
		for (uint8_t id = 1; id <= 10; id++) {
			const uint8_t key[8] = { [7] = id };
			bool reached = id > passed;
			assert_int_equal(engine__build_reached(read, ENGINE__BUILD_INDEX, index,
			                                       (cx_slice){ key, sizeof key },
			                                       &reached),
			                 CX_OK);
			assert_int_equal(reached, id <= passed);
		}
		engine_read_end(&read);
		evolve_step(&store, SHORT_NS);
	}
	evolve_build(&store);
	engine_read *read = NULL;
	bool reached = false;
	assert_int_equal(engine_read_begin(store.engine, &read), CX_OK);
	assert_int_equal(engine__build_reached(read, ENGINE__BUILD_INDEX, index,
	                                       CX_SLICE_LITERAL("\xff"), &reached),
	                 CX_OK);
	assert_true(reached); /* nothing is being built */
	engine_read_end(&read);
	fixture_close(&store);
}

/* A handle remembers plans; those of another schema it must not. */
static void a_handle_forgets_the_plans_of_another_schema(void **state)
{
	(void)state;
	store_fixture store;
	fixture_open(&store, "type a { x int  index (x) }");
	fill_some(&store, 30);
	engine_read *read = NULL;
	assert_int_equal(engine_read_begin(store.engine, &read), CX_OK);
	for (int i = 0; i < 4; i++) {
		const engine_query query = {
			.type = engine_schema_type(engine_read_schema(read), cx_slice_of("a")),
			.filter = wire("['=', 'x', 7]"),
		};
		uint64_t count;
		assert_int_equal(engine_query_count(read, &query, &count, &store.error), CX_OK);
		assert_int_equal(count, 1);
		evolve_apply(&store,
		             i % 2 == 0 ? "type a { x int }" : "type a { x int index (x) }");
		evolve_build(&store);
		assert_int_equal(engine_read_renew(read), CX_OK);
	}
	engine_read_end(&read);
	fixture_close(&store);
}

static const char once[] = "type a { x int  s text  cluster by (x) }";
static const char with_unique[] = "type a { x int  s text  cluster by (x)  unique (s) }";

static void duplicates_fail_a_unique_index_and_nothing_else(void **state)
{
	(void)state;
	store_fixture store;
	fixture_open(&store, once);
	for (int i = 0; i < 20; i++) {
		char fields[64];
		snprintf(fields, sizeof fields, "{'x': %d, 's': 's%d'}", i, i % 15);
		fixture_create(&store, "a", fields);
	}
	evolve_apply(&store, with_unique);
	evolve_step(&store, SHORT_NS);
	/* It binds from the beginning, as far as it is known. */
	assert_int_equal(fixture_try_create(&store, "a", "{'x': 1, 's': 's0'}"), CX_UNIQUE);
	assert_int_equal(fixture_try_create(&store, "a", "{'x': 1, 's': 'other'}"), CX_OK);
	fixture_assert_sound(&store);
	evolve_build(&store);
	assert_string_equal(evolve_state(&store, "a", "s"),
	                    "failed: duplicates 5: 1=16 2=17 3=18 4=19 5=20");
	fixture_assert_sound(&store);
	/* And does not bind any more. */
	assert_int_equal(fixture_try_create(&store, "a", "{'x': 1, 's': 's0'}"), CX_OK);
	engine_read *read = NULL;
	engine_row row;
	assert_int_equal(engine_read_begin(store.engine, &read), CX_OK);
	assert_int_equal(engine_lookup(read, fixture_index(&store, "a", "s"), wire("['s9']"),
	                               &row, &store.error),
	                 CX_NO_INDEX);
	engine_read_end(&read);
	/* Once they are gone it is built anew. */
	for (int64_t id = 16; id <= 20; id++)
		fixture_do(&store, FIXTURE_DELETE, "a", id);
	fixture_do(&store, FIXTURE_DELETE, "a", 22);
	fixture_reopen(&store);
	static const char again[] =
		"type a { x int  s text  cluster by (x)  unique (s) } # again";
	assert_string_equal(evolve_plan(&store, again),
	                    "rebuild a.s: index whose build failed\n");
	evolve_apply(&store, again);
	evolve_build(&store);
	assert_string_equal(evolve_state(&store, "a", "s"), "readable");
	assert_int_equal(fixture_try_create(&store, "a", "{'x': 1, 's': 's3'}"), CX_UNIQUE);
	fixture_assert_sound(&store);
	fixture_close(&store);
}

/* Values longer than a key meet in their records, not in the index. */
/* `x` is what the last of the duplicates is moved to, in its cluster, with its text. */
static void find_long_duplicates(const char *x)
{
	store_fixture store;
	fixture_open(&store, once);
	char fields[1400];
	char text[1201] = { 0 };
	memset(text, 'l', sizeof text - 1);
	for (int i = 0; i < 4; i++) {
		text[1000] = (char)('a' + i % 3);
		snprintf(fields, sizeof fields, "{'x': %d, 's': '%s'}", i, text);
		fixture_create(&store, "a", fields);
	}
	evolve_apply(&store, with_unique);
	evolve_step(&store, SHORT_NS);
	fixture_update(&store, "a", 4, x);
	evolve_build(&store);
	assert_string_equal(evolve_state(&store, "a", "s"), "failed: duplicates 1: 1=4");
	fixture_assert_sound(&store);
	fixture_close(&store);
}

static void long_duplicates_are_found(void **state)
{
	(void)state;
	find_long_duplicates("{'x': 9}");
}

static void duplicates_are_found_where_the_build_has_been(void **state)
{
	(void)state;
	find_long_duplicates("{'x': -9}");
}

static void a_build_can_be_cancelled(void **state)
{
	(void)state;
	store_fixture store;
	fixture_open(&store, "type a { x int }");
	fill_some(&store, 50);
	evolve_apply(&store, "type a { x int  index (x) }");
	for (int i = 0; i < 10; i++)
		evolve_step(&store, SHORT_NS);
	const cx_slice a = CX_SLICE_LITERAL("a");
	const cx_slice x = CX_SLICE_LITERAL("x");
	assert_int_equal(engine_build_cancel(store.engine, x, x, &store.error), CX_NO_TYPE);
	assert_int_equal(engine_build_cancel(store.engine, a, a, &store.error), CX_NO_INDEX);
	assert_int_equal(engine_build_cancel(store.engine, a, x, &store.error), CX_OK);
	assert_string_equal(evolve_state(&store, "a", "x"), "failed: cancelled");
	assert_int_equal(engine_build_cancel(store.engine, a, x, &store.error),
	                 CX_INVALID_ARGUMENT);
	fixture_update(&store, "a", 1, "{'x': 77}");
	evolve_build(&store);
	fixture_assert_sound(&store);
	uint64_t entries;
	engine_read *read = NULL;
	assert_int_equal(engine_read_begin(store.engine, &read), CX_OK);
	assert_int_equal(engine_index_count(read, fixture_index(&store, "a", "x"), &entries),
	                 CX_OK);
	assert_int_equal(entries, 0);
	engine_read_end(&read);
	/* The same text tries again. */
	assert_string_equal(evolve_plan(&store, "type a { x int  index (x) }"),
	                    "rebuild a.x: index whose build failed\n");
	evolve_apply(&store, "type a { x int  index (x) }");
	evolve_build(&store);
	assert_string_equal(evolve_state(&store, "a", "x"), "readable");
	fixture_assert_sound(&store);
	fixture_close(&store);
}

static void what_is_dropped_is_removed(void **state)
{
	(void)state;
	store_fixture store;
	fixture_open(&store, "type b { n int } "
	                     "type a { x int  r ref(b) on delete set_null  index (x) }");
	fixture_create(&store, "b", "{'n': 1}");
	fixture_create(&store, "b", "{'n': 2}");
	fixture_create(&store, "a", "{'x': 1, 'r': 1}");
	fixture_create(&store, "a", "{'x': 2, 'r': 2}");
	fixture_do(&store, FIXTURE_DELETE, "b", 1); /* and remembers that a 1 referred to it */
	evolve_apply(&store, "type b { n int } type a { x int }");
	assert_string_equal(evolve_state(&store, "a", "x"), "dropping");
	fixture_assert_sound(&store);
	evolve_build(&store);
	assert_string_equal(evolve_state(&store, "a", "x"), "");
	fixture_assert_sound(&store);
	fixture_do(&store, FIXTURE_UNDELETE, "b", 1);
	assert_string_equal(row_of(&store, "a", 1), "1 1 nil");
	fixture_do(&store, FIXTURE_DELETE, "b", 2);
	fixture_assert_sound(&store);
	fixture_close(&store);
}

/* A delete finds what refers to the record in the index it had, though another comes. */
static void references_are_found_while_their_index_changes(void **state)
{
	(void)state;
	store_fixture store;
	fixture_open(&store, "type b { n int } "
	                     "type a { x int  r ref(b) on delete cascade  index (r) }");
	fixture_create(&store, "b", "{'n': 1}");
	fixture_create(&store, "b", "{'n': 2}");
	for (int i = 0; i < 20; i++)
		fixture_create(&store, "a",
		               i % 2 == 0 ? "{'x': 1, 'r': 1}" : "{'x': 1, 'r': 2}");
	static const char two[] = "type b { n int } type a { x int  r ref(b) on delete cascade "
				  "index (r, x)  index (r)  q ref(b) on delete cascade "
				  "index (q) }";
	static const char one[] = "type b { n int } type a { x int  r ref(b) on delete cascade "
				  "index (r, x)  q ref(b) on delete cascade  index (q) }";
	evolve_apply(&store, two);
	evolve_step(&store, SHORT_NS);
	assert_int_equal(evolve_try(&store, one, true), CX_UNSAFE_CHANGE);
	fixture_create(&store, "a", "{'x': 1, 'q': 2}");
	assert_int_equal(fixture_do(&store, FIXTURE_DELETE, "b", 1).affected, 11);
	evolve_build(&store);
	fixture_assert_sound(&store);
	evolve_apply(&store, one);
	fixture_assert_sound(&store);
	evolve_build(&store);
	fixture_reopen(&store);
	assert_int_equal(fixture_do(&store, FIXTURE_DELETE, "b", 2).affected, 12);
	fixture_assert_sound(&store);
	fixture_close(&store);
}

static engine_search_state search_state(store_fixture *store)
{
	engine_read *read = NULL;
	engine_search_state state;
	assert_int_equal(engine_read_begin(store->engine, &read), CX_OK);
	assert_int_equal(engine_search_state_get(read, &state), CX_OK);
	engine_read_end(&read);
	return state;
}

static void a_search_index_that_is_begun_anew_is_built(void **state)
{
	(void)state;
	store_fixture store;
	fixture_open(&store, "type a { s text search }");
	for (int i = 0; i < 300; i++)
		fixture_create(&store, "a", "{'s': '华东医疗'}");
	evolve_build(&store);
	assert_false(engine_build_is_wanted(store.engine));
	fixture_begin(&store);
	assert_int_equal(engine_search_rebuild(store.write), CX_OK);
	fixture_commit(&store);
	assert_true(engine_build_is_wanted(store.engine));
	evolve_step(&store, SHORT_NS);
	assert_int_not_equal(search_state(&store), ENGINE_SEARCH_READY);
	fixture_create(&store, "a", "{'s': '华东医疗'}");
	evolve_build(&store);
	assert_int_equal(search_state(&store), ENGINE_SEARCH_READY);
	fixture_assert_sound(&store);
	fixture_close(&store);
}

static void another_set_of_searched_fields_is_built_online(void **state)
{
	(void)state;
	store_fixture store;
	fixture_open(&store, "type a { x int  s text search  t text }");
	for (int i = 0; i < 30; i++)
		fixture_create(&store, "a", "{'x': 1, 's': 'some words', 't': 'and others'}");
	/* No record has a value in these. */
	evolve_apply(&store, "type a { x int  s text search  t text  u text search } "
	                     "type b { v text search }");
	assert_int_equal(search_state(&store), ENGINE_SEARCH_READY);
	fixture_create(&store, "b", "{'v': 'found'}");
	fixture_assert_sound(&store);
	static const char more[] =
		"type a { x int  s text search  t text search  u text search } "
		"type b { v text search }";
	assert_string_equal(evolve_plan(&store, more),
	                    "rebuild a.t: searched, or in another way: the search index is "
	                    "built anew\n");
	evolve_apply(&store, more);
	assert_int_not_equal(search_state(&store), ENGINE_SEARCH_READY);
	evolve_step(&store, SHORT_NS);
	fixture_update(&store, "a", 2, "{'t': 'changed meanwhile'}");
	fixture_reopen(&store);
	assert_true(engine_build_is_wanted(store.engine));
	evolve_build(&store);
	assert_int_equal(search_state(&store), ENGINE_SEARCH_READY);
	fixture_assert_sound(&store);
	evolve_apply(&store, "type a { x int  s text search } type b { v text search }");
	evolve_build(&store);
	assert_int_equal(search_state(&store), ENGINE_SEARCH_READY);
	fixture_assert_sound(&store);
	fixture_close(&store);
}

/* Each is a set of structures that is kept, so there is an end to them. */
static void the_number_of_changes_is_bounded(void **state)
{
	(void)state;
	store_fixture store;
	fixture_open(&store, "type a { x int }");
	cx_status status = CX_OK;
	int applied = 0;
	for (; status == CX_OK && applied < 2 * ENGINE_GENERATIONS_MAX; applied++) {
		char text[64];
		snprintf(text, sizeof text, "type a \"%d\" { x int }", applied);
		status = evolve_try(&store, text, false);
	}
	assert_int_equal(status, CX_BUSY);
	assert_int_equal(applied, ENGINE_GENERATIONS_MAX);
	fixture_create(&store, "a", "{'x': 1}");
	fixture_reopen(&store);
	evolve_apply(&store, "type a \"more\" { x int }");
	fixture_assert_sound(&store);
	fixture_close(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_of_every_layout_read_as_the_present_one),
		cmocka_unit_test(numbers_are_never_given_twice),
		cmocka_unit_test(a_snapshot_is_read_with_its_own_schema),
		cmocka_unit_test(an_index_is_read_when_it_is_complete),
		cmocka_unit_test(a_build_says_which_records_it_has_passed),
		cmocka_unit_test(a_handle_forgets_the_plans_of_another_schema),
		cmocka_unit_test(duplicates_fail_a_unique_index_and_nothing_else),
		cmocka_unit_test(long_duplicates_are_found),
		cmocka_unit_test(duplicates_are_found_where_the_build_has_been),
		cmocka_unit_test(a_build_can_be_cancelled),
		cmocka_unit_test(what_is_dropped_is_removed),
		cmocka_unit_test(references_are_found_while_their_index_changes),
		cmocka_unit_test(a_search_index_that_is_begun_anew_is_built),
		cmocka_unit_test(another_set_of_searched_fields_is_built_online),
		cmocka_unit_test(the_number_of_changes_is_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
