/* SPDX-License-Identifier: Apache-2.0 */
/* The two meta pages, behind the header of a page:
 *
 *    0  4  magic 0xBEEFC0DE
 *    4  4  version, 1
 *    8  8  address of the map, 0
 *   16  8  size of the map
 *   24 48  tree of free pages; its flags are those of LMDB's environment too
 *   72 48  main tree: the trees with a name
 *  120  8  last page
 *  128  8  number of the transaction
 *
 * Transaction n writes meta page n & 1, so the two are always neighbours; both are 0 in a new
 * file. The one with the larger number counts. */
#pragma once

#include "engine/store/image.h"
#include "engine/store/page.h"

typedef struct engine__meta {
	engine__tree_record free;
	engine__tree_record main;
	uint64_t last_page;
	uint64_t txn;
} engine__meta;

/* Reads and checks both meta pages; gives the newer and fills in the page size of the image.
 * Errors: CX_CORRUPT (no store, or damaged), CX_IO. */
CX_MUST_USE cx_status engine__meta_read(engine__image *image, engine__meta *ret);
