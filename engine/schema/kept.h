/* SPDX-License-Identifier: Apache-2.0 */
/* What of a schema stays the same thing under a new text: pure functions of the two.
 *
 * Types, fields and indexes are known by their names. A field stays when what is stored for it
 * is right under the new declaration; an index when all its entries are. */
#pragma once

#include "engine/schema.h"

/* The field of that name in the other schema; NULL when it is none that stays. */
const engine_field *engine__kept_field(const engine_type *other, const engine_field *field);

/* Whether values of the old field are values of the new one as far as kind and target go. */
bool engine__field_stays(const engine_field *old, const engine_field *new);

/* The index of the old type that this one of the new type goes on with; NULL: it is to be
 * built. One that failed is built anew. */
const engine_index *engine__kept_index(const engine_type *old, const engine_index *new);

/* Whether the labels of the old field are the first of the new one, in the same order. */
bool engine__labels_stay(const engine_field *old, const engine_field *new);
/* Whether all of them are there still, in any order. */
bool engine__labels_are_kept(const engine_field *old, const engine_field *new);

/* How the records that refer to one by a field that stays are found from now on. The type has
 * records. `*ret` NULL: by back references, as before. False when they were found by an index
 * that is dropped, and there is no other that is complete. */
bool engine__kept_reference(const engine_type *old, const engine_type *new,
                            const engine_field *field, const engine_index **ret);

/* The aggregate of the old schema that this one of the new schema goes on with; NULL: it is to
 * be built. One that failed is built anew. */
const engine_aggregate *engine__kept_aggregate(const engine_schema *old,
                                               const engine_schema *new,
                                               const engine_aggregate *aggregate);

/* Whether what the store has kept in a field that stays is what it is to keep there; also when
 * it is no rollup in either. */
bool engine__rollup_stays(const engine_field *old, const engine_field *new);
/* The same, and it is kept, or being built: one that failed is built anew. */
bool engine__rollup_goes_on(const engine_field *old, const engine_field *new);

/* Whether a rollup that goes on finds least and greatest values from now on, too. The type
 * whose records it is over has some. False when the index they were found by is dropped, and
 * there is no other that is complete. */
bool engine__kept_extremum(const engine_type *old, const engine_rollup *before,
                           const engine_rollup *rollup);

/* Whether the index has all its entries, and keeps them. */
bool engine__is_complete(const engine_type *old, const engine_index *new);
