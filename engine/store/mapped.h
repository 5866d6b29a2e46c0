/* SPDX-License-Identifier: Apache-2.0 */
/* Where LMDB has mapped the file, which it does not tell: page number and place in memory of
 * any page say it. */
#pragma once

#include "engine/store/image.h"

/* The first byte of the map. `value` lies in a leaf page of it, and not in an overflow run; the
 * image is of the same file, with `page_bytes`, and tells whether that page is what it says it
 * is. Pages of the system have `system_page_bytes`, more or less than those of the file.
 * Errors: CX_CORRUPT (with an error), CX_IO. */
CX_MUST_USE cx_status engine__mapped_find(const engine__image *image, const uint8_t *value,
                                          size_t system_page_bytes, const uint8_t **ret);
