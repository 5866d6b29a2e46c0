/* SPDX-License-Identifier: Apache-2.0 */
/* Tarantool's memtx by IPROTO: SELECT, INSERT and UPDATE without any Lua. Source: "Binary
 * protocol" in the manual of Tarantool 2.x.
 *
 * A tuple is id, rev, created_at, updated_at and the fields. Ids come from the sequence of the
 * primary index. References are not checked: it would take a stored procedure. */
#include "base/clock.h"
#include "base/msgpack.h"
#include "bench/stream.h"
#include "bench/systems.h"

enum {
	GREETING_BYTES = 128,
	PREFIX_BYTES = 5, /* 0xce and the length of what follows */
	LOAD_GROUP = 1000,
	SPACE_FIRST = 512,
	ITERATOR_EQ = 0,
	ITERATOR_REQ = 1, /* equal, from the last to the first */
};

typedef enum request_type {
	TYPE_SELECT = 0x01,
	TYPE_INSERT = 0x02,
	TYPE_UPDATE = 0x04,
	TYPE_EVAL = 0x08,
} request_type;

typedef enum body_key {
	KEY_TYPE = 0x00,
	KEY_SYNC = 0x01,
	KEY_SPACE = 0x10,
	KEY_INDEX = 0x11,
	KEY_LIMIT = 0x12,
	KEY_OFFSET = 0x13,
	KEY_ITERATOR = 0x14,
	KEY_KEY = 0x20,
	KEY_TUPLE = 0x21, /* also operations of an update and arguments of an eval */
	KEY_EXPRESSION = 0x27,
	KEY_DATA = 0x30,
	KEY_ERROR = 0x31,
} body_key;

/* ---- requests ---- */

/* Returns where the length goes when the request is complete. */
static size_t begin(cx_buf *out, request_type type, uint64_t sync)
{
	const size_t place = out->size;
	cx_buf_append(out, "\xce\0\0\0", PREFIX_BYTES);
	cx_write_map(out, 2);
	cx_write_uint(out, KEY_TYPE);
	cx_write_uint(out, (uint64_t)type);
	cx_write_uint(out, KEY_SYNC);
	cx_write_uint(out, sync);
	return place;
}

static void end(cx_buf *out, size_t place)
{
	const size_t size = out->size - place - PREFIX_BYTES;
	for (size_t i = 0; i < 4; i++)
		out->data[place + 1 + i] = (uint8_t)(size >> (24 - 8 * i));
}

static void put_member(cx_buf *out, body_key name, uint64_t value)
{
	cx_write_uint(out, (uint64_t)name);
	cx_write_uint(out, value);
}

/* A select's body up to the one part of its key, which the caller appends. */
static void put_select(cx_buf *out, bench_type type, unsigned index, unsigned iterator,
                       unsigned limit)
{
	cx_write_map(out, 6);
	put_member(out, KEY_SPACE, SPACE_FIRST + (uint64_t)type);
	put_member(out, KEY_INDEX, index);
	put_member(out, KEY_LIMIT, limit);
	put_member(out, KEY_OFFSET, 0);
	put_member(out, KEY_ITERATOR, iterator);
	cx_write_uint(out, KEY_KEY);
	cx_write_array(out, 1);
}

static void put_insert(cx_buf *out, const bench_record *record, int64_t now_ms)
{
	cx_write_map(out, 2);
	put_member(out, KEY_SPACE, SPACE_FIRST + (uint64_t)record->type);
	cx_write_uint(out, KEY_TUPLE);
	cx_write_array(out, BENCH_SYSTEM_COLUMNS + record->count);
	cx_write_nil(out);
	cx_write_int(out, 1);
	cx_write_int(out, now_ms);
	cx_write_int(out, now_ms);
	for (size_t i = 0; i < record->count; i++)
		if (record->values[i].text != NULL)
			cx_write_text(out, record->values[i].text);
		else
			cx_write_int(out, record->values[i].number);
}

static void put_change(cx_buf *out, const char *operator, unsigned column, int64_t value)
{
	cx_write_array(out, 3);
	cx_write_text(out, operator);
	cx_write_uint(out, column);
	cx_write_int(out, value);
}

static void put_update(cx_buf *out, const bench_request *request)
{
	const unsigned stage = (unsigned)bench_key_column(BENCH_R4);
	cx_write_map(out, 4);
	put_member(out, KEY_SPACE, SPACE_FIRST + BENCH_OPPORTUNITY);
	put_member(out, KEY_INDEX, 0);
	cx_write_uint(out, KEY_KEY);
	cx_write_array(out, 1);
	cx_write_int(out, request->id);
	cx_write_uint(out, KEY_TUPLE);
	cx_write_array(out, 4);
	put_change(out, "+", 1, 1);
	put_change(out, "=", 3, request->now_ms);
	put_change(out, "=", stage, request->stage);
	put_change(out, "=", stage + 1, request->amount);
}

