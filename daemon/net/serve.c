/* SPDX-License-Identifier: Apache-2.0 */
/* From a message to an answer, or to the thread that makes it. */
#include "base/check.h"
#include "base/clock.h"
#include "daemon/exec/workers.h"
#include "daemon/exec/writer.h"
#include "daemon/net/loop.h"

enum { NS_PER_MS = 1000 * 1000 };

static void answer_error(daemon__conn *conn, uint32_t msgid, cx_status status,
                         const cx_error *error)
{
	proto_reply_error(msgid, status, error, conn->session.errors, daemon__conn_out(conn));
}

/* What is no request: a notification is ignored, anything else ends the connection. */
static void serve_other(daemon__conn *conn, cx_slice message, const cx_error *error)
{
	proto_kind kind;
	uint32_t msgid = 0;
	cx_status status = proto_message_kind(message, &kind, &msgid);
	if (status == CX_OK && kind == PROTO_NOTIFICATION)
		return;
	daemon__conn_refuse(conn, CX_MALFORMED, error->text);
}

static cx_status give_job(const daemon__serving *self, daemon__job *job)
{
	daemon__loop *loop = self->conn->loop;
	if (self->method->place == DAEMON__ON_WRITER) {
		cx_status status = daemon__writer_reserve(loop->context->writer, job->size);
		if (status == CX_OK)
			daemon__jobs_append(&loop->writes, job);
		return status;
	}
	if (!daemon__workers_reserve(loop->context->workers, job->size))
		return CX_BUSY;
	daemon__jobs_append(&loop->long_reads, job);
	return CX_OK;
}

/* Has another thread answer it. */
static void hand_over(const daemon__serving *self)
{
	daemon__conn *conn = self->conn;
	CX_SCOPED(daemon__job_free) daemon__job *job = NULL;
	cx_status status = daemon__job_new(self->message, &job);
	if (status == CX_OK) {
		job->conn = conn;
		job->mailbox = &conn->loop->mailbox;
		job->errors = conn->session.errors;
		job->deadline_ns = self->deadline_ns;
		status = give_job(self, job);
	}
	if (status != CX_OK) {
		answer_error(conn, self->request.msgid, status, NULL);
		return;
	}
	conn->inflight++;
	job = NULL; /* now the queue's */
}

/* Answers at once. False when that takes longer than a slice; nothing is written then. */
static bool run_here(const daemon__serving *self)
{
	daemon__conn *conn = self->conn;
	daemon__loop *loop = conn->loop;
	daemon__call call = {
		.context = loop->context,
		.request = &self->request,
		.signer = loop->signer,
		.session = &conn->session,
		.deadline_ns = self->deadline_ns,
		.out = daemon__conn_out(conn),
	};
	if (self->method->place == DAEMON__IN_SLICE) {
		uint64_t slice_ns = cx_clock_monotonic_ns() + DAEMON__SLICE_NS;
		call.is_slice = slice_ns < self->deadline_ns;
		call.deadline_ns = call.is_slice ? slice_ns : self->deadline_ns;
	}
	if (self->method->takes_snapshot) {
		cx_status status = daemon__loop_snapshot(loop, &call.read);
		if (status != CX_OK) {
			answer_error(conn, self->request.msgid, status, NULL);
			return true;
		}
	}
	size_t limit = call.out->limit;
	call.out->limit = call.out->size + PROTO_REPLY_BYTES_MAX;
	cx_status status = daemon__method_reply(&call, conn->session.errors);
	call.out->limit = limit;
	return status == CX_OK;
}

static void run(const daemon__serving *self)
{
	switch (self->method->place) {
	case DAEMON__ON_LOOP:
		run_here(self);
		return;
	case DAEMON__IN_SLICE:
		if (!run_here(self))
			hand_over(self);
		daemon__loop_turn_look(self->conn->loop);
		return;
	case DAEMON__ON_WORKER:
	case DAEMON__ON_WRITER:
		hand_over(self);
		return;
	}
	CX_UNREACHABLE();
}

static cx_status find_deadline(daemon__serving *self, cx_error *error)
{
	uint64_t time_ms = 0;
	if (self->method->place != DAEMON__IN_SLICE && self->method->place != DAEMON__ON_WORKER)
		return CX_OK;
	cx_status status = daemon__method_time_ms(self->conn->loop->context->config,
	                                          &self->request, &time_ms, error);
	self->deadline_ns = self->conn->loop->turn_ns + time_ms * NS_PER_MS;
	return status;
}

static cx_status read_message(daemon__serving *self, daemon__conn *conn, cx_slice message,
                              cx_error *error)
{
	self->conn = conn;
	self->message = message;
	self->request.msgid = 0;
	self->deadline_ns = 0;
	cx_status status = proto_request_decode(message, &self->request, error);
	if (status != CX_OK)
		return status;
	self->method = daemon__method_of(self->request.method);
	return find_deadline(self, error);
}

bool daemon__serving_read(daemon__serving *self, daemon__conn *conn, cx_slice message)
{
	return read_message(self, conn, message, NULL) == CX_OK;
}

bool daemon__serving_foresees(const daemon__serving *self)
{
	return self->request.method == PROTO_GET || self->request.method == PROTO_LOOKUP;
}

bool daemon__serving_look_ahead(daemon__serving *self, engine_read *read)
{
	const proto_request *request = &self->request;
	CX_ASSERT(daemon__serving_foresees(self));
	const engine_type *type = engine_schema_type(engine_read_schema(read), request->type);
	if (type == NULL)
		return false;
	if (request->method == PROTO_GET) {
		self->fetching = engine_ahead_get(type, request->id.number);
		return true;
	}
	const engine_index *index = engine_type_index(type, request->index);
	if (index == NULL)
		return false;
	self->fetching = engine_ahead_lookup(read, index, request->values);
	return true;
}

void daemon__serving_run(daemon__serving *self)
{
	self->conn->loop->turn_requests++;
	run(self);
}

void daemon__serve(daemon__conn *conn, cx_slice message)
{
	CX_UNSET cx_error error;
	cx_error_clear(&error);
	CX_UNSET daemon__serving self;
	cx_status status = read_message(&self, conn, message, &error);
	if (status == CX_OK) {
		daemon__serving_run(&self);
		return;
	}
	conn->loop->turn_requests++;
	if (status == CX_MALFORMED)
		serve_other(conn, message, &error);
	else
		answer_error(conn, self.request.msgid, status, &error);
}
