/* SPDX-License-Identifier: Apache-2.0 */
/* Makes types of their syntax, part by part: all fields, all indexes, then the references
 * between types, which may be declared in any order. */
#include "base/check.h"
#include "engine/schema/model.h"
#include "engine/schema/names.h"
#include "engine/store/store.h"

#include <string.h>

/* Trees the engine keeps for itself. */
enum { SYSTEM_TREES_MAX = 64 };

cx_status engine__build_no_memory(cx_error *error)
{
	return cx_fail(error, CX_NO_MEMORY, "no memory for the schema");
}

const char *engine__build_text(cx_arena *arena, cx_slice text)
{
	char *copy = cx_arena_alloc(arena, text.size + 1);
	if (copy == NULL)
		return NULL;
	if (text.size > 0)
		memcpy(copy, text.data, text.size);
	copy[text.size] = '\0';
	return copy;
}

static cx_status begin_model(const engine__builder *builder, const engine__syntax *syntax)
{
	engine__model *model = builder->model;
	size_t count = syntax->type_count;
	model->types = cx_arena_zalloc(builder->arena, count * sizeof *model->types);
	model->fields = cx_arena_zalloc(builder->arena, count * sizeof *model->fields);
	model->indexes = cx_arena_zalloc(builder->arena, count * sizeof *model->indexes);
	if (model->types == NULL || model->fields == NULL || model->indexes == NULL)
		return engine__build_no_memory(builder->error);
	model->schema.types = model->types;
	model->schema.type_count = syntax->type_count;
	return CX_OK;
}

static cx_status build_type(const engine__builder *builder, const engine__syntax_type *written,
                            uint16_t number)
{
	engine_type *type = &builder->model->types[number];
	type->number = number;
	type->layout = 1;
	type->keep = written->keep;
	type->readonly = written->readonly;
	type->single = written->single;
	type->name = engine__build_text(builder->arena, written->name.text);
	type->label_en = type->name;
	if (written->label_en.size > 0)
		type->label_en = engine__build_text(builder->arena, written->label_en);
	type->label_zh = type->label_en;
	if (written->label_zh.size > 0)
		type->label_zh = engine__build_text(builder->arena, written->label_zh);
	if (type->name == NULL || type->label_en == NULL || type->label_zh == NULL)
		return engine__build_no_memory(builder->error);

	cx_status status = engine__build_fields(builder, written, number);
	if (status != CX_OK)
		return status;
	return engine__build_indexes(builder, written, number);
}

/* One tree for the records and one for each index; a cluster has none, but one that leads from
 * ids to its keys. */
static cx_status count_trees(const engine__builder *builder, const engine__syntax_type *written,
                             size_t *trees)
{
	size_t trees_max = ENGINE__TREES_MAX - SYSTEM_TREES_MAX;
	*trees += 2 + (size_t)written->index_count;
	if (*trees > trees_max)
		return engine__fail_at(builder->error, written->name.at,
		                       "up to this type there are more than %zu types and "
		                       "indexes, those of ext_id counted",
		                       trees_max);
	return CX_OK;
}

static cx_status name_types(const engine__builder *builder)
{
	engine_schema *schema = &builder->model->schema;
	const char *names[ENGINE_TYPES_MAX];
	for (size_t i = 0; i < schema->type_count; i++)
		names[i] = schema->types[i].name;
	if (engine__names_new(names, schema->type_count, builder->arena, &schema->type_names))
		return engine__build_no_memory(builder->error);
	return CX_OK;
}

static cx_status build_types(const engine__builder *builder, const engine__syntax *syntax)
{
	uint16_t number = 0;
	size_t trees = 0;
	for (const engine__syntax_type *type = syntax->types; type != NULL; type = type->next) {
		cx_status status = count_trees(builder, type, &trees);
		if (status == CX_OK)
			status = build_type(builder, type, number++);
		if (status != CX_OK)
			return status;
	}
	return name_types(builder);
}

static cx_status join_types(const engine__builder *builder, const engine__syntax *syntax)
{
	uint16_t number = 0;
	for (const engine__syntax_type *type = syntax->types; type != NULL; type = type->next) {
		cx_status status = engine__build_references(builder, type, number++);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

cx_status engine__model_of(const engine__syntax *syntax, const engine__places_list *places,
                           cx_arena *arena, engine__model *ret, cx_error *error)
{
	if (syntax->type_count == 0)
		return engine__fail_at(error, (engine__position){ .line = 1, .column = 1 },
		                       "expected \"type\", found no type at all");
	engine__model model = { 0 };
	engine__builder builder = {
		.model = &model, .places = places, .arena = arena, .error = error
	};
	cx_status status = begin_model(&builder, syntax);
	if (status == CX_OK)
		status = build_types(&builder, syntax);
	if (status == CX_OK)
		status = join_types(&builder, syntax);
	if (status == CX_OK)
		status = engine__build_aggregates(&builder, syntax);
	if (status == CX_OK)
		status = engine__build_rollups(&builder, syntax);
	if (status == CX_OK)
		*ret = model;
	return status;
}
