/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever is written while an aggregate is built, and wherever a crash comes in, its groups
 * are in the end those of an aggregate of the same definition that was there before any record.
 * The check agrees at every step, which looks at the part that is built, and so do counts by
 * groups with counts over the records.
 *
 * Random batches (some rolled back) of creates, updates, moves in the cluster, deletes,
 * cascades, undeletes and purges between slices of one record and more; aggregates that come,
 * change, are given up and go; the store closed, or its process ended without a word. */
#include "engine/aggregate.h"
#include "tests/support/dice.h"
#include "tests/support/evolve_fixture.h"
#include "tests/support/groups.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STORES = 2, ROUNDS = 15, STEPS = 14, FIRMS = 5, BUILT = 3 };

static const char *const definitions[] = {
	"on deal group by (n) count, sum(m), sum(m * n)",
	"on deal where e != y group by (e) count",
	"on deal where m > n group by (month(at), e) count, sum(m - n)",
	"on deal group by (firm, day(at)) count, sum(at)",
	"on deal where firm notnull group by (n, firm) count, sum(c)",
	"on firm group by (deals) count, sum(deals * w)", /* of what changes with others */
};
enum { DEFINITIONS = CX_COUNT_OF(definitions) };

typedef struct trial {
	store_fixture store;
	dice dice;
	const char *cluster;
	int built[BUILT]; /* the definition each has, -1 = it is not there */
	int64_t records;
	unsigned writes_meanwhile;
	unsigned compared;
} trial;

static int64_t pick(trial *self, int64_t below)
{
	return (int64_t)dice_below(&self->dice, (uint64_t)below);
}

/* ---- schema ---- */

static const char *make_text(const trial *self)
{
	static char text[4096];
	int used = snprintf(
		text, sizeof text,
		"type org keep single { zone int = 90 }\n"
		"type firm { w int deals int readonly = 0 rollup count of deal by firm }\n"
		"type deal { c int n int m int e enum(x, y, z) at ts\n"
		" firm ref(firm) on delete cascade %s }\n"
		"time zone org.zone\n",
		self->cluster);
	for (int i = 0; i < DEFINITIONS; i++)
		used += snprintf(text + used, sizeof text - (size_t)used,
		                 "aggregate kept_%d %s\n", i, definitions[i]);
	for (int i = 0; i < BUILT; i++)
		if (self->built[i] >= 0)
			used += snprintf(text + used, sizeof text - (size_t)used,
			                 "aggregate built_%d %s\n", i,
			                 definitions[self->built[i]]);
	return text;
}

static void change_schema(trial *self)
{
	for (int i = 0; i < BUILT; i++)
		if (pick(self, 2) == 0)
			self->built[i] = (int)pick(self, DEFINITIONS + 1) - 1;
	evolve_apply(&self->store, make_text(self));
}

static const engine_aggregate *built(const trial *self, int number)
{
	char name[16];
	snprintf(name, sizeof name, "built_%d", number);
	return engine_schema_aggregate(engine_schema_of(self->store.engine), cx_slice_of(name));
}

static void give_up(trial *self)
{
	const int number = (int)pick(self, BUILT);
	if (self->built[number] < 0 || built(self, number)->state != ENGINE_AGGREGATE_BUILDING)
		return;
	assert_int_equal(engine_build_cancel(self->store.engine,
	                                     cx_slice_of(built(self, number)->type->name),
	                                     cx_slice_of(built(self, number)->name),
	                                     &self->store.error),
	                 CX_OK);
	assert_int_equal(built(self, number)->state, ENGINE_AGGREGATE_FAILED);
}

/* ---- writes ---- */

