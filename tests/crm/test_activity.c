/* SPDX-License-Identifier: Apache-2.0 */
/* Activities: their life, whose they are, and the first response to a request. */
#include "tests/support/shop.h"
#include "tests/support/unit.h"

#define ACTIVITY "'kind': 'call', 'subject': 'S', 'customer': 1, 'owner': 1"

static void it_goes_its_way_and_no_other(void **state)
{
	store_fixture *f = *state;
	const int64_t id =
		fixture_create(f, "activity", "{'status': 'planned', 'at': 5, " ACTIVITY "}");
	fixture_update(f, "activity", id, "{'status': 'done'}");
	shop_refuses_update(f, "activity", id, "{'status': 'planned'}", "status",
	                    "from done it may go to nothing else");
	fixture_create(f, "activity", "{'status': 'planned', 'at': 5, " ACTIVITY "}");
	fixture_update(f, "activity", 2, "{'status': 'cancelled'}");
	shop_refuses_update(f, "activity", 2, "{'status': 'done'}", "status", "nothing else");
	shop_refuses_create(f, "activity", "{'status': 'cancelled', 'at': 5, " ACTIVITY "}",
	                    "status", "cannot begin as cancelled: status may be planned, done");
	shop_refuses_create(f, "activity", "{'duration_s': -1, 'at': 5, " ACTIVITY "}",
	                    "duration_s", "0 or more");
}

static void what_it_is_about_is_the_customers(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "service_request", "{'title': 'T', 'content': 'C', 'customer': 2}");
	shop_refuses_create(f, "activity", "{'opportunity': 2, 'at': 5, " ACTIVITY "}",
	                    "opportunity", "opportunity 2 belongs to customer 2");
	shop_refuses_create(f, "activity", "{'contact': 2, 'at': 5, " ACTIVITY "}", "contact",
	                    "contact 2 belongs to customer 2");
	shop_refuses_create(f, "activity", "{'service_request': 1, 'at': 5, " ACTIVITY "}",
	                    "service_request", "service_request 1 belongs to customer 2");
	fixture_create(f, "activity",
	               "{'opportunity': 1, 'contact': 1, 'at': 5, " ACTIVITY "}");
	shop_refuses_update(f, "activity", 1, "{'customer': 2}", "contact",
	                    "contact 1 belongs to customer 1, not to customer 2");
}

static int64_t request(store_fixture *f)
{
	return fixture_create(f, "service_request",
	                      "{'title': 'T', 'content': 'C', 'customer': 1}");
}

static int64_t talk(store_fixture *f, const char *direction, const char *status, int64_t at)
{
	return shop_create(f, "activity",
	                   "{'service_request': 1, 'direction': '%s', 'status': '%s', 'at': "
	                   "%lld, " ACTIVITY "}",
	                   direction, status, (long long)at);
}

static void the_first_that_goes_out_is_the_first_response(void **state)
{
	store_fixture *f = *state;
	const int64_t id = request(f);
	const int64_t made = fixture_int(f, "service_request", id, "created_at");
	talk(f, "inbound", "done", made + 10);
	talk(f, "none", "done", made + 11);
	talk(f, "outbound", "done", made - 1); /* before there was a request */
	const int64_t planned = talk(f, "outbound", "planned", made + 50);
	shop_lacks(f, "service_request", id, "first_response_at");
	talk(f, "outbound", "done", made + 100);
	shop_has(f, "service_request", id, "first_response_at", made + 100);
	talk(f, "outbound", "done", made + 200);
	shop_has(f, "service_request", id, "first_response_at", made + 100);
	fixture_update(f, "activity", planned, "{'status': 'done'}"); /* written down later */
	shop_has(f, "service_request", id, "first_response_at", made + 50);
	shop_there_and_back(f, "activity", planned);
}

static void work_that_has_begun_is_a_response_too(void **state)
{
	store_fixture *f = *state;
	const int64_t id = request(f);
	fixture_update(f, "service_request", id, "{'status': 'assigned', 'handler': 2}");
	const int64_t now = f->now_ms;
	fixture_update(f, "service_request", id, "{'status': 'in_progress'}");
	talk(f, "outbound", "done", now + 100);
	shop_has(f, "service_request", id, "first_response_at", now);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, shop_setup, shop_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(it_goes_its_way_and_no_other),
		WITH(what_it_is_about_is_the_customers),
		WITH(the_first_that_goes_out_is_the_first_response),
		WITH(work_that_has_begun_is_a_response_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
