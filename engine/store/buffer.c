/* SPDX-License-Identifier: Apache-2.0 */
/* A skip list with towers of up to LEVELS_MAX, each level a quarter of the one below. A node is
 * complete before it is linked in, and links are set from the lowest level up. */
#include "engine/store/buffer.h"

#include "base/arena.h"
#include "base/check.h"

#include <stdlib.h>
#include <string.h>

enum {
	LEVELS_MAX = 12, /* 4^12 nodes are far more than a buffer can hold */
	NODE_BYTES_MAX = sizeof(engine__node) + LEVELS_MAX * sizeof(engine__node *),
	OPERATION_BYTES_MAX = NODE_BYTES_MAX + sizeof(engine__version) + 64, /* 64: alignment */
};

/* What the arena may take: never the bound that is met first, unless memory is gone. Blocks are
 * cut from doubling sizes, hence twice. */
#define ARENA_BYTES_MAX                       \
	(2 * ((size_t)ENGINE__TXN_BYTES_MAX + \
	      (size_t)ENGINE__TXN_OPERATIONS_MAX * OPERATION_BYTES_MAX))

struct engine__buffer {
	cx_arena *arena;
	engine__node *first[LEVELS_MAX];
	engine__version *newest_write;
	size_t operations; /* that stand */
	size_t written;    /* since the clear, with those rolled back */
	size_t bytes;
	uint64_t stamp;
	uint64_t random;
	unsigned levels;
};

/* The links that lead to a place: on each level the one to be followed, or changed by an
 * insert. */
typedef struct path {
	engine__node **link[LEVELS_MAX];
} path;

cx_status engine__buffer_new(engine__buffer **ret)
{
	CX_SCOPED(engine__buffer_free) engine__buffer *buffer = calloc(1, sizeof *buffer);
	if (buffer == NULL)
		return CX_NO_MEMORY;
	cx_status status = cx_arena_new(ARENA_BYTES_MAX, &buffer->arena);
	if (status != CX_OK)
		return status;
	buffer->random = 0x9e3779b97f4a7c15;
	buffer->levels = 1;
	*ret = buffer;
	buffer = NULL;
	return CX_OK;
}

void engine__buffer_free(engine__buffer **buffer)
{
	if (*buffer == NULL)
		return;
	cx_arena_free(&(*buffer)->arena);
	free(*buffer);
	*buffer = NULL;
}

void engine__buffer_clear(engine__buffer *buffer)
{
	cx_arena_clear(buffer->arena);
	memset(buffer->first, 0, sizeof buffer->first);
	buffer->newest_write = NULL;
	buffer->operations = 0;
	buffer->written = 0;
	buffer->bytes = 0;
	buffer->levels = 1;
	buffer->stamp++;
}

/* `tree` is wider than a tree number, so that the place behind the last tree can be named. */
static int compare(const engine__node *node, uint32_t tree, cx_slice key)
{
	if (node->tree != tree)
		return node->tree < tree ? -1 : 1;
	return cx_slice_compare(node->key, key);
}

/* Follows the links to the first node that is not below the place. */
static void find_place(engine__buffer *buffer, uint32_t tree, cx_slice key, path *ret)
{
	engine__node *below = NULL;
	for (unsigned level = buffer->levels; level-- > 0;) {
		engine__node **link =
			below == NULL ? &buffer->first[level] : &below->next[level];
		while (*link != NULL && compare(*link, tree, key) < 0) {
			below = *link;
			link = &below->next[level];
		}
		ret->link[level] = link;
	}
}

/* The same for readers: the nodes on both sides of the place. */
static const engine__node *node_below(const engine__buffer *buffer, uint32_t tree, cx_slice key,
                                      const engine__node **ret_not_below)
{
	const engine__node *below = NULL;
	const engine__node *next = NULL;
	for (unsigned level = buffer->levels; level-- > 0;) {
		next = below == NULL ? buffer->first[level] : below->next[level];
		while (next != NULL && compare(next, tree, key) < 0) {
			below = next;
			next = below->next[level];
		}
	}
	*ret_not_below = next;
	return below;
}

static unsigned random_levels(engine__buffer *buffer)
{
	uint64_t x = buffer->random; /* xorshift64 */
	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	buffer->random = x;
	unsigned levels = 1;
	while (levels < LEVELS_MAX && (x & 3) == 0) {
		levels++;
		x >>= 2;
	}
	return levels;
}

static engine__node *new_node(engine__buffer *buffer, engine__tree tree, cx_slice key,
                              unsigned levels)
{
	size_t size = sizeof(engine__node) + levels * sizeof(engine__node *);
	engine__node *node = cx_arena_alloc(buffer->arena, size + key.size);
	if (node == NULL)
		return NULL;
	uint8_t *bytes = (uint8_t *)node + size;
	memcpy(bytes, key.data, key.size);
	*node = (engine__node){ .key = { .data = bytes, .size = key.size },
		                .tree = tree.number };
	return node;
}

