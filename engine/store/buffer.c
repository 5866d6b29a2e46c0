/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/store/buffer.h"

#include "base/check.h"

#include <stdlib.h>

/* A write, so that it can be taken back. */
typedef struct write {
	struct write *before;
	engine__node *node;
} write;

enum {
	/* Of one operation: node, what leads to it, version, write; 64: alignment. */
	OPERATION_BYTES_MAX = sizeof(engine__node) + ENGINE__GUIDE_BYTES_MAX +
	                      sizeof(engine__version) + sizeof(write) + 64,
};

/* What the arena may take: never the bound that is met first, unless memory is gone. Blocks are
 * cut from doubling sizes, hence twice. */
#define ARENA_BYTES_MAX                       \
	(2 * ((size_t)ENGINE__TXN_BYTES_MAX + \
	      (size_t)ENGINE__TXN_OPERATIONS_MAX * OPERATION_BYTES_MAX))

struct engine__buffer {
	engine__map map;
	write *newest;
	size_t operations; /* that stand */
	size_t written;    /* since the clear, with those rolled back */
	size_t bytes;
	uint64_t stamp;
};

cx_status engine__buffer_new(engine__buffer **ret)
{
	CX_SCOPED(engine__buffer_free) engine__buffer *buffer = calloc(1, sizeof *buffer);
	if (buffer == NULL)
		return CX_NO_MEMORY;
	cx_status status = engine__map_init(&buffer->map, ARENA_BYTES_MAX);
	if (status != CX_OK)
		return status;
	*ret = buffer;
	buffer = NULL;
	return CX_OK;
}

void engine__buffer_free(engine__buffer **buffer)
{
	if (*buffer == NULL)
		return;
	engine__map_release(&(*buffer)->map);
	free(*buffer);
	*buffer = NULL;
}

void engine__buffer_clear(engine__buffer *buffer)
{
	cx_status status = engine__map_clear(&buffer->map);
	CX_ASSERT(status == CX_OK); /* the first block of the arena is kept */
	buffer->newest = NULL;
	buffer->operations = 0;
	buffer->written = 0;
	buffer->bytes = 0;
	buffer->stamp++;
}

static cx_status add(engine__buffer *buffer, engine__tree tree, cx_slice key, cx_slice value,
                     bool removed)
{
	CX_ASSERT(buffer->bytes <= ENGINE__TXN_BYTES_MAX);
	if (key.size + value.size > ENGINE__TXN_BYTES_MAX - buffer->bytes ||
	    buffer->written >= ENGINE__TXN_OPERATIONS_MAX)
		return CX_TOO_LARGE;

	engine__version *version = engine__map_version(&buffer->map, value, removed);
	write *undo = cx_arena_alloc(buffer->map.arena, sizeof *undo);
	engine__node *node = NULL;
	if (version != NULL && undo != NULL)
		node = engine__map_add(&buffer->map, tree, key, version);
	if (node == NULL)
		return CX_NO_MEMORY;
	*undo = (write){ .before = buffer->newest, .node = node };
	buffer->newest = undo;
	buffer->operations++;
	buffer->written++;
	buffer->bytes += key.size + value.size;
	buffer->stamp++;
	return CX_OK;
}

cx_status engine__buffer_put(engine__buffer *buffer, engine__tree tree, cx_slice key,
                             cx_slice value)
{
	return add(buffer, tree, key, value, false);
}

cx_status engine__buffer_remove(engine__buffer *buffer, engine__tree tree, cx_slice key)
{
	return add(buffer, tree, key, (cx_slice){ 0 }, true);
}

engine__layer engine__buffer_layer(const engine__buffer *buffer)
{
	return (engine__layer){ .map = &buffer->map };
}

size_t engine__buffer_operations(const engine__buffer *buffer)
{
	return buffer->operations;
}

void engine__buffer_rollback(engine__buffer *buffer, size_t mark)
{
	CX_ASSERT(mark <= buffer->operations);
	for (; buffer->operations > mark; buffer->operations--) {
		engine__map_take_back(buffer->newest->node);
		buffer->newest = buffer->newest->before;
	}
	buffer->stamp++;
}

size_t engine__buffer_bytes(const engine__buffer *buffer)
{
	return buffer->bytes;
}

uint64_t engine__buffer_stamp(const engine__buffer *buffer)
{
	return buffer->stamp;
}
