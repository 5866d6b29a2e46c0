/* SPDX-License-Identifier: Apache-2.0 */
/* A growing list of code points, and the canonical order of combining marks. */
#include "base/text/codes.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

enum { INSERTION_SORT_MAX = 32 };

void cx__codes_init(cx__codes *codes)
{
	codes->heap = NULL;
	codes->count = 0;
	codes->capacity = CX__CODES_LOCAL;
}

void cx__codes_release(cx__codes *codes)
{
	free(codes->heap);
	cx__codes_init(codes);
}

utf8proc_int32_t *cx__codes_data(cx__codes *codes)
{
	return codes->heap != NULL ? codes->heap : codes->local;
}

static cx_status grow(cx__codes *codes)
{
	if (codes->capacity > PTRDIFF_MAX / sizeof *codes->heap / 2)
		return CX_NO_MEMORY;
	size_t capacity = codes->capacity * 2;
	utf8proc_int32_t *heap = realloc(codes->heap, capacity * sizeof *heap);
	if (heap == NULL)
		return CX_NO_MEMORY;
	if (codes->heap == NULL)
		memcpy(heap, codes->local, codes->count * sizeof *heap);
	codes->heap = heap;
	codes->capacity = capacity;
	return CX_OK;
}

cx_status cx__codes_decompose(cx__codes *codes, utf8proc_int32_t code,
                              utf8proc_option_t options)
{
	for (;;) {
		/* One place is kept free for the zero that encoding adds. */
		size_t room = codes->capacity - codes->count - 1;
		utf8proc_int32_t *to = cx__codes_data(codes) + codes->count;
		int boundary = 0; /* only used with UTF8PROC_CHARBOUND */
		utf8proc_ssize_t needed = utf8proc_decompose_char(
			code, to, (utf8proc_ssize_t)room, options, &boundary);
		CX_ASSERT(needed >= 0); /* the code is valid and the options are fixed */
		if ((size_t)needed <= room) {
			codes->count += (size_t)needed;
			return CX_OK;
		}
		cx_status status = grow(codes);
		if (status != CX_OK)
			return status;
	}
}

static unsigned class_of(utf8proc_int32_t code)
{
	return (unsigned)utf8proc_get_property(code)->combining_class;
}

static void insertion_sort(utf8proc_int32_t *marks, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		utf8proc_int32_t mark = marks[i];
		size_t to = i;
		for (; to > 0 && class_of(marks[to - 1]) > class_of(mark); to--)
			marks[to] = marks[to - 1];
		marks[to] = mark;
	}
}

static cx_status counting_sort(utf8proc_int32_t *marks, size_t count)
{
	size_t place[256 + 1] = { 0 };
	utf8proc_int32_t *sorted = malloc(count * sizeof *sorted);
	if (sorted == NULL)
		return CX_NO_MEMORY;
	for (size_t i = 0; i < count; i++)
		place[class_of(marks[i]) + 1]++;
	for (size_t i = 1; i < CX_COUNT_OF(place); i++)
		place[i] += place[i - 1];
	for (size_t i = 0; i < count; i++)
		sorted[place[class_of(marks[i])]++] = marks[i];
	memcpy(marks, sorted, count * sizeof *marks);
	free(sorted);
	return CX_OK;
}

static cx_status order_run(utf8proc_int32_t *marks, size_t count)
{
	if (count > INSERTION_SORT_MAX)
		return counting_sort(marks, count);
	insertion_sort(marks, count);
	return CX_OK;
}

cx_status cx__codes_order(cx__codes *codes)
{
	utf8proc_int32_t *data = cx__codes_data(codes);
	size_t run = 0; /* where the present run of marks began */
	for (size_t i = 0; i <= codes->count; i++) {
		if (i < codes->count && class_of(data[i]) > 0)
			continue;
		if (i - run > 1) {
			cx_status status = order_run(data + run, i - run);
			if (status != CX_OK)
				return status;
		}
		run = i + 1;
	}
	return CX_OK;
}

cx_slice cx__codes_encode(cx__codes *codes, utf8proc_option_t options)
{
	CX_ASSERT(codes->count < codes->capacity); /* room for the zero */
	utf8proc_int32_t *data = cx__codes_data(codes);
	utf8proc_ssize_t size =
		utf8proc_reencode(data, (utf8proc_ssize_t)codes->count, options);
	CX_ASSERT(size >= 0); /* it fails for invalid code points only */
	return (cx_slice){ .data = (const uint8_t *)data, .size = (size_t)size };
}
