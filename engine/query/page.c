/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/query/page.h"

#include "base/check.h"

const char *engine_reason_name(engine_reason reason)
{
	switch (reason) {
#define CASE(name, text)           \
	case ENGINE_REASON_##name: \
		return text;
		ENGINE_REASONS(CASE)
#undef CASE
	}
	CX_UNREACHABLE();
}

cx_status engine__pager_add(engine__pager *pager, const engine_row *row)
{
	CX_ASSERT(!pager->full);
	engine_page *page = pager->page;
	cx_status status = pager->sink(pager->context, row);
	if (status != CX_OK)
		return status;
	page->rows++;
	pager->bytes += row->array.size;
	if (page->rows >= pager->plan->limit)
		page->reason = ENGINE_REASON_LIMIT;
	else if (pager->bytes > ENGINE_PAGE_BYTES_MAX)
		page->reason = ENGINE_REASON_BYTES;
	else
		return CX_OK;
	pager->full = true;
	return CX_OK;
}

static uint16_t index_id(const engine__candidate *candidate)
{
	return candidate->path.index != NULL ? candidate->path.index->id : 0;
}

static void add_legs(const engine__plan *plan, engine__position *position)
{
	const bool unites = plan->form == ENGINE__UNION;
	position->form = (uint8_t)plan->form;
	position->or_node = unites ? plan->joined->node : 0;
	position->leg_count = (uint8_t)(unites ? plan->joined->leg_count : plan->meet_count);
	for (uint16_t i = 0; i < position->leg_count; i++)
		position->legs[i] = index_id(unites ? &plan->joined->legs[i] : plan->meets[i]);
}

void engine__page_end(engine__pager *pager, uint16_t range, cx_slice key)
{
	const engine__plan *plan = pager->plan;
	const engine__candidate *chosen = plan->chosen;
	engine__position position = {
		.ordering = chosen->ordering,
		.reverse = chosen->reverse,
		.index_id = index_id(chosen),
		.fingerprint = engine__fingerprint(plan->query),
		.range = range,
		.key = key,
	};
	/* A sorted page goes on from values, whatever they are read from. */
	if (plan->form != ENGINE__SINGLE && chosen->ordering != ENGINE__SORTED)
		add_legs(plan, &position);
	engine__position_write(&position, pager->page);
}

void engine__page_account(engine_page *page, const engine__walk *walk)
{
	const engine__spent *spent = &walk->plan->spent;
	page->keys_scanned = engine__walk_keys(walk);
	page->rows_fetched = spent->rows_fetched + walk->rows_fetched;
	page->rechecks_failed = spent->rechecks_failed + walk->rechecks_failed;
	page->bytes_read = spent->bytes + walk->row_bytes;
	page->scan_ns = spent->scan_ns + walk->scan_ns;
	page->fetch_ns = spent->fetch_ns + walk->fetch_ns;
}

/* ---- giving up ---- */

bool engine__page_turns(engine__pager *pager, const engine__walk *walk)
{
	const uint64_t keys = walk->steps + walk->scan.keys_beside;
	pager->next = engine__plan_next(pager->plan, keys);
	if (pager->next == NULL)
		return false;
	pager->plan->spent = (engine__spent){ .keys = keys,
		                              .rows_fetched = walk->rows_fetched,
		                              .rechecks_failed = walk->rechecks_failed,
		                              .bytes = walk->row_bytes,
		                              .scan_ns = walk->scan_ns,
		                              .fetch_ns = walk->fetch_ns };
	return true;
}

/* ---- walked ---- */

/* A long row lives only until the next step: its array gets a place for as long as the
 * snapshot. */
static cx_status add_match(engine__pager *pager, const engine__step *step, cx_error *error)
{
	engine_row row = step->row;
	if (step->is_long) {
		row.array = cx_arena_copy(pager->read->assembled, row.array);
		if (row.array.size == 0)
			return cx_fail(error, CX_NO_MEMORY, "%s %lld: no memory for the row",
			               row.type->name, (long long)row.id);
	}
	return engine__pager_add(pager, &row);
}

/* The page ends behind the hit. */
static void end_behind(engine__pager *pager, const engine__hit *hit)
{
	const engine__plan *plan = pager->plan;
	cx_slice key = hit->entry.key;
	if (plan->chosen->ordering == ENGINE__MERGED || plan->form == ENGINE__INTERSECTION)
		key = cx_slice_from(key, plan->ranges.items[hit->range].prefix);
	engine__page_end(pager, hit->range, key);
}

static cx_status walk_page(engine__pager *pager, engine__walk *walk, cx_error *error)
{
	engine_page *page = pager->page;
	const uint64_t most = pager->plan->query->max_scan;
	engine__hit last = { 0 };
	unsigned ahead = 0; /* entries looked at since the page was full */
	for (;;) {
		CX_UNSET engine__step step;
		cx_status status = engine__walk_next(walk, &step, error);
		if (status != CX_OK) {
			if (status != CX_DEADLINE || last.entry.key.size == 0)
				return status;
			/* "exists" took too long; the page has what was found before. */
			if (!pager->full)
				page->reason = ENGINE_REASON_TIME;
			break;
		}
		if (step.kind == ENGINE__STEP_END) {
			page->reason = ENGINE_REASON_DONE;
			return CX_OK;
		}
		if (step.kind == ENGINE__STEP_MATCH && pager->full)
			break;
		if (step.kind == ENGINE__STEP_MATCH)
			status = add_match(pager, &step, error);
		if (status != CX_OK)
			return status;
		last = step.hit;
		if (page->rows == 0 && engine__page_turns(pager, walk))
			return CX_OK;
		const bool late = engine__walk_is_late(walk);
		const bool ends = late || (most > 0 && engine__walk_keys(walk) >= most);
		if (pager->full && (ends || ahead++ >= ENGINE__LOOK_AHEAD))
			break;
		if (ends && !pager->full) {
			page->reason = late ? ENGINE_REASON_TIME : ENGINE_REASON_SCAN;
			break;
		}
	}
	end_behind(pager, &last);
	return CX_OK;
}

cx_status engine__page_walked(engine__pager *pager, cx_arena *arena, cx_error *error)
{
	const engine__plan *plan = pager->plan;
	engine__scan_start start = { 0 };
	if (plan->continued)
		start = (engine__scan_start){ .range = plan->position.range,
			                      .key = plan->position.key };
	CX_SCOPED(engine__walk_end) engine__walk walk = { 0 };
	cx_status status =
		engine__walk_begin(pager->read, plan, start, plan->limit, arena, &walk, error);
	if (status == CX_OK)
		status = walk_page(pager, &walk, error);
	if (pager->next == NULL)
		engine__page_account(pager->page, &walk);
	return status;
}

static cx_status run_once(engine__pager *pager, cx_arena *arena, cx_error *error)
{
	pager->next = NULL;
	if (pager->plan->chosen->ordering == ENGINE__SORTED)
		return engine__page_sorted(pager, arena, error);
	return engine__page_walked(pager, arena, error);
}

cx_status engine__page_run(engine__pager *pager, cx_arena *arena, cx_error *error)
{
	cx_status status = run_once(pager, arena, error);
	if (status != CX_OK || pager->next == NULL)
		return status;
	/* It has handed out nothing, so another may begin from the start. */
	CX_ASSERT(pager->page->rows == 0 && !pager->full);
	pager->page->gave_up = true;
	status = engine__plan_turn(pager->plan, pager->next, arena);
	return status == CX_OK ? run_once(pager, arena, error)
	                       : cx_fail(error, status, "no memory for the query");
}
