/* SPDX-License-Identifier: Apache-2.0 */
/* Stages of the pipeline, and the settings of the organisation. */
#include "tests/support/shop.h"
#include "tests/support/unit.h"

#define STAGE(code, seq) "{'code': '" code "', 'label_zh': 'L', 'label_en': 'L', 'seq': " #seq

static void there_is_one_to_win_and_one_to_lose_in(void **state)
{
	store_fixture *f = *state;
	const int64_t won = fixture_create(
		f, "stage", STAGE("won", 8) ", 'kind': 'won', 'probability_bp': 10000}");
	fixture_create(f, "stage", STAGE("lost", 9) ", 'kind': 'lost', 'probability_bp': 0}");
	shop_refuses_create(f, "stage",
	                    STAGE("x", 10) ", 'kind': 'won', 'probability_bp': 10000}", "kind",
	                    "stage 2 is the one in which opportunities are won");
	shop_refuses_create(f, "stage", STAGE("x", 10) ", 'kind': 'lost', 'probability_bp': 0}",
	                    "kind", "stage 3");
	fixture_update(f, "stage", won, "{'label_en': 'Won'}");
	/* one that nothing was in yet may become another */
	fixture_update(f, "stage", won, "{'kind': 'open'}");
	fixture_update(f, "stage", won, "{'kind': 'won'}");
}

static void the_kind_of_one_in_use_stays(void **state)
{
	store_fixture *f = *state;
	shop_refuses_update(f, "stage", 1, "{'kind': 'won', 'probability_bp': 10000}", "kind",
	                    "opportunity 1 was in this stage");
	fixture_create(f, "stage", STAGE("second", 2) ", 'probability_bp': 2000}");
	fixture_update(f, "opportunity", 1, "{'stage': 2}");
	fixture_update(f, "opportunity", 1, "{'stage': 1}");
	shop_refuses_update(f, "stage", 2, "{'kind': 'won', 'probability_bp': 10000}", "kind",
	                    "stage_history");
}

static void a_probability_is_0_to_10000(void **state)
{
	store_fixture *f = *state;
	shop_refuses_update(f, "stage", 1, "{'probability_bp': -1}", "probability_bp", "0 to");
	shop_refuses_update(f, "stage", 1, "{'probability_bp': 10001}", "probability_bp",
	                    "0 to 10000");
	fixture_update(f, "stage", 1, "{'probability_bp': 10000}");
	fixture_update(f, "stage", 1, "{'probability_bp': 0}");
	shop_refuses_create(f, "stage",
	                    STAGE("x", 10) ", 'kind': 'won', 'probability_bp': 9999}",
	                    "probability_bp", "is 10000");
	shop_refuses_create(f, "stage", STAGE("x", 10) ", 'kind': 'lost', 'probability_bp': 1}",
	                    "probability_bp", "is 0");
	shop_refuses_update(f, "stage", 1, "{'stale_days': -1}", "stale_days", "0 or more");
}

static void settings_make_sense(void **state)
{
	store_fixture *f = *state;
	shop_refuses_update(f, "org", 1, "{'fiscal_start_month': 13}", "fiscal_start_month",
	                    "1 to 12");
	shop_refuses_update(f, "org", 1, "{'rfm_window_days': 0}", "rfm_window_days", "1 to");
	shop_refuses_update(f, "org", 1, "{'sla_hours': [4, 0]}", "sla_hours", "from 1");
	shop_refuses_update(f, "org", 1, "{'number_format': ['x']}", "number_format",
	                    "running part");
	shop_refuses_update(f, "org", 1, "{'base_currency': 'cny'}", "base_currency",
	                    "capital letters");
	fixture_update(f, "org", 1,
	               "{'fiscal_start_month': 4, 'rfm_window_days': 180, 'sla_hours': [1, 2, "
	               "3, 4], 'number_format': ['D-{seq3}'], 'base_currency': 'CNY'}");
	shop_create(f, "opportunity",
	            "{'title': 'T', 'customer': 1, 'amount': 1, 'close_on': 1, 'owner': 1}");
	shop_says(f, "opportunity", 3, "number", "D-001");
}

static void the_base_currency_stands_once_there_are_amounts(void **state)
{
	store_fixture *f = *state;
	shop_refuses_update(f, "org", 1, "{'base_currency': 'USD'}", "base_currency",
	                    "opportunity 1");
	fixture_do(f, FIXTURE_DELETE, "opportunity", 1);
	fixture_do(f, FIXTURE_DELETE, "opportunity", 2);
	shop_refuses_update(f, "org", 1, "{'base_currency': 'USD'}", "base_currency",
	                    "fx_rate 1");
	fixture_do(f, FIXTURE_DELETE, "fx_rate", 1);
	fixture_do(f, FIXTURE_DELETE, "fx_rate", 2);
	fixture_update(f, "org", 1, "{'base_currency': 'USD'}");
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, shop_setup, shop_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(there_is_one_to_win_and_one_to_lose_in),
		WITH(the_kind_of_one_in_use_stays),
		WITH(a_probability_is_0_to_10000),
		WITH(settings_make_sense),
		WITH(the_base_currency_stands_once_there_are_amounts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
