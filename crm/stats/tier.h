/* SPDX-License-Identifier: Apache-2.0 */
/* What a customer is worth, and may become: scores and tier.
 *
 * Value: recency, frequency and monetary value (RFM), each scored 1 to 5 by the share of the
 * customers with an order that are worse. Source: A. M. Hughes, Strategic Database Marketing
 * (1994). Potential: what is open, growth, engagement and size. Scores are 0 to 1000, rounded
 * once. */
#pragma once

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The weights and thresholds, by name: P(member, default, what it is). */
#define CRM_TIER_PARAMETERS(P)                                                          \
	P(window_days, 365, "days of orders that RFM looks at")                         \
	P(weight_r, 40, "value points of one point of recency")                         \
	P(weight_f, 60, "of frequency")                                                 \
	P(weight_m, 100, "of money")                                                    \
	P(weight_open, 400, "most potential points for what is open and may be bought") \
	P(weight_growth, 200, "for growth")                                             \
	P(weight_engagement, 200, "for two-way activities")                             \
	P(weight_size, 200, "for the size of the customer")                             \
	P(growth_days, 180, "days whose orders are compared with those before")         \
	P(engagement_days, 90, "days of activities looked at")                          \
	P(engagement_full, 6, "activities that give all points of engagement")          \
	P(high_percentile, 80, "of the values of those with orders: high from there")   \
	P(high_r, 2, "least recency score of high")                                     \
	P(potential_from, 450, "least potential score of potential")                    \
	P(unrated_days, 30, "days a new customer without orders and deals is unrated")

typedef struct crm__tier_parameters {
#define CRM_TIER_PARAMETER_MEMBER(name, value, text) int64_t name;
	CRM_TIER_PARAMETERS(CRM_TIER_PARAMETER_MEMBER)
#undef CRM_TIER_PARAMETER_MEMBER
} crm__tier_parameters;

crm__tier_parameters crm__tier_defaults(void);

/* Sets one by name. False when there is none of that name or the value is out of range (0 to
 * 100000; a percentile to 100; what is divided by, at least 1). */
bool crm__tier_set(crm__tier_parameters *parameters, cx_slice name, int64_t value);

enum { CRM_TIER_TEXT_SIZE = 400 };

/* "v1", the defaults, and after it each that is another: "v1 weight_m=120". Zero-ended. */
void crm__tier_text(const crm__tier_parameters *parameters, char text[CRM_TIER_TEXT_SIZE]);

/* T(name in C, label of customer_tier.tier and customer.tier) */
#define CRM_TIERS(T)              \
	T(HIGH, "high")           \
	T(POTENTIAL, "potential") \
	T(LOW, "low")             \
	T(UNRATED, "unrated")

typedef enum crm__tier {
#define CRM_TIER_MEMBER(name, label) CRM_TIER_##name,
	CRM_TIERS(CRM_TIER_MEMBER)
#undef CRM_TIER_MEMBER
} crm__tier;

const char *crm__tier_label(crm__tier tier);

/* What is known of one customer at the time. */
typedef struct crm__customer_facts {
	int64_t r_days;      /* since the last order in the window; -1: none */
	int64_t f_count;     /* orders in the window */
	int64_t m_base;      /* their amount */
	int64_t recent;      /* amount of orders of the last growth_days */
	int64_t earlier;     /* of as many days before */
	int64_t open;        /* weighted open pipeline + potential_base */
	int64_t activities;  /* done two-way ones of the last engagement_days */
	int64_t size_tenths; /* large or government 10, medium 6, small 3, else 1 */
	int64_t age_days;    /* since the customer was made */
	bool ordered;        /* has an order at all, whenever */
	bool dealt;          /* has an opportunity, open or closed */
	bool deal_far;       /* has an open one at the stage `proposal` or past it */
} crm__customer_facts;

typedef struct crm__customer_scores {
	int r, f, m; /* 1 to 5 */
	int64_t value;
	int64_t potential;
} crm__customer_scores;

/* What all customers have, in ascending order, to rank one among them. The first three are of
 * the `ordered_count` customers with an order in the window. */
typedef struct crm__tier_ranking {
	const int64_t *r_days;
	const int64_t *f_counts;
	const int64_t *m_bases;
	size_t ordered_count;
	const int64_t *open; /* of all `count` customers */
	size_t count;
} crm__tier_ranking;

/* 1 + min(4, ⌊5 · worse / n⌋); 1 when n is 0. */
int crm__rfm_score(size_t worse, size_t n);

/* value = 40·R + 60·F + 100·M (by the weights); without an order in the window each score is 1.
 * potential = 400 · (share of customers with less open) + 200 · growth + 200 · engagement +
 * 200 · size, where growth = (recent − earlier) / max(earlier, 1) within 0 and 1. */
crm__customer_scores crm__customer_score(const crm__customer_facts *facts,
                                         const crm__tier_ranking *ranking,
                                         const crm__tier_parameters *parameters);

/* Why it is that tier. */
typedef enum crm__tier_cause {
	CRM_TIER_BY_AGE,       /* unrated: new, and nothing is known */
	CRM_TIER_BY_VALUE,     /* high */
	CRM_TIER_BY_POTENTIAL, /* potential: the score */
	CRM_TIER_BY_DEAL,      /* potential: an open deal is that far */
	CRM_TIER_BY_NOTHING,   /* low */
} crm__tier_cause;

typedef struct crm__tier_verdict {
	crm__tier tier;
	crm__tier_cause cause;
} crm__tier_verdict;

/* Unrated when new without order and opportunity; else high when value >= `high_from` (the
 * percentile of the values of those with orders in the window, itself one of them) and R is
 * high enough; else potential by score or by deal; else low. */
crm__tier_verdict crm__tier_of(const crm__customer_facts *facts,
                               const crm__customer_scores *scores, int64_t high_from,
                               const crm__tier_parameters *parameters);
