/* SPDX-License-Identifier: Apache-2.0 */
/* The totals that applications of the trade ask for: each is read from a maintained aggregate,
 * which equals what one pass over the records finds in every group, and no group is read that
 * is not part of the answer. */
#pragma once

#include "tests/trade/world.h"

void trade_check_totals(const trade_world *world);
