/* SPDX-License-Identifier: Apache-2.0 */
/* Cohorts of opportunities: of those that entered a stage, how many came further; of those that
 * were made, how many have an order. */
#include "crm/reports/frame/sample.h"
#include "crm/reports/history.h"
#include "crm/reports/reports.h"
#include "crm/reports/span.h"
#include "crm/reports/stages.h"

static const crm__param params[] = { CRM__SPAN_PARAMS };

static const crm__column stage_columns[] = {
	{ "stage", CRM_REF, "stage", "Stage", "销售阶段" },
	{ "entered", CRM_INT, NULL, "Entered it", "进入" },
	{ "further", CRM_INT, NULL, "Came further", "后续推进" },
	{ "share_bp", CRM_BP, NULL, "Share", "转化率" },
};

static const crm__column order_columns[] = {
	{ "created", CRM_INT, NULL, "Opportunities made", "新建商机" },
	{ "ordered", CRM_INT, NULL, "With a confirmed order", "已转订单" },
	{ "share_bp", CRM_BP, NULL, "Share", "转化率" },
};

static const crm__section stage_section = { "stages", "From stage to a later one", "阶段转化",
	                                    stage_columns, CX_COUNT_OF(stage_columns) };
static const crm__section order_section = { "orders", "From opportunity to order", "商机转订单",
	                                    order_columns, CX_COUNT_OF(order_columns) };

/* ---- from stage to stage ---- */

typedef struct entry {
	bool entered;
	bool further;
} entry;

/* One opportunity, its rows taken from the newest to the oldest. */
typedef struct timeline {
	const crm__stages *stages;
	const crm__span *span;
	entry entries[CRM__STAGES_MAX];
	bool has_newer;
	bool deleted;
	crm__history_row newer; /* it is not known yet whether that came into its stage */
	bool won_later;
	int64_t furthest_later; /* highest seq of an open stage later on */
} timeline;

/* The row before began in `before`, a place among the stages. */
static void close_row(timeline *self, size_t before)
{
	const crm__history_row *row = &self->newer;
	const size_t stage = crm__stages_place(self->stages, row->stage);
	if (stage == self->stages->count)
		return;
	const int64_t seq = self->stages->all[stage].seq;
	const bool entered = row->open && stage != before &&
	                     row->valid_from >= self->span->begin_ms &&
	                     row->valid_from < self->span->end_ms;
	if (entered) /* an earlier entry of the same takes its place */
		self->entries[stage] =
			(entry){ .entered = true,
			         .further = self->won_later || self->furthest_later > seq };
	self->won_later = self->won_later || row->won;
	if (row->open && seq > self->furthest_later)
		self->furthest_later = seq;
}

static cx_status take_row(void *context, const crm__history_row *row)
{
	timeline *self = context;
	if (self->has_newer)
		close_row(self, crm__stages_place(self->stages, row->stage));
	else
		self->deleted = row->deleted;
	self->newer = *row;
	self->has_newer = true;
	return CX_OK;
}

typedef struct conversion {
	crm__report *report;
	crm__span span;
	crm__stages stages;
	crm__sample opportunities; /* something happened to them */
	int64_t entered[CRM__STAGES_MAX], further[CRM__STAGES_MAX];
	int64_t created, ordered;
} conversion;

static cx_status add_timeline(conversion *self, int64_t opportunity)
{
	timeline one = { .stages = &self->stages,
		         .span = &self->span,
		         .furthest_later = INT64_MIN };
	cx_status status = crm__history_of(self->report, opportunity, take_row, &one);
	if (status != CX_OK || one.deleted)
		return status;
	if (one.has_newer)
		close_row(&one, self->stages.count);
	for (size_t i = 0; i < self->stages.count; i++) {
		self->entered[i] += one.entries[i].entered;
		self->further[i] += one.entries[i].further;
	}
	return CX_OK;
}

static cx_status note_opportunity(void *context, const crm__value *values)
{
	conversion *self = context;
	return crm__sample_add(self->report, &self->opportunities, values[0].number);
}

static cx_status read_stages(conversion *self)
{
	const crm__condition where[] = {
		crm__between("valid_from", self->span.begin_ms, self->span.end_ms - 1),
	};
	const crm__query query = { .type = "stage_history",
		                   .where = where,
		                   .where_count = CX_COUNT_OF(where),
		                   .index = "valid_from",
		                   .fields = "opportunity" };
	cx_status status = crm__query_run(self->report, &query, note_opportunity, self);
	crm__sample_sort(&self->opportunities);
	const crm__sample *all = &self->opportunities;
	for (size_t i = 0; status == CX_OK && i < all->count; i++)
		if (i == 0 || all->all[i] != all->all[i - 1])
			status = add_timeline(self, all->all[i]);
	return status;
}

/* ---- from opportunity to order ---- */

static cx_status note_order(void *context, const crm__value *values)
{
	(void)values;
	*(bool *)context = true;
	return CX_OK;
}

static cx_status add_opportunity(void *context, const crm__value *values)
{
	conversion *self = context;
	bool ordered = false;
	self->created++;
	if (values[1].number == 0) /* orders that are not cancelled: none */
		return CX_OK;
	const crm__condition where[] = {
		crm__equal("opportunity", values[0]),
		crm__one_of("status", "confirmed fulfilled"),
	};
	const crm__query query = { .type = "sales_order",
		                   .where = where,
		                   .where_count = CX_COUNT_OF(where),
		                   .index = "opportunity,created_at",
		                   .limit = 1,
		                   .fields = "id" };
	cx_status status = crm__query_run(self->report, &query, note_order, &ordered);
	self->ordered += ordered;
	return status;
}

static cx_status read_orders(conversion *self)
{
	const crm__condition where[] = {
		crm__between("created_at", self->span.begin_ms, self->span.end_ms - 1),
	};
	const crm__query query = { .type = "opportunity",
		                   .where = where,
		                   .where_count = CX_COUNT_OF(where),
		                   .index = "created_at",
		                   .fields = "id order_count" };
	return crm__query_run(self->report, &query, add_opportunity, self);
}

/* ---- what is told ---- */

static void put(const conversion *self)
{
	crm__report *report = self->report;
	crm__section_begin(report, &stage_section);
	for (size_t i = 0; i < self->stages.count; i++) {
		if (!self->stages.all[i].open || !crm__row(report))
			continue;
		crm__put_number(report, self->stages.all[i].id);
		crm__put_number(report, self->entered[i]);
		crm__put_number(report, self->further[i]);
		crm__put_share(report, self->further[i], self->entered[i]);
	}
	crm__section_end(report);
	crm__section_begin(report, &order_section);
	if (crm__row(report)) {
		crm__put_number(report, self->created);
		crm__put_number(report, self->ordered);
		crm__put_share(report, self->ordered, self->created);
	}
	crm__section_end(report);
	crm__note(report,
	          "Shares of late months will grow: what was entered or made then is still on "
	          "its "
	          "way.",
	          "近期月份的占比仍会上升:其中的商机尚在进行中。");
}

static cx_status run(crm__report *report)
{
	conversion *self = cx_arena_zalloc(report->arena, sizeof *self);
	if (self == NULL)
		return CX_NO_MEMORY;
	self->report = report;
	cx_status status = crm__span_of(report, &self->span);
	if (status == CX_OK)
		status = crm__stages_read(report, &self->stages);
	if (status == CX_OK)
		status = read_stages(self);
	if (status == CX_OK)
		status = read_orders(self);
	if (status == CX_OK)
		put(self);
	return status;
}

const crm__definition crm__report_conversion = { params, CX_COUNT_OF(params), run };
