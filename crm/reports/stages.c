/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/reports/stages.h"

typedef struct reading {
	crm__report *report;
	crm__stages *stages;
} reading;

static cx_status take(void *context, const crm__value *values)
{
	const reading *self = context;
	crm__stages *stages = self->stages;
	if (stages->count == CRM__STAGES_MAX)
		return cx_fail(self->report->error, CX_TOO_LARGE,
		               "a report has room for %d stages", CRM__STAGES_MAX);
	stages->all[stages->count++] = (crm__stage){ .id = values[0].number,
		                                     .seq = values[1].number,
		                                     .open = crm__is(&values[2], "open"),
		                                     .won = crm__is(&values[2], "won") };
	return CX_OK;
}

cx_status crm__stages_read(crm__report *report, crm__stages *ret)
{
	reading self = { .report = report, .stages = ret };
	const crm__query query = { .type = "stage", .order = "seq", .fields = "id seq kind" };
	ret->count = 0;
	return crm__query_run(report, &query, take, &self);
}

size_t crm__stages_place(const crm__stages *stages, int64_t id)
{
	size_t place = 0;
	while (place < stages->count && stages->all[place].id != id)
		place++;
	return place;
}
