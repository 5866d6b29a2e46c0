/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of engine/summary.h. */
#include "base/check.h"
#include "base/clock.h"
#include "base/hash.h"
#include "engine/core/snapshot.h"
#include "engine/summary/plan.h"

#include <string.h>

enum { FINGERPRINT_BYTES = 8 };

_Static_assert(FINGERPRINT_BYTES + ENGINE_SUMMARY_KEY_MAX <= ENGINE_POSITION_BYTES_MAX,
               "a position holds the key of a group");

/* ---- positions: a fingerprint of what was asked, then the key of the last group ---- */

static void fingerprint(const engine_summary_query *query, const engine__request *request,
                        uint8_t bytes[FINGERPRINT_BYTES])
{
	uint64_t hash = cx_hash64(query->records.filter,
	                          query->aggregate != NULL ? query->aggregate->id : 0);
	hash = cx_hash64(query->order, hash);
	for (uint16_t i = 0; i < request->column_count; i++)
		hash = cx_hash64(cx_slice_of(request->columns[i].column.field->name), hash);
	for (uint16_t i = 0; i < request->measure_count; i++)
		hash = cx_hash64(cx_slice_of(request->measures[i].name), hash);
	memcpy(bytes, &hash, FINGERPRINT_BYTES);
}

static void put_position(const uint8_t *mark, cx_slice key, engine_summary_page *page)
{
	CX_ASSERT(key.size <= ENGINE_SUMMARY_KEY_MAX);
	memcpy(page->position, mark, FINGERPRINT_BYTES);
	memcpy(page->position + FINGERPRINT_BYTES, key.data, key.size);
	page->position_size = FINGERPRINT_BYTES + key.size;
}

/* The key in a position; anyone may have made it up. */
static cx_status take_position(cx_slice after, const uint8_t *mark, cx_slice *ret,
                               cx_error *error)
{
	if (after.size <= FINGERPRINT_BYTES || memcmp(after.data, mark, FINGERPRINT_BYTES) != 0)
		return cx_fail(error, CX_CURSOR_STALE,
		               "the continuation is of another aggregate: begin anew");
	*ret = cx_slice_from(after, FINGERPRINT_BYTES);
	return CX_OK;
}

/* The first group behind the key. One that has gone has no place where values give the order.
 */
static cx_status find_behind(const engine__groups *groups, cx_slice key, uint32_t *ret,
                             cx_error *error)
{
	const engine__request *request = groups->request;
	const engine__table_entry *entries = groups->table.entries;
	for (uint32_t at = 0; at < groups->table.count; at++) {
		const int order = cx_slice_compare(entries[at].key, key);
		if (order < 0 || (order > 0 && request->order_count > 0))
			continue;
		*ret = order == 0 ? at + 1 : at;
		return CX_OK;
	}
	*ret = groups->table.count;
	if (request->order_count == 0)
		return CX_OK;
	return cx_fail(error, CX_CURSOR_STALE,
	               "the group that the page before ended with has gone: begin anew");
}

/* ---- the page ---- */

static void write_columns(const engine__request *request, cx_buf *out,
                          engine_summary_page *page)
{
	page->column_count = 0;
	cx_write_array(out, (size_t)request->column_count + request->measure_count);
	for (uint16_t i = 0; i < request->column_count; i++) {
		const engine_field *field = request->columns[i].column.field;
		page->kinds[page->column_count++] = field->kind;
		cx_write_text(out, field->name);
	}
	for (uint16_t i = 0; i < request->measure_count; i++) {
		page->kinds[page->column_count++] =
			engine__measure_result(&request->measures[i]);
		cx_write_text(out, request->measures[i].name);
	}
}

static cx_status write_rows(engine__groups *groups, uint32_t at, size_t limit,
                            const uint8_t *mark, cx_buf *out, engine_summary_page *page)
{
	const uint32_t count = groups->table.count;
	const size_t place = cx_write_array_open(out);
	page->reason = ENGINE_REASON_DONE;
	for (; at < count && page->reason == ENGINE_REASON_DONE; at++) {
		cx_status status = engine__groups_write(groups, at, out);
		if (status != CX_OK)
			return status;
		page->rows++;
		if (at + 1 == count)
			break;
		if (page->rows == limit)
			page->reason = ENGINE_REASON_LIMIT;
		else if (out->size - place > ENGINE_PAGE_BYTES_MAX)
			page->reason = ENGINE_REASON_BYTES;
		if (page->reason != ENGINE_REASON_DONE)
			put_position(mark, groups->table.entries[at].key, page);
	}
	cx_write_array_close(out, place, (uint32_t)page->rows);
	return cx_buf_status(out);
}

