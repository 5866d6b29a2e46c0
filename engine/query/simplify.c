/* SPDX-License-Identifier: Apache-2.0 */
/* From the tree a client wrote to the one the planner can use.
 *
 * Nodes are visited last to first, so those below a node are simple before it is. */
#include "base/check.h"
#include "engine/query/filter.h"

#include <stdlib.h>
#include <string.h>

static bool is_group(const engine__node *node)
{
	return node->field == NULL;
}

/* Takes `count` nodes out at `at`. Ends of nodes before `at` shrink when they lie behind it. */
static void remove_nodes(engine__filter *filter, uint16_t at, uint16_t count)
{
	CX_ASSERT(at + count <= filter->node_count);
	engine__node *nodes = filter->nodes;
	uint16_t rest = (uint16_t)(filter->node_count - at - count);
	memmove(&nodes[at], &nodes[at + count], rest * sizeof *nodes);
	filter->node_count = (uint16_t)(filter->node_count - count);
	for (uint16_t i = 0; i < filter->node_count; i++)
		if (nodes[i].end > at)
			nodes[i].end = (uint16_t)(nodes[i].end - count);
}

static void turn_null_test(engine__filter *filter, uint16_t at)
{
	engine__node *below = &filter->nodes[at + 1];
	if (below->op == ENGINE__OP_IS_NULL)
		below->op = ENGINE__OP_NOT_NULL;
	else if (below->op == ENGINE__OP_NOT_NULL)
		below->op = ENGINE__OP_IS_NULL;
	else
		return;
	remove_nodes(filter, at, 1);
}

static int compare_values(const void *a, const void *b)
{
	return engine__value_compare(a, b);
}

/* True when all below the node are equalities of one field; then `*ret_count` is the number
 * of their values. */
static bool is_choice(const engine__filter *filter, uint16_t at, size_t *ret_count)
{
	const engine__node *nodes = filter->nodes;
	size_t count = 0;
	for (uint16_t i = (uint16_t)(at + 1); i < nodes[at].end; i = nodes[i].end) {
		if (nodes[i].op != ENGINE__OP_IN || nodes[i].field != nodes[at + 1].field)
			return false;
		count += nodes[i].value_count;
	}
	*ret_count = count;
	return nodes[at].end > at + 1;
}

static bool unite_choice(engine__filter *filter, uint16_t at, size_t count, cx_arena *arena)
{
	engine__node *nodes = filter->nodes;
	engine__value *values = cx_arena_alloc(arena, (count + 1) * sizeof *values);
	if (values == NULL)
		return false;
	size_t filled = 0;
	for (uint16_t i = (uint16_t)(at + 1); i < nodes[at].end; i++) {
		memcpy(&values[filled], nodes[i].values, nodes[i].value_count * sizeof *values);
		filled += nodes[i].value_count;
	}
	CX_ASSERT(filled == count);
	qsort(values, count, sizeof *values, compare_values);
	size_t kept = 0;
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || !engine__value_equal(&values[i], &values[kept - 1]))
			values[kept++] = values[i];

	nodes[at].op = ENGINE__OP_IN;
	nodes[at].field = nodes[at + 1].field;
	nodes[at].values = values;
	nodes[at].value_count = (uint16_t)kept;
	remove_nodes(filter, (uint16_t)(at + 1), (uint16_t)(nodes[at].end - at - 1));
	return true;
}

/* An "or" directly below another is part of it. */
static void flatten(engine__filter *filter, uint16_t at)
{
	uint16_t i = (uint16_t)(at + 1);
	while (i < filter->nodes[at].end) {
		if (filter->nodes[i].op == ENGINE__OP_OR)
			remove_nodes(filter, i, 1);
		else
			i = filter->nodes[i].end;
	}
}

