/* SPDX-License-Identifier: Apache-2.0 */
/* Where the figures of a tally come from. */
#include "crm/reports/performance/tally.h"

/* ---- targets ---- */

enum { PEOPLE_AT_ONCE = 500 };

static const char target_index[] = "scope,team,user,metric,period";
static const char *const metrics[] = { "revenue", "paid", "orders", "new_customers" };

static void aim(crm__figures *figures, size_t month, int64_t value)
{
	figures->targeted |= UINT64_C(1) << month;
	figures->target = engine_sum_add(figures->target, engine_sum_of(value));
}

static cx_status take_whole(void *context, const crm__value *values)
{
	crm__tally *self = context;
	size_t month;
	if (!crm__months_find(self->months, &values[2], &month))
		return CX_OK;
	aim(&self->whole, month, values[3].number);
	aim(&self->by_month[month], month, values[3].number);
	return CX_OK;
}

static cx_status take_team(void *context, const crm__value *values)
{
	crm__tally *self = context;
	size_t month;
	const size_t team = crm__scope_find_team(self->scope, &values[0]);
	if (team != CRM__NOWHERE && crm__months_find(self->months, &values[2], &month))
		aim(&self->by_team[team], month, values[3].number);
	return CX_OK;
}

static cx_status take_person(void *context, const crm__value *values)
{
	crm__tally *self = context;
	size_t month;
	if (values[1].kind != CRM__NUMBER ||
	    !crm__months_find(self->months, &values[2], &month))
		return CX_OK;
	crm__person *person = crm__keyed_get(&self->people, values[1].number);
	if (person == NULL)
		return CX_NO_MEMORY;
	aim(&person->figures, month, values[3].number);
	return CX_OK;
}

static crm__condition none(const char *field)
{
	return (crm__condition){ .operator= "null", .field = field };
}

/* The targets of a scope ("org", "team", "user") for these teams and users. */
static cx_status read_targets(crm__tally *self, const char *scope, crm__condition team,
                              crm__condition user, crm__record_sink *sink)
{
	const crm__condition where[] = {
		crm__equal("scope", crm__text(scope)),
		team,
		user,
		crm__equal("metric", crm__text(metrics[self->metric])),
		crm__between("period", crm__months_first(self->months),
		             crm__months_last(self->months)),
	};
	const crm__query query = { .type = "sales_target",
		                   .where = where,
		                   .where_count = CX_COUNT_OF(where),
		                   .index = target_index,
		                   .fields = "team user period value" };
	return crm__query_run(self->report, &query, sink, self);
}

/* Ids of a list, so many at a time. */
static cx_status read_each(crm__tally *self, bool people)
{
	const crm__scope *scope = self->scope;
	const size_t count = people ? scope->member_count : scope->team_count;
	int64_t ids[PEOPLE_AT_ONCE];
	cx_status status = CX_OK;
	for (size_t at = 0; at < count && status == CX_OK;) {
		size_t size = 0;
		for (; at < count && size < PEOPLE_AT_ONCE; at++)
			ids[size++] = people ? scope->members[at].id : scope->teams[at].id;
		if (people)
			status = read_targets(self, "user", none("team"),
			                      crm__one_of_ids("user", ids, size), take_person);
		else
			status = read_targets(self, "team", crm__one_of_ids("team", ids, size),
			                      none("user"), take_team);
	}
	return status;
}

cx_status crm__tally_targets(crm__tally *self)
{
	const crm__scope *scope = self->scope;
	if (scope->user != 0)
		return read_targets(self, "user", none("team"),
		                    crm__equal("user", crm__number(scope->user)), take_whole);
	cx_status status =
		scope->team != 0
			? read_targets(self, "team",
	                               crm__equal("team", crm__number(scope->team)),
	                               none("user"), take_whole)
			: read_targets(self, "org", none("team"), none("user"), take_whole);
	if (status == CX_OK)
		status = read_each(self, false);
	return status == CX_OK ? read_each(self, true) : status;
}

/* ---- credits ---- */

/* Columns: month, credited user, credited team. */
static crm__place place_of_credit(const crm__tally *self, const crm__group *group)
{
	crm__place ret = { .month = CRM__NOWHERE,
		           .owner = &group->columns[1],
		           .team = crm__scope_find_team(self->scope, &group->columns[2]) };
	(void)crm__months_find(self->months, &group->columns[0], &ret.month);
	return ret;
}

static cx_status take_revenue(void *context, const crm__group *group)
{
	crm__tally *self = context;
	const crm__figures gain = { .orders = (int64_t)group->count,
		                    .revenue = group->sums[0],
		                    .units_milli = group->sums[1] };
	const crm__place place = place_of_credit(self, group);
	return crm__tally_add(self, &gain, &place);
}

static cx_status take_cash(void *context, const crm__group *group)
{
	crm__tally *self = context;
	const crm__figures gain = { .paid = group->sums[0] };
	const crm__place place = place_of_credit(self, group);
	return crm__tally_add(self, &gain, &place);
}

