/* SPDX-License-Identifier: Apache-2.0 */
/* The sorted write buffer of a transaction: puts and removes in order of (tree, key).
 *
 * A map (map.h) whose versions all have the number 0, so that only the newest of a
 * key counts; rolling back takes versions off again. Keys and values handed out stay good until
 * engine__buffer_clear(), whatever is written or rolled back meanwhile.
 *
 * Thread rule: one thread at a time. */
#pragma once

#include "engine/store/map.h"

typedef struct engine__buffer engine__buffer;

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

/* What stands in it, for reading. */
engine__layer engine__buffer_layer(const engine__buffer *buffer);

/* Writes that stand; what a later engine__buffer_rollback() takes as its mark. */
size_t engine__buffer_operations(const engine__buffer *buffer);

/* Takes back the writes above the mark, newest first. */
void engine__buffer_rollback(engine__buffer *buffer, size_t mark);

/* Bytes of all keys and values written since the clear, with those overwritten and rolled
 * back: their memory is held. */
size_t engine__buffer_bytes(const engine__buffer *buffer);

/* A number that is another one after each write and rollback. */
uint64_t engine__buffer_stamp(const engine__buffer *buffer);
