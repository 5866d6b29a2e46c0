/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/rules/history.h"

#include "base/msgpack.h"
#include "crm/crm.h"
#include "crm/rules/newest.h"

/* The newest row, of those in which it was open alone or of all; NULL when there is none. */
static cx_status find_newest(engine_draft *draft, const crm__history_fields *at, bool open,
                             engine_draft **ret, cx_error *error)
{
	CX_SCOPED(cx_buf_release) cx_buf filter = CX_BUF_INIT(256);
	*ret = NULL;
	if (engine_draft_id(draft) == 0)
		return CX_OK;
	if (open) {
		cx_write_array(&filter, 3);
		cx_write_text(&filter, "and");
		cx_write_array(&filter, 3);
		cx_write_text(&filter, "=");
		cx_write_text(&filter, "state");
		cx_write_text(&filter, "open");
	}
	cx_write_array(&filter, 3);
	cx_write_text(&filter, "=");
	cx_write_text(&filter, "opportunity");
	cx_write_int(&filter, engine_draft_id(draft));
	const crm__newest what = { .type = "stage_history",
		                   .filter = cx_buf_slice(&filter),
		                   .by = "valid_from" };
	int64_t id = 0;
	cx_status status = cx_buf_status(&filter);
	if (status == CX_OK)
		status = crm__newest_find(draft, &what, &id, error);
	if (status != CX_OK || id == 0)
		return status;
	return engine_draft_load(draft, at->row_valid_from, id, ret, error);
}

/* After the row `newest`, which may be NULL. */
static int64_t when_after(const engine_draft *draft, const crm__history_fields *at,
                          const engine_draft *newest)
{
	const int64_t now_ms = engine_author_at(&engine_draft_change(draft)->author);
	const int64_t last_ms =
		newest == NULL ? INT64_MIN : engine_draft_int(newest, at->row_valid_from);
	return now_ms > last_ms ? now_ms : last_ms + 1;
}

cx_status crm__history_when(engine_draft *draft, const crm__history_fields *at, int64_t *ret_ms,
                            cx_error *error)
{
	engine_draft *newest;
	cx_status status = find_newest(draft, at, false, &newest, error);
	if (status == CX_OK)
		*ret_ms = when_after(draft, at, newest);
	return status;
}

cx_status crm__history_last_open(engine_draft *draft, const crm__history_fields *at,
                                 int64_t *ret_stage, cx_error *error)
{
	engine_draft *newest;
	cx_status status = find_newest(draft, at, true, &newest, error);
	if (status == CX_OK)
		*ret_stage = newest == NULL ? 0 : engine_draft_int(newest, at->row_stage);
	return status;
}

static cx_status end_row(engine_draft *newest, const crm__history_fields *at, int64_t when_ms,
                         cx_error *error)
{
	if (newest == NULL || engine_draft_int(newest, at->row_valid_to) <= when_ms)
		return CX_OK;
	engine_draft_set_int(newest, at->row_valid_to, when_ms);
	return engine_draft_save(newest, error);
}

/* Who writes, when that is somebody there is. */
static cx_status set_author(engine_draft *row, const crm__history_fields *at, cx_error *error)
{
	const int64_t id = engine_draft_change(row)->author.user;
	engine_draft *user;
	if (id == 0)
		return CX_OK;
	cx_status status = engine_draft_load(row, at->user, id, &user, error);
	if (status == CX_OK)
		engine_draft_set_int(row, at->row_by, id);
	return status == CX_NOT_FOUND ? CX_OK : status;
}

static void copy_int(engine_draft *to, unsigned to_field, const engine_draft *from,
                     unsigned from_field)
{
	if (!engine_draft_is_null(from, from_field))
		engine_draft_set_int(to, to_field, engine_draft_int(from, from_field));
}

static void fill(engine_draft *row, const engine_draft *draft, const crm__history_fields *at,
                 const crm__history_event *event)
{
	engine_draft_set_int(row, at->row_opportunity, engine_draft_id(draft));
	engine_draft_set_label(row, at->row_cause, event->cause);
	copy_int(row, at->row_stage, draft, at->stage);
	if (!engine_draft_is_null(draft, at->state))
		engine_draft_set_label(row, at->row_state,
		                       engine_draft_label(draft, at->state));
	copy_int(row, at->row_amount_base, draft, at->amount_base);
	copy_int(row, at->row_probability_bp, draft, at->probability_bp);
	copy_int(row, at->row_close_on, draft, at->close_on);
	copy_int(row, at->row_owner, draft, at->owner);
	if (event->from_stage == 0)
		return;
	engine_draft_set_int(row, at->row_from_stage, event->from_stage);
	engine_draft_set_int(row, at->row_in_from_ms, event->in_from_ms);
}

cx_status crm__history_write(engine_draft *draft, const crm__history_fields *at,
                             const crm__history_event *event, cx_error *error)
{
	engine_draft *newest;
	engine_draft *row;
	cx_status status = find_newest(draft, at, false, &newest, error);
	if (status != CX_OK)
		return status;
	const int64_t when_ms = when_after(draft, at, newest);
	status = end_row(newest, at, when_ms, error);
	if (status == CX_OK)
		status = engine_draft_new(draft, at->row_opportunity, &row);
	if (status != CX_OK)
		return status;
	fill(row, draft, at, event);
	engine_draft_set_int(row, at->row_valid_from, when_ms);
	engine_draft_set_int(row, at->row_valid_to, event->ends ? when_ms : CRM_STILL_VALID);
	status = set_author(row, at, error);
	return status == CX_OK ? engine_draft_save(row, error) : status;
}
