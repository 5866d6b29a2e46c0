/* SPDX-License-Identifier: Apache-2.0 */
#include "base/check.h"
#include "client/data/doc.h"
#include "client/request/names.h"
#include "client/request/request.h"

enum { PARTS_BYTES_MAX = 32 * 1024 * 1024 };

/* Where a part lies: `parts` moves while it grows, so slices are made when all are in. */
typedef struct part {
	size_t from;
	size_t size;
} part;

typedef struct filler {
	cardex__draft *draft;
	const cardex_request *request;
	cx_error *error;
	part values, fields, filter, operations, only, order, types, no_index, include,
		rows_after, group, measures, rid;
} filler;

static const proto_method methods[] = {
	[CARDEX_METHOD_PING] = PROTO_PING,
	[CARDEX_METHOD_GET] = PROTO_GET,
	[CARDEX_METHOD_LOOKUP] = PROTO_LOOKUP,
	[CARDEX_METHOD_QUERY] = PROTO_QUERY,
	[CARDEX_METHOD_COUNT] = PROTO_COUNT,
	[CARDEX_METHOD_CREATE] = PROTO_CREATE,
	[CARDEX_METHOD_UPDATE] = PROTO_UPDATE,
	[CARDEX_METHOD_UPSERT] = PROTO_UPSERT,
	[CARDEX_METHOD_DELETE] = PROTO_DELETE,
	[CARDEX_METHOD_UNDELETE] = PROTO_UNDELETE,
	[CARDEX_METHOD_PURGE] = PROTO_PURGE,
	[CARDEX_METHOD_BATCH] = PROTO_BATCH,
	[CARDEX_METHOD_SCHEMA_GET] = PROTO_SCHEMA_GET,
	[CARDEX_METHOD_STATS] = PROTO_STATS,
	[CARDEX_METHOD_CHECK] = PROTO_CHECK,
	[CARDEX_METHOD_SCHEMA_PLAN] = PROTO_SCHEMA_PLAN,
	[CARDEX_METHOD_SCHEMA_APPLY] = PROTO_SCHEMA_APPLY,
	[CARDEX_METHOD_INDEX_STATUS] = PROTO_INDEX_STATUS,
	[CARDEX_METHOD_INDEX_CANCEL] = PROTO_INDEX_CANCEL,
	[CARDEX_METHOD_SEARCH] = PROTO_SEARCH,
	[CARDEX_METHOD_ANALYZE] = PROTO_ANALYZE,
	[CARDEX_METHOD_CHANGES] = PROTO_CHANGES,
	[CARDEX_METHOD_HISTORY] = PROTO_HISTORY,
	[CARDEX_METHOD_AS_OF] = PROTO_AS_OF,
	[CARDEX_METHOD_WATCH] = PROTO_WATCH,
	[CARDEX_METHOD_UNWATCH] = PROTO_UNWATCH,
	[CARDEX_METHOD_CREDIT] = PROTO_CREDIT,
	[CARDEX_METHOD_AGGREGATE] = PROTO_AGGREGATE,
	[CARDEX_METHOD_REPORT] = PROTO_REPORT,
};

/* hello is the connection's own; it takes the place of "none" in the enum. The operations of
 * the trade, which come last, have functions of their own (cardex_trade.h). */
_Static_assert(CX_COUNT_OF(methods) == PROTO_CONVERT, "every method but hello");

static cx_status take_text(const filler *self, const char *text, const char *what,
                           cx_slice *ret)
{
	if (text == NULL)
		return cx_fail(self->error, CX_INVALID_ARGUMENT, "the %s is missing", what);
	*ret = cx_slice_of(text);
	return CX_OK;
}

static cx_status end_part(const filler *self, size_t from, part *ret)
{
	const cx_buf *parts = &self->draft->parts;
	cx_status status = cx_buf_status(parts);
	if (status != CX_OK)
		return cx_fail(self->error, status, "the request: %s", cx_status_text(status));
	*ret = (part){ .from = from, .size = parts->size - from };
	return CX_OK;
}

