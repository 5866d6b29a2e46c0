/* SPDX-License-Identifier: Apache-2.0 */
/* A row of which one bit changed is answered CORRUPT by everything that reads rows, never as if
 * it were good or not there. */
#include "base/msgpack.h"
#include "engine/store/store.h"
#include "tests/support/store_fixture.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONG = 40000 };

static const char SCHEMA[] = "type team { name string(20) unique }\n"
			     "type person {\n"
			     "  name string(600) unique\n"
			     "  team ref(team) on delete set_null\n"
			     "  age  int\n"
			     "  note text\n"
			     "  index (age)\n"
			     "}\n";

typedef struct damaged {
	store_fixture store;
	int64_t team;
	int64_t person;
	int64_t long_person; /* its row is in pieces */
	char long_name[601]; /* too long for an exact index entry */
} damaged;

/* Changes a bit in a value of a tree, below the records: the last one of key that begins with
 * `prefix`, `back` bytes before its end. */
static void flip(store_fixture *self, const char *name, cx_slice prefix, size_t back)
{
	engine_close(&self->engine);
	engine__store *store;
	engine__tree tree;
	engine__txn *txn;
	engine__cursor *cursor;
	engine__pair pair;
	size_t count;
	const engine__store_options options = { .must_exist = true };
	assert_int_equal(engine__store_open(self->path, &options, &store, NULL), CX_OK);
	assert_int_equal(engine__store_tree(store, name, false, &tree), CX_OK);
	assert_int_equal(engine__txn_begin(store, &txn), CX_OK);
	assert_int_equal(
		engine__cursor_open(engine__txn_view(txn), tree, ENGINE__FORWARD, &cursor),
		CX_OK);
	assert_int_equal(engine__cursor_seek(cursor, prefix), CX_OK);
	assert_int_equal(engine__cursor_next(cursor, &pair, 1, &count), CX_OK);
	assert_int_equal(count, 1);
	assert_true(cx_slice_starts_with(pair.key, prefix) && pair.value.size > back);
	cx_slice value = wire_exact(pair.value);
	uint8_t *bytes = malloc(value.size);
	assert_non_null(bytes);
	memcpy(bytes, value.data, value.size);
	bytes[value.size - 1 - back] ^= 1;
	assert_int_equal(engine__txn_put(txn, tree, pair.key, (cx_slice){ bytes, value.size }),
	                 CX_OK);
	engine__cursor_close(&cursor);
	assert_int_equal(engine__txn_commit(&txn), CX_OK);
	free(bytes);
	engine__store_close(&store);
	fixture_reopen(self);
}

static void flip_row(damaged *self, const char *type, int64_t id)
{
	char name[16];
	uint8_t key[8];
	snprintf(name, sizeof name, "r%u", fixture_type(&self->store, type)->id);
	for (int i = 0; i < 8; i++)
		key[i] = (uint8_t)((uint64_t)id >> (56 - 8 * i));
	flip(&self->store, name, (cx_slice){ key, sizeof key }, 0);
}

static int setup(void **state)
{
	static damaged self;
	static char fields[LONG + 800];
	static char note[LONG];
	memset(note, 'x', sizeof note - 1);
	memset(self.long_name, 'n', sizeof self.long_name - 1);
	fixture_open(&self.store, SCHEMA);
	self.team = fixture_create(&self.store, "team", "{'name': 'red'}");
	self.person =
		fixture_create(&self.store, "person", "{'name': 'ada', 'team': 1, 'age': 36}");
	snprintf(fields, sizeof fields, "{'name': '%s', 'age': 7, 'note': '%s'}",
	         self.long_name, note);
	self.long_person = fixture_create(&self.store, "person", fields);
	*state = &self;
	return 0;
}

static int teardown(void **state)
{
	damaged *self = *state;
	fixture_close(&self->store);
	return 0;
}

static cx_status get(damaged *self, const char *type, int64_t id)
{
	return fixture_exists(&self->store, type, id);
}

static cx_status look_up(damaged *self, const char *name)
{
	char values[700];
	engine_read *read;
	engine_row row;
	snprintf(values, sizeof values, "['%s']", name);
	assert_int_equal(engine_read_begin(self->store.engine, &read), CX_OK);
	cx_status status = engine_lookup(read, fixture_index(&self->store, "person", "name"),
	                                 wire(values), &row, NULL);
	engine_read_end(&read);
	return status;
}

static cx_status ignore(void *context, const engine_row *row)
{
	(void)context;
	(void)row;
	return CX_OK;
}

static cx_status query(damaged *self, const char *filter, const char *order)
{
	engine_read *read;
	engine_page page;
	engine_query what = { .type = fixture_type(&self->store, "person"),
		              .filter = wire(filter),
		              .allow_scan = true };
	if (order != NULL)
		what.order[what.order_count++].field =
			engine_type_field(what.type, cx_slice_of(order));
	assert_int_equal(engine_read_begin(self->store.engine, &read), CX_OK);
	cx_status status = engine_query_run(read, &what, ignore, NULL, &page, NULL);
	engine_read_end(&read);
	return status;
}

static cx_status count(damaged *self, const char *filter)
{
	engine_read *read;
	uint64_t number;
	const engine_query what = { .type = fixture_type(&self->store, "person"),
		                    .filter = wire(filter),
		                    .allow_scan = true };
	assert_int_equal(engine_read_begin(self->store.engine, &read), CX_OK);
	cx_status status = engine_query_count(read, &what, &number, NULL);
	engine_read_end(&read);
	return status;
}

