/* SPDX-License-Identifier: Apache-2.0 */
/* Lists that people write in one text: "order_base desc, id". */
#pragma once

#include "base/buf.h"

/* Appends the parts between the commas as a MessagePack array of texts, each without the spaces
 * around it and with single ones inside. Errors: CX_INVALID_ARGUMENT (an empty part). */
CX_MUST_USE cx_status cardex__names_write(const char *text, cx_buf *out);
