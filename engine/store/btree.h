/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a tree of a snapshot of LMDB by its pages (page.h), as LMDB's own cursor does. A search
 * waits for memory more than it computes: this one has fetched what it will look at next while
 * it compares, and a list takes its pairs out of a page without asking for each.
 *
 * What is read is trusted as LMDB trusts it: every page of the file was looked at before it was
 * mapped (verify.h), and all later ones were written by LMDB. As in LMDB, a page number that
 * the file cannot have is noticed all the same. The snapshot has to be live. */
#pragma once

#include "engine/store/page.h"
#include "engine/store/store.h"

typedef struct engine__btree {
	const uint8_t *map; /* page 0 */
	uint32_t page_bytes;
	unsigned depth; /* 0: it is empty */
	uint64_t root;
	uint64_t last_page; /* of the file */
} engine__btree;

/* How the file is divided. */
typedef struct engine__btree_file {
	uint32_t page_bytes;
	size_t system_page_bytes; /* pages begin where the system's do */
	uint64_t last_page;
} engine__btree_file;

/* The tree whose record, `ENGINE__TREE_BYTES` long, lies at `record` in the map. Errors:
 * CX_CORRUPT. */
CX_MUST_USE cx_status engine__btree_of(const engine__btree_file *file, const uint8_t *record,
                                       engine__btree *ret);

/* A place among the pairs of a tree. */
typedef struct engine__btree_cursor {
	engine__btree tree;
	const uint8_t *pages[ENGINE__TREE_DEPTH_MAX]; /* from the root down to the leaf */
	size_t slots[ENGINE__TREE_DEPTH_MAX];
	bool damaged; /* a page that is not in the file was asked for; stays so */
} engine__btree_cursor;

/* Each moves to a pair, and returns false where there is none, or the tree is damaged; the
 * cursor has no place then. */
bool engine__btree_first(engine__btree_cursor *cursor);
bool engine__btree_last(engine__btree_cursor *cursor);
bool engine__btree_seek(engine__btree_cursor *cursor, cx_slice key); /* the first >= key */
bool engine__btree_next(engine__btree_cursor *cursor);               /* from a place */
bool engine__btree_previous(engine__btree_cursor *cursor);

/* The pair of the place; lives as long as the snapshot. Of a damaged tree it is of no use. */
engine__pair engine__btree_pair(engine__btree_cursor *cursor);

/* The first byte of the leaf page of the place. */
const uint8_t *engine__btree_leaf(const engine__btree_cursor *cursor);
