/* SPDX-License-Identifier: Apache-2.0 */
/* What is owed: orders that are not paid in full, by how long they are overdue. */
#include "crm/reports/frame/read.h"
#include "crm/reports/reports.h"

static const crm__param params[] = {
	{ .name = "owner",
	  .kind = CRM_REF,
	  .of = "user",
	  .help_en = "only orders of this person",
	  .help_zh = "仅此人的订单" },
	{ .name = "team",
	  .kind = CRM_REF,
	  .of = "team",
	  .help_en = "only of this team and those below it",
	  .help_zh = "仅此团队及下级团队的订单" },
	{ .name = "customer",
	  .kind = CRM_REF,
	  .of = "customer",
	  .help_en = "only orders of this customer",
	  .help_zh = "仅此客户的订单" },
	{ .name = "overdue",
	  .kind = CRM_BOOL,
	  .fallback = "true",
	  .help_en = "list overdue orders only, not all unpaid ones",
	  .help_zh = "只列出逾期订单" },
};

/* A(C name, name, English, Chinese), by days overdue */
#define AGES(A)                                                   \
	A(UNDATED, "undated", "No due date", "无到期日")          \
	A(NOT_DUE, "not_due", "Not due yet", "未到期")            \
	A(DAYS_30, "days_1_30", "1 to 30 days", "逾期1至30天")    \
	A(DAYS_60, "days_31_60", "31 to 60 days", "逾期31至60天") \
	A(DAYS_90, "days_61_90", "61 to 90 days", "逾期61至90天") \
	A(OLDER, "days_91", "More than 90 days", "逾期90天以上")

typedef enum age {
#define AGE(name, text, en, zh) AGE_##name,
	AGES(AGE) AGE_COUNT,
#undef AGE
} age;

static const crm__column age_columns[] = {
	{ "age", CRM_ENUM, NULL, "Overdue", "账龄" },
	{ "label_en", CRM_TEXT, NULL, "Meaning", "英文" },
	{ "label_zh", CRM_TEXT, NULL, "In Chinese", "含义" },
	{ "orders", CRM_INT, NULL, "Orders", "订单数" },
	{ "outstanding_base", CRM_MONEY, NULL, "Outstanding", "未收金额" },
};

static const crm__column order_columns[] = {
	{ "id", CRM_ID, "sales_order", "Id", "编号" },
	{ "number", CRM_TEXT, NULL, "Number", "订单编号" },
	{ "customer", CRM_REF, "customer", "Customer", "客户" },
	{ "owner", CRM_REF, "user", "Owner", "负责人" },
	{ "due_on", CRM_DATE, NULL, "Payment due", "应付日期" },
	{ "days_overdue", CRM_INT, NULL, "Days overdue", "逾期天数" },
	{ "currency", CRM_TEXT, NULL, "Currency", "币种" },
	{ "total", CRM_MONEY, "currency", "Total", "订单总额" },
	{ "paid", CRM_MONEY, "currency", "Paid", "已付金额" },
	{ "outstanding_base", CRM_MONEY, NULL, "Outstanding (base)", "未收金额(本位币)" },
};

static const crm__section age_section = { "ages", "By age", "按账龄", age_columns,
	                                  CX_COUNT_OF(age_columns) };
static const crm__section order_section = { "orders", "Orders", "订单", order_columns,
	                                    CX_COUNT_OF(order_columns) };

/* Fields, in this order. */
enum { ID, NUMBER, CUSTOMER, OWNER, DUE_ON, CURRENCY, TOTAL, PAID, TOTAL_BASE, PAID_BASE };
static const char fields[] =
	"id number customer owner due_on currency total paid total_base paid_base";

typedef struct receivables {
	crm__report *report;
	crm__people people;
	int64_t today;
	bool lists; /* the second pass, into rows; the first adds up */
	int64_t orders[AGE_COUNT];
	engine_sum outstanding[AGE_COUNT];
} receivables;

