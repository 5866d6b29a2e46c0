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
	cx_status status = daemon__method_type(write->schema, request, &ret->type, error);
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
	case PROTO_METHOD_COUNT_ALL:
		break;
	}
	CX_UNREACHABLE();
}

cx_status daemon__write_operation(daemon__write *write, const proto_request *request,
                                  engine_references references, engine_outcome *ret,
                                  cx_error *error)
{
	operation op;
	cx_status status = resolve(write, request, references, &op, error);
	return status == CX_OK ? run_operation(write, &op, ret, error) : status;
}

void daemon__write_outcome(const engine_outcome *outcome, cx_buf *out)
{
	cx_write_array(out, 5);
	cx_write_int(out, outcome->id);
	cx_write_int(out, outcome->rev);
	cx_write_uint(out, outcome->seq);
	cx_write_uint(out, outcome->affected);
	cx_write_bool(out, outcome->created);
}

cx_status daemon__write_run(daemon__write *write, const proto_request *request, cx_error *error)
{
	if (request->method == PROTO_BATCH)
		return daemon__write_batch(write, request->operations, error);

	engine_outcome outcome;
	cx_status status = daemon__write_operation(write, request, (engine_references){ 0 },
	                                           &outcome, error);
	if (status == CX_OK)
		daemon__write_outcome(&outcome, write->out);
	return status;
}
