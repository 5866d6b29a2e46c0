/* SPDX-License-Identifier: Apache-2.0 */
/* Delete follows its references, undelete is its exact inverse, purge erases. Every test ends
 * with a check of the whole store. */
#include "tests/support/store_fixture.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <string.h>

/* company ← contact (cascade, own index), deal (restrict, back reference),
 * contact ← deal.contact (set null, back reference), call (cascade, clustered),
 * call.deal (set null, index), call ← trace (keep, index), contact ← trace.contact (keep, back
 * reference). */
static const char SCHEMA[] =
	"type company \"Company\" { name string(20) unique"
	" parent ref(company) on delete set_null }\n"
	"type contact \"Contact\" { company ref(company) on delete cascade required\n"
	"  name string(20) index (company, name) }\n"
	"type deal \"Deal\" { company ref(company) on delete restrict required\n"
	"  contact ref(contact) on delete set_null amount money }\n"
	"type call \"Call\" { contact ref(contact) on delete cascade required at ts required\n"
	"  deal ref(deal) on delete set_null cluster by (contact, at desc)"
	" index (deal, at) }\n"
	"type trace \"Trace\" { call ref(call) on delete keep\n"
	"  contact ref(contact) required on delete keep  note string(20)  index (call, note) "
	"}\n";

static int setup(void **state)
{
	static store_fixture fixture;
	fixture_open(&fixture, SCHEMA);
	*state = &fixture;
	fixture_create(&fixture, "company", "{'name': 'A'}");
	fixture_create(&fixture, "company", "{'name': 'B', 'parent': 1}");
	fixture_create(&fixture, "contact", "{'company': 1, 'name': 'x'}");
	fixture_create(&fixture, "contact", "{'company': 1, 'name': 'y'}");
	fixture_create(&fixture, "contact", "{'company': 2, 'name': 'z'}");
	fixture_create(&fixture, "deal", "{'company': 2, 'contact': 1, 'amount': 5}");
	fixture_create(&fixture, "call", "{'contact': 1, 'at': 10, 'deal': 1}");
	fixture_create(&fixture, "call", "{'contact': 1, 'at': 20}");
	fixture_create(&fixture, "call", "{'contact': 3, 'at': 20, 'deal': 1}");
	return 0;
}

static int teardown(void **state)
{
	fixture_assert_sound(*state);
	fixture_close(*state);
	return 0;
}

static void delete_takes_children_along_and_clears_other_references(void **state)
{
	store_fixture *f = *state;
	const engine_outcome outcome = fixture_do(f, FIXTURE_DELETE, "company", 1);

	/* company 1, contacts 1 and 2, calls 1 and 2; cleared: company 2's parent, the deal's
	 * contact */
	assert_int_equal(outcome.affected, 7);
	assert_int_equal(fixture_exists(f, "company", 1), CX_NOT_FOUND);
	assert_int_equal(fixture_exists(f, "contact", 2), CX_NOT_FOUND);
	assert_int_equal(fixture_exists(f, "call", 2), CX_NOT_FOUND);
	assert_int_equal(fixture_exists(f, "contact", 3), CX_OK);
	assert_int_equal(fixture_int(f, "deal", 1, "contact"), INT64_MIN);
	assert_int_equal(fixture_int(f, "company", 2, "parent"), INT64_MIN);
}

static void undelete_is_the_exact_inverse(void **state)
{
	store_fixture *f = *state;
	const uint64_t before = fixture_state_hash(f);
	fixture_do(f, FIXTURE_DELETE, "company", 1);
	fixture_reopen(f);
	fixture_assert_sound(f);
	const engine_outcome outcome = fixture_do(f, FIXTURE_UNDELETE, "company", 1);
	assert_int_equal(outcome.affected, 7);
	assert_true(fixture_state_hash(f) == before);
}

static void undelete_brings_back_only_what_went_with_it(void **state)
{
	store_fixture *f = *state;
	fixture_do(f, FIXTURE_DELETE, "contact", 2);
	fixture_do(f, FIXTURE_DELETE, "company", 1);
	fixture_do(f, FIXTURE_UNDELETE, "company", 1);
	assert_int_equal(fixture_exists(f, "contact", 1), CX_OK);
	assert_int_equal(fixture_exists(f, "contact", 2), CX_NOT_FOUND);
	fixture_do(f, FIXTURE_UNDELETE, "contact", 2);
	assert_int_equal(fixture_exists(f, "contact", 2), CX_OK);
}

static void a_reference_that_was_set_anew_is_left_alone(void **state)
{
	store_fixture *f = *state;
	fixture_do(f, FIXTURE_DELETE, "company", 1);
	fixture_update(f, "deal", 1, "{'contact': 3}");
	fixture_do(f, FIXTURE_UNDELETE, "company", 1);
	assert_int_equal(fixture_int(f, "deal", 1, "contact"), 3);
}

static void a_restricting_reference_refuses_the_delete(void **state)
{
	store_fixture *f = *state;
	assert_int_equal(fixture_try(f, FIXTURE_DELETE, "company", 2), CX_RESTRICTED);
	assert_non_null(strstr(f->error.text, "deal 1"));
	assert_int_equal(fixture_exists(f, "contact", 3),
	                 CX_OK); /* the cascade too is undone */
	fixture_do(f, FIXTURE_DELETE, "deal", 1);
	assert_int_equal(fixture_int(f, "call", 3, "deal"), INT64_MIN);
	fixture_do(f, FIXTURE_DELETE, "company", 2);
}

