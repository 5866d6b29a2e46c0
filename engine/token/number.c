/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/token/number.h"

bool engine__is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

bool engine__is_in_number(uint8_t byte)
{
	return engine__is_digit(byte) || byte == ' ' || byte == '+' || byte == '-' ||
	       byte == '.' || byte == '(' || byte == ')';
}

bool engine__number_next(cx_slice folded, size_t *at, engine__number *ret)
{
	size_t from = *at;
	while (from < folded.size && !engine__is_digit(folded.data[from]))
		from++;
	engine__number number = { .from = from };
	size_t to = from;
	for (; to < folded.size && engine__is_in_number(folded.data[to]); to++) {
		if (folded.data[to] == '+' || number.count == ENGINE__NUMBER_DIGITS_MAX)
			break;
		if (!engine__is_digit(folded.data[to]))
			continue;
		number.digits[number.count++] = folded.data[to];
		number.to = to + 1;
	}
	*at = to;
	if (number.count == 0)
		return false;
	*ret = number;
	return true;
}

cx_slice engine__tail(cx_slice digits, size_t size)
{
	return digits.size > size ? cx_slice_from(digits, digits.size - size) : digits;
}

static bool ends_with(cx_slice whole, cx_slice end)
{
	return end.size <= whole.size && cx_slice_equal(engine__tail(whole, end.size), end);
}

engine__agreement engine__number_agrees(cx_slice number, cx_slice wanted)
{
	if (cx_slice_equal(number, wanted))
		return ENGINE__SAME;
	if (cx_slice_starts_with(number, wanted))
		return ENGINE__BEGINS;
	const bool ends = wanted.size >= ENGINE__NUMBER_TAIL_SHORT && ends_with(number, wanted);
	const bool longer =
		number.size >= ENGINE__NUMBER_TAIL_LONG && ends_with(wanted, number);
	return ends || longer ? ENGINE__ENDS : ENGINE__DIFFERS;
}
