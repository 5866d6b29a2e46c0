/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever is written while rollups are built, and wherever a crash comes in, their fields are
 * in the end those of rollups of the same definition that were there before any record. The
 * check agrees at every step: with the sums of what is built, the indexes and groups over them.
 * A replica that gets the schema, replays the log and builds at its own pace has the same
 * state.
 *
 * Random batches (some rolled back) of creates, updates, moves of both sides in their clusters,
 * deletes, cascades, undeletes and purges between slices of one record and more; rollups and an
 * index that come, change, are given up and go, over other rollups that do; the store closed,
 * or its process ended without a word. */
#include "engine/aggregate.h"
#include "engine/changes.h"
#include "engine/row/row.h"
#include "tests/support/dice.h"
#include "tests/support/evolve_fixture.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STORES = 2, ROUNDS = 14, STEPS = 12, FIRMS = 4, BUILT = 3, GROUP = 50 };

/* Of firm; `= 0` where one has it. */
static const char *const definitions[] = {
	"int readonly = 0 rollup count of deal by firm where e != y",
	"int readonly = 0 rollup sum(n) of deal by firm",
	"int readonly = 0 rollup sum(n * m) of deal by firm where n > m",
	"int readonly rollup max(c) of deal by firm",
	"int readonly rollup min(m) of deal by firm where e = x",
	"int readonly = 0 rollup sum(lines) of deal by firm", /* of what changes with others */
	"int readonly rollup max(lines) of deal by firm",
};
enum { DEFINITIONS = CX_COUNT_OF(definitions) };

/* Of deal. */
static const char *const lower[] = {
	"int readonly = 0 rollup count of line by deal",
	"int readonly = 0 rollup sum(q) of line by deal",
};
enum { LOWER = CX_COUNT_OF(lower) };

typedef struct variant {
	const char *firm; /* clusters and indexes */
	const char *deal;
	const char *line;
} variant;

typedef struct trial {
	store_fixture store;
	store_fixture replica;
	dice dice;
	const variant *variant;
	int built[BUILT]; /* the definition each has, -1 = it is not there */
	int below;        /* the same of deal.below */
	bool with_index;  /* another, of which rollups can make use */
	int64_t deals;
	int64_t lines;
	unsigned writes_meanwhile;
	unsigned compared;
} trial;

static int64_t pick(trial *self, int64_t below)
{
	return (int64_t)dice_below(&self->dice, (uint64_t)below);
}

/* ---- schema ---- */

CX_PRINTF(2, 3) static void add(char *text, const char *format, ...)
{
	enum { TEXT_SIZE = 8192 };
	const size_t used = strlen(text);
	va_list arguments;
	va_start(arguments, format);
	const int size = vsnprintf(text + used, TEXT_SIZE - used, format, arguments);
	va_end(arguments);
	assert_true(size >= 0 && (size_t)size < TEXT_SIZE - used);
}

static const char *make_text(const trial *self)
{
	static char text[8192];
	text[0] = '\0';
	add(text, "type firm { w int %s\n", self->variant->firm);
	for (int i = 0; i < DEFINITIONS; i++)
		add(text, " kept_%d %s\n", i, definitions[i]);
	for (int i = 0; i < BUILT; i++)
		if (self->built[i] >= 0)
			add(text, " built_%d %s index (built_%d desc, w)\n", i,
			    definitions[self->built[i]], i);
	if (self->below >= 0)
		add(text, " over int readonly = 0 rollup sum(below) of deal by firm\n");
	add(text, "}\ntype deal { c int n int m int e enum(x, y, z)\n"
	          " firm ref(firm) on delete cascade\n");
	if (self->with_index)
		add(text, " index c_down (firm, c desc) index m_down (firm, m desc, n)\n");
	add(text, "%s index (firm, m) index (firm, lines)\n", self->variant->deal);
	for (int i = 0; i < LOWER; i++)
		add(text, " %s %s\n", i == 0 ? "lines" : "kept_1", lower[i]);
	if (self->below >= 0)
		add(text, " below %s\n", lower[self->below]);
	add(text, "}\ntype line { q int deal ref(deal) on delete cascade %s }\n",
	    self->variant->line);
	for (int i = 0; i < BUILT; i++)
		if (self->built[i] >= 0)
			add(text, "aggregate by_%d on firm group by (built_%d) count, sum(w)\n",
			    i, i);
	return text;
}

static void replicate(trial *self);

