/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/methods/roster.h"

#include "base/check.h"

void daemon__roster_join(daemon_roster *roster, daemon__roster_entry *entry)
{
	CX_ASSERT(entry->roster == NULL);
	pthread_mutex_lock(&roster->lock);
	entry->roster = roster;
	entry->previous = NULL;
	entry->next = roster->first;
	if (roster->first != NULL)
		roster->first->previous = entry;
	roster->first = entry;
	pthread_mutex_unlock(&roster->lock);
}

void daemon__roster_leave(daemon__roster_entry *entry)
{
	daemon_roster *roster = entry->roster;
	if (roster == NULL)
		return;
	pthread_mutex_lock(&roster->lock);
	if (entry->previous != NULL)
		entry->previous->next = entry->next;
	else
		roster->first = entry->next;
	if (entry->next != NULL)
		entry->next->previous = entry->previous;
	pthread_mutex_unlock(&roster->lock);
	entry->roster = NULL;
}

daemon__roster_total daemon__roster_count(daemon_roster *roster, uint64_t seq)
{
	daemon__roster_total total = { 0 };
	pthread_mutex_lock(&roster->lock);
	for (daemon__roster_entry *at = roster->first; at != NULL; at = at->next) {
		const uint64_t next = atomic_load(&at->seq);
		/* It may have come further meanwhile. */
		const uint64_t behind = next <= seq ? seq + 1 - next : 0;
		total.watches++;
		total.waiting += atomic_load(&at->waits);
		total.behind = behind > total.behind ? behind : total.behind;
		total.bytes += at->bytes;
	}
	pthread_mutex_unlock(&roster->lock);
	return total;
}
