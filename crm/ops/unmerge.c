/* SPDX-License-Identifier: Apache-2.0 */
/* A merge is taken back. First everything is looked at, then everything is done. */
#include "base/msgpack.h"
#include "crm/ops/merge_log.h"
#include "crm/ops/tier.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	REASON_SIZE = 160,
	VALUES_BYTES_MAX = 2 * ENGINE_RECORD_BYTES_MAX,
	PARENTS_MAX = 1000,
};

/* A record that goes back. */
typedef struct moved_record {
	const engine_type *type;
	int64_t id;
} moved_record;

typedef struct undoing {
	crm__operation op;
	engine_change internal;
	const engine_type *customers;
	int64_t loser;
	int64_t winner;
	int64_t merged_at;
	engine_row merge;
	engine_row winner_row;
	crm__merge_log log;
	/* What stands in the way: how much, and the first of it. */
	uint32_t obstacles;
	char reason[REASON_SIZE];
	moved_record *changed; /* of those that go back, the ones that were changed since */
	size_t changed_count, changed_room;
	uint32_t moved;
	uint32_t restored;
} undoing;

CX_PRINTF(2, 3)
static void obstruct(undoing *self, const char *format, ...)
{
	if (self->obstacles++ > 0)
		return;
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(self->reason, sizeof self->reason, format, arguments);
	va_end(arguments);
}

static cx_status fail_obstructed(undoing *self)
{
	char others[48] = "";
	if (self->obstacles > 1)
		snprintf(others, sizeof others, " (and %u other%s)", self->obstacles - 1,
		         self->obstacles > 2 ? "s" : "");
	return cx_fail(self->op.error, CX_CHECK, "the merge cannot be taken back: %s%s",
	               self->reason, others);
}

/* ---- the two customers ---- */

static cx_status look_at_loser(undoing *self)
{
	engine_row row;
	cx_status status = engine_get_any(self->op.read, self->customers, self->loser, &row,
	                                  self->op.error);
	if (status == CX_NOT_FOUND) {
		obstruct(self, "customer %lld has been erased", (long long)self->loser);
		return CX_OK;
	}
	if (status == CX_OK && crm__row_is_null(&row, "deleted_at"))
		obstruct(self, "customer %lld has been brought back by undelete",
		         (long long)self->loser);
	return status;
}

static cx_status look_at_winner(undoing *self)
{
	cx_status status = engine_get(self->op.read, self->customers, self->winner,
	                              &self->winner_row, self->op.error);
	if (status != CX_NOT_FOUND)
		return status;
	engine_row later;
	if (crm__merge_log_find(self->op.read, self->winner, &later, NULL) == CX_OK)
		obstruct(self, "customer %lld was merged into %lld since: take that back first",
		         (long long)self->winner, (long long)crm__row_int(&later, "winner"));
	else
		obstruct(self, "customer %lld is deleted: undelete it first",
		         (long long)self->winner);
	return CX_OK;
}

/* Runs and orders change it, so that nobody could set it back: what they made of it since
 * stays. */
static bool goes_on(const engine_field *field)
{
	return strcmp(field->name, "lifecycle") == 0;
}

/* The store has set it, or nobody has it any more. */
static bool is_out_of_hand(const engine_field *field)
{
	return field == NULL || field->readonly || goes_on(field) || crm__tier_is(field);
}

static bool is_as_left(const undoing *self, const char *name)
{
	cx_slice value;
	return crm__map_find(crm__row_text(&self->merge, "after"), name, &value) &&
	       cx_slice_equal(crm__row_value(&self->winner_row, name), value);
}

/* The fields that the merge changed are as it left them. */
static cx_status look_at_values(undoing *self)
{
	cx_reader reader = cx_reader_of(crm__row_text(&self->merge, "after"));
	const uint32_t count = cx_read_map(&reader);
	for (uint32_t i = 0; i < count; i++) {
		char name[ENGINE_NAME_MAX + 1];
		const cx_slice key = cx_read_str(&reader);
		const cx_slice value = cx_read_skip(&reader);
		if (reader.failed || key.size >= sizeof name)
			return CX_CORRUPT;
		snprintf(name, sizeof name, "%.*s", CX_SLICE_ARG(key));
		const engine_field *field = engine_type_field(self->customers, key);
		if (!cx_slice_equal(crm__row_value(&self->winner_row, name), value) &&
		    !is_out_of_hand(field))
			obstruct(self,
			         "%s of customer %lld has been changed: give it the value it "
			         "had "
			         "after the merge",
			         name, (long long)self->winner);
	}
	return reader.failed ? CX_CORRUPT : CX_OK;
}

/* ---- what was moved ---- */

