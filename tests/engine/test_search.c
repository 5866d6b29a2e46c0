/* SPDX-License-Identifier: Apache-2.0 */
/* What a search finds and what it does not, in which order, in transactions, across types,
 * within its bounds, and while the index is being built. */
#include "base/clock.h"
#include "engine/core/search_state.h"
#include "engine/search.h"
#include "tests/support/store_fixture.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char SCHEMA[] = "type customer {\n"
			     "  name string(120) search\n"
			     "  note text search\n"
			     "  phone string(40) search(phone)\n"
			     "  touched ts search(recency)\n"
			     "  city string(40)\n"
			     "}\n"
			     "type contract {\n"
			     "  number string(40) search\n"
			     "  customer ref(customer) on delete cascade\n"
			     "  cluster by (customer)\n"
			     "}\n"
			     "type plain { city string(40) }\n";

enum { SHOWN_MAX = 1 << 16 };

typedef struct shown {
	char text[SHOWN_MAX];
	size_t size;
	size_t hits_max; /* the sink fails at the one behind */
} shown;

static cx_status show_hit(void *context, const engine_hit *hit)
{
	shown *self = context;
	if (self->hits_max > 0 && --self->hits_max == 0)
		return CX_BUSY;
	self->size +=
		(size_t)snprintf(self->text + self->size, SHOWN_MAX - self->size, "%s%s %d %s",
	                         self->size > 0 ? ", " : "", hit->row.type->name,
	                         (int)hit->row.id, engine_match_name(hit->match));
	for (size_t i = 0; i < hit->span_count; i++)
		self->size += (size_t)snprintf(self->text + self->size, SHOWN_MAX - self->size,
		                               " %s[%u+%u]", hit->spans[i].field->name,
		                               hit->spans[i].from, hit->spans[i].size);
	return CX_OK;
}

static engine_search_report report;

/* "customer 3 exact, contract 1 inside" or the name of the status. */
static const char *run(store_fixture *store, const engine_search *search)
{
	static shown self;
	self.size = 0;
	self.hits_max = 0;
	self.text[0] = '\0';
	engine_read *own = NULL;
	engine_read *read;
	if (store->write == NULL) {
		assert_int_equal(engine_read_begin(store->engine, &own), CX_OK);
		read = own;
	} else {
		read = engine_write_view(store->write);
	}
	cx_status status =
		engine_search_run(read, search, show_hit, &self, &report, &store->error);
	engine_read_end(&own);
	return status == CX_OK ? self.text : cx_status_name(status);
}

static const char *find(store_fixture *store, const char *text)
{
	return run(store, &(engine_search){ .text = cx_slice_of(text) });
}

static const char *find_spans(store_fixture *store, const char *text)
{
	return run(store, &(engine_search){ .text = cx_slice_of(text), .spans = true });
}

static int setup(void **state)
{
	store_fixture *store = calloc(1, sizeof *store);
	fixture_open(store, SCHEMA);
	*state = store;
	return 0;
}

static int teardown(void **state)
{
	fixture_assert_sound(*state);
	fixture_close(*state);
	free(*state);
	return 0;
}

static void make(store_fixture *store, const char *name)
{
	char fields[4096];
	snprintf(fields, sizeof fields, "{'name': '%s'}", name);
	(void)fixture_create(store, "customer", fields);
}

static void han_is_found_anywhere(void **state)
{
	store_fixture *store = *state;
	make(store, "华东医疗器械有限公司");
	make(store, "上海医院");
	make(store, "医东");
	assert_string_equal(find(store, "华"), "customer 1 prefix");
	assert_string_equal(find(store, "东医疗"), "customer 1 inside");
	assert_string_equal(find(store, "公司"), "customer 1 inside");
	assert_string_equal(find(store, "司"), "customer 1 inside");
	assert_string_equal(find(store, "医"), "customer 3 prefix, customer 2 inside, "
	                                       "customer 1 inside");
	assert_string_equal(find(store, "上海医院"), "customer 2 exact");
	assert_string_equal(find(store, "医东"), "customer 3 exact");
	assert_string_equal(find(store, "东疗"), "");
	assert_string_equal(find(store, "华东 公司"), "customer 1 prefix");
	assert_string_equal(find(store, "医疗 上海"), "");
	assert_int_equal(report.end, ENGINE_SEARCH_DONE);
}

