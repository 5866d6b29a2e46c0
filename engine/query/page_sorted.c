/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/query/page.h"
#include "engine/query/sort.h"
#include "engine/record/read.h"

static cx_status collect(engine__pager *pager, engine__walk *walk, engine__sort *sort,
                         cx_error *error)
{
	for (;;) {
		CX_UNSET engine__step step;
		cx_status status = engine__walk_next(walk, &step, error);
		if (status != CX_OK)
			return status;
		if (step.kind == ENGINE__STEP_END)
			return CX_OK;
		if (step.kind == ENGINE__STEP_MATCH)
			status = engine__sort_offer(sort, &step);
		if (status != CX_OK)
			return cx_fail(error, status, "%s", cx_status_text(status));
		if (engine__page_turns(pager, walk))
			return CX_OK;
		const uint64_t most = walk->plan->query->max_scan;
		if (most > 0 && engine__walk_keys(walk) > most)
			return cx_fail(error, CX_SORT_LIMIT,
			               "max_scan: over %llu keys have to be looked at to sort; "
			               "an index that gives the order would help",
			               (unsigned long long)most);
		if (engine__walk_is_late(walk))
			return cx_fail(error, CX_DEADLINE,
			               "the deadline passed while records were sorted; an "
			               "index that gives the order would help");
	}
}

static cx_status hand_over(engine__pager *pager, const engine__sort *sort, cx_error *error)
{
	size_t at = 0;
	for (; at < sort->count && !pager->full; at++) {
		const engine__sort_row *from = &sort->rows[at];
		engine_row row;
		cx_status status =
			engine__read_row(pager->read, pager->plan->query->type,
		                         from->record_key, from->stored, &row, error);
		if (status == CX_OK)
			status = engine__pager_add(pager, &row);
		if (status != CX_OK)
			return status;
	}
	if (at == sort->count) {
		pager->page->reason = ENGINE_REASON_DONE;
		return CX_OK;
	}
	uint8_t bytes[ENGINE__POSITION_KEY_MAX + 1];
	cx_buf key = { .data = bytes, .capacity = sizeof bytes, .limit = sizeof bytes - 1 };
	engine__sort_position(pager->plan, &sort->rows[at - 1], &key);
	engine__page_end(pager, 0, cx_buf_slice(&key));
	return CX_OK;
}

cx_status engine__page_sorted(engine__pager *pager, cx_arena *arena, cx_error *error)
{
	const engine__plan *plan = pager->plan;
	/* One more than wanted, to know whether that was all. */
	CX_SCOPED(engine__sort_release)
	engine__sort sort = { .plan = plan, .rows_max = plan->limit + 1 };
	if (plan->continued) {
		cx_status status =
			engine__sort_continue(&sort, pager->read, plan->position.key, error);
		if (status != CX_OK)
			return status;
	}
	CX_SCOPED(engine__walk_end) engine__walk walk = { 0 };
	cx_status status = engine__walk_begin(pager->read, plan, (engine__scan_start){ 0 }, 0,
	                                      arena, &walk, error);
	if (status == CX_OK)
		status = collect(pager, &walk, &sort, error);
	if (pager->next != NULL && status == CX_OK)
		return CX_OK;
	engine__page_account(pager->page, &walk);
	if (status != CX_OK)
		return status;
	engine__sort_finish(&sort);
	return hand_over(pager, &sort, error);
}
