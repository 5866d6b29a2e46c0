/* SPDX-License-Identifier: Apache-2.0 */
/* Writes to an index that is being built. It is kept up to date from its first moment, so the
 * builder may come by a record before or after a write does, or both; but what a record had
 * before a write need not be there yet, and where a unique index is built over records that
 * share a value, its entry may be another record's. */
#pragma once

#include "engine/core/handle.h"
#include "engine/index/entries.h"

static inline bool engine__entry_is_partial(const engine__entry *entry)
{
	return entry->index != NULL && entry->index->state == ENGINE_INDEX_BUILDING;
}

/* Removes the entry when it is there and the record's own. */
CX_MUST_USE cx_status engine__partial_remove(engine_write *write, const engine__entry *entry);

/* Puts the entry of a record that the builder came by, or that a write has moved in its
 * cluster, maybe to where the builder does not come any more. `values` are the record's.
 * `*ret_added`: it was not there. `*ret_other` > 0: the record that has its place in a unique
 * index; nothing was put then. */
CX_MUST_USE cx_status engine__partial_insert(engine_write *write, const engine__entry *entry,
                                             const engine__value *values, bool *ret_added,
                                             int64_t *ret_other);
