/* SPDX-License-Identifier: Apache-2.0 */
/* Random operations through the engine's API give, one by one, the status that the oracle
 * gives, and leave the same records. Transactions hold several operations, failing ones among
 * them; some are aborted, some rolled back to a mark; the file is reopened now and then; the
 * store's own check runs at the end of every round. */
#include "base/msgpack.h"
#include "tests/model/oracle.h"
#include "tests/support/dice.h"
#include "tests/support/store_fixture.h"
#include "tests/support/unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 12, OPERATIONS = 700, TEXTS = 9 };

static const char SCHEMA[] =
	"type firm \"Firm\" { code string(40) required unique size int\n"
	"  parent ref(firm) on delete set_null note string(300)\n"
	"  index (size, code desc) index (note desc) }\n"
	"type person \"Person\" { firm ref(firm) on delete cascade required\n"
	"  boss ref(person) on delete set_null name string(300) n int\n"
	"  index (firm, name) unique by_pair (name, n) where name }\n"
	"type deal \"Deal\" { firm ref(firm) on delete restrict\n"
	"  person ref(person) on delete set_null title string(300) required amount int\n"
	"  index (amount desc, title) unique (title, amount) }\n"
	"type call \"Call\" { person ref(person) on delete cascade required\n"
	"  at int required deal ref(deal) on delete cascade text string(300)\n"
	"  cluster by (person, at desc) index (text) }\n";

#define INT(name_)                                \
	{                                         \
		.name = name_, .kind = ORACLE_INT \
	}
#define TEXT(name_)                                \
	{                                          \
		.name = name_, .kind = ORACLE_TEXT \
	}
#define NEEDED(name_, kind_)                                   \
	{                                                      \
		.name = name_, .kind = kind_, .required = true \
	}
#define REF(name_, target_, rule_)                                                  \
	{                                                                           \
		.name = name_, .kind = ORACLE_REF, .target = target_, .rule = rule_ \
	}
#define NEEDED_REF(name_, target_, rule_)                                               \
	{                                                                               \
		.name = name_, .kind = ORACLE_REF, .required = true, .target = target_, \
		.rule = rule_                                                           \
	}

static const oracle_type TYPES[ORACLE_TYPES] = {
	{ .name = "firm",
	  .fields = { NEEDED("code", ORACLE_TEXT), INT("size"),
	              REF("parent", 0, ORACLE_SET_NULL), TEXT("note") },
	  .uniques = { { .name = "code", .fields = { 0, -1 }, .where = 0 } } },
	{ .name = "person",
	  .fields = { NEEDED_REF("firm", 0, ORACLE_CASCADE), REF("boss", 1, ORACLE_SET_NULL),
	              TEXT("name"), INT("n") },
	  .uniques = { { .name = "by_pair", .fields = { 2, 3, -1 }, .where = 2 } } },
	{ .name = "deal",
	  .fields = { REF("firm", 0, ORACLE_RESTRICT), REF("person", 1, ORACLE_SET_NULL),
	              NEEDED("title", ORACLE_TEXT), INT("amount") },
	  .uniques = { { .name = "title,amount", .fields = { 2, 3, -1 }, .where = -1 } } },
	{ .name = "call",
	  .fields = { NEEDED_REF("person", 1, ORACLE_CASCADE), NEEDED("at", ORACLE_INT),
	              REF("deal", 2, ORACLE_CASCADE), TEXT("text") } },
};

/* Texts by number: short ones, Chinese ones, and long ones that differ past the cut of a key
 * only. */
static const char *text_of(int64_t number)
{
	static char texts[TEXTS][1024];
	char *text = texts[number];
	if (text[0] != '\0')
		return text;
	if (number < 3) {
		snprintf(text, sizeof texts[0], "t%d", (int)number);
	} else if (number < 5) {
		snprintf(text, sizeof texts[0], "客户%d", (int)number);
	} else {
		for (int i = 0; i < 240; i++)
			strcat(text, "长");
		snprintf(text + strlen(text), 8, "%d", (int)number);
	}
	return text;
}

typedef struct model {
	store_fixture store;
	oracle now;
	oracle committed;
	dice dice;
	cx_buf fields;
} model;

/* The firm's code is string(40): only short texts fit. */
static int64_t random_text(model *self, int type, int field)
{
	return (int64_t)dice_below(&self->dice, type == 0 && field == 0 ? 5 : TEXTS);
}

static int64_t random_value(model *self, int type, int f)
{
	const oracle_field *field = &TYPES[type].fields[f];
	if (dice_one_in(&self->dice, field->required ? 40 : 4))
		return ORACLE_NULL;
	switch (field->kind) {
	case ORACLE_INT:
		return (int64_t)dice_below(&self->dice, 6) - 2;
	case ORACLE_TEXT:
		return random_text(self, type, f);
	case ORACLE_REF:
		return 1 + (int64_t)dice_below(&self->dice,
		                               (uint64_t)self->now.last[field->target] + 1);
	case ORACLE_NONE:
		break;
	}
	return ORACLE_NULL;
}