static void random_fields(trial *self, char *text, size_t size)
{
	static const char *const labels[] = { "'x'", "'y'", "'z'", "nil" };
	int used = snprintf(text, size, "{'e': %s", labels[pick(self, 4)]);
	if (pick(self, 2) == 0)
		used += snprintf(text + used, size - (size_t)used, ", 'c': %d",
		                 (int)pick(self, 50));
	if (pick(self, 2) == 0)
		used += snprintf(text + used, size - (size_t)used, ", 'n': %d, 'm': %d",
		                 (int)pick(self, 3), (int)pick(self, 9) - 4);
	if (pick(self, 3) == 0)
		used += snprintf(text + used, size - (size_t)used, ", 'at': %lld",
		                 (long long)pick(self, 100) * 43200000);
	if (pick(self, 3) == 0)
		used += snprintf(text + used, size - (size_t)used, ", 'firm': %d",
		                 1 + (int)pick(self, FIRMS));
	snprintf(text + used, size - (size_t)used, "}");
}

/* Success or not does not matter, but that nothing is wrong with the store. */
static void operate(trial *self)
{
	char fields[256];
	engine_change change = { .author.now_ms = ++self->store.now_ms };
	engine_outcome outcome;
	cx_error error;
	engine_write *write = self->store.write;
	const engine_type *deal = fixture_type(&self->store, "deal");
	const engine_type *firm = fixture_type(&self->store, "firm");
	const int64_t id = 1 + pick(self, self->records + 1);
	const int64_t of_firm = 1 + pick(self, FIRMS);
	cx_status status = CX_OK;
	random_fields(self, fields, sizeof fields);
	switch (pick(self, 11)) {
	case 0:
	case 1:
		status = engine_create(write, deal, wire(fields), &change, &outcome, &error);
		if (status == CX_OK && outcome.id > self->records)
			self->records = outcome.id;
		break;
	case 2:
	case 3:
		status =
			engine_update(write, deal, id, wire(fields), &change, &outcome, &error);
		break;
	case 4:
	case 5: /* nothing but the place may change */
		snprintf(fields, sizeof fields, "{'c': %d}", (int)pick(self, 50));
		status =
			engine_update(write, deal, id, wire(fields), &change, &outcome, &error);
		break;
	case 6:
		status = engine_delete(write, deal, id, &change, &outcome, &error);
		break;
	case 7:
		status = engine_undelete(write, deal, id, &change, &outcome, &error);
		break;
	case 8:
		status = engine_purge(write, deal, id, &change, &outcome, &error);
		break;
	case 9:
		status = engine_delete(write, firm, of_firm, &change, &outcome, &error);
		break;
	default:
		status = engine_undelete(write, firm, of_firm, &change, &outcome, &error);
	}
	if (cx_status_class_of(status) == CX_CLASS_SERVER)
		fail_msg("%s", cx_status_name(status));
}

static bool is_building(const trial *self)
{
	for (int i = 0; i < BUILT; i++)
		if (self->built[i] >= 0 && built(self, i)->state == ENGINE_AGGREGATE_BUILDING)
			return true;
	return false;
}

static void write_batch(trial *self)
{
	self->writes_meanwhile += is_building(self);
	fixture_begin(&self->store);
	const engine_mark mark = engine_write_mark(self->store.write);
	for (int64_t i = 1 + pick(self, 6); i > 0; i--)
		operate(self);
	if (pick(self, 4) == 0)
		engine_write_rollback(self->store.write, mark);
	fixture_commit(&self->store);
}

static void step(trial *self)
{
	write_batch(self);
	for (int64_t i = pick(self, 4); i > 0; i--)
		evolve_step(&self->store, pick(self, 4) == 0 ? 50 * 1000 : 1);
}

/* ---- ends ---- */

/* Another process goes on for a while, and ends without closing the store. */
static void crash(trial *self)
{
	engine_close(&self->store.engine);
	const pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		fixture_reopen(&self->store);
		for (int i = 0; i < STEPS / 2; i++)
			step(self);
		_exit(0);
	}
	int ended = -1;
	assert_int_equal(waitpid(child, &ended, 0), child);
	assert_int_equal(ended, 0);
	self->records += STEPS;
	self->store.now_ms += 1000;
	fixture_reopen(&self->store);
}

