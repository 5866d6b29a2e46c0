/* SPDX-License-Identifier: Apache-2.0 */
/* The change log tells what happened to every record, in order, with old and new values; a
 * record can be read as it was; what was purged has left no values; the whole can be done once
 * more in an empty store. */
#include "base/hash.h"
#include "engine/changes.h"
#include "tests/support/evolve_fixture.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char SCHEMA[] =
	"type company \"Company\" { name string(20) unique size int }\n"
	"type deal \"Deal\" { company ref(company) on delete cascade required\n"
	"  title text  index (company, title) }\n"
	"type note \"Note\" { company ref(company) on delete set_null text text }\n";

static int setup(void **state)
{
	static store_fixture fixture;
	fixture_open(&fixture, SCHEMA);
	fixture.now_ms = 1000;
	*state = &fixture;
	return 0;
}

static int teardown(void **state)
{
	fixture_assert_sound(*state);
	fixture_close(*state);
	return 0;
}

/* ---- as text ---- */

typedef struct text {
	char bytes[4096];
	size_t size;
} text;

static void add(text *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(text *out, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	const int size = vsnprintf(out->bytes + out->size, sizeof out->bytes - out->size,
	                           format, arguments);
	va_end(arguments);
	assert_in_range(size, 0, sizeof out->bytes - out->size - 1);
	out->size += (size_t)size;
}

/* "1.0 create company 1 rev 1 at 1000 [row]; …" */
static cx_status show(void *context, const engine_logged *change)
{
	text *out = context;
	add(out, "%s%llu.%u%s %s %s %lld rev %lld", out->size > 0 ? "; " : "",
	    (unsigned long long)change->seq, change->part, change->last ? "" : "+",
	    engine_change_kind_name(change->kind), change->type->name, (long long)change->id,
	    (long long)change->rev);
	if (change->redacted)
		add(out, " redacted");
	if (change->fields.size > 0)
		add(out, " %s", wire_show(change->fields));
	return CX_OK;
}

static const char *changes_from(store_fixture *f, uint64_t from, size_t max)
{
	static text out;
	out.size = 0;
	out.bytes[0] = '\0';
	engine_read *read = fixture_read(f);
	uint64_t next;
	const cx_status status = engine_changes_read(read, from, NULL, 0, max, show, &out,
	                                             &next, NULL, &f->error);
	engine_read_end(&read);
	if (status != CX_OK)
		return cx_status_name(status);
	add(&out, " > %llu", (unsigned long long)next);
	return out.bytes;
}

static const char *history_of(store_fixture *f, const char *type, int64_t id)
{
	static text out;
	out.size = 0;
	out.bytes[0] = '\0';
	engine_read *read = fixture_read(f);
	bool cut;
	const cx_status status = engine_history(read, fixture_type(f, type), id, 0, 100, 0,
	                                        show, &out, &cut, &f->error);
	engine_read_end(&read);
	if (status != CX_OK)
		return cx_status_name(status);
	if (cut)
		add(&out, " cut");
	return out.bytes;
}

/* The row without created_at and its like: "[id, rev, deleted_at, fields…]". */
static const char *as_of(store_fixture *f, const char *type, int64_t id, engine_moment moment)
{
	static char shown[512];
	engine_read *read = fixture_read(f);
	engine_row row;
	const cx_status status =
		engine_as_of(read, fixture_type(f, type), id, moment, 0, &row, &f->error);
	if (status == CX_OK)
		snprintf(shown, sizeof shown, "%s", wire_show(row.array));
	engine_read_end(&read);
	return status == CX_OK ? shown : cx_status_name(status);
}

static const char *at_seq(store_fixture *f, const char *type, int64_t id, uint64_t seq)
{
	return as_of(f, type, id, (engine_moment){ .seq = seq });
}

/* ---- the log ---- */

static void every_operation_is_logged_with_old_and_new_values(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "company", "{'name': 'A'}");
	fixture_update(f, "company", 1, "{'size': 5}");
	fixture_update(f, "company", 1, "{'name': 'B', 'size': nil}");
	fixture_update(f, "company", 1, "{'name': 'B'}"); /* changes nothing */
	assert_string_equal(changes_from(f, 1, 100),
	                    "1.0 create company 1 rev 1; "
	                    "2.0 update company 1 rev 2 [[9, nil, 5]]; "
	                    "3.0 update company 1 rev 3 [[8, 'A', 'B'], [9, 5, nil]] > 4");
	assert_string_equal(changes_from(f, 4, 100), " > 4");
}

