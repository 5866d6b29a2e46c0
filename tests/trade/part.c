/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/trade/part.h"

#include "tests/support/naive.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"
#include "tests/trade/groups.h"
#include "tests/trade/reading.h"

enum { MONTH_DAYS_MAX = 31 };

/* ---- 1 and 16: parents ---- */

typedef struct sums {
	int64_t count, open, amount, paid, units, newest;
} sums;

static void sum_contact(void *context, const trade_record *record)
{
	(void)record;
	((sums *)context)->count++;
}

static void sum_opportunity(void *context, const trade_record *record)
{
	sums *self = context;
	if (!trade_is(record, "state", "open"))
		return;
	self->open++;
	self->amount += trade_int(record, "amount_base", 0);
}

static void sum_activity(void *context, const trade_record *record)
{
	sums *self = context;
	const int64_t at = trade_int(record, "at", 0);
	if (trade_is(record, "status", "done") && at > self->newest)
		self->newest = at;
}

static void sum_order(void *context, const trade_record *record)
{
	sums *self = context;
	self->paid += trade_int(record, "paid_base", 0);
	if (!trade_is(record, "status", "confirmed") &&
	    !trade_is(record, "status", "fulfilled"))
		return;
	self->count++;
	self->amount += trade_int(record, "total_base", 0);
}

static void sum_request(void *context, const trade_record *record)
{
	((sums *)context)->open += !trade_is(record, "status", "closed");
}

static void sum_line(void *context, const trade_record *record)
{
	((sums *)context)->units += trade_int(record, "qty_milli", 0);
}

static void sum_payment(void *context, const trade_record *record)
{
	((sums *)context)->paid += trade_int(record, "amount_net", 0);
}

static trade_record stored(const trade_world *world, const char *type, int64_t id,
                           cx_arena *arena)
{
	trade_record record = { .id = id,
		                .type = fixture_type(&world->store, type),
		                .arena = arena };
	engine_row row;
	assert_int_equal(engine_get(world->read, record.type, id, &row, NULL), CX_OK);
	const cx_scan_limits limits = { .bytes = row.array.size, .items = 10000, .depth = 16 };
	assert_int_equal(cx_value_decode(row.array, limits, arena, &record.row), CX_OK);
	return record;
}

static sums read_children(const trade_world *world, int number, const trade_list *list,
                          trade_visit *visit)
{
	sums found = { .newest = INT64_MIN };
	const trade_cost cost = trade_read(world, list, visit, &found);
	/* Deleted ones lie in a cluster, too; of all activities one in 37 is. */
	trade_check_cost(number, list->type, &cost, cost.rows + cost.rows / 10 + 4, 1);
	return found;
}

static void expect(int number, const char *what, int64_t got, int64_t wanted)
{
	if (got != wanted)
		trade_complain(number, what, "%lld, not %lld", (long long)got,
		               (long long)wanted);
}

static void check_customer(const trade_world *world, int64_t id)
{
	CX_SCOPED(cx_arena_free) cx_arena *arena = NULL;
	assert_int_equal(cx_arena_new(1 << 20, &arena), CX_OK);
	const trade_record customer = stored(world, "customer", id, arena);
	const char *filter = trade_filter("['=','customer',%lld]", (long long)id);
#define CHILDREN(type, order)                   \
	&(const trade_list)                     \
	{                                       \
		type, filter, order, 100, false \
	}
	const sums contacts = read_children(
		world, 1, CHILDREN("contact", "is_primary desc,name"), sum_contact);
	const sums deals =
		read_children(world, 1, CHILDREN("opportunity", ""), sum_opportunity);
	const sums activities =
		read_children(world, 1, CHILDREN("activity", "at desc"), sum_activity);
	const sums orders =
		read_children(world, 1, CHILDREN("sales_order", "ordered_on desc"), sum_order);
	const sums requests = read_children(
		world, 1, CHILDREN("service_request", "created_at desc"), sum_request);
	const sums feedback =
		read_children(world, 1, CHILDREN("feedback", "received_at desc"), sum_contact);
#undef CHILDREN
	expect(1, "contacts", trade_int(&customer, "contact_count", -1), contacts.count);
	expect(1, "open deals", trade_int(&customer, "open_opp_count", -1), deals.open);
	expect(1, "in them", trade_int(&customer, "open_opp_base", -1), deals.amount);
	expect(1, "last activity", trade_int(&customer, "last_activity_at", INT64_MIN),
	       activities.newest);
	expect(1, "orders", trade_int(&customer, "order_count", -1), orders.count);
	expect(1, "ordered", trade_int(&customer, "order_base", -1), orders.amount);
	expect(1, "paid", trade_int(&customer, "paid_base", -1), orders.paid);
	expect(1, "requests", trade_int(&customer, "open_request_count", -1), requests.open);
	expect(1, "feedback", trade_int(&customer, "feedback_count", -1), feedback.count);
}

typedef struct order_check {
	const trade_world *world;
	size_t orders;
} order_check;

static void check_order(void *context, const trade_record *order)
{
	order_check *self = context;
	const char *filter = trade_filter("['=','order',%lld]", (long long)order->id);
	const trade_list lines = { "order_line", filter, "line_no", 100, false };
	const trade_list payments = { "payment", filter, "paid_at", 100, false };
	const sums units = read_children(self->world, 16, &lines, sum_line);
	const sums paid = read_children(self->world, 16, &payments, sum_payment);
	expect(16, "units of an order", trade_int(order, "units_milli", -1), units.units);
	expect(16, "paid for an order", trade_int(order, "paid", 0), paid.paid);
	self->orders++;
}

