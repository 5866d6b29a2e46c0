/* SPDX-License-Identifier: Apache-2.0 */
/* What a client sent for a field, checked and brought into the one form that is stored. */
#include "base/check.h"
#include "base/text.h"
#include "engine/row/value.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	DAYS_MIN = -4371587, /* -9999-01-01 */
	DAYS_MAX = 2932896,  /* 9999-12-31 */
	SHOWN_CHARACTERS = 40,
	NFC_GROWTH_MAX = 3, /* bytes of the NFC form per byte of valid UTF-8 */
};
static const int64_t ms_per_day = 86400000;

/* What every step of reading one value needs. */
typedef struct input {
	const engine_field *field;
	cx_reader *reader;
	cx_arena *arena;
	cx_error *error;
} input;

static const char *expectation(engine_kind kind)
{
	switch (kind) {
	case ENGINE_BOOL:
		return "a boolean";
	case ENGINE_INT:
	case ENGINE_MONEY:
		return "an integer";
	case ENGINE_DATE:
		return "an integer (days since 1970-01-01)";
	case ENGINE_TS:
		return "an integer (milliseconds since 1970 UTC)";
	case ENGINE_STRING:
	case ENGINE_TEXT:
		return "a string";
	case ENGINE_ENUM:
		return "a label as a string";
	case ENGINE_REF:
		return "the id of a record (an integer)";
	case ENGINE_BYTES:
		return "a byte string";
	case ENGINE_INT_LIST:
		return "an array of integers";
	case ENGINE_STRING_LIST:
		return "an array of strings";
	}
	CX_UNREACHABLE();
}

static cx_status refuse_bytes(const input *in)
{
	return cx_fail_field(in->error, CX_MALFORMED, in->field->name,
	                     "%s: the value is cut off or not MessagePack", in->field->name);
}

static cx_status refuse_kind(const input *in, cx_kind got)
{
	if (got == CX_KIND_END || got == CX_KIND_BAD)
		return refuse_bytes(in);
	return cx_fail_field(in->error, CX_TYPE, in->field->name, "%s: expects %s, got %s",
	                     in->field->name, expectation(in->field->kind), cx_kind_name(got));
}

static cx_status refuse_range(const input *in, int64_t got, const char *range)
{
	return cx_fail_field(in->error, CX_TYPE, in->field->name,
	                     "%s: expects %s, got %" PRId64, in->field->name, range, got);
}

static cx_status refuse_length(const input *in, size_t got, size_t most, const char *unit)
{
	return cx_fail_field(in->error, CX_TOO_LONG, in->field->name,
	                     "%s: takes at most %zu %s, got %zu", in->field->name, most, unit,
	                     got);
}

static cx_status expect(const input *in, cx_kind kind)
{
	cx_kind got = cx_reader_peek(in->reader);
	return got == kind ? CX_OK : refuse_kind(in, got);
}

static cx_status read_bool(const input *in, int64_t *ret)
{
	cx_status status = expect(in, CX_KIND_BOOL);
	if (status != CX_OK)
		return status;
	*ret = cx_read_bool(in->reader);
	return CX_OK;
}

static cx_status read_integer(const input *in, int64_t *ret)
{
	cx_status status = expect(in, CX_KIND_INT);
	if (status != CX_OK)
		return status;
	cx_reader before = *in->reader;
	int64_t number = cx_read_int(in->reader);
	if (in->reader->failed) {
		(void)cx_read_skip(&before);
		if (before.failed)
			return refuse_bytes(in);
		return cx_fail_field(in->error, CX_TYPE, in->field->name,
		                     "%s: the integer is over %" PRId64, in->field->name,
		                     INT64_MAX);
	}
	*ret = number;
	return CX_OK;
}

static cx_status read_date(const input *in, int64_t *ret)
{
	int64_t days;
	cx_status status = read_integer(in, &days);
	if (status != CX_OK)
		return status;
	if (days < DAYS_MIN || days > DAYS_MAX)
		return refuse_range(in, days, "a day of the years -9999 to 9999");
	*ret = days;
	return CX_OK;
}

static cx_status read_ts(const input *in, int64_t *ret)
{
	int64_t ms;
	cx_status status = read_integer(in, &ms);
	if (status != CX_OK)
		return status;
	if (ms < DAYS_MIN * ms_per_day || ms >= (DAYS_MAX + 1) * ms_per_day)
		return refuse_range(in, ms, "a time of the years -9999 to 9999");
	*ret = ms;
	return CX_OK;
}

