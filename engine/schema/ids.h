/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers of types, fields and indexes, and how they are stored: an array with, for each
 * type in the order of the text,
 *
 *   version 1: [name, id, layout, [[field name, field id], …] by slot,
 *               [[index name, id], …]]
 *   version 2: [name, id, layout, [[field name, field id, reference, fill], …] by slot,
 *               [[index name, id, state], …]]
 *   version 3: the same, and fields may have a fifth element, the state of a rollup
 *
 * A field name is nil in a hole. `reference` says how the records that refer by this field to
 * one are found: the id of an index, 0 = back references, nil = not at all. `fill` is what
 * records have that are older than the field. `state` of an index is an engine_index_state, of
 * a rollup an engine_aggregate_state; of one that is ready it is left out.
 *
 * Aggregates: [[name, id, state], …], state an engine_aggregate_state.
 *
 * In version 1 slots are in the order of the text, there are no holes and no fills, all indexes
 * are readable, and references are found as the text alone says. */
#pragma once

#include "base/buf.h"
#include "engine/schema/model.h"

/* The next to give; none is given twice. More than UINT16_MAX: there are no more. */
typedef struct engine__next_ids {
	uint32_t type;
	uint32_t field;
	uint32_t index;
	uint32_t aggregate;
} engine__next_ids;

/* Gives ids from `next` on to types, to fields and to indexes, in the order of the text. */
void engine__ids_give(engine__model *model, engine__next_ids *next);

void engine__ids_write(const engine_schema *schema, cx_buf *out);
/* Whether that takes version 3. */
bool engine__ids_have_rollup_state(const engine_schema *schema);

/* The slots that the stored form tells, in the arena; the value must have been scanned, and the
 * texts point into it. Errors: CX_CORRUPT, CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__ids_places(cx_slice stored, cx_arena *arena,
                                         engine__places_list *ret);

/* Sets what is stored; the value must have been scanned and outlive the model. False, with some
 * set, when names, order or numbers do not fit the schema. */
bool engine__ids_read(cx_slice stored, int64_t version, engine__model *model);

/* One more than the highest of each. */
engine__next_ids engine__ids_after(const engine_schema *schema);
/* The part of the aggregates, apart from the rest. */
void engine__ids_write_aggregates(const engine_schema *schema, cx_buf *out);
bool engine__ids_read_aggregates(cx_slice stored, engine__model *model);