static void an_operation_that_fails_leaves_nothing(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "company", "{'name': 'A'}");
	assert_int_equal(fixture_try_create(f, "company", "{'name': 'A'}"), CX_UNIQUE);
	assert_string_equal(changes_from(f, 1, 100), "1.0 create company 1 rev 1 > 2");
}

static void what_a_delete_takes_along_has_its_number(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "company", "{'name': 'A'}");
	fixture_create(f, "deal", "{'company': 1, 'title': 'x'}");
	fixture_create(f, "note", "{'company': 1, 'text': 'y'}");
	fixture_do(f, FIXTURE_DELETE, "company", 1);
	fixture_do(f, FIXTURE_UNDELETE, "company", 1);
	assert_string_equal(changes_from(f, 4, 100),
	                    "4.0+ delete company 1 rev 2; 4.1+ delete deal 1 rev 2; "
	                    "4.2 update note 1 rev 2 [[8, 1, nil]]; "
	                    "5.0+ undelete company 1 rev 3; 5.1+ undelete deal 1 rev 3; "
	                    "5.2 update note 1 rev 3 [[8, nil, 1]] > 6");
}

static void a_page_ends_with_a_whole_operation(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "company", "{'name': 'A'}");
	fixture_create(f, "deal", "{'company': 1, 'title': 'x'}");
	fixture_do(f, FIXTURE_DELETE, "company", 1);
	fixture_create(f, "company", "{'name': 'B'}");
	assert_string_equal(changes_from(f, 3, 1),
	                    "3.0+ delete company 1 rev 2; 3.1 delete deal 1 rev 2 > 4");
	assert_string_equal(changes_from(f, 4, 1), "4.0 create company 2 rev 1 > 5");
}

static void types_that_are_not_asked_for_are_left_out(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "company", "{'name': 'A'}");
	fixture_create(f, "deal", "{'company': 1, 'title': 'x'}");
	const engine_type *deal = fixture_type(f, "deal");
	engine_read *read = fixture_read(f);
	text out = { .size = 0 };
	uint64_t next;
	assert_int_equal(
		engine_changes_read(read, 1, &deal, 1, 100, show, &out, &next, NULL, NULL),
		CX_OK);
	assert_string_equal(out.bytes, "2.0 create deal 1 rev 1");
	assert_int_equal(next, 3);
	engine_read_end(&read);
}

static cx_status refuse(void *context, const engine_logged *change)
{
	(void)context;
	(void)change;
	return CX_BUSY;
}

static void a_sink_that_fails_ends_the_reading(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "company", "{'name': 'A'}");
	engine_read *read = fixture_read(f);
	uint64_t next = 77;
	const engine_type *type = fixture_type(f, "company");
	bool cut;
	assert_int_equal(
		engine_changes_read(read, 1, NULL, 0, 100, refuse, NULL, &next, NULL, NULL),
		CX_BUSY);
	assert_int_equal(next, 77);
	assert_int_equal(engine_history(read, type, 1, 0, 9, 0, refuse, NULL, &cut, NULL),
	                 CX_BUSY);
	engine_read_end(&read);
}

static void a_long_row_is_logged_whole(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "company", "{'name': 'A'}");
	static char fields[60 * 1000];
	memset(fields, 'x', sizeof fields);
	memcpy(fields, "{'company': 1, 'title': '", 25);
	memcpy(fields + sizeof fields - 3, "'}", 3);
	fixture_create(f, "deal", fields);
	fixture_update(f, "deal", 1, "{'title': 'short'}");
	engine_read *read = fixture_read(f);
	engine_row row;
	const engine_moment moment = { .seq = 2 };
	assert_int_equal(engine_as_of(read, fixture_type(f, "deal"), 1, moment, 0, &row, NULL),
	                 CX_OK);
	assert_true(row.array.size > sizeof fields - 100);
	engine_read_end(&read);
}

/* ---- one record ---- */

static void the_history_of_a_record_is_newest_first(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "company", "{'name': 'A'}");
	fixture_create(f, "company", "{'name': 'C'}");
	fixture_update(f, "company", 1, "{'size': 5}");
	fixture_do(f, FIXTURE_DELETE, "company", 1);
	assert_string_equal(history_of(f, "company", 1),
	                    "4.0 delete company 1 rev 3; "
	                    "3.0 update company 1 rev 2 [[9, nil, 5]]; "
	                    "1.0 create company 1 rev 1");
	assert_string_equal(history_of(f, "company", 3), "NOT_FOUND");
}

