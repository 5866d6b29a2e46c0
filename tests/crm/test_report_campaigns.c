/* SPDX-License-Identifier: Apache-2.0 */
/* What campaigns have won is what giving out every opportunity of made-up records comes to, and
 * adds up to all that was won. */
#include "tests/crm/report_run.h"
#include "tests/support/dice.h"
#include "tests/support/unit.h"

#include <stdio.h>

enum { CAMPAIGNS = 5, CUSTOMERS = 30, TOUCHES_MAX = 6, DEALS = 80 };
enum { FIRST, LAST, LINEAR, WAYS };
static const char *const ways[WAYS] = { "first", "last", "linear" };

typedef struct touch {
	int64_t campaign;
	int64_t responded; /* 0: not */
} touch;

typedef struct customer {
	touch touches[TOUCHES_MAX]; /* by id */
	size_t count;
	int64_t converted; /* 0: not */
} customer;

typedef struct deal {
	int64_t customer, campaign, made, closed, amount;
	bool won;
} deal;

static report_run run;
static customer customers[CUSTOMERS + 1];
static deal deals[DEALS];
static int64_t touched[CAMPAIGNS + 1], responded[CAMPAIGNS + 1];

static int64_t days_ago(int64_t days)
{
	return REPORT_NOW - days * DAY_MS;
}

/* Costs 10000 times its number; the fourth in dollars, the fifth in yen, of which there is no
 * rate. */
static void make_campaigns(void)
{
	static const char *const currencies[] = { "CNY", "CNY", "CNY", "USD", "JPY" };
	for (int i = 0; i < CAMPAIGNS; i++)
		(void)report_create(
			&run, "campaign",
			"{'code': 'c%d', 'name': '展会%d', 'kind': 'exhibition', "
			"'start_on': 1, 'owner': 1, 'currency': '%s', 'actual_cost': %d}",
			i, i, currencies[i], 10000 * (i + 1));
	(void)report_create(&run, "fx_rate",
	                    "{'currency': 'USD', 'on': 20000, 'rate_e8': 690000000}");
	(void)report_create(&run, "fx_rate",
	                    "{'currency': 'USD', 'on': 20700, 'rate_e8': 700000000}");
	(void)report_create(&run, "fx_rate",
	                    "{'currency': 'USD', 'on': 20781, 'rate_e8': 800000000}");
}

static void make_touch(dice *random, int64_t id, customer *of)
{
	static const char *const statuses[] = { "sent", "clicked", "responded", "attended",
		                                "opted_out" };
	touch *one = &of->touches[of->count++];
	const size_t status = (size_t)dice_below(random, 5);
	one->campaign = 1 + (int64_t)dice_below(random, CAMPAIGNS);
	if (status >= 2)
		one->responded =
			days_ago((int64_t)dice_below(random, 600)) + (int64_t)of->count;
	touched[one->campaign]++;
	responded[one->campaign] += status == 2 || status == 3;
	/* One contact each, as a customer is touched once for each. */
	const int64_t contact = report_create(
		&run, "contact", "{'customer': %lld, 'name': '王'}", (long long)id);
	char at[32] = "nil";
	if (one->responded != 0)
		snprintf(at, sizeof at, "%lld", (long long)one->responded);
	(void)report_create(&run, "campaign_touch",
	                    "{'campaign': %lld, 'customer': %lld, 'contact': %lld, 'status': "
	                    "'%s', 'touched_at': %lld, 'responded_at': %s}",
	                    (long long)one->campaign, (long long)id, (long long)contact,
	                    statuses[status], (long long)days_ago(600), at);
}

static void make_customers(dice *random)
{
	for (int64_t id = 1; id <= CUSTOMERS; id++) {
		customer *one = &customers[id];
		(void)report_create(&run, "customer", "{'name': '客户%lld'}", (long long)id);
		const size_t count = (size_t)dice_below(random, TOUCHES_MAX + 1);
		for (size_t i = 0; i < count; i++)
			make_touch(random, id, one);
		if (!dice_one_in(random, 2))
			continue;
		one->converted = days_ago((int64_t)dice_below(random, 700));
		(void)report_create(
			&run, "sales_order",
			"{'customer': %lld, 'status': 'confirmed', 'ordered_on': 1, "
			"'owner': 1, 'confirmed_at': %lld, 'total_base': 1}",
			(long long)id, (long long)one->converted);
	}
}

