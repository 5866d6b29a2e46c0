/* SPDX-License-Identifier: Apache-2.0 */
/* What a store must do, said as plainly as possible: arrays, loops and no index. It knows the
 * rules of records (unique, references, delete, undelete, purge) and nothing of the engine. */
#pragma once

#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	ORACLE_TYPES = 4,
	ORACLE_FIELDS = 4,
	ORACLE_UNIQUES = 2,
	ORACLE_RECORDS = 400, /* per type, purged ones included */
	ORACLE_STEPS = 4000,
};

#define ORACLE_NULL INT64_MIN

typedef enum oracle_kind { ORACLE_NONE, ORACLE_INT, ORACLE_TEXT, ORACLE_REF } oracle_kind;
typedef enum oracle_rule { ORACLE_RESTRICT, ORACLE_CASCADE, ORACLE_SET_NULL } oracle_rule;

typedef struct oracle_field {
	const char *name;
	oracle_kind kind;
	bool required;
	int target; /* ORACLE_REF: type */
	oracle_rule rule;
} oracle_field;

/* Field positions, ended by -1. A record in which `where` is null is left out (-1: none is). */
typedef struct oracle_unique {
	const char *name;
	int fields[ORACLE_FIELDS];
	int where;
} oracle_unique;

typedef struct oracle_type {
	const char *name;
	oracle_field fields[ORACLE_FIELDS];
	oracle_unique uniques[ORACLE_UNIQUES];
} oracle_type;

typedef struct oracle_record {
	bool exists; /* made, and not purged */
	bool deleted;
	int root_type; /* deleted: the record its delete began with */
	int64_t root_id;
	int64_t values[ORACLE_FIELDS]; /* ints and ids; texts by a number of the test's */
} oracle_record;

typedef struct oracle_step {
	int root_type;
	int64_t root_id;
	int type;
	int64_t id;
	int field; /* -1: deleted; else the reference that was cleared */
	int64_t target;
} oracle_step;

typedef struct oracle {
	const oracle_type *types;
	int64_t last[ORACLE_TYPES];
	oracle_record records[ORACLE_TYPES][ORACLE_RECORDS + 1]; /* by id */
	oracle_step steps[ORACLE_STEPS];
	int step_count;
} oracle;

/* Each returns what the engine must return, and has changed nothing unless that is CX_OK. */
cx_status oracle_create(oracle *self, int type, const int64_t *values);
cx_status oracle_update(oracle *self, int type, int64_t id, const int64_t *values);
cx_status oracle_delete(oracle *self, int type, int64_t id);
cx_status oracle_undelete(oracle *self, int type, int64_t id);
cx_status oracle_purge(oracle *self, int type, int64_t id);

/* The live record equal to `values` in that unique index; 0 when there is none. */
int64_t oracle_find(const oracle *self, int type, int unique, const int64_t *values);

bool oracle_is_live(const oracle *self, int type, int64_t id);
