/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that wait: what goes out is the request, and what comes back is the answer or the
 * server's error. */
#include "client/cardex_trade.h"
#include "tests/client/fake.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <string.h>

static const char customer_page[] =
	"[65537, ['id', 'name', 'active'], [[5, 'Acme', true], [6, nil]], h'01ff', 'limit', "
	"{'seq': 9, 'count': 41, 'keys': 3, 'fetched': 2}]";

static void connecting_says_hello(void **state)
{
	(void)state;
	fake server;
	const cardex_options options = { .client_name = "shop" };
	fake_open(&server, NULL, &options);
	const cardex_value *hello = cardex_hello(server.conn);
	assert_string_equal(cardex_value_text(cardex_value_member(hello, "version")), "9.9.9");
	assert_int_equal(cardex_unanswered(server.conn), 0);
	fake_close(&server);
	assert_null(server.conn);
}

static void assert_asked(fake *server, const char *expected)
{
	assert_string_equal(fake_request(server, NULL), expected);
}

static void a_record_is_got_and_its_layout_remembered(void **state)
{
	(void)state;
	fake server;
	fake_open(&server, NULL, NULL);
	CX_SCOPED(cardex_result_free) cardex_result *first = NULL;
	fake_answer(&server, "[65537, ['id', 'name'], [5, 'Acme']]");
	assert_int_equal(cardex_get(server.conn, "customer", 5, &first, NULL), CARDEX_OK);
	assert_asked(&server, "'get', ['customer', 5]");

	CX_SCOPED(cardex_result_free) cardex_result *second = NULL;
	fake_answer(&server, "[65537, nil, [6, 'Beta']]");
	assert_int_equal(cardex_get(server.conn, "customer", 6, &second, NULL), CARDEX_OK);
	assert_asked(&server, "'get', ['customer', 6, {'layout': 65537}]");
	fake_close(&server);

	/* Results outlive their connection. */
	assert_string_equal(cardex_row_text(cardex_row_at(first, 0), "name"), "Acme");
	assert_string_equal(cardex_row_text(cardex_row_at(second, 0), "name"), "Beta");
	assert_int_equal(cardex_row_count(second), 1);
}

static void a_new_layout_replaces_the_old(void **state)
{
	(void)state;
	fake server;
	fake_open(&server, NULL, NULL);
	const char *const answers[] = { "[1, ['id'], [5]]", "[2, ['id', 'name'], [5, 'a']]",
		                        "[2, nil, [5, 'b']]" };
	const char *const asked[] = { "'get', ['t', 5]", "'get', ['t', 5, {'layout': 1}]",
		                      "'get', ['t', 5, {'layout': 2}]" };
	for (size_t i = 0; i < 3; i++) {
		CX_SCOPED(cardex_result_free) cardex_result *result = NULL;
		fake_answer(&server, answers[i]);
		assert_int_equal(cardex_get(server.conn, "t", 5, &result, NULL), CARDEX_OK);
		assert_asked(&server, asked[i]);
		assert_int_equal(cardex_column_count(result), i == 0 ? 1 : 2);
	}
	fake_close(&server);
}

static void a_write_says_whose_it_is(void **state)
{
	(void)state;
	fake server;
	fake_open(&server, NULL, NULL);
	CX_SCOPED(cardex_doc_free) cardex_doc *fields = cardex_fields_new();
	cardex_set_text(fields, "name", "A");
	CX_SCOPED(cardex_result_free) cardex_result *result = NULL;
	const cardex_request create = { .method = CARDEX_METHOD_CREATE,
		                        .type = "team",
		                        .fields = fields,
		                        .rid_sender = "till-3",
		                        .rid_number = 41 };
	fake_answer(&server, "[1, 1, 9, 1, true]");
	assert_int_equal(cardex_call(server.conn, &create, &result, NULL), CARDEX_OK);
	assert_asked(&server, "'create', ['team', {'name': 'A'}, {'rid': ['till-3', 41]}]");

	const cardex_trade_options options = { .rid_sender = "till-3", .rid_number = 42 };
	fake_answer(&server, "[1, 1, 9, 1, true]");
	assert_int_equal(cardex_convert(server.conn, 7, NULL, NULL, 0, &options, NULL, NULL),
	                 CARDEX_OK);
	assert_asked(&server, "'convert', [7, {}, {'rid': ['till-3', 42]}]");
	fake_close(&server);
}

