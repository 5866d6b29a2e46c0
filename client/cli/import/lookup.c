/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/import/lookup.h"

#include "client/cli/format.h"

static cardex_status ask(cli_lookups *self, const cardex_type *type, const cardex_index *index,
                         const char *value, int64_t *ret)
{
	const cardex_field *field = cardex_type_field(type, index->columns[0].field);
	cardex_doc *values = cardex_list_new();
	int64_t number;
	*ret = 0;
	if (field->kind == CARDEX_KIND_STRING || field->kind == CARDEX_KIND_TEXT ||
	    field->kind == CARDEX_KIND_ENUM)
		cardex_add_text(values, value);
	else if (cli_decimal_parse(cx_slice_of(value), 0, false, &number))
		cardex_add_int(values, number);
	else
		cardex_add_null(values); /* nothing is equal to it */
	cardex_result *found = NULL;
	cardex_status status = cardex_lookup(self->context->conn, type->name, index->name,
	                                     values, &found, &self->context->error);
	cardex_doc_free(&values);
	if (status == CARDEX_OK && cardex_row_count(found) == 1)
		*ret = cardex_row_int(cardex_row_at(found, 0), "id");
	cardex_result_free(&found);
	const bool none = status == CARDEX_NOT_FOUND || status == CARDEX_TOO_LONG;
	return none ? CARDEX_OK : status;
}

cardex_status cli_lookup(cli_lookups *self, const cardex_type *type, const cardex_index *index,
                         const char *value, bool final, int64_t *ret)
{
	CX_SCOPED(cx_buf_release) cx_buf key = CX_BUF_INIT(1 << 21);
	cx_buf_printf(&key, "%s %s %s", type->name, index->name, value);
	cx_buf_append_byte(&key, 0);
	if (self->ids == NULL)
		self->ids = json_object();
	if (self->ids == NULL || cx_buf_status(&key) != CX_OK)
		return CARDEX_NO_MEMORY;
	const json_t *known = json_object_get(self->ids, (const char *)key.data);
	if (known != NULL) {
		*ret = json_integer_value(known);
		return CARDEX_OK;
	}
	cardex_status status = ask(self, type, index, value, ret);
	if (status == CARDEX_OK && (*ret != 0 || final))
		json_object_set_new(self->ids, (const char *)key.data, json_integer(*ret));
	return status;
}

void cli_lookups_release(cli_lookups *self)
{
	json_decref(self->ids);
	self->ids = NULL;
}
