/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/core/rules.h"

#include "base/check.h"

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

const char *engine__rule_missing(const engine_rule *rule, const engine_schema *schema)
{
	const engine_type *type = engine_schema_type(schema, cx_slice_of(rule->type));
	if (type == NULL)
		return rule->type;
	for (uint16_t i = 0; i < rule->field_count; i++) {
		engine__rule_field field;
		if (!find(schema, type, rule->fields[i], &field))
			return rule->fields[i];
	}
	return NULL;
}

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

cx_status engine__rules_bind(const engine_rules *rules, const engine_schema *schema,
                             engine__bound_rules *ret)
{
	*ret = (engine__bound_rules){ .count = schema->type_count };
	ret->items = calloc((size_t)schema->type_count + 1, sizeof(engine__bound_rule *));
	if (ret->items == NULL)
		return CX_NO_MEMORY;
	for (size_t i = 0; rules != NULL && i < rules->count; i++) {
		const engine_rule *rule = rules->items[i];
		if (engine__rule_missing(rule, schema) != NULL)
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
