/* SPDX-License-Identifier: Apache-2.0 */
/* Redis by RESP: a hash for each record, sorted sets for the indexes, one string for each
 * e-mail. What changes or reads more than one key is a script or one SORT, so that record and
 * index entries change together and a page is one round trip.
 *
 * Keys: customer:<id>, customer.email:<e-mail>, and per type a sorted set for each value of an
 * index's first column, its second column (or the id) the score, the id the member; names and
 * phones, which are text, are members `<text>:<id>` of one set. */
#include "base/clock.h"
#include "bench/stream.h"
#include "bench/systems.h"

#include <stdlib.h>
#include <string.h>

enum {
	SHA_SIZE = 41,
	LOAD_GROUP = 200,
	KEY_SIZE = 96,
	SORT_BYTES_MAX = 4096,
	NUMBER_SIZE = 24
};

typedef enum script {
	SCRIPT_LOOKUP,
	SCRIPT_INSERT,
	SCRIPT_UPDATE,
	SCRIPT_COUNT,
} script;

/* Arguments of the insert: created_at, then the fields in their order. */
static const char *const SCRIPTS[SCRIPT_COUNT] = {
	[SCRIPT_LOOKUP] = "return redis.call('HGETALL', 'customer:' .. "
			  "redis.call('GET', 'customer.email:' .. ARGV[1]))",
	[SCRIPT_INSERT] =
		"local id = redis.call('INCR', 'activity.id')\n"
		"local a = ARGV\n"
		"redis.call('HSET', 'activity:' .. id, 'id', id, 'rev', 1, 'created_at', "
		"a[1],\n"
		"  'updated_at', a[1], 'customer', a[2], 'at', a[3], 'opportunity', a[4],\n"
		"  'owner', a[5], 'kind', a[6], 'direction', a[7], 'subject', a[8], 'body', "
		"a[9],\n"
		"  'duration', a[10], 'outcome', a[11])\n"
		"redis.call('ZADD', 'activity.customer:' .. a[2], a[3], id)\n"
		"redis.call('ZADD', 'activity.opportunity:' .. a[4], a[3], id)\n"
		"redis.call('ZADD', 'activity.owner:' .. a[5], a[3], id)\n"
		"return id",
	[SCRIPT_UPDATE] =
		"local key = 'opportunity:' .. ARGV[1]\n"
		"local stage = redis.call('HGET', key, 'stage')\n"
		"if not stage then return 0 end\n"
		"redis.call('HSET', key, 'stage', ARGV[2], 'amount', ARGV[3], 'updated_at', "
		"ARGV[4])\n"
		"redis.call('HINCRBY', key, 'rev', 1)\n"
		"if stage ~= ARGV[2] then\n"
		"  redis.call('ZREM', 'opportunity.stage:' .. stage, ARGV[1])\n"
		"end\n"
		"redis.call('ZADD', 'opportunity.stage:' .. ARGV[2], ARGV[3], ARGV[1])\n"
		"return 1",
};

typedef struct codec_state {
	char sha[SCRIPT_COUNT][SHA_SIZE];
	cx_buf sort_tails[BENCH_TYPE_COUNT];
} codec_state;

/* ---- requests ---- */

