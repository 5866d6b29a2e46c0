/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/trade/total.h"

#include "tests/support/naive.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"
#include "tests/trade/groups.h"

typedef struct total {
	int number;
	const char *what;
	const char *type;
	const char *aggregate;
	const char *filter; /* of the records that are in it */
	const char *columns;
	const char *sums;
	/* What the question reads of it; "" = everything. */
	const char *prefix;
	const char *low, *high;
} total;

#define WEIGHTED       "amount_base,amount_base*probability_bp"
#define OPEN           "['=','state','open']"
#define CLOSED         "['in','state',['won','lost']]"
#define CONFIRMED      "['in','status',['confirmed','fulfilled']]"
#define ANY            "['notnull','id']"
#define CLOSED_COLUMNS "month(closed_at),credited_user,credited_team,state,lost_reason"
/* 2025-03-01 and 2025-08-01 */
#define FROM "20148"
#define TO   "20301"

static const total totals[] = {
	{ 3, "one stage of the board", "opportunity", "pipeline_stage", OPEN, "stage,owner",
	  WEIGHTED, "[2]", "", "" },
	{ 4, "closing in some months", "opportunity", "pipeline_close", OPEN,
	  "month(close_on),owner,forecast_category", WEIGHTED, "", FROM, TO },
	{ 7, "into the pipeline by month", "stage_history", "stage_in_month", OPEN,
	  "month(valid_from),stage", WEIGHTED, "", "", TO },
	{ 7, "out of it by month", "stage_history", "stage_out_month", OPEN,
	  "month(valid_to),stage", WEIGHTED, "", "", TO },
	{ 7, "into the pipeline by day", "stage_history", "stage_in_day", OPEN,
	  "day(valid_from),stage", WEIGHTED, "", FROM, TO },
	{ 7, "out of it by day", "stage_history", "stage_out_day", OPEN, "day(valid_to),stage",
	  WEIGHTED, "", FROM, TO },
	{ 7, "into mine by month", "stage_history", "owner_in_month", OPEN,
	  "owner,month(valid_from),stage", WEIGHTED, "[1]", "", TO },
	{ 7, "out of mine by month", "stage_history", "owner_out_month", OPEN,
	  "owner,month(valid_to),stage", WEIGHTED, "[1]", "", TO },
	{ 7, "into mine by day", "stage_history", "owner_in_day", OPEN,
	  "owner,day(valid_from),stage", WEIGHTED, "[1]", FROM, TO },
	{ 7, "out of mine by day", "stage_history", "owner_out_day", OPEN,
	  "owner,day(valid_to),stage", WEIGHTED, "[1]", FROM, TO },
	{ 13, "customers of an owner", "customer", "customers_owner", ANY, "owner,lifecycle",
	  "", "[1]", "", "" },
	{ 13, "customers of a tier", "customer", "customers_tier", ANY, "tier", "", "['high']",
	  "", "" },
	{ 13, "customers of an industry", "customer", "customers_industry", ANY, "industry", "",
	  "['C']", "", "" },
	{ 13, "customers of a region", "customer", "customers_region", ANY, "region", "",
	  "['上海']", "", "" },
	{ 18, "sales of products by month", "order_line", "product_sales",
	  "['notnull','confirmed_at']", "month(confirmed_at),product", "net_base,qty_milli", "",
	  FROM, TO },
	{ 19, "won and lost in some months", "opportunity", "closed", CLOSED, CLOSED_COLUMNS,
	  "amount_base,closed_at-created_at", "", FROM, TO },
	{ 19, "revenue in some months", "sales_order", "revenue", CONFIRMED,
	  "month(confirmed_at),credited_user,credited_team", "total_base,units_milli", "", FROM,
	  TO },
	{ 19, "payments in some months", "payment", "cash", ANY,
	  "month(paid_at),credited_user,credited_team", "amount_base", "", FROM, TO },
	{ 19, "activities in some months", "activity", "activities", "['=','status','done']",
	  "month(at),owner,kind", "duration_s", "", FROM, TO },
	{ 20, "win rate and cycle of a month and person", "opportunity", "closed", CLOSED,
	  CLOSED_COLUMNS, "amount_base,closed_at-created_at", "[20148,1]", "", "" },
	{ 20, "moves between stages in some months", "stage_history", "funnel",
	  "['notnull','from_stage']", "month(valid_from),from_stage,stage", "in_from_ms", "",
	  FROM, TO },
	{ 22, "queues", "service_request", "requests", ANY, "status,handler", "", "['new']", "",
	  "" },
	{ 22, "resolved in some months", "service_request", "requests_resolved",
	  "['notnull','resolved_at']", "month(resolved_at),handler",
	  "resolved_at-created_at-waiting_ms", "", FROM, TO },
	{ 23, "touches of a campaign", "campaign_touch", "touches", ANY, "campaign,status", "",
	  "[2]", "", "" },
	{ 24, "scores of a month", "feedback", "feedback_scores", ANY,
	  "month(received_at),product,kind,score", "", "[20148]", "", "" },
};

