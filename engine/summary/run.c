/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of engine/summary.h. */
#include "base/check.h"
#include "base/hash.h"
#include "engine/core/snapshot.h"
#include "engine/summary/order.h"
#include "engine/summary/records.h"
#include "engine/summary/supply.h"

#include <string.h>

enum { FINGERPRINT_BYTES = 8 };

_Static_assert(FINGERPRINT_BYTES + ENGINE_SUMMARY_KEY_MAX <= ENGINE_POSITION_BYTES_MAX,
               "a position holds the key of a group");

/* ---- the plan ---- */

typedef struct planning {
	engine_query records; /* what is read of the query */
	engine__request request;
	engine__filter filter;
	int64_t zone_min;
	bool by_groups;
	engine__supply supply; /* by_groups */
	engine__plan plan;     /* otherwise */
} planning;

static cx_status refuse_aggregate(const engine_summary_query *query, const char *missing,
                                  cx_error *error)
{
	const engine_aggregate *aggregate = query->aggregate;
	cx_status status = engine__aggregate_check_ready(aggregate, error);
	if (status != CX_OK)
		return status;
	if (strcmp(missing, "filter") == 0)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "aggregate %s cannot answer this filter: it may be about its "
		               "group columns; without its name all records are read",
		               aggregate->name);
	return cx_fail(error, CX_INVALID_ARGUMENT,
	               "aggregate %s has no %s; without its name all records are read",
	               aggregate->name, missing);
}

static cx_status find_supply(const engine_summary_query *query, planning *self, cx_error *error)
{
	const engine__cover_terms terms = { .filter = &self->filter,
		                            .zone_min = self->zone_min,
		                            .where_is_meant = query->aggregate != NULL };
	if (query->aggregate == NULL) {
		self->by_groups = engine__supply_find(&self->request, &terms, &self->supply);
		return CX_OK;
	}
	const char *missing;
	self->by_groups = engine__supply_of(&self->request, &terms, query->aggregate,
	                                    &self->supply, &missing);
	return self->by_groups ? CX_OK : refuse_aggregate(query, missing, error);
}

static cx_status check(const engine_summary_query *query, cx_error *error)
{
	CX_ASSERT(query->aggregate == NULL || !query->no_aggregate);
	if (query->limit > ENGINE_GROUPS_MAX)
		return cx_fail(error, CX_INVALID_ARGUMENT, "limit: at most %d groups a page",
		               ENGINE_GROUPS_MAX);
	if (query->aggregate != NULL && query->records.use_index != NULL)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "an aggregate has no index: leave out one of the two");
	if (query->aggregate != NULL && query->aggregate->type != query->records.type)
		return cx_fail(error, CX_INVALID_ARGUMENT, "aggregate %s is of type %s, not %s",
		               query->aggregate->name, query->aggregate->type->name,
		               query->records.type->name);
	return CX_OK;
}

static cx_status find_zone(engine_read *read, planning *self)
{
	if (self->request.zoned)
		return engine__zone_of(read, &self->zone_min);
	return engine__cover_zone(read, self->request.type, &self->zone_min);
}

static cx_status plan_records(engine_read *read, const engine_summary_query *query,
                              cx_arena *arena, planning *self, cx_error *error)
{
	engine_query *records = &self->records;
	*records = query->records;
	records->order_count = 0;
	records->limit = 0;
	records->max_scan = 0;
	records->after = (cx_slice){ 0 };
	records->only = self->request.slots;
	records->only_count = self->request.slot_count;
	return engine__plan_of(read, records, ENGINE__PURPOSE_ALL, arena, &self->plan, error);
}

/* Reads the request, and finds a way to answer it. */
static cx_status plan(engine_read *read, const engine_summary_query *query, cx_arena *arena,
                      planning *ret, cx_error *error)
{
	cx_status status = check(query, error);
	if (status == CX_OK)
		status = engine__request_read(query, arena, &ret->request, error);
	if (status == CX_OK)
		status = engine__order_words_read(query->order, &ret->request, error);
	if (status == CX_OK)
		status = engine__filter_bind(read, query->records.type, query->records.filter,
		                             arena, &ret->filter, error);
	if (status != CX_OK)
		return status;
	ret->by_groups = false;
	ret->zone_min = 0;
	status = find_zone(read, ret);
	if (status != CX_OK)
		return cx_fail(error, status, "the time zone cannot be read: %s",
		               cx_status_text(status));
	if (!query->no_aggregate && query->records.use_index == NULL)
		status = find_supply(query, ret, error);
	if (status != CX_OK || ret->by_groups)
		return status;
	return plan_records(read, query, arena, ret, error);
}

static cx_status begin(engine_read *read, const engine_summary_query *query,
                       engine__scratch *scratch, planning *ret, cx_error *error)
{
	cx_status status = engine__scratch_take(read, scratch);
	if (status != CX_OK)
		return cx_fail(error, status, "no memory for the aggregate");
	return plan(read, query, scratch->arena, ret, error);
}

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

static cx_status collect(engine_read *read, const planning *self, uint64_t deadline_ns,
                         cx_arena *arena, engine__groups *groups, engine_summary_page *page,
                         cx_error *error)
{
	if (self->by_groups) {
		page->aggregate = self->supply.cover.aggregate;
		return engine__supply_read(read, &self->supply, deadline_ns, groups,
		                           &page->keys_scanned, error);
	}
	engine__records_cost cost = { 0 };
	cx_status status = engine__records_read(read, &self->plan, self->zone_min, groups,
	                                        arena, &cost, error);
	page->keys_scanned = cost.keys;
	page->rows_fetched = cost.rows;
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

cx_status engine_summary_run(engine_read *read, const engine_summary_query *query, cx_buf *out,
                             engine_summary_page *ret, cx_error *error)
{
	CX_SCOPED(engine__scratch_return) engine__scratch scratch = { 0 };
	CX_UNSET planning way;
	cx_status status = begin(read, query, &scratch, &way, error);
	if (status != CX_OK)
		return status;
	CX_SCOPED(engine__groups_release) engine__groups groups = { 0 };
	status = engine__groups_init(&way.request, scratch.arena, &groups);
	if (status != CX_OK)
		return cx_fail(error, status, "no memory for the groups");
	engine_summary_page page = { .reason = ENGINE_REASON_DONE };
	status = collect(read, &way, query->records.deadline_ns, scratch.arena, &groups, &page,
	                 error);
	if (status == CX_OK)
		status = hand_out(query, &groups, out, &page, error);
	if (status == CX_OK)
		*ret = page;
	return status;
}

cx_status engine_summary_explain(engine_read *read, const engine_summary_query *query,
                                 cx_buf *out, cx_error *error)
{
	CX_SCOPED(engine__scratch_return) engine__scratch scratch = { 0 };
	CX_UNSET planning way;
	cx_status status = begin(read, query, &scratch, &way, error);
	if (status != CX_OK)
		return status;
	if (way.by_groups)
		engine__cover_write(&way.supply.cover, out);
	else
		engine__plan_write(read, &way.plan, out);
	return cx_buf_status(out);
}
