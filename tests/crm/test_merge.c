/* SPDX-License-Identifier: Apache-2.0 */
/* Two customers become one, and two again. */
#include "engine/references.h"
#include "tests/crm/trade.h"
#include "tests/support/dice.h"

#include <stdlib.h>
#include <string.h>

static const char own[] =
	"type site \"Site\" \"场地\" { customer ref(customer) on delete cascade \"Customer\" "
	"\"客户\" name string(40) \"Name\" \"名称\" index (customer) }\n"
	"type visit \"Visit\" \"来访\" { host ref(customer) required on delete restrict "
	"\"Host\" \"主\" guest ref(customer) on delete set_null \"Guest\" \"客\" "
	"on date required \"On\" \"日\" unique (host, on) }\n"
	"extend type customer { vat string(20) \"VAT\" \"税\" ally ref(customer) on delete "
	"set_null \"Ally\" \"伙伴\" }\n";

static int setup(void **state)
{
	static store_fixture fixture;
	trade_open(&fixture, own);
	*state = &fixture;
	return 0;
}

static int teardown(void **state)
{
	trade_close(*state);
	return 0;
}

static cx_status merge_with(store_fixture *f, int64_t winner, int64_t loser, const char *fields,
                            crm_merged *ret)
{
	const engine_author author = trade_author(f);
	const crm_merge what = { .winner = winner,
		                 .loser = loser,
		                 .fields = fields == NULL ? (cx_slice){ 0 } : wire(fields) };
	fixture_begin(f);
	cx_status status = crm_merge_customers(f->write, &author, &what, ret, &f->error);
	fixture_commit(f);
	return status;
}

static crm_merged merge(store_fixture *f, int64_t winner, int64_t loser)
{
	crm_merged done = { 0 };
	assert_ends(f, merge_with(f, winner, loser, NULL, &done), CX_OK);
	return done;
}

static cx_status try_merge(store_fixture *f, int64_t winner, int64_t loser)
{
	crm_merged done = { .merge = -7 };
	const uint64_t before = fixture_state_hash(f);
	cx_status status = merge_with(f, winner, loser, NULL, &done);
	if (status != CX_OK) {
		assert_int_equal(done.merge, -7);
		assert_true(fixture_state_hash(f) == before);
	}
	return status;
}

static cx_status undo_into(store_fixture *f, int64_t loser, crm_merged *ret)
{
	const engine_author author = trade_author(f);
	fixture_begin(f);
	cx_status status = crm_merge_undo(f->write, &author, loser, ret, &f->error);
	fixture_commit(f);
	return status;
}

static crm_merged undo(store_fixture *f, int64_t loser)
{
	crm_merged done = { 0 };
	assert_ends(f, undo_into(f, loser, &done), CX_OK);
	return done;
}

static cx_status try_undo(store_fixture *f, int64_t loser)
{
	crm_merged done = { .merge = -7 };
	const uint64_t before = fixture_state_hash(f);
	cx_status status = undo_into(f, loser, &done);
	assert_true(status == CX_OK || fixture_state_hash(f) == before);
	return status;
}

static int64_t merged_into(store_fixture *f, int64_t loser)
{
	engine_read *read = fixture_read(f);
	int64_t winner = 0;
	cx_status status = crm_merged_into(read, loser, &winner);
	engine_read_end(&read);
	return status == CX_OK ? winner : 0;
}

/* ---- what moves ---- */

static cx_status count_one(void *context, const engine_referrer *referrer, int64_t id)
{
	(void)referrer;
	(void)id;
	(*(size_t *)context)++;
	return CX_OK;
}

static size_t references_to(store_fixture *f, int64_t customer, const char *source)
{
	engine_read *read = fixture_read(f);
	size_t count, found = 0;
	const engine_referrer *referrers =
		engine_referrers(read, fixture_type(f, "customer"), &count);
	for (size_t i = 0; i < count; i++)
		if (source == NULL || strcmp(referrers[i].source->name, source) == 0)
			assert_int_equal(engine_referring_each(read, &referrers[i], customer,
			                                       count_one, &found),
			                 CX_OK);
	engine_read_end(&read);
	return found;
}

