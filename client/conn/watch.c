/* SPDX-License-Identifier: Apache-2.0 */
/* Watches: opened without credit, so that nothing can come before it is known who takes it. */
#include "client/conn/watch.h"

#include "base/check.h"
#include "client/error/error.h"
#include "client/net/socket.h"
#include "client/request/request.h"

#include <stdlib.h>
#include <string.h>

enum { ROW_TYPE_SIZE = 256 };

struct cardex_watcher {
	cardex_watcher *next; /* of the connection */
	cardex_conn *conn;    /* NULL: it has ended */
	uint64_t number;
	cardex_watch_handlers handlers;
	uint64_t credit;              /* that is kept up */
	uint64_t owed;                /* taken, and no credit given for it yet */
	bool rows;                    /* of a snapshot are still to come */
	char row_type[ROW_TYPE_SIZE]; /* of the last row taken; "" = none */
	int64_t row_id;
	uint64_t next_seq;
	uint32_t next_part; /* what comes before was taken */
	bool busy;          /* in a callback of it */
	bool dropped;       /* in there: it is freed afterwards */
};

static void unlink_watcher(cardex_watcher *watcher)
{
	cardex_watcher **at = &watcher->conn->watchers;
	while (*at != watcher)
		at = &(*at)->next;
	*at = watcher->next;
	watcher->conn = NULL;
}

static cardex_watcher *find(const cardex_conn *conn, const cardex_value *number)
{
	if (cardex_value_kind_of(number) != CARDEX_VALUE_INT)
		return NULL;
	cardex_watcher *watcher = conn->watchers;
	while (watcher != NULL && (int64_t)watcher->number != cardex_value_int(number))
		watcher = watcher->next;
	return watcher;
}

/* ---- credit ---- */

static void renew(cardex_watcher *watcher)
{
	proto_request request = { .method = PROTO_CREDIT,
		                  .watch = watcher->number,
		                  .amount = watcher->owed };
	if (watcher->owed == 0 || 2 * watcher->owed < watcher->credit)
		return;
	/* While too many requests are in flight it is owed a little longer. */
	if (cardex__conn_submit(watcher->conn, &request, NULL, NULL, NULL, NULL) == CX_OK)
		watcher->owed = 0;
}

void cardex__watch_renew(cardex_conn *conn)
{
	for (cardex_watcher *watcher = conn->watchers; watcher != NULL; watcher = watcher->next)
		renew(watcher);
}

/* ---- what comes ---- */

static bool is_list(const cardex_value *value)
{
	return cardex_value_kind_of(value) == CARDEX_VALUE_LIST;
}

static bool is_count(const cardex_value *value)
{
	return cardex_value_kind_of(value) == CARDEX_VALUE_INT && cardex_value_int(value) >= 0;
}

static bool take_change(cardex_watcher *watcher, const cardex_value *change)
{
	const cardex_value *seq = cardex_value_member(change, "seq");
	const cardex_value *part = cardex_value_member(change, "part");
	if (!is_count(seq) || !is_count(part) || cardex_value_int(part) >= UINT32_MAX)
		return false;
	const uint64_t at = (uint64_t)cardex_value_int(seq);
	const uint32_t at_part = (uint32_t)cardex_value_int(part);
	if (at < watcher->next_seq || (at == watcher->next_seq && at_part < watcher->next_part))
		return true; /* taken before it was resumed */
	watcher->next_seq = at;
	watcher->next_part = at_part + 1;
	if (watcher->handlers.on_change != NULL)
		watcher->handlers.on_change(watcher->handlers.context, change);
	return true;
}

static bool take_changes(cardex_watcher *watcher, const cardex_value *params)
{
	const cardex_value *changes = cardex_value_at(params, 1);
	const cardex_value *next = cardex_value_at(params, 2);
	if (!is_list(changes) || !is_count(next))
		return false;
	for (size_t i = 0; i < cardex_value_count(changes) && !watcher->dropped; i++)
		if (!take_change(watcher, cardex_value_at(changes, i)))
			return false;
	if ((uint64_t)cardex_value_int(next) > watcher->next_seq) {
		watcher->next_seq = (uint64_t)cardex_value_int(next);
		watcher->next_part = 0;
	}
	return true;
}

/* -1: there is none. */
static int find_name(const cardex_value *names, const char *wanted)
{
	for (size_t i = 0; i < cardex_value_count(names); i++) {
		const char *name = cardex_value_text(cardex_value_at(names, i));
		if (name != NULL && strcmp(name, wanted) == 0)
			return (int)i;
	}
	return -1;
}

/* Rows without an id, or of a type whose name is too long to be one, cannot be gone on behind.
 */
