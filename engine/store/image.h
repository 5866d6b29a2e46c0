/* SPDX-License-Identifier: Apache-2.0 */
/* A data file that is looked at by plain reads, before anything maps it: a page that is not
 * there kills a process that maps it with SIGBUS, and LMDB believes what its pages say. A read
 * that fails is a status instead, and what was read cannot change any more. */
#pragma once

#include "base/slice.h"
#include "base/status.h"

typedef struct engine__image {
	int fd;
	const char *path; /* for errors */
	cx_error *error;
	uint64_t bytes;      /* of the file */
	uint32_t page_bytes; /* 0 until the meta pages are read */
	uint64_t pages;      /* that are there as a whole; likewise */
} engine__image;

/* Borrows `path` and `error`. Errors: CX_IO. */
CX_MUST_USE cx_status engine__image_open(int fd, const char *path, cx_error *error,
                                         engine__image *ret);

/* Errors: CX_IO, CX_CORRUPT (the file ends before). */
CX_MUST_USE cx_status engine__image_read(const engine__image *image, uint64_t offset,
                                         uint8_t *bytes, size_t size);

/* Asks for the file to be read from its begin to its end, so that reads in another order find
 * it in memory. Only advice. */
void engine__image_read_ahead(const engine__image *image);

/* CX_CORRUPT, "… is damaged: <what>", and that with the page it is about. */
cx_status engine__image_damaged(const engine__image *image, const char *what);
cx_status engine__image_damaged_page(const engine__image *image, uint64_t page,
                                     const char *what);

/* CX_CORRUPT: an LMDB file of another program. */
cx_status engine__image_foreign(const engine__image *image);
