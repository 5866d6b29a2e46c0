/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of the schema of a store_fixture's store. Texts are whole schemas. */
#pragma once

#include "engine/evolve.h"
#include "tests/support/store_fixture.h"

/* What the text would change: a line "verdict type.name: text" each, in static storage. */
const char *evolve_plan(store_fixture *self, const char *text);

cx_status evolve_try(store_fixture *self, const char *text, bool may_lose);
/* Must succeed. */
void evolve_apply(store_fixture *self, const char *text);

/* One slice of about so long; false when nothing was left to do. */
bool evolve_step(store_fixture *self, uint64_t time_ns);
/* Slices until nothing is left to do. */
void evolve_build(store_fixture *self);

/* "readable", "building: 3 of 10", "failed: duplicates 1: 1=2", "dropping"; "" when there is
 * none. In static storage. */
const char *evolve_state(store_fixture *self, const char *type, const char *index);
