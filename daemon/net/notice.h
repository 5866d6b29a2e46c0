/* SPDX-License-Identifier: Apache-2.0 */
/* What a connection is told when there is no request to answer: the notification
 * [2, "error", ["NAME: text"]]. The connection is closed after it. */
#pragma once

#include "base/buf.h"

/* `text` may be NULL: the status's own is sent then. */
void daemon__notice_write(cx_status status, const char *text, cx_buf *out);
