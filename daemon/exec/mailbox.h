/* SPDX-License-Identifier: Apache-2.0 */
/* Where other threads leave things for a loop: answered jobs, new connections, orders. The
 * loop waits for `wake_fd` to become readable and takes everything at once.
 *
 * Thread rule: post, give, order and stir from any thread; take only from the loop. */
#pragma once

#include "daemon/exec/job.h"

#include <pthread.h>

/* A connection that was accepted and has no loop yet. */
typedef struct daemon__arrival daemon__arrival;
struct daemon__arrival {
	daemon__arrival *next;
	int fd; /* not blocking */
	bool tcp;
	uint64_t number; /* of the connection, for the log */
};

typedef enum daemon__order {
	DAEMON__GO_ON,
	DAEMON__DRAIN, /* read nothing more, answer what is in flight, end */
} daemon__order;

typedef struct daemon__mail {
	daemon__jobs answered;
	daemon__arrival *arrived; /* through their `next`, the last come first */
	daemon__order order;
	bool stirred; /* something was committed */
} daemon__mail;

struct daemon__mailbox {
	pthread_mutex_t lock;
	int wake_fd;
	bool woken; /* wake_fd was written to and nothing taken since */
	daemon__mail mail;
};

/* Errors: CX_IO (no descriptor left). */
CX_MUST_USE cx_status daemon__mailbox_init(daemon__mailbox *mailbox);
/* Frees the jobs in it and closes the connections. */
void daemon__mailbox_release(daemon__mailbox *mailbox);

/* Takes all jobs of the list. */
void daemon__mailbox_post(daemon__mailbox *mailbox, daemon__jobs *jobs);
void daemon__mailbox_give(daemon__mailbox *mailbox, daemon__arrival *arrival);
void daemon__mailbox_order(daemon__mailbox *mailbox, daemon__order order);

/* Says that something was committed. */
void daemon__mailbox_stir(daemon__mailbox *mailbox);

/* Everything that lies in it, now the caller's; the order stays. */
daemon__mail daemon__mailbox_take(daemon__mailbox *mailbox);

/* Gives every job to the mailbox it came from, each mailbox its jobs at once. */
void daemon__mailbox_post_all(daemon__jobs *jobs);
