/* SPDX-License-Identifier: Apache-2.0 */
/* The index entries of a record, computed purely from its values. Nothing here reads or writes
 * a store. */
#pragma once

#include "base/arena.h"
#include "engine/index/key.h"

/* An entry of one of the type's indexes, or of the back-reference tree. */
typedef struct engine__entry {
	uint16_t tree;
	bool inexact;
	const engine_index *index; /* NULL: a back reference */
	cx_slice key;
	cx_slice value;
} engine__entry;

/* Order by tree, then by key; <0, 0, >0. */
int engine__entry_compare(const engine__entry *a, const engine__entry *b);

enum { ENGINE__ENTRIES_MAX = ENGINE_INDEXES_MAX + ENGINE_SLOTS_MAX };

/* Computes the entries of a record in ascending order of (tree, key), at most
 * ENGINE__ENTRIES_MAX; a deleted record (deleted_at not null) has none. The entry of a cluster
 * is not among them: it is the record itself (see engine__entries_record_key). Nor are those
 * of an index whose build failed.
 *
 * value: empty; the id (8 bytes big-endian) in an exact entry of a unique index; the cluster
 * key in index entries of clustered types (after the id, where both apply); a back reference
 * has none.
 * key of a back reference: target type id u16, target id u64, source type id u16, field id
 * u16, source id u64, all big-endian; `backref_tree` is where they lie.
 *
 * Everything lives in the arena. Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__entries_of(const engine_type *type, const engine__value *values,
                                         uint16_t backref_tree, cx_arena *arena,
                                         engine__entry *entries, size_t *ret_count);

/* The entry of one index, which is no cluster: none, or one. Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__entries_of_index(const engine_index *index,
                                               const engine__value *values, cx_arena *arena,
                                               engine__entry *ret, size_t *ret_count);

/* The key of the record in its record tree: the id, or the cluster columns and the id. */
CX_MUST_USE cx_status engine__entries_record_key(const engine_type *type,
                                                 const engine__value *values, cx_arena *arena,
                                                 cx_slice *ret);
