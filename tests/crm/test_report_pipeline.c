/* SPDX-License-Identifier: Apache-2.0 */
/* The board, the pipeline as of any instant and its movement tell what adding up every row of
 * every opportunity gives, and look at as few keys as they promise. */
#include "tests/crm/deals.h"
#include "tests/support/dice.h"
#include "tests/support/unit.h"

static report_run run;
static deals made;

static int set_up(void **state)
{
	(void)state;
	report_open(&run);
	deals_fill(&run, &made);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	report_close(&run);
	return 0;
}

/* Bits of users. */
enum { EVERYBODY = 0x1e, TEAM_1 = 0x0e, USER_3 = 0x08 };

static bool has(unsigned people, int64_t owner)
{
	return (people >> owner & 1) != 0;
}

typedef struct sums {
	int64_t count, amount, weighted;
} sums;

static int64_t weighted_of(int64_t sum)
{
	return (sum + 5000) / 10000;
}

static sums sums_at(int64_t at_ms, unsigned people, int64_t stage)
{
	sums ret = { 0 };
	for (size_t i = 0; i < DEALS; i++) {
		const deal_row *row = deal_at(&made.all[i], at_ms);
		if (row == NULL || row->state != DEAL_OPEN || !has(people, row->owner) ||
		    (stage != 0 && row->stage != stage))
			continue;
		ret.count++;
		ret.amount += row->amount;
		ret.weighted += row->amount * row->bp;
	}
	return ret;
}

static void assert_sums(const char *section, size_t row, sums expected)
{
	assert_int_equal(report_int(&run, section, row, "count"), expected.count);
	assert_int_equal(report_int(&run, section, row, "amount_base"), expected.amount);
	assert_int_equal(report_int(&run, section, row, "weighted_base"),
	                 weighted_of(expected.weighted));
}

/* ---- the board ---- */

static void assert_board(unsigned people)
{
	assert_int_equal(report_rows(&run, "stages"), 4);
	for (int64_t stage = 1; stage <= 4; stage++) {
		assert_int_equal(report_int(&run, "stages", (size_t)stage - 1, "stage"), stage);
		assert_sums("stages", (size_t)stage - 1, sums_at(REPORT_NOW, people, stage));
	}
}

/* Cards of a stage, in order, are the first by close_on of those there are. */
static void assert_cards(unsigned people, size_t most)
{
	size_t card = 0;
	for (int64_t stage = 1; stage <= 4; stage++) {
		const size_t all = (size_t)sums_at(REPORT_NOW, people, stage).count;
		const size_t shown = all < most ? all : most;
		int64_t last = INT64_MIN;
		for (size_t i = 0; i < shown; i++, card++) {
			assert_int_equal(report_int(&run, "cards", card, "stage"), stage);
			assert_true(has(people, report_int(&run, "cards", card, "owner")));
			const int64_t close_on = report_int(&run, "cards", card, "close_on");
			assert_true(close_on >= last);
			last = close_on;
		}
		size_t before = 0; /* that close earlier than the last card shown */
		for (size_t i = 0; i < DEALS; i++) {
			const deal_row *row = deal_at(&made.all[i], REPORT_NOW);
			before += row->state == DEAL_OPEN && has(people, row->owner) &&
			          row->stage == stage && row->close_on < last;
		}
		assert_true(shown == 0 || before < shown);
	}
	assert_int_equal(report_rows(&run, "cards"), card);
}

static void the_board_has_totals_of_all_and_the_first_cards(void **state)
{
	(void)state;
	report_do(&run, "board", "{'cards': 3}");
	assert_board(EVERYBODY);
	assert_cards(EVERYBODY, 3);
	assert_true(report_more(&run, "cards"));
	/* Settings, stages, a group for each stage and person, and of each stage the first key
	 * of each person, the cards and one more; the records that are named. */
	const int64_t most = 2 + 7 + 4 * 4 + 4 * (4 + 4) + (6 + 1 + 4);
	assert_in_range(report_figure(&run, "keys"), 1, most);

	report_do(&run, "board", "{'owner': 'u3', 'cards': 1000}");
	assert_board(USER_3);
	assert_cards(USER_3, 1000);
	assert_false(report_more(&run, "cards"));
	report_do(&run, "board", "{'team': '华东', 'cards': 2}");
	assert_board(TEAM_1);
	assert_cards(TEAM_1, 2);
}

