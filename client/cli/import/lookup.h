/* SPDX-License-Identifier: Apache-2.0 */
/* Ids of records found by a unique value, each asked for once. */
#pragma once

#include "client/cli/context.h"

#include <jansson.h>

typedef struct cli_lookups {
	cli_context *context;
	json_t *ids; /* "type index value" → id; 0 = there is none */
} cli_lookups;

/* The id of the record of `type` whose `index` column is `value`. `*ret` is 0 when there is
 * none; that is remembered only when `final`. Errors: those of the connection, in
 * context->error. */
CX_MUST_USE cardex_status cli_lookup(cli_lookups *self, const cardex_type *type,
                                     const cardex_index *index, const char *value, bool final,
                                     int64_t *ret);

void cli_lookups_release(cli_lookups *self);
