/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/trade/deeds.h"

#include "tests/support/unit.h"
#include "tests/trade/groups.h"
#include "tests/trade/reading.h"

#include <stdlib.h>

/* ---- collecting ---- */

static trade_deed *next(trade_deeds *self, trade_deed_kind kind)
{
	if (self->count == self->capacity) {
		self->capacity = self->capacity == 0 ? 4096 : 2 * self->capacity;
		self->items = realloc(self->items, self->capacity * sizeof *self->items);
		assert_non_null(self->items);
	}
	trade_deed *ret = &self->items[self->count++];
	*ret = (trade_deed){ .kind = kind, .label = -1 };
	return ret;
}

static int label_of(const trade_record *record, const char *field)
{
	const cx_value *value = trade_value(record, field);
	if (value->kind == CX_KIND_NIL)
		return -1;
	return engine_field_label(engine_type_field(record->type, cx_slice_of(field)),
	                          value->as.bytes);
}

static void take_order(void *context, const trade_record *record)
{
	if (record->deleted || (!trade_is(record, "status", "confirmed") &&
	                        !trade_is(record, "status", "fulfilled")))
		return;
	trade_deed *deed = next(context, TRADE_ORDER);
	deed->at_ms = trade_int(record, "confirmed_at", 0);
	deed->user = trade_int(record, "credited_user", 0);
	deed->team = trade_int(record, "credited_team", 0);
	deed->amount = trade_int(record, "total_base", 0);
	deed->units_milli = trade_int(record, "units_milli", 0);
}

static void take_payment(void *context, const trade_record *record)
{
	if (record->deleted)
		return;
	trade_deed *deed = next(context, TRADE_PAYMENT);
	deed->at_ms = trade_int(record, "paid_at", 0);
	deed->user = trade_int(record, "credited_user", 0);
	deed->team = trade_int(record, "credited_team", 0);
	deed->amount = trade_int(record, "amount", 0);
	if (trade_is(record, "kind", "refund"))
		deed->amount = -deed->amount;
}

static void take_opportunity(void *context, const trade_record *record)
{
	if (record->deleted || trade_is(record, "state", "open"))
		return;
	const bool won = trade_is(record, "state", "won");
	trade_deed *deed = next(context, won ? TRADE_WIN : TRADE_LOSS);
	deed->at_ms = trade_int(record, "closed_at", 0);
	deed->second_ms = trade_int(record, "created_at", 0);
	deed->user = trade_int(record, "credited_user", 0);
	deed->team = trade_int(record, "credited_team", 0);
	deed->amount = trade_int(record, "amount_base", 0);
	deed->label = label_of(record, "lost_reason");
}

static void take_activity(void *context, const trade_record *record)
{
	if (record->deleted || !trade_is(record, "status", "done"))
		return;
	trade_deed *deed = next(context, TRADE_ACTIVITY);
	deed->at_ms = trade_int(record, "at", 0);
	deed->user = trade_int(record, "owner", 0);
	deed->amount = trade_int(record, "duration_s", 0);
	deed->label = label_of(record, "kind");
}

static void take_customer(void *context, const trade_record *record)
{
	if (record->deleted)
		return;
	trade_deed *deed = next(context, TRADE_CUSTOMER);
	deed->at_ms = trade_int(record, "created_at", 0);
	deed->second_ms = trade_int(record, "converted_at", INT64_MIN);
	deed->user = trade_int(record, "owner", 0);
}

static int64_t number_of(const trade_world *world, const char *type, int64_t id,
                         const char *field)
{
	const engine_type *found = fixture_type(&world->store, type);
	const engine_field *wanted = engine_type_field(found, cx_slice_of(field));
	engine_row row;
	assert_int_equal(engine_get(world->read, found, id, &row, NULL), CX_OK);
	cx_reader reader = cx_reader_of(row.array);
	(void)cx_read_array(&reader);
	for (uint16_t slot = 0; slot < wanted->slot; slot++)
		cx_read_skip(&reader);
	return cx_read_if_nil(&reader) ? 0 : cx_read_int(&reader);
}

static int compare(const void *left, const void *right)
{
	const trade_deed *a = left, *b = right;
	return (a->user > b->user) - (a->user < b->user);
}

