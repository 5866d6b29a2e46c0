/* SPDX-License-Identifier: Apache-2.0 */
/* Values of a record as one number each, so that they are compared and added up easily: a bool
 * is 0 or 1, an enum the position of its label, a text its hash, nothing ROW_NULL. */
#pragma once

#include "tests/support/store_fixture.h"

#define ROW_NULL INT64_MIN

/* What a MessagePack value of the field, or an empty slice, is as a number. */
int64_t row_number(const engine_field *field, cx_slice value);
int64_t row_number_of_text(const engine_field *field, const char *text);

/* False when it is not live; `any`: nor deleted. Asserts that it can be read. */
bool row_find(store_fixture *f, const char *type, int64_t id, engine_row *ret);
bool row_find_any(store_fixture *f, const engine_type *type, int64_t id, engine_row *ret);

/* A field of it by its name. */
int64_t row_int(const engine_row *self, const char *field);
bool row_is_null(const engine_row *self, const char *field);
bool row_is(const engine_row *self, const char *field, const char *text);

/* All fields by slot; as many as the type has are written. */
void row_numbers(const engine_row *self, int64_t *ret);

/* A hash over every record of every type, the deleted ones too, without revisions and stamps of
 * updates; with or without the history of opportunities, which tells of deletions, too. */
uint64_t row_state_hash(store_fixture *f, bool history);

/* The last id given. */
int64_t row_last_id(store_fixture *f, const engine_type *type);