static void write_value(cx_buf *out, const oracle_field *field, int64_t value)
{
	if (value == ORACLE_NULL)
		cx_write_nil(out);
	else if (field->kind == ORACLE_TEXT)
		cx_write_text(out, text_of(value));
	else
		cx_write_int(out, value);
}

static cx_slice fields_of(model *self, int type, const int64_t *values)
{
	cx_buf_clear(&self->fields);
	cx_write_map(&self->fields, ORACLE_FIELDS);
	for (int i = 0; i < ORACLE_FIELDS; i++) {
		cx_write_text(&self->fields, TYPES[type].fields[i].name);
		write_value(&self->fields, &TYPES[type].fields[i], values[i]);
	}
	assert_int_equal(cx_buf_status(&self->fields), CX_OK);
	return cx_buf_slice(&self->fields);
}

static const engine_type *type_of(model *self, int type)
{
	return fixture_type(&self->store, TYPES[type].name);
}

static void fail_step(model *self, const char *what, int type, int64_t id, cx_status expected,
                      cx_status found)
{
	print_error("%s %s %lld: expected %s, got %s (%s)\n", what, TYPES[type].name,
	            (long long)id, cx_status_name(expected), cx_status_name(found),
	            self->store.error.text);
	fail();
}

typedef cx_status engine_verb(engine_write *, const engine_type *, int64_t,
                              const engine_change *, engine_outcome *, cx_error *);
typedef cx_status oracle_verb(oracle *, int, int64_t);

static void step_verb(model *self, const char *what, engine_verb *run, oracle_verb *expect)
{
	const int type = (int)dice_below(&self->dice, ORACLE_TYPES);
	const int64_t id =
		1 + (int64_t)dice_below(&self->dice, (uint64_t)self->now.last[type] + 1);
	const engine_change change = { .author.now_ms = self->store.now_ms++ };
	engine_outcome outcome;
	const cx_status found = run(self->store.write, type_of(self, type), id, &change,
	                            &outcome, &self->store.error);
	const cx_status expected = expect(&self->now, type, id);
	if (found != expected)
		fail_step(self, what, type, id, expected, found);
}

static void step_create(model *self)
{
	const int type = (int)dice_below(&self->dice, ORACLE_TYPES);
	if (self->now.last[type] == ORACLE_RECORDS)
		return;
	int64_t values[ORACLE_FIELDS];
	for (int i = 0; i < ORACLE_FIELDS; i++)
		values[i] = random_value(self, type, i);
	const engine_change change = { .author.now_ms = self->store.now_ms++ };
	engine_outcome outcome;
	const cx_status found = engine_create(self->store.write, type_of(self, type),
	                                      fields_of(self, type, values), &change, &outcome,
	                                      &self->store.error);
	const cx_status expected = oracle_create(&self->now, type, values);
	if (found != expected)
		fail_step(self, "create", type, 0, expected, found);
	if (found == CX_OK)
		assert_int_equal(outcome.id, self->now.last[type]);
}

static void step_update(model *self)
{
	const int type = (int)dice_below(&self->dice, ORACLE_TYPES);
	if (self->now.last[type] == 0)
		return;
	const int64_t id = 1 + (int64_t)dice_below(&self->dice, (uint64_t)self->now.last[type]);
	int64_t values[ORACLE_FIELDS];
	memcpy(values, self->now.records[type][id].values, sizeof values);
	for (int i = 0; i < ORACLE_FIELDS; i++)
		if (dice_one_in(&self->dice, 2))
			values[i] = random_value(self, type, i);
	const engine_change change = { .author.now_ms = self->store.now_ms++ };
	engine_outcome outcome;
	const cx_status found = engine_update(self->store.write, type_of(self, type), id,
	                                      fields_of(self, type, values), &change, &outcome,
	                                      &self->store.error);
	const cx_status expected = oracle_update(&self->now, type, id, values);
	if (found != expected)
		fail_step(self, "update", type, id, expected, found);
}

