/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of the trade as requests of the protocol. */
#include "base/cleanup.h"
#include "client/cardex_trade.h"
#include "client/conn/conn.h"
#include "client/data/doc.h"
#include "client/error/error.h"
#include "client/net/socket.h"
#include "client/request/names.h"
#include "client/request/request.h"

#include <string.h>

enum {
	PARTS_BYTES_MAX = 16 * 1024 * 1024,
	OUTCOME_DUPLICATES = 5, /* element of an outcome */
};

/* A request with the parts that are MessagePack: in a buffer, as places until all are in. */
typedef struct trade_request {
	proto_request proto;
	cx_buf parts;
	struct {
		cx_slice *member;
		size_t from;
		size_t size;
	} places[5];
	size_t place_count;
	cx_error error; /* status CX_OK: nothing has failed */
} trade_request;

static trade_request request_of(proto_method method)
{
	return (trade_request){ .proto = { .method = method },
		                .parts = CX_BUF_INIT(PARTS_BYTES_MAX) };
}

static void request_release(trade_request *self)
{
	cx_buf_release(&self->parts);
}

static void end_part(trade_request *self, size_t from, cx_slice *member)
{
	self->places[self->place_count].member = member;
	self->places[self->place_count].from = from;
	self->places[self->place_count++].size = self->parts.size - from;
}

static bool take_doc(trade_request *self, const cardex_doc *doc, bool list, const char *what)
{
	cx_status status = cx_status_of_wire((uint32_t)cardex_doc_status(doc));
	if (status == CX_OK && doc->is_list != list)
		status = CX_INVALID_ARGUMENT;
	if (status == CX_OK)
		cardex__doc_write(doc, &self->parts);
	else
		cx_fail(&self->error, status, "the document of %s: %s", what,
		        cx_status_text(status));
	return status == CX_OK;
}

/* Fields, an empty map where there are none. */
static void put_fields(trade_request *self, const cardex_doc *fields, cx_slice *member)
{
	const size_t from = self->parts.size;
	if (fields == NULL)
		cx_write_map(&self->parts, 0);
	else if (!take_doc(self, fields, false, "fields"))
		return;
	end_part(self, from, member);
}

static void give(trade_request *self, bool given, uint64_t bit)
{
	self->proto.options.given |= given ? bit : 0;
}

static void put_options(trade_request *self, const cardex_trade_options *options)
{
	static const cardex_trade_options none;
	const cardex_trade_options *from = options == NULL ? &none : options;
	proto_options *to = &self->proto.options;
	to->dry_run = from->dry_run;
	to->if_rev = (uint64_t)from->if_rev;
	to->at = (uint64_t)from->at_ms;
	give(self, from->dry_run, PROTO_BIT(DRY_RUN));
	give(self, from->if_rev > 0, PROTO_BIT(IF_REV));
	give(self, from->at_ms > 0, PROTO_BIT(AT));
	if (from->rid_sender == NULL)
		return;
	const size_t start = self->parts.size;
	cardex__rid_write(from->rid_sender, from->rid_number, &self->parts);
	end_part(self, start, &to->rid);
	give(self, true, PROTO_BIT(RID));
}

static void put_limit(trade_request *self, uint32_t limit)
{
	self->proto.options.limit = limit;
	give(self, limit > 0, PROTO_BIT(LIMIT));
}

static void put_from(trade_request *self, int64_t from)
{
	self->proto.options.from = from > 0 ? (uint64_t)from : 0;
	give(self, from > 0, PROTO_BIT(FROM));
}

static cardex_status call(cardex_conn *conn, trade_request *self, cardex_result **ret,
                          cardex_error *error)
{
	if (self->error.status == CX_OK && cx_buf_status(&self->parts) != CX_OK)
		cx_fail(&self->error, cx_buf_status(&self->parts), "the request: %s",
		        cx_status_text(cx_buf_status(&self->parts)));
	if (self->error.status != CX_OK)
		return cardex__fail_as(error, &self->error);
	for (size_t i = 0; i < self->place_count; i++)
		*self->places[i].member =
			(cx_slice){ .data = self->parts.data + self->places[i].from,
			            .size = self->places[i].size };
	const uint64_t deadline = cardex__deadline_after(conn->options.request_timeout_ms);
	return cardex__conn_call(conn, &self->proto, deadline, ret, error);
}

