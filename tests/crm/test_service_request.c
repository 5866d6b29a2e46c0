/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a service request, its limit and its times. */
#include "tests/support/shop.h"
#include "tests/support/unit.h"

#define REQUEST "'title': 'T', 'content': 'C', 'customer': 1"
#define HOUR    3600000LL

static int64_t ask(store_fixture *f)
{
	return fixture_create(f, "service_request", "{" REQUEST "}");
}

static void move(store_fixture *f, int64_t id, const char *status)
{
	shop_update(f, "service_request", id, "{'status': '%s'}", status);
}

/* new, assigned, in_progress */
static int64_t begin(store_fixture *f)
{
	const int64_t id = ask(f);
	fixture_update(f, "service_request", id, "{'status': 'assigned', 'handler': 2}");
	move(f, id, "in_progress");
	return id;
}

static void it_goes_its_way_and_no_other(void **state)
{
	store_fixture *f = *state;
	const int64_t id = ask(f);
	shop_says(f, "service_request", id, "number", "SR-202311-00001");
	shop_refuses_update(f, "service_request", id, "{'status': 'in_progress', 'handler': 2}",
	                    "status", "from new it may go to assigned");
	shop_refuses_update(f, "service_request", id, "{'status': 'assigned'}", "handler",
	                    "a request that is assigned needs a handler");
	fixture_update(f, "service_request", id, "{'status': 'assigned', 'handler': 2}");
	shop_refuses_update(f, "service_request", id,
	                    "{'status': 'resolved', 'resolution': 'solved'}", "status",
	                    "from assigned it may go to in_progress");
	shop_refuses_update(f, "service_request", id, "{'handler': nil}", "handler",
	                    "needs a handler");
	move(f, id, "in_progress");
	move(f, id, "waiting");
	move(f, id, "assigned"); /* handed over */
	move(f, id, "in_progress");
	shop_refuses_update(f, "service_request", id, "{'status': 'closed'}", "status",
	                    "from in_progress it may go to waiting, resolved, assigned");
	shop_refuses_update(f, "service_request", id, "{'status': 'resolved'}", "resolution",
	                    "a request that is resolved needs a resolution");
	fixture_update(f, "service_request", id,
	               "{'status': 'resolved', 'resolution': 'solved'}");
	shop_refuses_update(f, "service_request", id, "{'status': 'assigned'}", "status",
	                    "from resolved it may go to closed, in_progress");
	move(f, id, "closed");
	shop_has(f, "customer", 1, "open_request_count", 0);
}

static void the_limit_is_that_of_the_priority(void **state)
{
	store_fixture *f = *state;
	const struct {
		const char *priority;
		int64_t hours;
	} limits[] = { { "urgent", 4 }, { "high", 8 }, { "normal", 24 }, { "low", 72 } };
	for (size_t i = 0; i < CX_COUNT_OF(limits); i++) {
		const int64_t now = f->now_ms;
		const int64_t id =
			shop_create(f, "service_request", "{'priority': '%s', " REQUEST "}",
		                    limits[i].priority);
		shop_has(f, "service_request", id, "due_at", now + limits[i].hours * HOUR);
	}
	const int64_t made = fixture_int(f, "service_request", 1, "created_at");
	fixture_update(f, "service_request", 1, "{'priority': 'low'}");
	shop_has(f, "service_request", 1, "due_at", made + 72 * HOUR);
}

static void the_organisation_may_have_other_hours(void **state)
{
	store_fixture *f = *state;
	fixture_update(f, "org", 1, "{'sla_hours': [1, 2]}");
	const int64_t now = f->now_ms;
	fixture_create(f, "service_request", "{'priority': 'high', " REQUEST "}");
	shop_has(f, "service_request", 1, "due_at", now + 2 * HOUR);
	const int64_t id = ask(f); /* there is none for normal ones */
	shop_lacks(f, "service_request", id, "due_at");
	fixture_update(f, "org", 1, "{'sla_hours': [9, 9, 9, 9]}");
	fixture_update(f, "service_request", 1, "{'title': 'U'}");
	shop_has(f, "service_request", 1, "due_at", now + 2 * HOUR); /* as it was given */
}

static void waiting_moves_the_limit(void **state)
{
	store_fixture *f = *state;
	const int64_t id = begin(f);
	const int64_t due = fixture_int(f, "service_request", id, "due_at");
	const int64_t since = f->now_ms;
	move(f, id, "waiting");
	shop_has(f, "service_request", id, "waiting_since", since);
	f->now_ms = since + 10 * HOUR;
	fixture_update(f, "service_request", id, "{'title': 'U'}"); /* does not matter */
	shop_has(f, "service_request", id, "due_at", due);
	f->now_ms = since + 30 * HOUR;
	move(f, id, "in_progress");
	shop_has(f, "service_request", id, "waiting_ms", 30 * HOUR);
	shop_has(f, "service_request", id, "due_at", due + 30 * HOUR);
	shop_lacks(f, "service_request", id, "waiting_since");
	f->now_ms = since + 40 * HOUR;
	move(f, id, "waiting");
	f->now_ms = since + 45 * HOUR;
	fixture_update(f, "service_request", id,
	               "{'status': 'resolved', 'resolution': 'no_reply', 'priority': 'low'}");
	shop_has(f, "service_request", id, "waiting_ms", 35 * HOUR);
	shop_has(f, "service_request", id, "due_at",
	         fixture_int(f, "service_request", id, "created_at") + (72 + 35) * HOUR);
}