static void chosen_columns_are_not_remembered(void **state)
{
	(void)state;
	fake server;
	fake_open(&server, NULL, NULL);
	CX_SCOPED(cardex_result_free) cardex_result *result = NULL;
	const cardex_request request = { .method = CARDEX_METHOD_GET,
		                         .type = "customer",
		                         .id = 5,
		                         .columns = " name ,id",
		                         .deleted = true };
	fake_answer(&server, "[65537, ['name', 'id'], ['Acme', 5]]");
	assert_int_equal(cardex_call(server.conn, &request, &result, NULL), CARDEX_OK);
	assert_asked(&server,
	             "'get', ['customer', 5, {'fields': ['name', 'id'], 'deleted': true}]");
	cardex_result_free(&result);
	fake_answer(&server, "[65537, ['id', 'name'], [5, 'Acme']]");
	assert_int_equal(cardex_get(server.conn, "customer", 5, &result, NULL), CARDEX_OK);
	assert_asked(&server, "'get', ['customer', 5]");
	fake_close(&server);
}

static void a_known_layout_is_told_only_for_whole_rows(void **state)
{
	(void)state;
	fake server;
	fake_open(&server, NULL, NULL);
	CX_SCOPED(cardex_result_free) cardex_result *result = NULL;
	fake_answer(&server, "[1, ['id', 'name'], [5, 'Acme']]");
	assert_int_equal(cardex_get(server.conn, "t", 5, &result, NULL), CARDEX_OK);
	(void)fake_request(&server, NULL);
	cardex_result_free(&result);
	const cardex_request request = {
		.method = CARDEX_METHOD_GET, .type = "t", .id = 5, .columns = "id"
	};
	fake_answer(&server, "[1, ['id'], [5]]");
	assert_int_equal(cardex_call(server.conn, &request, &result, NULL), CARDEX_OK);
	assert_asked(&server, "'get', ['t', 5, {'fields': ['id']}]");
	cardex_result_free(&result);

	/* Names left out under a number that was not told fit nothing. */
	fake_answer(&server, "[2, nil, [5, 'Acme']]");
	assert_int_equal(cardex_get(server.conn, "t", 5, &result, NULL), CARDEX_MALFORMED);
	assert_asked(&server, "'get', ['t', 5, {'layout': 1}]");
	fake_close(&server);
}

static void a_lookup_sends_its_values(void **state)
{
	(void)state;
	fake server;
	fake_open(&server, NULL, NULL);
	CX_SCOPED(cardex_doc_free) cardex_doc *values = cardex_list_new();
	cardex_add_text(values, "91330100");
	CX_SCOPED(cardex_result_free) cardex_result *result = NULL;
	fake_answer(&server, "[1, ['id'], [5]]");
	assert_int_equal(
		cardex_lookup(server.conn, "customer", "tax_id", values, &result, NULL),
		CARDEX_OK);
	assert_asked(&server, "'lookup', ['customer', 'tax_id', ['91330100']]");
	fake_close(&server);
}

static void check_page(const cardex_result *page)
{
	const cardex_page *info = cardex_result_page(page);
	assert_true(info->more);
	assert_string_equal(info->reason, "limit");
	assert_memory_equal(info->after, "\x01\xff", info->after_size);
	assert_int_equal(info->seq, 9);
	assert_int_equal(info->count, 41);
	assert_int_equal(info->keys, 3);
	assert_int_equal(info->fetched, 2);
	assert_int_equal(cardex_row_count(page), 2);
	assert_int_equal(cardex_column_count(page), 3);
	assert_string_equal(cardex_column_name(page, 1), "name");
	assert_null(cardex_column_name(page, 3));
	assert_int_equal(cardex_column_of(page, "active"), 2);
	assert_int_equal(cardex_column_of(page, "activ"), -1);
	assert_null(cardex_row_at(page, 2));
}

