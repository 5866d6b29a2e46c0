/* SPDX-License-Identifier: Apache-2.0 */
/* Fields set from text as a person writes it. */
#include "base/msgpack.h"
#include "client/data/doc.h"
#include "client/error/error.h"
#include "client/filter/literal.h"

#include <string.h>

static bool is_text(cardex_kind kind)
{
	return kind == CARDEX_KIND_STRING || kind == CARDEX_KIND_TEXT;
}

static bool is_list(cardex_kind kind)
{
	return kind == CARDEX_KIND_INT_LIST || kind == CARDEX_KIND_STRING_LIST;
}

static cx_slice trim(cx_slice text)
{
	while (text.size > 0 && text.data[0] == ' ')
		text = cx_slice_from(text, 1);
	while (text.size > 0 && text.data[text.size - 1] == ' ')
		text.size--;
	return text;
}

static cx_status write_list(const cardex_field *field, cx_slice text, cx_buf *out,
                            cx_error *error)
{
	size_t place = cx_write_array_open(out);
	uint32_t count = 0;
	for (;;) {
		const uint8_t *comma = text.size > 0 ? memchr(text.data, ',', text.size) : NULL;
		cx_slice part = text;
		if (comma != NULL)
			part.size = (size_t)(comma - text.data);
		cx_status status = cardex__literal_write(field, true, trim(part), out, error);
		if (status != CX_OK)
			return status;
		count++;
		if (comma == NULL)
			break;
		text = cx_slice_from(text, part.size + 1);
	}
	cx_write_array_close(out, place, count);
	return CX_OK;
}

static cx_status write_value(const cardex_field *field, cx_slice text, cx_buf *out,
                             cx_error *error)
{
	if (is_text(field->kind))
		return cardex__literal_write(field, false, text, out, error);
	cx_slice value = field->kind == CARDEX_KIND_BYTES ? text : trim(text);
	if (value.size == 0) {
		cx_write_nil(out);
		return CX_OK;
	}
	if (is_list(field->kind))
		return write_list(field, value, out, error);
	return cardex__literal_write(field, false, value, out, error);
}

cardex_status cardex_set_from_text(cardex_doc *fields, const cardex_field *field,
                                   const char *text, cardex_error *error)
{
	cardex_status status = cardex_doc_status(fields);
	if (status == CARDEX_OK && fields->is_list)
		status = CARDEX_INVALID_ARGUMENT;
	if (status != CARDEX_OK)
		return cardex__fail(error, status, "the document of fields: %s",
		                    cardex_status_text(status));
	size_t before = fields->body.size;
	cx_error why;
	cx_write_text(&fields->body, field->name);
	cx_status failed = write_value(field, cx_slice_of(text), &fields->body, &why);
	if (failed != CX_OK) {
		cx_buf_truncate(&fields->body, before);
		return cardex__fail_as(error, &why);
	}
	fields->count++;
	status = cardex_doc_status(fields);
	return status == CARDEX_OK ? CARDEX_OK : cardex__fail_plain(error, status);
}
