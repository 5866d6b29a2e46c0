/* SPDX-License-Identifier: Apache-2.0 */
/* Inputs for the tests of base: random numbers that can be had again, bytes whose end
 * AddressSanitizer watches, and random MessagePack. */
#pragma once

#include "base/buf.h"
#include "base/slice.h"

typedef struct sample_random {
	uint64_t state;
} sample_random;

/* From the environment variable CARDEX_TEST_SEED, else always the same; printed. */
sample_random sample_random_init(void);

uint64_t sample_u64(sample_random *random);

/* 0..below-1. */
uint64_t sample_below(sample_random *random, uint64_t below);

/* The bytes in a heap block of exactly their size, so that reading one more is seen. For
 * free(). */
uint8_t *sample_exact_copy(cx_slice bytes);

/* "82 a1 61" as bytes; for test tables. */
void sample_hex(cx_buf *out, const char *hex);

/* What a generated value holds, counted while it was written. */
typedef struct sample_shape {
	size_t items;
	unsigned depth;
} sample_shape;

/* Appends a random well-formed value without ext, in any encoding that fits, not only
 * the smallest, nested up to `depth_max`. */
sample_shape sample_value(sample_random *random, unsigned depth_max, cx_buf *out);
