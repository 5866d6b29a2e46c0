/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of the trade through the client library, against a cardexd of its own; and several
 * people who do the same at once. */
#include "base/cleanup.h"
#include "client/cardex_trade.h"
#include "tests/e2e/started.h"
#include "tests/support/unit.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

static cardex_conn *conn;
static cardex_error error;

static void ok(cardex_status status)
{
	if (status != CARDEX_OK)
		fail_msg("%s: %s", cardex_status_name(status), error.message);
}

typedef struct field {
	const char *name;
	const char *text; /* NULL: `number` */
	int64_t number;
} field;

static cardex_doc *doc_of(const field *fields, size_t count)
{
	cardex_doc *doc = cardex_fields_new();
	for (size_t i = 0; i < count; i++)
		if (fields[i].text != NULL)
			cardex_set_text(doc, fields[i].name, fields[i].text);
		else
			cardex_set_int(doc, fields[i].name, fields[i].number);
	return doc;
}

static int64_t make(const char *type, const field *fields, size_t count)
{
	CX_SCOPED(cardex_doc_free) cardex_doc *doc = doc_of(fields, count);
	cardex_outcome outcome;
	ok(cardex_create(conn, type, doc, &outcome, &error));
	return outcome.id;
}

#define MAKE(type, ...)                            \
	make(type, (const field[]){ __VA_ARGS__ }, \
	     sizeof((const field[]){ __VA_ARGS__ }) / sizeof(field))

static int64_t make_customer(const char *name)
{
	return MAKE("customer", { "name", name, 0 }, { "owner", NULL, 1 });
}

static int64_t make_opportunity(int64_t customer, const char *currency)
{
	return MAKE("opportunity", { "title", "商机", 0 }, { "customer", NULL, customer },
	            { "amount", NULL, 5000 }, { "currency", currency, 0 },
	            { "close_on", NULL, 20000 }, { "owner", NULL, 1 });
}

static void make_stage(const char *code, int64_t seq, const char *kind, int64_t bp)
{
	MAKE("stage", { "code", code, 0 }, { "label_zh", "阶段", 0 }, { "label_en", code, 0 },
	     { "seq", NULL, seq }, { "kind", kind, 0 }, { "probability_bp", NULL, bp });
}

static int set_up(void **state)
{
	(void)state;
	started_start();
	conn = started_connect();
	MAKE("team", { "name", "Sales", 0 });
	MAKE("user", { "login", "a", 0 }, { "name", "A", 0 }, { "team", NULL, 1 });
	MAKE("user", { "login", "b", 0 }, { "name", "B", 0 }, { "team", NULL, 1 });
	make_stage("p", 1, "open", 5000);
	make_stage("won", 2, "won", 10000);
	make_stage("lost", 3, "lost", 0);
	MAKE("product", { "sku", "P", 0 }, { "name", "N", 0 }, { "list_price", NULL, 100 });
	MAKE("fx_rate", { "currency", "USD", 0 }, { "on", NULL, 10000 },
	     { "rate_e8", NULL, 700000000 });
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	cardex_close(&conn);
	return started_stop() ? 0 : -1;
}

static int64_t int_of(const char *type, int64_t id, const char *name)
{
	cardex_result *result;
	ok(cardex_get(conn, type, id, &result, &error));
	const int64_t value = cardex_row_int(cardex_row_at(result, 0), name);
	cardex_result_free(&result);
	return value;
}

static uint64_t count_of(const char *type)
{
	uint64_t count;
	ok(cardex_count(conn, type, NULL, &count, &error));
	return count;
}

/* ---- opportunities ---- */

