/* SPDX-License-Identifier: Apache-2.0 */
/* Who refers to a record, for those outside the engine. */
#include "engine/core/handle.h"
#include "engine/record/reference.h"
#include "engine/references.h"

const engine_referrer *engine_referrers(const engine_read *read, const engine_type *type,
                                        size_t *ret_count)
{
	return engine__referrers_of(read->generation, type, ret_count);
}

cx_status engine_referring_each(engine_read *read, const engine_referrer *referrer,
                                int64_t target, engine_referring_action *action, void *context)
{
	CX_SCOPED(engine__referring_release) engine__referring walk = { 0 };
	int64_t ids[ENGINE__REFERRING_PAGE];
	size_t count = 0;
	cx_status status = engine__referring_init(&walk, read, referrer, target);
	do {
		if (status == CX_OK)
			status = engine__referring_next(&walk, read, ids, &count);
		for (size_t i = 0; i < count && status == CX_OK; i++)
			status = action(context, referrer, ids[i]);
	} while (status == CX_OK && count > 0);
	return status;
}
