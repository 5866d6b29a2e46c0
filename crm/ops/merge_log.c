/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/ops/merge_log.h"

#include "base/msgpack.h"

#include <stdlib.h>
#include <string.h>

enum {
	PART_BYTES = 32 * 1024, /* of ids; then a new part begins */
	PART_FIELDS_BYTES_MAX = ENGINE_TEXT_BYTES_MAX + 1024,
	VALUES_BYTES_MAX = 3 * ENGINE_RECORD_BYTES_MAX,
};

cx_status crm__merge_log_init(crm__merge_log *self, crm__operation *op)
{
	*self = (crm__merge_log){ .op = op, .ids = CX_BUF_INIT(ENGINE_TEXT_BYTES_MAX) };
	cx_status status = crm__type_find(op->read, "customer_merge", &self->merges, op->error);
	if (status == CX_OK)
		status = crm__type_find(op->read, "customer_merge_part", &self->parts,
		                        op->error);
	return status;
}

void crm__merge_log_release(crm__merge_log *self)
{
	cx_buf_release(&self->ids);
}

static engine_change internal(const crm__merge_log *self)
{
	engine_change change = self->op->change;
	change.internal = true;
	return change;
}

static void put_int(cx_buf *out, const char *name, int64_t value)
{
	cx_write_text(out, name);
	cx_write_int(out, value);
}

static void put_text(cx_buf *out, const char *name, const char *value)
{
	cx_write_text(out, name);
	cx_write_text(out, value);
}

cx_status crm__merge_log_create(crm__merge_log *self, int64_t loser, int64_t winner)
{
	CX_SCOPED(cx_buf_release) cx_buf fields = CX_BUF_INIT(1024);
	cx_write_map(&fields, 2);
	put_int(&fields, "loser", loser);
	put_int(&fields, "winner", winner);
	const engine_change change = internal(self);
	engine_outcome outcome;
	cx_status status = cx_buf_status(&fields);
	if (status == CX_OK)
		status = engine_create(self->op->write, self->merges, cx_buf_slice(&fields),
		                       &change, &outcome, self->op->error);
	if (status == CX_OK)
		self->id = outcome.id;
	return status;
}

static cx_status write_part(crm__merge_log *self)
{
	if (self->ids.size == 0)
		return CX_OK;
	CX_SCOPED(cx_buf_release) cx_buf fields = CX_BUF_INIT(PART_FIELDS_BYTES_MAX);
	cx_write_map(&fields, 5);
	put_int(&fields, "merge", self->id);
	put_int(&fields, "part", self->part++);
	put_text(&fields, "type", self->type_name);
	put_text(&fields, "field", self->field_name);
	cx_write_text(&fields, "ids");
	cx_write_str(&fields, cx_buf_slice(&self->ids));
	cx_buf_clear(&self->ids);
	const engine_change change = internal(self);
	engine_outcome outcome;
	cx_status status = cx_buf_status(&fields);
	return status == CX_OK
	               ? engine_create(self->op->write, self->parts, cx_buf_slice(&fields),
	                               &change, &outcome, self->op->error)
	               : status;
}

static bool is_same(const char *a, const char *b)
{
	return a != NULL && strcmp(a, b) == 0;
}

cx_status crm__merge_log_note(crm__merge_log *self, const engine_type *type,
                              const engine_field *field, int64_t id)
{
	if (self->noted >= CRM_MERGE_REFERENCES_MAX)
		return cx_fail(
			self->op->error, CX_TOO_LARGE,
			"more than %d records refer to the customer that is to be merged",
			CRM_MERGE_REFERENCES_MAX);
	if (!is_same(self->type_name, type->name) || !is_same(self->field_name, field->name) ||
	    self->ids.size >= PART_BYTES) {
		cx_status status = write_part(self);
		if (status != CX_OK)
			return status;
	}
	self->type_name = type->name;
	self->field_name = field->name;
	cx_buf_printf(&self->ids, "%s%lld", self->ids.size > 0 ? " " : "", (long long)id);
	self->noted++;
	return cx_buf_status(&self->ids);
}

