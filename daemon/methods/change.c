/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/methods/change.h"

#include "base/msgpack.h"

/* A change on its way out. */
typedef struct writing {
	const daemon__change_form *form;
	const engine_logged *change;
	cx_buf *out;
} writing;

static bool is_shown(const writing *self, uint64_t slot)
{
	const bool *only = self->form->only;
	return !self->change->type->fields[slot].dropped && (only == NULL || only[slot]);
}

/* The row of a record: {name: value}, without what is nil and what was dropped since. */
static cx_status write_values(const writing *self, cx_slice row)
{
	const engine_type *type = self->change->type;
	cx_buf *out = self->out;
	cx_reader reader = cx_reader_of(row);
	const uint32_t count = cx_read_array(&reader);
	if (reader.failed || count > type->field_count)
		return CX_CORRUPT;
	uint32_t filled = 0;
	for (uint32_t slot = 0; slot < count; slot++)
		if (!cx_read_if_nil(&reader)) {
			(void)cx_read_skip(&reader);
			filled += is_shown(self, slot);
		}
	if (reader.failed)
		return CX_CORRUPT;

	reader = cx_reader_of(row);
	(void)cx_read_array(&reader);
	cx_write_text(out, "values");
	cx_write_map(out, filled);
	for (uint32_t slot = 0; slot < count; slot++) {
		if (cx_read_if_nil(&reader))
			continue;
		const cx_slice value = cx_read_skip(&reader);
		if (!is_shown(self, slot))
			continue;
		cx_write_text(out, type->fields[slot].name);
		cx_write_raw(out, value);
	}
	return CX_OK;
}

typedef struct field_change {
	uint64_t slot;
	cx_slice old;
	cx_slice new;
} field_change;

static bool read_changed(cx_reader *reader, const engine_logged *change, field_change *ret)
{
	const uint32_t parts = cx_read_array(reader);
	ret->slot = cx_read_uint(reader);
	ret->old = cx_read_skip(reader);
	ret->new = cx_read_skip(reader);
	return !reader->failed && parts == 3 && ret->slot < change->type->field_count;
}

/* {name: [old, new]} */
static cx_status write_changed(const writing *self)
{
	const engine_logged *change = self->change;
	cx_buf *out = self->out;
	field_change field;
	uint32_t shown = 0;
	cx_reader reader = cx_reader_of(change->fields);
	const uint32_t count = cx_read_array(&reader);
	for (uint32_t i = 0; i < count; i++) {
		if (!read_changed(&reader, change, &field))
			return CX_CORRUPT;
		shown += is_shown(self, field.slot);
	}
	if (reader.failed)
		return CX_CORRUPT;
	reader = cx_reader_of(change->fields);
	(void)cx_read_array(&reader);
	cx_write_text(out, "changed");
	cx_write_map(out, shown);
	for (uint32_t i = 0; i < count; i++) {
		if (!read_changed(&reader, change, &field) || !is_shown(self, field.slot))
			continue;
		cx_write_text(out, change->type->fields[field.slot].name);
		cx_write_array(out, 2);
		cx_write_raw(out, field.old);
		cx_write_raw(out, field.new);
	}
	return CX_OK;
}

static void write_fit(const char *name, engine_fit fit, cx_buf *out)
{
	cx_write_text(out, name);
	if (fit == ENGINE_FIT_UNKNOWN)
		cx_write_nil(out);
	else
		cx_write_bool(out, fit == ENGINE_FIT_YES);
}

cx_status daemon__change_write(const daemon__change_form *form, const engine_logged *change,
                               cx_buf *out)
{
	const writing self = { .form = form, .change = change, .out = out };
	const cx_slice row = form->row.size > 0 ? form->row : change->row;
	const bool values = row.size > 0;
	const bool fields = change->fields.size > 0;
	cx_write_map(out, 8u + values + fields + change->redacted + 2 * form->tells_fit);
	cx_write_text(out, "seq");
	cx_write_uint(out, change->seq);
	cx_write_text(out, "part");
	cx_write_uint(out, change->part);
	cx_write_text(out, "kind");
	cx_write_text(out, engine_change_kind_name(change->kind));
	cx_write_text(out, "type");
	cx_write_text(out, change->type->name);
	cx_write_text(out, "id");
	cx_write_int(out, change->id);
	cx_write_text(out, "rev");
	cx_write_int(out, change->rev);
	cx_write_text(out, "at");
	cx_write_int(out, change->at_ms);
	cx_write_text(out, "by");
	if (change->by == 0)
		cx_write_nil(out);
	else
		cx_write_int(out, change->by);
	if (change->redacted) {
		cx_write_text(out, "redacted");
		cx_write_bool(out, true);
	}
	if (form->tells_fit) {
		write_fit("was", form->was, out);
		write_fit("is", form->is, out);
	}
	cx_status status = values ? write_values(&self, row) : CX_OK;
	if (status == CX_OK && fields)
		status = write_changed(&self);
	return status == CX_OK ? cx_buf_status(out) : status;
}
