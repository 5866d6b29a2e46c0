/* SPDX-License-Identifier: Apache-2.0 */
/* cardexd by its own protocol. Rows come whole, without names: what each type's layout is the
 * connection learns when it greets. */
#include "bench/stream.h"
#include "bench/systems.h"
#include "proto/proto.h"

enum { PARTS_BYTES_MAX = 4096 };

typedef struct layout {
	uint64_t number;
	size_t key; /* position of the column that the expectation's key is of */
} layout;

typedef struct codec_state {
	layout layouts[BENCH_TYPE_COUNT];
	cx_scan scan;
	bool scanning; /* `scan` has taken the begin of a reply */
	cx_buf parts;  /* fields, values and filters of the request being made */
} codec_state;

static const cx_scan_limits LIMITS = { .bytes = PROTO_REPLY_BYTES_MAX,
	                               .items = 1000 * 1000,
	                               .depth = CX_SCAN_DEPTH_MAX };

static cx_slice type_name(bench_type type)
{
	return cx_slice_of(bench_type_info_of(type)->name);
}

/* ---- requests ---- */

static void know_layout(const codec_state *self, bench_type type, proto_request *request)
{
	request->type = type_name(type);
	request->options.given |= PROTO_BIT(LAYOUT);
	request->options.layout = self->layouts[type].number;
}

static void put_equal(cx_buf *out, const char *field, int64_t value)
{
	cx_write_array(out, 3);
	cx_write_text(out, "=");
	cx_write_text(out, field);
	cx_write_int(out, value);
}

/* The filter and, after it, the order; both in `parts`. */
static void top_query(codec_state *self, bench_type type, const char *field, int64_t value,
                      const char *order, proto_request *request)
{
	request->method = PROTO_QUERY;
	know_layout(self, type, request);
	put_equal(&self->parts, field, value);
	const size_t filter_size = self->parts.size;
	cx_write_array(&self->parts, 1);
	cx_write_text(&self->parts, order);
	const cx_slice parts = cx_buf_slice(&self->parts);
	request->options.given |= PROTO_BIT(WHERE) | PROTO_BIT(ORDER) | PROTO_BIT(LIMIT);
	request->options.where = (cx_slice){ parts.data, filter_size };
	request->options.order = cx_slice_from(parts, filter_size);
	request->options.limit = BENCH_TOP;
}

static void lookup(codec_state *self, const bench_request *from, proto_request *request)
{
	cx_write_array(&self->parts, 1);
	cx_write_text(&self->parts, from->email);
	know_layout(self, BENCH_CUSTOMER, request);
	request->method = PROTO_LOOKUP;
	request->index = CX_SLICE_LITERAL("email");
	request->values = cx_buf_slice(&self->parts);
}

static void create(codec_state *self, const bench_request *from, proto_request *request)
{
	bench_record_put(&from->record, &self->parts);
	request->method = PROTO_CREATE;
	request->type = type_name(from->record.type);
	request->fields = cx_buf_slice(&self->parts);
}

static void update(codec_state *self, const bench_request *from, proto_request *request)
{
	cx_write_map(&self->parts, 2);
	cx_write_text(&self->parts, "stage");
	cx_write_int(&self->parts, from->stage);
	cx_write_text(&self->parts, "amount");
	cx_write_int(&self->parts, from->amount);
	request->method = PROTO_UPDATE;
	request->type = type_name(BENCH_OPPORTUNITY);
	request->id.number = from->id;
	request->fields = cx_buf_slice(&self->parts);
}

static void count(codec_state *self, const bench_request *from, proto_request *request)
{
	put_equal(&self->parts, "stage", from->expect.key);
	request->method = PROTO_COUNT;
	request->type = type_name(BENCH_OPPORTUNITY);
	request->filter = cx_buf_slice(&self->parts);
}

static bool put(bench_stream *stream, unsigned slot, const bench_request *from)
{
	codec_state *self = stream->state;
	proto_request request = { .msgid = slot };
	cx_buf_clear(&self->parts);
	switch (from->expect.operation) {
	case BENCH_R1:
	case BENCH_R1Z:
		know_layout(self, BENCH_CUSTOMER, &request);
		request.method = PROTO_GET;
		request.id.number = from->expect.key;
		break;
	case BENCH_R2:
		lookup(self, from, &request);
		break;
	case BENCH_R3:
		top_query(self, BENCH_ACTIVITY, "customer", from->expect.key, "at desc",
		          &request);
		break;
	case BENCH_R4:
		top_query(self, BENCH_OPPORTUNITY, "stage", from->expect.key, "amount desc",
		          &request);
		break;
	case BENCH_R5: /* sums come with aggregates that the store keeps */
		count(self, from, &request);
		break;
	case BENCH_W1:
		create(self, from, &request);
		break;
	case BENCH_W2:
		update(self, from, &request);
		break;
	case BENCH_M1:
	case BENCH_OPERATION_COUNT:
		return false;
	}
	proto_request_encode(&request, &stream->out);
	return true;
}

/* ---- replies ---- */

static bench_cut cut(bench_stream *stream, cx_slice bytes, size_t *ret_size)
{
	codec_state *self = stream->state;
	if (!self->scanning)
		self->scan = CX_SCAN_INIT(LIMITS);
	self->scanning = true;
	const size_t before = self->scan.bytes;
	size_t used;
	switch (cx_scan_feed(&self->scan, cx_slice_from(bytes, before), &used)) {
	case CX_SCAN_MORE:
		return BENCH_CUT_MORE;
	case CX_SCAN_BAD:
		return BENCH_CUT_BAD;
	case CX_SCAN_WHOLE:
		break;
	}
	self->scanning = false;
	*ret_size = before + used;
	return BENCH_CUT_WHOLE;
}

