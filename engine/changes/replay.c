/* SPDX-License-Identifier: Apache-2.0 */
/* Doing once more what the log tells, part by part: what a delete took along is in the log, so
 * nothing is looked for again. Records that were purged since have left no values. They are not
 * made, the log gets the same bare entries of them, and what happened to others because of them
 * still happens. */
#include "engine/core/meta.h"
#include "engine/log/log.h"
#include "engine/record/apply.h"
#include "engine/record/fields.h"
#include "engine/record/operation.h"
#include "engine/record/read.h"
#include "engine/record/undo.h"
#include "engine/row/row.h"

#include <inttypes.h>
#include <string.h>

/* One part, and the record it is of before and after it. */
typedef struct replaying {
	engine_write *write;
	const engine_logged *change;
	cx_error *error;
	engine__value before[ENGINE_SLOTS_MAX];
	engine__value after[ENGINE_SLOTS_MAX];
} replaying;

/* The record is changed from `before` to `after`, which has what every change sets. */
static cx_status apply(replaying *self)
{
	const engine_logged *change = self->change;
	return engine__apply(self->write, change->type, change->id, self->before, self->after,
	                     self->error);
}

/* A new record has nothing in its rollups; what the other store kept there when it was made may
 * be of another kind. */
static cx_status empty_rollups(const engine_type *type, engine__value *values)
{
	CX_UNSET engine__value defaults[ENGINE_SLOTS_MAX];
	cx_status status = engine__fields_defaults(type, defaults);
	for (uint16_t i = 0; i < type->field_count && status == CX_OK; i++)
		if (type->fields[i].rollup != NULL)
			values[i] = defaults[i];
	return status;
}

static cx_status create(replaying *self)
{
	const engine_logged *change = self->change;
	cx_slice row;
	/* It may be older than the present layout. */
	cx_status status =
		engine__row_complete(change->type, change->row, self->write->arena, &row);
	if (status == CX_OK)
		status = engine__row_values(change->type, row, self->after);
	if (status == CX_OK)
		status = empty_rollups(change->type, self->after);
	if (status == CX_OK && self->after[ENGINE_SLOT_ID].integer != change->id)
		status = CX_CORRUPT;
	if (status == CX_OK)
		status = engine__meta_take_id(self->write, change->type, change->id);
	if (status != CX_OK)
		return status;
	return engine__apply(self->write, change->type, change->id, NULL, self->after,
	                     self->error);
}

/* Sets the fields to their new values. */
static cx_status set_fields(const engine_logged *change, engine__value *values)
{
	cx_reader reader = cx_reader_of(change->fields);
	const uint32_t count = cx_read_array(&reader);
	for (uint32_t i = 0; i < count; i++) {
		const uint32_t parts = cx_read_array(&reader);
		const uint64_t slot = cx_read_uint(&reader);
		if (reader.failed || parts != 3 || slot >= change->type->field_count)
			return CX_CORRUPT;
		cx_read_skip(&reader);
		if (change->type->fields[slot].dropped) {
			cx_read_skip(&reader);
			continue;
		}
		cx_status status =
			engine__value_take(&change->type->fields[slot], &reader, &values[slot]);
		if (status != CX_OK)
			return status;
	}
	return reader.failed ? CX_CORRUPT : CX_OK;
}

/* A reference that a delete cleared is written down for its undelete. When the records it took
 * were all purged since, there is none. */
static cx_status note_cleared(replaying *self)
{
	engine__replay *replay = &self->write->replay;
	const engine_type *type = self->change->type;
	cx_status status = CX_OK;
	for (uint16_t i = 0; i < type->field_count && status == CX_OK; i++) {
		const bool cleared = type->fields[i].kind == ENGINE_REF &&
		                     self->before[i].shape != ENGINE__NULL &&
		                     self->after[i].shape == ENGINE__NULL;
		if (!cleared || replay->steps == 0)
			continue;
		const engine__step step = { .kind = ENGINE__STEP_CLEARED,
			                    .type = type,
			                    .id = self->change->id,
			                    .field = &type->fields[i],
			                    .target = self->before[i].integer };
		status = engine__step_put(self->write, self->change->seq, replay->steps++,
		                          &step);
	}
	return status;
}

