/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the rollups of all types, and sees to it that they end: a rollup may be over fields
 * that are rollups themselves, but not over itself by any way. */
#include "base/check.h"
#include "base/msgpack.h"
#include "engine/schema/build_where.h"

#include <stdlib.h>

/* How many rollups one may stand on top of another: each is a record rewritten. */
enum { CHAIN_MAX = 4 };

static bool holds_number(engine_kind kind)
{
	return kind == ENGINE_INT || kind == ENGINE_MONEY;
}

static bool is_zero(cx_slice value)
{
	cx_reader reader = cx_reader_of(value);
	return cx_read_int(&reader) == 0 && !reader.failed;
}

/* The value with nothing to count is the default, so that a new record has it. */
static cx_status check_field(const engine__builder *builder, const engine_rollup *rollup,
                             engine__position at)
{
	const engine_field *field = rollup->field;
	const bool extremum =
		rollup->kind == ENGINE_ROLLUP_MIN || rollup->kind == ENGINE_ROLLUP_MAX;
	if (!field->readonly || field->required)
		return engine__fail_at(builder->error, at,
		                       "\"%s\" must be \"readonly\" and not \"required\": the "
		                       "store keeps it",
		                       field->name);
	if (!extremum && !(rollup->kind == ENGINE_ROLLUP_COUNT ? field->kind == ENGINE_INT
	                                                       : holds_number(field->kind)))
		return engine__fail_at(builder->error, at, "a %s is kept in a field of kind %s",
		                       rollup->kind == ENGINE_ROLLUP_COUNT ? "count" : "sum",
		                       rollup->kind == ENGINE_ROLLUP_COUNT ? "int"
		                                                           : "int or money");
	if (extremum && field->kind != rollup->source->kind)
		return engine__fail_at(builder->error, at,
		                       "\"%s\" is of kind %s, what it is taken from of kind %s",
		                       field->name, engine_kind_name(field->kind),
		                       engine_kind_name(rollup->source->kind));
	if (extremum ? field->default_value.size > 0
	             : field->default_value.size == 0 || !is_zero(field->default_value))
		return engine__fail_at(builder->error, at, "\"%s\" must have %s: %s",
		                       field->name, extremum ? "no default" : "the default 0",
		                       extremum ? "without records it is null"
		                                : "without records it is 0");
	return CX_OK;
}

/* Rewriting a record because of another must not move it, nor fail because of a third. */
static cx_status check_indexes(const engine__builder *builder, const engine_rollup *rollup,
                               engine__position at)
{
	const engine_type *parent = rollup->parent;
	for (uint16_t i = 0; i < parent->index_count; i++) {
		const engine_index *index = &parent->indexes[i];
		for (uint16_t c = 0; c < index->column_count; c++)
			if (index->columns[c].field == rollup->field &&
			    (index->unique || index->cluster))
				return engine__fail_at(builder->error, at,
				                       "\"%s\" is a column of the %s \"%s\": a "
				                       "rollup cannot be",
				                       rollup->field->name,
				                       index->cluster ? "cluster"
				                                      : "unique index",
				                       index->name);
	}
	return CX_OK;
}

static cx_status find_ref(const engine__builder *builder, const engine__syntax_rollup *written,
                          engine_rollup *rollup)
{
	cx_status status =
		engine__build_find_field(builder, rollup->type, written->ref, &rollup->ref);
	if (status != CX_OK)
		return status;
	if (rollup->ref->kind != ENGINE_REF || rollup->ref->target != rollup->parent)
		return engine__fail_at(builder->error, written->ref.at,
		                       "\"%s\" of \"%s\" is no reference to \"%s\"",
		                       rollup->ref->name, rollup->type->name,
		                       rollup->parent->name);
	if (rollup->ref->on_delete == ENGINE_KEEP)
		return engine__fail_at(builder->error, written->ref.at,
		                       "\"%s\" stays when what it refers to is deleted: no "
		                       "rollup can go by it",
		                       rollup->ref->name);
	if (rollup->parent->keep && rollup->ref->ref_index == NULL)
		return engine__fail_at(
			builder->error, written->ref.at,
			"type \"%s\" needs an index led by \"%s\" for this rollup",
			rollup->type->name, rollup->ref->name);
	return CX_OK;
}

