/* SPDX-License-Identifier: Apache-2.0 */
/* Customers that may be one are found, with the reasons. */
#include "tests/crm/trade.h"

#include <string.h>

static int setup(void **state)
{
	static store_fixture fixture;
	trade_open(&fixture, NULL);
	*state = &fixture;
	return 0;
}

static int teardown(void **state)
{
	trade_close(*state);
	return 0;
}

static crm_candidates look(store_fixture *f, const char *fields, int64_t but)
{
	engine_read *read = fixture_read(f);
	crm_candidates found;
	cx_status status = crm_duplicates_of(read, wire(fields), but, &found, &f->error);
	engine_read_end(&read);
	assert_ends(f, status, CX_OK);
	return found;
}

#define BIT(likeness) (1u << CRM_LIKE_##likeness)

static void each_likeness_finds(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "customer",
	               "{'name': '上海华东医疗有限公司', 'tax_id': '9131-0000', 'phone': "
	               "'021-5555 6666', 'email': 'Info@Hua.cn'}");
	fixture_create(f, "customer", "{'name': 'Other'}");
	fixture_create(f, "contact",
	               "{'customer': 2, 'name': '王', 'mobile': '138 0013 8000', 'email': "
	               "'wang@x.cn'}");
	static const struct {
		const char *fields;
		int64_t customer;
		unsigned why;
		int64_t contact;
	} rows[] = {
		{ "{'tax_id': '91310000'}", 1, BIT(TAX_ID), 0 },
		{ "{'name': '上海华东医疗（集团）有限责任公司'}", 1, BIT(NAME), 0 },
		{ "{'phone': '+86 21 55556666'}", 1, BIT(PHONE), 0 },
		{ "{'email': ' info@hua.CN '}", 1, BIT(EMAIL), 0 },
		{ "{'mobile': '+8613800138000'}", 2, BIT(CONTACT_MOBILE), 1 },
		{ "{'phone': '13800138000'}", 2, BIT(CONTACT_MOBILE), 1 },
		{ "{'email': 'WANG@x.cn'}", 2, BIT(CONTACT_EMAIL), 1 },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		const crm_candidates found = look(f, rows[i].fields, 0);
		if (found.count != 1 || found.items[0].customer != rows[i].customer ||
		    found.items[0].why != rows[i].why ||
		    found.items[0].contact != rows[i].contact)
			fail_msg("%s: %zu found", rows[i].fields, found.count);
		assert_int_equal(look(f, rows[i].fields, rows[i].customer).count, 0);
	}
	assert_int_equal(look(f, "{'name': 'nobody', 'city': 'X', 'phone': nil}", 0).count, 0);
	assert_int_equal(look(f, "{'name': '有'}", 0).count, 0);
}

static void the_likeliest_comes_first(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "customer", "{'name': 'Acme Ltd'}");
	fixture_create(f, "customer", "{'name': 'Acme', 'phone': '021-55556666'}");
	fixture_create(f, "customer", "{'name': 'X', 'phone': '021-55556666'}");
	const crm_candidates found =
		look(f, "{'name': 'ACME GmbH', 'phone': '02155556666'}", 0);
	assert_int_equal(found.count, 3);
	assert_int_equal(found.items[0].customer, 2);
	assert_int_equal(found.items[0].why, BIT(NAME) | BIT(PHONE));
	assert_int_equal(found.items[0].weight, 100);
	assert_int_equal(found.items[1].customer, 1);
	assert_int_equal(found.items[2].customer, 3);
}

static void deleted_ones_are_no_candidates(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "customer", "{'name': 'Acme'}");
	fixture_do(f, FIXTURE_DELETE, "customer", 1);
	assert_int_equal(look(f, "{'name': 'Acme'}", 0).count, 0);
}

static void a_field_must_be_text(void **state)
{
	store_fixture *f = *state;
	engine_read *read = fixture_read(f);
	crm_candidates found = { .count = 77 };
	assert_int_equal(crm_duplicates_of(read, wire("{'name': 3}"), 0, &found, &f->error),
	                 CX_TYPE);
	assert_string_equal(f->error.field, "name");
	engine_read_end(&read);
}

