/* SPDX-License-Identifier: Apache-2.0 */
/* E-mail addresses. */
#pragma once

#include "base/buf.h"
#include "base/slice.h"

/* Appends the address folded and without blanks around it, out of `Name <address>` too. Nothing
 * when it is none: one @ with something before and after it, and no blank inside. The part
 * before the @ is folded, too: who tells mailboxes apart by case alone is not known.
 * Errors: CX_MALFORMED, CX_TOO_LARGE, CX_NO_MEMORY. */
CX_MUST_USE cx_status crm__norm_email(cx_slice address, cx_buf *out);
