/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/trade/data.h"

#include "base/msgpack.h"
#include "tests/support/unit.h"

#include <stdio.h>

enum { GROUP_OPERATIONS = 4000 };
static const int64_t day_ms = 86400000;
/* End of the year 9999, the latest time a record can hold: the row is the present one. */
static const int64_t last_ms = 253402300799999;
static const int64_t step_ms = 3 * (int64_t)86400000; /* from one stage to the next */

typedef struct maker {
	store_fixture *store;
	dice *random;
	cx_buf body, fields;
	size_t pairs, operations;
	trade_sizes sizes;
} maker;

static void integer(maker *self, const char *name, int64_t value)
{
	cx_write_text(&self->body, name);
	cx_write_int(&self->body, value);
	self->pairs++;
}

static void text(maker *self, const char *name, const char *value)
{
	cx_write_text(&self->body, name);
	cx_write_text(&self->body, value);
	self->pairs++;
}

static void numbered(maker *self, const char *name, const char *prefix, int64_t number)
{
	char value[96];
	snprintf(value, sizeof value, "%s%06lld", prefix, (long long)number);
	text(self, name, value);
}

static int64_t roll(maker *self, int64_t below)
{
	return (int64_t)dice_below(self->random, (uint64_t)below);
}

#define pick(self, ...)                               \
	(((const char *const[]){ __VA_ARGS__ })[roll( \
		self, sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))])

/* 1..n; the n-th part of the ids gets about 1/n of the rest each: few have much. */
static int64_t skewed(maker *self, int64_t n)
{
	return 1 + roll(self, 1 + roll(self, n));
}

static int64_t past_ms(maker *self)
{
	return (TRADE_TODAY - TRADE_DAYS) * day_ms + roll(self, TRADE_DAYS * day_ms);
}

static int64_t past_day(maker *self)
{
	return TRADE_TODAY - roll(self, TRADE_DAYS);
}

static int64_t team_of(int64_t user)
{
	return 1 + user % TRADE_TEAMS;
}

static int64_t probability_of(int64_t stage)
{
	return stage == TRADE_LOST ? 0 : (stage - 1) * 2500;
}

static const char *state_of(int64_t stage)
{
	return stage == TRADE_WON ? "won" : stage == TRADE_LOST ? "lost" : "open";
}

static void credit(maker *self, int64_t user)
{
	integer(self, "credited_user", user);
	integer(self, "credited_team", team_of(user));
}

static engine_change change_of(maker *self)
{
	return (engine_change){ .author = { .now_ms = self->store->now_ms, .user = 1 },
		                .internal = true };
}

static void next_group(maker *self)
{
	if (++self->operations % GROUP_OPERATIONS != 0)
		return;
	/* The next group is made while this one goes to disk. */
	engine_commit submitted;
	assert_int_equal(engine_write_submit(&self->store->write, &submitted), CX_OK);
	fixture_begin(self->store);
}

static void made(const maker *self, const char *type, cx_status status)
{
	if (status != CX_OK)
		fail_msg("%s: %s: %s", type, cx_status_name(status), self->store->error.text);
}

static void create(maker *self, const char *type)
{
	cx_buf_clear(&self->fields);
	cx_write_map(&self->fields, self->pairs);
	cx_write_raw(&self->fields, (cx_slice){ self->body.data, self->body.size });
	const engine_change change = change_of(self);
	engine_outcome outcome;
	const cx_slice fields = { self->fields.data, self->fields.size };
	made(self, type,
	     engine_create(self->store->write, fixture_type(self->store, type), fields, &change,
	                   &outcome, &self->store->error));
	cx_buf_clear(&self->body);
	self->pairs = 0;
	next_group(self);
}

/* Deletes a record that nothing of restricting kind refers to. */
static void delete (maker *self, const char *type, int64_t id)
{
	const engine_change change = change_of(self);
	engine_outcome outcome;
	made(self, type,
	     engine_delete(self->store->write, fixture_type(self->store, type), id, &change,
	                   &outcome, &self->store->error));
	next_group(self);
}

