/* SPDX-License-Identifier: Apache-2.0 */
/* Summaries, shape by shape: what is asked for in words, which plan answers it, and what the
 * answer is. That plans agree is held in tests/property/test_summary.c. */
#include "base/msgpack.h"
#include "tests/engine/summaries.h"
#include "tests/support/groups.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <string.h>

enum { DAY_MS = 86400000, ZONE_MS = 8 * 3600 * 1000 };

/* ---- answers ---- */

static void without_columns_all_records_are_one_group(void **state)
{
	store_fixture *f = *state;
	assert_string_equal(summaries_show(f, (summaries_asked){ 0 }), "['count']: []");
	summaries_fill(f);
	assert_string_equal(summaries_show(f, (summaries_asked){ 0 }), "['count']: [[5]]");
	assert_string_equal(
		summaries_show(
			f,
			(summaries_asked){
				.values = "['sum( amount )', 'count(amount)', 'avg(amount)', "
					  "'min(amount)', 'max(amount)', 'min(stage)']" }),
		"['sum(amount)', 'count(amount)', 'avg(amount)', 'min(amount)', 'max(amount)', "
		"'min(stage)']: [[101, 4, 25, -8, 100, 'new']]");
}

static void null_is_a_group_and_comes_first(void **state)
{
	store_fixture *f = *state;
	summaries_fill(f);
	assert_string_equal(
		summaries_show(
			f,
			(summaries_asked){ .group = "['owner']",
	                                   .values = "['count', 'sum(amount)', 'avg(amount)', "
	                                             "'max(amount)', 'count(amount)']" }),
		"['owner', 'count', 'sum(amount)', 'avg(amount)', 'max(amount)', "
		"'count(amount)']: [[nil, 1, 0, nil, nil, 0], [1, 2, 9, 5, 5, 2], "
		"[2, 2, 92, 46, 100, 2]]");
}

static void an_average_is_rounded_halves_away_from_zero(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "deal", "{'stage': 'new', 'owner': 1, 'amount': 1}");
	fixture_create(f, "deal", "{'stage': 'new', 'owner': 1, 'amount': 2}");
	fixture_create(f, "deal", "{'stage': 'new', 'owner': 2, 'amount': -1}");
	fixture_create(f, "deal", "{'stage': 'new', 'owner': 2, 'amount': -2}");
	fixture_create(f, "deal", "{'stage': 'new', 'owner': 2}");
	assert_string_equal(
		summaries_show(
			f, (summaries_asked){ .group = "['owner']",
	                                      .values = "['avg(amount)', 'avg(-amount)']" }),
		"['owner', 'avg(amount)', 'avg(-amount)']: [[1, 2, -2], [2, -2, 2]]");
}

static void a_sum_beyond_64_bits_is_a_text_of_digits(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "deal", "{'stage': 'new', 'amount': 9223372036854775807}");
	assert_string_equal(summaries_show(f, (summaries_asked){ .values = "['sum(amount)']" }),
	                    "['sum(amount)']: [[9223372036854775807]]");
	fixture_create(f, "deal", "{'stage': 'new', 'amount': 1}");
	assert_string_equal(
		summaries_show(
			f,
			(summaries_asked){
				.values = "['sum(amount)', 'avg(amount)', 'sum(-amount)']" }),
		"['sum(amount)', 'avg(amount)', 'sum(-amount)']: "
		"[['9223372036854775808', 4611686018427387904, -9223372036854775808]]");
}

static void days_and_months_are_those_of_the_time_zone(void **state)
{
	store_fixture *f = *state;
	char fields[80];
	snprintf(fields, sizeof fields, "{'stage': 'new', 'at': %lld}",
	         31LL * DAY_MS - ZONE_MS - 1);
	fixture_create(f, "deal", fields);
	snprintf(fields, sizeof fields, "{'stage': 'new', 'at': %lld}",
	         31LL * DAY_MS - ZONE_MS);
	fixture_create(f, "deal", fields);
	for (int by_records = 0; by_records < 2; by_records++) {
		const summaries_asked what = { .group = "['month(at)', 'day(at)']",
			                       .filter = "['notnull', 'at']",
			                       .by_records = by_records == 1 };
		assert_string_equal(summaries_show(f, what),
		                    "['month(at)', 'day(at)', 'count']: "
		                    "[[0, 30, 1], [31, 31, 1]]");
	}
}

