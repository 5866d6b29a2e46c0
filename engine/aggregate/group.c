/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/aggregate/group.h"

#include "base/check.h"

void engine__group_key_begin(const engine_aggregate *aggregate, cx_buf *key)
{
	cx_buf_append_byte(key, (uint8_t)(aggregate->id >> 8));
	cx_buf_append_byte(key, (uint8_t)aggregate->id);
}

cx_status engine__group_key_of(const engine_group_column *columns, size_t count,
                               const engine__value *values, int64_t zone_min, cx_buf *key)
{
	for (size_t i = 0; i < count; i++) {
		const engine__value value = engine__bucket_of(
			&columns[i], &values[columns[i].source->slot], zone_min);
		bool inexact = false;
		cx_status status =
			engine__key_put(&columns[i].column, &value, key, NULL, &inexact);
		if (status != CX_OK)
			return status;
		CX_ASSERT(!inexact); /* the schema has seen to it */
	}
	return CX_OK;
}

static void put_u64(cx_buf *out, uint64_t number)
{
	for (int shift = 56; shift >= 0; shift -= 8)
		cx_buf_append_byte(out, (uint8_t)(number >> shift));
}

static uint64_t take_u64(cx_slice *bytes)
{
	uint64_t number = 0;
	for (int i = 0; i < 8; i++)
		number = number << 8 | bytes->data[i];
	*bytes = cx_slice_from(*bytes, 8);
	return number;
}

void engine__group_write(const engine_aggregate *aggregate, const engine__group *group,
                         cx_buf *out)
{
	put_u64(out, group->count);
	for (uint16_t i = 0; i < aggregate->sum_count; i++) {
		put_u64(out, (uint64_t)group->sums[i].high);
		put_u64(out, group->sums[i].low);
	}
}

cx_status engine__group_read(const engine_aggregate *aggregate, cx_slice stored,
                             engine__group *ret)
{
	if (stored.size != 8 + 16 * (size_t)aggregate->sum_count)
		return CX_CORRUPT;
	engine__group group = { .count = take_u64(&stored) };
	for (uint16_t i = 0; i < aggregate->sum_count; i++) {
		group.sums[i].high = (int64_t)take_u64(&stored);
		group.sums[i].low = take_u64(&stored);
	}
	if (group.count == 0)
		return CX_CORRUPT;
	*ret = group;
	return CX_OK;
}

cx_status engine__group_columns_write(const engine_group_column *columns, size_t count,
                                      cx_slice key, cx_buf *scratch, cx_buf *out)
{
	cx_buf_clear(scratch);
	cx_write_array(out, count);
	for (size_t i = 0; i < count; i++) {
		engine__value value;
		bool exact = true;
		cx_status status =
			engine__key_take(&columns[i].column, &key, scratch, &value, &exact);
		if (status != CX_OK)
			return status;
		if (value.shape == ENGINE__INTEGER &&
		    columns[i].column.field->kind == ENGINE_ENUM &&
		    (value.integer < 0 ||
		     value.integer >= columns[i].column.field->label_count))
			return CX_CORRUPT;
		engine__value_write(columns[i].column.field, &value, out);
	}
	return key.size == 0 ? cx_buf_status(out) : CX_CORRUPT;
}
