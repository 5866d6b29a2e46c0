/* SPDX-License-Identifier: Apache-2.0 */
/* Telephone numbers in folded text: digits with what people write between them. */
#pragma once

#include "base/slice.h"

enum {
	ENGINE__NUMBER_DIGITS_MAX = 40, /* what follows is a number of its own */
	ENGINE__NUMBER_TAIL_SHORT = 4,
	ENGINE__NUMBER_TAIL_LONG = 8,
};

typedef struct engine__number {
	size_t from; /* in the folded text, from the first digit to behind the last */
	size_t to;
	size_t count;
	uint8_t digits[ENGINE__NUMBER_DIGITS_MAX];
} engine__number;

/* True for ASCII digits, and for what may stand in a number: blank + - . ( ) */
bool engine__is_digit(uint8_t byte);
bool engine__is_in_number(uint8_t byte);

/* The first number at or behind `*at`, which moves behind it. A "+" begins a new one. False
 * when there is none. */
bool engine__number_next(cx_slice folded, size_t *at, engine__number *ret);

static inline cx_slice engine__number_digits(const engine__number *number)
{
	return (cx_slice){ .data = number->digits, .size = number->count };
}

/* The last `size` bytes; all when there are fewer. */
cx_slice engine__tail(cx_slice digits, size_t size);

typedef enum engine__agreement {
	ENGINE__DIFFERS,
	ENGINE__ENDS,   /* one ends with the other */
	ENGINE__BEGINS, /* `wanted` begins the number */
	ENGINE__SAME,
} engine__agreement;

/* How the digits looked for are in those of a number: as its beginning, or as its end when
 * there are 4 or more; or the number is the end of them and has 8 or more: then a country code
 * was written with the one and not with the other. */
engine__agreement engine__number_agrees(cx_slice number, cx_slice wanted);
