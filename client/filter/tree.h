/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of a filter while it is parsed: conditions and what joins them. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"

typedef enum cardex__join {
	CARDEX__CONDITION,
	CARDEX__AND,
	CARDEX__OR,
	CARDEX__NOT,
} cardex__join;

typedef struct cardex__node {
	cardex__join join;
	cx_slice elements; /* of a CONDITION: the elements of its array, MessagePack */
	uint32_t count;    /* how many those are; of the others, how many they join */
	struct cardex__node *first;
	struct cardex__node *last;
	struct cardex__node *next;
} cardex__node;

/* NULL without memory. */
cardex__node *cardex__node_new(cx_arena *arena, cardex__join join);

void cardex__node_add(cardex__node *parent, cardex__node *child);

/* Appends the elements of the array that the tree becomes, without its header; returns how
 * many. */
uint32_t cardex__node_write(const cardex__node *node, cx_buf *out);
