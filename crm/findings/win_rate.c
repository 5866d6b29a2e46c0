/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/findings/win_rate.h"

#include "crm/findings/numbers.h"
#include "crm/reports/frame/read.h"
#include "crm/stats/proportion.h"

#include <stdlib.h>

static const int64_t day_ms = 86400000;

typedef struct reading {
	crm__report *report;
	crm__win_rate *items;
	size_t count;
	int64_t from_ms, to_ms; /* the cohort's */
} reading;

static cx_status take_stage(void *context, const crm__value *values)
{
	reading *self = context;
	if (self->count == CRM_STAGES_MAX)
		return cx_fail(self->report->error, CX_TOO_LARGE,
		               "there are more than %d stages", CRM_STAGES_MAX);
	self->items[self->count++] = (crm__win_rate){ .stage = values[0].number,
		                                      .seq = values[1].number,
		                                      .default_bp = values[2].number,
		                                      .open = crm__is(&values[3], "open"),
		                                      .rate_bp = values[2].number };
	return CX_OK;
}

static int by_seq(const void *a, const void *b)
{
	const crm__win_rate *x = a, *y = b;
	if (x->seq != y->seq)
		return x->seq < y->seq ? -1 : 1;
	return (x->stage > y->stage) - (x->stage < y->stage);
}

/* ---- the cohort of a stage ---- */

static cx_status take_opportunity(void *context, const crm__value *values)
{
	return crm__numbers_add(context, values[0].number);
}

static cx_status read_entries(const reading *self, int64_t stage, crm__numbers *to)
{
	const crm__condition where[] = { crm__equal("stage", crm__number(stage)),
		                         crm__between("valid_from", self->from_ms,
		                                      self->to_ms) };
	const crm__query query = { .type = "stage_history",
		                   .where = where,
		                   .where_count = CX_COUNT_OF(where),
		                   .index = "stage,valid_from",
		                   .fields = "opportunity" };
	return crm__query_run(self->report, &query, take_opportunity, to);
}

static cx_status note_that_there_is(void *context, const crm__value *values)
{
	(void)values;
	*(bool *)context = true;
	return CX_OK;
}

/* Whether it was in the stage before the cohort begins. */
static cx_status was_there(const reading *self, int64_t opportunity, int64_t stage, bool *ret)
{
	const crm__condition where[] = {
		crm__equal("opportunity", crm__number(opportunity)),
		crm__compare("valid_from", "<", crm__number(self->from_ms)),
		crm__equal("stage", crm__number(stage)),
	};
	const crm__query query = { .type = "stage_history",
		                   .where = where,
		                   .where_count = CX_COUNT_OF(where),
		                   .limit = 1,
		                   .fields = "id" };
	*ret = false;
	return crm__query_run(self->report, &query, note_that_there_is, ret);
}

static cx_status count(const reading *self, int64_t opportunity, crm__win_rate *to)
{
	enum { STATE, CREATED_AT, FIELDS };
	crm__value values[FIELDS];
	bool before = false;
	cx_status status =
		crm__get(self->report, "opportunity", opportunity, "state created_at", values);
	if (status == CX_NOT_FOUND) /* deleted since */
		return CX_OK;
	if (status == CX_OK && values[CREATED_AT].number < self->from_ms)
		status = was_there(self, opportunity, to->stage, &before);
	if (status != CX_OK || before)
		return status;
	if (crm__is(&values[STATE], "won"))
		to->won++;
	else if (crm__is(&values[STATE], "lost"))
		to->lost++;
	else
		to->still_open++;
	return CX_OK;
}

static cx_status read_stage(const reading *self, crm__win_rate *to)
{
	CX_SCOPED(crm__numbers_release) crm__numbers entered = { 0 };
	cx_status status = read_entries(self, to->stage, &entered);
	crm__numbers_sort(&entered);
	for (size_t i = 0; i < entered.count && status == CX_OK; i++)
		if (i == 0 || entered.items[i] != entered.items[i - 1])
			status = count(self, entered.items[i], to);
	if (status == CX_OK)
		to->rate_bp = crm__shrunk_rate_bp(to->won, to->lost, to->default_bp,
		                                  CRM_SHRINK_WEIGHT);
	return status;
}

cx_status crm__win_rates_read(crm__report *report, crm__win_rates *ret)
{
	reading self = {
		.report = report,
		.items = cx_arena_alloc(report->arena, CRM_STAGES_MAX * sizeof *self.items),
		.from_ms = report->now_ms - CRM_COHORT_FROM_DAYS * day_ms,
		.to_ms = report->now_ms - CRM_COHORT_TO_DAYS * day_ms,
	};
	if (self.items == NULL)
		return CX_NO_MEMORY;
	const crm__query stages = { .type = "stage", .fields = "id seq probability_bp kind" };
	cx_status status = crm__query_run(report, &stages, take_stage, &self);
	if (self.count > 0)
		qsort(self.items, self.count, sizeof *self.items, by_seq);
	for (size_t i = 0; i < self.count && status == CX_OK; i++)
		if (self.items[i].open)
			status = read_stage(&self, &self.items[i]);
	if (status == CX_OK)
		*ret = (crm__win_rates){ .items = self.items, .count = self.count };
	return status;
}

const crm__win_rate *crm__win_rates_find(const crm__win_rates *self, int64_t stage)
{
	for (size_t i = 0; i < self->count; i++)
		if (self->items[i].stage == stage)
			return &self->items[i];
	return NULL;
}