static cx_status take_doc(const filler *self, const cardex_doc *doc, bool list,
                          const char *what, part *ret)
{
	cx_buf *parts = &self->draft->parts;
	if (doc == NULL)
		return cx_fail(self->error, CX_INVALID_ARGUMENT,
		               "the document of %s is missing: NULL", what);
	cx_status status = cx_status_of_wire((uint32_t)cardex_doc_status(doc));
	if (status == CX_OK && doc->is_list != list)
		status = CX_INVALID_ARGUMENT;
	if (status != CX_OK)
		return cx_fail(self->error, status, "the document of %s: %s", what,
		               cx_status_text(status));
	size_t from = parts->size;
	cardex__doc_write(doc, parts);
	return end_part(self, from, ret);
}

static cx_status take_names(const filler *self, const char *text, const char *what, part *ret)
{
	size_t from = self->draft->parts.size;
	if (cardex__names_write(text, &self->draft->parts) == CX_INVALID_ARGUMENT)
		return cx_fail(self->error, CX_INVALID_ARGUMENT,
		               "%s: a name is missing in \"%s\"", what, text);
	return end_part(self, from, ret);
}

static cx_status take_batch(const filler *self, const cardex_batch *batch, part *ret)
{
	cx_buf *parts = &self->draft->parts;
	if (batch == NULL)
		return cx_fail(self->error, CX_INVALID_ARGUMENT, "the batch is missing: NULL");
	if (batch->failed.status != CX_OK) {
		if (self->error != NULL)
			*self->error = batch->failed;
		return batch->failed.status;
	}
	size_t from = parts->size;
	cx_write_array(parts, batch->count);
	cx_write_raw(parts, cx_buf_slice(&batch->operations));
	return end_part(self, from, ret);
}

static cx_status take_parameter(filler *self, proto_parameter which)
{
	const cardex_request *request = self->request;
	proto_request *proto = &self->draft->proto;
	switch (which) {
	case PROTO_P_TYPE:
		return take_text(self, request->type, "type", &proto->type);
	case PROTO_P_ID:
		proto->id = (proto_id){ .number = request->id,
			                .from_batch = request->id_is_outcome };
		return CX_OK;
	case PROTO_P_INDEX:
		return take_text(self, request->index, "index", &proto->index);
	case PROTO_P_VALUES:
		return take_doc(self, request->values, true, "values", &self->values);
	case PROTO_P_FIELDS:
		return take_doc(self, request->fields, false, "fields", &self->fields);
	case PROTO_P_FILTER:
		if (request->filter == NULL)
			return CX_OK;
		return take_doc(self, request->filter, true, "filter", &self->filter);
	case PROTO_P_TEXT:
		return take_text(self, request->text, "text", &proto->text);
	case PROTO_P_OPERATIONS:
		return take_batch(self, request->batch, &self->operations);
	case PROTO_P_SCHEMA:
		if (request->text != NULL)
			proto->schema = cx_slice_of(request->text);
		return CX_OK;
	case PROTO_P_WATCH:
		proto->watch = request->watch;
		return CX_OK;
	case PROTO_P_AMOUNT:
		proto->amount = request->credit;
		return CX_OK;
	case PROTO_P_REPORT:
		if (request->text != NULL)
			proto->report = cx_slice_of(request->text);
		return CX_OK;
	case PROTO_P_OTHER: /* of no method that comes this way */
	case PROTO_P_END:
		break;
	}
	CX_UNREACHABLE();
}

/* The level as MessagePack. */
static cx_slice explain_of(cardex_explain explain)
{
	static const uint8_t levels[] = { 0, 1, 2 };
	const size_t level = (size_t)explain - CARDEX_EXPLAIN_PLAN;
	if (level >= CX_COUNT_OF(levels))
		return (cx_slice){ 0 };
	return (cx_slice){ .data = &levels[level], .size = 1 };
}

/* The options that are one number or word. Which of them the method takes is for the encoder:
 * it leaves the others out. */
