/* SPDX-License-Identifier: Apache-2.0 */
/* Create, get, update, upsert: what is accepted, what is refused, and that a refusal leaves
 * nothing behind (the fixture compares the state before and after every failure). */
#include "tests/support/store_fixture.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <string.h>

static const char SCHEMA[] = "type team \"Team\" keep { name string(20) required unique }\n"
			     "type person \"Person\" {\n"
			     "  name  string(5) required\n"
			     "  mail  string(40) unique\n"
			     "  team  ref(team) on delete restrict\n"
			     "  tier  enum(high, low) = low\n"
			     "  score int readonly = 3\n"
			     "  note  text\n"
			     "  index (tier, name)\n"
			     "  unique by_pair (team, name) where team\n"
			     "}\n"
			     "type visit \"Visit\" {\n"
			     "  person ref(person) on delete cascade required\n"
			     "  at     ts required\n"
			     "  text   text\n"
			     "  cluster by (person, at desc)\n"
			     "}\n"
			     "type setting \"Setting\" single { value int }\n"
			     "type audit \"Audit\" readonly { what string(10) }\n";

static int setup(void **state)
{
	static store_fixture fixture;
	fixture_open(&fixture, SCHEMA);
	*state = &fixture;
	return 0;
}

static int teardown(void **state)
{
	fixture_assert_sound(*state);
	fixture_close(*state);
	return 0;
}

static void a_created_record_is_read_back_with_defaults_and_stamps(void **state)
{
	store_fixture *f = *state;
	const int64_t at = f->now_ms;
	const int64_t id = fixture_create(f, "person", "{'name': '张伟', 'mail': 'z@x.cn'}");

	assert_string_equal(fixture_text(f, "person", id, "name"), "张伟");
	assert_string_equal(fixture_text(f, "person", id, "tier"), "low");
	assert_int_equal(fixture_int(f, "person", id, "score"), 3);
	assert_int_equal(fixture_int(f, "person", id, "rev"), 1);
	assert_int_equal(fixture_int(f, "person", id, "created_at"), at);
	assert_int_equal(fixture_int(f, "person", id, "updated_at"), at);
	assert_null(fixture_text(f, "person", id, "note"));
}

static void records_survive_reopening_the_file(void **state)
{
	store_fixture *f = *state;
	const int64_t id = fixture_create(f, "person", "{'name': 'Ann'}");
	fixture_reopen(f);
	assert_string_equal(fixture_text(f, "person", id, "name"), "Ann");
	assert_int_equal(fixture_create(f, "person", "{'name': 'Bob'}"), id + 1);
}

static void ids_are_not_given_again_after_a_purge(void **state)
{
	store_fixture *f = *state;
	const int64_t id = fixture_create(f, "person", "{'name': 'Ann'}");
	fixture_do(f, FIXTURE_DELETE, "person", id);
	fixture_do(f, FIXTURE_PURGE, "person", id);
	fixture_reopen(f);
	assert_int_equal(fixture_create(f, "person", "{'name': 'Bob'}"), id + 1);
}

static void bad_fields_are_refused_by_name(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "person", "{'name': 'Ann', 'mail': 'a@x'}");
	const struct {
		const char *fields;
		cx_status status;
		const char *field;
	} cases[] = {
		{ "{'name': 'Bob', 'shoe': 1}", CX_NO_FIELD, "" },
		{ "{'name': 7}", CX_TYPE, "name" },
		{ "{'name': 'Robert'}", CX_TOO_LONG, "name" },
		{ "{'mail': 'b@x'}", CX_REQUIRED, "name" },
		{ "{'name': nil}", CX_REQUIRED, "name" },
		{ "{'name': 'Bob', 'score': 4}", CX_READ_ONLY_FIELD, "score" },
		{ "{'name': 'Bob', 'id': 4}", CX_READ_ONLY_FIELD, "id" },
		{ "{'name': 'Bob', 'rev': 4}", CX_READ_ONLY_FIELD, "rev" },
		{ "{'name': 'Bob', 'name': 'Eve'}", CX_INVALID_ARGUMENT, "name" },
		{ "{'name': 'Bob', 'tier': 'huge'}", CX_TYPE, "tier" },
		{ "{'name': 'Bob', 'team': 9}", CX_DANGLING_REFERENCE, "team" },
		{ "{'name': 'Bob', 'team': {'$': 0}}", CX_INVALID_ARGUMENT, "team" },
		{ "{'name': 'B\\xff'}", CX_MALFORMED, "name" },
		{ "{7: 'Bob'}", CX_MALFORMED, "" },
		{ "['name']", CX_MALFORMED, "" },
		{ "{'name': 'Bob', 'mail': 'a@x'}", CX_UNIQUE, "" },
	};
	for (size_t i = 0; i < CX_COUNT_OF(cases); i++) {
		const cx_status status = fixture_try_create(f, "person", cases[i].fields);
		if (status != cases[i].status)
			print_error("%s gave %s: %s\n", cases[i].fields, cx_status_name(status),
			            f->error.text);
		assert_int_equal(status, cases[i].status);
		assert_string_equal(f->error.field, cases[i].field);
	}
}