/* A change of which nothing is left behind. */
static cx_status change(damaged *self, cx_status run(damaged *self, engine_write *write))
{
	engine_write *write;
	assert_int_equal(engine_write_begin(self->store.engine, &write), CX_OK);
	cx_status status = run(self, write);
	engine_write_abort(&write);
	return status;
}

static cx_status update_person(damaged *self, engine_write *write)
{
	const engine_change how = { .author.now_ms = 1 };
	engine_outcome outcome;
	return engine_update(write, fixture_type(&self->store, "person"), self->person,
	                     wire("{'age': 5}"), &how, &outcome, NULL);
}

static cx_status delete_person(damaged *self, engine_write *write)
{
	const engine_change how = { .author.now_ms = 1 };
	engine_outcome outcome;
	return engine_delete(write, fixture_type(&self->store, "person"), self->person, &how,
	                     &outcome, NULL);
}

static cx_status upsert_person(damaged *self, engine_write *write)
{
	const engine_change how = { .author.now_ms = 1 };
	engine_outcome outcome;
	return engine_upsert(write, fixture_index(&self->store, "person", "name"),
	                     wire("{'name': 'ada', 'age': 5}"), &how, &outcome, NULL);
}

static cx_status refer_to_team(damaged *self, engine_write *write)
{
	const engine_change how = { .author.now_ms = 1 };
	engine_outcome outcome;
	return engine_create(write, fixture_type(&self->store, "person"),
	                     wire("{'name': 'bob', 'team': 1}"), &how, &outcome, NULL);
}

/* Its index entry holds only the begin of the name, so the other record must be read. */
static cx_status take_a_long_name(damaged *self, engine_write *write)
{
	char fields[700];
	const engine_change how = { .author.now_ms = 1 };
	engine_outcome outcome;
	snprintf(fields, sizeof fields, "{'name': '%s'}", self->long_name);
	return engine_create(write, fixture_type(&self->store, "person"), wire(fields), &how,
	                     &outcome, NULL);
}

static uint64_t findings(damaged *self)
{
	engine_read *read;
	engine_check_report report;
	assert_int_equal(engine_read_begin(self->store.engine, &read), CX_OK);
	assert_int_equal(engine_check(read, 0, NULL, NULL, &report), CX_OK);
	engine_read_end(&read);
	return report.findings;
}

static void sound_rows_are_read(void **state)
{
	damaged *self = *state;
	assert_int_equal(get(self, "person", self->person), CX_OK);
	assert_int_equal(get(self, "person", self->long_person), CX_OK);
	assert_int_equal(look_up(self, "ada"), CX_OK);
	assert_int_equal(look_up(self, self->long_name), CX_OK);
	assert_int_equal(query(self, "nil", NULL), CX_OK);
	assert_int_equal(count(self, "['=', 'note', 'x']"), CX_OK);
	assert_int_equal(change(self, update_person), CX_OK);
	assert_int_equal(change(self, refer_to_team), CX_OK);
	assert_int_equal(change(self, take_a_long_name), CX_UNIQUE);
	fixture_assert_sound(&self->store);
}

static void every_way_to_a_damaged_row_says_so(void **state)
{
	damaged *self = *state;
	flip_row(self, "person", self->person);
	assert_int_equal(get(self, "person", self->person), CX_CORRUPT);
	assert_int_equal(get(self, "person", self->long_person), CX_OK);
	assert_int_equal(look_up(self, "ada"), CX_CORRUPT);
	assert_int_equal(query(self, "nil", NULL), CX_CORRUPT);                  /* scan */
	assert_int_equal(query(self, "['=', 'id', 1]", NULL), CX_CORRUPT);       /* get */
	assert_int_equal(query(self, "['=', 'name', 'ada']", NULL), CX_CORRUPT); /* unique */
	assert_int_equal(query(self, "['>', 'age', 10]", NULL), CX_CORRUPT);     /* index */
	assert_int_equal(query(self, "['>', 'id', 0]", "note"), CX_CORRUPT);     /* sort */
	assert_int_equal(count(self, "['=', 'note', 'x']"), CX_CORRUPT);
	assert_int_equal(change(self, update_person), CX_CORRUPT);
	assert_int_equal(change(self, delete_person), CX_CORRUPT);
	assert_int_equal(change(self, upsert_person), CX_CORRUPT);
	assert_true(findings(self) > 0);
}

static void a_reference_to_a_damaged_row_is_not_made(void **state)
{
	damaged *self = *state;
	flip_row(self, "team", self->team);
	assert_int_equal(change(self, refer_to_team), CX_CORRUPT);
	assert_int_equal(change(self, update_person), CX_OK); /* that stays as it is */
}

static void a_piece_of_a_long_row_is_under_its_checksum(void **state)
{
	damaged *self = *state;
	flip(&self->store, "chunks", (cx_slice){ 0 }, 100);
	assert_int_equal(get(self, "person", self->long_person), CX_CORRUPT);
	assert_int_equal(look_up(self, self->long_name), CX_CORRUPT);
	assert_int_equal(change(self, take_a_long_name), CX_CORRUPT);
	assert_int_equal(query(self, "['=', 'age', 7]", NULL), CX_CORRUPT);
	assert_true(findings(self) > 0);
}

#define CHECKSUM_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CHECKSUM_TEST(sound_rows_are_read),
		CHECKSUM_TEST(every_way_to_a_damaged_row_says_so),
		CHECKSUM_TEST(a_reference_to_a_damaged_row_is_not_made),
		CHECKSUM_TEST(a_piece_of_a_long_row_is_under_its_checksum),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