static void an_opportunity_is_converted_and_reopened(void **state)
{
	(void)state;
	const int64_t id = make_opportunity(make_customer("华东"), "CNY");
	CX_SCOPED(cardex_doc_free) cardex_doc *order = cardex_fields_new();
	CX_SCOPED(cardex_doc_free) cardex_doc *line = cardex_fields_new();
	cardex_set_text(order, "note", "备注");
	cardex_set_int(line, "product", 1);
	cardex_set_int(line, "qty_milli", 3000);
	const cardex_doc *const lines[] = { line, line };
	cardex_outcome made, again;
	const cardex_trade_options try = { .dry_run = true };
	ok(cardex_convert(conn, id, order, lines, 2, &try, &made, &error));
	assert_int_equal(count_of("sales_order"), 0);
	const cardex_trade_options at = { .at_ms = 1600000000000 };
	ok(cardex_convert(conn, id, order, lines, 2, &at, &made, &error));
	assert_true(made.created);
	assert_int_equal(made.affected, 4);
	assert_int_equal(int_of("sales_order", made.id, "subtotal"), 600);
	assert_int_equal(int_of("sales_order", made.id, "created_at"), 1600000000000);
	ok(cardex_convert(conn, id, NULL, NULL, 0, NULL, &again, &error));
	assert_int_equal(again.id, made.id);
	assert_false(again.created);

	/* Nobody is logged in: the server itself asks. */
	ok(cardex_reopen(conn, "opportunity", id, NULL, NULL, &made, &error));
	assert_int_equal(made.affected, 1);
	ok(cardex_reopen(conn, "opportunity", id, NULL, NULL, &again, &error));
	assert_int_equal(again.affected, 0);
	const cardex_trade_options stale = { .if_rev = 1 };
	assert_int_equal(cardex_reopen(conn, "opportunity", id, NULL, &stale, NULL, &error),
	                 CARDEX_CONFLICT_REV);
	assert_int_equal(cardex_convert(conn, 99, NULL, NULL, 0, NULL, NULL, &error),
	                 CARDEX_NOT_FOUND);
}

static void rates_are_taken_anew(void **state)
{
	(void)state;
	make_opportunity(make_customer("A"), "USD");
	MAKE("fx_rate", { "currency", "USD", 0 }, { "on", NULL, 10001 },
	     { "rate_e8", NULL, 800000000 });
	cardex_revalued done;
	ok(cardex_revalue(conn, &(cardex_revaluation){ 0 }, NULL, &done, &error));
	assert_int_equal(done.looked, 1);
	assert_int_equal(done.revalued, 1);
	assert_int_equal(done.next, 0);
	assert_int_equal(int_of("opportunity", 1, "amount_base"), 40000);
	const cardex_revaluation old = { .has_day = true, .day = 10000, .limit = 5 };
	ok(cardex_revalue(conn, &old, NULL, &done, &error));
	assert_int_equal(int_of("opportunity", 1, "amount_base"), 35000);
	const cardex_revaluation wrong = { .has_day = true, .day = -1 };
	assert_int_equal(cardex_revalue(conn, &wrong, NULL, &done, &error),
	                 CARDEX_INVALID_ARGUMENT);
}

/* ---- owners ---- */

static void records_get_another_owner(void **state)
{
	(void)state;
	const int64_t ids[] = { make_customer("A"), make_customer("B"), make_customer("C") };
	cardex_transferred done;
	const cardex_transfer two = { .to = 2, .types = "customer", .ids = ids, .id_count = 2 };
	ok(cardex_transfer_owner(conn, &two, NULL, &done, NULL, &error));
	assert_int_equal(done.transferred, 2);
	CX_SCOPED(cardex_doc_free) cardex_doc *filter = cardex_list_new();
	cardex_add_text(filter, "=");
	cardex_add_text(filter, "name");
	cardex_add_text(filter, "B");
	cardex_result *result;
	const cardex_transfer back = {
		.to = 1, .from = 2, .types = "customer", .filter = filter, .limit = 10
	};
	ok(cardex_transfer_owner(conn, &back, NULL, &done, &result, &error));
	const cardex_value *types = cardex_value_member(cardex_result_value(result), "types");
	assert_int_equal(cardex_value_int(cardex_value_member(types, "customer")), 1);
	cardex_result_free(&result);
	assert_int_equal(int_of("customer", ids[1], "owner"), 1);
	assert_int_equal(int_of("customer", ids[0], "owner"), 2);
	const cardex_transfer wrong = { .to = 2, .types = "customer," };
	assert_int_equal(cardex_transfer_owner(conn, &wrong, NULL, &done, NULL, &error),
	                 CARDEX_INVALID_ARGUMENT);
}

/* ---- customers that are one ---- */

static void customers_are_merged_and_apart_again(void **state)
{
	(void)state;
	const int64_t winner = make_customer("A"), loser = make_customer("B");
	make_opportunity(loser, "CNY");
	CX_SCOPED(cardex_doc_free) cardex_doc *fields = cardex_fields_new();
	cardex_set_text(fields, "city", "上海");
	cardex_merged done;
	ok(cardex_merge(conn, winner, loser, fields, NULL, &done, &error));
	assert_int_equal(done.id, winner);
	assert_int_equal(done.moved, 1);
	assert_int_equal(int_of("customer", loser, "id"), winner);
	ok(cardex_unmerge(conn, loser, NULL, &done, &error));
	assert_int_equal(done.id, loser);
	assert_int_equal(int_of("customer", loser, "id"), loser);
	assert_int_equal(int_of("opportunity", 1, "customer"), loser);
	assert_int_equal(cardex_unmerge(conn, loser, NULL, NULL, &error), CARDEX_NOT_FOUND);
}

