/* SPDX-License-Identifier: Apache-2.0 */
/* Contracts: their value in force, those about to expire, and how many that expired were
 * followed by another. A contract that is signed is pending before its start, active from then
 * on to its end, the last day included, and expired afterwards. */
#include "crm/figures/contract.h"
#include "crm/reports/frame/read.h"
#include "crm/reports/reports.h"

static const crm__param params[] = {
	{ .name = "days",
	  .kind = CRM_INT,
	  .low = 0,
	  .high = 3660,
	  .help_en = "expiring within so many days, not within each contract's notice days",
	  .help_zh = "到期天数(默认用各合同的提醒天数)" },
	{ .name = "from",
	  .kind = CRM_DATE,
	  .fallback = "today-365",
	  .help_en = "renewals of contracts that ended on this day or later",
	  .help_zh = "统计续约:到期日起始" },
	{ .name = "to",
	  .kind = CRM_DATE,
	  .fallback = "today-91",
	  .help_en = "and on this day or earlier",
	  .help_zh = "统计续约:到期日截止" },
	CRM__PARAM_OWNED,
};

enum { RENEWAL_DAYS = 90 };

static const crm__column value_columns[] = {
	{ "phase", CRM_ENUM, NULL, "Phase", "阶段" },
	{ "contracts", CRM_INT, NULL, "Contracts", "合同数" },
	{ "amount_base", CRM_MONEY, NULL, "Value", "金额" },
};

static const crm__column expiring_columns[] = {
	{ "id", CRM_ID, "contract", "Id", "编号" },
	{ "number", CRM_TEXT, NULL, "Number", "合同编号" },
	{ "title", CRM_TEXT, NULL, "Title", "合同名称" },
	{ "customer", CRM_REF, "customer", "Customer", "客户" },
	{ "owner", CRM_REF, "user", "Owner", "负责人" },
	{ "end_on", CRM_DATE, NULL, "End", "到期日期" },
	{ "days_left", CRM_INT, NULL, "Days left", "剩余天数" },
	{ "amount_base", CRM_MONEY, NULL, "Value", "金额" },
	{ "auto_renew", CRM_BOOL, NULL, "Renews itself", "自动续约" },
};

static const crm__column renewal_columns[] = {
	{ "expired", CRM_INT, NULL, "Expired", "到期" },
	{ "renewed", CRM_INT, NULL, "Renewed", "续约" },
	{ "share_bp", CRM_BP, NULL, "Share", "续约率" },
};

static const crm__section value_section = { "in_force", "Value in force", "有效合同金额",
	                                    value_columns, CX_COUNT_OF(value_columns) };
static const crm__section expiring_section = { "expiring", "Expiring", "即将到期",
	                                       expiring_columns,
	                                       CX_COUNT_OF(expiring_columns) };
static const crm__section renewal_section = { "renewals", "Renewed within 90 days of the end",
	                                      "到期90天内续约", renewal_columns,
	                                      CX_COUNT_OF(renewal_columns) };

/* Fields, in this order; the first of them are columns of the expiring ones. */
enum { ID, NUMBER, TITLE, CUSTOMER, OWNER, END_ON, AMOUNT, AUTO_RENEW, START_ON, NOTICE };
static const char fields[] =
	"id number title customer owner end_on amount_base auto_renew start_on notice_days";

typedef struct contracts {
	crm__report *report;
	crm__people people;
	int64_t today;
	bool lists; /* those expiring, into rows */
	int64_t active, pending, open_ended;
	engine_sum active_amount, pending_amount, open_amount;
	int64_t expired, renewed;
} contracts;

/* A signed contract has a start. */
static crm__term term_of(const crm__value *values)
{
	return (crm__term){ .start_on = values[START_ON].number,
		            .end_on = values[END_ON].number,
		            .has_end = !crm__is_null(&values[END_ON]) };
}

static void add(int64_t *count, engine_sum *amount, const crm__value *values)
{
	++*count;
	*amount = engine_sum_add(*amount, engine_sum_of(values[AMOUNT].number));
}

static void put_expiring(const contracts *self, const crm__value *values)
{
	crm__report *report = self->report;
	const crm__value *days = crm__param_of(report, "days");
	const int64_t notice = crm__is_null(days) ? values[NOTICE].number : days->number;
	const crm__term term = term_of(values);
	if (!crm__contract_is_expiring(&term, self->today, notice) || !crm__row(report))
		return;
	for (int i = ID; i <= END_ON; i++)
		crm__put(report, &values[i]);
	crm__put_number(report, term.end_on - self->today);
	crm__put(report, &values[AMOUNT]);
	crm__put(report, &values[AUTO_RENEW]);
}

static void add_value(contracts *self, const crm__value *values)
{
	const crm__term term = term_of(values);
	switch (crm__contract_phase(&term, self->today)) {
	case CRM__PHASE_PENDING:
		add(&self->pending, &self->pending_amount, values);
		break;
	case CRM__PHASE_ACTIVE:
		add(&self->active, &self->active_amount, values);
		break;
	case CRM__PHASE_EXPIRED: /* the index has none of those in this range */
		return;
	}
	if (!term.has_end)
		add(&self->open_ended, &self->open_amount, values);
}

