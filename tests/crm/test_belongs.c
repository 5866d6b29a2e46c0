/* SPDX-License-Identifier: Apache-2.0 */
/* Records that refer to each other are of one customer, also after one of them was given to
 * another customer, or was away meanwhile. */
#include "tests/support/shop.h"
#include "tests/support/unit.h"

static void an_opportunity_stays_with_what_is_about_it(void **state)
{
	store_fixture *f = *state;
	const int64_t call =
		shop_create(f, "activity",
	                    "{'kind': 'call', 'subject': 'S', 'at': 1, 'owner': 1, "
	                    "'customer': 1, 'opportunity': 1}");
	shop_refuses_update(f, "opportunity", 1, "{'customer': 2}", "customer",
	                    "activity 1 refers to opportunity 1");
	fixture_update(f, "activity", call, "{'opportunity': nil}");
	fixture_update(f, "opportunity", 1, "{'customer': 2}");
}

static void a_cancelled_order_holds_it_too(void **state)
{
	store_fixture *f = *state;
	const int64_t order = shop_draft(f);
	fixture_update(f, "sales_order", order, "{'opportunity': 1}");
	fixture_update(f, "sales_order", order,
	               "{'status': 'cancelled', 'cancel_reason': 'R'}");
	shop_refuses_update(f, "opportunity", 1, "{'customer': 2}", "customer",
	                    "sales_order 1 refers to opportunity 1");
}

static void a_request_stays_with_its_feedback(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "service_request", "{'title': 'T', 'content': 'C', 'customer': 1}");
	fixture_create(f, "feedback",
	               "{'customer': 1, 'content': 'C', 'received_at': 5, 'service_request': "
	               "1}");
	shop_refuses_update(f, "service_request", 1, "{'customer': 2}", "customer",
	                    "feedback 1 refers to service_request 1");
	fixture_do(f, FIXTURE_DELETE, "feedback", 1);
	fixture_update(f, "service_request", 1, "{'customer': 2}");
	shop_refuses(f, FIXTURE_UNDELETE, "feedback", 1, "service_request",
	             "belongs to customer 2");
	fixture_update(f, "service_request", 1, "{'customer': 1}");
	fixture_do(f, FIXTURE_UNDELETE, "feedback", 1);
}

static void a_draft_stays_with_its_request(void **state)
{
	store_fixture *f = *state;
	const int64_t order = shop_draft(f);
	fixture_create(f, "service_request",
	               "{'title': 'T', 'content': 'C', 'customer': 1, 'order': 1}");
	shop_refuses_update(f, "sales_order", order, "{'customer': 2}", "customer",
	                    "service_request 1 refers to sales_order 1");
}

static void a_contact_comes_back_to_its_own_opportunity_only(void **state)
{
	store_fixture *f = *state;
	fixture_update(f, "opportunity", 1, "{'contact': 1}");
	fixture_do(f, FIXTURE_DELETE, "contact", 1);
	fixture_update(f, "opportunity", 1, "{'customer': 2}");
	shop_refuses(f, FIXTURE_UNDELETE, "contact", 1, "customer",
	             "opportunity 1 refers to contact 1");
	fixture_update(f, "opportunity", 1, "{'customer': 1}");
	fixture_do(f, FIXTURE_UNDELETE, "contact", 1);
	shop_has(f, "opportunity", 1, "contact", 1);
}

static void an_opportunity_comes_back_with_its_own_contact_only(void **state)
{
	store_fixture *f = *state;
	fixture_update(f, "opportunity", 1, "{'contact': 1}");
	fixture_do(f, FIXTURE_DELETE, "opportunity", 1);
	fixture_update(f, "contact", 1, "{'customer': 2}");
	shop_refuses(f, FIXTURE_UNDELETE, "opportunity", 1, "contact", "belongs to customer 2");
	fixture_update(f, "contact", 1, "{'customer': 1}");
	fixture_do(f, FIXTURE_UNDELETE, "opportunity", 1);
	shop_has(f, "opportunity", 1, "contact", 1);
}

/* Contacts go to other customers; what was done with them stays where it was done. */
static void an_activity_comes_back_though_its_contact_left(void **state)
{
	store_fixture *f = *state;
	shop_create(f, "activity",
	            "{'kind': 'call', 'subject': 'S', 'at': 1, 'owner': 1, 'customer': 1, "
	            "'contact': 1}");
	fixture_update(f, "contact", 1, "{'customer': 2}");
	fixture_do(f, FIXTURE_DELETE, "activity", 1);
	fixture_do(f, FIXTURE_UNDELETE, "activity", 1);
	shop_has(f, "activity", 1, "contact", 1);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, shop_setup, shop_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(an_opportunity_stays_with_what_is_about_it),
		WITH(a_cancelled_order_holds_it_too),
		WITH(a_request_stays_with_its_feedback),
		WITH(a_draft_stays_with_its_request),
		WITH(a_contact_comes_back_to_its_own_opportunity_only),
		WITH(an_opportunity_comes_back_with_its_own_contact_only),
		WITH(an_activity_comes_back_though_its_contact_left),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
