/* SPDX-License-Identifier: Apache-2.0 */
/* The lists that applications of the trade ask for, over made-up records of the built-in
 * schema: each is served by the index meant for it, touches no more of its keys than its answer
 * has rows and a few for the ends of each range, and equals what looking at every record
 * finds. Rows with the same number are parts of one question. Not asked here: totals, the
 * search box, changes since a number. CARDEX_TRADE_CUSTOMERS sets the size. */
#include "crm/crm.h"
#include "tests/property/naive.h"
#include "tests/property/trade_data.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CUSTOMERS = 600 };
enum { SLACK = 2 /* keys, for each range */ };

typedef struct question {
	int number;
	const char *what;
	const char *type;
	const char *filter;
	const char *order; /* "a desc,b"; "" = none */
	size_t limit;
	const char *plan;
	const char *index; /* NULL where the plan has none */
	size_t ranges;
	/* What bounds the keys where a residual filter refuses some of the range; NULL: the
	 * answer itself. */
	const char *range;
} question;

static const question questions[] = {
#define Q(...)              \
	{                   \
		__VA_ARGS__ \
	}
	Q(1, "the customer", "customer", "['=','id',1]", "", 1, "get", NULL, 1, NULL),
	Q(1, "its contacts", "contact", "['=','customer',1]", "is_primary desc,name", 100,
	  "index", "customer,is_primary,name", 1, NULL),
	Q(1, "its open opportunities", "opportunity",
	  "['and',['=','customer',1],['=','state','open']]", "close_on desc", 100, "index",
	  "customer,state,close_on", 1, NULL),
	Q(1, "its last activities", "activity", "['=','customer',1]", "at desc", 20, "cluster",
	  "customer,at", 1, NULL),
	Q(1, "its last orders", "sales_order", "['=','customer',1]", "ordered_on desc", 10,
	  "index", "customer,ordered_on", 1, NULL),
	Q(1, "its requests", "service_request", "['=','customer',1]", "created_at desc", 100,
	  "index", "customer,created_at", 1, NULL),
	Q(1, "its contracts", "contract", "['=','customer',1]", "end_on desc", 100, "index",
	  "customer,end_on", 1, NULL),
	Q(1, "its last feedback", "feedback", "['=','customer',1]", "received_at desc", 5,
	  "index", "customer,received_at", 1, NULL),
	Q(2, "my most valuable open opportunities", "opportunity",
	  "['and',['=','owner',1],['=','state','open']]", "expected_base desc", 50, "index",
	  "owner,state,expected_base", 1, NULL),
	Q(3, "cards of one stage and owner", "opportunity",
	  "['and',['=','stage',2],['=','owner',1]]", "close_on", 50, "index",
	  "stage,owner,close_on", 1, NULL),
	Q(4, "closing this quarter, mine", "opportunity",
	  "['and',['=','owner',1],['=','state','open'],['between','close_on',20200,20290]]",
	  "close_on", 100, "index", "owner,state,close_on", 1, NULL),
	Q(4, "closing this quarter, of a team", "opportunity",
	  "['and',['in','owner',[1,2,3]],['=','state','open'],"
	  "['between','close_on',20200,20290]]",
	  "close_on", 100, "index", "owner,state,close_on", 3, NULL),
	Q(5, "stale opportunities", "opportunity",
	  "['and',['=','state','open'],['<','last_activity_at',1760000000000]]",
	  "last_activity_at", 100, "index", "state,last_activity_at", 1, NULL),
	Q(5, "never touched opportunities", "opportunity",
	  "['and',['=','state','open'],['null','last_activity_at']]", "", 100, "index",
	  "state,last_activity_at", 1, NULL),
	Q(6, "stages one went through", "stage_history", "['=','opportunity',7]",
	  "valid_from desc", 100, "cluster", "timeline", 1, NULL),
	Q(7, "changes of a week", "stage_history",
	  "['between','valid_from',1749600000000,1750204800000]", "valid_from", 1000, "index",
	  "valid_from", 1, NULL),
	Q(8, "made before an instant", "opportunity", "['<','created_at',1720000000000]",
	  "created_at desc", 100, "index", "created_at", 1, NULL),
	Q(8, "what one was at an instant", "stage_history",
	  "['and',['=','opportunity',7],['<=','valid_from',1790000000000]]", "valid_from desc",
	  1, "cluster", "timeline", 1, NULL),
	Q(9, "movement between two instants", "stage_history",
	  "['between','valid_from',1740000000000,1742000000000]", "valid_from", 10000, "index",
	  "valid_from", 1, NULL),
	Q(10, "timeline of a customer", "activity", "['=','customer',3]", "at desc", 20,
	  "cluster", "customer,at", 1, NULL),
	Q(10, "timeline of a contact", "activity", "['=','contact',3]", "at desc", 20, "index",
	  "contact,at", 1, NULL),
	Q(10, "timeline of an opportunity", "activity", "['=','opportunity',3]", "at desc", 20,
	  "index", "opportunity,at", 1, NULL),
	Q(11, "my tasks, overdue first", "activity",
	  "['and',['=','owner',1],['=','status','planned'],['<=','due_at',1760000000000]]",
	  "due_at", 50, "index", "owner,status,due_at", 1, NULL),
	Q(12, "customers I neglect", "customer",
	  "['and',['=','owner',1],['<','last_activity_at',1740000000000],['=','tier','high']]",
	  "last_activity_at", 1000, "index", "owner,last_activity_at", 1,
	  "['and',['=','owner',1],['<','last_activity_at',1740000000000]]"),
	Q(13, "by owner, lifecycle and name", "customer",
	  "['and',['=','owner',1],['=','lifecycle','active'],['prefix','name_norm','华东']]",
	  "name_norm", 50, "index", "owner,lifecycle,name_norm", 1, NULL),
	Q(13, "by industry, kind and name", "customer",
	  "['and',['=','industry','C'],['=','kind','small'],['prefix','name_norm','e']]",
	  "name_norm", 50, "index", "industry,kind,name_norm", 1, NULL),
	Q(13, "by region, city and name", "customer",
	  "['and',['=','region','上海'],['=','city','广州'],['prefix','name_norm','e']]",
	  "name_norm", 50, "index", "region,city,name_norm", 1, NULL),
	Q(13, "by tier, best first", "customer", "['=','tier','high']", "order_base desc", 50,
	  "index", "tier,order_base", 1, NULL),
	Q(14, "same tax id", "customer", "['=','tax_id','91310000000009']", "", 10, "unique",
	  "tax_id", 1, NULL),
	Q(14, "same name", "customer", "['=','name_norm','华东医疗000010']", "", 10, "index",
	  "name_norm", 1, NULL),
	Q(14, "same telephone", "customer", "['=','phone_norm','8613800000008']", "", 10,
	  "index", "phone_norm", 1, NULL),
	Q(14, "same e-mail", "customer", "['=','email_norm','info@c000009']", "", 10, "index",
	  "email_norm", 1, NULL),
	Q(14, "same mobile of a contact", "contact", "['=','mobile_norm','8613900000008']", "",
	  10, "index", "mobile_norm", 1, NULL),
	Q(14, "same e-mail of a contact", "contact", "['=','email_norm','ann@c000008']", "", 10,
	  "index", "email_norm", 1, NULL),
	Q(15, "an order by number", "sales_order", "['=','number','SO-000009']", "", 10,
	  "unique", "number", 1, NULL),
	Q(15, "a contract by number", "contract", "['=','number','CT-000009']", "", 10,
	  "unique", "number", 1, NULL),
	Q(16, "orders of a customer", "sales_order", "['=','customer',2]", "ordered_on desc",
	  20, "index", "customer,ordered_on", 1, NULL),
	Q(16, "orders of an opportunity", "sales_order", "['=','opportunity',1]",
	  "created_at desc", 20, "index", "opportunity,created_at", 1, NULL),
	Q(16, "orders of a contract", "sales_order", "['=','contract',2]", "ordered_on desc",
	  20, "index", "contract,ordered_on", 1, NULL),
	Q(16, "lines of an order", "order_line", "['=','order',9]", "line_no", 100, "cluster",
	  "lines", 1, NULL),
	Q(16, "payments of an order", "payment", "['=','order',9]", "paid_at", 100, "cluster",
	  "order,paid_at", 1, NULL),
	Q(17, "unpaid and overdue", "sales_order",
	  "['and',['in','payment_status',['unpaid','partial']],['<','due_on',20300]]", "due_on",
	  50, "index", "payment_status,due_on", 2, NULL),
	Q(18, "lines of a product, newest order first", "order_line", "['=','product',3]",
	  "order desc", 50, "index", "product,order", 1, NULL),
	Q(19, "a person's target", "sales_target",
	  "['and',['=','scope','user'],['null','team'],['=','user',1],['=','metric','revenue'],"
	  "['=','period',20454]]",
	  "", 10, "unique", "scope,team,user,metric,period", 1, NULL),
	Q(20, "won of late", "opportunity",
	  "['and',['=','state','won'],['>=','closed_at',1760000000000]]", "closed_at desc", 100,
	  "index", "state,closed_at", 1, NULL),
	Q(21, "contracts about to expire", "contract",
	  "['and',['=','status','signed'],['between','end_on',20500,20560]]", "end_on", 100,
	  "index", "status,end_on", 1, NULL),
	Q(22, "my queue", "service_request", "['and',['=','handler',1],['=','status','new']]",
	  "due_at", 50, "index", "handler,status,due_at", 1, NULL),
	Q(22, "nobody's queue", "service_request", "['=','status','new']",
	  "priority desc,created_at", 50, "index", "status,priority,created_at", 1, NULL),
	Q(22, "breaches", "service_request",
	  "['and',['=','status','in_progress'],['<','due_at',1760000000000]]", "due_at", 50,
	  "index", "status,due_at", 1, NULL),
	Q(23, "touches of a campaign by status", "campaign_touch",
	  "['and',['=','campaign',2],['=','status','responded']]", "touched_at desc", 50,
	  "index", "campaign,status,touched_at", 1, NULL),
	Q(23, "responses of a customer", "campaign_touch",
	  "['and',['=','customer',1],['>=','responded_at',0]]", "responded_at", 50, "index",
	  "customer,responded_at", 1, NULL),
	Q(23, "opportunities of a campaign", "opportunity", "['=','campaign',2]",
	  "created_at desc", 50, "index", "campaign,created_at", 1, NULL),
	Q(24, "feedback of a product", "feedback", "['=','product',2]", "received_at desc", 50,
	  "index", "product,received_at", 1, NULL),
	Q(24, "complaints", "feedback", "['=','kind','complaint']", "received_at desc", 50,
	  "index", "kind,received_at", 1, NULL),
	Q(24, "what nobody has looked at", "feedback", "['=','status','new']", "received_at",
	  50, "index", "status,received_at", 1, NULL),
#undef Q
};