static void check_rows(const cardex_result *page)
{
	const cardex_row *row = cardex_row_at(page, 0);
	assert_int_equal(cardex_row_int(row, "id"), 5);
	assert_string_equal(cardex_row_text(row, "name"), "Acme");
	assert_true(cardex_row_bool(row, "active"));
	row = cardex_row_at(page, 1);
	assert_true(cardex_row_is_null(row, "name"));
	assert_null(cardex_row_text(row, "name"));
	/* The row is of an older layout and ends before the column. */
	assert_true(cardex_row_is_null(row, "active"));
	assert_false(cardex_row_bool(row, "active"));
	assert_non_null(cardex_row_column(row, 2));
	assert_null(cardex_row_column(row, 3));
	assert_null(cardex_result_misread(page));
}

static void a_query_sends_its_options_and_reads_its_page(void **state)
{
	(void)state;
	fake server;
	fake_open(&server, NULL, NULL);
	CX_SCOPED(cardex_doc_free) cardex_doc *filter = NULL;
	assert_int_equal(cardex_filter_parse("owner = 7", NULL, &filter, NULL), CARDEX_OK);
	const cardex_request request = {
		.type = "customer",
		.filter = filter,
		.order = "order_base  desc,id",
		.limit = 2,
		.after = "\1",
		.after_size = 1,
		.use_index = "owner",
		.allow_scan = true,
		.with_count = true,
		.deadline_ms = 250,
	};
	CX_SCOPED(cardex_result_free) cardex_result *page = NULL;
	fake_answer(&server, customer_page);
	assert_int_equal(cardex_query(server.conn, &request, &page, NULL), CARDEX_OK);
	assert_asked(&server, "'query', ['customer', {'filter': ['=', 'owner', 7], "
	                      "'order': ['order_base desc', 'id'], 'limit': 2, 'after': h'01', "
	                      "'allow_scan': true, 'use_index': 'owner', 'count': true, "
	                      "'deadline_ms': 250}]");
	check_page(page);
	check_rows(page);
	fake_close(&server);
}

static void a_search_gives_its_hits_in_order(void **state)
{
	(void)state;
	fake server;
	fake_open(&server, NULL, NULL);
	const cardex_request request = { .text = "华东 acme",
		                         .types = "customer, contact",
		                         .columns = "name",
		                         .limit = 2,
		                         .highlights = true };
	CX_SCOPED(cardex_result_free) cardex_result *result = NULL;
	fake_answer(&server, "[[{'type': 'contact', 'id': 7, 'match': 'exact', 'recent': -5, "
	                     "'fields': {'name': 'Acme'}, 'highlights': {'name': [[0, 4]]}}, "
	                     "{'type': 'customer', 'id': 8, 'match': 'inside', 'recent': 9, "
	                     "'fields': {}}], 'limit', {'seq': 3, 'found': 40, 'keys': 50, "
	                     "'fetched': 60}]");
	assert_int_equal(cardex_search(server.conn, &request, &result, NULL), CARDEX_OK);
	assert_asked(&server, "'search', ['华东 acme', {'fields': ['name'], 'limit': 2, "
	                      "'types': ['customer', 'contact'], 'highlights': true}]");
	const cardex_hits *hits = cardex_result_hits(result);
	assert_non_null(hits);
	assert_int_equal(hits->count, 2);
	assert_string_equal(hits->end, "limit");
	assert_true(hits->seq == 3 && hits->found == 40);
	assert_true(hits->keys == 50 && hits->fetched == 60);
	cardex_hit hit;
	assert_true(cardex_result_hit(result, 0, &hit));
	assert_string_equal(hit.type, "contact");
	assert_true(hit.id == 7 && hit.recent_ms == -5);
	assert_string_equal(hit.match, "exact");
	assert_string_equal(cardex_value_text(cardex_value_member(hit.fields, "name")), "Acme");
	assert_int_equal(cardex_value_count(cardex_value_member(hit.highlights, "name")), 1);
	assert_true(cardex_result_hit(result, 1, &hit));
	assert_null(hit.highlights);
	assert_false(cardex_result_hit(result, 2, &hit));
	assert_int_equal(hit.id, 8); /* untouched */
	assert_null(cardex_result_page(result));
	fake_close(&server);
}

