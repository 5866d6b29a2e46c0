/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/summary/records.h"

#include "base/check.h"

/* Takes the slots asked for; the others are not set. A row of an older layout was completed. */
static cx_status take_values(const engine__request *request, cx_slice array,
                             engine__value *values)
{
	cx_reader reader = cx_reader_of(array);
	const uint32_t present = cx_read_array(&reader);
	uint32_t at = 0;
	for (uint16_t i = 0; i < request->slot_count; i++) {
		const uint16_t slot = request->slots[i];
		values[slot] = (engine__value){ 0 };
		if (slot >= present)
			continue;
		cx_read_skip_many(&reader, slot - at);
		at = slot + 1U;
		cx_status status = engine__value_take(&request->type->fields[slot], &reader,
		                                      &values[slot]);
		if (status != CX_OK)
			return status;
	}
	return reader.failed ? CX_CORRUPT : CX_OK;
}

static cx_status add_expression(const engine__request *request, const engine__measure *measure,
                                const engine__value *values, engine__tally *tally,
                                cx_error *error)
{
	engine_sum sum;
	bool is_null;
	if (!engine__expression_value(&measure->expression, values, &sum, &is_null))
		return engine__fail_term(request->type, &measure->expression, error);
	tally->sum = engine_sum_add(tally->sum, sum);
	tally->count += !is_null;
	return CX_OK;
}

static cx_status add_measure(const engine__request *request, const engine__measure *measure,
                             const engine__value *values, engine__tally *tally, cx_error *error)
{
	const engine__value *value =
		measure->field != NULL ? &values[measure->field->slot] : NULL;
	switch (measure->kind) {
	case ENGINE__MEASURE_COUNT:
		tally->count += value == NULL || value->shape != ENGINE__NULL;
		return CX_OK;
	case ENGINE__MEASURE_SUM:
	case ENGINE__MEASURE_AVG:
		return add_expression(request, measure, values, tally, error);
	case ENGINE__MEASURE_MIN:
	case ENGINE__MEASURE_MAX:
		if (value->shape != ENGINE__NULL)
			engine__tally_extreme(tally, measure->kind, value->integer);
		return CX_OK;
	}
	CX_UNREACHABLE();
}

static cx_status add_record(engine__groups *groups, const engine_row *row, int64_t zone_min,
                            cx_error *error)
{
	const engine__request *request = groups->request;
	CX_UNSET engine__value values[ENGINE_SLOTS_MAX];
	cx_status status = take_values(request, row->array, values);
	if (status != CX_OK)
		return cx_fail(error, status, "%s %lld: the row is damaged; run check",
		               request->type->name, (long long)row->id);
	engine__value columns[ENGINE_GROUP_COLUMNS_MAX];
	for (uint16_t i = 0; i < request->column_count; i++)
		columns[i] =
			engine__bucket_of(&request->columns[i],
		                          &values[request->columns[i].source->slot], zone_min);
	engine__tally *tallies;
	status = engine__groups_take(groups, columns, &tallies, error);
	for (uint16_t i = 0; i < request->measure_count && status == CX_OK; i++)
		status =
			add_measure(request, &request->measures[i], values, &tallies[i], error);
	return status;
}

static cx_status refuse_more(uint64_t most, cx_error *error)
{
	return cx_fail(error, CX_SCAN_LIMIT,
	               "max_scan: more than %llu keys have to be looked at; explain tells why",
	               (unsigned long long)most);
}

static cx_status add_records(engine__walk *walk, int64_t zone_min, engine__groups *groups,
                             uint64_t *ret_matched, cx_error *error)
{
	const uint64_t most = walk->plan->query->max_scan;
	for (;;) {
		CX_UNSET engine__step step;
		cx_status status = engine__walk_next(walk, &step, error);
		if (status != CX_OK || step.kind == ENGINE__STEP_END)
			return status;
		if (most > 0 && engine__walk_keys(walk) > most)
			return refuse_more(most, error);
		*ret_matched += step.kind == ENGINE__STEP_MATCH;
		if (step.kind == ENGINE__STEP_MATCH)
			status = add_record(groups, &step.row, zone_min, error);
		if (status != CX_OK)
			return status;
		if (engine__walk_is_late(walk))
			return cx_fail(error, CX_DEADLINE,
			               "the deadline passed while records were added up");
	}
}

cx_status engine__records_read(engine_read *read, const engine__plan *plan, int64_t zone_min,
                               engine__groups *groups, cx_arena *arena,
                               engine__records_cost *ret, cx_error *error)
{
	CX_SCOPED(engine__walk_end) engine__walk walk = { 0 };
	uint64_t matched = 0;
	cx_status status = engine__walk_begin(read, plan, (engine__scan_start){ 0 }, 0, arena,
	                                      &walk, error);
	if (status == CX_OK)
		status = add_records(&walk, zone_min, groups, &matched, error);
	if (status != CX_OK)
		return status;
	*ret = (engine__records_cost){ .keys = engine__walk_keys(&walk),
		                       .rows = walk.rows_fetched,
		                       .matched = matched,
		                       .rechecks_failed = walk.rechecks_failed,
		                       .bytes = walk.row_bytes,
		                       .scan_ns = walk.scan_ns,
		                       .fetch_ns = walk.fetch_ns };
	return CX_OK;
}
