/* SPDX-License-Identifier: Apache-2.0 */
/* Currencies of records and their rates, from the records of fx_rate. */
#pragma once

#include "crm/figures/amount.h"
#include "engine/rules.h"

/* Where a rule's table has these fields. */
typedef struct crm__rate_fields {
	unsigned base;    /* "org.base_currency" */
	unsigned rate_e8; /* "fx_rate.rate_e8" */
} crm__rate_fields;

/* The organisation's currency. Lives as long as the hook runs. */
CX_MUST_USE cx_status crm__rate_base(engine_draft *draft, const crm__rate_fields *at,
                                     cx_slice *ret, cx_error *error);

/* From `currency` into the organisation's: at 1 when they are the same, otherwise at the newest
 * rate that was in force on `day`.
 * Errors: CX_CHECK (there is none: the text asks for a record of fx_rate). */
CX_MUST_USE cx_status crm__rate_on(engine_draft *draft, const crm__rate_fields *at,
                                   cx_slice currency, int64_t day, crm__conversion *ret,
                                   cx_error *error);

/* For `before`: a new record whose currency was not given has the organisation's; what was
 * given looks like a code of ISO 4217.
 * Errors: CX_CHECK. */
CX_MUST_USE cx_status crm__rate_currency(engine_draft *draft, unsigned currency,
                                         const crm__rate_fields *at, cx_error *error);

/* What the write makes of it looks like a code of ISO 4217. Errors: CX_CHECK. */
CX_MUST_USE cx_status crm__rate_code(const engine_draft *draft, unsigned currency,
                                     cx_error *error);

/* `amount` at that rate. Errors: CX_TOO_LARGE, naming `field`. */
CX_MUST_USE cx_status crm__rate_apply(int64_t amount, const crm__conversion *at,
                                      const char *field, int64_t *ret, cx_error *error);
