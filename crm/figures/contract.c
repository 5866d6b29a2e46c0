/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/figures/contract.h"

crm__phase crm__contract_phase(const crm__term *term, int64_t today)
{
	if (today < term->start_on)
		return CRM__PHASE_PENDING;
	return term->has_end && today > term->end_on ? CRM__PHASE_EXPIRED : CRM__PHASE_ACTIVE;
}

bool crm__contract_is_expiring(const crm__term *term, int64_t today, int64_t notice_days)
{
	if (!term->has_end || crm__contract_phase(term, today) != CRM__PHASE_ACTIVE)
		return false;
	/* Active: today <= end_on; as unsigned numbers the distance cannot overflow. */
	return notice_days >= 0 &&
	       (uint64_t)term->end_on - (uint64_t)today <= (uint64_t)notice_days;
}
