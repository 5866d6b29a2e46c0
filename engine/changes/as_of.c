/* SPDX-License-Identifier: Apache-2.0 */
/* A record as it was: from its present row back through its history. Each change is taken back
 * until the newest one of the moment is reached; that one tells revision, time and author. */
#include "engine/core/meta.h"
#include "engine/core/snapshot.h"
#include "engine/log/log.h"
#include "engine/record/read.h"
#include "engine/row/row.h"

#include <inttypes.h>

typedef struct past {
	engine_read *read;
	const engine_type *type;
	int64_t id;
	engine_moment moment;
	engine__value values[ENGINE_SLOTS_MAX];
	cx_error *error;
} past;

static cx_status fail_compacted(const past *self)
{
	return cx_fail(self->error, CX_COMPACTED,
	               "%s %lld: what it was then is not kept any more", self->type->name,
	               (long long)self->id);
}

static bool is_reached(const past *self, const engine_logged *change)
{
	if (self->moment.seq > 0)
		return change->seq <= self->moment.seq;
	return change->at_ms <= self->moment.at_ms;
}

static void set_integer(past *self, uint16_t slot, int64_t integer)
{
	self->values[slot] = (engine__value){ .shape = ENGINE__INTEGER, .integer = integer };
}

/* Sets the fields back to their old values. */
static cx_status take_back_fields(past *self, const engine_logged *change)
{
	cx_reader reader = cx_reader_of(change->fields);
	const uint32_t count = cx_read_array(&reader);
	for (uint32_t i = 0; i < count; i++) {
		const uint32_t parts = cx_read_array(&reader);
		const uint64_t slot = cx_read_uint(&reader);
		if (reader.failed || parts != 3 || slot >= self->type->field_count)
			return CX_CORRUPT;
		if (self->type->fields[slot].dropped) {
			cx_read_skip_many(&reader, 2); /* its values are of no kind any more */
			continue;
		}
		cx_status status = engine__value_take(&self->type->fields[slot], &reader,
		                                      &self->values[slot]);
		if (status != CX_OK)
			return status;
		cx_read_skip(&reader);
	}
	return reader.failed ? CX_CORRUPT : CX_OK;
}

static cx_status take_back(past *self, const engine_logged *change)
{
	if (change->redacted)
		return fail_compacted(self);
	switch (change->kind) {
	case ENGINE_CHANGED_CREATE:
		return engine__fail_not_found(self->type, self->id, self->error);
	case ENGINE_CHANGED_UPDATE:
		return take_back_fields(self, change);
	case ENGINE_CHANGED_DELETE:
		self->values[ENGINE_SLOT_DELETED_AT] = (engine__value){ 0 };
		return CX_OK;
	case ENGINE_CHANGED_UNDELETE:
		/* What it was is in the delete before, and it was not there then. */
		set_integer(self, ENGINE_SLOT_DELETED_AT, change->at_ms);
		return CX_OK;
	case ENGINE_CHANGED_PURGE:
		return fail_compacted(self);
	}
	return CX_CORRUPT;
}

/* The newest change of the moment: what it left is what is asked for. */
static cx_status arrive(past *self, const engine_logged *change)
{
	if (change->kind == ENGINE_CHANGED_DELETE || change->kind == ENGINE_CHANGED_PURGE ||
	    self->values[ENGINE_SLOT_DELETED_AT].shape != ENGINE__NULL)
		return engine__fail_not_found(self->type, self->id, self->error);
	set_integer(self, ENGINE_SLOT_REV, change->rev);
	set_integer(self, ENGINE_SLOT_UPDATED_AT, change->at_ms);
	if (change->by != 0)
		set_integer(self, ENGINE_SLOT_UPDATED_BY, change->by);
	else
		self->values[ENGINE_SLOT_UPDATED_BY] = (engine__value){ 0 };
	return CX_OK;
}

static cx_status go_back(past *self)
{
	CX_SCOPED(engine__history_walk_end) engine__history_walk walk = { 0 };
	cx_status status =
		engine__history_walk_begin(self->read, self->type, self->id, UINT64_MAX, &walk);
	while (status == CX_OK) {
		uint64_t seq;
		uint32_t part;
		engine_logged change;
		status = engine__history_walk_next(&walk, &seq, &part);
		if (status == CX_NOT_FOUND)
			return fail_compacted(self); /* its create is not kept */
		if (status == CX_OK)
			status = engine__log_get(self->read, seq, part, &change);
		if (status == CX_NOT_FOUND)
			return CX_CORRUPT;
		if (status == CX_OK && is_reached(self, &change))
			return arrive(self, &change);
		if (status == CX_OK)
			status = take_back(self, &change);
	}
	return status;
}

static cx_status begin(past *self)
{
	engine_row row;
	cx_status status = engine_get_any(self->read, self->type, self->id, &row, self->error);
	if (status == CX_OK)
		return engine__row_values(self->type, row.array, self->values);
	int64_t last;
	if (status != CX_NOT_FOUND ||
	    engine__meta_last_id(self->read, self->type, &last) != CX_OK || self->id > last)
		return status;
	return CX_OK; /* purged: the walk meets that first */
}

/* Their past is in no log. */
static void forget_rollups(past *self)
{
	for (uint16_t slot = 0; slot < self->type->field_count; slot++)
		if (self->type->fields[slot].rollup != NULL)
			self->values[slot] = (engine__value){ 0 };
}

static cx_status write_row(const past *self, engine_row *ret)
{
	CX_SCOPED(cx_buf_release) cx_buf array = CX_BUF_INIT(ENGINE_RECORD_BYTES_MAX);
	engine__row_array_write(self->type, self->values, &array);
	cx_status status = cx_buf_status(&array);
	if (status != CX_OK)
		return status;
	const cx_slice kept = cx_arena_copy(self->read->assembled, cx_buf_slice(&array));
	if (kept.data == NULL)
		return CX_NO_MEMORY;
	*ret = (engine_row){
		.type = self->type, .array = kept, .id = self->id, .layout = self->type->layout
	};
	return CX_OK;
}

cx_status engine_as_of(engine_read *read, const engine_type *type, int64_t id,
                       engine_moment moment, engine_row *ret, cx_error *error)
{
	if (error != NULL)
		cx_error_clear(error);
	if (moment.seq > engine_read_seq(read))
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "change %" PRIu64 " is not there yet: the last is %" PRIu64,
		               moment.seq, engine_read_seq(read));
	past self = { .read = read, .type = type, .id = id, .moment = moment, .error = error };
	cx_status status = begin(&self);
	if (status == CX_OK)
		status = go_back(&self);
	forget_rollups(&self);
	if (status == CX_OK)
		status = write_row(&self, ret);
	if (status != CX_OK && error != NULL && error->status != status)
		cx_fail(error, status, "%s", cx_status_text(status));
	return status;
}
