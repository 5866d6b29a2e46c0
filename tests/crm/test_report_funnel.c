/* SPDX-License-Identifier: Apache-2.0 */
/* Funnel, conversion, cycle and velocity against what going through every row of every deal
 * gives. */
#include "tests/crm/deals.h"
#include "tests/support/unit.h"

#include <stdlib.h>

enum { OPEN_STAGES = 4, MONTHS = 5 };

static report_run run;
static deals made;
static bool ordered[DEALS]; /* has a confirmed order */

/* First days of the months July to November 2026, and of December, by the clock there. */
static const int64_t first_days[MONTHS + 1] = { 20635, 20666, 20697, 20727, 20758, 20788 };

static int64_t begin_of(size_t month)
{
	return first_days[month] * DAY_MS - 8LL * HOUR_MS;
}

static void make_orders(void)
{
	static const char *const statuses[] = { "draft", "confirmed", "fulfilled",
		                                "cancelled" };
	for (size_t i = 0; i < DEALS; i++) {
		if (i % 3 == 2)
			continue;
		const size_t status = i % 4;
		ordered[i] = status == 1 || status == 2;
		for (int twice = 0; twice <= (int)(i % 2); twice++)
			(void)report_create(
				&run, "sales_order",
				"{'customer': 1, 'opportunity': %lld, 'ordered_on': 20780, "
				"'owner': 1, 'status': '%s'}",
				(long long)made.all[i].id, statuses[status]);
	}
}

static int set_up(void **state)
{
	(void)state;
	report_open(&run);
	deals_fill(&run, &made);
	make_orders();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	report_close(&run);
	return 0;
}

static bool is_in(int64_t at, size_t from, size_t to)
{
	return at >= begin_of(from) && at < begin_of(to + 1);
}

static int64_t rounded(int64_t part, int64_t whole)
{
	return whole == 0 ? INT64_MIN : (2 * part + whole) / (2 * whole);
}

/* ---- funnel ---- */

typedef struct cell {
	int64_t count, ms;
} cell;

static void assert_funnel(size_t from, size_t to)
{
	static const char *const months[] = { "2026-07", "2026-08", "2026-09", "2026-10",
		                              "2026-11" };
	cell moves[DEAL_STAGES + 1][DEAL_STAGES + 1] = { 0 };
	for (size_t i = 0; i < DEALS; i++)
		for (size_t r = 1; r < made.all[i].count; r++) {
			const deal_row *row = &made.all[i].rows[r];
			if (row->stage == row[-1].stage || !is_in(row->from, from, to))
				continue;
			moves[row[-1].stage][row->stage].count++;
			moves[row[-1].stage][row->stage].ms += row->from - row[-1].from;
		}
	report_do(&run, "funnel", "{'from': '%s', 'to': '%s'}", months[from], months[to]);
	size_t row = 0;
	for (int64_t a = 1; a <= DEAL_STAGES; a++)
		for (int64_t b = 1; b <= DEAL_STAGES; b++) {
			if (moves[a][b].count == 0)
				continue;
			assert_int_equal(report_int(&run, "moves", row, "from_stage"), a);
			assert_int_equal(report_int(&run, "moves", row, "to_stage"), b);
			assert_int_equal(report_int(&run, "moves", row, "count"),
			                 moves[a][b].count);
			assert_int_equal(report_int(&run, "moves", row++, "mean_ms"),
			                 rounded(moves[a][b].ms, moves[a][b].count));
		}
	assert_int_equal(report_rows(&run, "moves"), row);
	for (int64_t a = 1; a <= OPEN_STAGES; a++) {
		int64_t forward = 0, backward = 0, ms = 0;
		for (int64_t b = 1; b <= DEAL_STAGES; b++) {
			ms += moves[a][b].ms;
			forward += b <= OPEN_STAGES && b > a ? moves[a][b].count : 0;
			backward += b < a ? moves[a][b].count : 0;
		}
		const int64_t won = moves[a][5].count, lost = moves[a][6].count;
		const int64_t left = forward + backward + won + lost;
		const size_t at = (size_t)a - 1;
		assert_int_equal(report_int(&run, "stages", at, "stage"), a);
		assert_int_equal(report_int(&run, "stages", at, "left"), left);
		assert_int_equal(report_int(&run, "stages", at, "forward"), forward);
		assert_int_equal(report_int(&run, "stages", at, "backward"), backward);
		assert_int_equal(report_int(&run, "stages", at, "won"), won);
		assert_int_equal(report_int(&run, "stages", at, "lost"), lost);
		assert_int_equal(report_int(&run, "stages", at, "forward_bp"),
		                 rounded(10000 * (forward + won), left));
		assert_int_equal(report_int(&run, "stages", at, "mean_ms"), rounded(ms, left));
	}
}

