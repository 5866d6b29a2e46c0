/* SPDX-License-Identifier: Apache-2.0 */
/* Replies: [1, msgid, error, result], as the daemon makes them. */
#include "base/check.h"
#include "proto/proto.h"

#include <stdio.h>

enum { TYPE_RESPONSE = 1, RESPONSE_ELEMENTS = 4 };

static void begin(uint32_t msgid, cx_buf *out)
{
	cx_write_array(out, RESPONSE_ELEMENTS);
	cx_write_uint(out, TYPE_RESPONSE);
	cx_write_uint(out, msgid);
}

void proto_reply_begin(uint32_t msgid, cx_buf *out)
{
	begin(msgid, out);
	cx_write_nil(out);
}

static const char *message_of(cx_status status, const cx_error *error)
{
	if (error != NULL && error->text[0] != '\0')
		return error->text;
	return cx_status_text(status);
}

static void write_string(cx_status status, const char *message, cx_buf *out)
{
	char text[CX_ERROR_TEXT_SIZE + CX_ERROR_NAME_SIZE];
	int size = snprintf(text, sizeof text, "%s: %s", cx_status_name(status), message);
	CX_ASSERT(size > 0 && (size_t)size < sizeof text); /* a status has a short name */
	cx_write_text(out, text);
}

static void write_text_member(const char *key, const char *text, cx_buf *out)
{
	if (text[0] == '\0')
		return;
	cx_write_text(out, key);
	cx_write_text(out, text);
}

static void write_number_member(const char *key, uint32_t number, cx_buf *out)
{
	if (number == 0)
		return;
	cx_write_text(out, key);
	cx_write_uint(out, number);
}

static void write_details(const cx_error *error, cx_buf *out)
{
	if (error == NULL) {
		cx_write_map(out, 0);
		return;
	}
	unsigned known = 0;
	known += error->field[0] != '\0';
	known += error->index[0] != '\0';
	known += error->line != 0;
	known += error->column != 0;
	cx_write_map(out, known);
	write_text_member("field", error->field, out);
	write_text_member("index", error->index, out);
	write_number_member("line", error->line, out);
	write_number_member("column", error->column, out);
}

static void write_map(cx_status status, const char *message, const cx_error *error, cx_buf *out)
{
	cx_write_map(out, 5);
	cx_write_text(out, "code");
	cx_write_uint(out, cx_status_wire(status));
	cx_write_text(out, "name");
	cx_write_text(out, cx_status_name(status));
	cx_write_text(out, "message");
	cx_write_text(out, message);
	cx_write_text(out, "retryable");
	cx_write_bool(out, cx_status_is_retryable(status));
	cx_write_text(out, "details");
	write_details(error, out);
}

void proto_reply_error(uint32_t msgid, cx_status status, const cx_error *error,
                       proto_error_form form, cx_buf *out)
{
	CX_ASSERT(status != CX_OK);
	const char *message = message_of(status, error);
	begin(msgid, out);
	switch (form) {
	case PROTO_ERRORS_STRING:
		write_string(status, message, out);
		break;
	case PROTO_ERRORS_MAP:
		write_map(status, message, error, out);
		break;
	}
	cx_write_nil(out);
}

void proto_error_write(cx_status status, const cx_error *error, cx_buf *out)
{
	CX_ASSERT(status != CX_OK);
	write_map(status, message_of(status, error), error, out);
}
