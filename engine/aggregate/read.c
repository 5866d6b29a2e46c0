/* SPDX-License-Identifier: Apache-2.0 */
/* Reading groups of maintained aggregates: one, a page of many, or their total. */
#include "base/check.h"
#include "engine/aggregate/group.h"
#include "engine/core/snapshot.h"

#include <string.h>

enum { PAIRS = 64 };

cx_status engine__aggregate_check_ready(const engine_aggregate *aggregate, cx_error *error)
{
	if (aggregate->state == ENGINE_AGGREGATE_READY)
		return CX_OK;
	if (aggregate->state == ENGINE_AGGREGATE_FAILED)
		return cx_fail(
			error, CX_INVALID_ARGUMENT,
			"aggregate %s is not there, as its build was given up: apply the "
			"schema again",
			aggregate->name);
	return cx_fail(error, CX_BUSY, "aggregate %s is being built: ask again later",
	               aggregate->name);
}

/* Appends the column of a value as a client writes it. */
static cx_status put_value(const engine_group_column *column, cx_reader *reader,
                           cx_arena *arena, cx_buf *key, cx_error *error)
{
	engine__value value;
	cx_status status =
		engine__value_read(column->column.field, reader, NULL, arena, &value, error);
	bool inexact = false;
	if (status == CX_OK)
		status = engine__key_put(&column->column, &value, key, NULL, &inexact);
	return status;
}

/* Appends the columns the array has; `*ret_count` is how many. */
static cx_status put_values(const engine_aggregate *aggregate, cx_slice values, cx_arena *arena,
                            cx_buf *key, uint16_t *ret_count, cx_error *error)
{
	*ret_count = 0;
	if (values.size == 0)
		return CX_OK;
	cx_reader reader = cx_reader_of(values);
	const uint32_t count = cx_read_array(&reader);
	if (reader.failed)
		return cx_fail(error, CX_TYPE,
		               "aggregate %s: the values of a group are an array",
		               aggregate->name);
	if (count > aggregate->column_count)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "aggregate %s has %u columns, and %u values are given",
		               aggregate->name, aggregate->column_count, count);
	for (uint32_t i = 0; i < count; i++) {
		cx_status status =
			put_value(&aggregate->columns[i], &reader, arena, key, error);
		if (status != CX_OK)
			return status;
	}
	*ret_count = (uint16_t)count;
	return CX_OK;
}

cx_status engine_aggregate_read(engine_read *read, const engine_aggregate *aggregate,
                                cx_slice columns, engine_group *ret, cx_error *error)
{
	CX_SCOPED(engine__scratch_return) engine__scratch scratch = { 0 };
	engine__key_room room;
	cx_buf key = engine__key_in(&room);
	uint16_t count = 0;
	cx_status status = engine__aggregate_check_ready(aggregate, error);
	if (status == CX_OK)
		status = engine__scratch_take(read, &scratch);
	engine__group_key_begin(aggregate, &key);
	if (status == CX_OK)
		status = put_values(aggregate, columns, scratch.arena, &key, &count, error);
	if (status != CX_OK)
		return status;
	if (count != aggregate->column_count)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "aggregate %s has %u columns, and %u values are given",
		               aggregate->name, aggregate->column_count, count);
	engine__group group = { 0 };
	cx_slice stored;
	status =
		engine__view_get(read->view, read->engine->groups, cx_buf_slice(&key), &stored);
	if (status == CX_OK)
		status = engine__group_read(aggregate, stored, &group);
	if (status != CX_OK && status != CX_NOT_FOUND)
		return cx_fail(error, status, "aggregate %s: %s", aggregate->name,
		               cx_status_text(status));
	*ret = (engine_group){ .count = group.count };
	memcpy(ret->sums, group.sums, sizeof ret->sums);
	return CX_OK;
}

/* ---- ranges ---- */

/* The keys of a query: from `low`, before `high` (empty: to the end of the tree). */
typedef struct range {
	engine__key_room low_room;
	engine__key_room high_room;
	cx_buf low;
	cx_buf high;
	cx_slice after;
	bool bounded;
} range;

