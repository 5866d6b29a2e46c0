/* SPDX-License-Identifier: Apache-2.0 */
/* Intervals are those that their authors published, to the last digit printed. */
#include "base/cleanup.h"
#include "crm/stats/promoter.h"
#include "crm/stats/strata.h"
#include "tests/support/unit.h"

enum { DIGITS = 10000 };

/* R. G. Newcombe, Statistics in Medicine 17 (1998) 857, Table I, method 3. */
static void wilson_intervals_are_the_published_ones(void **state)
{
	(void)state;
	static const struct {
		crm__share share;
		int64_t low, high;
	} rows[] = {
		{ { 81, 263 }, 2553, 3662 }, { { 15, 148 }, 624, 1605 },
		{ { 0, 20 }, 0, 1611 },      { { 1, 29 }, 61, 1718 },
		{ { 20, 20 }, 8389, 10000 }, /* the mirror of 0 of 20 */
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		const crm__interval is = crm__wilson(rows[i].share);
		assert_int_equal(crm__round_to(is.low, DIGITS), rows[i].low);
		assert_int_equal(crm__round_to(is.high, DIGITS), rows[i].high);
		assert_true(is.low >= 0 && is.high <= 1);
	}
	const crm__interval nothing = crm__wilson((crm__share){ 0, 0 });
	assert_true(!(nothing.low > 0) && !(nothing.high < 1));
}

/* R. G. Newcombe, Statistics in Medicine 17 (1998) 873, Table II, method 10. */
static void intervals_of_a_difference_are_the_published_ones(void **state)
{
	(void)state;
	static const struct {
		crm__share a, b;
		int64_t low, high;
	} rows[] = {
		{ { 56, 70 }, { 48, 80 }, 524, 3339 },  { { 9, 10 }, { 3, 10 }, 1705, 8090 },
		{ { 6, 7 }, { 2, 7 }, 582, 8062 },      { { 5, 56 }, { 0, 29 }, -381, 1926 },
		{ { 0, 10 }, { 0, 20 }, -1611, 2775 },  { { 0, 10 }, { 0, 10 }, -2775, 2775 },
		{ { 10, 10 }, { 0, 20 }, 6791, 10000 }, { { 10, 10 }, { 0, 10 }, 6075, 10000 },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		const crm__interval is = crm__newcombe(rows[i].a, rows[i].b);
		const crm__interval back = crm__newcombe(rows[i].b, rows[i].a);
		if (crm__round_to(is.low, DIGITS) != rows[i].low ||
		    crm__round_to(is.high, DIGITS) != rows[i].high)
			fail_msg("row %zu: %f to %f", i, is.low, is.high);
		assert_int_equal(crm__round_to(back.low, DIGITS), -rows[i].high);
		assert_int_equal(crm__round_to(back.high, DIGITS), -rows[i].low);
	}
}

static void a_rate_is_drawn_towards_its_prior(void **state)
{
	(void)state;
	assert_int_equal(crm__shrunk_rate_bp(0, 0, 2000, 20), 2000);
	assert_int_equal(crm__shrunk_rate_bp(10, 10, 2000, 20), 3500);
	assert_int_equal(crm__shrunk_rate_bp(5, 10, 8000, 20), 6000);
	assert_int_equal(crm__shrunk_rate_bp(1, 2, 5000, 20), 4783); /* 110000 / 23 = 4782.6 */
	assert_int_equal(crm__shrunk_rate_bp(1000000, 0, 0, 20), 10000); /* 9999.8 */
}

static void rounding_goes_away_from_zero_and_stays_in_range(void **state)
{
	(void)state;
	assert_int_equal(crm__round_to(0.5, 1), 1);
	assert_int_equal(crm__round_to(-0.5, 1), -1);
	assert_int_equal(crm__round_to(2.5, 1), 3);
	assert_int_equal(crm__round_to(0.12345, 10000), 1235);
	assert_true(crm__round_to(1e30, 1) == INT64_MAX);
	assert_true(crm__round_to(-1e30, 1) == INT64_MIN);
	assert_true(crm__round_to(0x1p63, 1) == INT64_MAX);
	assert_int_equal(crm__share_of((crm__share){ 1, 8 }, 100), 13); /* 12.5 */
	assert_int_equal(crm__share_of((crm__share){ 0, 0 }, 100), 0);
}

