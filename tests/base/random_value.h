/* SPDX-License-Identifier: Apache-2.0 */
/* Random MessagePack, made without the reader or writer that it tests. */
#pragma once

#include "base/buf.h"
#include "tests/support/dice.h"

/* What a value holds, counted while it was written. */
typedef struct random_shape {
	size_t items;
	unsigned depth;
} random_shape;

/* Appends a random well-formed value without ext, in any encoding that fits, not only
 * the smallest, nested up to `depth_max`. */
random_shape random_value(dice *from, unsigned depth_max, cx_buf *out);
