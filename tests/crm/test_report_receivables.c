/* SPDX-License-Identifier: Apache-2.0 */
/* What is owed, against a look at every order. */
#include "tests/crm/report_run.h"
#include "tests/support/dice.h"
#include "tests/support/unit.h"

#include <stdio.h>

enum { ORDERS = 160, CUSTOMERS = 3, AGES = 6, UNDATED = -1 };

typedef struct order {
	int64_t due, total, paid, customer, owner;
	const char *status, *payment;
} order;

static report_run run;
static order made[ORDERS];

static void make_order(order *of, dice *random, int number)
{
	static const char *const statuses[] = { "draft", "confirmed", "fulfilled",
		                                "cancelled" };
	static const char *const payments[] = { "unpaid", "partial", "paid", "refunded" };
	/* Edges of the ages among them. */
	static const int64_t edges[] = {
		20780, 20779, 20750, 20749, 20720, 20719, 20690, 20689
	};
	char due[24] = "nil";
	of->due = dice_one_in(random, 2)   ? edges[dice_below(random, CX_COUNT_OF(edges))]
	          : dice_one_in(random, 6) ? UNDATED
	                                   : 20600 + (int64_t)dice_below(random, 250);
	of->total = (int64_t)dice_below(random, 100000);
	of->status = statuses[dice_below(random, 4)];
	of->payment = payments[dice_below(random, 4)];
	of->paid = strcmp(of->payment, "partial") == 0 ? of->total / 3 : 0;
	of->customer = 1 + (int64_t)dice_below(random, CUSTOMERS);
	of->owner = 1 + (int64_t)dice_below(random, 2);
	if (of->due != UNDATED)
		snprintf(due, sizeof due, "%lld", (long long)of->due);
	const int64_t id = report_create(
		&run, "sales_order",
		"{'number': 'SO-%d', 'customer': %lld, 'ordered_on': 20600, 'owner': %lld, "
		"'status': '%s', 'payment_status': '%s', 'due_on': %s, 'total': %lld, "
		"'total_base': %lld}",
		number, (long long)of->customer, (long long)of->owner, of->status, of->payment,
		due, (long long)of->total, (long long)of->total);
	if (of->paid > 0)
		(void)report_create(&run, "payment",
		                    "{'order': %lld, 'amount': %lld, 'amount_net': %lld, "
		                    "'amount_base': %lld, 'paid_at': 1}",
		                    (long long)id, (long long)of->paid, (long long)of->paid,
		                    (long long)of->paid);
}

static int set_up(void **state)
{
	(void)state;
	dice random = dice_init();
	report_open(&run);
	(void)report_create(&run, "team", "{'name': '华东'}");
	(void)report_create(&run, "team", "{'name': '上海', 'parent': 1}");
	(void)report_create(&run, "user", "{'login': 'u1', 'name': '李雷', 'team': 1}");
	(void)report_create(&run, "user", "{'login': 'u2', 'name': '韩梅', 'team': 2}");
	for (int i = 0; i < CUSTOMERS; i++)
		(void)report_create(&run, "customer", "{'name': '客户%d'}", i);
	for (int i = 0; i < ORDERS; i++)
		make_order(&made[i], &random, i);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	report_close(&run);
	return 0;
}

static bool is_owed(const order *of, int64_t owner, int64_t customer)
{
	return (strcmp(of->payment, "unpaid") == 0 || strcmp(of->payment, "partial") == 0) &&
	       (strcmp(of->status, "confirmed") == 0 || strcmp(of->status, "fulfilled") == 0) &&
	       (owner == 0 || of->owner == owner) &&
	       (customer == 0 || of->customer == customer);
}

static size_t age_of(const order *of)
{
	if (of->due == UNDATED)
		return 0;
	const int64_t days = REPORT_TODAY - of->due;
	return days <= 0 ? 1 : days <= 30 ? 2 : days <= 60 ? 3 : days <= 90 ? 4 : 5;
}

static void assert_ages(const char *params, int64_t owner, int64_t customer)
{
	static const char *const names[AGES] = { "undated",    "not_due",    "days_1_30",
		                                 "days_31_60", "days_61_90", "days_91" };
	int64_t count[AGES] = { 0 }, sum[AGES] = { 0 }, overdue = 0;
	for (size_t i = 0; i < ORDERS; i++) {
		if (!is_owed(&made[i], owner, customer))
			continue;
		count[age_of(&made[i])]++;
		sum[age_of(&made[i])] += made[i].total - made[i].paid;
		overdue += age_of(&made[i]) > 1;
	}
	report_do(&run, "receivables", "%s", params);
	for (size_t i = 0; i < AGES; i++) {
		assert_string_equal(report_text(&run, "ages", i, "age"), names[i]);
		assert_int_equal(report_int(&run, "ages", i, "orders"), count[i]);
		assert_int_equal(report_int(&run, "ages", i, "outstanding_base"), sum[i]);
	}
	assert_int_equal(report_rows(&run, "orders"), overdue);
	assert_true(overdue > 3);
}

static void ages_add_up_what_is_owed(void **state)
{
	(void)state;
	assert_ages("{}", 0, 0);
	assert_ages("{'owner': 'u2'}", 2, 0);
	assert_ages("{'team': 2}", 2, 0);
	assert_ages("{'team': 1}", 0, 0);
	assert_ages("{'customer': 3}", 0, 3);
}

static void orders_come_with_the_longest_due_first(void **state)
{
	(void)state;
	report_do(&run, "receivables", "{}");
	int64_t last = 0;
	for (size_t row = 0; row < report_rows(&run, "orders"); row++) {
		const order *of = &made[report_int(&run, "orders", row, "id") - 1];
		assert_true(is_owed(of, 0, 0) && of->due >= last && of->due < REPORT_TODAY);
		assert_int_equal(report_int(&run, "orders", row, "due_on"), of->due);
		assert_int_equal(report_int(&run, "orders", row, "days_overdue"),
		                 REPORT_TODAY - of->due);
		assert_int_equal(report_int(&run, "orders", row, "outstanding_base"),
		                 of->total - of->paid);
		assert_int_equal(report_int(&run, "orders", row, "paid"), of->paid);
		last = of->due;
	}
	report_do(&run, "receivables", "{'overdue': false}");
	size_t owed = 0;
	for (size_t i = 0; i < ORDERS; i++)
		owed += is_owed(&made[i], 0, 0);
	assert_int_equal(report_rows(&run, "orders"), owed);
}

/* Orders that are paid are not looked at. */
static void it_costs_what_is_not_paid(void **state)
{
	(void)state;
	int64_t unpaid = 0, overdue = 0;
	for (size_t i = 0; i < ORDERS; i++) {
		const bool is = strcmp(made[i].payment, "unpaid") == 0 ||
		                strcmp(made[i].payment, "partial") == 0;
		unpaid += is;
		overdue += is && made[i].due != UNDATED && made[i].due < REPORT_TODAY;
	}
	report_do(&run, "receivables", "{}");
	assert_in_range(report_figure(&run, "keys"), unpaid,
	                2 + unpaid + overdue + 4 + CUSTOMERS + 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(ages_add_up_what_is_owed),
		cmocka_unit_test(orders_come_with_the_longest_due_first),
		cmocka_unit_test(it_costs_what_is_not_paid),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