/* printf would be a good part of what the client costs. */
static void put_head(cx_buf *out, char kind, size_t number)
{
	char text[NUMBER_SIZE];
	size_t at = sizeof text;
	text[--at] = '\n';
	text[--at] = '\r';
	do {
		text[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	text[--at] = kind;
	cx_buf_append(out, text + at, sizeof text - at);
}

static void put_count(cx_buf *out, size_t arguments)
{
	put_head(out, '*', arguments);
}

static void put_bytes(cx_buf *out, const char *text, size_t size)
{
	put_head(out, '$', size);
	cx_buf_append(out, text, size);
	cx_buf_append(out, "\r\n", 2);
}

static void put_text(cx_buf *out, const char *text)
{
	put_bytes(out, text, strlen(text));
}

static void put_number(cx_buf *out, int64_t number)
{
	char text[NUMBER_SIZE];
	const int size = snprintf(text, sizeof text, "%lld", (long long)number);
	put_bytes(out, text, (size_t)size);
}

static void put_key(cx_buf *out, const char *prefix, int64_t id)
{
	char text[KEY_SIZE];
	const int size = snprintf(text, sizeof text, "%s:%lld", prefix, (long long)id);
	put_bytes(out, text, (size_t)size);
}

static void put_value(cx_buf *out, const bench_value *value)
{
	if (value->text != NULL)
		put_text(out, value->text);
	else
		put_number(out, value->number);
}

static const char *const SYSTEM_COLUMNS[BENCH_SYSTEM_COLUMNS] = { "id", "rev", "created_at",
	                                                          "updated_at" };

static size_t column_count(bench_type type)
{
	return BENCH_SYSTEM_COLUMNS + bench_type_info_of(type)->count;
}

/* What follows the key of a SORT: the rows of the members with the highest scores. */
static void put_sort_tail(cx_buf *out, bench_type type)
{
	const bench_type_info *info = bench_type_info_of(type);
	char pattern[KEY_SIZE];
	put_text(out, "BY");
	put_text(out, "nosort");
	put_text(out, "DESC");
	put_text(out, "LIMIT");
	put_number(out, 0);
	put_number(out, BENCH_TOP);
	for (size_t i = 0; i < column_count(type); i++) {
		const char *column = i < BENCH_SYSTEM_COLUMNS
		                             ? SYSTEM_COLUMNS[i]
		                             : info->fields[i - BENCH_SYSTEM_COLUMNS].name;
		const int size =
			snprintf(pattern, sizeof pattern, "%s:*->%s", info->name, column);
		put_text(out, "GET");
		put_bytes(out, pattern, (size_t)size);
	}
}

static void put_sort(cx_buf *out, const codec_state *self, bench_type type, const char *set,
                     int64_t key)
{
	put_count(out, 8 + 2 * column_count(type));
	put_text(out, "SORT_RO");
	put_key(out, set, key);
	cx_buf_append_slice(out, cx_buf_slice(&self->sort_tails[type]));
}

static void put_script(cx_buf *out, const codec_state *self, script which, size_t arguments)
{
	put_count(out, 3 + arguments);
	put_text(out, "EVALSHA");
	put_bytes(out, self->sha[which], SHA_SIZE - 1);
	put_number(out, 0);
}

static void put_insert(cx_buf *out, const codec_state *self, const bench_request *from)
{
	put_script(out, self, SCRIPT_INSERT, 1 + from->record.count);
	put_number(out, from->now_ms);
	for (size_t i = 0; i < from->record.count; i++)
		put_value(out, &from->record.values[i]);
}

static void put_update(cx_buf *out, const codec_state *self, const bench_request *from)
{
	put_script(out, self, SCRIPT_UPDATE, 4);
	put_number(out, from->id);
	put_number(out, from->stage);
	put_number(out, from->amount);
	put_number(out, from->now_ms);
}

static bool put(bench_stream *stream, unsigned slot, const bench_request *from)
{
	const codec_state *self = stream->state;
	cx_buf *out = &stream->out;
	(void)slot;
	switch (from->expect.operation) {
	case BENCH_R1:
	case BENCH_R1Z:
		put_count(out, 2);
		put_text(out, "HGETALL");
		put_key(out, "customer", from->expect.key);
		return true;
	case BENCH_R2:
		put_script(out, self, SCRIPT_LOOKUP, 1);
		put_text(out, from->email);
		return true;
	case BENCH_R3:
		put_sort(out, self, BENCH_ACTIVITY, "activity.customer", from->expect.key);
		return true;
	case BENCH_R4:
		put_sort(out, self, BENCH_OPPORTUNITY, "opportunity.stage", from->expect.key);
		return true;
	case BENCH_W1:
		put_insert(out, self, from);
		return true;
	case BENCH_W2:
		put_update(out, self, from);
		return true;
	case BENCH_R5:
	case BENCH_M1:
	case BENCH_OPERATION_COUNT:
		break;
	}
	return false;
}

/* ---- replies ---- */

/* A line `<kind><number or text>\r\n` and, of a string, the bytes after it. */
typedef struct item {
	char kind;
	int64_t number; /* of : $ * */
	cx_slice text;  /* of $, or the line of + and - */
} item;

/* Takes the next item off `*rest`. False when it is not whole. */
static bool next_item(cx_slice *rest, item *ret)
{
	const uint8_t *end = rest->size > 0 ? memchr(rest->data, '\n', rest->size) : NULL;
	if (end == NULL)
		return false;
	size_t used = (size_t)(end - rest->data) + 1;
	*ret = (item){ .kind = (char)rest->data[0] };
	ret->text = (cx_slice){ rest->data + 1, used > 3 ? used - 3 : 0 };
	if (ret->kind == ':' || ret->kind == '$' || ret->kind == '*')
		ret->number = strtoll((const char *)rest->data + 1, NULL, 10);
	if (ret->kind == '$' && ret->number >= 0) {
		const size_t size = (size_t)ret->number;
		if (rest->size - used < size + 2)
			return false;
		ret->text = (cx_slice){ rest->data + used, size };
		used += size + 2;
	}
	*rest = cx_slice_from(*rest, used);
	return true;
}

static bench_cut cut(bench_stream *stream, cx_slice bytes, size_t *ret_size)
{
	(void)stream;
	cx_slice rest = bytes;
	for (int64_t left = 1; left > 0; left--) {
		item one;
		if (!next_item(&rest, &one))
			return BENCH_CUT_MORE;
		if (strchr("+-:$*", one.kind) == NULL)
			return BENCH_CUT_BAD;
		if (one.kind == '*' && one.number > 0)
			left += one.number;
	}
	*ret_size = bytes.size - rest.size;
	return BENCH_CUT_WHOLE;
}

static unsigned slot(bench_stream *stream, cx_slice reply)
{
	(void)reply;
	return stream->link.order_count > 0 ? bench_link_oldest(&stream->link) : UINT32_MAX;
}

/* The number in the item at that position from here. */
static int64_t number_at(cx_slice rest, size_t position)
{
	item one = { 0 };
	for (size_t i = 0; i <= position; i++)
		if (!next_item(&rest, &one))
			return -1;
	char text[NUMBER_SIZE];
	if (one.text.size >= sizeof text)
		return -1;
	memcpy(text, one.text.data, one.text.size);
	text[one.text.size] = '\0';
	return strtoll(text, NULL, 10);
}

static void read_rows(const item *head, cx_slice rest, const bench_expectation *expect,
                      bench_answer *ret)
{
	const bench_operation operation = expect->operation;
	const bool is_list = operation == BENCH_R3 || operation == BENCH_R4;
	const bench_type type = operation == BENCH_R3   ? BENCH_ACTIVITY
	                        : operation == BENCH_R4 ? BENCH_OPPORTUNITY
	                                                : BENCH_CUSTOMER;
	/* A hash comes as name, value, name, value … in the order of its making. */
	const size_t per_row = column_count(type) * (is_list ? 1 : 2);
	if (head->kind != '*' || (size_t)head->number % per_row != 0)
		return;
	ret->rows = (uint32_t)((size_t)head->number / per_row);
	if (ret->rows > 0)
		ret->key = number_at(rest, is_list ? bench_key_column(operation) : 1);
}

static bool read_reply(bench_stream *stream, cx_slice reply, const bench_expectation *expect,
                       bench_answer *ret)
{
	cx_slice rest = reply;
	item head;
	if (!next_item(&rest, &head))
		return bench_link_fail(&stream->link, "not a reply");
	if (head.kind == '-')
		return bench_link_fail(&stream->link, "%.*s", CX_SLICE_ARG(head.text));
	if (expect == NULL)
		return true;
	if (expect->operation == BENCH_W1 || expect->operation == BENCH_W2)
		ret->rows = head.kind == ':' && head.number > 0;
	else
		read_rows(&head, rest, expect, ret);
	return true;
}

static bool greet(bench_stream *stream)
{
	codec_state *self = stream->state;
	for (int i = 0; i < BENCH_TYPE_COUNT; i++) {
		self->sort_tails[i] = CX_BUF_INIT(SORT_BYTES_MAX);
		put_sort_tail(&self->sort_tails[i], (bench_type)i);
	}
	for (int i = 0; i < SCRIPT_COUNT; i++) {
		cx_slice reply;
		put_count(&stream->out, 3);
		put_text(&stream->out, "SCRIPT");
		put_text(&stream->out, "LOAD");
		put_text(&stream->out, SCRIPTS[i]);
		if (!bench_stream_exchange(stream, 1, &reply))
			return false;
		item sha = { 0 };
		if (!next_item(&reply, &sha) || sha.text.size != SHA_SIZE - 1)
			return bench_link_fail(&stream->link, "a script has no name");
		memcpy(self->sha[i], sha.text.data, sha.text.size);
	}
	return true;
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
	for (int i = 0; state != NULL && i < BENCH_TYPE_COUNT; i++)
		cx_buf_release(&state->sort_tails[i]);
	bench_stream_close(self);
}

const bench_link_class bench_redis_link = BENCH_STREAM_CLASS("redis", open_link, close_link);

/* ---- load ---- */

static const bench_value *value_of(const bench_record *record, const char *column)
{
	const bench_type_info *info = bench_type_info_of(record->type);
	for (size_t i = 0; i < info->count; i++)
		if (strcmp(info->fields[i].name, column) == 0)
			return &record->values[i];
	return NULL;
}

static void put_hash(cx_buf *out, const bench_record *record, int64_t id, int64_t now_ms)
{
	const bench_type_info *info = bench_type_info_of(record->type);
	const int64_t system[BENCH_SYSTEM_COLUMNS] = { id, 1, now_ms, now_ms };
	put_count(out, 2 + 2 * column_count(record->type));
	put_text(out, "HSET");
	put_key(out, info->name, id);
	for (size_t i = 0; i < BENCH_SYSTEM_COLUMNS; i++) {
		put_text(out, SYSTEM_COLUMNS[i]);
		put_number(out, system[i]);
	}
	for (size_t i = 0; i < record->count; i++) {
		put_text(out, info->fields[i].name);
		put_value(out, &record->values[i]);
	}
}

static void put_zadd(cx_buf *out, const char *set, int64_t score, const char *member)
{
	put_count(out, 4);
	put_text(out, "ZADD");
	put_text(out, set);
	put_number(out, score);
	put_text(out, member);
}

/* One index entry of a record. */
static void put_entry(cx_buf *out, const bench_index *index, const bench_record *record,
                      int64_t id, int64_t now_ms)
{
	const char *type = bench_type_info_of(index->type)->name;
	const bench_value *first = value_of(record, index->columns[0]);
	const bench_value *second =
		index->columns[1] != NULL ? value_of(record, index->columns[1]) : NULL;
	char set[2 * KEY_SIZE], member[2 * KEY_SIZE];
	snprintf(member, sizeof member, "%lld", (long long)id);
	if (index->unique) {
		snprintf(set, sizeof set, "%s.%s:%s", type, index->columns[0], first->text);
		put_count(out, 3);
		put_text(out, "SET");
		put_text(out, set);
		put_text(out, member);
	} else if (first->text != NULL && second == NULL) {
		snprintf(set, sizeof set, "%s.%s", type, index->columns[0]);
		snprintf(member, sizeof member, "%s:%lld", first->text, (long long)id);
		put_zadd(out, set, 0, member);
	} else if (first->text != NULL) {
		snprintf(set, sizeof set, "%s.%s:%s:%s", type, index->columns[0], first->text,
		         second->text);
		put_zadd(out, set, id, member);
	} else {
		snprintf(set, sizeof set, "%s.%s:%lld", type, index->columns[0],
		         (long long)first->number);
		const bool by_time = index->columns[1] != NULL && second == NULL;
		put_zadd(out, set,
		         second != NULL ? second->number
		         : by_time      ? now_ms
		                        : id,
		         member);
	}
}

static unsigned put_record(cx_buf *out, const bench_record *record, int64_t id, int64_t now_ms)
{
	unsigned commands = 1;
	put_hash(out, record, id, now_ms);
	for (const bench_index *index = bench_indexes(); index->name != NULL; index++) {
		if (index->type != record->type)
			continue;
		put_entry(out, index, record, id, now_ms);
		commands++;
	}
	return commands;
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
		waiting += put_record(&stream->out, &record, id, now_ms);
		if (id % LOAD_GROUP != 0 && id < count)
			continue;
		if (!bench_stream_exchange(stream, waiting, NULL))
			return false;
		waiting = 0;
	}
	return true;
}

/* The next activity's id is that of this counter and one. */
static bool set_counter(bench_stream *stream, const bench_sizes *sizes)
{
	put_count(&stream->out, 3);
	put_text(&stream->out, "SET");
	put_text(&stream->out, "activity.id");
	put_number(&stream->out, sizes->activities);
	return bench_stream_exchange(stream, 1, NULL);
}

bool bench_redis_load(const char *path, const bench_sizes *sizes)
{
	CX_SCOPED(bench_link_close)
	bench_link *link = bench_link_open(&bench_redis_link, path, 1, NULL, NULL);
	if (link == NULL)
		return false;
	bench_stream *stream = (bench_stream *)link;
	bool good = set_counter(stream, sizes);
	for (int i = 0; i < BENCH_TYPE_COUNT && good; i++)
		good = load_type(stream, (bench_type)i, sizes);
	if (!good)
		fprintf(stderr, "cardex-bench: redis: %s\n", link->error);
	return good;
}
