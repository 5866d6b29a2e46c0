/* SPDX-License-Identifier: Apache-2.0 */
/* The report on tiers tells a run and what it changed; that on priority puts a person's open
 * opportunities in the order of their points. */
#include "crm/runs.h"
#include "tests/crm/report_run.h"
#include "tests/support/unit.h"

#include <stdio.h>

static report_run run;
static const engine_author author = { .now_ms = REPORT_NOW };

enum { CUSTOMERS = 5 };

static void make_row(int64_t customer, int64_t hours_ago, const char *tier, const char *more)
{
	(void)report_create(
		&run, "customer_tier",
		"{'customer': %lld, 'as_of': %lld, 'tier': '%s', 'value_score': 400, "
		"'potential_score': 30, 'rfm': '321', 'm_base': %lld, 'reason': "
		"'因为%lld'%s}",
		(long long)customer, (long long)(REPORT_NOW - hours_ago * HOUR_MS), tier,
		(long long)(100 * customer), (long long)customer, more);
}

static int64_t make_deal(int64_t customer, const char *title, int64_t expected, int64_t days,
                         int64_t owner, const char *state)
{
	return report_create(
		&run, "opportunity",
		"{'title': '%s', 'customer': %lld, 'stage': 1, 'state': '%s', "
		"'amount': 1, 'amount_base': 1, 'expected_base': %lld, 'close_on': "
		"%lld, 'owner': %lld}",
		title, (long long)customer, state, (long long)expected,
		(long long)REPORT_TODAY + days, (long long)owner);
}

static int set_up(void **state)
{
	(void)state;
	static const char *const tiers[] = { "high", "potential", "low", "unrated", "low" };
	report_open(&run);
	(void)report_create(&run, "team", "{'name': '华东'}");
	(void)report_create(&run, "user", "{'login': 'li', 'name': '李雷', 'team': 1}");
	(void)report_create(&run, "user", "{'login': 'ha', 'name': '韩梅梅', 'team': 1}");
	(void)report_create(&run, "stage",
	                    "{'code': 's', 'label_zh': '阶段', 'label_en': 's', 'seq': 1, "
	                    "'probability_bp': 1}");
	for (int i = 0; i < CUSTOMERS; i++)
		(void)report_create(&run, "customer", "{'name': '客户%d', 'tier': '%s'}", i,
		                    tiers[i]);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	report_close(&run);
	return 0;
}

static void without_a_run_that_is_said(void **state)
{
	(void)state;
	make_row(3, 100, "high", ", 'manual': true");
	report_do(&run, "tiers", "{}");
	assert_true(report_noted(&run, "not been graded"));
}

static void the_newest_run_is_told_with_its_changes(void **state)
{
	(void)state;
	make_row(1, 50, "low", ", 'params': 'v1'");
	make_row(2, 50, "potential", ", 'params': 'v1'");
	make_row(1, 10, "high", ", 'params': 'v1', 'r_days': 7, 'f_count': 2");
	make_row(2, 10, "potential", ", 'params': 'v1'");
	make_row(3, 10, "low", ", 'params': 'v1'");
	make_row(4, 10, "high", ", 'params': 'v1', 'manual': true, 'expires_on': 21000");
	make_row(5, 1, "high", ", 'manual': true"); /* by hand since: no run */
	report_do(&run, "tiers", "{}");
	assert_string_equal(
		report_show(&run, "totals", "tier customers share_bp by_hand m_base"),
		"high 2 5000 1 500\n"
		"potential 1 2500 0 200\n"
		"low 1 2500 0 300\n"
		"unrated 0 0 0 0\n");
	/* The third was high by hand; the fourth had none. */
	assert_string_equal(report_show(&run, "changes", "customer before tier reason"),
	                    "1 low high 因为1\n"
	                    "3 high low 因为3\n");
	assert_string_equal(
		report_show(&run, "customers",
	                    "customer tier value_score rfm r_days f_count manual expires_on"),
		"1 high 400 321 7 2 false -\n"
		"4 high 400 321 - 0 true 21000\n"
		"2 potential 400 321 - 0 false -\n"
		"3 low 400 321 - 0 false -\n");
	assert_int_equal(report_figure(&run, "as_of"), REPORT_NOW - 10 * HOUR_MS);
}

static void one_tier_of_an_earlier_run_can_be_asked_for(void **state)
{
	(void)state;
	report_do(&run, "tiers", "{'run': %lld, 'tier': 'low', 'changes': false}",
	          (long long)(REPORT_NOW - 50LL * HOUR_MS));
	assert_string_equal(report_show(&run, "customers", "customer tier"), "1 low\n");
	assert_int_equal(report_rows(&run, "changes"), 0);
	assert_int_equal(report_int(&run, "totals", 1, "customers"), 1);
}

static void a_run_is_told_by_the_report(void **state)
{
	(void)state;
	const crm_tier_request request = { .now_ms = REPORT_NOW };
	crm_tier_counts counts;
	assert_int_equal(crm_run_tiers(run.store.engine, &author, &request, &counts, NULL),
	                 CX_OK);
	assert_int_equal(counts.written, CUSTOMERS);
	report_do(&run, "tiers", "{}");
	assert_int_equal(report_figure(&run, "as_of"), REPORT_NOW);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(report_int(&run, "totals", i, "customers"), counts.tiers[i]);
	assert_int_equal(report_rows(&run, "customers"), CUSTOMERS);
	/* The newest row, then each row three times, one before it, and a name. */
	assert_in_range(report_figure(&run, "keys"), 4 * CUSTOMERS, 6 * CUSTOMERS + 10);
}

static void the_most_important_come_first(void **state)
{
	(void)state;
	/* Tiers are those of the run above: 5 by hand is high, the others low. */
	const int64_t big = make_deal(1, "大单", 500, 200, 1, "open");
	const int64_t near = make_deal(5, "临近", 100, 10, 1, "open");
	const int64_t middle = make_deal(2, "中等", 300, 105, 1, "open");
	(void)make_deal(1, "已赢", 900, 1, 1, "won");
	(void)make_deal(1, "别人的", 900, 1, 2, "open");
	(void)report_create(
		&run, "activity",
		"{'kind': 'call', 'subject': 'n', 'at': %lld, 'customer': 2, 'owner': "
		"1, 'opportunity': %lld}",
		(long long)(REPORT_NOW - 26LL * DAY_MS), (long long)middle);
	report_do(&run, "priority", "{'owner': 'li'}");
	char should[200];
	snprintf(should, sizeof should,
	         "%lld 350 high 0 200 150 0\n"
	         "%lld 333 low 333 0 0 0\n"
	         "%lld 317 low 167 0 75 75\n",
	         (long long)near, (long long)big, (long long)middle);
	assert_string_equal(report_show(&run, "opportunities",
	                                "id priority tier value of_customer nearness momentum"),
	                    should);
	assert_string_equal(report_text(&run, "opportunities", 0, "title"), "临近");
	/* Three deals with a customer each, and the names of these, of a stage and an owner. */
	assert_in_range(report_figure(&run, "keys"), 6, 20);
	report_do(&run, "priority", "{'owner': 2}");
	assert_int_equal(report_rows(&run, "opportunities"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_run_that_is_said),
		cmocka_unit_test(the_newest_run_is_told_with_its_changes),
		cmocka_unit_test(one_tier_of_an_earlier_run_can_be_asked_for),
		cmocka_unit_test(a_run_is_told_by_the_report),
		cmocka_unit_test(the_most_important_come_first),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