static void make_organisation(maker *self)
{
	self->store->now_ms = (TRADE_TODAY - TRADE_DAYS) * day_ms;
	integer(self, "utc_offset_min", 480);
	create(self, "org");
	for (int64_t i = 1; i <= TRADE_TEAMS; i++) {
		numbered(self, "name", "华东团队", i);
		create(self, "team");
	}
	for (int64_t i = 1; i <= self->sizes.users; i++) {
		numbered(self, "login", "user", i);
		numbered(self, "name", "张三", i);
		integer(self, "team", team_of(i));
		create(self, "user");
	}
}

static void make_stages(maker *self)
{
	for (int64_t i = 1; i <= TRADE_STAGES; i++) {
		numbered(self, "code", "stage", i);
		text(self, "label_zh", "阶段");
		text(self, "label_en", "Stage");
		integer(self, "seq", i);
		text(self, "kind", state_of(i));
		integer(self, "probability_bp", probability_of(i));
		create(self, "stage");
	}
}

static void make_offers(maker *self)
{
	for (int64_t i = 1; i <= self->sizes.products; i++) {
		numbered(self, "sku", "SKU-", i);
		numbered(self, "name", "医疗设备 Device ", i);
		integer(self, "list_price", 100 * i);
		create(self, "product");
	}
	for (int64_t i = 1; i <= self->sizes.campaigns; i++) {
		numbered(self, "code", "C-", i);
		numbered(self, "name", "春季展会 Fair ", i);
		text(self, "kind", pick(self, "exhibition", "email", "seminar"));
		integer(self, "start_on", past_day(self));
		integer(self, "owner", 1 + roll(self, self->sizes.users));
		create(self, "campaign");
	}
}

static void make_customer(maker *self, int64_t number)
{
	self->store->now_ms = past_ms(self);
	const bool chinese = roll(self, 3) > 0;
	numbered(self, "name", chinese ? "华东医疗有限公司" : "Eastern Medical Ltd ", number);
	/* a few share the name: duplicates */
	numbered(self, "name_norm", chinese ? "华东医疗" : "eastern medical ",
	         number - number % 50 % 2);
	text(self, "kind", pick(self, "large", "medium", "small", "micro"));
	if (roll(self, 5) > 0)
		text(self, "industry", pick(self, "A", "C", "F", "I", "J", "Q"));
	text(self, "lifecycle", pick(self, "prospect", "active", "dormant", "lost"));
	text(self, "tier", pick(self, "high", "potential", "low", "unrated"));
	if (number % 4 > 0)
		numbered(self, "tax_id", "91310000", number);
	numbered(self, "phone", "+86 138-00", number);
	numbered(self, "phone_norm", "8613800", number);
	if (number % 2 > 0)
		numbered(self, "email_norm", "info@c", number);
	text(self, "region", pick(self, "上海", "北京", "广东", "Bavaria"));
	text(self, "city", pick(self, "上海", "广州", "Munich"));
	if (roll(self, 10) > 0)
		integer(self, "owner", skewed(self, self->sizes.users));
	if (roll(self, 4) == 0)
		integer(self, "campaign", 1 + roll(self, self->sizes.campaigns));
	create(self, "customer");
	integer(self, "customer", number);
	numbered(self, "name", chinese ? "李雷" : "Ann Lee ", number);
	cx_write_text(&self->body, "is_primary");
	cx_write_bool(&self->body, true);
	self->pairs++;
	numbered(self, "mobile_norm", "8613900", number);
	numbered(self, "email_norm", "ann@c", number);
	create(self, "contact");
	self->sizes.customers++;
	self->sizes.contacts++;
}

typedef struct deal {
	int64_t begun, stage, amount, owner;
} deal;