/* ---- all of the store ---- */

typedef struct pairs {
	size_t count;
	struct {
		int64_t a;
		int64_t b;
		unsigned why;
	} items[400];
} pairs;

static cx_status take(void *context, int64_t customer, const crm_candidate *other)
{
	pairs *self = context;
	assert_true(customer < other->customer);
	self->items[self->count].a = customer;
	self->items[self->count].b = other->customer;
	self->items[self->count++].why = other->why;
	return CX_OK;
}

static void walk(store_fixture *f, size_t limit, pairs *ret)
{
	engine_read *read = fixture_read(f);
	ret->count = 0;
	int64_t next = 1;
	for (int64_t from = 0; next > 0; from = next)
		assert_ends(
			f,
			crm_duplicates_walk(read, from, limit, 0, take, ret, &next, &f->error),
			CX_OK);
	engine_read_end(&read);
}

static bool is_alike(int a, int b)
{
	return a % 7 == b % 7 || (a % 5 == 0 && b % 5 == 0);
}

static void every_pair_comes_once_whatever_the_page(void **state)
{
	store_fixture *f = *state;
	enum { CUSTOMERS = 40 };
	size_t expected = 0;
	for (int i = 1; i <= CUSTOMERS; i++) {
		trade_create(f, "customer", "{'name': 'Name%d', 'email': '%c%d@x.cn'}", i % 7,
		             i % 5 == 0 ? 'a' : 'b', i % 5 == 0 ? 0 : i);
		for (int j = 1; j < i; j++)
			expected += is_alike(i, j);
	}
	static pairs all, paged;
	walk(f, 0, &all);
	assert_int_equal(all.count, expected);
	for (size_t i = 0; i < all.count; i++)
		assert_true(is_alike((int)all.items[i].a, (int)all.items[i].b));
	for (size_t limit = 1; limit < 12; limit += 5) {
		walk(f, limit, &paged);
		assert_int_equal(paged.count, all.count);
		assert_memory_equal(paged.items, all.items, all.count * sizeof *all.items);
	}
}

static void a_page_has_a_limit(void **state)
{
	store_fixture *f = *state;
	engine_read *read = fixture_read(f);
	int64_t next;
	static pairs none;
	assert_int_equal(crm_duplicates_walk(read, 0, CRM_SLICE_MAX + 1, 0, take, &none, &next,
	                                     &f->error),
	                 CX_INVALID_ARGUMENT);
	assert_int_equal(
		crm_duplicates_walk(read, 0, CRM_SLICE_MAX, 0, take, &none, &next, &f->error),
		CX_OK);
	assert_int_equal(next, 0);
	engine_read_end(&read);
}

static void the_policy_is_the_organisations(void **state)
{
	store_fixture *f = *state;
	static const char *const words[] = { "off", "warn", "block" };
	for (size_t i = 0; i < CX_COUNT_OF(words); i++) {
		char fields[64];
		snprintf(fields, sizeof fields, "{'dedupe_policy': '%s'}", words[i]);
		fixture_update(f, "org", 1, fields);
		engine_read *read = fixture_read(f);
		crm_policy policy, found;
		assert_int_equal(crm_policy_of(read, &policy, &f->error), CX_OK);
		engine_read_end(&read);
		assert_true(crm_policy_find(cx_slice_of(words[i]), &found));
		assert_int_equal(policy, found);
	}
	crm_policy policy = CRM_DUPLICATES_WARN;
	assert_false(crm_policy_find(cx_slice_of("maybe"), &policy));
	assert_int_equal(policy, CRM_DUPLICATES_WARN);
	assert_string_equal(crm_likeness_name(CRM_LIKE_CONTACT_EMAIL), "contact.email");
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(each_likeness_finds),
		WITH(the_likeliest_comes_first),
		WITH(deleted_ones_are_no_candidates),
		WITH(a_field_must_be_text),
		WITH(every_pair_comes_once_whatever_the_page),
		WITH(a_page_has_a_limit),
		WITH(the_policy_is_the_organisations),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
