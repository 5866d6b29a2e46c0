/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/exec/writer.h"

#include "base/check.h"
#include "base/clock.h"
#include "daemon/exec/committer.h"
#include "daemon/exec/mailbox.h"
#include "daemon/exec/queue.h"
#include "daemon/methods/repeat.h"
#include "daemon/methods/schema.h"
#include "daemon/methods/write.h"
#include "engine/changes.h"
#include "engine/evolve.h"

#include <stdlib.h>

#define DAY_MS (UINT64_C(24) * 60 * 60 * 1000)

struct daemon__writer {
	daemon_context *context;
	daemon__queue queue;
	daemon__committer *committer;
	pthread_t thread;
	daemon__bell bell;
	atomic_bool failed;
	atomic_uint_fast64_t busy_since_ns; /* 0 = waits */
	engine_author author;               /* of the group that runs */
	uint64_t build_again_ns;            /* not before; 0 = at once */
	int64_t ids[PROTO_BATCH_OPERATIONS_MAX];
};

/* Runs the request, or finds what it did when it came before. */
static cx_status run_once(daemon__write *write, const proto_request *request, cx_error *error)
{
	CX_SCOPED(daemon__repeat_release) daemon__repeat repeat = { 0 };
	bool found = false;
	const size_t before = write->out->size;
	cx_status status = daemon__repeat_of(request, &repeat, error);
	if (status == CX_OK && repeat.once)
		status = engine_answer_find(engine_write_view(write->transaction),
		                            &repeat.request, write->out, &found, error);
	if (status == CX_OK && !found)
		status = daemon__write_run(write, request, error);
	if (status != CX_OK || found || !repeat.once)
		return status;
	const cx_slice answer = cx_slice_from(cx_buf_slice(write->out), before);
	status = cx_buf_status(write->out);
	return status == CX_OK ? engine_answer_keep(write->transaction, &repeat.request, answer,
	                                            write->author.now_ms)
	                       : status;
}

/* Runs one job and fills its reply; on an error, and for a dry run, the transaction is as it
 * was. */
static void run_job(daemon__writer *writer, engine_write *transaction, daemon__job *job)
{
	engine_mark mark = engine_write_mark(transaction);
	daemon__write write = {
		.schema = engine_read_schema(engine_write_view(transaction)),
		.transaction = transaction,
		.author = writer->author,
		.ids = writer->ids,
		.out = &job->reply,
	};
	cx_error error = { 0 };
	cx_buf_clear(&job->reply);
	proto_reply_begin(job->request.msgid, &job->reply);
	cx_status status = run_once(&write, &job->request, &error);
	if (status == CX_OK)
		status = cx_buf_status(&job->reply);
	if (status == CX_OK && !job->request.options.dry_run)
		return;
	engine_write_rollback(transaction, mark);
	if (status != CX_OK)
		daemon__job_fail(job, status, &error);
}

static bool is_large_enough(const daemon__writer *writer, const engine_write *transaction)
{
	const daemon_config *config = writer->context->config;
	return engine_write_operations(transaction) >= config->limits_group_operations ||
	       engine_write_bytes(transaction) >= config->limits_group_bytes;
}

static void answer(daemon__writer *writer, daemon__jobs *group)
{
	for (daemon__job *job = group->first; job != NULL; job = job->next)
		daemon__queue_give_back(&writer->queue, job->size);
	atomic_fetch_add_explicit(&writer->context->counters.writes, group->count,
	                          memory_order_relaxed);
	daemon__mailbox_post_all(group);
}

static void answer_error(daemon__writer *writer, daemon__jobs *group, cx_status status,
                         const char *text)
{
	cx_error error = { 0 };
	cx_fail(&error, status, "%s", text);
	for (daemon__job *job = group->first; job != NULL; job = job->next)
		daemon__job_fail(job, status, &error);
	answer(writer, group);
}

static void fail(daemon__writer *writer, cx_status status)
{
	DAEMON_LOG(ERROR, "write failed", LOG_TEXT("status", cx_status_name(status)),
	           LOG_TEXT("text", "the outcome of the last writes is not known"));
	atomic_store(&writer->failed, true);
	daemon_context_wake(writer->context);
}

/* Drops what of the change log need not be kept: somewhat more than a group adds, so that it
 * keeps up with the writes and none waits long for it. */
static void trim_log(daemon__writer *writer, engine_write *transaction, size_t group)
{
	enum { OPERATIONS_MORE = 64 };
	const daemon_config *config = writer->context->config;
	const engine_retention keep = { .keep_ms = config->changes_keep_days * DAY_MS,
		                        .keep_bytes = config->changes_keep_bytes };
	if (keep.keep_ms == 0 && keep.keep_bytes == 0)
		return;
	const engine_mark mark = engine_write_mark(transaction);
	bool more;
	cx_status status = engine_changes_trim(transaction, &keep, writer->author.now_ms,
	                                       (uint32_t)group + OPERATIONS_MORE, &more);
	if (status == CX_OK)
		return;
	engine_write_rollback(transaction, mark);
	DAEMON_LOG(WARN, "changes kept", LOG_TEXT("status", cx_status_name(status)),
	           LOG_TEXT("text", "the change log cannot be cut; run check"));
}

