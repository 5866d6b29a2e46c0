/* SPDX-License-Identifier: Apache-2.0 */
/* cardex schema plan, cardex schema apply. */
#pragma once

#include "client/cli/context.h"

/* argv[0] is "plan" or "apply". */
cli_exit cli_schema_change(cli_context *self, int argc, char **argv);
