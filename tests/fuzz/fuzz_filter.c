/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as a filter, with and without a schema: it becomes one well-formed MessagePack array
 * or an error whose column lies in the text. */
#include "base/check.h"
#include "base/msgpack.h"
#include "client/data/doc.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const labels[] = { "lead", "won" };

static const cardex_field fields[] = {
	{ .name = "a", .kind = CARDEX_KIND_STRING, .kind_name = "string" },
	{ .name = "b", .kind = CARDEX_KIND_INT, .kind_name = "int" },
	{ .name = "c", .kind = CARDEX_KIND_MONEY, .kind_name = "money" },
	{ .name = "d", .kind = CARDEX_KIND_DATE, .kind_name = "date" },
	{ .name = "e", .kind = CARDEX_KIND_TS, .kind_name = "ts" },
	{ .name = "f",
	  .kind = CARDEX_KIND_ENUM,
	  .kind_name = "enum",
	  .labels = labels,
	  .label_count = 2 },
	{ .name = "g", .kind = CARDEX_KIND_STRING_LIST, .kind_name = "list<string>" },
	{ .name = "h", .kind = CARDEX_KIND_BOOL, .kind_name = "bool" },
};

static const cardex_type type = { .name = "t",
	                          .fields = fields,
	                          .field_count = sizeof fields / sizeof fields[0] };

static void check_filter(const cardex_doc *doc)
{
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(64 * 1024 * 1024);
	CX_ASSERT(cardex_doc_status(doc) == CARDEX_OK);
	cardex__doc_write(doc, &out);
	cx_reader reader = cx_reader_of(cx_buf_slice(&out));
	CX_ASSERT(cx_reader_peek(&reader) == CX_KIND_ARRAY);
	cx_read_skip(&reader);
	CX_ASSERT(!reader.failed && reader.rest.size == 0);
}

static void parse(const char *text, const cardex_type *known)
{
	CX_SCOPED(cardex_doc_free) cardex_doc *doc = NULL;
	cardex_error error;
	cardex_status status = cardex_filter_parse(text, known, &doc, &error);
	if (status == CARDEX_OK) {
		check_filter(doc);
		return;
	}
	CX_ASSERT(doc == NULL && error.status == status && error.message[0] != '\0');
	CX_ASSERT(error.column <= strlen(text) + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	CX_ASSERT(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	parse(text, NULL);
	parse(text, &type);
	free(text);
	return 0;
}
