/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/trade/question.h"

#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>

const trade_question trade_questions[] = {
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

const size_t trade_question_count = CX_COUNT_OF(trade_questions);

static void read_order(engine_query *query, const char *order)
{
	char copy[96], *rest = copy;
	snprintf(copy, sizeof copy, "%s", order);
	for (char *word;
	     rest != NULL && *rest != '\0' && (word = strsep(&rest, ",")) != NULL;) {
		engine_order *to = &query->order[query->order_count++];
		char *space = strchr(word, ' ');
		to->descending = space != NULL;
		if (space != NULL)
			*space = '\0';
		to->field = engine_type_field(query->type, cx_slice_of(word));
		assert_non_null(to->field);
	}
}

engine_query trade_query_of(const trade_world *world, const trade_question *asked)
{
	engine_query query = { .type = fixture_type(&world->store, asked->type),
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
	snprintf(text, sizeof text, "%.*s", CX_SLICE_ARG(value->as.bytes));
	return text;
}

void trade_check_plan(const trade_world *world, const trade_question *asked)
{
	const engine_query query = trade_query_of(world, asked);
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1 << 16);
	CX_SCOPED(cx_arena_free) cx_arena *arena = NULL;
	assert_int_equal(cx_arena_new(1 << 20, &arena), CX_OK);
	const cx_value *plan = NULL;
	cx_error error = { 0 };
	assert_int_equal(engine_query_explain(world->read, &query, &out, &error), CX_OK);
	const cx_scan_limits limits = { .bytes = out.size, .items = 10000, .depth = 16 };
	assert_int_equal(cx_value_decode(cx_buf_slice(&out), limits, arena, &plan), CX_OK);
	const bool kind = strcmp(shown(plan, "plan"), asked->plan) == 0;
	const bool index =
		asked->index == NULL || strcmp(shown(plan, "index"), asked->index) == 0;
	const bool sorted = strcmp(shown(plan, "order"), "sort") == 0;
	if (!kind || !index || sorted)
		trade_complain(asked->number, asked->what, "%s", wire_show(cx_buf_slice(&out)));
}

void trade_check_plans(const trade_world *world)
{
	for (size_t i = 0; i < trade_question_count; i++)
		trade_check_plan(world, &trade_questions[i]);
}
