/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/record/operation.h"

#include "engine/record/read.h"
#include "engine/row/row.h"

engine__operation engine__operation_begin(engine_write *write, const engine_change *change,
                                          cx_error *error)
{
	cx_arena_clear(write->arena);
	write->logging = (engine__logging){ .author = change->author, .seq = write->seq + 1 };
	if (error != NULL)
		*error = (cx_error){ 0 };
	return (engine__operation){ .write = write,
		                    .change = change,
		                    .mark = engine_write_mark(write),
		                    .seq = write->seq + 1,
		                    .error = error };
}

cx_status engine__operation_end(engine__operation *operation, cx_status status)
{
	engine_write *write = operation->write;
	if (status == CX_OK) {
		write->seq = operation->seq;
		write->read.seq = operation->seq;
		return CX_OK;
	}
	engine_write_rollback(write, operation->mark);
	if (operation->error != NULL && operation->error->status != status)
		cx_fail(operation->error, status, "%s", cx_status_text(status));
	return status;
}

cx_status engine__operation_load(engine__operation *operation, const engine_type *type,
                                 int64_t id, engine__value *values)
{
	engine_row row;
	cx_status status =
		engine_get_any(&operation->write->read, type, id, &row, operation->error);
	return status == CX_OK ? engine__row_values(type, row.array, values) : status;
}

cx_status engine__operation_check_rev(const engine__operation *operation,
                                      const engine_type *type, int64_t id,
                                      const engine__value *values)
{
	const int64_t expected = operation->change->if_rev;
	const int64_t rev = values[ENGINE_SLOT_REV].integer;
	if (expected <= 0 || expected == rev)
		return CX_OK;
	return cx_fail(operation->error, CX_CONFLICT_REV,
	               "%s %lld has revision %lld, not %lld: read it again", type->name,
	               (long long)id, (long long)rev, (long long)expected);
}

cx_status engine__operation_check_type(const engine__operation *operation,
                                       const engine_type *type)
{
	if (!type->readonly || operation->change->internal)
		return CX_OK;
	return cx_fail(operation->error, CX_READ_ONLY_FIELD,
	               "%s records are written by the store", type->name);
}
