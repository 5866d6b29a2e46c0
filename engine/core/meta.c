/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/core/meta.h"

#include "base/msgpack.h"
#include "engine/core/search_state.h"

#include <string.h>
#include <sys/random.h>

enum {
	CATALOG_PIECE_BYTES = 16000,
	CATALOG_PIECES_MAX = 128,
	CATALOG_BYTES_MAX = CATALOG_PIECE_BYTES * CATALOG_PIECES_MAX,
};

static cx_slice key_of(const char *text)
{
	return cx_slice_of(text);
}

static void put_u64(uint8_t bytes[8], uint64_t value)
{
	for (int i = 7; i >= 0; i--, value >>= 8)
		bytes[i] = (uint8_t)value;
}

static cx_status get_u64(engine_read *read, cx_slice key, uint64_t *ret)
{
	cx_slice value;
	cx_status status = engine__view_get(read->view, read->engine->meta, key, &value);
	if (status == CX_NOT_FOUND) {
		*ret = 0;
		return CX_OK;
	}
	if (status != CX_OK)
		return status;
	if (value.size != 8)
		return CX_CORRUPT;
	uint64_t number = 0;
	for (int i = 0; i < 8; i++)
		number = number << 8 | value.data[i];
	*ret = number;
	return CX_OK;
}

static cx_status put_counter(engine_write *write, cx_slice key, uint64_t number)
{
	uint8_t bytes[8];
	put_u64(bytes, number);
	cx_slice value = { .data = bytes, .size = sizeof bytes };
	return engine__txn_put(write->txn, write->engine->meta, key, value);
}

typedef struct counter_key {
	uint8_t bytes[3];
} counter_key;

static counter_key counter_key_of(char what, uint16_t id)
{
	return (counter_key){ { (uint8_t)what, (uint8_t)(id >> 8), (uint8_t)id } };
}

static cx_slice slice_of_key(const counter_key *key)
{
	return (cx_slice){ .data = key->bytes, .size = sizeof key->bytes };
}

cx_status engine__meta_seq(engine_read *read, uint64_t *ret)
{
	return get_u64(read, key_of("seq"), ret);
}

cx_status engine__meta_seq_put(engine_write *write, uint64_t seq)
{
	return put_counter(write, key_of("seq"), seq);
}

cx_status engine__meta_log_oldest(engine_read *read, uint64_t *ret)
{
	cx_status status = get_u64(read, key_of("oldest"), ret);
	if (status == CX_OK && *ret == 0)
		*ret = 1;
	return status;
}

cx_status engine__meta_log_oldest_put(engine_write *write, uint64_t seq)
{
	return put_counter(write, key_of("oldest"), seq);
}

cx_status engine__meta_log_bytes(engine_read *read, uint64_t *ret)
{
	return get_u64(read, key_of("logsize"), ret);
}

cx_status engine__meta_log_bytes_put(engine_write *write, uint64_t bytes)
{
	return put_counter(write, key_of("logsize"), bytes);
}

cx_status engine__meta_last_id(engine_read *read, const engine_type *type, int64_t *ret)
{
	const counter_key key = counter_key_of('i', type->id);
	uint64_t last;
	cx_status status = get_u64(read, slice_of_key(&key), &last);
	if (status != CX_OK)
		return status;
	if (last > INT64_MAX)
		return CX_CORRUPT;
	*ret = (int64_t)last;
	return CX_OK;
}

cx_status engine__meta_next_id(engine_write *write, const engine_type *type, int64_t *ret)
{
	enum { BITS = 53 }; /* so that every client holds ids exactly */
	int64_t last;
	cx_status status = engine__meta_last_id(&write->read, type, &last);
	if (status != CX_OK)
		return status;
	if (last + 1 >= (int64_t)1 << BITS)
		return CX_STORAGE_FULL;
	const counter_key key = counter_key_of('i', type->id);
	status = put_counter(write, slice_of_key(&key), (uint64_t)last + 1);
	if (status != CX_OK)
		return status;
	*ret = last + 1;
	return CX_OK;
}

cx_status engine__meta_take_id(engine_write *write, const engine_type *type, int64_t id)
{
	int64_t last;
	cx_status status = engine__meta_last_id(&write->read, type, &last);
	if (status != CX_OK || id <= last)
		return status;
	const counter_key key = counter_key_of('i', type->id);
	return put_counter(write, slice_of_key(&key), (uint64_t)id);
}

cx_status engine__index_inexact(engine_read *read, const engine_index *index, uint64_t *ret)
{
	const counter_key key = counter_key_of('n', index->id);
	return get_u64(read, slice_of_key(&key), ret);
}

