/* SPDX-License-Identifier: Apache-2.0 */
/* The currency of the record whose fields are being given. */
#pragma once

#include "client/cli/fields.h"

/* Sets `*ret` to the code, NULL where the type has none. Asks the server when it must, once.
 * Prints what is wrong. */
CX_MUST_USE cli_exit cli__currency_find(cli_fields *self, const char **ret);