static void sort(trade_deeds *self)
{
	qsort(self->items, self->count, sizeof *self->items, compare);
	self->from = calloc((size_t)self->users + 2, sizeof *self->from);
	assert_non_null(self->from);
	for (size_t i = 0; i < self->count; i++)
		self->from[self->items[i].user + 1]++;
	for (int64_t user = 0; user <= self->users; user++)
		self->from[user + 1] += self->from[user];
}

void trade_deeds_collect(const trade_world *world, trade_deeds *ret)
{
	*ret = (trade_deeds){ .users = world->sizes.users };
	ret->team_of = calloc((size_t)ret->users + 1, sizeof *ret->team_of);
	assert_non_null(ret->team_of);
	for (int64_t user = 1; user <= ret->users; user++)
		ret->team_of[user] = number_of(world, "user", user, "team");
	for (int64_t team = 1; team <= TRADE_TEAMS; team++)
		ret->parent_of[team] = number_of(world, "team", team, "parent");
	trade_pass(world, "sales_order", take_order, ret);
	trade_pass(world, "payment", take_payment, ret);
	trade_pass(world, "opportunity", take_opportunity, ret);
	trade_pass(world, "activity", take_activity, ret);
	trade_pass(world, "customer", take_customer, ret);
	sort(ret);
}

void trade_deeds_release(trade_deeds *self)
{
	free(self->items);
	free(self->team_of);
	free(self->from);
	*self = (trade_deeds){ 0 };
}

/* ---- adding up ---- */

static bool is_below(const trade_deeds *self, int64_t team, int64_t top)
{
	for (; team != 0; team = self->parent_of[team])
		if (team == top)
			return true;
	return false;
}

bool trade_deeds_belong(const trade_deeds *self, const trade_deed *deed,
                        const trade_whose *whose)
{
	if (whose->person_given && deed->user != whose->person)
		return false;
	if (whose->team == 0)
		return true;
	const bool owned = deed->kind == TRADE_ACTIVITY || deed->kind == TRADE_CUSTOMER;
	return is_below(self, owned ? self->team_of[deed->user] : deed->team, whose->team);
}

int64_t trade_month_add(int64_t month, int count)
{
	enum { MONTH_DAYS_MAX = 31 };
	for (; count > 0; count--)
		month = trade_month_of(month + MONTH_DAYS_MAX);
	for (; count < 0; count++)
		month = trade_month_of(month - 1);
	return month;
}

typedef struct period {
	int64_t begin_ms, end_ms;
} period;

static bool holds(const period *when, int64_t ms)
{
	return ms >= when->begin_ms && ms < when->end_ms;
}

static void add_customer(trade_sums *sums, const trade_deed *deed, const period *when)
{
	const int64_t converted = deed->second_ms;
	sums->converted += holds(when, converted);
	sums->customers += deed->at_ms < when->end_ms &&
	                   (converted == INT64_MIN || converted >= when->begin_ms);
}

static void add(trade_sums *sums, const trade_deed *deed)
{
	switch (deed->kind) {
	case TRADE_ORDER:
		sums->orders++;
		sums->revenue += deed->amount;
		sums->units_milli += deed->units_milli;
		return;
	case TRADE_PAYMENT:
		sums->paid += deed->amount;
		return;
	case TRADE_WIN:
		sums->won++;
		sums->won_base += deed->amount;
		sums->cycle_ms += deed->at_ms - deed->second_ms;
		return;
	case TRADE_LOSS:
		sums->lost++;
		sums->lost_base += deed->amount;
		return;
	case TRADE_ACTIVITY:
		sums->activities++;
		return;
	case TRADE_CUSTOMER:
		return;
	}
}

trade_sums trade_deeds_sum(const trade_deeds *self, const trade_whose *whose, int64_t first,
                           int64_t last)
{
	const period when = { trade_day_begin_ms(first),
		              trade_day_begin_ms(trade_month_add(last, 1)) };
	trade_sums ret = { 0 };
	const size_t end = whose->person_given ? self->from[whose->person + 1] : self->count;
	for (size_t i = whose->person_given ? self->from[whose->person] : 0; i < end; i++) {
		const trade_deed *deed = &self->items[i];
		if (!trade_deeds_belong(self, deed, whose))
			continue;
		if (deed->kind == TRADE_CUSTOMER)
			add_customer(&ret, deed, &when);
		else if (holds(&when, deed->at_ms))
			add(&ret, deed);
	}
	return ret;
}
