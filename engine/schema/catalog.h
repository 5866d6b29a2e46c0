/* SPDX-License-Identifier: Apache-2.0 */
/* The schema as a store keeps it: the text it was made with and the numbers given to types,
 * fields and indexes, once and never again. Building a catalog needs no store.
 *
 * Kept in the catalog tree under the key "schema" as one MessagePack map:
 *   {"version": 1, "text": str, "unicode": str,
 *    "types": [[name, id, layout, [[field name, field id], …] by slot, [[index name, id], …]]]}
 * With aggregates or rollups "version" is 2 and one part follows:
 *    "aggregates": [[name, id, state], …]; state 0 ready, 1 being built
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "engine/schema.h"

typedef struct engine__catalog engine__catalog;

/* Parses text (schema language) and gives ids from 1 up, in the order of the text.
 * Errors: CX_SCHEMA_SYNTAX with line and column, CX_TOO_LARGE, CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__catalog_of_text(cx_slice text, engine__catalog **ret,
                                              cx_error *error);

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
