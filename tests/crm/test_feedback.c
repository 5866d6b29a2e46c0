/* SPDX-License-Identifier: Apache-2.0 */
/* Feedback goes step by step; a score is 0 to 10. */
#include "tests/support/shop.h"
#include "tests/support/unit.h"

#define FEEDBACK "'customer': 1, 'content': 'C', 'received_at': 5"

static void it_goes_step_by_step(void **state)
{
	store_fixture *f = *state;
	const int64_t id = fixture_create(f, "feedback", "{" FEEDBACK "}");
	shop_refuses_update(f, "feedback", id, "{'status': 'closed'}", "status",
	                    "from new it may go to acknowledged");
	fixture_update(f, "feedback", id, "{'status': 'acknowledged'}");
	fixture_update(f, "feedback", id, "{'status': 'in_progress'}");
	shop_refuses_update(f, "feedback", id, "{'status': 'new'}", "status",
	                    "from in_progress it may go to closed");
	fixture_update(f, "feedback", id, "{'status': 'closed'}");
	shop_refuses_update(f, "feedback", id, "{'status': 'new'}", "status", "nothing else");
	shop_there_and_back(f, "feedback", id);
}

static void a_score_is_0_to_10(void **state)
{
	store_fixture *f = *state;
	shop_refuses_create(f, "feedback", "{'score': -1, " FEEDBACK "}", "score", "0 to 10");
	shop_refuses_create(f, "feedback", "{'score': 11, " FEEDBACK "}", "score", "0 to 10");
	fixture_create(f, "feedback", "{'score': 0, " FEEDBACK "}");
	fixture_create(f, "feedback", "{'score': 10, " FEEDBACK "}");
	shop_has(f, "customer", 1, "feedback_count", 2);
}

static void what_it_refers_to_is_the_customers(void **state)
{
	store_fixture *f = *state;
	shop_draft(f); /* of customer 1 */
	fixture_create(f, "service_request", "{'title': 'T', 'content': 'C', 'customer': 2}");
	shop_refuses_create(f, "feedback", "{'contact': 2, " FEEDBACK "}", "contact",
	                    "belongs to customer 2");
	shop_refuses_create(f, "feedback", "{'service_request': 1, " FEEDBACK "}",
	                    "service_request", "belongs to customer 2");
	fixture_create(f, "feedback", "{'contact': 1, 'order': 1, " FEEDBACK "}");
	shop_refuses_update(f, "feedback", 1, "{'customer': 2, 'contact': nil}", "order",
	                    "sales_order 1 belongs to customer 1");
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, shop_setup, shop_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(it_goes_step_by_step),
		WITH(a_score_is_0_to_10),
		WITH(what_it_refers_to_is_the_customers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