static void its_times_are_kept(void **state)
{
	store_fixture *f = *state;
	const int64_t id = ask(f);
	fixture_update(f, "service_request", id, "{'status': 'assigned', 'handler': 2}");
	shop_lacks(f, "service_request", id, "first_response_at");
	const int64_t first = f->now_ms;
	move(f, id, "in_progress");
	shop_has(f, "service_request", id, "first_response_at", first);
	move(f, id, "assigned");
	move(f, id, "in_progress");
	shop_has(f, "service_request", id, "first_response_at", first);
	const int64_t resolved = f->now_ms;
	fixture_update(f, "service_request", id,
	               "{'status': 'resolved', 'resolution': 'solved'}");
	shop_has(f, "service_request", id, "resolved_at", resolved);
	shop_lacks(f, "service_request", id, "closed_at");
	const int64_t closed = f->now_ms;
	move(f, id, "closed");
	shop_has(f, "service_request", id, "resolved_at", resolved);
	shop_has(f, "service_request", id, "closed_at", closed);
	shop_refuses_update(f, "service_request", id, "{'resolution': nil}", "resolution",
	                    "needs a resolution");
}

static void one_that_is_done_may_be_taken_up_again(void **state)
{
	store_fixture *f = *state;
	const int64_t id = begin(f);
	fixture_update(f, "service_request", id,
	               "{'status': 'resolved', 'resolution': 'solved'}");
	shop_has(f, "service_request", id, "reopen_count", 0);
	move(f, id, "in_progress");
	shop_has(f, "service_request", id, "reopen_count", 1);
	shop_lacks(f, "service_request", id, "resolved_at");
	shop_lacks(f, "service_request", id, "resolution");
	shop_has(f, "customer", 1, "open_request_count", 1);
	shop_refuses_update(f, "service_request", id, "{'status': 'resolved'}", "resolution",
	                    "needs a resolution");
	const int64_t again = f->now_ms;
	fixture_update(f, "service_request", id,
	               "{'status': 'resolved', 'resolution': 'workaround'}");
	shop_has(f, "service_request", id, "resolved_at", again);
	move(f, id, "closed");
	move(f, id, "in_progress");
	shop_has(f, "service_request", id, "reopen_count", 2);
	shop_lacks(f, "service_request", id, "closed_at");
}

static void an_older_one_may_be_entered_as_it_stands(void **state)
{
	store_fixture *f = *state;
	shop_refuses_create(f, "service_request",
	                    "{'status': 'closed', 'handler': 2, " REQUEST "}", "resolution",
	                    "a request that is closed needs a resolution");
	const int64_t now = f->now_ms;
	const int64_t id = fixture_create(
		f, "service_request",
		"{'status': 'closed', 'handler': 2, 'resolution': 'solved', " REQUEST "}");
	shop_has(f, "service_request", id, "first_response_at", now);
	shop_has(f, "service_request", id, "resolved_at", now);
	shop_has(f, "service_request", id, "closed_at", now);
	const int64_t waits = fixture_create(
		f, "service_request", "{'status': 'waiting', 'handler': 2, " REQUEST "}");
	shop_has(f, "service_request", waits, "waiting_since", now + 1);
}

static void what_it_refers_to_is_the_customers(void **state)
{
	store_fixture *f = *state;
	shop_draft(f);
	shop_refuses_create(f, "service_request",
	                    "{'title': 'T', 'content': 'C', 'customer': 2, 'order': 1}",
	                    "order", "sales_order 1 belongs to customer 1, not to customer 2");
	shop_refuses_create(f, "service_request", "{'contact': 2, " REQUEST "}", "contact",
	                    "belongs to customer 2");
	fixture_create(f, "service_request", "{'contact': 1, 'order': 1, " REQUEST "}");
}

static void it_comes_back_as_it_was(void **state)
{
	store_fixture *f = *state;
	const int64_t id = begin(f);
	move(f, id, "waiting");
	shop_there_and_back(f, "service_request", id);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, shop_setup, shop_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(it_goes_its_way_and_no_other),
		WITH(the_limit_is_that_of_the_priority),
		WITH(the_organisation_may_have_other_hours),
		WITH(waiting_moves_the_limit),
		WITH(its_times_are_kept),
		WITH(one_that_is_done_may_be_taken_up_again),
		WITH(an_older_one_may_be_entered_as_it_stands),
		WITH(what_it_refers_to_is_the_customers),
		WITH(it_comes_back_as_it_was),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
