/* SPDX-License-Identifier: Apache-2.0 */
/* Win rates of stages and the effect of activities are what adding up every row of made-up
 * opportunities gives. */
#include "crm/stats/landmark.h"
#include "tests/crm/report_run.h"
#include "tests/support/dice.h"
#include "tests/support/unit.h"

#include <stdlib.h>

enum { LIVES = 160, MOVES_MAX = 6, TALKS_MAX = 8, STAGES = 4, WON = 5, LOST = 6 };

typedef struct move {
	int64_t at;
	int64_t stage;
	int64_t amount;
} move;

typedef struct life {
	int64_t id;
	move moves[MOVES_MAX];
	size_t move_count;
	int64_t closed; /* 0: open */
	bool won;
	struct {
		int64_t at;
		bool call, done;
	} talks[TALKS_MAX];
	size_t talk_count;
} life;

/* The last instant that a field holds. */
static const int64_t last_ms = 253402300799999;

static report_run run;
static life lives[LIVES];

static int64_t days_ago(int64_t days)
{
	return REPORT_NOW - days * DAY_MS;
}

static void make_stages(void)
{
	static const char *const kinds[] = { "open", "open", "open", "open", "won", "lost" };
	for (int i = 0; i < 6; i++)
		(void)report_create(
			&run, "stage",
			"{'code': 's%d', 'label_zh': '阶段', 'label_en': 's', 'seq': %d, "
			"'kind': '%s', 'probability_bp': %d}",
			i + 1, 10 * (i + 1), kinds[i],
			i == 4   ? 10000
			: i == 5 ? 0
				 : 1000 * (i + 1));
}

/* From a stage on, some days at a time, forward, back, or with another amount only. */
static void live(dice *random, life *self)
{
	int64_t at = days_ago(600 - (int64_t)dice_below(random, 480)) + 3LL * HOUR_MS;
	int64_t stage = 1 + (int64_t)dice_below(random, 2);
	const size_t moves = 1 + (size_t)dice_below(random, MOVES_MAX - 1);
	for (size_t i = 0; i < moves; i++) {
		self->moves[self->move_count++] =
			(move){ at, stage, 1000 * (1 + (int64_t)dice_below(random, 9)) };
		at += (1 + (int64_t)dice_below(random, 30)) * DAY_MS + HOUR_MS;
		stage = 1 + (int64_t)dice_below(random, STAGES);
	}
	if (!dice_one_in(random, 6)) {
		self->closed = at;
		self->won = dice_one_in(random, 2);
	}
	self->talk_count = (size_t)dice_below(random, TALKS_MAX);
	for (size_t i = 0; i < self->talk_count; i++) {
		self->talks[i].at =
			self->moves[0].at + (int64_t)dice_below(random, 60) * DAY_MS;
		self->talks[i].call = dice_one_in(random, 2);
		self->talks[i].done = !dice_one_in(random, 4);
	}
}

static void write_row(const life *self, int64_t from, int64_t to, int64_t stage, int64_t amount)
{
	const char *state = stage == WON ? "won" : stage == LOST ? "lost" : "open";
	(void)report_create(
		&run, "stage_history",
		"{'opportunity': %lld, 'valid_from': %lld, 'valid_to': %lld, 'cause': "
		"'stage', 'stage': %lld, 'state': '%s', 'amount_base': %lld, "
		"'probability_bp': 1, 'close_on': 1, 'owner': 1, 'by': 1}",
		(long long)self->id, (long long)from, (long long)to, (long long)stage, state,
		(long long)amount);
}

static void write_life(life *self)
{
	const int64_t stage = self->closed == 0 ? 1 : self->won ? WON : LOST;
	const int64_t last = self->moves[self->move_count - 1].amount;
	run.store.now_ms = self->moves[0].at;
	self->id = report_create(
		&run, "opportunity",
		"{'title': 'x', 'customer': 1, 'stage': %lld, 'state': '%s', 'amount': 1, "
		"'amount_base': %lld, 'close_on': 1, 'owner': 1, 'closed_at': %lld}",
		(long long)stage,
		self->closed == 0 ? "open"
		: self->won       ? "won"
				  : "lost",
		(long long)last, (long long)self->closed);
	for (size_t i = 0; i < self->move_count; i++) {
		const bool more = i + 1 < self->move_count;
		const int64_t end = self->closed != 0 ? self->closed : last_ms;
		write_row(self, self->moves[i].at, more ? self->moves[i + 1].at : end,
		          self->moves[i].stage, self->moves[i].amount);
	}
	if (self->closed != 0)
		write_row(self, self->closed, last_ms, stage, last);
	for (size_t i = 0; i < self->talk_count; i++)
		(void)report_create(&run, "activity",
		                    "{'kind': '%s', 'status': '%s', 'subject': 'n', 'at': "
		                    "%lld, 'customer': "
		                    "1, 'owner': 1, 'opportunity': %lld}",
		                    self->talks[i].call ? "call" : "email",
		                    self->talks[i].done ? "done" : "planned",
		                    (long long)self->talks[i].at, (long long)self->id);
}

