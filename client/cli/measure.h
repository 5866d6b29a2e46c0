/* SPDX-License-Identifier: Apache-2.0 */
/* Columns of aggregates: what "sum(amount_base)" and "month(closed_at)" are shown like. */
#pragma once

#include "base/arena.h"
#include "client/cardex.h"

/* A field that column `column` of an aggregate is formatted as: its kind, and labels like those
 * of the field between the brackets. An amount is money where its decimals are known: it is in
 * the organisation's currency, or the currency is a column, too; otherwise it is shown in
 * minor units. NULL when the column is one of records, or without memory. */
const cardex_field *cli_measure_field(const cardex_type *type, const cardex_result *result,
                                      size_t column, cx_arena *arena);
