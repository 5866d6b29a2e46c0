/* SPDX-License-Identifier: Apache-2.0 */
/* What applications of the trade ask for, over made-up records of the built-in schema: each
 * question is served by the index, cluster or aggregate meant for it, touches no more than its
 * answer has and a few keys for the ends of each range, and equals what looking at every record
 * finds. CARDEX_TRADE_CUSTOMERS sets the size; test_trade_questions_full is the same program
 * for 100,000 customers. */
#include "tests/support/unit.h"
#include "tests/trade/as_of.h"
#include "tests/trade/page.h"
#include "tests/trade/part.h"
#include "tests/trade/question.h"
#include "tests/trade/report.h"
#include "tests/trade/total.h"

static int set_up(void **state)
{
	static trade_world made;
	trade_world_open(&made);
	*state = &made;
	return 0;
}

static int tear_down(void **state)
{
	trade_world_close(*state);
	return 0;
}

static void every_list_is_served_by_the_index_meant_for_it(void **state)
{
	trade_check_plans(*state);
	trade_assert_no_complaint();
}

static void every_list_equals_a_full_scan_and_touches_no_more(void **state)
{
	trade_check_answers(*state);
	trade_assert_no_complaint();
}

static void every_total_is_read_from_its_aggregate_and_equals_a_full_scan(void **state)
{
	trade_check_totals(*state);
	trade_assert_no_complaint();
}

static void the_pipeline_of_the_past_is_that_of_a_full_scan(void **state)
{
	trade_check_as_of(*state);
	trade_assert_no_complaint();
}

static void counters_of_parents_are_what_their_lists_add_up_to(void **state)
{
	trade_check_parents(*state);
	trade_assert_no_complaint();
}

static void the_length_of_a_list_is_read_from_an_aggregate(void **state)
{
	trade_check_counts(*state);
	trade_assert_no_complaint();
}

static void sales_of_a_product_are_a_cell_for_each_month(void **state)
{
	trade_check_product(*state);
	trade_assert_no_complaint();
}

static void what_campaigns_won_is_found_by_ranges(void **state)
{
	trade_check_attribution(*state);
	trade_assert_no_complaint();
}

static void the_search_box_finds_what_a_full_scan_finds(void **state)
{
	trade_check_search(*state);
	trade_assert_no_complaint();
}

static void changes_go_on_from_any_number(void **state)
{
	trade_check_changes(*state);
	trade_assert_no_complaint();
}

static void page_10000_touches_no_more_than_page_1(void **state)
{
	trade_check_pages(*state);
	trade_assert_no_complaint();
}

static void reports_look_at_no_more_than_they_tell(void **state)
{
	trade_check_reports(*state);
	trade_assert_no_complaint();
}

static void statistics_change_none_of_these_plans(void **state)
{
	trade_world_analyze(*state);
	trade_check_plans(*state);
	trade_assert_no_complaint();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_list_is_served_by_the_index_meant_for_it),
		cmocka_unit_test(every_list_equals_a_full_scan_and_touches_no_more),
		cmocka_unit_test(every_total_is_read_from_its_aggregate_and_equals_a_full_scan),
		cmocka_unit_test(the_pipeline_of_the_past_is_that_of_a_full_scan),
		cmocka_unit_test(counters_of_parents_are_what_their_lists_add_up_to),
		cmocka_unit_test(the_length_of_a_list_is_read_from_an_aggregate),
		cmocka_unit_test(sales_of_a_product_are_a_cell_for_each_month),
		cmocka_unit_test(what_campaigns_won_is_found_by_ranges),
		cmocka_unit_test(the_search_box_finds_what_a_full_scan_finds),
		cmocka_unit_test(changes_go_on_from_any_number),
		cmocka_unit_test(page_10000_touches_no_more_than_page_1),
		cmocka_unit_test(reports_look_at_no_more_than_they_tell),
		cmocka_unit_test(statistics_change_none_of_these_plans),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