static cx_status note_changed(undoing *self, const engine_type *type, int64_t id)
{
	if (self->changed_count == self->changed_room) {
		const size_t room = 2 * self->changed_room + 64;
		moved_record *grown = realloc(self->changed, room * sizeof *grown);
		if (grown == NULL)
			return CX_NO_MEMORY;
		self->changed = grown;
		self->changed_room = room;
	}
	self->changed[self->changed_count++] = (moved_record){ type, id };
	return CX_OK;
}

/* The field that says whose a record is; NULL: it is nobody's. */
static const engine_field *customer_field(const undoing *self, const engine_type *type)
{
	const engine_field *field = engine_type_field(type, CX_SLICE_LITERAL("customer"));
	return field != NULL && field->target == self->customers ? field : NULL;
}

static cx_status look_at_moved(void *context, const engine_type *type,
                               const engine_field *field, int64_t id)
{
	undoing *self = context;
	engine_row row;
	cx_status status = engine_get_any(self->op.read, type, id, &row, NULL);
	if (status == CX_NOT_FOUND)
		return CX_OK; /* erased: there is nothing to give back */
	if (status != CX_OK)
		return status;
	if (!crm__row_is_null(&row, "deleted_at"))
		obstruct(self, "%s %lld has been deleted: undelete it first", type->name,
		         (long long)id);
	else if (field->kind == ENGINE_REF && crm__row_int(&row, field->name) != self->winner)
		obstruct(self, "%s of %s %lld has been changed: set it to %lld first",
		         field->name, type->name, (long long)id, (long long)self->winner);
	return field == customer_field(self, type) &&
	                       crm__row_int(&row, "updated_at") > self->merged_at
	               ? note_changed(self, type, id)
	               : CX_OK;
}

static cx_status set_field(undoing *self, const engine_type *type, const engine_field *field,
                           int64_t id)
{
	CX_SCOPED(cx_buf_release) cx_buf fields = CX_BUF_INIT(256);
	cx_write_map(&fields, 1);
	cx_write_text(&fields, field->name);
	if (field->kind == ENGINE_BOOL)
		cx_write_bool(&fields, true);
	else
		cx_write_int(&fields, self->loser);
	engine_outcome outcome;
	cx_status status = cx_buf_status(&fields);
	if (status == CX_OK)
		status = engine_update(self->op.write, type, id, cx_buf_slice(&fields),
		                       &self->internal, &outcome, self->op.error);
	return status;
}

static cx_status move_back(void *context, const engine_type *type, const engine_field *field,
                           int64_t id)
{
	undoing *self = context;
	engine_row row;
	if (field->kind != ENGINE_REF)
		return CX_OK; /* below */
	cx_status status = engine_get(self->op.read, type, id, &row, NULL);
	if (status == CX_NOT_FOUND)
		return CX_OK;
	if (status == CX_OK)
		status = set_field(self, type, field, id);
	if (status == CX_OK)
		self->moved++;
	return status;
}

/* ---- one primary contact ---- */

typedef struct primaries {
	undoing *undoing;
	const engine_field *field;
	bool found;
} primaries;

static cx_status look_at_contact(void *context, const engine_referrer *referrer, int64_t id)
{
	primaries *self = context;
	engine_row row;
	cx_status status = engine_get(self->undoing->op.read, referrer->source, id, &row,
	                              self->undoing->op.error);
	if (status == CX_OK)
		self->found |= crm__row_int(&row, self->field->name) != 0;
	return status;
}

/* The contact that was primary is so again, once all are back, unless the loser got another
 * with those that were chosen since. */
static cx_status make_primary(void *context, const engine_type *type, const engine_field *field,
                              int64_t id)
{
	undoing *self = context;
	primaries look = { .undoing = self, .field = field };
	engine_row row;
	if (field->kind != ENGINE_BOOL)
		return CX_OK;
	cx_status status = engine_get(self->op.read, type, id, &row, NULL);
	if (status == CX_NOT_FOUND)
		return CX_OK;
	size_t count;
	const engine_referrer *referrers =
		engine_referrers(self->op.read, self->customers, &count);
	for (size_t i = 0; i < count && status == CX_OK; i++)
		if (referrers[i].source == type &&
		    referrers[i].field == customer_field(self, type))
			status = engine_referring_each(self->op.read, &referrers[i],
			                               self->loser, look_at_contact, &look);
	return status == CX_OK && !look.found ? set_field(self, type, field, id) : status;
}

/* ---- what refers to what was moved ---- */

typedef struct torn {
	undoing *undoing;
	const engine_type *type; /* of the record that went back */
	int64_t id;
} torn;

