/* SPDX-License-Identifier: Apache-2.0 */
/* How many of those that campaigns reached have answered: response rate = responded or
 * attended ÷ touched, and what a response cost. */
#include "base/check.h"
#include "crm/reports/parts/keyed.h"
#include "crm/reports/parts/scope.h"
#include "crm/reports/reports.h"

static const crm__param params[] = {
	{ .name = "campaign",
	  .kind = CRM_REF,
	  .of = "campaign",
	  .help_en = "only this one",
	  .help_zh = "仅此市场活动" },
};

/* ---- adding ---- */

static const char *const states[] = { "sent",      "opened",   "clicked",
	                              "responded", "attended", "opted_out" };
enum { STATES = CX_COUNT_OF(states), RESPONDED = 3, ATTENDED = 4 };

typedef struct campaign {
	int64_t id;
	int64_t touches, in_state[STATES];
} campaign;

static int64_t responses_of(const campaign *one)
{
	return one->in_state[RESPONDED] + one->in_state[ATTENDED];
}

typedef struct tally {
	crm__report *report;
	campaign whole;
	crm__keyed campaigns; /* of campaign */
} tally;

static void add(campaign *to, const crm__group *group)
{
	to->touches += (int64_t)group->count;
	for (size_t i = 0; i < STATES; i++)
		if (crm__is(&group->columns[1], states[i]))
			to->in_state[i] += (int64_t)group->count;
}

/* Columns: campaign, status. */
static cx_status take(void *context, const crm__group *group)
{
	tally *self = context;
	campaign *found = crm__keyed_get(&self->campaigns, group->columns[0].number);
	if (found == NULL)
		return CX_NO_MEMORY;
	add(found, group);
	add(&self->whole, group);
	return CX_OK;
}

/* ---- rows ---- */

#define RESPONSE                                                               \
	{ "touched", CRM_INT, NULL, "Touched", "触达数" },                     \
		{ "sent", CRM_INT, NULL, "Sent only", "仅发送" },              \
		{ "opened", CRM_INT, NULL, "Opened", "已打开" },               \
		{ "clicked", CRM_INT, NULL, "Clicked", "已点击" },             \
		{ "responded", CRM_INT, NULL, "Responded", "已响应" },         \
		{ "attended", CRM_INT, NULL, "Attended", "已参加" },           \
		{ "opted_out", CRM_INT, NULL, "Opted out", "已退订" },         \
		{ "responses", CRM_INT, NULL, "Responses", "响应数" },         \
	{                                                                      \
		"response_rate_bp", CRM_BP, NULL, "Response rate", "响应率" \
	}

static const crm__column total_columns[] = {
	{ "campaigns", CRM_INT, NULL, "Campaigns", "活动数" },
	RESPONSE,
};
static const crm__column campaign_columns[] = {
	{ "campaign", CRM_REF, "campaign", "Campaign", "市场活动" },
	RESPONSE,
	{ "expected_responses", CRM_INT, NULL, "Expected responses", "预期响应数" },
	{ "attainment_bp", CRM_BP, NULL, "Of those expected", "响应达成率" },
	{ "currency", CRM_TEXT, NULL, "Currency", "币种" },
	{ "actual_cost", CRM_MONEY, "currency", "Actual cost", "实际费用" },
	{ "cost_per_response", CRM_MONEY, "currency", "Cost per response", "单次响应费用" },
};
static const crm__section total_section = { "total", "All of it", "合计", total_columns,
	                                    CX_COUNT_OF(total_columns) };
static const crm__section campaign_section = { "campaigns", "By campaign", "按市场活动",
	                                       campaign_columns,
	                                       CX_COUNT_OF(campaign_columns) };

static void put_response(crm__report *report, const campaign *one)
{
	crm__put_number(report, one->touches);
	for (size_t i = 0; i < STATES; i++)
		crm__put_number(report, one->in_state[i]);
	crm__put_number(report, responses_of(one));
	crm__put_share(report, responses_of(one), one->touches);
}

/* What was expected, and spent: of the record itself. */
static cx_status put_plan(crm__report *report, const campaign *one)
{
	enum { EXPECTED, CURRENCY, COST, FIELDS };
	crm__value values[CRM__FIELDS_MAX];
	const cx_status status = crm__get(report, "campaign", one->id,
	                                  "expected_responses currency actual_cost", values);
	if (status != CX_OK)
		return status;
	const int64_t responses = responses_of(one);
	crm__put(report, &values[EXPECTED]);
	crm__put_share(report, responses, values[EXPECTED].number);
	crm__put(report, &values[CURRENCY]);
	crm__put(report, &values[COST]);
	crm__put_ratio(report, engine_sum_of(values[COST].number), engine_sum_of(responses), 1);
	return CX_OK;
}

/* The best rate first: of a ÷ b and c ÷ d by a × d and c × b. */
static int compare(const void *left, const void *right)
{
	const campaign *a = left, *b = right;
	const int order = engine_sum_compare(engine_sum_product(responses_of(b), a->touches),
	                                     engine_sum_product(responses_of(a), b->touches));
	return order != 0 ? order : (a->id > b->id) - (a->id < b->id);
}

static cx_status put_campaigns(tally *self)
{
	crm__report *report = self->report;
	crm__keyed_sort(&self->campaigns, compare);
	cx_status status = CX_OK;
	crm__section_begin(report, &campaign_section);
	for (size_t i = 0; i < self->campaigns.count && status == CX_OK; i++) {
		const campaign *one = crm__keyed_item(&self->campaigns, i);
		if (!crm__row(report))
			break;
		crm__put_number(report, one->id);
		put_response(report, one);
		status = put_plan(report, one);
	}
	if (status == CX_OK)
		crm__section_end(report);
	return status;
}

static cx_status run(crm__report *report)
{
	const crm__value *only = crm__param_of(report, "campaign");
	tally self = { .report = report,
		       .campaigns = crm__keyed_of(report->arena, sizeof(campaign)) };
	crm__groups wanted = { .aggregate = "touches" };
	if (!crm__is_null(only)) {
		wanted.prefix[0] = *only;
		wanted.prefix_count = 1;
	}
	cx_status status = crm__groups_walk(report, &wanted, take, &self);
	if (status != CX_OK)
		return status;
	crm__section_begin(report, &total_section);
	if (crm__row(report)) {
		crm__put_number(report, (int64_t)self.campaigns.count);
		put_response(report, &self.whole);
	}
	crm__section_end(report);
	status = put_campaigns(&self);
	if (status == CX_OK)
		crm__note(report,
		          "A touch counts where it stands now: who responded and opted out "
		          "later is opted out.",
		          "触达按当前状态统计:先响应后退订者计入已退订。");
	return status;
}

const crm__definition crm__report_campaign_response = { params, CX_COUNT_OF(params), run };
