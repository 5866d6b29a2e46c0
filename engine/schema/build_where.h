/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the schema builder that aggregates and rollups share. */
#pragma once

#include "engine/aggregate.h"
#include "engine/schema/model.h"

/* Errors of all: CX_SCHEMA_SYNTAX with the place, CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__build_find_field(const engine__builder *builder,
                                               const engine_type *type,
                                               engine__syntax_name name,
                                               const engine_field **ret);
CX_MUST_USE cx_status engine__build_find_type(const engine__builder *builder,
                                              engine__syntax_name name,
                                              const engine_type **ret);
CX_MUST_USE cx_status engine__build_where(const engine__builder *builder,
                                          const engine__syntax_condition *written,
                                          uint16_t count, const engine_type *type,
                                          engine_where *ret);

/* `ret` must be zeroed. */
CX_MUST_USE cx_status engine__build_sum(const engine__builder *builder,
                                        const engine__syntax_sum *written,
                                        const engine_type *type, engine_expression *ret);

/* Kinds whose values are integers inside the engine. */
bool engine__kind_is_number(engine_kind kind);

/* Fields something depends on, a mark each. */
typedef struct engine__slots {
	bool used[ENGINE_SLOTS_MAX];
} engine__slots;

void engine__slots_of_where(const engine_where *where, engine__slots *slots);
void engine__slots_of_sum(const engine_expression *sum, engine__slots *slots);
CX_MUST_USE cx_status engine__slots_keep(const engine__builder *builder,
                                         const engine__slots *slots, const uint16_t **ret,
                                         uint16_t *ret_count);
