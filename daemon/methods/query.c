/* SPDX-License-Identifier: Apache-2.0 */
/* query and count. */
#include "engine/query.h"

#include "daemon/methods/answers.h"
#include "daemon/methods/continuation.h"
#include "daemon/methods/include.h"
#include "daemon/methods/order.h"
#include "daemon/methods/selection.h"

/* What is to be counted, and how. */
typedef enum counting {
	COUNT_NOTHING,
	COUNT_EXACTLY,
	COUNT_ABOUT,
} counting;

static cx_status read_counting(const proto_options *options, counting otherwise, counting *ret,
                               cx_error *error)
{
	*ret = otherwise;
	if ((options->given & PROTO_BIT(COUNT)) == 0)
		return CX_OK;
	cx_reader reader = cx_reader_of(options->count);
	if (cx_reader_peek(&reader) == CX_KIND_BOOL) {
		*ret = cx_read_bool(&reader) ? COUNT_EXACTLY : otherwise;
		return CX_OK;
	}
	const cx_slice word = cx_read_str(&reader);
	if (cx_slice_equal(word, CX_SLICE_LITERAL("exact")))
		*ret = COUNT_EXACTLY;
	else if (cx_slice_equal(word, CX_SLICE_LITERAL("estimate")))
		*ret = COUNT_ABOUT;
	else
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "count: true, false, \"exact\" or \"estimate\"");
	return CX_OK;
}

static cx_status count(daemon__call *call, const engine_query *query, counting how,
                       uint64_t *ret, cx_error *error)
{
	return how == COUNT_ABOUT ? engine_query_estimate(call->read, query, ret, error)
	                          : engine_query_count(call->read, query, ret, error);
}

/* A query, and how its rows are sent. */
typedef struct page_query {
	engine_query query;
	daemon__projection projection;
} page_query;

/* No more is read than is sent. What is included is found from fields that may not be among
 * those. */
static void narrow(const proto_options *options, page_query *self)
{
	if (self->projection.whole || (options->given & PROTO_BIT(INCLUDE)) != 0)
		return;
	self->query.only = self->projection.slots;
	self->query.only_count = self->projection.count;
}

static cx_status read_page_query(daemon__call *call, page_query *ret, cx_error *error)
{
	const proto_options *options = &call->request->options;
	engine_query *query = &ret->query;
	cx_status status = daemon__selection_read(call, options->where, query, error);
	if (status == CX_OK && (options->given & PROTO_BIT(ORDER)) != 0)
		status = daemon__order_read(query->type, options->order, query->order,
		                            &query->order_count, error);
	if (status == CX_OK)
		status = daemon__selection_limit(options, ENGINE_PAGE_RECORDS_MAX,
		                                 &query->limit, error);
	if (status == CX_OK)
		status = daemon__selection_after(call, query->type, &query->after, error);
	if (status == CX_OK)
		status = daemon__projection_of(query->type, options, &ret->projection, error);
	if (status == CX_OK)
		narrow(options, ret);
	return status;
}

typedef struct row_writer {
	const daemon__projection *projection;
	daemon__includes *includes;
	cx_buf *out;
} row_writer;

static cx_status write_row(void *context, const engine_row *row)
{
	const row_writer *self = context;
	cx_status status = daemon__projection_write_row(self->projection, row, self->out);
	if (status == CX_OK)
		status = daemon__includes_add(self->includes, row);
	return status == CX_OK ? cx_buf_status(self->out) : status;
}

static cx_status write_rows(daemon__call *call, const engine_query *query, row_writer *writer,
                            engine_page *ret, cx_error *error)
{
	size_t place = cx_write_array_open(call->out);
	cx_status status = engine_query_run(call->read, query, write_row, writer, ret, error);
	if (status != CX_OK)
		return status;
	cx_write_array_close(call->out, place, (uint32_t)ret->rows);
	return call->is_slice && ret->reason == ENGINE_REASON_TIME ? CX_DEADLINE : CX_OK;
}

static void write_figure(const char *name, uint64_t value, cx_buf *out)
{
	cx_write_text(out, name);
	cx_write_uint(out, value);
}

static cx_status write_figures(daemon__call *call, const engine_query *query,
                               const engine_page *page, daemon__includes *includes,
                               cx_error *error)
{
	counting how;
	uint64_t number = 0;
	cx_status status = read_counting(&call->request->options, COUNT_NOTHING, &how, error);
	if (status == CX_OK && how != COUNT_NOTHING)
		status = count(call, query, how, &number, error);
	if (status != CX_OK)
		return status;
	cx_write_map(call->out, 3U + (how != COUNT_NOTHING) + (includes->count > 0));
	write_figure("seq", engine_read_seq(call->read), call->out);
	if (how != COUNT_NOTHING)
		write_figure("count", number, call->out);
	write_figure("keys", page->keys_scanned, call->out);
	write_figure("fetched", page->rows_fetched, call->out);
	if (includes->count == 0)
		return CX_OK;
	cx_write_text(call->out, "include");
	return daemon__includes_write(call, includes, error);
}

static cx_status write_page(daemon__call *call, const page_query *paged, cx_error *error)
{
	const engine_query *query = &paged->query;
	CX_UNSET engine_page page;
	CX_UNSET CX_SCOPED(daemon__includes_release) daemon__includes includes;
	includes.count = includes.rows = 0;
	cx_status status = daemon__includes_read(call, query->type, &includes, error);
	if (status != CX_OK)
		return status;
	row_writer writer = { .projection = &paged->projection,
		              .includes = &includes,
		              .out = call->out };
	cx_write_array(call->out, 6);
	daemon__projection_write_head(&paged->projection, call->out);
	status = write_rows(call, query, &writer, &page, error);
	if (status == CX_OK)
		status = daemon__selection_position(
			call, query->type,
			(cx_slice){ .data = page.position, .size = page.position_size });
	if (status != CX_OK)
		return status;
	cx_write_text(call->out, engine_reason_name(page.reason));
	return write_figures(call, query, &page, &includes, error);
}

cx_status daemon__answer_query(daemon__call *call, cx_error *error)
{
	CX_UNSET page_query paged;
	bool explains;
	engine_explain_level level;
	cx_status status = read_page_query(call, &paged, error);
	if (status == CX_OK)
		status = daemon__selection_explain(&call->request->options, &explains, &level,
		                                   error);
	if (status != CX_OK)
		return status;
	if (explains)
		return engine_query_explain_at(call->read, &paged.query, level, call->out,
		                               error);
	return write_page(call, &paged, error);
}

cx_status daemon__answer_count(daemon__call *call, cx_error *error)
{
	engine_query query;
	counting how;
	uint64_t number = 0;
	cx_status status = daemon__selection_read(call, call->request->filter, &query, error);
	if (status == CX_OK)
		status = read_counting(&call->request->options, COUNT_EXACTLY, &how, error);
	if (status == CX_OK)
		status = count(call, &query, how, &number, error);
	if (status == CX_OK)
		cx_write_uint(call->out, number);
	return status;
}
