/* SPDX-License-Identifier: Apache-2.0 */
/* Groups of aggregates as text, for tests. */
#pragma once

#include "engine/aggregate.h"
#include "tests/support/store_fixture.h"

/* All groups of an aggregate as "[columns] count sum …; …", read in pages of `limit` (0 = the
 * usual); static storage that the next call uses again. */
const char *groups_show(store_fixture *self, const char *aggregate, size_t limit);

/* The same of the groups with this prefix and these bounds, as tests/support/wire.h writes
 * them; "" = none. */
const char *groups_show_range(store_fixture *self, const char *aggregate, const char *prefix,
                              const char *low, const char *high);

/* One group; its columns are not shown. */
const char *groups_show_one(store_fixture *self, const char *aggregate, const char *columns);

const engine_aggregate *groups_aggregate(const store_fixture *self, const char *name);
