/* SPDX-License-Identifier: Apache-2.0 */
/* The one workload every system is measured with: its sizes, schema and operations, and the
 * random numbers its data and requests (record.h, request.h) are made of. At scale 1: 100,000
 * customers (14 fields, about 250 bytes), 200,000 opportunities (12 fields) and 1,000,000
 * activities (10 fields, about 180 bytes), 80 % of them with 20 % of the customers. */
#pragma once

#include "base/slice.h"

/* W(C name, name in tables, what it does) */
#define BENCH_OPERATIONS(W)                                                    \
	W(R1, "R1", "get a customer by id, uniform")                           \
	W(R1Z, "R1z", "get a customer by id, zipf 0.99")                       \
	W(R2, "R2", "get a customer by e-mail")                                \
	W(R3, "R3", "latest 20 activities of a customer, full records")        \
	W(R4, "R4", "top 20 opportunities of a stage by amount, full records") \
	W(R5, "R5", "sum of amount and count of one stage, over its index")    \
	W(W1, "W1", "insert an activity, durable")                             \
	W(W2, "W2", "update stage and amount of an opportunity, durable")      \
	W(M1, "M1", "mix: 70 % R1 to R3, 10 % R4, 10 % W1, 10 % W2")

typedef enum bench_operation {
#define BENCH_OPERATION_MEMBER(name, text, what) BENCH_##name,
	BENCH_OPERATIONS(BENCH_OPERATION_MEMBER)
#undef BENCH_OPERATION_MEMBER
		BENCH_OPERATION_COUNT,
} bench_operation;

const char *bench_operation_name(bench_operation operation);
const char *bench_operation_text(bench_operation operation);

enum { BENCH_STAGES = 6, BENCH_OWNERS = 200, BENCH_AMOUNT_MAX = 50000000 };
enum { BENCH_TIMELINE = 20, BENCH_TOP = 20 };

typedef struct bench_sizes {
	int64_t customers;
	int64_t opportunities;
	int64_t activities;
} bench_sizes;

bench_sizes bench_sizes_of(double scale);

/* Schema text of the three types. */
cx_slice bench_schema(void);

/* A stream of random numbers; streams of different seeds are independent. */
typedef struct bench_random {
	uint64_t state;
} bench_random;

uint64_t bench_random_next(bench_random *random);
/* 1..n */
int64_t bench_random_id(bench_random *random, int64_t n);

/* Zipf-distributed 1..n with exponent 0.99, ranks spread over the ids. Source: Gray et al.,
 * "Quickly generating billion-record synthetic databases", SIGMOD 1994. */
typedef struct bench_zipf {
	int64_t n;
	double zeta, eta, alpha, half;
} bench_zipf;

bench_zipf bench_zipf_of(int64_t n);
int64_t bench_zipf_id(const bench_zipf *zipf, bench_random *random);

enum { BENCH_EMAIL_SIZE = 48 };
void bench_email(int64_t id, char email[BENCH_EMAIL_SIZE]);
