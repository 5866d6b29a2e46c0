/* SPDX-License-Identifier: Apache-2.0 */
/* Makes aggregates and the time zone they need. */
#include "base/check.h"
#include "base/msgpack.h"
#include "engine/index/key.h"
#include "engine/schema/build_where.h"

#include <stdio.h>
#include <string.h>

/* ---- time zone ---- */

static cx_status check_zone(const engine__builder *builder, const engine__syntax *syntax,
                            const engine_type *type, const engine_field *field)
{
	if (!type->single || !type->keep)
		return engine__fail_at(
			builder->error, syntax->zone_type.at,
			"type \"%s\" must be \"keep single\": a time zone has one "
			"place",
			type->name);
	if (field->kind != ENGINE_INT || field->slot < ENGINE_SYSTEM_SLOTS)
		return engine__fail_at(builder->error, syntax->zone_field.at,
		                       "expected a field of kind int, minutes east of UTC");
	cx_reader reader = cx_reader_of(field->default_value);
	if (field->default_value.size > 0 && !engine_zone_is_valid(cx_read_int(&reader)))
		return engine__fail_at(
			builder->error, syntax->zone_field.at,
			"its default is beyond a day: minutes are from -%d to %d",
			ENGINE_ZONE_MINUTES_MAX, ENGINE_ZONE_MINUTES_MAX);
	return CX_OK;
}

static cx_status build_zone(const engine__builder *builder, const engine__syntax *syntax)
{
	if (!engine__syntax_is_given(syntax->zone_type))
		return CX_OK;
	const engine_type *type = NULL;
	const engine_field *field = NULL;
	cx_status status = engine__build_find_type(builder, syntax->zone_type, &type);
	if (status == CX_OK)
		status = engine__build_find_field(builder, type, syntax->zone_field, &field);
	if (status == CX_OK)
		status = check_zone(builder, syntax, type, field);
	if (status != CX_OK)
		return status;
	builder->model->schema.zone_type = type;
	builder->model->schema.zone_field = field;
	return CX_OK;
}

/* ---- group columns ---- */

/* What a day or month looks like: a date with a name of its own. */
cx_status engine__build_bucket_field(cx_arena *arena, const engine_field *source,
                                     engine_bucket bucket, const engine_field **ret)
{
	char name[ENGINE_NAME_MAX + 8];
	const int length =
		snprintf(name, sizeof name, "%s(%s)",
	                 bucket == ENGINE_BUCKET_DAY ? "day" : "month", source->name);
	CX_ASSERT(length > 0 && (size_t)length < sizeof name);
	engine_field *field = cx_arena_zalloc(arena, sizeof *field);
	if (field == NULL)
		return CX_NO_MEMORY;
	*field = (engine_field){ .label_en = source->label_en,
		                 .label_zh = source->label_zh,
		                 .slot = source->slot,
		                 .kind = ENGINE_DATE };
	field->name = engine__build_text(arena, cx_slice_of(name));
	if (field->name == NULL)
		return CX_NO_MEMORY;
	*ret = field;
	return CX_OK;
}

const char *engine__group_column_refusal(const engine_field *source, engine_bucket bucket)
{
	if (source->slot == ENGINE_SLOT_DELETED_AT)
		return "deleted records are in no group";
	if (bucket != ENGINE_BUCKET_NONE && source->kind != ENGINE_TS &&
	    source->kind != ENGINE_DATE)
		return "day and month are of a ts or a date";
	if (source->kind == ENGINE_BYTES || source->kind == ENGINE_TEXT ||
	    source->kind == ENGINE_INT_LIST || source->kind == ENGINE_STRING_LIST)
		return "text, bytes and lists cannot be grouped by";
	return NULL;
}

static bool same_column(const engine_group_column *a, const engine_group_column *b)
{
	return a->source == b->source && a->bucket == b->bucket;
}

static cx_status build_group(const engine__builder *builder,
                             const engine__syntax_group *written, engine_aggregate *aggregate)
{
	engine_group_column *column = &aggregate->columns[aggregate->column_count];
	cx_status status = engine__build_find_field(builder, aggregate->type, written->field,
	                                            &column->source);
	if (status != CX_OK)
		return status;
	const char *refusal = engine__group_column_refusal(column->source, written->bucket);
	if (refusal != NULL)
		return engine__fail_at(builder->error, written->field.at, "\"%s\": %s",
		                       column->source->name, refusal);
	column->bucket = written->bucket;
	column->column.field = column->source;
	if (written->bucket != ENGINE_BUCKET_NONE)
		status = engine__build_bucket_field(builder->arena, column->source,
		                                    written->bucket, &column->column.field);
	if (status != CX_OK)
		return engine__build_no_memory(builder->error);
	for (uint16_t i = 0; i < aggregate->column_count; i++)
		if (same_column(&aggregate->columns[i], column))
			return engine__fail_at(builder->error, written->field.at,
			                       "\"%s\" is a column twice",
			                       column->column.field->name);
	if (column->bucket != ENGINE_BUCKET_NONE && column->source->kind == ENGINE_TS)
		aggregate->zoned = true;
	aggregate->column_count++;
	return CX_OK;
}

/* A cut text would throw groups together. */
bool engine__group_columns_share_out(engine_group_column *columns, size_t count)
{
	enum { CHARACTER_BYTES_MAX = 4 };
	engine_column keys[ENGINE_GROUP_COLUMNS_MAX];
	for (size_t i = 0; i < count; i++)
		keys[i] = columns[i].column;
	if (!engine__key_share_out(keys, count))
		return false;
	for (size_t i = 0; i < count; i++) {
		columns[i].column = keys[i];
		const engine_field *field = keys[i].field;
		if (field->kind == ENGINE_STRING &&
		    field->length_max * CHARACTER_BYTES_MAX > keys[i].text_bytes_max)
			return false;
	}
	return true;
}

