/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/rules/moves.h"

#include <stdio.h>
#include <string.h>

static bool is_allowed(const crm__moves *moves, const char *from, const char *to)
{
	for (size_t i = 0; i < moves->count; i++)
		if (strcmp(moves->items[i].from, from) == 0 &&
		    strcmp(moves->items[i].to, to) == 0)
			return true;
	return false;
}

/* "confirmed, cancelled"; "nothing else" where there is no way on. */
static void list(const crm__moves *moves, const char *from, char *text, size_t size)
{
	size_t used = 0;
	snprintf(text, size, "nothing else");
	for (size_t i = 0; i < moves->count; i++) {
		if (strcmp(moves->items[i].from, from) != 0 || used >= size)
			continue;
		const int length = snprintf(text + used, size - used, "%s%s",
		                            used > 0 ? ", " : "", moves->items[i].to);
		used += length > 0 ? (size_t)length : 0;
	}
}

cx_status crm__moves_check(const crm__moves *moves, const engine_draft *draft, unsigned field,
                           const char *field_name, cx_error *error)
{
	if (!engine_draft_is_changed(draft, field))
		return CX_OK;
	const char *from = engine_draft_old_label(draft, field);
	const char *to = engine_draft_label(draft, field);
	from = from == NULL ? "" : from;
	if (to == NULL || is_allowed(moves, from, to))
		return CX_OK;
	char allowed[160];
	list(moves, from, allowed, sizeof allowed);
	const char *type = engine_draft_type(draft)->name;
	if (!engine_draft_existed(draft))
		return cx_fail_field(error, CX_CHECK, field_name,
		                     "a new %s cannot begin as %s: %s may be %s", type, to,
		                     field_name, allowed);
	return cx_fail_field(error, CX_CHECK, field_name,
	                     "%s %lld cannot go from %s to %s: from %s it may go to %s", type,
	                     (long long)engine_draft_id(draft), from, to, from, allowed);
}
