/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/rules/rules.h"

#include "crm/crm.h"

static const engine_rule *const items[] = {
	&crm__activity_rule,      &crm__campaign_rule,     &crm__campaign_touch_rule,
	&crm__contact_rule,       &crm__contract_rule,     &crm__customer_rule,
	&crm__customer_tier_rule, &crm__feedback_rule,     &crm__forecast_rule,
	&crm__fx_rate_rule,       &crm__opportunity_rule,  &crm__order_line_rule,
	&crm__org_rule,           &crm__payment_rule,      &crm__product_rule,
	&crm__sales_order_rule,   &crm__sales_target_rule, &crm__service_request_rule,
	&crm__stage_rule,         &crm__team_rule,         &crm__user_rule,
};

const engine_rules *crm_rules(void)
{
	static const engine_rules rules = { .items = items,
		                            .count = CX_COUNT_OF(items),
		                            .schema = crm_schema_text };
	return &rules;
}