static void pages_concatenate(void **state)
{
	store_fixture *f = *state;
	summaries_fill(f);
	assert_string_equal(summaries_show(f, (summaries_asked){ .group = "['stage', 'owner']",
	                                                         .limit = 2 }),
	                    "['stage', 'owner', 'count']: "
	                    "[['new', 1, 1], ['new', 2, 1]]|"
	                    "[['offer', nil, 1], ['offer', 1, 1]]|[['won', 2, 1]]");
	assert_string_equal(
		summaries_show(f, (summaries_asked){ .group = "['stage']", .limit = 3 }),
		"['stage', 'count']: [['new', 2], ['offer', 2], ['won', 1]]");
}

static void an_order_takes_columns_and_values(void **state)
{
	store_fixture *f = *state;
	summaries_fill(f);
	assert_string_equal(
		summaries_show(
			f, (summaries_asked){ .group = "['owner']",
	                                      .values = "['count', 'avg( amount )']",
	                                      .order = "['count desc', 'avg(amount) desc']" }),
		"['owner', 'count', 'avg(amount)']: [[2, 2, 46], [1, 2, 5], "
		"[nil, 1, nil]]");
	assert_string_equal(
		summaries_show(f, (summaries_asked){ .group = "['owner', 'stage']",
	                                             .order = "['stage desc', 'owner asc']",
	                                             .limit = 2 }),
		"['owner', 'stage', 'count']: [[2, 'won', 1], [nil, 'offer', 1]]|"
		"[[1, 'offer', 1], [1, 'new', 1]]|[[2, 'new', 1]]");
	assert_string_equal(summaries_show(f, (summaries_asked){ .group = "['owner']",
	                                                         .values = "['max(amount)']",
	                                                         .order = "['max(amount)']",
	                                                         .limit = 1 }),
	                    "['owner', 'max(amount)']: [[nil, nil]]|[[1, 5]]|[[2, 100]]");
}

/* ---- plans ---- */

static bool reads_groups(store_fixture *f, summaries_asked what)
{
	return strstr(summaries_explain(f, what), "'plan': 'aggregate'") != NULL;
}

static const char OPEN[] = "['in', 'stage', ['new', 'offer']]";

static void groups_answer_what_they_hold(void **state)
{
	store_fixture *f = *state;
	summaries_fill(f);
	static const summaries_asked covered[] = {
		{ .filter = OPEN },
		{ .filter = OPEN, .group = "['owner']", .values = "['count', 'sum(amount)']" },
		{ .filter = OPEN,
		  .group = "['owner', 'stage']",
		  .values = "['sum(amount*bp)']" },
		{ .filter = "['=', 'stage', 'new']", .values = "['avg(n)', 'max(owner)']" },
		{ .filter = OPEN, .values = "['sum(owner)', 'avg(owner)', 'count(owner)']" },
		{ .filter = "['and', ['=', 'stage', 'new'], ['>', 'owner', 1]]" },
		{ .filter = "['notnull', 'at']", .group = "['month(at)']" },
		{ .filter = "['>=', 'at', 2649600000]",
		  .values = "['sum(amount)', 'count(at)']" },
		{ .filter = "['notnull', 'at']", .values = "['avg(at - created_at)']" },
	};
	static const summaries_asked not_covered[] = {
		{ .filter = "['=', 'stage', 'won']" },
		{ .filter = OPEN, .group = "['title']" },
		{ .filter = OPEN, .values = "['sum(bp)']" },
		{ .filter = OPEN, .values = "['max(n)']" },
		{ .filter = "['=', 'stage', 'new']", .values = "['avg(amount)']" },
		{ .filter = OPEN, .group = "['month(at)']" },
		{ .filter = "['notnull', 'at']", .group = "['at']" },
		{ .filter = "['>=', 'at', 2649600001]" },
		{ .filter = "['=', 'stage', 'new']", .index = "owner" },
	};
	for (size_t i = 0; i < CX_COUNT_OF(covered); i++)
		if (!reads_groups(f, covered[i]))
			fail_msg("covered %zu: %s", i, summaries_explain(f, covered[i]));
	for (size_t i = 0; i < CX_COUNT_OF(not_covered); i++)
		if (reads_groups(f, not_covered[i]))
			fail_msg("not covered %zu: %s", i,
			         summaries_explain(f, not_covered[i]));
}

