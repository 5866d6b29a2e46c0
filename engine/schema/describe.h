/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of the description of a type that clients get (engine_type_describe). */
#pragma once

#include "engine/aggregate.h"

/* {name, label_en, label_zh, state, where, group, sums}, as engine_type_describe says. */
void engine__aggregate_describe(const engine_aggregate *aggregate, cx_buf *out);

/* A text: "sum(amount) of deal by firm where state = won". */
void engine__rollup_describe(const engine_rollup *rollup, cx_buf *out);
