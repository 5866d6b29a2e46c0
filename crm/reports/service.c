/* SPDX-License-Identifier: Apache-2.0 */
/* Service: the queue, what is overdue, what was resolved by month, and how fast those that came
 * in were answered and resolved. Late: resolved after the time that was due, or not resolved
 * and past it. Waiting for the customer does not count. */
#include "crm/reports/frame/sample.h"
#include "crm/reports/reports.h"
#include "crm/reports/span.h"

#include <stdlib.h>

static const crm__param params[] = {
	CRM__SPAN_PARAMS,
	{ .name = "handler",
	  .kind = CRM_REF,
	  .of = "user",
	  .help_en = "only of this person",
	  .help_zh = "仅此人" },
	{ .name = "by",
	  .kind = CRM_ENUM,
	  .of = "handler kind product priority",
	  .fallback = "handler",
	  .help_en = "what the times are told by",
	  .help_zh = "时效统计的分组" },
	{ .name = "overdue",
	  .kind = CRM_INT,
	  .fallback = "50",
	  .low = 1,
	  .high = 1000,
	  .help_en = "how many overdue requests are listed",
	  .help_zh = "列出的超时请求数" },
};

static const char open_words[] = "new assigned in_progress waiting";

static const crm__column queue_columns[] = {
	{ "status", CRM_ENUM, NULL, "Status", "处理状态" },
	{ "handler", CRM_REF, "user", "Handler", "处理人员" },
	{ "requests", CRM_INT, NULL, "Requests", "请求数" },
};

static const crm__column month_columns[] = {
	{ "month", CRM_MONTH, NULL, "Month", "月份" },
	{ "resolved", CRM_INT, NULL, "Resolved", "已解决" },
	{ "mean_work_ms", CRM_MS, NULL, "Mean time of work", "平均处理时长" },
	{ "late", CRM_INT, NULL, "Resolved late", "超时解决" },
	{ "late_bp", CRM_BP, NULL, "Share late", "超时率" },
};

#define SPEED_COLUMNS                                                                          \
	{ "requests", CRM_INT, NULL, "Requests", "请求数" },                                   \
		{ "answered", CRM_INT, NULL, "Answered", "已响应" },                           \
		{ "answer_mean_ms", CRM_MS, NULL, "Mean first response", "平均首次响应时长" }, \
		{ "answer_median_ms", CRM_MS, NULL, "Median", "首次响应中位数" },              \
		{ "answer_p90_ms", CRM_MS, NULL, "90th percentile", "首次响应第90百分位" },    \
		{ "resolved", CRM_INT, NULL, "Resolved", "已解决" },                           \
		{ "work_mean_ms", CRM_MS, NULL, "Mean resolution", "平均解决时长" },           \
		{ "work_median_ms", CRM_MS, NULL, "Median", "解决时长中位数" },                \
		{ "work_p90_ms", CRM_MS, NULL, "90th percentile", "解决时长第90百分位" },      \
		{ "late", CRM_INT, NULL, "Late", "超时" },                                     \
		{ "late_bp", CRM_BP, NULL, "Share late", "超时率" },                           \
		{ "reopened", CRM_INT, NULL, "Reopened", "重开" },                             \
	{                                                                                      \
		"reopened_bp", CRM_BP, NULL, "Share reopened", "重开率"                     \
	}

static const crm__column total_columns[] = { SPEED_COLUMNS };
static const crm__column handler_columns[] = {
	{ "handler", CRM_REF, "user", "Handler", "处理人员" },
	SPEED_COLUMNS,
};
static const crm__column kind_columns[] = {
	{ "kind", CRM_ENUM, NULL, "Type", "类型" },
	SPEED_COLUMNS,
};
static const crm__column product_columns[] = {
	{ "product", CRM_REF, "product", "Product", "产品" },
	SPEED_COLUMNS,
};
static const crm__column priority_columns[] = {
	{ "priority", CRM_ENUM, NULL, "Priority", "优先级" },
	SPEED_COLUMNS,
};

