/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/index/key.h"

#include "base/check.h"
#include "base/hash.h"
#include "base/text.h"
#include "engine/store/store.h"

#include <endian.h>
#include <string.h>

/* What follows a 00 inside a text. All sort below every byte that can begin a character, so a
 * text sorts before those it begins; a cut one sorts after the same text uncut. */
enum {
	TEXT_END = 0x01,
	TEXT_CUT = 0x02,
	TEXT_ZERO = 0xff,
	MARKER_BYTES = 1,
	END_BYTES = 2,
	HASH_BYTES = 8,
	INTEGER_BYTES = 8,
	TEXT_BYTES_MIN = 16, /* a text column with less finds too much */
	CHARACTER_BYTES_MAX = 4,
};

static const uint64_t sign_bit = UINT64_C(1) << 63;

static void put_big_endian(uint8_t *to, uint64_t number)
{
	uint64_t big = htobe64(number);
	memcpy(to, &big, sizeof big);
}

static uint64_t big_endian(const uint8_t *from)
{
	uint64_t big;
	memcpy(&big, from, sizeof big);
	return be64toh(big);
}

static void complement(uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)~bytes[i];
}

/* Writes the escaped form of the longest head of `text` for which `room` bytes suffice, never
 * half of an escape. Returns the bytes of text taken. */
static size_t escape(cx_slice text, uint8_t *to, size_t room, size_t *ret_written)
{
	size_t taken = 0;
	size_t written = 0;
	while (taken < text.size && written < room) {
		size_t left = text.size - taken;
		size_t run_max = left < room - written ? left : room - written;
		const uint8_t *from = text.data + taken;
		const uint8_t *zero = memchr(from, 0, run_max);
		size_t run = zero != NULL ? (size_t)(zero - from) : run_max;
		memcpy(to + written, from, run);
		taken += run;
		written += run;
		if (zero == NULL || room - written < 2)
			break;
		to[written++] = 0;
		to[written++] = TEXT_ZERO;
		taken++;
	}
	*ret_written = written;
	return taken;
}

/* The text in the column's form. */
static cx_status fold_for(const engine_column *column, cx_buf *scratch, cx_slice *text)
{
	if (!column->folded)
		return CX_OK;
	cx_buf_clear(scratch);
	cx_status status = cx_text_fold(*text, scratch);
	if (status == CX_OK)
		*text = cx_buf_slice(scratch);
	return status;
}

/* Room for marker, text and `end` more bytes; NULL when the key has none. */
static uint8_t *reserve_text(const engine_column *column, cx_slice text, size_t end,
                             cx_buf *key)
{
	CX_ASSERT(column->text_bytes_max > 0);
	size_t most = column->text_bytes_max;
	size_t escaped_max = text.size < most / 2 ? 2 * text.size : most;
	return cx_buf_reserve(key, MARKER_BYTES + escaped_max + end);
}

static void finish(const engine_column *column, uint8_t *to, size_t size, cx_buf *key)
{
	if (column->descending)
		complement(to, size);
	key->size += size;
}

static cx_status put_text(const engine_column *column, cx_slice text, cx_buf *key,
                          cx_buf *scratch, bool *inexact)
{
	cx_status status = fold_for(column, scratch, &text);
	if (status != CX_OK)
		return status;
	uint8_t *to = reserve_text(column, text, ENGINE__KEY_CUT_BYTES, key);
	if (to == NULL)
		return cx_buf_status(key);

	size_t written;
	to[0] = ENGINE__KEY_VALUE;
	size_t taken = escape(text, to + MARKER_BYTES, column->text_bytes_max, &written);
	size_t size = MARKER_BYTES + written;
	to[size++] = 0;
	if (taken == text.size) {
		to[size++] = TEXT_END;
	} else {
		to[size++] = TEXT_CUT;
		put_big_endian(to + size, cx_hash64(text, 0));
		size += HASH_BYTES;
		*inexact = true;
	}
	finish(column, to, size, key);
	return CX_OK;
}

/* Bytes of the column after its marker; integers only. */
static size_t integer_bytes(const engine_column *column)
{
	return column->field->kind == ENGINE_BOOL ? 1 : INTEGER_BYTES;
}

static cx_status put_integer(const engine_column *column, int64_t number, cx_buf *key)
{
	size_t size = MARKER_BYTES + integer_bytes(column);
	uint8_t *to = cx_buf_reserve(key, size);
	if (to == NULL)
		return cx_buf_status(key);
	to[0] = ENGINE__KEY_VALUE;
	if (column->field->kind == ENGINE_BOOL)
		to[1] = number != 0;
	else
		put_big_endian(to + 1, (uint64_t)number ^ sign_bit);
	finish(column, to, size, key);
	return CX_OK;
}

static cx_status put_null(const engine_column *column, cx_buf *key)
{
	uint8_t *to = cx_buf_reserve(key, MARKER_BYTES);
	if (to == NULL)
		return cx_buf_status(key);
	to[0] = ENGINE__KEY_NULL;
	finish(column, to, MARKER_BYTES, key);
	return CX_OK;
}