enum { TOTALS_OF_A_TYPE = 12 };

/* The totals over one type. */
typedef struct examination {
	const trade_world *world;
	const total *asked[TOTALS_OF_A_TYPE];
	const cx_value *filters[TOTALS_OF_A_TYPE];
	trade_groups groups[TOTALS_OF_A_TYPE];
	size_t count;
	cx_arena *arena;
} examination;

static void visit(void *context, const trade_record *record)
{
	examination *self = context;
	for (size_t i = 0; i < self->count && !record->deleted; i++)
		if (naive_holds(record->type, record->row, self->filters[i], record->arena))
			trade_groups_add(&self->groups[i], record);
}

/* ---- every group ---- */

typedef struct comparison {
	const total *asked;
	const trade_groups *wanted;
	size_t groups;
	bool good;
} comparison;

static bool is_equal(const trade_groups *wanted, const trade_group *group, uint64_t count,
                     const engine_sum *sums)
{
	if (group == NULL || group->count != count)
		return false;
	for (size_t i = 0; i < wanted->sum_count; i++)
		if (group->sums[i] != trade_wide_of(sums[i]))
			return false;
	return true;
}

static cx_status compare_group(void *context, const engine_group *group)
{
	comparison *self = context;
	int64_t columns[ENGINE_GROUP_COLUMNS_MAX];
	cx_reader reader = cx_reader_of(group->columns);
	assert_int_equal(cx_read_array(&reader), self->wanted->column_count);
	for (size_t i = 0; i < self->wanted->column_count; i++)
		columns[i] = trade_column_read(&self->wanted->columns[i], &reader);
	assert_false(reader.failed);
	self->groups++;
	self->good =
		self->good && is_equal(self->wanted, trade_groups_find(self->wanted, columns),
	                               group->count, group->sums);
	return CX_OK;
}

static engine_group_query query_of(const trade_world *world, const total *asked)
{
	const engine_schema *schema = engine_read_schema(world->read);
	engine_group_query query = { .aggregate = engine_schema_aggregate(
					     schema, cx_slice_of(asked->aggregate)) };
	assert_non_null(query.aggregate);
	assert_string_equal(query.aggregate->type->name, asked->type);
	return query;
}

static void check_all_groups(const trade_world *world, const total *asked,
                             const trade_groups *wanted)
{
	engine_group_query query = query_of(world, asked);
	comparison all = { .asked = asked, .wanted = wanted, .good = true };
	engine_group_page page = { .position_size = 0 };
	uint8_t after[ENGINE_POSITION_BYTES_MAX];
	cx_error error = { 0 };
	do {
		memcpy(after, page.position, page.position_size);
		query.after = (cx_slice){ after, page.position_size };
		assert_int_equal(engine_aggregate_groups(world->read, &query, compare_group,
		                                         &all, &page, &error),
		                 CX_OK);
	} while (page.position_size > 0);
	if (!all.good || all.groups != wanted->count || all.groups == 0)
		trade_complain(asked->number, asked->what, "%zu groups, %zu by the pass%s",
		               all.groups, wanted->count, all.good ? "" : ", not the same");
}

/* ---- those that the question reads ---- */

typedef struct bounds {
	int64_t prefix[ENGINE_GROUP_COLUMNS_MAX];
	size_t count;
	int64_t low, high;
	bool bounded;
} bounds;

