/* SPDX-License-Identifier: Apache-2.0 */
/* Contracts by phase, expiring, renewed, on rows whose figures can be told by looking at them;
 * and against a look at every contract of many. */
#include "tests/crm/report_run.h"
#include "tests/support/dice.h"
#include "tests/support/unit.h"

#include <stdio.h>

enum { RANDOM_FIRST = 1000, CUSTOMERS = 6, CONTRACTS = 150, NEVER = -1 };

typedef struct contract {
	int64_t id, customer, start, end, amount, notice, owner;
	const char *status;
} contract;

static report_run run;
static contract made[CONTRACTS];

static int64_t make(const contract *of, const char *number)
{
	char end[24] = "nil";
	if (of->end != NEVER)
		snprintf(end, sizeof end, "%lld", (long long)of->end);
	return report_create(
		&run, "contract",
		"{'number': '%s', 'title': '框架合同', 'customer': %lld, 'status': "
		"'%s', 'amount': %lld, 'amount_base': %lld, 'start_on': %lld, "
		"'end_on': %s, 'notice_days': %lld, 'owner': %lld}",
		number, (long long)of->customer, of->status, (long long)of->amount,
		(long long)of->amount, (long long)of->start, end, (long long)of->notice,
		(long long)of->owner);
}

static int set_up(void **state)
{
	(void)state;
	report_open(&run);
	(void)report_create(&run, "team", "{'name': '华东'}");
	(void)report_create(&run, "user", "{'login': 'u1', 'name': '李雷', 'team': 1}");
	(void)report_create(&run, "user", "{'login': 'u2', 'name': '韩梅', 'team': 1}");
	for (int i = 0; i < CUSTOMERS; i++)
		(void)report_create(&run, "customer", "{'name': '客户%d'}", i);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	report_close(&run);
	return 0;
}

/* today is 20780 */
static void a_contract_is_in_force_on_its_first_and_last_day(void **state)
{
	(void)state;
	static const struct {
		const char *number;
		contract of;
	} rows[] = {
		{ "first-day",
		  { .start = 20780, .end = 20900, .amount = 1, .status = "signed" } },
		{ "last-day",
		  { .start = 20700, .end = 20780, .amount = 2, .status = "signed" } },
		{ "over", { .start = 20700, .end = 20779, .amount = 4, .status = "signed" } },
		{ "tomorrow",
		  { .start = 20781, .end = 20790, .amount = 8, .status = "signed" } },
		{ "endless",
		  { .start = 20700, .end = NEVER, .amount = 16, .status = "signed" } },
		{ "late", { .start = 20781, .end = NEVER, .amount = 32, .status = "signed" } },
		{ "draft", { .start = 20700, .end = 20790, .amount = 64, .status = "draft" } },
		{ "gone",
		  { .start = 20700, .end = 20790, .amount = 128, .status = "terminated" } },
		{ "edge", { .start = 20700, .end = 20810, .amount = 256, .status = "signed" } },
		{ "beyond",
		  { .start = 20700, .end = 20811, .amount = 512, .status = "signed" } },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		contract of = rows[i].of;
		of.customer = of.owner = 1;
		of.notice = 30;
		(void)make(&of, rows[i].number);
	}
	report_do(&run, "contracts", "{}");
	assert_string_equal(report_show(&run, "in_force", "phase contracts amount_base"),
	                    "active 5 787\npending 2 40\nopen_ended 2 48\n");
	assert_string_equal(report_show(&run, "expiring", "number days_left amount_base"),
	                    "last-day 0 2\nedge 30 256\n");
	report_do(&run, "contracts", "{'days': 31}");
	assert_string_equal(report_show(&run, "expiring", "number"),
	                    "last-day\nedge\nbeyond\n");
	report_do(&run, "contracts", "{'now': 'today+1'}");
	assert_string_equal(report_show(&run, "in_force", "phase contracts"),
	                    "active 6\npending 0\nopen_ended 2\n");
}

