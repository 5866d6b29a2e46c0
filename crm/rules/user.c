/* SPDX-License-Identifier: Apache-2.0 */
/* Users have a login and a name that can be seen. Logins are compared to the byte, so none
 * begins or ends with a blank. */
#include "crm/rules/norms.h"
#include "crm/rules/rules.h"

enum { LOGIN, NAME };
static const char *const fields[] = {
	[LOGIN] = "login",
	[NAME] = "name",
};

static cx_status before(engine_draft *draft, cx_error *error)
{
	cx_status status = crm__norms_not_blank(draft, LOGIN, "login", error);
	if (status == CX_OK)
		status = crm__norms_trimmed(draft, LOGIN, "login", error);
	return status == CX_OK ? crm__norms_not_blank(draft, NAME, "name", error) : status;
}

const engine_rule crm__user_rule = {
	.type = "user",
	.fields = fields,
	.field_count = CX_COUNT_OF(fields),
	.before = before,
};
