/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/reports/history.h"

static const char fields[] = "opportunity valid_from stage state amount_base probability_bp "
			     "close_on owner cause";

static crm__history_row row_of(const crm__value *values)
{
	return (crm__history_row){
		.opportunity = values[0].number,
		.valid_from = values[1].number,
		.stage = values[2].number,
		.open = crm__is(&values[3], "open"),
		.won = crm__is(&values[3], "won"),
		.lost = crm__is(&values[3], "lost"),
		.amount = values[4].number,
		.probability_bp = values[5].number,
		.close_on = values[6].number,
		.owner = values[7].number,
		.deleted = crm__is(&values[8], "delete"),
	};
}

typedef struct walk {
	crm__report *report;
	crm__history_sink *sink;
	void *context;
	crm__history_event event;
} walk;

static cx_status take_before(void *context, const crm__value *values)
{
	walk *self = context;
	self->event.before = row_of(values);
	self->event.has_before = true;
	return CX_OK;
}

static cx_status take_event(void *context, const crm__value *values)
{
	walk *self = context;
	self->event = (crm__history_event){ .after = row_of(values) };
	const crm__condition where[] = {
		crm__equal("opportunity", values[0]),
		crm__compare("valid_from", "<", values[1]),
	};
	const crm__query query = {
		.type = "stage_history",
		.where = where,
		.where_count = CX_COUNT_OF(where),
		.index = "timeline",
		.order = "valid_from desc",
		.limit = 1,
		.fields = fields,
	};
	cx_status status = crm__query_run(self->report, &query, take_before, self);
	return status == CX_OK ? self->sink(self->context, &self->event) : status;
}

cx_status crm__history_walk(crm__report *report, int64_t from_ms, int64_t to_ms,
                            crm__history_sink *sink, void *context)
{
	walk self = { .report = report, .sink = sink, .context = context };
	const crm__condition where[] = { crm__between("valid_from", from_ms, to_ms) };
	const crm__query query = {
		.type = "stage_history",
		.where = where,
		.where_count = CX_COUNT_OF(where),
		.index = "valid_from",
		.order = "valid_from",
		.fields = fields,
	};
	return from_ms <= to_ms ? crm__query_run(report, &query, take_event, &self) : CX_OK;
}

typedef struct timeline {
	crm__history_row_sink *sink;
	void *context;
} timeline;

static cx_status take_row(void *context, const crm__value *values)
{
	const timeline *self = context;
	const crm__history_row row = row_of(values);
	return self->sink(self->context, &row);
}

cx_status crm__history_of(crm__report *report, int64_t opportunity, crm__history_row_sink *sink,
                          void *context)
{
	timeline self = { .sink = sink, .context = context };
	const crm__condition where[] = { crm__equal("opportunity", crm__number(opportunity)) };
	const crm__query query = {
		.type = "stage_history",
		.where = where,
		.where_count = CX_COUNT_OF(where),
		.index = "timeline",
		.order = "valid_from desc",
		.fields = fields,
	};
	return crm__query_run(report, &query, take_row, &self);
}
