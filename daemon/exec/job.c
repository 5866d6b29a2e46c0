/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/exec/job.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

cx_status daemon__job_new(cx_slice message, daemon__job **ret)
{
	daemon__job *job = calloc(1, sizeof *job + message.size);
	if (job == NULL)
		return CX_NO_MEMORY;
	job->reply = CX_BUF_INIT(PROTO_REPLY_BYTES_MAX);
	job->size = message.size;
	memcpy(job->message, message.data, message.size);

	/* The same bytes give the same request, with slices into our copy. */
	cx_slice own = { .data = job->message, .size = job->size };
	cx_status status = proto_request_decode(own, &job->request, NULL);
	CX_ASSERT(status == CX_OK);
	*ret = job;
	return CX_OK;
}

void daemon__job_free(daemon__job **job)
{
	if (*job != NULL)
		cx_buf_release(&(*job)->reply);
	free(*job);
	*job = NULL;
}

void daemon__job_fail(daemon__job *job, cx_status status, const cx_error *error)
{
	cx_buf_clear(&job->reply);
	proto_reply_error(job->request.msgid, status, error, job->errors, &job->reply);
	if (cx_buf_status(&job->reply) != CX_OK)
		cx_buf_clear(&job->reply);
}

void daemon__jobs_append(daemon__jobs *jobs, daemon__job *job)
{
	job->next = NULL;
	if (jobs->last != NULL)
		jobs->last->next = job;
	else
		jobs->first = job;
	jobs->last = job;
	jobs->count++;
}

daemon__job *daemon__jobs_take(daemon__jobs *jobs)
{
	daemon__job *job = jobs->first;
	if (job == NULL)
		return NULL;
	jobs->first = job->next;
	if (jobs->first == NULL)
		jobs->last = NULL;
	jobs->count--;
	job->next = NULL;
	return job;
}

void daemon__jobs_move(daemon__jobs *to, daemon__jobs *from)
{
	if (from->first == NULL)
		return;
	if (to->last != NULL)
		to->last->next = from->first;
	else
		to->first = from->first;
	to->last = from->last;
	to->count += from->count;
	*from = (daemon__jobs){ 0 };
}

void daemon__jobs_free(daemon__jobs *jobs)
{
	for (daemon__job *job; (job = daemon__jobs_take(jobs)) != NULL;)
		daemon__job_free(&job);
}
