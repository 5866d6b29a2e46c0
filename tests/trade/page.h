/* SPDX-License-Identifier: Apache-2.0 */
/* Page 10,000 of a list costs what page 1 does, whatever the plan. */
#pragma once

#include "tests/trade/world.h"

void trade_check_pages(const trade_world *world);
