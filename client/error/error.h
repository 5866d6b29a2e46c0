/* SPDX-License-Identifier: Apache-2.0 */
/* Between the statuses and errors of the tree and those of the library's users. */
#pragma once

#include "base/status.h"
#include "client/cardex.h"

cardex_status cardex__status_of(cx_status status);

/* CX_INTERNAL for a number that is no status. */
cx_status cardex__status_back(cardex_status status);

/* Fills `error` (when not NULL) and returns `status`. */
CX_PRINTF(3, 4)
cardex_status cardex__fail(cardex_error *error, cardex_status status, const char *format, ...);

/* The same with the status's own text. */
cardex_status cardex__fail_plain(cardex_error *error, cardex_status status);

/* The same with what `from` says; `from->status` is not CX_OK. */
cardex_status cardex__fail_as(cardex_error *error, const cx_error *from);