/* So that one run tells all rows that fail. */
static unsigned complaints;

#define complain(...)                     \
	do {                              \
		complaints++;             \
		print_error(__VA_ARGS__); \
	} while (0)

typedef struct world {
	store_fixture store;
	engine_read *read;
	trade_sizes sizes;
} world;

static int64_t customers_wanted(void)
{
	const char *wanted = getenv("CARDEX_TRADE_CUSTOMERS");
	return wanted != NULL ? strtoll(wanted, NULL, 10) : CUSTOMERS;
}

static int set_up(void **state)
{
	static world made;
	dice random = dice_init();
	fixture_open(&made.store, (const char *)crm_schema_text().data);
	made.sizes = trade_fill(&made.store, &random, customers_wanted());
	assert_int_equal(engine_read_begin(made.store.engine, &made.read), CX_OK);
	*state = &made;
	return 0;
}

static int tear_down(void **state)
{
	world *self = *state;
	engine_read_end(&self->read);
	fixture_close(&self->store);
	return 0;
}

static int64_t made_of(const world *self, const char *type)
{
	const struct {
		const char *type;
		int64_t made;
	} sizes[] = {
		{ "customer", self->sizes.customers },
		{ "contact", self->sizes.contacts },
		{ "opportunity", self->sizes.opportunities },
		{ "stage_history", self->sizes.histories },
		{ "activity", self->sizes.activities },
		{ "sales_order", self->sizes.orders },
		{ "order_line", self->sizes.lines },
		{ "payment", self->sizes.payments },
		{ "contract", self->sizes.contracts },
		{ "service_request", self->sizes.requests },
		{ "feedback", self->sizes.feedbacks },
		{ "campaign_touch", self->sizes.touches },
		{ "sales_target", self->sizes.targets },
	};
	for (size_t i = 0; i < CX_COUNT_OF(sizes); i++)
		if (strcmp(sizes[i].type, type) == 0)
			return sizes[i].made;
	fail_msg("no size of %s", type);
	return 0;
}

