/* SPDX-License-Identifier: Apache-2.0 */
#include "client/filter/tree.h"

#include "base/check.h"
#include "base/msgpack.h"

cardex__node *cardex__node_new(cx_arena *arena, cardex__join join)
{
	cardex__node *node = cx_arena_zalloc(arena, sizeof *node);
	if (node != NULL)
		node->join = join;
	return node;
}

void cardex__node_add(cardex__node *parent, cardex__node *child)
{
	CX_ASSERT(parent->join != CARDEX__CONDITION && child->next == NULL);
	if (parent->last == NULL)
		parent->first = child;
	else
		parent->last->next = child;
	parent->last = child;
	parent->count++;
}

static const char *operator_of(cardex__join join)
{
	switch (join) {
	case CARDEX__AND:
		return "and";
	case CARDEX__OR:
		return "or";
	case CARDEX__NOT:
		return "not";
	case CARDEX__CONDITION:
		break;
	}
	CX_UNREACHABLE();
}

static uint32_t element_count(const cardex__node *node)
{
	return node->join == CARDEX__CONDITION ? node->count : 1 + node->count;
}

uint32_t cardex__node_write(const cardex__node *node, cx_buf *out)
{
	if (node->join == CARDEX__CONDITION) {
		cx_write_raw(out, node->elements);
		return node->count;
	}
	cx_write_text(out, operator_of(node->join));
	for (const cardex__node *child = node->first; child != NULL; child = child->next) {
		cx_write_array(out, element_count(child));
		cardex__node_write(child, out);
	}
	return element_count(node);
}
