/* SPDX-License-Identifier: Apache-2.0 */
/* The lists that applications of the trade ask for. Rows with the same number are parts of one
 * question. What is no list (totals, the search box, changes since a number) is in totals.c
 * and parts.c. */
#pragma once

#include "tests/trade/world.h"

typedef struct trade_question {
	int number;
	const char *what;
	const char *type;
	const char *filter;
	const char *order; /* "a desc,b"; "" = none */
	size_t limit;
	const char *plan;
	const char *index; /* NULL where the plan has none */
	size_t ranges;
	/* What bounds the keys where a residual filter refuses some of the range; NULL: the
	 * answer itself. */
	const char *range;
} trade_question;

extern const trade_question trade_questions[];
extern const size_t trade_question_count;

/* The query; static storage is behind it. */
engine_query trade_query_of(const trade_world *world, const trade_question *asked);

/* Complains when it is not served as it is meant to be. */
void trade_check_plan(const trade_world *world, const trade_question *asked);

/* Each is served by the index meant for it. */
void trade_check_plans(const trade_world *world);
/* Each equals what looking at every record finds, and touches no more keys than its answer has
 * rows and a few for the ends of each range. */
void trade_check_answers(const trade_world *world);