static cx_status find_source(const engine__builder *builder,
                             const engine__syntax_rollup *written, engine_rollup *rollup)
{
	cx_status status = engine__build_find_field(builder, rollup->type, written->source,
	                                            &rollup->source);
	if (status != CX_OK)
		return status;
	const engine_kind kind = rollup->source->kind;
	if (kind != ENGINE_INT && kind != ENGINE_MONEY && kind != ENGINE_DATE &&
	    kind != ENGINE_TS)
		return engine__fail_at(builder->error, written->source.at,
		                       "min and max are of fields of kind int, money, date and "
		                       "ts");
	rollup->index = engine__rollup_index(rollup);
	if (rollup->index == NULL)
		return engine__fail_at(
			builder->error, written->source.at,
			"type \"%s\" needs an index (%s, %s) for this rollup, to "
			"find the next one when it goes",
			rollup->type->name, rollup->ref->name, rollup->source->name);
	return CX_OK;
}

static cx_status collect_slots(const engine__builder *builder, engine_rollup *rollup)
{
	engine__slots slots = { 0 };
	slots.used[ENGINE_SLOT_DELETED_AT] = true;
	engine__slots_of_where(&rollup->where, &slots);
	engine__slots_of_sum(&rollup->sum, &slots);
	if (rollup->source != NULL)
		slots.used[rollup->source->slot] = true;
	return engine__slots_keep(builder, &slots, &rollup->slots, &rollup->slot_count);
}

static cx_status build_rollup(const engine__builder *builder,
                              const engine__syntax_rollup *written, engine_rollup *rollup)
{
	rollup->kind = written->kind;
	cx_status status = engine__build_find_type(builder, written->type, &rollup->type);
	if (status == CX_OK)
		status = find_ref(builder, written, rollup);
	if (status == CX_OK)
		status = engine__build_where(builder, written->conditions,
		                             written->condition_count, rollup->type,
		                             &rollup->where);
	if (status == CX_OK && written->kind == ENGINE_ROLLUP_SUM)
		status = engine__build_sum(builder, &written->sum, rollup->type, &rollup->sum);
	if (status == CX_OK && engine__syntax_is_given(written->source))
		status = find_source(builder, written, rollup);
	if (status == CX_OK)
		status = check_field(builder, rollup, written->at);
	if (status == CX_OK)
		status = check_indexes(builder, rollup, written->at);
	return status == CX_OK ? collect_slots(builder, rollup) : status;
}

/* ---- chains ---- */

/* How many rollups stand below this one, itself counted; more than CHAIN_MAX for one that
 * stands on itself. */
static unsigned height_of(const engine_rollup *rollup, unsigned above)
{
	unsigned highest = 0;
	for (uint16_t i = 0; i < rollup->slot_count && above <= CHAIN_MAX; i++) {
		const engine_rollup *below = rollup->type->fields[rollup->slots[i]].rollup;
		const unsigned height = below != NULL ? height_of(below, above + 1) : 0;
		highest = height > highest ? height : highest;
	}
	return highest + 1;
}

static cx_status check_chain(const engine__builder *builder, const engine_rollup *rollup,
                             engine__position at)
{
	if (height_of(rollup, 1) <= CHAIN_MAX)
		return CX_OK;
	return engine__fail_at(builder->error, at,
	                       "\"%s\" is kept over fields that are kept over others, and so "
	                       "on, more than %d times or without end",
	                       rollup->field->name, CHAIN_MAX);
}

/* ---- all ---- */