/* A contract that is not over. */
static cx_status take_live(void *context, const crm__value *values)
{
	contracts *self = context;
	if (!crm__people_have(&self->people, &values[OWNER]))
		return CX_OK;
	if (self->lists)
		put_expiring(self, values);
	else
		add_value(self, values);
	return CX_OK;
}

static cx_status read_signed(contracts *self, const crm__condition *end, crm__record_sink *sink)
{
	const crm__condition where[] = { crm__equal("status", crm__text("signed")), *end };
	const crm__query query = { .type = "contract",
		                   .where = where,
		                   .where_count = CX_COUNT_OF(where),
		                   .index = "status,end_on",
		                   .order = "end_on",
		                   .fields = fields };
	return crm__query_run(self->report, &query, sink, self);
}

static cx_status read_live(contracts *self)
{
	const crm__condition ending = crm__compare("end_on", ">=", crm__number(self->today));
	const crm__condition endless = crm__absent("end_on");
	cx_status status = read_signed(self, &ending, take_live);
	if (status == CX_OK && !self->lists)
		status = read_signed(self, &endless, take_live);
	return status;
}

/* ---- renewals ---- */

typedef struct follower {
	const crm__value *before; /* values of the contract that ended */
	bool found;
} follower;

/* A later contract: it begins after the other one began, and not long after that ended. */
static cx_status take_follower(void *context, const crm__value *values)
{
	follower *self = context;
	const crm__value *before = self->before;
	if (values[0].number == before[ID].number || crm__is_null(&values[1]))
		return CX_OK;
	const bool later =
		crm__is_null(&before[START_ON]) || values[1].number > before[START_ON].number;
	if (later && values[1].number <= before[END_ON].number + RENEWAL_DAYS)
		self->found = true;
	return CX_OK;
}

static cx_status look_for(contracts *self, follower *ret, const crm__condition *end)
{
	const crm__condition where[] = {
		crm__equal("customer", ret->before[CUSTOMER]),
		crm__one_of("status", "signed terminated"),
		*end,
	};
	const crm__query query = { .type = "contract",
		                   .where = where,
		                   .where_count = CX_COUNT_OF(where),
		                   .index = "customer,end_on",
		                   .fields = "id start_on" };
	return ret->found ? CX_OK : crm__query_run(self->report, &query, take_follower, ret);
}

static cx_status take_expired(void *context, const crm__value *values)
{
	contracts *self = context;
	if (!crm__people_have(&self->people, &values[OWNER]))
		return CX_OK;
	follower next = { .before = values };
	const crm__condition later = crm__compare("end_on", ">", values[END_ON]);
	const crm__condition endless = crm__absent("end_on");
	cx_status status = look_for(self, &next, &later);
	if (status == CX_OK)
		status = look_for(self, &next, &endless);
	self->expired++;
	self->renewed += next.found;
	return status;
}

static cx_status read_expired(contracts *self)
{
	const int64_t from = crm__param_number(self->report, "from");
	int64_t to = crm__param_number(self->report, "to");
	cx_status status = crm__check_span(self->report, from, to);
	if (to >= self->today) /* those that end later are not over yet */
		to = self->today - 1;
	if (status != CX_OK || from > to)
		return status;
	const crm__condition ended = crm__between("end_on", from, to);
	return read_signed(self, &ended, take_expired);
}

/* ---- what is told ---- */

static void put_value(crm__report *report, const char *phase, int64_t count, engine_sum amount)
{
	if (!crm__row(report))
		return;
	crm__put_text(report, cx_slice_of(phase));
	crm__put_number(report, count);
	crm__put_sum(report, amount);
}

static void put_values(const contracts *self)
{
	crm__section_begin(self->report, &value_section);
	put_value(self->report, "active", self->active, self->active_amount);
	put_value(self->report, "pending", self->pending, self->pending_amount);
	put_value(self->report, "open_ended", self->open_ended, self->open_amount);
	crm__section_end(self->report);
	crm__note(self->report, "Open-ended contracts are among those active and pending.",
	          "无到期日的合同已计入生效中与待生效。");
}

static void put_renewals(const contracts *self)
{
	crm__section_begin(self->report, &renewal_section);
	if (crm__row(self->report)) {
		crm__put_number(self->report, self->expired);
		crm__put_number(self->report, self->renewed);
		crm__put_share(self->report, self->renewed, self->expired);
	}
	crm__section_end(self->report);
}

static cx_status run(crm__report *report)
{
	contracts self = { .report = report, .today = crm__today(report) };
	cx_status status = crm__people_of(report, crm__param_of(report, "owner"),
	                                  crm__param_of(report, "team"), &self.people);
	if (status == CX_OK)
		status = read_live(&self);
	if (status == CX_OK)
		status = read_expired(&self);
	if (status != CX_OK)
		return status;
	put_values(&self);
	self.lists = true;
	crm__section_begin(report, &expiring_section);
	status = read_live(&self);
	if (status != CX_OK)
		return status;
	crm__section_end(report);
	put_renewals(&self);
	return CX_OK;
}

const crm__definition crm__report_contracts = { params, CX_COUNT_OF(params), run };
