/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/exec/workers.h"

#include "daemon/exec/mailbox.h"
#include "daemon/exec/queue.h"
#include "daemon/methods/continuation.h"
#include "daemon/methods/method.h"

#include <stdlib.h>

typedef struct worker {
	daemon__workers *all;
	pthread_t thread;
	engine_read *read; /* rests between jobs */
	daemon__signer *signer;
} worker;

struct daemon__workers {
	daemon_context *context;
	daemon__queue queue;
	size_t count; /* of threads that run */
	worker each[];
};

static cx_status run_job(worker *self, daemon__job *job)
{
	cx_status status = engine_read_renew(self->read);
	if (status != CX_OK)
		return status;
	daemon__call call = {
		.context = self->all->context,
		.request = &job->request,
		.read = self->read,
		.signer = self->signer,
		.deadline_ns = job->deadline_ns,
		.out = &job->reply,
	};
	status = daemon__method_reply(&call, job->errors);
	engine_read_rest(self->read);
	return status;
}

static void *run(void *context)
{
	worker *self = context;
	daemon__job *job = NULL;
	while (daemon__queue_take_one(&self->all->queue, &job)) {
		cx_status status = run_job(self, job);
		if (status != CX_OK)
			daemon__job_fail(job, status, NULL);
		daemon__queue_give_back(&self->all->queue, job->size);
		daemon__jobs answered = { 0 };
		daemon__jobs_append(&answered, job);
		daemon__mailbox_post_all(&answered);
	}
	return NULL;
}

static cx_status start(daemon__workers *workers)
{
	worker *self = &workers->each[workers->count];
	engine *store = workers->context->store;
	self->all = workers;
	cx_status status = engine_read_begin(store, &self->read);
	if (status != CX_OK)
		return status;
	engine_read_rest(self->read);
	status = daemon__signer_new(engine_secret(store), &self->signer);
	if (status == CX_OK && pthread_create(&self->thread, NULL, run, self) != 0)
		status = CX_NO_MEMORY;
	if (status == CX_OK) {
		workers->count++;
		return CX_OK;
	}
	engine_read_end(&self->read);
	daemon__signer_free(&self->signer);
	return status;
}

cx_status daemon__workers_new(daemon_context *context, daemon__workers **ret)
{
	size_t count = context->config->threads_workers;
	CX_SCOPED(daemon__workers_free)
	daemon__workers *workers = calloc(1, sizeof *workers + count * sizeof *workers->each);
	if (workers == NULL)
		return CX_NO_MEMORY;
	workers->context = context;
	daemon__queue_init(&workers->queue, DAEMON__LONG_READS_MAX,
	                   context->config->limits_queue_bytes, &context->long_reads);
	for (size_t i = 0; i < count; i++) {
		cx_status status = start(workers);
		if (status != CX_OK)
			return status;
	}
	*ret = workers;
	workers = NULL; /* now the caller's */
	return CX_OK;
}

void daemon__workers_free(daemon__workers **workers)
{
	if (*workers == NULL)
		return;
	daemon__queue_close(&(*workers)->queue);
	for (size_t i = 0; i < (*workers)->count; i++) {
		worker *self = &(*workers)->each[i];
		pthread_join(self->thread, NULL);
		engine_read_end(&self->read);
		daemon__signer_free(&self->signer);
	}
	daemon__queue_release(&(*workers)->queue);
	free(*workers);
	*workers = NULL;
}

bool daemon__workers_reserve(daemon__workers *workers, size_t bytes)
{
	return daemon__queue_reserve(&workers->queue, bytes);
}

void daemon__workers_push(daemon__workers *workers, daemon__jobs *jobs)
{
	daemon__queue_push(&workers->queue, jobs);
}
