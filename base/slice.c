/* SPDX-License-Identifier: Apache-2.0 */
/* Comparing and cutting borrowed bytes. */
#include "base/slice.h"

#include "base/check.h"

#include <string.h>

cx_slice cx_slice_of(const char *text)
{
	if (text == NULL)
		return (cx_slice){ 0 };
	return (cx_slice){ .data = (const uint8_t *)text, .size = strlen(text) };
}

bool cx_slice_equal(cx_slice a, cx_slice b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

int cx_slice_compare(cx_slice a, cx_slice b)
{
	size_t shorter = a.size < b.size ? a.size : b.size;
	int order = shorter == 0 ? 0 : memcmp(a.data, b.data, shorter);
	if (order != 0)
		return order;
	return (a.size > b.size) - (a.size < b.size);
}

bool cx_slice_starts_with(cx_slice whole, cx_slice prefix)
{
	if (prefix.size > whole.size)
		return false;
	return prefix.size == 0 || memcmp(whole.data, prefix.data, prefix.size) == 0;
}

cx_slice cx_slice_from(cx_slice whole, size_t from)
{
	CX_ASSERT(from <= whole.size);
	if (from == 0)
		return whole; /* no arithmetic on a NULL that an empty slice may hold */
	return (cx_slice){ .data = whole.data + from, .size = whole.size - from };
}