/* ---- as of ---- */

static void assert_at(int64_t at_ms, const char *whom, unsigned people)
{
	report_do(&run, "pipeline", "{'at': %lld%s}", (long long)at_ms, whom);
	assert_int_equal(report_figure(&run, "as_of"), at_ms);
	assert_int_equal(report_rows(&run, "stages"), 4);
	for (int64_t stage = 1; stage <= 4; stage++)
		assert_sums("stages", (size_t)stage - 1, sums_at(at_ms, people, stage));
	assert_sums("total", 0, sums_at(at_ms, people, 0));
}

static void the_pipeline_at_any_instant_is_what_a_replay_gives(void **state)
{
	(void)state;
	dice random = dice_init();
	for (int i = 0; i < 60; i++) {
		const int64_t at =
			REPORT_NOW - (int64_t)dice_below(&random, (uint64_t)DEAL_DAYS * DAY_MS);
		assert_at(at, "", EVERYBODY);
		assert_at(at, ", 'owner': 3", USER_3);
		assert_at(at, ", 'team': 1", TEAM_1);
	}
	/* On an edge, too: the instant at which a row begins is its first. */
	for (size_t i = 0; i < 10; i++) {
		const int64_t from = made.all[i].rows[made.all[i].count - 1].from;
		assert_at(from, "", EVERYBODY);
		assert_at(from - 1, "", EVERYBODY);
	}
	assert_at(REPORT_NOW + 400LL * DAY_MS, "", EVERYBODY);
	assert_at(REPORT_NOW - 4000LL * DAY_MS, "", EVERYBODY);
}

static void the_pipeline_is_told_person_by_person(void **state)
{
	(void)state;
	const int64_t at = REPORT_NOW - 33LL * DAY_MS;
	report_do(&run, "pipeline", "{'at': %lld, 'by': 'owner'}", (long long)at);
	size_t rows = 0;
	for (int64_t owner = 1; owner <= DEAL_USERS; owner++)
		for (int64_t stage = 1; stage <= 4; stage++) {
			const sums expected = sums_at(at, 1u << owner, stage);
			if (expected.count == 0)
				continue;
			assert_int_equal(report_int(&run, "owners", rows, "owner"), owner);
			assert_int_equal(report_int(&run, "owners", rows, "stage"), stage);
			assert_sums("owners", rows++, expected);
		}
	assert_int_equal(report_rows(&run, "owners"), rows);
	assert_true(rows > 6);
	assert_sums("total", 0, sums_at(at, EVERYBODY, 0));
}

/* Months and days of the month in and out, one cell for each stage, and two keys for each
 * event of the day. */
static void it_costs_cells_and_the_rows_of_one_day(void **state)
{
	(void)state;
	const int64_t at = REPORT_NOW - 1000;
	size_t events = 0;
	for (size_t i = 0; i < DEALS; i++)
		for (size_t r = 0; r < made.all[i].count; r++) {
			const int64_t from = made.all[i].rows[r].from;
			events += from <= at && from > at - 14LL * HOUR_MS;
		}
	assert_at(at, "", EVERYBODY);
	const int64_t cells = 2 * 4 * (5 + 23);
	assert_in_range(report_figure(&run, "keys"), 1,
	                2 + 7 + cells + 2 * (int64_t)events + 6);
	assert_int_equal(report_figure(&run, "fetched") <= 1 + 6 + 6 + 2 * (int64_t)events, 1);
}

/* ---- movement ---- */

typedef struct tally {
	int64_t count, amount;
} tally;

typedef struct moves {
	tally added, reopened, in, up, down, won, lost, out, slipped, pulled, forward, backward;
} moves;

static void add(tally *to, int64_t amount)
{
	to->count++;
	to->amount += amount;
}