static bool put_body(cx_buf *out, const bench_request *from)
{
	const int64_t key = from->expect.key;
	switch (from->expect.operation) {
	case BENCH_R1:
	case BENCH_R1Z:
		put_select(out, BENCH_CUSTOMER, 0, ITERATOR_EQ, 1);
		cx_write_int(out, key);
		return true;
	case BENCH_R2:
		put_select(out, BENCH_CUSTOMER, 1, ITERATOR_EQ, 1);
		cx_write_text(out, from->email);
		return true;
	case BENCH_R3:
		put_select(out, BENCH_ACTIVITY, 1, ITERATOR_REQ, BENCH_TIMELINE);
		cx_write_int(out, key);
		return true;
	case BENCH_R4:
		put_select(out, BENCH_OPPORTUNITY, 2, ITERATOR_REQ, BENCH_TOP);
		cx_write_int(out, key);
		return true;
	case BENCH_W1:
		put_insert(out, &from->record, from->now_ms);
		return true;
	case BENCH_W2:
		put_update(out, from);
		return true;
	case BENCH_R5:
	case BENCH_M1:
	case BENCH_OPERATION_COUNT:
		break;
	}
	return false;
}

static bool put(bench_stream *stream, unsigned slot, const bench_request *from)
{
	static const request_type types[BENCH_OPERATION_COUNT] = {
		[BENCH_R1] = TYPE_SELECT, [BENCH_R1Z] = TYPE_SELECT, [BENCH_R2] = TYPE_SELECT,
		[BENCH_R3] = TYPE_SELECT, [BENCH_R4] = TYPE_SELECT,  [BENCH_W1] = TYPE_INSERT,
		[BENCH_W2] = TYPE_UPDATE,
	};
	const size_t place = begin(&stream->out, types[from->expect.operation], slot);
	if (!put_body(&stream->out, from))
		return false;
	end(&stream->out, place);
	return true;
}

/* ---- replies ---- */

static bench_cut cut(bench_stream *stream, cx_slice bytes, size_t *ret_size)
{
	(void)stream;
	if (bytes.size < PREFIX_BYTES)
		return BENCH_CUT_MORE;
	cx_reader reader = cx_reader_of((cx_slice){ bytes.data, PREFIX_BYTES });
	const uint64_t size = cx_read_uint(&reader);
	if (bytes.data[0] != 0xce || reader.failed)
		return BENCH_CUT_BAD;
	*ret_size = PREFIX_BYTES + size;
	return bytes.size < *ret_size ? BENCH_CUT_MORE : BENCH_CUT_WHOLE;
}

/* Takes the header off `reader`. */
static void read_header(cx_reader *reader, uint64_t *ret_type, uint64_t *ret_sync)
{
	cx_read_uint(reader);
	*ret_type = *ret_sync = UINT32_MAX;
	for (uint32_t n = cx_read_map(reader); n > 0; n--) {
		const uint64_t name = cx_read_uint(reader);
		const uint64_t value = cx_read_uint(reader);
		if (name == KEY_TYPE)
			*ret_type = value;
		if (name == KEY_SYNC)
			*ret_sync = value;
	}
}

static unsigned slot(bench_stream *stream, cx_slice reply)
{
	(void)stream;
	cx_reader reader = cx_reader_of(reply);
	uint64_t type, sync;
	read_header(&reader, &type, &sync);
	return reader.failed || sync > UINT32_MAX ? UINT32_MAX : (unsigned)sync;
}

/* Takes the body up to the value of that key. */
static bool find_member(cx_reader *reader, uint64_t wanted)
{
	for (uint32_t n = cx_read_map(reader); n > 0; n--) {
		if (cx_read_uint(reader) == wanted)
			return !reader->failed;
		cx_read_skip(reader);
	}
	return false;
}

static bool read_reply(bench_stream *stream, cx_slice reply, const bench_expectation *expect,
                       bench_answer *ret)
{
	cx_reader reader = cx_reader_of(reply);
	uint64_t type, sync;
	read_header(&reader, &type, &sync);
	if (type != 0) {
		const bool has_text = find_member(&reader, KEY_ERROR);
		const cx_slice text = has_text ? cx_read_str(&reader) : (cx_slice){ 0 };
		return bench_link_fail(&stream->link, "error %llx: %.*s",
		                       (unsigned long long)type, CX_SLICE_ARG(text));
	}
	if (expect == NULL)
		return true;
	if (!find_member(&reader, KEY_DATA))
		return bench_link_fail(&stream->link, "a reply without data");
	ret->rows = cx_read_array(&reader);
	if (ret->rows > 0) {
		cx_read_array(&reader);
		cx_read_skip_many(&reader, bench_key_column(expect->operation));
		ret->key = cx_read_int(&reader);
	}
	return !reader.failed || bench_link_fail(&stream->link, "not such a result");
}

