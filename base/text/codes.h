/* SPDX-License-Identifier: Apache-2.0 */
/* Code points on their way to a normal form. utf8proc knows how a character decomposes
 * and what composes; the list and the order of its marks are ours, as utf8proc_decompose
 * takes quadratic time for a long run of combining marks. */
#pragma once

#include "base/slice.h"
#include "base/status.h"

#include <utf8proc.h>

enum { CX__CODES_LOCAL = 256 };

typedef struct cx__codes {
	utf8proc_int32_t local[CX__CODES_LOCAL];
	utf8proc_int32_t *heap; /* in place of `local`, once that was too small */
	size_t count;
	size_t capacity;
} cx__codes;

void cx__codes_init(cx__codes *codes);
void cx__codes_release(cx__codes *codes);

/* Appends what `code` decomposes to. Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status cx__codes_decompose(cx__codes *codes, utf8proc_int32_t code,
                                          utf8proc_option_t options);

/* Sorts each run of combining marks by class, marks of one class as they came (the
 * canonical ordering algorithm). Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status cx__codes_order(cx__codes *codes);

/* Ordered code points, in place of `local` or `heap`. */
utf8proc_int32_t *cx__codes_data(cx__codes *codes);

/* Composes (with UTF8PROC_COMPOSE) and encodes in place, which ends the life of the code
 * points; the result lives as long as `codes`. */
cx_slice cx__codes_encode(cx__codes *codes, utf8proc_option_t options);
