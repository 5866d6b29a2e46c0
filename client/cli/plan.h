/* SPDX-License-Identifier: Apache-2.0 */
/* A query's plan for people. The structure is what --format json prints. */
#pragma once

#include "client/cli/context.h"

cli_exit cli_plan_print(const cli_context *self, const cardex_value *plan);