/* A record of the winner that names one that went back, and has come to do so since. */
static cx_status look_at_referring(void *context, const engine_referrer *referrer, int64_t id)
{
	torn *self = context;
	undoing *undo = self->undoing;
	engine_row row;
	cx_status status =
		engine_get(undo->op.read, referrer->source, id, &row, undo->op.error);
	if (status != CX_OK || customer_field(undo, referrer->source) == NULL)
		return status;
	if (crm__row_int(&row, "customer") == undo->winner &&
	    crm__row_int(&row, "updated_at") > undo->merged_at)
		obstruct(undo, "%s %lld of customer %lld names %s %lld, which goes back",
		         referrer->source->name, (long long)id, (long long)undo->winner,
		         self->type->name, (long long)self->id);
	return CX_OK;
}

static cx_status look_at_torn(void *context, const engine_type *type, const engine_field *field,
                              int64_t id)
{
	undoing *undo = context;
	torn self = { .undoing = undo, .type = type, .id = id };
	if (type == undo->customers || field->kind != ENGINE_REF)
		return CX_OK;
	size_t count;
	const engine_referrer *referrers = engine_referrers(undo->op.read, type, &count);
	cx_status status = CX_OK;
	for (size_t i = 0; i < count && status == CX_OK; i++)
		status = engine_referring_each(undo->op.read, &referrers[i], id,
		                               look_at_referring, &self);
	return status;
}

/* A record that went back, was changed since the merge, and names one of the winner. */
static cx_status look_at_changed(undoing *self, const moved_record *one)
{
	engine_row row, named;
	cx_status status = engine_get(self->op.read, one->type, one->id, &row, self->op.error);
	for (uint16_t i = 0; i < one->type->field_count && status == CX_OK; i++) {
		const engine_field *field = &one->type->fields[i];
		if (field->dropped || field->kind != ENGINE_REF ||
		    customer_field(self, field->target) == NULL ||
		    crm__row_is_null(&row, field->name))
			continue;
		status = engine_get(self->op.read, field->target,
		                    crm__row_int(&row, field->name), &named, self->op.error);
		if (status == CX_OK && crm__row_int(&named, "customer") == self->winner)
			obstruct(self,
			         "%s %lld, which goes back, names %s %lld of customer %lld",
			         one->type->name, (long long)one->id, field->target->name,
			         (long long)named.id, (long long)self->winner);
	}
	return status;
}

static cx_status look_at_all_changed(undoing *self)
{
	cx_status status = CX_OK;
	for (size_t i = 0; i < self->changed_count && status == CX_OK; i++)
		status = look_at_changed(self, &self->changed[i]);
	return status;
}

/* One of those above the loser may be below it by now. */
static cx_status look_at_parents(undoing *self)
{
	int64_t above = self->loser;
	for (int i = 0; i < PARENTS_MAX; i++) {
		engine_row row;
		cx_status status =
			engine_get(self->op.read, self->customers, above, &row, self->op.error);
		if (status != CX_OK)
			return status;
		above = crm__row_int(&row, "parent");
		if (above == self->loser)
			obstruct(
				self,
				"customer %lld would be above itself: change the parent of one "
				"of those above it first",
				(long long)self->loser);
		if (above == 0 || above == self->loser)
			break;
	}
	return CX_OK;
}

/* ---- the whole ---- */

static cx_status look(undoing *self)
{
	cx_status status = look_at_loser(self);
	if (status == CX_OK)
		status = look_at_winner(self);
	if (status == CX_OK && self->winner_row.type != NULL)
		status = look_at_values(self);
	if (status == CX_OK)
		status = crm__merge_log_each(&self->log, look_at_moved, self);
	if (status == CX_OK && self->obstacles > 0)
		status = fail_obstructed(self);
	return status;
}

/* What the winner had before; without references as long as the loser is not back. */
static cx_status put_before(undoing *self, bool references, cx_buf *out)
{
	CX_SCOPED(cx_buf_release) cx_buf pairs = CX_BUF_INIT(VALUES_BYTES_MAX);
	cx_reader reader = cx_reader_of(crm__row_text(&self->merge, "before"));
	const uint32_t count = cx_read_map(&reader);
	uint32_t put = 0;
	for (uint32_t i = 0; i < count && !reader.failed; i++) {
		const cx_slice name = cx_read_str(&reader);
		const cx_slice value = cx_read_skip(&reader);
		const engine_field *field = engine_type_field(self->customers, name);
		if (field == NULL || (field->kind == ENGINE_REF && !references) ||
		    crm__tier_is(field) || (goes_on(field) && !is_as_left(self, field->name)))
			continue;
		cx_write_str(&pairs, name);
		cx_write_raw(&pairs, value);
		put++;
	}
	if (reader.failed)
		return CX_CORRUPT;
	self->restored = put;
	cx_write_map(out, put);
	cx_buf_append_slice(out, cx_buf_slice(&pairs));
	cx_status status = cx_buf_status(&pairs);
	return status == CX_OK ? cx_buf_status(out) : status;
}