/* ---- comparisons ---- */

static uint64_t count(trial *self, const char *filter, bool *ret_by_groups)
{
	CX_SCOPED(engine_read_end) engine_read *read = NULL;
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(64 * 1024);
	uint64_t found = 0;
	const engine_query query = { .type = fixture_type(&self->store, "deal"),
		                     .filter = wire(filter),
		                     .allow_scan = true };
	assert_int_equal(engine_read_begin(self->store.engine, &read), CX_OK);
	assert_int_equal(engine_query_count(read, &query, &found, NULL), CX_OK);
	assert_int_equal(engine_count_explain(read, &query, &out, NULL), CX_OK);
	*ret_by_groups = strstr(wire_show(cx_buf_slice(&out)), "'aggregate': '") != NULL;
	return found;
}

static void compare(trial *self)
{
	char kept[16];
	static char expected[8192];
	for (int i = 0; i < BUILT; i++) {
		if (self->built[i] < 0 || built(self, i)->state != ENGINE_AGGREGATE_READY)
			continue;
		snprintf(kept, sizeof kept, "kept_%d", self->built[i]);
		snprintf(expected, sizeof expected, "%s", groups_show(&self->store, kept, 0));
		assert_string_equal(groups_show(&self->store, built(self, i)->name, 7),
		                    expected);
		self->compared++;
	}
	for (int n = 0; n < 3; n++) {
		char filter[64], scan[128];
		bool by_groups, scanned_by_groups;
		snprintf(filter, sizeof filter, "['=', 'n', %d]", n);
		snprintf(scan, sizeof scan, "['not', ['not', ['and', %s, ['>', 'id', 0]]]]",
		         filter);
		assert_int_equal(count(self, filter, &by_groups),
		                 count(self, scan, &scanned_by_groups));
		assert_true(by_groups && !scanned_by_groups);
	}
	fixture_assert_sound(&self->store);
}

/* ---- trials ---- */

static void round_of(trial *self)
{
	change_schema(self);
	for (int i = 0; i < STEPS; i++)
		step(self);
	if (pick(self, 5) == 0)
		give_up(self);
	compare(self);
	if (pick(self, 4) == 0)
		crash(self);
	else if (pick(self, 4) == 0)
		fixture_reopen(&self->store);
	compare(self);
	if (pick(self, 3) == 0)
		evolve_build(&self->store);
}

static void run(trial *self)
{
	for (int i = 0; i < BUILT; i++)
		self->built[i] = -1;
	fixture_open(&self->store, make_text(self));
	for (int i = 0; i < FIRMS; i++)
		fixture_create(&self->store, "firm", "{'w': 1}");
	for (int i = 0; i < STEPS; i++)
		write_batch(self);
	for (int i = 0; i < ROUNDS; i++)
		round_of(self);
	evolve_build(&self->store);
	compare(self);
	assert_in_range(self->writes_meanwhile, ROUNDS, 100 * ROUNDS);
	assert_in_range(self->compared, ROUNDS / 2, 100 * ROUNDS);
	fixture_close(&self->store);
}

static void what_is_built_is_what_was_kept_all_along(void **state)
{
	(void)state;
	dice seed = dice_init();
	for (int i = 0; i < STORES; i++) {
		trial self = { .dice = { dice_u64(&seed) | 1 }, .cluster = "" };
		run(&self);
	}
}

static void in_a_clustered_type_whose_records_move_too(void **state)
{
	(void)state;
	dice seed = dice_init();
	for (int i = 0; i < STORES; i++) {
		trial self = { .dice = { dice_u64(&seed) | 1 }, .cluster = "cluster by (c)" };
		run(&self);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_built_is_what_was_kept_all_along),
		cmocka_unit_test(in_a_clustered_type_whose_records_move_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
