/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/crm/deals.h"

#include "tests/support/dice.h"
#include "tests/support/unit.h"

#include <stdio.h>

/* The last instant that a field holds. */
static const int64_t last_ms = 253402300799999;
static const int teams[DEAL_USERS] = { 1, 1, 2, 3 };
static const char *const states[] = { "open", "won", "lost" };

static void make_people(report_run *run)
{
	(void)report_create(run, "team", "{'name': '华东'}");
	(void)report_create(run, "team", "{'name': '上海', 'parent': 1}");
	(void)report_create(run, "team", "{'name': '华南'}");
	for (int i = 0; i < DEAL_USERS; i++)
		(void)report_create(run, "user",
		                    "{'login': 'u%d', 'name': '用户%d', 'team': %d}", i + 1,
		                    i + 1, teams[i]);
}

static void make_stages(report_run *run)
{
	static const char *const kinds[] = { "open", "open", "open", "open", "won", "lost" };
	for (int i = 0; i < DEAL_STAGES; i++)
		(void)report_create(
			run, "stage",
			"{'code': 's%d', 'label_zh': '阶段%d', 'label_en': 'Stage %d', "
			"'seq': %d, 'kind': '%s', 'probability_bp': %d}",
			i + 1, i + 1, i + 1, 10 * (i + 1), kinds[i],
			i == 4   ? 10000
			: i == 5 ? 0
				 : 2000 * i + 500);
}

/* What a row becomes. */
static void change(deal_row *row, dice *random)
{
	const uint64_t what = dice_below(random, 10);
	if (row->state != DEAL_OPEN) { /* reopened */
		row->state = DEAL_OPEN;
		row->stage = 1 + (int64_t)dice_below(random, 4);
	} else if (what < 2) {
		row->state = what == 0 ? DEAL_WON : DEAL_LOST;
		row->stage = what == 0 ? 5 : 6;
	} else if (what < 5) {
		row->stage = 1 + (int64_t)dice_below(random, 4);
	} else if (what < 7) {
		row->amount = (int64_t)dice_below(random, 10000000);
	} else if (what < 8) {
		row->close_on += (int64_t)dice_below(random, 60) - 20;
	} else if (what < 9) {
		row->owner = 1 + (int64_t)dice_below(random, DEAL_USERS);
	} else {
		row->bp = (int64_t)dice_below(random, 10001);
	}
}

static void make_rows(deal *self, dice *random)
{
	const uint64_t span = (uint64_t)DEAL_DAYS * DAY_MS;
	int64_t at = REPORT_NOW - (int64_t)dice_below(random, span);
	deal_row row = { .stage = 1 + (int64_t)dice_below(random, 3),
		         .amount = (int64_t)dice_below(random, 10000000),
		         .bp = (int64_t)dice_below(random, 10001),
		         .close_on = REPORT_TODAY + (int64_t)dice_below(random, 90),
		         .owner = 1 + (int64_t)dice_below(random, DEAL_USERS) };
	const size_t count = 1 + dice_below(random, DEAL_ROWS_MAX);
	while (self->count < count && at <= REPORT_NOW) {
		row.from = at;
		row.to = INT64_MAX;
		if (self->count > 0)
			self->rows[self->count - 1].to = at;
		self->rows[self->count++] = row;
		change(&row, random);
		/* Some changes come soon after each other, on the same day. */
		at += 1 +
		      (int64_t)dice_below(random, dice_one_in(random, 3) ? HOUR_MS : span / 4);
	}
}

static void store(report_run *run, deal *self)
{
	const deal_row *first = &self->rows[0], *last = &self->rows[self->count - 1];
	run->store.now_ms = first->from;
	char closed[64] = "nil";
	if (last->state != DEAL_OPEN)
		snprintf(closed, sizeof closed, "%lld", (long long)last->from);
	self->id = report_create(
		run, "opportunity",
		"{'title': '商机', 'customer': 1, 'stage': %lld, 'state': '%s', 'amount': "
		"%lld, "
		"'amount_base': %lld, 'probability_bp': %lld, 'close_on': %lld, 'owner': %lld, "
		"'closed_at': %s, 'credited_user': %lld, 'credited_team': %d}",
		(long long)last->stage, states[last->state], (long long)last->amount,
		(long long)last->amount, (long long)last->bp, (long long)last->close_on,
		(long long)last->owner, closed, (long long)last->owner, teams[last->owner - 1]);
	for (size_t i = 0; i < self->count; i++) {
		deal_row *row = &self->rows[i];
		const deal_row *before = i > 0 ? row - 1 : NULL;
		char moved[128] = "";
		if (before != NULL && before->stage != row->stage)
			snprintf(moved, sizeof moved,
			         ", 'from_stage': %lld, 'in_from_ms': %lld",
			         (long long)before->stage,
			         (long long)(row->from - before->from));
		row->id = report_create(run, "stage_history",
		                        "{'opportunity': %lld, 'valid_from': %lld, 'valid_to': "
		                        "%lld, 'cause': '%s', "
		                        "'stage': %lld, 'state': '%s', 'amount_base': %lld, "
		                        "'probability_bp': %lld, "
		                        "'close_on': %lld, 'owner': %lld, 'by': 1%s}",
		                        (long long)self->id, (long long)row->from,
		                        (long long)(row->to == INT64_MAX ? last_ms : row->to),
		                        i == 0 ? "create" : "stage", (long long)row->stage,
		                        states[row->state], (long long)row->amount,
		                        (long long)row->bp, (long long)row->close_on,
		                        (long long)row->owner, moved);
	}
}

void deals_fill(report_run *run, deals *self)
{
	dice random = { .state = 88172645463325252u };
	make_people(run);
	make_stages(run);
	(void)report_create(run, "customer", "{'name': '上海医疗', 'owner': 1}");
	*self = (deals){ 0 };
	for (size_t i = 0; i < DEALS; i++) {
		make_rows(&self->all[i], &random);
		store(run, &self->all[i]);
	}
}

const deal_row *deal_at(const deal *self, int64_t at_ms)
{
	for (size_t i = 0; i < self->count; i++)
		if (self->rows[i].from <= at_ms && at_ms < self->rows[i].to)
			return &self->rows[i];
	return NULL;
}
