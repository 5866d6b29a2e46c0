/* SPDX-License-Identifier: Apache-2.0 */
/* 128-bit arithmetic. The compiler's own type does the work where there is one for the
 * machine, which is every machine with 64-bit registers. */
#include "base/check.h"
#include "base/msgpack.h"
#include "engine/aggregate.h"

#include <string.h>

__extension__ typedef __int128 wide;
__extension__ typedef unsigned __int128 unsigned_wide;

static unsigned_wide bits_of(engine_sum sum)
{
	return (unsigned_wide)(uint64_t)sum.high << 64 | sum.low;
}

static engine_sum sum_of_bits(unsigned_wide bits)
{
	return (engine_sum){ .high = (int64_t)(uint64_t)(bits >> 64), .low = (uint64_t)bits };
}

engine_sum engine_sum_of(int64_t number)
{
	return (engine_sum){ .high = number < 0 ? -1 : 0, .low = (uint64_t)number };
}

engine_sum engine_sum_product(int64_t a, int64_t b)
{
	return sum_of_bits((unsigned_wide)((wide)a * b));
}

engine_sum engine_sum_add(engine_sum a, engine_sum b)
{
	return sum_of_bits(bits_of(a) + bits_of(b));
}

engine_sum engine_sum_negative(engine_sum sum)
{
	return sum_of_bits(0 - bits_of(sum));
}

int engine_sum_compare(engine_sum a, engine_sum b)
{
	if (a.high != b.high)
		return a.high < b.high ? -1 : 1;
	if (a.low != b.low)
		return a.low < b.low ? -1 : 1;
	return 0;
}

bool engine_sum_is_zero(engine_sum sum)
{
	return sum.high == 0 && sum.low == 0;
}

bool engine_sum_to_int(engine_sum sum, int64_t *ret)
{
	const engine_sum back = engine_sum_of((int64_t)sum.low);
	if (engine_sum_compare(back, sum) != 0)
		return false;
	*ret = (int64_t)sum.low;
	return true;
}

static unsigned_wide magnitude_of(engine_sum sum)
{
	const unsigned_wide bits = bits_of(sum);
	return sum.high < 0 ? 0 - bits : bits;
}

engine_sum engine_sum_divide(engine_sum sum, uint64_t divisor)
{
	CX_ASSERT(divisor > 0);
	const unsigned_wide magnitude = magnitude_of(sum);
	unsigned_wide quotient = magnitude / divisor;
	const uint64_t rest = (uint64_t)(magnitude % divisor);
	if (rest >= divisor - rest) /* twice the rest is the divisor or more */
		quotient++;
	const engine_sum result = sum_of_bits(quotient);
	return sum.high < 0 ? engine_sum_negative(result) : result;
}

void engine_sum_text(engine_sum sum, char text[ENGINE_SUM_TEXT_SIZE])
{
	char digits[ENGINE_SUM_TEXT_SIZE];
	size_t at = sizeof digits;
	unsigned_wide rest = magnitude_of(sum);
	digits[--at] = '\0';
	do {
		digits[--at] = (char)('0' + (int)(rest % 10));
		rest /= 10;
	} while (rest > 0);
	if (sum.high < 0)
		digits[--at] = '-';
	memcpy(text, digits + at, sizeof digits - at);
}

void engine_sum_write(engine_sum sum, cx_buf *out)
{
	int64_t number;
	if (engine_sum_to_int(sum, &number)) {
		cx_write_int(out, number);
		return;
	}
	char text[ENGINE_SUM_TEXT_SIZE];
	engine_sum_text(sum, text);
	cx_write_text(out, text);
}