/* amount may be null: a sum of groups does not say how many records are in it. */
static void an_average_of_what_may_be_null_is_not_read_from_groups(void **state)
{
	store_fixture *f = *state;
	summaries_fill(f);
	fixture_create(f, "deal", "{'stage': 'new'}");
	const summaries_asked what = { .filter = "['=', 'stage', 'new']",
		                       .values = "['avg(amount)']" };
	assert_string_equal(summaries_show(f, what), "['avg(amount)']: [[-2]]");
}

static void an_aggregate_asked_by_name_brings_its_own_words(void **state)
{
	store_fixture *f = *state;
	summaries_fill(f);
	assert_string_equal(
		summaries_show(f, (summaries_asked){ .aggregate = "board" }),
		"['stage', 'owner', 'count', 'sum(amount)', 'sum(amount * bp)', 'sum(n)']: "
		"[['new', 1, 1, 5, 50, 2], ['new', 2, 1, -8, -80, 0], ['offer', nil, 1, 0, 0, "
		"9], "
		"['offer', 1, 1, 4, 0, 1]]");
	assert_string_equal(
		summaries_show(f, (summaries_asked){ .aggregate = "board",
	                                             .group = "['owner']",
	                                             .values = "['count']",
	                                             .filter = "['!=', 'stage', 'new']" }),
		"['owner', 'count']: [[nil, 1], [1, 1]]");
}

/* ---- refusals ---- */

static void assert_refused(store_fixture *f, summaries_asked what, const char *text)
{
	assert_int_equal(summaries_refuse(f, what), CX_INVALID_ARGUMENT);
	assert_string_equal(f->error.text, text);
}

static void bad_words_are_told_with_their_place(void **state)
{
	store_fixture *f = *state;
	assert_refused(f, (summaries_asked){ .group = "['ownr']" },
	               "group, \"ownr\": type deal has no field ownr");
	assert_refused(
		f, (summaries_asked){ .group = "['year(at)']" },
		"group, \"year(at)\": expected \"day\", \"month\" or a field name, found "
		"\"year\" (column 1)");
	assert_refused(f, (summaries_asked){ .group = "['month(owner)']" },
	               "group, \"month(owner)\": day and month are of a ts or a date");
	assert_refused(f, (summaries_asked){ .group = "['memo']" },
	               "group, \"memo\": text, bytes and lists cannot be grouped by");
	assert_refused(f, (summaries_asked){ .group = "['owner', 'owner']" },
	               "group, \"owner\": it is a column twice");
	assert_refused(f, (summaries_asked){ .group = "['essay', 'long']" },
	               "group: the strings to group by are too long together: their fields may "
	               "have about 256 characters");
	assert_refused(f, (summaries_asked){ .group = "'owner'" }, "group: an array of texts");
	assert_refused(f, (summaries_asked){ .group = "[1]" },
	               "group: element 0 is no text, or is longer than 1000 bytes");
	assert_refused(
		f, (summaries_asked){ .values = "['sum(title)']" },
		"values, \"sum(title)\": \"title\" cannot be summed: only fields of kind "
		"int, money, date, ts and bool can (column 5)");
	assert_refused(f, (summaries_asked){ .values = "['max(title)']" },
	               "values, \"max(title)\": only fields of kind int, money, date, ts, bool "
	               "and enum have a least and a greatest value");
	assert_refused(f, (summaries_asked){ .values = "['median(n)']" },
	               "values, \"median(n)\": expected count, sum, avg, min or max, found "
	               "\"median\" (column 1)");
	assert_refused(f, (summaries_asked){ .values = "['count', 'count']" },
	               "values, \"count\": it is asked for twice");
	assert_refused(f, (summaries_asked){ .values = "['sum(n) + 1']" },
	               "values, \"sum(n) + 1\": expected the end, found \"+\" (column 8)");
}