static void a_unique_refusal_names_index_and_record(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "person", "{'name': 'Ann', 'mail': 'a@x'}");
	assert_int_equal(fixture_try_create(f, "person", "{'name': 'Bob', 'mail': 'a@x'}"),
	                 CX_UNIQUE);
	assert_string_equal(f->error.index, "mail");
	assert_non_null(strstr(f->error.text, "person 1"));
}

static void unique_binds_live_records_and_skips_null(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "person", "{'name': 'Ann'}");
	fixture_create(f, "person", "{'name': 'Ann'}"); /* two without a mail */
	const int64_t id = fixture_create(f, "person", "{'name': 'Ann', 'mail': 'a@x'}");
	fixture_do(f, FIXTURE_DELETE, "person", id);
	fixture_create(f, "person", "{'name': 'Bob', 'mail': 'a@x'}");
	assert_int_equal(fixture_try(f, FIXTURE_UNDELETE, "person", id), CX_UNIQUE);
}

static void a_composite_unique_counts_null_but_where_its_condition_leaves_it_out(void **state)
{
	store_fixture *f = *state;
	const int64_t team = fixture_create(f, "team", "{'name': 'East'}");
	assert_int_equal(team, 1);
	fixture_create(f, "person", "{'name': 'Ann', 'team': 1}");
	assert_int_equal(fixture_try_create(f, "person", "{'name': 'Ann', 'team': 1}"),
	                 CX_UNIQUE);
	fixture_create(f, "person", "{'name': 'Ann'}");
	fixture_create(f, "person", "{'name': 'Ann'}");
}

static void an_update_changes_what_it_names_and_raises_the_revision(void **state)
{
	store_fixture *f = *state;
	const int64_t id = fixture_create(f, "person", "{'name': 'Ann', 'mail': 'a@x'}");
	const engine_outcome outcome = fixture_update(f, "person", id, "{'tier': 'high'}");

	assert_int_equal(outcome.rev, 2);
	assert_int_equal(outcome.affected, 1);
	assert_string_equal(fixture_text(f, "person", id, "tier"), "high");
	assert_string_equal(fixture_text(f, "person", id, "mail"), "a@x");
	fixture_create(f, "person", "{'name': 'Bob', 'mail': 'b@x'}");
	assert_int_equal(fixture_try_update(f, "person", id, "{'mail': 'b@x'}", 0), CX_UNIQUE);
	fixture_update(f, "person", id, "{'mail': nil}");
	fixture_create(f, "person", "{'name': 'Eve', 'mail': 'a@x'}");
}

static void an_update_that_changes_nothing_counts_nothing(void **state)
{
	store_fixture *f = *state;
	const int64_t id = fixture_create(f, "person", "{'name': 'Ann'}");
	const engine_outcome first = fixture_update(f, "person", id, "{'note': 'x'}");
	const engine_outcome same = fixture_update(f, "person", id, "{'note': 'x'}");
	assert_int_equal(same.rev, first.rev);
	assert_int_equal(same.seq, first.seq);
	assert_int_equal(same.affected, 0);
}

static void a_wrong_expected_revision_is_a_conflict(void **state)
{
	store_fixture *f = *state;
	const int64_t id = fixture_create(f, "person", "{'name': 'Ann'}");
	assert_int_equal(fixture_try_update(f, "person", id, "{'note': 'x'}", 1), CX_OK);
	assert_int_equal(fixture_try_update(f, "person", id, "{'note': 'y'}", 1),
	                 CX_CONFLICT_REV);
	assert_string_equal(fixture_text(f, "person", id, "note"), "x");
}

