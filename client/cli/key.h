/* SPDX-License-Identifier: Apache-2.0 */
/* INDEX=VALUE: records found by a unique index. */
#pragma once

#include "client/cli/context.h"

/* Looks up the live record of `type` whose columns in the unique index equal `values`, parted
 * by commas (a single column takes the whole text, commas too), each as people write it. Prints
 * what is wrong. */
CX_MUST_USE cli_exit cli_key_find(cli_context *self, const cardex_type *type, const char *index,
                                  const char *values, const char *columns, cardex_result **ret);
