/* SPDX-License-Identifier: Apache-2.0 */
/* Records of three types that refer to each other, and requests that change them: creates,
 * updates, deletes, undeletes and purges, alone and in batches. Many are refused. */
#pragma once

#include "engine/engine.h"
#include "tests/support/dice.h"

enum {
	RECORD_TYPES = 3,
	RECORD_IDS_MAX = 64, /* of each type; requests leave some to others */
};

typedef struct records {
	engine *engine;
	dice *roll;
	int64_t now_ms;
	int64_t last_ids[RECORD_TYPES];
	cx_buf fields;
} records;

/* The options but for the schema are those of the last run. */
cx_status records_open(const char *path, const engine_options *options, engine **ret,
                       cx_error *error);

/* Any request; one that is refused leaves no trace. */
void records_request(records *self, engine_write *write);

/* A firm of a new code, and a change of it. */
cx_status records_add_firm(engine *opened, engine_write *write, int64_t code);

/* Of all records, deleted ones too, as `read` sees them, and of the last change. */
cx_status records_hash(engine *opened, engine_read *read, uint64_t seq, uint64_t *ret);

/* Whether the store agrees with itself. Errors: CX_CORRUPT; the error has the first finding. */
cx_status records_check(engine *opened, engine_read *read, cx_error *error);
