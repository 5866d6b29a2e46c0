/* SPDX-License-Identifier: Apache-2.0 */
/* create, update and upsert. */
#include "engine/record/change.h"

#include "engine/core/meta.h"
#include "engine/record/apply.h"
#include "engine/record/draft.h"
#include "engine/record/fields.h"
#include "engine/record/operation.h"
#include "engine/record/read.h"
#include "engine/record/reference.h"
#include "engine/record/unique.h"

#include <string.h>

static cx_status check_room(const engine__operation *op)
{
	if (!op->write->low || op->change->internal)
		return CX_OK;
	return cx_fail(op->error, CX_STORAGE_FULL,
	               "less than a tenth of the store's room is left: only deletes are taken "
	               "until there is more");
}

static cx_status check_single(const engine__operation *op, const engine_type *type)
{
	if (!type->single)
		return CX_OK;
	int64_t last;
	cx_status status = engine__meta_last_id(&op->write->read, type, &last);
	if (status != CX_OK)
		return status;
	if (last == 0 || engine__read_exists(&op->write->read, type, last) == CX_NOT_FOUND)
		return CX_OK;
	return cx_fail(op->error, CX_INVALID_ARGUMENT,
	               "there is one %s record at most, and it exists: update %s %lld",
	               type->name, type->name, (long long)last);
}

cx_status engine__change_make(engine__operation *op, const engine_type *type,
                              engine__value *values, int64_t *ret_id, cx_error *error)
{
	int64_t id = 0;
	cx_status status = engine__fields_required(type, values, error);
	if (status == CX_OK)
		status = engine__references_check(op->write, type, NULL, values, error);
	if (status == CX_OK)
		status = engine__meta_next_id(op->write, type, &id);
	if (status != CX_OK)
		return status;
	values[ENGINE_SLOT_ID] = (engine__value){ .shape = ENGINE__INTEGER, .integer = id };
	values[ENGINE_SLOT_REV] = (engine__value){ .shape = ENGINE__INTEGER, .integer = 1 };
	engine__fields_stamp(&op->change->author, true, values);
	*ret_id = id;
	return engine__apply(op->write, type, id, NULL, values, error);
}

static cx_status create(engine__operation *op, const engine_type *type, cx_slice fields,
                        engine_outcome *ret)
{
	CX_UNSET engine__value values[ENGINE_SLOTS_MAX];
	CX_UNSET engine__given given;
	CX_UNSET engine__hooks hooks;
	cx_status status = check_room(op);
	if (status == CX_OK)
		status = engine__operation_check_type(op, type);
	if (status == CX_OK)
		status = check_single(op, type);
	if (status == CX_OK)
		status = engine__fields_defaults(type, values);
	if (status == CX_OK)
		status = engine__fields_read(type, fields, op->change, op->write->arena, values,
		                             &given, op->error);
	if (status == CX_OK)
		status = engine__hooks_before(&hooks, op, type, ENGINE_CREATES, 0, NULL, values,
		                              &given);
	int64_t id = 0;
	if (status == CX_OK)
		status = engine__change_make(op, type, values, &id, op->error);
	if (status == CX_OK)
		status = engine__hooks_after(&hooks, id);
	if (status == CX_OK)
		*ret = (engine_outcome){ .id = id,
			                 .rev = values[ENGINE_SLOT_REV].integer,
			                 .seq = op->seq,
			                 .affected = 1,
			                 .created = true };
	return status;
}

cx_status engine_create(engine_write *write, const engine_type *type, cx_slice fields,
                        const engine_change *change, engine_outcome *ret, cx_error *error)
{
	engine__operation op = engine__operation_begin(write, change, error);
	return engine__operation_end(&op, create(&op, type, fields, ret));
}

static bool values_equal(const engine_type *type, const engine__value *a,
                         const engine__value *b)
{
	for (uint16_t i = 0; i < type->field_count; i++)
		if (!engine__value_equal(&a[i], &b[i]))
			return false;
	return true;
}

