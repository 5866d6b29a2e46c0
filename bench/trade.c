/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/trade.h"

#include "base/msgpack.h"

#include <stdio.h>

enum { USERS = 50, STAGES = 4, DAYS = 900, TODAY = 20500, FIELDS_BYTES_MAX = 4096 };
static const int64_t day_ms = 86400000;

static const char *const kinds[] = {
#define KIND_NAME(name, text) [BENCH_TRADE_##name] = text,
	BENCH_TRADE_KINDS(KIND_NAME)
#undef KIND_NAME
};

static void text(bench_trade *self, const char *name, const char *value)
{
	cx_write_text(&self->fields, name);
	cx_write_text(&self->fields, value);
}

static void numbered(bench_trade *self, const char *name, const char *head, int64_t number)
{
	char value[96];
	snprintf(value, sizeof value, "%s%06lld", head, (long long)number);
	text(self, name, value);
}

static void integer(bench_trade *self, const char *name, int64_t value)
{
	cx_write_text(&self->fields, name);
	cx_write_int(&self->fields, value);
}

static int64_t roll(bench_trade *self, int64_t n)
{
	return bench_random_id(&self->random, n);
}

static int64_t past_ms(bench_trade *self)
{
	return TODAY * day_ms - roll(self, DAYS * day_ms);
}

static void begin_fields(bench_trade *self, size_t pairs)
{
	cx_buf_clear(&self->fields);
	cx_write_map(&self->fields, pairs);
}

static cx_status create(bench_trade *self, engine_write *write, const engine_type *type,
                        cx_error *error)
{
	engine_outcome outcome;
	return engine_create(write, type, cx_buf_slice(&self->fields), &self->change, &outcome,
	                     error);
}

/* ---- what there is one of, or a few ---- */

static cx_status make_people(bench_trade *self, engine *store, engine_write *write,
                             cx_error *error)
{
	const engine_schema *schema = engine_schema_of(store);
	begin_fields(self, 1);
	text(self, "name", "East");
	cx_status status =
		create(self, write, engine_schema_type(schema, cx_slice_of("team")), error);
	const engine_type *user = engine_schema_type(schema, cx_slice_of("user"));
	for (int64_t i = 1; i <= USERS && status == CX_OK; i++) {
		begin_fields(self, 3);
		numbered(self, "login", "user", i);
		numbered(self, "name", "张三", i);
		integer(self, "team", 1);
		status = create(self, write, user, error);
	}
	return status;
}

static cx_status make_stages(bench_trade *self, engine *store, engine_write *write,
                             cx_error *error)
{
	const engine_type *stage =
		engine_schema_type(engine_schema_of(store), cx_slice_of("stage"));
	cx_status status = CX_OK;
	for (int64_t i = 1; i <= STAGES && status == CX_OK; i++) {
		begin_fields(self, 5);
		numbered(self, "code", "stage", i);
		text(self, "label_zh", "阶段");
		text(self, "label_en", "Stage");
		integer(self, "seq", i);
		integer(self, "probability_bp", 2000 * i);
		status = create(self, write, stage, error);
	}
	return status;
}

cx_status bench_trade_begin(bench_trade *self, engine *store, engine_write *write,
                            cx_error *error)
{
	*self = (bench_trade){ .fields = CX_BUF_INIT(FIELDS_BYTES_MAX) };
	self->change = (engine_change){ .author.now_ms = TODAY * day_ms, .internal = true };
	for (size_t i = 0; i < BENCH_TRADE_KIND_COUNT; i++)
		self->types[i] =
			engine_schema_type(engine_schema_of(store), cx_slice_of(kinds[i]));
	cx_status status = make_people(self, store, write, error);
	return status == CX_OK ? make_stages(self, store, write, error) : status;
}

void bench_trade_end(bench_trade *self)
{
	cx_buf_release(&self->fields);
}

/* ---- what there is many of ---- */

static void customer(bench_trade *self, int64_t number)
{
	begin_fields(self, 11);
	numbered(self, "name", "华东医疗设备有限公司", number);
	numbered(self, "name_norm", "华东医疗设备", number);
	text(self, "industry", "C");
	text(self, "lifecycle", "active");
	numbered(self, "phone", "+86 138-00", number);
	numbered(self, "phone_norm", "8613800", number);
	numbered(self, "email_norm", "info@c", number);
	text(self, "region", "上海");
	text(self, "city", "上海");
	text(self, "address", "浦东新区世纪大道 88 号");
	integer(self, "owner", roll(self, USERS));
}

static void opportunity(bench_trade *self, int64_t number)
{
	const int64_t amount = roll(self, 100000000);
	begin_fields(self, 10);
	numbered(self, "number", "OP-", number);
	numbered(self, "title", "年度设备采购 ", number);
	integer(self, "customer", roll(self, self->made[BENCH_TRADE_CUSTOMER]));
	integer(self, "stage", roll(self, STAGES));
	text(self, "state", "open");
	integer(self, "amount", amount);
	integer(self, "amount_base", amount);
	integer(self, "probability_bp", 4000);
	integer(self, "close_on", TODAY + roll(self, 180));
	integer(self, "owner", roll(self, USERS));
}

static void order(bench_trade *self, int64_t number)
{
	begin_fields(self, 9);
	numbered(self, "number", "SO-", number);
	integer(self, "customer", roll(self, self->made[BENCH_TRADE_CUSTOMER]));
	text(self, "status", "confirmed");
	integer(self, "confirmed_at", past_ms(self));
	integer(self, "ordered_on", TODAY - roll(self, DAYS));
	integer(self, "total_base", roll(self, 10000000));
	integer(self, "owner", roll(self, USERS));
	integer(self, "credited_user", roll(self, USERS));
	integer(self, "credited_team", 1);
}

static void activity(bench_trade *self)
{
	begin_fields(self, 8);
	text(self, "kind", "call");
	text(self, "status", "done");
	text(self, "subject", "交货期与报价 delivery dates and the offer");
	text(self, "body", "客户希望季度末之前交货 wants delivery before the quarter ends");
	integer(self, "at", past_ms(self));
	integer(self, "customer", roll(self, self->made[BENCH_TRADE_CUSTOMER]));
	integer(self, "opportunity", roll(self, self->made[BENCH_TRADE_OPPORTUNITY]));
	integer(self, "owner", roll(self, USERS));
}

cx_status bench_trade_insert(bench_trade *self, engine_write *write, bench_trade_kind kind,
                             cx_error *error)
{
	const int64_t number = ++self->made[kind];
	switch (kind) {
	case BENCH_TRADE_CUSTOMER:
		customer(self, number);
		break;
	case BENCH_TRADE_OPPORTUNITY:
		opportunity(self, number);
		break;
	case BENCH_TRADE_ORDER:
		order(self, number);
		break;
	case BENCH_TRADE_ACTIVITY:
		activity(self);
		break;
	case BENCH_TRADE_KIND_COUNT:
		CX_UNREACHABLE();
	}
	return create(self, write, self->types[kind], error);
}
