/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/aggregate.h"
#include "engine/schema/kept.h"
#include "engine/schema/model.h"

#include <string.h>

static bool same_name(const engine_field *a, const engine_field *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a->name, b->name) == 0;
}

/* Enums are compared by the position of a label, which is another one when the order of labels
 * changes. */
static bool same_labels(const engine_condition *a, const engine_condition *b)
{
	if (a->field->kind != ENGINE_ENUM)
		return true;
	if (a->comparison != ENGINE_EQUAL || a->other != NULL)
		return engine__labels_stay(a->field, b->field);
	for (uint16_t i = 0; i < a->value_count; i++)
		if (strcmp(a->field->labels[a->values[i]], b->field->labels[b->values[i]]) != 0)
			return false;
	return true;
}

static bool same_condition(const engine_condition *a, const engine_condition *b)
{
	return same_name(a->field, b->field) && a->comparison == b->comparison &&
	       same_name(a->other, b->other) && a->value_count == b->value_count &&
	       (a->value_count == 0 ||
	        memcmp(a->values, b->values, a->value_count * sizeof *a->values) == 0) &&
	       same_labels(a, b);
}

static bool same_where(const engine_where *a, const engine_where *b)
{
	if (a->count != b->count)
		return false;
	for (uint16_t i = 0; i < a->count; i++)
		if (!same_condition(&a->conditions[i], &b->conditions[i]))
			return false;
	return true;
}

/* Enums lie in keys by the position of their label. */
static bool same_column(const engine_group_column *a, const engine_group_column *b)
{
	return same_name(a->source, b->source) && a->bucket == b->bucket &&
	       a->column.text_bytes_max == b->column.text_bytes_max &&
	       (a->source->kind != ENGINE_ENUM || engine__labels_stay(a->source, b->source));
}

static bool same_expression(const engine_expression *a, const engine_expression *b)
{
	return strcmp(a->text, b->text) == 0;
}

static bool same_aggregate(const engine_aggregate *a, const engine_aggregate *b)
{
	if (strcmp(a->type->name, b->type->name) != 0 || !same_where(&a->where, &b->where) ||
	    a->column_count != b->column_count || a->sum_count != b->sum_count)
		return false;
	for (uint16_t i = 0; i < a->column_count; i++)
		if (!same_column(&a->columns[i], &b->columns[i]))
			return false;
	for (uint16_t i = 0; i < a->sum_count; i++)
		if (!same_expression(&a->sums[i], &b->sums[i]))
			return false;
	return true;
}

static bool same_zone(const engine_schema *a, const engine_schema *b)
{
	if (a->zone_type == NULL || b->zone_type == NULL)
		return a->zone_type == b->zone_type;
	return strcmp(a->zone_type->name, b->zone_type->name) == 0 &&
	       same_name(a->zone_field, b->zone_field);
}

const engine_aggregate *engine__kept_aggregate(const engine_schema *old,
                                               const engine_schema *new,
                                               const engine_aggregate *aggregate)
{
	const engine_aggregate *before =
		engine_schema_aggregate(old, cx_slice_of(aggregate->name));
	if (before == NULL || before->state == ENGINE_AGGREGATE_FAILED ||
	    !same_aggregate(before, aggregate))
		return NULL;
	return !aggregate->zoned || same_zone(old, new) ? before : NULL;
}

bool engine__rollup_stays(const engine_field *old, const engine_field *new)
{
	const engine_rollup *a = old->rollup;
	const engine_rollup *b = new->rollup;
	if (a == NULL || b == NULL)
		return a == b;
	return a->kind == b->kind && strcmp(a->type->name, b->type->name) == 0 &&
	       same_name(a->ref, b->ref) && same_name(a->source, b->source) &&
	       same_where(&a->where, &b->where) &&
	       (a->kind != ENGINE_ROLLUP_SUM || same_expression(&a->sum, &b->sum));
}

bool engine__rollup_goes_on(const engine_field *old, const engine_field *new)
{
	return engine__rollup_stays(old, new) &&
	       (old->rollup == NULL || old->rollup->state != ENGINE_AGGREGATE_FAILED);
}

/* One whose index is being built has not begun, so it can wait for another. */
bool engine__kept_extremum(const engine_type *old, const engine_rollup *before,
                           const engine_rollup *rollup)
{
	if (before->index == NULL || before->index->state != ENGINE_INDEX_READABLE)
		return true;
	for (uint16_t i = 0; i < rollup->type->index_count; i++) {
		const engine_index *index = &rollup->type->indexes[i];
		if (engine__rollup_orders(index, rollup) && engine__is_complete(old, index))
			return true;
	}
	return false;
}
