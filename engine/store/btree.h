/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a tree of a snapshot of LMDB by its pages (page.h), as LMDB's own cursor does. A search
 * waits for memory more than it computes: this one has fetched what it will look at next while
 * it compares, and a list takes its pairs out of a page without asking for each.
 *
 * A page that cannot be what the tree takes it for (its number, kind, or count of nodes) is
 * noticed, as LMDB notices it. Its nodes are trusted, also as by LMDB: the structure of a file
 * is checked before it is mapped (verify.h), unless that is skipped. The snapshot has to be
 * live. */
#pragma once

#include "engine/store/page.h"
#include "engine/store/store.h"

typedef struct engine__btree {
	const uint8_t *map; /* page 0 (mapped.h) */
	uint32_t page_bytes;
	uint64_t last_page; /* of the file */
	unsigned depth;     /* 0: it is empty */
	uint64_t root;
} engine__btree;

/* Sets depth and root by the record of the tree. Errors: CX_CORRUPT. */
CX_MUST_USE cx_status engine__btree_take(engine__btree *tree,
                                         const uint8_t record[ENGINE__TREE_BYTES]);

/* A place among the pairs of a tree. */
typedef struct engine__btree_cursor {
	engine__btree tree;
	const uint8_t *pages[ENGINE__TREE_DEPTH_MAX]; /* from the root down to the leaf */
	size_t slots[ENGINE__TREE_DEPTH_MAX];
	bool damaged; /* a page was not what it must be; stays so */
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

/* Has the processor begin to fetch the next `count` pairs in that direction, the one of the
 * place included, as far as they lie in its leaf; returns how many those are. */
size_t engine__btree_fetch(const engine__btree_cursor *cursor, engine__direction direction,
                           size_t count);
