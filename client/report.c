/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "client/cardex_report.h"

#include <string.h>

cardex_status cardex_report_run(cardex_conn *conn, const char *name, const cardex_doc *params,
                                cardex_result **ret, cardex_error *error)
{
	const cardex_request request = { .method = CARDEX_METHOD_REPORT,
		                         .text = name != NULL ? name : "",
		                         .fields = params };
	return cardex_call(conn, &request, ret, error);
}

cardex_status cardex_report_list(cardex_conn *conn, cardex_result **ret, cardex_error *error)
{
	const cardex_request request = { .method = CARDEX_METHOD_REPORT };
	return cardex_call(conn, &request, ret, error);
}

/* ---- the whole ---- */

static const cardex_value *member(const cardex_result *result, const char *key)
{
	return cardex_value_member(cardex_result_value(result), key);
}

bool cardex_report_info_of(const cardex_result *result, cardex_report_info *ret)
{
	if (cardex_value_kind_of(member(result, "sections")) != CARDEX_VALUE_LIST)
		return false;
	*ret = (cardex_report_info){
		.name = cardex_value_text(member(result, "report")),
		.seq = (uint64_t)cardex_value_int(member(result, "seq")),
		.as_of_ms = cardex_value_int(member(result, "as_of")),
		.currency = cardex_value_text(member(result, "currency")),
		.params = member(result, "params"),
		.section_count = cardex_value_count(member(result, "sections")),
		.note_count = cardex_value_count(member(result, "notes")),
		.keys = (uint64_t)cardex_value_int(member(result, "keys")),
		.fetched = (uint64_t)cardex_value_int(member(result, "fetched")),
	};
	return true;
}

bool cardex_report_note(const cardex_result *result, size_t i, const char **ret_en,
                        const char **ret_zh)
{
	const cardex_value *note = cardex_value_at(member(result, "notes"), i);
	if (note == NULL)
		return false;
	*ret_en = cardex_value_text(cardex_value_member(note, "text_en"));
	*ret_zh = cardex_value_text(cardex_value_member(note, "text_zh"));
	return true;
}

/* ---- sections and columns ---- */

static const cardex_value *section_value(const cardex_result *result, size_t section)
{
	return cardex_value_at(member(result, "sections"), section);
}

static const cardex_value *columns_of(const cardex_result *result, size_t section)
{
	return cardex_value_member(section_value(result, section), "columns");
}

static const char *text_of(const cardex_value *map, const char *key)
{
	return cardex_value_text(cardex_value_member(map, key));
}

/* The number of the map in the list that is called so. */
static int find(const cardex_value *list, const char *name)
{
	for (size_t i = 0; i < cardex_value_count(list); i++)
		if (strcmp(text_of(cardex_value_at(list, i), "name"), name) == 0)
			return (int)i;
	return -1;
}

bool cardex_report_section_at(const cardex_result *result, size_t section,
                              cardex_report_section *ret)
{
	const cardex_value *value = section_value(result, section);
	if (value == NULL)
		return false;
	*ret = (cardex_report_section){
		.name = text_of(value, "name"),
		.label_en = text_of(value, "label_en"),
		.label_zh = text_of(value, "label_zh"),
		.column_count = cardex_value_count(columns_of(result, section)),
		.row_count = cardex_value_count(cardex_value_member(value, "rows")),
		.more = cardex_value_bool(cardex_value_member(value, "more")),
	};
	return true;
}

int cardex_report_section_of(const cardex_result *result, const char *name)
{
	return find(member(result, "sections"), name);
}

static cardex_report_kind kind_of(const char *name)
{
	static const char *const names[] = {
		[CARDEX_REPORT_BOOL] = "bool",   [CARDEX_REPORT_INT] = "int",
		[CARDEX_REPORT_MONEY] = "money", [CARDEX_REPORT_BP] = "bp",
		[CARDEX_REPORT_CENTI] = "centi", [CARDEX_REPORT_MILLI] = "milli",
		[CARDEX_REPORT_DATE] = "date",   [CARDEX_REPORT_MONTH] = "month",
		[CARDEX_REPORT_TS] = "ts",       [CARDEX_REPORT_MS] = "ms",
		[CARDEX_REPORT_TEXT] = "text",   [CARDEX_REPORT_ENUM] = "enum",
		[CARDEX_REPORT_REF] = "ref",     [CARDEX_REPORT_ID] = "id",
	};
	for (size_t i = 0; i < CX_COUNT_OF(names); i++)
		if (strcmp(name, names[i]) == 0)
			return (cardex_report_kind)i;
	return CARDEX_REPORT_OTHER;
}

bool cardex_report_column_at(const cardex_result *result, size_t section, size_t column,
                             cardex_report_column *ret)
{
	const cardex_value *value = cardex_value_at(columns_of(result, section), column);
	if (value == NULL)
		return false;
	*ret = (cardex_report_column){
		.name = text_of(value, "name"),
		.kind = kind_of(text_of(value, "kind")),
		.label_en = text_of(value, "label_en"),
		.label_zh = text_of(value, "label_zh"),
		.of = text_of(value, "of"),
	};
	return true;
}

int cardex_report_column_of(const cardex_result *result, size_t section, const char *name)
{
	return find(columns_of(result, section), name);
}

/* ---- cells ---- */

const cardex_value *cardex_report_cell(const cardex_result *result, size_t section, size_t row,
                                       size_t column)
{
	const cardex_value *rows = cardex_value_member(section_value(result, section), "rows");
	return cardex_value_at(cardex_value_at(rows, row), column);
}

static const cardex_value *cell_of(const cardex_result *result, size_t section, size_t row,
                                   const char *name)
{
	const int column = cardex_report_column_of(result, section, name);
	return column < 0 ? NULL : cardex_report_cell(result, section, row, (size_t)column);
}

bool cardex_report_is_null(const cardex_result *result, size_t section, size_t row,
                           const char *column)
{
	return cardex_value_kind_of(cell_of(result, section, row, column)) == CARDEX_VALUE_NULL;
}

int64_t cardex_report_int(const cardex_result *result, size_t section, size_t row,
                          const char *column)
{
	return cardex_value_int(cell_of(result, section, row, column));
}

const char *cardex_report_text(const cardex_result *result, size_t section, size_t row,
                               const char *column)
{
	return cardex_value_text(cell_of(result, section, row, column));
}

/* ---- names ---- */

const char *cardex_report_name(const cardex_result *result, const char *type, int64_t id,
                               bool chinese)
{
	const cardex_value *names = cardex_value_member(member(result, "names"), type);
	size_t low = 0, high = cardex_value_count(names);
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const cardex_value *entry = cardex_value_at(names, middle);
		const int64_t at = cardex_value_int(cardex_value_at(entry, 0));
		if (at == id)
			return cardex_value_text(cardex_value_at(entry, chinese ? 2 : 1));
		if (at < id)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