cx_status crm__merge_log_finish(crm__merge_log *self, cx_slice before, cx_slice after)
{
	CX_SCOPED(cx_buf_release) cx_buf fields = CX_BUF_INIT(VALUES_BYTES_MAX);
	cx_status status = write_part(self);
	cx_write_map(&fields, 3);
	put_int(&fields, "changed", self->noted);
	cx_write_text(&fields, "before");
	cx_write_bin(&fields, before);
	cx_write_text(&fields, "after");
	cx_write_bin(&fields, after);
	const engine_change change = internal(self);
	engine_outcome outcome;
	if (status == CX_OK)
		status = cx_buf_status(&fields);
	return status == CX_OK ? engine_update(self->op->write, self->merges, self->id,
	                                       cx_buf_slice(&fields), &change, &outcome,
	                                       self->op->error)
	                       : status;
}

cx_status crm__merge_log_find(engine_read *read, int64_t loser, engine_row *ret,
                              cx_error *error)
{
	const engine_type *merges;
	CX_SCOPED(cx_buf_release) cx_buf values = CX_BUF_INIT(64);
	cx_status status = crm__type_find(read, "customer_merge", &merges, error);
	if (status != CX_OK)
		return status;
	cx_write_array(&values, 1);
	cx_write_int(&values, loser);
	const engine_index *index = engine_type_index(merges, CX_SLICE_LITERAL("loser"));
	if (index == NULL)
		return cx_fail(error, CX_NO_INDEX, "customer_merge has no index loser");
	status = cx_buf_status(&values);
	return status == CX_OK ? engine_lookup(read, index, cx_buf_slice(&values), ret, error)
	                       : status;
}

/* ---- going through it ---- */

typedef struct walking {
	crm__merge_log *log;
	crm__merge_action *action;
	void *context;
} walking;

static cx_status each_id(const walking *self, const engine_type *type,
                         const engine_field *field, cx_slice ids)
{
	int64_t id = 0;
	cx_status status = CX_OK;
	for (size_t i = 0; i <= ids.size && status == CX_OK; i++) {
		const bool ends = i == ids.size || ids.data[i] == ' ';
		if (ends && id == 0)
			return CX_CORRUPT;
		if (ends) {
			status = self->action(self->context, type, field, id);
			id = 0;
		} else if (ids.data[i] >= '0' && ids.data[i] <= '9' && id < INT64_MAX / 10) {
			id = id * 10 + (ids.data[i] - '0');
		} else {
			return CX_CORRUPT;
		}
	}
	return status;
}

static cx_status each_of_part(void *context, const engine_referrer *referrer, int64_t id)
{
	(void)referrer;
	const walking *self = context;
	crm__operation *op = self->log->op;
	engine_row row;
	cx_status status = engine_get(op->read, self->log->parts, id, &row, op->error);
	if (status != CX_OK)
		return status;
	const engine_type *type =
		engine_schema_type(engine_read_schema(op->read), crm__row_text(&row, "type"));
	const engine_field *field =
		type == NULL ? NULL : engine_type_field(type, crm__row_text(&row, "field"));
	if (field == NULL)
		return CX_OK;
	return each_id(self, type, field, crm__row_text(&row, "ids"));
}

cx_status crm__merge_log_each(crm__merge_log *self, crm__merge_action *action, void *context)
{
	walking walk = { .log = self, .action = action, .context = context };
	size_t count;
	const engine_referrer *referrers =
		engine_referrers(self->op->read, self->merges, &count);
	for (size_t i = 0; i < count; i++) {
		if (referrers[i].source != self->parts)
			continue;
		cx_status status = engine_referring_each(self->op->read, &referrers[i],
		                                         self->id, each_of_part, &walk);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

cx_status crm__merge_log_erase(crm__merge_log *self)
{
	const engine_change change = internal(self);
	engine_outcome outcome;
	cx_status status = engine_delete(self->op->write, self->merges, self->id, &change,
	                                 &outcome, self->op->error);
	if (status == CX_OK)
		status = engine_purge(self->op->write, self->merges, self->id, &change,
		                      &outcome, self->op->error);
	return status;
}
