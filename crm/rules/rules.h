/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of the trade, one file for each record type that has some. */
#pragma once

#include "engine/rules.h"

extern const engine_rule crm__campaign_rule;
