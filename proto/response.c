/* SPDX-License-Identifier: Apache-2.0 */
/* Responses as a client reads them. Nothing here trusts the server: whatever bytes come, the
 * outcome is one of CX_MALFORMED, a result, or an error with a status and a printable text. */
#include "proto/proto.h"

#include <stdio.h>
#include <string.h>

/* What an error says, in either form; empty slices and zeroes for what it does not say. */
typedef struct failure {
	bool has_code;
	uint64_t code;
	cx_slice name;
	cx_slice message;
	bool retryable;
	cx_slice field;
	cx_slice index;
	uint64_t line;
	uint64_t column;
} failure;

static bool status_of_name(cx_slice name, cx_status *ret)
{
	for (unsigned i = 0; i < CX_STATUS_COUNT; i++) {
		if (cx_slice_equal(name, cx_slice_of(cx_status_name((cx_status)i)))) {
			*ret = (cx_status)i;
			return true;
		}
	}
	return false;
}

/* False when this build does not know it. "OK" is no error and so unknown here. */
static bool status_of(const failure *from, cx_status *ret)
{
	cx_status status = CX_OK;
	if (from->has_code && from->code <= UINT32_MAX) {
		status = cx_status_of_wire((uint32_t)from->code);
		if (cx_status_wire(status) != from->code)
			return false;
	} else if (!status_of_name(from->name, &status)) {
		return false;
	}
	*ret = status;
	return status != CX_OK;
}

/* "NAME: message". Without a name in front, all of it is the message. */
static void split_string(cx_slice text, failure *ret)
{
	const uint8_t *colon = NULL;
	if (text.size > 0)
		colon = memchr(text.data, ':', text.size);
	size_t name_size = colon == NULL ? text.size : (size_t)(colon - text.data);
	cx_status ignored;
	cx_slice name = { .data = text.data, .size = name_size };
	ret->message = text;
	if (!status_of_name(name, &ignored))
		return;
	ret->name = name;
	cx_slice rest = cx_slice_from(text, name_size);
	if (cx_slice_starts_with(rest, CX_SLICE_LITERAL(": ")))
		rest = cx_slice_from(rest, 2);
	ret->message = rest;
}

static bool read_details(cx_reader *reader, failure *ret)
{
	uint32_t pairs = cx_read_map(reader);
	for (uint32_t i = 0; i < pairs && !reader->failed; i++) {
		cx_slice key = cx_read_str(reader);
		if (cx_slice_equal(key, CX_SLICE_LITERAL("field")))
			ret->field = cx_read_str(reader);
		else if (cx_slice_equal(key, CX_SLICE_LITERAL("index")))
			ret->index = cx_read_str(reader);
		else if (cx_slice_equal(key, CX_SLICE_LITERAL("line")))
			ret->line = cx_read_uint(reader);
		else if (cx_slice_equal(key, CX_SLICE_LITERAL("column")))
			ret->column = cx_read_uint(reader);
		else
			cx_read_skip(reader);
	}
	return !reader->failed;
}

static bool read_map(cx_reader *reader, failure *ret)
{
	uint32_t pairs = cx_read_map(reader);
	for (uint32_t i = 0; i < pairs && !reader->failed; i++) {
		cx_slice key = cx_read_str(reader);
		if (cx_slice_equal(key, CX_SLICE_LITERAL("code"))) {
			ret->code = cx_read_uint(reader);
			ret->has_code = true;
		} else if (cx_slice_equal(key, CX_SLICE_LITERAL("name"))) {
			ret->name = cx_read_str(reader);
		} else if (cx_slice_equal(key, CX_SLICE_LITERAL("message"))) {
			ret->message = cx_read_str(reader);
		} else if (cx_slice_equal(key, CX_SLICE_LITERAL("retryable"))) {
			ret->retryable = cx_read_bool(reader);
		} else if (cx_slice_equal(key, CX_SLICE_LITERAL("details"))) {
			(void)read_details(reader, ret);
		} else {
			cx_read_skip(reader);
		}
	}
	return !reader->failed;
}

static bool read_failure(cx_reader *reader, failure *ret)
{
	if (cx_reader_peek(reader) == CX_KIND_MAP)
		return read_map(reader, ret);
	if (cx_reader_peek(reader) != CX_KIND_STR)
		return false;
	split_string(cx_read_str(reader), ret);
	return !reader->failed;
}

static uint32_t clamp(uint64_t number)
{
	return number > UINT32_MAX ? UINT32_MAX : (uint32_t)number;
}

/* The begin of a text, more of it than any member of cx_error holds; what is cut there is cut
 * at a character. */
static cx_slice shorten(cx_slice text)
{
	if (text.size > CX_ERROR_TEXT_SIZE)
		text.size = CX_ERROR_TEXT_SIZE;
	return text;
}

static void copy_name(cx_slice name, char to[CX_ERROR_NAME_SIZE])
{
	char text[CX_ERROR_TEXT_SIZE + 1];
	snprintf(text, sizeof text, "%.*s", CX_SLICE_ARG(shorten(name)));
	cx_error cut;
	cx_fail_field(&cut, CX_OK, text, "%s", "");
	memcpy(to, cut.field, sizeof cut.field);
}

static void fill_error(const failure *from, cx_error *error, bool *ret_retryable)
{
	cx_slice message = shorten(from->message);
	cx_status status = CX_INTERNAL;
	if (status_of(from, &status)) {
		const char *text = cx_status_text(status);
		*ret_retryable = cx_status_is_retryable(status);
		cx_fail(error, status, "%.*s", CX_SLICE_ARG(message));
		if (message.size == 0)
			cx_fail(error, status, "%s", text);
	} else {
		status = CX_INTERNAL;
		cx_slice name = shorten(from->name);
		*ret_retryable = from->retryable;
		cx_fail(error, status, "%.*s%s%.*s", CX_SLICE_ARG(name),
		        name.size > 0 ? ": " : "", CX_SLICE_ARG(message));
	}
	copy_name(from->field, error->field);
	copy_name(from->index, error->index);
	error->line = clamp(from->line);
	error->column = clamp(from->column);
}

cx_status proto_error_decode(cx_slice value, cx_error *ret, bool *ret_retryable)
{
	cx_reader reader = cx_reader_of(value);
	failure why = { 0 };
	if (!read_failure(&reader, &why) || reader.rest.size > 0)
		return CX_MALFORMED;
	fill_error(&why, ret, ret_retryable);
	return CX_OK;
}

cx_status proto_response_decode(cx_slice message, proto_response *ret)
{
	CX_UNSET proto_response response;
	response.status = CX_OK;
	response.retryable = false;
	response.result = (cx_slice){ 0 };
	cx_error_clear(&response.error);
	proto_kind kind;
	if (proto_message_kind(message, &kind, &response.msgid) != CX_OK ||
	    kind != PROTO_RESPONSE)
		return CX_MALFORMED;

	cx_reader reader = cx_reader_of(message);
	cx_read_array(&reader);
	cx_read_skip_many(&reader, 2);
	failure why = { 0 };
	bool failed = !cx_read_if_nil(&reader);
	if (failed && !read_failure(&reader, &why))
		return CX_MALFORMED;
	cx_slice result = cx_read_skip(&reader);
	if (reader.failed || reader.rest.size > 0)
		return CX_MALFORMED;
	if (failed)
		fill_error(&why, &response.error, &response.retryable);
	else
		response.result = result;
	response.status = failed ? response.error.status : CX_OK;
	*ret = response;
	return CX_OK;
}
