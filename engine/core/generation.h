/* SPDX-License-Identifier: Apache-2.0 */
/* Generations of the schema. Each change of the schema of an open store makes the next one; the
 * meta tree says which one a snapshot was written under, so a snapshot is read with its own.
 *
 * All that were needed since the open are kept until the close, so that no pointer to a type,
 * field or index dangles; hence their number is bounded.
 *
 * Thread rule: adding is for the one who has a write transaction open; finding for everyone. */
#pragma once

#include "engine/core/rules.h"
#include "engine/engine.h"
#include "engine/references.h"
#include "engine/schema/catalog.h"

#include <stdatomic.h>

typedef engine_referrer engine__referrer;

typedef struct engine__generation {
	atomic_uint_fast64_t number; /* from 1; 0: its commit failed, no snapshot has it */
	engine__catalog *catalog;
	const engine_schema *schema; /* the catalog's */
	/* referrers[i] .. referrers[i + 1] refer to the type of number i. */
	engine__referrer *referrers;
	uint32_t *referrers_from;
	engine__bound_rules rules;
} engine__generation;

typedef struct engine__generations {
	engine__generation *items[ENGINE_GENERATIONS_MAX];
	atomic_uint count;
} engine__generations;

/* Makes a generation of a catalog whose trees are bound; takes the catalog.
 * Errors: CX_NO_MEMORY (the catalog is freed). */
CX_MUST_USE cx_status engine__generation_new(engine__catalog **catalog, uint64_t number,
                                             const engine__rulebook *rules,
                                             engine__generation **ret);
void engine__generation_free(engine__generation **generation);

/* Makes it known, before a commit shows it; takes it. Errors: CX_BUSY (there were too many). */
CX_MUST_USE cx_status engine__generations_add(engine__generations *self,
                                              engine__generation **generation);
/* The commit of the newest one failed. It stays, as somebody may be looking at it. */
void engine__generations_forget_newest(engine__generations *self);
void engine__generations_release(engine__generations *self);

/* The only one there has been; NULL when there were more. */
const engine__generation *engine__generations_only(const engine__generations *self);

/* How many more can be added. */
unsigned engine__generations_left(const engine__generations *self);

const engine__generation *engine__generations_newest(const engine__generations *self);

/* The newest of that number; NULL when there is none. */
const engine__generation *engine__generations_find(const engine__generations *self,
                                                   uint64_t number);

/* The referrers of a type; `*ret_count` may be 0. */
const engine__referrer *engine__referrers_of(const engine__generation *self,
                                             const engine_type *type, size_t *ret_count);
