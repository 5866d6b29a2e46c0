/* SPDX-License-Identifier: Apache-2.0 */
/* Scores and tiers are those of their formulas at every threshold, and priorities too. */
#include "base/cleanup.h"
#include "crm/stats/priority.h"
#include "crm/stats/rank.h"
#include "tests/support/unit.h"

#include <string.h>

static void a_score_goes_by_the_share_that_is_worse(void **state)
{
	(void)state;
	/* Of 10: 0 or 1 worse is 1, 2 or 3 is 2, …, 8 and more is 5. */
	static const int is[] = { 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 5 };
	for (size_t worse = 0; worse <= 10; worse++)
		assert_int_equal(crm__rfm_score(worse, 10), is[worse]);
	assert_int_equal(crm__rfm_score(0, 0), 1);
	assert_int_equal(crm__rfm_score(0, 1), 1);
	assert_int_equal(crm__rfm_score(2, 3), 4); /* ⌊3.33⌋ */
}

static const int64_t days[] = { 3, 10, 10, 40, 200 };
static const int64_t counts[] = { 1, 1, 2, 3, 9 };
static const int64_t amounts[] = { 100, 200, 300, 400, 500 };
static const int64_t open[] = { 0, 0, 0, 0, 50, 60, 70, 80, 90, 100 };
static const crm__tier_ranking ranking = { days, counts, amounts, 5, open, 10 };

static void values_are_those_worked_out_by_hand(void **state)
{
	(void)state;
	const crm__tier_parameters by = crm__tier_defaults();
	static const struct {
		crm__customer_facts facts;
		int r, f, m;
		int64_t value, potential;
	} rows[] = {
		/* best of all: 4 of 5 worse in each */
		{ { .r_days = 3, .f_count = 9, .m_base = 500, .size_tenths = 10 },
		  5,
		  5,
		  5,
		  1000,
		  200 },
		{ { .r_days = 10, .f_count = 1, .m_base = 300, .size_tenths = 1 },
		  3,
		  1,
		  3,
		  480,
		  20 },
		{ { .r_days = 200, .f_count = 2, .m_base = 100, .size_tenths = 3 },
		  1,
		  3,
		  1,
		  320,
		  60 },
		/* no order: 1 each, whatever else there is */
		{ { .r_days = -1, .m_base = 900, .open = 100, .recent = 0, .size_tenths = 6 },
		  1,
		  1,
		  1,
		  200,
		  480 },
		/* growth of half, 3 of 6 activities, 4 of 10 with less open */
		{ { .r_days = -1,
		    .open = 50,
		    .recent = 150,
		    .earlier = 100,
		    .activities = 3,
		    .size_tenths = 1 },
		  1,
		  1,
		  1,
		  200,
		  380 },
		/* growth from nothing is full growth; more than 6 activities are 6 */
		{ { .r_days = -1, .recent = 5, .activities = 60, .size_tenths = 1 },
		  1,
		  1,
		  1,
		  200,
		  420 },
		/* shrinking is none */
		{ { .r_days = -1, .recent = 5, .earlier = 60, .size_tenths = 1 },
		  1,
		  1,
		  1,
		  200,
		  20 },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		const crm__customer_scores is =
			crm__customer_score(&rows[i].facts, &ranking, &by);
		if (is.r != rows[i].r || is.f != rows[i].f || is.m != rows[i].m ||
		    is.value != rows[i].value || is.potential != rows[i].potential)
			fail_msg("row %zu: %d%d%d %lld %lld", i, is.r, is.f, is.m,
			         (long long)is.value, (long long)is.potential);
	}
}

static void tiers_change_at_their_thresholds(void **state)
{
	(void)state;
	const crm__tier_parameters by = crm__tier_defaults();
	static const struct {
		crm__customer_facts facts;
		crm__customer_scores scores;
		crm__tier tier;
		crm__tier_cause cause;
	} rows[] = {
		{ { .f_count = 1, .ordered = true },
		  { 2, 5, 5, 800, 0 },
		  CRM_TIER_HIGH,
		  CRM_TIER_BY_VALUE },
		{ { .f_count = 1, .ordered = true },
		  { 2, 5, 5, 799, 0 },
		  CRM_TIER_LOW,
		  CRM_TIER_BY_NOTHING },
		{ { .f_count = 1, .ordered = true },
		  { 1, 5, 5, 800, 0 },
		  CRM_TIER_LOW,
		  CRM_TIER_BY_NOTHING },
		{ { .f_count = 1, .ordered = true },
		  { 1, 5, 5, 800, 450 },
		  CRM_TIER_POTENTIAL,
		  CRM_TIER_BY_POTENTIAL },
		{ { .f_count = 0, .ordered = true },
		  { 2, 1, 1, 900, 449 },
		  CRM_TIER_LOW,
		  CRM_TIER_BY_NOTHING },
		{ { .age_days = 5, .dealt = true, .deal_far = true },
		  { 1, 1, 1, 200, 449 },
		  CRM_TIER_POTENTIAL,
		  CRM_TIER_BY_DEAL },
		{ { .age_days = 29 },
		  { 1, 1, 1, 200, 900 },
		  CRM_TIER_UNRATED,
		  CRM_TIER_BY_AGE },
		{ { .age_days = 30 },
		  { 1, 1, 1, 200, 449 },
		  CRM_TIER_LOW,
		  CRM_TIER_BY_NOTHING },
		{ { .age_days = 29, .ordered = true },
		  { 1, 1, 1, 200, 0 },
		  CRM_TIER_LOW,
		  CRM_TIER_BY_NOTHING },
		{ { .age_days = 29, .dealt = true },
		  { 1, 1, 1, 200, 0 },
		  CRM_TIER_LOW,
		  CRM_TIER_BY_NOTHING },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		const crm__tier_verdict is =
			crm__tier_of(&rows[i].facts, &rows[i].scores, 800, &by);
		if (is.tier != rows[i].tier || is.cause != rows[i].cause)
			fail_msg("row %zu: %s", i, crm__tier_label(is.tier));
	}
}