static void hits_without_their_form_are_malformed(void **state)
{
	(void)state;
	static const char *const answers[] = {
		"[]",
		"[[], 'done']",
		"[[], 7, {}]",
		"[{}, 'done', {}]",
		"[[7], 'done', {}]",
		"[[{'type': 'a', 'id': 1, 'match': 'exact', 'recent': 1}], 'done', {}]",
		"[[{'type': 'a', 'id': -1, 'match': 'exact', 'recent': 1, 'fields': {}}], "
		"'done', {}]",
		"[[{'type': 'a', 'id': 1, 'match': 'exact', 'recent': 1, 'fields': {}, "
		"'highlights': []}], 'done', {}]",
	};
	for (size_t i = 0; i < CX_COUNT_OF(answers); i++) {
		fake server;
		fake_open(&server, NULL, NULL);
		const cardex_request request = { .text = "x" };
		cardex_result *result = NULL;
		fake_answer(&server, answers[i]);
		assert_int_equal(cardex_search(server.conn, &request, &result, NULL),
		                 CARDEX_MALFORMED);
		assert_null(result);
		fake_close(&server);
	}
}

static void pages_follow_each_other(void **state)
{
	(void)state;
	fake server;
	fake_open(&server, NULL, NULL);
	const cardex_request request = { .type = "customer", .limit = 2 };
	cardex_result *page = NULL;
	fake_answer(&server, customer_page);
	assert_int_equal(cardex_query(server.conn, &request, &page, NULL), CARDEX_OK);
	assert_asked(&server, "'query', ['customer', {'limit': 2}]");

	cardex_error error;
	fake_refuse(&server, "'BUSY: later'");
	assert_int_equal(cardex_next(server.conn, &page, &error), CARDEX_BUSY);
	assert_int_equal(cardex_row_count(page), 2); /* the page stays */
	(void)fake_request(&server, NULL);

	fake_answer(&server, "[65537, nil, [[7, 'C', false]], nil, 'done', {'seq': 9}]");
	assert_int_equal(cardex_next(server.conn, &page, &error), CARDEX_OK);
	assert_asked(&server, "'query', ['customer', {'layout': 65537, 'limit': 2, "
	                      "'after': h'01ff'}]");
	assert_false(cardex_result_page(page)->more);
	assert_int_equal(cardex_result_page(page)->count, -1);
	assert_int_equal(cardex_row_int(cardex_row_at(page, 0), "id"), 7);
	assert_int_equal(cardex_next(server.conn, &page, &error), CARDEX_INVALID_ARGUMENT);
	assert_non_null(page);
	cardex_result_free(&page);
	fake_close(&server);
}

static void a_plan_is_a_map(void **state)
{
	(void)state;
	fake server;
	fake_open(&server, NULL, NULL);
	const cardex_request request = { .type = "customer",
		                         .explain = CARDEX_EXPLAIN_REJECTED };
	CX_SCOPED(cardex_result_free) cardex_result *plan = NULL;
	fake_answer(&server, "{'plan': 'scan'}");
	assert_int_equal(cardex_query(server.conn, &request, &plan, NULL), CARDEX_OK);
	assert_asked(&server, "'query', ['customer', {'explain': 1}]");
	assert_null(cardex_result_page(plan));
	assert_int_equal(cardex_row_count(plan), 0);
	assert_int_equal(cardex_column_count(plan), 0);
	const cardex_value *root = cardex_result_value(plan);
	assert_string_equal(cardex_value_text(cardex_value_member(root, "plan")), "scan");
	fake_close(&server);
}

static void count_and_ping_give_one_value(void **state)
{
	(void)state;
	fake server;
	fake_open(&server, NULL, NULL);
	uint64_t count = 0;
	fake_answer(&server, "41");
	assert_int_equal(cardex_count(server.conn, "customer", NULL, &count, NULL), CARDEX_OK);
	assert_int_equal(count, 41);
	assert_asked(&server, "'count', ['customer', nil]");
	fake_answer(&server, "'pong'");
	assert_int_equal(cardex_ping(server.conn, NULL), CARDEX_OK);
	assert_asked(&server, "'ping', []");
	fake_close(&server);
}

