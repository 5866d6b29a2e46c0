/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/reports/campaign_cost.h"

#include "crm/figures/amount.h"
#include "crm/reports/frame/read.h"

static cx_status note_rate(void *context, const crm__value *values)
{
	*(int64_t *)context = values[0].number;
	return CX_OK;
}

/* 0: there is none. */
static cx_status newest_rate(crm__report *report, cx_slice currency, int64_t *ret)
{
	const crm__value code = { .kind = CRM__TEXT, .text = currency };
	const crm__condition where[] = {
		crm__equal("currency", code),
		crm__compare("on", "<=", crm__number(crm__today(report))),
	};
	const crm__query query = { .type = "fx_rate",
		                   .where = where,
		                   .where_count = CX_COUNT_OF(where),
		                   .index = "currency,on",
		                   .order = "on desc",
		                   .limit = 1,
		                   .fields = "rate_e8" };
	*ret = 0;
	return crm__query_run(report, &query, note_rate, ret);
}

cx_status crm__campaign_cost(crm__report *report, cx_slice currency, int64_t amount,
                             bool *ret_has, int64_t *ret)
{
	const cx_slice base = cx_slice_of(report->currency);
	int64_t rate = CRM_RATE_ONE;
	if (!cx_slice_equal(currency, base)) {
		cx_status status = newest_rate(report, currency, &rate);
		if (status != CX_OK)
			return status;
	}
	const crm__conversion at = { .from = currency, .to = base, .rate_e8 = rate };
	*ret_has = rate != 0 && crm__amount_convert(amount, &at, ret);
	return CX_OK;
}
