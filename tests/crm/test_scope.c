/* SPDX-License-Identifier: Apache-2.0 */
/* Targets and forecasts: of whom, for which month; a forecast is never changed. */
#include "tests/support/shop.h"
#include "tests/support/unit.h"

enum { NOVEMBER = 19662 }; /* 2023-11-01 */

static void a_target_is_of_whom_its_scope_says(void **state)
{
	store_fixture *f = *state;
	shop_refuses_create(f, "sales_target", "{'scope': 'user', 'period': 19662, 'value': 1}",
	                    "user", "scope user needs a user");
	shop_refuses_create(
		f, "sales_target",
		"{'scope': 'user', 'user': 1, 'team': 1, 'period': 19662, 'value': 1}", "team",
		"scope user takes no team");
	shop_refuses_create(f, "sales_target", "{'scope': 'team', 'period': 19662, 'value': 1}",
	                    "team", "scope team needs a team");
	shop_refuses_create(f, "sales_target",
	                    "{'scope': 'org', 'user': 1, 'period': 19662, 'value': 1}", "user",
	                    "scope org takes no user");
	fixture_create(f, "sales_target", "{'scope': 'org', 'period': 19662, 'value': 0}");
	fixture_create(f, "sales_target",
	               "{'scope': 'team', 'team': 1, 'period': 19662, 'value': 1}");
	fixture_create(f, "sales_target",
	               "{'scope': 'user', 'user': 1, 'period': 19662, 'value': 1}");
	shop_refuses_update(f, "sales_target", 1, "{'scope': 'team'}", "team", "needs a team");
}

static void its_period_is_the_first_of_a_month(void **state)
{
	store_fixture *f = *state;
	shop_refuses_create(f, "sales_target", "{'scope': 'org', 'period': 19663, 'value': 1}",
	                    "period", "give its first day");
	shop_refuses_create(f, "sales_target", "{'scope': 'org', 'period': 19661, 'value': 1}",
	                    "period", "give its first day");
	shop_create(f, "sales_target", "{'scope': 'org', 'period': %d, 'value': 1}", NOVEMBER);
	fixture_create(f, "sales_target", "{'scope': 'org', 'period': -31, 'value': 1}");
	shop_refuses_create(f, "sales_target", "{'scope': 'org', 'period': 0, 'value': -1}",
	                    "value", "0 or more");
}

#define FORECAST "'run': 1, 'as_of': 5, 'method': 'ses', 'value': 10"

static void a_forecast_is_never_changed(void **state)
{
	store_fixture *f = *state;
	shop_refuses_create(f, "forecast", "{'scope': 'team', 'period': 19662, " FORECAST "}",
	                    "team", "scope team needs a team");
	shop_refuses_create(f, "forecast", "{'scope': 'org', 'period': 19670, " FORECAST "}",
	                    "period", "give its first day");
	shop_refuses_create(f, "forecast",
	                    "{'scope': 'org', 'period': 19662, 'low': 11, 'high': 10, " FORECAST
	                    "}",
	                    "low", "not above");
	/* of a method that is always too low */
	fixture_create(f, "forecast",
	               "{'scope': 'org', 'period': 19631, 'low': 11, 'high': 12, " FORECAST
	               "}");
	const int64_t id = fixture_create(
		f, "forecast",
		"{'scope': 'org', 'period': 19662, 'low': 10, 'high': 10, " FORECAST "}");
	shop_refuses_update(f, "forecast", id, "{'value': 11}", NULL,
	                    "never changed: make another run instead");
	shop_there_and_back(f, "forecast", id);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, shop_setup, shop_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(a_target_is_of_whom_its_scope_says),
		WITH(its_period_is_the_first_of_a_month),
		WITH(a_forecast_is_never_changed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
