/* SPDX-License-Identifier: Apache-2.0 */
/* Runs over made-up records: what a grading run says of every customer equals what a pass over
 * every record finds, and a run again writes nothing. test_trade_runs_full is the same for
 * 100,000 customers, where scores, which the test finds by comparing each with each, are left
 * out. */
#include "base/clock.h"
#include "crm/runs.h"
#include "tests/support/unit.h"
#include "tests/trade/reading.h"

#include <math.h>
#include <stdlib.h>

enum { EACH_WITH_EACH_MAX = 3000 };
static const int64_t day_ms = 86400000;
static const int64_t as_of = TRADE_TODAY * 86400000LL;
static const engine_author author = { .now_ms = TRADE_TODAY * 86400000LL };

/* What a customer has. */
typedef struct facts {
	bool there, rated;
	int64_t f_count, m_base, r_days, recent, earlier, open, activities, size;
	char tier[16];
} facts;

typedef struct pass {
	facts *of;
	int64_t customers;
	const trade_world *world;
} pass;

static void take_customer(void *context, const trade_record *record)
{
	const pass *self = context;
	facts *one = &self->of[record->id];
	one->there = !record->deleted && trade_int(record, "created_at", 0) <= as_of;
	one->r_days = -1;
	one->open = trade_int(record, "potential_base", 0);
	one->size = trade_is(record, "kind", "large") || trade_is(record, "kind", "government")
	                    ? 10
	            : trade_is(record, "kind", "medium") ? 6
	            : trade_is(record, "kind", "small")  ? 3
	                                                 : 1;
}

static void take_order(void *context, const trade_record *record)
{
	const pass *self = context;
	const int64_t at = trade_int(record, "confirmed_at", 0);
	if (record->deleted || at == 0 || at > as_of ||
	    !(trade_is(record, "status", "confirmed") ||
	      trade_is(record, "status", "fulfilled")))
		return;
	facts *one = &self->of[trade_int(record, "customer", 0)];
	const int64_t days = (as_of - at) / day_ms, amount = trade_int(record, "total_base", 0);
	one->recent += days < 180 ? amount : 0;
	one->earlier += days >= 180 && days < 360 ? amount : 0;
	if (days >= 365)
		return;
	one->f_count++;
	one->m_base += amount;
	if (one->r_days < 0 || days < one->r_days)
		one->r_days = days;
}

static void take_deal(void *context, const trade_record *record)
{
	const pass *self = context;
	if (record->deleted || !trade_is(record, "state", "open"))
		return;
	const int64_t weighted =
		trade_int(record, "amount_base", 0) * trade_int(record, "probability_bp", 0);
	self->of[trade_int(record, "customer", 0)].open += (weighted + 5000) / 10000;
}

static void take_activity(void *context, const trade_record *record)
{
	const pass *self = context;
	const int64_t at = trade_int(record, "at", 0);
	if (record->deleted || !trade_is(record, "status", "done") || at > as_of ||
	    (as_of - at) / day_ms >= 90)
		return;
	const bool talk = trade_is(record, "kind", "call") ||
	                  trade_is(record, "kind", "meeting") ||
	                  trade_is(record, "kind", "visit");
	const bool mail =
		trade_is(record, "kind", "message") || trade_is(record, "kind", "email");
	if (talk || (mail && trade_is(record, "direction", "inbound")))
		self->of[trade_int(record, "customer", 0)].activities++;
}

/* ---- scores, each with each ---- */

static int score_of(int64_t worse, int64_t n)
{
	const int64_t fifth = 5 * worse / n;
	return 1 + (int)(fifth < 4 ? fifth : 4);
}

static void rate(const pass *self, const facts *one, char rfm[4])
{
	int64_t n = 0, r = 0, f = 0, m = 0;
	for (int64_t i = 1; i <= self->customers; i++) {
		const facts *other = &self->of[i];
		if (!other->there || other->f_count == 0)
			continue;
		n++;
		r += other->r_days > one->r_days;
		f += other->f_count < one->f_count;
		m += other->m_base < one->m_base;
	}
	memcpy(rfm, "111", 4);
	if (one->f_count == 0)
		return;
	rfm[0] = (char)('0' + score_of(r, n));
	rfm[1] = (char)('0' + score_of(f, n));
	rfm[2] = (char)('0' + score_of(m, n));
}

static int64_t potential_of(const pass *self, const facts *one)
{
	double n = 0, less = 0;
	for (int64_t i = 1; i <= self->customers; i++) {
		n += self->of[i].there;
		less += self->of[i].there && self->of[i].open < one->open;
	}
	const double before = one->earlier > 1 ? (double)one->earlier : 1;
	const double growth = (double)(one->recent - one->earlier) / before;
	const double talks = (double)one->activities / 6;
	return llround(400 * (less / n) + 200 * fmax(0, fmin(1, growth)) +
	               200 * fmin(1, talks) + 20 * (double)one->size);
}

/* ---- the rows that were written ---- */

static void check_scores(const pass *self, const facts *one, const trade_record *row)
{
	char rfm[4];
	rate(self, one, rfm);
	const cx_slice is = trade_value(row, "rfm")->as.bytes;
	assert_int_equal(is.size, 3);
	if (memcmp(is.data, rfm, 3) != 0)
		trade_complain(0, "rfm", "%.3s, not %s", (const char *)is.data, rfm);
	const int64_t value = 40 * (rfm[0] - '0') + 60 * (rfm[1] - '0') + 100 * (rfm[2] - '0');
	if (trade_int(row, "value_score", 0) != value ||
	    trade_int(row, "potential_score", 0) != potential_of(self, one))
		trade_complain(0, "scores", "of customer %lld",
		               (long long)trade_int(row, "customer", 0));
}