static void keep_row(cardex_watcher *watcher, const char *type, const cardex_value *id)
{
	if (!is_count(id) || strlen(type) >= sizeof watcher->row_type)
		return;
	strcpy(watcher->row_type, type);
	watcher->row_id = cardex_value_int(id);
}

static bool take_rows(cardex_watcher *watcher, const cardex_value *params)
{
	const char *type = cardex_value_text(cardex_value_at(params, 1));
	const cardex_value *names = cardex_value_at(params, 3);
	const cardex_value *rows = cardex_value_at(params, 4);
	const cardex_watch_handlers *handlers = &watcher->handlers;
	if (type == NULL || !is_list(names) || !is_list(rows))
		return false;
	const int id_at = find_name(names, "id");
	for (size_t i = 0; i < cardex_value_count(rows) && !watcher->dropped; i++) {
		const cardex_value *row = cardex_value_at(rows, i);
		if (!is_list(row) || cardex_value_count(row) != cardex_value_count(names))
			return false;
		if (id_at >= 0)
			keep_row(watcher, type, cardex_value_at(row, (size_t)id_at));
		if (handlers->on_row != NULL)
			handlers->on_row(handlers->context, type, names, row);
	}
	watcher->rows = cardex_value_bool(cardex_value_at(params, 5));
	if (!watcher->rows && !watcher->dropped && handlers->on_rows_end != NULL)
		handlers->on_rows_end(handlers->context);
	return true;
}

static bool take_progress(cardex_watcher *watcher, const cardex_value *params)
{
	const cardex_value *seq = cardex_value_at(params, 1);
	if (!is_count(seq))
		return false;
	const uint64_t next = (uint64_t)cardex_value_int(seq) + 1;
	if (next > watcher->next_seq) {
		watcher->next_seq = next;
		watcher->next_part = 0;
	}
	if (watcher->handlers.on_progress != NULL)
		watcher->handlers.on_progress(watcher->handlers.context, next - 1);
	return true;
}

static void end(cardex_watcher *watcher, const cardex_error *why)
{
	unlink_watcher(watcher);
	if (watcher->handlers.on_end != NULL)
		watcher->handlers.on_end(watcher->handlers.context, why);
}

static const char *text_of(const cardex_value *map, const char *key)
{
	const char *text = cardex_value_text(cardex_value_member(map, key));
	return text != NULL ? text : "";
}

static bool take_end(cardex_watcher *watcher, const cardex_value *params)
{
	const cardex_value *why = cardex_value_at(params, 1);
	const cardex_value *code = cardex_value_member(why, "code");
	if (!is_count(code) || cardex_value_int(code) > UINT32_MAX)
		return false;
	const cx_status status = cx_status_of_wire((uint32_t)cardex_value_int(code));
	cardex_error error;
	(void)cardex__fail(&error, cardex__status_of(status == CX_OK ? CX_INTERNAL : status),
	                   "%s", text_of(why, "message"));
	error.retryable = cardex_value_bool(cardex_value_member(why, "retryable"));
	end(watcher, &error);
	return true;
}

static bool take(cardex_watcher *watcher, proto_notification notification,
                 const cardex_value *params)
{
	switch (notification) {
	case PROTO_NOTIFY_CHANGE:
		watcher->owed++;
		return take_changes(watcher, params);
	case PROTO_NOTIFY_ROW:
		watcher->owed++;
		return take_rows(watcher, params);
	case PROTO_NOTIFY_PROGRESS:
		return take_progress(watcher, params);
	case PROTO_NOTIFY_WATCH_END:
		return take_end(watcher, params);
	case PROTO_NOTIFY_ERROR:
	case PROTO_NOTIFICATION_COUNT_ALL:
		break;
	}
	CX_UNREACHABLE();
}

cx_status cardex__watch_take(cardex_conn *conn, proto_notification notification,
                             const cardex_value *params, cx_error *error)
{
	cardex_watcher *watcher = find(conn, cardex_value_at(params, 0));
	if (watcher == NULL)
		return is_list(params) ? CX_OK
		                       : cx_fail(error, CX_MALFORMED,
		                                 "the server sent a malformed notification");
	CX_ASSERT(!conn->in_callback && !watcher->busy);
	conn->in_callback = true;
	watcher->busy = true;
	const bool good = take(watcher, notification, params);
	watcher->busy = false;
	conn->in_callback = false;
	if (watcher->dropped)
		free(watcher);
	else if (watcher->conn != NULL)
		renew(watcher);
	return good ? CX_OK
	            : cx_fail(error, CX_MALFORMED,
	                      "the notification %s of a watch has not "
	                      "the form that it should",
	                      proto_notification_name(notification));
}