static cx_status build_groups(const engine__builder *builder,
                              const engine__syntax_aggregate *written,
                              engine_aggregate *aggregate)
{
	for (const engine__syntax_group *group = written->groups; group != NULL;
	     group = group->next) {
		CX_ASSERT(aggregate->column_count < ENGINE_GROUP_COLUMNS_MAX);
		cx_status status = build_group(builder, group, aggregate);
		if (status != CX_OK)
			return status;
	}
	if (!engine__group_columns_share_out(aggregate->columns, aggregate->column_count))
		return engine__fail_at(builder->error, written->groups->field.at,
		                       "the strings to group by are too long together: at most "
		                       "about 110 characters");
	return CX_OK;
}

/* ---- aggregates ---- */

static cx_status build_sums(const engine__builder *builder,
                            const engine__syntax_aggregate *written,
                            engine_aggregate *aggregate)
{
	for (const engine__syntax_sum *sum = written->sums; sum != NULL; sum = sum->next) {
		CX_ASSERT(aggregate->sum_count < ENGINE_SUMS_MAX);
		engine_expression *made = &aggregate->sums[aggregate->sum_count];
		cx_status status = engine__build_sum(builder, sum, aggregate->type, made);
		if (status != CX_OK)
			return status;
		for (uint16_t i = 0; i < aggregate->sum_count; i++)
			if (strcmp(aggregate->sums[i].text, made->text) == 0)
				return engine__fail_at(builder->error, sum->at,
				                       "sum(%s) is there twice", made->text);
		aggregate->sum_count++;
	}
	return CX_OK;
}

static cx_status collect_slots(const engine__builder *builder, engine_aggregate *aggregate)
{
	engine__slots slots = { 0 };
	slots.used[ENGINE_SLOT_DELETED_AT] = true;
	engine__slots_of_where(&aggregate->where, &slots);
	for (uint16_t i = 0; i < aggregate->column_count; i++)
		slots.used[aggregate->columns[i].source->slot] = true;
	for (uint16_t i = 0; i < aggregate->sum_count; i++)
		engine__slots_of_sum(&aggregate->sums[i], &slots);
	return engine__slots_keep(builder, &slots, &aggregate->slots, &aggregate->slot_count);
}

static cx_status name_aggregate(const engine__builder *builder,
                                const engine__syntax_aggregate *written,
                                engine_aggregate *aggregate)
{
	aggregate->name = engine__build_text(builder->arena, written->name.text);
	aggregate->label_en = aggregate->name;
	if (written->label_en.size > 0)
		aggregate->label_en = engine__build_text(builder->arena, written->label_en);
	aggregate->label_zh = aggregate->label_en;
	if (written->label_zh.size > 0)
		aggregate->label_zh = engine__build_text(builder->arena, written->label_zh);
	if (aggregate->name == NULL || aggregate->label_en == NULL ||
	    aggregate->label_zh == NULL)
		return engine__build_no_memory(builder->error);
	for (uint16_t i = 0; i < aggregate->number; i++)
		if (strcmp(builder->model->aggregates[i].name, aggregate->name) == 0)
			return engine__fail_at(builder->error, written->name.at,
			                       "an aggregate \"%s\" is there already",
			                       aggregate->name);
	return CX_OK;
}

static cx_status build_aggregate(const engine__builder *builder,
                                 const engine__syntax_aggregate *written, uint16_t number)
{
	engine_aggregate *aggregate = &builder->model->aggregates[number];
	aggregate->number = number;
	cx_status status = engine__build_find_type(builder, written->type, &aggregate->type);
	if (status == CX_OK)
		status = name_aggregate(builder, written, aggregate);
	if (status == CX_OK)
		status = engine__build_where(builder, written->conditions,
		                             written->condition_count, aggregate->type,
		                             &aggregate->where);
	if (status == CX_OK)
		status = build_groups(builder, written, aggregate);
	if (status == CX_OK)
		status = build_sums(builder, written, aggregate);
	return status == CX_OK ? collect_slots(builder, aggregate) : status;
}

/* Gives every type the list of those over it. */
static cx_status list_by_type(const engine__builder *builder)
{
	engine__model *model = builder->model;
	const uint16_t count = model->schema.aggregate_count;
	for (uint16_t t = 0; t < model->schema.type_count; t++) {
		const engine_aggregate **list =
			cx_arena_alloc(builder->arena, (count + 1U) * sizeof *list);
		if (list == NULL)
			return engine__build_no_memory(builder->error);
		uint16_t found = 0;
		for (uint16_t i = 0; i < count; i++)
			if (model->aggregates[i].type == &model->types[t])
				list[found++] = &model->aggregates[i];
		model->types[t].aggregates = list;
		model->types[t].aggregate_count = found;
	}
	return CX_OK;
}

cx_status engine__build_aggregates(const engine__builder *builder, const engine__syntax *syntax)
{
	engine__model *model = builder->model;
	const size_t room = (size_t)syntax->aggregate_count + 1;
	model->aggregates = cx_arena_zalloc(builder->arena, room * sizeof *model->aggregates);
	if (model->aggregates == NULL)
		return engine__build_no_memory(builder->error);
	cx_status status = build_zone(builder, syntax);
	uint16_t number = 0;
	for (const engine__syntax_aggregate *it = syntax->aggregates;
	     status == CX_OK && it != NULL; it = it->next)
		status = build_aggregate(builder, it, number++);
	if (status != CX_OK)
		return status;
	model->schema.aggregates = model->aggregates;
	model->schema.aggregate_count = number;
	return list_by_type(builder);
}