static void check_row(void *context, const trade_record *row)
{
	const pass *self = context;
	facts *one = &self->of[trade_int(row, "customer", 0)];
	const cx_slice tier = trade_value(row, "tier")->as.bytes;
	assert_true(one->there && !one->rated);
	one->rated = true;
	memcpy(one->tier, tier.data, tier.size);
	if (trade_int(row, "f_count", 0) != one->f_count ||
	    trade_int(row, "m_base", 0) != one->m_base ||
	    trade_int(row, "r_days", -1) != one->r_days)
		trade_complain(0, "facts", "of customer %lld",
		               (long long)trade_int(row, "customer", 0));
	if (self->customers <= EACH_WITH_EACH_MAX)
		check_scores(self, one, row);
}

static void check_customer(void *context, const trade_record *record)
{
	const pass *self = context;
	const facts *one = &self->of[record->id];
	if (one->there != one->rated || (one->there && !trade_is(record, "tier", one->tier)))
		trade_complain(0, "tier", "of customer %lld", (long long)record->id);
}

/* ---- the runs ---- */

static int set_up(void **state)
{
	static trade_world made;
	trade_world_open(&made);
	*state = &made;
	return 0;
}

static int tear_down(void **state)
{
	trade_world_close(*state);
	return 0;
}

static double seconds_since(uint64_t begun_ns)
{
	return (double)(cx_clock_monotonic_ns() - begun_ns) / 1e9;
}

static crm_tier_counts grade(trade_world *world)
{
	const crm_tier_request request = { .now_ms = as_of };
	const uint64_t begun = cx_clock_monotonic_ns();
	crm_tier_run *run = NULL;
	crm_tier_counts counts;
	cx_error error = { 0 };
	engine_read *read = fixture_read(&world->store);
	assert_int_equal(crm_tier_run_new(read, &request, &run, &error), CX_OK);
	engine_read_end(&read);
	crm_tier_run_free(&run);
	print_message("graded in %.2f s\n", seconds_since(begun));
	const cx_status status =
		crm_run_tiers(world->store.engine, &author, &request, &counts, &error);
	if (status != CX_OK)
		fail_msg("%s: %s", cx_status_name(status), error.text);
	print_message("graded and written in %.2f s: %llu rows, %llu changed\n",
	              seconds_since(begun), (unsigned long long)counts.written,
	              (unsigned long long)counts.changed);
	assert_int_equal(engine_read_renew(world->read), CX_OK);
	return counts;
}

static void every_customer_is_graded_by_what_it_has(void **state)
{
	trade_world *world = *state;
	pass self = { .world = world, .customers = world->sizes.customers };
	self.of = calloc((size_t)self.customers + 1, sizeof *self.of);
	assert_non_null(self.of);
	trade_pass(world, "customer", take_customer, &self);
	trade_pass(world, "sales_order", take_order, &self);
	trade_pass(world, "opportunity", take_deal, &self);
	trade_pass(world, "activity", take_activity, &self);

	const crm_tier_counts counts = grade(world);
	const trade_list rows = { .type = "customer_tier",
		                  .filter = trade_filter("['=', 'as_of', %lld]",
		                                         (long long)as_of),
		                  .order = "tier",
		                  .limit = 1000 };
	const trade_cost cost = trade_read(world, &rows, check_row, &self);
	assert_int_equal(cost.rows, counts.written);
	assert_int_equal(counts.written, counts.customers);
	assert_int_equal(counts.tiers[0] + counts.tiers[1] + counts.tiers[2] + counts.tiers[3],
	                 counts.written);
	assert_true(counts.tiers[0] > 0 && counts.tiers[1] > 0 && counts.tiers[2] > 0);
	trade_pass(world, "customer", check_customer, &self);
	free(self.of);
	trade_assert_no_complaint();
}

static void a_run_again_writes_nothing(void **state)
{
	trade_world *world = *state;
	const uint64_t before = engine_read_seq(world->read);
	const crm_tier_counts counts = grade(world);
	assert_int_equal(counts.written, 0);
	assert_true(engine_read_seq(world->read) == before);
}

static crm_forecast_counts foresee(trade_world *world)
{
	const crm_forecast_request request = { .now_ms = as_of };
	const uint64_t begun = cx_clock_monotonic_ns();
	crm_forecast_counts counts;
	cx_error error = { 0 };
	const cx_status status =
		crm_run_forecast(world->store.engine, &author, &request, &counts, &error);
	if (status != CX_OK)
		fail_msg("%s: %s", cx_status_name(status), error.text);
	print_message("forecast in %.2f s: %llu rows\n", seconds_since(begun),
	              (unsigned long long)counts.written);
	assert_int_equal(engine_read_renew(world->read), CX_OK);
	return counts;
}

static void a_forecast_is_made_once(void **state)
{
	trade_world *world = *state;
	assert_true(foresee(world).written > 0);
	const uint64_t before = engine_read_seq(world->read);
	assert_int_equal(foresee(world).written, 0);
	assert_true(engine_read_seq(world->read) == before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_customer_is_graded_by_what_it_has),
		cmocka_unit_test(a_run_again_writes_nothing),
		cmocka_unit_test(a_forecast_is_made_once),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
