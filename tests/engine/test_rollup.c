/* SPDX-License-Identifier: Apache-2.0 */
/* Fields kept over other records follow them, whatever happens to either, and are silent. Every
 * test ends with a check of the whole store, which computes them anew. */
#include "tests/support/groups.h"
#include "tests/support/unit.h"

#include <string.h>

static const char SCHEMA[] =
	"type firm \"Firm\" {\n"
	"  name string(20)\n"
	"  orders int readonly = 0 rollup count of bill by firm where state != draft\n"
	"  worth money readonly = 0 rollup sum(total - rebate) of bill by firm\n"
	"    where state != draft\n"
	"  paid money readonly = 0 rollup sum(paid) of bill by firm\n"
	"  first_on date readonly rollup min(on) of bill by firm where state != draft\n"
	"  last_on date readonly rollup max(on) of bill by firm where state != draft\n"
	"  last_call ts readonly rollup max(at) of call by firm where done = true\n"
	"  daughters int readonly = 0 rollup count of firm by mother\n"
	"  mother ref(firm) on delete set_null\n"
	"  index (worth desc) }\n"
	"type bill \"Bill\" {\n"
	"  firm ref(firm) on delete restrict\n"
	"  state enum(draft, sent, done) = draft\n"
	"  on date  total money = 0  rebate money = 0\n"
	"  paid money readonly = 0 rollup sum(amount) of payment by bill\n"
	"  index (firm, on desc) }\n"
	"type payment \"Payment\" { bill ref(bill) on delete cascade amount money }\n"
	"type call \"Call\" { firm ref(firm) required on delete cascade at ts required\n"
	"  done bool = true body text cluster by (firm, at desc) }\n"
	"aggregate by_worth on firm group by (orders) count, sum(worth)\n";

static int setup(void **state)
{
	static store_fixture fixture;
	fixture_open(&fixture, SCHEMA);
	*state = &fixture;
	fixture_create(&fixture, "firm", "{'name': 'A'}");
	fixture_create(&fixture, "firm", "{'name': 'B'}");
	return 0;
}

static int teardown(void **state)
{
	fixture_assert_sound(*state);
	fixture_close(*state);
	return 0;
}

static void assert_firm(store_fixture *f, int64_t id, int64_t orders, int64_t worth,
                        int64_t paid)
{
	assert_int_equal(fixture_int(f, "firm", id, "orders"), orders);
	assert_int_equal(fixture_int(f, "firm", id, "worth"), worth);
	assert_int_equal(fixture_int(f, "firm", id, "paid"), paid);
}

static void a_new_record_counts_nothing(void **state)
{
	store_fixture *f = *state;
	assert_firm(f, 1, 0, 0, 0);
	assert_int_equal(fixture_int(f, "firm", 1, "last_on"), INT64_MIN);
}

static void counts_and_sums_follow_what_refers(void **state)
{
	store_fixture *f = *state;
	const int64_t bill =
		fixture_create(f, "bill", "{'firm': 1, 'state': 'sent', 'total': 50}");
	assert_firm(f, 1, 1, 50, 0);
	fixture_update(f, "bill", bill, "{'rebate': 5}");
	assert_firm(f, 1, 1, 45, 0);
	fixture_update(f, "bill", bill, "{'state': 'draft'}");
	assert_firm(f, 1, 0, 0, 0);
	fixture_update(f, "bill", bill, "{'state': 'done', 'firm': 2}");
	assert_firm(f, 1, 0, 0, 0);
	assert_firm(f, 2, 1, 45, 0);
	fixture_update(f, "bill", bill, "{'firm': nil}");
	assert_firm(f, 2, 0, 0, 0);
	assert_string_equal(groups_show(f, "by_worth", 0), "[0] 2 0");
}

static void the_parent_is_rewritten_in_silence(void **state)
{
	store_fixture *f = *state;
	const int64_t rev = fixture_int(f, "firm", 1, "rev");
	const int64_t updated = fixture_int(f, "firm", 1, "updated_at");
	fixture_create(f, "bill", "{'firm': 1, 'state': 'sent', 'total': 50}");
	assert_int_equal(fixture_int(f, "firm", 1, "rev"), rev);
	assert_int_equal(fixture_int(f, "firm", 1, "updated_at"), updated);
	/* Its entries and groups follow, too. */
	assert_string_equal(groups_show(f, "by_worth", 0), "[0] 1 0; [1] 1 50");
}

static void a_rollup_of_a_rollup_follows_through(void **state)
{
	store_fixture *f = *state;
	const int64_t a = fixture_create(f, "bill", "{'firm': 1}");
	const int64_t b = fixture_create(f, "bill", "{'firm': 1}");
	const int64_t p = fixture_create(f, "payment", "{'bill': 1, 'amount': 30}");
	fixture_create(f, "payment", "{'bill': 2, 'amount': -4}");
	assert_firm(f, 1, 0, 0, 26);
	fixture_update(f, "payment", p, "{'amount': 31, 'bill': 2}");
	assert_int_equal(fixture_int(f, "bill", a, "paid"), 0);
	assert_int_equal(fixture_int(f, "bill", b, "paid"), 27);
	assert_firm(f, 1, 0, 0, 27);
	fixture_update(f, "bill", b, "{'firm': 2}");
	assert_firm(f, 1, 0, 0, 0);
	assert_firm(f, 2, 0, 0, 27);
	fixture_do(f, FIXTURE_DELETE, "bill", b);
	assert_firm(f, 2, 0, 0, 0);
	fixture_do(f, FIXTURE_UNDELETE, "bill", b);
	assert_int_equal(fixture_int(f, "bill", b, "paid"), 27);
	assert_firm(f, 2, 0, 0, 27);
}