static cx_status put_bound(const engine_aggregate *aggregate, uint16_t column, cx_slice bound,
                           cx_arena *arena, cx_buf *key, cx_error *error)
{
	if (column >= aggregate->column_count)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "aggregate %s has no column after the prefix for a range",
		               aggregate->name);
	cx_reader reader = cx_reader_of(bound);
	return put_value(&aggregate->columns[column], &reader, arena, key, error);
}

static cx_status make_range(const engine_group_query *query, cx_arena *arena, range *ret,
                            cx_error *error)
{
	const engine_aggregate *aggregate = query->aggregate;
	ret->low = engine__key_in(&ret->low_room);
	ret->high = engine__key_in(&ret->high_room);
	engine__group_key_begin(aggregate, &ret->low);
	uint16_t count = 0;
	cx_status status =
		put_values(aggregate, query->prefix, arena, &ret->low, &count, error);
	if (status != CX_OK)
		return status;
	cx_buf_append_slice(&ret->high, cx_buf_slice(&ret->low));
	if (query->high.size > 0)
		status = put_bound(aggregate, count, query->high, arena, &ret->high, error);
	if (status == CX_OK && query->low.size > 0)
		status = put_bound(aggregate, count, query->low, arena, &ret->low, error);
	else if (status == CX_OK && query->high.size > 0)
		cx_buf_append_byte(&ret->low, ENGINE__KEY_VALUE); /* after null */
	if (status != CX_OK)
		return status;
	ret->bounded = engine__key_successor(&ret->high);
	ret->after = query->after;
	return CX_OK;
}

/* A position is the key of the last group handed out; anyone may have made it up. */
static cx_status check_after(const range *keys, cx_error *error)
{
	if (keys->after.size == 0)
		return CX_OK;
	const bool within = keys->after.size <= ENGINE__KEY_BYTES_MAX &&
	                    cx_slice_compare(keys->after, cx_buf_slice(&keys->low)) >= 0 &&
	                    (!keys->bounded ||
	                     cx_slice_compare(keys->after, cx_buf_slice(&keys->high)) < 0);
	if (within)
		return CX_OK;
	return cx_fail(error, CX_CURSOR_STALE,
	               "the continuation does not belong to this query of groups: begin anew");
}

typedef cx_status pair_visitor(void *context, const engine__pair *pair, bool *ret_stop);

static bool ends(const range *keys, cx_slice key)
{
	return keys->bounded && cx_slice_compare(key, cx_buf_slice(&keys->high)) >= 0;
}

/* Calls `visit` for the groups of the range behind its position. */
static cx_status each_group(engine_read *read, const range *keys, pair_visitor *visit,
                            void *context)
{
	CX_SCOPED(engine__cursor_close) engine__cursor *cursor = NULL;
	cx_status status =
		engine__cursor_open(read->view, read->engine->groups, ENGINE__FORWARD, &cursor);
	const cx_slice from = keys->after.size > 0 ? keys->after : cx_buf_slice(&keys->low);
	if (status == CX_OK)
		status = engine__cursor_seek(cursor, from);
	engine__pair pairs[PAIRS];
	size_t count = PAIRS;
	while (status == CX_OK && count == PAIRS) {
		status = engine__cursor_next(cursor, pairs, PAIRS, &count);
		for (size_t i = 0; i < count && status == CX_OK; i++) {
			if (ends(keys, pairs[i].key))
				return CX_OK;
			if (keys->after.size > 0 && cx_slice_equal(pairs[i].key, keys->after))
				continue;
			bool stop = false;
			status = visit(context, &pairs[i], &stop);
			if (stop)
				return status;
		}
	}
	return status;
}

/* ---- pages ---- */

typedef struct paging {
	const engine_group_query *query;
	engine_group_sink *sink;
	void *context;
	size_t limit;
	engine_group_page *page;
	engine__pair last; /* the group handed out last */
	cx_buf columns;
	cx_buf scratch;
	cx_error *error;
} paging;

static void paging_release(paging *self)
{
	cx_buf_release(&self->columns);
	cx_buf_release(&self->scratch);
}