static uint16_t count_rollups(const engine__syntax *syntax)
{
	uint16_t count = 0;
	for (const engine__syntax_type *type = syntax->types; type != NULL; type = type->next)
		for (const engine__syntax_field *field = type->fields; field != NULL;
		     field = field->next)
			count = (uint16_t)(count + (field->rollup != NULL));
	return count;
}

static int compare_refs(const void *a, const void *b)
{
	const engine_rollup *left = *(const engine_rollup *const *)a;
	const engine_rollup *right = *(const engine_rollup *const *)b;
	if (left->ref->slot != right->ref->slot)
		return left->ref->slot < right->ref->slot ? -1 : 1;
	if (left->parent != right->parent)
		return left->parent->number < right->parent->number ? -1 : 1;
	return left->field->slot < right->field->slot ? -1 : 1;
}

static cx_status list_by_type(const engine__builder *builder, const engine_rollup *rollups,
                              uint16_t count)
{
	engine__model *model = builder->model;
	for (uint16_t t = 0; t < model->schema.type_count; t++) {
		const engine_rollup **list =
			cx_arena_alloc(builder->arena, (count + 1U) * sizeof *list);
		if (list == NULL)
			return engine__build_no_memory(builder->error);
		uint16_t found = 0;
		for (uint16_t i = 0; i < count; i++)
			if (rollups[i].type == &model->types[t])
				list[found++] = &rollups[i];
		qsort(list, found, sizeof *list, compare_refs);
		model->types[t].rollups = list;
		model->types[t].rollup_count = found;
	}
	return CX_OK;
}

typedef cx_status written_visitor(const engine__builder *builder,
                                  const engine__syntax_rollup *written, engine_field *field,
                                  const engine_type *parent, void *context);

/* Calls `visit` for every field that is written with a rollup. Its slot is not its place in the
 * text. */
static cx_status each_written(const engine__builder *builder, const engine__syntax *syntax,
                              written_visitor *visit, void *context)
{
	uint16_t number = 0;
	for (const engine__syntax_type *type = syntax->types; type != NULL; type = type->next) {
		engine_field *fields = builder->model->fields[number];
		const engine_type *parent = &builder->model->types[number++];
		for (const engine__syntax_field *it = type->fields; it != NULL; it = it->next) {
			if (it->rollup == NULL)
				continue;
			const engine_field *field = engine_type_field(parent, it->name.text);
			cx_status status = visit(builder, it->rollup, &fields[field->slot],
			                         parent, context);
			if (status != CX_OK)
				return status;
		}
	}
	return CX_OK;
}

static cx_status visit_build(const engine__builder *builder,
                             const engine__syntax_rollup *written, engine_field *field,
                             const engine_type *parent, void *context)
{
	engine_rollup **next = context;
	engine_rollup *rollup = (*next)++;
	rollup->parent = parent;
	rollup->field = field;
	cx_status status = build_rollup(builder, written, rollup);
	field->rollup = rollup;
	return status;
}

static cx_status visit_chain(const engine__builder *builder,
                             const engine__syntax_rollup *written, engine_field *field,
                             const engine_type *parent, void *context)
{
	(void)parent, (void)context;
	return check_chain(builder, field->rollup, written->at);
}

cx_status engine__build_rollups(const engine__builder *builder, const engine__syntax *syntax)
{
	const uint16_t count = count_rollups(syntax);
	engine_rollup *rollups =
		cx_arena_zalloc(builder->arena, (count + 1U) * sizeof *rollups);
	if (rollups == NULL)
		return engine__build_no_memory(builder->error);
	engine_rollup *next = rollups;
	cx_status status = each_written(builder, syntax, visit_build, &next);
	if (status == CX_OK)
		status = each_written(builder, syntax, visit_chain, NULL);
	if (status != CX_OK)
		return status;
	CX_ASSERT(next == rollups + count);
	builder->model->rollups = rollups;
	builder->model->schema.rollup_count = count;
	return list_by_type(builder, rollups, count);
}
