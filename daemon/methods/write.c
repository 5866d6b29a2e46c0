/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/methods/write.h"

#include "base/check.h"
#include "daemon/methods/method.h"

/* Every operation on one record, with its type found and its id resolved. */
typedef struct operation {
	const proto_request *request;
	const engine_type *type;
	int64_t id;
	engine_change change;
} operation;

static cx_status resolve_id(const proto_request *request, engine_references references,
                            int64_t *ret, cx_error *error)
{
	int64_t number = request->id.number;
	if (!request->id.from_batch) {
		*ret = number;
		return CX_OK;
	}
	if (number < 0 || (uint64_t)number >= references.count)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "id: {\"$\": %lld} names no earlier operation of the batch",
		               (long long)number);
	*ret = references.ids[number];
	return CX_OK;
}

/* The option `at`: the time of which is told. */
static cx_status take_time(const proto_options *options, engine_author *author, cx_error *error)
{
	if ((options->given & PROTO_BIT(AT)) == 0)
		return CX_OK;
	if (options->at == 0 || options->at > (uint64_t)author->now_ms)
		return cx_fail(
			error, CX_INVALID_ARGUMENT,
			"at: a time between 1970 and now, in ms: what is to come has not "
			"happened yet");
	author->at_ms = (int64_t)options->at;
	return CX_OK;
}

static cx_status resolve(const daemon__write *write, const proto_request *request,
                         engine_references references, operation *ret, cx_error *error)
{
	const proto_options *options = &request->options;
	bool has_rev = (options->given & PROTO_BIT(IF_REV)) != 0;
	if (has_rev && (options->if_rev == 0 || options->if_rev > INT64_MAX))
		return cx_fail(error, CX_INVALID_ARGUMENT, "if_rev: revisions begin with 1");
	*ret = (operation){
		.request = request,
		.change = { .author = write->author,
		            .if_rev = (int64_t)options->if_rev,
		            .references = references },
	};
	cx_status status = take_time(options, &ret->change.author, error);
	if (status == CX_OK && request->method != PROTO_CONVERT)
		status = daemon__method_type(write->schema, request, &ret->type, error);
	if (status == CX_OK)
		status = resolve_id(request, references, &ret->id, error);
	return status;
}

static cx_status upsert(daemon__write *write, const operation *op, engine_outcome *ret,
                        cx_error *error)
{
	const engine_index *index = NULL;
	cx_status status = daemon__method_index(op->type, op->request->index, &index, error);
	if (status != CX_OK)
		return status;
	return engine_upsert(write->transaction, index, op->request->fields, &op->change, ret,
	                     error);
}

/* No `default`: a new method must be thought about here. */
static cx_status run_operation(daemon__write *write, const operation *op, engine_outcome *ret,
                               cx_error *error)
{
	engine_write *transaction = write->transaction;
	cx_slice fields = op->request->fields;
	switch (op->request->method) {
	case PROTO_CREATE:
		return engine_create(transaction, op->type, fields, &op->change, ret, error);
	case PROTO_UPDATE:
		return engine_update(transaction, op->type, op->id, fields, &op->change, ret,
		                     error);
	case PROTO_UPSERT:
		return upsert(write, op, ret, error);
	case PROTO_DELETE:
		return engine_delete(transaction, op->type, op->id, &op->change, ret, error);
	case PROTO_UNDELETE:
		return engine_undelete(transaction, op->type, op->id, &op->change, ret, error);
	case PROTO_PURGE:
		return engine_purge(transaction, op->type, op->id, &op->change, ret, error);
	case PROTO_CONVERT:
		return daemon__trade_convert(write, op->request, op->id, &op->change.author,
		                             ret, error);
	case PROTO_REOPEN:
		return daemon__trade_reopen(write, op->request, op->type, op->id,
		                            &op->change.author, ret, error);
	case PROTO_HELLO:
	case PROTO_PING:
	case PROTO_GET:
	case PROTO_LOOKUP:
	case PROTO_QUERY:
	case PROTO_COUNT:
	case PROTO_AGGREGATE:
	case PROTO_REPORT:
	case PROTO_SEARCH:
	case PROTO_CHANGES:
	case PROTO_HISTORY:
	case PROTO_AS_OF:
	case PROTO_BATCH:
	case PROTO_SCHEMA_GET:
	case PROTO_SCHEMA_PLAN:
	case PROTO_SCHEMA_APPLY:
	case PROTO_INDEX_STATUS:
	case PROTO_INDEX_CANCEL:
	case PROTO_STATS:
	case PROTO_CHECK:
	case PROTO_ANALYZE:
	case PROTO_WATCH:
	case PROTO_UNWATCH:
	case PROTO_CREDIT:
	case PROTO_TRANSFER:
	case PROTO_MERGE:
	case PROTO_UNMERGE:
	case PROTO_REVALUE:
	case PROTO_DUPLICATES:
	case PROTO_RUN_TIERS:
	case PROTO_RUN_FORECAST:
	case PROTO_METHOD_COUNT_ALL:
		break;
	}
	CX_UNREACHABLE();
}

/* Says where a customer went that is not there any more. */
static cx_status name_winner(daemon__write *write, const operation *op, cx_error *error)
{
	int64_t winner;
	if (cx_slice_equal(cx_slice_of(op->type->name), CX_SLICE_LITERAL("customer")) &&
	    crm_merged_into(engine_write_view(write->transaction), op->id, &winner) == CX_OK)
		cx_fail(error, CX_NOT_FOUND,
		        "customer %lld was merged into customer %lld: name that one",
		        (long long)op->id, (long long)winner);
	return CX_NOT_FOUND;
}

static bool makes_records(proto_method method)
{
	return method == PROTO_CREATE || method == PROTO_UPSERT;
}

cx_status daemon__write_operation(daemon__write *write, const proto_request *request,
                                  engine_references references, daemon__done *ret,
                                  cx_error *error)
{
	operation op;
	ret->likes.told = false;
	cx_status status = resolve(write, request, references, &op, error);
	if (status == CX_OK)
		status = run_operation(write, &op, &ret->outcome, error);
	if (status == CX_NOT_FOUND && op.type != NULL)
		status = name_winner(write, &op, error);
	if (status == CX_OK && makes_records(request->method))
		status = daemon__duplicates_look(write->transaction, op.type, &request->options,
		                                 &ret->outcome, &ret->likes, error);
	return status;
}

void daemon__write_outcome(const daemon__done *done, cx_buf *out)
{
	const engine_outcome *outcome = &done->outcome;
	cx_write_array(out, done->likes.told ? 6 : 5);
	cx_write_int(out, outcome->id);
	cx_write_int(out, outcome->rev);
	cx_write_uint(out, outcome->seq);
	cx_write_uint(out, outcome->affected);
	cx_write_bool(out, outcome->created);
	if (done->likes.told)
		daemon__candidates_write(&done->likes.candidates, out);
}

cx_status daemon__write_run(daemon__write *write, const proto_request *request, cx_error *error)
{
	if (request->method == PROTO_BATCH) {
		cx_status status = take_time(&request->options, &write->author, error);
		return status == CX_OK ? daemon__write_batch(write, request->operations, error)
		                       : status;
	}
	if (daemon__trade_is_write(request->method))
		return daemon__trade_write(write, request, error);

	CX_UNSET daemon__done done;
	cx_status status =
		daemon__write_operation(write, request, (engine_references){ 0 }, &done, error);
	if (status == CX_OK)
		daemon__write_outcome(&done, write->out);
	return status;
}