static void writes_give_their_outcome(void **state)
{
	(void)state;
	fake server;
	fake_open(&server, NULL, NULL);
	CX_SCOPED(cardex_doc_free) cardex_doc *fields = cardex_fields_new();
	cardex_set_text(fields, "name", "Acme");
	cardex_outcome got = { 0 };
	fake_answer(&server, "[5, 1, 77, 1, true]");
	assert_int_equal(cardex_create(server.conn, "t", fields, &got, NULL), CARDEX_OK);
	assert_asked(&server, "'create', ['t', {'name': 'Acme'}]");
	assert_true(got.id == 5 && got.rev == 1 && got.seq == 77 && got.affected == 1);
	assert_true(got.created);

	fake_answer(&server, "[5, 2, 78, 4, false]");
	assert_int_equal(cardex_update(server.conn, "t", 5, fields, &got, NULL), CARDEX_OK);
	assert_asked(&server, "'update', ['t', 5, {'name': 'Acme'}]");
	assert_true(got.rev == 2 && got.affected == 4 && !got.created);

	fake_answer(&server, "[5, 2, 78, 1, false]");
	assert_int_equal(cardex_upsert(server.conn, "t", "ext_id", fields, NULL, NULL),
	                 CARDEX_OK);
	assert_asked(&server, "'upsert', ['t', 'ext_id', {'name': 'Acme'}]");
	fake_answer(&server, "[5, 3, 79, 1, false]");
	assert_int_equal(cardex_delete(server.conn, "t", 5, &got, NULL), CARDEX_OK);
	assert_asked(&server, "'delete', ['t', 5]");
	fake_answer(&server, "[5, 4, 80, 1, false]");
	assert_int_equal(cardex_undelete(server.conn, "t", 5, &got, NULL), CARDEX_OK);
	assert_asked(&server, "'undelete', ['t', 5]");
	fake_answer(&server, "[5, 0, 81, 1, false]");
	assert_int_equal(cardex_purge(server.conn, "t", 5, &got, NULL), CARDEX_OK);
	assert_asked(&server, "'purge', ['t', 5]");
	assert_int_equal(got.rev, 0);

	const cardex_request guarded = {
		.method = CARDEX_METHOD_DELETE, .type = "t", .id = 5, .if_rev = 3
	};
	CX_SCOPED(cardex_result_free) cardex_result *result = NULL;
	fake_answer(&server, "[5, 4, 80, 1, false]");
	assert_int_equal(cardex_call(server.conn, &guarded, &result, NULL), CARDEX_OK);
	assert_asked(&server, "'delete', ['t', 5, {'if_rev': 3}]");
	assert_true(cardex_result_outcome(result, 0, &got));
	assert_false(cardex_result_outcome(result, 1, &got));
	fake_close(&server);
}

static void a_batch_gives_an_outcome_for_each_operation(void **state)
{
	(void)state;
	fake server;
	fake_open(&server, NULL, NULL);
	CX_SCOPED(cardex_doc_free) cardex_doc *fields = cardex_fields_new();
	CX_SCOPED(cardex_batch_free) cardex_batch *batch = cardex_batch_new();
	const cardex_request create = { .method = CARDEX_METHOD_CREATE,
		                        .type = "customer",
		                        .fields = fields };
	cardex_set_text(fields, "name", "A");
	size_t first = cardex_batch_add(batch, &create);
	assert_int_equal(first, 0);
	CX_SCOPED(cardex_doc_free) cardex_doc *contact = cardex_fields_new();
	cardex_set_outcome(contact, "customer", first);
	cardex_request request = create;
	request.type = "contact";
	request.fields = contact;
	assert_int_equal(cardex_batch_add(batch, &request), 1);
	const cardex_request drop = { .method = CARDEX_METHOD_DELETE,
		                      .type = "customer",
		                      .id = 0,
		                      .id_is_outcome = true };
	assert_int_equal(cardex_batch_add(batch, &drop), 2);
	assert_int_equal(cardex_batch_status(batch, NULL), CARDEX_OK);

	CX_SCOPED(cardex_result_free) cardex_result *result = NULL;
	fake_answer(&server, "[[5, 1, 7, 1, true], [9, 1, 7, 1, true], [5, 2, 7, 2, false]]");
	assert_int_equal(cardex_batch_run(server.conn, batch, &result, NULL), CARDEX_OK);
	assert_asked(&server, "'batch', [[['create', 'customer', {'name': 'A'}], "
	                      "['create', 'contact', {'customer': {'$': 0}}], "
	                      "['delete', 'customer', {'$': 0}]]]");
	cardex_outcome outcome;
	assert_true(cardex_result_outcome(result, 1, &outcome));
	assert_int_equal(outcome.id, 9);
	assert_true(cardex_result_outcome(result, 2, &outcome));
	assert_false(cardex_result_outcome(result, 3, &outcome));
	fake_close(&server);
}

