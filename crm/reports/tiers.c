/* SPDX-License-Identifier: Apache-2.0 */
/* Tiers of customers as a run made them: how many there are, which are in a tier and why, and
 * who has another tier than before. */
#include "crm/reports/frame/read.h"
#include "crm/reports/reports.h"
#include "crm/stats/tier.h"

static const crm__param params[] = {
	{ .name = "run",
	  .kind = CRM_TS,
	  .help_en = "the instant of the run; the newest unless given",
	  .help_zh = "评估时点(默认最近一次)" },
	{ .name = "tier",
	  .kind = CRM_ENUM,
	  .of = "high potential low unrated",
	  .help_en = "only customers of this tier",
	  .help_zh = "仅此级别" },
	{ .name = "changes",
	  .kind = CRM_BOOL,
	  .fallback = "true",
	  .help_en = "look for customers that have another tier than before",
	  .help_zh = "列出级别有变动的客户" },
};

static const crm__column total_columns[] = {
	{ "tier", CRM_ENUM, NULL, "Tier", "级别" },
	{ "customers", CRM_INT, NULL, "Customers", "客户数" },
	{ "share_bp", CRM_BP, NULL, "Share", "占比" },
	{ "by_hand", CRM_INT, NULL, "of which by hand", "其中人工" },
	{ "m_base", CRM_MONEY, NULL, "Orders in the window", "窗口内成交金额" },
};
static const crm__column change_columns[] = {
	{ "customer", CRM_REF, "customer", "Customer", "客户" },
	{ "before", CRM_ENUM, NULL, "Tier before", "原级别" },
	{ "tier", CRM_ENUM, NULL, "Tier", "现级别" },
	{ "reason", CRM_TEXT, NULL, "Why", "原因" },
};
static const crm__column row_columns[] = {
	{ "customer", CRM_REF, "customer", "Customer", "客户" },
	{ "tier", CRM_ENUM, NULL, "Tier", "级别" },
	{ "value_score", CRM_INT, NULL, "Value", "价值分" },
	{ "potential_score", CRM_INT, NULL, "Potential", "潜力分" },
	{ "rfm", CRM_TEXT, NULL, "RFM", "RFM 码" },
	{ "r_days", CRM_INT, NULL, "Days since the last order", "最近成交天数" },
	{ "f_count", CRM_INT, NULL, "Orders", "成交次数" },
	{ "m_base", CRM_MONEY, NULL, "Amount", "成交金额" },
	{ "manual", CRM_BOOL, NULL, "By hand", "人工调整" },
	{ "reason", CRM_TEXT, NULL, "Why", "原因" },
	{ "expires_on", CRM_DATE, NULL, "By hand until", "失效日期" },
};
/* As the query hands them out; `customers` has them in this order, too. */
static const char row_fields[] =
	"customer tier value_score potential_score rfm r_days f_count m_base manual reason "
	"expires_on";
enum { CUSTOMER, TIER, M_BASE = 7, MANUAL, REASON };

static const crm__section total_section = { "totals", "Tiers", "各级别", total_columns,
	                                    CX_COUNT_OF(total_columns) };
static const crm__section change_section = { "changes", "Other tier than before", "级别变动",
	                                     change_columns, CX_COUNT_OF(change_columns) };
static const crm__section row_section = { "customers", "Customers", "客户", row_columns,
	                                  CX_COUNT_OF(row_columns) };

enum { TIERS = 4 };
static const char *const labels[TIERS] = {
#define LABEL(name, label) label,
	CRM_TIERS(LABEL)
#undef LABEL
};

typedef struct total {
	int64_t customers;
	int64_t by_hand;
	engine_sum m_base;
} total;

typedef struct tiers {
	crm__report *report;
	bool found;
	int64_t as_of_ms;
	total totals[TIERS];
	cx_slice before; /* of the customer that is looked at */
	char label[16];
} tiers;

/* ---- which run ---- */

static cx_status take_instant(void *context, const crm__value *values)
{
	tiers *self = context;
	self->found = true;
	self->as_of_ms = values[0].number;
	return CX_OK;
}

/* The newest row that a run has made: those have its parameters. */
static cx_status find_run(tiers *self)
{
	const crm__value *given = crm__param_of(self->report, "run");
	if (!crm__is_null(given)) {
		self->found = true;
		self->as_of_ms = given->number;
		return CX_OK;
	}
	const crm__condition where[] = {
		crm__compare("as_of", "<=", crm__number(self->report->now_ms)),
		crm__present("params"),
	};
	const crm__query query = { .type = "customer_tier",
		                   .where = where,
		                   .where_count = CX_COUNT_OF(where),
		                   .index = "as_of,tier",
		                   .order = "as_of desc",
		                   .limit = 1,
		                   .fields = "as_of" };
	return crm__query_run(self->report, &query, take_instant, self);
}

