/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/property/trade_data.h"

#include "base/msgpack.h"
#include "tests/support/unit.h"

#include <stdio.h>

enum { GROUP_OPERATIONS = 4000 };
static const int64_t day_ms = 86400000;
/* End of the year 9999, the latest time a record can hold: the row is the present one. */
static const int64_t last_ms = 253402300799999;

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
	return (TRADE_TODAY - 900) * day_ms + roll(self, 900 * day_ms);
}

static int64_t past_day(maker *self)
{
	return TRADE_TODAY - roll(self, 900);
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
	fixture_commit(self->store);
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

static void make_settings(maker *self)
{
	static const char *const kinds[] = { "open", "open", "open", "open", "won", "lost" };
	self->store->now_ms = (TRADE_TODAY - 900) * day_ms;
	numbered(self, "name", "华东团队", 1);
	create(self, "team");
	for (int64_t i = 1; i <= TRADE_USERS; i++) {
		numbered(self, "login", "user", i);
		numbered(self, "name", "张三", i);
		integer(self, "team", 1);
		create(self, "user");
	}
	for (int64_t i = 0; i < TRADE_STAGES; i++) {
		numbered(self, "code", "stage", i);
		text(self, "label_zh", "阶段");
		text(self, "label_en", "Stage");
		integer(self, "seq", i);
		text(self, "kind", kinds[i]);
		integer(self, "probability_bp", i == 5 ? 0 : i * 2500);
		create(self, "stage");
	}
	for (int64_t i = 1; i <= TRADE_PRODUCTS; i++) {
		numbered(self, "sku", "SKU-", i);
		numbered(self, "name", "医疗设备 Device ", i);
		integer(self, "list_price", 100 * i);
		create(self, "product");
	}
	for (int64_t i = 1; i <= TRADE_CAMPAIGNS; i++) {
		numbered(self, "code", "C-", i);
		numbered(self, "name", "春季展会 Fair ", i);
		text(self, "kind", pick(self, "exhibition", "email", "seminar"));
		integer(self, "start_on", past_day(self));
		integer(self, "owner", 1 + roll(self, TRADE_USERS));
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
	numbered(self, "phone_norm", "8613800", number);
	if (number % 2 > 0)
		numbered(self, "email_norm", "info@c", number);
	text(self, "region", pick(self, "上海", "北京", "广东", "Bavaria"));
	text(self, "city", pick(self, "上海", "广州", "Munich"));
	if (roll(self, 10) > 0)
		integer(self, "owner", skewed(self, TRADE_USERS));
	if (roll(self, 4) == 0)
		integer(self, "campaign", 1 + roll(self, TRADE_CAMPAIGNS));
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

static void make_history(maker *self, int64_t from, int64_t to, int64_t stage, int64_t amount,
                         int64_t owner)
{
	integer(self, "opportunity", self->sizes.opportunities);
	integer(self, "valid_from", from);
	integer(self, "valid_to", to);
	text(self, "cause", stage == 1 ? "create" : "stage");
	integer(self, "stage", stage);
	text(self, "state", stage == 5 ? "won" : stage == 6 ? "lost" : "open");
	integer(self, "amount_base", amount);
	integer(self, "probability_bp", stage == 6 ? 0 : (stage - 1) * 2500);
	integer(self, "close_on", past_day(self) + 100);
	integer(self, "owner", owner);
	integer(self, "by", owner);
	create(self, "stage_history");
	self->sizes.histories++;
}

static void make_opportunity(maker *self)
{
	const int64_t number = ++self->sizes.opportunities;
	const int64_t begun = self->store->now_ms = past_ms(self);
	const int64_t stage = 1 + roll(self, TRADE_STAGES), amount = roll(self, 100000000);
	const int64_t owner = skewed(self, TRADE_USERS);
	numbered(self, "number", "OP-", number);
	numbered(self, "title", "采购 Purchase ", number);
	integer(self, "customer", skewed(self, self->sizes.customers));
	integer(self, "stage", stage);
	text(self, "state", stage == 5 ? "won" : stage == 6 ? "lost" : "open");
	integer(self, "amount", amount);
	integer(self, "amount_base", amount);
	integer(self, "expected_base", stage == 6 ? 0 : amount / 4 * (stage - 1));
	integer(self, "close_on", past_day(self) + 100);
	integer(self, "owner", owner);
	if (roll(self, 4) == 0)
		integer(self, "campaign", 1 + roll(self, TRADE_CAMPAIGNS));
	if (stage >= 5) {
		integer(self, "closed_at", begun + 3 * day_ms * stage);
		integer(self, "credited_user", owner);
		integer(self, "credited_team", 1);
	}
	create(self, "opportunity");
	for (int64_t step = 1, from = begun; step <= stage; step++, from += 3 * day_ms)
		make_history(self, from, step == stage ? last_ms : from + 3 * day_ms, step,
		             amount, owner);
}

static void make_activity(maker *self)
{
	self->store->now_ms = past_ms(self);
	text(self, "kind", pick(self, "call", "email", "meeting", "visit", "task"));
	text(self, "status", pick(self, "planned", "done", "done", "cancelled"));
	numbered(self, "subject", "跟进 follow-up ", ++self->sizes.activities);
	integer(self, "at", self->store->now_ms);
	if (roll(self, 3) > 0)
		integer(self, "due_at", self->store->now_ms + roll(self, 30 * day_ms));
	const int64_t customer = skewed(self, self->sizes.customers);
	integer(self, "customer", customer);
	if (roll(self, 2) > 0)
		integer(self, "contact", customer);
	if (roll(self, 2) > 0)
		integer(self, "opportunity", skewed(self, self->sizes.opportunities));
	integer(self, "owner", skewed(self, TRADE_USERS));
	create(self, "activity");
}

static void make_contract(maker *self)
{
	self->store->now_ms = past_ms(self);
	numbered(self, "number", "CT-", ++self->sizes.contracts);
	text(self, "title", "供货合同 Supply");
	integer(self, "customer", skewed(self, self->sizes.customers));
	text(self, "status", pick(self, "draft", "signed", "signed", "terminated"));
	integer(self, "amount", roll(self, 1000000));
	if (roll(self, 5) > 0)
		integer(self, "end_on", TRADE_TODAY - 300 + roll(self, 600));
	integer(self, "owner", skewed(self, TRADE_USERS));
	create(self, "contract");
}

static void make_order(maker *self)
{
	self->store->now_ms = past_ms(self);
	const int64_t number = ++self->sizes.orders;
	numbered(self, "number", "SO-", number);
	integer(self, "customer", skewed(self, self->sizes.customers));
	if (number % 2 > 0)
		integer(self, "opportunity",
		        number == 1 ? 1 : skewed(self, self->sizes.opportunities));
	if (roll(self, 3) == 0)
		integer(self, "contract", skewed(self, self->sizes.contracts));
	text(self, "status", pick(self, "draft", "confirmed", "fulfilled", "cancelled"));
	text(self, "payment_status",
	     pick(self, "unpaid", "partial", "paid", "paid", "refunded"));
	integer(self, "ordered_on", past_day(self));
	if (roll(self, 4) > 0)
		integer(self, "due_on", past_day(self) + 60);
	integer(self, "owner", skewed(self, TRADE_USERS));
	create(self, "sales_order");
	for (int64_t line = 1; line <= 2; line++) {
		integer(self, "order", number);
		integer(self, "line_no", line);
		integer(self, "product", skewed(self, TRADE_PRODUCTS));
		integer(self, "unit_price", 1 + roll(self, 10000));
		create(self, "order_line");
		self->sizes.lines++;
	}
	integer(self, "order", number);
	integer(self, "amount", 1 + roll(self, 10000));
	integer(self, "paid_at", past_ms(self));
	create(self, "payment");
	self->sizes.payments++;
}

static void make_service(maker *self)
{
	self->store->now_ms = past_ms(self);
	numbered(self, "number", "SR-", ++self->sizes.requests);
	text(self, "title", "设备故障 fault");
	text(self, "content", "无法开机 does not start");
	integer(self, "customer", skewed(self, self->sizes.customers));
	text(self, "priority", pick(self, "low", "normal", "high", "urgent"));
	text(self, "status", pick(self, "new", "assigned", "in_progress", "closed"));
	if (roll(self, 4) > 0)
		integer(self, "handler", skewed(self, TRADE_USERS));
	integer(self, "due_at", self->store->now_ms + roll(self, 3 * day_ms));
	create(self, "service_request");
	self->sizes.feedbacks++;
	integer(self, "customer", skewed(self, self->sizes.customers));
	integer(self, "product", skewed(self, TRADE_PRODUCTS));
	text(self, "kind", pick(self, "praise", "complaint", "question"));
	text(self, "status", pick(self, "new", "acknowledged", "closed"));
	if (roll(self, 3) > 0)
		integer(self, "score", roll(self, 11));
	text(self, "content", "服务很好 fine");
	integer(self, "received_at", self->store->now_ms);
	create(self, "feedback");
}

static void make_touch(maker *self, int64_t customer)
{
	self->store->now_ms = past_ms(self);
	integer(self, "campaign", 1 + roll(self, TRADE_CAMPAIGNS));
	integer(self, "customer", customer);
	text(self, "status",
	     pick(self, "sent", "sent", "sent", "sent", "sent", "sent", "opened", "opened",
	          "responded", "attended"));
	integer(self, "touched_at", self->store->now_ms);
	if (customer % 2 > 0)
		integer(self, "responded_at", self->store->now_ms + day_ms);
	create(self, "campaign_touch");
	self->sizes.touches++;
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

trade_sizes trade_fill(store_fixture *store, dice *random, int64_t customers)
{
	maker self = { .store = store,
		       .random = random,
		       .body = CX_BUF_INIT(1 << 16),
		       .fields = CX_BUF_INIT(1 << 16) };
	fixture_begin(store);
	make_settings(&self);
	for (int64_t i = 1; i <= customers; i++)
		make_customer(&self, i);
	for (int64_t i = 0; i < 2 * customers; i++)
		make_opportunity(&self);
	for (int64_t i = 0; i < customers / 2; i++)
		make_contract(&self);
	for (int64_t i = 1; i <= customers; i++) {
		make_order(&self);
		make_service(&self);
		make_touch(&self, i);
	}
	for (int64_t i = 0; i < 10 * customers; i++)
		make_activity(&self);
	for (int64_t user = 1; user <= TRADE_USERS; user++)
		make_target(&self, user);
	for (int64_t id = 5; id <= self.sizes.activities; id += 37)
		delete (&self, "activity", id);
	for (int64_t id = 5; id <= self.sizes.feedbacks; id += 37)
		delete (&self, "feedback", id);
	for (int64_t id = 5; id <= self.sizes.opportunities; id += 97)
		delete (&self, "opportunity", id);
	fixture_commit(store);
	cx_buf_release(&self.body);
	cx_buf_release(&self.fields);
	return self.sizes;
}
