/* SPDX-License-Identifier: Apache-2.0 */
/* The catalog after a change of the schema: everything that stays has the numbers it had, and
 * in rows the slot; everything new gets new ones behind. */
#pragma once

#include "engine/schema/catalog.h"

/* `text` is one in which no step is refused (engine/schema/compare.h), `empty` what it was
 * compared with. Trees are not bound. New indexes of types with records are BUILDING.
 * Errors: CX_SCHEMA_SYNTAX (a type has had too many fields), CX_TOO_LARGE (numbers have run
 * out), CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__catalog_evolve(const engine__catalog *old, cx_slice text,
                                             size_t own_from, const bool *empty,
                                             engine__catalog **ret, cx_error *error);