/* A change that takes an index which is needed is refused. */
static void change_schema(trial *self)
{
	const trial before = *self;
	for (int i = 0; i < BUILT; i++)
		if (pick(self, 2) == 0)
			self->built[i] = (int)pick(self, DEFINITIONS + 1) - 1;
	if (pick(self, 3) == 0)
		self->below = (int)pick(self, LOWER + 1) - 1;
	if (pick(self, 3) == 0)
		self->with_index = !self->with_index;
	replicate(self);
	const char *text = make_text(self);
	const cx_status status = evolve_try(&self->store, text, true);
	cx_status same = status;
	if (status == CX_OK)
		same = evolve_try(&self->replica, text, true);
	if (status == CX_OK && same == CX_OK)
		return;
	if (status != CX_UNSAFE_CHANGE && same != CX_UNSAFE_CHANGE)
		fail_msg("%s: %s", cx_status_name(status), self->store.error.text);
	if (status == CX_OK) { /* the replica has not built so much yet */
		evolve_build(&self->replica);
		evolve_apply(&self->replica, text);
		return;
	}
	memcpy(self->built, before.built, sizeof self->built);
	self->below = before.below;
	self->with_index = before.with_index;
}

static const engine_rollup *built(const store_fixture *store, int number)
{
	char name[16];
	snprintf(name, sizeof name, "built_%d", number);
	return engine_type_field(fixture_type(store, "firm"), cx_slice_of(name))->rollup;
}

static bool is_building(const store_fixture *store, int number)
{
	return built(store, number)->state == ENGINE_AGGREGATE_BUILDING;
}

static void cancel(store_fixture *store, int number)
{
	/* An index of it has another name. */
	assert_int_equal(engine_build_cancel(store->engine, CX_SLICE_LITERAL("firm"),
	                                     cx_slice_of(built(store, number)->field->name),
	                                     &store->error),
	                 CX_OK);
	assert_int_equal(built(store, number)->state, ENGINE_AGGREGATE_FAILED);
}

static void give_up(trial *self)
{
	const int number = (int)pick(self, BUILT);
	if (self->built[number] < 0 || !is_building(&self->store, number) ||
	    !is_building(&self->replica, number))
		return;
	cancel(&self->store, number);
	cancel(&self->replica, number);
}

/* ---- writes ---- */

static void random_deal(trial *self, char *text)
{
	static const char *const labels[] = { "'x'", "'y'", "'z'", "nil" };
	text[0] = '\0';
	add(text, "{'e': %s", labels[pick(self, 4)]);
	if (pick(self, 2) == 0)
		add(text, ", 'c': %d", (int)pick(self, 50));
	if (pick(self, 2) == 0)
		add(text, ", 'n': %d, 'm': %d", (int)pick(self, 5), (int)pick(self, 9) - 4);
	if (pick(self, 3) > 0)
		add(text, ", 'firm': %d", 1 + (int)pick(self, FIRMS));
	add(text, "}");
}

static void random_line(trial *self, char *text)
{
	text[0] = '\0';
	add(text, "{'q': %d", (int)pick(self, 20) - 5);
	if (pick(self, 3) > 0)
		add(text, ", 'deal': %d", 1 + (int)pick(self, self->deals + 1));
	add(text, "}");
}

typedef enum writing {
	DEAL_CREATE,
	DEAL_CREATE_TOO,
	DEAL_UPDATE,
	DEAL_UPDATE_TOO,
	DEAL_MOVE,
	DEAL_DELETE,
	DEAL_UNDELETE,
	DEAL_PURGE,
	LINE_CREATE,
	LINE_CREATE_TOO,
	LINE_UPDATE,
	LINE_DELETE,
	LINE_UNDELETE,
	FIRM_MOVE,
	FIRM_DELETE,
	FIRM_UNDELETE,
	WRITINGS,
} writing;

