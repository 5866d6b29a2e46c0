/* SPDX-License-Identifier: Apache-2.0 */
/* Doing once more what the log tells. An operation that names a record which is there is run
 * again, and does the rest of it by itself. What was redacted has left no record: of it the log
 * gets the same bare entries, and what the operation did to records that are still there (a
 * reference cleared, or set again) is done to them. */
#include "engine/core/meta.h"
#include "engine/log/log.h"
#include "engine/record/apply.h"
#include "engine/record/fields.h"
#include "engine/record/operation.h"
#include "engine/record/read.h"
#include "engine/row/row.h"

#include <inttypes.h>
#include <string.h>

static cx_status create(engine_write *write, const engine_logged *change, cx_error *error)
{
	CX_UNSET engine__value values[ENGINE_SLOTS_MAX];
	cx_status status = engine__row_values(change->type, change->row, values);
	if (status == CX_OK && values[ENGINE_SLOT_ID].integer != change->id)
		status = CX_CORRUPT;
	if (status == CX_OK)
		status = engine__meta_take_id(write, change->type, change->id);
	return status == CX_OK
	               ? engine__apply(write, change->type, change->id, NULL, values, error)
	               : status;
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

static cx_status update(engine_write *write, const engine_logged *change, cx_error *error)
{
	CX_UNSET engine__value before[ENGINE_SLOTS_MAX], after[ENGINE_SLOTS_MAX];
	engine_row row;
	cx_status status = engine_get_any(&write->read, change->type, change->id, &row, error);
	if (status == CX_OK)
		status = engine__row_values(change->type, row.array, before);
	if (status != CX_OK)
		return status;
	memcpy(after, before, change->type->field_count * sizeof *after);
	status = set_fields(change, after);
	if (status != CX_OK)
		return status;
	after[ENGINE_SLOT_REV].integer = change->rev;
	const engine_author author = { .now_ms = change->at_ms, .user = change->by };
	engine__fields_stamp(&author, false, after);
	return engine__apply(write, change->type, change->id, before, after, error);
}

/* As it is in the log, where it changes a record that is there; otherwise a bare entry. */
static cx_status one_part(engine_write *write, const engine_logged *change, cx_error *error)
{
	if (change->kind == ENGINE_CHANGED_CREATE && !change->redacted)
		return create(write, change, error);
	if (change->kind == ENGINE_CHANGED_UPDATE && !change->redacted)
		return update(write, change, error);
	if (change->kind == ENGINE_CHANGED_CREATE) {
		cx_status status = engine__meta_take_id(write, change->type, change->id);
		if (status != CX_OK)
			return status;
	}
	return engine__log_append_redacted(write, change);
}

static cx_status is_there(engine_write *write, const engine_logged *change, bool *ret)
{
	engine_row row;
	cx_status status = change->type == NULL ? CX_NOT_FOUND
	                                        : engine_get_any(&write->read, change->type,
	                                                         change->id, &row, NULL);
	*ret = status == CX_OK;
	return status == CX_NOT_FOUND ? CX_OK : status;
}

/* Runs the operation. */
static cx_status run(engine_write *write, const engine_logged *change, cx_error *error)
{
	const engine_change how = { .author = { .now_ms = change->at_ms, .user = change->by },
		                    .internal = true };
	engine_outcome outcome;
	switch (change->kind) {
	case ENGINE_CHANGED_DELETE:
		return engine_delete(write, change->type, change->id, &how, &outcome, error);
	case ENGINE_CHANGED_UNDELETE:
		return engine_undelete(write, change->type, change->id, &how, &outcome, error);
	case ENGINE_CHANGED_PURGE:
		return engine_purge(write, change->type, change->id, &how, &outcome, error);
	case ENGINE_CHANGED_CREATE:
	case ENGINE_CHANGED_UPDATE:
		break;
	}
	return CX_CORRUPT;
}

static cx_status begin_operation(engine_write *write, const engine_logged *change,
                                 cx_error *error)
{
	bool there;
	cx_status status = is_there(write, change, &there);
	if (status != CX_OK)
		return status;
	const bool of_one =
		change->kind == ENGINE_CHANGED_CREATE || change->kind == ENGINE_CHANGED_UPDATE;
	if (there && !of_one) {
		write->replay_runs = true;
		return run(write, change, error);
	}
	write->replay_runs = false;
	const engine_change how = { .author = { .now_ms = change->at_ms, .user = change->by } };
	engine__operation op = engine__operation_begin(write, &how, error);
	return engine__operation_end(&op, one_part(write, change, error));
}

cx_status engine_changes_replay(engine_write *write, const engine_logged *change,
                                cx_error *error)
{
	const uint64_t expected = change->part == 0 ? write->seq + 1 : write->seq;
	if (change->seq != expected)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "change %" PRIu64 " does not follow %" PRIu64
		               ", the last of this store",
		               change->seq, write->seq);
	engine_logged own = *change;
	if (change->type != NULL) /* it is of the other store */
		own.type = engine_schema_type(engine_read_schema(&write->read),
		                              cx_slice_of(change->type->name));
	if (own.type == NULL)
		return cx_fail(error, CX_NO_TYPE,
		               "change %" PRIu64 " is of a type that this store has not",
		               change->seq);
	if (change->part == 0)
		return begin_operation(write, &own, error);
	if (write->replay_runs)
		return CX_OK; /* the operation has done it */
	cx_arena_clear(write->arena);
	return one_part(write, &own, error);
}