static void read_order(engine_query *query, const char *order)
{
	char copy[96], *rest = copy;
	snprintf(copy, sizeof copy, "%s", order);
	for (char *word; *rest != '\0' && (word = strsep(&rest, ",")) != NULL;) {
		engine_order *to = &query->order[query->order_count++];
		char *space = strchr(word, ' ');
		to->descending = space != NULL;
		if (space != NULL)
			*space = '\0';
		to->field = engine_type_field(query->type, cx_slice_of(word));
		assert_non_null(to->field);
		if (rest == NULL)
			break;
	}
}

static engine_query query_of(const world *self, const question *asked)
{
	engine_query query = { .type = fixture_type(&self->store, asked->type),
		               .filter = wire(asked->filter),
		               .limit = asked->limit };
	read_order(&query, asked->order);
	return query;
}

static const char *shown(const cx_value *plan, const char *key)
{
	static char text[96];
	const cx_value *value = cx_value_member(plan, key);
	if (value == NULL || value->kind != CX_KIND_STR)
		return "";
	snprintf(text, sizeof text, "%.*s", (int)value->as.bytes.size,
	         (const char *)value->as.bytes.data);
	return text;
}

static void the_plan_is_the_one_meant(world *self, const question *asked)
{
	const engine_query query = query_of(self, asked);
	cx_buf out = CX_BUF_INIT(1 << 16);
	cx_arena *arena = NULL;
	assert_int_equal(cx_arena_new(1 << 20, &arena), CX_OK);
	const cx_value *plan = NULL;
	cx_error error = { 0 };
	assert_int_equal(engine_query_explain(self->read, &query, &out, &error), CX_OK);
	const cx_scan_limits limits = { .bytes = out.size, .items = 10000, .depth = 16 };
	assert_int_equal(
		cx_value_decode((cx_slice){ out.data, out.size }, limits, arena, &plan), CX_OK);
	const bool kind = strcmp(shown(plan, "plan"), asked->plan) == 0;
	const bool index =
		asked->index == NULL || strcmp(shown(plan, "index"), asked->index) == 0;
	const bool sorted = strcmp(shown(plan, "order"), "sort") == 0;
	if (!kind || !index || sorted)
		complain("%d, %s: %s\n", asked->number, asked->what,
		         wire_show((cx_slice){ out.data, out.size }));
	cx_arena_free(&arena);
	cx_buf_release(&out);
}

