/* SPDX-License-Identifier: Apache-2.0 */
/* 128-bit integers, the compiler's own, and their rounding. */
#pragma once

#include "base/check.h"

#include <stdbool.h>
#include <stdint.h>

__extension__ typedef __int128 crm__wide;
__extension__ typedef unsigned __int128 crm__unsigned_wide;

static inline crm__unsigned_wide crm__wide_magnitude(crm__wide number)
{
	return number < 0 ? 0 - (crm__unsigned_wide)number : (crm__unsigned_wide)number;
}

/* The quotient rounded to the nearest, halves away from zero; `divisor` > 0. False, and nothing
 * written, when it does not fit 64 bits. */
static inline bool crm__wide_round(crm__wide number, crm__wide divisor, int64_t *ret)
{
	CX_ASSERT(divisor > 0);
	const crm__unsigned_wide size = crm__wide_magnitude(number);
	const crm__unsigned_wide by = (crm__unsigned_wide)divisor;
	crm__unsigned_wide quotient = size / by;
	const crm__unsigned_wide rest = size % by;
	if (rest >= by - rest) /* twice the rest is the divisor or more */
		quotient++;
	const crm__unsigned_wide most = (crm__unsigned_wide)INT64_MAX + (number < 0 ? 1 : 0);
	if (quotient > most)
		return false;
	*ret = number < 0 ? (int64_t)(0 - (uint64_t)quotient) : (int64_t)quotient;
	return true;
}