static void a_record_is_read_as_it_was(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "company", "{'name': 'A'}");    /* 1 */
	fixture_update(f, "company", 1, "{'size': 5}");   /* 2 */
	fixture_do(f, FIXTURE_DELETE, "company", 1);      /* 3 */
	fixture_do(f, FIXTURE_UNDELETE, "company", 1);    /* 4 */
	fixture_update(f, "company", 1, "{'name': 'B'}"); /* 5 */
	static const char *const rows[] = {
		"[1, 1, 1000, nil, 1000, nil, nil, nil, 'A', nil]",
		"[1, 2, 1000, nil, 1001, nil, nil, nil, 'A', 5]",
		"NOT_FOUND",
		"[1, 4, 1000, nil, 1003, nil, nil, nil, 'A', 5]",
		"[1, 5, 1000, nil, 1004, nil, nil, nil, 'B', 5]",
	};
	for (uint64_t seq = 1; seq <= 5; seq++) {
		assert_string_equal(at_seq(f, "company", 1, seq), rows[seq - 1]);
		const engine_moment moment = { .at_ms = 999 + (int64_t)seq };
		assert_string_equal(as_of(f, "company", 1, moment), rows[seq - 1]);
	}
	assert_string_equal(as_of(f, "company", 1, (engine_moment){ .at_ms = 999 }),
	                    "NOT_FOUND");
	assert_string_equal(at_seq(f, "company", 1, 6), "INVALID_ARGUMENT");
	assert_string_equal(at_seq(f, "company", 2, 5), "NOT_FOUND");
}

static void purge_erases_the_values_from_the_log(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "company", "{'name': 'secret'}");
	fixture_create(f, "deal", "{'company': 1, 'title': 'secret'}");
	fixture_update(f, "company", 1, "{'name': 'secret2'}");
	fixture_do(f, FIXTURE_DELETE, "company", 1);
	fixture_do(f, FIXTURE_PURGE, "company", 1);
	assert_string_equal(changes_from(f, 1, 100),
	                    "1.0 create company 1 rev 1 redacted; "
	                    "2.0 create deal 1 rev 1 redacted; "
	                    "3.0 update company 1 rev 2 redacted; "
	                    "4.0+ delete company 1 rev 3; 4.1 delete deal 1 rev 2; "
	                    "5.0+ purge company 1 rev 0; 5.1 purge deal 1 rev 0 > 6");
	assert_string_equal(at_seq(f, "company", 1, 1), "COMPACTED");
	assert_string_equal(at_seq(f, "company", 1, 5), "NOT_FOUND");
}

/* ---- retention ---- */

static void trim(store_fixture *f, engine_retention keep, int64_t now_ms, uint32_t max,
                 bool expected_more)
{
	engine_write *write;
	bool more;
	assert_int_equal(engine_write_begin(f->engine, &write), CX_OK);
	assert_int_equal(engine_changes_trim(write, &keep, now_ms, max, &more), CX_OK);
	assert_int_equal(more, expected_more);
	assert_int_equal(engine_write_commit(&write), CX_OK);
}

static void what_is_older_than_it_is_kept_goes(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "company", "{'name': 'A'}");  /* 1, at 1000 */
	fixture_update(f, "company", 1, "{'size': 1}"); /* 2, at 1001 */
	fixture_update(f, "company", 1, "{'size': 2}"); /* 3, at 1002 */
	trim(f, (engine_retention){ .keep_ms = 10 }, 1010, 100, false);
	assert_string_equal(changes_from(f, 1, 1), "1.0 create company 1 rev 1 > 2");
	trim(f, (engine_retention){ .keep_ms = 10 }, 1012, 1, true);
	trim(f, (engine_retention){ .keep_ms = 10 }, 1012, 100, false);
	assert_string_equal(changes_from(f, 2, 1), "COMPACTED");
	assert_non_null(strstr(f->error.text, "before 3"));
	assert_string_equal(changes_from(f, 3, 9),
	                    "3.0 update company 1 rev 3 [[9, 1, 2]] > 4");
	assert_string_equal(history_of(f, "company", 1),
	                    "3.0 update company 1 rev 3 [[9, 1, 2]] cut");
	assert_string_equal(at_seq(f, "company", 1, 1), "COMPACTED");
	fixture_reopen(f);
	assert_string_equal(changes_from(f, 2, 1), "COMPACTED");
}

