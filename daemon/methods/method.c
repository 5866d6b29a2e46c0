/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/methods/method.h"

#include "base/check.h"
#include "base/msgpack.h"
#include "daemon/methods/answers.h"

#include <inttypes.h>

const daemon__method *daemon__method_of(proto_method method)
{
	static const daemon__method methods[PROTO_METHOD_COUNT_ALL] = {
		[PROTO_HELLO] = { DAEMON__ON_LOOP, true, daemon__answer_hello },
		[PROTO_PING] = { DAEMON__ON_LOOP, false, daemon__answer_ping },
		[PROTO_GET] = { DAEMON__ON_LOOP, true, daemon__answer_get },
		[PROTO_LOOKUP] = { DAEMON__ON_LOOP, true, daemon__answer_lookup },
		[PROTO_QUERY] = { DAEMON__IN_SLICE, true, daemon__answer_query },
		[PROTO_COUNT] = { DAEMON__IN_SLICE, true, daemon__answer_count },
		[PROTO_AGGREGATE] = { DAEMON__IN_SLICE, true, daemon__answer_aggregate },
		[PROTO_REPORT] = { DAEMON__IN_SLICE, true, daemon__answer_report },
		[PROTO_SEARCH] = { DAEMON__IN_SLICE, true, daemon__answer_search },
		[PROTO_CHANGES] = { DAEMON__IN_SLICE, true, daemon__answer_changes },
		[PROTO_HISTORY] = { DAEMON__ON_WORKER, true, daemon__answer_history },
		/* As long as the history of the record. */
		[PROTO_AS_OF] = { DAEMON__ON_WORKER, true, daemon__answer_as_of },
		[PROTO_CREATE] = { DAEMON__ON_WRITER, false, NULL },
		[PROTO_UPDATE] = { DAEMON__ON_WRITER, false, NULL },
		[PROTO_UPSERT] = { DAEMON__ON_WRITER, false, NULL },
		[PROTO_DELETE] = { DAEMON__ON_WRITER, false, NULL },
		[PROTO_UNDELETE] = { DAEMON__ON_WRITER, false, NULL },
		[PROTO_PURGE] = { DAEMON__ON_WRITER, false, NULL },
		[PROTO_BATCH] = { DAEMON__ON_WRITER, false, NULL },
		[PROTO_SCHEMA_GET] = { DAEMON__ON_LOOP, true, daemon__answer_schema_get },
		[PROTO_SCHEMA_PLAN] = { DAEMON__ON_WORKER, true, daemon__answer_schema_plan },
		[PROTO_SCHEMA_APPLY] = { DAEMON__ON_WRITER, false, NULL },
		[PROTO_INDEX_STATUS] = { DAEMON__ON_LOOP, true, daemon__answer_index_status },
		[PROTO_INDEX_CANCEL] = { DAEMON__ON_WRITER, false, NULL },
		[PROTO_STATS] = { DAEMON__ON_LOOP, true, daemon__answer_stats },
		[PROTO_CHECK] = { DAEMON__ON_WORKER, true, daemon__answer_check },
		[PROTO_ANALYZE] = { DAEMON__ON_WORKER, true, daemon__answer_analyze },
		[PROTO_WATCH] = { DAEMON__ON_LOOP, true, daemon__answer_watch },
		[PROTO_UNWATCH] = { DAEMON__ON_LOOP, false, daemon__answer_unwatch },
		[PROTO_CREDIT] = { DAEMON__ON_LOOP, false, daemon__answer_credit },
		[PROTO_CONVERT] = { DAEMON__ON_WRITER, false, NULL },
		[PROTO_REOPEN] = { DAEMON__ON_WRITER, false, NULL },
		[PROTO_TRANSFER] = { DAEMON__ON_WRITER, false, NULL },
		[PROTO_MERGE] = { DAEMON__ON_WRITER, false, NULL },
		[PROTO_UNMERGE] = { DAEMON__ON_WRITER, false, NULL },
		[PROTO_REVALUE] = { DAEMON__ON_WRITER, false, NULL },
		[PROTO_DUPLICATES] = { DAEMON__IN_SLICE, true, daemon__answer_duplicates },
		[PROTO_RUN_TIERS] = { DAEMON__ON_WORKER, true, daemon__answer_run_tiers },
		[PROTO_RUN_FORECAST] = { DAEMON__ON_WORKER, true, daemon__answer_run_forecast },
	};
	CX_ASSERT(method < PROTO_METHOD_COUNT_ALL);
	return &methods[method];
}

