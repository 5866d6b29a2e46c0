/* SPDX-License-Identifier: Apache-2.0 */
/* Users have a name, and a login that can be typed. */
#include "crm/rules/norms.h"
#include "crm/rules/rules.h"

enum { LOGIN, NAME };
static const char *const fields[] = {
	[LOGIN] = "login",
	[NAME] = "name",
};

static cx_status check_login(const engine_draft *draft, cx_error *error)
{
	const cx_slice login = engine_draft_text(draft, LOGIN);
	bool good = login.size > 0 || engine_draft_is_null(draft, LOGIN);
	for (size_t i = 0; i < login.size && good; i++)
		good = login.data[i] > ' ';
	return good ? CX_OK
	            : cx_fail_field(error, CX_CHECK, "login", "a login has no blanks in it");
}

static cx_status before(engine_draft *draft, cx_error *error)
{
	cx_status status = check_login(draft, error);
	return status == CX_OK ? crm__norms_not_blank(draft, NAME, "name", error) : status;
}

const engine_rule crm__user_rule = {
	.type = "user",
	.fields = fields,
	.field_count = CX_COUNT_OF(fields),
	.before = before,
};
