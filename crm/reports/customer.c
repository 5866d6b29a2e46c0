/* SPDX-License-Identifier: Apache-2.0 */
/* All about one customer: eight short ranges in one snapshot, so every part shows the same
 * instant. */
#include "crm/reports/frame/read.h"
#include "crm/reports/reports.h"

static const crm__param params[] = {
	{ .name = "customer",
	  .kind = CRM_REF,
	  .of = "customer",
	  .required = true,
	  .help_en = "the customer",
	  .help_zh = "客户" },
	{ .name = "activities",
	  .kind = CRM_INT,
	  .fallback = "20",
	  .low = 1,
	  .high = 1000,
	  .help_en = "how many of the last activities",
	  .help_zh = "最近活动条数" },
	{ .name = "orders",
	  .kind = CRM_INT,
	  .fallback = "10",
	  .low = 1,
	  .high = 1000,
	  .help_en = "how many of the last orders",
	  .help_zh = "最近订单条数" },
	{ .name = "feedback",
	  .kind = CRM_INT,
	  .fallback = "5",
	  .low = 1,
	  .high = 1000,
	  .help_en = "how many of the last feedback items",
	  .help_zh = "最近反馈条数" },
};

enum { PART_ROWS_MAX = 200 };

/* A section of records that refer to the customer. */
typedef struct part {
	crm__section named;
	const char *type;
	const char *fields;
	const char *index; /* led by customer */
	const char *order; /* as that index has it */
	const char *limit; /* the parameter; NULL: PART_ROWS_MAX */
	const char *only;  /* a field that must be one of the words; NULL: all */
	const char *words;
} part;

static const part parts[] = {
	{ .named = { .name = "contacts", .label_en = "Contacts", .label_zh = "联系人" },
	  .type = "contact",
	  .fields = "id name title role mobile phone email wechat is_primary active "
	            "last_activity_at",
	  .index = "customer,is_primary,name",
	  .order = "is_primary desc" },
	{ .named = { .name = "opportunities",
	             .label_en = "Open opportunities",
	             .label_zh = "在跟商机" },
	  .type = "opportunity",
	  .fields =
	          "id number title stage amount currency expected_base probability_bp close_on "
	          "owner next_step last_activity_at",
	  .index = "customer,state,close_on",
	  .order = "close_on desc",
	  .only = "state",
	  .words = "open" },
	{ .named = { .name = "activities",
	             .label_en = "Last activities",
	             .label_zh = "最近活动" },
	  .type = "activity",
	  .fields = "id at kind direction status subject outcome contact opportunity owner",
	  .index = "customer,at",
	  .order = "at desc",
	  .limit = "activities" },
	{ .named = { .name = "orders", .label_en = "Last orders", .label_zh = "最近订单" },
	  .type = "sales_order",
	  .fields = "id number ordered_on status payment_status total paid currency total_base "
	            "due_on owner",
	  .index = "customer,ordered_on",
	  .order = "ordered_on desc",
	  .limit = "orders" },
	{ .named = { .name = "requests",
	             .label_en = "Open service requests",
	             .label_zh = "未结服务请求" },
	  .type = "service_request",
	  .fields = "id number title kind priority status handler created_at due_at",
	  .index = "customer,created_at",
	  .order = "created_at desc",
	  .only = "status",
	  .words = "new assigned in_progress waiting" },
	{ .named = { .name = "feedback", .label_en = "Last feedback", .label_zh = "最近反馈" },
	  .type = "feedback",
	  .fields = "id received_at kind topic score status content handler",
	  .index = "customer,received_at",
	  .order = "received_at desc",
	  .limit = "feedback" },
};

static const char customer_fields[] =
	"id name short_name kind industry lifecycle tier source owner phone email region city "
	"address potential_base converted_at last_order_at last_activity_at contact_count "
	"open_opp_count open_opp_base order_count order_base paid_base open_request_count "
	"feedback_count created_at";

static cx_status put_customer(crm__report *report)
{
	static const crm__section named = { .name = "customer",
		                            .label_en = "Customer",
		                            .label_zh = "客户" };
	const crm__section *section;
	crm__value values[CRM__FIELDS_MAX];
	cx_status status =
		crm__section_of(report, &named, "customer", customer_fields, &section);
	if (status == CX_OK)
		status = crm__get(report, "customer", crm__param_number(report, "customer"),
		                  customer_fields, values);
	if (status != CX_OK)
		return status;
	crm__section_begin(report, section);
	if (crm__row(report))
		for (size_t i = 0; i < section->column_count; i++)
			crm__put(report, &values[i]);
	crm__section_end(report);
	return CX_OK;
}

static cx_status put_rows(crm__report *report, const part *of, const crm__condition *more)
{
	crm__condition where[3] = { crm__equal("customer",
		                               *crm__param_of(report, "customer")) };
	size_t count = 1;
	if (of->only != NULL)
		where[count++] = crm__one_of(of->only, of->words);
	if (more != NULL)
		where[count++] = *more;
	const crm__query query = {
		.type = of->type,
		.where = where,
		.where_count = count,
		.index = of->index,
		.order = of->order,
		.limit = of->limit != NULL ? (size_t)crm__param_number(report, of->limit)
		                           : PART_ROWS_MAX,
		.fields = of->fields,
	};
	return crm__query_rows(report, &query);
}

static cx_status begin_part(crm__report *report, const part *of)
{
	const crm__section *section;
	cx_status status = crm__section_of(report, &of->named, of->type, of->fields, &section);
	if (status == CX_OK)
		crm__section_begin(report, section);
	return status;
}

static cx_status put_part(crm__report *report, const part *of)
{
	cx_status status = begin_part(report, of);
	if (status == CX_OK)
		status = put_rows(report, of, NULL);
	if (status == CX_OK)
		crm__section_end(report);
	return status;
}

/* Contracts that are signed and not over: those with an end, the last to end first, then those
 * without one. */
static cx_status put_contracts(crm__report *report)
{
	static const part contracts = {
		.named = { .name = "contracts",
		           .label_en = "Contracts in force",
		           .label_zh = "有效合同" },
		.type = "contract",
		.fields = "id number title kind status amount currency amount_base start_on "
			  "end_on auto_renew owner",
		.index = "customer,end_on",
		.order = "end_on desc",
		.only = "status",
		.words = "signed",
	};
	const crm__condition ending =
		crm__compare("end_on", ">=", crm__number(crm__today(report)));
	const crm__condition endless = crm__absent("end_on");
	cx_status status = begin_part(report, &contracts);
	if (status == CX_OK)
		status = put_rows(report, &contracts, &ending);
	if (status == CX_OK)
		status = put_rows(report, &contracts, &endless);
	if (status == CX_OK)
		crm__section_end(report);
	return status;
}

static cx_status run(crm__report *report)
{
	cx_status status = put_customer(report);
	for (size_t i = 0; status == CX_OK && i < CX_COUNT_OF(parts); i++)
		status = put_part(report, &parts[i]);
	return status == CX_OK ? put_contracts(report) : status;
}

const crm__definition crm__report_customer = { params, CX_COUNT_OF(params), run };
