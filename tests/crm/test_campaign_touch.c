/* SPDX-License-Identifier: Apache-2.0 */
/* A touch only moves on; the first response is kept. */
#include "tests/support/shop.h"
#include "tests/support/unit.h"

static int setup(void **state)
{
	shop_setup(state);
	fixture_create(
		*state, "campaign",
		"{'code': 'C', 'name': 'N', 'kind': 'email', 'start_on': 10, 'owner': 1}");
	return 0;
}

static int64_t touch(store_fixture *f)
{
	return fixture_create(f, "campaign_touch",
	                      "{'campaign': 1, 'customer': 1, 'contact': 1, 'touched_at': 5}");
}

static void move(store_fixture *f, int64_t id, const char *status)
{
	shop_update(f, "campaign_touch", id, "{'status': '%s'}", status);
}

static void it_only_moves_on(void **state)
{
	store_fixture *f = *state;
	const int64_t id = touch(f);
	move(f, id, "clicked");
	shop_refuses_update(
		f, "campaign_touch", id, "{'status': 'opened'}", "status",
		"campaign_touch 1 is clicked already and does not go back to opened");
	shop_lacks(f, "campaign_touch", id, "responded_at");
	move(f, id, "opted_out");
	shop_lacks(f, "campaign_touch", id, "responded_at");
	shop_refuses_update(f, "campaign_touch", id, "{'status': 'attended'}", "status",
	                    "is opted_out already");
}

static void the_first_response_is_kept(void **state)
{
	store_fixture *f = *state;
	const int64_t id = touch(f);
	const int64_t now = f->now_ms;
	move(f, id, "responded");
	shop_has(f, "campaign_touch", id, "responded_at", now);
	move(f, id, "attended");
	shop_has(f, "campaign_touch", id, "responded_at", now);
	shop_there_and_back(f, "campaign_touch", id);
}

static void a_time_that_is_given_stands(void **state)
{
	store_fixture *f = *state;
	const int64_t id = fixture_create(
		f, "campaign_touch",
		"{'campaign': 1, 'customer': 1, 'touched_at': 5, 'status': 'attended', "
		"'responded_at': 7}");
	shop_has(f, "campaign_touch", id, "responded_at", 7);
}

static void the_contact_is_the_customers(void **state)
{
	shop_refuses_create(*state, "campaign_touch",
	                    "{'campaign': 1, 'customer': 1, 'contact': 2, 'touched_at': 5}",
	                    "contact", "contact 2 belongs to customer 2");
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, shop_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(it_only_moves_on),
		WITH(the_first_response_is_kept),
		WITH(a_time_that_is_given_stands),
		WITH(the_contact_is_the_customers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