static void an_order_by_what_is_not_there_is_refused(void **state)
{
	store_fixture *f = *state;
	static const char *const orders[] = { "['sum(n)']", "['coun']", "['counts']",
		                              "[' desc']",  "['desc']", "['count down']",
		                              "['']" };
	for (size_t i = 0; i < CX_COUNT_OF(orders); i++) {
		assert_int_equal(summaries_refuse(f, (summaries_asked){ .group = "['owner']",
		                                                        .order = orders[i] }),
		                 CX_INVALID_ARGUMENT);
		assert_non_null(strstr(f->error.text,
		                       "\": it is none of the group's columns or values, with "
		                       "or without \"asc\" or \"desc\""));
	}
	assert_refused(f, (summaries_asked){ .order = "[7]" }, "order: element 0 is no text");
	summaries_show(f, (summaries_asked){ .order = "['count', 'count', 'count', 'count']" });
	assert_refused(
		f,
		(summaries_asked){ .order = "['count', 'count', 'count', 'count', 'count']" },
		"order: an array of at most 4 texts");
}

/* Where the columns give the order the next page goes on behind it all the same. */
static void the_group_a_page_ended_with_may_go(void **state)
{
	store_fixture *f = *state;
	const int64_t id = fixture_create(f, "deal", "{'stage': 'won', 'n': -1}");
	fixture_create(f, "deal", "{'stage': 'won', 'n': 1}");
	static const char *const orders[] = { NULL, "['count', 'n']" };
	uint8_t positions[2][ENGINE_POSITION_BYTES_MAX];
	size_t sizes[2];
	for (int i = 0; i < 2; i++) {
		const summaries_asked what = { .group = "['n']",
			                       .order = orders[i],
			                       .limit = 1 };
		CX_SCOPED(engine_read_end) engine_read *read = NULL;
		CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1 << 20);
		assert_int_equal(engine_read_begin(f->engine, &read), CX_OK);
		const engine_summary_query query = summaries_query(f, &what);
		CX_UNSET engine_summary_page page;
		assert_int_equal(engine_summary_run(read, &query, &out, &page, NULL), CX_OK);
		sizes[i] = page.position_size;
		memcpy(positions[i], page.position, page.position_size);
	}
	fixture_do(f, FIXTURE_DELETE, "deal", id);
	for (int i = 0; i < 2; i++) {
		const summaries_asked what = { .group = "['n']",
			                       .order = orders[i],
			                       .limit = 1 };
		CX_SCOPED(engine_read_end) engine_read *read = NULL;
		CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1 << 20);
		assert_int_equal(engine_read_begin(f->engine, &read), CX_OK);
		engine_summary_query query = summaries_query(f, &what);
		query.after = (cx_slice){ .data = positions[i], .size = sizes[i] };
		CX_UNSET engine_summary_page page;
		assert_int_equal(engine_summary_run(read, &query, &out, &page, NULL),
		                 i == 0 ? CX_OK : CX_CURSOR_STALE);
		if (i == 0)
			assert_true(page.rows == 1 && page.position_size == 0);
	}
}

static void limits_hold_to_the_last_one(void **state)
{
	store_fixture *f = *state;
	summaries_fill(f);
	summaries_show(f,
	               (summaries_asked){ .group = "['stage', 'owner', 'n', 'title', 'on']" });
	assert_refused(
		f, (summaries_asked){ .group = "['stage', 'owner', 'n', 'title', 'on', 'bp']" },
		"group, \"bp\": at most 5 columns make a group");
	static const char sixteen[] =
		"'count', 'count(n)', 'sum(n)', 'avg(n)', 'min(n)', 'max(n)', 'count(bp)', "
		"'sum(bp)', 'avg(bp)', 'min(bp)', 'max(bp)', 'sum(at)', 'avg(at)', 'min(at)', "
		"'max(at)', 'count(at)'";
	char values[400];
	snprintf(values, sizeof values, "[%s]", sixteen);
	summaries_show(f, (summaries_asked){ .values = values });
	snprintf(values, sizeof values, "[%s, 'max(on)']", sixteen);
	assert_refused(f, (summaries_asked){ .values = values },
	               "values, \"max(on)\": a group has at most 16 values");
	summaries_show(f, (summaries_asked){ .limit = ENGINE_GROUPS_MAX });
	assert_refused(f, (summaries_asked){ .limit = ENGINE_GROUPS_MAX + 1 },
	               "limit: at most 10000 groups a page");
}

