/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/summary/plan.h"

#include "base/check.h"
#include "engine/summary/order.h"

#include <string.h>

static cx_status refuse_aggregate(const engine_summary_query *query, const char *missing,
                                  cx_error *error)
{
	const engine_aggregate *aggregate = query->aggregate;
	cx_status status = engine__aggregate_check_ready(aggregate, error);
	if (status != CX_OK)
		return status;
	if (strcmp(missing, "filter") == 0)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "aggregate %s cannot answer this filter: it may be about its "
		               "group columns; without its name all records are read",
		               aggregate->name);
	return cx_fail(error, CX_INVALID_ARGUMENT,
	               "aggregate %s has no %s; without its name all records are read",
	               aggregate->name, missing);
}

static cx_status find_supply(const engine_summary_query *query, engine__summary_plan *self,
                             cx_error *error)
{
	const engine__cover_terms terms = { .filter = &self->filter,
		                            .zone_min = self->zone_min,
		                            .where_is_meant = query->aggregate != NULL };
	if (query->aggregate == NULL) {
		self->by_groups = engine__supply_find(&self->request, &terms, &self->supply);
		return CX_OK;
	}
	const char *missing;
	self->by_groups = engine__supply_of(&self->request, &terms, query->aggregate,
	                                    &self->supply, &missing);
	return self->by_groups ? CX_OK : refuse_aggregate(query, missing, error);
}

static cx_status check(const engine_summary_query *query, cx_error *error)
{
	CX_ASSERT(query->aggregate == NULL || !query->no_aggregate);
	if (query->limit > ENGINE_GROUPS_MAX)
		return cx_fail(error, CX_INVALID_ARGUMENT, "limit: at most %d groups a page",
		               ENGINE_GROUPS_MAX);
	if (query->aggregate != NULL && query->records.use_index != NULL)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "an aggregate has no index: leave out one of the two");
	if (query->aggregate != NULL && query->aggregate->type != query->records.type)
		return cx_fail(error, CX_INVALID_ARGUMENT, "aggregate %s is of type %s, not %s",
		               query->aggregate->name, query->aggregate->type->name,
		               query->records.type->name);
	return CX_OK;
}

static cx_status find_zone(engine_read *read, engine__summary_plan *self)
{
	if (self->request.zoned)
		return engine__zone_of(read, &self->zone_min);
	return engine__cover_zone(read, self->request.type, &self->zone_min);
}

static cx_status plan_records(engine_read *read, cx_arena *arena, engine__summary_plan *self,
                              cx_error *error)
{
	engine_query *records = &self->records;
	records->order_count = 0;
	records->limit = 0;
	records->after = (cx_slice){ 0 };
	records->only = self->request.slots;
	records->only_count = self->request.slot_count;
	return engine__plan_of(read, records, ENGINE__PURPOSE_ALL, arena, &self->plan, error);
}

cx_status engine__summary_plan_of(engine_read *read, const engine_summary_query *query,
                                  cx_arena *arena, engine__summary_plan *ret, cx_error *error)
{
	cx_status status = check(query, error);
	if (status == CX_OK)
		status = engine__request_read(query, arena, &ret->request, error);
	if (status == CX_OK)
		status = engine__order_words_read(query->order, &ret->request, error);
	if (status == CX_OK)
		status = engine__filter_bind(read, query->records.type, query->records.filter,
		                             arena, &ret->filter, error);
	if (status != CX_OK)
		return status;
	ret->by_groups = false;
	ret->zone_min = 0;
	ret->plan.timed = false;
	ret->records = query->records;
	status = find_zone(read, ret);
	if (status != CX_OK)
		return cx_fail(error, status, "the time zone cannot be read: %s",
		               cx_status_text(status));
	if (!query->no_aggregate && query->records.use_index == NULL)
		status = find_supply(query, ret, error);
	if (status != CX_OK || ret->by_groups)
		return status;
	return plan_records(read, arena, ret, error);
}