static cardex_status call_for_outcome(cardex_conn *conn, trade_request *self,
                                      cardex_outcome *ret, cardex_error *error)
{
	cardex_result *result = NULL;
	cardex_status status = call(conn, self, &result, error);
	if (status == CARDEX_OK && ret != NULL)
		(void)cardex_result_outcome(result, 0, ret);
	cardex_result_free(&result);
	return status;
}

static const cardex_value *member(const cardex_result *result, const char *name)
{
	return cardex_value_member(cardex_result_value(result), name);
}

static uint64_t figure(const cardex_result *result, const char *name)
{
	return (uint64_t)cardex_value_int(member(result, name));
}

/* ---- opportunities ---- */

static void put_lines(trade_request *self, const cardex_doc *const *lines, size_t count)
{
	if (count == 0)
		return;
	const size_t from = self->parts.size;
	cx_write_array(&self->parts, count);
	for (size_t i = 0; i < count; i++)
		if (!take_doc(self, lines[i], false, "a line"))
			return;
	end_part(self, from, &self->proto.options.lines);
	give(self, true, PROTO_BIT(LINES));
}

cardex_status cardex_convert(cardex_conn *conn, int64_t opportunity, const cardex_doc *order,
                             const cardex_doc *const *lines, size_t line_count,
                             const cardex_trade_options *options, cardex_outcome *ret,
                             cardex_error *error)
{
	CX_SCOPED(request_release) trade_request self = request_of(PROTO_CONVERT);
	self.proto.id.number = opportunity;
	put_fields(&self, order, &self.proto.fields);
	put_lines(&self, lines, line_count);
	put_options(&self, options);
	return call_for_outcome(conn, &self, ret, error);
}

cardex_status cardex_reopen(cardex_conn *conn, const char *type, int64_t id,
                            const cardex_doc *fields, const cardex_trade_options *options,
                            cardex_outcome *ret, cardex_error *error)
{
	CX_SCOPED(request_release) trade_request self = request_of(PROTO_REOPEN);
	self.proto.type = cx_slice_of(type);
	self.proto.id.number = id;
	put_fields(&self, fields, &self.proto.fields);
	put_options(&self, options);
	return call_for_outcome(conn, &self, ret, error);
}

cardex_status cardex_revalue(cardex_conn *conn, const cardex_revaluation *what,
                             const cardex_trade_options *options, cardex_revalued *ret,
                             cardex_error *error)
{
	CX_SCOPED(request_release) trade_request self = request_of(PROTO_REVALUE);
	if (what->has_day && what->day < 0)
		cx_fail(&self.error, CX_INVALID_ARGUMENT, "the day lies before 1970");
	self.proto.options.on = (uint64_t)what->day;
	give(&self, what->has_day, PROTO_BIT(ON));
	put_from(&self, what->from);
	put_limit(&self, what->limit);
	put_options(&self, options);
	cardex_result *result = NULL;
	cardex_status status = call(conn, &self, &result, error);
	if (status == CARDEX_OK)
		*ret = (cardex_revalued){
			.seq = figure(result, "seq"),
			.looked = figure(result, "looked"),
			.revalued = figure(result, "revalued"),
			.next = cardex_value_int(member(result, "next")),
		};
	cardex_result_free(&result);
	return status;
}

/* ---- owners ---- */

static void put_ids(trade_request *self, const int64_t *ids, size_t count)
{
	if (count == 0)
		return;
	const size_t from = self->parts.size;
	cx_write_array(&self->parts, count);
	for (size_t i = 0; i < count; i++)
		cx_write_int(&self->parts, ids[i]);
	end_part(self, from, &self->proto.options.ids);
	give(self, true, PROTO_BIT(IDS));
}

