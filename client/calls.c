/* SPDX-License-Identifier: Apache-2.0 */
/* The short forms of cardex_call(), and the pages of a query. */
#include "client/conn/conn.h"
#include "client/error/error.h"
#include "client/net/socket.h"
#include "client/schema/schema.h"

cardex_status cardex_ping(cardex_conn *conn, cardex_error *error)
{
	cardex_result *result = NULL;
	cardex_request request = { .method = CARDEX_METHOD_PING };
	cardex_status status = cardex_call(conn, &request, &result, error);
	cardex_result_free(&result);
	return status;
}

cardex_status cardex_get(cardex_conn *conn, const char *type, int64_t id, cardex_result **ret,
                         cardex_error *error)
{
	cardex_request request = { .method = CARDEX_METHOD_GET, .type = type, .id = id };
	return cardex_call(conn, &request, ret, error);
}

cardex_status cardex_lookup(cardex_conn *conn, const char *type, const char *index,
                            const cardex_doc *values, cardex_result **ret, cardex_error *error)
{
	cardex_request request = {
		.method = CARDEX_METHOD_LOOKUP, .type = type, .index = index, .values = values
	};
	return cardex_call(conn, &request, ret, error);
}

cardex_status cardex_query(cardex_conn *conn, const cardex_request *request,
                           cardex_result **ret, cardex_error *error)
{
	cardex_request query = *request;
	query.method = CARDEX_METHOD_QUERY;
	return cardex_call(conn, &query, ret, error);
}

/* The request of `page`, going on where that ended. */
static cx_status next_request(const cardex_result *page, proto_request *ret, cx_error *error)
{
	if (!page->is_page || !page->page.more)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "there is no page after this result");
	cx_status status = proto_request_decode(page->request, ret, error);
	if (status != CX_OK)
		return status;
	ret->options.given |= PROTO_BIT(AFTER);
	ret->options.after =
		(cx_slice){ .data = page->page.after, .size = page->page.after_size };
	return CX_OK;
}

cardex_status cardex_next(cardex_conn *conn, cardex_result **page, cardex_error *error)
{
	proto_request request = { 0 };
	cx_error why;
	if (next_request(*page, &request, &why) != CX_OK)
		return cardex__fail_as(error, &why);
	cardex_result *next = NULL;
	uint64_t deadline = cardex__deadline_after(conn->options.request_timeout_ms);
	cardex_status status = cardex__conn_call(conn, &request, deadline, &next, error);
	if (status != CARDEX_OK)
		return status;
	cardex_result_free(page);
	*page = next;
	return CARDEX_OK;
}

cardex_status cardex_submit_next(cardex_conn *conn, const cardex_result *page,
                                 cardex_reply_fn *reply, void *context, cardex_error *error)
{
	proto_request request = { 0 };
	cx_error why;
	cx_status status = next_request(page, &request, &why);
	if (status == CX_OK)
		status = cardex__conn_submit(conn, &request, reply, context, NULL, &why);
	return status == CX_OK ? CARDEX_OK : cardex__fail_as(error, &why);
}

cardex_status cardex_count(cardex_conn *conn, const char *type, const cardex_doc *filter,
                           uint64_t *ret, cardex_error *error)
{
	cardex_result *result = NULL;
	cardex_request request = { .method = CARDEX_METHOD_COUNT,
		                   .type = type,
		                   .filter = filter };
	cardex_status status = cardex_call(conn, &request, &result, error);
	if (status == CARDEX_OK)
		*ret = (uint64_t)cardex_value_int(cardex_result_value(result));
	cardex_result_free(&result);
	return status;
}

cardex_status cardex_aggregate(cardex_conn *conn, const cardex_request *request,
                               cardex_result **ret, cardex_error *error)
{
	cardex_request aggregate = *request;
	aggregate.method = CARDEX_METHOD_AGGREGATE;
	return cardex_call(conn, &aggregate, ret, error);
}

cardex_status cardex_search(cardex_conn *conn, const cardex_request *request,
                            cardex_result **ret, cardex_error *error)
{
	cardex_request search = *request;
	search.method = CARDEX_METHOD_SEARCH;
	return cardex_call(conn, &search, ret, error);
}

cardex_status cardex_changes(cardex_conn *conn, const cardex_request *request,
                             cardex_result **ret, cardex_error *error)
{
	cardex_request changes = *request;
	changes.method = CARDEX_METHOD_CHANGES;
	return cardex_call(conn, &changes, ret, error);
}

cardex_status cardex_history(cardex_conn *conn, const char *type, int64_t id, uint64_t before,
                             uint32_t limit, cardex_result **ret, cardex_error *error)
{
	cardex_request request = { .method = CARDEX_METHOD_HISTORY,
		                   .type = type,
		                   .id = id,
		                   .before = before,
		                   .limit = limit };
	return cardex_call(conn, &request, ret, error);
}

cardex_status cardex_as_of(cardex_conn *conn, const char *type, int64_t id, uint64_t seq,
                           int64_t at_ms, cardex_result **ret, cardex_error *error)
{
	cardex_request request = { .method = CARDEX_METHOD_AS_OF,
		                   .type = type,
		                   .id = id,
		                   .seq = seq,
		                   .at_ms = at_ms };
	return cardex_call(conn, &request, ret, error);
}

static cardex_status write_one(cardex_conn *conn, const cardex_request *request,
                               cardex_outcome *ret, cardex_error *error)
{
	cardex_result *result = NULL;
	cardex_status status = cardex_call(conn, request, &result, error);
	if (status == CARDEX_OK && ret != NULL)
		(void)cardex_result_outcome(result, 0, ret);
	cardex_result_free(&result);
	return status;
}

