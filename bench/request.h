/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked next, the same for every system, and what a right answer must be. */
#pragma once

#include "bench/record.h"

/* Must hold for the reply. `key` is a number that the first row must have: the id asked for
 * (R1, R1z), the id of the customer with the e-mail (R2), the customer (R3), the stage (R4,
 * R5). */
typedef struct bench_expectation {
	bench_operation operation; /* never M1: one of those it is a mix of */
	int64_t key;
	uint32_t rows_min, rows_max;
} bench_expectation;

typedef struct bench_request {
	bench_expectation expect;
	int64_t id;                   /* W2 */
	int64_t stage, amount;        /* W2 */
	int64_t now_ms;               /* W1, W2: created_at, updated_at */
	char email[BENCH_EMAIL_SIZE]; /* R2 */
	bench_record record;          /* W1 */
} bench_request;

/* What a reply was, as far as a system can tell. */
typedef struct bench_answer {
	uint32_t rows; /* of a write: records changed */
	int64_t key;   /* of the first row; of a write, whatever */
} bench_answer;

bool bench_answer_is_right(const bench_answer *answer, const bench_expectation *expect);

/* An endless stream of requests of one operation. */
typedef struct bench_source {
	bench_operation operation;
	bench_sizes sizes;
	bench_random random;
	bench_zipf zipf;
	uint8_t *timelines; /* R3, M1: activities loaded of each customer, BENCH_TIMELINE at
	                       most */
} bench_source;

/* Streams of different seeds (> 0; the load is 0) ask for different records. False when there
 * is no memory. */
bool bench_source_init(bench_source *self, bench_operation operation, const bench_sizes *sizes,
                       uint64_t seed);
void bench_source_release(bench_source *self);

void bench_source_next(bench_source *self, bench_request *ret);