static void a_later_contract_within_ninety_days_renews(void **state)
{
	(void)state;
	static const struct {
		int64_t start, end; /* of what follows a contract of 18000 to 18100 */
		const char *status;
		int64_t renewed;
	} rows[] = {
		{ 18101, 18200, "signed", 1 },     { 18190, NEVER, "signed", 1 },
		{ 18191, NEVER, "signed", 0 },     { 18050, 18200, "signed", 1 },
		{ 18000, 18200, "signed", 0 },     { 18101, 18200, "draft", 0 },
		{ 18101, 18200, "terminated", 1 }, { 18050, 18090, "signed", 0 },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		char number[32];
		const int64_t customer =
			report_create(&run, "customer", "{'name': '续约%zu'}", i);
		const contract first = { .customer = customer,
			                 .start = 18000,
			                 .end = 18100,
			                 .owner = 1,
			                 .status = "signed" };
		const contract next = { .customer = customer,
			                .start = rows[i].start,
			                .end = rows[i].end,
			                .owner = 1,
			                .status = rows[i].status };
		snprintf(number, sizeof number, "first-%zu", i);
		const int64_t first_id = make(&first, number);
		snprintf(number, sizeof number, "next-%zu", i);
		const int64_t next_id = make(&next, number);
		report_do(&run, "contracts", "{'from': 18100, 'to': 18100}");
		assert_int_equal(report_int(&run, "renewals", 0, "expired"), 1);
		if (report_int(&run, "renewals", 0, "renewed") != rows[i].renewed)
			fail_msg("row %zu", i);
		assert_int_equal(report_int(&run, "renewals", 0, "share_bp"),
		                 10000 * rows[i].renewed);
		(void)fixture_do(&run.store, FIXTURE_DELETE, "contract", first_id);
		(void)fixture_do(&run.store, FIXTURE_DELETE, "contract", next_id);
	}
	report_do(&run, "contracts", "{'from': 18100, 'to': 18100}");
	assert_int_equal(report_int(&run, "renewals", 0, "share_bp"), INT64_MIN);
}

/* ---- many ---- */

static void make_many(void)
{
	static const char *const statuses[] = { "draft",  "signed",     "signed",
		                                "signed", "terminated", "void" };
	dice random = dice_init();
	for (size_t i = 0; i < CONTRACTS; i++) {
		contract *of = &made[i];
		char number[32];
		of->customer = 1 + (int64_t)dice_below(&random, CUSTOMERS);
		of->start = 10000 + (int64_t)dice_below(&random, 900);
		of->end = dice_one_in(&random, 8)
		                  ? NEVER
		                  : of->start + (int64_t)dice_below(&random, 300);
		of->amount = (int64_t)dice_below(&random, 100000);
		of->notice = (int64_t)dice_below(&random, 60);
		of->owner = 1 + (int64_t)dice_below(&random, 2);
		of->status = statuses[dice_below(&random, CX_COUNT_OF(statuses))];
		snprintf(number, sizeof number, "many-%zu", i);
		of->id = make(of, number);
	}
}

static bool is_signed(const contract *of)
{
	return strcmp(of->status, "signed") == 0;
}

static bool is_renewed(const contract *of)
{
	for (size_t i = 0; i < CONTRACTS; i++) {
		const contract *next = &made[i];
		if (next != of && next->customer == of->customer &&
		    (is_signed(next) || strcmp(next->status, "terminated") == 0) &&
		    next->start > of->start && next->start <= of->end + 90 &&
		    (next->end == NEVER || next->end > of->end))
			return true;
	}
	return false;
}

static void assert_many(int64_t today, int64_t owner, const char *params)
{
	int64_t active = 0, amount = 0, expiring = 0, expired = 0, renewed = 0;
	for (size_t i = 0; i < CONTRACTS; i++) {
		const contract *of = &made[i];
		if (!is_signed(of) || (owner != 0 && of->owner != owner))
			continue;
		const bool over = of->end != NEVER && of->end < today;
		if (!over && of->start <= today) {
			active++;
			amount += of->amount;
			expiring += of->end != NEVER && of->end - today <= of->notice;
		}
		if (over && of->end >= today - 365 && of->end <= today - 91) {
			expired++;
			renewed += is_renewed(of);
		}
	}
	report_do(&run, "contracts", "{'now': %lld%s}",
	          (long long)(today * DAY_MS + 3LL * HOUR_MS), params);
	assert_int_equal(report_int(&run, "in_force", 0, "contracts"), active);
	assert_int_equal(report_int(&run, "in_force", 0, "amount_base"), amount);
	assert_int_equal(report_rows(&run, "expiring"), expiring);
	assert_int_equal(report_int(&run, "renewals", 0, "expired"), expired);
	assert_int_equal(report_int(&run, "renewals", 0, "renewed"), renewed);
	assert_true(active > 0);
}

/* Long before the others; those of the first test are pending or not signed then. */
static void many_are_added_up_as_a_look_at_each_does(void **state)
{
	(void)state;
	make_many();
	for (int64_t today = 10200; today < 11000; today += 37) {
		assert_many(today, 0, "");
		assert_many(today, 2, ", 'owner': 'u2'");
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_contract_is_in_force_on_its_first_and_last_day),
		cmocka_unit_test(a_later_contract_within_ninety_days_renews),
		cmocka_unit_test(many_are_added_up_as_a_look_at_each_does),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