/* Its last change is not kept, and neither is one that was made since. */
static void what_did_not_change_since_the_log_was_cut_is_read_as_it_was(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "company", "{'name': 'A'}"); /* 1, at 1000 */
	fixture_create(f, "company", "{'name': 'B'}");
	fixture_create(f, "company", "{'name': 'C'}");
	fixture_do(f, FIXTURE_DELETE, "company", 2);
	fixture_do(f, FIXTURE_DELETE, "company", 3);
	fixture_do(f, FIXTURE_PURGE, "company", 3);
	fixture_create(f, "note", "{'text': 'x'}");
	fixture_create(f, "note", "{'text': 'y'}");                    /* 8, at 1007 */
	fixture_update(f, "note", 1, "{'text': 'z'}");                 /* 9, at 1008 */
	trim(f, (engine_retention){ .keep_ms = 1 }, 1008, 100, false); /* leaves 8 and 9 */
	static const char A[] = "[1, 1, 1000, nil, 1000, nil, nil, nil, 'A', nil]";
	for (uint64_t seq = 7; seq <= 9; seq++) {
		assert_string_equal(at_seq(f, "company", 1, seq), A);
		assert_string_equal(at_seq(f, "company", 2, seq), "NOT_FOUND");
		assert_string_equal(at_seq(f, "company", 3, seq), "NOT_FOUND");
	}
	assert_string_equal(at_seq(f, "company", 1, 6), "COMPACTED");
	assert_string_equal(at_seq(f, "company", 3, 6), "COMPACTED");
	assert_string_equal(at_seq(f, "note", 1, 8), "COMPACTED"); /* by whom is not known */
	assert_string_equal(as_of(f, "company", 1, (engine_moment){ .at_ms = 1000 }), A);
	assert_string_equal(as_of(f, "company", 1, (engine_moment){ .at_ms = 999 }),
	                    "COMPACTED");
	assert_string_equal(as_of(f, "company", 3, (engine_moment){ .at_ms = 1007 }),
	                    "NOT_FOUND");
	assert_string_equal(as_of(f, "company", 3, (engine_moment){ .at_ms = 1006 }),
	                    "COMPACTED");
}

static void the_log_is_cut_to_so_many_bytes(void **state)
{
	store_fixture *f = *state;
	for (int i = 0; i < 50; i++) {
		char fields[32];
		snprintf(fields, sizeof fields, "{'name': 'c%d'}", i);
		fixture_create(f, "company", fields);
	}
	trim(f, (engine_retention){ .keep_bytes = 1000 }, 0, 1000, false);
	engine_read *read = fixture_read(f);
	uint64_t oldest;
	assert_int_equal(engine_changes_oldest(read, &oldest), CX_OK);
	engine_read_end(&read);
	assert_in_range(oldest, 25, 45); /* an entry takes some 50 bytes */
	trim(f, (engine_retention){ .keep_bytes = 1 }, 0, 1000, false);
	assert_string_equal(changes_from(f, 51, 1), " > 51");
	assert_string_equal(changes_from(f, 50, 1), "COMPACTED");
}

static void the_log_of_a_type_that_was_dropped_is_sound_and_can_be_cut(void **state)
{
	(void)state;
	store_fixture f;
	fixture_open(&f, "type a { n int }\ntype b { n int }");
	fixture_create(&f, "b", "{'n': 1}");
	fixture_create(&f, "a", "{'n': 1}");
	fixture_do(&f, FIXTURE_DELETE, "b", 1);
	fixture_do(&f, FIXTURE_PURGE, "b", 1);
	evolve_apply(&f, "type a { n int }");
	evolve_build(&f);
	fixture_assert_sound(&f);
	assert_string_equal(changes_from(&f, 1, 100), "2.0 create a 1 rev 1 > 5");
	trim(&f, (engine_retention){ .keep_bytes = 1 }, 0, 3, true);
	fixture_assert_sound(&f);
	trim(&f, (engine_retention){ .keep_bytes = 1 }, 0, 3, false);
	fixture_assert_sound(&f);
	fixture_close(&f);
}

/* ---- once more ---- */

typedef struct replaying {
	engine_write *write;
	cx_error error;
} replaying;

