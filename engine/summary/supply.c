/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/summary/supply.h"

#include "base/check.h"

#include <string.h>

_Static_assert(ENGINE_GROUP_COLUMNS_MAX <= 8, "a bit each in engine__source.nulls");

/* ---- matching ---- */

/* The column of this field in this form; -1 when there is none. */
static int find_column(const engine_aggregate *aggregate, const engine_field *field,
                       engine_bucket bucket)
{
	for (int i = 0; i < aggregate->column_count; i++)
		if (aggregate->columns[i].source == field &&
		    aggregate->columns[i].bucket == bucket)
			return i;
	return -1;
}

static bool supply_column(engine__supply *self, uint16_t at, const engine_group_column *wanted)
{
	const engine_aggregate *aggregate = self->cover.aggregate;
	engine_group_column *how = &self->columns[at];
	*how = *wanted;
	int from = find_column(aggregate, wanted->source, ENGINE_BUCKET_NONE);
	if (from < 0 && wanted->bucket != ENGINE_BUCKET_NONE) {
		from = find_column(aggregate, wanted->source, wanted->bucket);
		how->bucket = ENGINE_BUCKET_NONE; /* it is that already */
	}
	if (from < 0 && wanted->bucket == ENGINE_BUCKET_MONTH) {
		from = find_column(aggregate, wanted->source, ENGINE_BUCKET_DAY);
		how->bucket = ENGINE_BUCKET_MONTH;
		if (from >= 0)
			how->source = aggregate->columns[from].column.field; /* a date */
	}
	if (from < 0)
		return false;
	self->from[at] = (uint8_t)from;
	return true;
}

static bool is_never_null(const engine_field *field)
{
	return (field->required && field->kind != ENGINE_REF) ||
	       field->slot == ENGINE_SLOT_ID || field->slot == ENGINE_SLOT_REV ||
	       field->slot == ENGINE_SLOT_CREATED_AT || field->slot == ENGINE_SLOT_UPDATED_AT;
}

/* Whether it is known, group by group, in which records the field is null. */
static bool knows_nulls(const engine__supply *self, const engine_field *field,
                        engine__source *source)
{
	const engine_aggregate *aggregate = self->cover.aggregate;
	for (uint16_t i = 0; i < aggregate->column_count; i++) {
		if (aggregate->columns[i].source != field)
			continue;
		source->nulls = (uint8_t)(source->nulls | 1U << i);
		return true;
	}
	return is_never_null(field) || engine__cover_excludes_null(&self->cover, field);
}

static bool knows_nulls_of(const engine__supply *self, const engine_expression *expression,
                           engine__source *source)
{
	for (uint16_t t = 0; t < expression->term_count; t++)
		for (uint16_t f = 0; f < expression->terms[t].factor_count; f++)
			if (!knows_nulls(self, expression->terms[t].factors[f], source))
				return false;
	return true;
}

static int find_sum(const engine_aggregate *aggregate, const engine_expression *expression)
{
	for (int i = 0; i < aggregate->sum_count; i++)
		if (strcmp(aggregate->sums[i].text, expression->text) == 0)
			return i;
	return -1;
}

/* A sum of the aggregate, or of a group column's own value. */
static bool supply_sum(const engine__supply *self, const engine_expression *expression,
                       engine__source *source)
{
	const engine_aggregate *aggregate = self->cover.aggregate;
	source->sum = find_sum(aggregate, expression);
	if (source->sum >= 0)
		return true;
	if (expression->term_count != 1 || expression->terms[0].factor_count != 1)
		return false;
	source->column =
		find_column(aggregate, expression->terms[0].factors[0], ENGINE_BUCKET_NONE);
	source->minus = expression->terms[0].minus;
	return source->column >= 0;
}

static bool supply_measure(const engine__supply *self, const engine__measure *measure,
                           engine__source *source)
{
	*source = (engine__source){ .sum = -1, .column = -1 };
	switch (measure->kind) {
	case ENGINE__MEASURE_COUNT:
		return measure->field == NULL || knows_nulls(self, measure->field, source);
	case ENGINE__MEASURE_SUM:
		return supply_sum(self, &measure->expression, source);
	case ENGINE__MEASURE_AVG:
		/* A sum alone does not say how many records are in it. */
		return supply_sum(self, &measure->expression, source) &&
		       knows_nulls_of(self, &measure->expression, source);
	case ENGINE__MEASURE_MIN:
	case ENGINE__MEASURE_MAX:
		source->column =
			find_column(self->cover.aggregate, measure->field, ENGINE_BUCKET_NONE);
		return source->column >= 0;
	}
	CX_UNREACHABLE();
}