static void make_row(maker *self, const deal *what, int64_t stage, const char *cause,
                     int64_t from, int64_t to)
{
	integer(self, "opportunity", self->sizes.opportunities);
	integer(self, "valid_from", from);
	integer(self, "valid_to", to);
	text(self, "cause", cause);
	integer(self, "stage", stage);
	text(self, "state", state_of(stage));
	integer(self, "amount_base", what->amount);
	integer(self, "probability_bp", probability_of(stage));
	integer(self, "close_on", past_day(self) + 100);
	integer(self, "owner", what->owner);
	integer(self, "by", what->owner);
	if (stage > 1) {
		integer(self, "from_stage", stage - 1);
		integer(self, "in_from_ms", step_ms);
	}
	create(self, "stage_history");
	self->sizes.histories++;
}

/* Rows follow one another without a gap, one for each stage it went through. One that is
 * deleted later ends an hour after it began, with the row that a delete writes. */
static void make_history(maker *self, const deal *what)
{
	int64_t from = what->begun;
	if (trade_is_doomed(self->sizes.opportunities)) {
		const int64_t end = from + 3600 * 1000;
		const dice before = *self->random; /* all others are as they would be without */
		make_row(self, what, 1, "create", from, end);
		make_row(self, what, 1, "delete", end, end);
		*self->random = before;
		for (int64_t stage = 1; stage <= what->stage; stage++)
			(void)past_day(self);
		return;
	}
	for (int64_t stage = 1; stage <= what->stage; stage++, from += step_ms)
		make_row(self, what, stage, stage == 1 ? "create" : "stage", from,
		         stage == what->stage ? last_ms : from + step_ms);
}

static void make_opportunity(maker *self)
{
	const int64_t number = ++self->sizes.opportunities;
	const deal made = { .begun = past_ms(self),
		            .stage = 1 + roll(self, TRADE_STAGES),
		            .amount = roll(self, 100000000),
		            .owner = skewed(self, self->sizes.users) };
	self->store->now_ms = made.begun;
	numbered(self, "number", "OP-", number);
	numbered(self, "title", "采购 Purchase ", number);
	integer(self, "customer", skewed(self, self->sizes.customers));
	integer(self, "stage", made.stage);
	text(self, "state", state_of(made.stage));
	integer(self, "amount", made.amount);
	integer(self, "amount_base", made.amount);
	integer(self, "probability_bp", probability_of(made.stage));
	integer(self, "expected_base", made.amount / 10000 * probability_of(made.stage));
	integer(self, "close_on", past_day(self) + 100);
	text(self, "forecast_category", pick(self, "pipeline", "best_case", "commit"));
	integer(self, "owner", made.owner);
	if (roll(self, 4) == 0)
		integer(self, "campaign", 1 + roll(self, self->sizes.campaigns));
	if (made.stage == TRADE_LOST)
		text(self, "lost_reason", pick(self, "price", "competitor", "timing"));
	if (made.stage >= TRADE_WON) {
		integer(self, "closed_at", made.begun + 3 * day_ms * (made.stage - 1));
		credit(self, made.owner);
	}
	create(self, "opportunity");
	make_history(self, &made);
}

static void make_activity(maker *self)
{
	self->store->now_ms = past_ms(self);
	text(self, "kind", pick(self, "call", "email", "meeting", "visit", "task"));
	text(self, "status", pick(self, "planned", "done", "done", "cancelled"));
	if (++self->sizes.activities % 8 == 0)
		numbered(self, "subject", "跟进 follow-up ", self->sizes.activities);
	else
		text(self, "subject", pick(self, "电话", "拜访", "quote"));
	integer(self, "at", self->store->now_ms);
	if (roll(self, 3) > 0)
		integer(self, "due_at", self->store->now_ms + roll(self, 30 * day_ms));
	const int64_t customer = skewed(self, self->sizes.customers);
	integer(self, "customer", customer);
	if (roll(self, 2) > 0)
		integer(self, "contact", customer);
	if (roll(self, 2) > 0)
		integer(self, "opportunity", skewed(self, self->sizes.opportunities));
	integer(self, "owner", skewed(self, self->sizes.users));
	create(self, "activity");
}

/* The first customers have some of what there is less of, however few customers there are. */
static int64_t customer_of(maker *self, int64_t number)
{
	return number <= 20 ? 1 + number % 4 : skewed(self, self->sizes.customers);
}