static void make_deal(dice *random, deal *one)
{
	one->customer = 1 + (int64_t)dice_below(random, CUSTOMERS);
	one->campaign = (int64_t)dice_below(random, CAMPAIGNS + 1);
	one->made = days_ago(1 + (int64_t)dice_below(random, 400));
	one->closed = one->made + (int64_t)dice_below(random, 60) * DAY_MS;
	one->amount = (int64_t)dice_below(random, 1000000);
	one->won = !dice_one_in(random, 4);
	char campaign[32] = "nil";
	if (one->campaign != 0)
		snprintf(campaign, sizeof campaign, "%lld", (long long)one->campaign);
	run.store.now_ms = one->made;
	(void)report_create(&run, "opportunity",
	                    "{'title': 'x', 'customer': %lld, 'campaign': %s, 'stage': 1, "
	                    "'state': '%s', 'amount': 1, 'amount_base': %lld, 'close_on': 1, "
	                    "'owner': 1, 'closed_at': %lld}",
	                    (long long)one->customer, campaign, one->won ? "won" : "lost",
	                    (long long)one->amount, (long long)one->closed);
}

static int set_up(void **state)
{
	(void)state;
	dice random = { .state = 5 };
	report_open(&run);
	(void)report_create(&run, "team", "{'name': '华东'}");
	(void)report_create(&run, "user", "{'login': 'li', 'name': '李雷', 'team': 1}");
	(void)report_create(&run, "stage",
	                    "{'code': 's', 'label_zh': '阶段', 'label_en': 's', 'seq': 1, "
	                    "'probability_bp': 1}");
	make_campaigns();
	make_customers(&random);
	for (size_t i = 0; i < DEALS; i++)
		make_deal(&random, &deals[i]);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	report_close(&run);
	return 0;
}

/* ---- by hand ---- */

typedef struct shares {
	int64_t of[WAYS][CAMPAIGNS + 1]; /* 0: nobody's */
	int64_t won;
} shares;

/* Responses of the customer in the time before, by time. */
static size_t responses_of(const deal *one, touch *ret)
{
	const customer *of = &customers[one->customer];
	size_t count = 0;
	for (size_t i = 0; i < of->count; i++) {
		const touch *next = &of->touches[i];
		if (next->responded == 0 || next->responded > one->closed ||
		    next->responded < one->made - 180LL * DAY_MS)
			continue;
		size_t place = count++;
		for (; place > 0 && ret[place - 1].responded > next->responded; place--)
			ret[place] = ret[place - 1];
		ret[place] = *next;
	}
	return count;
}

static void give_out(const deal *one, shares *to)
{
	touch by[TOUCHES_MAX];
	const size_t count = responses_of(one, by);
	to->won += one->amount;
	if (count == 0) {
		for (int way = 0; way < WAYS; way++)
			to->of[way][one->campaign] += one->amount;
		return;
	}
	to->of[FIRST][by[0].campaign] += one->amount;
	to->of[LAST][by[count - 1].campaign] += one->amount;
	int64_t left = one->amount;
	for (size_t i = 1; i < count; i++) {
		to->of[LINEAR][by[i].campaign] += one->amount / (int64_t)count;
		left -= one->amount / (int64_t)count;
	}
	to->of[LINEAR][by[0].campaign] += left;
}

static shares shares_between(int64_t from_ms, int64_t to_ms)
{
	shares made = { 0 };
	for (size_t i = 0; i < DEALS; i++)
		if (deals[i].won && deals[i].closed >= from_ms && deals[i].closed <= to_ms)
			give_out(&deals[i], &made);
	return made;
}