static void put_types(trade_request *self, const char *types)
{
	if (types == NULL)
		return;
	const size_t from = self->parts.size;
	if (cardex__names_write(types, &self->parts) == CX_INVALID_ARGUMENT)
		cx_fail(&self->error, CX_INVALID_ARGUMENT, "types: a name is missing in \"%s\"",
		        types);
	end_part(self, from, &self->proto.options.types);
	give(self, true, PROTO_BIT(TYPES));
}

static void put_filter(trade_request *self, const cardex_doc *filter)
{
	const size_t from = self->parts.size;
	if (filter == NULL || !take_doc(self, filter, true, "filter"))
		return;
	end_part(self, from, &self->proto.options.where);
	give(self, true, PROTO_BIT(WHERE));
}

cardex_status cardex_transfer_owner(cardex_conn *conn, const cardex_transfer *what,
                                    const cardex_trade_options *options,
                                    cardex_transferred *ret, cardex_result **ret_result,
                                    cardex_error *error)
{
	CX_SCOPED(request_release) trade_request self = request_of(PROTO_TRANSFER);
	self.proto.id.number = what->to;
	self.proto.options.owner = what->from > 0 ? (uint64_t)what->from : 0;
	give(&self, what->from > 0, PROTO_BIT(OWNER));
	put_types(&self, what->types);
	put_ids(&self, what->ids, what->id_count);
	put_filter(&self, what->filter);
	put_limit(&self, what->limit);
	put_options(&self, options);
	cardex_result *result = NULL;
	cardex_status status = call(conn, &self, &result, error);
	if (status == CARDEX_OK && ret != NULL)
		*ret = (cardex_transferred){
			.seq = figure(result, "seq"),
			.transferred = figure(result, "transferred"),
			.more = cardex_value_bool(member(result, "more")),
		};
	if (status == CARDEX_OK && ret_result != NULL) {
		*ret_result = result;
		result = NULL; /* now the caller's */
	}
	cardex_result_free(&result);
	return status;
}

/* ---- customers that are one ---- */

static cardex_status call_for_merged(cardex_conn *conn, trade_request *self, cardex_merged *ret,
                                     cardex_error *error)
{
	cardex_result *result = NULL;
	cardex_status status = call(conn, self, &result, error);
	if (status == CARDEX_OK && ret != NULL)
		*ret = (cardex_merged){
			.id = cardex_value_int(member(result, "id")),
			.rev = cardex_value_int(member(result, "rev")),
			.seq = figure(result, "seq"),
			.merge = cardex_value_int(member(result, "merge")),
			.moved = figure(result, "moved"),
			.filled = figure(result, "filled"),
			.gone = figure(result, "gone"),
		};
	cardex_result_free(&result);
	return status;
}

cardex_status cardex_merge(cardex_conn *conn, int64_t winner, int64_t loser,
                           const cardex_doc *fields, const cardex_trade_options *options,
                           cardex_merged *ret, cardex_error *error)
{
	CX_SCOPED(request_release) trade_request self = request_of(PROTO_MERGE);
	self.proto.id.number = winner;
	self.proto.other = loser > 0 ? (uint64_t)loser : 0;
	put_fields(&self, fields, &self.proto.fields);
	put_options(&self, options);
	return call_for_merged(conn, &self, ret, error);
}

cardex_status cardex_unmerge(cardex_conn *conn, int64_t loser,
                             const cardex_trade_options *options, cardex_merged *ret,
                             cardex_error *error)
{
	CX_SCOPED(request_release) trade_request self = request_of(PROTO_UNMERGE);
	self.proto.id.number = loser;
	put_options(&self, options);
	return call_for_merged(conn, &self, ret, error);
}

cardex_status cardex_duplicates(cardex_conn *conn, const cardex_doc *fields,
                                cardex_result **ret, cardex_error *error)
{
	CX_SCOPED(request_release) trade_request self = request_of(PROTO_DUPLICATES);
	if (fields == NULL || fields->count == 0)
		cx_fail(&self.error, CX_INVALID_ARGUMENT, "there are no fields to look for");
	put_fields(&self, fields, &self.proto.fields);
	return call(conn, &self, ret, error);
}

