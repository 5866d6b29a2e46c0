/* SPDX-License-Identifier: Apache-2.0 */
/* A tally as a report tells it: the whole, each month, each person, each team. */
#pragma once

#include "crm/reports/performance/tally.h"

typedef struct crm__tally_view {
	crm__section total, months, people, teams;
	/* Writes the columns behind the first. */
	void (*put)(crm__report *report, const crm__figures *figures);
} crm__tally_view;

/* A static view of this name: `who` in the labels of people ("person", "人员", "Person"), then
 * the columns behind the first. */
#define CRM__TALLY_VIEW(view, put_figures, who_en, who_zh, label_en, ...)             \
	static const crm__column view##_total[] = {                                   \
		{ "months", CRM_INT, NULL, "Months", "月数" },                        \
		__VA_ARGS__,                                                          \
	};                                                                            \
	static const crm__column view##_months[] = {                                  \
		{ "month", CRM_MONTH, NULL, "Month", "月份" },                        \
		__VA_ARGS__,                                                          \
	};                                                                            \
	static const crm__column view##_people[] = {                                  \
		{ "user", CRM_REF, "user", label_en, who_zh },                        \
		__VA_ARGS__,                                                          \
	};                                                                            \
	static const crm__column view##_teams[] = {                                   \
		{ "team", CRM_REF, "team", "Team", "团队" },                          \
		__VA_ARGS__,                                                          \
	};                                                                            \
	static const crm__tally_view view = {                                         \
		.total = { "total", "All of it", "合计", view##_total,                \
		           CX_COUNT_OF(view##_total) },                               \
		.months = { "months", "By month", "按月", view##_months,              \
		            CX_COUNT_OF(view##_months) },                             \
		.people = { "people", "By " who_en, "按" who_zh, view##_people,       \
		            CX_COUNT_OF(view##_people) },                             \
		.teams = { "teams", "By team, with those below it", "按团队(含下级)", \
		           view##_teams, CX_COUNT_OF(view##_teams) },                 \
		.put = (put_figures),                                                 \
	}

/* Writes the four sections, of a scope of one person only the first two. Ranks the people.
 * `view` lives until the report has ended. */
void crm__tally_put(crm__tally *tally, const crm__tally_view *view);
