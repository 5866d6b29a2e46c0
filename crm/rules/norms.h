/* SPDX-License-Identifier: Apache-2.0 */
/* Fields that hold what another one says, written one way (crm/norm). For `before`: each sets
 * the field `to` from the field `from`; null when nothing of it is left. */
#pragma once

#include "engine/rules.h"

CX_MUST_USE cx_status crm__norms_name(engine_draft *draft, unsigned from, unsigned to);
CX_MUST_USE cx_status crm__norms_email(engine_draft *draft, unsigned from, unsigned to);
/* `country` is where the number was written down; empty: not known. */
CX_MUST_USE cx_status crm__norms_phone(engine_draft *draft, unsigned from, cx_slice country,
                                       unsigned to);
CX_MUST_USE cx_status crm__norms_tax_id(engine_draft *draft, unsigned from, unsigned to);

/* Errors: CX_CHECK when the write gives a text of nothing but blanks, naming the field. */
CX_MUST_USE cx_status crm__norms_not_blank(const engine_draft *draft, unsigned field,
                                           const char *name, cx_error *error);
/* Errors: CX_CHECK when the write gives a text that begins or ends with a blank. */
CX_MUST_USE cx_status crm__norms_trimmed(const engine_draft *draft, unsigned field,
                                         const char *name, cx_error *error);
