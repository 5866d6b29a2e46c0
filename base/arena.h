/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that is freed as a whole: an arena hands out pieces of growing blocks
 * and never takes one back. It has a limit from birth.
 *
 * Thread rule: one thread at a time. */
#pragma once

#include "base/slice.h"
#include "base/status.h"

typedef struct cx_arena cx_arena;

/* `limit_bytes` bounds the memory of all blocks together. Errors: CX_NO_MEMORY.
 */
CX_MUST_USE cx_status cx_arena_new(size_t limit_bytes, cx_arena **ret);

/* Until it is rewound, blocks get so large that most of them lie in huge pages (huge.h): for
 * those who are about to fill many at once, as the first touch of a huge page makes its thread
 * wait for longer. */
void cx_arena_take_huge_pages(cx_arena *arena);

/* Frees everything and sets `*arena` to NULL; NULL is accepted. */
void cx_arena_free(cx_arena **arena);

/* Forgets everything that was handed out; keeps the largest block of ordinary size, so that
 * the same use again allocates nothing. */
void cx_arena_clear(cx_arena *arena);

/* Forgets everything that was handed out; keeps the blocks that it lay in for the next use of
 * that kind, and frees those that were kept the last time and not needed since. What is kept
 * counts towards the limit. */
void cx_arena_rewind(cx_arena *arena);

/* `size` bytes aligned for any object, not zeroed; NULL at the limit or without
 * memory. */
void *cx_arena_alloc(cx_arena *arena, size_t size);

/* The same, all zero. */
void *cx_arena_zalloc(cx_arena *arena, size_t size);

/* A copy of the bytes; {NULL, 0} when it fails and the slice was not empty. */
cx_slice cx_arena_copy(cx_arena *arena, cx_slice slice);

/* Bytes of all blocks, those that are kept included. */
size_t cx_arena_bytes(const cx_arena *arena);
