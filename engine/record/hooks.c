/* SPDX-License-Identifier: Apache-2.0 */
/* The hooks of a rule around one record, and the other records that a rule works on. */
#include "base/check.h"
#include "engine/core/meta.h"
#include "engine/record/change.h"
#include "engine/record/draft.h"
#include "engine/record/read.h"
#include "engine/record/reference.h"
#include "engine/record/unique.h"
#include "engine/row/row.h"

#include <string.h>

const engine__bound_rule *engine__rule_of(const engine__operation *op, const engine_type *type)
{
	if (op->change->internal)
		return NULL;
	return op->write->read.generation->rules.items[type->number];
}

static void init(engine__hooks *hooks, engine__operation *op, const engine_type *type,
                 engine_event event)
{
	*hooks = (engine__hooks){ .op = op,
		                  .bound = engine__rule_of(op, type),
		                  .event = event,
		                  .named = true,
		                  .draft = { .hooks = hooks, .type = type } };
	hooks->last = &hooks->first;
}

cx_status engine__hooks_before(engine__hooks *hooks, engine__operation *op,
                               const engine_type *type, engine_event event, int64_t id,
                               engine__value *before, engine__value *values,
                               const engine__given *given)
{
	init(hooks, op, type, event);
	hooks->draft.id = id;
	hooks->draft.before = before;
	hooks->draft.values = values;
	hooks->given = given;
	if (hooks->bound == NULL || hooks->bound->rule->before == NULL)
		return CX_OK;
	return hooks->bound->rule->before(&hooks->draft, op->error);
}

cx_status engine__hooks_ask(engine__operation *op, const engine_type *type, int64_t id,
                            engine__value *before, bool named)
{
	engine__hooks hooks;
	init(&hooks, op, type, ENGINE_DELETES);
	if (hooks.bound == NULL || hooks.bound->rule->before == NULL)
		return CX_OK;
	CX_UNSET engine__value values[ENGINE_SLOTS_MAX];
	memcpy(values, before, type->field_count * sizeof *values);
	hooks.draft.id = id;
	hooks.draft.before = before;
	hooks.draft.values = values;
	hooks.named = named;
	cx_status status = hooks.bound->rule->before(&hooks.draft, op->error);
	CX_ASSERT(hooks.first == NULL); /* what goes saves nothing */
	return status;
}

static engine__value *new_values(const engine__hooks *hooks, const engine_type *type)
{
	return cx_arena_alloc(hooks->op->write->arena,
	                      type->field_count * sizeof(engine__value));
}

static void copy_values(engine__value *to, const engine__value *from, const engine_type *type)
{
	memcpy(to, from, type->field_count * sizeof *to);
}

/* ---- saving ---- */

static cx_status write_new(engine_draft *draft, cx_error *error)
{
	engine__value *stored = new_values(draft->hooks, draft->type);
	if (stored == NULL)
		return CX_NO_MEMORY;
	cx_status status = engine__change_make(draft->hooks->op, draft->type, draft->values,
	                                       &draft->id, error);
	if (status == CX_OK)
		copy_values(stored, draft->values, draft->type);
	draft->before = draft->stored = stored;
	return status;
}

/* What the rule has set, put over what the store has by now: rollups may have moved since the
 * draft was read. */
static void merge(engine_draft *draft, const engine__value *now)
{
	for (uint16_t i = 0; i < draft->type->field_count; i++) {
		const bool set = i >= ENGINE_SYSTEM_SLOTS &&
		                 !engine__value_equal(&draft->values[i], &draft->stored[i]);
		if (!set)
			draft->values[i] = now[i];
	}
}

static cx_status write_changed(engine_draft *draft, cx_error *error)
{
	engine__operation *op = draft->hooks->op;
	CX_UNSET engine__value now[ENGINE_SLOTS_MAX];
	cx_status status = engine__operation_load(op, draft->type, draft->id, now);
	if (status != CX_OK)
		return status;
	merge(draft, now);
	bool changed;
	status = engine__change_store(op, draft->type, draft->id, now, draft->values, &changed,
	                              error);
	if (status == CX_OK)
		copy_values(draft->stored, draft->values, draft->type);
	return status;
}