/* An error must fit where a result did not: it may pass the limit of the buffer by what one
 * error takes at most. */
static void reply_error(daemon__call *call, cx_status status, const cx_error *error,
                        proto_error_form errors)
{
	enum { ERROR_BYTES_MAX = 1024 };
	size_t limit = call->out->limit;
	call->out->limit = limit < SIZE_MAX - ERROR_BYTES_MAX ? limit + ERROR_BYTES_MAX : limit;
	proto_reply_error(call->request->msgid, status, error, errors, call->out);
	if (call->out->size <= limit)
		call->out->limit = limit;
}

cx_status daemon__method_reply(daemon__call *call, proto_error_form errors)
{
	const daemon__method *method = daemon__method_of(call->request->method);
	CX_ASSERT(method->run != NULL);
	CX_ASSERT(call->read != NULL || !method->takes_snapshot);

	size_t begin = call->out->size;
	CX_UNSET cx_error error;
	cx_error_clear(&error);
	proto_reply_begin(call->request->msgid, call->out);
	cx_status status = method->run(call, &error);
	if (status == CX_OK) {
		status = cx_buf_status(call->out);
		if (status == CX_TOO_LARGE)
			cx_fail(&error, status, "the answer is larger than %d bytes",
			        PROTO_REPLY_BYTES_MAX);
	}
	if (status == CX_OK)
		return CX_OK;

	cx_buf_truncate(call->out, begin);
	if (status == CX_DEADLINE && call->is_slice)
		return CX_DEADLINE;
	reply_error(call, status, &error, errors);
	return CX_OK;
}

static bool takes_long(proto_method method)
{
	return method == PROTO_CHECK || method == PROTO_ANALYZE || method == PROTO_RUN_TIERS ||
	       method == PROTO_RUN_FORECAST;
}

cx_status daemon__method_time_ms(const daemon_config *config, const proto_request *request,
                                 uint64_t *ret, cx_error *error)
{
	const proto_options *options = &request->options;
	uint64_t most = config->limits_read_deadline_max_ms;
	if ((options->given & PROTO_BIT(DEADLINE)) == 0) {
		*ret = takes_long(request->method) ? most : config->limits_read_deadline_ms;
		return CX_OK;
	}
	if (options->deadline_ms == 0 || options->deadline_ms > most)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "deadline_ms must lie between 1 and %" PRIu64, most);
	*ret = options->deadline_ms;
	return CX_OK;
}

static cx_status find_type(const engine_schema *schema, cx_slice name, const engine_type **ret,
                           cx_error *error)
{
	const engine_type *type = engine_schema_type(schema, name);
	if (type == NULL)
		return cx_fail(error, CX_NO_TYPE, "there is no record type %.*s",
		               CX_SLICE_ARG(name));
	*ret = type;
	return CX_OK;
}

cx_status daemon__method_type(const engine_schema *schema, const proto_request *request,
                              const engine_type **ret, cx_error *error)
{
	return find_type(schema, request->type, ret, error);
}

cx_status daemon__method_types(const engine_schema *schema, const proto_options *options,
                               const engine_type **ret, uint32_t *ret_count, cx_error *error)
{
	*ret_count = 0;
	if ((options->given & PROTO_BIT(TYPES)) == 0)
		return CX_OK;
	cx_reader reader = cx_reader_of(options->types);
	const uint32_t count = cx_read_array(&reader);
	if (reader.failed || count < 1 || count > ENGINE_TYPES_MAX)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "types: an array of 1 to %d names of record types",
		               ENGINE_TYPES_MAX);
	for (uint32_t i = 0; i < count; i++) {
		const cx_slice name = cx_read_str(&reader);
		if (reader.failed)
			return cx_fail(error, CX_INVALID_ARGUMENT,
			               "types: element %u is no name", i);
		cx_status status = find_type(schema, name, &ret[i], error);
		if (status != CX_OK)
			return status;
	}
	*ret_count = count;
	return CX_OK;
}

cx_status daemon__method_index(const engine_type *type, cx_slice name, const engine_index **ret,
                               cx_error *error)
{
	const engine_index *index = engine_type_index(type, name);
	if (index == NULL)
		return cx_fail(error, CX_NO_INDEX, "%s has no index %.*s", type->name,
		               CX_SLICE_ARG(name));
	*ret = index;
	return CX_OK;
}
