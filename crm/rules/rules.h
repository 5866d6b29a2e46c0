/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of the trade, one file for each record type that has some. */
#pragma once

#include "engine/rules.h"

extern const engine_rule crm__activity_rule;
extern const engine_rule crm__campaign_rule;
extern const engine_rule crm__campaign_touch_rule;
extern const engine_rule crm__contact_rule;
extern const engine_rule crm__contract_rule;
extern const engine_rule crm__customer_rule;
extern const engine_rule crm__customer_tier_rule;
extern const engine_rule crm__feedback_rule;
extern const engine_rule crm__forecast_rule;
extern const engine_rule crm__fx_rate_rule;
extern const engine_rule crm__opportunity_rule;
extern const engine_rule crm__order_line_rule;
extern const engine_rule crm__org_rule;
extern const engine_rule crm__payment_rule;
extern const engine_rule crm__product_rule;
extern const engine_rule crm__sales_order_rule;
extern const engine_rule crm__sales_target_rule;
extern const engine_rule crm__service_request_rule;
extern const engine_rule crm__stage_rule;
extern const engine_rule crm__team_rule;
extern const engine_rule crm__user_rule;
