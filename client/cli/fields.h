/* SPDX-License-Identifier: Apache-2.0 */
/* FIELD=VALUE arguments, and JSON objects, as the fields of a record. */
#pragma once

#include "client/cli/context.h"

/* Adds FIELD=VALUE (empty value: null), or FIELD@INDEX=VALUE: the id of the record that a
 * unique index of the type referred to finds. Money is in major units of the currency among
 * `arguments`. Prints what is wrong. */
CX_MUST_USE cli_exit cli_fields_add_all(cli_context *self, const cardex_type *type, int count,
                                        char **arguments, cardex_doc *fields);

/* Adds the members of one JSON object in a file ("-": standard input). */
CX_MUST_USE cli_exit cli_fields_add_file(cli_context *self, const cardex_type *type,
                                         const char *path, cardex_doc *fields);

/* An id; false, with a message, when it is none. */
bool cli_parse_id(const char *text, int64_t *ret);