static void moves_between_stages_are_those_of_the_history(void **state)
{
	(void)state;
	assert_funnel(0, 4);
	assert_funnel(1, 1);
	assert_funnel(2, 3);
	/* Groups of the aggregate, no record but stages and settings. */
	assert_in_range(report_figure(&run, "keys"), 1, 2 * 36 + 2 + 7 + 6);
}

/* ---- conversion ---- */

static bool comes_further(const deal *of, size_t after, int64_t stage)
{
	for (size_t r = after + 1; r < of->count; r++) {
		const deal_row *row = &of->rows[r];
		if (row->state == DEAL_WON || (row->state == DEAL_OPEN && row->stage > stage))
			return true;
	}
	return false;
}

/* The first time in the period that a deal came into the stage; `count`: it did not. */
static size_t entry_of(const deal *of, int64_t stage, size_t from, size_t to)
{
	size_t r = 0;
	for (; r < of->count; r++) {
		const deal_row *row = &of->rows[r];
		if (row->stage == stage && row->state == DEAL_OPEN &&
		    (r == 0 || row[-1].stage != stage) && is_in(row->from, from, to))
			break;
	}
	return r;
}

static void assert_conversion(size_t from, size_t to, const char *params)
{
	report_do(&run, "conversion", "%s", params);
	for (int64_t stage = 1; stage <= OPEN_STAGES; stage++) {
		int64_t entered = 0, further = 0;
		for (size_t i = 0; i < DEALS; i++) {
			const deal *of = &made.all[i];
			const size_t entry = entry_of(of, stage, from, to);
			entered += entry < of->count;
			further += entry < of->count && comes_further(of, entry, stage);
		}
		const size_t at = (size_t)stage - 1;
		assert_int_equal(report_int(&run, "stages", at, "entered"), entered);
		assert_int_equal(report_int(&run, "stages", at, "further"), further);
		assert_int_equal(report_int(&run, "stages", at, "share_bp"),
		                 rounded(10000 * further, entered));
	}
	int64_t created = 0, with_order = 0;
	for (size_t i = 0; i < DEALS; i++) {
		const bool counts = is_in(made.all[i].rows[0].from, from, to);
		created += counts;
		with_order += counts && ordered[i];
	}
	assert_int_equal(report_int(&run, "orders", 0, "created"), created);
	assert_int_equal(report_int(&run, "orders", 0, "ordered"), with_order);
	assert_int_equal(report_int(&run, "orders", 0, "share_bp"),
	                 rounded(10000 * with_order, created));
	assert_true(created > 3 && with_order > 0);
}

static void cohorts_are_followed_to_the_present(void **state)
{
	(void)state;
	assert_conversion(0, 4, "{'from': '2026-07', 'to': '2026-11'}");
	assert_conversion(1, 2, "{'from': '2026-08', 'to': '2026-09'}");
	assert_conversion(4, 4, "{'from': 'month'}");
	report_do(&run, "conversion", "{'from': '2020-01', 'to': '2020-02'}");
	assert_int_equal(report_int(&run, "stages", 0, "entered"), 0);
	assert_int_equal(report_int(&run, "stages", 0, "share_bp"), INT64_MIN);
}

static void write_row(int64_t opportunity, int64_t from, int64_t to, const char *cause,
                      int64_t stage)
{
	(void)report_create(&run, "stage_history",
	                    "{'opportunity': %lld, 'valid_from': %lld, 'valid_to': %lld, "
	                    "'cause': '%s', 'stage': %lld, 'state': 'open', 'amount_base': 7, "
	                    "'probability_bp': 1, 'close_on': 20900, 'owner': 1, 'by': 1}",
	                    (long long)opportunity, (long long)from, (long long)to, cause,
	                    (long long)stage);
}

/* Three that entered the first stage in a month of their own: one is deleted, one was and is
 * back. */
static void deleted_opportunities_are_in_no_cohort(void **state)
{
	(void)state;
	const int64_t begin = begin_of(MONTHS), hour = HOUR_MS; /* of December */
	for (int i = 0; i < 3; i++) {
		const int64_t id = report_create(
			&run, "opportunity",
			"{'title': 'x', 'customer': 1, 'stage': 1, 'state': 'open', 'amount': "
			"7, 'amount_base': 7, 'close_on': 20900, 'owner': 1}");
		write_row(id, begin, begin + hour, "create", 1);
		write_row(id, begin + hour, begin + 2 * hour, "stage", 2);
		if (i > 0)
			write_row(id, begin + 2 * hour, begin + 2 * hour, "delete", 2);
		if (i > 1)
			write_row(id, begin + 3 * hour, begin + 4 * hour, "undelete", 2);
	}
	report_do(&run, "conversion", "{'from': '2026-12', 'to': '2026-12'}");
	assert_int_equal(report_int(&run, "stages", 0, "entered"), 2);
	assert_int_equal(report_int(&run, "stages", 0, "further"), 2);
	assert_int_equal(report_int(&run, "stages", 1, "entered"), 2);
}

