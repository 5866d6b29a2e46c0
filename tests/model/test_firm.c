/* SPDX-License-Identifier: Apache-2.0 */
/* A firm at work: random writes and operations on all types that people write, each of which
 * says beforehand why it must be refused, or that it must be taken (firm.h). Whatever comes of
 * them, and whether a transaction is kept or given up: references and unique indexes are as
 * foretold (ledger.h); the intervals of stages part the time; rollups are the sums of what they
 * are of; what campaigns have won is what was won; orders, payments, requests and tiers keep
 * their promises (trade_oracle.h); a merge or a delete that is taken back leaves no trace; the
 * store is sound, and the log gives the same records again.
 *
 * Each round has a store and a seed of its own, told when it begins: CARDEX_TEST_SEED with
 * CARDEX_MODEL_ROUNDS=1 has that one again, and CARDEX_MODEL_TRACE=1 besides tells each write
 * and looks at everything after it. */
#include "crm/runs.h"
#include "tests/model/firm.h"
#include "tests/model/trade_oracle.h"
#include "tests/support/shop.h"
#include "tests/support/unit.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
	ROUNDS = 3, /* unless CARDEX_MODEL_ROUNDS says another number */
	GROUPS = 50,
	GROUP = 100, /* steps of a transaction */
};

static const struct {
	void (*take)(firm *self);
	int weight;
} steps[] = {
	{ firm_customers, 8 },   { firm_contacts, 6 },   { firm_tiers, 4 },
	{ firm_merges, 3 },      { firm_transfers, 2 },  { firm_opportunities, 18 },
	{ firm_conversions, 3 }, { firm_orders, 10 },    { firm_lines, 12 },
	{ firm_payments, 8 },    { firm_contracts, 5 },  { firm_requests, 6 },
	{ firm_feedback, 3 },    { firm_activities, 6 }, { firm_campaigns, 2 },
	{ firm_touches, 4 },     { firm_products, 2 },   { firm_rates, 2 },
	{ firm_people, 2 },      { firm_stages, 1 },     { firm_targets, 2 },
	{ firm_forecasts, 2 },   { firm_settings, 1 },
};

static void step(firm *self)
{
	int64_t weights = 0;
	for (size_t i = 0; i < CX_COUNT_OF(steps); i++)
		weights += steps[i].weight;
	int64_t at = firm_roll(self, weights);
	size_t which = 0;
	while (at >= steps[which].weight)
		at -= steps[which++].weight;
	firm_time(self);
	steps[which].take(self);
}

static void begin_people(store_fixture *f)
{
	fixture_create(f, "user", "{'login': 'm', 'name': 'M', 'team': 1, 'role': 'manager'}");
	fixture_create(f, "stage",
	               "{'code': 'second', 'label_zh': 'S', 'label_en': 'S', 'seq': 2, "
	               "'kind': 'open', 'probability_bp': 4000}");
	fixture_create(f, "stage",
	               "{'code': 'won', 'label_zh': 'W', 'label_en': 'W', 'seq': 100, "
	               "'kind': 'won', 'probability_bp': 10000}");
	fixture_create(f, "stage",
	               "{'code': 'lost', 'label_zh': 'L', 'label_en': 'L', 'seq': 101, "
	               "'kind': 'lost', 'probability_bp': 0}");
}

static trade_ids ids_of(firm *self)
{
	const ledger *of = self->ledger;
	return (trade_ids){ .orders = ledger_last(of, ledger_type(of, "sales_order")),
		            .lines = ledger_last(of, ledger_type(of, "order_line")),
		            .payments = ledger_last(of, ledger_type(of, "payment")),
		            .contracts = ledger_last(of, ledger_type(of, "contract")),
		            .requests = ledger_last(of, ledger_type(of, "service_request")),
		            .tiers = ledger_last(of, ledger_type(of, "customer_tier")),
		            .touches = ledger_last(of, ledger_type(of, "campaign_touch")),
		            .customers = ledger_last(of, ledger_type(of, "customer")) };
}

static void assert_all(firm *self)
{
	const trade_ids ids = ids_of(self);
	ledger_assert(self->ledger);
	firm_assert_histories(self);
	firm_assert_rollups(self);
	firm_assert_order(self);
	firm_assert_attribution(self);
	trade_oracle_assert(self->f, &ids);
}