static unsigned slot(bench_stream *stream, cx_slice reply)
{
	(void)stream;
	proto_kind kind;
	uint32_t msgid;
	if (proto_message_kind(reply, &kind, &msgid) != CX_OK || kind != PROTO_RESPONSE)
		return UINT32_MAX;
	return msgid;
}

static int64_t column(cx_reader *reader, size_t position)
{
	cx_read_array(reader);
	cx_read_skip_many(reader, position);
	return cx_read_int(reader);
}

/* [layout, nil, row] or [layout, nil, rows, …] */
static void read_rows(const codec_state *self, bench_type type, bool one, cx_reader *reader,
                      bench_answer *ret)
{
	cx_read_array(reader);
	if (cx_read_uint(reader) != self->layouts[type].number || !cx_read_if_nil(reader))
		reader->failed = true;
	ret->rows = one ? 1 : cx_read_array(reader);
	if (ret->rows > 0)
		ret->key = column(reader, self->layouts[type].key);
}

static void read_result(const codec_state *self, const bench_expectation *expect,
                        cx_reader *reader, bench_answer *ret)
{
	switch (expect->operation) {
	case BENCH_R1:
	case BENCH_R1Z:
	case BENCH_R2:
		read_rows(self, BENCH_CUSTOMER, true, reader, ret);
		return;
	case BENCH_R3:
		read_rows(self, BENCH_ACTIVITY, false, reader, ret);
		return;
	case BENCH_R4:
		read_rows(self, BENCH_OPPORTUNITY, false, reader, ret);
		return;
	case BENCH_R5:
		ret->rows = (uint32_t)cx_read_uint(reader);
		ret->key = expect->key;
		return;
	case BENCH_W1: /* [id, rev, seq, affected, created] */
		cx_read_array(reader);
		cx_read_skip_many(reader, 3);
		ret->rows = (uint32_t)cx_read_uint(reader);
		return;
	case BENCH_W2: /* the same; values that were there already affect nothing */
		cx_read_array(reader);
		ret->rows = cx_read_int(reader) == expect->key;
		return;
	case BENCH_M1:
	case BENCH_OPERATION_COUNT:
		reader->failed = true;
	}
}

static bool read_reply(bench_stream *stream, cx_slice reply, const bench_expectation *expect,
                       bench_answer *ret)
{
	cx_reader reader = cx_reader_of(reply);
	cx_read_array(&reader);
	cx_read_skip_many(&reader, 2);
	if (!cx_read_if_nil(&reader)) {
		const cx_slice text = cx_read_str(&reader);
		return bench_link_fail(&stream->link, "%.*s", CX_SLICE_ARG(text));
	}
	if (expect != NULL)
		read_result(stream->state, expect, &reader, ret);
	return !reader.failed || bench_link_fail(&stream->link, "not such a result");
}

/* ---- greeting ---- */

static bool find_column(cx_reader *names, const char *name, size_t *ret)
{
	const uint32_t count = cx_read_array(names);
	for (uint32_t i = 0; i < count; i++)
		if (cx_slice_equal(cx_read_str(names), cx_slice_of(name))) {
			*ret = i;
			return true;
		}
	return false;
}

/* Reads one record with the names of its columns. */
static bool learn_layout(bench_stream *stream, bench_type type, const char *key)
{
	codec_state *self = stream->state;
	proto_request request = { .method = PROTO_GET, .type = type_name(type) };
	request.id.number = 1;
	cx_slice reply;
	proto_request_encode(&request, &stream->out);
	if (!bench_stream_exchange(stream, 1, &reply))
		return false;
	cx_reader reader = cx_reader_of(reply);
	cx_read_array(&reader);
	cx_read_skip_many(&reader, 3);
	cx_read_array(&reader);
	self->layouts[type].number = cx_read_uint(&reader);
	return find_column(&reader, key, &self->layouts[type].key) ||
	       bench_link_fail(&stream->link, "a row has no %s", key);
}

static bool greet(bench_stream *stream)
{
	codec_state *self = stream->state;
	self->parts = CX_BUF_INIT(PARTS_BYTES_MAX);
	proto_request hello = { .method = PROTO_HELLO };
	hello.options.given = PROTO_BIT(CLIENT);
	hello.options.client = CX_SLICE_LITERAL("bench");
	proto_request_encode(&hello, &stream->out);
	return bench_stream_exchange(stream, 1, NULL) &&
	       learn_layout(stream, BENCH_CUSTOMER, "id") &&
	       learn_layout(stream, BENCH_OPPORTUNITY, "stage") &&
	       learn_layout(stream, BENCH_ACTIVITY, "customer");
}

static const bench_codec CODEC = { .state_size = sizeof(codec_state),
	                           .greet = greet,
	                           .put = put,
	                           .cut = cut,
	                           .slot = slot,
	                           .read = read_reply };

static bool open_link(bench_link *self, const char *address)
{
	return bench_stream_open(self, address, &CODEC);
}

static void close_link(bench_link *self)
{
	codec_state *state = ((bench_stream *)self)->state;
	if (state != NULL)
		cx_buf_release(&state->parts);
	bench_stream_close(self);
}

const bench_link_class bench_cardex_link = BENCH_STREAM_CLASS("cardex", open_link, close_link);
