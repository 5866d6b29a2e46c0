/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/core/rules.h"

#include "base/check.h"
#include "engine/schema/kept.h"

#include <stdlib.h>
#include <string.h>

static bool find(const engine_schema *schema, const engine_type *own, const char *name,
                 engine__rule_field *ret)
{
	const char *dot = strchr(name, '.');
	ret->type = own;
	if (dot != NULL)
		ret->type =
			engine_schema_type(schema, (cx_slice){ .data = (const uint8_t *)name,
		                                               .size = (size_t)(dot - name) });
	ret->field = ret->type == NULL
	                     ? NULL
	                     : engine_type_field(ret->type, cx_slice_of(dot ? dot + 1 : name));
	return ret->field != NULL;
}

cx_status engine__rulebook_init(const engine_rules *rules, engine__rulebook *ret,
                                cx_error *error)
{
	*ret = (engine__rulebook){ .rules = rules };
	if (rules == NULL || rules->schema == NULL)
		return CX_OK;
	return engine__catalog_of_text(rules->schema(), &ret->catalog, error);
}

void engine__rulebook_release(engine__rulebook *book)
{
	engine__catalog_free(&book->catalog);
}

/* ---- what a rule takes for granted ---- */

static bool has_index_alone(const engine_type *type, const engine_field *field)
{
	for (uint16_t i = 0; i < type->index_count; i++) {
		const engine_index *index = &type->indexes[i];
		if (index->unique && index->column_count == 1 &&
		    index->columns[0].field == field)
			return true;
	}
	return false;
}

static bool is_target_known(const engine__rule_field *known, const engine__rule_field *found)
{
	const engine_type *target = known->field->target;
	if (strcmp(target->name, found->field->target->name) != 0)
		return false;
	/* Those that refer to what is never deleted are found by an index alone. */
	return !found->field->target->keep || known->field->ref_index == NULL ||
	       found->field->ref_index != NULL;
}

/* All that the functions of engine/rules.h ask of a field. */
static bool is_as_known(const engine__rule_field *known, const engine__rule_field *found)
{
	const engine_field *field = found->field;
	if (field->kind != known->field->kind ||
	    (field->rollup == NULL) != (known->field->rollup == NULL) ||
	    (known->type->single && !found->type->single))
		return false;
	if (has_index_alone(known->type, known->field) && !has_index_alone(found->type, field))
		return false;
	if (field->kind == ENGINE_ENUM)
		return engine__labels_are_kept(known->field, field);
	return field->kind != ENGINE_REF || is_target_known(known, found);
}

static bool is_there(const engine__rulebook *book, const engine_rule *rule,
                     const engine_schema *schema, const char *name)
{
	const cx_slice own = cx_slice_of(rule->type);
	engine__rule_field known, found;
	if (!find(schema, engine_schema_type(schema, own), name, &found))
		return false;
	if (book->catalog == NULL)
		return true;
	const engine_schema *written_for = engine__catalog_schema(book->catalog);
	const bool valid =
		find(written_for, engine_schema_type(written_for, own), name, &known);
	CX_ASSERT(valid);
	return is_as_known(&known, &found);
}

const char *engine__rule_missing(const engine__rulebook *book, const engine_rule *rule,
                                 const engine_schema *schema)
{
	if (engine_schema_type(schema, cx_slice_of(rule->type)) == NULL)
		return rule->type;
	for (uint16_t i = 0; i < rule->field_count; i++)
		if (!is_there(book, rule, schema, rule->fields[i]))
			return rule->fields[i];
	return NULL;
}

/* ---- binding ---- */

static cx_status bind(const engine_rule *rule, const engine_schema *schema,
                      const engine_type *type, engine__bound_rule **ret)
{
	CX_ASSERT(rule->field_count <= ENGINE_RULE_FIELDS_MAX);
	engine__bound_rule *bound =
		calloc(1, sizeof *bound + rule->field_count * sizeof bound->fields[0]);
	if (bound == NULL)
		return CX_NO_MEMORY;
	bound->rule = rule;
	for (uint16_t i = 0; i < rule->field_count; i++)
		(void)find(schema, type, rule->fields[i], &bound->fields[i]);
	*ret = bound;
	return CX_OK;
}

cx_status engine__rules_bind(const engine__rulebook *book, const engine_schema *schema,
                             engine__bound_rules *ret)
{
	*ret = (engine__bound_rules){ .count = schema->type_count };
	ret->items = calloc((size_t)schema->type_count + 1, sizeof(engine__bound_rule *));
	if (ret->items == NULL)
		return CX_NO_MEMORY;
	const engine_rules *rules = book->rules;
	for (size_t i = 0; rules != NULL && i < rules->count; i++) {
		const engine_rule *rule = rules->items[i];
		if (engine__rule_missing(book, rule, schema) != NULL)
			continue;
		const engine_type *type = engine_schema_type(schema, cx_slice_of(rule->type));
		CX_ASSERT(ret->items[type->number] == NULL);
		cx_status status = bind(rule, schema, type, &ret->items[type->number]);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

void engine__rules_release(engine__bound_rules *rules)
{
	for (size_t i = 0; rules->items != NULL && i < rules->count; i++)
		free(rules->items[i]);
	free((void *)rules->items);
	*rules = (engine__bound_rules){ 0 };
}
