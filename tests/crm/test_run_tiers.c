/* SPDX-License-Identifier: Apache-2.0 */
/* A run grades every customer once, from one snapshot: tiers by hand stand, the same run again
 * changes nothing, and one that was broken off is finished by running it again. */
#include "crm/runs.h"
#include "tests/crm/report_run.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>

/* In the order they are made, so these are their ids. */
enum { BUYER = 1, SLEEPER, NEWCOMER, CHOSEN, EXPIRED, NEGOTIATOR, TALKER, COUNT = TALKER };

static report_run run;

static void at(int64_t days_ago)
{
	run.store.now_ms = REPORT_NOW - days_ago * DAY_MS;
}

static void make_customer(const char *name, const char *kind, const char *lifecycle)
{
	(void)report_create(&run, "customer", "{'name': '%s', 'kind': '%s', 'lifecycle': '%s'}",
	                    name, kind, lifecycle);
}

static void make_order(int64_t customer, int64_t days_ago, int64_t amount)
{
	(void)report_create(
		&run, "sales_order",
		"{'customer': %lld, 'status': 'confirmed', 'ordered_on': 1, 'owner': "
		"1, 'confirmed_at': %lld, 'total_base': %lld}",
		(long long)customer, (long long)(REPORT_NOW - days_ago * DAY_MS),
		(long long)amount);
}

static void make_stages(void)
{
	static const char *const codes[] = { "prospecting", "qualification", "proposal",
		                             "negotiation" };
	for (size_t i = 0; i < CX_COUNT_OF(codes); i++)
		(void)report_create(
			&run, "stage",
			"{'code': '%s', 'label_zh': '阶段', 'label_en': 'x', 'seq': "
			"%zu, 'probability_bp': 5000}",
			codes[i], i + 1);
}

static void make_deal(int64_t customer, int64_t stage, int64_t amount)
{
	(void)report_create(
		&run, "opportunity",
		"{'title': '项目', 'customer': %lld, 'stage': %lld, 'state': 'open', "
		"'amount': %lld, 'amount_base': %lld, 'probability_bp': 5000, "
		"'close_on': %d, 'owner': 1}",
		(long long)customer, (long long)stage, (long long)amount, (long long)amount,
		REPORT_TODAY);
}

static void make_people(void)
{
	at(500);
	(void)report_create(&run, "team", "{'name': '华东'}");
	(void)report_create(&run, "user", "{'login': 'li', 'name': '李雷', 'team': 1}");
	make_stages();
}

static int set_up(void **state)
{
	(void)state;
	report_open(&run);
	make_people();
	make_customer("买家", "large", "active");
	make_customer("沉睡", "small", "active");
	at(5);
	make_customer("新客", "small", "prospect");
	at(400);
	make_customer("战略", "small", "prospect");
	make_customer("过期", "small", "prospect");
	make_customer("谈判", "small", "prospect");
	make_customer("健谈", "micro", "prospect");
	at(0);
	for (int i = 0; i < 5; i++)
		make_order(BUYER, 10 + 20 * i, 100000);
	make_order(BUYER, 250, 100000);
	make_order(SLEEPER, 365, 70000); /* a day outside the window */
	make_order(TALKER, 364, 1000);   /* the last day in it */
	(void)report_create(&run, "customer_tier",
	                    "{'customer': %d, 'as_of': %lld, 'tier': 'high', 'value_score': 0, "
	                    "'potential_score': 0, 'manual': true, 'reason': '集团战略客户', "
	                    "'expires_on': %d}",
	                    CHOSEN, (long long)(REPORT_NOW - DAY_MS), REPORT_TODAY);
	(void)report_create(
		&run, "customer_tier",
		"{'customer': %d, 'as_of': %lld, 'tier': 'high', 'value_score': 0, "
		"'potential_score': 0, 'manual': true, 'reason': 'x', 'expires_on': "
		"%d}",
		EXPIRED, (long long)(REPORT_NOW - DAY_MS), REPORT_TODAY - 1);
	make_deal(NEGOTIATOR, 3, 0);
	for (int i = 0; i < 4; i++)
		(void)report_create(
			&run, "activity",
			"{'kind': '%s', 'direction': '%s', 'subject': 'n', 'at': %lld, "
			"'customer': %d, 'owner': 1}",
			i < 2 ? "call" : "email", i == 3 ? "inbound" : "outbound",
			(long long)(REPORT_NOW - 30LL * DAY_MS), TALKER);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	report_close(&run);
	return 0;
}

static const engine_author author = { .now_ms = REPORT_NOW };

