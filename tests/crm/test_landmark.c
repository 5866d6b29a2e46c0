/* SPDX-License-Identifier: Apache-2.0 */
/* A landmark analysis finds an effect that is there and none that is not, where comparing all
 * with all is fooled; and its figures are those of its formulas. */
#include "base/cleanup.h"
#include "crm/stats/landmark.h"
#include "tests/support/dice.h"
#include "tests/support/unit.h"

#include <stdlib.h>

static const int64_t day_ms = 86400000;

static void few_deals_say_nothing(void **state)
{
	(void)state;
	crm__landmark_deal deals[60] = { 0 };
	for (size_t i = 0; i < 60; i++)
		deals[i] = (crm__landmark_deal){ .exposed = i < 30, .won = i % 3 == 0 };
	crm__landmark_effect is;
	assert_int_equal(crm__landmark(deals, 60, &is), CX_OK);
	assert_false(is.too_few);
	assert_int_equal(crm__landmark(deals, 59, &is), CX_OK);
	assert_true(is.too_few);
	assert_int_equal(is.exposed.won.whole, 30);
	assert_int_equal(is.other.won.whole, 29);
	assert_int_equal(crm__landmark(NULL, 0, &is), CX_OK);
	assert_true(is.too_few && !is.exposed.has_cycle);
}

static void figures_are_those_of_the_formulas(void **state)
{
	(void)state;
	/* 56 of 70 against 48 of 80: Newcombe's example. One stratum, so the adjusted ratio is
	 * the plain one. */
	crm__landmark_deal deals[150];
	for (size_t i = 0; i < 150; i++)
		deals[i] = (crm__landmark_deal){
			.exposed = i < 70,
			.won = i < 70 ? i < 56 : i < 70 + 48,
			.amount = 5,
			.stage = 2,
			.cycle_ms = (int64_t)(i < 70 ? i : 2 * i) * day_ms,
		};
	crm__landmark_effect is;
	assert_int_equal(crm__landmark(deals, 150, &is), CX_OK);
	assert_int_equal(is.difference_bp, 2000);
	assert_int_equal(is.low_bp, 524);
	assert_int_equal(is.high_bp, 3339);
	assert_true(is.has_lift && is.has_adjusted);
	assert_int_equal(is.lift_milli, 1333);
	assert_int_equal(is.adjusted_milli, 1333);
	assert_int_equal(is.strata, 1);
	assert_int_equal(is.exposed.median_cycle_ms, 55 * day_ms / 2);
	assert_int_equal(is.other.median_cycle_ms, 187 * day_ms);
}

/* Big deals are won more often and get more activities; in each third there is no effect. */
static void strata_take_away_what_size_explains(void **state)
{
	(void)state;
	enum { EACH = 100 };
	static const int won_of_100[] = { 20, 20, 40, 40, 60, 60 };
	static const int times[] = { 1, 5, 3, 3, 5, 1 }; /* exposed and not, small to big */
	crm__landmark_deal *deals = calloc(18 * EACH, sizeof *deals);
	assert_non_null(deals);
	size_t made = 0;
	for (int group = 0; group < 6; group++)
		for (int i = 0; i < times[group] * EACH; i++)
			deals[made++] = (crm__landmark_deal){
				.exposed = group % 2 == 0,
				.won = i % EACH < won_of_100[group],
				.amount = 1 + group / 2,
			};
	crm__landmark_effect is;
	assert_int_equal(crm__landmark(deals, made, &is), CX_OK);
	free(deals);
	assert_int_equal(made, 18 * EACH);
	assert_int_equal(is.strata, 3);
	/* 20 + 120 + 300 of 900 over 100 + 120 + 60 of 900 */
	assert_int_equal(is.lift_milli, 1571);
	assert_int_equal(is.adjusted_milli, 1000);
}

/* ---- a world without an effect ---- */

typedef struct world {
	crm__landmark_deal *open_at_landmark;
	size_t count;
	crm__share plain_with, plain_without; /* all deals, by activity whenever */
} world;

static void count_deal(crm__share *share, bool won)
{
	share->whole++;
	share->part += won;
}

/* A day at a time: the deal has an activity one day in 20, and is closed one day in 30; a lost
 * one sooner. The activity changes nothing. */
static void live(dice *random, world *to)
{
	const bool won = dice_below(random, 100) < 40;
	bool active = false, early = false;
	int64_t day = 0;
	for (;; day++) {
		if (dice_one_in(random, 20))
			active = true;
		if (day == CRM_LANDMARK_DAYS)
			early = active;
		if (dice_one_in(random, won ? 45 : 15))
			break;
	}
	count_deal(active ? &to->plain_with : &to->plain_without, won);
	if (day > CRM_LANDMARK_DAYS)
		to->open_at_landmark[to->count++] = (crm__landmark_deal){
			.exposed = early, .won = won, .cycle_ms = day * day_ms
		};
}

static void no_effect_is_found_where_there_is_none(void **state)
{
	(void)state;
	enum { DEALS = 20000 };
	world made = { .open_at_landmark = calloc(DEALS, sizeof *made.open_at_landmark) };
	assert_non_null(made.open_at_landmark);
	dice random = { .state = 3 };
	for (int i = 0; i < DEALS; i++)
		live(&random, &made);
	crm__landmark_effect is;
	assert_int_equal(crm__landmark(made.open_at_landmark, made.count, &is), CX_OK);
	free(made.open_at_landmark);
	/* Comparing all with all says that activities win deals. */
	assert_in_range(crm__share_of(made.plain_with, 100) -
	                        crm__share_of(made.plain_without, 100),
	                15, 100);
	assert_true(is.low_bp <= 0 && is.high_bp >= 0);
	assert_true(is.difference_bp > -250 && is.difference_bp < 250);
	assert_in_range(is.adjusted_milli, 950, 1050);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_deals_say_nothing),
		cmocka_unit_test(figures_are_those_of_the_formulas),
		cmocka_unit_test(strata_take_away_what_size_explains),
		cmocka_unit_test(no_effect_is_found_where_there_is_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