void cardex__watch_end_all(cardex_conn *conn, const cardex_error *why)
{
	while (conn->watchers != NULL) {
		cardex_watcher *watcher = conn->watchers;
		conn->in_callback = true;
		watcher->busy = true;
		end(watcher, why);
		watcher->busy = false;
		conn->in_callback = false;
		if (watcher->dropped)
			free(watcher);
	}
}

/* ---- the interface ---- */

static cardex_status fail_answer(cardex_error *error)
{
	return cardex__fail(error, CARDEX_MALFORMED,
	                    "the answer to watch has not the form that it should");
}

/* Takes the number and the seq from the answer. */
static cardex_status settle(cardex_watcher *watcher, const cardex_request *request,
                            const cardex_result *answer, cardex_error *error)
{
	const cardex_value *number = cardex_value_at(cardex_result_value(answer), 0);
	const cardex_value *seq = cardex_value_at(cardex_result_value(answer), 1);
	if (!is_count(number) || !is_count(seq))
		return fail_answer(error);
	watcher->number = (uint64_t)cardex_value_int(number);
	watcher->next_seq =
		request->from > 0 ? request->from : (uint64_t)cardex_value_int(seq) + 1;
	watcher->next_part = request->from > 0 ? request->from_part : 0;
	watcher->rows = request->snapshot;
	if (request->rows_after_type != NULL &&
	    strlen(request->rows_after_type) < sizeof watcher->row_type) {
		strcpy(watcher->row_type, request->rows_after_type);
		watcher->row_id = request->rows_after_id;
	}
	return CARDEX_OK;
}

static cardex_status begin_watch(cardex_conn *conn, const cardex_request *request,
                                 cardex_watcher *watcher, cardex_error *error)
{
	CX_SCOPED(cardex__draft_release) cardex__draft draft = { 0 };
	cx_error why;
	cardex_request watch = *request;
	watch.method = CARDEX_METHOD_WATCH;
	if (cardex__draft_fill(&draft, &watch, &why) != CX_OK)
		return cardex__fail_as(error, &why);
	draft.proto.options.given |= PROTO_BIT(CREDIT);
	draft.proto.options.credit = 0;
	CX_SCOPED(cardex_result_free) cardex_result *answer = NULL;
	const uint64_t deadline = cardex__deadline_after(conn->options.request_timeout_ms);
	cardex_status status = cardex__conn_call(conn, &draft.proto, deadline, &answer, error);
	return status == CARDEX_OK ? settle(watcher, request, answer, error) : status;
}

cardex_status cardex_watch(cardex_conn *conn, const cardex_request *request,
                           const cardex_watch_handlers *handlers, cardex_watcher **ret,
                           cardex_error *error)
{
	if (request->credit > PROTO_WATCH_CREDIT_MAX)
		return cardex__fail(error, CARDEX_INVALID_ARGUMENT,
		                    "credit: a watch has at most %d", PROTO_WATCH_CREDIT_MAX);
	cardex_watcher *watcher = calloc(1, sizeof *watcher);
	if (watcher == NULL)
		return cardex__fail_plain(error, CARDEX_NO_MEMORY);
	watcher->handlers = *handlers;
	watcher->credit = request->credit > 0 ? request->credit : PROTO_WATCH_CREDIT_DEFAULT;
	watcher->owed = watcher->credit;
	cardex_status status = begin_watch(conn, request, watcher, error);
	if (status != CARDEX_OK) {
		free(watcher);
		return status;
	}
	watcher->conn = conn;
	watcher->next = conn->watchers;
	conn->watchers = watcher;
	renew(watcher);
	*ret = watcher;
	return CARDEX_OK;
}

void cardex_unwatch(cardex_watcher **watcher)
{
	cardex_watcher *self = *watcher;
	*watcher = NULL;
	if (self == NULL)
		return;
	if (self->conn != NULL) {
		proto_request request = { .method = PROTO_UNWATCH, .watch = self->number };
		cx_status status =
			cardex__conn_submit(self->conn, &request, NULL, NULL, NULL, NULL);
		(void)status; /* where it cannot be sent, what still comes is passed over */
		unlink_watcher(self);
	}
	if (self->busy)
		self->dropped = true;
	else
		free(self);
}

uint64_t cardex_watcher_next(const cardex_watcher *watcher, uint32_t *ret_part)
{
	if (ret_part != NULL)
		*ret_part = watcher->rows ? 0 : watcher->next_part;
	return watcher->rows ? 0 : watcher->next_seq;
}

uint64_t cardex_watcher_row(const cardex_watcher *watcher, const char **ret_type,
                            int64_t *ret_id)
{
	if (!watcher->rows || watcher->row_type[0] == '\0')
		return 0;
	*ret_type = watcher->row_type;
	*ret_id = watcher->row_id;
	return watcher->next_seq;
}
