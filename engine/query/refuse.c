/* SPDX-License-Identifier: Apache-2.0 */
/* What a client is told when no index serves its query. */
#include "engine/query/plan.h"

#include <stdio.h>
#include <string.h>

typedef struct names {
	const engine_field *fields[ENGINE_COLUMNS_MAX];
	bool descending[ENGINE_COLUMNS_MAX];
	size_t count;
} names;

static void add(names *self, const engine_field *field, bool descending)
{
	for (size_t i = 0; i < self->count; i++)
		if (self->fields[i] == field)
			return;
	if (self->count == ENGINE_COLUMNS_MAX)
		return;
	self->fields[self->count] = field;
	self->descending[self->count++] = descending;
}

static bool fixes(engine__op op)
{
	return op == ENGINE__OP_IN || op == ENGINE__OP_IS_NULL || op == ENGINE__OP_FOLDED_EQUAL;
}

static bool bounds(engine__op op)
{
	return op == ENGINE__OP_LESS || op == ENGINE__OP_LESS_EQUAL ||
	       op == ENGINE__OP_GREATER || op == ENGINE__OP_GREATER_EQUAL ||
	       op == ENGINE__OP_BETWEEN || op == ENGINE__OP_PREFIX ||
	       op == ENGINE__OP_FOLDED_PREFIX;
}

/* Fields fixed to values first, then those that give order, or one that has a range. */
static void find_columns(const engine__plan *plan, names *columns)
{
	const engine__filter *filter = &plan->filter;
	for (uint16_t i = 0; i < filter->conjunct_count; i++) {
		const engine__node *node = &filter->nodes[filter->conjuncts[i]];
		if (node->field != NULL && fixes(node->op))
			add(columns, node->field, false);
	}
	for (size_t i = 0; i < plan->order_count; i++)
		add(columns, plan->order[i].field, plan->order[i].descending);
	for (uint16_t i = 0; i < filter->conjunct_count && plan->order_count == 0; i++) {
		const engine__node *node = &filter->nodes[filter->conjuncts[i]];
		if (node->field == NULL || !bounds(node->op))
			continue;
		add(columns, node->field, false);
		return;
	}
}

static void write_columns(const names *columns, char *text, size_t size)
{
	size_t used = 0;
	text[0] = '\0';
	for (size_t i = 0; i < columns->count && used < size; i++) {
		int more = snprintf(text + used, size - used, "%s%s%s", i > 0 ? ", " : "",
		                    columns->fields[i]->name,
		                    columns->descending[i] ? " desc" : "");
		used += more > 0 ? (size_t)more : 0;
	}
}

cx_status engine__refuse_scan(const engine__plan *plan, cx_error *error)
{
	const char *type = plan->query->type->name;
	const unsigned long long records = plan->records;
	names columns = { 0 };
	find_columns(plan, &columns);
	if (columns.count == 0 && plan->matches)
		return cx_fail(
			error, CX_FULL_SCAN_REFUSED,
			"match finds too many records, or its index is being built: add a "
			"condition that an index serves; allow_scan reads about %llu "
			"records of %s",
			records, type);
	if (columns.count == 0)
		return cx_fail(error, CX_FULL_SCAN_REFUSED,
		               "no index can serve this filter; allow_scan reads about %llu "
		               "records of %s",
		               records, type);
	char text[CX_ERROR_TEXT_SIZE / 2];
	write_columns(&columns, text, sizeof text);
	return cx_fail(error, CX_FULL_SCAN_REFUSED,
	               "no index serves this; one on (%s) would, and allow_scan reads about "
	               "%llu records of %s",
	               text, records, type);
}
