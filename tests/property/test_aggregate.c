/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever is done to the records, in whatever order, done in batches that fail or not: the
 * groups and rollups are those that a look at every record gives, and a count by groups is the
 * count of a walk over the records. */
#include "base/msgpack.h"
#include "engine/aggregate.h"
#include "engine/row/row.h"
#include "tests/support/dice.h"
#include "tests/support/store_fixture.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STORES = 6, OPERATIONS = 250, FIRMS = 6, DAYS_MS = 86400000 };

/* The where-clauses and zones change with the store, the shape does not. */
static const char *const wheres[] = {
	"",
	"where state = open",
	"where state in [open, won]",
	"where amount > 3",
	"where owner notnull and state != lost",
	"where at > until",
};

typedef struct trial {
	store_fixture fixture;
	dice dice;
	unsigned where;
	int zone_min;
	const engine_type *firm;
	const engine_type *deal;
} trial;

static void open_trial(trial *self)
{
	const char *where = wheres[self->where];
	char schema[2048];
	snprintf(schema, sizeof schema,
	         "type org keep single { zone int = %d }\n"
	         "type firm { n int readonly = 0 rollup count of deal by firm %s\n"
	         " worth money readonly = 0 rollup sum(amount - bp) of deal by firm %s\n"
	         " first ts readonly rollup min(at) of deal by firm %s\n"
	         " last ts readonly rollup max(at) of deal by firm %s\n"
	         " all_worth money readonly = 0 rollup sum(worth) of firm by above\n"
	         " above ref(firm) on delete set_null }\n"
	         "type deal { firm ref(firm) on delete cascade state enum(open, won, lost)\n"
	         " owner int amount money bp int at ts until ts\n"
	         " index (firm, at desc) index (state, owner) }\n"
	         "time zone org.zone\n"
	         "aggregate a on deal %s group by (state, owner) count, sum(amount),\n"
	         " sum(amount * bp)\n"
	         "aggregate m on deal %s group by (month(at), state) count, sum(until - at)\n"
	         "aggregate f on firm group by (above) count, sum(worth)\n",
	         self->zone_min, where, where, where, where, where, where);
	fixture_open(&self->fixture, schema);
	self->firm = fixture_type(&self->fixture, "firm");
	self->deal = fixture_type(&self->fixture, "deal");
	for (int i = 0; i < FIRMS; i++)
		fixture_create(&self->fixture, "firm", "{}");
}

/* ---- random operations ---- */

static int64_t pick(trial *self, int64_t below)
{
	return (int64_t)dice_below(&self->dice, (uint64_t)below);
}

static size_t random_fields(trial *self, char *text, size_t size)
{
	static const char *const states[] = { "'open'", "'won'", "'lost'", "nil" };
	size_t at = (size_t)snprintf(text, size, "{'state': %s", states[pick(self, 4)]);
	if (pick(self, 2) == 0)
		at += (size_t)snprintf(text + at, size - at, ", 'owner': %s",
		                       pick(self, 4) == 0 ? "nil"
		                       : pick(self, 2)    ? "1"
		                                          : "2");
	if (pick(self, 3) > 0)
		at += (size_t)snprintf(text + at, size - at, ", 'amount': %lld, 'bp': %lld",
		                       (long long)pick(self, 9) - 2, (long long)pick(self, 5));
	if (pick(self, 3) > 0)
		at += (size_t)snprintf(text + at, size - at, ", 'at': %lld",
		                       (long long)pick(self, 120) * DAYS_MS / 2 - 1);
	if (pick(self, 3) > 0)
		at += (size_t)snprintf(text + at, size - at, ", 'until': %lld",
		                       (long long)pick(self, 60) * DAYS_MS);
	if (pick(self, 3) > 0)
		at += (size_t)snprintf(text + at, size - at, ", 'firm': %lld",
		                       (long long)pick(self, FIRMS) + 1);
	return at + (size_t)snprintf(text + at, size - at, "}");
}