/* ---- a transaction that is given up ---- */

static firm kept_of(const firm *self)
{
	firm kept = *self;
	kept.ledger = ledger_copy(self->ledger);
	for (size_t i = 0; i < kept.merge_count; i++) {
		const size_t size = (kept.merges[i].moved_count + 1) * sizeof(ledger_moved);
		kept.merges[i].moved = calloc(1, size);
		assert_non_null(kept.merges[i].moved);
		for (size_t m = 0; m < kept.merges[i].moved_count; m++)
			kept.merges[i].moved[m] = self->merges[i].moved[m];
	}
	return kept;
}

static void release(firm *self)
{
	ledger_free(self->ledger);
	for (size_t i = 0; i < self->merge_count; i++)
		free(self->merges[i].moved);
}

static void group(firm *self, bool look)
{
	const bool give_up = firm_one_in(self, 10);
	firm kept;
	fixture_begin(self->f);
	const uint64_t before = give_up ? row_state_hash(self->f, true) : 0;
	if (give_up)
		kept = kept_of(self);
	for (int i = 0; i < GROUP; i++) {
		step(self);
		if (self->trace)
			assert_all(self);
	}
	if (look)
		assert_all(self);
	if (!give_up) {
		fixture_commit(self->f);
		return;
	}
	engine_write_abort(&self->f->write);
	release(self);
	kept.random = self->random;
	*self = kept;
	fixture_begin(self->f);
	assert_true(row_state_hash(self->f, true) == before);
	fixture_commit(self->f);
}

/* ---- a round ---- */

static void run_runs(firm *self)
{
	const engine_author author = firm_author(self);
	const crm_tier_request tiers = { .now_ms = author.now_ms };
	const crm_forecast_request forecast = { .now_ms = author.now_ms };
	crm_tier_counts graded;
	crm_forecast_counts foreseen;
	cx_status status =
		crm_run_tiers(self->f->engine, &author, &tiers, &graded, &self->f->error);
	if (status == CX_OK)
		status = crm_run_forecast(self->f->engine, &author, &forecast, &foreseen,
		                          &self->f->error);
	if (status != CX_OK)
		fail_msg("runs: %s", self->f->error.text);
	fixture_begin(self->f);
	ledger_reload(self->ledger);
	fixture_commit(self->f);
}

static void round_of(uint64_t seed, firm *totals)
{
	void *store;
	print_message("CARDEX_TEST_SEED=%" PRIu64 " CARDEX_MODEL_ROUNDS=1\n", seed);
	assert_int_equal(shop_setup(&store), 0);
	firm self = { .f = store,
		      .random = { .state = seed },
		      .trace = getenv("CARDEX_MODEL_TRACE") != NULL };
	begin_people(self.f);
	self.ledger = ledger_new(self.f);
	fixture_begin(self.f);
	ledger_reload(self.ledger);
	fixture_commit(self.f);
	for (int i = 0; i < GROUPS; i++) {
		group(&self, i % 10 == 9);
		if (i == GROUPS / 2)
			run_runs(&self);
	}
	fixture_reopen(self.f);
	fixture_begin(self.f);
	assert_all(&self);
	fixture_commit(self.f);
	totals->taken += self.taken;
	totals->refused += self.refused;
	totals->watched += self.watched;
	release(&self);
	assert_int_equal(shop_teardown(&store), 0); /* sound, and the log replays */
}

static void what_is_foretold_comes_to_be(void **state)
{
	(void)state;
	const char *wanted = getenv("CARDEX_MODEL_ROUNDS");
	const int64_t rounds = wanted != NULL ? strtoll(wanted, NULL, 10) : ROUNDS;
	const uint64_t seed = dice_init().state;
	firm totals = { .f = NULL };
	for (int64_t i = 0; i < rounds; i++)
		round_of(seed + (uint64_t)i, &totals);
	print_message("%" PRId64 " taken, %" PRId64 " refused, of which %" PRId64
	              " without a trace\n",
	              totals.taken, totals.refused, totals.watched);
	assert_true(totals.taken > totals.refused);
	assert_true(totals.refused > totals.taken / 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_foretold_comes_to_be),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
