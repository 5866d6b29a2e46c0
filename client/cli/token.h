/* SPDX-License-Identifier: Apache-2.0 */
/* Continuations as text: base64url without padding (RFC 4648, section 5). */
#pragma once

#include "base/buf.h"

void cli_token_write(cx_slice bytes, cx_buf *out);

/* False when the text is no token. */
bool cli_token_read(const char *text, cx_buf *out);
