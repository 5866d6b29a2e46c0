/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/reports/frame/values.h"

#include "base/check.h"
#include "crm/reports/frame/read.h"

crm__value crm__value_read(cx_reader *reader)
{
	switch (cx_reader_peek(reader)) {
	case CX_KIND_BOOL:
		return crm__number(cx_read_bool(reader));
	case CX_KIND_INT:
		return crm__number(cx_read_int(reader));
	case CX_KIND_STR:
		return (crm__value){ .kind = CRM__TEXT, .text = cx_read_str(reader) };
	case CX_KIND_NIL:
	case CX_KIND_FLOAT:
	case CX_KIND_BIN:
	case CX_KIND_ARRAY:
	case CX_KIND_MAP:
	case CX_KIND_END:
	case CX_KIND_BAD:
		break;
	}
	cx_read_skip(reader);
	return (crm__value){ .kind = CRM__NULL };
}

void crm__value_write(const crm__value *value, cx_buf *out)
{
	switch (value->kind) {
	case CRM__NONE:
	case CRM__NULL:
		cx_write_nil(out);
		return;
	case CRM__NUMBER:
		cx_write_int(out, value->number);
		return;
	case CRM__TEXT:
		cx_write_str(out, value->text);
		return;
	}
	CX_UNREACHABLE();
}

static uint16_t last_slot(const engine_field *const *fields, size_t count)
{
	uint16_t last = 0;
	for (size_t i = 0; i < count; i++)
		if (fields[i]->slot > last)
			last = fields[i]->slot;
	return last;
}

cx_status crm__values_pick(crm__report *self, const engine_row *row,
                           const engine_field *const *fields, size_t count, crm__value *ret)
{
	CX_ASSERT(count <= CRM__FIELDS_MAX);
	for (size_t i = 0; i < count; i++)
		ret[i] = (crm__value){ .kind = CRM__NULL };
	cx_reader reader = cx_reader_of(row->array);
	const uint32_t slots = cx_read_array(&reader);
	const uint16_t last = last_slot(fields, count);
	for (uint32_t slot = 0; slot < slots && slot <= last; slot++) {
		const crm__value value = crm__value_read(&reader);
		for (size_t i = 0; i < count; i++)
			if (fields[i]->slot == slot)
				ret[i] = value;
	}
	if (reader.failed)
		return cx_fail(self->error, CX_CORRUPT, "%s %lld cannot be read",
		               row->type->name, (long long)row->id);
	return CX_OK;
}

cx_status crm__fields_of(crm__report *self, const engine_type *type, const char *words,
                         const engine_field **ret, size_t *ret_count)
{
	*ret_count = 0;
	for (const char *at = words; *at != '\0';) {
		char name[ENGINE_NAME_MAX + 1];
		const size_t size = strcspn(at, " ");
		CX_ASSERT(size > 0 && size < sizeof name && *ret_count < CRM__FIELDS_MAX);
		memcpy(name, at, size);
		name[size] = '\0';
		cx_status status = crm__field(self, type, name, &ret[*ret_count]);
		if (status != CX_OK)
			return status;
		++*ret_count;
		at += size + (at[size] == ' ');
	}
	return CX_OK;
}
