/* SPDX-License-Identifier: Apache-2.0 */
/* Undelete and purge: both begin at the record a delete began with and walk what it wrote
 * down. */
#include "engine/log/log.h"
#include "engine/record/apply.h"
#include "engine/record/draft.h"
#include "engine/record/fields.h"
#include "engine/record/operation.h"
#include "engine/record/reference.h"
#include "engine/record/undo.h"

#include <string.h>

/* The delete that took this record, which must have begun with it. */
static cx_status find_deletion(engine__operation *op, const engine_type *type, int64_t id,
                               engine__deletion *ret)
{
	cx_status status = engine__deletion_get(&op->write->read, type, id, ret);
	if (status != CX_OK)
		return status;
	if (ret->type == type && ret->id == id)
		return CX_OK;
	return cx_fail(op->error, CX_INVALID_ARGUMENT,
	               "%s %lld was deleted together with %s %lld: name that one", type->name,
	               (long long)id, ret->type->name, (long long)ret->id);
}

typedef struct walking {
	engine__operation *op;
	const engine_type *type; /* of the record it began with */
	int64_t id;
	uint64_t delete_id;
	uint32_t affected;
} walking;

/* Begins at a deleted record, which a delete must have begun with. `*ret_rev` is its revision;
 * a live one gives the status `when_live`. */
static cx_status begin_walk(engine__operation *op, const engine_type *type, int64_t id,
                            cx_status when_live, walking *ret, int64_t *ret_rev)
{
	engine__value values[ENGINE_SLOTS_MAX];
	cx_status status = engine__operation_load(op, type, id, values);
	if (status != CX_OK)
		return status;
	if (!engine__is_deleted(values))
		return cx_fail(op->error, when_live, "%s %lld is not deleted", type->name,
		               (long long)id);
	engine__deletion deletion;
	status = engine__operation_check_rev(op, type, id, values);
	if (status == CX_OK)
		status = find_deletion(op, type, id, &deletion);
	if (status != CX_OK)
		return status == CX_NOT_FOUND ? CX_CORRUPT : status;
	*ret = (walking){ .op = op, .type = type, .id = id, .delete_id = deletion.delete_id };
	*ret_rev = values[ENGINE_SLOT_REV].integer;
	return CX_OK;
}

typedef cx_status step_action(walking *self, const engine__step *step);

/* Calls `action` for the steps of that kind, in order. */
static cx_status each_step(walking *self, engine__step_kind kind, step_action *action)
{
	for (uint32_t i = 0;; i++) {
		engine__step step;
		cx_arena_clear(self->op->write->arena);
		cx_status status =
			engine__step_get(&self->op->write->read, self->delete_id, i, &step);
		if (status == CX_NOT_FOUND)
			return CX_OK;
		if (status == CX_OK && step.kind == kind)
			status = action(self, &step);
		if (status != CX_OK)
			return status == CX_NOT_FOUND ? CX_CORRUPT : status;
	}
}

static cx_status forget_steps(walking *self)
{
	for (uint32_t i = 0;; i++) {
		engine__step step;
		cx_status status =
			engine__step_get(&self->op->write->read, self->delete_id, i, &step);
		if (status == CX_NOT_FOUND)
			return CX_OK;
		if (status == CX_OK)
			status = engine__step_remove(self->op->write, self->delete_id, i);
		if (status != CX_OK)
			return status;
	}
}

/* ---- undelete ---- */

static cx_status revive(walking *self, const engine__step *step)
{
	const engine_type *type = step->type;
	engine__value before[ENGINE_SLOTS_MAX], after[ENGINE_SLOTS_MAX];
	cx_status status = engine__operation_load(self->op, type, step->id, before);
	if (status != CX_OK)
		return status;
	memcpy(after, before, type->field_count * sizeof *after);
	after[ENGINE_SLOT_REV].integer++;
	engine__fields_stamp(&self->op->change->author, false, after);
	after[ENGINE_SLOT_DELETED_AT] = (engine__value){ .shape = ENGINE__NULL };
	status = engine__apply(self->op->write, type, step->id, before, after, self->op->error);
	if (status == CX_OK)
		status = engine__deletion_remove(self->op->write, type, step->id);
	self->affected++;
	return status;
}

/* Sets a reference that the delete cleared again, unless it was given another value since, or
 * its record was erased. */
static cx_status restore(walking *self, const engine__step *step)
{
	const engine_type *type = step->type;
	engine__value before[ENGINE_SLOTS_MAX], after[ENGINE_SLOTS_MAX];
	cx_status status = engine__operation_load(self->op, type, step->id, before);
	if (status == CX_NOT_FOUND)
		return CX_OK;
	if (status != CX_OK || before[step->field->slot].shape != ENGINE__NULL)
		return status;
	memcpy(after, before, type->field_count * sizeof *after);
	after[ENGINE_SLOT_REV].integer++;
	engine__fields_stamp(&self->op->change->author, false, after);
	after[step->field->slot] =
		(engine__value){ .shape = ENGINE__INTEGER, .integer = step->target };
	self->affected++;
	return engine__apply(self->op->write, type, step->id, before, after, self->op->error);
}

