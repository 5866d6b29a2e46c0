/* SPDX-License-Identifier: Apache-2.0 */
/* Many random operations, failing ones and transactions taken back among them: their log, done
 * once more in an empty store, gives the same state, which also goes on the same; and records
 * read as of a moment are what they were then. */
#include "base/msgpack.h"
#include "engine/changes.h"
#include "tests/support/dice.h"
#include "tests/support/store_fixture.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPERATIONS = 110 * 1000, GROUP = 250, SAMPLES = 3000, TYPES = 4, IDS_BACK = 400 };

static const char SCHEMA[] =
	"type firm \"Firm\" { code string(20) unique size int calls int readonly = 0"
	" rollup count of call by firm  parent ref(firm) on delete set_null }\n"
	"type person \"Person\" { firm ref(firm) on delete cascade required name string(40) "
	"search }\n"
	"type call \"Call\" { firm ref(firm) on delete cascade person ref(person) on delete "
	"set_null"
	" at int required  text string(200)  cluster by (firm, at desc) }\n"
	"type trace \"Trace\" { firm ref(firm) on delete keep required  at int\n"
	"  person ref(person) on delete keep  cluster by (firm, at) }\n"
	"aggregate traces on trace group by (firm) count, sum(at)\n"
	"aggregate sizes on firm group by (size) count\n";

static const char *const names[TYPES] = { "firm", "person", "call", "trace" };

/* A record as it was after a change. */
typedef struct sample {
	const engine_type *type;
	int64_t id;
	uint64_t seq;
	char *row; /* as text; NULL: it was not there */
} sample;

typedef struct run {
	store_fixture fixture;
	dice dice;
	int64_t last[TYPES];
	sample samples[SAMPLES];
	size_t sample_count;
	uint64_t done;
} run;

/* One that is there, mostly: of the last few. */
static int64_t some_id(run *self, unsigned type)
{
	const int64_t last = self->last[type];
	if (last == 0)
		return 1;
	const int64_t back = (int64_t)dice_below(&self->dice, IDS_BACK);
	return last > back ? last - back : 1 + (int64_t)dice_below(&self->dice, (uint64_t)last);
}

static cx_slice fields_of(run *self, unsigned type, bool whole)
{
	char text[512];
	const unsigned n = (unsigned)dice_below(&self->dice, 100 * 1000);
	if (type == 0 && whole && n % 2 == 0)
		snprintf(text, sizeof text, "{'code': 'c%u', 'size': %u}", n, n % 50);
	else if (type == 0 && whole)
		snprintf(text, sizeof text, "{'code': 'c%u', 'size': %u, 'parent': %lld}", n,
		         n % 50, (long long)some_id(self, 0));
	else if (type == 0)
		snprintf(text, sizeof text, "{'size': %u}", n % 50);
	else if (type == 1)
		snprintf(text, sizeof text, "{'firm': %lld, 'name': '王 person %u'}",
		         (long long)some_id(self, 0), n);
	else
		snprintf(text, sizeof text, "{'firm': %lld, 'person': %lld, 'at': %u}",
		         (long long)some_id(self, 0), (long long)some_id(self, 1), n);
	return wire(text);
}

/* Any status is right: what was refused must leave no trace. */
static void operate(run *self)
{
	engine_write *write = self->fixture.write;
	const unsigned number = (unsigned)dice_below(&self->dice, TYPES);
	const engine_type *type = fixture_type(&self->fixture, names[number]);
	const int64_t id = some_id(self, number);
	const engine_change change = { .author = {
					       .now_ms = ++self->fixture.now_ms,
					       .user = (int64_t)dice_below(&self->dice, 3) } };
	engine_outcome outcome;
	cx_status status;
	switch (dice_below(&self->dice, 40)) {
	case 0:
		status = engine_purge(write, type, id, &change, &outcome, NULL);
		break;
	case 1:
	case 2:
		status = engine_delete(write, type, id, &change, &outcome, NULL);
		break;
	case 3:
	case 4:
	case 5:
		status = engine_undelete(write, type, id, &change, &outcome, NULL);
		break;
	case 6:
	case 7:
	case 8:
	case 9:
	case 10:
	case 11:
	case 12:
	case 13:
	case 14:
	case 15:
		status = engine_update(write, type, id, fields_of(self, number, false), &change,
		                       &outcome, NULL);
		break;
	default:
		status = engine_create(write, type, fields_of(self, number, true), &change,
		                       &outcome, NULL);
		if (status == CX_OK)
			self->last[number] = outcome.id;
		break;
	}
	self->done += status == CX_OK;
}

static char *row_text(engine_read *read, const engine_type *type, int64_t id)
{
	engine_row row;
	if (engine_get(read, type, id, &row, NULL) != CX_OK)
		return NULL;
	return strdup(wire_show(row.array));
}

static void take_sample(run *self)
{
	if (self->sample_count == SAMPLES)
		return;
	const unsigned number = (unsigned)dice_below(&self->dice, TYPES);
	engine_read *read;
	assert_int_equal(engine_read_begin(self->fixture.engine, &read), CX_OK);
	sample *at = &self->samples[self->sample_count++];
	*at = (sample){ .type = fixture_type(&self->fixture, names[number]),
		        .id = some_id(self, number),
		        .seq = engine_read_seq(read) };
	at->row = row_text(read, at->type, at->id);
	engine_read_end(&read);
}