static void a_bad_operation_spoils_the_batch(void **state)
{
	(void)state;
	fake server;
	fake_open(&server, NULL, NULL);
	const cardex_request bad[] = {
		{ .method = CARDEX_METHOD_GET, .type = "t", .id = 1 },
		{ .method = CARDEX_METHOD_BATCH },
		{ .method = CARDEX_METHOD_CREATE, .type = "t" },
		{ .method = CARDEX_METHOD_DELETE, .type = "t", .id = 0, .id_is_outcome = true },
	};
	for (size_t i = 0; i < CX_COUNT_OF(bad); i++) {
		CX_SCOPED(cardex_batch_free) cardex_batch *batch = cardex_batch_new();
		cardex_error error;
		(void)cardex_batch_add(batch, &bad[i]);
		assert_int_equal(cardex_batch_status(batch, &error), CARDEX_INVALID_ARGUMENT);
		assert_non_null(strstr(error.message, "operation 0: "));
		assert_int_equal(cardex_batch_run(server.conn, batch, NULL, NULL),
		                 CARDEX_INVALID_ARGUMENT);
	}
	cardex_error error;
	assert_int_equal(cardex_batch_status(NULL, &error), CARDEX_NO_MEMORY);
	assert_int_equal(cardex_batch_run(server.conn, NULL, NULL, &error),
	                 CARDEX_INVALID_ARGUMENT);
	fake_close(&server);
}

static void a_batch_has_at_most_ten_thousand_operations(void **state)
{
	(void)state;
	CX_SCOPED(cardex_batch_free) cardex_batch *batch = cardex_batch_new();
	const cardex_request drop = { .method = CARDEX_METHOD_DELETE, .type = "t", .id = 1 };
	for (size_t i = 0; i < 10000; i++)
		assert_int_equal(cardex_batch_add(batch, &drop), i);
	assert_int_equal(cardex_batch_status(batch, NULL), CARDEX_OK);
	(void)cardex_batch_add(batch, &drop);
	assert_int_equal(cardex_batch_status(batch, NULL), CARDEX_TOO_LARGE);
}

static void stats_and_check_are_maps(void **state)
{
	(void)state;
	fake server;
	fake_open(&server, NULL, NULL);
	CX_SCOPED(cardex_result_free) cardex_result *stats = NULL;
	fake_answer(&server, "{'seq': 3, 'records': {'customer': 2}}");
	assert_int_equal(cardex_stats(server.conn, &stats, NULL), CARDEX_OK);
	assert_asked(&server, "'stats', []");
	const cardex_value *records =
		cardex_value_member(cardex_result_value(stats), "records");
	assert_int_equal(cardex_value_count(records), 1);
	assert_string_equal(cardex_value_text(cardex_value_key(records, 0)), "customer");
	assert_int_equal(cardex_value_int(cardex_value_at(records, 0)), 2);

	CX_SCOPED(cardex_result_free) cardex_result *check = NULL;
	fake_answer(&server, "{'findings': 0}");
	assert_int_equal(cardex_check(server.conn, &check, NULL), CARDEX_OK);
	assert_asked(&server, "'check', []");
	fake_close(&server);
}