/* Runs jobs of `waiting` until the transaction is large enough, and hands it over. `*ret_group`
 * are those it took, whatever happened. */
static cx_status run_group(daemon__writer *writer, daemon__jobs *waiting,
                           daemon__jobs *ret_group, engine_commit *ret_commit)
{
	CX_SCOPED(engine_write_abort) engine_write *transaction = NULL;
	cx_status status = engine_write_begin(writer->context->store, &transaction);
	if (status != CX_OK) {
		daemon__jobs_move(ret_group, waiting);
		return status;
	}
	do {
		daemon__job *job = daemon__jobs_take(waiting);
		run_job(writer, transaction, job);
		daemon__jobs_append(ret_group, job);
	} while (waiting->count > 0 && !is_large_enough(writer, transaction) &&
	         !daemon__schema_is_change(waiting->first->request.method));

	trim_log(writer, transaction, ret_group->count);
	/* Also one in which all failed or changed nothing: that may be due to the group before.
	 */
	if (engine_write_operations(transaction) > 0)
		atomic_fetch_add_explicit(&writer->context->counters.groups, 1,
		                          memory_order_relaxed);
	return engine_write_submit(&transaction, ret_commit);
}

/* What becomes of a group once its writes are on disk, or in doubt. */
static void settle(void *context, daemon__jobs *group, cx_status status)
{
	daemon__writer *writer = context;
	if (status == CX_OK) {
		answer(writer, group);
		daemon__bell_ring(&writer->bell);
		return;
	}
	fail(writer, status);
	answer_error(writer, group, CX_IO, "the commit failed; its outcome is not known");
}

/* While others wait to be run, the committer waits for the disk. Otherwise it is shorter to do
 * that here. */
static void commit(daemon__writer *writer, daemon__jobs *group, engine_commit commit,
                   bool others_wait)
{
	if (others_wait || !daemon__committer_is_idle(writer->committer))
		daemon__committer_give(writer->committer, group, commit);
	else
		settle(writer, group, engine_commit_wait(writer->context->store, commit));
}

static void serve(daemon__writer *writer, daemon__jobs *waiting);

/* There was no room for all of them together; some may fit. */
static void serve_each(daemon__writer *writer, daemon__jobs *group)
{
	while (group->count > 0) {
		daemon__jobs one = { 0 };
		daemon__jobs_append(&one, daemon__jobs_take(group));
		serve(writer, &one);
	}
}

/* A change of the schema is a transaction of its own, on disk when it ends. */
static void change_schema(daemon__writer *writer, daemon__job *job)
{
	daemon__jobs one = { 0 };
	cx_error error = { 0 };
	cx_buf_clear(&job->reply);
	proto_reply_begin(job->request.msgid, &job->reply);
	cx_status status = daemon__schema_change(writer->context->store, &job->request,
	                                         &job->reply, &error);
	if (status == CX_OK)
		DAEMON_LOG(INFO, "schema changed",
		           LOG_TEXT("method", proto_method_info_of(job->request.method)->name));
	if (status == CX_OK)
		status = cx_buf_status(&job->reply);
	if (status != CX_OK)
		daemon__job_fail(job, status, &error);
	daemon__jobs_append(&one, job);
	if (status == CX_IO)
		fail(writer, status);
	answer(writer, &one);
}

/* Answers all that wait. A single job that does not fit ends the way down. */
static void serve(daemon__writer *writer, daemon__jobs *waiting)
{
	while (waiting->count > 0 && !atomic_load(&writer->failed)) {
		if (daemon__schema_is_change(waiting->first->request.method)) {
			change_schema(writer, daemon__jobs_take(waiting));
			continue;
		}
		daemon__jobs group = { 0 };
		engine_commit ticket;
		cx_status status = run_group(writer, waiting, &group, &ticket);
		if (status == CX_OK)
			commit(writer, &group, ticket,
			       waiting->count > 0 || daemon__queue_is_filled(&writer->queue));
		else if (status == CX_STORAGE_FULL && group.count > 1)
			serve_each(writer, &group);
		else if (status == CX_STORAGE_FULL || status == CX_BUSY ||
		         status == CX_NO_MEMORY)
			answer_error(writer, &group, status, cx_status_text(status));
		else
			settle(writer, &group, status);
	}
	if (waiting->count > 0)
		answer_error(writer, waiting, CX_IO, "an earlier commit failed");
}

/* ---- builds ---- */

static const uint64_t trouble_wait_ns = UINT64_C(10) * 1000 * 1000 * 1000;

enum {
	/* What a write may have to wait for a slice; shorter when one waits already. */
	SLICE_NS = 6 * 1000 * 1000,
	BUSY_SLICE_NS = 3 * 1000 * 1000,
	MERGE_WAIT_NS = 20 * 1000 * 1000,
};

static void postpone(daemon__writer *writer, cx_status status)
{
	const bool merging = status == CX_BUSY;
	if (!merging)
		DAEMON_LOG(WARN, "build waits", LOG_TEXT("status", cx_status_name(status)),
		           LOG_TEXT("text", cx_status_text(status)));
	writer->build_again_ns =
		cx_clock_monotonic_ns() + (merging ? MERGE_WAIT_NS : trouble_wait_ns);
}

