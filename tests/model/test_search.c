/* SPDX-License-Identifier: Apache-2.0 */
/* Random creates, updates, deletes, undeletes and purges of records with searched texts, some
 * in transactions that are given up, beside a list in memory: what is found is always what the
 * list has, inside the transaction too, and the check finds the postings as they must be. */
#include "engine/search.h"
#include "tests/support/dice.h"
#include "tests/support/store_fixture.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char SCHEMA[] =
	"type customer { name string(80) search  note text search\n"
	"  phone string(20) search(phone) }\n"
	"type line { of ref(customer) on delete cascade  body text search\n"
	"  cluster by (of) }\n";

enum { RECORDS_MAX = 400, TEXT_MAX = 160, OPERATIONS = 2500, TYPES = 2 };

static const char *const type_names[TYPES] = { "customer", "line" };
static const char *const words[] = { "华",     "东", "华东",  "医疗", "医",  "acme",
	                             "acmeco", "so", "00042", "138",  "公司" };

typedef enum life { NONE, LIVE, DELETED, DELETED_WITH } life;

typedef struct record {
	life life;
	char text[TEXT_MAX]; /* all fields */
	int64_t of;          /* a line's customer */
} record;

typedef struct model {
	record records[TYPES][RECORDS_MAX + 1]; /* by id */
	int64_t last[TYPES];
} model;

typedef struct world {
	store_fixture store;
	model now;
	model before; /* what a transaction that is given up leaves */
	dice rolls;
	bool found[TYPES][RECORDS_MAX + 1];
} world;

static void random_text(world *self, char *text)
{
	*text = '\0';
	for (uint64_t left = 1 + dice_below(&self->rolls, 5); left > 0; left--) {
		strcat(text, words[dice_below(&self->rolls, CX_COUNT_OF(words))]);
		strcat(text, dice_one_in(&self->rolls, 2) ? " " : "");
	}
}

static int64_t random_id(world *self, int type)
{
	return self->now.last[type] == 0
	               ? 0
	               : 1 + (int64_t)dice_below(&self->rolls, (uint64_t)self->now.last[type]);
}

static void create(world *self)
{
	const int type = (int)dice_below(&self->rolls, TYPES);
	const int64_t of = random_id(self, 0);
	if (self->now.last[type] == RECORDS_MAX ||
	    (type == 1 && (of == 0 || self->now.records[0][of].life != LIVE)))
		return;
	char text[TEXT_MAX], fields[2 * TEXT_MAX];
	random_text(self, text);
	snprintf(fields, sizeof fields,
	         type == 0 ? "{'name': '%s'}" : "{'body': '%s', 'of': %d}", text, (int)of);
	const int64_t id = fixture_create(&self->store, type_names[type], fields);
	assert_int_equal(id, ++self->now.last[type]);
	record *made = &self->now.records[type][id];
	*made = (record){ .life = LIVE, .of = type == 1 ? of : 0 };
	strcpy(made->text, text);
}

static void update(world *self)
{
	const int type = (int)dice_below(&self->rolls, TYPES);
	const int64_t id = random_id(self, type);
	if (id == 0 || self->now.records[type][id].life != LIVE)
		return;
	char text[TEXT_MAX], fields[2 * TEXT_MAX];
	random_text(self, text);
	snprintf(fields, sizeof fields, type == 0 ? "{'name': '%s'}" : "{'body': '%s'}", text);
	(void)fixture_update(&self->store, type_names[type], id, fields);
	strcpy(self->now.records[type][id].text, text);
}

/* Of a customer; its lines go with it, and come back with it. */
static void each_line(world *self, int64_t of, life from, life to)
{
	for (int64_t id = 1; id <= self->now.last[1]; id++) {
		record *line = &self->now.records[1][id];
		if (line->of == of && line->life == from)
			line->life = to;
	}
}

static void remove_one(world *self)
{
	const int type = (int)dice_below(&self->rolls, TYPES);
	const int64_t id = random_id(self, type);
	record *gone = &self->now.records[type][id];
	if (id == 0 || gone->life != LIVE)
		return;
	(void)fixture_do(&self->store, FIXTURE_DELETE, type_names[type], id);
	gone->life = DELETED;
	if (type == 0)
		each_line(self, id, LIVE, DELETED_WITH);
}