static cx_status operate_on(trial *self, writing what, const engine_change *change,
                            engine_outcome *outcome, cx_error *error)
{
	char fields[8192];
	engine_write *write = self->store.write;
	const engine_type *deal = fixture_type(&self->store, "deal");
	const engine_type *firm = fixture_type(&self->store, "firm");
	const engine_type *line = fixture_type(&self->store, "line");
	const int64_t id = 1 + pick(self, self->deals + 1);
	const int64_t of_firm = 1 + pick(self, FIRMS);
	const int64_t of_line = 1 + pick(self, self->lines + 1);
	switch (what) {
	case DEAL_CREATE:
	case DEAL_CREATE_TOO:
		random_deal(self, fields);
		return engine_create(write, deal, wire(fields), change, outcome, error);
	case DEAL_UPDATE:
	case DEAL_UPDATE_TOO:
		random_deal(self, fields);
		return engine_update(write, deal, id, wire(fields), change, outcome, error);
	case DEAL_MOVE: /* nothing but the place may change */
		snprintf(fields, sizeof fields, "{'c': %d}", (int)pick(self, 50));
		return engine_update(write, deal, id, wire(fields), change, outcome, error);
	case DEAL_DELETE:
		return engine_delete(write, deal, id, change, outcome, error);
	case DEAL_UNDELETE:
		return engine_undelete(write, deal, id, change, outcome, error);
	case DEAL_PURGE:
		return engine_purge(write, deal, id, change, outcome, error);
	case LINE_CREATE:
	case LINE_CREATE_TOO:
		random_line(self, fields);
		return engine_create(write, line, wire(fields), change, outcome, error);
	case LINE_UPDATE:
		random_line(self, fields);
		return engine_update(write, line, of_line, wire(fields), change, outcome,
		                     error);
	case LINE_DELETE:
		return engine_delete(write, line, of_line, change, outcome, error);
	case LINE_UNDELETE:
		return engine_undelete(write, line, of_line, change, outcome, error);
	case FIRM_MOVE:
		snprintf(fields, sizeof fields, "{'w': %d}", (int)pick(self, 50));
		return engine_update(write, firm, of_firm, wire(fields), change, outcome,
		                     error);
	case FIRM_DELETE:
		return engine_delete(write, firm, of_firm, change, outcome, error);
	case FIRM_UNDELETE:
	case WRITINGS:
		break;
	}
	return engine_undelete(write, firm, of_firm, change, outcome, error);
}

/* Success or not does not matter, but that nothing is wrong with the store. */
static void operate(trial *self)
{
	const engine_change change = { .author.now_ms = ++self->store.now_ms };
	engine_outcome outcome = { 0 };
	cx_error error;
	const writing what = (writing)pick(self, WRITINGS);
	const cx_status status = operate_on(self, what, &change, &outcome, &error);
	if (cx_status_class_of(status) == CX_CLASS_SERVER)
		fail_msg("%s", cx_status_name(status));
	if (status != CX_OK)
		return;
	if ((what == DEAL_CREATE || what == DEAL_CREATE_TOO) && outcome.id > self->deals)
		self->deals = outcome.id;
	if ((what == LINE_CREATE || what == LINE_CREATE_TOO) && outcome.id > self->lines)
		self->lines = outcome.id;
}

static bool is_any_building(const trial *self)
{
	for (int i = 0; i < BUILT; i++)
		if (self->built[i] >= 0 && is_building(&self->store, i))
			return true;
	return false;
}

static void write_batch(trial *self)
{
	self->writes_meanwhile += is_any_building(self);
	fixture_begin(&self->store);
	const engine_mark mark = engine_write_mark(self->store.write);
	for (int64_t i = 1 + pick(self, 6); i > 0; i--)
		operate(self);
	if (pick(self, 4) == 0)
		engine_write_rollback(self->store.write, mark);
	fixture_commit(&self->store);
}

static void build_some(trial *self, store_fixture *store)
{
	for (int64_t i = pick(self, 8); i > 0; i--)
		evolve_step(store, pick(self, 4) == 0 ? 50 * 1000 : 1);
}

static void step(trial *self)
{
	write_batch(self);
	build_some(self, &self->store);
}

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
	self->deals += STEPS;
	self->lines += STEPS;
	self->store.now_ms += 1000;
	fixture_reopen(&self->store);
}

/* ---- replica ---- */

static cx_status replay(void *context, const engine_logged *change)
{
	trial *self = context;
	return engine_changes_replay(self->replica.write, change, &self->replica.error);
}

static void replicate(trial *self)
{
	CX_SCOPED(engine_read_end) engine_read *read = fixture_read(&self->store);
	CX_SCOPED(engine_read_end) engine_read *own = fixture_read(&self->replica);
	const uint64_t last = engine_read_seq(read);
	for (uint64_t next = engine_read_seq(own) + 1; next <= last;) {
		fixture_begin(&self->replica);
		const cx_status status =
			engine_changes_read_all(read, next, GROUP, replay, self, &next, NULL);
		if (status != CX_OK)
			fail_msg("%s: %s", cx_status_name(status), self->replica.error.text);
		fixture_commit(&self->replica);
		build_some(self, &self->replica);
	}
}

static uint64_t hash_of(store_fixture *store)
{
	CX_SCOPED(engine_read_end) engine_read *read = fixture_read(store);
	uint64_t hash;
	assert_int_equal(engine_state_hash(read, 0, &hash), CX_OK);
	return hash;
}

static void assert_replica_is_the_same(trial *self)
{
	replicate(self);
	evolve_build(&self->store);
	evolve_build(&self->replica);
	fixture_assert_sound(&self->replica);
	assert_true(hash_of(&self->replica) == hash_of(&self->store));
}