void trade_check_parents(const trade_world *world)
{
	for (int64_t id = 1; id <= 40; id += 3)
		check_customer(world, id);
	order_check orders = { .world = world };
	const trade_list list = { "sales_order", "['=','customer',2]", "ordered_on desc", 20,
		                  true };
	trade_read(world, &list, check_order, &orders);
	assert_true(orders.orders > 0);
}

/* ---- 13: how many ---- */

typedef struct counting {
	const char *filter;
	const char *aggregate;
	const cx_value *decoded;
	uint64_t count;
} counting;

enum { COUNTINGS = 4 };

static void count_record(void *context, const trade_record *record)
{
	counting *all = context;
	for (size_t i = 0; i < COUNTINGS && !record->deleted; i++)
		all[i].count +=
			naive_holds(record->type, record->row, all[i].decoded, record->arena);
}

static bool is_counted_by(const trade_world *world, const engine_query *query,
                          const char *aggregate, cx_arena *arena)
{
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1 << 16);
	cx_error error = { 0 };
	const cx_value *plan;
	assert_int_equal(engine_count_explain(world->read, query, &out, &error), CX_OK);
	const cx_scan_limits limits = { .bytes = out.size, .items = 10000, .depth = 16 };
	assert_int_equal(cx_value_decode(cx_buf_slice(&out), limits, arena, &plan), CX_OK);
	const cx_value *name = cx_value_member(plan, "aggregate");
	return name != NULL && cx_slice_equal(name->as.bytes, cx_slice_of(aggregate));
}

void trade_check_counts(const trade_world *world)
{
	counting all[COUNTINGS] = {
		{ .filter = "['and',['=','owner',1],['=','lifecycle','active']]",
		  .aggregate = "customers_owner" },
		{ .filter = "['=','tier','high']", .aggregate = "customers_tier" },
		{ .filter = "['=','industry','C']", .aggregate = "customers_industry" },
		{ .filter = "['=','region','上海']", .aggregate = "customers_region" },
	};
	CX_SCOPED(cx_arena_free) cx_arena *arena = NULL;
	assert_int_equal(cx_arena_new(1 << 20, &arena), CX_OK);
	for (size_t i = 0; i < COUNTINGS; i++) {
		const cx_slice filter = wire(all[i].filter);
		const cx_scan_limits limits = { .bytes = filter.size,
			                        .items = 100,
			                        .depth = 16 };
		assert_int_equal(cx_value_decode(filter, limits, arena, &all[i].decoded),
		                 CX_OK);
	}
	trade_pass(world, "customer", count_record, all);
	for (size_t i = 0; i < COUNTINGS; i++) {
		const engine_query query = { .type = fixture_type(&world->store, "customer"),
			                     .filter = wire(all[i].filter) };
		uint64_t count = 0;
		cx_error error = { 0 };
		assert_int_equal(engine_query_count(world->read, &query, &count, &error),
		                 CX_OK);
		expect(13, all[i].filter, (int64_t)count, (int64_t)all[i].count);
		if (count == 0 || !is_counted_by(world, &query, all[i].aggregate, arena))
			trade_complain(13, all[i].filter, "not counted by %s",
			               all[i].aggregate);
	}
}

/* ---- 18: one product ---- */

typedef struct months {
	trade_groups groups;
} months;

static void add_line(void *context, const trade_record *line)
{
	months *self = context;
	if (trade_int(line, "confirmed_at", 0) > 0)
		trade_groups_add(&self->groups, line);
}

void trade_check_product(const trade_world *world)
{
	const engine_type *type = fixture_type(&world->store, "order_line");
	const engine_aggregate *aggregate = engine_schema_aggregate(
		engine_read_schema(world->read), cx_slice_of("product_sales"));
	months found;
	trade_groups_init(&found.groups, type, "month(confirmed_at),product",
	                  "net_base,qty_milli");
	const trade_list lines = { "order_line", "['=','product',3]", "order desc", 1000,
		                   false };
	const trade_cost cost = trade_read(world, &lines, add_line, &found);
	trade_check_cost(18, "lines of a product", &cost, cost.rows, 1);
	size_t cells = 0;
	for (int64_t day = TRADE_TODAY; day > TRADE_TODAY - TRADE_DAYS - MONTH_DAYS_MAX;
	     day = trade_month_of(day) - 1) {
		const int64_t columns[ENGINE_GROUP_COLUMNS_MAX] = { trade_month_of(day), 3 };
		const trade_group *wanted = trade_groups_find(&found.groups, columns);
		engine_group group;
		cx_error error = { 0 };
		const cx_slice key = wire(trade_filter("[%lld,3]", (long long)columns[0]));
		assert_int_equal(
			engine_aggregate_read(world->read, aggregate, key, &group, &error),
			CX_OK);
		cells++;
		if (group.count != (wanted != NULL ? wanted->count : 0) ||
		    (wanted != NULL && (trade_wide_of(group.sums[0]) != wanted->sums[0] ||
		                        trade_wide_of(group.sums[1]) != wanted->sums[1])))
			trade_complain(18, "a product's month", "not what its lines add up to");
	}
	if (found.groups.count == 0 || cells > TRADE_DAYS / 28 + 2)
		trade_complain(18, "months of a product", "%zu of %zu cells",
		               found.groups.count, cells);
	trade_groups_release(&found.groups);
}
