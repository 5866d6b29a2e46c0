/* SPDX-License-Identifier: Apache-2.0 */
#include "base/huge.h"

#include <stdlib.h>
#include <sys/mman.h>

void *cx_huge_alloc(size_t size)
{
	if (size < CX_HUGE_PAGE_BYTES)
		return malloc(size);
	void *data = NULL;
	if (posix_memalign(&data, CX_HUGE_PAGE_BYTES, size) != 0)
		return NULL;
	(void)madvise(data, size - size % CX_HUGE_PAGE_BYTES, MADV_HUGEPAGE); /* a wish */
	return data;
}
