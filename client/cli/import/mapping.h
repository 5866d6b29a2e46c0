/* SPDX-License-Identifier: Apache-2.0 */
/* How columns of a file become fields of records. From a JSON file, or worked out from the
 * header where a column is named like a field, or FIELD.INDEX for a reference looked up by an
 * index.
 *
 *   {
 *     "type": "opportunity",              checked against the command line
 *     "key": "ext_id",                    upsert by this unique index; without: create
 *     "separator": ",",                   of CSV; "\t" for tabs
 *     "utc_offset": "+08:00",             of times without a zone; Z when left out
 *     "values": {"COLUMN": {"FROM": "TO", …}}, …   replaced in the column before all else
 *     "skip": {"COLUMN": ["VALUE", …]},   rows passed over, and counted
 *     "at": "COLUMN",                     of which time each row tells; or an object as a
 *                                         field has; an empty cell: now
 *     "fields": {
 *       "FIELD": "COLUMN",
 *       "FIELD": {
 *         "column": "COLUMN"              or
 *         "template": "text {COLUMN} …"   or
 *         "value": "constant",
 *         "lookup": "INDEX",              reference: find the target by this unique index
 *         "map": {"FROM": "TO", …},       "*": all others; a value not in it is refused
 *         "format": "%d.%m.%Y" or a list, dates and times (strptime); ISO 8601 is always taken
 *         "scale": 1000,                  integers: times this (decimals are then taken)
 *         "per": "COLUMN",                numbers: divided by this column
 *         "after_discount": "COLUMN",     money: what it was before this share was taken off,
 *                                         0.2 for 20 %; an empty cell: nothing was
 *         "round": true,                  numbers: superfluous digits are rounded, not refused
 *         "default": "text",              for an empty cell
 *         "cut": true,                    text over the field's length is cut, not refused
 *         "later": true                   references within the file: set when all rows are in
 *       }, …
 *     }
 *   }
 *
 * Unknown keys are errors. Everything in it lives until cli_mapping_free. */
#pragma once

#include "client/cli/context.h"

#include <jansson.h>

enum { CLI_FIELDS_MAX = 128, CLI_FORMATS_MAX = 8 };

typedef struct cli_field_mapping {
	const cardex_field *field;
	const char *column; /* one of these three; column and template name columns */
	const char *template;
	const char *value;
	const cardex_type *target; /* lookup */
	const cardex_index *lookup;
	json_t *map;
	const char *formats[CLI_FORMATS_MAX];
	size_t format_count;
	int64_t scale; /* 0 = none */
	const char *per;
	const char *after_discount;
	bool round;
	const char *fallback;
	bool cut;
	bool later;
} cli_field_mapping;

typedef struct cli_mapping {
	const cardex_type *type;
	const cardex_index *key; /* NULL: create */
	char separator;
	int offset_minutes;
	json_t *values;
	json_t *skip;
	cli_field_mapping at; /* its field NULL: rows tell of now */
	cli_field_mapping fields[CLI_FIELDS_MAX];
	size_t field_count;
	json_t *root; /* owns the texts */
} cli_mapping;

/* Reads the file. On an error prints what is wrong and where, and returns how to end. */
CX_MUST_USE cli_exit cli_mapping_read(cli_context *context, const char *path,
                                      const cardex_type *type, cli_mapping *ret);

/* Adds a field for every column that is named like one and is not mapped yet; prints the first
 * column that is neither and returns CLI_USAGE. */
CX_MUST_USE cli_exit cli_mapping_of_header(cli_context *context, const cx_slice *columns,
                                           size_t count, cli_mapping *mapping);

/* Sets `--at NAME`: a field that is mapped and a date or time, or else a column of the file.
 * `name` lives as long as the mapping. */
CX_MUST_USE cli_exit cli_mapping_set_at(cli_mapping *mapping, const char *name);

/* Sets `--key INDEX`. */
CX_MUST_USE cli_exit cli_mapping_set_key(cli_mapping *mapping, const char *index);

void cli_mapping_release(cli_mapping *mapping);