typedef struct answer {
	const naive_table *table;
	const naive_record *records[ENGINE_PAGE_RECORDS_MAX];
	size_t count;
} answer;

static cx_status take(void *context, const engine_row *row)
{
	answer *self = context;
	const naive_record *record = naive_find(self->table, row->id);
	assert_non_null(record);
	assert_int_equal(record->bytes.size, row->array.size);
	assert_memory_equal(record->bytes.data, row->array.data, row->array.size);
	self->records[self->count++] = record;
	return CX_OK;
}

static const engine_query *sorting;

static int compare(const void *a, const void *b)
{
	return naive_compare(*(const naive_record *const *)a, *(const naive_record *const *)b,
	                     sorting->order, sorting->order_count);
}

/* All that match, in the order asked for; freed by the caller. */
static const naive_record **matching(const naive_table *table, const engine_query *query,
                                     cx_slice filter, size_t *ret_count)
{
	const naive_record **found = calloc(table->count + 1, sizeof *found);
	assert_non_null(found);
	*ret_count = 0;
	for (size_t i = 0; i < table->count; i++)
		if (naive_matches(table, &table->records[i], filter))
			found[(*ret_count)++] = &table->records[i];
	sorting = query;
	qsort(found, *ret_count, sizeof *found, compare);
	return found;
}

