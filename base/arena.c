/* SPDX-License-Identifier: Apache-2.0 */
/* An arena is a list of blocks, newest first; pieces are cut from the newest. Block
 * sizes double, so the number of blocks stays small and at most about half of the
 * memory is ever unused.
 *
 * Under AddressSanitizer the part of a block that was not handed out is poisoned, so
 * that running past the last piece is seen. */
#include "base/arena.h"

#include "base/check.h"
#include "base/huge.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__) /* gcc's way to say it */
#define POISONS 1
#elif defined(__has_feature) /* clang's */
#if __has_feature(address_sanitizer)
#define POISONS 1
#endif
#endif

#ifdef POISONS
#include <sanitizer/asan_interface.h>
#endif

/* By way of a volatile pointer: gcc otherwise warns that fresh memory is passed on unset. */
static void hide(void *data, size_t size)
{
#ifdef POISONS
	void *volatile hidden = data;
	__asan_poison_memory_region(hidden, size);
#else
	(void)data;
	(void)size;
#endif
}

static void show(void *data, size_t size)
{
#ifdef POISONS
	__asan_unpoison_memory_region(data, size);
#else
	(void)data;
	(void)size;
#endif
}

enum {
	ALIGNMENT = alignof(max_align_t),
	BLOCK_MIN = 4096,
	BLOCK_KEPT_MAX = 64 * 1024,
	BLOCK_MAX = 1 << 20, /* of those that double */
	HUGE_BLOCK_MAX = 2 * CX_HUGE_PAGE_BYTES,
};

typedef struct block {
	struct block *older;
	size_t size; /* of `bytes`; a multiple of ALIGNMENT, as is */
	size_t used; /* what was handed out of them */
	alignas(max_align_t) uint8_t bytes[];
} block;

struct cx_arena {
	block *newest;
	block *kept; /* for the next that are needed */
	size_t limit;
	size_t total;      /* of all blocks with their headers, kept ones too; <= limit */
	size_t block_next; /* the size the next block should have, with its header */
	size_t block_max;
};

cx_status cx_arena_new(size_t limit_bytes, cx_arena **ret)
{
	cx_arena *arena = calloc(1, sizeof *arena);
	if (arena == NULL)
		return CX_NO_MEMORY;
	arena->limit = limit_bytes;
	arena->block_next = BLOCK_MIN;
	arena->block_max = BLOCK_MAX;
	*ret = arena;
	return CX_OK;
}

void cx_arena_take_huge_pages(cx_arena *arena)
{
	arena->block_max = HUGE_BLOCK_MAX;
}

/* Takes the block at `*at` out of the list. */
static void free_block(cx_arena *arena, block **at)
{
	block *gone = *at;
	*at = gone->older;
	arena->total -= sizeof *gone + gone->size;
	show(gone->bytes, gone->size);
	free(gone);
}

static void free_blocks(cx_arena *arena, block **list)
{
	while (*list != NULL)
		free_block(arena, list);
}

void cx_arena_free(cx_arena **arena)
{
	if (*arena == NULL)
		return;
	free_blocks(*arena, &(*arena)->newest);
	free_blocks(*arena, &(*arena)->kept);
	CX_ASSERT((*arena)->total == 0);
	free(*arena);
	*arena = NULL;
}

static void empty(block *full)
{
	hide(full->bytes, full->used);
	full->used = 0;
}

void cx_arena_clear(cx_arena *arena)
{
	free_blocks(arena, &arena->kept);
	while (arena->newest != NULL && arena->newest->size > BLOCK_KEPT_MAX)
		free_block(arena, &arena->newest);
	block *kept = arena->newest;
	arena->block_next = BLOCK_MIN;
	if (kept == NULL)
		return;
	free_blocks(arena, &kept->older);
	empty(kept);
	arena->block_next = 2 * (sizeof *kept + kept->size);
}

void cx_arena_rewind(cx_arena *arena)
{
	free_blocks(arena, &arena->kept);
	for (block *each = arena->newest; each != NULL; each = each->older)
		empty(each);
	arena->kept = arena->newest;
	arena->newest = NULL;
	arena->block_max = BLOCK_MAX;
	if (arena->block_next > BLOCK_MAX)
		arena->block_next = BLOCK_MAX;
}

static size_t round_down(size_t size)
{
	return size - size % ALIGNMENT;
}

/* A kept block with room for `size` bytes becomes the newest. */
static bool use_kept(cx_arena *arena, size_t size)
{
	block **at = &arena->kept;
	while (*at != NULL && (*at)->size < size)
		at = &(*at)->older;
	block *found = *at;
	if (found == NULL)
		return false;
	*at = found->older;
	found->older = arena->newest;
	arena->newest = found;
	return true;
}

/* A new newest block with room for `size` bytes, a multiple of ALIGNMENT; smaller than it
 * should be when the limit leaves no more. */
static bool add_block(cx_arena *arena, size_t size)
{
	size_t left = arena->limit - arena->total;
	if (left < sizeof(block) || size > left - sizeof(block))
		return false;
	size_t room = round_down(left - sizeof(block));
	size_t next = arena->block_next - sizeof(block);
	size_t wanted = size > next ? size : next;
	size_t taken = wanted < room ? wanted : room;

	block *fresh = cx_huge_alloc(sizeof *fresh + taken);
	if (fresh == NULL)
		return false;
	*fresh = (block){ .older = arena->newest, .size = taken };
	hide(fresh->bytes, fresh->size);
	arena->newest = fresh;
	arena->total += sizeof *fresh + taken;
	if (arena->block_next < arena->block_max)
		arena->block_next *= 2;
	CX_ASSERT(arena->total <= arena->limit);
	return true;
}

void *cx_arena_alloc(cx_arena *arena, size_t size)
{
	if (size > arena->limit || size > PTRDIFF_MAX)
		return NULL;
	size_t padded = round_down(size) + (size % ALIGNMENT == 0 ? 0 : ALIGNMENT);
	block *from = arena->newest;
	if (from == NULL || padded > from->size - from->used) {
		if (!use_kept(arena, padded) && !add_block(arena, padded))
			return NULL;
		from = arena->newest;
	}
	uint8_t *piece = from->bytes + from->used;
	from->used += padded;
	show(piece, size);
	return piece;
}

void *cx_arena_zalloc(cx_arena *arena, size_t size)
{
	void *piece = cx_arena_alloc(arena, size);
	if (piece != NULL)
		memset(piece, 0, size);
	return piece;
}

cx_slice cx_arena_copy(cx_arena *arena, cx_slice slice)
{
	if (slice.size == 0)
		return (cx_slice){ 0 };
	uint8_t *copy = cx_arena_alloc(arena, slice.size);
	if (copy == NULL)
		return (cx_slice){ 0 };
	memcpy(copy, slice.data, slice.size);
	return (cx_slice){ .data = copy, .size = slice.size };
}

size_t cx_arena_bytes(const cx_arena *arena)
{
	return arena->total;
}
