/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/rules/rules.h"

#include "crm/crm.h"

static const engine_rule *const items[] = {
	&crm__campaign_rule,
};

const engine_rules *crm_rules(void)
{
	static const engine_rules rules = { .items = items, .count = CX_COUNT_OF(items) };
	return &rules;
}