static void a_record_taken_along_cannot_be_brought_back_or_purged_alone(void **state)
{
	store_fixture *f = *state;
	fixture_do(f, FIXTURE_DELETE, "company", 1);
	assert_int_equal(fixture_try(f, FIXTURE_UNDELETE, "contact", 1), CX_INVALID_ARGUMENT);
	assert_non_null(strstr(f->error.text, "company 1"));
	assert_int_equal(fixture_try(f, FIXTURE_PURGE, "contact", 1), CX_INVALID_ARGUMENT);
}

static void undelete_is_refused_when_a_referred_record_is_gone(void **state)
{
	store_fixture *f = *state;
	fixture_do(f, FIXTURE_DELETE, "contact", 2);
	fixture_do(f, FIXTURE_DELETE, "company", 1);
	fixture_do(f, FIXTURE_PURGE, "company", 1);
	assert_int_equal(fixture_try(f, FIXTURE_UNDELETE, "contact", 2), CX_DANGLING_REFERENCE);
	fixture_do(f, FIXTURE_PURGE, "contact", 2);
}

static void purge_erases_all_that_the_delete_took(void **state)
{
	store_fixture *f = *state;
	assert_int_equal(fixture_try(f, FIXTURE_PURGE, "company", 1), CX_INVALID_ARGUMENT);
	fixture_do(f, FIXTURE_DELETE, "company", 1);
	assert_int_equal(fixture_do(f, FIXTURE_PURGE, "company", 1).affected, 5);
	engine_read *read = NULL;
	engine_row row;
	assert_int_equal(engine_read_begin(f->engine, &read), CX_OK);
	assert_int_equal(engine_get_any(read, fixture_type(f, "contact"), 1, &row, NULL),
	                 CX_NOT_FOUND);
	engine_read_end(&read);
	assert_int_equal(fixture_try(f, FIXTURE_UNDELETE, "company", 1), CX_NOT_FOUND);
}

static void many_children_go_and_come_back(void **state)
{
	store_fixture *f = *state;
	fixture_begin(f);
	for (int i = 0; i < 300; i++) {
		char fields[64];
		snprintf(fields, sizeof fields, "{'contact': 2, 'at': %d}", i);
		fixture_create(f, "call", fields);
	}
	fixture_commit(f);
	const uint64_t before = fixture_state_hash(f);
	assert_int_equal(fixture_do(f, FIXTURE_DELETE, "contact", 2).affected, 301);
	fixture_assert_sound(f);
	assert_int_equal(fixture_do(f, FIXTURE_UNDELETE, "contact", 2).affected, 301);
	assert_true(fixture_state_hash(f) == before);
}

/* What happened stays, whatever becomes of those it happened to. */
static void a_kept_reference_stays_and_its_record_too(void **state)
{
	store_fixture *f = *state;
	const int64_t trace =
		fixture_create(f, "trace", "{'contact': 1, 'call': 1, 'note': 'a'}");
	fixture_create(f, "trace", "{'contact': 2}");
	const uint64_t before = fixture_state_hash(f);
	assert_int_equal(fixture_do(f, FIXTURE_DELETE, "company", 1).affected, 7);
	fixture_assert_sound(f);
	assert_int_equal(fixture_int(f, "trace", trace, "call"), 1);
	assert_int_equal(fixture_int(f, "trace", trace, "contact"), 1);
	/* more can be told of them */
	fixture_update(f, "trace", trace, "{'note': 'b'}");
	fixture_create(f, "trace", "{'contact': 1, 'note': 'c'}");
	assert_int_equal(fixture_try_create(f, "trace", "{'contact': 99}"),
	                 CX_DANGLING_REFERENCE);
	fixture_do(f, FIXTURE_DELETE, "trace", 3);
	fixture_do(f, FIXTURE_PURGE, "trace", 3);
	fixture_update(f, "trace", trace, "{'note': 'a'}");
	fixture_do(f, FIXTURE_UNDELETE, "company", 1);
	assert_true(fixture_state_hash(f) == before);
}

static void purge_erases_what_stayed(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "trace", "{'contact': 3, 'call': 1}");
	fixture_create(f, "trace", "{'contact': 1, 'call': 3}");
	fixture_create(f, "trace", "{'contact': 1, 'call': 1}"); /* by two, erased once */
	fixture_create(f, "trace", "{'contact': 3, 'call': 3}");
	fixture_do(f, FIXTURE_DELETE, "company", 1);
	/* company, two contacts, two calls, three traces */
	assert_int_equal(fixture_do(f, FIXTURE_PURGE, "company", 1).affected, 8);
	fixture_assert_sound(f);
	assert_int_equal(fixture_exists(f, "trace", 1), CX_NOT_FOUND);
	assert_int_equal(fixture_exists(f, "trace", 2), CX_NOT_FOUND);
	assert_int_equal(fixture_exists(f, "trace", 3), CX_NOT_FOUND);
	assert_int_equal(fixture_exists(f, "trace", 4), CX_OK);
	fixture_do(f, FIXTURE_DELETE, "trace", 4);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(delete_takes_children_along_and_clears_other_references),
		TEST(undelete_is_the_exact_inverse),
		TEST(undelete_brings_back_only_what_went_with_it),
		TEST(a_reference_that_was_set_anew_is_left_alone),
		TEST(a_restricting_reference_refuses_the_delete),
		TEST(a_record_taken_along_cannot_be_brought_back_or_purged_alone),
		TEST(undelete_is_refused_when_a_referred_record_is_gone),
		TEST(purge_erases_all_that_the_delete_took),
		TEST(many_children_go_and_come_back),
		TEST(a_kept_reference_stays_and_its_record_too),
		TEST(purge_erases_what_stayed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
