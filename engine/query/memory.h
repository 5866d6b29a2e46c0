/* SPDX-License-Identifier: Apache-2.0 */
/* Plans remembered by the shape of their query: type, filter without its values, order, and
 * whether a scan is permitted. Most queries of a client have one of a few shapes, and looking
 * at every index for each of them costs as much as reading a page.
 *
 * Only a choice that the shape alone decides is remembered (engine__choose says so): no
 * estimate went into it, so it is what the planner would choose again, however the data
 * change. A memory belongs to a handle and lives as long; the schema does not change before.
 */
#pragma once

#include "engine/query/plan.h"

/* True when the plan's query, read so far, has a shape that is known; `*ret` is then the index
 * that was chosen, NULL = by id. */
bool engine__memory_find(const engine_read *read, const engine__plan *plan,
                         const engine_index **ret);

/* Remembers plan->chosen, unless the query has too many parts or there is no memory for it. */
void engine__memory_keep(engine_read *read, const engine__plan *plan);
