/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/token/segment.h"

#include "base/text.h"

size_t engine__character_size(cx_slice text)
{
	size_t size = 1;
	while (size < text.size && (text.data[size] & 0xc0) == 0x80)
		size++;
	return size;
}

static bool is_word(cx_text_class class)
{
	return class == CX_TEXT_LETTER || class == CX_TEXT_DIGIT;
}

static bool goes_on(cx_text_class first, cx_text_class next)
{
	return is_word(first) ? is_word(next) : next == CX_TEXT_DENSE;
}

bool engine__segment_next(cx_slice folded, size_t *at, engine__segment *ret)
{
	cx_text_class class = CX_TEXT_OTHER;
	size_t from = *at;
	size_t size = 0;
	while (from < folded.size) {
		class = cx_text_class_of(cx_slice_from(folded, from), &size);
		if (class != CX_TEXT_OTHER)
			break;
		from += size;
	}
	if (from >= folded.size) {
		*at = folded.size;
		return false;
	}
	size_t to = from + size;
	while (to < folded.size &&
	       goes_on(class, cx_text_class_of(cx_slice_from(folded, to), &size)))
		to += size;
	*ret = (engine__segment){
		.from = from,
		.text = { .data = folded.data + from, .size = to - from },
		.kind = is_word(class) ? ENGINE__WORD : ENGINE__RUN,
	};
	*at = to;
	return true;
}

size_t engine__word_starts(cx_slice word, size_t starts[ENGINE__STARTS_MAX])
{
	size_t count = 0;
	cx_text_class before = CX_TEXT_OTHER;
	for (size_t at = 0; at < word.size && count < ENGINE__STARTS_MAX;) {
		size_t size;
		cx_text_class class = cx_text_class_of(cx_slice_from(word, at), &size);
		if (class != before)
			starts[count++] = at;
		before = class;
		at += size;
	}
	return count;
}
