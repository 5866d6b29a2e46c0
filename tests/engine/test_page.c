/* SPDX-License-Identifier: Apache-2.0 */
/* Pages: why they end, where the next one begins, and that a continuation that does not fit is
 * refused and never followed. */
#include "base/clock.h"
#include "base/msgpack.h"
#include "tests/support/store_fixture.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ITEMS = 300, LONG = 20000, IDS_MAX = 1000 };

static const char SCHEMA[] = "type item {\n"
			     "  a int  b int  name string(20)  note text\n"
			     "  index (a, b)\n"
			     "  index (note)\n"
			     "  unique pair (a, b, name)\n"
			     "}\n"
			     "type heavy { n int  body text }\n";

typedef struct page_of_ids {
	int64_t ids[IDS_MAX];
	size_t count;
	engine_page page;
	engine_row rows[16]; /* the first ones */
} page_of_ids;

static engine_read *snapshot;

static int setup(void **state)
{
	static store_fixture store;
	fixture_open(&store, SCHEMA);
	fixture_begin(&store);
	for (int i = 0; i < ITEMS; i++) {
		char fields[200];
		snprintf(fields, sizeof fields,
		         "{'a': %d, 'b': %d, 'name': 'n%d', 'note': 'x%d'}", i % 3, i / 30,
		         i % 30, i);
		fixture_create(&store, "item", fields);
	}
	fixture_commit(&store);
	assert_int_equal(engine_read_begin(store.engine, &snapshot), CX_OK);
	*state = &store;
	return 0;
}

static int teardown(void **state)
{
	store_fixture *store = *state;
	engine_read_end(&snapshot);
	fixture_assert_sound(store);
	fixture_close(store);
	return 0;
}

static void renew(void)
{
	assert_int_equal(engine_read_renew(snapshot), CX_OK);
}

static cx_status collect(void *context, const engine_row *row)
{
	page_of_ids *self = context;
	assert_true(self->count < IDS_MAX);
	if (self->count < CX_COUNT_OF(self->rows))
		self->rows[self->count] = *row;
	self->ids[self->count++] = row->id;
	return CX_OK;
}

static engine_query query_of(store_fixture *store, const char *filter, const char *field,
                             bool descending, size_t limit)
{
	engine_query query = { .type = fixture_type(store, "item"),
		               .filter = wire(filter),
		               .limit = limit,
		               .allow_scan = true };
	if (field != NULL)
		query.order[query.order_count++] =
			(engine_order){ .field = engine_type_field(query.type,
			                                           cx_slice_of(field)),
			                .descending = descending };
	return query;
}

static page_of_ids run(const engine_query *query)
{
	page_of_ids found = { 0 };
	cx_error error;
	cx_status status =
		engine_query_run(snapshot, query, collect, &found, &found.page, &error);
	if (status != CX_OK)
		fail_msg("%s: %s", cx_status_name(status), error.text);
	assert_int_equal(found.count, found.page.rows);
	return found;
}

static cx_slice position_of(const page_of_ids *from)
{
	return wire_exact((cx_slice){ from->page.position, from->page.position_size });
}

static cx_status try_after(engine_query query, cx_slice after)
{
	query.after = after;
	page_of_ids found = { 0 };
	cx_error error;
	cx_status status =
		engine_query_run(snapshot, &query, collect, &found, &found.page, &error);
	if (status != CX_OK) {
		assert_int_equal(found.count, 0);
		assert_int_equal(found.page.rows, 0); /* untouched */
		assert_true(error.text[0] != '\0');
	}
	return status;
}

/* ---- why a page ends ---- */

static void a_page_is_done_when_nothing_follows_its_last_row(void **state)
{
	static const char *const orders[] = { NULL, "b", "name", "id" };
	for (size_t i = 0; i < CX_COUNT_OF(orders); i++) {
		engine_query query = query_of(*state, "['=', 'a', 1]", orders[i], false, 100);
		page_of_ids found = run(&query);
		assert_int_equal(found.count, 100);
		assert_int_equal(found.page.reason, ENGINE_REASON_DONE);
		assert_int_equal(found.page.position_size, 0);
		query.limit = 99;
		found = run(&query);
		assert_int_equal(found.count, 99);
		assert_int_equal(found.page.reason, ENGINE_REASON_LIMIT);
		query.after = position_of(&found);
		found = run(&query);
		assert_int_equal(found.count, 1);
		assert_int_equal(found.page.reason, ENGINE_REASON_DONE);
	}
}

