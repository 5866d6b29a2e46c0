/* SPDX-License-Identifier: Apache-2.0 */
#include "client/conn/answer.h"

#include "base/check.h"
#include "client/conn/watch.h"
#include "client/error/error.h"

#include <string.h>

void cardex__conn_reply(cardex_conn *conn, cardex__pending *taken, cardex_result *result,
                        const cardex_error *error)
{
	cardex_status status = result != NULL ? CARDEX_OK : error->status;
	cardex__asked_release(&taken->asked);
	if (taken->reply == NULL) {
		cardex_result_free(&result);
		return;
	}
	CX_ASSERT(!conn->in_callback);
	conn->in_callback = true;
	taken->reply(taken->context, status, result, error);
	conn->in_callback = false;
}

/* Remembers the names of whole rows; those of `columns` are of that one answer. */
static void learn_layout(cardex_conn *conn, const cardex__asked *asked,
                         const cardex_result *result)
{
	if (!result->layout_is_new)
		return;
	proto_request request = { 0 };
	if (proto_request_decode(asked->request, &request, NULL) != CX_OK ||
	    (request.options.given & PROTO_BIT(ONLY)) != 0)
		return;
	cardex__layouts_learn(&conn->layouts, request.type, result->layout);
}

static void fail_reply(cardex_conn *conn, cardex__pending *taken,
                       const proto_response *response)
{
	cardex_error error;
	(void)cardex__fail_as(&error, &response->error);
	error.retryable = response->retryable;
	cardex__conn_reply(conn, taken, NULL, &error);
}

static void answer(cardex_conn *conn, cardex__pending *taken, const proto_response *response)
{
	if (response->status != CX_OK) {
		fail_reply(conn, taken, response);
		return;
	}
	cardex_result *result = NULL;
	CX_UNSET cardex_error error;
	error.status = CARDEX_OK;
	cx_status status = cardex__result_new(response->result, &taken->asked, &result);
	if (status == CX_OK)
		learn_layout(conn, &taken->asked, result);
	else if (status == CX_MALFORMED)
		(void)cardex__fail(&error, CARDEX_MALFORMED,
		                   "the answer to %s has not the form that it should",
		                   proto_method_info_of(taken->asked.method)->name);
	else
		(void)cardex__fail_plain(&error, cardex__status_of(status));
	cardex__conn_reply(conn, taken, result, &error);
}

static cx_status take_response(cardex_conn *conn, cx_slice message, cx_error *error)
{
	CX_UNSET proto_response response;
	if (proto_response_decode(message, &response) != CX_OK)
		return cx_fail(error, CX_MALFORMED, "the server sent a malformed answer");
	cardex__pending *pending = cardex__pendings_find(&conn->pendings, response.msgid);
	if (pending == NULL)
		return cx_fail(error, CX_MALFORMED,
		               "the server answered a request that was not made");
	/* Out of the table first: the callback may submit, and so move it. */
	cardex__pending taken = cardex__pendings_take(&conn->pendings, pending);
	answer(conn, &taken, &response);
	return CX_OK;
}

/* ["NAME: text"], by which a server says why it closes. */
static void keep_notice(cardex_conn *conn, cx_slice params)
{
	cx_reader reader = cx_reader_of(params);
	cx_read_array(&reader);
	cx_slice text = cx_read_str(&reader);
	if (!reader.failed)
		cx_fail(&conn->notice, CX_DISCONNECTED, "%.*s", CX_SLICE_ARG(text));
}

/* The parameters as a tree. Errors: CX_MALFORMED, CX_NO_MEMORY. */
static cx_status decode(cx_slice params, cx_arena *arena, const cardex_value **ret)
{
	uint8_t *copy = cx_arena_alloc(arena, params.size + 1);
	if (copy == NULL)
		return CX_NO_MEMORY;
	memcpy(copy, params.data, params.size);
	return cardex__value_decode(copy, params.size, arena, ret);
}

static void tell(cardex_conn *conn, cx_slice name, const cardex_value *params, cx_arena *arena)
{
	char *method = cx_arena_alloc(arena, name.size + 1);
	if (conn->options.on_notification == NULL || method == NULL)
		return;
	memcpy(method, name.data, name.size);
	method[name.size] = '\0';
	conn->in_callback = true;
	conn->options.on_notification(conn->options.notification_context, method, params);
	conn->in_callback = false;
}

static bool is_of_watch(cx_slice name, proto_notification *ret)
{
	return proto_notification_find(name, ret) && *ret != PROTO_NOTIFY_ERROR;
}

/* For the watches, and for whoever wants to see all. */
static cx_status hand_over(cardex_conn *conn, cx_slice name, cx_slice params, cx_error *error)
{
	proto_notification which;
	const bool watched = is_of_watch(name, &which) && conn->watchers != NULL;
	if (!watched && conn->options.on_notification == NULL)
		return CX_OK;
	CX_SCOPED(cx_arena_free) cx_arena *arena = NULL;
	const cardex_value *value = NULL;
	cx_status status = cx_arena_new(64 * (name.size + params.size) + 64 * 1024, &arena);
	if (status == CX_OK)
		status = decode(params, arena, &value);
	if (status == CX_OK)
		tell(conn, name, value, arena);
	if (!watched)
		return CX_OK;
	/* What a watch was to be told must not be lost without a word. */
	if (status != CX_OK)
		return cx_fail(error, status, "a notification of a watch: %s",
		               cx_status_text(status));
	return cardex__watch_take(conn, which, value, error);
}

static cx_status take_notification(cardex_conn *conn, cx_slice message, cx_error *error)
{
	cx_reader reader = cx_reader_of(message);
	cx_read_array(&reader);
	cx_read_skip(&reader);
	cx_slice name = cx_read_str_or_bin(&reader);
	cx_slice params = cx_read_skip(&reader);
	if (reader.failed)
		return cx_fail(error, CX_MALFORMED, "the server sent a malformed notification");
	if (cx_slice_equal(name, CX_SLICE_LITERAL("error")))
		keep_notice(conn, params);
	return hand_over(conn, name, params, error);
}

cx_status cardex__conn_take(cardex_conn *conn, cx_slice message, cx_error *error)
{
	proto_kind kind;
	uint32_t msgid;
	cx_status status = proto_message_kind(message, &kind, &msgid);
	if (status == CX_OK && kind == PROTO_RESPONSE)
		return take_response(conn, message, error);
	if (status == CX_OK && kind == PROTO_NOTIFICATION)
		return take_notification(conn, message, error);
	return cx_fail(error, CX_MALFORMED, "the server sent what is no answer");
}