static crm_tier_counts do_run(int64_t as_of_ms, const char *parameters)
{
	const crm_tier_request request = { .as_of_ms = as_of_ms,
		                           .now_ms = REPORT_NOW,
		                           .parameters = wire(parameters) };
	crm_tier_counts counts;
	cx_error error = { 0 };
	const cx_status status =
		crm_run_tiers(run.store.engine, &author, &request, &counts, &error);
	if (status != CX_OK)
		fail_msg("%s: %s", cx_status_name(status), error.text);
	return counts;
}

static cx_status note_row(void *context, const engine_row *row)
{
	*(int64_t *)context = row->id;
	return CX_OK;
}

/* The newest row of a customer. */
static int64_t newest(int64_t customer)
{
	char filter[64];
	const engine_type *type = fixture_type(&run.store, "customer_tier");
	snprintf(filter, sizeof filter, "['=', 'customer', %lld]", (long long)customer);
	const engine_query query = {
		.type = type,
		.filter = wire(filter),
		.order = { { engine_type_field(type, CX_SLICE_LITERAL("as_of")), true } },
		.order_count = 1,
		.limit = 1,
	};
	int64_t id = 0;
	engine_page page;
	engine_read *read = fixture_read(&run.store);
	assert_int_equal(engine_query_run(read, &query, note_row, &id, &page, NULL), CX_OK);
	engine_read_end(&read);
	return id;
}

static void assert_row(int64_t customer, const char *tier, const char *rfm, int64_t value,
                       int64_t potential, const char *reason)
{
	const int64_t id = newest(customer);
	assert_int_not_equal(id, 0);
	assert_string_equal(fixture_text(&run.store, "customer", customer, "tier"), tier);
	assert_string_equal(fixture_text(&run.store, "customer_tier", id, "tier"), tier);
	assert_string_equal(fixture_text(&run.store, "customer_tier", id, "rfm"), rfm);
	assert_int_equal(fixture_int(&run.store, "customer_tier", id, "value_score"), value);
	assert_int_equal(fixture_int(&run.store, "customer_tier", id, "potential_score"),
	                 potential);
	assert_string_equal(fixture_text(&run.store, "customer_tier", id, "reason"), reason);
	assert_string_equal(fixture_text(&run.store, "customer_tier", id, "params"), "v1");
}

static void every_customer_gets_its_tier(void **state)
{
	(void)state;
	const crm_tier_counts counts = do_run(REPORT_NOW, "{}");
	assert_int_equal(counts.customers, COUNT);
	assert_int_equal(counts.written, COUNT);
	assert_int_equal(counts.by_hand, 1);
	assert_int_equal(counts.dormant, 1);
	assert_int_equal(counts.tiers[0], 2);
	assert_int_equal(counts.tiers[1], 1);
	assert_int_equal(counts.tiers[2], 3);
	assert_int_equal(counts.tiers[3], 1);

	/* Two have an order in the window; one of two is worse, ⌊5 · 1 / 2⌋ = 2. The 80th
	 * percentile of 200 and 600 is 520. Growth: 500000 against 100000 is all of it. */
	assert_row(BUYER, "high", "333", 600, 400, "value 600>=520 R3");
	assert_row(SLEEPER, "low", "111", 200, 60, "no order potential 60<450");
	assert_row(NEWCOMER, "unrated", "111", 200, 60, "5 days old");
	assert_row(CHOSEN, "high", "111", 200, 60, "集团战略客户");
	assert_row(EXPIRED, "low", "111", 200, 60, "no order potential 60<450");
	assert_row(NEGOTIATOR, "potential", "111", 200, 60, "deal at proposal");
	/* 3 of 6 two-way activities: two calls and the mail that came in. */
	assert_row(TALKER, "low", "111", 200, 120, "value 200 of 520 R1 potential 120<450");

	const int64_t row = newest(BUYER);
	assert_int_equal(fixture_int(&run.store, "customer_tier", row, "r_days"), 10);
	assert_int_equal(fixture_int(&run.store, "customer_tier", row, "f_count"), 6);
	assert_int_equal(fixture_int(&run.store, "customer_tier", row, "m_base"), 600000);
	assert_int_equal(fixture_int(&run.store, "customer_tier", newest(TALKER), "r_days"),
	                 364);
	assert_int_equal(fixture_int(&run.store, "customer_tier", newest(CHOSEN), "expires_on"),
	                 REPORT_TODAY);
	assert_string_equal(fixture_text(&run.store, "customer", SLEEPER, "lifecycle"),
	                    "dormant");
	assert_string_equal(fixture_text(&run.store, "customer", BUYER, "lifecycle"), "active");
	fixture_assert_sound(&run.store);
}