cardex_status cardex_duplicate_pairs(cardex_conn *conn, int64_t from, uint32_t limit,
                                     cardex_result **ret, int64_t *ret_next,
                                     cardex_error *error)
{
	CX_SCOPED(request_release) trade_request self = request_of(PROTO_DUPLICATES);
	put_fields(&self, NULL, &self.proto.fields);
	put_from(&self, from);
	put_limit(&self, limit);
	cardex_status status = call(conn, &self, ret, error);
	if (status == CARDEX_OK)
		*ret_next = cardex_value_int(member(*ret, "next"));
	return status;
}

static const cardex_value *duplicates_of(const cardex_result *result)
{
	const cardex_value *pairs = member(result, "pairs");
	return pairs != NULL ? pairs : member(result, "candidates");
}

static bool take_duplicate(const cardex_value *value, cardex_duplicate *ret)
{
	if (cardex_value_kind_of(value) != CARDEX_VALUE_MAP)
		return false;
	*ret = (cardex_duplicate){
		.of = cardex_value_int(cardex_value_member(value, "customer")),
		.id = cardex_value_int(cardex_value_member(value, "id")),
		.contact = cardex_value_int(cardex_value_member(value, "contact")),
		.weight = (uint32_t)cardex_value_int(cardex_value_member(value, "weight")),
		.why = cardex_value_member(value, "why"),
	};
	return true;
}

size_t cardex_duplicate_count(const cardex_result *result)
{
	return cardex_value_count(duplicates_of(result));
}

bool cardex_duplicate_at(const cardex_result *result, size_t i, cardex_duplicate *ret)
{
	return take_duplicate(cardex_value_at(duplicates_of(result), i), ret);
}

static const cardex_value *told(const cardex_result *result, size_t operation)
{
	if (operation >= result->outcome_count)
		return NULL;
	return cardex_value_at(&result->outcomes[operation], OUTCOME_DUPLICATES);
}

size_t cardex_outcome_duplicate_count(const cardex_result *result, size_t operation)
{
	return cardex_value_count(told(result, operation));
}

bool cardex_outcome_duplicate_at(const cardex_result *result, size_t operation, size_t i,
                                 cardex_duplicate *ret)
{
	return take_duplicate(cardex_value_at(told(result, operation), i), ret);
}

/* ---- runs ---- */

static cardex_status call_for_map(cardex_conn *conn, trade_request *self, cardex_result **ret,
                                  cardex_error *error)
{
	cardex_result *result = NULL;
	cardex_status status = call(conn, self, &result, error);
	if (status == CARDEX_OK && ret != NULL) {
		*ret = result;
		result = NULL; /* now the caller's */
	}
	cardex_result_free(&result);
	return status;
}

static void put_instant(trade_request *self, int64_t at_ms)
{
	self->proto.options.at = (uint64_t)at_ms;
	give(self, at_ms > 0, PROTO_BIT(AT));
}

cardex_status cardex_run_tiers(cardex_conn *conn, int64_t at_ms, const cardex_doc *parameters,
                               cardex_result **ret, cardex_error *error)
{
	CX_SCOPED(request_release) trade_request self = request_of(PROTO_RUN_TIERS);
	put_instant(&self, at_ms);
	if (parameters != NULL) {
		put_fields(&self, parameters, &self.proto.options.params);
		give(&self, true, PROTO_BIT(PARAMS));
	}
	return call_for_map(conn, &self, ret, error);
}

cardex_status cardex_run_forecast(cardex_conn *conn, const cardex_forecast_run *what,
                                  cardex_result **ret, cardex_error *error)
{
	static const cardex_forecast_run usual;
	const cardex_forecast_run *from = what == NULL ? &usual : what;
	CX_SCOPED(request_release) trade_request self = request_of(PROTO_RUN_FORECAST);
	put_instant(&self, from->at_ms);
	self.proto.options.run = from->run > 0 ? (uint64_t)from->run : 0;
	self.proto.options.months = from->months;
	self.proto.options.model = cx_slice_of(from->model);
	give(&self, from->run > 0, PROTO_BIT(RUN));
	give(&self, from->months > 0, PROTO_BIT(MONTHS));
	give(&self, from->model != NULL, PROTO_BIT(MODEL));
	return call_for_map(conn, &self, ret, error);
}
