/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/runs/rows.h"

#include "base/msgpack.h"
#include "crm/findings/month.h"
#include "crm/findings/numbers.h"
#include "crm/reports/frame/read.h"

#include <stdio.h>

/* ---- what is there ---- */

enum { SCOPE_CONDITIONS = 3 };

static void write_scope(const crm__scope *scope, crm__condition where[SCOPE_CONDITIONS])
{
	const crm__value id = crm__number(scope->id);
	where[0] = crm__equal("scope", crm__text(crm__scope_label(scope->kind)));
	where[1] = scope->kind == CRM_SCOPE_TEAM ? crm__equal("team", id) : crm__absent("team");
	where[2] = scope->kind == CRM_SCOPE_USER ? crm__equal("user", id) : crm__absent("user");
}

static cx_status note_that_there_is(void *context, const crm__value *values)
{
	(void)values;
	*(bool *)context = true;
	return CX_OK;
}

cx_status crm__forecast_is_there(crm__forecast_writer *self, bool *ret)
{
	crm__condition where[SCOPE_CONDITIONS + 1];
	write_scope(self->scope, where);
	where[SCOPE_CONDITIONS] = crm__equal("run", crm__number(self->run));
	const crm__query query = { .type = "forecast",
		                   .where = where,
		                   .where_count = CX_COUNT_OF(where),
		                   .index = "run,scope,team,user,period,method",
		                   .limit = 1,
		                   .fields = "id" };
	*ret = false;
	return crm__query_run(&self->reading, &query, note_that_there_is, ret);
}

/* ---- rows ---- */

static void put_int(cx_buf *out, const char *name, int64_t value)
{
	cx_write_text(out, name);
	cx_write_int(out, value);
}

static void put_text(cx_buf *out, const char *name, const char *value)
{
	cx_write_text(out, name);
	cx_write_text(out, value);
}

static void put_if(cx_buf *out, const char *name, bool has, int64_t value)
{
	cx_write_text(out, name);
	if (has)
		cx_write_int(out, value);
	else
		cx_write_nil(out);
}

/* "alpha=0.3 beta=0.05"; the constants are above 0 where the model has them. */
static void put_fit(cx_buf *out, const crm__fit *fit)
{
	char text[80];
	int used = snprintf(text, sizeof text, "alpha=%g", fit->alpha);
	if (!(fit->alpha > 0))
		used = snprintf(text, sizeof text, "last year's month");
	if (fit->beta > 0)
		used += snprintf(text + used, sizeof text - (size_t)used, " beta=%g",
		                 fit->beta);
	if (fit->gamma > 0)
		snprintf(text + used, sizeof text - (size_t)used, " gamma=%g", fit->gamma);
	put_text(out, "params", text);
}

static void put_model(cx_buf *out, const crm__foreseen *row, size_t train_n)
{
	const crm__backtest *test = &row->model->test;
	put_if(out, "low", row->expected.has_interval, row->expected.low);
	put_if(out, "high", row->expected.has_interval, row->expected.high);
	put_if(out, "wape_bp", test->has_wape, test->wape_bp);
	put_if(out, "mase_milli", test->has_mase, test->mase_milli);
	put_int(out, "folds", (int64_t)test->folds);
	put_int(out, "train_n", (int64_t)train_n);
	put_fit(out, &row->model->fit);
}

static void put_row(const crm__forecast_writer *self, const crm__foreseen *row, size_t train_n,
                    cx_buf *out)
{
	const size_t always = 7, of_model = row->model != NULL ? 7 : 0;
	const crm__scope *scope = self->scope;
	const bool whole = scope->kind == CRM_SCOPE_ORG;
	cx_write_map(out, always + of_model + !whole);
	put_int(out, "run", self->run);
	put_int(out, "as_of", self->as_of_ms);
	put_text(out, "scope", crm__scope_label(scope->kind));
	if (!whole)
		put_int(out, scope->kind == CRM_SCOPE_TEAM ? "team" : "user", scope->id);
	put_int(out, "period", crm__month_first(self->month + (int64_t)row->month));
	put_text(out, "method", crm__method_label(row->method));
	cx_write_text(out, "chosen");
	cx_write_bool(out, row->chosen);
	put_int(out, "value", row->expected.value);
	if (row->model != NULL)
		put_model(out, row, train_n);
}

cx_status crm__forecast_make(crm__forecast_writer *self, const crm__foresight *foresight)
{
	CX_SCOPED(cx_buf_release) cx_buf fields = CX_BUF_INIT(ENGINE_RECORD_BYTES_MAX);
	cx_status status = CX_OK;
	for (size_t i = 0; i < foresight->count && status == CX_OK; i++) {
		engine_outcome outcome;
		cx_buf_clear(&fields);
		put_row(self, &foresight->rows[i], foresight->outlook.n, &fields);
		status = cx_buf_status(&fields);
		if (status == CX_OK)
			status = engine_create(self->write, self->type, cx_buf_slice(&fields),
			                       &self->change, &outcome, self->error);
	}
	return status;
}

/* ---- what came ---- */

typedef struct filling {
	crm__numbers ids;
	crm__numbers periods;
} filling;

static void release(filling *self)
{
	crm__numbers_release(&self->ids);
	crm__numbers_release(&self->periods);
}

static cx_status take(void *context, const crm__value *values)
{
	filling *self = context;
	cx_status status = crm__numbers_add(&self->ids, values[0].number);
	return status == CX_OK ? crm__numbers_add(&self->periods, values[1].number) : status;
}

static cx_status fill(crm__forecast_writer *self, int64_t id, int64_t actual)
{
	CX_SCOPED(cx_buf_release) cx_buf fields = CX_BUF_INIT(64);
	engine_outcome outcome;
	cx_write_map(&fields, 1);
	put_int(&fields, "actual", actual);
	cx_status status = cx_buf_status(&fields);
	return status == CX_OK
	               ? engine_update(self->write, self->type, id, cx_buf_slice(&fields),
	                               &self->change, &outcome, self->error)
	               : status;
}

cx_status crm__forecast_fill(crm__forecast_writer *self, const int64_t *months, uint64_t *count)
{
	enum { PERIOD = SCOPE_CONDITIONS, ACTUAL, CONDITIONS };
	crm__condition where[CONDITIONS];
	write_scope(self->scope, where);
	where[PERIOD] =
		crm__between("period", crm__month_first(self->month - CRM_ACTUAL_MONTHS),
	                     crm__month_first(self->month) - 1);
	where[ACTUAL] = crm__absent("actual");
	const crm__query query = { .type = "forecast",
		                   .where = where,
		                   .where_count = CONDITIONS,
		                   .index = "scope,team,user,period,as_of",
		                   .fields = "id period" };
	CX_SCOPED(release) filling found = { 0 };
	cx_status status = crm__query_run(&self->reading, &query, take, &found);
	for (size_t i = 0; i < found.ids.count && status == CX_OK; i++) {
		const int64_t ago = self->month - crm__month_number(found.periods.items[i]);
		status = fill(self, found.ids.items[i],
		              months[CRM_REVENUE_MONTHS - 1 - (size_t)ago]);
	}
	if (status == CX_OK)
		*count += found.ids.count;
	return status;
}