static void the_servers_error_comes_through(void **state)
{
	(void)state;
	fake server;
	fake_open(&server, NULL, NULL);
	cardex_result *result = NULL;
	cardex_error error;
	fake_refuse(&server, "{'code': 402, 'name': 'UNIQUE', 'message': 'taken', "
	                     "'retryable': false, 'details': {'field': 'f', 'index': 'i'}}");
	assert_int_equal(cardex_get(server.conn, "t", 1, &result, &error), CARDEX_UNIQUE);
	assert_null(result);
	assert_string_equal(error.message, "taken");
	assert_string_equal(error.field, "f");
	assert_string_equal(error.index, "i");
	assert_false(error.retryable);
	fake_refuse(&server, "'NOT_FOUND: t 1'");
	assert_int_equal(cardex_get(server.conn, "t", 1, &result, &error), CARDEX_NOT_FOUND);
	assert_string_equal(error.message, "t 1");
	fake_refuse(&server,
	            "{'code': 599, 'name': 'QUOTA', 'message': 'm', 'retryable': true}");
	assert_int_equal(cardex_get(server.conn, "t", 1, &result, &error), CARDEX_INTERNAL);
	assert_string_equal(error.message, "QUOTA: m");
	assert_true(error.retryable);
	fake_answer(&server, "'pong'");
	assert_int_equal(cardex_ping(server.conn, &error), CARDEX_OK);
	fake_close(&server);
}

static const struct {
	cardex_request request;
	const char *says;
} incomplete[] = {
	{ { .type = "t" }, "the method is missing" },
	{ { .method = (cardex_method)99 }, "the method is missing" },
	{ { .method = CARDEX_METHOD_GET }, "the type is missing" },
	{ { .method = CARDEX_METHOD_LOOKUP, .type = "t" }, "the index is missing" },
	{ { .method = CARDEX_METHOD_LOOKUP, .type = "t", .index = "i" }, "values is missing" },
	{ { .method = CARDEX_METHOD_CREATE, .type = "t" }, "fields is missing" },
	{ { .method = CARDEX_METHOD_BATCH }, "batch is missing" },
	{ { .method = CARDEX_METHOD_GET, .type = "t", .id_is_outcome = true }, "in a batch" },
	{ { .method = CARDEX_METHOD_QUERY, .type = "t", .order = "a,,b" }, "order: a name" },
	{ { .method = CARDEX_METHOD_QUERY, .type = "t", .columns = " " }, "columns: a name" },
};

static void an_incomplete_request_is_not_sent(void **state)
{
	(void)state;
	fake server;
	fake_open(&server, NULL, NULL);
	for (size_t i = 0; i < CX_COUNT_OF(incomplete); i++) {
		cardex_result *result = NULL;
		cardex_error error;
		assert_int_equal(
			cardex_call(server.conn, &incomplete[i].request, &result, &error),
			CARDEX_INVALID_ARGUMENT);
		if (strstr(error.message, incomplete[i].says) == NULL)
			fail_msg("%s", error.message);
	}
	assert_int_equal(cardex_unanswered(server.conn), 0);
	fake_close(&server);
}

/* A list with `items` elements as a value of a created record. */
static cardex_status create_list(fake *server, int items, unsigned depth, cardex_error *error)
{
	CX_SCOPED(cardex_doc_free) cardex_doc *list = cardex_list_new();
	for (int i = 0; i < items; i++)
		cardex_add_int(list, 1);
	for (unsigned i = 1; i < depth; i++) {
		cardex_doc *outer = cardex_list_new();
		cardex_add_list(outer, list);
		cardex_doc_free(&list);
		list = outer;
	}
	CX_SCOPED(cardex_doc_free) cardex_doc *fields = cardex_fields_new();
	cardex_set_list(fields, "l", list);
	return cardex_create(server->conn, "t", fields, NULL, error);
}

static void a_request_over_the_servers_limits_is_not_sent(void **state)
{
	(void)state;
	fake server;
	fake_open(&server,
	          "{'protocol': 1, 'limits': {'request_bytes': 500, 'request_items': 100, "
	          "'request_depth': 6}}",
	          NULL);
	static const char filler[500];
	CX_SCOPED(cardex_doc_free) cardex_doc *fields = cardex_fields_new();
	cardex_set_bytes(fields, "b", filler, sizeof filler);
	cardex_error error;
	assert_int_equal(cardex_create(server.conn, "t", fields, NULL, &error),
	                 CARDEX_TOO_LARGE);
	/* [0, id, "create", ["t", {"l": [...]}]]: nine items and three levels are around. */
	assert_int_equal(create_list(&server, 92, 1, &error), CARDEX_TOO_LARGE);
	assert_int_equal(create_list(&server, 1, 4, &error), CARDEX_TOO_DEEP);
	server.calls += 3; /* the refused requests took a msgid each */
	fake_answer(&server, "[1, 1, 1, 1, true]");
	assert_int_equal(create_list(&server, 91, 1, &error), CARDEX_OK);
	fake_answer(&server, "[1, 1, 1, 1, true]");
	assert_int_equal(create_list(&server, 1, 3, &error), CARDEX_OK);
	assert_int_equal(cardex_unanswered(server.conn), 0);
	fake_close(&server);
}