static cx_status restore_winner(undoing *self, bool references)
{
	CX_SCOPED(cx_buf_release) cx_buf before = CX_BUF_INIT(VALUES_BYTES_MAX);
	cx_status status = put_before(self, references, &before);
	engine_outcome outcome;
	return status == CX_OK ? engine_update(self->op.write, self->customers, self->winner,
	                                       cx_buf_slice(&before), &self->internal, &outcome,
	                                       self->op.error)
	                       : status;
}

static cx_status undo_now(undoing *self, crm_merged *ret)
{
	engine_outcome back;
	cx_status status = restore_winner(self, false); /* what only one may have is free */
	if (status == CX_OK)
		status = engine_undelete(self->op.write, self->customers, self->loser,
		                         &self->internal, &back, self->op.error);
	if (status == CX_OK)
		status = restore_winner(self, true);
	if (status == CX_OK)
		status = crm__merge_log_each(&self->log, move_back, self);
	if (status == CX_OK)
		status = crm__merge_log_each(&self->log, make_primary, self);
	if (status == CX_OK)
		status = crm__merge_log_each(&self->log, look_at_torn, self);
	if (status == CX_OK)
		status = look_at_all_changed(self);
	if (status == CX_OK)
		status = look_at_parents(self);
	if (status == CX_OK && self->obstacles > 0)
		status = fail_obstructed(self);
	if (status == CX_OK)
		status = crm__tier_settle(&self->op, self->customers, self->winner);
	if (status == CX_OK)
		status = crm__tier_settle(&self->op, self->customers, self->loser);
	if (status == CX_OK)
		status = crm__merge_log_erase(&self->log);
	engine_row row;
	if (status == CX_OK)
		status = engine_get(self->op.read, self->customers, self->winner, &row,
		                    self->op.error);
	if (status == CX_OK)
		*ret = (crm_merged){ .merge = self->log.id,
			             .rev = crm__row_int(&row, "rev"),
			             .seq = crm__operation_seq(&self->op),
			             .moved = self->moved,
			             .filled = self->restored,
			             .gone = back.affected };
	return status;
}

static cx_status undo(undoing *self, crm_merged *ret)
{
	cx_status status =
		crm__type_find(self->op.read, "customer", &self->customers, self->op.error);
	if (status == CX_OK)
		status = crm__merge_log_init(&self->log, &self->op);
	if (status == CX_OK)
		status = crm__merge_log_find(self->op.read, self->loser, &self->merge,
		                             self->op.error);
	if (status == CX_NOT_FOUND)
		return cx_fail(self->op.error, CX_NOT_FOUND,
		               "customer %lld was not merged into another",
		               (long long)self->loser);
	if (status != CX_OK)
		return status;
	self->log.id = self->merge.id;
	self->winner = crm__row_int(&self->merge, "winner");
	self->merged_at = crm__row_int(&self->merge, "updated_at");
	status = look(self);
	return status == CX_OK ? undo_now(self, ret) : status;
}

cx_status crm_merge_undo(engine_write *write, const engine_author *author, int64_t loser,
                         crm_merged *ret, cx_error *error)
{
	undoing self = {
		.op = crm__operation_begin(write, author, CRM_CAUSE_MERGE, error),
		.loser = loser,
	};
	self.internal = self.op.change;
	self.internal.internal = true;
	cx_status status = crm__operation_end(&self.op, undo(&self, ret));
	crm__merge_log_release(&self.log);
	free(self.changed);
	return status;
}

cx_status crm_merged_into(engine_read *read, int64_t loser, int64_t *ret)
{
	const engine_type *customers =
		engine_schema_type(engine_read_schema(read), CX_SLICE_LITERAL("customer"));
	if (customers == NULL)
		return CX_NOT_FOUND;
	for (int i = 0; i < CRM_MERGE_HOPS_MAX; i++) {
		engine_row row;
		cx_status status = crm__merge_log_find(read, loser, &row, NULL);
		if (status == CX_NO_TYPE || status == CX_NO_INDEX)
			return CX_NOT_FOUND;
		if (status != CX_OK)
			return status;
		loser = crm__row_int(&row, "winner");
		status = engine_get(read, customers, loser, &row, NULL);
		if (status == CX_OK)
			*ret = loser;
		if (status != CX_NOT_FOUND)
			return status;
	}
	return CX_NOT_FOUND;
}