static cx_status replay(void *context, const engine_logged *change)
{
	replaying *self = context;
	return engine_changes_replay(self->write, change, &self->error);
}

static uint64_t hash_of(store_fixture *f)
{
	engine_read *read = fixture_read(f);
	uint64_t hash;
	assert_int_equal(engine_state_hash(read, 0, &hash), CX_OK);
	engine_read_end(&read);
	return hash;
}

static void the_log_makes_the_same_store_again(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "company", "{'name': 'A'}");
	fixture_create(f, "company", "{'name': 'B'}");
	fixture_create(f, "deal", "{'company': 1, 'title': 'x'}");
	fixture_create(f, "deal", "{'company': 2, 'title': 'y'}");
	fixture_create(f, "note", "{'company': 1}");
	fixture_create(f, "note", "{'company': 2}");
	fixture_do(f, FIXTURE_DELETE, "company", 1);
	fixture_do(f, FIXTURE_DELETE, "company", 2);
	fixture_do(f, FIXTURE_PURGE, "company", 1);

	store_fixture copy;
	fixture_open(&copy, SCHEMA);
	replaying to = { 0 };
	assert_int_equal(engine_write_begin(copy.engine, &to.write), CX_OK);
	engine_read *read = fixture_read(f);
	uint64_t next;
	assert_int_equal(
		engine_changes_read(read, 1, NULL, 0, 100, replay, &to, &next, NULL, &f->error),
		CX_OK);
	engine_read_end(&read);
	assert_int_equal(engine_write_commit(&to.write), CX_OK);
	assert_int_equal(hash_of(&copy), hash_of(f));
	fixture_assert_sound(&copy);

	copy.now_ms = f->now_ms;
	fixture_do(f, FIXTURE_UNDELETE, "company", 2);
	fixture_do(&copy, FIXTURE_UNDELETE, "company", 2);
	assert_int_equal(hash_of(&copy), hash_of(f));
	assert_int_equal(fixture_create(f, "company", "{}"),
	                 fixture_create(&copy, "company", "{}"));
	fixture_close(&copy);
}

static cx_status add_to_hash(void *context, const engine_logged *change)
{
	uint64_t *hash = context;
	const int64_t numbers[] = { (int64_t)change->seq, change->part,    change->last,
		                    change->kind,         change->id,      change->rev,
		                    change->at_ms,        change->by,      change->redacted,
		                    change->layout,       change->type->id };
	*hash = cx_hash64((cx_slice){ (const uint8_t *)numbers, sizeof numbers }, *hash);
	*hash = cx_hash64(change->row, *hash);
	*hash = cx_hash64(change->fields, *hash);
	return CX_OK;
}

static uint64_t log_hash_of(store_fixture *f)
{
	engine_read *read = fixture_read(f);
	uint64_t hash = 0, next;
	assert_int_equal(engine_changes_read(read, 1, NULL, 0, SIZE_MAX, add_to_hash, &hash,
	                                     &next, NULL, NULL),
	                 CX_OK);
	engine_read_end(&read);
	return hash;
}

/* Replays the log into an empty store of the same schema, and compares. */
static void assert_made_again(store_fixture *f, const char *schema)
{
	store_fixture copy;
	fixture_open(&copy, schema);
	replaying to = { 0 };
	assert_int_equal(engine_write_begin(copy.engine, &to.write), CX_OK);
	engine_read *read = fixture_read(f);
	uint64_t next;
	const cx_status status =
		engine_changes_read(read, 1, NULL, 0, 100, replay, &to, &next, NULL, NULL);
	if (status != CX_OK)
		fail_msg("%s: %s", cx_status_name(status), to.error.text);
	engine_read_end(&read);
	assert_int_equal(engine_write_commit(&to.write), CX_OK);
	assert_int_equal(hash_of(&copy), hash_of(f));
	assert_int_equal(log_hash_of(&copy), log_hash_of(f));
	fixture_assert_sound(&copy);
	fixture_close(&copy);
}

/* Replays what `copy` has not yet. */
static void follow(store_fixture *f, store_fixture *copy)
{
	replaying to = { 0 };
	assert_int_equal(engine_write_begin(copy->engine, &to.write), CX_OK);
	engine_read *read = fixture_read(f);
	uint64_t next;
	assert_int_equal(engine_changes_read(read, engine_write_seq(to.write), NULL, 0, 100,
	                                     replay, &to, &next, NULL, NULL),
	                 CX_OK);
	engine_read_end(&read);
	assert_int_equal(engine_write_commit(&to.write), CX_OK);
	fixture_assert_sound(copy);
}