static void take_plain_options(const cardex_request *request, proto_options *options)
{
	const bool is_count = request->method == CARDEX_METHOD_COUNT;
	*options = (proto_options){
		.limit = request->limit,
		.after = { .data = request->after, .size = request->after_size },
		.explain = explain_of(request->explain),
		.allow_scan = request->allow_scan,
		.use_index = cx_slice_of(request->use_index),
		.count = request->estimate ? CX_SLICE_LITERAL("\xa8"
		                                              "estimate")
		                           : CX_SLICE_LITERAL("\xc3"),
		.max_scan = request->max_scan,
		.deadline_ms = request->deadline_ms,
		.if_rev = (uint64_t)request->if_rev,
		.deleted = request->deleted,
		.only_type = cx_slice_of(request->type),
		.dry_run = request->dry_run,
		.duplicates = cx_slice_of(request->duplicates),
		.base = cx_slice_of(request->base),
		.may_lose = request->may_lose,
		.highlights = request->highlights,
		.from = request->from,
		.before = request->before,
		.seq = request->seq,
		.at = (uint64_t)request->at_ms,
		.state_hash = request->state_hash,
		.snapshot = request->snapshot,
		.credit = request->credit,
		.name = cx_slice_of(request->aggregate),
	};
	const struct {
		bool given;
		uint64_t bit;
	} rows[] = {
		{ request->limit > 0, PROTO_BIT(LIMIT) },
		{ request->after_size > 0, PROTO_BIT(AFTER) },
		{ request->explain != CARDEX_EXPLAIN_NONE, PROTO_BIT(EXPLAIN) },
		{ request->allow_scan, PROTO_BIT(ALLOW_SCAN) },
		{ request->use_index != NULL, PROTO_BIT(USE_INDEX) },
		{ request->with_count || (request->estimate && is_count), PROTO_BIT(COUNT) },
		{ request->max_scan > 0, PROTO_BIT(MAX_SCAN) },
		{ request->deadline_ms > 0, PROTO_BIT(DEADLINE) },
		{ request->if_rev > 0, PROTO_BIT(IF_REV) },
		{ request->deleted, PROTO_BIT(DELETED) },
		{ request->type != NULL, PROTO_BIT(ONLY_TYPE) },
		{ request->dry_run, PROTO_BIT(DRY_RUN) },
		{ request->base != NULL, PROTO_BIT(BASE) },
		{ request->may_lose, PROTO_BIT(MAY_LOSE) },
		{ request->highlights, PROTO_BIT(HIGHLIGHTS) },
		{ request->from > 0, PROTO_BIT(FROM) },
		{ request->before > 0, PROTO_BIT(BEFORE) },
		{ request->seq > 0, PROTO_BIT(SEQ) },
		{ request->at_ms > 0, PROTO_BIT(AT) },
		{ request->duplicates != NULL, PROTO_BIT(DUPLICATES) },
		{ request->state_hash, PROTO_BIT(STATE_HASH) },
		{ request->snapshot, PROTO_BIT(SNAPSHOT) },
		{ request->credit > 0, PROTO_BIT(CREDIT) },
		{ request->aggregate != NULL, PROTO_BIT(NAME) },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++)
		options->given |= rows[i].given ? rows[i].bit : 0;
}

static cx_status take_no_index(filler *self)
{
	const cardex_request *request = self->request;
	cx_buf *parts = &self->draft->parts;
	const size_t from = parts->size;
	cx_write_array(parts, request->no_index_count);
	for (size_t i = 0; i < request->no_index_count; i++) {
		if (request->no_index[i] == NULL)
			return cx_fail(self->error, CX_INVALID_ARGUMENT,
			               "no_index: name %zu is missing: NULL", i);
		cx_write_text(parts, request->no_index[i]);
	}
	return end_part(self, from, &self->no_index);
}

static void write_word(cx_buf *out, const char *key, const char *word)
{
	if (word == NULL)
		return;
	cx_write_text(out, key);
	cx_write_text(out, word);
}

