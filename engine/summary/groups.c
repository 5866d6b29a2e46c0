/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/summary/groups.h"

#include "base/check.h"
#include "engine/index/key.h"
#include "engine/summary/order.h"

#include <stdlib.h>

enum { GROUPS_FIRST = 128, GROWTH = 8, MEMORY_IS_FULL_FROM = 10000 };

cx_status engine__groups_init(const engine__request *request, cx_arena *arena,
                              engine__groups *ret)
{
	*ret = (engine__groups){ .request = request,
		                 .key = CX_BUF_INIT(2 * ENGINE_SUMMARY_KEY_MAX) };
	/* A group of nothing has a key of no bytes. */
	if (cx_buf_reserve(&ret->key, ENGINE_SUMMARY_KEY_MAX) == NULL)
		return CX_NO_MEMORY;
	return engine__table_init(arena, request->measure_count * sizeof(engine__tally),
	                          GROUPS_FIRST, &ret->table);
}

void engine__groups_release(engine__groups *self)
{
	cx_buf_release(&self->key);
}

static cx_status put_key(engine__groups *self, const engine__value *values)
{
	cx_status status = CX_OK;
	bool inexact = false;
	cx_buf_clear(&self->key);
	for (uint16_t i = 0; i < self->request->column_count && status == CX_OK; i++)
		status = engine__key_put(&self->request->columns[i].column, &values[i],
		                         &self->key, NULL, &inexact);
	CX_ASSERT(status != CX_OK || (!inexact && self->key.size <= ENGINE_SUMMARY_KEY_MAX));
	return status;
}

static cx_status fail(const engine__groups *self, cx_status status, cx_error *error)
{
	/* Many values, or long texts, may fill the memory of a call before the groups are too
	 * many. */
	if (status == CX_NO_MEMORY && self->table.count > MEMORY_IS_FULL_FROM)
		return cx_fail(error, CX_TOO_LARGE,
		               "these %u groups take too much memory: filter more, or ask for "
		               "fewer columns or values",
		               self->table.count);
	if (status != CX_TOO_LARGE)
		return cx_fail(error, status, "no memory for the groups");
	return cx_fail(error, CX_TOO_LARGE,
	               "these records make more than %d groups: filter more, or group by fewer "
	               "columns or by month()",
	               ENGINE_SUMMARY_GROUPS_MAX);
}

cx_status engine__groups_take(engine__groups *self, const engine__value *values,
                              engine__tally **ret, cx_error *error)
{
	engine__table *table = &self->table;
	engine__table_entry *entry = NULL;
	cx_status status = put_key(self, values);
	const cx_slice key = cx_buf_slice(&self->key);
	if (status == CX_OK)
		status = engine__table_take(table, key, &entry);
	if (status == CX_TOO_LARGE && table->max < ENGINE_SUMMARY_GROUPS_MAX) {
		const uint32_t more = table->max * GROWTH;
		status = engine__table_grow(table, more < ENGINE_SUMMARY_GROUPS_MAX
		                                           ? more
		                                           : ENGINE_SUMMARY_GROUPS_MAX);
		if (status == CX_OK)
			status = engine__table_take(table, key, &entry);
	}
	if (status != CX_OK)
		return fail(self, status, error);
	*ret = entry->value;
	return CX_OK;
}

void engine__tally_extreme(engine__tally *tally, engine__measure_kind kind, int64_t number)
{
	const bool replaces =
		tally->count == 0 || (kind == ENGINE__MEASURE_MIN ? number < tally->extreme
	                                                          : number > tally->extreme);
	if (replaces)
		tally->extreme = number;
	tally->count++;
}

static int compare_entries(const void *a, const void *b, void *request)
{
	return engine__group_compare(request, a, b);
}

void engine__groups_sort(engine__groups *self)
{
	engine__request request = *self->request; /* qsort_r() knows no const */
	qsort_r(self->table.entries, self->table.count, sizeof *self->table.entries,
	        compare_entries, &request);
}

static void write_tally(const engine__measure *measure, const engine__tally *tally, cx_buf *out)
{
	const engine__value extreme = { .shape = ENGINE__INTEGER, .integer = tally->extreme };
	if (measure->kind == ENGINE__MEASURE_COUNT)
		cx_write_uint(out, tally->count);
	else if (measure->kind == ENGINE__MEASURE_SUM)
		engine_sum_write(tally->sum, out);
	else if (tally->count == 0)
		cx_write_nil(out);
	else if (measure->kind == ENGINE__MEASURE_AVG)
		engine_sum_write(engine_sum_divide(tally->sum, tally->count), out);
	else
		engine__value_write(measure->field, &extreme, out);
}

cx_status engine__groups_write(engine__groups *self, uint32_t at, cx_buf *out)
{
	const engine__request *request = self->request;
	const engine__table_entry *entry = &self->table.entries[at];
	const engine__tally *tallies = entry->value;
	cx_slice key = entry->key;
	cx_write_array(out, (size_t)request->column_count + request->measure_count);
	cx_buf_clear(&self->key);
	for (uint16_t i = 0; i < request->column_count; i++) {
		const engine_column *column = &request->columns[i].column;
		engine__value value;
		bool exact = true;
		cx_status status = engine__key_take(column, &key, &self->key, &value, &exact);
		if (status != CX_OK)
			return status;
		engine__value_write(column->field, &value, out);
	}
	for (uint16_t i = 0; i < request->measure_count; i++)
		write_tally(&request->measures[i], &tallies[i], out);
	return cx_buf_status(out);
}