static void add_change(moves *to, const deal_row *a, const deal_row *b)
{
	if (b->amount != a->amount)
		add(b->amount > a->amount ? &to->up : &to->down,
		    b->amount > a->amount ? b->amount - a->amount : a->amount - b->amount);
}

static void add_move(moves *to, unsigned people, const deal_row *a, const deal_row *b)
{
	const bool was = a != NULL && a->state == DEAL_OPEN && has(people, a->owner);
	const bool is = b->state == DEAL_OPEN && has(people, b->owner);
	if (was && is) {
		add_change(to, a, b);
		if (b->close_on != a->close_on)
			add(b->close_on > a->close_on ? &to->slipped : &to->pulled, b->amount);
		if (b->stage != a->stage)
			add(b->stage > a->stage ? &to->forward : &to->backward, b->amount);
	} else if (was) {
		add_change(to, a, b);
		add(b->state == DEAL_WON    ? &to->won
		    : b->state == DEAL_LOST ? &to->lost
		                            : &to->out,
		    b->amount);
	} else if (is) {
		add(a == NULL               ? &to->added
		    : a->state == DEAL_OPEN ? &to->in
		                            : &to->reopened,
		    b->amount);
	}
}

static moves moves_between(int64_t from, int64_t to, unsigned people)
{
	moves ret = { 0 };
	for (size_t i = 0; i < DEALS; i++)
		for (size_t r = 0; r < made.all[i].count; r++) {
			const deal_row *row = &made.all[i].rows[r];
			if (row->from > from && row->from <= to)
				add_move(&ret, people, r > 0 ? row - 1 : NULL, row);
		}
	return ret;
}

static void assert_move(const char *section, size_t row, const char *name, tally expected,
                        int sign)
{
	assert_string_equal(report_text(&run, section, row, "move"), name);
	assert_int_equal(report_int(&run, section, row, "count"), expected.count);
	assert_int_equal(report_int(&run, section, row, "amount_base"), sign * expected.amount);
}

/* The last row is the sum of those before. */
static void assert_adds_up(void)
{
	const size_t last = report_rows(&run, "movement") - 1;
	int64_t sum = 0;
	for (size_t i = 0; i < last; i++)
		sum += report_int(&run, "movement", i, "amount_base");
	assert_int_equal(sum, report_int(&run, "movement", last, "amount_base"));
}

static void assert_movement(int64_t from, int64_t to, const char *whom, unsigned people)
{
	report_do(&run, "movement", "{'from': %lld, 'to': %lld%s}", (long long)from,
	          (long long)to, whom);
	const moves expected = moves_between(from, to, people);
	const sums opening = sums_at(from, people, 0), closing = sums_at(to, people, 0);
	assert_move("movement", 0, "opening", (tally){ opening.count, opening.amount }, 1);
	assert_move("movement", 1, "new", expected.added, 1);
	assert_move("movement", 2, "reopened", expected.reopened, 1);
	assert_move("movement", 3, "restored", (tally){ 0 }, 1);
	assert_move("movement", 4, "transferred_in", expected.in, 1);
	assert_move("movement", 5, "up", expected.up, 1);
	assert_move("movement", 6, "down", expected.down, -1);
	assert_move("movement", 7, "won", expected.won, -1);
	assert_move("movement", 8, "lost", expected.lost, -1);
	assert_move("movement", 9, "deleted", (tally){ 0 }, -1);
	assert_move("movement", 10, "transferred_out", expected.out, -1);
	assert_move("movement", 11, "closing", (tally){ closing.count, closing.amount }, 1);
	assert_adds_up();
	assert_move("changes", 0, "slipped", expected.slipped, 1);
	assert_move("changes", 1, "pulled_in", expected.pulled, 1);
	assert_move("changes", 2, "forward", expected.forward, 1);
	assert_move("changes", 3, "backward", expected.backward, 1);
}