/* Success or not does not matter: a firm may be gone, a record deleted. */
static void operate(trial *self, int64_t *deals)
{
	char fields[400];
	engine_change change = { .author.now_ms = ++self->fixture.now_ms };
	engine_outcome outcome;
	engine_write *write = self->fixture.write;
	const int64_t id = 1 + pick(self, *deals + 1);
	const int64_t firm = 1 + pick(self, FIRMS);
	cx_status status = CX_OK;
	cx_error error;
	random_fields(self, fields, sizeof fields);
	switch (pick(self, 12)) {
	case 0:
	case 1:
	case 2:
	case 3:
		status = engine_create(write, self->deal, wire(fields), &change, &outcome,
		                       &error);
		*deals = status == CX_OK && outcome.id > *deals ? outcome.id : *deals;
		break;
	case 4:
	case 5:
	case 6:
		status = engine_update(write, self->deal, id, wire(fields), &change, &outcome,
		                       &error);
		break;
	case 7:
		status = engine_delete(write, self->deal, id, &change, &outcome, &error);
		break;
	case 8:
		status = engine_undelete(write, self->deal, id, &change, &outcome, &error);
		break;
	case 9:
		status = pick(self, 2) == 0 ? engine_purge(write, self->deal, id, &change,
		                                           &outcome, &error)
		                            : engine_undelete(write, self->firm, firm, &change,
		                                              &outcome, &error);
		break;
	case 10:
		status = engine_delete(write, self->firm, firm, &change, &outcome, &error);
		break;
	default:
		snprintf(fields, sizeof fields, "{'above': %lld}",
		         (long long)pick(self, FIRMS) + 1);
		status = engine_update(write, self->firm, firm, wire(fields), &change, &outcome,
		                       &error);
	}
	assert_true(status != CX_CORRUPT && status != CX_IO && status != CX_INTERNAL);
}

static void run_batches(trial *self)
{
	int64_t deals = 0;
	for (int done = 0; done < OPERATIONS;) {
		fixture_begin(&self->fixture);
		const engine_mark mark = engine_write_mark(self->fixture.write);
		const int64_t before = deals;
		for (int64_t i = 1 + pick(self, 8); i > 0; i--, done++)
			operate(self, &deals);
		if (pick(self, 4) == 0) {
			engine_write_rollback(self->fixture.write, mark);
			deals = before;
		}
		fixture_commit(&self->fixture);
	}
}

/* ---- the naive way ---- */

typedef struct plain {
	bool null;
	long long number;
} plain;

typedef struct deal_row {
	plain firm, state, owner, amount, bp, at, until;
} deal_row;

static plain slot_of(const trial *self, const engine__value *values, const char *name)
{
	const engine_field *field = engine_type_field(self->deal, cx_slice_of(name));
	const engine__value *value = &values[field->slot];
	return (plain){ .null = value->shape == ENGINE__NULL, .number = value->integer };
}

/* Written out again, not read from the schema. */
static bool is_meant(const trial *self, const deal_row *deal)
{
	switch (self->where) {
	case 0:
		return true;
	case 1:
		return !deal->state.null && deal->state.number == 0;
	case 2:
		return !deal->state.null && deal->state.number <= 1;
	case 3:
		return !deal->amount.null && deal->amount.number > 3;
	case 4:
		return !deal->owner.null && !deal->state.null && deal->state.number != 2;
	default:
		return !deal->at.null && !deal->until.null &&
		       deal->at.number > deal->until.number;
	}
}

static size_t read_deals(trial *self, engine_read *read, deal_row *rows, size_t max)
{
	size_t count = 0;
	for (int64_t id = 1; id <= OPERATIONS + 10; id++) {
		engine_row row;
		engine__value values[ENGINE_SLOTS_MAX];
		if (engine_get(read, self->deal, id, &row, NULL) != CX_OK)
			continue;
		assert_int_equal(engine__row_values(self->deal, row.array, values), CX_OK);
		const deal_row deal = { .firm = slot_of(self, values, "firm"),
			                .state = slot_of(self, values, "state"),
			                .owner = slot_of(self, values, "owner"),
			                .amount = slot_of(self, values, "amount"),
			                .bp = slot_of(self, values, "bp"),
			                .at = slot_of(self, values, "at"),
			                .until = slot_of(self, values, "until") };
		assert_true(count < max);
		if (is_meant(self, &deal))
			rows[count++] = deal;
	}
	return count;
}

