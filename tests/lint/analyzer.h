/* SPDX-License-Identifier: Apache-2.0 */
/* Read by clang-tidy before every file but base/status.c. The analyzer sees one file at a
 * time, so it has to be told that cx_fail() returns the status it is given; else it follows
 * paths on which a function failed with CX_OK. */
#pragma once

#include "base/status.h"

#define cx_fail(error, status, ...) ((void)cx_fail(error, status, __VA_ARGS__), (status))
#define cx_fail_field(error, status, field, ...) \
	((void)cx_fail_field(error, status, field, __VA_ARGS__), (status))
