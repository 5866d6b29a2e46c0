/* SPDX-License-Identifier: Apache-2.0 */
/* Telephone numbers as digits with country code. */
#pragma once

#include "base/buf.h"
#include "base/slice.h"

enum { CRM__NORM_PHONE_DIGITS_MAX = 24 };

/* Appends the digits of a number as somebody in `country` (ISO 3166-1 alpha-2, empty: unknown)
 * writes it:
 *  - of several numbers ("a/b", "a; b") the first; without an extension (转, 分机, ext, x, #);
 *  - after + or what is dialled for other countries (00, in the USA 011 …): as it is, but
 *    without the 0 that is dialled inside a country, (0) included;
 *  - otherwise without that 0 (in the USA 1, in Russia 8), behind the code of `country`;
 *  - a Chinese mobile number behind 86 without + is one with its code;
 *  - of a country that is not in crm/norm/calling_code.c: the digits as typed.
 * Nothing when there are under three digits; at most CRM__NORM_PHONE_DIGITS_MAX.
 * Errors: CX_MALFORMED, CX_TOO_LARGE, CX_NO_MEMORY. */
CX_MUST_USE cx_status crm__norm_phone(cx_slice number, cx_slice country, cx_buf *out);