cx_status engine__key_put(const engine_column *column, const engine__value *value, cx_buf *key,
                          cx_buf *scratch, bool *inexact)
{
	switch (value->shape) {
	case ENGINE__NULL:
		return put_null(column, key);
	case ENGINE__INTEGER:
		CX_ASSERT(engine__shape_of(column->field) == ENGINE__INTEGER);
		return put_integer(column, value->integer, key);
	case ENGINE__CHARS:
		CX_ASSERT(engine__shape_of(column->field) == ENGINE__CHARS);
		return put_text(column, value->bytes, key, scratch, inexact);
	case ENGINE__ITEMS:
		break; /* the schema takes no list into an index */
	}
	CX_UNREACHABLE();
}

cx_status engine__key_put_prefix(const engine_column *column, cx_slice text, cx_buf *key,
                                 cx_buf *scratch, bool *inexact)
{
	CX_ASSERT(engine__shape_of(column->field) == ENGINE__CHARS);
	cx_status status = fold_for(column, scratch, &text);
	if (status != CX_OK)
		return status;
	uint8_t *to = reserve_text(column, text, 0, key);
	if (to == NULL)
		return cx_buf_status(key);

	size_t written;
	to[0] = ENGINE__KEY_VALUE;
	size_t taken = escape(text, to + MARKER_BYTES, column->text_bytes_max, &written);
	if (taken < text.size)
		*inexact = true;
	finish(column, to, MARKER_BYTES + written, key);
	return CX_OK;
}

void engine__key_put_id(cx_buf *key, int64_t id)
{
	uint8_t bytes[ENGINE__KEY_ID_BYTES];
	put_big_endian(bytes, (uint64_t)id);
	cx_buf_append(key, bytes, sizeof bytes);
}

bool engine__key_successor(cx_buf *key)
{
	size_t size = key->size;
	while (size > 0 && key->data[size - 1] == 0xff)
		size--;
	if (size == 0)
		return false;
	key->data[size - 1]++;
	cx_buf_truncate(key, size);
	return true;
}

/* Where the parts of a text column lie. */
typedef struct span {
	size_t text;    /* bytes between marker and end */
	size_t escapes; /* among them */
	size_t whole;   /* bytes of the column; 0 when it is damaged */
	bool cut;
} span;

/* `key` begins with the marker; its bytes are complemented by `flip`. */
static span span_text(cx_slice key, uint8_t flip)
{
	span found = { 0 };
	size_t at = MARKER_BYTES;
	while (key.size - at >= END_BYTES) {
		const uint8_t *zero = memchr(key.data + at, flip, key.size - at - 1);
		if (zero == NULL)
			break;
		at = (size_t)(zero - key.data);
		uint8_t next = zero[1] ^ flip;
		if (next == TEXT_ZERO) {
			found.escapes++;
			at += END_BYTES;
			continue;
		}
		found.text = at - MARKER_BYTES;
		found.cut = next == TEXT_CUT;
		size_t end = found.cut ? ENGINE__KEY_CUT_BYTES : END_BYTES;
		if ((next == TEXT_END || found.cut) && key.size - at >= end)
			found.whole = at + end;
		break;
	}
	return found;
}

/* The plain bytes of an escaped text, after `scratch`'s. Room for the rest of the whole key is
 * made at once, so that texts of earlier columns stay where they are. */
static cx_status unescape(cx_slice text, size_t escapes, uint8_t flip, cx_slice key,
                          cx_buf *scratch, cx_slice *ret)
{
	uint8_t *to = cx_buf_reserve(scratch, key.size);
	if (to == NULL)
		return cx_buf_status(scratch);
	size_t size = 0;
	for (size_t at = 0; at < text.size; at++) {
		uint8_t byte = text.data[at] ^ flip;
		to[size++] = byte;
		if (byte == 0)
			at++;
	}
	CX_ASSERT(size == text.size - escapes);
	scratch->size += size;
	*ret = (cx_slice){ .data = to, .size = size };
	return CX_OK;
}

static cx_status take_text(uint8_t flip, cx_slice *key, cx_buf *scratch, cx_slice *ret,
                           bool *exact)
{
	span found = span_text(*key, flip);
	if (found.whole == 0)
		return CX_CORRUPT;
	cx_slice text = { .data = key->data + MARKER_BYTES, .size = found.text };
	if (flip != 0 || found.escapes > 0) {
		cx_status status = unescape(text, found.escapes, flip, *key, scratch, &text);
		if (status != CX_OK)
			return status;
	}
	*ret = text;
	*exact = !found.cut;
	*key = cx_slice_from(*key, found.whole);
	return CX_OK;
}

static cx_status take_integer(const engine_column *column, uint8_t flip, cx_slice *key,
                              int64_t *ret)
{
	size_t size = integer_bytes(column);
	if (key->size < MARKER_BYTES + size)
		return CX_CORRUPT;
	const uint8_t *from = key->data + MARKER_BYTES;
	int64_t number;
	if (size == 1)
		number = *from ^ flip;
	else
		number = (int64_t)((flip != 0 ? ~big_endian(from) : big_endian(from)) ^
		                   sign_bit);
	if (column->field->kind == ENGINE_BOOL && number > 1)
		return CX_CORRUPT;
	if (column->field->kind == ENGINE_ENUM &&
	    (number < 0 || number >= column->field->label_count))
		return CX_CORRUPT;
	*ret = number;
	*key = cx_slice_from(*key, MARKER_BYTES + size);
	return CX_OK;
}