/* One that was redacted but is still there will be purged: only its revision counts. */
static cx_status update(replaying *self)
{
	cx_status status =
		self->change->redacted ? CX_OK : set_fields(self->change, self->after);
	if (status == CX_OK)
		status = apply(self);
	return status == CX_OK && self->write->replay.deletes ? note_cleared(self) : status;
}

static cx_status delete_one(replaying *self)
{
	engine_write *write = self->write;
	const engine_logged *change = self->change;
	self->after[ENGINE_SLOT_DELETED_AT] = self->after[ENGINE_SLOT_UPDATED_AT];
	cx_status status = apply(self);
	/* One of a type that was dropped since can be no root; it was purged, so what it took
	 * is gone or was brought back. */
	const bool rooted = write->replay.type != NULL;
	const engine__deletion root = { .delete_id = change->seq,
		                        .type = rooted ? write->replay.type : change->type,
		                        .id = rooted ? write->replay.id : change->id };
	if (status == CX_OK)
		status = engine__deletion_put(write, change->type, change->id, &root);
	const engine__step step = { .kind = ENGINE__STEP_DELETED,
		                    .type = change->type,
		                    .id = change->id };
	return status == CX_OK
	               ? engine__step_put(write, change->seq, write->replay.steps++, &step)
	               : status;
}

/* The record is deleted no more, or gone, and with it all that its delete wrote down. */
static cx_status end_deletion(replaying *self)
{
	engine_write *write = self->write;
	engine__deletion deletion;
	cx_status status = engine__deletion_get(&write->read, self->change->type,
	                                        self->change->id, &deletion);
	if (status == CX_OK)
		status = engine__deletion_remove(write, self->change->type, self->change->id);
	for (uint32_t i = 0; status == CX_OK; i++) {
		engine__step step;
		status = engine__step_get(&write->read, deletion.delete_id, i, &step);
		if (status == CX_NOT_FOUND)
			return CX_OK;
		if (status == CX_OK)
			status = engine__step_remove(write, deletion.delete_id, i);
	}
	return status == CX_NOT_FOUND ? CX_CORRUPT : status;
}

static cx_status undelete(replaying *self)
{
	self->after[ENGINE_SLOT_DELETED_AT] = (engine__value){ .shape = ENGINE__NULL };
	cx_status status = apply(self);
	return status == CX_OK ? end_deletion(self) : status;
}

static cx_status purge(replaying *self)
{
	const engine_logged *change = self->change;
	cx_status status = engine__log_redact(self->write, change->type, change->id);
	if (status == CX_OK)
		status = engine__apply(self->write, change->type, change->id, self->before,
		                       NULL, self->error);
	const bool was_deleted = engine__is_deleted(self->before);
	return status == CX_OK && was_deleted ? end_deletion(self) : status;
}

/* It was purged since: only its id is taken, and it has its entries. */
static cx_status pass_over(replaying *self)
{
	const engine_logged *change = self->change;
	int64_t last;
	cx_status status = engine__meta_last_id(&self->write->read, change->type, &last);
	const bool creates = change->kind == ENGINE_CHANGED_CREATE;
	const bool has_values = change->kind == ENGINE_CHANGED_UPDATE && !change->redacted;
	if (status == CX_OK && !creates && (has_values || change->id > last))
		return engine__fail_not_found(change->type, change->id, self->error);
	if (status == CX_OK && creates)
		status = engine__meta_take_id(self->write, change->type, change->id);
	return status == CX_OK ? engine__log_append_bare(self->write, change) : status;
}

/* Takes the record as it stands for `before`, and for `after` with what every change sets.
 * Errors: CX_NOT_FOUND. */
