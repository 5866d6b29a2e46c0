/* SPDX-License-Identifier: Apache-2.0 */
/* A store in a folder of its own, for tests of the engine. Helpers assert on their own success,
 * so that a test states only what it is about. */
#pragma once

#include "engine/admin.h"
#include "engine/query.h"

typedef struct store_fixture {
	char folder[64];
	char path[96];
	char *schema;
	engine_options options; /* without the schema */
	engine *engine;
	engine_write *write; /* of fixture_begin */
	int64_t now_ms;      /* time of the next change; one more each */
	bool internal;       /* changes may set readonly fields (engine_change) */
	cx_buf buf;          /* what fixture_text returned */
	cx_error error;      /* of the last failing call */
} store_fixture;

/* Makes the folder and opens a store with this schema text. */
void fixture_open(store_fixture *self, const char *schema);
/* The same with these options; their schema does not count. */
void fixture_open_with(store_fixture *self, const char *schema, const engine_options *options);
/* Closes and opens the file again. */
void fixture_reopen(store_fixture *self);
/* Closes it and removes the folder. */
void fixture_close(store_fixture *self);

const engine_type *fixture_type(const store_fixture *self, const char *name);
const engine_index *fixture_index(const store_fixture *self, const char *type,
                                  const char *name);

/* One transaction for what follows, up to fixture_commit. Without it every helper below runs
 * and commits its own. */
void fixture_begin(store_fixture *self);
void fixture_commit(store_fixture *self);

typedef enum fixture_verb {
	FIXTURE_CREATE,
	FIXTURE_UPDATE,
	FIXTURE_DELETE,
	FIXTURE_UNDELETE,
	FIXTURE_PURGE,
} fixture_verb;

/* Operations that must succeed. `fields` is a map as tests/support/wire.h writes it. */
int64_t fixture_create(store_fixture *self, const char *type, const char *fields);
engine_outcome fixture_update(store_fixture *self, const char *type, int64_t id,
                              const char *fields);

engine_outcome fixture_do(store_fixture *self, fixture_verb verb, const char *type, int64_t id);

/* The same operations with the status they end in; the outcome is not looked at. Nothing may
 * have changed when it is not CX_OK (asserted by the state hash). self->error is filled. */
cx_status fixture_try_create(store_fixture *self, const char *type, const char *fields);
cx_status fixture_try_update(store_fixture *self, const char *type, int64_t id,
                             const char *fields, int64_t if_rev);
cx_status fixture_try(store_fixture *self, fixture_verb verb, const char *type, int64_t id);

/* One operation of many, with the status it ends in; no hash is made. `fields` is not looked at
 * where there are none. */
cx_status fixture_run(store_fixture *self, fixture_verb verb, const char *type, int64_t id,
                      const char *fields, engine_outcome *ret);

/* One field of a live record as an integer (a bool as 0 or 1); INT64_MIN when it is null. */
int64_t fixture_int(store_fixture *self, const char *type, int64_t id, const char *field);
/* The same as text, copied into a buffer of the fixture; NULL when it is null. */
const char *fixture_text(store_fixture *self, const char *type, int64_t id, const char *field);

/* CX_OK when a live record is there. */
cx_status fixture_exists(store_fixture *self, const char *type, int64_t id);

/* A snapshot of the store, which the caller ends. */
engine_read *fixture_read(store_fixture *self);

/* A hash over every record of every type, without revision and update stamps: equal content is
 * equal hash. */
uint64_t fixture_state_hash(store_fixture *self);
/* The same of one record. */
uint64_t fixture_row_hash(const engine_row *row, uint64_t seed);

/* engine_check finds nothing; otherwise the findings are printed and the test fails. */
void fixture_assert_sound(store_fixture *self);
