/* SPDX-License-Identifier: Apache-2.0 */
/* What the planner asks of the statistics of an index. */
#pragma once

#include "engine/query/ranges.h"
#include "engine/statistics/shelf.h"

/* The statistics of an index, NULL when there are none; until the next call with this handle.
 */
const engine__index_statistics *engine__statistics_of(engine_read *read,
                                                      const engine_index *index);
uint64_t engine__statistics_epoch(engine_read *read);

/* About how many entries lie in the ranges of a candidate; `now` is the number of entries the
 * index has at present. */
double engine__statistics_estimate(const engine__index_statistics *self,
                                   const engine__candidate *candidate,
                                   const engine__ranges *ranges, uint64_t now);