static void duplicates_are_found(void **state)
{
	(void)state;
	make_customer("华东医疗有限公司");
	CX_SCOPED(cardex_doc_free) cardex_doc *fields = cardex_fields_new();
	cardex_result *result;
	assert_int_equal(cardex_duplicates(conn, fields, &result, &error),
	                 CARDEX_INVALID_ARGUMENT);
	cardex_set_text(fields, "name", "华东医疗");
	ok(cardex_duplicates(conn, fields, &result, &error));
	assert_int_equal(cardex_duplicate_count(result), 1);
	cardex_duplicate found;
	assert_true(cardex_duplicate_at(result, 0, &found));
	assert_int_equal(found.id, 1);
	assert_int_equal(found.of, 0);
	assert_string_equal(cardex_value_text(cardex_value_at(found.why, 0)), "name");
	assert_false(cardex_duplicate_at(result, 1, &found));
	cardex_result_free(&result);

	const cardex_request warned = { .method = CARDEX_METHOD_CREATE,
		                        .type = "customer",
		                        .fields = fields,
		                        .duplicates = "warn" };
	ok(cardex_call(conn, &warned, &result, &error));
	assert_int_equal(cardex_outcome_duplicate_count(result, 0), 1);
	assert_true(cardex_outcome_duplicate_at(result, 0, 0, &found));
	assert_int_equal(found.id, 1);
	assert_int_equal(cardex_outcome_duplicate_count(result, 1), 0);
	cardex_result_free(&result);

	int64_t next;
	ok(cardex_duplicate_pairs(conn, 0, 1, &result, &next, &error));
	assert_int_equal(next, 2);
	assert_true(cardex_duplicate_at(result, 0, &found));
	assert_int_equal(found.of, 1);
	assert_int_equal(found.id, 2);
	cardex_result_free(&result);
}

static void runs_say_what_they_wrote(void **state)
{
	(void)state;
	make_customer("A");
	cardex_result *result;
	ok(cardex_run_tiers(conn, 0, NULL, &result, &error));
	const cardex_value *map = cardex_result_value(result);
	assert_int_equal(cardex_value_int(cardex_value_member(map, "written")), 1);
	cardex_result_free(&result);
	const cardex_forecast_run what = { .run = 5, .months = 3, .model = "ses" };
	ok(cardex_run_forecast(conn, &what, &result, &error));
	map = cardex_result_value(result);
	assert_int_equal(cardex_value_int(cardex_value_member(map, "run")), 5);
	cardex_result_free(&result);
	ok(cardex_run_forecast(conn, NULL, NULL, &error));
}

/* ---- at once ---- */

enum { PEOPLE = 6, DEALS = 12 };

typedef struct person {
	pthread_t thread;
	cardex_conn *conn;
	int64_t orders[DEALS];
	int made;
	cardex_status status;
} person;

static void *convert_all(void *context)
{
	person *self = context;
	for (int64_t i = 0; i < DEALS && self->status == CARDEX_OK; i++) {
		cardex_outcome outcome;
		self->status =
			cardex_convert(self->conn, i + 1, NULL, NULL, 0, NULL, &outcome, NULL);
		self->orders[i] = outcome.id;
		self->made += outcome.created;
	}
	return NULL;
}

static void who_converts_at_once_gets_the_same_orders(void **state)
{
	(void)state;
	const int64_t customer = make_customer("A");
	for (int i = 0; i < DEALS; i++)
		make_opportunity(customer, "CNY");
	static person people[PEOPLE];
	for (int i = 0; i < PEOPLE; i++) {
		people[i] = (person){ .conn = started_connect() };
		assert_int_equal(
			pthread_create(&people[i].thread, NULL, convert_all, &people[i]), 0);
	}
	int made = 0;
	for (int i = 0; i < PEOPLE; i++) {
		pthread_join(people[i].thread, NULL);
		assert_int_equal(people[i].status, CARDEX_OK);
		assert_memory_equal(people[i].orders, people[0].orders,
		                    sizeof people[0].orders);
		made += people[i].made;
		cardex_close(&people[i].conn);
	}
	assert_int_equal(made, DEALS);
	assert_int_equal(count_of("sales_order"), DEALS);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(an_opportunity_is_converted_and_reopened),
		WITH(rates_are_taken_anew),
		WITH(records_get_another_owner),
		WITH(customers_are_merged_and_apart_again),
		WITH(duplicates_are_found),
		WITH(runs_say_what_they_wrote),
		WITH(who_converts_at_once_gets_the_same_orders),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