static void sequence_numbers_have_no_gaps(void **state)
{
	store_fixture *f = *state;
	const int64_t id = fixture_create(f, "person", "{'name': 'Ann'}");
	fixture_try_create(f, "person", "{'name': 7}");
	fixture_begin(f);
	assert_int_equal(fixture_update(f, "person", id, "{'note': 'x'}").seq, 2);
	fixture_try_create(f, "person", "{'name': 7}");
	assert_int_equal(fixture_update(f, "person", id, "{'note': 'y'}").seq, 3);
	fixture_commit(f);
	fixture_reopen(f);
	assert_int_equal(fixture_update(f, "person", id, "{'note': 'z'}").seq, 4);
}

static void a_failed_request_leaves_the_rest_of_its_transaction(void **state)
{
	store_fixture *f = *state;
	fixture_begin(f);
	const int64_t first = fixture_create(f, "person", "{'name': 'Ann', 'mail': 'a@x'}");
	assert_int_equal(fixture_try_create(f, "person", "{'name': 'Bob', 'mail': 'a@x'}"),
	                 CX_UNIQUE);
	const int64_t second = fixture_create(f, "person", "{'name': 'Eve', 'mail': 'e@x'}");
	fixture_commit(f);
	assert_int_equal(second, first + 1);
	assert_int_equal(fixture_exists(f, "person", second), CX_OK);
}

static engine_outcome upsert(store_fixture *f, const char *index, const char *fields)
{
	engine_write *write = NULL;
	assert_int_equal(engine_write_begin(f->engine, &write), CX_OK);
	const engine_change change = { .author.now_ms = f->now_ms++ };
	engine_outcome outcome = { 0 };
	const cx_status status = engine_upsert(write, fixture_index(f, "person", index),
	                                       wire(fields), &change, &outcome, &f->error);
	assert_int_equal(status, f->error.status);
	assert_int_equal(engine_write_commit(&write), CX_OK);
	return outcome;
}

static void upsert_creates_once_and_then_updates(void **state)
{
	store_fixture *f = *state;
	const engine_outcome made = upsert(f, "mail", "{'name': 'Ann', 'mail': 'a@x'}");
	assert_true(made.created);
	const engine_outcome changed = upsert(f, "mail", "{'mail': 'a@x', 'note': 'hi'}");
	assert_false(changed.created);
	assert_int_equal(changed.id, made.id);
	assert_string_equal(fixture_text(f, "person", made.id, "name"), "Ann");
	assert_string_equal(fixture_text(f, "person", made.id, "note"), "hi");
	upsert(f, "mail", "{'name': 'Bob'}"); /* no value to match on */
	assert_int_equal(f->error.status, CX_INVALID_ARGUMENT);
	upsert(f, "tier,name", "{'name': 'Bob'}");
	assert_int_equal(f->error.status, CX_INVALID_ARGUMENT);
}

static void lookup_finds_by_unique_values(void **state)
{
	store_fixture *f = *state;
	const int64_t id =
		fixture_create(f, "person", "{'name': 'Ann', 'mail': 'a@x', 'ext_id': 'E1'}");
	engine_read *read = NULL;
	assert_int_equal(engine_read_begin(f->engine, &read), CX_OK);
	engine_row row = { 0 };
	assert_int_equal(engine_lookup(read, fixture_index(f, "person", "ext_id"),
	                               wire("['E1']"), &row, &f->error),
	                 CX_OK);
	assert_int_equal(row.id, id);
	assert_int_equal(engine_lookup(read, fixture_index(f, "person", "mail"), wire("['no']"),
	                               &row, &f->error),
	                 CX_NOT_FOUND);
	assert_int_equal(engine_lookup(read, fixture_index(f, "person", "mail"), wire("[]"),
	                               &row, &f->error),
	                 CX_INVALID_ARGUMENT);
	assert_int_equal(engine_lookup(read, fixture_index(f, "person", "tier,name"),
	                               wire("['low', 'Ann']"), &row, &f->error),
	                 CX_INVALID_ARGUMENT);
	engine_read_end(&read);
}

static void a_clustered_record_moves_when_its_cluster_columns_change(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "person", "{'name': 'Ann'}");
	fixture_create(f, "person", "{'name': 'Bob'}");
	const int64_t id = fixture_create(f, "visit", "{'person': 1, 'at': 5000, 'text': 'x'}");
	fixture_update(f, "visit", id, "{'person': 2, 'at': 6000}");
	assert_int_equal(fixture_int(f, "visit", id, "person"), 2);
	assert_string_equal(fixture_text(f, "visit", id, "text"), "x");
}