/* {"$": n}: the record of an earlier operation of the batch. */
static cx_status read_reference(const input *in, const engine_references *references,
                                int64_t *ret)
{
	const char *name = in->field->name;
	cx_reader *reader = in->reader;
	uint32_t pairs = cx_read_map(reader);
	cx_slice key = { 0 };
	if (pairs == 1 && cx_reader_peek(reader) == CX_KIND_STR)
		key = cx_read_str(reader);
	cx_kind next = cx_reader_peek(reader);
	if (reader->failed || (pairs > 0 && next == CX_KIND_END))
		return refuse_bytes(in);
	if (!cx_slice_equal(key, CX_SLICE_LITERAL("$")) || next != CX_KIND_INT)
		return cx_fail_field(in->error, CX_TYPE, name, "%s: expects %s or {\"$\": n}",
		                     name, expectation(ENGINE_REF));

	int64_t number;
	cx_status status = read_integer(in, &number);
	if (status != CX_OK)
		return status;
	if (number < 0 || (uint64_t)number >= references->count)
		return cx_fail_field(in->error, CX_INVALID_ARGUMENT, name,
		                     "%s: refers to operation %" PRId64
		                     " of the batch, but only %zu came before this one",
		                     name, number, references->count);
	if (references->ids[number] <= 0)
		return cx_fail_field(in->error, CX_INVALID_ARGUMENT, name,
		                     "%s: operation %" PRId64 " of the batch has no record",
		                     name, number);
	*ret = references->ids[number];
	return CX_OK;
}

static cx_status read_ref(const input *in, const engine_references *references, int64_t *ret)
{
	if (references != NULL && cx_reader_peek(in->reader) == CX_KIND_MAP)
		return read_reference(in, references, ret);
	int64_t id;
	cx_status status = read_integer(in, &id);
	if (status != CX_OK)
		return status;
	if (id < 1)
		return refuse_range(in, id, "the id of a record (1 or more)");
	*ret = id;
	return CX_OK;
}

static cx_status check_utf8(const input *in, cx_slice text)
{
	size_t offset;
	if (!cx_text_is_utf8(text, &offset))
		return cx_fail_field(in->error, CX_MALFORMED, in->field->name,
		                     "%s: the text is not UTF-8 at byte %zu", in->field->name,
		                     offset);
	const uint8_t *zero = text.size > 0 ? memchr(text.data, 0, text.size) : NULL;
	if (zero != NULL)
		return cx_fail_field(in->error, CX_MALFORMED, in->field->name,
		                     "%s: the text has U+0000 at byte %zu", in->field->name,
		                     (size_t)(zero - text.data));
	return CX_OK;
}

static cx_status copy_to_arena(const input *in, cx_slice bytes, cx_slice *ret)
{
	cx_slice copy = cx_arena_copy(in->arena, bytes);
	if (copy.size != bytes.size)
		return cx_fail(in->error, CX_NO_MEMORY, "%s: no memory for the value",
		               in->field->name);
	*ret = copy;
	return CX_OK;
}

static cx_status bring_into_nfc(const input *in, cx_slice *text)
{
	if (cx_text_is_nfc_quick(*text))
		return CX_OK;
	CX_SCOPED(cx_buf_release) cx_buf nfc = CX_BUF_INIT(text->size * NFC_GROWTH_MAX);
	cx_status status = cx_text_nfc(*text, &nfc);
	CX_ASSERT(status != CX_TOO_LARGE);
	if (status != CX_OK)
		return cx_fail(in->error, status, "%s: no memory for the value",
		               in->field->name);
	if (cx_slice_equal(*text, cx_buf_slice(&nfc)))
		return CX_OK;
	return copy_to_arena(in, cx_buf_slice(&nfc), text);
}

static cx_status check_length(const input *in, cx_slice text)
{
	if (in->field->kind == ENGINE_TEXT)
		return text.size <= ENGINE_TEXT_BYTES_MAX
		               ? CX_OK
		               : refuse_length(in, text.size, ENGINE_TEXT_BYTES_MAX, "bytes");
	if (text.size <= in->field->length_max)
		return CX_OK; /* no character is shorter than a byte */
	size_t length = cx_text_length(text);
	return length <= in->field->length_max
	               ? CX_OK
	               : refuse_length(in, length, in->field->length_max, "characters");
}

static cx_status read_text(const input *in, cx_slice *ret)
{
	cx_status status = expect(in, CX_KIND_STR);
	if (status != CX_OK)
		return status;
	cx_slice text = cx_read_str(in->reader);
	if (in->reader->failed)
		return refuse_bytes(in);
	status = check_utf8(in, text);
	if (status == CX_OK)
		status = bring_into_nfc(in, &text);
	if (status == CX_OK)
		status = check_length(in, text);
	if (status == CX_OK)
		*ret = text;
	return status;
}

