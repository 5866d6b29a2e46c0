/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/methods/selection.h"

#include "base/msgpack.h"
#include "daemon/methods/continuation.h"

#include <inttypes.h>

cx_status daemon__selection_limit(const proto_options *options, uint64_t most, size_t *ret,
                                  cx_error *error)
{
	if ((options->given & PROTO_BIT(LIMIT)) == 0)
		return CX_OK;
	if (options->limit == 0 || options->limit > most)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "limit must lie between 1 and %" PRIu64, most);
	*ret = (size_t)options->limit;
	return CX_OK;
}

cx_status daemon__selection_after(daemon__call *call, const engine_type *type, cx_slice *ret,
                                  cx_error *error)
{
	const proto_options *options = &call->request->options;
	if ((options->given & PROTO_BIT(AFTER)) == 0)
		return CX_OK;
	return daemon__continuation_open(call->signer, type->name, options->after, ret, error);
}

static cx_status read_no_index(cx_slice names, engine_query *query, cx_error *error)
{
	cx_reader reader = cx_reader_of(names);
	const uint32_t count = cx_read_array(&reader);
	if (reader.failed || count > ENGINE_NO_INDEX_MAX)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "no_index: an array of at most %d names of indexes",
		               ENGINE_NO_INDEX_MAX);
	for (uint32_t i = 0; i < count; i++) {
		const cx_slice name = cx_read_str(&reader);
		if (reader.failed)
			return cx_fail(error, CX_INVALID_ARGUMENT,
			               "no_index: element %u is no name", i);
		cx_status status =
			daemon__method_index(query->type, name, &query->no_index[i], error);
		if (status != CX_OK)
			return status;
	}
	query->no_index_count = count;
	return CX_OK;
}

cx_status daemon__selection_explain(const proto_options *options, bool *ret_asked,
                                    engine_explain_level *ret, cx_error *error)
{
	*ret_asked = false;
	*ret = ENGINE_EXPLAIN_REJECTED;
	if ((options->given & PROTO_BIT(EXPLAIN)) == 0)
		return CX_OK;
	cx_reader reader = cx_reader_of(options->explain);
	if (cx_reader_peek(&reader) == CX_KIND_BOOL) {
		*ret_asked = cx_read_bool(&reader);
		return CX_OK;
	}
	const uint64_t level = cx_read_uint(&reader);
	if (reader.failed || level > ENGINE_EXPLAIN_EXECUTED)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "explain: true, false, or a level from 0 to %d",
		               ENGINE_EXPLAIN_EXECUTED);
	*ret_asked = true;
	*ret = (engine_explain_level)level;
	return CX_OK;
}

cx_status daemon__selection_read(daemon__call *call, cx_slice filter, engine_query *ret,
                                 cx_error *error)
{
	const proto_options *options = &call->request->options;
	*ret = (engine_query){
		.filter = filter,
		.allow_scan = options->allow_scan,
		.max_scan = options->max_scan,
		.deadline_ns = call->deadline_ns,
	};
	cx_status status = daemon__method_type(engine_read_schema(call->read), call->request,
	                                       &ret->type, error);
	if (status == CX_OK && (options->given & PROTO_BIT(USE_INDEX)) != 0)
		status = daemon__method_index(ret->type, options->use_index, &ret->use_index,
		                              error);
	if (status == CX_OK && (options->given & PROTO_BIT(NO_INDEX)) != 0)
		status = read_no_index(options->no_index, ret, error);
	return status;
}

cx_status daemon__selection_position(daemon__call *call, const engine_type *type,
                                     cx_slice position)
{
	if (position.size == 0) {
		cx_write_nil(call->out);
		return CX_OK;
	}
	return daemon__continuation_write(call->signer, type->name, position, call->out);
}