static cx_status write_names(const filler *self, const char *key, const char *names)
{
	cx_buf *out = &self->draft->parts;
	if (names == NULL)
		return CX_OK;
	cx_write_text(out, key);
	if (cardex__names_write(names, out) == CX_INVALID_ARGUMENT)
		return cx_fail(self->error, CX_INVALID_ARGUMENT,
		               "include: a name is missing in \"%s\"", names);
	return CX_OK;
}

static cx_status write_include(const filler *self, const cardex_include *include)
{
	cx_buf *out = &self->draft->parts;
	if (include->ref == NULL)
		return cx_fail(self->error, CX_INVALID_ARGUMENT,
		               "include: the reference is missing: NULL");
	cx_write_map(out, (size_t)(include->type != NULL) + 1 + (include->columns != NULL) +
	                          (include->order != NULL) + (include->limit > 0));
	write_word(out, "type", include->type);
	write_word(out, "ref", include->ref);
	cx_status status = write_names(self, "fields", include->columns);
	if (status == CX_OK)
		status = write_names(self, "order", include->order);
	if (status == CX_OK && include->limit > 0) {
		cx_write_text(out, "limit");
		cx_write_uint(out, include->limit);
	}
	return status;
}

static cx_status take_includes(filler *self)
{
	const cardex_request *request = self->request;
	const size_t from = self->draft->parts.size;
	cx_write_array(&self->draft->parts, request->include_count);
	for (size_t i = 0; i < request->include_count; i++) {
		cx_status status = write_include(self, &request->include[i]);
		if (status != CX_OK)
			return status;
	}
	return end_part(self, from, &self->include);
}

static cx_status take_rows_after(filler *self)
{
	const cardex_request *request = self->request;
	cx_buf *parts = &self->draft->parts;
	const size_t from = parts->size;
	cx_write_array(parts, 2);
	cx_write_text(parts, request->rows_after_type);
	cx_write_int(parts, request->rows_after_id);
	return end_part(self, from, &self->rows_after);
}

void cardex__rid_write(const char *sender, uint64_t number, cx_buf *out)
{
	cx_write_array(out, 2);
	cx_write_text(out, sender);
	cx_write_uint(out, number);
}

static cx_status take_rid(filler *self)
{
	cx_buf *parts = &self->draft->parts;
	const size_t from = parts->size;
	cardex__rid_write(self->request->rid_sender, self->request->rid_number, parts);
	return end_part(self, from, &self->rid);
}

static cx_status check_explain(const filler *self)
{
	if ((unsigned)self->request->explain <= CARDEX_EXPLAIN_EXECUTED)
		return CX_OK;
	return cx_fail(self->error, CX_INVALID_ARGUMENT, "explain: there is no level %d",
	               (int)self->request->explain);
}

/* The options that become parts. */
static cx_status take_option_parts(filler *self, uint64_t allowed)
{
	const cardex_request *request = self->request;
	cx_status status = CX_OK;
	if ((allowed & PROTO_BIT(ONLY)) != 0 && request->columns != NULL)
		status = take_names(self, request->columns, "columns", &self->only);
	if (status == CX_OK && (allowed & PROTO_BIT(ORDER)) != 0 && request->order != NULL)
		status = take_names(self, request->order, "order", &self->order);
	if (status == CX_OK && (allowed & PROTO_BIT(TYPES)) != 0 && request->types != NULL)
		status = take_names(self, request->types, "types", &self->types);
	if (status == CX_OK && (allowed & PROTO_BIT(GROUP)) != 0 && request->group != NULL)
		status = take_names(self, request->group, "group", &self->group);
	if (status == CX_OK && (allowed & PROTO_BIT(VALUES)) != 0 && request->measures != NULL)
		status = take_names(self, request->measures, "measures", &self->measures);
	if (status == CX_OK && (allowed & PROTO_BIT(WHERE)) != 0 && request->filter != NULL)
		status = take_doc(self, request->filter, true, "filter", &self->filter);
	if (status == CX_OK && (allowed & PROTO_BIT(NO_INDEX)) != 0 &&
	    request->no_index_count > 0)
		status = take_no_index(self);
	if (status == CX_OK && (allowed & PROTO_BIT(INCLUDE)) != 0 &&
	    request->include_count > 0)
		status = take_includes(self);
	if (status == CX_OK && (allowed & PROTO_BIT(PARAMS)) != 0 && request->fields != NULL)
		status = take_doc(self, request->fields, false, "fields", &self->fields);
	if (status == CX_OK && (allowed & PROTO_BIT(ROWS_AFTER)) != 0 &&
	    request->rows_after_type != NULL)
		status = take_rows_after(self);
	if (status == CX_OK && (allowed & PROTO_BIT(RID)) != 0 && request->rid_sender != NULL)
		status = take_rid(self);
	return status == CX_OK ? check_explain(self) : status;
}

