/* SPDX-License-Identifier: Apache-2.0 */
/* The pipeline as of any instant is what the change log, replayed up to that instant and added
 * up, gives: over two years of opportunities that the rules let through, by stage and by owner.
 * The replay looks at opportunities alone, never at their history. */
#include "base/msgpack.h"
#include "engine/changes.h"
#include "tests/crm/report_run.h"
#include "tests/crm/trade.h"
#include "tests/support/dice.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
	STEPS = 6000,
	GROUP = 100, /* of a transaction */
	INSTANTS = 400,
	OPPORTUNITIES = 400,
	OWNERS = 4,
	STAGES = 5, /* of trade_open(), and one more that is open */
	NEGOTIATION = 5,
	DAYS = 730,
	EVENTS_MAX = 40000,
};

static const int64_t STEP_MS = (int64_t)DAYS * DAY_MS / STEPS;

static report_run run;
static int64_t begun_ms;

/* ---- the history ---- */

typedef struct deeds {
	dice random;
	int64_t last;
	int64_t reopened, restored, revalued, refused;
} deeds;

static int64_t roll(deeds *self, int64_t below)
{
	return (int64_t)dice_below(&self->random, (uint64_t)below);
}

static const int open_stages[] = { TRADE_PROSPECTING, TRADE_PROPOSAL, NEGOTIATION };

static int64_t today(void)
{
	return run.store.now_ms / DAY_MS;
}

static cx_status attempt(deeds *self, fixture_verb verb, int64_t id, const char *fields)
{
	engine_outcome outcome;
	const cx_status status =
		fixture_run(&run.store, verb, "opportunity", id, fields, &outcome);
	if (status == CX_OK && verb == FIXTURE_CREATE)
		self->last = outcome.id;
	if (status != CX_OK && status != CX_CHECK && status != CX_NOT_FOUND &&
	    status != CX_NOT_DELETED)
		fail_msg("opportunity %" PRId64 " %s: %s: %s", id, fields,
		         cx_status_name(status), run.store.error.text);
	self->refused += status != CX_OK;
	return status;
}

CX_PRINTF(3, 4)
static void change(deeds *self, int64_t id, const char *format, ...)
{
	char fields[256];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(fields, sizeof fields, format, arguments);
	va_end(arguments);
	(void)attempt(self, FIXTURE_UPDATE, id, fields);
}

static void create(deeds *self)
{
	char fields[256];
	snprintf(fields, sizeof fields,
	         "{'title': 'T', 'customer': 1, 'stage': %d, 'amount': %" PRId64
	         ", 'currency': '%s', 'close_on': %" PRId64 ", 'owner': %" PRId64 "}",
	         open_stages[roll(self, 3)], roll(self, 10000000),
	         roll(self, 3) == 0 ? "USD" : "CNY", today() + roll(self, 90),
	         1 + roll(self, OWNERS));
	(void)attempt(self, FIXTURE_CREATE, 0, fields);
}

static void reopen(deeds *self, int64_t id)
{
	engine_author author = trade_author(&run.store);
	author.user = TRADE_MANAGER;
	engine_outcome outcome;
	const cx_status status =
		crm_reopen(run.store.write, &author, fixture_type(&run.store, "opportunity"),
	                   id, (cx_slice){ 0 }, 0, &outcome, &run.store.error);
	assert_true(status == CX_OK || status == CX_NOT_FOUND || status == CX_CHECK);
	self->reopened += status == CX_OK && outcome.affected > 0;
}

static void revalue(deeds *self)
{
	trade_create(&run.store, "fx_rate",
	             "{'currency': 'USD', 'on': %" PRId64 ", 'rate_e8': %" PRId64 "}", today(),
	             600000000 + roll(self, 200000000));
	const engine_author author = trade_author(&run.store);
	crm_revalued done;
	assert_ends(&run.store,
	            crm_revalue(run.store.write, &author, &(crm_revaluation){ 0 }, &done,
	                        &run.store.error),
	            CX_OK);
	self->revalued += done.revalued;
}

/* A change of one that there may be; late ones more often. */
static void step(deeds *self)
{
	const int64_t id = self->last -
	                   roll(self, self->last < 30 || roll(self, 3) == 0 ? self->last : 30);
	switch (roll(self, 14)) {
	case 0:
	case 1:
	case 2:
		change(self, id, "{'stage': %d}", open_stages[roll(self, 3)]);
		break;
	case 3:
	case 4:
		change(self, id, "{'amount': %" PRId64 "}", roll(self, 10000000));
		break;
	case 5:
		change(self, id, "{'owner': %" PRId64 "}", 1 + roll(self, OWNERS));
		break;
	case 6:
		change(self, id, "{'probability_bp': %" PRId64 "}", roll(self, 10001));
		break;
	case 7:
		change(self, id, "{'close_on': %" PRId64 "}", today() + roll(self, 60));
		break;
	case 8:
		change(self, id, "{'stage': 3}");
		break;
	case 9:
		change(self, id, "{'stage': 4, 'lost_reason': 'price'}");
		break;
	case 10:
	case 11:
		reopen(self, id);
		break;
	case 12:
		(void)attempt(self, FIXTURE_DELETE, id, "");
		break;
	default:
		self->restored += attempt(self, FIXTURE_UNDELETE, id, "") == CX_OK;
	}
}

