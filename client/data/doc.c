/* SPDX-License-Identifier: Apache-2.0 */
#include "client/data/doc.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/msgpack.h"
#include "proto/limits.h"

#include <stdlib.h>

enum { DOC_BYTES_MAX = 8 * 1024 * 1024 };

cardex_doc *cardex__doc_new(bool is_list)
{
	cardex_doc *doc = calloc(1, sizeof *doc);
	if (doc == NULL)
		return NULL;
	doc->is_list = is_list;
	doc->body = CX_BUF_INIT(DOC_BYTES_MAX);
	return doc;
}

cardex_doc *cardex_fields_new(void)
{
	return cardex__doc_new(false);
}

cardex_doc *cardex_list_new(void)
{
	return cardex__doc_new(true);
}

void cardex_doc_free(cardex_doc **doc)
{
	if (*doc == NULL)
		return;
	cx_buf_release(&(*doc)->body);
	free(*doc);
	*doc = NULL;
}

static cx_status status_of(const cardex_doc *doc)
{
	if (doc == NULL)
		return CX_NO_MEMORY;
	return doc->failed != CX_OK ? doc->failed : cx_buf_status(&doc->body);
}

cardex_status cardex_doc_status(const cardex_doc *doc)
{
	return (cardex_status)cx_status_wire(status_of(doc));
}

void cardex__doc_write(const cardex_doc *doc, cx_buf *out)
{
	CX_ASSERT(status_of(doc) == CX_OK);
	if (doc->is_list)
		cx_write_array(out, doc->count);
	else
		cx_write_map(out, doc->count);
	cx_write_raw(out, cx_buf_slice(&doc->body));
}

/* Makes ready for the value of `name`; NULL when nothing can be added any more. */
static cx_buf *begin_field(cardex_doc *doc, const char *name)
{
	if (status_of(doc) != CX_OK)
		return NULL;
	if (doc->is_list || name == NULL) {
		doc->failed = CX_INVALID_ARGUMENT;
		return NULL;
	}
	doc->count++;
	cx_write_text(&doc->body, name);
	return &doc->body;
}

static cx_buf *begin_element(cardex_doc *doc)
{
	if (status_of(doc) != CX_OK)
		return NULL;
	if (!doc->is_list) {
		doc->failed = CX_INVALID_ARGUMENT;
		return NULL;
	}
	doc->count++;
	return &doc->body;
}

static void write_null(cx_buf *out)
{
	if (out != NULL)
		cx_write_nil(out);
}

static void write_bool(cx_buf *out, bool value)
{
	if (out != NULL)
		cx_write_bool(out, value);
}

static void write_int(cx_buf *out, int64_t value)
{
	if (out != NULL)
		cx_write_int(out, value);
}

static void write_text(cx_buf *out, const char *value)
{
	if (out == NULL)
		return;
	if (value == NULL)
		cx_write_nil(out);
	else
		cx_write_text(out, value);
}

static void write_bytes(cx_buf *out, const void *bytes, size_t size)
{
	if (out != NULL)
		cx_write_bin(out, (cx_slice){ .data = bytes, .size = size });
}

/* Copies `list` into `doc`, whose value it becomes. */
static void write_list(cardex_doc *doc, cx_buf *out, const cardex_doc *list)
{
	if (out == NULL)
		return;
	if (status_of(list) != CX_OK || !list->is_list || list == doc) {
		cx_status why = status_of(list);
		doc->failed = why != CX_OK ? why : CX_INVALID_ARGUMENT;
		return;
	}
	cardex__doc_write(list, out);
}

void cardex_set_null(cardex_doc *fields, const char *name)
{
	write_null(begin_field(fields, name));
}

void cardex_set_bool(cardex_doc *fields, const char *name, bool value)
{
	write_bool(begin_field(fields, name), value);
}

void cardex_set_int(cardex_doc *fields, const char *name, int64_t value)
{
	write_int(begin_field(fields, name), value);
}

void cardex_set_text(cardex_doc *fields, const char *name, const char *value)
{
	write_text(begin_field(fields, name), value);
}

void cardex_set_bytes(cardex_doc *fields, const char *name, const void *bytes, size_t size)
{
	write_bytes(begin_field(fields, name), bytes, size);
}

void cardex_set_list(cardex_doc *fields, const char *name, const cardex_doc *list)
{
	write_list(fields, begin_field(fields, name), list);
}

void cardex_set_outcome(cardex_doc *fields, const char *name, size_t operation)
{
	cx_buf *out = begin_field(fields, name);
	if (out == NULL)
		return;
	if (operation >= PROTO_BATCH_OPERATIONS_MAX) {
		fields->failed = CX_INVALID_ARGUMENT;
		return;
	}
	cx_write_map(out, 1);
	cx_write_text(out, "$");
	cx_write_uint(out, operation);
}

void cardex_add_null(cardex_doc *list)
{
	write_null(begin_element(list));
}

void cardex_add_bool(cardex_doc *list, bool value)
{
	write_bool(begin_element(list), value);
}

void cardex_add_int(cardex_doc *list, int64_t value)
{
	write_int(begin_element(list), value);
}

void cardex_add_text(cardex_doc *list, const char *value)
{
	write_text(begin_element(list), value);
}

void cardex_add_bytes(cardex_doc *list, const void *bytes, size_t size)
{
	write_bytes(begin_element(list), bytes, size);
}

void cardex_add_list(cardex_doc *list, const cardex_doc *other)
{
	write_list(list, begin_element(list), other);
}

bool cardex_date_parse(const char *text, int64_t *ret_days)
{
	return cx_date_parse(cx_slice_of(text), ret_days);
}

bool cardex_ts_parse(const char *text, int64_t *ret_ms)
{
	return cx_ts_parse(cx_slice_of(text), ret_ms);
}

void cardex_date_format(int64_t days, char text[32])
{
	_Static_assert(CX_DATE_TEXT_SIZE <= 32, "as the header promises");
	cx_date_format(days, text);
}

void cardex_ts_format(int64_t ms, char text[40])
{
	_Static_assert(CX_TS_TEXT_SIZE <= 40, "as the header promises");
	cx_ts_format(ms, text);
}