static void the_default_limit_is_that_of_the_manual(void **state)
{
	const engine_query query = query_of(*state, "nil", NULL, false, 0);
	assert_int_equal(run(&query).count, ENGINE_PAGE_RECORDS_DEFAULT);
}

static void nothing_found_is_a_page_that_is_done(void **state)
{
	static const char *const filters[] = {
		"['=', 'a', 77]",     "['in', 'a', []]", "['or']",
		"['=', 'id', 99999]", "['=', 'id', -1]", "['and', ['>', 'a', 2], ['<', 'a', 2]]"
	};
	for (size_t i = 0; i < CX_COUNT_OF(filters); i++) {
		const engine_query query = query_of(*state, filters[i], "b", false, 10);
		const page_of_ids found = run(&query);
		assert_int_equal(found.count, 0);
		assert_int_equal(found.page.reason, ENGINE_REASON_DONE);
		uint64_t count = 7;
		assert_int_equal(engine_query_count(snapshot, &query, &count, NULL), CX_OK);
		assert_int_equal(count, 0);
	}
}

static void a_late_page_has_moved_on_all_the_same(void **state)
{
	/* Nothing matches and no index helps: pages without rows that go on to the end. */
	engine_query query = query_of(*state, "['prefix', 'name', 'zzz']", "id", false, 10);
	query.deadline_ns = 1;
	int pages = 0;
	for (;;) {
		const page_of_ids found = run(&query);
		assert_int_equal(found.count, 0);
		pages++;
		if (found.page.reason == ENGINE_REASON_DONE)
			break;
		assert_int_equal(found.page.reason, ENGINE_REASON_TIME);
		assert_true(found.page.keys_scanned > 0);
		query.after = position_of(&found);
		assert_true(pages < 100);
	}
	assert_true(pages > 2);
	query.deadline_ns = cx_clock_monotonic_ns() + UINT64_C(60000000000);
	query.after = (cx_slice){ 0 };
	assert_int_equal(run(&query).page.reason, ENGINE_REASON_DONE);
}

static void sorting_and_counting_late_is_an_error(void **state)
{
	engine_query query = query_of(*state, "nil", "name", false, 10);
	query.deadline_ns = 1;
	assert_int_equal(try_after(query, (cx_slice){ 0 }), CX_DEADLINE);
	uint64_t count = 7;
	assert_int_equal(engine_query_count(snapshot, &query, &count, NULL), CX_DEADLINE);
	assert_int_equal(count, 7); /* untouched */
}

static void a_page_ends_after_the_row_that_passes_its_bytes(void **state)
{
	store_fixture *store = *state;
	char *fields = malloc(LONG + 100);
	char *body = malloc(LONG + 1);
	memset(body, 'x', LONG);
	body[LONG] = '\0';
	fixture_begin(store);
	for (int i = 0; i < 30; i++) {
		snprintf(fields, LONG + 100, "{'n': %d, 'body': '%s'}", i % 7, body);
		fixture_create(store, "heavy", fields);
	}
	fixture_commit(store);
	renew();
	free(fields);
	free(body);
	for (int sorted = 0; sorted < 2; sorted++) {
		engine_query query = { .type = fixture_type(store, "heavy"), .limit = 100 };
		query.order_count = (size_t)sorted;
		query.order[0].field = engine_type_field(query.type, cx_slice_of("n"));
		page_of_ids found = run(&query);
		assert_int_equal(found.page.reason, ENGINE_REASON_BYTES);
		assert_int_equal(found.count, ENGINE_PAGE_BYTES_MAX / LONG + 1);
		/* Long rows stay as long as the snapshot, too. */
		for (size_t i = 0; i < found.count && i < CX_COUNT_OF(found.rows); i++) {
			cx_reader reader = cx_reader_of(found.rows[i].array);
			cx_read_array(&reader);
			assert_int_equal(cx_read_int(&reader), found.rows[i].id);
			cx_read_skip_many(&reader, ENGINE_SYSTEM_SLOTS);
			assert_int_equal(cx_read_str(&reader).size, LONG);
		}
		size_t count = found.count;
		while (found.page.reason != ENGINE_REASON_DONE) {
			query.after = position_of(&found);
			found = run(&query);
			count += found.count;
		}
		assert_int_equal(count, 30);
	}
}

/* ---- where the next begins ---- */

