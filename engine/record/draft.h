/* SPDX-License-Identifier: Apache-2.0 */
/* What engine/rules.h calls a draft, and the hooks of a rule run around one record. */
#pragma once

#include "engine/record/fields.h"
#include "engine/record/operation.h"
#include "engine/rules.h"

struct engine_draft {
	struct engine__hooks *hooks;
	const engine_type *type;
	int64_t id;            /* 0: not written yet */
	engine__value *before; /* NULL: there was none */
	engine__value *values;
	engine__value *stored; /* what the store has of it now; NULL: nothing */
	engine_draft *next;    /* saved in `before`, waits for its turn */
};

/* The rule of one record in one operation. */
typedef struct engine__hooks {
	engine__operation *op;
	const engine__bound_rule *bound; /* NULL: there is none to run */
	engine_event event;
	bool named;
	bool is_written; /* the record is; saving is not put off any more */
	engine_draft draft;
	const engine__given *given; /* NULL: nothing */
	engine_draft *first;
	engine_draft **last;
} engine__hooks;

/* The rule that is to run for this change of a record of the type, or NULL. */
const engine__bound_rule *engine__rule_of(const engine__operation *op, const engine_type *type);

/* Runs `before`, which may change `values`. `before` is the record as it was, NULL for a new
 * one; `given` may be NULL. `hooks` points to what is passed and to itself: it stays where it
 * is.
 */
CX_MUST_USE cx_status engine__hooks_before(engine__hooks *hooks, engine__operation *op,
                                           const engine_type *type, engine_event event,
                                           int64_t id, engine__value *before,
                                           engine__value *values, const engine__given *given);

/* Runs `before` for a record that is about to be deleted, which it may refuse. */
CX_MUST_USE cx_status engine__hooks_ask(engine__operation *op, const engine_type *type,
                                        int64_t id, engine__value *before, bool named);

/* The record has been written: writes what was put off, runs `after`. `id` is its id;
 * `values` as passed before have its newest revision afterwards. */
CX_MUST_USE cx_status engine__hooks_after(engine__hooks *hooks, int64_t id);

/* Runs `after` for a record that a delete or undelete has changed. Empties no arena. */
CX_MUST_USE cx_status engine__hooks_settle(engine__operation *op, const engine_type *type,
                                           engine_event event, int64_t id, bool named);
