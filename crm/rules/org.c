/* SPDX-License-Identifier: Apache-2.0 */
/* Settings of the organisation. The base currency stands once there are amounts in it. */
#include "base/msgpack.h"
#include "crm/rules/number.h"
#include "crm/rules/rate.h"
#include "crm/rules/rules.h"
#include "engine/query.h"

enum { BASE_CURRENCY, FISCAL_START_MONTH, RFM_WINDOW_DAYS, SLA_HOURS, NUMBER_FORMAT };
static const char *const fields[] = {
	[BASE_CURRENCY] = "base_currency",     [FISCAL_START_MONTH] = "fiscal_start_month",
	[RFM_WINDOW_DAYS] = "rfm_window_days", [SLA_HOURS] = "sla_hours",
	[NUMBER_FORMAT] = "number_format",
};

/* Of urgent, high, normal and low requests. */
enum { SLA_COUNT = 4, SLA_HOURS_MAX = 24 * 366, WINDOW_DAYS_MAX = 36500 };

static cx_status check_number(const engine_draft *draft, unsigned field, int64_t most,
                              cx_error *error)
{
	const int64_t value = engine_draft_int(draft, field);
	if (engine_draft_is_null(draft, field) || (value >= 1 && value <= most))
		return CX_OK;
	return cx_fail_field(error, CX_CHECK, fields[field], "%s is 1 to %lld", fields[field],
	                     (long long)most);
}

static cx_status check_hours(const engine_draft *draft, cx_error *error)
{
	if (engine_draft_is_null(draft, SLA_HOURS))
		return CX_OK;
	cx_reader reader = cx_reader_of(engine_draft_text(draft, SLA_HOURS));
	const uint32_t count = cx_read_array(&reader);
	bool good = count <= SLA_COUNT;
	for (uint32_t i = 0; i < count && good; i++) {
		const int64_t hours = cx_read_int(&reader);
		good = hours >= 1 && hours <= SLA_HOURS_MAX;
	}
	return good ? CX_OK
	            : cx_fail_field(error, CX_CHECK, "sla_hours",
	                            "sla_hours are up to %d numbers from 1 to %d: for urgent, "
	                            "high, normal and low requests",
	                            SLA_COUNT, SLA_HOURS_MAX);
}

/* ---- the base currency ---- */

/* What has amounts in it. */
static const char *const amounts[] = { "opportunity", "sales_order", "contract", "fx_rate" };

static cx_status take_id(void *context, const engine_row *row)
{
	*(int64_t *)context = row->id;
	return CX_OK;
}

static cx_status refuse_any(engine_draft *draft, const engine_type *type, cx_error *error)
{
	const engine_query query = { .type = type, .limit = 1, .allow_scan = true };
	engine_page page;
	int64_t id = 0;
	cx_status status =
		engine_query_run(engine_draft_view(draft), &query, take_id, &id, &page, error);
	if (status != CX_OK || id == 0)
		return status;
	return cx_fail_field(error, CX_CHECK, "base_currency",
	                     "%s %lld has amounts in the base currency: it is set before there "
	                     "are any",
	                     type->name, (long long)id);
}

static cx_status refuse_amounts(engine_draft *draft, cx_error *error)
{
	const engine_schema *schema = engine_read_schema(engine_draft_view(draft));
	cx_status status = CX_OK;
	for (size_t i = 0; i < CX_COUNT_OF(amounts) && status == CX_OK; i++) {
		const engine_type *type = engine_schema_type(schema, cx_slice_of(amounts[i]));
		if (type != NULL)
			status = refuse_any(draft, type, error);
	}
	return status;
}

static cx_slice default_base(const engine_draft *draft)
{
	const engine_field *field =
		engine_type_field(engine_draft_type(draft), CX_SLICE_LITERAL("base_currency"));
	cx_reader reader = cx_reader_of(field->default_value);
	return cx_read_str(&reader);
}

static cx_status check_base(engine_draft *draft, cx_error *error)
{
	const cx_slice before = engine_draft_existed(draft)
	                                ? engine_draft_old_text(draft, BASE_CURRENCY)
	                                : default_base(draft);
	cx_status status = crm__rate_code(draft, BASE_CURRENCY, NULL);
	if (status == CX_CHECK)
		return cx_fail_field(error, CX_CHECK, "base_currency",
		                     "a currency is three capital letters, such as CNY");
	if (status != CX_OK || cx_slice_equal(before, engine_draft_text(draft, BASE_CURRENCY)))
		return status;
	return refuse_amounts(draft, error);
}

static cx_status before(engine_draft *draft, cx_error *error)
{
	cx_status status = check_base(draft, error);
	if (status == CX_OK)
		status = check_number(draft, FISCAL_START_MONTH, 12, error);
	if (status == CX_OK)
		status = check_number(draft, RFM_WINDOW_DAYS, WINDOW_DAYS_MAX, error);
	if (status == CX_OK)
		status = check_hours(draft, error);
	return status == CX_OK ? crm__number_formats_check(
					 engine_draft_text(draft, NUMBER_FORMAT), error)
	                       : status;
}

const engine_rule crm__org_rule = {
	.type = "org",
	.fields = fields,
	.field_count = CX_COUNT_OF(fields),
	.before = before,
};
