/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces of an arena are aligned, never overlap, and stay within its limit. */
#include "base/arena.h"
#include "tests/support/dice.h"
#include "tests/support/unit.h"

#include <stdalign.h>
#include <string.h>

static void pieces_are_aligned_and_keep_their_contents(void **state)
{
	(void)state;
	enum { PIECES = 2000 };
	static uint8_t *pieces[PIECES];
	static size_t sizes[PIECES];
	dice random = dice_init();
	cx_arena *arena = NULL;
	assert_int_equal(cx_arena_new(64 << 20, &arena), CX_OK);
	for (size_t i = 0; i < PIECES; i++) {
		sizes[i] = (size_t)dice_below(&random, i % 50 == 0  ? 20000
		                                       : i % 3 == 0 ? 1
		                                                    : 100);
		pieces[i] = cx_arena_alloc(arena, sizes[i]);
		assert_non_null(pieces[i]);
		assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
		memset(pieces[i], (int)(i & 0xff), sizes[i]);
	}
	for (size_t i = 0; i < PIECES; i++) {
		for (size_t j = 0; j < sizes[i]; j++)
			assert_int_equal(pieces[i][j], i & 0xff);
	}
	cx_arena_free(&arena);
	assert_null(arena);
	cx_arena_free(&arena);
}

static void all_blocks_together_stay_within_the_limit(void **state)
{
	(void)state;
	for (size_t limit = 0; limit < 40000; limit += 997) {
		cx_arena *arena = NULL;
		assert_int_equal(cx_arena_new(limit, &arena), CX_OK);
		size_t handed_out = 0;
		while (cx_arena_alloc(arena, 48) != NULL)
			handed_out += 48;
		assert_true(cx_arena_bytes(arena) <= limit);
		assert_true(handed_out <= cx_arena_bytes(arena));
		/* Blocks have heads, and the last one may be too small for one more. */
		assert_true(handed_out + 600 >= limit);
		cx_arena_free(&arena);
	}
}

static void a_size_over_the_limit_is_refused_and_the_arena_goes_on(void **state)
{
	(void)state;
	cx_arena *arena = NULL;
	assert_int_equal(cx_arena_new(10000, &arena), CX_OK);
	assert_null(cx_arena_alloc(arena, 10000));
	assert_null(cx_arena_alloc(arena, SIZE_MAX));
	assert_null(cx_arena_alloc(arena, SIZE_MAX - 15));
	assert_null(cx_arena_zalloc(arena, SIZE_MAX / 2));
	assert_int_equal(cx_arena_bytes(arena), 0);
	assert_non_null(cx_arena_alloc(arena, 9000));
	cx_arena_free(&arena);

	assert_int_equal(cx_arena_new(SIZE_MAX, &arena), CX_OK);
	assert_null(cx_arena_alloc(arena, SIZE_MAX));
	assert_null(cx_arena_alloc(arena, SIZE_MAX - 15));
	cx_arena_free(&arena);
}

static void clearing_keeps_one_block_so_that_the_same_use_takes_no_more(void **state)
{
	(void)state;
	cx_arena *arena = NULL;
	assert_int_equal(cx_arena_new(1 << 20, &arena), CX_OK);
	cx_arena_clear(arena);
	for (int i = 0; i < 5; i++)
		assert_non_null(cx_arena_alloc(arena, 5000));
	size_t all_blocks = cx_arena_bytes(arena);
	cx_arena_clear(arena);
	size_t one_block = cx_arena_bytes(arena);
	assert_in_range(one_block, 8192, all_blocks - 1);
	for (int round = 0; round < 10; round++) {
		for (int i = 0; i < 5; i++)
			assert_non_null(cx_arena_alloc(arena, 5000));
		cx_arena_clear(arena);
	}
	size_t settled = cx_arena_bytes(arena);
	for (int i = 0; i < 5; i++)
		assert_non_null(cx_arena_alloc(arena, 5000));
	assert_int_equal(cx_arena_bytes(arena), settled);
	cx_arena_free(&arena);
}