static void the_last_one_that_goes_leaves_the_one_before(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "bill", "{'firm': 1, 'state': 'sent', 'on': 10}");
	const int64_t b = fixture_create(f, "bill", "{'firm': 1, 'state': 'sent', 'on': 30}");
	const int64_t c = fixture_create(f, "bill", "{'firm': 1, 'state': 'draft', 'on': 40}");
	fixture_create(f, "bill", "{'firm': 1, 'state': 'sent'}");
	assert_int_equal(fixture_int(f, "firm", 1, "first_on"), 10);
	assert_int_equal(fixture_int(f, "firm", 1, "last_on"), 30);
	fixture_update(f, "bill", c, "{'state': 'sent'}");
	assert_int_equal(fixture_int(f, "firm", 1, "last_on"), 40);
	fixture_update(f, "bill", c, "{'on': 5}");
	assert_int_equal(fixture_int(f, "firm", 1, "first_on"), 5);
	assert_int_equal(fixture_int(f, "firm", 1, "last_on"), 30);
	fixture_do(f, FIXTURE_DELETE, "bill", b);
	assert_int_equal(fixture_int(f, "firm", 1, "last_on"), 10);
	fixture_update(f, "bill", 1, "{'firm': 2}");
	assert_int_equal(fixture_int(f, "firm", 1, "last_on"), 5);
	fixture_do(f, FIXTURE_DELETE, "bill", c);
	assert_int_equal(fixture_int(f, "firm", 1, "last_on"), INT64_MIN);
	assert_int_equal(fixture_int(f, "firm", 2, "first_on"), 10);
}

/* The tree of a cluster holds deleted records, too. */
static void the_last_of_a_cluster_is_a_live_one(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "call", "{'firm': 1, 'at': 10}");
	const int64_t b = fixture_create(f, "call", "{'firm': 1, 'at': 20}");
	const int64_t c = fixture_create(f, "call", "{'firm': 1, 'at': 30}");
	fixture_do(f, FIXTURE_DELETE, "call", b);
	fixture_update(f, "call", c, "{'done': false}");
	assert_int_equal(fixture_int(f, "firm", 1, "last_call"), 10);
	fixture_do(f, FIXTURE_UNDELETE, "call", b);
	assert_int_equal(fixture_int(f, "firm", 1, "last_call"), 20);
}

static void what_goes_with_its_parent_comes_back_with_it(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "call", "{'firm': 1, 'at': 10}");
	fixture_create(f, "call", "{'firm': 1, 'at': 20}");
	fixture_update(f, "firm", 2, "{'mother': 1}");
	assert_int_equal(fixture_int(f, "firm", 1, "daughters"), 1);
	const uint64_t before = fixture_state_hash(f);
	fixture_do(f, FIXTURE_DELETE, "firm", 1);
	fixture_assert_sound(f);
	fixture_do(f, FIXTURE_UNDELETE, "firm", 1);
	assert_int_equal(fixture_int(f, "firm", 1, "last_call"), 20);
	assert_int_equal(fixture_int(f, "firm", 1, "daughters"), 1);
	assert_true(fixture_state_hash(f) == before);
	fixture_do(f, FIXTURE_DELETE, "firm", 1);
	fixture_do(f, FIXTURE_PURGE, "firm", 1);
}

static void a_record_may_refer_to_itself(void **state)
{
	store_fixture *f = *state;
	fixture_update(f, "firm", 1, "{'mother': 1}");
	assert_int_equal(fixture_int(f, "firm", 1, "daughters"), 1);
	fixture_update(f, "firm", 1, "{'mother': 2}");
	assert_int_equal(fixture_int(f, "firm", 1, "daughters"), 0);
	assert_int_equal(fixture_int(f, "firm", 2, "daughters"), 1);
}

static void a_sum_that_does_not_fit_is_refused(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "bill", "{'firm': 1, 'state': 'sent', 'total': 9223372036854775807}");
	assert_int_equal(
		fixture_try_create(f, "bill", "{'firm': 1, 'state': 'sent', 'total': 1}"),
		CX_INVALID_ARGUMENT);
	assert_non_null(strstr(f->error.text, "firm.worth"));
	assert_firm(f, 1, 1, INT64_MAX, 0);
}

static void nobody_sets_a_rollup(void **state)
{
	store_fixture *f = *state;
	assert_int_equal(fixture_try_update(f, "firm", 1, "{'orders': 3}", 0),
	                 CX_READ_ONLY_FIELD);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(a_new_record_counts_nothing),
		WITH(counts_and_sums_follow_what_refers),
		WITH(the_parent_is_rewritten_in_silence),
		WITH(a_rollup_of_a_rollup_follows_through),
		WITH(the_last_one_that_goes_leaves_the_one_before),
		WITH(the_last_of_a_cluster_is_a_live_one),
		WITH(what_goes_with_its_parent_comes_back_with_it),
		WITH(a_record_may_refer_to_itself),
		WITH(a_sum_that_does_not_fit_is_refused),
		WITH(nobody_sets_a_rollup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
