/* SPDX-License-Identifier: Apache-2.0 */
/* Tells loops that something was committed. Only loops that listen are told, and while none
 * does ringing costs a look at a number.
 *
 * A loop listens first and reads then: what was committed before it listened it reads, of what
 * is committed afterwards it is told.
 *
 * Thread rule: from any thread. */
#pragma once

#include "daemon/exec/mailbox.h"

#include <stdatomic.h>

enum { DAEMON__LISTENERS_MAX = 64 }; /* as many as there may be loops */

typedef struct daemon__bell {
	pthread_mutex_t lock;
	atomic_uint count;
	daemon__mailbox *listeners[DAEMON__LISTENERS_MAX];
} daemon__bell;

void daemon__bell_init(daemon__bell *bell);
void daemon__bell_release(daemon__bell *bell);

/* The mailbox must not listen yet; and must do so until it is taken out. */
void daemon__bell_listen(daemon__bell *bell, daemon__mailbox *mailbox);
void daemon__bell_leave(daemon__bell *bell, daemon__mailbox *mailbox);

/* After a commit is on disk. */
void daemon__bell_ring(daemon__bell *bell);