bool engine__supply_of(const engine__request *request, const engine__cover_terms *terms,
                       const engine_aggregate *aggregate, engine__supply *ret,
                       const char **ret_missing)
{
	const char *unused;
	const char **missing = ret_missing != NULL ? ret_missing : &unused;
	*missing = "filter";
	if (!engine__cover_of(terms, aggregate, &ret->cover))
		return false;
	for (uint16_t i = 0; i < request->column_count; i++) {
		*missing = request->columns[i].column.field->name;
		if (!supply_column(ret, i, &request->columns[i]))
			return false;
	}
	for (uint16_t i = 0; i < request->measure_count; i++) {
		*missing = request->measures[i].name;
		if (!supply_measure(ret, &request->measures[i], &ret->measures[i]))
			return false;
	}
	return true;
}

bool engine__supply_find(const engine__request *request, const engine__cover_terms *terms,
                         engine__supply *ret)
{
	const engine_type *type = request->type;
	bool found = false;
	for (uint16_t i = 0; i < type->aggregate_count; i++) {
		engine__supply one;
		if (!engine__supply_of(request, terms, type->aggregates[i], &one, NULL))
			continue;
		if (!found || engine__cover_is_better(&one.cover, &ret->cover))
			*ret = one;
		found = true;
	}
	return found;
}

/* ---- reading ---- */

typedef struct supplying {
	const engine__supply *supply;
	engine__groups *groups;
	cx_error *error;
} supplying;

static engine_sum value_times(int64_t value, uint64_t count, bool minus)
{
	const engine_sum sum = engine_sum_product(value, (int64_t)count);
	return minus ? engine_sum_negative(sum) : sum;
}

/* Whether the measure leaves out the records of the group. */
static bool leaves_out(const engine__source *source, const engine__value *values)
{
	for (unsigned i = 0; i < ENGINE_GROUP_COLUMNS_MAX; i++)
		if ((source->nulls & 1U << i) != 0 && values[i].shape == ENGINE__NULL)
			return true;
	return false;
}

static void add_group(const engine__source *source, engine__measure_kind kind,
                      const engine__value *values, const engine__group *group,
                      engine__tally *tally)
{
	if (source->column >= 0 && values[source->column].shape == ENGINE__NULL)
		return;
	if (kind == ENGINE__MEASURE_MIN || kind == ENGINE__MEASURE_MAX) {
		engine__tally_extreme(tally, kind, values[source->column].integer);
		return;
	}
	if (!leaves_out(source, values))
		tally->count += group->count;
	if (source->sum >= 0)
		tally->sum = engine_sum_add(tally->sum, group->sums[source->sum]);
	else if (source->column >= 0)
		tally->sum =
			engine_sum_add(tally->sum, value_times(values[source->column].integer,
		                                               group->count, source->minus));
}

static cx_status visit(void *context, const engine__value *values, const engine__group *group)
{
	supplying *self = context;
	const engine__supply *supply = self->supply;
	const engine__request *request = self->groups->request;
	engine__value wanted[ENGINE_GROUP_COLUMNS_MAX];
	for (uint16_t i = 0; i < request->column_count; i++)
		wanted[i] = engine__bucket_of(&supply->columns[i], &values[supply->from[i]],
		                              supply->cover.zone_min);
	engine__tally *tallies;
	cx_status status = engine__groups_take(self->groups, wanted, &tallies, self->error);
	for (uint16_t i = 0; i < request->measure_count && status == CX_OK; i++)
		add_group(&supply->measures[i], request->measures[i].kind, values, group,
		          &tallies[i]);
	return status;
}

cx_status engine__supply_read(engine_read *read, const engine__supply *supply,
                              engine__cover_work *work, engine__groups *groups, cx_error *error)
{
	supplying self = { .supply = supply, .groups = groups, .error = error };
	return engine__cover_each(read, &supply->cover, work, visit, &self, error);
}