/* More columns: state, lost reason. */
static cx_status take_closed(void *context, const crm__group *group)
{
	crm__tally *self = context;
	crm__figures gain = { .lost = (int64_t)group->count };
	if (crm__is(&group->columns[3], "won"))
		gain = (crm__figures){ .won = (int64_t)group->count,
			               .won_base = group->sums[0],
			               .cycle_ms = group->sums[1] };
	const crm__place place = place_of_credit(self, group);
	return crm__tally_add(self, &gain, &place);
}

cx_status crm__tally_credits(crm__tally *self)
{
	static const struct {
		crm__scope_groups groups;
		crm__group_sink *sink;
	} sources[] = {
		{ { .aggregate = "revenue", .credited = true }, take_revenue },
		{ { .aggregate = "cash", .credited = true }, take_cash },
		{ { .aggregate = "closed", .credited = true }, take_closed },
	};
	cx_status status = CX_OK;
	for (size_t i = 0; i < CX_COUNT_OF(sources) && status == CX_OK; i++)
		status = crm__scope_walk(self->report, self->scope, self->months,
		                         &sources[i].groups, sources[i].sink, self);
	return status;
}

/* ---- activities ---- */

/* Columns: month, owner, kind. */
static cx_status take_activities(void *context, const crm__group *group)
{
	crm__tally *self = context;
	const crm__figures gain = { .activities = (int64_t)group->count };
	crm__place place = { .month = CRM__NOWHERE,
		             .owner = &group->columns[1],
		             .team = crm__scope_team_of_owner(self->scope,
		                                              &group->columns[1]) };
	(void)crm__months_find(self->months, &group->columns[0], &place.month);
	return crm__tally_add(self, &gain, &place);
}

cx_status crm__tally_activities(crm__tally *self)
{
	const crm__scope_groups groups = { .aggregate = "activities" };
	return crm__scope_walk(self->report, self->scope, self->months, &groups,
	                       take_activities, self);
}

/* ---- customers ---- */

static crm__place place_of_owner(const crm__tally *self, const crm__group *group)
{
	return (crm__place){ .month = CRM__NOWHERE,
		             .owner = &group->columns[0],
		             .team = crm__scope_team_of_owner(self->scope,
		                                              &group->columns[0]) };
}

/* Created before the end of a period: in its base. */
static cx_status take_created(void *context, const crm__group *group)
{
	crm__tally *self = context;
	const int64_t created = group->columns[1].number;
	const crm__figures gain = { .customers = (int64_t)group->count };
	for (size_t i = 0; i < self->months->count; i++)
		if (created <= self->months->days[i])
			self->by_month[i].customers += gain.customers;
	const crm__place place = place_of_owner(self, group);
	return crm__tally_add(self, &gain, &place);
}

/* Converted before the start of a period: not in its base. In it: what it counts. */
static cx_status take_converted(void *context, const crm__group *group)
{
	crm__tally *self = context;
	const int64_t converted = group->columns[1].number;
	for (size_t i = 0; i < self->months->count; i++)
		if (converted < self->months->days[i])
			self->by_month[i].customers -= (int64_t)group->count;
	crm__place place = place_of_owner(self, group);
	crm__figures gain = { .customers = -(int64_t)group->count };
	if (crm__months_find(self->months, &group->columns[1], &place.month))
		gain = (crm__figures){ .converted = (int64_t)group->count };
	return crm__tally_add(self, &gain, &place);
}

/* Created after the end and converted before the start: taken off, but never added. */
static cx_status take_backdated(void *context, const crm__group *group)
{
	crm__tally *self = context;
	const int64_t created = group->columns[1].number;
	const int64_t converted = group->columns[2].number;
	const crm__figures gain = { .customers = (int64_t)group->count };
	for (size_t i = 0; i < self->months->count; i++)
		if (created > self->months->days[i] && converted < self->months->days[i])
			self->by_month[i].customers += gain.customers;
	if (created <= crm__months_last(self->months) ||
	    converted >= crm__months_first(self->months))
		return CX_OK;
	const crm__place place = place_of_owner(self, group);
	return crm__tally_add(self, &gain, &place);
}

cx_status crm__tally_customers(crm__tally *self)
{
	const crm__value any = { .kind = CRM__NONE };
	const crm__value first = crm__number(crm__months_first(self->months));
	const crm__value last = crm__number(crm__months_last(self->months));
	cx_status status = crm__scope_walk_owned(self->report, self->scope, "customers_created",
	                                         &any, &last, take_created, self);
	if (status == CX_OK)
		status = crm__scope_walk_owned(self->report, self->scope, "customers_converted",
		                               &any, &last, take_converted, self);
	if (status == CX_OK)
		status = crm__scope_walk_owned(self->report, self->scope, "customers_backdated",
		                               &first, &any, take_backdated, self);
	return status;
}
