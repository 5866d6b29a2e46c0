/* SPDX-License-Identifier: Apache-2.0 */
/* The sorted write buffer of a transaction: puts and removes in order of (tree, key).
 *
 * A skip list whose nodes are only ever added; each node has a chain of versions, newest first,
 * of which only the newest counts. A remove is a version too, so that it hides what lies below
 * the buffer. Rolling back takes versions off again; a node without versions stays as if it
 * were not there. Everything lives in one arena, so keys and values handed out stay good until
 * engine__buffer_clear(), whatever is written or rolled back meanwhile.
 *
 * Thread rule: one thread at a time. */
#pragma once

#include "engine/store/store.h"

typedef struct engine__buffer engine__buffer;

/* One written state of a key. */
typedef struct engine__version {
	struct engine__version *older;  /* of the same key */
	struct engine__version *before; /* the write before this one, of any key */
	struct engine__node *node;
	cx_slice value;
	bool removed;
} engine__version;

/* A key that was written to. `newest` is NULL only inside the buffer: the functions below do
 * not hand out such nodes. */
typedef struct engine__node {
	cx_slice key;
	engine__version *newest;
	uint16_t tree;
	struct engine__node *next[]; /* one per level */
} engine__node;

/* Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__buffer_new(engine__buffer **ret);

void engine__buffer_free(engine__buffer **buffer);

/* Forgets everything and frees the memory of all but a little. */
void engine__buffer_clear(engine__buffer *buffer);

/* Both copy the bytes. Errors: CX_TOO_LARGE (ENGINE__TXN_BYTES_MAX or
 * ENGINE__TXN_OPERATIONS_MAX), CX_NO_MEMORY; nothing changed then. */
CX_MUST_USE cx_status engine__buffer_put(engine__buffer *buffer, engine__tree tree,
                                         cx_slice key, cx_slice value);
CX_MUST_USE cx_status engine__buffer_remove(engine__buffer *buffer, engine__tree tree,
                                            cx_slice key);

/* The newest version of the key; NULL when the buffer says nothing of it. */
const engine__version *engine__buffer_find(const engine__buffer *buffer, engine__tree tree,
                                           cx_slice key);

/* FORWARD: the first node of the tree with a key >= `key`; BACKWARD: the last with a key <
 * `key`. NULL when there is none. The empty key is below all. */
const engine__node *engine__buffer_seek(const engine__buffer *buffer, engine__tree tree,
                                        cx_slice key, engine__direction direction);

/* The last node of the tree, or NULL. */
const engine__node *engine__buffer_last(const engine__buffer *buffer, engine__tree tree);

/* The neighbour in the same tree, or NULL. Backward it is searched for from the head. */
const engine__node *engine__buffer_neighbour(const engine__buffer *buffer,
                                             const engine__node *node,
                                             engine__direction direction);

/* All nodes, in order of (tree, key): after `node`, or the first one of all when it is NULL. */
const engine__node *engine__buffer_next(const engine__buffer *buffer, const engine__node *node);

/* Writes that stand; what a later engine__buffer_rollback() takes as its mark. */
size_t engine__buffer_operations(const engine__buffer *buffer);

/* Takes back the writes above the mark, newest first. */
void engine__buffer_rollback(engine__buffer *buffer, size_t mark);

/* Bytes of all keys and values written since the clear, with those overwritten and rolled
 * back: their memory is held. */
size_t engine__buffer_bytes(const engine__buffer *buffer);

/* A number that is another one after each write and rollback. */
uint64_t engine__buffer_stamp(const engine__buffer *buffer);
