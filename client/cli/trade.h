/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands of the trade share. */
#pragma once

#include "client/cli/context.h"

/* Whether answers are printed as JSON. */
bool cli_trade_is_raw(const cli_context *self);
