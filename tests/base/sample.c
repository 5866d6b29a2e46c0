/* SPDX-License-Identifier: Apache-2.0 */
/* A generator of MessagePack that shares no code with the reader or writer. */
#include "sample.h"

#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>

sample_random sample_random_init(void)
{
	const char *text = getenv("CARDEX_TEST_SEED");
	uint64_t seed = text != NULL ? strtoull(text, NULL, 0) : 20261123;
	print_message("seed: CARDEX_TEST_SEED=%llu\n", (unsigned long long)seed);
	return (sample_random){ .state = seed };
}

/* Source: Sebastiano Vigna, splitmix64. */
uint64_t sample_u64(sample_random *random)
{
	uint64_t mixed = random->state += UINT64_C(0x9e3779b97f4a7c15);
	mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
	return mixed ^ (mixed >> 31);
}

uint64_t sample_below(sample_random *random, uint64_t below)
{
	return sample_u64(random) % below;
}

uint8_t *sample_exact_copy(cx_slice bytes)
{
	uint8_t *copy = malloc(bytes.size);
	if (bytes.size > 0) {
		assert_non_null(copy);
		memcpy(copy, bytes.data, bytes.size);
	}
	return copy;
}

void sample_hex(cx_buf *out, const char *hex)
{
	while (*hex != '\0') {
		char *end;
		unsigned long byte = strtoul(hex, &end, 16);
		assert_true(end != hex && byte <= 0xff);
		assert_true(cx_buf_append_byte(out, (uint8_t)byte));
		hex = end + strspn(end, " ");
	}
}

static void put(cx_buf *out, unsigned byte)
{
	assert_true(cx_buf_append_byte(out, (uint8_t)byte));
}

static void put_big_endian(cx_buf *out, uint64_t number, unsigned size)
{
	while (size-- > 0)
		put(out, (unsigned)(number >> (8 * size)) & 0xff);
}

static void put_random_bytes(sample_random *random, cx_buf *out, size_t size)
{
	uint8_t *to = cx_buf_reserve(out, size);
	assert_non_null(to);
	for (size_t i = 0; i < size; i += sizeof(uint64_t)) {
		uint64_t bytes = sample_u64(random);
		memcpy(to + i, &bytes, size - i < sizeof bytes ? size - i : sizeof bytes);
	}
	out->size += size;
}

static void put_scalar(sample_random *random, cx_buf *out)
{
	static const uint8_t sizes[] = { 4, 8, 1, 2, 4, 8, 1, 2, 4, 8 }; /* ca..d3 */
	size_t which = (size_t)sample_below(random, 16);
	if (which < sizeof sizes) {
		put(out, 0xca + (unsigned)which);
		put_random_bytes(random, out, sizes[which]);
	} else if (which < 12) {
		put(out, 0xc2 + (unsigned)sample_below(random, 2));
	} else if (which == 12) {
		put(out, 0xc0);
	} else {
		put(out, (unsigned)(sample_below(random, 0xa0) + 0xe0) & 0xff);
	}
}

/* A header for `size`, whose forms start at `first` with 8, 16 and 32 bits of length. */
static void put_length(sample_random *random, cx_buf *out, unsigned first, size_t size)
{
	unsigned smallest = size < 0x100 ? 0 : size < 0x10000 ? 1 : 2;
	unsigned form = smallest + (unsigned)sample_below(random, 3 - smallest);
	put(out, first + form);
	put_big_endian(out, size, 1u << form);
}

static void put_bytes(sample_random *random, cx_buf *out)
{
	static const size_t bounds[] = { 4, 33, 300, 70000 };
	size_t bound = bounds[sample_below(random, 256) == 0 ? 3 : sample_below(random, 3)];
	size_t size = (size_t)sample_below(random, bound);
	if (size < 32 && sample_below(random, 2) == 0)
		put(out, 0xa0 + (unsigned)size);
	else
		put_length(random, out, sample_below(random, 2) == 0 ? 0xd9 : 0xc4, size);
	put_random_bytes(random, out, size);
}

static void put_count(sample_random *random, cx_buf *out, bool is_map, size_t count)
{
	unsigned form = (unsigned)sample_below(random, 3);
	if (form == 0 && count < 16) {
		put(out, (is_map ? 0x80 : 0x90) + (unsigned)count);
		return;
	}
	bool is_wide = form == 2;
	put(out, (is_map ? 0xde : 0xdc) + (is_wide ? 1u : 0u));
	put_big_endian(out, count, is_wide ? 4 : 2);
}

sample_shape sample_value(sample_random *random, unsigned depth_max, cx_buf *out)
{
	sample_shape shape = { .items = 1, .depth = 0 };
	uint64_t which = sample_below(random, 10);
	if (depth_max == 0 || which < 5) {
		if (which % 2 == 0)
			put_bytes(random, out);
		else
			put_scalar(random, out);
		return shape;
	}
	bool is_map = which < 7;
	size_t count = (size_t)sample_below(random, sample_below(random, 20) == 0 ? 40 : 5);
	put_count(random, out, is_map, count);
	shape.depth = 1;
	for (size_t i = 0; i < count * (is_map ? 2 : 1); i++) {
		sample_shape inner = sample_value(random, depth_max - 1, out);
		shape.items += inner.items;
		if (inner.depth + 1 > shape.depth)
			shape.depth = inner.depth + 1;
	}
	return shape;
}
