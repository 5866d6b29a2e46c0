/* SPDX-License-Identifier: Apache-2.0 */
/* What one message of the server means. */
#pragma once

#include "client/conn/conn.h"

/* Takes one scanned message: an answer goes to its callback, a notification to whom it may
 * concern. Errors: CX_MALFORMED (no answer to any request, or none at all). */
CX_MUST_USE cx_status cardex__conn_take(cardex_conn *conn, cx_slice message, cx_error *error);

/* Ends a request that was taken out of the table: calls its callback, which owns `result`. */
void cardex__conn_reply(cardex_conn *conn, cardex__pending *taken, cardex_result *result,
                        const cardex_error *error);