static bool equal(plain a, plain b)
{
	return a.null ? b.null : !b.null && a.number == b.number;
}

static plain take_plain(cx_reader *reader, bool is_state)
{
	static const char *const states[] = { "open", "won", "lost" };
	if (cx_read_if_nil(reader))
		return (plain){ .null = true };
	if (!is_state)
		return (plain){ .number = cx_read_int(reader) };
	const cx_slice label = cx_read_str(reader);
	for (int i = 0; i < 3; i++)
		if (cx_slice_equal(label, cx_slice_of(states[i])))
			return (plain){ .number = i };
	fail_msg("no state");
	return (plain){ .null = true };
}

/* Days since 1970 of the first day of the month, by counting months up. */
static long long month_of(long long day)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	if (day < 0)
		return -31;
	long long start = 0;
	for (int month = 0; start + lengths[month % 12] <= day; month++)
		start += lengths[month % 12];
	return start;
}

typedef struct expecting {
	const trial *trial;
	const deal_row *rows;
	size_t row_count;
	bool by_month;
	uint64_t counted;
} expecting;

static bool is_in(const expecting *self, const deal_row *deal, plain first, plain second)
{
	if (!self->by_month)
		return equal(deal->state, first) && equal(deal->owner, second);
	plain month = deal->at;
	if (!month.null) {
		const long long ms = deal->at.number + self->trial->zone_min * 60000LL;
		month.number = month_of(ms < 0 ? -1 : ms / DAYS_MS);
	}
	return equal(month, first) && equal(deal->state, second);
}

static cx_status compare_group(void *context, const engine_group *group)
{
	expecting *self = context;
	cx_reader reader = cx_reader_of(group->columns);
	assert_int_equal(cx_read_array(&reader), 2);
	const plain first = take_plain(&reader, !self->by_month);
	const plain second = take_plain(&reader, self->by_month);
	uint64_t count = 0;
	long long sums[2] = { 0, 0 };
	for (size_t i = 0; i < self->row_count; i++) {
		const deal_row *deal = &self->rows[i];
		if (!is_in(self, deal, first, second))
			continue;
		count++;
		if (!self->by_month && !deal->amount.null)
			sums[0] += deal->amount.number;
		if (!self->by_month && !deal->amount.null && !deal->bp.null)
			sums[1] += deal->amount.number * deal->bp.number;
		if (self->by_month && !deal->at.null && !deal->until.null)
			sums[0] += deal->until.number - deal->at.number;
	}
	assert_true(group->count == count && count > 0);
	assert_int_equal(engine_sum_compare(group->sums[0], engine_sum_of(sums[0])), 0);
	assert_int_equal(engine_sum_compare(group->sums[1], engine_sum_of(sums[1])), 0);
	self->counted += group->count;
	return CX_OK;
}

static void compare_groups(trial *self, engine_read *read, const deal_row *rows, size_t count)
{
	for (int by_month = 0; by_month < 2; by_month++) {
		expecting expected = { .trial = self,
			               .rows = rows,
			               .row_count = count,
			               .by_month = by_month == 1 };
		const engine_group_query query = {
			.aggregate =
				engine_schema_aggregate(engine_schema_of(self->fixture.engine),
			                                cx_slice_of(by_month == 1 ? "m" : "a")),
		};
		engine_group_page page;
		assert_int_equal(engine_aggregate_groups(read, &query, compare_group, &expected,
		                                         &page, NULL),
		                 CX_OK);
		assert_true(expected.counted == count);
	}
}

static void compare_firms(trial *self, const deal_row *rows, size_t count)
{
	for (int64_t firm = 1; firm <= FIRMS; firm++) {
		if (fixture_exists(&self->fixture, "firm", firm) != CX_OK)
			continue;
		int64_t n = 0, worth = 0, first = INT64_MIN, last = INT64_MIN;
		for (size_t i = 0; i < count; i++) {
			const deal_row *deal = &rows[i];
			if (deal->firm.null || deal->firm.number != firm)
				continue;
			n++;
			if (!deal->amount.null && !deal->bp.null)
				worth += deal->amount.number - deal->bp.number;
			if (deal->at.null)
				continue;
			first = first == INT64_MIN || deal->at.number < first ? deal->at.number
			                                                      : first;
			last = deal->at.number > last ? deal->at.number : last;
		}
		assert_int_equal(fixture_int(&self->fixture, "firm", firm, "n"), n);
		assert_int_equal(fixture_int(&self->fixture, "firm", firm, "worth"), worth);
		assert_int_equal(fixture_int(&self->fixture, "firm", firm, "first"), first);
		assert_int_equal(fixture_int(&self->fixture, "firm", firm, "last"), last);
	}
}

