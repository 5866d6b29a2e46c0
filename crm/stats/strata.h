/* SPDX-License-Identifier: Apache-2.0 */
/* One ratio over several strata, as if each had been looked at on its own.
 *
 * Source: N. Mantel and W. Haenszel, Statistical aspects of the analysis of data from
 * retrospective studies of disease, JNCI 22 (1959) 719 (the odds ratio); K. J. Rothman, S.
 * Greenland and T. L. Lash, Modern Epidemiology, 3rd ed. (2008), chapter 15 (the ratio of
 * risks). */
#pragma once

#include "crm/stats/proportion.h"

#include <stddef.h>

typedef struct crm__stratum {
	crm__share exposed;
	crm__share other;
} crm__stratum;

/* Of a stratum with n1 exposed, of which a have the event, and n0 others, of which c have:
 *   ratio of risks  Σ a · n0 / n  ÷  Σ c · n1 / n
 *   odds ratio      Σ a · (n0 − c) / n  ÷  Σ (n1 − a) · c / n
 * A stratum with nobody in one of the groups adds nothing. False, and nothing written, when the
 * divisor is 0. */
bool crm__mantel_haenszel_risk(const crm__stratum *strata, size_t count, double *ret);
bool crm__mantel_haenszel_odds(const crm__stratum *strata, size_t count, double *ret);