static cx_status hand_out(void *context, const engine__pair *pair, bool *ret_stop)
{
	paging *self = context;
	const engine_aggregate *aggregate = self->query->aggregate;
	self->page->keys++;
	if (self->page->groups == self->limit) { /* and there is one more */
		CX_ASSERT(self->last.key.size <= sizeof self->page->position);
		memcpy(self->page->position, self->last.key.data, self->last.key.size);
		self->page->position_size = self->last.key.size;
		*ret_stop = true;
		return CX_OK;
	}
	engine__group stored;
	cx_status status = engine__group_read(aggregate, pair->value, &stored);
	cx_buf_clear(&self->columns);
	if (status == CX_OK)
		status = engine__group_columns_write(
			aggregate->columns, aggregate->column_count,
			cx_slice_from(pair->key, ENGINE__GROUP_KEY_HEAD), &self->scratch,
			&self->columns);
	if (status != CX_OK)
		return cx_fail(self->error, status, "aggregate %s: %s", aggregate->name,
		               cx_status_text(status));
	engine_group group = { .columns = cx_buf_slice(&self->columns), .count = stored.count };
	memcpy(group.sums, stored.sums, sizeof group.sums);
	self->last = *pair;
	self->page->groups++;
	return self->sink(self->context, &group);
}

cx_status engine_aggregate_groups(engine_read *read, const engine_group_query *query,
                                  engine_group_sink *sink, void *context,
                                  engine_group_page *ret, cx_error *error)
{
	if (query->limit > ENGINE_GROUPS_MAX)
		return cx_fail(error, CX_INVALID_ARGUMENT, "limit: at most %d groups a page",
		               ENGINE_GROUPS_MAX);
	CX_SCOPED(engine__scratch_return) engine__scratch scratch = { 0 };
	range keys;
	cx_status status = engine__aggregate_check_ready(query->aggregate, error);
	if (status == CX_OK)
		status = engine__scratch_take(read, &scratch);
	if (status == CX_OK)
		status = make_range(query, scratch.arena, &keys, error);
	if (status == CX_OK)
		status = check_after(&keys, error);
	if (status != CX_OK)
		return status;
	CX_UNSET engine_group_page page;
	page.groups = 0;
	page.keys = 0;
	page.position_size = 0;
	CX_SCOPED(paging_release)
	paging self = { .query = query,
		        .sink = sink,
		        .context = context,
		        .limit = query->limit > 0 ? query->limit : ENGINE_GROUPS_DEFAULT,
		        .page = &page,
		        .columns = CX_BUF_INIT(4 * ENGINE__KEY_BYTES_MAX),
		        .scratch = CX_BUF_INIT(4 * ENGINE__KEY_BYTES_MAX),
		        .error = error };
	status = each_group(read, &keys, hand_out, &self);
	if (status == CX_OK)
		memcpy(ret, &page, offsetof(engine_group_page, position) + page.position_size);
	return status;
}

/* ---- totals ---- */

typedef struct adding {
	const engine_aggregate *aggregate;
	engine_group total;
	uint64_t groups;
} adding;

static cx_status add_group(void *context, const engine__pair *pair, bool *ret_stop)
{
	adding *self = context;
	*ret_stop = false;
	engine__group group;
	cx_status status = engine__group_read(self->aggregate, pair->value, &group);
	if (status != CX_OK)
		return status;
	self->groups++;
	self->total.count += group.count;
	for (uint16_t i = 0; i < self->aggregate->sum_count; i++)
		self->total.sums[i] = engine_sum_add(self->total.sums[i], group.sums[i]);
	return CX_OK;
}

cx_status engine_aggregate_total(engine_read *read, const engine_group_query *query,
                                 engine_group *ret, uint64_t *ret_groups, cx_error *error)
{
	CX_SCOPED(engine__scratch_return) engine__scratch scratch = { 0 };
	range keys;
	cx_status status = engine__aggregate_check_ready(query->aggregate, error);
	if (status == CX_OK)
		status = engine__scratch_take(read, &scratch);
	if (status == CX_OK)
		status = make_range(query, scratch.arena, &keys, error);
	if (status != CX_OK)
		return status;
	keys.after = (cx_slice){ 0 };
	adding self = { .aggregate = query->aggregate };
	status = each_group(read, &keys, add_group, &self);
	if (status != CX_OK)
		return cx_fail(error, status, "aggregate %s: %s", query->aggregate->name,
		               cx_status_text(status));
	*ret = self.total;
	*ret_groups = self.groups;
	return CX_OK;
}
