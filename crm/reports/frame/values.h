/* SPDX-License-Identifier: Apache-2.0 */
/* Values out of rows and into requests of the engine. */
#pragma once

#include "base/msgpack.h"
#include "crm/reports/frame/report.h"

/* The values of these fields, in the order they are asked for; at most CRM__FIELDS_MAX. Texts
 * lie in the row. Errors: CX_CORRUPT. */
CX_MUST_USE cx_status crm__values_pick(crm__report *self, const engine_row *row,
                                       const engine_field *const *fields, size_t count,
                                       crm__value *ret);

/* One value off the reader: null, number, bool or text; a list or bytes is null. */
crm__value crm__value_read(cx_reader *reader);

void crm__value_write(const crm__value *value, cx_buf *out);

/* "id stage amount" as fields. Errors: CX_NO_FIELD. */
CX_MUST_USE cx_status crm__fields_of(crm__report *self, const engine_type *type,
                                     const char *words, const engine_field **ret,
                                     size_t *ret_count);