static cx_status load(replaying *self)
{
	const engine_logged *change = self->change;
	engine_row row;
	cx_status status =
		engine_get_any(&self->write->read, change->type, change->id, &row, NULL);
	if (status == CX_OK)
		status = engine__row_values(change->type, row.array, self->before);
	if (status != CX_OK)
		return status;
	const int64_t rev = self->before[ENGINE_SLOT_REV].integer;
	const bool deletes = change->kind == ENGINE_CHANGED_DELETE;
	const bool fits = change->kind == ENGINE_CHANGED_PURGE || change->rev == rev + 1;
	if (!fits || (deletes && engine__is_deleted(self->before)))
		return cx_fail(self->error, CX_INVALID_ARGUMENT,
		               "change %" PRIu64 ".%" PRIu32 " does not fit: %s %lld has "
		               "revision %lld in this store",
		               change->seq, change->part, change->type->name,
		               (long long)change->id, (long long)rev);
	memcpy(self->after, self->before, change->type->field_count * sizeof *self->after);
	self->after[ENGINE_SLOT_REV].integer++;
	engine__fields_stamp(&self->write->logging.author, false, self->after);
	return CX_OK;
}

/* Its type was dropped since, so its records were purged before. */
static cx_status pass_over_dropped(replaying *self)
{
	return engine__log_append_bare(self->write, self->change);
}

static cx_status run(replaying *self)
{
	if (self->change->type == NULL)
		return pass_over_dropped(self);
	if (self->change->kind == ENGINE_CHANGED_CREATE)
		return self->change->redacted ? pass_over(self) : create(self);
	cx_status status = load(self);
	if (status == CX_NOT_FOUND)
		return pass_over(self);
	if (status != CX_OK)
		return status;
	switch (self->change->kind) {
	case ENGINE_CHANGED_UPDATE:
		return update(self);
	case ENGINE_CHANGED_DELETE:
		return delete_one(self);
	case ENGINE_CHANGED_UNDELETE:
		return undelete(self);
	case ENGINE_CHANGED_PURGE:
		return purge(self);
	case ENGINE_CHANGED_CREATE:
		break;
	}
	return CX_CORRUPT;
}

static cx_status check_place(const engine_write *write, const engine_logged *change,
                             cx_error *error)
{
	const bool next = change->part == 0 ? change->seq == write->seq + 1
	                                    : change->seq == write->seq &&
	                                              change->seq == write->logging.seq &&
	                                              change->part == write->logging.part;
	if (next)
		return CX_OK;
	return cx_fail(error, CX_INVALID_ARGUMENT,
	               "change %" PRIu64 ".%" PRIu32 " does not follow %" PRIu64
	               ", the last of this store",
	               change->seq, change->part, write->seq);
}

static void begin_operation(engine_write *write, const engine_logged *change, cx_error *error)
{
	const engine_change how = { .author = { .now_ms = change->at_ms, .user = change->by } };
	const engine__operation op = engine__operation_begin(write, &how, error);
	write->replay = (engine__replay){ .mark = op.mark,
		                          .type = change->type,
		                          .id = change->id,
		                          .deletes = change->kind == ENGINE_CHANGED_DELETE };
}

static cx_status one_part(engine_write *write, const engine_logged *change, cx_error *error)
{
	CX_UNSET replaying self;
	self.write = write;
	self.change = change;
	self.error = error;
	if (change->part == 0)
		begin_operation(write, change, error);
	else
		cx_arena_clear(write->arena);
	cx_status status = run(&self);
	if (status == CX_OK) {
		write->seq = change->seq;
		write->read.seq = change->seq;
		return CX_OK;
	}
	engine_write_rollback(write, write->replay.mark);
	if (error != NULL && error->status != status)
		cx_fail(error, status, "change %" PRIu64 ".%" PRIu32 ": %s", change->seq,
		        change->part, cx_status_text(status));
	return status;
}

cx_status engine_changes_replay(engine_write *write, const engine_logged *change,
                                cx_error *error)
{
	cx_status status = check_place(write, change, error);
	if (status != CX_OK)
		return status;
	engine_logged own = *change;
	if (change->type != NULL) /* it is of the other store */
		own.type = engine_schema_type(engine_read_schema(&write->read),
		                              cx_slice_of(change->type->name));
	if (own.type == NULL && change->type != NULL)
		return cx_fail(error, CX_NO_TYPE,
		               "change %" PRIu64 " is of a type that this store has not",
		               change->seq);
	return one_part(write, &own, error);
}