/* ---- totals and changes ---- */

static crm__query rows_of(const crm__condition *where, size_t count)
{
	return (crm__query){ .type = "customer_tier",
		             .where = where,
		             .where_count = count,
		             .index = "as_of,tier",
		             .fields = row_fields };
}

static cx_status take_before(void *context, const crm__value *values)
{
	tiers *self = context;
	const size_t size = values[0].text.size;
	if (size < sizeof self->label) {
		memcpy(self->label, values[0].text.data, size);
		self->before = (cx_slice){ (const uint8_t *)self->label, size };
	}
	return CX_OK;
}

static cx_status find_before(tiers *self, int64_t customer)
{
	const crm__condition where[] = {
		crm__equal("customer", crm__number(customer)),
		crm__compare("as_of", "<", crm__number(self->as_of_ms)),
	};
	const crm__query query = { .type = "customer_tier",
		                   .where = where,
		                   .where_count = CX_COUNT_OF(where),
		                   .index = "customer,as_of",
		                   .order = "as_of desc",
		                   .limit = 1,
		                   .fields = "tier" };
	self->before = (cx_slice){ 0 };
	return crm__query_run(self->report, &query, take_before, self);
}

static cx_status take_total(void *context, const crm__value *values)
{
	tiers *self = context;
	for (size_t i = 0; i < TIERS; i++) {
		if (!crm__is(&values[TIER], labels[i]))
			continue;
		total *to = &self->totals[i];
		to->customers++;
		to->by_hand += values[MANUAL].number != 0;
		to->m_base = engine_sum_add(to->m_base, engine_sum_of(values[M_BASE].number));
	}
	return CX_OK;
}

static cx_status take_change(void *context, const crm__value *values)
{
	tiers *self = context;
	crm__report *report = self->report;
	cx_status status = find_before(self, values[CUSTOMER].number);
	if (status != CX_OK || self->before.size == 0 ||
	    cx_slice_equal(self->before, values[TIER].text) || !crm__row(report))
		return status;
	crm__put(report, &values[CUSTOMER]);
	crm__put_text(report, self->before);
	crm__put(report, &values[TIER]);
	crm__put(report, &values[REASON]);
	return CX_OK;
}

static void put_totals(const tiers *self)
{
	crm__report *report = self->report;
	int64_t all = 0;
	for (size_t i = 0; i < TIERS; i++)
		all += self->totals[i].customers;
	crm__section_begin(report, &total_section);
	for (size_t i = 0; i < TIERS && crm__row(report); i++) {
		const total *one = &self->totals[i];
		crm__put_text(report, cx_slice_of(labels[i]));
		crm__put_number(report, one->customers);
		crm__put_share(report, one->customers, all);
		crm__put_number(report, one->by_hand);
		crm__put_sum(report, one->m_base);
	}
	crm__section_end(report);
}

static cx_status put_changes(tiers *self, const crm__query *query)
{
	crm__section_begin(self->report, &change_section);
	cx_status status = CX_OK;
	if (crm__param_number(self->report, "changes") != 0)
		status = crm__query_run(self->report, query, take_change, self);
	if (status == CX_OK)
		crm__section_end(self->report);
	return status;
}

static cx_status put_run(tiers *self)
{
	crm__report *report = self->report;
	const crm__value *tier = crm__param_of(report, "tier");
	crm__condition where[2] = { crm__equal("as_of", crm__number(self->as_of_ms)) };
	size_t count = 1;
	const crm__query every = rows_of(where, 1);
	cx_status status = crm__query_run(report, &every, take_total, self);
	if (status != CX_OK)
		return status;
	put_totals(self);
	if (!crm__is_null(tier))
		where[count++] = crm__equal("tier", *tier);
	const crm__query wanted = rows_of(where, count);
	status = put_changes(self, &wanted);
	if (status != CX_OK)
		return status;
	crm__section_begin(report, &row_section);
	status = crm__query_rows(report, &wanted);
	if (status == CX_OK)
		crm__section_end(report);
	return status;
}

static cx_status run(crm__report *report)
{
	tiers *self = cx_arena_zalloc(report->arena, sizeof *self);
	if (self == NULL)
		return CX_NO_MEMORY;
	self->report = report;
	cx_status status = find_run(self);
	if (status != CX_OK)
		return status;
	if (!self->found) {
		crm__note(report, "Customers have not been graded yet: run the tiers first.",
		          "尚未进行客户分级,请先运行分级。");
		return CX_OK;
	}
	report->as_of_ms = self->as_of_ms;
	return put_run(self);
}

const crm__definition crm__report_tiers = { params, CX_COUNT_OF(params), run };