static void is_the_begin_of(const question *asked, const engine_query *query, const answer *got,
                            const naive_record **expected, size_t count)
{
	const size_t wanted = count < query->limit ? count : query->limit;
	if (got->count != wanted)
		fail_msg("%d, %s: %zu rows, not %zu", asked->number, asked->what, got->count,
		         wanted);
	for (size_t i = 0; i < wanted; i++) {
		assert_true(naive_matches(got->table, got->records[i], query->filter));
		assert_int_equal(naive_compare(got->records[i], expected[i], query->order,
		                               query->order_count),
		                 0);
		for (size_t k = 0; k < i; k++)
			assert_ptr_not_equal(got->records[i], got->records[k]);
	}
}

/* A deleted record stays where its cluster has it, so a range read passes it. */
static size_t deleted_in_range(const naive_table *table, const engine_query *query,
                               const question *asked)
{
	if (strcmp(asked->plan, "cluster") != 0)
		return 0;
	char filter[256];
	snprintf(filter, sizeof filter, "['and',%s,['notnull','deleted_at']]", asked->filter);
	size_t count = 0;
	free(matching(table, query, wire(filter), &count));
	return count;
}

static void the_answer_is_right_and_cheap(world *self, const question *asked,
                                          const naive_table *table)
{
	static answer got;
	const engine_query query = query_of(self, asked);
	engine_page page;
	cx_error error = { 0 };
	got.table = table;
	got.count = 0;
	assert_int_equal(engine_query_run(self->read, &query, take, &got, &page, &error),
	                 CX_OK);
	size_t count = 0;
	const naive_record **expected = matching(table, &query, query.filter, &count);
	if (count == 0)
		complain("%d, %s: nothing is found, so nothing is shown\n", asked->number,
		         asked->what);
	is_the_begin_of(asked, &query, &got, expected, count);
	free(expected);
	size_t keys = got.count;
	if (asked->range != NULL)
		free(matching(table, &query, wire(asked->range), &keys));
	keys += deleted_in_range(table, &query, asked);
	if (page.keys_scanned > keys + SLACK * asked->ranges ||
	    page.rows_fetched > keys + asked->ranges)
		complain("%d, %s: %llu keys and %llu rows for %zu\n", asked->number,
		         asked->what, (unsigned long long)page.keys_scanned,
		         (unsigned long long)page.rows_fetched, keys);
}

static void every_list_is_served_by_the_index_meant_for_it(void **state)
{
	complaints = 0;
	for (size_t i = 0; i < CX_COUNT_OF(questions); i++)
		the_plan_is_the_one_meant(*state, &questions[i]);
	assert_int_equal(complaints, 0);
}

static void every_list_equals_a_full_scan_and_touches_no_more(void **state)
{
	world *self = *state;
	complaints = 0;
	naive_table table = { 0 };
	const char *type = "";
	for (size_t i = 0; i < CX_COUNT_OF(questions); i++) {
		if (strcmp(questions[i].type, type) != 0) {
			if (*type != '\0')
				naive_release(&table);
			type = questions[i].type;
			naive_read(&table, self->read, fixture_type(&self->store, type),
			           made_of(self, type));
		}
		the_answer_is_right_and_cheap(self, &questions[i], &table);
	}
	naive_release(&table);
	assert_int_equal(complaints, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_list_is_served_by_the_index_meant_for_it),
		cmocka_unit_test(every_list_equals_a_full_scan_and_touches_no_more),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