static cx_status write_draft(engine_draft *draft, cx_error *error)
{
	return draft->id == 0 ? write_new(draft, error) : write_changed(draft, error);
}

cx_status engine_draft_save(engine_draft *draft, cx_error *error)
{
	engine__hooks *hooks = draft->hooks;
	if (hooks->is_written)
		return write_draft(draft, error);
	CX_ASSERT(draft != &hooks->draft);
	if (draft->next == NULL && hooks->last != &draft->next) {
		*hooks->last = draft;
		hooks->last = &draft->next;
	}
	return CX_OK;
}

static cx_status save_waiting(engine__hooks *hooks)
{
	cx_status status = CX_OK;
	for (engine_draft *i = hooks->first; i != NULL && status == CX_OK; i = i->next)
		status = write_draft(i, hooks->op->error);
	return status;
}

/* From now on the record can be saved once more. */
static cx_status keep_stored(engine__hooks *hooks)
{
	engine_draft *draft = &hooks->draft;
	draft->stored = new_values(hooks, draft->type);
	if (draft->stored == NULL)
		return CX_NO_MEMORY;
	copy_values(draft->stored, draft->values, draft->type);
	return CX_OK;
}

cx_status engine__hooks_after(engine__hooks *hooks, int64_t id)
{
	if (hooks->bound == NULL)
		return CX_OK;
	hooks->is_written = true;
	hooks->draft.id = id;
	cx_status status = save_waiting(hooks);
	if (status != CX_OK || hooks->bound->rule->after == NULL)
		return status;
	status = keep_stored(hooks);
	return status == CX_OK ? hooks->bound->rule->after(&hooks->draft, hooks->op->error)
	                       : status;
}

/* ---- other records ---- */

static const engine__rule_field *field_of(const engine__hooks *hooks, unsigned field)
{
	CX_ASSERT(field < hooks->bound->rule->field_count);
	return &hooks->bound->fields[field];
}

static engine_draft *draft_new(engine__hooks *hooks, const engine_type *type, bool existed)
{
	engine_draft *draft = cx_arena_zalloc(hooks->op->write->arena, sizeof *draft);
	if (draft == NULL)
		return NULL;
	draft->hooks = hooks;
	draft->type = type;
	draft->values = new_values(hooks, type);
	if (existed)
		draft->before = draft->stored = new_values(hooks, type);
	return draft->values != NULL && (!existed || draft->stored != NULL) ? draft : NULL;
}

/* Reads a record into a draft that was made for its type; deleted ones too. */
static cx_status fill(engine_draft *draft, int64_t id)
{
	cx_status status =
		engine__operation_load(draft->hooks->op, draft->type, id, draft->stored);
	if (status != CX_OK)
		return status;
	draft->id = id;
	copy_values(draft->values, draft->stored, draft->type);
	return CX_OK;
}

cx_status engine_draft_load(engine_draft *draft, unsigned field, int64_t id, engine_draft **ret,
                            cx_error *error)
{
	const engine_type *type = field_of(draft->hooks, field)->type;
	engine_draft *loaded = draft_new(draft->hooks, type, true);
	if (loaded == NULL)
		return CX_NO_MEMORY;
	cx_status status = fill(loaded, id);
	if (status == CX_OK && engine__is_deleted(loaded->stored))
		status = CX_NOT_FOUND;
	if (status != CX_OK)
		return status == CX_NOT_FOUND ? engine__fail_not_found(type, id, error)
		                              : status;
	*ret = loaded;
	return CX_OK;
}

