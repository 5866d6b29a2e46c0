/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas for tests, from text that is expected to be right. */
#pragma once

#include "engine/schema/catalog.h"

/* The catalog of the text; fails the test with the error's place and words otherwise. The text
 * is parsed from a heap block of exactly its size. Free with engine__catalog_free(). */
engine__catalog *schema_fixture_catalog(const char *text);

/* They fail the test when there is none of that name. */
const engine_type *schema_fixture_type(const engine__catalog *catalog, const char *name);
const engine_field *schema_fixture_field(const engine_type *type, const char *name);
const engine_index *schema_fixture_index(const engine_type *type, const char *name);
