/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a data file is a sound one, by plain reads, before LMDB maps it.
 *
 * Quick: both meta pages, the roots of the two trees they name, and that the file is as long as
 * the pages in use. Whole: every page of the newest snapshot as well - its place, its kind, its
 * bounds, its nodes, the order and size of its keys, also against the pages above; depth and
 * counters of each tree; the lists of free pages; and that every page is used or free, once.
 * What stands in values is not looked at: rows have checksums.
 *
 * Whatever the file says, the work is bounded by its pages, the memory by a part of its size,
 * and nothing is read behind its end. */
#pragma once

#include "base/status.h"

typedef enum engine__verify_depth {
	ENGINE__VERIFY_QUICK,
	ENGINE__VERIFY_WHOLE,
} engine__verify_depth;

/* Of a quick look only `pages` and `missing_pages`. */
typedef struct engine__verify_report {
	uint64_t pages;         /* with the two meta pages */
	uint64_t missing_pages; /* of them; behind the end of the file, all free */
	uint64_t free_pages;
	uint64_t lost_pages; /* neither used nor free: room that is gone, no damage */
	uint64_t trees;      /* with a name */
	uint64_t entries;    /* of those trees */
} engine__verify_report;

/* The file must not change meanwhile: hold its lock.
 * Errors: CX_CORRUPT (no store, or damaged; the error says what is wrong), CX_IO, CX_NO_MEMORY.
 */
CX_MUST_USE cx_status engine__verify(int fd, const char *path, engine__verify_depth depth,
                                     engine__verify_report *ret, cx_error *error);