static const crm__section queue_section = { "queue", "Queue", "服务队列", queue_columns,
	                                    CX_COUNT_OF(queue_columns) };
static const crm__section month_section = { "months", "Resolved by month", "每月解决",
	                                    month_columns, CX_COUNT_OF(month_columns) };
static const crm__section total_section = { "speed", "Requests of these months", "期间内的请求",
	                                    total_columns, CX_COUNT_OF(total_columns) };

#define GROUPS(columns)                                                                       \
	{                                                                                     \
		"groups", "Requests of these months by group", "期间内的请求(分组)", columns, \
			CX_COUNT_OF(columns)                                                  \
	}
static const crm__section group_sections[] = { GROUPS(handler_columns), GROUPS(kind_columns),
	                                       GROUPS(product_columns),
	                                       GROUPS(priority_columns) };

/* Fields, in this order; the first four are what groups are made by. */
enum {
	HANDLER,
	KIND,
	PRODUCT,
	PRIORITY,
	CREATED_AT,
	DUE_AT,
	ANSWERED_AT,
	RESOLVED_AT,
	WAITING_MS,
	REOPEN_COUNT
};
static const char fields[] = "handler kind product priority created_at due_at "
			     "first_response_at resolved_at waiting_ms reopen_count";

typedef struct speed {
	crm__value key;
	int64_t requests, late, reopened;
	crm__sample answers, works;
} speed;

enum { GROUPS_MAX = 1000 };

typedef struct month {
	int64_t resolved, late;
	engine_sum work_ms;
} month;

typedef struct service {
	crm__report *report;
	crm__span span;
	crm__people people;
	size_t by; /* the field groups are made by */
	month *months;
	speed total;
	speed *groups;
	size_t group_count;
} service;

/* ---- the queue ---- */

/* status, handler */
static cx_status put_queue_group(void *context, const crm__group *group)
{
	service *self = context;
	if (!crm__people_have(&self->people, &group->columns[1]) || !crm__row(self->report))
		return CX_OK;
	crm__put(self->report, &group->columns[0]);
	crm__put(self->report, &group->columns[1]);
	crm__put_number(self->report, (int64_t)group->count);
	return CX_OK;
}

static cx_status put_queue(service *self)
{
	static const char *const statuses[] = { "new", "assigned", "in_progress", "waiting" };
	cx_status status = CX_OK;
	crm__section_begin(self->report, &queue_section);
	for (size_t i = 0; status == CX_OK && i < CX_COUNT_OF(statuses); i++) {
		const crm__groups groups = { .aggregate = "requests",
			                     .prefix = { crm__text(statuses[i]) },
			                     .prefix_count = 1 };
		status = crm__groups_walk(self->report, &groups, put_queue_group, self);
	}
	if (status == CX_OK)
		crm__section_end(self->report);
	return status;
}

static cx_status put_overdue(service *self)
{
	static const crm__section named = { .name = "overdue",
		                            .label_en = "Overdue",
		                            .label_zh = "超时未解决" };
	static const char shown[] =
		"id number title customer kind priority status handler due_at created_at";
	crm__report *report = self->report;
	const crm__section *section;
	crm__condition where[3] = { crm__one_of("status", open_words),
		                    crm__compare("due_at", "<", crm__number(report->now_ms)) };
	size_t count = 2;
	if (!self->people.all)
		where[count++] = crm__equal("handler", *crm__param_of(report, "handler"));
	const crm__query query = { .type = "service_request",
		                   .where = where,
		                   .where_count = count,
		                   .index = self->people.all ? "status,due_at"
		                                             : "handler,status,due_at",
		                   .order = "due_at",
		                   .limit = (size_t)crm__param_number(report, "overdue"),
		                   .fields = shown };
	cx_status status = crm__section_of(report, &named, "service_request", shown, &section);
	if (status != CX_OK)
		return status;
	crm__section_begin(report, section);
	status = crm__query_rows(report, &query);
	if (status == CX_OK)
		crm__section_end(report);
	return status;
}

