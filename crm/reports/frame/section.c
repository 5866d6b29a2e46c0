/* SPDX-License-Identifier: Apache-2.0 */
/* Sections whose columns are fields of a record type. */
#include "base/check.h"
#include "crm/reports/frame/read.h"
#include "crm/reports/frame/values.h"

static crm_report_kind kind_of(const engine_field *field)
{
	switch (field->kind) {
	case ENGINE_BOOL:
		return CRM_BOOL;
	case ENGINE_MONEY:
		return CRM_MONEY;
	case ENGINE_DATE:
		return CRM_DATE;
	case ENGINE_TS:
		return CRM_TS;
	case ENGINE_ENUM:
		return CRM_ENUM;
	case ENGINE_REF:
		return CRM_REF;
	case ENGINE_INT:
		return CRM_INT;
	case ENGINE_STRING:
	case ENGINE_TEXT:
	case ENGINE_BYTES:
	case ENGINE_INT_LIST:
	case ENGINE_STRING_LIST:
		return CRM_TEXT;
	}
	CX_UNREACHABLE();
}

static bool ends_with(const char *text, const char *end)
{
	const size_t size = strlen(text), end_size = strlen(end);
	return size >= end_size && strcmp(text + size - end_size, end) == 0;
}

/* By the names that the schema gives: *_bp, *_milli, *_ms; *_base is in the base currency. */
static crm__column column_of(const engine_field *field, const engine_type *type)
{
	crm__column ret = { .name = field->name,
		            .kind = kind_of(field),
		            .label_en = field->label_en,
		            .label_zh = field->label_zh };
	if (ret.kind == CRM_INT && ends_with(field->name, "_bp"))
		ret.kind = CRM_BP;
	else if (ret.kind == CRM_INT && ends_with(field->name, "_milli"))
		ret.kind = CRM_MILLI;
	else if (ret.kind == CRM_INT && ends_with(field->name, "_ms"))
		ret.kind = CRM_MS;
	if (ret.kind == CRM_REF)
		ret.of = field->target->name;
	if (field->slot == ENGINE_SLOT_ID) {
		ret.kind = CRM_ID;
		ret.of = type->name;
	}
	if (ret.kind == CRM_MONEY && !ends_with(field->name, "_base") &&
	    engine_type_field(type, CX_SLICE_LITERAL("currency")) != NULL)
		ret.of = "currency";
	return ret;
}

cx_status crm__section_of(crm__report *self, const crm__section *named, const char *type_name,
                          const char *words, const crm__section **ret)
{
	const engine_type *type;
	const engine_field *fields[CRM__FIELDS_MAX];
	size_t count;
	cx_status status = crm__type(self, type_name, &type);
	if (status == CX_OK)
		status = crm__fields_of(self, type, words, fields, &count);
	if (status != CX_OK)
		return status;
	crm__column *columns = cx_arena_zalloc(self->arena, count * sizeof *columns);
	crm__section *section = cx_arena_zalloc(self->arena, sizeof *section);
	if (columns == NULL || section == NULL)
		return CX_NO_MEMORY;
	for (size_t i = 0; i < count; i++)
		columns[i] = column_of(fields[i], type);
	*section = *named;
	section->columns = columns;
	section->column_count = count;
	*ret = section;
	return CX_OK;
}
