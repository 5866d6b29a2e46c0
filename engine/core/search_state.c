/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/core/search_state.h"

#include "base/check.h"
#include "base/msgpack.h"
#include "base/text.h"
#include "engine/token/token.h"
#include "engine/token/version.h"

#include <string.h>

enum { PARTS = 5, HASH_BYTES = 8, STATE_BYTES_MAX = ENGINE__KEY_BYTES_MAX + 128 };

static const cx_slice state_key = { .data = (const uint8_t *)"search", .size = 6 };

static void hash_bytes(const engine_schema *schema, uint8_t bytes[HASH_BYTES])
{
	uint64_t hash = engine__searched_hash(schema);
	for (int i = HASH_BYTES - 1; i >= 0; i--, hash >>= 8)
		bytes[i] = (uint8_t)hash;
}

/* True when what the reader stands before is this build's. Takes the three parts. */
static bool take_own(const engine_schema *schema, cx_reader *reader)
{
	uint8_t hash[HASH_BYTES];
	hash_bytes(schema, hash);
	const int64_t version = cx_read_int(reader);
	const cx_slice unicode = cx_read_str(reader);
	const cx_slice fields = cx_read_str_or_bin(reader);
	return version == ENGINE__TOKENIZER_VERSION &&
	       cx_slice_equal(unicode, cx_slice_of(cx_text_unicode_version())) &&
	       cx_slice_equal(fields, (cx_slice){ .data = hash, .size = sizeof hash });
}

static cx_status read_value(const engine_schema *schema, cx_slice value,
                            engine__search_state *ret, bool *ret_is_own)
{
	cx_reader reader = cx_reader_of(value);
	const uint32_t parts = cx_read_array(&reader);
	const bool own = take_own(schema, &reader);
	const int64_t state = cx_read_int(&reader);
	const cx_slice place = cx_read_str_or_bin(&reader);
	if (reader.failed || parts != PARTS || state < 0 || state > ENGINE_SEARCH_BUILDING ||
	    place.size > sizeof ret->place)
		return CX_CORRUPT;
	*ret_is_own = own;
	*ret = (engine__search_state){ .state = ENGINE_SEARCH_CLEARING };
	if (!own)
		return CX_OK;
	ret->state = (engine_search_state)state;
	ret->place_size = place.size;
	if (place.size > 0)
		memcpy(ret->place, place.data, place.size);
	return CX_OK;
}

cx_status engine__search_state_read(const engine *self, const engine_schema *schema,
                                    engine__view *view, engine__search_state *ret,
                                    bool *ret_is_own)
{
	bool own = false;
	cx_slice value;
	cx_status status = engine__view_get(view, self->meta, state_key, &value);
	if (status == CX_OK)
		status = read_value(schema, value, ret, &own);
	else if (status == CX_NOT_FOUND) {
		*ret = (engine__search_state){ .state = ENGINE_SEARCH_CLEARING };
		status = CX_OK;
	}
	if (status == CX_OK && ret_is_own != NULL)
		*ret_is_own = own;
	return status;
}

cx_status engine__search_state_put(const engine *self, const engine_schema *schema,
                                   engine__txn *txn, const engine__search_state *state)
{
	CX_ASSERT(state->place_size <= sizeof state->place);
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(STATE_BYTES_MAX);
	uint8_t hash[HASH_BYTES];
	hash_bytes(schema, hash);
	cx_write_array(&out, PARTS);
	cx_write_int(&out, ENGINE__TOKENIZER_VERSION);
	cx_write_text(&out, cx_text_unicode_version());
	cx_write_bin(&out, (cx_slice){ .data = hash, .size = sizeof hash });
	cx_write_int(&out, state->state);
	cx_write_bin(&out, (cx_slice){ .data = state->place, .size = state->place_size });
	if (cx_buf_status(&out) != CX_OK)
		return cx_buf_status(&out);
	return engine__txn_put(txn, self->meta, state_key, cx_buf_slice(&out));
}