static void words_are_found_by_their_beginning(void **state)
{
	store_fixture *store = *state;
	make(store, "Acme Corporation");
	make(store, "The Acme Group, Ltd.");
	make(store, "acme");
	make(store, "Macme");
	assert_string_equal(find(store, "ACME"),
	                    "customer 3 exact, customer 1 prefix, customer 2 inside");
	assert_string_equal(find(store, "corp acm"), "customer 1 prefix");
	assert_string_equal(find(store, "orp"), "");
	assert_string_equal(find(store, "the acme group ltd"), "customer 2 exact");
	assert_string_equal(find(store, "ａｃｍｅ-corp"), "customer 1 prefix");
	assert_string_equal(find(store, "corp-acme"), "");
}

static void codes_are_found_whole_and_by_parts(void **state)
{
	store_fixture *store = *state;
	(void)fixture_create(store, "contract", "{'number': 'SO-202511-00042'}");
	(void)fixture_create(store, "contract", "{'number': 'SO-202511-00043'}");
	(void)fixture_create(store, "contract", "{'number': 'A4纸 box'}");
	assert_string_equal(find(store, "SO-202511-00042"), "contract 1 exact");
	assert_string_equal(find(store, "so-202511-0004"),
	                    "contract 2 prefix, contract 1 prefix");
	assert_string_equal(find(store, "00043"), "contract 2 inside");
	assert_string_equal(find(store, "202511-00042"), "contract 1 inside");
	assert_string_equal(find(store, "00042 so"), "contract 1 prefix");
	assert_string_equal(find(store, "SO-00042"), "");
	assert_string_equal(find(store, "a4纸"), "contract 3 prefix");
	assert_string_equal(find(store, "4 纸"), "contract 3 inside");
	assert_string_equal(find(store, "纸-b"), "contract 3 inside");
}

static void phones_are_found_by_both_ends(void **state)
{
	store_fixture *store = *state;
	(void)fixture_create(store, "customer", "{'phone': '+86 138-1234-5678'}");
	(void)fixture_create(store, "customer", "{'phone': '(021) 6888 5678'}");
	assert_string_equal(find(store, "5678"), "customer 2 inside, customer 1 inside");
	assert_string_equal(find(store, "13812345678"), "customer 1 inside");
	assert_string_equal(find(store, "138 1234 5678"), "customer 1 inside");
	assert_string_equal(find(store, "138-1234-5678"), "customer 1 inside");
	assert_string_equal(find(store, "45678"), "customer 1 inside");
	assert_string_equal(find(store, "8613812345678"), "customer 1 exact");
	assert_string_equal(find(store, "86138"), "customer 1 prefix");
	assert_string_equal(find(store, "02168885678"), "customer 2 exact");
	assert_string_equal(find(store, "8888 5678"), "");
	assert_string_equal(find(store, "678"), "");
	assert_string_equal(find(store, "1234"), "");
}

static void spans_are_places_in_the_stored_text(void **state)
{
	store_fixture *store = *state;
	(void)fixture_create(store, "customer",
	                     "{'name': 'ＡＣＭＥ医疗㍿', 'note': 'x 医疗 医院疗', "
	                     "'phone': '138 1234 5678'}");
	assert_string_equal(find_spans(store, "acm"), "customer 1 prefix name[0+9]");
	assert_string_equal(find_spans(store, "医疗"),
	                    "customer 1 inside name[12+6] note[2+6]");
	assert_string_equal(find_spans(store, "医"),
	                    "customer 1 inside name[12+3] note[2+3] note[9+3]");
	assert_string_equal(find_spans(store, "株式"), "customer 1 inside name[18+3]");
	assert_string_equal(find_spans(store, "株 社"), "customer 1 inside name[18+3]");
	assert_string_equal(find_spans(store, "5678"), "customer 1 inside phone[0+13]");
	assert_string_equal(find_spans(store, "acme医疗"), "customer 1 prefix name[0+18]");
}

