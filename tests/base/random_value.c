/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/base/random_value.h"

#include "tests/support/unit.h"

#include <string.h>

static void put(cx_buf *out, unsigned byte)
{
	assert_true(cx_buf_append_byte(out, (uint8_t)byte));
}

static void put_big_endian(cx_buf *out, uint64_t number, unsigned size)
{
	while (size-- > 0)
		put(out, (unsigned)(number >> (8 * size)) & 0xff);
}

static void put_random_bytes(dice *from, cx_buf *out, size_t size)
{
	uint8_t *to = cx_buf_reserve(out, size);
	assert_non_null(to);
	for (size_t i = 0; i < size; i += sizeof(uint64_t)) {
		uint64_t bytes = dice_u64(from);
		memcpy(to + i, &bytes, size - i < sizeof bytes ? size - i : sizeof bytes);
	}
	out->size += size;
}

static void put_scalar(dice *from, cx_buf *out)
{
	static const uint8_t sizes[] = { 4, 8, 1, 2, 4, 8, 1, 2, 4, 8 }; /* ca..d3 */
	size_t which = (size_t)dice_below(from, 16);
	if (which < sizeof sizes) {
		put(out, 0xca + (unsigned)which);
		put_random_bytes(from, out, sizes[which]);
	} else if (which < 12) {
		put(out, 0xc2 + (unsigned)dice_below(from, 2));
	} else if (which == 12) {
		put(out, 0xc0);
	} else {
		put(out, (unsigned)(dice_below(from, 0xa0) + 0xe0) & 0xff);
	}
}

/* A header for `size`, whose forms start at `first` with 8, 16 and 32 bits of length. */
static void put_length(dice *from, cx_buf *out, unsigned first, size_t size)
{
	unsigned smallest = size < 0x100 ? 0 : size < 0x10000 ? 1 : 2;
	unsigned form = smallest + (unsigned)dice_below(from, 3 - smallest);
	put(out, first + form);
	put_big_endian(out, size, 1u << form);
}

static void put_bytes(dice *from, cx_buf *out)
{
	static const size_t bounds[] = { 4, 33, 300, 70000 };
	size_t bound = bounds[dice_below(from, 256) == 0 ? 3 : dice_below(from, 3)];
	size_t size = (size_t)dice_below(from, bound);
	if (size < 32 && dice_below(from, 2) == 0)
		put(out, 0xa0 + (unsigned)size);
	else
		put_length(from, out, dice_below(from, 2) == 0 ? 0xd9 : 0xc4, size);
	put_random_bytes(from, out, size);
}

static void put_count(dice *from, cx_buf *out, bool is_map, size_t count)
{
	unsigned form = (unsigned)dice_below(from, 3);
	if (form == 0 && count < 16) {
		put(out, (is_map ? 0x80 : 0x90) + (unsigned)count);
		return;
	}
	bool is_wide = form == 2;
	put(out, (is_map ? 0xde : 0xdc) + (is_wide ? 1u : 0u));
	put_big_endian(out, count, is_wide ? 4 : 2);
}

random_shape random_value(dice *from, unsigned depth_max, cx_buf *out)
{
	random_shape shape = { .items = 1, .depth = 0 };
	uint64_t which = dice_below(from, 10);
	if (depth_max == 0 || which < 5) {
		if (which % 2 == 0)
			put_bytes(from, out);
		else
			put_scalar(from, out);
		return shape;
	}
	bool is_map = which < 7;
	size_t count = (size_t)dice_below(from, dice_below(from, 20) == 0 ? 40 : 5);
	put_count(from, out, is_map, count);
	shape.depth = 1;
	for (size_t i = 0; i < count * (is_map ? 2 : 1); i++) {
		random_shape inner = random_value(from, depth_max - 1, out);
		shape.items += inner.items;
		if (inner.depth + 1 > shape.depth)
			shape.depth = inner.depth + 1;
	}
	return shape;
}
