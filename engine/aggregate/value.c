/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/aggregate/value.h"

#include "base/check.h"
#include "base/clock.h"
#include "engine/core/meta.h"
#include "engine/record.h"
#include "engine/row/row.h"

/* ---- where ---- */

static bool is_one_of(const engine_condition *condition, int64_t number)
{
	size_t low = 0, high = condition->value_count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (condition->values[middle] < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < condition->value_count && condition->values[low] == number;
}

static bool compare(engine_comparison comparison, int64_t left, int64_t right)
{
	switch (comparison) {
	case ENGINE_EQUAL:
		return left == right;
	case ENGINE_NOT_EQUAL:
		return left != right;
	case ENGINE_LESS:
		return left < right;
	case ENGINE_LESS_EQUAL:
		return left <= right;
	case ENGINE_GREATER:
		return left > right;
	case ENGINE_GREATER_EQUAL:
		return left >= right;
	case ENGINE_IS_NULL:
	case ENGINE_NOT_NULL:
		break;
	}
	CX_UNREACHABLE();
}

/* `right`: of the other field, where there is one. */
static bool holds(const engine_condition *condition, const engine__value *left,
                  const engine__value *right)
{
	if (condition->comparison == ENGINE_IS_NULL)
		return left->shape == ENGINE__NULL;
	if (left->shape == ENGINE__NULL)
		return false;
	if (condition->comparison == ENGINE_NOT_NULL)
		return true;
	CX_ASSERT(left->shape == ENGINE__INTEGER);
	if (condition->other != NULL) {
		return right->shape != ENGINE__NULL &&
		       compare(condition->comparison, left->integer, right->integer);
	}
	if (condition->comparison == ENGINE_EQUAL)
		return is_one_of(condition, left->integer);
	return compare(condition->comparison, left->integer, condition->values[0]);
}

static bool condition_holds(const engine_condition *condition, const engine__value *values)
{
	const engine__value *right =
		condition->other != NULL ? &values[condition->other->slot] : NULL;
	return holds(condition, &values[condition->field->slot], right);
}

bool engine__where_holds(const engine_where *where, const engine__value *values)
{
	for (uint16_t i = 0; i < where->count; i++)
		if (!condition_holds(&where->conditions[i], values))
			return false;
	return true;
}

bool engine__where_holds_at(const engine_where *where, const engine_field *field,
                            const engine__value *value)
{
	for (uint16_t i = 0; i < where->count; i++) {
		const engine_condition *condition = &where->conditions[i];
		CX_ASSERT(condition->field == field && condition->other == NULL);
		if (!holds(condition, value, NULL))
			return false;
	}
	return true;
}

/* ---- sums ---- */

static bool is_within_limit(engine_sum term)
{
	const engine_sum limit = { .high = (int64_t)1 << (ENGINE_TERM_BITS - 64) };
	return engine_sum_compare(term, limit) <= 0 &&
	       engine_sum_compare(term, engine_sum_negative(limit)) >= 0;
}

bool engine__expression_value(const engine_expression *expression, const engine__value *values,
                              engine_sum *ret, bool *ret_null)
{
	engine_sum sum = { 0 };
	for (uint16_t t = 0; t < expression->term_count; t++) {
		const engine_term *term = &expression->terms[t];
		int64_t factors[ENGINE_FACTORS_MAX] = { 1, 1 };
		for (uint16_t f = 0; f < term->factor_count; f++) {
			const engine__value *value = &values[term->factors[f]->slot];
			if (value->shape == ENGINE__NULL) {
				*ret = (engine_sum){ 0 };
				*ret_null = true;
				return true;
			}
			factors[f] = value->integer;
		}
		engine_sum product = engine_sum_product(factors[0], factors[1]);
		if (!is_within_limit(product))
			return false;
		if (term->minus)
			product = engine_sum_negative(product);
		sum = engine_sum_add(sum, product);
	}
	*ret = sum;
	*ret_null = false;
	return true;
}

cx_status engine__fail_term(const engine_type *type, const engine_expression *expression,
                            cx_error *error)
{
	return cx_fail(error, CX_INVALID_ARGUMENT,
	               "%s: %s is beyond ±2^%d, more than a sum over records takes", type->name,
	               expression->text, ENGINE_TERM_BITS);
}

/* ---- groups ---- */

static int64_t floor_divide(int64_t number, int64_t divisor)
{
	const int64_t quotient = number / divisor;
	return quotient - (number % divisor < 0);
}

static int64_t month_of(int64_t day)
{
	int64_t year;
	unsigned month, in_month;
	cx_date_to_civil(day, &year, &month, &in_month);
	return day - (int64_t)in_month + 1;
}

enum { MS_PER_MIN = 60 * 1000, MS_PER_DAY = 24 * 60 * MS_PER_MIN };

engine__value engine__bucket_of(const engine_group_column *column, const engine__value *value,
                                int64_t zone_min)
{
	if (column->bucket == ENGINE_BUCKET_NONE || value->shape == ENGINE__NULL)
		return *value;
	int64_t day = value->integer;
	if (column->source->kind == ENGINE_TS)
		day = floor_divide(value->integer + zone_min * MS_PER_MIN, MS_PER_DAY);
	if (column->bucket == ENGINE_BUCKET_MONTH)
		day = month_of(day);
	return (engine__value){ .shape = ENGINE__INTEGER, .integer = day };
}

engine__value engine__bucket_start(const engine_group_column *column,
                                   const engine__value *bucket, int64_t zone_min)
{
	engine__value start = *bucket;
	if (column->bucket == ENGINE_BUCKET_NONE || bucket->shape == ENGINE__NULL ||
	    column->source->kind != ENGINE_TS)
		return start;
	start.integer = bucket->integer * MS_PER_DAY - zone_min * MS_PER_MIN;
	return start;
}

bool engine__slots_differ(const uint16_t *slots, size_t count, const engine__value *a,
                          const engine__value *b)
{
	for (size_t i = 0; i < count; i++)
		if (!engine__value_equal(&a[slots[i]], &b[slots[i]]))
			return true;
	return false;
}

/* ---- time zone ---- */

cx_status engine__zone_default(const engine_field *field, int64_t *ret)
{
	engine__value value = { .shape = ENGINE__NULL };
	cx_status status = CX_OK;
	if (field->default_value.size > 0)
		status = engine__value_of_row(field, field->default_value, &value);
	if (status == CX_OK)
		*ret = value.shape == ENGINE__NULL ? 0 : value.integer;
	return status;
}

/* A type with one record that is never deleted: its id is the last one given. */
cx_status engine__zone_of(engine_read *read, int64_t *ret)
{
	const engine_schema *schema = engine_read_schema(read);
	if (schema->zone_type == NULL) {
		*ret = 0;
		return CX_OK;
	}
	int64_t id;
	cx_status status = engine__meta_last_id(read, schema->zone_type, &id);
	if (status != CX_OK)
		return status;
	engine_row row;
	status = id == 0 ? CX_NOT_FOUND : engine_get(read, schema->zone_type, id, &row, NULL);
	if (status == CX_NOT_FOUND)
		return engine__zone_default(schema->zone_field, ret);
	CX_UNSET engine__value values[ENGINE_SLOTS_MAX];
	if (status == CX_OK)
		status = engine__row_values(schema->zone_type, row.array, values);
	if (status != CX_OK)
		return status;
	const engine__value *value = &values[schema->zone_field->slot];
	if (value->shape == ENGINE__NULL)
		return engine__zone_default(schema->zone_field, ret);
	if (!engine_zone_is_valid(value->integer))
		return CX_CORRUPT;
	*ret = value->integer;
	return CX_OK;
}

cx_status engine__zone_of_write(engine_write *write, int64_t *ret)
{
	cx_status status = CX_OK;
	if (!write->zone_known)
		status = engine__zone_of(&write->read, &write->zone_min);
	write->zone_known = status == CX_OK;
	*ret = write->zone_min;
	return status;
}