static void an_aggregate_that_cannot_answer_says_why(void **state)
{
	store_fixture *f = *state;
	assert_refused(f, (summaries_asked){ .aggregate = "board", .group = "['title']" },
	               "aggregate board has no title; without its name all records are read");
	assert_refused(f,
	               (summaries_asked){ .aggregate = "board", .values = "['avg(amount)']" },
	               "aggregate board has no avg(amount); without its name all records are "
	               "read");
	assert_refused(
		f, (summaries_asked){ .aggregate = "board", .filter = "['=', 'title', 'x']" },
		"aggregate board cannot answer this filter: it may be about its group "
		"columns; without its name all records are read");
	assert_refused(f, (summaries_asked){ .aggregate = "of_others" },
	               "aggregate of_others is of type other, not deal");
	assert_refused(f, (summaries_asked){ .aggregate = "board", .index = "owner" },
	               "an aggregate has no index: leave out one of the two");
}

static void a_term_beyond_the_limit_is_refused_not_wrapped(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "deal", "{'stage': 'won', 'n': 9223372036854775807, 'bp': 256}");
	assert_string_equal(summaries_show(f, (summaries_asked){ .values = "['sum(n * bp)']" }),
	                    "['sum(n * bp)']: [['2361183241434822606592']]");
	fixture_create(f, "deal", "{'stage': 'won', 'n': 9223372036854775807, 'bp': 257}");
	assert_refused(f, (summaries_asked){ .values = "['sum(n * bp)']" },
	               "deal: n * bp is beyond ±2^71, more than a sum over records takes");
}

static void a_continuation_of_another_question_is_stale(void **state)
{
	store_fixture *f = *state;
	summaries_fill(f);
	CX_SCOPED(engine_read_end) engine_read *read = NULL;
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1 << 20);
	assert_int_equal(engine_read_begin(f->engine, &read), CX_OK);
	summaries_asked what = { .group = "['owner']", .limit = 1 };
	engine_summary_query query = summaries_query(f, &what);
	CX_UNSET engine_summary_page page;
	assert_int_equal(engine_summary_run(read, &query, &out, &page, NULL), CX_OK);
	assert_true(page.position_size > 8 && page.groups == 3);
	const cx_slice position = { .data = page.position, .size = page.position_size };
	what.group = "['n']";
	query = summaries_query(f, &what);
	CX_UNSET engine_summary_page other;
	for (size_t size = 1; size <= position.size; size++) {
		query.after = wire_exact((cx_slice){ .data = position.data, .size = size });
		assert_int_equal(engine_summary_run(read, &query, &out, &other, NULL),
		                 CX_CURSOR_STALE);
	}
}