static cx_status count_row(void *context, const engine_row *row)
{
	(void)row;
	++*(uint64_t *)context;
	return CX_OK;
}

/* Some of these are covered by aggregates, for some where-clauses; some never. */
static void compare_counts(trial *self, engine_read *read)
{
	static const char *const filters[] = {
		"nil",
		"['=', 'state', 'open']",
		"['in', 'state', ['open', 'won']]",
		"['and', ['in', 'state', ['won', 'open']], ['in', 'owner', [2, 1, 7]]]",
		"['and', ['=', 'state', 'open'], ['null', 'owner']]",
		"['and', ['>', 'amount', 3], ['=', 'owner', 2]]",
		"['and', ['notnull', 'owner'], ['!=', 'state', 'lost'], ['=', 'state', 'won']]",
		"['and', ['notnull', 'owner'], ['!=', 'state', 'lost']]",
		"['and', ['=', 'owner', 1], ['!=', 'state', 'lost']]",
		"['or', ['=', 'owner', 1], ['=', 'state', 'won']]",
		"['>', 'amount', 2]",
		"['null', 'state']",
		"['=', 'owner', 1]",
		"['and', ['=', 'state', 'open'], ['>', 'owner', 1]]",
		"['not', ['=', 'owner', 1]]",
		"['or', ['null', 'owner'], ['and', ['=', 'state', 'open'], ['<', 'owner', 2]]]",
		"['null', 'at']",
		"['notnull', 'at']",
		"['>=', 'at', 2678400000]", /* the 1st of February in UTC */
		"['<', 'at', 2649600000]",  /* and 8 hours east of it */
		"['<=', 'at', 2649599999]",
		"['between', 'at', -28800000, 5068799999]", /* two months there */
		"['and', ['>', 'at', 2678399999], ['<', 'at', 5097600000]]",
		"['>', 'at', 2678400000]",
	};
	for (size_t i = 0; i < CX_COUNT_OF(filters); i++) {
		engine_query query = { .type = self->deal,
			               .filter = wire(filters[i]),
			               .limit = ENGINE_PAGE_RECORDS_MAX,
			               .allow_scan = true };
		uint64_t counted = 77, walked = 0;
		engine_page page;
		assert_int_equal(engine_query_count(read, &query, &counted, NULL), CX_OK);
		assert_int_equal(
			engine_query_run(read, &query, count_row, &walked, &page, NULL), CX_OK);
		assert_int_equal(page.reason, ENGINE_REASON_DONE);
		if (counted != walked)
			fail_msg("%s where %s: %llu by groups, %llu records", filters[i],
			         wheres[self->where], (unsigned long long)counted,
			         (unsigned long long)walked);
	}
}

static void everything_kept_is_what_the_records_make_it(void **state)
{
	(void)state;
	static const int zones[] = { 480, -330, 0, 1440, -1440 };
	static deal_row rows[OPERATIONS + 10];
	static trial self;
	self.dice = dice_init();
	for (unsigned i = 0; i < STORES; i++) {
		self.where = i % CX_COUNT_OF(wheres);
		self.zone_min = zones[pick(&self, CX_COUNT_OF(zones))];
		open_trial(&self);
		run_batches(&self);
		fixture_assert_sound(&self.fixture);
		{
			CX_SCOPED(engine_read_end) engine_read *read = NULL;
			assert_int_equal(engine_read_begin(self.fixture.engine, &read), CX_OK);
			const size_t count = read_deals(&self, read, rows, CX_COUNT_OF(rows));
			compare_groups(&self, read, rows, count);
			compare_firms(&self, rows, count);
			compare_counts(&self, read);
		}
		fixture_close(&self.fixture);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_kept_is_what_the_records_make_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