static void step_upsert(model *self)
{
	int64_t values[ORACLE_FIELDS];
	for (int i = 0; i < ORACLE_FIELDS; i++)
		values[i] = random_value(self, 0, i);
	if (values[0] == ORACLE_NULL || self->now.last[0] == ORACLE_RECORDS)
		return;
	const engine_change change = { .author.now_ms = self->store.now_ms++ };
	engine_outcome outcome;
	const cx_status found = engine_upsert(
		self->store.write, fixture_index(&self->store, "firm", "code"),
		fields_of(self, 0, values), &change, &outcome, &self->store.error);
	const int64_t id = oracle_find(&self->now, 0, 0, values);
	const cx_status expected = id == 0 ? oracle_create(&self->now, 0, values)
	                                   : oracle_update(&self->now, 0, id, values);
	if (found != expected)
		fail_step(self, "upsert", 0, id, expected, found);
	if (found == CX_OK)
		assert_int_equal(outcome.created, id == 0);
}

static void step(model *self)
{
	switch (dice_below(&self->dice, 12)) {
	case 0:
		step_verb(self, "delete", engine_delete, oracle_delete);
		break;
	case 1:
	case 2:
		step_verb(self, "undelete", engine_undelete, oracle_undelete);
		break;
	case 3:
		if (dice_one_in(&self->dice, 3))
			step_verb(self, "purge", engine_purge, oracle_purge);
		break;
	case 4:
	case 5:
	case 6:
		step_update(self);
		break;
	case 7:
		step_upsert(self);
		break;
	default:
		step_create(self);
	}
}

/* Some steps that are then taken back. */
static void detour(model *self)
{
	static oracle kept;
	kept = self->now;
	const engine_mark mark = engine_write_mark(self->store.write);
	for (uint64_t i = dice_below(&self->dice, 5); i > 0; i--)
		step(self);
	engine_write_rollback(self->store.write, mark);
	self->now = kept;
}

/* One element of a row against the oracle's value. */
static void compare_value(const oracle_field *field, cx_reader *reader, int64_t value)
{
	if (value == ORACLE_NULL)
		assert_true(cx_read_if_nil(reader));
	else if (field->kind == ORACLE_TEXT)
		assert_true(cx_slice_equal(cx_read_str(reader), cx_slice_of(text_of(value))));
	else
		assert_int_equal(cx_read_int(reader), value);
	assert_false(reader->failed);
}

static void compare_record(model *self, engine_read *read, int type, int64_t id)
{
	const oracle_record *record = &self->now.records[type][id];
	const bool exists = id <= self->now.last[type] && record->exists;
	engine_row row;
	const cx_status any = engine_get_any(read, type_of(self, type), id, &row, NULL);
	assert_int_equal(any, exists ? CX_OK : CX_NOT_FOUND);
	if (!exists)
		return;
	cx_reader reader = cx_reader_of(row.array);
	cx_read_array(&reader);
	cx_read_skip_many(&reader, ENGINE_SLOT_DELETED_AT);
	assert_int_equal(cx_reader_peek(&reader) != CX_KIND_NIL, record->deleted);
	cx_read_skip_many(&reader, ENGINE_SYSTEM_SLOTS - ENGINE_SLOT_DELETED_AT);
	for (int i = 0; i < ORACLE_FIELDS; i++)
		compare_value(&TYPES[type].fields[i], &reader, record->values[i]);
}

static void compare_all(model *self)
{
	engine_read *read = NULL;
	assert_int_equal(engine_read_begin(self->store.engine, &read), CX_OK);
	for (int type = 0; type < ORACLE_TYPES; type++)
		for (int64_t id = 1; id <= self->now.last[type] + 1 && id <= ORACLE_RECORDS;
		     id++)
			compare_record(self, read, type, id);
	engine_read_end(&read);
}

static void end_transaction(model *self)
{
	if (dice_one_in(&self->dice, 6)) {
		engine_write_abort(&self->store.write);
		self->now = self->committed;
	} else {
		fixture_commit(&self->store);
		self->committed = self->now;
	}
	if (dice_one_in(&self->dice, 12))
		fixture_reopen(&self->store);
	compare_all(self);
}

static void play(model *self)
{
	fixture_open(&self->store, SCHEMA);
	self->now = (oracle){ .types = TYPES };
	self->committed = self->now;
	for (int done = 0; done < OPERATIONS;) {
		fixture_begin(&self->store);
		for (uint64_t n = 1 + dice_below(&self->dice, 20); n > 0; n--, done++) {
			step(self);
			if (dice_one_in(&self->dice, 15))
				detour(self);
		}
		end_transaction(self);
	}
	fixture_assert_sound(&self->store);
	fixture_close(&self->store);
}

static void random_operations_agree_with_the_oracle(void **state)
{
	(void)state;
	static model self;
	self.dice = dice_init();
	self.fields = CX_BUF_INIT(1 << 16);
	const char *rounds = getenv("CARDEX_TEST_ROUNDS");
	for (int round = 0; round < (rounds != NULL ? atoi(rounds) : ROUNDS); round++)
		play(&self);
	cx_buf_release(&self.fields);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_operations_agree_with_the_oracle),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