static cx_status collect(engine_read *read, const engine__summary_plan *plan, cx_arena *arena,
                         engine__groups *groups, engine_summary_page *page,
                         engine__summary_cost *cost, cx_error *error)
{
	const engine_query *query = &plan->records;
	if (plan->by_groups) {
		engine__cover_work work = { .deadline_ns = query->deadline_ns,
			                    .keys_max = query->max_scan };
		page->aggregate = plan->supply.cover.aggregate;
		cx_status status =
			engine__supply_read(read, &plan->supply, &work, groups, error);
		page->keys_scanned = work.keys;
		cost->meant = work.meant;
		return status;
	}
	cx_status status = engine__records_read(read, &plan->plan, plan->zone_min, groups,
	                                        arena, &cost->records, error);
	page->keys_scanned = cost->records.keys;
	page->rows_fetched = cost->records.rows;
	cost->meant = cost->records.matched;
	return status;
}

static cx_status hand_out(const engine_summary_query *query, engine__groups *groups,
                          cx_buf *out, engine_summary_page *page, cx_error *error)
{
	uint8_t mark[FINGERPRINT_BYTES];
	uint32_t at = 0;
	fingerprint(query, groups->request, mark);
	engine__groups_sort(groups);
	page->groups = groups->table.count;
	if (query->after.size > 0) {
		cx_slice key = { 0 };
		cx_status status = take_position(query->after, mark, &key, error);
		if (status == CX_OK)
			status = find_behind(groups, key, &at, error);
		if (status != CX_OK)
			return status;
	}
	write_columns(groups->request, out, page);
	cx_status status =
		write_rows(groups, at, query->limit > 0 ? query->limit : ENGINE_GROUPS_DEFAULT,
	                   mark, out, page);
	return status == CX_OK ? CX_OK
	                       : cx_fail(error, status,
	                                 "the groups are too large together: "
	                                 "ask for fewer with limit");
}

cx_status engine__summary_answer(engine_read *read, const engine_summary_query *query,
                                 const engine__summary_plan *plan, cx_arena *arena, cx_buf *out,
                                 engine_summary_page *ret, engine__summary_cost *ret_cost,
                                 cx_error *error)
{
	CX_SCOPED(engine__groups_release) engine__groups groups = { 0 };
	const bool timed = plan->plan.timed;
	const uint64_t begun = timed ? cx_clock_monotonic_ns() : 0;
	const size_t size = out->size;
	cx_status status = engine__groups_init(&plan->request, arena, &groups);
	if (status != CX_OK)
		return cx_fail(error, status, "no memory for the groups");
	engine_summary_page page = { .reason = ENGINE_REASON_DONE };
	engine__summary_cost cost = { 0 };
	status = collect(read, plan, arena, &groups, &page, &cost, error);
	const uint64_t collected = timed ? cx_clock_monotonic_ns() : 0;
	if (status == CX_OK)
		status = hand_out(query, &groups, out, &page, error);
	if (status != CX_OK)
		return status;
	cost.bytes = out->size - size;
	cost.collect_ns = collected - begun;
	cost.page_ns = timed ? cx_clock_monotonic_ns() - collected : 0;
	*ret = page;
	*ret_cost = cost;
	return CX_OK;
}

cx_status engine_summary_run(engine_read *read, const engine_summary_query *query, cx_buf *out,
                             engine_summary_page *ret, cx_error *error)
{
	CX_SCOPED(engine__scratch_return) engine__scratch scratch = { 0 };
	CX_UNSET engine__summary_plan plan;
	CX_UNSET engine__summary_cost cost;
	cx_status status = engine__scratch_take(read, &scratch);
	if (status != CX_OK)
		return cx_fail(error, status, "no memory for the aggregate");
	status = engine__summary_plan_of(read, query, scratch.arena, &plan, error);
	return status == CX_OK ? engine__summary_answer(read, query, &plan, scratch.arena, out,
	                                                ret, &cost, error)
	                       : status;
}