static void clearing_gives_large_blocks_back(void **state)
{
	(void)state;
	cx_arena *arena = NULL;
	assert_int_equal(cx_arena_new(1 << 24, &arena), CX_OK);
	assert_non_null(cx_arena_alloc(arena, 64 * 1024 + 1));
	cx_arena_clear(arena);
	assert_int_equal(cx_arena_bytes(arena), 0);
	assert_non_null(cx_arena_alloc(arena, 64 * 1024));
	size_t largest_kept = cx_arena_bytes(arena);
	assert_non_null(cx_arena_alloc(arena, 1 << 20));
	cx_arena_clear(arena);
	assert_int_equal(cx_arena_bytes(arena), largest_kept);
	cx_arena_free(&arena);
}

static void fill(cx_arena *arena, int pieces)
{
	for (int i = 0; i < pieces; i++)
		memset(cx_arena_alloc(arena, 5000), 0xff, 5000);
}

static void rewinding_keeps_what_was_used_and_only_that(void **state)
{
	(void)state;
	cx_arena *arena = NULL;
	assert_int_equal(cx_arena_new(64 << 20, &arena), CX_OK);
	cx_arena_rewind(arena);
	fill(arena, 2000);
	size_t large = cx_arena_bytes(arena);
	assert_true(large > 2000 * 5000);
	for (int round = 0; round < 3; round++) {
		cx_arena_rewind(arena);
		assert_in_range(cx_arena_bytes(arena), 2000 * 5000, large);
		fill(arena, 2000);
		assert_in_range(cx_arena_bytes(arena), 2000 * 5000, large);
	}
	cx_arena_rewind(arena);
	fill(arena, 1); /* of a large block */
	cx_arena_rewind(arena);
	size_t small = cx_arena_bytes(arena);
	assert_in_range(small, 5000, large / 2);
	assert_non_null(cx_arena_alloc(arena, 8 << 20)); /* not in what is kept */
	fill(arena, 1);
	assert_true(cx_arena_bytes(arena) >= small + (8 << 20));
	cx_arena_clear(arena);
	assert_in_range(cx_arena_bytes(arena), 0, 70000);
	cx_arena_free(&arena);
}

static void huge_pages_change_nothing_but_the_sizes(void **state)
{
	(void)state;
	cx_arena *arena = NULL;
	assert_int_equal(cx_arena_new(64 << 20, &arena), CX_OK);
	cx_arena_take_huge_pages(arena);
	fill(arena, 3000);
	assert_in_range(cx_arena_bytes(arena), 3000 * 5000, 64 << 20);
	cx_arena_rewind(arena);
	fill(arena, 3000);
	cx_arena_free(&arena);
}

static void zeroed_pieces_are_zero_where_memory_is_used_again(void **state)
{
	(void)state;
	cx_arena *arena = NULL;
	assert_int_equal(cx_arena_new(1 << 20, &arena), CX_OK);
	memset(cx_arena_alloc(arena, 1000), 0xff, 1000);
	cx_arena_clear(arena);
	const uint8_t *piece = cx_arena_zalloc(arena, 1000);
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(piece[i], 0);
	cx_arena_free(&arena);
}

static void a_copy_is_equal_and_elsewhere(void **state)
{
	(void)state;
	cx_arena *arena = NULL;
	assert_int_equal(cx_arena_new(5000, &arena), CX_OK);
	cx_slice text = CX_SLICE_LITERAL("borrowed");
	cx_slice copy = cx_arena_copy(arena, text);
	assert_true(cx_slice_equal(copy, text));
	assert_ptr_not_equal(copy.data, text.data);
	assert_int_equal(cx_arena_copy(arena, (cx_slice){ 0 }).size, 0);
	cx_slice refused = cx_arena_copy(arena, (cx_slice){ .data = text.data, .size = 6000 });
	assert_null(refused.data);
	assert_int_equal(refused.size, 0);
	cx_arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_aligned_and_keep_their_contents),
		cmocka_unit_test(all_blocks_together_stay_within_the_limit),
		cmocka_unit_test(a_size_over_the_limit_is_refused_and_the_arena_goes_on),
		cmocka_unit_test(clearing_keeps_one_block_so_that_the_same_use_takes_no_more),
		cmocka_unit_test(clearing_gives_large_blocks_back),
		cmocka_unit_test(rewinding_keeps_what_was_used_and_only_that),
		cmocka_unit_test(huge_pages_change_nothing_but_the_sizes),
		cmocka_unit_test(zeroed_pieces_are_zero_where_memory_is_used_again),
		cmocka_unit_test(a_copy_is_equal_and_elsewhere),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
