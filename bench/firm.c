/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/firm.h"

#include "base/msgpack.h"
#include "engine/record.h"

#include <stdio.h>
#include <string.h>

enum { GROUP = 1000, FIELDS_BYTES_MAX = 4096, STAGES = 6, WON = 5, LOST = 6, PRODUCTS = 20 };
enum { OPPORTUNITIES_EACH = 2, ACTIVITIES_EACH = 10 };
static const int64_t day_ms = 86400000;

typedef struct firm {
	engine *store;
	engine_write *write;
	bench_random random;
	int64_t now_ms;
	cx_buf fields;
	uint64_t operations;
	cx_status status; /* once it has failed nothing more is done */
	cx_error *error;
} firm;

static int64_t roll(firm *self, int64_t n)
{
	return bench_random_id(&self->random, n);
}

/* ---- fields ---- */

static void begin_fields(firm *self, size_t pairs)
{
	cx_buf_clear(&self->fields);
	cx_write_map(&self->fields, pairs);
}

static void text(firm *self, const char *name, const char *value)
{
	cx_write_text(&self->fields, name);
	cx_write_text(&self->fields, value);
}

static void numbered(firm *self, const char *name, const char *head, int64_t number)
{
	char value[96];
	snprintf(value, sizeof value, "%s%06lld", head, (long long)number);
	text(self, name, value);
}

static void integer(firm *self, const char *name, int64_t value)
{
	cx_write_text(&self->fields, name);
	cx_write_int(&self->fields, value);
}

/* ---- writes ---- */

static cx_status next_group(firm *self)
{
	if (self->write != NULL && ++self->operations % GROUP != 0)
		return CX_OK;
	cx_status status = CX_OK;
	if (self->write != NULL)
		status = engine_write_commit(&self->write);
	return status == CX_OK ? engine_write_begin(self->store, &self->write) : status;
}

/* Creates a record, or changes the one with that id; its id. */
static int64_t put(firm *self, const char *type_name, int64_t id)
{
	engine_outcome outcome = { 0 };
	if (self->status == CX_OK)
		self->status = next_group(self);
	if (self->status != CX_OK)
		return 0;
	const engine_change change = { .author = { .now_ms = self->now_ms, .user = 1 } };
	const engine_type *type =
		engine_schema_type(engine_schema_of(self->store), cx_slice_of(type_name));
	const cx_slice fields = cx_buf_slice(&self->fields);
	self->status = id == 0 ? engine_create(self->write, type, fields, &change, &outcome,
	                                       self->error)
	                       : engine_update(self->write, type, id, fields, &change, &outcome,
	                                       self->error);
	return outcome.id;
}

/* ---- what there is a few of ---- */

static void make_people(firm *self)
{
	begin_fields(self, 0);
	put(self, "org", 0);
	for (int64_t i = 1; i <= FIRM_TEAMS; i++) {
		begin_fields(self, 1);
		numbered(self, "name", "华东团队", i);
		put(self, "team", 0);
	}
	for (int64_t i = 1; i <= FIRM_USERS; i++) {
		begin_fields(self, 3);
		numbered(self, "login", "user", i);
		numbered(self, "name", "张三", i);
		integer(self, "team", 1 + i % FIRM_TEAMS);
		put(self, "user", 0);
	}
}

static void make_stages(firm *self)
{
	static const int64_t probabilities[] = { 1000, 2000, 5000, 8000, 10000, 0 };
	for (int64_t i = 1; i <= STAGES; i++) {
		begin_fields(self, 6);
		numbered(self, "code", "stage", i);
		text(self, "label_zh", "阶段");
		text(self, "label_en", "Stage");
		integer(self, "seq", i);
		text(self, "kind", i == WON ? "won" : i == LOST ? "lost" : "open");
		integer(self, "probability_bp", probabilities[i - 1]);
		put(self, "stage", 0);
	}
}

static void make_products(firm *self)
{
	for (int64_t i = 1; i <= PRODUCTS; i++) {
		begin_fields(self, 3);
		numbered(self, "sku", "SKU-", i);
		numbered(self, "name", "医疗设备 Device ", i);
		integer(self, "list_price", 10000 * i);
		put(self, "product", 0);
	}
}

