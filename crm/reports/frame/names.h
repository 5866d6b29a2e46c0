/* SPDX-License-Identifier: Apache-2.0 */
/* The names of the records that REF columns lead to: each is read once, when the rows are
 * done. */
#pragma once

#include "crm/reports/frame/report.h"

/* Remembers that the record is in the answer. Without memory its name is left out. */
void crm__names_note(crm__report *self, const char *type, int64_t id);

/* Writes {type → [[id, name_en, name_zh], …]}, ids ascending. A record that is gone has none.
 * Errors: those of reading; crm__spend. */
CX_MUST_USE cx_status crm__names_write(crm__report *self);