static void make_contract(maker *self)
{
	self->store->now_ms = past_ms(self);
	numbered(self, "number", "CT-", ++self->sizes.contracts);
	text(self, "title", "供货合同 Supply");
	integer(self, "customer", customer_of(self, self->sizes.contracts));
	text(self, "status", pick(self, "draft", "signed", "signed", "terminated"));
	integer(self, "amount", roll(self, 1000000));
	if (roll(self, 5) > 0)
		integer(self, "end_on", TRADE_TODAY - 300 + roll(self, 600));
	integer(self, "owner", skewed(self, self->sizes.users));
	create(self, "contract");
}

typedef struct sale {
	int64_t order, confirmed_at, owner; /* 0: not confirmed */
} sale;

static void make_lines(maker *self, const sale *what)
{
	for (int64_t line = 1; line <= 2; line++) {
		const int64_t price = 1 + roll(self, 10000), quantity = 1 + roll(self, 9);
		integer(self, "order", what->order);
		integer(self, "line_no", line);
		integer(self, "product", skewed(self, self->sizes.products));
		integer(self, "unit_price", price);
		integer(self, "qty_milli", 1000 * quantity);
		integer(self, "net_base", price * quantity);
		if (what->confirmed_at > 0)
			integer(self, "confirmed_at", what->confirmed_at);
		create(self, "order_line");
		self->sizes.lines++;
	}
}

static void make_payment(maker *self, const sale *what)
{
	const int64_t amount = 1 + roll(self, 10000);
	const bool back = roll(self, 10) == 0;
	integer(self, "order", what->order);
	text(self, "kind", back ? "refund" : "payment");
	integer(self, "amount", amount);
	integer(self, "amount_net", back ? -amount : amount);
	integer(self, "amount_base", back ? -amount : amount);
	integer(self, "paid_at", past_ms(self));
	credit(self, what->owner);
	create(self, "payment");
	self->sizes.payments++;
}

static void make_order(maker *self)
{
	static const char *const states[] = { "draft", "confirmed", "fulfilled", "cancelled" };
	const int64_t number = ++self->sizes.orders, state = roll(self, 4);
	const int64_t now = self->store->now_ms = past_ms(self);
	const sale made = { .order = number,
		            .confirmed_at = state == 1 || state == 2 ? now : 0,
		            .owner = skewed(self, self->sizes.users) };
	numbered(self, "number", "SO-", number);
	integer(self, "customer", customer_of(self, number));
	if (number % 2 > 0)
		integer(self, "opportunity",
		        number == 1 ? 1 : skewed(self, self->sizes.opportunities));
	if (roll(self, 3) == 0)
		integer(self, "contract", skewed(self, self->sizes.contracts));
	text(self, "status", states[state]);
	text(self, "payment_status",
	     pick(self, "unpaid", "partial", "paid", "paid", "refunded"));
	integer(self, "ordered_on", past_day(self));
	if (roll(self, 4) > 0)
		integer(self, "due_on", past_day(self) + 60);
	integer(self, "total_base", roll(self, 10000000));
	integer(self, "owner", made.owner);
	if (made.confirmed_at > 0) {
		integer(self, "confirmed_at", now);
		credit(self, made.owner);
	}
	create(self, "sales_order");
	make_lines(self, &made);
	make_payment(self, &made);
}

static void make_request(maker *self)
{
	static const char *const states[] = { "new", "assigned", "in_progress", "closed" };
	const int64_t now = self->store->now_ms = past_ms(self), state = roll(self, 4);
	numbered(self, "number", "SR-", ++self->sizes.requests);
	text(self, "title", "设备故障 fault");
	text(self, "content", "无法开机 does not start");
	integer(self, "customer", customer_of(self, self->sizes.requests));
	text(self, "priority", pick(self, "low", "normal", "high", "urgent"));
	text(self, "status", states[state]);
	if (roll(self, 4) > 0)
		integer(self, "handler", skewed(self, self->sizes.users));
	integer(self, "due_at", now + roll(self, 3 * day_ms));
	if (state == 3)
		integer(self, "resolved_at", now + roll(self, 4 * day_ms));
	create(self, "service_request");
}