/* ---- resolved, by month ---- */

static cx_status add_resolved(void *context, const crm__group *group)
{
	service *self = context;
	if (!crm__people_have(&self->people, &group->columns[1]))
		return CX_OK;
	month *at = &self->months[crm__span_place(&self->span, group->columns[0].number)];
	at->resolved += (int64_t)group->count;
	at->work_ms = engine_sum_add(at->work_ms, group->sums[0]);
	return CX_OK;
}

static cx_status add_late(void *context, const crm__group *group)
{
	service *self = context;
	if (crm__people_have(&self->people, &group->columns[1]))
		self->months[crm__span_place(&self->span, group->columns[0].number)].late +=
			(int64_t)group->count;
	return CX_OK;
}

static cx_status put_months(service *self)
{
	crm__report *report = self->report;
	const crm__groups resolved = crm__span_groups(&self->span, "requests_resolved");
	const crm__groups late = crm__span_groups(&self->span, "requests_late");
	cx_status status = crm__groups_walk(report, &resolved, add_resolved, self);
	if (status == CX_OK)
		status = crm__groups_walk(report, &late, add_late, self);
	if (status != CX_OK)
		return status;
	int64_t first = self->span.from;
	crm__section_begin(report, &month_section);
	for (size_t i = 0; i < self->span.months; i++) {
		const month *at = &self->months[i];
		if (crm__row(report)) {
			crm__put_number(report, first);
			crm__put_number(report, at->resolved);
			crm__put_ratio(report, at->work_ms, engine_sum_of(at->resolved), 1);
			crm__put_number(report, at->late);
			crm__put_share(report, at->late, at->resolved);
		}
		first = crm__month_add(first, 1);
	}
	crm__section_end(report);
	return CX_OK;
}

/* ---- how fast ---- */

static bool is_late(const service *self, const crm__value *values)
{
	if (crm__is_null(&values[DUE_AT]))
		return false;
	const int64_t until = crm__is_null(&values[RESOLVED_AT]) ? self->report->now_ms
	                                                         : values[RESOLVED_AT].number;
	return until > values[DUE_AT].number;
}

static cx_status add_to(service *self, speed *to, const crm__value *values)
{
	const int64_t created = values[CREATED_AT].number;
	cx_status status = CX_OK;
	to->requests++;
	to->late += is_late(self, values);
	to->reopened += values[REOPEN_COUNT].number > 0;
	if (!crm__is_null(&values[ANSWERED_AT]))
		status = crm__sample_add(self->report, &to->answers,
		                         values[ANSWERED_AT].number - created);
	if (status == CX_OK && !crm__is_null(&values[RESOLVED_AT]))
		status = crm__sample_add(self->report, &to->works,
		                         values[RESOLVED_AT].number - created -
		                                 values[WAITING_MS].number);
	return status;
}

static bool is_same(const crm__value *a, const crm__value *b)
{
	return a->kind == b->kind && a->number == b->number && cx_slice_equal(a->text, b->text);
}

static cx_status find_group(service *self, const crm__value *key, speed **ret)
{
	for (size_t i = 0; i < self->group_count; i++)
		if (is_same(&self->groups[i].key, key)) {
			*ret = &self->groups[i];
			return CX_OK;
		}
	if (self->group_count == GROUPS_MAX)
		return cx_fail(self->report->error, CX_TOO_LARGE,
		               "there are more than %d groups: ask by something else",
		               GROUPS_MAX);
	*ret = &self->groups[self->group_count++];
	(*ret)->key = *key;
	(*ret)->key.text = cx_arena_copy(self->report->arena, key->text);
	return CX_OK;
}

