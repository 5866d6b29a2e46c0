/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes as the tests of base need them: in blocks whose end AddressSanitizer watches, and
 * written as text. */
#pragma once

#include "base/buf.h"
#include "base/slice.h"

/* The bytes in a heap block of exactly their size, so that reading one more is seen. For
 * free(). */
uint8_t *bytes_exact_copy(cx_slice bytes);

/* Appends "82 a1 61" as bytes; for test tables. */
void bytes_hex(cx_buf *out, const char *hex);