static void more_groups_than_the_limit_are_refused(void **state)
{
	store_fixture *f = *state;
	static const char sixteen[] =
		"['count', 'count(n)', 'sum(n)', 'avg(n)', 'min(n)', 'max(n)', 'count(id)', "
		"'sum(id)', 'avg(id)', 'min(id)', 'max(id)', 'count(rev)', 'sum(rev)', "
		"'avg(rev)', 'min(rev)', 'max(rev)']";
	fixture_begin(f);
	char fields[40];
	for (int i = 0; i < ENGINE_SUMMARY_GROUPS_MAX; i++) {
		snprintf(fields, sizeof fields, "{'n': %d}", i);
		fixture_create(f, "other", fields);
	}
	fixture_commit(f);
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1 << 20);
	engine_summary_query query = { .records = { .type = fixture_type(f, "other"),
		                                    .allow_scan = true },
		                       .group = wire("['id']"),
		                       .values = wire(sixteen),
		                       .limit = 1 };
	CX_UNSET engine_summary_page page;
	{
		CX_SCOPED(engine_read_end) engine_read *read = NULL;
		assert_int_equal(engine_read_begin(f->engine, &read), CX_OK);
		assert_int_equal(engine_summary_run(read, &query, &out, &page, NULL), CX_OK);
		assert_int_equal(page.groups, ENGINE_SUMMARY_GROUPS_MAX);
		query.records.allow_scan = false;
		assert_int_equal(engine_summary_run(read, &query, &out, &page, &f->error),
		                 CX_FULL_SCAN_REFUSED);
		query.records.allow_scan = true;
		query.records.deadline_ns = 1;
		assert_int_equal(engine_summary_run(read, &query, &out, &page, &f->error),
		                 CX_DEADLINE);
		query.records.deadline_ns = 0;
	}
	fixture_create(f, "other", "{'n': -1}");
	CX_SCOPED(engine_read_end) engine_read *read = NULL;
	assert_int_equal(engine_read_begin(f->engine, &read), CX_OK);
	assert_int_equal(engine_summary_run(read, &query, &out, &page, &f->error),
	                 CX_TOO_LARGE);
	assert_string_equal(f->error.text,
	                    "these records make more than 50000 groups: filter more, or group "
	                    "by fewer columns or by month()");
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, summaries_setup, summaries_teardown)

static uint64_t rows_fetched(store_fixture *f, summaries_asked what)
{
	CX_SCOPED(engine_read_end) engine_read *read = NULL;
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1 << 20);
	CX_UNSET engine_summary_page page;
	const engine_summary_query query = summaries_query(f, &what);
	assert_int_equal(engine_read_begin(f->engine, &read), CX_OK);
	assert_int_equal(engine_summary_run(read, &query, &out, &page, NULL), CX_OK);
	assert_int_equal(page.groups, 2);
	assert_int_equal(page.keys_scanned, 3);
	return page.rows_fetched;
}

static void what_an_index_holds_is_read_from_its_keys(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "deal", "{'stage': 'won', 'owner': 1, 'amount': 5}");
	fixture_create(f, "deal", "{'stage': 'won', 'owner': 2, 'amount': 6}");
	fixture_create(f, "deal", "{'stage': 'lost', 'owner': 2, 'amount': 7}");
	summaries_asked what = { .group = "['stage']",
		                 .values = "['count', 'sum(amount)', 'max(amount)']",
		                 .index = "stage,amount" };
	assert_int_equal(rows_fetched(f, what), 0);
	assert_string_equal(summaries_show(f, what),
	                    "['stage', 'count', 'sum(amount)', 'max(amount)']: "
	                    "[['won', 2, 11, 6], ['lost', 1, 7, 7]]");
	what.values = "['sum(bp)']";
	assert_int_equal(rows_fetched(f, what), 3);
	what = (summaries_asked){ .group = "['owner']",
		                  .values = "['count']",
		                  .index = "owner" };
	assert_int_equal(rows_fetched(f, what), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(without_columns_all_records_are_one_group),
		WITH(null_is_a_group_and_comes_first),
		WITH(an_average_is_rounded_halves_away_from_zero),
		WITH(a_sum_beyond_64_bits_is_a_text_of_digits),
		WITH(days_and_months_are_those_of_the_time_zone),
		WITH(pages_concatenate),
		WITH(an_order_takes_columns_and_values),
		WITH(groups_answer_what_they_hold),
		WITH(an_average_of_what_may_be_null_is_not_read_from_groups),
		WITH(an_aggregate_asked_by_name_brings_its_own_words),
		WITH(bad_words_are_told_with_their_place),
		WITH(an_order_by_what_is_not_there_is_refused),
		WITH(the_group_a_page_ended_with_may_go),
		WITH(limits_hold_to_the_last_one),
		WITH(an_aggregate_that_cannot_answer_says_why),
		WITH(a_term_beyond_the_limit_is_refused_not_wrapped),
		WITH(a_continuation_of_another_question_is_stale),
		WITH(more_groups_than_the_limit_are_refused),
		WITH(what_an_index_holds_is_read_from_its_keys),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