cx_status engine__index_inexact_add(engine_write *write, const engine_index *index, int delta)
{
	uint64_t count;
	cx_status status = engine__index_inexact(&write->read, index, &count);
	if (status != CX_OK)
		return status;
	if (delta < 0 && count == 0)
		return CX_CORRUPT;
	const counter_key key = counter_key_of('n', index->id);
	return put_counter(write, slice_of_key(&key), count + (uint64_t)(int64_t)delta);
}

cx_status engine__index_met_duplicate(engine_write *write, const engine_index *index)
{
	const counter_key key = counter_key_of('d', index->id);
	return put_counter(write, slice_of_key(&key), 1);
}

cx_status engine__index_take_met(engine_write *write, uint16_t index_id, bool *ret_met)
{
	const counter_key key = counter_key_of('d', index_id);
	uint64_t met;
	cx_status status = get_u64(&write->read, slice_of_key(&key), &met);
	*ret_met = status == CX_OK && met > 0;
	return *ret_met
	               ? engine__txn_remove(write->txn, write->engine->meta, slice_of_key(&key))
	               : status;
}

cx_status engine__index_inexact_forget(engine_write *write, uint16_t index_id)
{
	const counter_key count = counter_key_of('n', index_id);
	const counter_key note = counter_key_of('d', index_id);
	cx_status status =
		engine__txn_remove(write->txn, write->engine->meta, slice_of_key(&count));
	if (status != CX_OK)
		return status;
	return engine__txn_remove(write->txn, write->engine->meta, slice_of_key(&note));
}

cx_status engine__meta_generation(engine_read *read, uint64_t *ret)
{
	uint64_t number;
	cx_status status = get_u64(read, key_of("generation"), &number);
	if (status == CX_OK)
		*ret = number == 0 ? 1 : number;
	return status;
}

/* Whatever a build that does not know of them would leave wrong. */
static const char *const features_known[] = { "search", "changes" };

static bool is_known(cx_slice feature)
{
	for (size_t i = 0; i < CX_COUNT_OF(features_known); i++)
		if (cx_slice_equal(feature, cx_slice_of(features_known[i])))
			return true;
	return false;
}

static cx_status check_features(cx_reader *reader, cx_error *error)
{
	const uint32_t features = cx_read_array(reader);
	for (uint32_t i = 0; i < features; i++) {
		const cx_slice feature = cx_read_str(reader);
		if (reader->failed)
			break;
		if (!is_known(feature))
			return cx_fail(error, CX_UNSUPPORTED,
			               "the store uses the feature \"%.*s\", which this build "
			               "does not know: use a newer cardex",
			               CX_SLICE_ARG(feature));
	}
	if (reader->failed)
		return cx_fail(error, CX_CORRUPT, "the store's format entry is damaged");
	return CX_OK;
}

static cx_status check_format(cx_slice value, cx_error *error)
{
	cx_reader reader = cx_reader_of(value);
	uint32_t count = cx_read_array(&reader);
	int64_t major = cx_read_int(&reader);
	int64_t minor = cx_read_int(&reader);
	if (reader.failed || count != 3)
		return cx_fail(error, CX_CORRUPT, "the store's format entry is damaged");
	if (major != ENGINE__FORMAT_MAJOR)
		return cx_fail(error, CX_UNSUPPORTED,
		               "the store has format %lld.%lld, this build reads %d.x",
		               (long long)major, (long long)minor, ENGINE__FORMAT_MAJOR);
	return check_features(&reader, error);
}

/* Key of one piece of the catalog. */
static cx_slice catalog_key(uint8_t bytes[7], uint8_t piece)
{
	memcpy(bytes, "schema", 6);
	bytes[6] = piece;
	return (cx_slice){ .data = bytes, .size = 7 };
}

static cx_status get_catalog(engine *self, engine__view *view, cx_buf *out)
{
	for (uint8_t piece = 0; piece < CATALOG_PIECES_MAX; piece++) {
		uint8_t key[7];
		cx_slice bytes;
		cx_status status =
			engine__view_get(view, self->meta, catalog_key(key, piece), &bytes);
		if (status == CX_NOT_FOUND)
			break;
		if (status != CX_OK)
			return status;
		cx_buf_append_slice(out, bytes);
	}
	return cx_buf_status(out);
}

static cx_status load_existing(engine *self, engine__view *view, cx_slice format,
                               engine__catalog **ret, cx_error *error)
{
	cx_status status = check_format(format, error);
	if (status != CX_OK)
		return status;

	cx_slice secret;
	status = engine__view_get(view, self->meta, key_of("secret"), &secret);
	if (status != CX_OK || secret.size != sizeof self->secret)
		return cx_fail(error, CX_CORRUPT, "the store's secret is missing or damaged");
	memcpy(self->secret, secret.data, sizeof self->secret);

	CX_SCOPED(cx_buf_release) cx_buf catalog = CX_BUF_INIT(CATALOG_BYTES_MAX);
	status = get_catalog(self, view, &catalog);
	if (status != CX_OK || catalog.size == 0)
		return cx_fail(error, CX_CORRUPT, "the store's schema is missing or damaged");
	return engine__catalog_read(cx_buf_slice(&catalog), ret, error);
}

