/* SPDX-License-Identifier: Apache-2.0 */
/* Builds: what has to be made of the records that are there already, or removed, piece by piece
 * while writes go on. A build goes through the records of a type in the order of their keys, in
 * slices, each a write transaction of its own; how far it has come, its *frontier*, is written
 * in the same transaction, so after a crash it goes on from there.
 *
 * What is done many times with the same effect (entries of an index, the greatest of values) is
 * kept by writes from the beginning. What is not (a sum) is kept by a write only for records
 * that the build has passed: engine__build_reached().
 *
 * Kept in the tree `builds`:
 *
 * | key               | value: MessagePack array                                              |
 * |-------------------|-----------------------------------------------------------------------|
 * | kind u8, id u16   | [1, action, type id, other id, type name, name, frontier as bin,      |
 * | (big-endian)      |  records, entries, duplicates, [[record id, record id], …], reason]   |
 *
 * kind and id: ENGINE__BUILD_INDEX and an index id; ENGINE__BUILD_REFERENCES and the id of a
 * field, whose target type is `other id`; ENGINE__BUILD_AGGREGATE and an aggregate id, whose
 * entries are counted as the records that are in a group, or the groups removed;
 * ENGINE__BUILD_ROLLUP and the id of a field, which is one of type `other id`, and whose
 * entries are the records that have a part in it, or those whose field was emptied. Names are
 * for people: what they name may be dropped. */
#pragma once

#include "engine/core/handle.h"

typedef enum engine__build_kind {
	ENGINE__BUILD_INDEX = 1,
	ENGINE__BUILD_REFERENCES = 2, /* back references of a field that was dropped */
	ENGINE__BUILD_AGGREGATE = 3,
	ENGINE__BUILD_ROLLUP = 4, /* after the indexes, which it uses */
} engine__build_kind;

typedef enum engine__build_action {
	ENGINE__BUILD_RUNS = 1,    /* records are gone through */
	ENGINE__BUILD_REMOVES = 2, /* entries are removed, then the build is forgotten */
	ENGINE__BUILD_CLEARS = 3,  /* the same of one that failed, which is remembered */
	ENGINE__BUILD_FAILED = 4,  /* nothing is left to do; why it failed is kept */
	ENGINE__BUILD_RESETS = 5,  /* what was there before is removed, then it RUNS */
} engine__build_action;

enum {
	ENGINE__BUILD_PAIRS_MAX = 100,  /* duplicates that are kept */
	ENGINE__BUILD_REASON_MAX = 100, /* bytes */
	ENGINE__BUILD_VALUE_MAX = 8 * 1024,
};

typedef struct engine__build_pair {
	int64_t first;
	int64_t second;
} engine__build_pair;

typedef struct engine__build {
	engine__build_kind kind;
	uint16_t id;
	engine__build_action action;
	uint16_t type_id;
	uint16_t other_id;
	char type_name[ENGINE_NAME_MAX + 1];
	char name[ENGINE_INDEX_NAME_MAX + 1];
	char reason[ENGINE__BUILD_REASON_MAX + 1];
	uint16_t frontier_size;                  /* 0 at first */
	uint8_t frontier[ENGINE__KEY_BYTES_MAX]; /* last key done */
	uint64_t records;                        /* gone through */
	uint64_t entries;                        /* made, or removed */
	uint64_t duplicates;
	engine__build_pair pairs[ENGINE__BUILD_PAIRS_MAX];
	uint16_t pair_count;
} engine__build;

/* A build that begins; names are cut at the limits above, which they keep. */
engine__build engine__build_of(engine__build_kind kind, uint16_t id,
                               engine__build_action action, const engine_type *type,
                               const char *name);

/* Lives as long as `build` and is not written to. */
static inline cx_slice engine__build_frontier(const engine__build *build)
{
	return (cx_slice){ .data = build->frontier, .size = build->frontier_size };
}
void engine__build_set_frontier(engine__build *build, cx_slice key);

CX_MUST_USE cx_status engine__build_put(engine_write *write, const engine__build *build);
CX_MUST_USE cx_status engine__build_forget(engine_write *write, const engine__build *build);

/* Errors: CX_NOT_FOUND, CX_CORRUPT, CX_IO. */
CX_MUST_USE cx_status engine__build_get(engine_read *read, engine__build_kind kind, uint16_t id,
                                        engine__build *ret);

/* Whether the build has passed a record: the delta of a write to that record is to be applied.
 * `record_key` is the key in the record tree: of the old row for what it had, of the new one
 * for what it gets. True when nothing is being built. */
CX_MUST_USE cx_status engine__build_reached(engine_read *read, engine__build_kind kind,
                                            uint16_t id, cx_slice record_key, bool *ret);

/* What a build of that kind is of; NULL: nothing names it any more. */
const engine_rollup *engine__build_rollup(const engine_schema *schema,
                                          const engine__build *build);

typedef cx_status engine__build_visitor(void *context, const engine__build *build);

/* All of them, in the order of kind and id; those that failed too. */
CX_MUST_USE cx_status engine__builds_each(engine_read *read, engine__build_visitor *visit,
                                          void *context);

/* The first with something to do; a rollup over others that are being built comes after them.
 * Errors: CX_NOT_FOUND. */
CX_MUST_USE cx_status engine__builds_next(engine_read *read, engine__build *ret);
