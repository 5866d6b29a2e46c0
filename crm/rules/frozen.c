/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/rules/frozen.h"

cx_status crm__frozen_check(const crm__frozen *frozen, const engine_draft *draft,
                            cx_error *error)
{
	for (size_t i = 0; i < frozen->count; i++) {
		if (!engine_draft_is_changed(draft, frozen->fields[i]))
			continue;
		const char *name = frozen->names[frozen->fields[i]];
		return cx_fail_field(
			error, CX_CHECK, name, "%s of %s %lld does not change %s: %s", name,
			engine_draft_type(draft)->name, (long long)engine_draft_id(draft),
			frozen->since, frozen->instead);
	}
	return CX_OK;
}