static void the_newest_of_equal_matches_comes_first(void **state)
{
	store_fixture *store = *state;
	(void)fixture_create(store, "customer", "{'name': 'acme', 'touched': 1800000000000}");
	make(store, "acme"); /* by updated_at, which is earlier */
	(void)fixture_create(store, "customer", "{'name': 'acme', 'touched': 1900000000000}");
	(void)fixture_create(store, "contract", "{'number': 'acme'}");
	assert_string_equal(find(store, "acme"), "customer 3 exact, customer 1 exact, "
	                                         "contract 1 exact, customer 2 exact");
	(void)fixture_update(store, "customer", 2, "{'city': 'x'}");
	assert_string_equal(find(store, "acme"), "customer 3 exact, customer 1 exact, "
	                                         "customer 2 exact, contract 1 exact");
}

static void types_may_be_chosen(void **state)
{
	store_fixture *store = *state;
	make(store, "acme");
	(void)fixture_create(store, "contract", "{'number': 'acme'}");
	const engine_type *types[] = { fixture_type(store, "contract"),
		                       fixture_type(store, "contract"),
		                       fixture_type(store, "customer") };
	engine_search search = { .text = CX_SLICE_LITERAL("acm"), .types = types };
	assert_string_equal(run(store, &search), "contract 1 prefix, customer 1 prefix");
	search.type_count = 1;
	assert_string_equal(run(store, &search), "contract 1 prefix");
	search.types = types + 2;
	assert_string_equal(run(store, &search), "customer 1 prefix");
	make(store, "医疗公司");
	(void)fixture_create(store, "contract", "{'number': '医疗公司'}");
	search.text = CX_SLICE_LITERAL("医疗公");
	assert_string_equal(run(store, &search), "customer 2 prefix");
	types[0] = fixture_type(store, "plain");
	search.types = types;
	assert_string_equal(run(store, &search), "INVALID_ARGUMENT");
	assert_non_null(strstr(store->error.text, "no field of plain"));
}

static void a_change_is_found_in_its_transaction_and_gone_with_it(void **state)
{
	store_fixture *store = *state;
	make(store, "华东医疗");
	fixture_begin(store);
	const engine_mark mark = engine_write_mark(store->write);
	make(store, "华北医疗");
	(void)fixture_update(store, "customer", 1, "{'name': '江南织造'}");
	assert_string_equal(find(store, "医疗"), "customer 2 inside");
	assert_string_equal(find(store, "织造"), "customer 1 inside");
	engine_write_rollback(store->write, mark);
	assert_string_equal(find(store, "医疗"), "customer 1 inside");
	assert_string_equal(find(store, "织"), "");
	make(store, "华北医疗");
	fixture_commit(store);
	assert_string_equal(find(store, "医疗"), "customer 2 inside, customer 1 inside");
}

static void deleted_records_are_not_found_until_they_come_back(void **state)
{
	store_fixture *store = *state;
	make(store, "华东医疗");
	(void)fixture_create(store, "contract", "{'number': '华东', 'customer': 1}");
	assert_string_equal(find(store, "华东"), "contract 1 exact, customer 1 prefix");
	(void)fixture_do(store, FIXTURE_DELETE, "customer", 1);
	assert_string_equal(find(store, "华东"), "");
	fixture_assert_sound(store);
	(void)fixture_do(store, FIXTURE_UNDELETE, "customer", 1);
	assert_string_equal(find(store, "华"), "customer 1 prefix, contract 1 prefix");
	(void)fixture_do(store, FIXTURE_DELETE, "customer", 1);
	(void)fixture_do(store, FIXTURE_PURGE, "customer", 1);
	assert_string_equal(find(store, "华东"), "");
}

static void only_tokens_that_differ_are_touched(void **state)
{
	store_fixture *store = *state;
	(void)fixture_create(store, "customer", "{'name': 'one two three', 'note': 'x'}");
	static const struct {
		const char *fields;
		size_t operations; /* beside the row, its log entry and the place of that */
	} rows[] = {
		{ "{'city': 'y'}", 0 },
		{ "{'name': 'one two four'}", 2 },
		{ "{'name': 'four two one'}", 2 }, /* both are at an end, and not now */
		{ "{'note': 'x y'}", 2 },          /* x is no end any more */
		{ "{'name': nil}", 3 },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		fixture_begin(store);
		const size_t before = engine_write_operations(store->write);
		(void)fixture_update(store, "customer", 1, rows[i].fields);
		assert_int_equal(engine_write_operations(store->write) - before,
		                 3 + rows[i].operations);
		fixture_commit(store);
	}
}