static void add_one_of_each(store_fixture *f, int64_t customer)
{
	const long long c = customer;
	trade_create(f, "contact", "{'customer': %lld, 'name': '王'}", c);
	trade_create(f, "opportunity",
	             "{'title': 'T', 'customer': %lld, 'stage': 1, 'amount': 100, 'close_on': "
	             "20000, 'owner': 1}",
	             c);
	trade_create(f, "activity",
	             "{'kind': 'call', 'subject': 's', 'at': 1600000000000, 'customer': %lld, "
	             "'owner': 1}",
	             c);
	trade_create(f, "sales_order", "{'customer': %lld, 'ordered_on': 19000, 'owner': 1}",
	             c);
	trade_create(f, "contract",
	             "{'number': 'K-%lld', 'title': 't', 'customer': %lld, 'amount': 1, "
	             "'owner': 1}",
	             c, c);
	trade_create(f, "service_request", "{'title': 't', 'content': 'c', 'customer': %lld}",
	             c);
	trade_create(f, "feedback",
	             "{'customer': %lld, 'content': 'c', 'received_at': 1600000000000}", c);
	trade_create(f, "customer_tier",
	             "{'customer': %lld, 'as_of': %lld, 'tier': 'low', 'value_score': 200, "
	             "'potential_score': 1}",
	             c, c);
	trade_create(f, "customer", "{'name': 'Child', 'parent': %lld, 'ally': %lld}", c, c);
	trade_create(f, "site", "{'customer': %lld, 'name': 'S'}", c);
	trade_create(f, "visit", "{'host': %lld, 'guest': %lld, 'on': %lld}", c, c, c);
}

static void every_reference_moves(void **state)
{
	store_fixture *f = *state;
	const int64_t winner = trade_customer(f, "华东"), loser = trade_customer(f, "华东公司");
	trade_create(f, "campaign",
	             "{'code': 'C', 'name': 'N', 'kind': 'email', 'start_on': 1, 'owner': 1}");
	trade_create(f, "campaign_touch",
	             "{'campaign': 1, 'customer': %lld, 'touched_at': 1600000000000}",
	             (long long)loser);
	add_one_of_each(f, loser);
	/* Each type of the schema that refers to customers has a record here. */
	engine_read *read = fixture_read(f);
	size_t referrers;
	(void)engine_referrers(read, fixture_type(f, "customer"), &referrers);
	engine_read_end(&read);
	const size_t there = references_to(f, loser, NULL);
	assert_int_equal(there, referrers);

	const crm_merged done = merge(f, winner, loser);
	assert_int_equal(done.moved, there);
	assert_int_equal(done.gone, 1);
	assert_int_equal(references_to(f, loser, NULL), 0);
	assert_int_equal(references_to(f, winner, NULL), there);
	assert_int_equal(fixture_exists(f, "customer", loser), CX_NOT_FOUND);
	assert_int_equal(fixture_int(f, "customer", winner, "contact_count"), 1);
	assert_int_equal(merged_into(f, loser), winner);
}

static void the_winners_values_stand_and_empty_ones_are_filled(void **state)
{
	store_fixture *f = *state;
	const int64_t winner = fixture_create(
		f, "customer", "{'name': 'A', 'city': '上海', 'ext_id': nil, 'owner': 1}");
	const int64_t loser =
		fixture_create(f, "customer",
	                       "{'name': 'B', 'city': '北京', 'region': '北京市', 'vat': 'V1', "
	                       "'ext_id': 'erp-8', "
	                       "'lifecycle': 'dormant', 'potential_base': 500, 'owner': 2}");
	const crm_merged done = merge(f, winner, loser);
	assert_string_equal(fixture_text(f, "customer", winner, "name"), "A");
	assert_string_equal(fixture_text(f, "customer", winner, "city"), "上海");
	assert_string_equal(fixture_text(f, "customer", winner, "region"), "北京市");
	assert_string_equal(fixture_text(f, "customer", winner, "vat"), "V1");
	assert_string_equal(fixture_text(f, "customer", winner, "ext_id"), "erp-8");
	assert_string_equal(fixture_text(f, "customer", winner, "lifecycle"), "dormant");
	assert_int_equal(fixture_int(f, "customer", winner, "potential_base"), 500);
	assert_int_equal(fixture_int(f, "customer", winner, "owner"), 1);
	assert_in_range(done.filled, 5, 6);
}