cx_status engine__change_store(engine__operation *op, const engine_type *type, int64_t id,
                               const engine__value *before, engine__value *after,
                               bool *ret_changed, cx_error *error)
{
	*ret_changed = false;
	cx_status status = engine__fields_required(type, after, error);
	if (status != CX_OK || values_equal(type, before, after))
		return status;
	after[ENGINE_SLOT_REV].integer++;
	engine__fields_stamp(&op->change->author, false, after);
	status = engine__references_check(op->write, type, before, after, error);
	if (status == CX_OK)
		status = engine__apply(op->write, type, id, before, after, error);
	*ret_changed = status == CX_OK;
	return status;
}

/* A live record that the caller may change. */
static cx_status load(engine__operation *op, const engine_type *type, int64_t id,
                      engine__value *ret)
{
	cx_status status = check_room(op);
	if (status == CX_OK)
		status = engine__operation_check_type(op, type);
	if (status == CX_OK)
		status = engine__operation_load(op, type, id, ret);
	if (status == CX_OK && engine__is_deleted(ret))
		status = engine__fail_not_found(type, id, op->error);
	return status == CX_OK ? engine__operation_check_rev(op, type, id, ret) : status;
}

static cx_status update(engine__operation *op, const engine_type *type, int64_t id,
                        cx_slice fields, engine_outcome *ret)
{
	CX_UNSET engine__value before[ENGINE_SLOTS_MAX], after[ENGINE_SLOTS_MAX];
	CX_UNSET engine__given given;
	CX_UNSET engine__hooks hooks;
	cx_status status = load(op, type, id, before);
	if (status != CX_OK)
		return status;
	memcpy(after, before, type->field_count * sizeof *after);
	bool changed = false;
	status = engine__fields_read(type, fields, op->change, op->write->arena, after, &given,
	                             op->error);
	if (status == CX_OK)
		status = engine__hooks_before(&hooks, op, type, ENGINE_UPDATES, id, before,
		                              after, &given);
	if (status == CX_OK)
		status = engine__change_store(op, type, id, before, after, &changed, op->error);
	if (status == CX_OK && changed)
		status = engine__hooks_after(&hooks, id);
	if (status != CX_OK)
		return status;
	if (!changed)
		op->seq = op->write->seq; /* no change, no number */
	*ret = (engine_outcome){ .id = id,
		                 .rev = after[ENGINE_SLOT_REV].integer,
		                 .seq = op->seq,
		                 .affected = changed };
	return CX_OK;
}

cx_status engine_update(engine_write *write, const engine_type *type, int64_t id,
                        cx_slice fields, const engine_change *change, engine_outcome *ret,
                        cx_error *error)
{
	engine__operation op = engine__operation_begin(write, change, error);
	return engine__operation_end(&op, update(&op, type, id, fields, ret));
}

/* Finds the record an upsert means. Errors: CX_NOT_FOUND: none yet. */
static cx_status find_match(engine__operation *op, const engine_index *index, cx_slice fields,
                            int64_t *ret)
{
	CX_UNSET engine__value values[ENGINE_SLOTS_MAX];
	CX_UNSET engine__given given;
	engine__value columns[ENGINE_COLUMNS_MAX];
	cx_status status = engine__fields_defaults(index->type, values);
	if (status == CX_OK)
		status = engine__fields_read(index->type, fields, op->change, op->write->arena,
		                             values, &given, op->error);
	if (status != CX_OK)
		return status;
	if (index->present != NULL && values[index->present->slot].shape == ENGINE__NULL)
		return cx_fail_field(op->error, CX_INVALID_ARGUMENT, index->present->name,
		                     "upsert by %s needs a value for %s", index->name,
		                     index->present->name);
	engine__unique_columns(index, values, columns);
	return engine__unique_find(&op->write->read, index, columns, ret, op->error);
}

static cx_status upsert(engine__operation *op, const engine_index *index, cx_slice fields,
                        engine_outcome *ret)
{
	cx_status status = engine__unique_check(index, op->error);
	if (status != CX_OK)
		return status;
	int64_t id;
	status = find_match(op, index, fields, &id);
	if (status == CX_NOT_FOUND)
		return create(op, index->type, fields, ret);
	return status == CX_OK ? update(op, index->type, id, fields, ret) : status;
}

cx_status engine_upsert(engine_write *write, const engine_index *index, cx_slice fields,
                        const engine_change *change, engine_outcome *ret, cx_error *error)
{
	engine__operation op = engine__operation_begin(write, change, error);
	return engine__operation_end(&op, upsert(&op, index, fields, ret));
}
