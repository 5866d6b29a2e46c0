/* SPDX-License-Identifier: Apache-2.0 */
/* query and count. */
#include "engine/query.h"

#include "daemon/methods/answers.h"
#include "daemon/methods/continuation.h"
#include "daemon/methods/layout.h"

#include <string.h>

/* Reads "field", "field asc" or "field desc". */
static cx_status read_order_term(const engine_type *type, cx_slice term, engine_order *ret,
                                 cx_error *error)
{
	const uint8_t *space = memchr(term.data, ' ', term.size);
	cx_slice name = term;
	cx_slice direction = CX_SLICE_LITERAL("asc");
	if (space != NULL) {
		name.size = (size_t)(space - term.data);
		direction = cx_slice_from(term, name.size + 1);
	}
	bool descending = cx_slice_equal(direction, CX_SLICE_LITERAL("desc"));
	if (!descending && !cx_slice_equal(direction, CX_SLICE_LITERAL("asc")))
		return cx_fail(
			error, CX_INVALID_ARGUMENT,
			"order: \"%.*s\" is not \"field\", \"field asc\" or \"field desc\"",
			CX_SLICE_ARG(term));
	const engine_field *field = engine_type_field(type, name);
	if (field == NULL)
		return cx_fail(error, CX_NO_FIELD, "order: %s has no field %.*s", type->name,
		               CX_SLICE_ARG(name));
	*ret = (engine_order){ .field = field, .descending = descending };
	return CX_OK;
}

static cx_status read_order(cx_slice order, engine_query *query, cx_error *error)
{
	cx_reader reader = cx_reader_of(order);
	uint32_t count = cx_read_array(&reader);
	if (reader.failed || count > ENGINE_ORDER_MAX)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "order: an array of at most %d texts", ENGINE_ORDER_MAX);
	for (uint32_t i = 0; i < count; i++) {
		cx_slice term = cx_read_str(&reader);
		if (reader.failed)
			return cx_fail(error, CX_INVALID_ARGUMENT,
			               "order: element %u is no text", i);
		cx_status status = read_order_term(query->type, term, &query->order[i], error);
		if (status != CX_OK)
			return status;
	}
	query->order_count = count;
	return CX_OK;
}

static cx_status read_limit(const proto_options *options, engine_query *query, cx_error *error)
{
	if ((options->given & PROTO_BIT(LIMIT)) == 0)
		return CX_OK;
	if (options->limit == 0 || options->limit > ENGINE_PAGE_RECORDS_MAX)
		return cx_fail(error, CX_INVALID_ARGUMENT, "limit must lie between 1 and %d",
		               ENGINE_PAGE_RECORDS_MAX);
	query->limit = (size_t)options->limit;
	return CX_OK;
}

static cx_status read_after(daemon__call *call, engine_query *query, cx_error *error)
{
	const proto_options *options = &call->request->options;
	if ((options->given & PROTO_BIT(AFTER)) == 0)
		return CX_OK;
	return daemon__continuation_open(call->signer, query->type->name, options->after,
	                                 &query->after, error);
}

/* What query and count have in common. */
static cx_status read_query(daemon__call *call, cx_slice filter, engine_query *ret,
                            cx_error *error)
{
	const proto_options *options = &call->request->options;
	*ret = (engine_query){
		.filter = filter,
		.allow_scan = options->allow_scan,
		.deadline_ns = call->deadline_ns,
	};
	cx_status status = daemon__method_type(engine_read_schema(call->read), call->request,
	                                       &ret->type, error);
	if (status == CX_OK && (options->given & PROTO_BIT(USE_INDEX)) != 0)
		status = daemon__method_index(ret->type, options->use_index, &ret->use_index,
		                              error);
	return status;
}

static cx_status read_page_query(daemon__call *call, engine_query *ret, cx_error *error)
{
	const proto_options *options = &call->request->options;
	cx_status status = read_query(call, options->where, ret, error);
	if (status == CX_OK && (options->given & PROTO_BIT(ORDER)) != 0)
		status = read_order(options->order, ret, error);
	if (status == CX_OK)
		status = read_limit(options, ret, error);
	if (status == CX_OK)
		status = read_after(call, ret, error);
	return status;
}

typedef struct row_writer {
	const daemon__projection *projection;
	cx_buf *out;
} row_writer;

static cx_status write_row(void *context, const engine_row *row)
{
	const row_writer *self = context;
	cx_status status = daemon__projection_write_row(self->projection, row, self->out);
	return status == CX_OK ? cx_buf_status(self->out) : status;
}

static cx_status write_rows(daemon__call *call, const engine_query *query,
                            const daemon__projection *projection, engine_page *ret,
                            cx_error *error)
{
	row_writer writer = { .projection = projection, .out = call->out };
	size_t place = cx_write_array_open(call->out);
	cx_status status = engine_query_run(call->read, query, write_row, &writer, ret, error);
	if (status != CX_OK)
		return status;
	cx_write_array_close(call->out, place, (uint32_t)ret->rows);
	return call->is_slice && ret->reason == ENGINE_REASON_TIME ? CX_DEADLINE : CX_OK;
}

static cx_status write_continuation(daemon__call *call, const engine_query *query,
                                    const engine_page *page)
{
	cx_slice position = { .data = page->position, .size = page->position_size };
	if (position.size == 0) {
		cx_write_nil(call->out);
		return CX_OK;
	}
	return daemon__continuation_write(call->signer, query->type->name, position, call->out);
}

static void write_figure(const char *name, uint64_t value, cx_buf *out)
{
	cx_write_text(out, name);
	cx_write_uint(out, value);
}

static cx_status write_figures(daemon__call *call, const engine_query *query,
                               const engine_page *page, cx_error *error)
{
	bool counted = call->request->options.count;
	uint64_t count = 0;
	cx_status status =
		counted ? engine_query_count(call->read, query, &count, error) : CX_OK;
	if (status != CX_OK)
		return status;
	cx_write_map(call->out, counted ? 4 : 3);
	write_figure("seq", engine_read_seq(call->read), call->out);
	if (counted)
		write_figure("count", count, call->out);
	write_figure("keys", page->keys_scanned, call->out);
	write_figure("fetched", page->rows_fetched, call->out);
	return CX_OK;
}

static cx_status write_page(daemon__call *call, const engine_query *query, cx_error *error)
{
	CX_UNSET daemon__projection projection;
	CX_UNSET engine_page page;
	cx_status status =
		daemon__projection_of(query->type, &call->request->options, &projection, error);
	if (status != CX_OK)
		return status;
	cx_write_array(call->out, 6);
	daemon__projection_write_head(&projection, call->out);
	status = write_rows(call, query, &projection, &page, error);
	if (status == CX_OK)
		status = write_continuation(call, query, &page);
	if (status != CX_OK)
		return status;
	cx_write_text(call->out, engine_reason_name(page.reason));
	return write_figures(call, query, &page, error);
}

cx_status daemon__answer_query(daemon__call *call, cx_error *error)
{
	engine_query query;
	cx_status status = read_page_query(call, &query, error);
	if (status != CX_OK)
		return status;
	if (call->request->options.explain)
		return engine_query_explain(call->read, &query, call->out, error);
	return write_page(call, &query, error);
}

cx_status daemon__answer_count(daemon__call *call, cx_error *error)
{
	engine_query query;
	uint64_t count = 0;
	cx_status status = read_query(call, call->request->filter, &query, error);
	if (status == CX_OK)
		status = engine_query_count(call->read, &query, &count, error);
	if (status == CX_OK)
		cx_write_uint(call->out, count);
	return status;
}