static void values_that_are_given_come_last(void **state)
{
	store_fixture *f = *state;
	const int64_t winner = fixture_create(f, "customer", "{'name': 'A', 'city': '上海'}");
	const int64_t loser = fixture_create(f, "customer", "{'name': 'B', 'region': 'R'}");
	const uint64_t before = fixture_state_hash(f);
	crm_merged done;
	assert_ends(f, merge_with(f, winner, loser, "{'name': 'A&B', 'region': 'Q'}", &done),
	            CX_OK);
	assert_string_equal(fixture_text(f, "customer", winner, "name"), "A&B");
	assert_string_equal(fixture_text(f, "customer", winner, "region"), "Q");
	undo(f, loser);
	assert_true(fixture_state_hash(f) == before);
	assert_int_equal(merge_with(f, winner, loser, "{'order_base': 1}", &done),
	                 CX_READ_ONLY_FIELD);
	assert_true(fixture_state_hash(f) == before);
}

static void what_only_one_may_have_goes_over(void **state)
{
	store_fixture *f = *state;
	const int64_t winner = fixture_create(f, "customer", "{'name': 'A'}");
	const int64_t loser =
		fixture_create(f, "customer", "{'name': 'B', 'tax_id': '91310000X'}");
	const uint64_t before = fixture_state_hash(f);
	merge(f, winner, loser);
	assert_string_equal(fixture_text(f, "customer", winner, "tax_id"), "91310000X");
	undo(f, loser);
	assert_true(fixture_state_hash(f) == before);
}

static void what_would_stand_twice_goes_with_the_loser(void **state)
{
	store_fixture *f = *state;
	const int64_t winner = trade_customer(f, "A"), loser = trade_customer(f, "B");
	for (int64_t c = winner; c <= loser; c++)
		trade_create(
			f, "customer_tier",
			"{'customer': %lld, 'as_of': 5, 'tier': 'low', 'value_score': 200, "
			"'potential_score': 1}",
			(long long)c);
	const uint64_t before = fixture_state_hash(f);
	const crm_merged done = merge(f, winner, loser);
	assert_int_equal(done.moved, 0);
	assert_int_equal(done.gone, 2);
	assert_int_equal(references_to(f, winner, "customer_tier"), 1);
	undo(f, loser);
	assert_true(fixture_state_hash(f) == before);
	assert_int_equal(references_to(f, loser, "customer_tier"), 1);
}

static void what_would_stand_twice_and_must_stay_refuses(void **state)
{
	store_fixture *f = *state;
	const int64_t winner = trade_customer(f, "A"), loser = trade_customer(f, "B");
	fixture_create(f, "visit", "{'host': 1, 'on': 7}");
	fixture_create(f, "visit", "{'host': 2, 'on': 7}");
	assert_int_equal(try_merge(f, winner, loser), CX_UNIQUE);
	assert_string_equal(f->error.text,
	                    "visit 2 cannot be moved to customer 1, which has its like: change "
	                    "or delete one of them first (host,on)");
	assert_string_equal(f->error.field, "host");
}

static void one_contact_is_primary(void **state)
{
	store_fixture *f = *state;
	const int64_t winner = trade_customer(f, "A"), loser = trade_customer(f, "B");
	fixture_create(f, "contact", "{'customer': 1, 'name': 'X', 'is_primary': true}");
	fixture_create(f, "contact", "{'customer': 2, 'name': 'Y', 'is_primary': true}");
	const uint64_t before = fixture_state_hash(f);
	merge(f, winner, loser);
	engine_read *read = fixture_read(f);
	engine_query query = { .type = fixture_type(f, "contact"),
		               .filter = wire("['=', 'is_primary', true]"),
		               .allow_scan = true };
	uint64_t primary;
	assert_int_equal(engine_query_count(read, &query, &primary, &f->error), CX_OK);
	engine_read_end(&read);
	assert_int_equal(primary, 1);
	undo(f, loser);
	assert_true(fixture_state_hash(f) == before);
}

/* ---- families ---- */

