/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/exec/mailbox.h"

#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

cx_status daemon__mailbox_init(daemon__mailbox *mailbox)
{
	*mailbox = (daemon__mailbox){ .wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) };
	pthread_mutex_init(&mailbox->lock, NULL);
	return mailbox->wake_fd >= 0 ? CX_OK : CX_IO;
}

void daemon__mailbox_release(daemon__mailbox *mailbox)
{
	daemon__jobs_free(&mailbox->mail.answered);
	for (daemon__arrival *next, *arrival = mailbox->mail.arrived; arrival != NULL;
	     arrival = next) {
		next = arrival->next;
		close(arrival->fd);
		free(arrival);
	}
	mailbox->mail.arrived = NULL;
	if (mailbox->wake_fd >= 0)
		close(mailbox->wake_fd);
	mailbox->wake_fd = -1;
	pthread_mutex_destroy(&mailbox->lock);
}

/* With the lock held. */
static void wake(daemon__mailbox *mailbox)
{
	if (mailbox->woken)
		return;
	mailbox->woken = true;
	(void)eventfd_write(mailbox->wake_fd, 1);
}

void daemon__mailbox_post(daemon__mailbox *mailbox, daemon__jobs *jobs)
{
	pthread_mutex_lock(&mailbox->lock);
	daemon__jobs_move(&mailbox->mail.answered, jobs);
	wake(mailbox);
	pthread_mutex_unlock(&mailbox->lock);
}

void daemon__mailbox_give(daemon__mailbox *mailbox, daemon__arrival *arrival)
{
	pthread_mutex_lock(&mailbox->lock);
	arrival->next = mailbox->mail.arrived;
	mailbox->mail.arrived = arrival;
	wake(mailbox);
	pthread_mutex_unlock(&mailbox->lock);
}

void daemon__mailbox_order(daemon__mailbox *mailbox, daemon__order order)
{
	pthread_mutex_lock(&mailbox->lock);
	mailbox->mail.order = order;
	wake(mailbox);
	pthread_mutex_unlock(&mailbox->lock);
}

void daemon__mailbox_stir(daemon__mailbox *mailbox)
{
	pthread_mutex_lock(&mailbox->lock);
	mailbox->mail.stirred = true;
	wake(mailbox);
	pthread_mutex_unlock(&mailbox->lock);
}

daemon__mail daemon__mailbox_take(daemon__mailbox *mailbox)
{
	eventfd_t count = 0;
	pthread_mutex_lock(&mailbox->lock);
	(void)eventfd_read(mailbox->wake_fd, &count);
	daemon__mail mail = mailbox->mail;
	mailbox->mail = (daemon__mail){ .order = mail.order };
	mailbox->woken = false;
	pthread_mutex_unlock(&mailbox->lock);
	return mail;
}

void daemon__mailbox_post_all(daemon__jobs *jobs)
{
	while (jobs->count > 0) {
		daemon__mailbox *mailbox = jobs->first->mailbox;
		daemon__jobs own = { 0 };
		daemon__jobs others = { 0 };
		for (daemon__job *job; (job = daemon__jobs_take(jobs)) != NULL;)
			daemon__jobs_append(job->mailbox == mailbox ? &own : &others, job);
		daemon__mailbox_post(mailbox, &own);
		*jobs = others;
	}
}
