/* SPDX-License-Identifier: Apache-2.0 */
/* Reports of sales over the made-up records: what each row says equals what a look at every
 * record comes to, and what is read is groups, not records. */
#include "tests/support/unit.h"
#include "tests/trade/performance.h"

#include <stdlib.h>

typedef struct scene {
	trade_world world;
	trade_deeds deeds;
} scene;

static int set_up(void **state)
{
	scene *self = calloc(1, sizeof *self);
	assert_non_null(self);
	trade_world_open(&self->world);
	trade_prepare_performance(&self->world);
	trade_deeds_collect(&self->world, &self->deeds);
	*state = self;
	return 0;
}

static int tear_down(void **state)
{
	scene *self = *state;
	if (self == NULL)
		return 0;
	trade_deeds_release(&self->deeds);
	trade_world_close(&self->world);
	free(self);
	return 0;
}

static void every_figure_of_performance_equals_a_full_scan(void **state)
{
	const scene *self = *state;
	trade_check_performance(&self->world, &self->deeds);
	trade_assert_no_complaint();
}

static void conversion_of_customers_equals_a_full_scan(void **state)
{
	const scene *self = *state;
	trade_check_conversion(&self->world, &self->deeds);
	trade_assert_no_complaint();
}

static void what_was_won_and_why_it_was_lost_equals_a_full_scan(void **state)
{
	const scene *self = *state;
	trade_check_win_loss(&self->world, &self->deeds);
	trade_assert_no_complaint();
}

static void activities_by_kind_equal_a_full_scan(void **state)
{
	const scene *self = *state;
	trade_check_activities(&self->world, &self->deeds);
	trade_assert_no_complaint();
}

static void sales_of_products_equal_a_full_scan(void **state)
{
	const scene *self = *state;
	trade_check_products(&self->world);
	trade_assert_no_complaint();
}

static void response_rates_of_campaigns_equal_a_full_scan(void **state)
{
	const scene *self = *state;
	trade_check_responses(&self->world);
	trade_assert_no_complaint();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_figure_of_performance_equals_a_full_scan),
		cmocka_unit_test(conversion_of_customers_equals_a_full_scan),
		cmocka_unit_test(what_was_won_and_why_it_was_lost_equals_a_full_scan),
		cmocka_unit_test(activities_by_kind_equal_a_full_scan),
		cmocka_unit_test(sales_of_products_equal_a_full_scan),
		cmocka_unit_test(response_rates_of_campaigns_equal_a_full_scan),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