static void nobody_comes_to_stand_above_himself(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "customer", "{'name': 'Top'}");
	fixture_create(f, "customer", "{'name': 'Middle', 'parent': 1}");
	fixture_create(f, "customer", "{'name': 'Low', 'parent': 2}");
	/* Low has Middle between it and Top. */
	assert_int_equal(try_merge(f, 3, 1), CX_CHECK);
	assert_string_equal(f->error.field, "parent");

	/* Top takes Low: its parent is not to become Middle. */
	const uint64_t before = fixture_state_hash(f);
	merge(f, 1, 3);
	assert_int_equal(fixture_int(f, "customer", 1, "parent"), INT64_MIN);
	undo(f, 3);
	assert_true(fixture_state_hash(f) == before);

	/* Middle takes Top, which is its parent; Low takes Middle and so its parent. */
	merge(f, 2, 1);
	assert_int_equal(fixture_int(f, "customer", 2, "parent"), INT64_MIN);
	undo(f, 1);
	merge(f, 3, 2);
	assert_int_equal(fixture_int(f, "customer", 3, "parent"), 1);
	undo(f, 2);
	assert_true(fixture_state_hash(f) == before);
}

/* ---- again, and chains ---- */

static void the_same_merge_again_changes_nothing(void **state)
{
	store_fixture *f = *state;
	trade_customer(f, "A");
	trade_customer(f, "B");
	const crm_merged first = merge(f, 1, 2);
	const uint64_t before = fixture_state_hash(f);
	const crm_merged second = merge(f, 1, 2);
	assert_int_equal(second.merge, first.merge);
	assert_int_equal(second.moved + second.gone + second.filled, 0);
	assert_true(fixture_state_hash(f) == before);
	trade_customer(f, "C");
	assert_int_equal(try_merge(f, 3, 2), CX_NOT_FOUND);
	assert_int_equal(try_merge(f, 1, 1), CX_INVALID_ARGUMENT);
	assert_int_equal(try_merge(f, 1, 99), CX_NOT_FOUND);
	assert_int_equal(try_merge(f, 99, 1), CX_NOT_FOUND);
}

static void merges_in_a_row_lead_to_the_last(void **state)
{
	store_fixture *f = *state;
	trade_customer(f, "A");
	trade_customer(f, "B");
	trade_customer(f, "C");
	add_one_of_each(f, 1);
	const uint64_t before = fixture_state_hash(f);
	merge(f, 2, 1);
	merge(f, 3, 2);
	assert_int_equal(merged_into(f, 1), 3);
	assert_int_equal(merged_into(f, 2), 3);
	assert_int_equal(merged_into(f, 3), 0);
	assert_int_equal(try_undo(f, 1), CX_CHECK);
	assert_string_equal(f->error.text, "the merge cannot be taken back: customer 2 was "
	                                   "merged into 3 since: take that back first (and 13 "
	                                   "others)");
	undo(f, 2);
	undo(f, 1);
	assert_true(fixture_state_hash(f) == before);
	assert_int_equal(merged_into(f, 1), 0);
}

/* ---- what stands in the way of an undo ---- */

static void later_changes_are_named(void **state)
{
	store_fixture *f = *state;
	trade_customer(f, "A");
	fixture_create(f, "customer", "{'name': 'B', 'region': 'R'}");
	add_one_of_each(f, 2);
	const int64_t contact = 1;
	merge(f, 1, 2);
	assert_int_equal(try_undo(f, 3), CX_NOT_FOUND);

	fixture_update(f, "customer", 1, "{'region': 'Q'}");
	assert_int_equal(try_undo(f, 2), CX_CHECK);
	assert_string_equal(f->error.text,
	                    "the merge cannot be taken back: region of customer 1 has been "
	                    "changed: give it the value it had after the merge");
	fixture_update(f, "customer", 1, "{'region': 'R'}");

	fixture_do(f, FIXTURE_DELETE, "site", 1);
	assert_int_equal(try_undo(f, 2), CX_CHECK);
	assert_string_equal(f->error.text, "the merge cannot be taken back: site 1 has been "
	                                   "deleted: undelete it first");
	fixture_do(f, FIXTURE_UNDELETE, "site", 1);

	trade_customer(f, "D");
	fixture_update(f, "site", 1, "{'customer': 4}");
	assert_int_equal(try_undo(f, 2), CX_CHECK);
	fixture_update(f, "site", 1, "{'customer': 1}");

	const int64_t activity = trade_create(
		f, "activity",
		"{'kind': 'call', 'subject': 's', 'at': 1600000000000, 'customer': "
		"1, 'contact': %lld, 'owner': 1}",
		(long long)contact);
	assert_int_equal(try_undo(f, 2), CX_CHECK);
	assert_string_equal(f->error.text, "the merge cannot be taken back: activity 2 of "
	                                   "customer 1 names contact 1, which goes back");
	fixture_update(f, "activity", activity, "{'contact': nil}");

	fixture_do(f, FIXTURE_UNDELETE, "customer", 2);
	assert_int_equal(try_undo(f, 2), CX_CHECK);
	fixture_do(f, FIXTURE_DELETE, "customer", 2);
	undo(f, 2);
	assert_int_equal(references_to(f, 1, NULL), 1); /* the activity that was added */
}

