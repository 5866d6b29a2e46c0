/* SPDX-License-Identifier: Apache-2.0 */
/* Who refers to a record: every reference field of the schema that leads to its type, and the
 * live records that have it in one of them. */
#pragma once

#include "engine/engine.h"

/* Records of `source` may refer by `field`. */
typedef struct engine_referrer {
	const engine_type *source;
	const engine_field *field;
} engine_referrer;

/* The reference fields that lead to `type`, in the order of the schema, those of types of one's
 * own included. Empty for types whose records are never deleted: what refers to those is not
 * kept. Lives as long as the engine and fits this handle until it is renewed. */
const engine_referrer *engine_referrers(const engine_read *read, const engine_type *type,
                                        size_t *ret_count);

/* Takes one; anything but CX_OK ends the walk with that status. Inside a transaction it may
 * change or delete the record it is called with. */
typedef cx_status engine_referring_action(void *context, const engine_referrer *referrer,
                                          int64_t id);

/* Calls `action` for each live record that refers to `target` by that field, in the order of
 * the index by it. Errors: CX_CORRUPT, CX_IO, what the action returned. */
CX_MUST_USE cx_status engine_referring_each(engine_read *read, const engine_referrer *referrer,
                                            int64_t target, engine_referring_action *action,
                                            void *context);
