/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/store/mapped.h"

#include "engine/store/page.h"

/* Whether a page begins at `at`: what lies there stands in the file where its number says. */
static cx_status is_page(const engine__image *image, const uint8_t *at, bool *ret)
{
	uint8_t bytes[ENGINE__PAGE_BYTES_MIN];
	const uint64_t number = engine__page_number(at);
	*ret = false;
	if (number >= image->bytes / image->page_bytes)
		return CX_OK;
	cx_status status =
		engine__image_read(image, number * image->page_bytes, bytes, sizeof bytes);
	if (status == CX_OK)
		*ret = memcmp(at, bytes, sizeof bytes) == 0;
	return status;
}

/* The map begins where pages of both sizes do, so a page of the file begins at a multiple of
 * the smaller one. Of several such places one must be it; that a part of a page looks like
 * another page is no accident. */
cx_status engine__mapped_find(const engine__image *image, const uint8_t *value,
                              size_t system_page_bytes, const uint8_t **ret)
{
	const size_t page_bytes = image->page_bytes;
	const size_t step = page_bytes < system_page_bytes ? page_bytes : system_page_bytes;
	const uint8_t *nearest = value - (uintptr_t)value % step;
	unsigned found = 0;
	for (size_t before = 0; before < page_bytes; before += step) {
		const uint8_t *at = nearest - before;
		bool is = false;
		cx_status status = is_page(image, at, &is);
		if (status != CX_OK)
			return status;
		if (!is)
			continue;
		*ret = at - engine__page_number(at) * page_bytes;
		found++;
	}
	return found == 1 ? CX_OK
	                  : engine__image_damaged(image, "a page with names of trees is not "
	                                                 "where it belongs");
}