cardex_status cardex_create(cardex_conn *conn, const char *type, const cardex_doc *fields,
                            cardex_outcome *ret, cardex_error *error)
{
	cardex_request request = { .method = CARDEX_METHOD_CREATE,
		                   .type = type,
		                   .fields = fields };
	return write_one(conn, &request, ret, error);
}

cardex_status cardex_update(cardex_conn *conn, const char *type, int64_t id,
                            const cardex_doc *fields, cardex_outcome *ret, cardex_error *error)
{
	cardex_request request = {
		.method = CARDEX_METHOD_UPDATE, .type = type, .id = id, .fields = fields
	};
	return write_one(conn, &request, ret, error);
}

cardex_status cardex_upsert(cardex_conn *conn, const char *type, const char *index,
                            const cardex_doc *fields, cardex_outcome *ret, cardex_error *error)
{
	cardex_request request = {
		.method = CARDEX_METHOD_UPSERT, .type = type, .index = index, .fields = fields
	};
	return write_one(conn, &request, ret, error);
}

static cardex_status write_by_id(cardex_conn *conn, cardex_method method, const char *type,
                                 int64_t id, cardex_outcome *ret, cardex_error *error)
{
	cardex_request request = { .method = method, .type = type, .id = id };
	return write_one(conn, &request, ret, error);
}

cardex_status cardex_delete(cardex_conn *conn, const char *type, int64_t id,
                            cardex_outcome *ret, cardex_error *error)
{
	return write_by_id(conn, CARDEX_METHOD_DELETE, type, id, ret, error);
}

cardex_status cardex_undelete(cardex_conn *conn, const char *type, int64_t id,
                              cardex_outcome *ret, cardex_error *error)
{
	return write_by_id(conn, CARDEX_METHOD_UNDELETE, type, id, ret, error);
}

cardex_status cardex_purge(cardex_conn *conn, const char *type, int64_t id, cardex_outcome *ret,
                           cardex_error *error)
{
	return write_by_id(conn, CARDEX_METHOD_PURGE, type, id, ret, error);
}

cardex_status cardex_batch_run(cardex_conn *conn, const cardex_batch *batch,
                               cardex_result **ret, cardex_error *error)
{
	cardex_result *result = NULL;
	cardex_request request = { .method = CARDEX_METHOD_BATCH, .batch = batch };
	cardex_status status = cardex_call(conn, &request, &result, error);
	if (status == CARDEX_OK && ret != NULL)
		*ret = result;
	else
		cardex_result_free(&result);
	return status;
}

cardex_status cardex_stats(cardex_conn *conn, cardex_result **ret, cardex_error *error)
{
	cardex_request request = { .method = CARDEX_METHOD_STATS };
	return cardex_call(conn, &request, ret, error);
}

cardex_status cardex_check(cardex_conn *conn, cardex_result **ret, cardex_error *error)
{
	cardex_request request = { .method = CARDEX_METHOD_CHECK };
	return cardex_call(conn, &request, ret, error);
}

cardex_status cardex_analyze(cardex_conn *conn, cardex_result **ret, cardex_error *error)
{
	cardex_request request = { .method = CARDEX_METHOD_ANALYZE };
	return cardex_call(conn, &request, ret, error);
}

cardex_status cardex_schema_plan(cardex_conn *conn, const char *text, const char *base,
                                 cardex_result **ret, cardex_error *error)
{
	cardex_request request = { .method = CARDEX_METHOD_SCHEMA_PLAN,
		                   .text = text,
		                   .base = base };
	return cardex_call(conn, &request, ret, error);
}

cardex_status cardex_schema_apply(cardex_conn *conn, const char *text, const char *base,
                                  bool may_lose, cardex_result **ret, cardex_error *error)
{
	cardex_request request = { .method = CARDEX_METHOD_SCHEMA_APPLY,
		                   .text = text,
		                   .base = base,
		                   .may_lose = may_lose };
	return cardex_call(conn, &request, ret, error);
}

cardex_status cardex_index_status(cardex_conn *conn, const char *type, cardex_result **ret,
                                  cardex_error *error)
{
	cardex_request request = { .method = CARDEX_METHOD_INDEX_STATUS, .type = type };
	return cardex_call(conn, &request, ret, error);
}

cardex_status cardex_index_cancel(cardex_conn *conn, const char *type, const char *index,
                                  cardex_error *error)
{
	cardex_result *result = NULL;
	cardex_request request = { .method = CARDEX_METHOD_INDEX_CANCEL,
		                   .type = type,
		                   .index = index };
	cardex_status status = cardex_call(conn, &request, &result, error);
	cardex_result_free(&result);
	return status;
}

cardex_status cardex_schema_get(cardex_conn *conn, const char *type, cardex_schema **ret,
                                cardex_error *error)
{
	CX_SCOPED(cardex_result_free) cardex_result *answer = NULL;
	cardex_request request = { .method = CARDEX_METHOD_SCHEMA_GET, .type = type };
	cardex_status status = cardex_call(conn, &request, &answer, error);
	if (status != CARDEX_OK)
		return status;
	cx_status made = cardex__schema_new(&answer, ret);
	if (made == CX_OK)
		return CARDEX_OK;
	return cardex__fail(error, cardex__status_of(made), "the schema: %s",
	                    cx_status_text(made));
}