static void a_value_taken_meanwhile_refuses(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "customer", "{'name': 'A', 'tax_id': '1'}");
	fixture_create(f, "customer", "{'name': 'B', 'tax_id': '2'}");
	merge(f, 1, 2);
	fixture_create(f, "customer", "{'name': 'C', 'tax_id': '2'}");
	assert_int_equal(try_undo(f, 2), CX_UNIQUE);
}

static void other_changes_do_not_stand_in_the_way(void **state)
{
	store_fixture *f = *state;
	trade_customer(f, "A");
	trade_customer(f, "B");
	add_one_of_each(f, 2);
	merge(f, 1, 2);
	fixture_update(f, "site", 1, "{'name': 'Other'}");
	fixture_update(f, "customer", 1, "{'city': '广州'}");
	trade_create(f, "site", "{'customer': 1}");
	undo(f, 2);
	assert_string_equal(fixture_text(f, "site", 1, "name"), "Other");
	assert_int_equal(fixture_int(f, "site", 1, "customer"), 2);
	assert_int_equal(fixture_int(f, "site", 2, "customer"), 1);
	assert_string_equal(fixture_text(f, "customer", 1, "city"), "广州");
}

static void one_that_came_back_by_undelete_is_merged_anew(void **state)
{
	store_fixture *f = *state;
	trade_customer(f, "A");
	trade_customer(f, "B");
	merge(f, 1, 2);
	fixture_do(f, FIXTURE_UNDELETE, "customer", 2);
	assert_int_equal(merged_into(f, 2), 1); /* whoever asks finds the record first */
	merge(f, 1, 2);
	undo(f, 2);
	assert_int_equal(fixture_exists(f, "customer", 2), CX_OK);
}

/* ---- limits ---- */

static void more_than_one_part_is_needed(void **state)
{
	store_fixture *f = *state;
	trade_customer(f, "A");
	trade_customer(f, "B");
	fixture_begin(f);
	for (int i = 0; i < 4000; i++) /* fixture_state_hash() knows ids up to 5000 */
		fixture_create(f, "site", "{'customer': 2}");
	fixture_commit(f);
	const uint64_t before = fixture_state_hash(f);
	assert_int_equal(merge(f, 1, 2).moved, 4000);
	assert_int_equal(references_to(f, 1, "site"), 4000);
	assert_int_equal(undo(f, 2).moved, 4000);
	assert_true(fixture_state_hash(f) == before);
}

static void one_reference_too_many_is_refused(void **state)
{
	store_fixture *f = *state;
	trade_customer(f, "A");
	trade_customer(f, "B");
	fixture_begin(f);
	for (int i = 0; i <= CRM_MERGE_REFERENCES_MAX; i++)
		fixture_create(f, "site", "{'customer': 2}");
	fixture_commit(f);
	crm_merged done = { .merge = -7 };
	assert_int_equal(merge_with(f, 1, 2, NULL, &done), CX_TOO_LARGE);
	assert_int_equal(references_to(f, 2, "site"), CRM_MERGE_REFERENCES_MAX + 1);
	fixture_do(f, FIXTURE_DELETE, "site", 1);
	assert_int_equal(merge(f, 1, 2).moved, CRM_MERGE_REFERENCES_MAX);
}

/* ---- the law: what a merge did, its undo takes back ---- */

enum { CUSTOMERS = 7, ROUNDS = 40, RECORDS = 60 };

