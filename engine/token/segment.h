/* SPDX-License-Identifier: Apache-2.0 */
/* Folded text (base/text.h) cut into what can be searched for.
 *
 * A *word* is a run of letters, marks and digits of scripts that part their words; a *run* is
 * one of characters of a script that does not: Han, kana, hangul and others. What is neither
 * parts them. Inside a word, a new *start* lies wherever letters and digits meet: "so202511"
 * may be found by "202511". */
#pragma once

#include "base/slice.h"

typedef enum engine__segment_kind {
	ENGINE__WORD,
	ENGINE__RUN,
} engine__segment_kind;

typedef struct engine__segment {
	size_t from; /* in the folded text */
	cx_slice text;
	engine__segment_kind kind;
} engine__segment;

/* The first segment at or behind `*at`, which moves behind it. False when there is none. */
bool engine__segment_next(cx_slice folded, size_t *at, engine__segment *ret);

enum { ENGINE__STARTS_MAX = 8 };

/* Where reading of a word may begin: 0, then each border of letters and digits, the first
 * ENGINE__STARTS_MAX of them. Returns how many. */
size_t engine__word_starts(cx_slice word, size_t starts[ENGINE__STARTS_MAX]);

/* Bytes of the first character of a text that is not empty. */
size_t engine__character_size(cx_slice text);