static void make_feedback(maker *self)
{
	self->store->now_ms = past_ms(self);
	self->sizes.feedbacks++;
	integer(self, "customer", customer_of(self, self->sizes.feedbacks));
	integer(self, "product", skewed(self, self->sizes.products));
	text(self, "kind", pick(self, "praise", "complaint", "question"));
	text(self, "status", pick(self, "new", "acknowledged", "closed"));
	if (roll(self, 3) > 0)
		integer(self, "score", roll(self, 11));
	text(self, "content", "服务很好 fine");
	integer(self, "received_at", self->store->now_ms);
	create(self, "feedback");
}

/* A customer has one, every fourth a second one of another campaign. */
static void make_touches(maker *self, int64_t customer)
{
	const int64_t first = roll(self, self->sizes.campaigns);
	for (int64_t i = 0; i <= (customer % 4 == 1); i++) {
		self->store->now_ms = past_ms(self);
		integer(self, "campaign", 1 + (first + i) % self->sizes.campaigns);
		integer(self, "customer", customer);
		text(self, "status",
		     pick(self, "sent", "sent", "sent", "sent", "sent", "sent", "opened",
		          "opened", "responded", "attended"));
		integer(self, "touched_at", self->store->now_ms);
		if (customer % 2 > 0)
			integer(self, "responded_at", self->store->now_ms + day_ms);
		create(self, "campaign_touch");
		self->sizes.touches++;
	}
}

static void make_target(maker *self, int64_t user)
{
	text(self, "scope", "user");
	integer(self, "user", user);
	integer(self, "period", TRADE_TODAY - 46);
	integer(self, "value", 100000 * user);
	create(self, "sales_target");
	self->sizes.targets++;
}

static int64_t one_of(int64_t customers, int64_t each, int64_t least, int64_t most)
{
	const int64_t count = customers / each;
	return count < least ? least : count > most ? most : count;
}

static void delete_some(maker *self)
{
	for (int64_t id = 5; id <= self->sizes.activities; id += 37)
		delete (self, "activity", id);
	for (int64_t id = 5; id <= self->sizes.feedbacks; id += 37)
		delete (self, "feedback", id);
	for (int64_t id = 1; id <= self->sizes.opportunities; id++)
		if (trade_is_doomed(id))
			delete (self, "opportunity", id);
}

static void make_records(maker *self, int64_t customers)
{
	for (int64_t i = 1; i <= customers; i++)
		make_customer(self, i);
	for (int64_t i = 0; i < 2 * customers; i++)
		make_opportunity(self);
	for (int64_t i = 0; i < customers / 4; i++)
		make_contract(self);
	for (int64_t i = 0; i < customers / 2; i++) {
		make_order(self);
		make_request(self);
		make_feedback(self);
	}
	for (int64_t i = 1; i <= customers; i++)
		make_touches(self, i);
	for (int64_t i = 0; i < 10 * customers; i++)
		make_activity(self);
	for (int64_t user = 1; user <= self->sizes.users; user++)
		make_target(self, user);
}

trade_sizes trade_fill(store_fixture *store, dice *random, int64_t customers)
{
	maker self = { .store = store,
		       .random = random,
		       .body = CX_BUF_INIT(1 << 16),
		       .fields = CX_BUF_INIT(1 << 16),
		       .sizes = { .users = one_of(customers, 500, 20, 200),
		                  .products = one_of(customers, 100, 40, 1000),
		                  .campaigns = one_of(customers, 1000, 10, 100) } };
	fixture_begin(store);
	make_organisation(&self);
	make_stages(&self);
	make_offers(&self);
	make_records(&self, customers);
	delete_some(&self);
	fixture_commit(store);
	cx_buf_release(&self.body);
	cx_buf_release(&self.fields);
	return self.sizes;
}