/* The unique index that holds the field alone. */
static const engine_index *unique_index(const engine__rule_field *of)
{
	for (uint16_t i = 0; i < of->type->index_count; i++) {
		const engine_index *index = &of->type->indexes[i];
		if (index->unique && index->column_count == 1 &&
		    index->columns[0].field == of->field)
			return index;
	}
	return NULL;
}

cx_status engine_draft_find(engine_draft *draft, unsigned field, cx_slice text,
                            engine_draft **ret, cx_error *error)
{
	const engine__rule_field *by = field_of(draft->hooks, field);
	const engine_index *index = unique_index(by);
	CX_ASSERT(index != NULL && by->field->kind == ENGINE_STRING);
	const engine__value value = { .shape = ENGINE__CHARS, .bytes = text };
	int64_t id;
	cx_status status =
		engine__unique_find(engine_draft_view(draft), index, &value, &id, error);
	return status == CX_OK ? engine_draft_load(draft, field, id, ret, error) : status;
}

cx_status engine_draft_single(engine_draft *draft, unsigned field, engine_draft **ret,
                              cx_error *error)
{
	const engine_type *type = field_of(draft->hooks, field)->type;
	CX_ASSERT(type->single);
	int64_t id;
	cx_status status = engine__meta_last_id(engine_draft_view(draft), type, &id);
	if (status == CX_OK)
		status = id == 0 ? CX_NOT_FOUND
		                 : engine_draft_load(draft, field, id, ret, error);
	return status == CX_NOT_FOUND ? engine_draft_new(draft, field, ret) : status;
}

cx_status engine_draft_new(engine_draft *draft, unsigned field, engine_draft **ret)
{
	const engine_type *type = field_of(draft->hooks, field)->type;
	engine_draft *made = draft_new(draft->hooks, type, false);
	if (made == NULL)
		return CX_NO_MEMORY;
	*ret = made;
	return engine__fields_defaults(type, made->values);
}

/* All records found share one draft. */
static cx_status each(engine_draft *found, engine__referring *walk, engine_draft_action *action,
                      void *context, cx_error *error)
{
	int64_t ids[ENGINE__REFERRING_PAGE];
	size_t count = 0;
	cx_status status;
	do {
		status = engine__referring_next(walk, engine_draft_view(found), ids, &count);
		for (size_t i = 0; i < count && status == CX_OK; i++) {
			status = fill(found, ids[i]);
			if (status == CX_OK)
				status = action(context, found, error);
		}
	} while (status == CX_OK && count > 0);
	return status;
}

cx_status engine_draft_each(engine_draft *draft, unsigned field, int64_t id,
                            engine_draft_action *action, void *context, cx_error *error)
{
	const engine__rule_field *by = field_of(draft->hooks, field);
	CX_ASSERT(by->field->kind == ENGINE_REF);
	const engine__referrer referrer = { .source = by->type, .field = by->field };
	engine_draft *found = draft_new(draft->hooks, by->type, true);
	if (found == NULL)
		return CX_NO_MEMORY;
	CX_SCOPED(engine__referring_release) engine__referring walk = { 0 };
	cx_status status =
		engine__referring_init(&walk, engine_draft_view(draft), &referrer, id);
	return status == CX_OK ? each(found, &walk, action, context, error) : status;
}

/* ---- deletes and undeletes ---- */

cx_status engine__hooks_settle(engine__operation *op, const engine_type *type,
                               engine_event event, int64_t id, bool named)
{
	engine__hooks hooks;
	init(&hooks, op, type, event);
	if (hooks.bound == NULL || hooks.bound->rule->after == NULL)
		return CX_OK;
	engine_draft *draft = &hooks.draft;
	draft->values = new_values(&hooks, type);
	draft->before = draft->stored = new_values(&hooks, type);
	if (draft->values == NULL || draft->stored == NULL)
		return CX_NO_MEMORY;
	hooks.named = named;
	hooks.is_written = true;
	cx_status status = fill(draft, id);
	return status == CX_OK ? hooks.bound->rule->after(draft, op->error) : status;
}