static void a_store_that_follows_forgets_what_is_purged(void **state)
{
	store_fixture *f = *state;
	store_fixture copy;
	fixture_open(&copy, SCHEMA);
	fixture_create(f, "company", "{'name': 'A'}");
	fixture_create(f, "deal", "{'company': 1, 'title': 'x'}");
	fixture_create(f, "note", "{'company': 1}");
	follow(f, &copy);
	fixture_update(f, "company", 1, "{'size': 1}");
	fixture_do(f, FIXTURE_DELETE, "company", 1);
	fixture_do(f, FIXTURE_UNDELETE, "company", 1);
	fixture_do(f, FIXTURE_DELETE, "company", 1);
	fixture_do(f, FIXTURE_PURGE, "company", 1); /* the update reaches it without values */
	follow(f, &copy);
	assert_int_equal(hash_of(&copy), hash_of(f));
	assert_int_equal(log_hash_of(&copy), log_hash_of(f));
	fixture_close(&copy);
}

static cx_status keep(void *context, const engine_logged *change)
{
	*(engine_logged *)context = *change;
	return CX_OK;
}

/* A delete of two records reaches a store where the second has gone on: it is taken back. */
static void a_change_that_does_not_fit_the_records_is_not_replayed(void **state)
{
	store_fixture *f = *state;
	store_fixture copy;
	fixture_open(&copy, SCHEMA);
	fixture_create(f, "company", "{'name': 'A'}");
	fixture_create(f, "deal", "{'company': 1, 'title': 'x'}");
	follow(f, &copy);
	fixture_create(f, "company", "{'name': 'B'}");
	fixture_do(f, FIXTURE_DELETE, "company", 1);
	fixture_update(&copy, "deal", 1, "{'title': 'y'}");
	const uint64_t hash = hash_of(&copy);

	engine_read *read = fixture_read(f);
	replaying to = { 0 };
	uint64_t next;
	assert_int_equal(engine_write_begin(copy.engine, &to.write), CX_OK);
	engine_logged create;
	assert_int_equal(
		engine_changes_read(read, 3, NULL, 0, 1, keep, &create, &next, NULL, NULL),
		CX_OK);
	assert_int_equal(engine_changes_replay(to.write, &create, &to.error),
	                 CX_INVALID_ARGUMENT);
	assert_non_null(strstr(to.error.text, "does not follow 3"));
	assert_int_equal(
		engine_changes_read(read, 4, NULL, 0, 1, replay, &to, &next, NULL, NULL),
		CX_INVALID_ARGUMENT);
	assert_string_equal(to.error.text,
	                    "change 4.1 does not fit: deal 1 has revision 2 in this store");
	engine_read_end(&read);
	assert_int_equal(engine_write_commit(&to.write), CX_OK);
	assert_int_equal(hash_of(&copy), hash);
	fixture_assert_sound(&copy);
	fixture_close(&copy);
}

static void a_record_can_have_referred_to_one_that_was_purged(void **state)
{
	store_fixture *f = *state;
	fixture_create(f, "company", "{'name': 'A'}");
	fixture_create(f, "company", "{'name': 'B'}");
	fixture_create(f, "deal", "{'company': 1, 'title': 'x'}");
	fixture_do(f, FIXTURE_DELETE, "deal", 1);
	fixture_do(f, FIXTURE_UNDELETE, "deal", 1);
	fixture_update(f, "deal", 1, "{'company': 2}");
	fixture_do(f, FIXTURE_DELETE, "company", 1);
	fixture_do(f, FIXTURE_PURGE, "company", 1);
	assert_made_again(f, SCHEMA);
}

static const char CHAIN[] = "type company \"Company\" { name string(20) }\n"
			    "type deal \"Deal\" { company ref(company) on delete cascade }\n"
			    "type line \"Line\" { deal ref(deal) on delete cascade\n"
			    "  payer ref(company) on delete restrict }\n"
			    "type note \"Note\" { deal ref(deal) on delete set_null }\n";

