/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/rules/rate.h"

#include "base/clock.h"
#include "base/msgpack.h"
#include "crm/rules/newest.h"

cx_status crm__rate_base(engine_draft *draft, const crm__rate_fields *at, cx_slice *ret,
                         cx_error *error)
{
	engine_draft *org;
	cx_status status = engine_draft_single(draft, at->base, &org, error);
	if (status == CX_OK)
		*ret = engine_draft_text(org, at->base);
	return status;
}

/* ["and", ["=", "currency", currency], ["<=", "on", day]] */
static void write_filter(cx_buf *out, cx_slice currency, int64_t day)
{
	cx_write_array(out, 3);
	cx_write_text(out, "and");
	cx_write_array(out, 3);
	cx_write_text(out, "=");
	cx_write_text(out, "currency");
	cx_write_str(out, currency);
	cx_write_array(out, 3);
	cx_write_text(out, "<=");
	cx_write_text(out, "on");
	cx_write_int(out, day);
}

/* The newest rate up to that day; 0 when there is none. */
static cx_status find(engine_draft *draft, cx_slice currency, int64_t day, int64_t *ret_id,
                      cx_error *error)
{
	CX_SCOPED(cx_buf_release) cx_buf filter = CX_BUF_INIT(256);
	write_filter(&filter, currency, day);
	cx_status status = cx_buf_status(&filter);
	if (status != CX_OK)
		return status;
	const crm__newest what = { .type = "fx_rate",
		                   .filter = cx_buf_slice(&filter),
		                   .by = "on" };
	return crm__newest_find(draft, &what, ret_id, error);
}

static cx_status fail_none(cx_slice currency, cx_slice base, int64_t day, cx_error *error)
{
	char date[CX_DATE_TEXT_SIZE];
	cx_date_format(day, date);
	return cx_fail_field(
		error, CX_CHECK, "currency",
		"there is no rate of %.*s in %.*s for %s: enter one as a record of "
		"fx_rate",
		CX_SLICE_ARG(currency), CX_SLICE_ARG(base), date);
}

cx_status crm__rate_on(engine_draft *draft, const crm__rate_fields *at, cx_slice currency,
                       int64_t day, crm__conversion *ret, cx_error *error)
{
	cx_slice base;
	cx_status status = crm__rate_base(draft, at, &base, error);
	if (status != CX_OK)
		return status;
	*ret = (crm__conversion){ .from = currency, .to = base, .rate_e8 = CRM_RATE_ONE };
	if (cx_slice_equal(currency, base))
		return CX_OK;
	int64_t id;
	engine_draft *rate;
	status = find(draft, currency, day, &id, error);
	if (status == CX_OK && id == 0)
		return fail_none(currency, base, day, error);
	if (status == CX_OK)
		status = engine_draft_load(draft, at->rate_e8, id, &rate, error);
	if (status == CX_OK)
		ret->rate_e8 = engine_draft_int(rate, at->rate_e8);
	return status;
}

static bool is_code(cx_slice text)
{
	bool good = text.size == 3;
	for (size_t i = 0; i < text.size && good; i++)
		good = text.data[i] >= 'A' && text.data[i] <= 'Z';
	return good;
}

cx_status crm__rate_code(const engine_draft *draft, unsigned currency, cx_error *error)
{
	if (!engine_draft_is_changed(draft, currency) ||
	    engine_draft_is_null(draft, currency) ||
	    is_code(engine_draft_text(draft, currency)))
		return CX_OK;
	return cx_fail_field(error, CX_CHECK, "currency",
	                     "a currency is three capital letters, such as CNY");
}

cx_status crm__rate_currency(engine_draft *draft, unsigned currency, const crm__rate_fields *at,
                             cx_error *error)
{
	if (engine_draft_existed(draft) || engine_draft_is_given(draft, currency))
		return crm__rate_code(draft, currency, error);
	cx_slice base;
	cx_status status = crm__rate_base(draft, at, &base, error);
	return status == CX_OK ? engine_draft_set_text(draft, currency, base) : status;
}

cx_status crm__rate_apply(int64_t amount, const crm__conversion *at, const char *field,
                          int64_t *ret, cx_error *error)
{
	char text[CRM_AMOUNT_TEXT_SIZE];
	if (crm__amount_convert(amount, at, ret))
		return CX_OK;
	return cx_fail_field(error, CX_TOO_LARGE, field,
	                     "%s does not fit in %.*s: the amount is too large",
	                     crm__amount_text(amount, at->from, text), CX_SLICE_ARG(at->to));
}