static cx_status put_format(engine__txn *txn, engine__tree meta)
{
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(256);
	cx_write_array(&out, 3);
	cx_write_int(&out, ENGINE__FORMAT_MAJOR);
	cx_write_int(&out, ENGINE__FORMAT_MINOR);
	cx_write_array(&out, CX_COUNT_OF(features_known));
	for (size_t i = 0; i < CX_COUNT_OF(features_known); i++)
		cx_write_text(&out, features_known[i]);
	if (cx_buf_status(&out) != CX_OK)
		return cx_buf_status(&out);
	return engine__txn_put(txn, meta, key_of("format"), cx_buf_slice(&out));
}

/* Removes the pieces of a longer catalog that was there before. */
static cx_status remove_pieces(engine__txn *txn, engine__tree meta, uint8_t from)
{
	cx_status status = CX_OK;
	for (uint8_t piece = from; status == CX_OK && piece < CATALOG_PIECES_MAX; piece++) {
		uint8_t key[7];
		cx_slice there;
		status = engine__view_get(engine__txn_view(txn), meta, catalog_key(key, piece),
		                          &there);
		if (status == CX_NOT_FOUND)
			return CX_OK;
		if (status == CX_OK)
			status = engine__txn_remove(txn, meta, catalog_key(key, piece));
	}
	return status;
}

static cx_status put_catalog(engine__txn *txn, const engine *self,
                             const engine__catalog *catalog)
{
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(CATALOG_BYTES_MAX);
	cx_status status = engine__catalog_write(catalog, &out);
	uint8_t piece = 0;
	for (cx_slice rest = cx_buf_slice(&out); status == CX_OK && rest.size > 0; piece++) {
		cx_slice head = rest;
		if (head.size > CATALOG_PIECE_BYTES)
			head.size = CATALOG_PIECE_BYTES;
		uint8_t key[7];
		status = engine__txn_put(txn, self->meta, catalog_key(key, piece), head);
		rest = cx_slice_from(rest, head.size);
	}
	return status == CX_OK ? remove_pieces(txn, self->meta, piece) : status;
}

cx_status engine__meta_schema_put(engine_write *write, const engine__catalog *catalog,
                                  uint64_t generation)
{
	cx_status status = put_catalog(write->txn, write->engine, catalog);
	return status == CX_OK ? put_counter(write, key_of("generation"), generation) : status;
}

static cx_status save_new(engine *self, const engine__catalog *catalog, cx_error *error)
{
	CX_SCOPED(engine__txn_abort) engine__txn *txn = NULL;
	cx_status status = engine__txn_begin(self->store, &txn);
	if (status == CX_OK)
		status = put_format(txn, self->meta);
	if (status == CX_OK)
		status = put_catalog(txn, self, catalog);
	const engine__search_state search = { .state = ENGINE_SEARCH_READY };
	if (status == CX_OK)
		status = engine__search_state_put(self, engine__catalog_schema(catalog), txn,
		                                  &search);
	cx_slice secret = { .data = self->secret, .size = sizeof self->secret };
	if (status == CX_OK)
		status = engine__txn_put(txn, self->meta, key_of("secret"), secret);
	if (status == CX_OK)
		status = engine__txn_commit(&txn);
	if (status == CX_TOO_LARGE)
		return cx_fail(error, status, "the schema is too large to be stored");
	return status == CX_OK ? CX_OK : cx_fail(error, status, "cannot write the new store");
}

static cx_status make_new(engine *self, const engine_options *options, engine__catalog **ret,
                          cx_error *error)
{
	CX_SCOPED(cx_buf_release) cx_buf text = CX_BUF_INIT(ENGINE_SCHEMA_BYTES_MAX);
	cx_status status = engine_schema_check((cx_slice){ 0 }, options->schema, error);
	if (status == CX_OK && options->schema_extra.size > 0)
		status = engine_schema_check(options->schema, options->schema_extra, error);
	if (status != CX_OK)
		return status;

	cx_buf_append_slice(&text, options->schema);
	size_t own_from = text.size;
	if (options->schema_extra.size > 0) {
		cx_buf_append_byte(&text, '\n');
		own_from = text.size;
		cx_buf_append_slice(&text, options->schema_extra);
	}
	if (cx_buf_status(&text) != CX_OK)
		return cx_fail(error, cx_buf_status(&text), "the schema text is over %d bytes",
		               ENGINE_SCHEMA_BYTES_MAX);
	CX_SCOPED(engine__catalog_free) engine__catalog *catalog = NULL;
	status = engine__catalog_of_texts(cx_buf_slice(&text), own_from, &catalog, error);
	if (status != CX_OK)
		return status;
	if (getrandom(self->secret, sizeof self->secret, 0) != (ssize_t)sizeof self->secret)
		return cx_fail(error, CX_IO, "the system gives no random bytes");
	self->created = true;
	status = save_new(self, catalog, error);
	if (status != CX_OK)
		return status;
	*ret = catalog;
	catalog = NULL; /* now the caller's */
	return CX_OK;
}

