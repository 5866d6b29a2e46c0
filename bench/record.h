/* SPDX-License-Identifier: Apache-2.0 */
/* The records of the workload: their fields, and their values made deterministically, by
 * position. Every system gets the same values; how it is told them is its own affair. */
#pragma once

#include "base/buf.h"
#include "bench/workload.h"

typedef enum bench_type {
	BENCH_CUSTOMER,
	BENCH_OPPORTUNITY,
	BENCH_ACTIVITY,
	BENCH_TYPE_COUNT,
} bench_type;

typedef struct bench_field {
	const char *name;
	bool is_text; /* otherwise an integer */
} bench_field;

typedef struct bench_type_info {
	const char *name;
	const bench_field *fields;
	size_t count;
} bench_type_info;

const bench_type_info *bench_type_info_of(bench_type type);

/* An index of the schema in workload.h; those that a system keeps records by, like the id or a
 * clustering, included where it has no such thing. */
typedef struct bench_index {
	bench_type type;
	const char *name;
	const char *columns[2]; /* the second may be NULL */
	bool unique;
	bool descending; /* the second */
} bench_index;

/* All, ended by one without a name; those of a type in one run. */
const bench_index *bench_indexes(void);

/* What every system keeps of a record besides its fields: id, rev, created_at, updated_at, in
 * this order, before them. */
enum { BENCH_SYSTEM_COLUMNS = 4 };

/* The position, in a row of all columns, of the one that an expectation's key is of. */
size_t bench_key_column(bench_operation operation);

/* How many records of a type are loaded. */
int64_t bench_type_size(bench_type type, const bench_sizes *sizes);

enum { BENCH_FIELDS_MAX = 14, BENCH_RECORD_BYTES_MAX = 512 };

typedef struct bench_value {
	const char *text; /* NULL: the number is meant */
	int64_t number;
} bench_value;

/* Texts are zero-ended; they are literals or stand in `texts`, so a record is not copied. */
typedef struct bench_record {
	bench_type type;
	size_t count;
	bench_value values[BENCH_FIELDS_MAX];
	size_t used;
	char texts[BENCH_RECORD_BYTES_MAX];
} bench_record;

void bench_customer(int64_t id, bench_record *ret);
void bench_opportunity(int64_t id, const bench_sizes *sizes, bench_record *ret);
/* An activity of a random customer. */
void bench_activity(bench_random *random, const bench_sizes *sizes, bench_record *ret);

/* The next record to load: the one of that number, for activities the next of `random`, which
 * starts at zero. */
void bench_record_next(bench_type type, int64_t id, bench_random *random,
                       const bench_sizes *sizes, bench_record *ret);

/* Appends a MessagePack map, field name → value. */
void bench_record_put(const bench_record *self, cx_buf *out);
