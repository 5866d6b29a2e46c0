/* SPDX-License-Identifier: Apache-2.0 */
/* --columns LIST. */
#pragma once

#include "base/buf.h"
#include "client/cardex.h"

/* True when the list (NULL: all fields) has an amount in the currency of its record, but not
 * the currency, without which its decimals are not known; appends the list with it behind to
 * `out`, zero-ended. */
bool cli_columns_complete(const cardex_type *type, const char *columns, cx_buf *out);
