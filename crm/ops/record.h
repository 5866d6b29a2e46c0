/* SPDX-License-Identifier: Apache-2.0 */
/* Records of the trade as operations read and write them: fields by name. */
#pragma once

#include "base/buf.h"
#include "crm/crm.h"
#include "engine/query.h"

/* The record type of that name. Errors: CX_NO_TYPE. */
CX_MUST_USE cx_status crm__type_find(engine_read *read, const char *name,
                                     const engine_type **ret, cx_error *error);

/* The bytes of one field of a row; those of nil when its type has no such field. */
cx_slice crm__row_value(const engine_row *row, const char *name);
bool crm__row_is_null(const engine_row *row, const char *name);
int64_t crm__row_int(const engine_row *row, const char *name);   /* 0 when null */
cx_slice crm__row_text(const engine_row *row, const char *name); /* empty when null */
bool crm__row_is(const engine_row *row, const char *name, const char *label);

/* The first record that a filter of one comparison, field = text, finds; by way of the index
 * there is. Errors: CX_NOT_FOUND, those of queries. */
CX_MUST_USE cx_status crm__find_first(engine_read *read, const engine_type *type,
                                      const char *field, const char *text, engine_row *ret,
                                      cx_error *error);

/* The only record of a type that has one; CX_NOT_FOUND when it is not there yet. */
CX_MUST_USE cx_status crm__find_single(engine_read *read, const char *type, engine_row *ret,
                                       cx_error *error);

/* The day of a time, where the organisation is. */
CX_MUST_USE cx_status crm__org_today(engine_read *read, int64_t ms, int64_t *ret,
                                     cx_error *error);

/* Whether a map of fields names this one; `*ret` is its value then. */
bool crm__map_find(cx_slice map, const char *name, cx_slice *ret);
/* Pairs of a map; 0 for an empty slice. Errors: CX_MALFORMED. */
CX_MUST_USE cx_status crm__map_count(cx_slice map, uint32_t *ret, cx_error *error);