/* Reads to the end in pages of `limit`; asserts each row comes once. */
static size_t read_all(engine_query query, int64_t *ids)
{
	bool seen[IDS_MAX] = { false };
	size_t count = 0;
	for (;;) {
		const page_of_ids found = run(&query);
		for (size_t i = 0; i < found.count; i++) {
			assert_false(seen[found.ids[i]]);
			seen[found.ids[i]] = true;
			ids[count++] = found.ids[i];
		}
		if (found.page.reason == ENGINE_REASON_DONE)
			return count;
		query.after = position_of(&found);
	}
}

static void equal_keys_of_merged_unique_ranges_come_once_in_both_directions(void **state)
{
	/* (a, b, name): a is 0, 1 or 2 with the same b and name, so merged ranges tie. */
	store_fixture *store = *state;
	fixture_begin(store);
	for (int i = 0; i < 60; i++) {
		char fields[100];
		snprintf(fields, sizeof fields, "{'a': %d, 'b': %d, 'name': 'tie'}",
		         100 + i % 3, i / 3);
		fixture_create(store, "item", fields);
	}
	fixture_commit(store);
	renew();
	for (int backward = 0; backward < 2; backward++) {
		int64_t whole[IDS_MAX];
		for (size_t limit = 60; limit > 0; limit--) {
			engine_query query = query_of(store, "['in', 'a', [100, 101, 102]]",
			                              "b", backward != 0, limit);
			query.use_index = fixture_index(store, "item", "pair");
			int64_t ids[IDS_MAX];
			assert_int_equal(read_all(query, limit == 60 ? whole : ids), 60);
			if (limit < 60)
				assert_memory_equal(ids, whole, 60 * sizeof ids[0]);
		}
	}
}

static void rows_that_were_sorted_and_are_equal_come_by_ascending_id(void **state)
{
	for (int descending = 0; descending < 2; descending++) {
		engine_query query =
			query_of(*state, "['<=', 'id', 300]", "name", descending != 0, 100);
		int64_t ids[IDS_MAX];
		assert_int_equal(read_all(query, ids), ITEMS);
		for (int i = 0; i < ITEMS; i++) /* ten of each name */
			assert_true(i % 10 == 0 ||
			            (ids[i] > ids[i - 1] && (ids[i] - ids[i - 1]) % 30 == 0));
	}
}

static void a_page_goes_on_when_its_last_row_is_gone(void **state)
{
	store_fixture *store = *state;
	static const char *const orders[] = { "b", "name", "id" };
	for (size_t i = 0; i < CX_COUNT_OF(orders); i++) {
		engine_query query = query_of(store, "['=', 'a', 2]", orders[i], false, 10);
		page_of_ids first = run(&query);
		query.after = position_of(&first);
		const page_of_ids second = run(&query);
		fixture_do(store, FIXTURE_DELETE, "item", first.ids[9]);
		renew();
		const page_of_ids again = run(&query);
		assert_int_equal(again.count, second.count);
		assert_memory_equal(again.ids, second.ids, 10 * sizeof again.ids[0]);
		fixture_do(store, FIXTURE_UNDELETE, "item", first.ids[9]);
		renew();
	}
}

/* ---- continuations that do not fit ---- */

static void a_continuation_of_another_query_is_refused(void **state)
{
	store_fixture *store = *state;
	engine_query query = query_of(store, "['=', 'a', 1]", "b", false, 10);
	query.use_index = fixture_index(store, "item", "a,b");
	const page_of_ids first = run(&query);
	const cx_slice after = position_of(&first);
	query.use_index = NULL; /* the continuation knows it */
	assert_int_equal(try_after(query, after), CX_OK);

	engine_query other = query_of(store, "['=', 'a', 2]", "b", false, 10);
	assert_int_equal(try_after(other, after), CX_CURSOR_STALE);
	other = query_of(store, "['=', 'a', 1]", "b", true, 10);
	assert_int_equal(try_after(other, after), CX_CURSOR_STALE);
	other = query_of(store, "['=', 'a', 1]", "name", false, 10);
	assert_int_equal(try_after(other, after), CX_CURSOR_STALE);
	other = query_of(store, "['=', 'a', 1]", NULL, false, 10);
	assert_int_equal(try_after(other, after), CX_CURSOR_STALE);
	other = query;
	other.use_index = fixture_index(store, "item", "pair");
	assert_int_equal(try_after(other, after), CX_CURSOR_STALE);
	other = query;
	other.limit = 3; /* may change from page to page */
	assert_int_equal(try_after(other, after), CX_OK);
}