static cx_slice slice_of(const filler *self, part where)
{
	if (where.size == 0)
		return (cx_slice){ 0 };
	return (cx_slice){ .data = self->draft->parts.data + where.from, .size = where.size };
}

static void point_to_parts(const filler *self)
{
	proto_request *proto = &self->draft->proto;
	proto->values = slice_of(self, self->values);
	proto->fields = slice_of(self, self->fields);
	proto->filter = slice_of(self, self->filter);
	proto->operations = slice_of(self, self->operations);
	proto->options.only = slice_of(self, self->only);
	proto->options.order = slice_of(self, self->order);
	proto->options.types = slice_of(self, self->types);
	proto->options.where = proto->filter;
	proto->options.params = proto->fields;
	proto->options.no_index = slice_of(self, self->no_index);
	proto->options.include = slice_of(self, self->include);
	proto->options.rows_after = slice_of(self, self->rows_after);
	proto->options.rid = slice_of(self, self->rid);
	proto->options.group = slice_of(self, self->group);
	proto->options.values = slice_of(self, self->measures);
	proto->options.given |= (self->only.size > 0 ? PROTO_BIT(ONLY) : 0) |
	                        (self->no_index.size > 0 ? PROTO_BIT(NO_INDEX) : 0) |
	                        (self->include.size > 0 ? PROTO_BIT(INCLUDE) : 0) |
	                        (self->rows_after.size > 0 ? PROTO_BIT(ROWS_AFTER) : 0) |
	                        (self->rid.size > 0 ? PROTO_BIT(RID) : 0) |
	                        (self->group.size > 0 ? PROTO_BIT(GROUP) : 0) |
	                        (self->measures.size > 0 ? PROTO_BIT(VALUES) : 0) |
	                        (self->order.size > 0 ? PROTO_BIT(ORDER) : 0) |
	                        (self->types.size > 0 ? PROTO_BIT(TYPES) : 0) |
	                        (self->fields.size > 0 ? PROTO_BIT(PARAMS) : 0) |
	                        (self->filter.size > 0 ? PROTO_BIT(WHERE) : 0);
}

cx_status cardex__draft_fill(cardex__draft *draft, const cardex_request *request,
                             cx_error *error)
{
	if ((unsigned)request->method >= CX_COUNT_OF(methods) ||
	    request->method == CARDEX_METHOD_NONE)
		return cx_fail(error, CX_INVALID_ARGUMENT, "the method is missing");
	draft->parts = CX_BUF_INIT(PARTS_BYTES_MAX);
	draft->proto.method = methods[request->method];
	filler self = { .draft = draft, .request = request, .error = error };
	const proto_method_info *info = proto_method_info_of(draft->proto.method);
	for (size_t i = 0; info->parameters[i] != PROTO_P_END; i++) {
		cx_status status = take_parameter(&self, info->parameters[i]);
		if (status != CX_OK)
			return status;
	}
	take_plain_options(request, &draft->proto.options);
	cx_status status = take_option_parts(&self, info->options);
	if (status == CX_OK)
		point_to_parts(&self);
	return status;
}

void cardex__draft_release(cardex__draft *draft)
{
	cx_buf_release(&draft->parts);
}