/* C. T. Le, Introductory Biostatistics (2003), example 1.19: oral contraceptives and myocardial
 * infarction by smoking; the combined odds ratio is 1.53. */
static void the_odds_ratio_is_the_textbooks(void **state)
{
	(void)state;
	static const crm__stratum strata[] = { { { 4, 56 }, { 34, 788 } },
		                               { { 25, 108 }, { 171, 1024 } } };
	double ratio = 0;
	assert_true(crm__mantel_haenszel_odds(strata, 2, &ratio));
	assert_int_equal(crm__round_to(ratio, 100), 153);
}

/* W. W. LaMorte, L. Sullivan, Confounding and effect measure modification, Boston University
 * School of Public Health: obesity and cardiovascular disease by age; crude 1.79, adjusted
 * 1.44. */
static void the_ratio_of_risks_is_the_textbooks(void **state)
{
	(void)state;
	static const crm__stratum strata[] = { { { 10, 100 }, { 35, 500 } },
		                               { { 36, 200 }, { 25, 200 } } };
	static const crm__stratum crude = { { 46, 300 }, { 60, 700 } };
	double ratio = 0;
	assert_true(crm__mantel_haenszel_risk(strata, 2, &ratio));
	assert_int_equal(crm__round_to(ratio, 100), 144);
	assert_true(crm__mantel_haenszel_risk(&crude, 1, &ratio));
	assert_int_equal(crm__round_to(ratio, 100), 179);
}

static void a_stratum_with_one_group_adds_nothing(void **state)
{
	(void)state;
	static const crm__stratum strata[] = { { { 10, 100 }, { 35, 500 } },
		                               { { 36, 200 }, { 0, 0 } },
		                               { { 0, 0 }, { 7, 9 } } };
	double alone = 0, with = 0, untouched = 77;
	assert_true(crm__mantel_haenszel_risk(strata, 1, &alone));
	assert_true(crm__mantel_haenszel_risk(strata, 3, &with));
	assert_int_equal(crm__round_to(alone, 1000000), crm__round_to(with, 1000000));
	assert_false(crm__mantel_haenszel_risk(strata + 1, 2, &untouched));
	assert_false(crm__mantel_haenszel_odds(strata, 0, &untouched));
	assert_int_equal(crm__round_to(untouched, 1), 77);
}

static void promoters_less_detractors(void **state)
{
	(void)state;
	/* 0 to 6: 25, 7 and 8: 30, 9 and 10: 45 */
	static const int64_t counts[CRM_SCORES] = { 1, 2, 3, 4, 4, 5, 6, 10, 20, 25, 20 };
	static const int64_t none[CRM_SCORES] = { 0 };
	static const int64_t thirds[CRM_SCORES] = { [0] = 1, [7] = 1, [8] = 1 };
	crm__promoters is = { .nps_bp = 77 };
	assert_false(crm__promoters_of(none, &is));
	assert_int_equal(is.nps_bp, 77);
	assert_true(crm__promoters_of(counts, &is));
	assert_int_equal(is.promoters, 45);
	assert_int_equal(is.passives, 30);
	assert_int_equal(is.detractors, 25);
	assert_int_equal(is.nps_bp, 2000);
	assert_true(crm__promoters_of(thirds, &is));
	assert_int_equal(is.nps_bp, -3333);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wilson_intervals_are_the_published_ones),
		cmocka_unit_test(intervals_of_a_difference_are_the_published_ones),
		cmocka_unit_test(a_rate_is_drawn_towards_its_prior),
		cmocka_unit_test(rounding_goes_away_from_zero_and_stays_in_range),
		cmocka_unit_test(the_odds_ratio_is_the_textbooks),
		cmocka_unit_test(the_ratio_of_risks_is_the_textbooks),
		cmocka_unit_test(a_stratum_with_one_group_adds_nothing),
		cmocka_unit_test(promoters_less_detractors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
