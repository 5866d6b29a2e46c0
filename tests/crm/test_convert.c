/* SPDX-License-Identifier: Apache-2.0 */
/* An opportunity becomes an order, once. */
#include "tests/crm/trade.h"

static int setup(void **state)
{
	static store_fixture fixture;
	trade_open(&fixture, NULL);
	trade_customer(&fixture, "华东");
	trade_opportunity(&fixture, 1);
	*state = &fixture;
	return 0;
}

static int teardown(void **state)
{
	trade_close(*state);
	return 0;
}

static cx_status convert_at(store_fixture *f, const engine_author *author, int64_t id,
                            const char *order, const char *lines, engine_outcome *ret)
{
	const crm_conversion what = {
		.opportunity = id,
		.order = order == NULL ? (cx_slice){ 0 } : wire(order),
		.lines = lines == NULL ? (cx_slice){ 0 } : wire(lines),
	};
	fixture_begin(f);
	cx_status status = crm_convert(f->write, author, &what, ret, &f->error);
	fixture_commit(f);
	return status;
}

static cx_status convert(store_fixture *f, int64_t id, const char *order, const char *lines,
                         engine_outcome *ret)
{
	const engine_author author = trade_author(f);
	return convert_at(f, &author, id, order, lines, ret);
}

static cx_status try_convert(store_fixture *f, int64_t id, const char *order, const char *lines)
{
	engine_outcome done = { .id = -7 };
	const uint64_t before = fixture_state_hash(f);
	cx_status status = convert(f, id, order, lines, &done);
	if (status != CX_OK) {
		assert_int_equal(done.id, -7);
		assert_true(fixture_state_hash(f) == before);
	}
	return status;
}

#define TWO_LINES                                                                              \
	"[{'product': 1, 'unit_price': 500}, {'product': 1, 'qty_milli': 2000, 'unit_price': " \
	"70}]"

static void the_order_takes_over_what_the_opportunity_has(void **state)
{
	store_fixture *f = *state;
	trade_create(f, "contact", "{'customer': 1, 'name': '王'}");
	trade_create(f, "campaign",
	             "{'code': 'C', 'name': 'N', 'kind': 'email', 'start_on': 1, 'owner': 1}");
	fixture_update(f, "opportunity", 1, "{'contact': 1, 'campaign': 1, 'owner': 2}");
	engine_outcome done;
	assert_ends(f, convert(f, 1, "{'ext_id': 'x', 'note': '备注'}", TWO_LINES, &done),
	            CX_OK);
	assert_true(done.created);
	assert_int_equal(done.affected, 4);
	static const char *const same[] = { "customer", "contact", "campaign", "owner" };
	for (size_t i = 0; i < CX_COUNT_OF(same); i++)
		assert_int_equal(fixture_int(f, "sales_order", done.id, same[i]),
		                 fixture_int(f, "opportunity", 1, same[i]));
	assert_int_equal(fixture_int(f, "sales_order", done.id, "opportunity"), 1);
	assert_int_equal(fixture_int(f, "sales_order", done.id, "rev"), done.rev);
	assert_string_equal(fixture_text(f, "sales_order", done.id, "currency"), "CNY");
	assert_string_equal(fixture_text(f, "sales_order", done.id, "note"), "备注");
	assert_string_equal(fixture_text(f, "sales_order", done.id, "status"), "draft");
	/* 1700000000000 ms is the 15th of November 2023 in China. */
	assert_int_equal(fixture_int(f, "sales_order", done.id, "ordered_on"), 19676);
	assert_int_equal(fixture_int(f, "opportunity", 1, "stage"), TRADE_WON);
	assert_int_equal(fixture_int(f, "opportunity", 1, "order_count"), 1);
	assert_int_equal(fixture_int(f, "order_line", 1, "line_no"), 1);
	assert_int_equal(fixture_int(f, "order_line", 2, "line_no"), 2);
	assert_int_equal(fixture_int(f, "order_line", 2, "order"), done.id);
	assert_int_equal(fixture_int(f, "sales_order", done.id, "subtotal"), 640);
}

static void the_same_again_answers_the_same_order(void **state)
{
	store_fixture *f = *state;
	engine_outcome first, again;
	assert_ends(f, convert(f, 1, "{'ext_id': 'x'}", TWO_LINES, &first), CX_OK);
	const uint64_t before = fixture_state_hash(f);
	assert_ends(f, convert(f, 1, "{'ext_id': 'x', 'note': 'other'}", NULL, &again), CX_OK);
	assert_true(fixture_state_hash(f) == before);
	assert_int_equal(again.id, first.id);
	assert_int_equal(again.rev, first.rev);
	assert_int_equal(again.seq, first.seq);
	assert_int_equal(again.affected, 0);
	assert_false(again.created);
}

static void without_an_ext_id_there_is_one_order(void **state)
{
	store_fixture *f = *state;
	engine_outcome first, again, other;
	assert_ends(f, convert(f, 1, NULL, NULL, &first), CX_OK);
	assert_ends(f, convert(f, 1, "{}", TWO_LINES, &again), CX_OK);
	assert_int_equal(again.id, first.id);
	assert_string_equal(fixture_text(f, "sales_order", first.id, "ext_id"), "convert-1");
	/* One that is won already gets another order when that is told apart. */
	assert_ends(f, convert(f, 1, "{'ext_id': 'second'}", NULL, &other), CX_OK);
	assert_int_not_equal(other.id, first.id);
	assert_int_equal(other.affected, 1);
	assert_int_equal(fixture_int(f, "opportunity", 1, "order_count"), 2);
}

