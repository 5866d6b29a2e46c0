/* SPDX-License-Identifier: Apache-2.0 */
/* What campaigns have won, worked out from rows alone, beside the report of campaigns. */
#include "base/msgpack.h"
#include "crm/report.h"
#include "tests/model/firm.h"
#include "tests/support/unit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { WAYS = 3, FIRST = 0, LAST, LINEAR, DAYS = 180, ANSWER_BYTES_MAX = 4 << 20 };
static const int64_t day_ms = 86400000;
static const char *const ways[] = { "first", "last", "linear" };

typedef struct response {
	int64_t at, id, campaign;
} response;

typedef struct shares {
	int64_t (*won)[WAYS]; /* by campaign; 0: by none */
	int64_t campaigns, all;
	response *responses; /* of one customer in one span */
	size_t count;
} shares;

static int by_time(const void *left, const void *right)
{
	const response *a = left, *b = right;
	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

static void find_responses(firm *self, shares *all, int64_t customer, int64_t from, int64_t to)
{
	const int64_t last = row_last_id(self->f, fixture_type(self->f, "campaign_touch"));
	all->count = 0;
	for (int64_t id = 1; id <= last; id++) {
		engine_row row;
		if (!row_find(self->f, "campaign_touch", id, &row) ||
		    row_int(&row, "customer") != customer)
			continue;
		const int64_t at = row_int(&row, "responded_at");
		if (at != ROW_NULL && at >= from && at <= to)
			all->responses[all->count++] =
				(response){ at, id, row_int(&row, "campaign") };
	}
	qsort(all->responses, all->count, sizeof *all->responses, by_time);
}

static void share_out(firm *self, shares *all, const engine_row *won)
{
	const int64_t amount = row_int(won, "amount_base");
	find_responses(self, all, row_int(won, "customer"),
	               row_int(won, "created_at") - DAYS * day_ms, row_int(won, "closed_at"));
	all->all += amount;
	if (all->count == 0) {
		const int64_t own = row_int(won, "campaign");
		for (int way = 0; way < WAYS; way++)
			all->won[own == ROW_NULL ? 0 : own][way] += amount;
		return;
	}
	const int64_t part = amount / (int64_t)all->count;
	all->won[all->responses[0].campaign][FIRST] += amount;
	all->won[all->responses[all->count - 1].campaign][LAST] += amount;
	all->won[all->responses[0].campaign][LINEAR] += amount - part * (int64_t)all->count;
	for (size_t i = 0; i < all->count; i++)
		all->won[all->responses[i].campaign][LINEAR] += part;
}

static void work_out(firm *self, shares *all)
{
	const int64_t last = row_last_id(self->f, fixture_type(self->f, "opportunity"));
	for (int64_t id = 1; id <= last; id++) {
		engine_row row;
		if (row_find(self->f, "opportunity", id, &row) && row_is(&row, "state", "won"))
			share_out(self, all, &row);
	}
}

/* ---- the report ---- */

static const cx_value *section(const cx_value *answer, const char *name)
{
	const cx_value *list = cx_value_member(answer, "sections");
	for (uint32_t i = 0; i < list->as.array.count; i++) {
		const cx_value *one = &list->as.array.items[i];
		if (cx_slice_equal(cx_value_member(one, "name")->as.bytes, cx_slice_of(name)))
			return one;
	}
	fail_msg("the report has no section %s", name);
	return NULL;
}

static const cx_value *cell(const cx_value *of, uint32_t row, const char *column)
{
	const cx_value *columns = cx_value_member(of, "columns");
	const cx_value *cells = &cx_value_member(of, "rows")->as.array.items[row];
	for (uint32_t i = 0; i < columns->as.array.count; i++)
		if (cx_slice_equal(
			    cx_value_member(&columns->as.array.items[i], "name")->as.bytes,
			    cx_slice_of(column)))
			return &cells->as.array.items[i];
	fail_msg("the report has no column %s", column);
	return NULL;
}

static int64_t total(const cx_value *totals, const char *part, const char *way)
{
	const uint32_t rows = cx_value_member(totals, "rows")->as.array.count;
	for (uint32_t row = 0; row < rows; row++)
		if (cx_slice_equal(cell(totals, row, "part")->as.bytes, cx_slice_of(part)))
			return cell(totals, row, way)->as.integer;
	fail_msg("the report has no total %s", part);
	return 0;
}

static void compare_totals(const cx_value *answer, const shares *all)
{
	const cx_value *totals = section(answer, "totals");
	for (int way = 0; way < WAYS; way++) {
		const int64_t by = total(totals, "attributed", ways[way]);
		const int64_t none = total(totals, "unattributed", ways[way]);
		assert_int_equal(none, all->won[0][way]);
		assert_int_equal(by + none, all->all);
		assert_int_equal(total(totals, "won", ways[way]), all->all);
	}
}

static void compare_campaigns(const cx_value *answer, const shares *all)
{
	const cx_value *campaigns = section(answer, "campaigns");
	const uint32_t rows = cx_value_member(campaigns, "rows")->as.array.count;
	assert_false(cx_value_member(campaigns, "more")->as.boolean);
	int64_t sums[WAYS] = { 0 };
	for (uint32_t row = 0; row < rows; row++) {
		const int64_t id = cell(campaigns, row, "campaign")->as.integer;
		assert_in_range(id, 1, all->campaigns);
		for (int way = 0; way < WAYS; way++) {
			const int64_t won = cell(campaigns, row, ways[way])->as.integer;
			if (won != all->won[id][way])
				fail_msg("campaign %" PRId64 " has won %" PRId64 " (%s), not "
				         "%" PRId64,
				         id, won, ways[way], all->won[id][way]);
			sums[way] += won;
		}
	}
	for (int way = 0; way < WAYS; way++)
		assert_int_equal(sums[way] + all->won[0][way], all->all);
}

static void compare(firm *self, const shares *all)
{
	CX_SCOPED(cx_buf_release) cx_buf params = CX_BUF_INIT(64);
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(ANSWER_BYTES_MAX);
	CX_SCOPED(cx_arena_free) cx_arena *arena = NULL;
	const int64_t today = firm_day(self->f->now_ms);
	cx_write_map(&params, 2);
	cx_write_text(&params, "from");
	cx_write_int(&params, today - 3000);
	cx_write_text(&params, "to");
	cx_write_int(&params, today + 1);
	const crm_report_request request = { .name = CX_SLICE_LITERAL("campaigns"),
		                             .params = cx_buf_slice(&params),
		                             .now_ms = self->f->now_ms };
	const cx_status status = crm_report_run(engine_write_view(self->f->write), &request,
	                                        &out, &self->f->error);
	if (status != CX_OK)
		fail_msg("campaigns: %s", self->f->error.text);
	static const cx_scan_limits limits = { .bytes = ANSWER_BYTES_MAX,
		                               .items = 1000000,
		                               .depth = 16 };
	const cx_value *answer;
	assert_int_equal(cx_arena_new(64 << 20, &arena), CX_OK);
	assert_int_equal(cx_value_decode(cx_buf_slice(&out), limits, arena, &answer), CX_OK);
	compare_totals(answer, all);
	compare_campaigns(answer, all);
}

void firm_assert_attribution(firm *self)
{
	const int64_t campaigns = row_last_id(self->f, fixture_type(self->f, "campaign"));
	const int64_t touches = row_last_id(self->f, fixture_type(self->f, "campaign_touch"));
	shares all = { .campaigns = campaigns,
		       .won = calloc((size_t)campaigns + 1, sizeof *all.won),
		       .responses = calloc((size_t)touches + 1, sizeof *all.responses) };
	assert_true(all.won != NULL && all.responses != NULL);
	work_out(self, &all);
	compare(self, &all);
	free(all.won);
	free(all.responses);
}