static void long_rows_are_kept_in_pieces(void **state)
{
	store_fixture *f = *state;
	const size_t sizes[] = { 15900, 16000, 16001, 40000, 65536 };
	CX_SCOPED(cx_buf_release) cx_buf fields = CX_BUF_INIT(1 << 20);
	const int64_t id = fixture_create(f, "person", "{'name': 'Ann'}");
	for (size_t i = 0; i < 2 * CX_COUNT_OF(sizes); i++) {
		const size_t size = sizes[i % CX_COUNT_OF(sizes)];
		cx_buf_clear(&fields);
		cx_buf_printf(&fields, "{'note': '");
		for (size_t n = 0; n < size; n++)
			cx_buf_append_byte(&fields, (uint8_t)('a' + n % 26));
		cx_buf_append(&fields, "'}", 3);
		fixture_update(f, "person", id, (const char *)fields.data);
		assert_int_equal(strlen(fixture_text(f, "person", id, "note")), size);
		fixture_assert_sound(f);
	}
	fixture_update(f, "person", id, "{'note': 'short again'}");
}

static void kept_single_and_readonly_types_keep_their_promise(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "team", "{'name': 'East'}");
	assert_int_equal(fixture_try(f, FIXTURE_DELETE, "team", 1), CX_RESTRICTED);
	fixture_create(f, "setting", "{'value': 1}");
	assert_int_equal(fixture_try_create(f, "setting", "{'value': 2}"), CX_INVALID_ARGUMENT);
	assert_int_equal(fixture_try_create(f, "audit", "{'what': 'x'}"), CX_READ_ONLY_FIELD);
}

static void what_does_not_exist_is_not_found(void **state)
{
	store_fixture *f = *state;
	assert_int_equal(fixture_exists(f, "person", 1), CX_NOT_FOUND);
	assert_int_equal(fixture_exists(f, "visit", 1), CX_NOT_FOUND);
	assert_int_equal(fixture_exists(f, "person", 0), CX_NOT_FOUND);
	assert_int_equal(fixture_exists(f, "person", -1), CX_NOT_FOUND);
	assert_int_equal(fixture_exists(f, "person", INT64_MAX), CX_NOT_FOUND);
	assert_int_equal(fixture_try_update(f, "person", 1, "{}", 0), CX_NOT_FOUND);
	assert_int_equal(fixture_try(f, FIXTURE_DELETE, "person", 1), CX_NOT_FOUND);
	assert_int_equal(fixture_try(f, FIXTURE_UNDELETE, "person", 1), CX_NOT_FOUND);
	assert_int_equal(fixture_try(f, FIXTURE_PURGE, "person", 1), CX_NOT_FOUND);
}

static void snapshots_do_not_see_later_changes(void **state)
{
	store_fixture *f = *state;
	const int64_t id = fixture_create(f, "person", "{'name': 'Ann'}");
	engine_read *read = NULL;
	engine_row row;
	assert_int_equal(engine_read_begin(f->engine, &read), CX_OK);
	fixture_do(f, FIXTURE_DELETE, "person", id);
	const engine_type *type = fixture_type(f, "person");
	assert_int_equal(engine_get(read, type, id, &row, NULL), CX_OK);
	assert_int_equal(engine_read_seq(read), 1);
	assert_int_equal(engine_read_renew(read), CX_OK);
	assert_int_equal(engine_get(read, type, id, &row, NULL), CX_NOT_FOUND);
	assert_int_equal(engine_read_seq(read), 2);
	engine_read_end(&read);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_created_record_is_read_back_with_defaults_and_stamps),
		TEST(records_survive_reopening_the_file),
		TEST(ids_are_not_given_again_after_a_purge),
		TEST(bad_fields_are_refused_by_name),
		TEST(a_unique_refusal_names_index_and_record),
		TEST(unique_binds_live_records_and_skips_null),
		TEST(a_composite_unique_counts_null_but_where_its_condition_leaves_it_out),
		TEST(an_update_changes_what_it_names_and_raises_the_revision),
		TEST(an_update_that_changes_nothing_counts_nothing),
		TEST(a_wrong_expected_revision_is_a_conflict),
		TEST(sequence_numbers_have_no_gaps),
		TEST(a_failed_request_leaves_the_rest_of_its_transaction),
		TEST(upsert_creates_once_and_then_updates),
		TEST(lookup_finds_by_unique_values),
		TEST(a_clustered_record_moves_when_its_cluster_columns_change),
		TEST(long_rows_are_kept_in_pieces),
		TEST(kept_single_and_readonly_types_keep_their_promise),
		TEST(what_does_not_exist_is_not_found),
		TEST(snapshots_do_not_see_later_changes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
