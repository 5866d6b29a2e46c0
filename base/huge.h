/* SPDX-License-Identifier: Apache-2.0 */
/* Memory for much at once: it lies in huge pages (2 MiB) where the system gives them to those
 * who ask (/sys/kernel/mm/transparent_hugepage/enabled is `madvise` or `always`), so that
 * touching it for the first time costs one page fault instead of 512, and reaching about in it
 * fewer walks of the page tables. */
#pragma once

#include <stddef.h>

enum { CX_HUGE_PAGE_BYTES = 2 * 1024 * 1024 };

/* `size` bytes, not zeroed, aligned for any object; NULL without memory. Freed with free().
 * Less than a huge page is as from malloc(); a part behind the last whole one lies in small
 * pages, so multiples are best. */
void *cx_huge_alloc(size_t size);