static bool greet(bench_stream *stream)
{
	cx_slice greeting;
	return bench_stream_take(stream, GREETING_BYTES, &greeting) &&
	       (cx_slice_starts_with(greeting, CX_SLICE_LITERAL("Tarantool 2.")) ||
	        bench_link_fail(&stream->link, "not a Tarantool 2"));
}

static const bench_codec CODEC = {
	.greet = greet, .put = put, .cut = cut, .slot = slot, .read = read_reply
};

static bool open_link(bench_link *self, const char *address)
{
	return bench_stream_open(self, address, &CODEC);
}

const bench_link_class bench_tarantool_link =
	BENCH_STREAM_CLASS("tarantool", open_link, bench_stream_close);

/* ---- load ---- */

enum { SCRIPT_BYTES_MAX = 16384 };

static void put_format(bench_type type, cx_buf *script)
{
	const bench_type_info *info = bench_type_info_of(type);
	cx_buf_printf(script, "local s = box.schema.space.create('%s', {id = %d, format = {",
	              info->name, SPACE_FIRST + (int)type);
	cx_buf_printf(script, "{'id', 'unsigned'}, {'rev', 'unsigned'}, "
	                      "{'created_at', 'unsigned'}, {'updated_at', 'unsigned'}");
	for (size_t i = 0; i < info->count; i++)
		cx_buf_printf(script, ", {'%s', '%s'}", info->fields[i].name,
		              info->fields[i].is_text ? "string" : "unsigned");
	cx_buf_printf(script, "}})\ns:create_index('pk', {parts = {'id'}, sequence = true})\n");
}

/* Trees are read in both directions, so no index needs to be descending. */
static void put_space(bench_type type, cx_buf *script)
{
	put_format(type, script);
	for (const bench_index *index = bench_indexes(); index->name != NULL; index++) {
		if (index->type != type)
			continue;
		cx_buf_printf(script, "s:create_index('%s', {unique = %s, parts = {'%s'",
		              index->name, index->unique ? "true" : "false", index->columns[0]);
		if (index->columns[1] != NULL)
			cx_buf_printf(script, ", '%s'", index->columns[1]);
		cx_buf_printf(script, "}})\n");
	}
}

static bool make_spaces(bench_stream *stream)
{
	CX_SCOPED(cx_buf_release) cx_buf script = CX_BUF_INIT(SCRIPT_BYTES_MAX);
	for (int i = 0; i < BENCH_TYPE_COUNT; i++) {
		cx_buf_printf(&script, "do\n");
		put_space((bench_type)i, &script);
		cx_buf_printf(&script, "end\n");
	}
	const size_t place = begin(&stream->out, TYPE_EVAL, 0);
	cx_write_map(&stream->out, 2);
	cx_write_uint(&stream->out, KEY_EXPRESSION);
	cx_write_str(&stream->out, cx_buf_slice(&script));
	cx_write_uint(&stream->out, KEY_TUPLE);
	cx_write_array(&stream->out, 0);
	end(&stream->out, place);
	return bench_stream_exchange(stream, 1, NULL);
}

static bool load_type(bench_stream *stream, bench_type type, const bench_sizes *sizes)
{
	const int64_t count = bench_type_size(type, sizes);
	const int64_t now_ms = cx_clock_wall_ms();
	bench_random random = { 0 };
	bench_record record;
	unsigned waiting = 0;
	for (int64_t id = 1; id <= count; id++) {
		bench_record_next(type, id, &random, sizes, &record);
		const size_t place = begin(&stream->out, TYPE_INSERT, 0);
		put_insert(&stream->out, &record, now_ms);
		end(&stream->out, place);
		if (++waiting < LOAD_GROUP && id < count)
			continue;
		if (!bench_stream_exchange(stream, waiting, NULL))
			return false;
		waiting = 0;
	}
	return true;
}

bool bench_tarantool_load(const char *path, const bench_sizes *sizes)
{
	CX_SCOPED(bench_link_close)
	bench_link *link = bench_link_open(&bench_tarantool_link, path, 1, NULL, NULL);
	if (link == NULL)
		return false;
	bench_stream *stream = (bench_stream *)link;
	bool good = make_spaces(stream);
	for (int i = 0; i < BENCH_TYPE_COUNT && good; i++)
		good = load_type(stream, (bench_type)i, sizes);
	if (!good)
		fprintf(stderr, "cardex-bench: tarantool: %s\n", link->error);
	return good;
}
