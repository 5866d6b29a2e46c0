/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that wait: the asynchronous core, run until what is waited for is there. */
#include "base/check.h"
#include "base/clock.h"
#include "client/conn/conn.h"
#include "client/error/error.h"
#include "client/net/socket.h"
#include "client/request/request.h"

#include <poll.h>

enum { NS_PER_US = 1000, LONG_PAST_NS = 1 };

int cardex_fd(const cardex_conn *conn)
{
	return conn->fd;
}

short cardex_events(const cardex_conn *conn)
{
	bool unsent = conn->sent < conn->out.size;
	return (short)(POLLIN | (unsent ? POLLOUT : 0));
}

static cardex_status fail_inside_callback(cardex_error *error)
{
	return cardex__fail(error, CARDEX_INVALID_ARGUMENT,
	                    "this cannot be called inside a callback");
}

cardex_status cardex_process(cardex_conn *conn, cardex_error *error)
{
	if (conn->in_callback)
		return fail_inside_callback(error);
	if (cardex__conn_process(conn) != CX_OK)
		return cardex__fail_as(error, &conn->broken);
	return CARDEX_OK;
}

/* Waits for something to process; at first without sleeping, when the options say so. */
static cx_status wait_for_more(cardex_conn *conn, uint64_t deadline_ns)
{
	const short events = cardex_events(conn);
	cx_status status = CX_DEADLINE;
	if (conn->options.spin_us > 0) {
		const uint64_t end_ns =
			cx_clock_monotonic_ns() + (uint64_t)conn->options.spin_us * NS_PER_US;
		const uint64_t until_ns = end_ns < deadline_ns ? end_ns : deadline_ns;
		while (status == CX_DEADLINE && cx_clock_monotonic_ns() < until_ns)
			status = cardex__socket_wait(conn->fd, events, LONG_PAST_NS);
	}
	return status == CX_DEADLINE ? cardex__socket_wait(conn->fd, events, deadline_ns)
	                             : status;
}

/* Processes once, after waiting for something to process.
 * Errors: CX_DEADLINE; what the connection broke of. */
static cx_status run_once(cardex_conn *conn, uint64_t deadline_ns)
{
	cx_status status = wait_for_more(conn, deadline_ns);
	return status == CX_OK ? cardex__conn_process(conn) : status;
}

static cx_status run_until_below(cardex_conn *conn, size_t unanswered_max, uint64_t deadline_ns)
{
	/* Before any waiting: what was submitted is not sent yet. */
	cx_status status = cardex__conn_process(conn);
	while (status == CX_OK && conn->pendings.count > unanswered_max)
		status = run_once(conn, deadline_ns);
	return status;
}

static cardex_status fail_waiting(const cardex_conn *conn, cx_status status,
                                  cardex_error *error)
{
	if (conn->broken.status != CX_OK)
		return cardex__fail_as(error, &conn->broken);
	if (status == CX_DEADLINE)
		return cardex__fail(error, CARDEX_DEADLINE,
		                    "the server did not answer in time");
	return cardex__fail_plain(error, cardex__status_of(status));
}

cardex_status cardex_wait(cardex_conn *conn, size_t unanswered_max, int timeout_ms,
                          cardex_error *error)
{
	if (conn->in_callback)
		return fail_inside_callback(error);
	cx_status status =
		run_until_below(conn, unanswered_max, cardex__deadline_after(timeout_ms));
	return status == CX_OK ? CARDEX_OK : fail_waiting(conn, status, error);
}

/* Where the answer of a call that waits arrives. */
typedef struct mailbox {
	bool arrived;
	cardex_status status;
	cardex_result *result;
	cardex_error error;
} mailbox;

static void arrive(void *context, cardex_status status, cardex_result *result,
                   const cardex_error *error)
{
	mailbox *self = context;
	self->arrived = true;
	self->status = status;
	self->result = result;
	if (status != CARDEX_OK)
		self->error = *error;
}

/* The answer may still come, and then nobody is there to take it. */
static void abandon(cardex_conn *conn, uint32_t msgid)
{
	cardex__pending *pending = cardex__pendings_find(&conn->pendings, msgid);
	if (pending != NULL)
		pending->reply = NULL;
}

static cardex_status open_mailbox(mailbox *self, cardex_result **ret, cardex_error *error)
{
	if (self->status == CARDEX_OK)
		*ret = self->result;
	else if (error != NULL)
		*error = self->error;
	return self->status;
}

cardex_status cardex__conn_call(cardex_conn *conn, proto_request *request, uint64_t deadline_ns,
                                cardex_result **ret, cardex_error *error)
{
	if (conn->in_callback)
		return fail_inside_callback(error);
	cx_status status = CX_OK;
	if (conn->pendings.count >= CARDEX__PENDING_MAX)
		status = run_until_below(conn, CARDEX__PENDING_MAX - 1, deadline_ns);
	if (status != CX_OK)
		return fail_waiting(conn, status, error);

	mailbox box = { .arrived = false };
	uint32_t msgid = 0;
	cx_error why;
	status = cardex__conn_submit(conn, request, arrive, &box, &msgid, &why);
	if (status != CX_OK)
		return cardex__fail_as(error, &why);
	status = cardex__conn_process(conn);
	while (!box.arrived && status == CX_OK)
		status = run_once(conn, deadline_ns);
	if (box.arrived)
		return open_mailbox(&box, ret, error);
	abandon(conn, msgid);
	return fail_waiting(conn, status, error);
}

cardex_status cardex_call(cardex_conn *conn, const cardex_request *request, cardex_result **ret,
                          cardex_error *error)
{
	CX_SCOPED(cardex__draft_release) cardex__draft draft = { 0 };
	cx_error why;
	cx_status status = cardex__draft_fill(&draft, request, &why);
	if (status == CX_OK && draft.proto.id.from_batch)
		status = cx_fail(&why, CX_INVALID_ARGUMENT,
		                 "an outcome can only be named in a batch");
	if (status != CX_OK)
		return cardex__fail_as(error, &why);
	uint64_t deadline = cardex__deadline_after(conn->options.request_timeout_ms);
	return cardex__conn_call(conn, &draft.proto, deadline, ret, error);
}