static void what_cannot_be_searched_for_is_refused(void **state)
{
	store_fixture *store = *state;
	assert_string_equal(find(store, ""), "INVALID_ARGUMENT");
	assert_string_equal(find(store, " ,. !"), "INVALID_ARGUMENT");
	assert_non_null(strstr(store->error.text, "no letter and no digit"));
	assert_string_equal(find(store, "a\xff"), "MALFORMED");
	char text[ENGINE_SEARCH_TEXT_BYTES_MAX + 2];
	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	assert_string_equal(find(store, text), "TOO_LONG");
	text[sizeof text - 2] = '\0';
	assert_string_equal(find(store, text), "");
	for (size_t words = ENGINE_SEARCH_WORDS_MAX; words <= ENGINE_SEARCH_WORDS_MAX + 1;
	     words++) {
		for (size_t i = 0; i < words; i++)
			memcpy(text + 2 * i, "x ", 3);
		assert_string_equal(find(store, text),
		                    words > ENGINE_SEARCH_WORDS_MAX ? "INVALID_ARGUMENT" : "");
	}
	engine_search search = { .text = CX_SLICE_LITERAL("x"),
		                 .limit = ENGINE_SEARCH_HITS_MAX };
	assert_string_equal(run(store, &search), "");
	search.limit++;
	assert_string_equal(run(store, &search), "INVALID_ARGUMENT");
}

static void make_many(store_fixture *store, size_t count)
{
	fixture_begin(store);
	for (size_t i = 0; i < count; i++)
		make(store, "华东医疗 acme");
	fixture_commit(store);
}

static void the_work_of_a_search_is_bounded(void **state)
{
	store_fixture *store = *state;
	make(store, "医疗");
	make_many(store, 500);
	engine_search search = { .text = CX_SLICE_LITERAL("医疗"), .limit = 2 };
	assert_string_equal(run(store, &search), "customer 1 exact, customer 501 inside");
	assert_int_equal(report.end, ENGINE_SEARCH_LIMIT);
	assert_int_equal(report.found, 501);

	search.rows_max = 10; /* what may be exact comes first, then the newest */
	assert_string_equal(run(store, &search), "customer 1 exact, customer 501 inside");
	assert_int_equal(report.end, ENGINE_SEARCH_SCAN);
	assert_int_equal(report.rows_fetched, 10);

	search.keys_max = 100;
	assert_string_equal(run(store, &search), "customer 501 inside, customer 500 inside");
	assert_int_equal(report.end, ENGINE_SEARCH_SCAN);
	assert_int_equal(report.keys_scanned, 100);

	search = (engine_search){ .text = CX_SLICE_LITERAL("医疗"), .deadline_ns = 1 };
	(void)run(store, &search);
	assert_int_equal(report.end, ENGINE_SEARCH_TIME);
}

/* Whatever the limit is, not one key more is looked at; and what is then said to be all is. */
static void the_limit_of_keys_holds_exactly(void **state)
{
	static const char *const texts[] = { "医疗",      "acme",      "医疗 acme",
		                             "织造 acme", "织造 医疗", "ac 华",
		                             "华东医疗",  "13 8 acme", "5678" };
	store_fixture *store = *state;
	fixture_begin(store);
	for (int i = 0; i < 45; i++) {
		make(store, i % 2 == 0 ? "织造 acme 138" : "织造");
		make(store, "华东医疗 acme");
	}
	fixture_commit(store);
	int ended = 0, looked_up = 0;
	for (size_t t = 0; t < CX_COUNT_OF(texts); t++) {
		static char all[20000];
		engine_search search = { .text = cx_slice_of(texts[t]), .limit = 3 };
		snprintf(all, sizeof all, "%s", run(store, &search));
		assert_true(report.end == ENGINE_SEARCH_DONE ||
		            report.end == ENGINE_SEARCH_LIMIT);
		const uint64_t found = report.found;
		const uint64_t needed = report.keys_scanned;
		looked_up += needed > 0;
		for (uint32_t most = 1; most <= needed + 3; most += 3) {
			search.keys_max = most;
			const char *some = run(store, &search);
			assert_in_range(report.keys_scanned, 0, most);
			if (report.end == ENGINE_SEARCH_SCAN) {
				assert_int_equal(report.keys_scanned, most);
				ended++;
			} else {
				assert_string_equal(some, all);
				assert_int_equal(report.found, found);
			}
		}
		assert_true(report.end != ENGINE_SEARCH_SCAN);
	}
	assert_true(ended > 100 && looked_up > 5);
}