static bool lies_within(const bounds *self, const trade_group *group)
{
	for (size_t i = 0; i < self->count; i++)
		if (group->columns[i] != self->prefix[i])
			return false;
	const int64_t next = group->columns[self->count];
	return !self->bounded ||
	       (next != TRADE_NULL && next >= self->low && next <= self->high);
}

static int64_t bound_of(const char *text, int64_t otherwise)
{
	if (*text == '\0')
		return otherwise;
	cx_reader reader = cx_reader_of(wire(text));
	return cx_read_int(&reader);
}

static bounds bounds_of(const total *asked, const trade_groups *groups)
{
	bounds made = { .low = bound_of(asked->low, TRADE_NULL + 1),
		        .high = bound_of(asked->high, INT64_MAX),
		        .bounded = *asked->low != '\0' || *asked->high != '\0' };
	if (*asked->prefix == '\0')
		return made;
	cx_reader reader = cx_reader_of(wire(asked->prefix));
	made.count = cx_read_array(&reader);
	for (size_t i = 0; i < made.count; i++)
		made.prefix[i] = trade_column_read(&groups->columns[i], &reader);
	return made;
}

static void check_reading(const trade_world *world, const total *asked,
                          const trade_groups *wanted)
{
	engine_group_query query = query_of(world, asked);
	query.prefix = *asked->prefix != '\0' ? wire(asked->prefix) : (cx_slice){ 0 };
	query.low = *asked->low != '\0' ? wire(asked->low) : (cx_slice){ 0 };
	query.high = *asked->high != '\0' ? wire(asked->high) : (cx_slice){ 0 };
	engine_group read = { .count = 0 };
	uint64_t groups = 0;
	cx_error error = { 0 };
	assert_int_equal(engine_aggregate_total(world->read, &query, &read, &groups, &error),
	                 CX_OK);

	const bounds within = bounds_of(asked, wanted);
	trade_group all = { .used = true };
	uint64_t expected = 0;
	for (size_t i = 0; i < wanted->capacity; i++) {
		const trade_group *group = &wanted->slots[i];
		if (!group->used || !lies_within(&within, group))
			continue;
		expected++;
		all.count += group->count;
		for (size_t k = 0; k < wanted->sum_count; k++)
			all.sums[k] += group->sums[k];
	}
	if (groups != expected || expected == 0 ||
	    !is_equal(wanted, &all, read.count, read.sums))
		trade_complain(asked->number, asked->what,
		               "%llu records in %llu groups, not %llu in %llu",
		               (unsigned long long)read.count, (unsigned long long)groups,
		               (unsigned long long)all.count, (unsigned long long)expected);
}

/* ---- all of one type ---- */

static void add_total(examination *self, const total *asked)
{
	assert_true(self->count < TOTALS_OF_A_TYPE);
	const cx_slice filter = wire(asked->filter);
	const cx_scan_limits limits = { .bytes = filter.size, .items = 1000, .depth = 16 };
	assert_int_equal(
		cx_value_decode(filter, limits, self->arena, &self->filters[self->count]),
		CX_OK);
	trade_groups_init(&self->groups[self->count],
	                  fixture_type(&self->world->store, asked->type), asked->columns,
	                  asked->sums);
	self->asked[self->count++] = asked;
}

static void examine(const trade_world *world, const char *type)
{
	static examination all;
	all = (examination){ .world = world };
	assert_int_equal(cx_arena_new(1 << 22, &all.arena), CX_OK);
	for (size_t i = 0; i < CX_COUNT_OF(totals); i++)
		if (strcmp(totals[i].type, type) == 0)
			add_total(&all, &totals[i]);
	trade_pass(world, type, visit, &all);
	for (size_t i = 0; i < all.count; i++) {
		check_all_groups(world, all.asked[i], &all.groups[i]);
		check_reading(world, all.asked[i], &all.groups[i]);
		trade_groups_release(&all.groups[i]);
	}
	cx_arena_free(&all.arena);
}

static bool was_before(size_t number)
{
	for (size_t i = 0; i < number; i++)
		if (strcmp(totals[i].type, totals[number].type) == 0)
			return true;
	return false;
}

void trade_check_totals(const trade_world *world)
{
	for (size_t i = 0; i < CX_COUNT_OF(totals); i++)
		if (!was_before(i))
			examine(world, totals[i].type);
}
