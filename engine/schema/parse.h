/* SPDX-License-Identifier: Apache-2.0 */
/* From schema text to its tree. The language is described in docs/data-model.md; nothing in it
 * nests, so neither does the parser. */
#pragma once

#include "base/arena.h"
#include "engine/schema/syntax.h"

/* Appends what the text declares to `syntax`, and to the types of it that the text extends.
 * Counts are held to the limits of engine/schema.h here, so the tree is bounded by them.
 * `in_base`: the text comes before the one whose lines the user knows.
 * The text must outlive the tree. After a failure the tree is good for nothing.
 * Errors: CX_SCHEMA_SYNTAX, CX_TOO_LARGE, CX_NO_MEMORY. */
CX_MUST_USE cx_status engine__parse(cx_slice text, bool in_base, cx_arena *arena,
                                    engine__syntax *syntax, cx_error *error);
