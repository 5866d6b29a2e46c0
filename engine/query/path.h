/* SPDX-License-Identifier: Apache-2.0 */
/* A path: one tree of the store through which the records of a type can be reached in the
 * order of its keys.
 *
 * There is one for every index, the cluster among them, and one by id (the record tree, or for
 * a clustered type the tree from id to cluster key). The id counts as the last column of every
 * path but those of unique indexes, whose keys end without it unless they are inexact. */
#pragma once

#include "base/buf.h"
#include "engine/query.h"
#include "engine/store/store.h"

typedef struct engine__path {
	const engine_type *type;
	const engine_index *index; /* NULL: by id */
	engine__tree tree;
	uint16_t column_count; /* of the index; the id is column number column_count */
	bool id_last;          /* the id is a column: every key ends with it */
	bool holds_rows;       /* the values are the stored records */
	bool holds_deleted;    /* deleted records are found too */
} engine__path;

engine__path engine__path_of(const engine_type *type, const engine_index *index);

/* The field of a column, the id included. */
const engine_field *engine__path_field(const engine__path *path, uint16_t column);

/* True for text columns that hold the folded form. */
bool engine__path_folds(const engine__path *path, uint16_t column);

/* The key of the record an entry leads to; points into the entry.
 * Errors: CX_CORRUPT. */
CX_MUST_USE cx_status engine__path_record_key(const engine__path *path,
                                              const engine__pair *entry, cx_slice *ret);

/* "by id", or the name of the index. */
const char *engine__path_name(const engine__path *path);
