/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/exec/committer.h"

#include "base/check.h"
#include "base/clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct daemon__committer {
	engine *store;
	daemon__committer_done *done;
	void *context;
	pthread_t thread;
	atomic_uint_fast64_t busy_since_ns; /* 0 = waits for work */

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t filled;
	daemon__jobs jobs;
	engine_commit commit; /* of the last of them */
	bool works;
	bool closed;
};

/* False once it is closed and everything has been taken. */
static bool take(daemon__committer *committer, daemon__jobs *ret, engine_commit *ret_commit)
{
	pthread_mutex_lock(&committer->lock);
	committer->works = false;
	while (committer->jobs.count == 0 && !committer->closed)
		pthread_cond_wait(&committer->filled, &committer->lock);
	daemon__jobs_move(ret, &committer->jobs);
	*ret_commit = committer->commit;
	committer->works = ret->count > 0;
	pthread_mutex_unlock(&committer->lock);
	return ret->count > 0;
}

static void *run(void *context)
{
	daemon__committer *committer = context;
	daemon__jobs jobs = { 0 };
	engine_commit commit;
	while (take(committer, &jobs, &commit)) {
		atomic_store(&committer->busy_since_ns, cx_clock_monotonic_ns());
		cx_status status = engine_commit_wait(committer->store, commit);
		committer->done(committer->context, &jobs, status);
		atomic_store(&committer->busy_since_ns, 0);
	}
	return NULL;
}

cx_status daemon__committer_new(engine *store, daemon__committer_done *done, void *context,
                                daemon__committer **ret)
{
	daemon__committer *committer = calloc(1, sizeof *committer);
	if (committer == NULL)
		return CX_NO_MEMORY;
	committer->store = store;
	committer->done = done;
	committer->context = context;
	pthread_mutex_init(&committer->lock, NULL);
	pthread_cond_init(&committer->filled, NULL);
	if (pthread_create(&committer->thread, NULL, run, committer) != 0) {
		pthread_cond_destroy(&committer->filled);
		pthread_mutex_destroy(&committer->lock);
		free(committer);
		return CX_NO_MEMORY;
	}
	*ret = committer;
	return CX_OK;
}

void daemon__committer_free(daemon__committer **committer)
{
	daemon__committer *self = *committer;
	if (self == NULL)
		return;
	pthread_mutex_lock(&self->lock);
	self->closed = true;
	pthread_cond_signal(&self->filled);
	pthread_mutex_unlock(&self->lock);
	pthread_join(self->thread, NULL);
	pthread_cond_destroy(&self->filled);
	pthread_mutex_destroy(&self->lock);
	free(self);
	*committer = NULL;
}

void daemon__committer_give(daemon__committer *committer, daemon__jobs *jobs,
                            engine_commit commit)
{
	pthread_mutex_lock(&committer->lock);
	daemon__jobs_move(&committer->jobs, jobs);
	CX_ASSERT(commit.number >= committer->commit.number);
	committer->commit = commit;
	pthread_cond_signal(&committer->filled);
	pthread_mutex_unlock(&committer->lock);
}

bool daemon__committer_is_idle(daemon__committer *committer)
{
	pthread_mutex_lock(&committer->lock);
	bool idle = !committer->works && committer->jobs.count == 0;
	pthread_mutex_unlock(&committer->lock);
	return idle;
}

uint64_t daemon__committer_busy_ns(const daemon__committer *committer)
{
	uint64_t since = atomic_load(&committer->busy_since_ns);
	uint64_t now = cx_clock_monotonic_ns();
	return since == 0 || now < since ? 0 : now - since;
}
