/* SPDX-License-Identifier: Apache-2.0 */
/* The operations of the trade that write. */
#include "base/check.h"
#include "crm/operations.h"
#include "daemon/methods/method.h"
#include "daemon/methods/write.h"

cx_status daemon__trade_convert(daemon__write *write, const proto_request *request,
                                int64_t opportunity, const engine_author *author,
                                engine_outcome *ret, cx_error *error)
{
	const crm_conversion what = {
		.opportunity = opportunity,
		.if_rev = (int64_t)request->options.if_rev,
		.order = request->fields,
		.lines = request->options.lines,
	};
	return crm_convert(write->transaction, author, &what, ret, error);
}

cx_status daemon__trade_reopen(daemon__write *write, const proto_request *request,
                               const engine_type *type, int64_t id, const engine_author *author,
                               engine_outcome *ret, cx_error *error)
{
	return crm_reopen(write->transaction, author, type, id, request->fields,
	                  (int64_t)request->options.if_rev, ret, error);
}

/* ---- transfer ---- */

static cx_status read_ids(const proto_options *options, int64_t *ids, size_t *ret_count,
                          cx_error *error)
{
	*ret_count = 0;
	if ((options->given & PROTO_BIT(IDS)) == 0)
		return CX_OK;
	cx_reader reader = cx_reader_of(options->ids);
	const uint32_t count = cx_read_array(&reader);
	if (reader.failed || count == 0)
		return cx_fail_field(error, CX_INVALID_ARGUMENT, "ids",
		                     "ids: an array of the ids of records");
	if (count > CRM_SLICE_MAX)
		return cx_fail_field(error, CX_TOO_LARGE, "ids",
		                     "at most %d records are transferred at once",
		                     CRM_SLICE_MAX);
	for (uint32_t i = 0; i < count; i++)
		ids[i] = cx_read_int(&reader);
	if (reader.failed)
		return cx_fail_field(error, CX_INVALID_ARGUMENT, "ids",
		                     "ids: an array of the ids of records");
	*ret_count = count;
	return CX_OK;
}

static void write_counts(const daemon__write *write, const crm_transferred *done)
{
	uint32_t types = 0;
	for (uint16_t i = 0; i < write->schema->type_count; i++)
		types += done->counts[i] > 0;
	cx_write_map(write->out, types);
	for (uint16_t i = 0; i < write->schema->type_count; i++) {
		if (done->counts[i] == 0)
			continue;
		cx_write_text(write->out, write->schema->types[i].name);
		cx_write_uint(write->out, done->counts[i]);
	}
}

static void write_seq(const daemon__write *write)
{
	cx_write_text(write->out, "seq");
	cx_write_uint(write->out, engine_write_seq(write->transaction) - 1);
}

static void write_number(const daemon__write *write, const char *name, uint64_t number)
{
	cx_write_text(write->out, name);
	cx_write_uint(write->out, number);
}

static cx_status transfer(daemon__write *write, const proto_request *request, cx_error *error)
{
	const proto_options *options = &request->options;
	const engine_type *types[ENGINE_TYPES_MAX];
	uint32_t type_count;
	int64_t ids[CRM_SLICE_MAX];
	size_t id_count;
	cx_status status =
		daemon__method_types(write->schema, options, types, &type_count, error);
	if (status == CX_OK)
		status = read_ids(options, ids, &id_count, error);
	if (status != CX_OK)
		return status;
	const crm_transfer what = {
		.to = request->id.number,
		.types = types,
		.type_count = type_count,
		.ids = ids,
		.id_count = id_count,
		.from = options->owner > INT64_MAX ? INT64_MAX : (int64_t)options->owner,
		.filter = options->where,
		.limit = options->limit > CRM_SLICE_MAX ? CRM_SLICE_MAX + 1 : options->limit,
	};
	CX_UNSET crm_transferred done;
	status = crm_transfer_owner(write->transaction, &write->author, &what, &done, error);
	if (status != CX_OK)
		return status;
	cx_write_map(write->out, 4);
	write_seq(write);
	write_number(write, "transferred", done.total);
	cx_write_text(write->out, "more");
	cx_write_bool(write->out, done.more);
	cx_write_text(write->out, "types");
	write_counts(write, &done);
	return CX_OK;
}

/* ---- merge ---- */

static void write_merged(const daemon__write *write, int64_t id, const crm_merged *done)
{
	cx_write_map(write->out, 7);
	cx_write_text(write->out, "id");
	cx_write_int(write->out, id);
	cx_write_text(write->out, "rev");
	cx_write_int(write->out, done->rev);
	write_number(write, "seq", done->seq);
	cx_write_text(write->out, "merge");
	cx_write_int(write->out, done->merge);
	write_number(write, "moved", done->moved);
	write_number(write, "filled", done->filled);
	write_number(write, "gone", done->gone);
}

static cx_status merge(daemon__write *write, const proto_request *request, cx_error *error)
{
	const crm_merge what = {
		.winner = request->id.number,
		.loser = request->other > INT64_MAX ? 0 : (int64_t)request->other,
		.fields = request->fields,
	};
	crm_merged done;
	cx_status status =
		crm_merge_customers(write->transaction, &write->author, &what, &done, error);
	if (status == CX_OK)
		write_merged(write, what.winner, &done);
	return status;
}

static cx_status unmerge(daemon__write *write, const proto_request *request, cx_error *error)
{
	crm_merged done;
	cx_status status = crm_merge_undo(write->transaction, &write->author,
	                                  request->id.number, &done, error);
	if (status == CX_OK)
		write_merged(write, request->id.number, &done);
	return status;
}

/* ---- revalue ---- */

static cx_status revalue(daemon__write *write, const proto_request *request, cx_error *error)
{
	const proto_options *options = &request->options;
	if (options->limit > CRM_SLICE_MAX)
		return cx_fail_field(error, CX_INVALID_ARGUMENT, "limit",
		                     "at most %d opportunities are looked at in one call",
		                     CRM_SLICE_MAX);
	const crm_revaluation what = {
		.has_day = (options->given & PROTO_BIT(ON)) != 0,
		.day = options->on > INT32_MAX ? INT32_MAX : (int64_t)options->on,
		.from = options->from > INT64_MAX ? INT64_MAX : (int64_t)options->from,
		.limit = options->limit,
	};
	crm_revalued done;
	cx_status status = crm_revalue(write->transaction, &write->author, &what, &done, error);
	if (status != CX_OK)
		return status;
	cx_write_map(write->out, 4);
	write_seq(write);
	write_number(write, "looked", done.looked);
	write_number(write, "revalued", done.revalued);
	cx_write_text(write->out, "next");
	if (done.next > 0)
		cx_write_int(write->out, done.next);
	else
		cx_write_nil(write->out);
	return CX_OK;
}

bool daemon__trade_is_write(proto_method method)
{
	return method == PROTO_TRANSFER || method == PROTO_MERGE || method == PROTO_UNMERGE ||
	       method == PROTO_REVALUE;
}

cx_status daemon__trade_write(daemon__write *write, const proto_request *request,
                              cx_error *error)
{
	switch (request->method) {
	case PROTO_TRANSFER:
		return transfer(write, request, error);
	case PROTO_MERGE:
		return merge(write, request, error);
	case PROTO_UNMERGE:
		return unmerge(write, request, error);
	default:
		CX_ASSERT(request->method == PROTO_REVALUE);
		return revalue(write, request, error);
	}
}