static cx_status check_references(walking *self, const engine__step *step)
{
	engine__value values[ENGINE_SLOTS_MAX];
	cx_status status = engine__operation_load(self->op, step->type, step->id, values);
	if (status != CX_OK)
		return status;
	return engine__references_check(self->op->write, step->type, NULL, values,
	                                self->op->error);
}

/* What rules make of a record that is back. */
static cx_status settle(walking *self, const engine__step *step)
{
	const bool named = step->type == self->type && step->id == self->id;
	return engine__hooks_settle(self->op, step->type, ENGINE_UNDELETES, step->id, named);
}

static cx_status undelete(engine__operation *op, const engine_type *type, int64_t id,
                          engine_outcome *ret)
{
	walking self;
	int64_t rev;
	cx_status status = begin_walk(op, type, id, CX_NOT_DELETED, &self, &rev);
	if (status != CX_OK)
		return status;
	status = each_step(&self, ENGINE__STEP_DELETED, revive);
	if (status == CX_OK)
		status = each_step(&self, ENGINE__STEP_CLEARED, restore);
	if (status == CX_OK)
		status = each_step(&self, ENGINE__STEP_DELETED, check_references);
	if (status == CX_OK)
		status = each_step(&self, ENGINE__STEP_DELETED, settle);
	if (status == CX_OK)
		status = forget_steps(&self);
	if (status == CX_OK)
		*ret = (engine_outcome){
			.id = id, .rev = rev + 1, .seq = op->seq, .affected = self.affected
		};
	return status;
}

cx_status engine_undelete(engine_write *write, const engine_type *type, int64_t id,
                          const engine_change *change, engine_outcome *ret, cx_error *error)
{
	engine__operation op = engine__operation_begin(write, change, error);
	return engine__operation_end(&op, undelete(&op, type, id, ret));
}

/* ---- purge ---- */

static cx_status erase_one(walking *self, const engine_type *type, int64_t id)
{
	engine__value values[ENGINE_SLOTS_MAX];
	cx_status status = engine__operation_load(self->op, type, id, values);
	if (status == CX_OK)
		status = engine__log_redact(self->op->write, type, id);
	if (status == CX_OK)
		status =
			engine__apply(self->op->write, type, id, values, NULL, self->op->error);
	if (++self->affected > ENGINE_DELETE_MAX)
		return cx_fail(self->op->error, CX_TOO_LARGE,
		               "the purge would erase over %d records", ENGINE_DELETE_MAX);
	return status;
}

/* Those that stayed when what they refer to was deleted. Nothing refers to them in turn. */
static cx_status erase_referring(walking *self, const engine__referrer *referrer,
                                 int64_t target)
{
	CX_SCOPED(engine__referring_release) engine__referring walk = { 0 };
	engine_read *read = &self->op->write->read;
	int64_t ids[ENGINE__REFERRING_PAGE];
	size_t count = 0;
	cx_status status = engine__referring_init(&walk, read, referrer, target);
	do {
		if (status == CX_OK)
			status = engine__referring_next(&walk, read, ids, &count);
		for (size_t i = 0; i < count && status == CX_OK; i++) {
			cx_arena_clear(self->op->write->arena);
			status = erase_one(self, referrer->source, ids[i]);
		}
	} while (status == CX_OK && count > 0);
	return status;
}

static cx_status erase(walking *self, const engine__step *step)
{
	size_t count;
	cx_status status = CX_OK;
	const engine__referrer *referrers =
		engine__referrers_of(self->op->write->read.generation, step->type, &count);
	for (size_t i = 0; i < count && status == CX_OK; i++)
		if (referrers[i].field->on_delete == ENGINE_KEEP)
			status = erase_referring(self, &referrers[i], step->id);
	if (status == CX_OK)
		status = erase_one(self, step->type, step->id);
	if (status == CX_OK)
		status = engine__deletion_remove(self->op->write, step->type, step->id);
	return status;
}

static cx_status purge(engine__operation *op, const engine_type *type, int64_t id,
                       engine_outcome *ret)
{
	walking self;
	int64_t rev;
	cx_status status = begin_walk(op, type, id, CX_INVALID_ARGUMENT, &self, &rev);
	if (status != CX_OK)
		return status;
	status = each_step(&self, ENGINE__STEP_DELETED, erase);
	if (status == CX_OK)
		status = forget_steps(&self);
	if (status == CX_OK)
		*ret = (engine_outcome){ .id = id, .seq = op->seq, .affected = self.affected };
	return status;
}

cx_status engine_purge(engine_write *write, const engine_type *type, int64_t id,
                       const engine_change *change, engine_outcome *ret, cx_error *error)
{
	engine__operation op = engine__operation_begin(write, change, error);
	return engine__operation_end(&op, purge(&op, type, id, ret));
}