static void parameters_have_names_and_ranges(void **state)
{
	(void)state;
	crm__tier_parameters by = crm__tier_defaults();
	char text[CRM_TIER_TEXT_SIZE];
	crm__tier_text(&by, text);
	assert_string_equal(text, "v1");
	assert_false(crm__tier_set(&by, CX_SLICE_LITERAL("weight_x"), 1));
	assert_false(crm__tier_set(&by, CX_SLICE_LITERAL("weight_m"), -1));
	assert_false(crm__tier_set(&by, CX_SLICE_LITERAL("weight_m"), 100001));
	assert_false(crm__tier_set(&by, CX_SLICE_LITERAL("high_percentile"), 101));
	assert_false(crm__tier_set(&by, CX_SLICE_LITERAL("engagement_full"), 0));
	assert_int_equal(by.weight_m, 100);
	assert_true(crm__tier_set(&by, CX_SLICE_LITERAL("weight_m"), 120));
	assert_true(crm__tier_set(&by, CX_SLICE_LITERAL("high_percentile"), 90));
	crm__tier_text(&by, text);
	assert_string_equal(text, "v1 weight_m=120 high_percentile=90");
}

static void a_text_of_all_parameters_fits(void **state)
{
	(void)state;
	crm__tier_parameters by = crm__tier_defaults();
	size_t set = 0;
#define SET(name, value, text)                                        \
	set += crm__tier_set(&by, CX_SLICE_LITERAL(#name), 100000) || \
	       crm__tier_set(&by, CX_SLICE_LITERAL(#name), 100);
	CRM_TIER_PARAMETERS(SET)
#undef SET
	char text[CRM_TIER_TEXT_SIZE];
	crm__tier_text(&by, text);
	assert_int_equal(set, 15);
	assert_non_null(strstr(text, " unrated_days=100000"));
}

static void priorities_fall_in_a_line(void **state)
{
	(void)state;
	static const int64_t day = 86400000;
	static const int64_t sorted[] = { 10, 20, 20, 40 };
	static const struct {
		crm__deal_facts deal;
		int64_t value, customer, nearness, momentum;
	} rows[] = {
		{ { 40, CRM_TIER_HIGH, -5, true, 0 }, 375, 200, 150, 150 },
		{ { 20, CRM_TIER_POTENTIAL, 30, true, 7 * day }, 125, 100, 150, 150 },
		{ { 10, CRM_TIER_LOW, 105, true, 26 * day }, 0, 0, 75, 75 },
		{ { 10, CRM_TIER_UNRATED, 180, true, 45 * day }, 0, 0, 0, 0 },
		{ { 10, CRM_TIER_LOW, 179, true, 45 * day - 1 }, 0, 0, 1, 0 },
		{ { 10, CRM_TIER_LOW, 31, true, 8 * day }, 0, 0, 149, 146 },
		{ { 10, CRM_TIER_LOW, 1000, false, 0 }, 0, 0, 0, 0 },
		{ { 10, CRM_TIER_LOW, 1000, true, -day }, 0, 0, 0, 150 },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		const crm__priority is = crm__priority_of(&rows[i].deal, sorted, 4);
		if (is.value != rows[i].value || is.customer != rows[i].customer ||
		    is.nearness != rows[i].nearness || is.momentum != rows[i].momentum)
			fail_msg("row %zu: %lld %lld %lld %lld", i, (long long)is.value,
			         (long long)is.customer, (long long)is.nearness,
			         (long long)is.momentum);
		assert_int_equal(is.total, is.value + is.customer + is.nearness + is.momentum);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_score_goes_by_the_share_that_is_worse),
		cmocka_unit_test(values_are_those_worked_out_by_hand),
		cmocka_unit_test(tiers_change_at_their_thresholds),
		cmocka_unit_test(parameters_have_names_and_ranges),
		cmocka_unit_test(a_text_of_all_parameters_fits),
		cmocka_unit_test(priorities_fall_in_a_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