static void run_group(run *self)
{
	fixture_begin(&self->fixture);
	int64_t last[TYPES];
	memcpy(last, self->last, sizeof last);
	const uint64_t done = self->done;
	for (int i = 0; i < GROUP; i++)
		operate(self);
	if (!dice_one_in(&self->dice, 10)) {
		fixture_commit(&self->fixture);
		return;
	}
	engine_write_abort(&self->fixture.write);
	memcpy(self->last, last, sizeof last);
	self->done = done;
}

/* ---- once more ---- */

typedef struct replaying {
	engine *to;
	engine_write *write;
	cx_error error;
} replaying;

static cx_status replay(void *context, const engine_logged *change)
{
	replaying *self = context;
	return engine_changes_replay(self->write, change, &self->error);
}

static void replay_all(engine *from, engine *to)
{
	engine_read *read;
	assert_int_equal(engine_read_begin(from, &read), CX_OK);
	const uint64_t last = engine_read_seq(read);
	for (uint64_t next = 1; next <= last;) {
		replaying self = { .to = to };
		assert_int_equal(engine_write_begin(to, &self.write), CX_OK);
		const cx_status status =
			engine_changes_read_all(read, next, GROUP, replay, &self, &next, NULL);
		if (status != CX_OK)
			fail_msg("%s: %s", cx_status_name(status), self.error.text);
		assert_int_equal(engine_write_commit(&self.write), CX_OK);
	}
	engine_read_end(&read);
}

static uint64_t hash_of(engine *store, uint64_t *ret_seq)
{
	engine_read *read;
	uint64_t hash;
	assert_int_equal(engine_read_begin(store, &read), CX_OK);
	assert_int_equal(engine_state_hash(read, 0, &hash), CX_OK);
	*ret_seq = engine_read_seq(read);
	engine_read_end(&read);
	return hash;
}

static void assert_same(run *self, store_fixture *copy)
{
	uint64_t seq, copy_seq;
	const uint64_t hash = hash_of(self->fixture.engine, &seq);
	assert_int_equal(hash_of(copy->engine, &copy_seq), hash);
	assert_int_equal(copy_seq, seq);
}

/* What comes next is the same in both. */
static void go_on(run *self, store_fixture *copy)
{
	for (unsigned number = 0; number < TYPES; number++) {
		for (int i = 0; i < 5; i++) {
			const int64_t id = some_id(self, number);
			copy->now_ms = self->fixture.now_ms;
			assert_int_equal(
				fixture_try(&self->fixture, FIXTURE_UNDELETE, names[number],
			                    id),
				fixture_try(copy, FIXTURE_UNDELETE, names[number], id));
		}
	}
	assert_same(self, copy);
}

/* ---- as it was ---- */

static bool is_null(const engine_row *row, const char *field)
{
	cx_reader reader = cx_reader_of(row->array);
	cx_read_array(&reader);
	cx_read_skip_many(&reader, engine_type_field(row->type, cx_slice_of(field))->slot);
	return cx_read_if_nil(&reader);
}

/* The past of what the store keeps by itself, the calls of a firm, is not told. */
static void check_sample(engine_read *read, const sample *expected, size_t *found)
{
	engine_row row;
	const engine_moment moment = { .seq = expected->seq };
	const cx_status status =
		engine_as_of(read, expected->type, expected->id, moment, 0, &row, NULL);
	if (status == CX_COMPACTED)
		return; /* purged since */
	if (expected->row == NULL) {
		assert_int_equal(status, CX_NOT_FOUND);
		return;
	}
	assert_int_equal(status, CX_OK);
	if (strcmp(expected->type->name, "firm") != 0)
		assert_string_equal(wire_show(row.array), expected->row);
	else
		assert_true(is_null(&row, "calls"));
	++*found;
}

static void a_random_run_can_be_replayed_and_looked_back_on(void **state)
{
	(void)state;
	run *self = calloc(1, sizeof *self);
	assert_non_null(self);
	self->dice = dice_init();
	fixture_open(&self->fixture, SCHEMA);
	for (int i = 0; i < OPERATIONS; i += GROUP) {
		run_group(self);
		for (int s = 0; s < 8; s++)
			take_sample(self);
	}
	fixture_assert_sound(&self->fixture);

	store_fixture copy;
	fixture_open(&copy, SCHEMA);
	replay_all(self->fixture.engine, copy.engine);
	assert_same(self, &copy);
	fixture_assert_sound(&copy);

	engine_read *read;
	size_t found = 0;
	assert_int_equal(engine_read_begin(self->fixture.engine, &read), CX_OK);
	for (size_t i = 0; i < self->sample_count; i++) {
		check_sample(read, &self->samples[i], &found);
		free(self->samples[i].row);
	}
	engine_read_end(&read);
	assert_true(found > 100);
	go_on(self, &copy);
	print_message("%llu of %d operations, %zu records as they were\n",
	              (unsigned long long)self->done, OPERATIONS, found);
	fixture_close(&copy);
	fixture_close(&self->fixture);
	free(self);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_random_run_can_be_replayed_and_looked_back_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