/* Whatever the bytes are: rows of the query, or a refusal. */
static void follow(engine_query query, cx_slice after)
{
	query.after = after;
	page_of_ids found = { 0 };
	cx_status status =
		engine_query_run(snapshot, &query, collect, &found, &found.page, NULL);
	if (status != CX_OK)
		assert_int_equal(status, CX_CURSOR_STALE);
	for (size_t i = 0; i < found.count; i++) {
		cx_reader reader = cx_reader_of(found.rows[i % 10].array);
		cx_read_array(&reader);
		cx_read_skip_many(&reader, ENGINE_SYSTEM_SLOTS);
		const int64_t a = cx_read_int(&reader);
		assert_true(a == 1 || a == 2);
	}
}

static void damaged_continuations_never_leave_the_query(void **state)
{
	static const struct {
		const char *order;
		bool descending;
		const char *index;
	} cases[] = {
		{ NULL, false, "a,b" }, { "b", false, "a,b" },   { "b", true, "pair" },
		{ "a", true, "pair" },  { "name", false, NULL }, { "note", true, "a,b" },
	};
	for (size_t i = 0; i < CX_COUNT_OF(cases); i++) {
		engine_query query = query_of(*state, "['in', 'a', [1, 2]]", cases[i].order,
		                              cases[i].descending, 10);
		if (cases[i].index != NULL)
			query.use_index = fixture_index(*state, "item", cases[i].index);
		const page_of_ids first = run(&query);
		const cx_slice whole = position_of(&first);
		assert_true(whole.size > 0);
		for (size_t size = 1; size < whole.size; size++)
			follow(query, wire_exact((cx_slice){ whole.data, size }));
		for (size_t at = 0; at < whole.size; at++)
			for (int bit = 0; bit < 8; bit++) {
				const cx_slice copy = wire_exact(whole);
				uint8_t *bytes = malloc(copy.size);
				memcpy(bytes, copy.data, copy.size);
				bytes[at] ^= (uint8_t)(1 << bit);
				follow(query, (cx_slice){ bytes, copy.size });
				free(bytes);
			}
		uint8_t longer[ENGINE_POSITION_BYTES_MAX + 1] = { 0 };
		memcpy(longer, whole.data, whole.size);
		for (size_t size = whole.size + 1; size <= sizeof longer; size += 61)
			follow(query, wire_exact((cx_slice){ longer, size }));
		follow(query, wire_exact((cx_slice){ longer, sizeof longer }));
	}
}

static void a_lost_order_is_stale_and_not_a_wrong_page(void **state)
{
	store_fixture *store = *state;
	engine_query query = query_of(store, "['prefix', 'note', 'x']", "note", false, 10);
	query.use_index = fixture_index(store, "item", "note");
	const page_of_ids first = run(&query);
	const cx_slice after = position_of(&first);
	char fields[700];
	char note[601];
	memset(note, 'x', 600);
	note[600] = '\0';
	snprintf(fields, sizeof fields, "{'note': '%s'}", note);
	const int64_t id = fixture_create(store, "item", fields);
	renew();
	assert_int_equal(try_after(query, after), CX_CURSOR_STALE);
	fixture_do(store, FIXTURE_DELETE, "item", id);
	renew();
	assert_int_equal(try_after(query, after), CX_OK);
}

static void a_long_sort_text_is_looked_up_and_must_not_have_changed(void **state)
{
	store_fixture *store = *state;
	char note[601];
	memset(note, 'q', 600);
	note[600] = '\0';
	char fields[700];
	int64_t ids[3];
	for (int i = 0; i < 3; i++) {
		note[599] = (char)('a' + i);
		snprintf(fields, sizeof fields, "{'a': 50, 'b': %d, 'note': '%s'}", i, note);
		ids[i] = fixture_create(store, "item", fields);
	}
	renew();
	engine_query query = query_of(store, "['=', 'a', 50]", "note", true, 1);
	page_of_ids page = run(&query);
	assert_int_equal(page.ids[0], ids[2]);
	const cx_slice after = position_of(&page);
	assert_true(after.size < 100); /* the text is not in it */
	query.after = after;
	assert_int_equal(run(&query).ids[0], ids[1]);

	fixture_do(store, FIXTURE_DELETE, "item", ids[2]); /* still has its values */
	renew();
	assert_int_equal(run(&query).ids[0], ids[1]);
	fixture_do(store, FIXTURE_UNDELETE, "item", ids[2]);
	fixture_update(store, "item", ids[2], "{'note': 'qqq'}");
	renew();
	assert_int_equal(try_after(query, after), CX_CURSOR_STALE);
	for (int i = 0; i < 3; i++)
		fixture_do(store, FIXTURE_DELETE, "item", ids[i]);
	fixture_do(store, FIXTURE_PURGE, "item", ids[2]);
	renew();
	assert_int_equal(try_after(query, after), CX_CURSOR_STALE);
}