static int set_up(void **state)
{
	(void)state;
	dice random = { .state = 42 };
	report_open(&run);
	(void)report_create(&run, "team", "{'name': '华东'}");
	(void)report_create(&run, "user", "{'login': 'li', 'name': '李雷', 'team': 1}");
	(void)report_create(&run, "customer", "{'name': '上海医疗', 'owner': 1}");
	make_stages();
	for (size_t i = 0; i < LIVES; i++) {
		live(&random, &lives[i]);
		write_life(&lives[i]);
	}
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	report_close(&run);
	return 0;
}

/* ---- win rates ---- */

/* When it first came to the stage; 0: never. */
static int64_t first_in(const life *self, int64_t stage)
{
	for (size_t i = 0; i < self->move_count; i++)
		if (self->moves[i].stage == stage)
			return self->moves[i].at;
	return 0;
}

static void win_rates_are_of_the_matured_cohort(void **state)
{
	(void)state;
	report_do(&run, "stage_win_rates", "{}");
	assert_int_equal(report_rows(&run, "stages"), STAGES);
	for (int64_t stage = 1; stage <= STAGES; stage++) {
		int64_t won = 0, lost = 0, open = 0;
		for (size_t i = 0; i < LIVES; i++) {
			const int64_t first = first_in(&lives[i], stage);
			if (first < days_ago(540) || first > days_ago(180))
				continue;
			won += lives[i].closed != 0 && lives[i].won;
			lost += lives[i].closed != 0 && !lives[i].won;
			open += lives[i].closed == 0;
		}
		const size_t row = (size_t)stage - 1;
		assert_true(won > 5 && lost > 5 && open > 0);
		assert_int_equal(report_int(&run, "stages", row, "stage"), stage);
		assert_int_equal(report_int(&run, "stages", row, "won"), won);
		assert_int_equal(report_int(&run, "stages", row, "lost"), lost);
		assert_int_equal(report_int(&run, "stages", row, "open"), open);
		const int64_t weight = won + lost + 20, sum = 10000 * won + 20 * 1000 * stage;
		assert_int_equal(report_int(&run, "stages", row, "rate_bp"),
		                 (2 * sum + weight) / (2 * weight));
		assert_int_equal(report_int(&run, "stages", row, "default_bp"), 1000 * stage);
		assert_true(report_int(&run, "stages", row, "low_bp") <=
		            report_int(&run, "stages", row, "plain_bp"));
	}
	assert_true(report_noted(&run, "540"));
	/* A row of history for each move at most, a look back and an opportunity for each
	 * stage. */
	assert_in_range(report_figure(&run, "keys"), LIVES, LIVES * (MOVES_MAX + 3 * STAGES));
}

/* ---- the effect of activities ---- */

static const move *move_at(const life *self, int64_t at)
{
	const move *found = NULL;
	for (size_t i = 0; i < self->move_count; i++)
		if (self->moves[i].at <= at)
			found = &self->moves[i];
	return found;
}

static bool counts(const life *self, size_t talk, bool calls_only)
{
	return self->talks[talk].done && (!calls_only || self->talks[talk].call) &&
	       self->talks[talk].at <= self->closed;
}

static bool is_in_cohort(const life *self)
{
	return self->closed != 0 && self->moves[0].at >= days_ago(545) &&
	       self->moves[0].at <= days_ago(180);
}

static size_t deals_of(int64_t landmark_days, bool calls_only, crm__landmark_deal *to)
{
	size_t made = 0;
	for (size_t i = 0; i < LIVES; i++) {
		const life *one = &lives[i];
		const int64_t landmark = one->moves[0].at + landmark_days * DAY_MS;
		if (!is_in_cohort(one) || one->closed <= landmark)
			continue;
		bool exposed = false;
		for (size_t j = 0; j < one->talk_count; j++)
			if (counts(one, j, calls_only) && one->talks[j].at <= landmark)
				exposed = true;
		to[made++] = (crm__landmark_deal){
			.exposed = exposed,
			.won = one->won,
			.amount = move_at(one, landmark)->amount,
			.stage = move_at(one, landmark)->stage,
			.cycle_ms = one->closed - one->moves[0].at,
		};
	}
	return made;
}

static bool moves_on(const life *self, int64_t at, int64_t days)
{
	for (size_t i = 1; i < self->move_count; i++)
		if (self->moves[i].at > at && self->moves[i].at <= at + days * DAY_MS &&
		    self->moves[i].stage > self->moves[i - 1].stage)
			return true;
	return self->won && self->closed > at && self->closed <= at + days * DAY_MS;
}

static void assert_moves(int64_t days, bool calls_only)
{
	int64_t talks = 0, followed = 0, all_days = 0, moved = 0;
	for (size_t i = 0; i < LIVES; i++) {
		const life *one = &lives[i];
		if (!is_in_cohort(one))
			continue;
		for (size_t j = 0; j < one->talk_count; j++)
			if (counts(one, j, calls_only)) {
				talks++;
				followed += moves_on(one, one->talks[j].at, days);
			}
		for (int64_t at = one->moves[0].at; at < one->closed; at += DAY_MS) {
			all_days++;
			moved += moves_on(one, at, days);
		}
	}
	assert_int_equal(report_int(&run, "moves", 0, "count"), talks);
	assert_int_equal(report_int(&run, "moves", 0, "moved"), followed);
	assert_int_equal(report_int(&run, "moves", 1, "count"), all_days);
	assert_int_equal(report_int(&run, "moves", 1, "moved"), moved);
}

