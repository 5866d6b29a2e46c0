/* SPDX-License-Identifier: Apache-2.0 */
#include "client/data/report.h"

static bool is(const cardex_value *value, cardex_value_kind kind)
{
	return cardex_value_kind_of(value) == kind;
}

static bool has(const cardex_value *map, const char *key, cardex_value_kind kind)
{
	return is(cardex_value_member(map, key), kind);
}

static bool has_labels(const cardex_value *map)
{
	return has(map, "name", CARDEX_VALUE_TEXT) && has(map, "label_en", CARDEX_VALUE_TEXT) &&
	       has(map, "label_zh", CARDEX_VALUE_TEXT);
}

static bool are_columns(const cardex_value *columns)
{
	if (!is(columns, CARDEX_VALUE_LIST))
		return false;
	for (size_t i = 0; i < cardex_value_count(columns); i++) {
		const cardex_value *column = cardex_value_at(columns, i);
		const cardex_value *of = cardex_value_member(column, "of");
		if (!has_labels(column) || !has(column, "kind", CARDEX_VALUE_TEXT) ||
		    (!is(of, CARDEX_VALUE_TEXT) && !is(of, CARDEX_VALUE_NULL)))
			return false;
	}
	return true;
}

static bool are_rows(const cardex_value *rows, size_t columns)
{
	if (!is(rows, CARDEX_VALUE_LIST))
		return false;
	for (size_t i = 0; i < cardex_value_count(rows); i++) {
		const cardex_value *row = cardex_value_at(rows, i);
		if (!is(row, CARDEX_VALUE_LIST) || cardex_value_count(row) != columns)
			return false;
	}
	return true;
}

static bool are_sections(const cardex_value *sections)
{
	if (!is(sections, CARDEX_VALUE_LIST))
		return false;
	for (size_t i = 0; i < cardex_value_count(sections); i++) {
		const cardex_value *section = cardex_value_at(sections, i);
		const cardex_value *columns = cardex_value_member(section, "columns");
		if (!has_labels(section) || !are_columns(columns) ||
		    !are_rows(cardex_value_member(section, "rows"),
		              cardex_value_count(columns)))
			return false;
	}
	return true;
}

static bool are_notes(const cardex_value *notes)
{
	if (!is(notes, CARDEX_VALUE_LIST))
		return false;
	for (size_t i = 0; i < cardex_value_count(notes); i++)
		if (!has(cardex_value_at(notes, i), "text_en", CARDEX_VALUE_TEXT) ||
		    !has(cardex_value_at(notes, i), "text_zh", CARDEX_VALUE_TEXT))
			return false;
	return true;
}

static bool are_reports(const cardex_value *list)
{
	for (size_t i = 0; i < cardex_value_count(list); i++)
		if (!has(cardex_value_at(list, i), "name", CARDEX_VALUE_TEXT) ||
		    !has(cardex_value_at(list, i), "params", CARDEX_VALUE_LIST))
			return false;
	return true;
}

cx_status cardex__report_check(const cardex_value *root)
{
	if (is(root, CARDEX_VALUE_LIST))
		return are_reports(root) ? CX_OK : CX_MALFORMED;
	const bool good = has(root, "report", CARDEX_VALUE_TEXT) &&
	                  has(root, "currency", CARDEX_VALUE_TEXT) &&
	                  has(root, "params", CARDEX_VALUE_MAP) &&
	                  has(root, "names", CARDEX_VALUE_MAP) &&
	                  are_sections(cardex_value_member(root, "sections")) &&
	                  are_notes(cardex_value_member(root, "notes"));
	return good ? CX_OK : CX_MALFORMED;
}
