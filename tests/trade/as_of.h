/* SPDX-License-Identifier: Apache-2.0 */
/* The pipeline as it was at instants of the past: its totals from the aggregates by month and
 * day and the rows of the day itself, and its rows by one seek each. */
#pragma once

#include "tests/trade/world.h"

void trade_check_as_of(const trade_world *world);
