/* SPDX-License-Identifier: Apache-2.0 */
/* Delete: first the record and, along cascading references, all that goes with it; then it is
 * refused if anything live still refers to one of them by a restricting reference; then the
 * references that may be null are cleared. Each step is written down (engine/record/undo.h). */
#include "base/check.h"
#include "engine/record/apply.h"
#include "engine/record/draft.h"
#include "engine/record/fields.h"
#include "engine/record/operation.h"
#include "engine/record/read.h"
#include "engine/record/reference.h"
#include "engine/record/undo.h"

#include <string.h>

typedef struct deleting {
	engine__operation *op;
	engine__deletion root;
	uint32_t steps;
} deleting;

static cx_status note(deleting *self, const engine__step *step)
{
	if (self->steps >= ENGINE_DELETE_MAX)
		return cx_fail(
			self->op->error, CX_TOO_LARGE,
			"the delete would touch over %d records: delete parts of it first",
			ENGINE_DELETE_MAX);
	return engine__step_put(self->op->write, self->root.delete_id, self->steps++, step);
}

/* Marks one live record deleted. */
static cx_status delete_one(deleting *self, const engine_type *type, int64_t id,
                            engine__value *before)
{
	engine_write *write = self->op->write;
	const bool named = type == self->root.type && id == self->root.id;
	cx_status status = engine__hooks_ask(self->op, type, id, before, named);
	if (status != CX_OK)
		return status;
	const engine_author *author = &self->op->change->author;
	engine__value after[ENGINE_SLOTS_MAX];
	memcpy(after, before, type->field_count * sizeof *after);
	after[ENGINE_SLOT_REV].integer++;
	engine__fields_stamp(author, false, after);
	after[ENGINE_SLOT_DELETED_AT] = after[ENGINE_SLOT_UPDATED_AT];

	status = engine__apply(write, type, id, before, after, self->op->error);
	if (status == CX_OK)
		status = engine__deletion_put(write, type, id, &self->root);
	const engine__step step = { .kind = ENGINE__STEP_DELETED, .type = type, .id = id };
	return status == CX_OK ? note(self, &step) : status;
}

static cx_status clear_one(deleting *self, const engine__referrer *referrer, int64_t id,
                           int64_t target, const engine__value *before)
{
	const engine_type *type = referrer->source;
	engine__value after[ENGINE_SLOTS_MAX];
	memcpy(after, before, type->field_count * sizeof *after);
	after[ENGINE_SLOT_REV].integer++;
	engine__fields_stamp(&self->op->change->author, false, after);
	after[referrer->field->slot] = (engine__value){ .shape = ENGINE__NULL };

	cx_status status =
		engine__apply(self->op->write, type, id, before, after, self->op->error);
	const engine__step step = { .kind = ENGINE__STEP_CLEARED,
		                    .type = type,
		                    .id = id,
		                    .field = referrer->field,
		                    .target = target };
	return status == CX_OK ? note(self, &step) : status;
}

static cx_status fail_restricted(deleting *self, const engine__referrer *referrer, int64_t id,
                                 const engine_type *target_type, int64_t target)
{
	return cx_fail_field(self->op->error, CX_RESTRICTED, referrer->field->name,
	                     "%s %lld cannot be deleted: %s %lld refers to it by %s",
	                     target_type->name, (long long)target, referrer->source->name,
	                     (long long)id, referrer->field->name);
}

/* What one live record that refers to a deleted one brings about. */
static cx_status act(deleting *self, const engine__referrer *referrer, int64_t id,
                     int64_t target)
{
	if (referrer->field->on_delete == ENGINE_RESTRICT)
		return fail_restricted(self, referrer, id, referrer->field->target, target);
	cx_arena_clear(self->op->write->arena);
	engine__value before[ENGINE_SLOTS_MAX];
	cx_status status = engine__operation_load(self->op, referrer->source, id, before);
	if (status != CX_OK)
		return status == CX_NOT_FOUND ? CX_CORRUPT : status;
	if (referrer->field->on_delete == ENGINE_CASCADE)
		return delete_one(self, referrer->source, id, before);
	return clear_one(self, referrer, id, target, before);
}

static cx_status act_on_referring(deleting *self, const engine__referrer *referrer,
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
		for (size_t i = 0; i < count && status == CX_OK; i++)
			status = act(self, referrer, ids[i], target);
	} while (status == CX_OK && count > 0);
	return status;
}

/* Follows all references with that rule to the records deleted so far; what this deletes is
 * followed in turn. */
static cx_status follow(deleting *self, engine_on_delete rule)
{
	for (uint32_t i = 0; i < self->steps; i++) {
		engine__step step;
		cx_status status = engine__step_get(&self->op->write->read,
		                                    self->root.delete_id, i, &step);
		if (status != CX_OK)
			return status;
		if (step.kind != ENGINE__STEP_DELETED)
			continue;
		size_t count;
		const engine__referrer *referrers = engine__referrers_of(
			self->op->write->read.generation, step.type, &count);
		for (size_t r = 0; r < count && status == CX_OK; r++)
			if (referrers[r].field->on_delete == rule)
				status = act_on_referring(self, &referrers[r], step.id);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

/* What rules make of it, once all that goes is gone. */
static cx_status settle(deleting *self)
{
	cx_status status = CX_OK;
	for (uint32_t i = 0; i < self->steps && status == CX_OK; i++) {
		engine__step step;
		cx_arena_clear(self->op->write->arena);
		status = engine__step_get(&self->op->write->read, self->root.delete_id, i,
		                          &step);
		if (status == CX_OK && step.kind == ENGINE__STEP_DELETED)
			status = engine__hooks_settle(self->op, step.type, ENGINE_DELETES,
			                              step.id, i == 0);
	}
	return status;
}

static cx_status delete_all(engine__operation *op, const engine_type *type, int64_t id,
                            engine_outcome *ret)
{
	if (type->keep)
		return cx_fail(op->error, CX_RESTRICTED,
		               "%s records are kept for good: set them inactive instead",
		               type->name);
	engine__value before[ENGINE_SLOTS_MAX];
	cx_status status = engine__operation_check_type(op, type);
	if (status == CX_OK)
		status = engine__operation_load(op, type, id, before);
	if (status == CX_OK && engine__is_deleted(before))
		status = engine__fail_not_found(type, id, op->error);
	if (status == CX_OK)
		status = engine__operation_check_rev(op, type, id, before);
	if (status != CX_OK)
		return status;

	deleting self = { .op = op, .root = { .delete_id = op->seq, .type = type, .id = id } };
	const int64_t rev = before[ENGINE_SLOT_REV].integer + 1;
	status = delete_one(&self, type, id, before);
	if (status == CX_OK)
		status = follow(&self, ENGINE_CASCADE);
	if (status == CX_OK)
		status = follow(&self, ENGINE_RESTRICT);
	if (status == CX_OK)
		status = follow(&self, ENGINE_SET_NULL);
	if (status == CX_OK)
		status = settle(&self);
	if (status == CX_OK)
		*ret = (engine_outcome){
			.id = id, .rev = rev, .seq = op->seq, .affected = self.steps
		};
	return status;
}

cx_status engine_delete(engine_write *write, const engine_type *type, int64_t id,
                        const engine_change *change, engine_outcome *ret, cx_error *error)
{
	engine__operation op = engine__operation_begin(write, change, error);
	return engine__operation_end(&op, delete_all(&op, type, id, ret));
}
