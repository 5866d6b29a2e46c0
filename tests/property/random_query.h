/* SPDX-License-Identifier: Apache-2.0 */
/* Random records, filters and orders over the record types of one schema. Values come from
 * small pools, so that they meet, and from the edges: empty and very long texts, texts that
 * are equal when folded or up to where a key cuts them, bytes with zeros, extreme numbers. */
#pragma once

#include "base/buf.h"
#include "engine/query.h"
#include "tests/support/dice.h"

/* Types: thing (by id) and event (clustered), with the same fields; team. */
extern const char random_schema[];

/* Appends the fields of a record as a map. */
void random_fields(dice *random, const engine_type *type, cx_buf *out);

/* Appends a filter; now and then nil. */
void random_filter(dice *random, const engine_type *type, cx_buf *out);

/* Fills order and order_count. */
void random_order(dice *random, const engine_type *type, engine_query *query);