static void what_moved_adds_up_from_opening_to_closing(void **state)
{
	(void)state;
	dice random = dice_init();
	for (int i = 0; i < 25; i++) {
		const uint64_t span = (uint64_t)DEAL_DAYS * DAY_MS;
		const int64_t from = REPORT_NOW - (int64_t)dice_below(&random, span);
		const int64_t to = from + (int64_t)dice_below(&random, span / 2);
		assert_movement(from, to, "", EVERYBODY);
		assert_movement(from, to, ", 'owner': 3", USER_3);
		assert_movement(from, to, ", 'team': 1", TEAM_1);
	}
	assert_movement(REPORT_NOW, REPORT_NOW, "", EVERYBODY);
	const crm_report_request wrong = { .name = CX_SLICE_LITERAL("movement"),
		                           .params = CX_SLICE_LITERAL("\x81\xa4"
		                                                      "from\xa7today+1"),
		                           .now_ms = REPORT_NOW };
	assert_int_equal(report_try(&run, &wrong), CX_INVALID_ARGUMENT);
}

/* ---- deleted, and back again ---- */

static int64_t days_on(int64_t days)
{
	return REPORT_NOW + days * DAY_MS;
}

static void write_row(int64_t opportunity, int64_t from, int64_t to, const char *cause)
{
	(void)report_create(&run, "stage_history",
	                    "{'opportunity': %lld, 'valid_from': %lld, 'valid_to': %lld, "
	                    "'cause': '%s', 'stage': 1, 'state': 'open', 'amount_base': 700, "
	                    "'probability_bp': 1000, 'close_on': 20900, 'owner': 1, 'by': 1}",
	                    (long long)opportunity, (long long)from, (long long)to, cause);
}

static void assert_days(int64_t from, int64_t to, tally added, tally restored, tally deleted)
{
	report_do(&run, "movement", "{'from': %lld, 'to': %lld, 'now': %lld}",
	          (long long)days_on(from), (long long)days_on(to), (long long)days_on(to));
	assert_move("movement", 1, "new", added, 1);
	assert_move("movement", 3, "restored", restored, 1);
	assert_move("movement", 9, "deleted", deleted, -1);
	assert_adds_up();
	for (size_t i = 0; i < report_rows(&run, "changes"); i++)
		assert_int_equal(report_int(&run, "changes", i, "count"), 0);
	assert_false(report_noted(&run, "has not come"));
}

static void what_is_deleted_goes_out_and_comes_in_when_restored(void **state)
{
	(void)state;
	const tally none = { 0 }, one = { 1, 700 };
	const int64_t id = report_create(
		&run, "opportunity",
		"{'title': 'x', 'customer': 1, 'stage': 1, 'state': 'open', 'amount': 700, "
		"'amount_base': 700, 'probability_bp': 1000, 'close_on': 20900, 'owner': 1}");
	write_row(id, days_on(1), days_on(3), "create");
	write_row(id, days_on(3), days_on(3), "delete");
	write_row(id, days_on(5), days_on(100000), "undelete");
	assert_days(0, 2, one, none, none);
	assert_days(2, 4, none, none, one);
	assert_days(4, 6, none, one, none);
	assert_days(0, 6, one, one, one);
}

static void an_instant_ahead_is_said_to_be_the_present(void **state)
{
	(void)state;
	report_do(&run, "pipeline", "{'at': %lld}", (long long)days_on(1));
	assert_true(report_noted(&run, "has not come"));
	report_do(&run, "movement", "{'to': %lld}", (long long)days_on(1));
	assert_true(report_noted(&run, "has not come"));
	report_do(&run, "pipeline", "{}");
	assert_false(report_noted(&run, "has not come"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_board_has_totals_of_all_and_the_first_cards),
		cmocka_unit_test(the_pipeline_at_any_instant_is_what_a_replay_gives),
		cmocka_unit_test(the_pipeline_is_told_person_by_person),
		cmocka_unit_test(it_costs_cells_and_the_rows_of_one_day),
		cmocka_unit_test(what_moved_adds_up_from_opening_to_closing),
		cmocka_unit_test(an_instant_ahead_is_said_to_be_the_present),
		cmocka_unit_test(what_is_deleted_goes_out_and_comes_in_when_restored),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
