/* SPDX-License-Identifier: Apache-2.0 */
/* get, as_of and lookup. */
#include "crm/operations.h"
#include "daemon/methods/answers.h"
#include "daemon/methods/include.h"
#include "engine/changes.h"

static cx_status write_included(daemon__call *call, const engine_row *row, cx_error *error)
{
	CX_UNSET CX_SCOPED(daemon__includes_release) daemon__includes includes;
	includes.count = includes.rows = 0;
	cx_status status = daemon__includes_read(call, row->type, &includes, error);
	if (status == CX_OK)
		status = daemon__includes_add(&includes, row);
	return status == CX_OK ? daemon__includes_write(call, &includes, error) : status;
}

static cx_status write_row(daemon__call *call, const engine_row *row, cx_error *error)
{
	CX_UNSET daemon__projection projection;
	const bool includes = (call->request->options.given & PROTO_BIT(INCLUDE)) != 0;
	cx_status status =
		daemon__projection_of(row->type, &call->request->options, &projection, error);
	if (status != CX_OK)
		return status;
	cx_write_array(call->out, includes ? 4 : 3);
	daemon__projection_write_head(&projection, call->out);
	status = daemon__projection_write_row(&projection, row, call->out);
	return status == CX_OK && includes ? write_included(call, row, error) : status;
}

/* A customer that was merged into another is found where it went. */
static cx_status get_live(engine_read *read, const engine_type *type, int64_t id,
                          engine_row *ret, cx_error *error)
{
	cx_status status = engine_get(read, type, id, ret, error);
	if (status != CX_NOT_FOUND ||
	    !cx_slice_equal(cx_slice_of(type->name), CX_SLICE_LITERAL("customer")))
		return status;
	int64_t winner;
	if (crm_merged_into(read, id, &winner) != CX_OK)
		return status;
	cx_error_clear(error);
	return engine_get(read, type, winner, ret, error);
}

cx_status daemon__answer_get(daemon__call *call, cx_error *error)
{
	const proto_request *request = call->request;
	const engine_type *type = NULL;
	cx_status status =
		daemon__method_type(engine_read_schema(call->read), request, &type, error);
	if (status != CX_OK)
		return status;

	engine_row row;
	status = request->options.deleted
	                 ? engine_get_any(call->read, type, request->id.number, &row, error)
	                 : get_live(call->read, type, request->id.number, &row, error);
	return status == CX_OK ? write_row(call, &row, error) : status;
}

cx_status daemon__answer_lookup(daemon__call *call, cx_error *error)
{
	const proto_request *request = call->request;
	const engine_type *type = NULL;
	const engine_index *index = NULL;
	cx_status status =
		daemon__method_type(engine_read_schema(call->read), request, &type, error);
	if (status == CX_OK)
		status = daemon__method_index(type, request->index, &index, error);
	if (status != CX_OK)
		return status;

	engine_row row;
	status = engine_lookup(call->read, index, request->values, &row, error);
	return status == CX_OK ? write_row(call, &row, error) : status;
}

cx_status daemon__answer_as_of(daemon__call *call, cx_error *error)
{
	const proto_request *request = call->request;
	const proto_options *options = &request->options;
	const bool by_seq = (options->given & PROTO_BIT(SEQ)) != 0;
	const bool by_time = (options->given & PROTO_BIT(AT)) != 0;
	if (by_seq == by_time || (by_seq && options->seq == 0) || options->at > INT64_MAX)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "as_of takes one of seq (from 1) and at (ms since 1970)");
	const engine_type *type = NULL;
	cx_status status =
		daemon__method_type(engine_read_schema(call->read), request, &type, error);
	if (status != CX_OK)
		return status;

	const engine_moment moment = { .seq = options->seq, .at_ms = (int64_t)options->at };
	engine_row row;
	status = engine_as_of(call->read, type, request->id.number, moment, call->deadline_ns,
	                      &row, error);
	return status == CX_OK ? write_row(call, &row, error) : status;
}
