/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/reports/performance/view.h"

static void put_total(const crm__tally *tally, const crm__tally_view *view)
{
	crm__report *report = tally->report;
	crm__section_begin(report, &view->total);
	if (crm__row(report)) {
		crm__put_number(report, (int64_t)tally->months->count);
		view->put(report, &tally->whole);
	}
	crm__section_end(report);
}

static void put_months(const crm__tally *tally, const crm__tally_view *view)
{
	crm__report *report = tally->report;
	crm__section_begin(report, &view->months);
	for (size_t i = 0; i < tally->months->count; i++)
		if (crm__row(report)) {
			crm__put_number(report, tally->months->days[i]);
			view->put(report, &tally->by_month[i]);
		}
	crm__section_end(report);
}

static void put_people(crm__tally *tally, const crm__tally_view *view)
{
	crm__report *report = tally->report;
	crm__tally_rank(tally);
	crm__section_begin(report, &view->people);
	for (size_t i = 0; i < tally->people.count; i++) {
		const crm__person *person = crm__keyed_item(&tally->people, i);
		if (!crm__row(report))
			break;
		crm__put_id(report, person->id);
		view->put(report, &person->figures);
	}
	crm__section_end(report);
}

static void put_teams(const crm__tally *tally, const crm__tally_view *view)
{
	crm__report *report = tally->report;
	crm__section_begin(report, &view->teams);
	for (size_t i = 0; i < tally->scope->team_count; i++)
		if (crm__row(report)) {
			crm__put_number(report, tally->scope->teams[i].id);
			view->put(report, &tally->by_team[i]);
		}
	crm__section_end(report);
}

void crm__tally_put(crm__tally *tally, const crm__tally_view *view)
{
	put_total(tally, view);
	put_months(tally, view);
	if (tally->scope->user != 0)
		return;
	put_people(tally, view);
	put_teams(tally, view);
}
