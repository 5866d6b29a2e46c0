/* SPDX-License-Identifier: Apache-2.0 */
/* A cardexd of the test's own, as a process on a socket, and connections to it. */
#pragma once

#include "client/cardex.h"

/* Starts one on a new store; the folder goes with started_stop(). */
void started_start(void);
/* Ends it and removes its folder; false when it did not end as it should. */
bool started_stop(void);

/* A new connection. */
cardex_conn *started_connect(void);
