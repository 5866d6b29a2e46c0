/* SPDX-License-Identifier: Apache-2.0 */
/* FIELD=VALUE arguments, and JSON objects, as the fields of a record. */
#pragma once

#include "client/cli/context.h"

#include <jansson.h>

/* Where fields come from. Set the first group; the rest is found while they are read. */
typedef struct cli_fields {
	cli_context *context;
	const cardex_type *type;
	cardex_method method; /* create, update or upsert */
	int64_t id;           /* update */
	const char *file;     /* a JSON object; "-" = standard input, NULL = none */
	int count;
	char **arguments;

	json_t *object;
	char currency[16]; /* of the record, once an amount asked for it; "" = not known */
	bool currency_known;
} cli_fields;

/* Adds every member of the file's object, then every FIELD=VALUE (empty value: null) and
 * FIELD@INDEX=VALUE (the id of the record that a unique index of the type referred to finds).
 *
 * Amounts are in major units, with the decimals of the currency that is given with them; else
 * create takes the schema's default, update asks for the record's, and upsert, which cannot
 * know, refuses. Prints what is wrong. */
CX_MUST_USE cli_exit cli_fields_add(cli_fields *self, cardex_doc *fields);

void cli_fields_release(cli_fields *self);

/* An id; false, with a message, when it is none. */
bool cli_parse_id(const char *text, int64_t *ret);