static int64_t new_customers_of(int64_t campaign, int64_t from_ms, int64_t to_ms)
{
	int64_t count = 0;
	for (int64_t id = 1; id <= CUSTOMERS; id++) {
		const touch *first = NULL;
		for (size_t i = 0; i < customers[id].count; i++) {
			const touch *one = &customers[id].touches[i];
			if (one->responded != 0 &&
			    (first == NULL || one->responded < first->responded))
				first = one;
		}
		count += first != NULL && first->campaign == campaign &&
		         customers[id].converted >= first->responded &&
		         customers[id].converted >= from_ms &&
		         customers[id].converted <= to_ms && customers[id].converted != 0;
	}
	return count;
}

static void assert_campaigns(int64_t from_day, int64_t to_day)
{
	const int64_t from_ms = from_day * DAY_MS - 8LL * HOUR_MS;
	const int64_t to_ms = (to_day + 1) * DAY_MS - 8LL * HOUR_MS - 1;
	const shares should = shares_between(from_ms, to_ms);
	assert_int_equal(report_rows(&run, "campaigns"), CAMPAIGNS);
	for (int64_t id = 1; id <= CAMPAIGNS; id++) {
		const size_t row = report_row_of(&run, "campaigns", "campaign", id);
		for (int way = 0; way < WAYS; way++)
			assert_int_equal(report_int(&run, "campaigns", row, ways[way]),
			                 should.of[way][id]);
		assert_int_equal(report_int(&run, "campaigns", row, "touched"), touched[id]);
		assert_int_equal(report_int(&run, "campaigns", row, "responded"),
		                 responded[id]);
		assert_int_equal(report_int(&run, "campaigns", row, "new_customers"),
		                 new_customers_of(id, from_ms, to_ms));
	}
	for (int way = 0; way < WAYS; way++) {
		assert_int_equal(report_int(&run, "totals", 1, ways[way]), should.of[way][0]);
		assert_int_equal(report_int(&run, "totals", 2, ways[way]), should.won);
		assert_int_equal(report_int(&run, "totals", 0, ways[way]),
		                 should.won - should.of[way][0]);
	}
}

static void every_opportunity_is_given_out(void **state)
{
	(void)state;
	report_do(&run, "campaigns", "{'from': %d, 'to': %d}", REPORT_TODAY - 300,
	          REPORT_TODAY - 20);
	assert_campaigns(REPORT_TODAY - 300, REPORT_TODAY - 20);
	report_do(&run, "campaigns", "{'from': %d, 'to': %d}", REPORT_TODAY - 900,
	          REPORT_TODAY);
	assert_campaigns(REPORT_TODAY - 900, REPORT_TODAY);
	report_do(&run, "campaigns", "{'from': 100, 'to': 200}");
	assert_campaigns(100, 200);
	/* No opportunity; each campaign, its groups and its responses, with two looks each. */
	assert_in_range(report_figure(&run, "keys"), CAMPAIGNS,
	                CAMPAIGNS * 20 + CUSTOMERS * TOUCHES_MAX * 4);
}

static void return_is_of_the_cost_in_base_currency(void **state)
{
	(void)state;
	report_do(&run, "campaigns", "{'from': %d, 'to': %d}", REPORT_TODAY - 300,
	          REPORT_TODAY);
	const size_t two = report_row_of(&run, "campaigns", "campaign", 2);
	const int64_t won = report_int(&run, "campaigns", two, "linear");
	assert_int_equal(report_int(&run, "campaigns", two, "cost"), 20000);
	assert_true(won > 20000);
	/* (won − 20000) / 20000 in basis points is half of the difference. */
	assert_int_equal(report_int(&run, "campaigns", two, "roi_linear_bp"),
	                 (won - 20000 + 1) / 2);
	/* 400.00 dollars at the newest rate of today or before, which is 7. */
	const size_t four = report_row_of(&run, "campaigns", "campaign", 4);
	assert_int_equal(report_int(&run, "campaigns", four, "cost"), 280000);
	const size_t five = report_row_of(&run, "campaigns", "campaign", 5);
	assert_int_equal(report_int(&run, "campaigns", five, "cost"), INT64_MIN);
	assert_int_equal(report_int(&run, "campaigns", five, "roi_first_bp"), INT64_MIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_opportunity_is_given_out),
		cmocka_unit_test(return_is_of_the_cost_in_base_currency),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