static cx_status add_request(void *context, const crm__value *values)
{
	service *self = context;
	speed *group;
	if (!crm__people_have(&self->people, &values[HANDLER]))
		return CX_OK;
	cx_status status = find_group(self, &values[self->by], &group);
	if (status == CX_OK)
		status = add_to(self, group, values);
	return status == CX_OK ? add_to(self, &self->total, values) : status;
}

/* There is no index by time alone: a short range for each status and priority. */
static cx_status read_speed(service *self)
{
	const crm__condition where[] = {
		crm__one_of("status", "new assigned in_progress waiting resolved closed"),
		crm__one_of("priority", "low normal high urgent"),
		crm__between("created_at", self->span.begin_ms, self->span.end_ms - 1),
	};
	const crm__query query = { .type = "service_request",
		                   .where = where,
		                   .where_count = CX_COUNT_OF(where),
		                   .index = "status,priority,created_at",
		                   .fields = fields };
	return crm__query_run(self->report, &query, add_request, self);
}

static void put_speed(crm__report *report, speed *of)
{
	crm__put_number(report, of->requests);
	crm__put_number(report, (int64_t)of->answers.count);
	crm__put_sample(report, &of->answers);
	crm__put_number(report, (int64_t)of->works.count);
	crm__put_sample(report, &of->works);
	crm__put_number(report, of->late);
	crm__put_share(report, of->late, of->requests);
	crm__put_number(report, of->reopened);
	crm__put_share(report, of->reopened, of->requests);
}

/* Those with the most requests first, then by what they are grouped by. */
static int by_requests(const void *left, const void *right)
{
	const speed *a = left, *b = right;
	if (a->requests != b->requests)
		return a->requests > b->requests ? -1 : 1;
	if (a->key.number != b->key.number)
		return a->key.number < b->key.number ? -1 : 1;
	return cx_slice_compare(a->key.text, b->key.text);
}

static cx_status put_speeds(service *self)
{
	crm__report *report = self->report;
	cx_status status = read_speed(self);
	if (status != CX_OK)
		return status;
	crm__section_begin(report, &total_section);
	if (crm__row(report))
		put_speed(report, &self->total);
	crm__section_end(report);
	qsort(self->groups, self->group_count, sizeof *self->groups, by_requests);
	crm__section_begin(report, &group_sections[self->by]);
	for (size_t i = 0; i < self->group_count; i++) {
		if (!crm__row(report))
			continue;
		crm__put(report, &self->groups[i].key);
		put_speed(report, &self->groups[i]);
	}
	crm__section_end(report);
	return CX_OK;
}

static size_t by_of(crm__report *report)
{
	static const char *const words[] = { "handler", "kind", "product", "priority" };
	size_t place = 0;
	while (place < CX_COUNT_OF(words) - 1 &&
	       !crm__is(crm__param_of(report, "by"), words[place]))
		place++;
	return place;
}

static cx_status run(crm__report *report)
{
	service *self = cx_arena_zalloc(report->arena, sizeof *self);
	if (self == NULL)
		return CX_NO_MEMORY;
	const crm__value nothing = { .kind = CRM__NULL };
	self->report = report;
	self->by = by_of(report);
	cx_status status = crm__span_of(report, &self->span);
	if (status == CX_OK)
		status = crm__people_of(report, crm__param_of(report, "handler"), &nothing,
		                        &self->people);
	if (status != CX_OK)
		return status;
	self->months = cx_arena_zalloc(report->arena, self->span.months * sizeof(month));
	self->groups = cx_arena_zalloc(report->arena, GROUPS_MAX * sizeof(speed));
	if (self->months == NULL || self->groups == NULL)
		return CX_NO_MEMORY;
	status = put_queue(self);
	if (status == CX_OK)
		status = put_overdue(self);
	if (status == CX_OK)
		status = put_months(self);
	return status == CX_OK ? put_speeds(self) : status;
}

const crm__definition crm__report_service = { params, CX_COUNT_OF(params), run };
