/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of an explanation: see engine_query_explain_at. */
#pragma once

#include "engine/query/plan.h"

enum { ENGINE__PLAN_KEYS = 17 };

/* Writes the pairs of a map that say what is done, ENGINE__PLAN_KEYS of them. */
void engine__plan_write(engine_read *read, const engine__plan *plan, cx_buf *out);

/* Writes the elements of "rejected"; returns how many. */
uint32_t engine__plan_write_rejected(const engine__plan *plan, cx_buf *out);

/* A step of what was done. */
typedef struct engine__node_figures {
	const char *node;
	uint64_t rows_in;
	uint64_t rows_out;
	uint64_t keys;
	uint64_t fetched;
	uint64_t rechecks_failed;
	uint64_t bytes;
	uint64_t ns;
} engine__node_figures;

typedef struct engine__executed {
	uint64_t rows;
	engine_reason reason;
	uint64_t ns;
	const engine__spent *spent;      /* NULL, or of no candidate: nothing was given up */
	const engine__candidate *chosen; /* where something was: what was done instead */
	const engine__node_figures *nodes;
	size_t node_count;
} engine__executed;

/* Writes "executed" and its map. */
void engine__executed_write(const engine__executed *what, cx_buf *out);
