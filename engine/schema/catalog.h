/* SPDX-License-Identifier: Apache-2.0 */
/* The schema as a store keeps it: its text and the numbers given to types, fields and indexes,
 * once and never again. Building a catalog needs no store.
 *
 * Kept in the meta tree under the key "schema" as one MessagePack map:
 *   {"version": 2 or 3, "text": str, "own": where in it one's own text begins, "unicode": str,
 *    "next": [type id, field id, index id, aggregate id] to be given next,
 *    "types": engine/schema/ids.h, "aggregates": the same}
 * Version 1, which is read too, has no "own", no "next" and no "aggregates". Version 3 is
 * written while a rollup is not ready only, so that a program that does not know of that
 * refuses. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "engine/aggregate.h"
#include "engine/schema.h"

typedef struct engine__catalog engine__catalog;

/* Parses text (schema language) and gives ids from 1 up, in the order of the text.
 * Errors: CX_SCHEMA_SYNTAX with line and column, CX_TOO_LARGE, CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__catalog_of_text(cx_slice text, engine__catalog **ret,
                                              cx_error *error);

/* The same of a text in which one's own begins at `own_from` (engine_schema.own_from). */
CX_MUST_USE cx_status engine__catalog_of_texts(cx_slice text, size_t own_from,
                                               engine__catalog **ret, cx_error *error);

/* The same with another state of one index, and with the same trees.
 * Errors: CX_TOO_LARGE, CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__catalog_with_state(const engine__catalog *catalog,
                                                 uint16_t index_id, engine_index_state state,
                                                 engine__catalog **ret);

/* The same with another state of one aggregate. */
CX_MUST_USE cx_status engine__catalog_with_aggregate(const engine__catalog *catalog,
                                                     uint16_t aggregate_id,
                                                     engine_aggregate_state state,
                                                     engine__catalog **ret);

/* The same with another state of the rollup that is kept in a field. */
CX_MUST_USE cx_status engine__catalog_with_rollup(const engine__catalog *catalog,
                                                  uint16_t field_id,
                                                  engine_aggregate_state state,
                                                  engine__catalog **ret);

/* Appends the stored form. */
CX_MUST_USE cx_status engine__catalog_write(const engine__catalog *catalog, cx_buf *out);

/* Rebuilds it from the stored form, with the ids kept there.
 * Errors: CX_CORRUPT, CX_UNSUPPORTED (a newer version, or another Unicode version while folded
 * indexes exist), CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__catalog_read(cx_slice stored, engine__catalog **ret,
                                           cx_error *error);

void engine__catalog_free(engine__catalog **catalog);

/* Valid as long as the catalog. Tree numbers are 0 until engine__catalog_bind. */
const engine_schema *engine__catalog_schema(const engine__catalog *catalog);

/* Names of trees: "r<type id>" records, "c<type id>" id → cluster key, "x<index id>" entries.
 * Calls `tree` for each tree the schema needs and fills the numbers in. */
typedef cx_status engine__tree_namer(void *context, const char *name, uint16_t *ret_number);
CX_MUST_USE cx_status engine__catalog_bind(engine__catalog *catalog, engine__tree_namer *tree,
                                           void *context);
