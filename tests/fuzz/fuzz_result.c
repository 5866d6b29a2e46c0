/* SPDX-License-Identifier: Apache-2.0 */
/* Any answer to any method: a result whose every value can be walked, or refused. The first
 * byte chooses the method. */
#include "base/check.h"
#include "client/schema/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t walk(const cardex_value *value)
{
	size_t size = 0;
	const char *text = cardex_value_text(value);
	const char *bytes = cardex_value_bytes(value, &size);
	size_t sum = bytes == NULL ? 0 : size;
	if (text != NULL)
		CX_ASSERT(text[size] == '\0');
	for (size_t i = 0; i < cardex_value_count(value); i++)
		sum += walk(cardex_value_key(value, i)) + walk(cardex_value_at(value, i));
	return sum;
}

static void read_all(const cardex_result *result)
{
	(void)walk(cardex_result_value(result));
	for (size_t i = 0; i < cardex_row_count(result); i++)
		for (size_t n = 0; n < cardex_column_count(result); n++) {
			const cardex_row *row = cardex_row_at(result, i);
			CX_ASSERT(cardex_row_column(row, n) != NULL);
			(void)cardex_row_text(row, cardex_column_name(result, n));
		}
	cardex_outcome outcome;
	for (size_t i = 0; cardex_result_outcome(result, i, &outcome); i++)
		CX_ASSERT(outcome.rev >= 0);
	const cardex_page *page = cardex_result_page(result);
	if (page != NULL)
		CX_ASSERT(page->more == (page->after_size > 0) && page->reason != NULL);
}

static void read_schema(cardex_result **result)
{
	CX_SCOPED(cardex_schema_free) cardex_schema *schema = NULL;
	if (cardex__schema_new(result, &schema) != CX_OK)
		return;
	for (size_t i = 0; i < cardex_schema_type_count(schema); i++) {
		const cardex_type *type = cardex_schema_type_at(schema, i);
		for (size_t n = 0; n < type->field_count; n++)
			CX_ASSERT(cardex_type_field(type, type->fields[n].name) != NULL);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const cx_scan_limits limits = { .bytes = 65536, .items = 10000, .depth = 16 };
	if (size < 2)
		return 0;
	cx_slice bytes = { .data = data + 1, .size = size - 1 };
	if (cx_scan_whole(bytes, limits) != CX_OK)
		return 0;
	cardex__asked asked = { .method = (proto_method)(data[0] % PROTO_METHOD_COUNT_ALL),
		                .explain = data[0] >= 128 };
	CX_SCOPED(cardex_result_free) cardex_result *result = NULL;
	if (cardex__result_new(bytes, &asked, &result) != CX_OK)
		return 0;
	read_all(result);
	if (asked.method == PROTO_SCHEMA_GET)
		read_schema(&result);
	return 0;
}
