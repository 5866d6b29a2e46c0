/* SPDX-License-Identifier: Apache-2.0 */
/* Unified social credit codes (统一社会信用代码) and other tax numbers. Source: GB 32100-2015,
 * 5.3: the last of 18 characters is 31 less the sum of the others' values times 3^(place-1),
 * modulo 31; I, O, S, V and Z are not used. */
#pragma once

#include "base/buf.h"
#include "base/slice.h"

enum { CRM__CREDIT_CODE_LENGTH = 18 };

/* Appends it in capital letters, half-width, without blanks and hyphens.
 * Errors: CX_MALFORMED, CX_TOO_LARGE, CX_NO_MEMORY. */
CX_MUST_USE cx_status crm__norm_tax_id(cx_slice text, cx_buf *out);

/* Of a code of 18 characters whether its check character fits. Errors: CX_CHECK, naming tax_id,
 * and the text says what is wrong; those of another length are not looked at. */
CX_MUST_USE cx_status crm__credit_code_check(cx_slice code, cx_error *error);