static cx_status read_bytes(const input *in, cx_slice *ret)
{
	cx_status status = expect(in, CX_KIND_BIN);
	if (status != CX_OK)
		return status;
	cx_slice bytes = cx_read_bin(in->reader);
	if (in->reader->failed)
		return refuse_bytes(in);
	if (bytes.size > ENGINE_TEXT_BYTES_MAX)
		return refuse_length(in, bytes.size, ENGINE_TEXT_BYTES_MAX, "bytes");
	*ret = bytes;
	return CX_OK;
}

/* Names the labels there are, as many as the error has room for. */
static cx_status refuse_label(const input *in, cx_slice label)
{
	char list[CX_ERROR_TEXT_SIZE] = "";
	size_t used = 0;
	for (unsigned i = 0; i < in->field->label_count && used < sizeof list; i++) {
		int more = snprintf(list + used, sizeof list - used, "%s%s", i > 0 ? ", " : "",
		                    in->field->labels[i]);
		used += more > 0 ? (size_t)more : 0;
	}
	cx_slice shown = cx_text_head(label, SHOWN_CHARACTERS);
	return cx_fail_field(in->error, CX_TYPE, in->field->name,
	                     "%s: no label \"%.*s%s\"; expects one of %s", in->field->name,
	                     CX_SLICE_ARG(shown), shown.size < label.size ? "…" : "", list);
}

static cx_status read_label(const input *in, int64_t *ret)
{
	cx_status status = expect(in, CX_KIND_STR);
	if (status != CX_OK)
		return status;
	cx_slice label = cx_read_str(in->reader);
	if (in->reader->failed)
		return refuse_bytes(in);
	int position = engine_field_label(in->field, label);
	if (position < 0) {
		status = check_utf8(in, label);
		return status == CX_OK ? refuse_label(in, label) : status;
	}
	*ret = position;
	return CX_OK;
}

static cx_status read_item(const input *in, cx_buf *out)
{
	if (in->field->kind == ENGINE_INT_LIST) {
		int64_t number;
		cx_status status = read_integer(in, &number);
		if (status == CX_OK)
			cx_write_int(out, number);
		return status;
	}
	cx_slice text;
	cx_status status = read_text(in, &text);
	if (status == CX_OK)
		cx_write_str(out, text);
	return status;
}

/* Writes the list anew, so that equal lists are equal bytes whatever forms a client uses. */
static cx_status read_items(const input *in, cx_slice *ret)
{
	cx_status status = expect(in, CX_KIND_ARRAY);
	if (status != CX_OK)
		return status;
	uint32_t count = cx_read_array(in->reader);
	if (in->reader->failed)
		return refuse_bytes(in);
	if (count > in->field->items_max)
		return refuse_length(in, count, in->field->items_max, "items");

	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(ENGINE_RECORD_BYTES_MAX);
	cx_write_array(&out, count);
	for (uint32_t i = 0; i < count; i++) {
		status = read_item(in, &out);
		if (status != CX_OK)
			return status;
	}
	if (cx_buf_status(&out) == CX_TOO_LARGE)
		return cx_fail_field(in->error, CX_TOO_LONG, in->field->name,
		                     "%s: the list is over %d bytes", in->field->name,
		                     ENGINE_RECORD_BYTES_MAX);
	if (cx_buf_status(&out) != CX_OK)
		return cx_fail(in->error, cx_buf_status(&out), "%s: no memory for the value",
		               in->field->name);
	return copy_to_arena(in, cx_buf_slice(&out), ret);
}

static cx_status read_present(const input *in, const engine_references *references,
                              engine__value *value)
{
	switch (in->field->kind) {
	case ENGINE_BOOL:
		return read_bool(in, &value->integer);
	case ENGINE_INT:
	case ENGINE_MONEY:
		return read_integer(in, &value->integer);
	case ENGINE_DATE:
		return read_date(in, &value->integer);
	case ENGINE_TS:
		return read_ts(in, &value->integer);
	case ENGINE_ENUM:
		return read_label(in, &value->integer);
	case ENGINE_REF:
		return read_ref(in, references, &value->integer);
	case ENGINE_STRING:
	case ENGINE_TEXT:
		return read_text(in, &value->bytes);
	case ENGINE_BYTES:
		return read_bytes(in, &value->bytes);
	case ENGINE_INT_LIST:
	case ENGINE_STRING_LIST:
		return read_items(in, &value->bytes);
	}
	CX_UNREACHABLE();
}

cx_status engine__value_read(const engine_field *field, cx_reader *reader,
                             const engine_references *references, cx_arena *arena,
                             engine__value *ret, cx_error *error)
{
	if (cx_read_if_nil(reader)) {
		*ret = (engine__value){ 0 };
		return CX_OK;
	}
	const input in = { .field = field, .reader = reader, .arena = arena, .error = error };
	engine__value value = { .shape = engine__shape_of(field) };
	cx_status status = read_present(&in, references, &value);
	if (status != CX_OK)
		return status;
	*ret = value;
	return CX_OK;
}
