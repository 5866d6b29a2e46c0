/* SPDX-License-Identifier: Apache-2.0 */
/* The watches of a connection. */
#pragma once

#include "client/conn/conn.h"

/* Takes one of the notifications of a watch. One of a watch that is not known any more is
 * passed over. Errors: CX_MALFORMED (not what it should be). */
CX_MUST_USE cx_status cardex__watch_take(cardex_conn *conn, proto_notification notification,
                                         const cardex_value *params, cx_error *error);

/* Gives credit for what was taken, as far as requests can be made. */
void cardex__watch_renew(cardex_conn *conn);

/* The connection is broken: tells all. */
void cardex__watch_end_all(cardex_conn *conn, const cardex_error *why);