/* The delete of the company reached the line through a deal that is purged by now. */
static void a_delete_can_have_gone_through_one_that_was_purged(void **state)
{
	(void)state;
	store_fixture f;
	fixture_open(&f, CHAIN);
	fixture_create(&f, "company", "{'name': 'A'}");
	fixture_create(&f, "deal", "{'company': 1}");
	fixture_create(&f, "deal", "{}");
	fixture_create(&f, "line", "{'deal': 1, 'payer': 1}");
	fixture_create(&f, "note", "{'deal': 1}");
	fixture_do(&f, FIXTURE_DELETE, "company", 1);
	fixture_do(&f, FIXTURE_UNDELETE, "company", 1);
	fixture_update(&f, "line", 1, "{'deal': 2}");
	fixture_do(&f, FIXTURE_DELETE, "deal", 1);
	fixture_do(&f, FIXTURE_PURGE, "deal", 1);
	fixture_do(&f, FIXTURE_DELETE, "deal", 2);
	assert_made_again(&f, CHAIN);
	fixture_close(&f);
}

static const char TRACES[] = "type company \"Company\" { name string(20) }\n"
			     "type trace \"Trace\" { company ref(company) on delete keep\n"
			     "  n int cluster by (company, n) }\n";

/* What stayed when its company was deleted, was told more of then, and went with the purge. */
static void what_stays_after_a_delete_is_made_again(void **state)
{
	(void)state;
	store_fixture f;
	fixture_open(&f, TRACES);
	fixture_create(&f, "company", "{'name': 'A'}");
	fixture_create(&f, "company", "{'name': 'B'}");
	fixture_create(&f, "trace", "{'company': 1, 'n': 1}");
	fixture_create(&f, "trace", "{'company': 2, 'n': 1}");
	fixture_do(&f, FIXTURE_DELETE, "company", 1);
	fixture_create(&f, "trace", "{'company': 1, 'n': 2}");
	fixture_update(&f, "trace", 1, "{'n': 3}");
	assert_made_again(&f, TRACES);
	fixture_do(&f, FIXTURE_UNDELETE, "company", 1);
	fixture_do(&f, FIXTURE_DELETE, "company", 1);
	assert_int_equal(fixture_do(&f, FIXTURE_PURGE, "company", 1).affected, 3);
	assert_int_equal(fixture_exists(&f, "trace", 2), CX_OK);
	assert_made_again(&f, TRACES);
	fixture_close(&f);
}

static void the_state_hash_sees_every_field_and_delete(void **state)
{
	store_fixture *f = *state;
	uint64_t hashes[5];
	hashes[0] = hash_of(f);
	fixture_create(f, "company", "{'name': 'A'}");
	hashes[1] = hash_of(f);
	fixture_update(f, "company", 1, "{'size': 1}");
	hashes[2] = hash_of(f);
	fixture_do(f, FIXTURE_DELETE, "company", 1);
	hashes[3] = hash_of(f);
	fixture_do(f, FIXTURE_PURGE, "company", 1);
	hashes[4] = hash_of(f);
	for (size_t i = 0; i < 4; i++)
		for (size_t j = i + 1; j < 4; j++)
			assert_int_not_equal(hashes[i], hashes[j]);
	assert_int_equal(hashes[4], hashes[0]);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(every_operation_is_logged_with_old_and_new_values),
		TEST(an_operation_that_fails_leaves_nothing),
		TEST(what_a_delete_takes_along_has_its_number),
		TEST(a_page_ends_with_a_whole_operation),
		TEST(types_that_are_not_asked_for_are_left_out),
		TEST(a_sink_that_fails_ends_the_reading),
		TEST(a_long_row_is_logged_whole),
		TEST(the_history_of_a_record_is_newest_first),
		TEST(a_record_is_read_as_it_was),
		TEST(purge_erases_the_values_from_the_log),
		TEST(what_is_older_than_it_is_kept_goes),
		TEST(what_did_not_change_since_the_log_was_cut_is_read_as_it_was),
		TEST(the_log_is_cut_to_so_many_bytes),
		TEST(the_log_of_a_type_that_was_dropped_is_sound_and_can_be_cut),
		TEST(the_log_makes_the_same_store_again),
		TEST(a_store_that_follows_forgets_what_is_purged),
		TEST(a_change_that_does_not_fit_the_records_is_not_replayed),
		TEST(a_record_can_have_referred_to_one_that_was_purged),
		TEST(a_delete_can_have_gone_through_one_that_was_purged),
		TEST(what_stays_after_a_delete_is_made_again),
		TEST(the_state_hash_sees_every_field_and_delete),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
