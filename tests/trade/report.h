/* SPDX-License-Identifier: Apache-2.0 */
/* Reports: what they look at does not grow with the business. */
#pragma once

#include "tests/trade/world.h"

void trade_check_reports(const trade_world *world);