static void a_failed_document_fails_its_request(void **state)
{
	(void)state;
	fake server;
	fake_open(&server, NULL, NULL);
	CX_SCOPED(cardex_doc_free) cardex_doc *list = cardex_list_new();
	CX_SCOPED(cardex_doc_free) cardex_doc *fields = cardex_fields_new();
	cardex_add_int(fields, 1);
	cardex_error error;
	assert_int_equal(cardex_create(server.conn, "t", fields, NULL, &error),
	                 CARDEX_INVALID_ARGUMENT);
	assert_int_equal(cardex_create(server.conn, "t", list, NULL, &error),
	                 CARDEX_INVALID_ARGUMENT);
	fake_close(&server);
}

static void misread_columns_are_remembered(void **state)
{
	(void)state;
	fake server;
	fake_open(&server, NULL, NULL);
	CX_SCOPED(cardex_result_free) cardex_result *result = NULL;
	fake_answer(&server, "[1, ['id', 'name', 'photo'], [5, 'Acme', h'00ff']]");
	assert_int_equal(cardex_get(server.conn, "t", 5, &result, NULL), CARDEX_OK);
	const cardex_row *row = cardex_row_at(result, 0);
	size_t size = 0;
	assert_memory_equal(cardex_row_bytes(row, "photo", &size), "\0\377", 2);
	assert_int_equal(size, 2);
	assert_null(cardex_result_misread(result));
	assert_int_equal(cardex_row_int(row, "name"), 0);
	assert_string_equal(cardex_result_misread(result),
	                    "column \"name\" is text and was read as an integer");
	assert_null(cardex_row_text(row, "nmae")); /* the first one stays */
	assert_non_null(strstr(cardex_result_misread(result), "\"name\""));
	fake_close(&server);

	fake_open(&server, NULL, NULL);
	cardex_result_free(&result);
	fake_answer(&server, "[1, ['id'], [5]]");
	assert_int_equal(cardex_get(server.conn, "t", 5, &result, NULL), CARDEX_OK);
	assert_true(cardex_row_is_null(cardex_row_at(result, 0), "nmae"));
	assert_string_equal(cardex_result_misread(result), "the rows have no column \"nmae\"");
	assert_null(cardex_row_value(cardex_row_at(result, 0), "nmae"));
	fake_close(&server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_write_says_whose_it_is),
		cmocka_unit_test(connecting_says_hello),
		cmocka_unit_test(a_search_gives_its_hits_in_order),
		cmocka_unit_test(hits_without_their_form_are_malformed),
		cmocka_unit_test(a_record_is_got_and_its_layout_remembered),
		cmocka_unit_test(a_new_layout_replaces_the_old),
		cmocka_unit_test(chosen_columns_are_not_remembered),
		cmocka_unit_test(a_known_layout_is_told_only_for_whole_rows),
		cmocka_unit_test(a_lookup_sends_its_values),
		cmocka_unit_test(a_query_sends_its_options_and_reads_its_page),
		cmocka_unit_test(pages_follow_each_other),
		cmocka_unit_test(a_plan_is_a_map),
		cmocka_unit_test(count_and_ping_give_one_value),
		cmocka_unit_test(writes_give_their_outcome),
		cmocka_unit_test(a_batch_gives_an_outcome_for_each_operation),
		cmocka_unit_test(a_bad_operation_spoils_the_batch),
		cmocka_unit_test(a_batch_has_at_most_ten_thousand_operations),
		cmocka_unit_test(stats_and_check_are_maps),
		cmocka_unit_test(the_servers_error_comes_through),
		cmocka_unit_test(an_incomplete_request_is_not_sent),
		cmocka_unit_test(a_request_over_the_servers_limits_is_not_sent),
		cmocka_unit_test(a_failed_document_fails_its_request),
		cmocka_unit_test(misread_columns_are_remembered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
