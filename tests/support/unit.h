/* SPDX-License-Identifier: Apache-2.0 */
/* cmocka, after the headers that it needs and does not include itself. Their order is not
 * the formatter's. */
#pragma once

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
