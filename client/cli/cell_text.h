/* SPDX-License-Identifier: Apache-2.0 */
/* Text as the output formats need it. */
#pragma once

#include "base/buf.h"
#include "client/cardex.h"

#include <jansson.h>

/* Appends a CSV cell, quoted where it must be (RFC 4180); `guard` puts a ' before text that a
 * spreadsheet would run as a formula. */
void cli_text_csv(cx_slice text, bool guard, cx_buf *out);

/* Appends text with control characters and changes of writing direction shown as \xNN or
 * \u{NNNN}, and bytes that are not UTF-8 as \xNN, so that data cannot drive a terminal. */
void cli_text_safe(cx_slice text, cx_buf *out);

/* A JSON value; bytes in hexadecimal. Never NULL but without memory. */
json_t *cli_json_of(const cardex_value *value);
