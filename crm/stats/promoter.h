/* SPDX-License-Identifier: Apache-2.0 */
/* The net promoter score, and who says what.
 *
 * Source: F. F. Reichheld, The one number you need to grow, Harvard Business Review 81 (2003):
 * of the answers 0 to 10, the share of 9 and 10 less the share of 0 to 6. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { CRM_SCORES = 11 };

typedef struct crm__promoters {
	int64_t promoters;  /* 9, 10 */
	int64_t passives;   /* 7, 8 */
	int64_t detractors; /* 0 to 6 */
	int64_t nps_bp;     /* −10000 to 10000: an NPS of 42.5 is 4250 */
} crm__promoters;

/* `counts`: answers by score, each below 2⁵⁰ and >= 0 (asserted). False, and nothing written,
 * when there are none. */
bool crm__promoters_of(const int64_t counts[CRM_SCORES], crm__promoters *ret);
