/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of a trade, their fields looked up in one generation of the schema. */
#pragma once

#include "engine/rules.h"
#include "engine/schema/catalog.h"

/* The rules of an open store, and the schema that they were written for. */
typedef struct engine__rulebook {
	const engine_rules *rules; /* NULL: none */
	engine__catalog *catalog;  /* of engine_rules.schema; NULL: there is no text */
} engine__rulebook;

/* `rules` may be NULL. Errors: CX_SCHEMA_SYNTAX (of their schema), CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__rulebook_init(const engine_rules *rules, engine__rulebook *ret,
                                            cx_error *error);
void engine__rulebook_release(engine__rulebook *book);

/* The first name in the rule's table that the schema does not have as the rule knows it; NULL:
 * none, the rule runs. */
const char *engine__rule_missing(const engine__rulebook *book, const engine_rule *rule,
                                 const engine_schema *schema);

typedef struct engine__rule_field {
	const engine_type *type;
	const engine_field *field;
} engine__rule_field;

typedef struct engine__bound_rule {
	const engine_rule *rule;
	engine__rule_field fields[]; /* as the rule's table */
} engine__bound_rule;

/* One per type of the schema, by its number; NULL: the type has no rule. */
typedef struct engine__bound_rules {
	engine__bound_rule **items;
	size_t count;
} engine__bound_rules;

/* Errors: CX_NO_MEMORY; release it then, too. */
CX_MUST_USE cx_status engine__rules_bind(const engine__rulebook *book,
                                         const engine_schema *schema, engine__bound_rules *ret);
void engine__rules_release(engine__bound_rules *rules);