static void bring_back(world *self)
{
	const int type = (int)dice_below(&self->rolls, TYPES);
	const int64_t id = random_id(self, type);
	record *gone = &self->now.records[type][id];
	if (id == 0 || gone->life != DELETED)
		return;
	const record *customer = &self->now.records[0][gone->of];
	if (type == 1 && customer->life != LIVE)
		return; /* what it refers to is gone */
	(void)fixture_do(&self->store, FIXTURE_UNDELETE, type_names[type], id);
	gone->life = LIVE;
	if (type == 0)
		each_line(self, id, DELETED_WITH, LIVE);
}

static void operate(world *self)
{
	switch (dice_below(&self->rolls, 8)) {
	case 0:
	case 1:
	case 2:
		create(self);
		break;
	case 3:
	case 4:
		update(self);
		break;
	case 5:
		remove_one(self);
		break;
	default:
		bring_back(self);
		break;
	}
}

/* ---- looking ---- */

static cx_status take_hit(void *context, const engine_hit *hit)
{
	world *self = context;
	const int type = strcmp(hit->row.type->name, type_names[1]) == 0;
	self->found[type][hit->row.id] = true;
	return CX_OK;
}

/* Words that are runs anywhere, the others at the beginning of a word or behind a digit or a
 * letter that they are not. */
static bool holds(const char *text, const char *word)
{
	for (const char *at = text; (at = strstr(at, word)) != NULL; at++) {
		const unsigned char before = at == text ? ' ' : (unsigned char)at[-1];
		const bool letter = *word >= 'a' && *word <= 'z';
		const bool digit = *word >= '0' && *word <= '9';
		const bool letter_before = before >= 'a' && before <= 'z';
		const bool digit_before = before >= '0' && before <= '9';
		if (!(letter && letter_before) && !(digit && digit_before))
			return true;
	}
	return false;
}

static void look(world *self)
{
	const char *word = words[dice_below(&self->rolls, CX_COUNT_OF(words))];
	memset(self->found, 0, sizeof self->found);
	engine_read *own = NULL;
	if (self->store.write == NULL)
		assert_int_equal(engine_read_begin(self->store.engine, &own), CX_OK);
	engine_read *read = own != NULL ? own : engine_write_view(self->store.write);
	const engine_search search = { .text = cx_slice_of(word),
		                       .limit = ENGINE_SEARCH_HITS_MAX };
	engine_search_report report;
	assert_int_equal(
		engine_search_run(read, &search, take_hit, self, &report, &self->store.error),
		CX_OK);
	assert_int_equal(report.end, ENGINE_SEARCH_DONE);
	engine_read_end(&own);
	for (int type = 0; type < TYPES; type++)
		for (int64_t id = 1; id <= self->now.last[type]; id++) {
			const record *one = &self->now.records[type][id];
			const bool wanted = one->life == LIVE && holds(one->text, word);
			if (wanted != self->found[type][id])
				fail_msg("\"%s\" in %s %d \"%s\": %s", word, type_names[type],
				         (int)id, one->text, wanted ? "not found" : "found");
		}
}

static void transact(world *self)
{
	self->before = self->now;
	fixture_begin(&self->store);
	for (uint64_t left = dice_below(&self->rolls, 12); left > 0; left--) {
		operate(self);
		if (dice_one_in(&self->rolls, 4))
			look(self);
	}
	if (dice_one_in(&self->rolls, 3)) {
		engine_write_abort(&self->store.write);
		self->now = self->before;
	} else {
		fixture_commit(&self->store);
	}
}

static void what_is_found_is_what_is_there(void **state)
{
	(void)state;
	world *self = calloc(1, sizeof *self);
	self->rolls = dice_init();
	fixture_open(&self->store, SCHEMA);
	for (int i = 0; i < OPERATIONS; i++) {
		if (dice_one_in(&self->rolls, 10))
			transact(self);
		else
			operate(self);
		if (dice_one_in(&self->rolls, 4))
			look(self);
		if (i % 500 == 499) {
			fixture_assert_sound(&self->store);
			fixture_reopen(&self->store);
		}
	}
	assert_true(self->now.last[0] > 100);
	assert_true(self->now.last[1] > 100);
	fixture_assert_sound(&self->store);
	fixture_close(&self->store);
	free(self);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_found_is_what_is_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
