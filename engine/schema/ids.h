/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers of types, fields and indexes, and how they are stored:
 *   [[name, id, layout, [[field name, field id], …] by slot, [[index name, id], …]], …]
 * and of aggregates: [[name, id, state], …], state 0 when it is ready, 1 while it is built. */
#pragma once

#include "base/buf.h"
#include "engine/schema/model.h"

/* Gives ids from 1 up to types, to fields and to indexes, in the order of the text. */
void engine__ids_give(engine__model *model);

void engine__ids_write(const engine_schema *schema, cx_buf *out);

/* Sets the ids and layouts stored; the value must have been scanned. False, with some set,
 * when names, order or numbers do not fit the schema. */
bool engine__ids_read(cx_slice stored, engine__model *model);

/* The part of the aggregates, apart from the rest. */
void engine__ids_write_aggregates(const engine_schema *schema, cx_buf *out);
bool engine__ids_read_aggregates(cx_slice stored, engine__model *model);
