/* SPDX-License-Identifier: Apache-2.0 */
/* Shares of counts, and how sure they are. Results are not rounded; crm__round_to() does that,
 * once, where a figure is handed out. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* `part` of `whole`, 0 <= part <= whole. */
typedef struct crm__share {
	int64_t part;
	int64_t whole;
} crm__share;

typedef struct crm__interval {
	double low;
	double high;
} crm__interval;

/* value · scale to the nearest integer, halves away from zero; beyond 64 bits the nearest there
 * is. `value` is a number (asserted). */
int64_t crm__round_to(double value, int64_t scale);

/* part · scale / whole, exactly, rounded once; 0 of nothing. */
int64_t crm__share_of(crm__share share, int64_t scale);

/* 95 % score interval without continuity correction; [0, 1] of nothing.
 * Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference,
 * JASA 22 (1927); in R. G. Newcombe, Two-sided confidence intervals for the single proportion,
 * Statistics in Medicine 17 (1998) 857, method 3. */
crm__interval crm__wilson(crm__share share);

/* 95 % interval of the difference a − b of two independent shares, from the Wilson limits l, u
 * of each: d − √((a − l_a)² + (u_b − b)²) to d + √((u_a − a)² + (b − l_b)²). Neither is of
 * nothing (asserted).
 * Source: R. G. Newcombe, Interval estimation for the difference between independent
 * proportions, Statistics in Medicine 17 (1998) 873, method 10. */
crm__interval crm__newcombe(crm__share a, crm__share b);

/* The rate won / (won + lost) drawn towards `prior_bp` as `weight` more observations would:
 * (won + weight · prior) / (won + lost + weight), in basis points, exact and rounded once. That
 * is the mean of the posterior Beta distribution when the prior is Beta with mean `prior` and
 * `weight` pseudo-observations. Source: A. Gelman and others, Bayesian Data Analysis, 3rd ed.
 * (2013), 2.4. Counts >= 0 and below 2⁴⁰, weight > 0 (asserted). */
int64_t crm__shrunk_rate_bp(int64_t won, int64_t lost, int64_t prior_bp, int64_t weight);