static void an_order_may_be_confirmed_at_once(void **state)
{
	store_fixture *f = *state;
	engine_outcome done;
	assert_ends(f, convert(f, 1, "{'status': 'confirmed'}", TWO_LINES, &done), CX_OK);
	assert_string_equal(fixture_text(f, "sales_order", done.id, "status"), "confirmed");
	assert_int_equal(fixture_int(f, "sales_order", done.id, "rev"), done.rev);
	assert_int_equal(try_convert(f, 1, "{'status': 'confirmed', 'ext_id': 'e'}", NULL),
	                 CX_CHECK);
}

static void what_does_not_fit_is_refused_whole(void **state)
{
	store_fixture *f = *state;
	assert_int_equal(try_convert(f, 9, NULL, NULL), CX_NOT_FOUND);
	assert_int_equal(try_convert(f, 1, "{'customer': 9}", NULL), CX_CHECK);
	assert_string_equal(f->error.field, "customer");
	assert_int_equal(try_convert(f, 1, "{'opportunity': 9}", NULL), CX_CHECK);
	assert_int_equal(try_convert(f, 1, "{'ext_id': 3}", NULL), CX_INVALID_ARGUMENT);
	assert_int_equal(try_convert(f, 1, "{'ext_id': ''}", NULL), CX_INVALID_ARGUMENT);
	assert_int_equal(try_convert(f, 1, "{'nothing': 1}", NULL), CX_NO_FIELD);
	assert_int_equal(
		try_convert(
			f, 1, NULL,
			"[{'product': 1, 'unit_price': 1}, {'product': 7, 'unit_price': 1}]"),
		CX_DANGLING_REFERENCE);
	assert_string_equal(f->error.text, "line 2: order_line.product: there is no product 7");
	assert_int_equal(try_convert(f, 1, NULL, "[{'order': 3, 'product': 1}]"),
	                 CX_INVALID_ARGUMENT);
	assert_int_equal(try_convert(f, 1, NULL, "[7]"), CX_MALFORMED);
	/* None of these has won it. */
	assert_int_equal(fixture_int(f, "opportunity", 1, "stage"), TRADE_PROPOSAL);

	engine_outcome done;
	trade_opportunity(f, 1);
	assert_ends(f, convert(f, 1, "{'ext_id': 'x'}", NULL, &done), CX_OK);
	assert_int_equal(try_convert(f, 2, "{'ext_id': 'x'}", NULL), CX_CHECK);
	assert_string_equal(f->error.field, "ext_id");
}

static void a_lost_one_must_be_reopened_first(void **state)
{
	store_fixture *f = *state;
	fixture_update(f, "opportunity", 1, "{'stage': 4, 'lost_reason': 'price'}");
	assert_int_equal(try_convert(f, 1, NULL, NULL), CX_CHECK);
	assert_string_equal(f->error.text, "opportunity 1 is lost: reopen it first");
}

static void as_many_lines_as_the_limit_and_no_more(void **state)
{
	store_fixture *f = *state;
	static char lines[64 * (CRM_LINES_MAX + 2)];
	for (int extra = 1; extra >= 0; extra--) {
		size_t used = (size_t)snprintf(lines, sizeof lines, "[");
		for (int i = 0; i < CRM_LINES_MAX + extra; i++)
			used += (size_t)snprintf(lines + used, sizeof lines - used,
			                         "%s{'product': 1, 'unit_price': 1}",
			                         i > 0 ? ", " : "");
		snprintf(lines + used, sizeof lines - used, "]");
		assert_int_equal(try_convert(f, 1, NULL, lines),
		                 extra > 0 ? CX_TOO_LARGE : CX_OK);
	}
}

static void it_may_tell_of_an_earlier_time(void **state)
{
	store_fixture *f = *state;
	engine_author author = trade_author(f);
	author.at_ms = 1600000000000;
	engine_outcome done;
	assert_ends(f, convert_at(f, &author, 1, NULL, NULL, &done), CX_OK);
	assert_int_equal(fixture_int(f, "sales_order", done.id, "created_at"), 1600000000000);
	assert_int_equal(fixture_int(f, "sales_order", done.id, "ordered_on"), 18518);
}

static void the_log_makes_it_again(void **state)
{
	store_fixture *f = *state;
	engine_outcome done;
	assert_ends(f, convert(f, 1, "{'status': 'confirmed'}", TWO_LINES, &done), CX_OK);
	trade_assert_replays(f, NULL);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(the_order_takes_over_what_the_opportunity_has),
		WITH(the_same_again_answers_the_same_order),
		WITH(without_an_ext_id_there_is_one_order),
		WITH(an_order_may_be_confirmed_at_once),
		WITH(what_does_not_fit_is_refused_whole),
		WITH(a_lost_one_must_be_reopened_first),
		WITH(as_many_lines_as_the_limit_and_no_more),
		WITH(it_may_tell_of_an_earlier_time),
		WITH(the_log_makes_it_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