/* ---- sinks ---- */

static cx_status stop_at_three(void *context, const engine_row *row)
{
	int *count = context;
	(void)row;
	return ++*count == 3 ? CX_BUSY : CX_OK;
}

static void what_a_sink_answers_ends_the_query(void **state)
{
	static const char *const orders[] = { "b", "name" };
	for (size_t i = 0; i < CX_COUNT_OF(orders); i++) {
		const engine_query query = query_of(*state, "nil", orders[i], false, 10);
		int count = 0;
		engine_page page = { .rows = 77 };
		assert_int_equal(
			engine_query_run(snapshot, &query, stop_at_three, &count, &page, NULL),
			CX_BUSY);
		assert_int_equal(count, 3);
		assert_int_equal(page.rows, 77); /* untouched */
	}
}

static cx_status query_again(void *context, const engine_row *row)
{
	store_fixture *store = context;
	char filter[60];
	snprintf(filter, sizeof filter, "['=', 'id', %lld]", (long long)row->id);
	const engine_query query = query_of(store, filter, "name", false, 5);
	assert_int_equal(run(&query).ids[0], row->id);
	engine_row same;
	return engine_get(snapshot, row->type, row->id, &same, NULL);
}

static void a_sink_may_query_through_the_same_handle(void **state)
{
	const engine_query query = query_of(*state, "['in', 'a', [1, 2]]", "b", true, 200);
	engine_page page;
	assert_int_equal(engine_query_run(snapshot, &query, query_again, *state, &page, NULL),
	                 CX_OK);
	assert_int_equal(page.rows, 200);
}

static void the_cost_of_a_page_is_told(void **state)
{
	engine_query query = query_of(*state, "['=', 'a', 1]", "b", false, 10);
	page_of_ids found = run(&query);
	assert_int_equal(found.page.keys_scanned, 11);
	assert_int_equal(found.page.rows_fetched, 10); /* the last has only to be there */
	assert_int_equal(found.page.rechecks_failed, 0);
	query = query_of(*state, "['and', ['=', 'a', 1], ['=', 'note', 'x1']]", "b", false, 10);
	query.use_index = fixture_index(*state, "item", "a,b");
	found = run(&query);
	assert_int_equal(found.count, 1);
	assert_int_equal(found.page.keys_scanned, 100);
	assert_int_equal(found.page.rechecks_failed, 99);
	assert_string_equal(engine_reason_name(ENGINE_REASON_BYTES), "bytes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_is_done_when_nothing_follows_its_last_row),
		cmocka_unit_test(the_default_limit_is_that_of_the_manual),
		cmocka_unit_test(nothing_found_is_a_page_that_is_done),
		cmocka_unit_test(a_late_page_has_moved_on_all_the_same),
		cmocka_unit_test(sorting_and_counting_late_is_an_error),
		cmocka_unit_test(a_page_ends_after_the_row_that_passes_its_bytes),
		cmocka_unit_test(
			equal_keys_of_merged_unique_ranges_come_once_in_both_directions),
		cmocka_unit_test(rows_that_were_sorted_and_are_equal_come_by_ascending_id),
		cmocka_unit_test(a_page_goes_on_when_its_last_row_is_gone),
		cmocka_unit_test(a_continuation_of_another_query_is_refused),
		cmocka_unit_test(damaged_continuations_never_leave_the_query),
		cmocka_unit_test(a_lost_order_is_stale_and_not_a_wrong_page),
		cmocka_unit_test(a_long_sort_text_is_looked_up_and_must_not_have_changed),
		cmocka_unit_test(what_a_sink_answers_ends_the_query),
		cmocka_unit_test(a_sink_may_query_through_the_same_handle),
		cmocka_unit_test(the_cost_of_a_page_is_told),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