/* One slice of what is to be built. While others wait, their commit brings it to disk. */
static void build(daemon__writer *writer)
{
	engine *store = writer->context->store;
	const bool others_wait = daemon__queue_is_filled(&writer->queue);
	engine_commit commit;
	bool more = false;
	cx_status status = engine_build_step(store, others_wait ? BUSY_SLICE_NS : SLICE_NS,
	                                     &commit, &more);
	if (status == CX_BUSY || status == CX_STORAGE_FULL || status == CX_NO_MEMORY ||
	    status == CX_CORRUPT) {
		postpone(writer, status);
		return;
	}
	if (status == CX_OK && !daemon__queue_is_filled(&writer->queue))
		status = engine_commit_wait(store, commit);
	if (status != CX_OK)
		fail(writer, status);
	writer->build_again_ns = 0;
}

static bool may_build(const daemon__writer *writer)
{
	return engine_build_is_wanted(writer->context->store) &&
	       !atomic_load(&writer->failed) &&
	       cx_clock_monotonic_ns() >= writer->build_again_ns;
}

static void build_once(daemon__writer *writer)
{
	if (!may_build(writer))
		return;
	atomic_store(&writer->busy_since_ns, cx_clock_monotonic_ns());
	build(writer);
	atomic_store(&writer->busy_since_ns, 0);
}

/* Takes what waits; while nothing does, builds. False once the queue is closed. */
static bool take(daemon__writer *writer, daemon__jobs *ret)
{
	while (engine_build_is_wanted(writer->context->store) &&
	       !daemon__queue_is_filled(&writer->queue) && !atomic_load(&writer->failed)) {
		const uint64_t now_ns = cx_clock_monotonic_ns();
		const uint64_t again_ns = writer->build_again_ns;
		if (!daemon__queue_wait(&writer->queue,
		                        again_ns > now_ns ? again_ns - now_ns : 0))
			return false;
		if (!daemon__queue_is_filled(&writer->queue))
			build_once(writer);
	}
	return daemon__queue_take_all(&writer->queue, ret);
}

static void *run(void *context)
{
	daemon__writer *writer = context;
	daemon__jobs waiting = { 0 };
	while (take(writer, &waiting)) {
		atomic_store(&writer->busy_since_ns, cx_clock_monotonic_ns());
		writer->author.now_ms = daemon_clock_now_ms(&writer->context->clock);
		serve(writer, &waiting);
		atomic_store(&writer->busy_since_ns, 0);
		build_once(writer); /* however many writes come, it goes on */
	}
	return NULL;
}

cx_status daemon__writer_new(daemon_context *context, daemon__writer **ret)
{
	daemon__writer *writer = calloc(1, sizeof *writer);
	if (writer == NULL)
		return CX_NO_MEMORY;
	writer->context = context;
	daemon__bell_init(&writer->bell);
	daemon__queue_init(&writer->queue, context->config->limits_queue_requests,
	                   context->config->limits_queue_bytes, &context->writes);
	cx_status status =
		daemon__committer_new(context->store, settle, writer, &writer->committer);
	if (status == CX_OK && pthread_create(&writer->thread, NULL, run, writer) != 0)
		status = CX_NO_MEMORY;
	if (status != CX_OK) {
		daemon__committer_free(&writer->committer);
		daemon__queue_release(&writer->queue);
		daemon__bell_release(&writer->bell);
		free(writer);
		return status;
	}
	*ret = writer;
	return CX_OK;
}

void daemon__writer_free(daemon__writer **writer)
{
	if (*writer == NULL)
		return;
	daemon__queue_close(&(*writer)->queue);
	pthread_join((*writer)->thread, NULL);
	daemon__committer_free(&(*writer)->committer);
	daemon__queue_release(&(*writer)->queue);
	daemon__bell_release(&(*writer)->bell);
	free(*writer);
	*writer = NULL;
}

cx_status daemon__writer_reserve(daemon__writer *writer, size_t bytes)
{
	if (atomic_load_explicit(&writer->failed, memory_order_relaxed))
		return CX_IO;
	return daemon__queue_reserve(&writer->queue, bytes) ? CX_OK : CX_BUSY;
}

void daemon__writer_push(daemon__writer *writer, daemon__jobs *jobs)
{
	daemon__queue_push(&writer->queue, jobs);
}

bool daemon__writer_has_failed(const daemon__writer *writer)
{
	return atomic_load(&writer->failed);
}

uint64_t daemon__writer_busy_ns(const daemon__writer *writer)
{
	uint64_t since = atomic_load(&writer->busy_since_ns);
	uint64_t now = cx_clock_monotonic_ns();
	uint64_t own = since == 0 || now < since ? 0 : now - since;
	uint64_t disk = daemon__committer_busy_ns(writer->committer);
	return own > disk ? own : disk;
}

daemon__bell *daemon__writer_bell(daemon__writer *writer)
{
	return &writer->bell;
}
