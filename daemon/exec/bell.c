/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/exec/bell.h"

#include "base/check.h"

void daemon__bell_init(daemon__bell *bell)
{
	*bell = (daemon__bell){ .count = 0 };
	pthread_mutex_init(&bell->lock, NULL);
}

void daemon__bell_release(daemon__bell *bell)
{
	CX_ASSERT(atomic_load(&bell->count) == 0);
	pthread_mutex_destroy(&bell->lock);
}

void daemon__bell_listen(daemon__bell *bell, daemon__mailbox *mailbox)
{
	pthread_mutex_lock(&bell->lock);
	const unsigned count = atomic_load(&bell->count);
	CX_ASSERT(count < DAEMON__LISTENERS_MAX);
	bell->listeners[count] = mailbox;
	atomic_store(&bell->count, count + 1);
	pthread_mutex_unlock(&bell->lock);
}

void daemon__bell_leave(daemon__bell *bell, daemon__mailbox *mailbox)
{
	pthread_mutex_lock(&bell->lock);
	const unsigned last = atomic_load(&bell->count) - 1;
	unsigned at = 0;
	while (at < last && bell->listeners[at] != mailbox)
		at++;
	CX_ASSERT(bell->listeners[at] == mailbox);
	bell->listeners[at] = bell->listeners[last];
	atomic_store(&bell->count, last);
	pthread_mutex_unlock(&bell->lock);
}

void daemon__bell_ring(daemon__bell *bell)
{
	if (atomic_load(&bell->count) == 0)
		return;
	pthread_mutex_lock(&bell->lock);
	for (unsigned i = 0; i < atomic_load(&bell->count); i++)
		daemon__mailbox_stir(bell->listeners[i]);
	pthread_mutex_unlock(&bell->lock);
}