/* As the first handle does it, before there is a schema. */
static cx_status load_generation(engine *self, engine__view *view, uint64_t *ret)
{
	engine_read read = { .engine = self, .view = view };
	return engine__meta_generation(&read, ret);
}

/* Before anything is written by this build's tokenizer the index says that it is not of it:
 * else a build of the other tokenizer would believe it again. */
static cx_status disown_search(engine *self, const engine_schema *schema, cx_error *error)
{
	CX_SCOPED(engine__txn_abort) engine__txn *txn = NULL;
	const engine__search_state state = { .state = ENGINE_SEARCH_CLEARING };
	cx_status status = engine__txn_begin(self->store, &txn);
	if (status == CX_OK)
		status = put_format(txn, self->meta);
	if (status == CX_OK)
		status = engine__search_state_put(self, schema, txn, &state);
	if (status == CX_OK)
		status = engine__txn_commit(&txn);
	return status == CX_OK ? CX_OK : cx_fail(error, status, "cannot mark the search index");
}

static cx_status settle_search(engine *self, const engine_schema *schema, engine__view **view,
                               cx_error *error)
{
	engine__search_state state;
	bool own;
	cx_status status = engine__search_state_read(self, schema, *view, &state, &own);
	engine__view_end(view);
	if (status != CX_OK)
		return cx_fail(error, status, "the state of the search index is damaged");
	return own ? CX_OK : disown_search(self, schema, error);
}

static cx_status get_number(engine__view *view, engine__tree meta, const char *key,
                            bool *ret_there, uint64_t *ret)
{
	cx_slice value;
	cx_status status = engine__view_get(view, meta, key_of(key), &value);
	*ret_there = status == CX_OK;
	*ret = 0;
	for (size_t i = 0; status == CX_OK && i < value.size; i++)
		*ret = *ret << 8 | value.data[i];
	return status == CX_NOT_FOUND ? CX_OK : status;
}

/* The changes of a store that is older than the log are not in it: it begins behind them. */
static cx_status settle_log(engine *self)
{
	CX_SCOPED(engine__txn_abort) engine__txn *txn = NULL;
	cx_status status = engine__txn_begin(self->store, &txn);
	if (status != CX_OK)
		return status;
	bool has_seq, has_log;
	uint64_t seq, bytes;
	status = get_number(engine__txn_view(txn), self->meta, "seq", &has_seq, &seq);
	if (status == CX_OK)
		status = get_number(engine__txn_view(txn), self->meta, "logsize", &has_log,
		                    &bytes);
	if (status != CX_OK || !has_seq || has_log)
		return status;
	uint8_t oldest[8], none[8] = { 0 };
	put_u64(oldest, seq + 1);
	status = put_format(txn, self->meta);
	if (status == CX_OK)
		status = engine__txn_put(txn, self->meta, key_of("oldest"),
		                         (cx_slice){ oldest, sizeof oldest });
	if (status == CX_OK)
		status = engine__txn_put(txn, self->meta, key_of("logsize"),
		                         (cx_slice){ none, sizeof none });
	return status == CX_OK ? engine__txn_commit(&txn) : status;
}

cx_status engine__meta_load(engine *self, const engine_options *options,
                            engine__catalog **ret_catalog, uint64_t *ret_generation,
                            cx_error *error)
{
	CX_SCOPED(engine__view_end) engine__view *view = NULL;
	cx_status status = engine__view_begin(self->store, &view);
	if (status == CX_OK)
		status = load_generation(self, view, ret_generation);
	if (status != CX_OK)
		return cx_fail(error, status, "cannot read the store");
	cx_slice format;
	status = engine__view_get(view, self->meta, key_of("format"), &format);
	if (status == CX_OK) {
		status = load_existing(self, view, format, ret_catalog, error);
		if (status != CX_OK)
			return status;
		status =
			settle_search(self, engine__catalog_schema(*ret_catalog), &view, error);
		if (status == CX_OK && settle_log(self) != CX_OK)
			status = cx_fail(error, CX_IO, "cannot begin the change log");
		if (status != CX_OK)
			engine__catalog_free(ret_catalog);
		return status;
	}
	if (status != CX_NOT_FOUND)
		return cx_fail(error, status, "cannot read the store's format");
	engine__view_end(&view);
	return make_new(self, options, ret_catalog, error);
}