static void add_at_random(store_fixture *f, dice *d, int number)
{
	const long long c = (long long)dice_below(d, CUSTOMERS) + 1;
	switch (dice_below(d, 9)) {
	case 0:
		trade_create(f, "contact",
		             "{'customer': %lld, 'name': 'X%d', 'is_primary': %s}", c, number,
		             dice_one_in(d, 3) ? "true" : "false");
		return;
	case 1:
		trade_create(f, "activity",
		             "{'kind': 'call', 'subject': 's', 'at': %d, 'customer': %lld, "
		             "'owner': 1}",
		             number + 1, c);
		return;
	case 2:
		trade_opportunity(f, c);
		return;
	case 3:
		trade_create(f, "sales_order",
		             "{'customer': %lld, 'ordered_on': 19000, 'owner': 1}", c);
		return;
	case 4:
		(void)fixture_try_create(f, "customer_tier",
		                         c % 2 ? "{'customer': 1, 'as_of': 5, 'tier': 'low', "
		                                 "'value_score': 200, 'potential_score': 1}"
		                               : "{'customer': 2, 'as_of': 5, 'tier': 'low', "
		                                 "'value_score': 200, 'potential_score': 1}");
		return;
	case 5:
		trade_create(f, "feedback",
		             "{'customer': %lld, 'content': 'c', 'received_at': 1600000000000}",
		             c);
		return;
	case 6:
		trade_create(f, "site", "{'customer': %lld}", c);
		return;
	case 7:
		trade_create(f, "visit", "{'host': %lld, 'guest': %lld, 'on': %d}", c,
		             (long long)dice_below(d, CUSTOMERS) + 1, number);
		return;
	default:
		trade_create(f, "service_request",
		             "{'title': 't', 'content': 'c', 'customer': %lld}", c);
		return;
	}
}

static void fill_at_random(store_fixture *f, dice *d)
{
	for (int i = 1; i <= CUSTOMERS; i++) {
		const int parent = i > 1 && dice_one_in(d, 2)
		                           ? (int)dice_below(d, (uint64_t)i - 1) + 1
		                           : 0;
		char up[80] = "";
		if (parent > 0)
			snprintf(up, sizeof up, ", 'parent': %d, 'ally': %d", parent,
			         dice_one_in(d, 2) ? parent : 1);
		trade_create(f, "customer", "{'name': '客户%d'%s%s%s%s}", i, up,
		             dice_one_in(d, 2) ? ", 'city': '上海'" : "",
		             dice_one_in(d, 3) ? ", 'lifecycle': 'lost'" : "",
		             dice_one_in(d, 2) ? ", 'potential_base': 7" : "");
	}
	for (int i = 0; i < RECORDS; i++)
		add_at_random(f, d, i);
}

static void undo_is_the_exact_inverse(void **state)
{
	store_fixture *f = *state;
	dice d = dice_init();
	fill_at_random(f, &d);
	struct {
		uint64_t before;
		int64_t loser;
	} stack[ROUNDS];
	size_t depth = 0;
	for (int round = 0; round < ROUNDS; round++) {
		const int64_t winner = (int64_t)dice_below(&d, CUSTOMERS) + 1;
		const int64_t loser = (int64_t)dice_below(&d, CUSTOMERS) + 1;
		stack[depth].before = fixture_state_hash(f);
		stack[depth].loser = loser;
		const bool repeats = merged_into(f, loser) != 0;
		if (!repeats && try_merge(f, winner, loser) == CX_OK) {
			assert_int_equal(references_to(f, loser, NULL), 0);
			depth++;
		} else if (depth > 0 && dice_one_in(&d, 2)) {
			depth--;
			undo(f, stack[depth].loser);
			assert_true(fixture_state_hash(f) == stack[depth].before);
		}
		fixture_assert_sound(f);
	}
	while (depth-- > 0) {
		undo(f, stack[depth].loser);
		assert_true(fixture_state_hash(f) == stack[depth].before);
	}
	trade_assert_replays(f, own);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(every_reference_moves),
		WITH(the_winners_values_stand_and_empty_ones_are_filled),
		WITH(values_that_are_given_come_last),
		WITH(what_only_one_may_have_goes_over),
		WITH(what_would_stand_twice_goes_with_the_loser),
		WITH(what_would_stand_twice_and_must_stay_refuses),
		WITH(one_contact_is_primary),
		WITH(nobody_comes_to_stand_above_himself),
		WITH(the_same_merge_again_changes_nothing),
		WITH(merges_in_a_row_lead_to_the_last),
		WITH(later_changes_are_named),
		WITH(a_value_taken_meanwhile_refuses),
		WITH(other_changes_do_not_stand_in_the_way),
		WITH(one_that_came_back_by_undelete_is_merged_anew),
		WITH(more_than_one_part_is_needed),
		WITH(one_reference_too_many_is_refused),
		WITH(undo_is_the_exact_inverse),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