static engine__version *new_version(engine__buffer *buffer, cx_slice value)
{
	engine__version *version = cx_arena_alloc(buffer->arena, sizeof *version + value.size);
	if (version == NULL)
		return NULL;
	uint8_t *bytes = (uint8_t *)(version + 1);
	if (value.size > 0)
		memcpy(bytes, value.data, value.size);
	*version = (engine__version){ .value = { .data = bytes, .size = value.size } };
	return version;
}

static void link_node(engine__buffer *buffer, engine__node *node, unsigned levels, path *to)
{
	for (; buffer->levels < levels; buffer->levels++)
		to->link[buffer->levels] = &buffer->first[buffer->levels];
	for (unsigned level = 0; level < levels; level++) {
		node->next[level] = *to->link[level];
		*to->link[level] = node;
	}
}

static cx_status write_version(engine__buffer *buffer, engine__tree tree, cx_slice key,
                               cx_slice value, bool removed)
{
	CX_ASSERT(key.size > 0);
	CX_ASSERT(buffer->bytes <= ENGINE__TXN_BYTES_MAX);
	if (key.size + value.size > ENGINE__TXN_BYTES_MAX - buffer->bytes ||
	    buffer->written >= ENGINE__TXN_OPERATIONS_MAX)
		return CX_TOO_LARGE;

	path to;
	find_place(buffer, tree.number, key, &to);
	engine__node *node = *to.link[0];
	bool known = node != NULL && compare(node, tree.number, key) == 0;
	unsigned levels = known ? 0 : random_levels(buffer);

	engine__version *version = new_version(buffer, value);
	if (version != NULL && !known)
		node = new_node(buffer, tree, key, levels);
	if (version == NULL || node == NULL)
		return CX_NO_MEMORY;

	if (!known)
		link_node(buffer, node, levels, &to);
	version->removed = removed;
	version->node = node;
	version->older = node->newest;
	version->before = buffer->newest_write;
	node->newest = version;
	buffer->newest_write = version;
	buffer->operations++;
	buffer->written++;
	buffer->bytes += key.size + value.size;
	buffer->stamp++;
	return CX_OK;
}

cx_status engine__buffer_put(engine__buffer *buffer, engine__tree tree, cx_slice key,
                             cx_slice value)
{
	return write_version(buffer, tree, key, value, false);
}

cx_status engine__buffer_remove(engine__buffer *buffer, engine__tree tree, cx_slice key)
{
	return write_version(buffer, tree, key, (cx_slice){ 0 }, true);
}

const engine__version *engine__buffer_find(const engine__buffer *buffer, engine__tree tree,
                                           cx_slice key)
{
	const engine__node *node;
	node_below(buffer, tree.number, key, &node);
	if (node == NULL || compare(node, tree.number, key) != 0)
		return NULL;
	return node->newest;
}

/* The node itself or the next behind it that has a version. */
static const engine__node *written_from(const engine__node *node)
{
	while (node != NULL && node->newest == NULL)
		node = node->next[0];
	return node;
}

static const engine__node *of_tree(const engine__node *node, uint16_t tree)
{
	return node != NULL && node->tree == tree ? node : NULL;
}

/* The last written node of the tree that is below the place. */
static const engine__node *written_below(const engine__buffer *buffer, uint16_t tree,
                                         uint32_t place_tree, cx_slice key)
{
	const engine__node *behind;
	const engine__node *node = node_below(buffer, place_tree, key, &behind);
	while (node != NULL && node->newest == NULL)
		node = node_below(buffer, node->tree, node->key, &behind);
	return of_tree(node, tree);
}

const engine__node *engine__buffer_seek(const engine__buffer *buffer, engine__tree tree,
                                        cx_slice key, engine__direction direction)
{
	if (direction == ENGINE__BACKWARD)
		return written_below(buffer, tree.number, tree.number, key);
	const engine__node *node;
	node_below(buffer, tree.number, key, &node);
	return of_tree(written_from(node), tree.number);
}

const engine__node *engine__buffer_last(const engine__buffer *buffer, engine__tree tree)
{
	return written_below(buffer, tree.number, (uint32_t)tree.number + 1, (cx_slice){ 0 });
}

const engine__node *engine__buffer_neighbour(const engine__buffer *buffer,
                                             const engine__node *node,
                                             engine__direction direction)
{
	if (direction == ENGINE__BACKWARD)
		return written_below(buffer, node->tree, node->tree, node->key);
	return of_tree(written_from(node->next[0]), node->tree);
}

const engine__node *engine__buffer_next(const engine__buffer *buffer, const engine__node *node)
{
	return written_from(node == NULL ? buffer->first[0] : node->next[0]);
}

size_t engine__buffer_operations(const engine__buffer *buffer)
{
	return buffer->operations;
}

void engine__buffer_rollback(engine__buffer *buffer, size_t mark)
{
	CX_ASSERT(mark <= buffer->operations);
	for (; buffer->operations > mark; buffer->operations--) {
		engine__version *version = buffer->newest_write;
		CX_ASSERT(version->node->newest == version);
		version->node->newest = version->older;
		buffer->newest_write = version->before;
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