/* ---- comparisons ---- */

static void assert_same_field(trial *self, const char *type_name, int64_t id, const char *a,
                              const char *b)
{
	CX_SCOPED(engine_read_end) engine_read *read = fixture_read(&self->store);
	const engine_type *type = fixture_type(&self->store, type_name);
	engine_row row;
	const cx_status status = engine_get_any(read, type, id, &row, NULL);
	if (status == CX_NOT_FOUND)
		return;
	assert_int_equal(status, CX_OK);
	engine__value values[ENGINE_SLOTS_MAX];
	assert_int_equal(engine__row_values(type, row.array, values), CX_OK);
	const uint16_t first = engine_type_field(type, cx_slice_of(a))->slot;
	const uint16_t second = engine_type_field(type, cx_slice_of(b))->slot;
	if (!engine__value_equal(&values[first], &values[second]))
		fail_msg("%s %d: %s is %lld, %s %lld", type_name, (int)id, a,
		         (long long)values[first].integer, b,
		         (long long)values[second].integer);
	self->compared++;
}

static void compare(trial *self)
{
	fixture_assert_sound(&self->store);
	for (int i = 0; i < BUILT; i++) {
		if (self->built[i] < 0 ||
		    engine_rollup_state(built(&self->store, i)) != ENGINE_AGGREGATE_READY)
			continue;
		char kept[16], name[16];
		snprintf(kept, sizeof kept, "kept_%d", self->built[i]);
		snprintf(name, sizeof name, "built_%d", i);
		for (int64_t firm = 1; firm <= FIRMS; firm++)
			assert_same_field(self, "firm", firm, name, kept);
	}
	if (self->below < 0 ||
	    engine_type_field(fixture_type(&self->store, "deal"), CX_SLICE_LITERAL("below"))
	                    ->rollup->state != ENGINE_AGGREGATE_READY)
		return;
	for (int64_t deal = 1; deal <= self->deals; deal++)
		assert_same_field(self, "deal", deal, "below",
		                  self->below == 0 ? "lines" : "kept_1");
}

/* ---- trials ---- */

static void round_of(trial *self)
{
	change_schema(self);
	for (int i = 0; i < STEPS; i++)
		step(self);
	if (pick(self, 4) == 0)
		give_up(self);
	compare(self);
	if (pick(self, 4) == 0)
		crash(self);
	else if (pick(self, 4) == 0)
		fixture_reopen(&self->store);
	compare(self);
	if (pick(self, 2) == 0)
		replicate(self);
	if (pick(self, 3) == 0)
		assert_replica_is_the_same(self);
}

static void run(trial *self)
{
	for (int i = 0; i < BUILT; i++)
		self->built[i] = -1;
	self->below = -1;
	fixture_open(&self->store, make_text(self));
	fixture_open(&self->replica, make_text(self));
	for (int i = 0; i < FIRMS; i++)
		fixture_create(&self->store, "firm", "{'w': 1}");
	for (int i = 0; i < STEPS; i++)
		write_batch(self);
	for (int i = 0; i < ROUNDS; i++)
		round_of(self);
	assert_replica_is_the_same(self);
	compare(self);
	assert_in_range(self->writes_meanwhile, ROUNDS, 100 * ROUNDS);
	assert_in_range(self->compared, ROUNDS, 10000 * ROUNDS);
	fixture_close(&self->replica);
	fixture_close(&self->store);
}

static void run_all(const variant *what)
{
	dice seed = dice_init();
	for (int i = 0; i < STORES; i++) {
		trial self = { .dice = { dice_u64(&seed) | 1 }, .variant = what };
		run(&self);
	}
}

static void what_is_built_is_what_was_kept_all_along(void **state)
{
	(void)state;
	run_all(&(variant){ .firm = "", .deal = "index (firm, c)", .line = "" });
}

static void in_clustered_types_whose_records_move_too(void **state)
{
	(void)state;
	run_all(&(variant){ .firm = "cluster by (w)",
	                    .deal = "cluster by (c) index (firm, c)",
	                    .line = "cluster by (q)" });
}

static void in_clusters_in_the_order_of_the_rollup_too(void **state)
{
	(void)state;
	run_all(&(variant){ .firm = "cluster by (w)",
	                    .deal = "cluster by (firm, c)",
	                    .line = "cluster by (deal)" });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_built_is_what_was_kept_all_along),
		cmocka_unit_test(in_clustered_types_whose_records_move_too),
		cmocka_unit_test(in_clusters_in_the_order_of_the_rollup_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