/* ---- what there is many of ---- */

/* From then on, but not beyond the present. */
static void pass_days(firm *self, int64_t days)
{
	const int64_t then = self->now_ms + days * day_ms;
	self->now_ms = then < FIRM_NOW_MS ? then : FIRM_NOW_MS - 1;
}

static void make_opportunity(firm *self, int64_t customer)
{
	begin_fields(self, 6);
	text(self, "title", "年度设备采购 Purchase");
	integer(self, "customer", customer);
	integer(self, "stage", 1);
	integer(self, "amount", 100 * roll(self, 1000000));
	integer(self, "close_on", self->now_ms / day_ms + roll(self, 180));
	integer(self, "owner", roll(self, FIRM_USERS));
	const int64_t id = put(self, "opportunity", 0);
	const int64_t last = roll(self, STAGES);
	for (int64_t stage = 2; stage <= last && stage < LOST; stage++) {
		pass_days(self, roll(self, 20));
		if (self->now_ms == FIRM_NOW_MS - 1)
			return;
		const bool lost = last == LOST && stage == WON;
		begin_fields(self, lost ? 2 : 1);
		integer(self, "stage", lost ? LOST : stage);
		if (lost)
			text(self, "lost_reason", "price");
		put(self, "opportunity", id);
	}
}

static void make_order(firm *self, int64_t customer)
{
	begin_fields(self, 3);
	integer(self, "customer", customer);
	integer(self, "ordered_on", self->now_ms / day_ms);
	integer(self, "owner", roll(self, FIRM_USERS));
	const int64_t order = put(self, "sales_order", 0);
	begin_fields(self, 4);
	integer(self, "order", order);
	integer(self, "line_no", 1);
	integer(self, "product", roll(self, PRODUCTS));
	integer(self, "qty_milli", 1000 * roll(self, 9));
	put(self, "order_line", 0);
	begin_fields(self, 1);
	text(self, "status", "confirmed");
	put(self, "sales_order", order);
}

static void make_activity(firm *self, int64_t customer)
{
	begin_fields(self, 5);
	text(self, "kind", "call");
	text(self, "subject", "交货期与报价 delivery and offer");
	integer(self, "at", self->now_ms);
	integer(self, "customer", customer);
	integer(self, "owner", roll(self, FIRM_USERS));
	put(self, "activity", 0);
}

/* Customers come one after the other over the years; what becomes of one lies behind it. */
static void make_customer(firm *self, int64_t number, int64_t customers)
{
	const int64_t begin_ms = FIRM_NOW_MS - FIRM_DAYS * day_ms;
	self->now_ms = begin_ms + (FIRM_NOW_MS - begin_ms) / customers * (number - 1);
	const int64_t made_ms = self->now_ms;
	begin_fields(self, 3);
	numbered(self, "name", "华东医疗设备有限公司", number);
	numbered(self, "phone", "+86 138-0", 1000000 + number);
	integer(self, "owner", roll(self, FIRM_USERS));
	const int64_t id = put(self, "customer", 0);
	for (int i = 0; i < OPPORTUNITIES_EACH; i++, self->now_ms = made_ms) {
		pass_days(self, roll(self, 300));
		make_opportunity(self, id);
	}
	for (int i = 0; i < ACTIVITIES_EACH; i++, self->now_ms = made_ms) {
		pass_days(self, roll(self, 300));
		make_activity(self, id);
	}
	if (number % 2 == 0) {
		pass_days(self, roll(self, 300));
		make_order(self, id);
	}
}

cx_status bench_firm_make(engine *store, int64_t customers, cx_error *error)
{
	firm self = { .store = store,
		      .now_ms = FIRM_NOW_MS - FIRM_DAYS * day_ms,
		      .fields = CX_BUF_INIT(FIELDS_BYTES_MAX),
		      .error = error };
	make_people(&self);
	make_stages(&self);
	make_products(&self);
	for (int64_t i = 1; i <= customers && self.status == CX_OK; i++)
		make_customer(&self, i, customers);
	if (self.status == CX_OK)
		self.status = engine_write_commit(&self.write);
	engine_write_abort(&self.write);
	cx_buf_release(&self.fields);
	return self.status;
}