cx_status engine__key_take(const engine_column *column, cx_slice *key, cx_buf *scratch,
                           engine__value *ret, bool *exact)
{
	uint8_t flip = column->descending ? 0xff : 0;
	uint8_t marker = key->size > 0 ? key->data[0] ^ flip : 0;
	engine__value value = { 0 };
	bool whole = true;
	cx_status status = CX_OK;
	if (marker == ENGINE__KEY_NULL) {
		*key = cx_slice_from(*key, MARKER_BYTES);
	} else if (marker != ENGINE__KEY_VALUE) {
		status = CX_CORRUPT;
	} else {
		value.shape = engine__shape_of(column->field);
		status = value.shape == ENGINE__CHARS
		                 ? take_text(flip, key, scratch, &value.bytes, &whole)
		                 : take_integer(column, flip, key, &value.integer);
	}
	if (status != CX_OK)
		return status;
	*ret = value;
	*exact = whole;
	return CX_OK;
}

size_t engine__key_skip(const engine_column *column, cx_slice key)
{
	uint8_t flip = column->descending ? 0xff : 0;
	uint8_t marker = key.size > 0 ? key.data[0] ^ flip : 0;
	if (marker == ENGINE__KEY_NULL)
		return MARKER_BYTES;
	if (marker != ENGINE__KEY_VALUE)
		return 0;
	if (engine__shape_of(column->field) == ENGINE__CHARS)
		return span_text(key, flip).whole;
	size_t size = MARKER_BYTES + integer_bytes(column);
	return size <= key.size ? size : 0;
}

cx_status engine__key_id(cx_slice key, int64_t *ret)
{
	if (key.size < ENGINE__KEY_ID_BYTES)
		return CX_CORRUPT;
	uint64_t id = big_endian(key.data + key.size - ENGINE__KEY_ID_BYTES);
	if (id == 0 || id > INT64_MAX)
		return CX_CORRUPT;
	*ret = (int64_t)id;
	return CX_OK;
}

/* The most bytes of text the column can ever have to hold. Folding may lengthen a text beyond
 * it; then the text is cut. */
static size_t text_need(const engine_column *column)
{
	if (column->field->kind == ENGINE_STRING)
		return (size_t)column->field->length_max * CHARACTER_BYTES_MAX;
	return SIZE_MAX;
}

/* Bytes of the key that are not the text of text columns; SIZE_MAX when a list is among the
 * columns. `*ret_texts` is the number of text columns. */
static size_t fixed_bytes(const engine_column *columns, size_t count, size_t *ret_texts)
{
	size_t fixed = ENGINE__KEY_ID_BYTES;
	size_t texts = 0;
	for (size_t i = 0; i < count; i++) {
		engine__shape shape = engine__shape_of(columns[i].field);
		if (shape == ENGINE__ITEMS)
			return SIZE_MAX;
		bool text = shape == ENGINE__CHARS;
		texts += text;
		fixed += MARKER_BYTES +
		         (text ? (size_t)ENGINE__KEY_CUT_BYTES : integer_bytes(&columns[i]));
	}
	*ret_texts = texts;
	return fixed;
}

/* Gives text columns without a share theirs: those that need at most `share` what they need,
 * or, when `all`, each of them `share`. Returns the bytes given. */
static size_t settle(engine_column *columns, size_t count, size_t share, bool all, size_t *open)
{
	size_t given = 0;
	for (size_t i = 0; i < count; i++) {
		engine_column *column = &columns[i];
		if (engine__shape_of(column->field) != ENGINE__CHARS ||
		    column->text_bytes_max > 0)
			continue;
		size_t need = text_need(column);
		CX_ASSERT(need > 0);
		if (need > share && !all)
			continue;
		column->text_bytes_max = (uint16_t)(need < share ? need : share);
		given += column->text_bytes_max;
		(*open)--;
	}
	return given;
}

bool engine__key_share_out(engine_column *columns, size_t count)
{
	CX_ASSERT(count <= ENGINE_COLUMNS_MAX);
	size_t open = 0; /* text columns without a share */
	size_t fixed = fixed_bytes(columns, count, &open);
	if (fixed > ENGINE__KEY_BYTES_MAX)
		return false;
	for (size_t i = 0; i < count; i++)
		columns[i].text_bytes_max = 0;

	size_t left = ENGINE__KEY_BYTES_MAX - fixed;
	while (open > 0) {
		size_t share = left / open;
		size_t given = settle(columns, count, share, false, &open);
		left -= given;
		if (given > 0)
			continue;
		if (share < TEXT_BYTES_MIN)
			return false;
		settle(columns, count, share, true, &open);
	}
	return true;
}