/* ---- cycle ---- */

static int ascending(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* The value at (n − 1) · p / 100, between its neighbours. */
static int64_t percentile(const int64_t *sorted, int64_t count, int64_t percent)
{
	const int64_t place = (count - 1) * percent, at = place / 100;
	if (at + 1 >= count)
		return sorted[count - 1];
	const int64_t step = (sorted[at + 1] - sorted[at]) * (place % 100);
	return sorted[at] + (step + 50) / 100;
}

static void assert_cycle(size_t from, size_t to, unsigned people, const char *params)
{
	int64_t lengths[DEALS], won = 0, lost = 0, open = 0, amount = 0, ms = 0;
	for (size_t i = 0; i < DEALS; i++) {
		const deal *of = &made.all[i];
		const deal_row *last = &of->rows[of->count - 1];
		if ((people >> last->owner & 1) == 0)
			continue;
		open += last->state == DEAL_OPEN;
		if (last->state == DEAL_OPEN || !is_in(last->from, from, to))
			continue;
		lost += last->state == DEAL_LOST;
		if (last->state != DEAL_WON)
			continue;
		amount += last->amount;
		lengths[won++] = last->from - of->rows[0].from;
		ms += last->from - of->rows[0].from;
	}
	assert_true(won > 0);
	qsort(lengths, (size_t)won, sizeof *lengths, ascending);
	report_do(&run, "cycle", "%s", params);
	assert_int_equal(report_int(&run, "cycle", 0, "won"), won);
	assert_int_equal(report_int(&run, "cycle", 0, "lost"), lost);
	assert_int_equal(report_int(&run, "cycle", 0, "mean_ms"), rounded(ms, won));
	assert_int_equal(report_int(&run, "cycle", 0, "median_ms"),
	                 percentile(lengths, won, 50));
	assert_int_equal(report_int(&run, "cycle", 0, "p90_ms"), percentile(lengths, won, 90));
	assert_int_equal(report_int(&run, "velocity", 0, "open"), open);
	assert_int_equal(report_int(&run, "velocity", 0, "win_rate_bp"),
	                 rounded(10000 * won, won + lost));
	assert_int_equal(report_int(&run, "velocity", 0, "average_base"), rounded(amount, won));
	assert_int_equal(report_int(&run, "velocity", 0, "mean_ms"), rounded(ms, won));
	const double velocity = (double)open * (double)won / (double)(won + lost) *
	                        ((double)amount / (double)won) /
	                        ((double)ms / (double)won / (double)DAY_MS);
	const double told = (double)report_int(&run, "velocity", 0, "velocity_base");
	assert_true(told > velocity - 1 && told < velocity + 1);
}

static void cycle_and_velocity_are_those_of_what_was_closed(void **state)
{
	(void)state;
	assert_cycle(0, 4, 0x1e, "{'from': '2026-07', 'to': '2026-11'}");
	assert_cycle(0, 4, 0x0e, "{'from': '2026-07', 'to': '2026-11', 'team': 1}");
	assert_cycle(2, 4, 0x1e, "{'from': '2026-09'}");
	assert_cycle(0, 4, 0x02, "{'from': '2026-07', 'owner': 'u1'}");
	report_do(&run, "cycle", "{'from': '2020-01', 'to': '2020-02'}");
	assert_int_equal(report_int(&run, "cycle", 0, "won"), 0);
	assert_int_equal(report_int(&run, "cycle", 0, "mean_ms"), INT64_MIN);
	assert_int_equal(report_int(&run, "cycle", 0, "median_ms"), INT64_MIN);
	assert_int_equal(report_int(&run, "velocity", 0, "velocity_base"), INT64_MIN);
}

static void a_span_of_months_is_checked(void **state)
{
	(void)state;
	crm_report_request request = { .name = CX_SLICE_LITERAL("funnel"),
		                       .params = CX_SLICE_LITERAL("\x81\xa4"
		                                                  "from\xa7month+1"),
		                       .now_ms = REPORT_NOW };
	assert_int_equal(report_try(&run, &request), CX_INVALID_ARGUMENT);
	report_do(&run, "funnel", "{'from': 'month-119'}");
	request.params = CX_SLICE_LITERAL("\x81\xa4"
	                                  "from\xa9month-120");
	assert_int_equal(report_try(&run, &request), CX_INVALID_ARGUMENT);
	assert_non_null(strstr(run.store.error.text, "120 months"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(moves_between_stages_are_those_of_the_history),
		cmocka_unit_test(cohorts_are_followed_to_the_present),
		cmocka_unit_test(cycle_and_velocity_are_those_of_what_was_closed),
		cmocka_unit_test(a_span_of_months_is_checked),
		cmocka_unit_test(deleted_opportunities_are_in_no_cohort),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