static void the_rarest_word_decides_the_work(void **state)
{
	store_fixture *store = *state;
	make_many(store, 2000);
	make(store, "医疗 织造 acme");
	assert_string_equal(find(store, "医疗 acme 织造"), "customer 2001 prefix");
	assert_in_range(report.keys_scanned, 1, 3 * 16);
	assert_int_equal(report.rows_fetched, 1);
	assert_int_equal(report.end, ENGINE_SEARCH_DONE);
}

static void a_sink_that_fails_ends_the_search(void **state)
{
	store_fixture *store = *state;
	make_many(store, 3);
	engine_read *read = NULL;
	assert_int_equal(engine_read_begin(store->engine, &read), CX_OK);
	static shown self;
	self = (shown){ .hits_max = 2 };
	const engine_search search = { .text = CX_SLICE_LITERAL("acme") };
	engine_search_report untouched = { .hits = 77 };
	assert_int_equal(
		engine_search_run(read, &search, show_hit, &self, &untouched, &store->error),
		CX_BUSY);
	assert_int_equal(untouched.hits, 77);
	engine_read_end(&read);
}

/* ---- the state of the index ---- */

static engine_search_state state_of(store_fixture *store)
{
	engine_read *read = NULL;
	engine_search_state state;
	assert_int_equal(engine_read_begin(store->engine, &read), CX_OK);
	assert_int_equal(engine_search_state_get(read, &state), CX_OK);
	engine_read_end(&read);
	return state;
}

static void an_index_is_built_in_slices_while_writes_go_on(void **state)
{
	store_fixture *store = *state;
	make_many(store, 300);
	(void)fixture_create(store, "contract", "{'number': '医疗', 'customer': 1}");
	(void)fixture_do(store, FIXTURE_DELETE, "customer", 300);
	fixture_begin(store);
	assert_int_equal(engine_search_rebuild(store->write), CX_OK);
	fixture_commit(store);
	size_t slices = 0, clearing = 0;
	engine_search_state now = ENGINE_SEARCH_CLEARING;
	while (now != ENGINE_SEARCH_READY) {
		assert_int_equal(state_of(store), now);
		assert_string_equal(find(store, "医疗"), "BUSY");
		fixture_assert_sound(store);
		if (slices % 5 == 0)
			make(store, "江南医疗");
		if (slices == 7)
			(void)fixture_update(store, "customer", 2, "{'name': 'gone'}");
		if (slices == 9)
			(void)fixture_do(store, FIXTURE_DELETE, "customer", 3);
		if (slices == 11)
			(void)fixture_do(store, FIXTURE_UNDELETE, "customer", 300);
		if (slices == 13)
			fixture_reopen(store);
		fixture_begin(store);
		assert_int_equal(engine_search_build(store->write, 20, &now, &store->error),
		                 CX_OK);
		fixture_commit(store);
		clearing += now == ENGINE_SEARCH_CLEARING;
		slices++;
	}
	assert_true(clearing > 50); /* 20 keys a slice of more than 1500 */
	assert_true(slices > clearing + 15);
	engine_search search = { .text = CX_SLICE_LITERAL("医疗"), .limit = 1 };
	assert_string_equal(run(store, &search), "contract 1 exact");
	assert_int_equal(report.found, 300 - 2 + 1 + (slices + 4) / 5);
}

