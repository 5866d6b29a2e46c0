/* SPDX-License-Identifier: Apache-2.0 */
/* aggregate. */
#include "daemon/methods/answers.h"
#include "daemon/methods/selection.h"
#include "engine/summary.h"

static cx_status find_aggregate(daemon__call *call, engine_summary_query *query,
                                cx_error *error)
{
	const proto_options *options = &call->request->options;
	if ((options->given & PROTO_BIT(NAME)) == 0)
		return CX_OK;
	const engine_type *type = query->records.type;
	for (uint16_t i = 0; i < type->aggregate_count; i++)
		if (cx_slice_equal(options->name, cx_slice_of(type->aggregates[i]->name)))
			query->aggregate = type->aggregates[i];
	if (query->aggregate != NULL)
		return CX_OK;
	return cx_fail(error, CX_INVALID_ARGUMENT,
	               "%s has no maintained aggregate \"%.*s\": schema.get lists those it has",
	               type->name, CX_SLICE_ARG(options->name));
}

static cx_status read_summary(daemon__call *call, engine_summary_query *ret, cx_error *error)
{
	const proto_options *options = &call->request->options;
	*ret = (engine_summary_query){ .group = options->group,
		                       .values = options->values,
		                       .order = options->order };
	cx_status status = daemon__selection_read(call, options->where, &ret->records, error);
	if (status == CX_OK)
		status = find_aggregate(call, ret, error);
	if (status == CX_OK)
		status =
			daemon__selection_limit(options, ENGINE_GROUPS_MAX, &ret->limit, error);
	if (status == CX_OK)
		status = daemon__selection_after(call, ret->records.type, &ret->after, error);
	return status;
}

static void write_figure(const char *name, uint64_t value, cx_buf *out)
{
	cx_write_text(out, name);
	cx_write_uint(out, value);
}

static void write_figures(daemon__call *call, const engine_summary_page *page)
{
	cx_buf *out = call->out;
	cx_write_map(out, 6);
	write_figure("seq", engine_read_seq(call->read), out);
	cx_write_text(out, "kinds");
	cx_write_array(out, page->column_count);
	for (size_t i = 0; i < page->column_count; i++)
		cx_write_text(out, engine_kind_name(page->kinds[i]));
	write_figure("groups", page->groups, out);
	write_figure("keys", page->keys_scanned, out);
	write_figure("fetched", page->rows_fetched, out);
	cx_write_text(out, "aggregate");
	if (page->aggregate != NULL)
		cx_write_text(out, page->aggregate->name);
	else
		cx_write_nil(out);
}

static cx_status write_groups(daemon__call *call, const engine_summary_query *query,
                              cx_error *error)
{
	CX_UNSET engine_summary_page page;
	cx_write_array(call->out, 5);
	cx_status status = engine_summary_run(call->read, query, call->out, &page, error);
	if (status == CX_OK)
		status = daemon__selection_position(
			call, query->records.type,
			(cx_slice){ .data = page.position, .size = page.position_size });
	if (status != CX_OK)
		return status;
	cx_write_text(call->out, engine_reason_name(page.reason));
	write_figures(call, &page);
	return CX_OK;
}

cx_status daemon__answer_aggregate(daemon__call *call, cx_error *error)
{
	engine_summary_query query;
	bool explains;
	engine_explain_level level;
	cx_status status = read_summary(call, &query, error);
	if (status == CX_OK)
		status = daemon__selection_explain(&call->request->options, &explains, &level,
		                                   error);
	if (status != CX_OK)
		return status;
	return explains ? engine_summary_explain(call->read, &query, level, call->out, error)
	                : write_groups(call, &query, error);
}
