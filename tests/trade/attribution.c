/* SPDX-License-Identifier: Apache-2.0 */
/* What campaigns have won of the opportunities closed in some months: all to the first response
 * of the customer, all to the last, or equal shares; to the opportunity's own campaign, or to
 * nobody, where there was none. */
#include "tests/support/unit.h"
#include "tests/trade/part.h"
#include "tests/trade/reading.h"

#include <stdlib.h>

enum { FROM_DAY = 20000, TO_DAY = 20500, TOUCHES_MAX = 8 };
static const int64_t day_ms = 86400000;

/* By campaign; 0 is nobody. */
typedef struct shares {
	int64_t *first, *last, *linear;
} shares;

typedef struct deal {
	int64_t customer, campaign, created, closed, amount;
} deal;

typedef struct responses {
	int64_t campaigns[TOUCHES_MAX], at[TOUCHES_MAX];
	size_t count;
} responses;

static shares shares_new(const trade_world *world)
{
	const size_t room = (size_t)world->sizes.campaigns + 1;
	const shares made = { calloc(room, sizeof(int64_t)), calloc(room, sizeof(int64_t)),
		              calloc(room, sizeof(int64_t)) };
	assert_true(made.first != NULL && made.last != NULL && made.linear != NULL);
	return made;
}

static void shares_free(const shares *self)
{
	free(self->first);
	free(self->last);
	free(self->linear);
}

static deal deal_of(const trade_record *record)
{
	return (deal){ .customer = trade_int(record, "customer", 0),
		       .campaign = trade_int(record, "campaign", 0),
		       .created = trade_int(record, "created_at", 0),
		       .closed = trade_int(record, "closed_at", 0),
		       .amount = trade_int(record, "amount_base", 0) };
}

/* The responses come by time; the remainder of equal shares is the earliest's. */
static void attribute(const shares *to, const deal *what, const responses *from)
{
	if (from->count == 0) {
		to->first[what->campaign] += what->amount;
		to->last[what->campaign] += what->amount;
		to->linear[what->campaign] += what->amount;
		return;
	}
	const int64_t count = (int64_t)from->count, part = what->amount / count;
	to->first[from->campaigns[0]] += what->amount;
	to->last[from->campaigns[count - 1]] += what->amount;
	to->linear[from->campaigns[0]] += what->amount - part * count;
	for (int64_t i = 0; i < count; i++)
		to->linear[from->campaigns[i]] += part;
}

/* ---- by index ---- */

typedef struct reading {
	const trade_world *world;
	shares shares;
	int64_t amount;
	size_t deals, responded;
	trade_cost touches;
} reading;

static void take_touch(void *context, const trade_record *touch)
{
	responses *self = context;
	assert_true(self->count < TOUCHES_MAX);
	self->at[self->count] = trade_int(touch, "responded_at", 0);
	self->campaigns[self->count++] = trade_int(touch, "campaign", 0);
}

static void take_deal(void *context, const trade_record *record)
{
	reading *self = context;
	const deal what = deal_of(record);
	responses found = { .count = 0 };
	const trade_list touches = {
		.type = "campaign_touch",
		.filter = trade_filter(
			"['and',['=','customer',%lld],['between','responded_at',%lld,%lld]]",
			(long long)what.customer, (long long)(what.created - 180 * day_ms),
			(long long)what.closed),
		.order = "responded_at",
		.limit = 100
	};
	const trade_cost cost = trade_read(self->world, &touches, take_touch, &found);
	attribute(&self->shares, &what, &found);
	self->amount += what.amount;
	self->deals++;
	self->responded += found.count > 0;
	self->touches.rows += cost.rows;
	self->touches.pages += cost.pages;
	self->touches.keys += cost.keys;
	self->touches.fetched += cost.fetched;
}

/* ---- by two passes ---- */

typedef struct pass {
	shares shares;
	responses *customers; /* all responses, by customer and time */
} pass;

static void collect_touch(void *context, const trade_record *touch)
{
	const pass *self = context;
	const int64_t at = trade_int(touch, "responded_at", 0);
	if (touch->deleted || at == 0)
		return;
	responses *to = &self->customers[trade_int(touch, "customer", 0)];
	assert_true(to->count < TOUCHES_MAX);
	size_t place = to->count++;
	for (; place > 0 && to->at[place - 1] > at; place--) {
		to->at[place] = to->at[place - 1];
		to->campaigns[place] = to->campaigns[place - 1];
	}
	to->at[place] = at;
	to->campaigns[place] = trade_int(touch, "campaign", 0);
}

static void collect_deal(void *context, const trade_record *record)
{
	const pass *self = context;
	const deal what = deal_of(record);
	if (record->deleted || !trade_is(record, "state", "won") ||
	    what.closed < FROM_DAY * day_ms || what.closed > TO_DAY * day_ms)
		return;
	const responses *all = &self->customers[what.customer];
	responses found = { .count = 0 };
	for (size_t i = 0; i < all->count; i++)
		if (all->at[i] >= what.created - 180 * day_ms && all->at[i] <= what.closed)
			found.campaigns[found.count++] = all->campaigns[i];
	attribute(&self->shares, &what, &found);
}

static void compare(const trade_world *world, const reading *read, const pass *made)
{
	int64_t first = 0, last = 0, linear = 0;
	size_t wrong = 0;
	for (int64_t i = 0; i <= world->sizes.campaigns; i++) {
		first += read->shares.first[i];
		last += read->shares.last[i];
		linear += read->shares.linear[i];
		wrong += read->shares.first[i] != made->shares.first[i] ||
		         read->shares.last[i] != made->shares.last[i] ||
		         read->shares.linear[i] != made->shares.linear[i];
	}
	if (wrong > 0 || read->responded == 0 || first != read->amount ||
	    last != read->amount || linear != read->amount)
		trade_complain(23, "won by campaigns", "%zu wrong, %zu of %zu after a response",
		               wrong, read->responded, read->deals);
}

void trade_check_attribution(const trade_world *world)
{
	reading read = { .world = world, .shares = shares_new(world) };
	const long long from_ms = FROM_DAY * day_ms, to_ms = TO_DAY * day_ms;
	const trade_list won = {
		.type = "opportunity",
		.filter = trade_filter(
			"['and',['=','state','won'],['between','closed_at',%lld,%lld]]",
			from_ms, to_ms),
		.order = "closed_at desc",
		.limit = 500
	};
	const trade_cost cost = trade_read(world, &won, take_deal, &read);
	trade_check_cost(23, "won in some months", &cost, cost.rows, 1);
	trade_check_cost(23, "responses before", &read.touches, read.touches.rows, 1);

	pass made = { .shares = shares_new(world),
		      .customers = calloc((size_t)world->sizes.customers + 1,
		                          sizeof *made.customers) };
	assert_non_null(made.customers);
	trade_pass(world, "campaign_touch", collect_touch, &made);
	trade_pass(world, "opportunity", collect_deal, &made);
	compare(world, &read, &made);
	free(made.customers);
	shares_free(&made.shares);
	shares_free(&read.shares);
}