static void assert_effect(int64_t landmark_days, bool calls_only)
{
	crm__landmark_deal *deals = calloc(LIVES, sizeof *deals);
	assert_non_null(deals);
	crm__landmark_effect should;
	const size_t count = deals_of(landmark_days, calls_only, deals);
	assert_int_equal(crm__landmark(deals, count, &should), CX_OK);
	free(deals);
	assert_int_equal(report_int(&run, "groups", 0, "closed"), should.exposed.won.whole);
	assert_int_equal(report_int(&run, "groups", 0, "won"), should.exposed.won.part);
	assert_int_equal(report_int(&run, "groups", 1, "closed"), should.other.won.whole);
	assert_int_equal(report_int(&run, "groups", 1, "won"), should.other.won.part);
	assert_int_equal(report_int(&run, "groups", 1, "median_cycle_ms"),
	                 should.other.median_cycle_ms);
	assert_int_equal(report_rows(&run, "effect"), should.too_few ? 0 : 1);
	if (should.too_few)
		return;
	assert_int_equal(report_int(&run, "effect", 0, "difference_bp"), should.difference_bp);
	assert_int_equal(report_int(&run, "effect", 0, "low_bp"), should.low_bp);
	assert_int_equal(report_int(&run, "effect", 0, "high_bp"), should.high_bp);
	assert_int_equal(report_int(&run, "effect", 0, "adjusted_milli"),
	                 should.adjusted_milli);
	assert_int_equal(report_int(&run, "effect", 0, "strata"), should.strata);
}

static void the_effect_is_that_of_the_landmark(void **state)
{
	(void)state;
	report_do(&run, "activity_effect", "{}");
	assert_int_equal(report_rows(&run, "effect"), 1);
	assert_effect(14, false);
	assert_moves(7, false);
	assert_true(report_noted(&run, "not a cause"));
	/* Each opportunity with its activities and its history. */
	assert_in_range(report_figure(&run, "keys"), LIVES,
	                LIVES * (3 + TALKS_MAX + MOVES_MAX + 3));
	report_do(&run, "activity_effect", "{'kind': 'call', 'landmark': 30, 'within': 20}");
	assert_effect(30, true);
	assert_moves(20, true);
}

/* Lost on the fifth day, reopened on the 20th, won on the 60th: it was not open on the 14th. */
static void one_that_was_closed_at_the_landmark_is_not_compared(void **state)
{
	(void)state;
	const int64_t made = days_ago(300);
	const int64_t lost = made + 5LL * DAY_MS, open = made + 20LL * DAY_MS;
	life one = { .won = true, .closed = made + 60LL * DAY_MS };
	report_do(&run, "activity_effect", "{}");
	const int64_t closed = report_int(&run, "groups", 0, "closed") +
	                       report_int(&run, "groups", 1, "closed");
	report_do(&run, "activity_effect", "{'landmark': 30}");
	const int64_t later = report_int(&run, "groups", 0, "closed") +
	                      report_int(&run, "groups", 1, "closed");
	run.store.now_ms = made;
	one.id = report_create(&run, "opportunity",
	                       "{'title': 'x', 'customer': 1, 'stage': %d, 'state': 'won', "
	                       "'amount': 1, 'amount_base': 1, 'close_on': 1, 'owner': 1, "
	                       "'closed_at': %lld}",
	                       WON, (long long)one.closed);
	write_row(&one, made, lost, 1, 1);
	write_row(&one, lost, open, LOST, 1);
	write_row(&one, open, one.closed, 2, 1);
	write_row(&one, one.closed, last_ms, WON, 1);
	report_do(&run, "activity_effect", "{}");
	assert_int_equal(report_int(&run, "groups", 0, "closed") +
	                         report_int(&run, "groups", 1, "closed"),
	                 closed);
	report_do(&run, "activity_effect", "{'landmark': 30}");
	assert_int_equal(report_int(&run, "groups", 0, "closed") +
	                         report_int(&run, "groups", 1, "closed"),
	                 later + 1);
}

static void small_groups_are_told_to_be_so(void **state)
{
	(void)state;
	report_do(&run, "activity_effect", "{'kind': 'visit'}");
	assert_int_equal(report_rows(&run, "effect"), 0);
	assert_int_equal(report_int(&run, "groups", 0, "closed"), 0);
	assert_true(report_noted(&run, "less than 30"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(win_rates_are_of_the_matured_cohort),
		cmocka_unit_test(the_effect_is_that_of_the_landmark),
		cmocka_unit_test(small_groups_are_told_to_be_so),
		cmocka_unit_test(one_that_was_closed_at_the_landmark_is_not_compared),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