static void make_history(deeds *self)
{
	int64_t rated = 0;
	for (int done = 0; done < STEPS; done++) {
		if (done % GROUP == 0)
			fixture_begin(&run.store);
		/* Some come one millisecond after another. */
		run.store.now_ms += roll(self, 4) == 0 ? 0 : roll(self, 2 * STEP_MS);
		if (self->last == 0 ||
		    (self->last < OPPORTUNITIES && roll(self, STEPS / OPPORTUNITIES) == 0))
			create(self);
		else if (today() > rated + 20 && roll(self, 3) == 0) {
			rated = today();
			revalue(self);
		} else
			step(self);
		if (done % GROUP == GROUP - 1)
			fixture_commit(&run.store);
	}
	assert_true(self->reopened > 50 && self->restored > 50 && self->revalued > 50);
	assert_true(self->last > OPPORTUNITIES / 2);
}

static int set_up(void **state)
{
	(void)state;
	run = (report_run){ .out = CX_BUF_INIT(1 << 20) };
	trade_open(&run.store, NULL);
	for (int i = 3; i <= OWNERS; i++)
		trade_create(&run.store, "user", "{'login': 'u%d', 'name': 'U', 'team': 1}", i);
	fixture_create(&run.store, "stage",
	               "{'code': 'n', 'label_zh': '谈判', 'label_en': 'N', 'seq': 9, 'kind': "
	               "'open', 'probability_bp': 7000}");
	trade_create(&run.store, "fx_rate",
	             "{'currency': 'USD', 'on': %" PRId64 ", 'rate_e8': 700000000}",
	             today() - 9);
	trade_customer(&run.store, "华东");
	begun_ms = run.store.now_ms;
	deeds self = { .random = dice_init() };
	make_history(&self);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	trade_assert_replays(&run.store, NULL);
	fixture_assert_sound(&run.store);
	report_close(&run);
	return 0;
}

/* ---- the replay ---- */

/* What of an opportunity counts. */
typedef struct figures {
	int64_t stage, owner, amount, bp;
	bool open, live;
} figures;

typedef struct event {
	int64_t at_ms, id;
	figures after;
} event;

typedef struct replay {
	const engine_type *type;
	size_t count;
	figures now[OPPORTUNITIES + 1];
	event events[EVENTS_MAX];
} replay;

static replay replayed;

static bool is_slot(const char *field, uint64_t slot)
{
	const engine_field *of = engine_type_field(replayed.type, cx_slice_of(field));
	assert_non_null(of);
	return of->slot == slot;
}

/* One value of a row; an enum is its number, and open is the first state. */
static void set(figures *self, uint64_t slot, cx_slice value)
{
	cx_reader reader = cx_reader_of(value);
	if (cx_reader_peek(&reader) == CX_KIND_STR) {
		if (is_slot("state", slot))
			self->open = cx_slice_equal(cx_read_str(&reader), cx_slice_of("open"));
		return;
	}
	if (cx_reader_peek(&reader) != CX_KIND_INT)
		return;
	const int64_t number = cx_read_int(&reader);
	if (is_slot("stage", slot))
		self->stage = number;
	else if (is_slot("owner", slot))
		self->owner = number;
	else if (is_slot("amount_base", slot))
		self->amount = number;
	else if (is_slot("probability_bp", slot))
		self->bp = number;
	else if (is_slot("state", slot))
		self->open = number == 0;
}

static void set_all(figures *self, cx_slice row)
{
	cx_reader reader = cx_reader_of(row);
	const uint32_t count = cx_read_array(&reader);
	for (uint32_t slot = 0; slot < count; slot++)
		set(self, slot, cx_read_skip(&reader));
	assert_false(reader.failed);
}

static void set_changed(figures *self, cx_slice fields)
{
	if (fields.size == 0)
		return;
	cx_reader reader = cx_reader_of(fields);
	for (uint32_t left = cx_read_array(&reader); left > 0; left--) {
		assert_int_equal(cx_read_array(&reader), 3);
		const int64_t slot = cx_read_int(&reader);
		cx_read_skip(&reader);
		set(self, (uint64_t)slot, cx_read_skip(&reader));
	}
	assert_false(reader.failed);
}