/* The entry of another tokenizer, as a store has that another build wrote. */
static void make_foreign(store_fixture *store)
{
	fixture_begin(store);
	static const uint8_t entry[] = { 0x95, 0x00, 0xa1, 'x', 0xc4, 0x00, 0x00, 0xc4, 0x00 };
	assert_int_equal(engine__txn_put(store->write->txn, store->engine->meta,
	                                 CX_SLICE_LITERAL("search"),
	                                 (cx_slice){ entry, sizeof entry }),
	                 CX_OK);
	store->write->maintains = true;
	fixture_commit(store);
}

static void an_index_of_another_tokenizer_is_not_read(void **state)
{
	store_fixture *store = *state;
	make(store, "医疗");
	make_foreign(store);
	assert_int_equal(state_of(store), ENGINE_SEARCH_CLEARING);
	fixture_reopen(store);
	assert_string_equal(find(store, "医疗"), "BUSY");
	engine_search_state now;
	fixture_begin(store);
	assert_int_equal(engine_search_build(store->write, 1000, &now, &store->error), CX_OK);
	fixture_commit(store);
	assert_int_equal(now, ENGINE_SEARCH_READY);
	assert_string_equal(find(store, "医疗"), "customer 1 exact");
}

static const uint8_t own[] = { 'a', 'c', 'm', 'e', 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1 };
static const uint8_t stray[] = { 'b', 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1 };
static const uint8_t broken[] = { 'b', 0, 0, 1, 0, 0, 0, 0, 0, 0, 0 };

static void damage(store_fixture *store, bool undo)
{
	static const uint8_t both_ends = 3;
	fixture_begin(store);
	engine__txn *txn = store->write->txn;
	const engine__tree tree = store->engine->search;
	const cx_slice keys[] = { { own, sizeof own },
		                  { stray, sizeof stray },
		                  { broken, sizeof broken } };
	for (size_t i = 0; i < CX_COUNT_OF(keys); i++) {
		const cx_slice value = { .data = &both_ends, .size = i == 0 };
		cx_status status = (i == 0) == undo ? engine__txn_put(txn, tree, keys[i], value)
		                                    : engine__txn_remove(txn, tree, keys[i]);
		assert_int_equal(status, CX_OK);
	}
	store->write->maintains = true;
	fixture_commit(store);
}

static void count_finding(void *context, const char *text)
{
	static const char *const expected[] = {
		"customer 1: search index: the posting of \"acme\" is missing or wrong",
		"search index: 2 pairs where 1 are expected",
		"search index: a posting is damaged",
		("search index: the posting of \"b\" names customer 1, which does not explain "
		 "it"),
	};
	size_t *count = context;
	assert_in_range(*count, 0, CX_COUNT_OF(expected) - 1);
	assert_string_equal(text, expected[(*count)++]);
}

static void the_check_finds_postings_that_are_wrong(void **state)
{
	store_fixture *store = *state;
	make(store, "acme");
	damage(store, false);
	engine_read *read = NULL;
	assert_int_equal(engine_read_begin(store->engine, &read), CX_OK);
	engine_check_report found;
	size_t count = 0;
	assert_int_equal(engine_check(read, 0, count_finding, &count, &found), CX_OK);
	assert_int_equal(count, 4);
	assert_int_equal(found.findings, 4);
	engine_read_end(&read);
	assert_string_equal(find(store, "b"), "CORRUPT");
	damage(store, true);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(han_is_found_anywhere),
		TEST(words_are_found_by_their_beginning),
		TEST(codes_are_found_whole_and_by_parts),
		TEST(phones_are_found_by_both_ends),
		TEST(spans_are_places_in_the_stored_text),
		TEST(the_newest_of_equal_matches_comes_first),
		TEST(types_may_be_chosen),
		TEST(a_change_is_found_in_its_transaction_and_gone_with_it),
		TEST(deleted_records_are_not_found_until_they_come_back),
		TEST(only_tokens_that_differ_are_touched),
		TEST(what_cannot_be_searched_for_is_refused),
		TEST(the_work_of_a_search_is_bounded),
		TEST(the_limit_of_keys_holds_exactly),
		TEST(the_rarest_word_decides_the_work),
		TEST(a_sink_that_fails_ends_the_search),
		TEST(an_index_is_built_in_slices_while_writes_go_on),
		TEST(an_index_of_another_tokenizer_is_not_read),
		TEST(the_check_finds_postings_that_are_wrong),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
