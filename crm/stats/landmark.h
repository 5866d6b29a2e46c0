/* SPDX-License-Identifier: Apache-2.0 */
/* Whether opportunities that had an activity early on are won more often: a landmark analysis.
 *
 * Those with activities also lived longer, so comparing all with against all without shows an
 * effect where there is none. Here only opportunities count that were open at the
 * landmark, some days after they were made, and they are parted by what happened up to it.
 * What is found is an association, not a cause.
 *
 * Source: J. R. Anderson, K. C. Cain and R. D. Gelber, Analysis of survival by tumor response,
 * Journal of Clinical Oncology 1 (1983) 710. */
#pragma once

#include "base/status.h"
#include "crm/stats/strata.h"

enum {
	CRM_LANDMARK_DAYS = 14,       /* after an opportunity was made */
	CRM_LANDMARK_FROM_DAYS = 545, /* made so long ago at most, */
	CRM_LANDMARK_TO_DAYS = 180,   /* and at least */
	CRM_LANDMARK_LEAST = 30,      /* a smaller group says nothing */
};

/* A closed opportunity that was open at the landmark. */
typedef struct crm__landmark_deal {
	bool exposed; /* had a done activity of the kind up to the landmark */
	bool won;
	int64_t amount;
	int64_t stage;    /* at the landmark */
	int64_t cycle_ms; /* from made to closed */
} crm__landmark_deal;

typedef struct crm__landmark_group {
	crm__share won;
	bool has_cycle;
	int64_t median_cycle_ms; /* of the won ones */
} crm__landmark_group;

typedef struct crm__landmark_effect {
	crm__landmark_group exposed;
	crm__landmark_group other;
	bool too_few; /* a group under CRM_LANDMARK_LEAST: nothing of what follows is set */
	int64_t difference_bp; /* of the win rates, exposed less other */
	int64_t low_bp;        /* its 95 % interval, Newcombe and Wilson */
	int64_t high_bp;
	bool has_lift;      /* the others have won any */
	int64_t lift_milli; /* ratio of the win rates */
	/* The same ratio of risks by Mantel and Haenszel, over strata of amount (thirds by
	 * rank) and stage at the landmark. */
	bool has_adjusted;
	int64_t adjusted_milli;
	size_t strata;
} crm__landmark_effect;

/* Errors: CX_NO_MEMORY. */
CX_MUST_USE cx_status crm__landmark(const crm__landmark_deal *deals, size_t count,
                                    crm__landmark_effect *ret);