static cx_status take(void *context, const engine_logged *change)
{
	(void)context;
	assert_in_range(change->id, 1, OPPORTUNITIES);
	figures *now = &replayed.now[change->id];
	if (change->kind == ENGINE_CHANGED_CREATE)
		set_all(now, change->row);
	else
		set_changed(now, change->fields);
	now->live = change->kind == ENGINE_CHANGED_DELETE   ? false
	            : change->kind == ENGINE_CHANGED_UPDATE ? now->live
	                                                    : true;
	assert_in_range(replayed.count, 0, EVENTS_MAX - 1);
	replayed.events[replayed.count++] =
		(event){ .at_ms = change->at_ms, .id = change->id, .after = *now };
	return CX_OK;
}

static void replay_log(void)
{
	engine_read *read = fixture_read(&run.store);
	replayed.type = fixture_type(&run.store, "opportunity");
	const uint64_t last = engine_read_seq(read);
	for (uint64_t next = 1; next <= last;)
		assert_int_equal(engine_changes_read(read, next, &replayed.type, 1, 1000, take,
		                                     NULL, &next, NULL, &run.store.error),
		                 CX_OK);
	engine_read_end(&read);
	assert_true(replayed.count > STEPS / 3);
}

/* ---- both ---- */

typedef struct sums {
	int64_t count, amount, weighted;
} sums;

typedef struct board {
	sums cells[OWNERS + 1][STAGES + 1]; /* [0]: of all */
} board;

static void add(sums *to, const figures *one)
{
	to->count++;
	to->amount += one->amount;
	to->weighted += one->amount * one->bp;
}

static board board_at(int64_t at_ms)
{
	static figures now[OPPORTUNITIES + 1];
	memset(now, 0, sizeof now);
	for (size_t i = 0; i < replayed.count && replayed.events[i].at_ms <= at_ms; i++)
		now[replayed.events[i].id] = replayed.events[i].after;
	board ret = { 0 };
	for (size_t id = 1; id <= OPPORTUNITIES; id++) {
		const figures *one = &now[id];
		if (!one->live || !one->open)
			continue;
		add(&ret.cells[one->owner][one->stage], one);
		add(&ret.cells[0][one->stage], one);
		add(&ret.cells[0][0], one);
	}
	return ret;
}

static bool is_row(const char *section, size_t row, const sums *expected)
{
	return report_int(&run, section, row, "count") == expected->count &&
	       report_int(&run, section, row, "amount_base") == expected->amount &&
	       report_int(&run, section, row, "weighted_base") ==
	               (expected->weighted + 5000) / 10000;
}

/* Every row is a cell, and there are as many opportunities in them as there were. */
static bool agrees(int64_t at_ms)
{
	const board expected = board_at(at_ms);
	report_do(&run, "pipeline", "{'at': %" PRId64 ", 'by': 'owner'}", at_ms);
	bool same = is_row("total", 0, &expected.cells[0][0]);
	int64_t staged = 0, owned = 0;
	for (size_t row = 0; row < report_rows(&run, "stages"); row++) {
		const int64_t stage = report_int(&run, "stages", row, "stage");
		same = same && is_row("stages", row, &expected.cells[0][stage]);
		staged += report_int(&run, "stages", row, "count");
	}
	for (size_t row = 0; row < report_rows(&run, "owners"); row++) {
		const int64_t stage = report_int(&run, "owners", row, "stage");
		const int64_t owner = report_int(&run, "owners", row, "owner");
		same = same && is_row("owners", row, &expected.cells[owner][stage]);
		owned += report_int(&run, "owners", row, "count");
	}
	const int64_t all = expected.cells[0][0].count;
	return same && staged == all && owned == all;
}

static void the_pipeline_of_400_instants_is_a_replay_of_the_log(void **state)
{
	(void)state;
	replay_log();
	dice random = dice_init();
	int mismatches = 0;
	int64_t most = 0;
	for (int i = 0; i < INSTANTS; i++) {
		/* Every fourth is the very instant of a change, or the one before it. */
		const event *edge = &replayed.events[dice_below(&random, replayed.count)];
		const int64_t at =
			i % 4 == 0
				? edge->at_ms - (int64_t)dice_below(&random, 2)
				: begun_ms + (int64_t)dice_below(
						     &random,
						     (uint64_t)(run.store.now_ms - begun_ms));
		if (!agrees(at)) {
			mismatches++;
			const sums expected = board_at(at).cells[0][0];
			print_error(
				"the pipeline of %" PRId64 " is %s, not %" PRId64 " %" PRId64
				" %" PRId64 "\n",
				at,
				report_show(&run, "total", "count amount_base weighted_base"),
				expected.count, expected.amount, expected.weighted);
		}
		const int64_t open = report_int(&run, "total", 0, "count");
		most = open > most ? open : most;
	}
	print_message("%zu changes of opportunities, at most %" PRId64 " open\n",
	              replayed.count, most);
	assert_true(most > 20);
	assert_int_equal(mismatches, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_pipeline_of_400_instants_is_a_replay_of_the_log),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
