/* SPDX-License-Identifier: Apache-2.0 */
/* Joins references to their types, and says how the records that refer to one are found. */
#include "base/check.h"
#include "engine/schema/model.h"

/* Deleting what a reference points to needs a rule; where it is never deleted there is nothing
 * to rule. */
static bool goes_with_another(const engine_type *type)
{
	for (uint16_t i = 0; i < type->field_count; i++)
		if (type->fields[i].kind == ENGINE_REF &&
		    type->fields[i].on_delete == ENGINE_KEEP)
			return true;
	return false;
}

static cx_status check_rule(const engine__builder *builder, const engine_type *type,
                            const engine__syntax_field *written, const engine_field *field)
{
	if (!field->target->keep && !written->on_delete_given)
		return engine__fail_at(
			builder->error, written->target.at,
			"expected \"on delete restrict\", \"on delete cascade\", \"on delete "
			"set_null\" or \"on delete keep\": records of \"%s\" can be deleted",
			field->target->name);
	if (field->target->keep && field->on_delete != ENGINE_RESTRICT)
		return engine__fail_at(builder->error, written->on_delete_at,
		                       "records of \"%s\" are kept, never deleted: only \"on "
		                       "delete restrict\" makes sense",
		                       field->target->name);
	if (field->on_delete == ENGINE_CASCADE && type->keep)
		return engine__fail_at(
			builder->error, written->on_delete_at,
			"records of \"%s\" are kept: they cannot be deleted with "
			"what they refer to",
			type->name);
	if (field->on_delete == ENGINE_KEEP && type->keep)
		return engine__fail_at(builder->error, written->on_delete_at,
		                       "records of \"%s\" are kept: they cannot be erased with "
		                       "what they refer to",
		                       type->name);
	if (goes_with_another(field->target))
		return engine__fail_at(
			builder->error, written->target.at,
			"records of \"%s\" are erased with what they refer to by \"on delete "
			"keep\", so nothing can refer to them",
			field->target->name);
	if (field->on_delete == ENGINE_SET_NULL && field->required)
		return engine__fail_at(builder->error, written->on_delete_at,
		                       "a required field cannot be set to null");
	return CX_OK;
}

bool engine__index_leads(const engine_index *index, const engine_field *field)
{
	const engine_column *first = &index->columns[0];
	return first->field == field && !first->folded &&
	       (index->present == NULL || index->present == field);
}

static const engine_index *find_ref_index(const engine_type *type, const engine_field *field)
{
	if (type->cluster != NULL && engine__index_leads(type->cluster, field))
		return type->cluster;
	for (size_t i = 0; i < type->index_count; i++) {
		if (engine__index_leads(&type->indexes[i], field))
			return &type->indexes[i];
	}
	return NULL;
}

static cx_status build_reference(const engine__builder *builder, const engine_type *type,
                                 const engine__syntax_field *written, engine_field *field)
{
	field->target = engine_schema_type(&builder->model->schema, written->target.text);
	if (field->target == NULL)
		return engine__fail_at(builder->error, written->target.at,
		                       "there is no type \"%.*s\"",
		                       CX_SLICE_ARG(written->target.text));
	cx_status status = check_rule(builder, type, written, field);
	if (status == CX_OK)
		field->ref_index = find_ref_index(type, field);
	return status;
}

cx_status engine__build_references(const engine__builder *builder,
                                   const engine__syntax_type *written, uint16_t number)
{
	const engine_type *type = &builder->model->types[number];
	for (const engine__syntax_field *it = written->fields; it != NULL; it = it->next) {
		if (it->kind != ENGINE_REF)
			continue;
		const uint16_t slot = engine_type_field(type, it->name.text)->slot;
		cx_status status = build_reference(builder, type, it,
		                                   &builder->model->fields[number][slot]);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}
