/* SPDX-License-Identifier: Apache-2.0 */
/* The meta tree: what the store knows about itself.
 *
 * | key                    | value                                                           |
 * |------------------------|-----------------------------------------------------------------|
 * | "format"               | MessagePack [major, minor, [must-understand feature, …]]        |
 * | "secret"               | 32 random bytes                                                 |
 * | "schema" piece u8      | the catalog (engine/schema/catalog.h) in pieces of 16,000 bytes |
 * | "generation"           | u64 big-endian: number of the schema; absent = 1                |
 * | "search"               | what made the search tree (engine/core/search_state.h)          |
 * | "seq"                  | u64 big-endian: number of the last change                       |
 * | "logsize"              | u64 big-endian: bytes of the change log                         |
 * | "oldest"               | u64 big-endian: first change that is kept; absent = 1           |
 * | "i" type id u16        | u64 big-endian: last id given to a record of the type           |
 * | "d" index id u16       | u64 1: writes met duplicates while it was built                 |
 * | "n" index id u16       | u64 big-endian: inexact entries of the index; absent = 0        |
 *
 * A store of another major format, or with a feature this build does not know, is refused.
 * Features: "search" (writers keep the search tree; minor 1). */
#pragma once

#include "engine/core/handle.h"

enum {
	ENGINE__FORMAT_MAJOR = 1,
	ENGINE__FORMAT_MINOR = 1,
};

/* Reads "format", "secret" and the catalog of a store, or writes them into a new one.
 * `options` holds the schema text for a new store. */
CX_MUST_USE cx_status engine__meta_load(engine *self, const engine_options *options,
                                        engine__catalog **ret_catalog, uint64_t *ret_generation,
                                        cx_error *error);

/* The number of the schema the snapshot was written under. */
CX_MUST_USE cx_status engine__meta_generation(engine_read *read, uint64_t *ret);

/* Puts another catalog, of the next generation, in place of the one there is.
 * Errors: CX_TOO_LARGE, CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__meta_schema_put(engine_write *write,
                                              const engine__catalog *catalog,
                                              uint64_t generation);

CX_MUST_USE cx_status engine__meta_seq(engine_read *read, uint64_t *ret);
CX_MUST_USE cx_status engine__meta_seq_put(engine_write *write, uint64_t seq);

/* Of the change log: the first change that is kept, and the bytes of all. */
CX_MUST_USE cx_status engine__meta_log_oldest(engine_read *read, uint64_t *ret);
CX_MUST_USE cx_status engine__meta_log_oldest_put(engine_write *write, uint64_t seq);
CX_MUST_USE cx_status engine__meta_log_bytes(engine_read *read, uint64_t *ret);
CX_MUST_USE cx_status engine__meta_log_bytes_put(engine_write *write, uint64_t bytes);

/* The last id given, 0 when none. */
CX_MUST_USE cx_status engine__meta_last_id(engine_read *read, const engine_type *type,
                                           int64_t *ret);

/* Gives the next id of the type. */
CX_MUST_USE cx_status engine__meta_next_id(engine_write *write, const engine_type *type,
                                           int64_t *ret);

/* Marks an id as given that was chosen elsewhere. */
CX_MUST_USE cx_status engine__meta_take_id(engine_write *write, const engine_type *type,
                                           int64_t id);
/* Notes that a write met two records with the same values in a unique index that is being
 * built, where the builder may have been already; and takes the note back. */
CX_MUST_USE cx_status engine__index_met_duplicate(engine_write *write,
                                                  const engine_index *index);
CX_MUST_USE cx_status engine__index_take_met(engine_write *write, uint16_t index_id,
                                             bool *ret_met);

/* Forgets the count and the note of an index that is no more. */
CX_MUST_USE cx_status engine__index_inexact_forget(engine_write *write, uint16_t index_id);

/* Entries of the index whose key was cut. Order of the index is exact only when 0. */
CX_MUST_USE cx_status engine__index_inexact(engine_read *read, const engine_index *index,
                                            uint64_t *ret);
CX_MUST_USE cx_status engine__index_inexact_add(engine_write *write, const engine_index *index,
                                                int delta);