static void the_same_run_again_changes_nothing(void **state)
{
	(void)state;
	const uint64_t before = fixture_state_hash(&run.store);
	const crm_tier_counts counts = do_run(REPORT_NOW, "{}");
	assert_int_equal(counts.written, 0);
	assert_int_equal(counts.changed, 0);
	assert_int_equal(counts.skipped, COUNT);
	assert_true(fixture_state_hash(&run.store) == before);
}

static void a_tier_by_hand_stands_until_it_expires(void **state)
{
	(void)state;
	/* The row that the run made carries it on, to the end of its last day. */
	crm_tier_counts counts = do_run(REPORT_NOW + HOUR_MS, "{}");
	assert_int_equal(counts.by_hand, 1);
	assert_string_equal(fixture_text(&run.store, "customer", CHOSEN, "tier"), "high");
	counts = do_run(REPORT_NOW + DAY_MS, "{}");
	assert_int_equal(counts.by_hand, 0);
	assert_string_equal(fixture_text(&run.store, "customer", CHOSEN, "tier"), "low");
}

static void a_newer_tier_by_hand_is_left_alone(void **state)
{
	(void)state;
	const int64_t as_of = REPORT_NOW + 2LL * DAY_MS;
	const crm_tier_request request = { .as_of_ms = as_of, .now_ms = REPORT_NOW };
	crm_tier_run *half = NULL;
	engine_read *read = fixture_read(&run.store);
	assert_int_equal(crm_tier_run_new(read, &request, &half, NULL), CX_OK);
	engine_read_end(&read);
	/* After the run has read, before it writes. */
	(void)report_create(
		&run, "customer_tier",
		"{'customer': %d, 'as_of': %lld, 'tier': 'potential', 'value_score': 0, "
		"'potential_score': 0, 'manual': true, 'reason': 'y'}",
		SLEEPER, (long long)as_of + 1);
	(void)fixture_update(&run.store, "customer", SLEEPER, "{'tier': 'potential'}");
	(void)fixture_do(&run.store, FIXTURE_DELETE, "customer", NEWCOMER);

	engine_write *write = NULL;
	assert_int_equal(engine_write_begin(run.store.engine, &write), CX_OK);
	assert_int_equal(crm_tier_run_write(half, write, &author, 3, NULL), CX_OK);
	assert_int_equal(engine_write_commit(&write), CX_OK);
	assert_false(crm_tier_run_is_done(half));
	assert_int_equal(crm_tier_run_counts(half)->written, 2);
	assert_int_equal(crm_tier_run_counts(half)->skipped, 1); /* it is gone */
	crm_tier_run_free(&half);
	assert_string_equal(fixture_text(&run.store, "customer", SLEEPER, "tier"), "potential");

	/* Broken off: the same run again does the rest. */
	const crm_tier_counts counts = do_run(as_of, "{}");
	assert_int_equal(counts.customers, COUNT - 1);
	assert_int_equal(counts.written, COUNT - 3);
	assert_int_equal(counts.skipped, 2);
	(void)fixture_do(&run.store, FIXTURE_UNDELETE, "customer", NEWCOMER);
	fixture_assert_sound(&run.store);
}

static void parameters_are_kept_with_the_rows(void **state)
{
	(void)state;
	const crm_tier_counts counts = do_run(REPORT_NOW + 3LL * DAY_MS,
	                                      "{'potential_from': 110, 'window_days': 400}");
	assert_int_equal(counts.written, COUNT);
	assert_string_equal(fixture_text(&run.store, "customer_tier", newest(TALKER), "params"),
	                    "v1 window_days=400 potential_from=110");
	assert_string_equal(fixture_text(&run.store, "customer", TALKER, "tier"), "potential");
}

static void wrong_parameters_are_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = { "{'weight': 1}", "{'weight_r': -1}",
		                             "{'weight_r': 'x'}", "[1]", "{1: 1}" };
	for (size_t i = 0; i < CX_COUNT_OF(wrong); i++) {
		const crm_tier_request request = { .now_ms = REPORT_NOW,
			                           .parameters = wire(wrong[i]) };
		crm_tier_counts counts = { .customers = 77 };
		cx_error error = { 0 };
		assert_int_equal(
			crm_run_tiers(run.store.engine, &author, &request, &counts, &error),
			CX_INVALID_ARGUMENT);
		assert_int_equal(counts.customers, 77);
		assert_true(error.text[0] != '\0');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_customer_gets_its_tier),
		cmocka_unit_test(the_same_run_again_changes_nothing),
		cmocka_unit_test(a_tier_by_hand_stands_until_it_expires),
		cmocka_unit_test(a_newer_tier_by_hand_is_left_alone),
		cmocka_unit_test(parameters_are_kept_with_the_rows),
		cmocka_unit_test(wrong_parameters_are_refused),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