static age age_of(const receivables *self, const crm__value *due_on)
{
	if (crm__is_null(due_on))
		return AGE_UNDATED;
	if (due_on->number >= self->today)
		return AGE_NOT_DUE;
	const int64_t days = self->today - due_on->number;
	if (days <= 30)
		return AGE_DAYS_30;
	if (days <= 60)
		return AGE_DAYS_60;
	return days <= 90 ? AGE_DAYS_90 : AGE_OLDER;
}

static engine_sum outstanding_of(const crm__value *values)
{
	return engine_sum_add(engine_sum_of(values[TOTAL_BASE].number),
	                      engine_sum_negative(engine_sum_of(values[PAID_BASE].number)));
}

static void put_order(receivables *self, const crm__value *values)
{
	crm__report *report = self->report;
	if (!crm__row(report))
		return;
	for (int i = ID; i <= DUE_ON; i++)
		crm__put(report, &values[i]);
	if (crm__is_null(&values[DUE_ON]) || values[DUE_ON].number >= self->today)
		crm__put_null(report);
	else
		crm__put_number(report, self->today - values[DUE_ON].number);
	for (int i = CURRENCY; i <= PAID; i++)
		crm__put(report, &values[i]);
	crm__put_sum(report, outstanding_of(values));
}

static cx_status take(void *context, const crm__value *values)
{
	receivables *self = context;
	if (!crm__people_have(&self->people, &values[OWNER]))
		return CX_OK;
	if (self->lists) {
		put_order(self, values);
		return CX_OK;
	}
	const age at = age_of(self, &values[DUE_ON]);
	self->orders[at]++;
	self->outstanding[at] = engine_sum_add(self->outstanding[at], outstanding_of(values));
	return CX_OK;
}

/* Orders that count, the longest due first; those without a date come first of all. */
static cx_status read_orders(receivables *self, bool overdue)
{
	crm__report *report = self->report;
	const crm__value *customer = crm__param_of(report, "customer");
	crm__condition where[4] = {
		crm__one_of("payment_status", "unpaid partial"),
		crm__one_of("status", "confirmed fulfilled"),
	};
	size_t count = 2;
	if (overdue)
		where[count++] = crm__compare("due_on", "<", crm__number(self->today));
	if (!crm__is_null(customer))
		where[count++] = crm__equal("customer", *customer);
	const crm__query query = { .type = "sales_order",
		                   .where = where,
		                   .where_count = count,
		                   .index = "payment_status,due_on",
		                   .order = "due_on",
		                   .fields = fields };
	return crm__query_run(report, &query, take, self);
}

static void put_ages(const receivables *self)
{
	static const struct {
		const char *name, *en, *zh;
	} ages[] = {
#define AGE(name, text, en, zh) { text, en, zh },
		AGES(AGE)
#undef AGE
	};
	crm__report *report = self->report;
	crm__section_begin(report, &age_section);
	for (size_t i = 0; i < AGE_COUNT; i++) {
		if (!crm__row(report))
			continue;
		crm__put_text(report, cx_slice_of(ages[i].name));
		crm__put_text(report, cx_slice_of(ages[i].en));
		crm__put_text(report, cx_slice_of(ages[i].zh));
		crm__put_number(report, self->orders[i]);
		crm__put_sum(report, self->outstanding[i]);
	}
	crm__section_end(report);
}

static cx_status run(crm__report *report)
{
	receivables self = { .report = report, .today = crm__today(report) };
	cx_status status = crm__people_of(report, crm__param_of(report, "owner"),
	                                  crm__param_of(report, "team"), &self.people);
	if (status == CX_OK)
		status = read_orders(&self, false);
	if (status != CX_OK)
		return status;
	put_ages(&self);
	self.lists = true;
	crm__section_begin(report, &order_section);
	status = read_orders(&self, crm__param_number(report, "overdue") != 0);
	if (status == CX_OK)
		crm__section_end(report);
	return status;
}

const crm__definition crm__report_receivables = { params, CX_COUNT_OF(params), run };
