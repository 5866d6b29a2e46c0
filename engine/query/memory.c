/* SPDX-License-Identifier: Apache-2.0 */
/* A table with one place per hash: a shape that comes takes the place of the one before. */
#include "engine/query/memory.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

enum { PLACES = 128, SHAPE_BYTES_MAX = 60, BY_ID = UINT16_MAX };

typedef struct query_shape {
	uint8_t size; /* 0: none */
	uint8_t bytes[SHAPE_BYTES_MAX];
} query_shape;

typedef struct place {
	query_shape shape;
	uint16_t index; /* number of the index chosen, or BY_ID */
} place;

struct engine__memory {
	place places[PLACES];
};

_Static_assert(ENGINE_SLOTS_MAX < UINT8_MAX && ENGINE_FILTER_NODES_MAX < UINT8_MAX,
               "slots and ends take a byte each");

enum { HEAD_BYTES = 4, ORDER_BYTES = 2, NODE_BYTES = 5, NO_SLOT = UINT8_MAX };

/* All that candidates are found from, and nothing else: engine__candidate_of. False when it
 * does not fit. */
static bool shape_of(const engine__plan *plan, query_shape *ret)
{
	const engine__filter *filter = &plan->filter;
	const size_t size = HEAD_BYTES + ORDER_BYTES * plan->order_count +
	                    (size_t)NODE_BYTES * filter->node_count;
	if (size > SHAPE_BYTES_MAX)
		return false;
	uint8_t *at = ret->bytes;
	*at++ = (uint8_t)(filter->type->number >> 8);
	*at++ = (uint8_t)filter->type->number;
	*at++ = plan->may_scan;
	*at++ = (uint8_t)plan->order_count;
	for (size_t i = 0; i < plan->order_count; i++) {
		*at++ = (uint8_t)plan->order[i].field->slot;
		*at++ = plan->order[i].descending;
	}
	for (uint16_t i = 0; i < filter->node_count; i++) {
		const engine__node *node = &filter->nodes[i];
		*at++ = (uint8_t)node->op;
		*at++ = node->field != NULL ? (uint8_t)node->field->slot : NO_SLOT;
		*at++ = (uint8_t)node->end;
		*at++ = (uint8_t)(node->value_count >> 8);
		*at++ = (uint8_t)node->value_count;
	}
	ret->size = (uint8_t)size;
	return true;
}

static size_t place_of(const query_shape *shape)
{
	return cx_hash64((cx_slice){ .data = shape->bytes, .size = shape->size }, 0) % PLACES;
}

static bool is_same(const query_shape *a, const query_shape *b)
{
	return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

bool engine__memory_find(const engine_read *read, const engine__plan *plan,
                         const engine_index **ret)
{
	CX_UNSET query_shape shape;
	if (read->memory == NULL || !shape_of(plan, &shape))
		return false;
	const place *found = &read->memory->places[place_of(&shape)];
	if (!is_same(&found->shape, &shape))
		return false;
	*ret = found->index == BY_ID ? NULL : &plan->query->type->indexes[found->index];
	return true;
}

void engine__memory_keep(engine_read *read, const engine__plan *plan)
{
	CX_UNSET query_shape shape;
	if (!shape_of(plan, &shape))
		return;
	if (read->memory == NULL)
		read->memory = calloc(1, sizeof *read->memory);
	if (read->memory == NULL)
		return; /* then it is planned each time */
	const engine_index *index = plan->chosen->path.index;
	read->memory->places[place_of(&shape)] =
		(place){ .shape = shape, .index = index == NULL ? BY_ID : index->number };
}
