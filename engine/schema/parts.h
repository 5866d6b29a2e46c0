/* SPDX-License-Identifier: Apache-2.0 */
/* A catalog from the inside, for the files that make one. */
#pragma once

#include "engine/schema/catalog.h"
#include "engine/schema/ids.h"

struct engine__catalog {
	cx_arena *arena;
	engine__model model;
	engine__next_ids next;
};

enum {
	/* Twice what the largest text can lead to, an enum label for every two bytes. */
	ENGINE__CATALOG_ARENA_MAX = 96 * 1024 * 1024,
};

/* Makes a catalog without ids. Errors: CX_SCHEMA_SYNTAX, CX_TOO_LARGE, CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__catalog_begin(cx_slice text, size_t own_from,
                                            const engine__places_list *places,
                                            engine__catalog **ret, cx_error *error);