static bool simplify_node(engine__filter *filter, uint16_t at, cx_arena *arena)
{
	const engine__node *node = &filter->nodes[at];
	if (!is_group(node) || node->end == at + 1)
		return true;
	if (node->op == ENGINE__OP_NOT) {
		turn_null_test(filter, at);
		return true;
	}
	if (node->op == ENGINE__OP_OR)
		flatten(filter, at);
	size_t count;
	if (node->op == ENGINE__OP_OR && is_choice(filter, at, &count))
		return unite_choice(filter, at, count, arena);
	if (node->end > at + 1 && filter->nodes[at + 1].end == node->end)
		remove_nodes(filter, at, 1);
	return true;
}

/* Adds the parts of an "and", and of those directly below it. */
static void add_conjuncts(engine__filter *filter, uint16_t at)
{
	const engine__node *node = &filter->nodes[at];
	if (node->op != ENGINE__OP_AND) {
		filter->conjuncts[filter->conjunct_count++] = at;
		return;
	}
	for (uint16_t i = (uint16_t)(at + 1); i < node->end; i = filter->nodes[i].end)
		add_conjuncts(filter, i);
}

static bool is_folded(engine__op op)
{
	return op == ENGINE__OP_FOLDED_EQUAL || op == ENGINE__OP_FOLDED_PREFIX ||
	       op == ENGINE__OP_FOLDED_CONTAINS;
}

static int compare_operands(const engine__operand *a, const engine__operand *b)
{
	if (a->field != b->field)
		return a->field->slot < b->field->slot ? -1 : 1;
	return (int)a->folded - (int)b->folded;
}

static void add_operand(engine__filter *filter, engine__operand operand)
{
	uint16_t at = filter->operand_count;
	while (at > 0 && compare_operands(&operand, &filter->operands[at - 1]) < 0)
		at--;
	if (at > 0 && compare_operands(&operand, &filter->operands[at - 1]) == 0)
		return;
	memmove(&filter->operands[at + 1], &filter->operands[at],
	        (size_t)(filter->operand_count - at) * sizeof operand);
	filter->operands[at] = operand;
	filter->operand_count++;
}

static engine__operand operand_of(const engine__node *node)
{
	return (engine__operand){ .field = node->field, .folded = is_folded(node->op) };
}

static void find_operands(engine__filter *filter)
{
	for (uint16_t i = 0; i < filter->node_count; i++) {
		const engine__node *node = &filter->nodes[i];
		if (is_group(node))
			continue;
		add_operand(filter, operand_of(node));
		if (node->field->slot == ENGINE_SLOT_DELETED_AT)
			filter->names_deleted = true;
	}
	for (uint16_t i = 0; i < filter->node_count; i++) {
		engine__node *node = &filter->nodes[i];
		if (is_group(node))
			continue;
		const engine__operand operand = operand_of(node);
		while (compare_operands(&operand, &filter->operands[node->operand]) != 0)
			node->operand++;
	}
}

cx_status engine__filter_simplify(engine__filter *filter, cx_arena *arena)
{
	for (uint16_t i = filter->node_count; i > 0; i--)
		if (!simplify_node(filter, (uint16_t)(i - 1), arena))
			return CX_NO_MEMORY;
	return engine__filter_index(filter, arena);
}

void engine__filter_copy_node(const engine__filter *from, uint16_t node, engine__filter *to)
{
	const uint16_t end = from->nodes[node].end;
	for (uint16_t i = node; i < end; i++) {
		const uint16_t size = (uint16_t)(from->nodes[i].end - i);
		engine__node *copy = &to->nodes[to->node_count];
		*copy = from->nodes[i];
		copy->operand = 0;
		copy->end = (uint16_t)(to->node_count + size);
		to->node_count++;
	}
}

cx_status engine__filter_index(engine__filter *filter, cx_arena *arena)
{
	size_t room = (size_t)filter->node_count + 1;
	filter->operands = cx_arena_alloc(arena, room * sizeof *filter->operands);
	filter->conjuncts = cx_arena_alloc(arena, room * sizeof *filter->conjuncts);
	if (filter->operands == NULL || filter->conjuncts == NULL)
		return CX_NO_MEMORY;
	find_operands(filter);
	if (filter->node_count > 0)
		add_conjuncts(filter, 0);
	return CX_OK;
}
