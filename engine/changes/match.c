/* SPDX-License-Identifier: Apache-2.0 */
/* Which side of a filter a record was on before and after a change of it. */
#include "engine/changes/past.h"
#include "engine/query/filter.h"

#include <stdlib.h>

enum { ARENA_BYTES_MAX = 8 * 1024 * 1024 };

struct engine_matcher {
	bool filters;
	bool sees_stamp; /* the filter names what every change writes: rev, updated_at, _by */
	engine__filter filter;
	cx_arena *arena;
	bool *wanted;            /* by operand: all */
	engine__value *operands; /* the same */
	cx_buf row;              /* after the change */
	cx_buf before;
	cx_buf folded;
	engine__past past;
};

/* ---- the filter ---- */

static cx_status check_field(engine_matcher *matcher, const engine_field *field,
                             cx_error *error)
{
	if (field->rollup != NULL)
		return cx_fail(
			error, CX_INVALID_ARGUMENT,
			"filter: %s is kept by the store and changes without a change of "
			"its record: filter the changes by other fields",
			field->name);
	if (field->slot == ENGINE_SLOT_DELETED_AT)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "filter: deleted_at cannot be asked for: a deleted record holds "
		               "to no filter of changes");
	matcher->sees_stamp = matcher->sees_stamp || field->slot == ENGINE_SLOT_REV ||
	                      field->slot == ENGINE_SLOT_UPDATED_AT ||
	                      field->slot == ENGINE_SLOT_UPDATED_BY;
	return CX_OK;
}

static cx_status read_filter(engine_matcher *matcher, const engine_type *type, cx_slice bytes,
                             cx_error *error)
{
	engine__filter *filter = &matcher->filter;
	cx_status status = engine__filter_read(type, bytes, matcher->arena, filter, error);
	for (uint16_t i = 0; status == CX_OK && i < filter->operand_count; i++)
		status = check_field(matcher, filter->operands[i].field, error);
	if (status != CX_OK)
		return status;
	const size_t count = (size_t)filter->operand_count + 1;
	matcher->wanted = cx_arena_alloc(matcher->arena, count * sizeof *matcher->wanted);
	matcher->operands = cx_arena_zalloc(matcher->arena, count * sizeof *matcher->operands);
	if (matcher->wanted == NULL || matcher->operands == NULL)
		return cx_fail(error, CX_NO_MEMORY, "%s", cx_status_text(CX_NO_MEMORY));
	for (uint16_t i = 0; i < filter->operand_count; i++)
		matcher->wanted[i] = true;
	matcher->filters = true;
	return CX_OK;
}

cx_status engine_matcher_new(const engine_type *type, cx_slice filter, engine_matcher **ret,
                             cx_error *error)
{
	CX_SCOPED(engine_matcher_free) engine_matcher *matcher = calloc(1, sizeof *matcher);
	if (matcher == NULL)
		return cx_fail(error, CX_NO_MEMORY, "%s", cx_status_text(CX_NO_MEMORY));
	matcher->row = CX_BUF_INIT(ENGINE_RECORD_BYTES_MAX);
	matcher->before = CX_BUF_INIT(ENGINE_RECORD_BYTES_MAX);
	matcher->folded = CX_BUF_INIT(16 * ENGINE_RECORD_BYTES_MAX);
	cx_reader reader = cx_reader_of(filter);
	if (filter.size > 0 && !cx_read_if_nil(&reader)) {
		cx_status status = cx_arena_new(ARENA_BYTES_MAX, &matcher->arena);
		if (status != CX_OK)
			return cx_fail(error, status, "%s", cx_status_text(status));
		status = read_filter(matcher, type, filter, error);
		if (status != CX_OK)
			return status;
	}
	*ret = matcher;
	matcher = NULL; /* now the caller's */
	return CX_OK;
}

void engine_matcher_free(engine_matcher **matcher)
{
	engine_matcher *self = *matcher;
	if (self == NULL)
		return;
	cx_arena_free(&self->arena);
	cx_buf_release(&self->row);
	cx_buf_release(&self->before);
	cx_buf_release(&self->folded);
	free(self);
	*matcher = NULL;
}

/* Of a record that is there and not deleted. */
static cx_status judge(engine_matcher *matcher, cx_slice row, engine_fit *ret)
{
	const engine__filter *filter = &matcher->filter;
	*ret = ENGINE_FIT_YES;
	if (!matcher->filters)
		return CX_OK;
	cx_status status = engine__filter_operands(filter, matcher->wanted, row,
	                                           &matcher->folded, matcher->operands);
	for (uint16_t i = 0; status == CX_OK && i < filter->conjunct_count; i++)
		if (engine__filter_evaluate(filter, filter->conjuncts[i], matcher->operands) !=
		    ENGINE__TRUE)
			*ret = ENGINE_FIT_NO;
	return status;
}

/* ---- the record ---- */

static bool is_deleted(const engine__past *past)
{
	return past->values[ENGINE_SLOT_DELETED_AT].shape != ENGINE__NULL;
}

/* Goes back from now until `change` is the newest that was not taken back.
 * Errors: CX_COMPACTED: there is no way back. */
static cx_status go_back(engine_matcher *matcher, engine__history_walk *walk,
                         const engine_logged *change)
{
	size_t bytes = 0;
	for (uint32_t i = 0; i <= ENGINE_MATCHER_CHANGES_MAX; i++) {
		uint64_t seq;
		uint32_t part;
		engine_logged later;
		cx_status status = engine__history_walk_next(walk, &seq, &part);
		if (status == CX_OK && seq == change->seq && part == change->part)
			return CX_OK;
		if (bytes > ENGINE_MATCHER_BYTES_MAX)
			return CX_COMPACTED;
		if (status == CX_OK)
			status = engine__log_get(matcher->past.read, seq, part, &later);
		if (status == CX_OK)
			bytes += later.fields.size;
		if (status == CX_OK)
			status = engine__past_take_back(&matcher->past, &later);
		if (status == CX_NOT_FOUND)
			return CX_CORRUPT; /* the change itself is in no history */
		if (status != CX_OK)
			return status;
	}
	return CX_COMPACTED;
}

static cx_status look_after(engine_matcher *matcher, const engine_logged *change,
                            engine_crossing *ret)
{
	if (change->kind == ENGINE_CHANGED_DELETE || is_deleted(&matcher->past))
		return CX_OK;
	engine__past_sign(&matcher->past, change);
	cx_buf_clear(&matcher->row);
	cx_status status = engine__past_write(&matcher->past, &matcher->row);
	ret->row = cx_buf_slice(&matcher->row);
	return status == CX_OK ? judge(matcher, ret->row, &ret->is) : status;
}

/* Gives it the stamp that it had before. Errors: CX_NOT_FOUND (that is not kept any more). */
static cx_status sign_before(engine_matcher *matcher, engine__history_walk *walk)
{
	uint64_t seq;
	uint32_t part;
	engine_logged earlier;
	cx_status status = engine__history_walk_next(walk, &seq, &part);
	if (status == CX_OK)
		status = engine__log_get(matcher->past.read, seq, part, &earlier);
	if (status == CX_OK)
		engine__past_sign(&matcher->past, &earlier);
	return status;
}

static cx_status look_before(engine_matcher *matcher, engine__history_walk *walk,
                             const engine_logged *change, engine_crossing *ret)
{
	if (change->kind == ENGINE_CHANGED_CREATE)
		return CX_OK;
	cx_status status = engine__past_take_back(&matcher->past, change);
	if (status != CX_OK || is_deleted(&matcher->past))
		return status;
	if (matcher->sees_stamp) {
		status = sign_before(matcher, walk);
		if (status == CX_NOT_FOUND)
			ret->was = ENGINE_FIT_UNKNOWN;
		if (status != CX_OK)
			return status == CX_NOT_FOUND ? CX_OK : status;
	}
	cx_buf_clear(&matcher->before);
	status = engine__past_write(&matcher->past, &matcher->before);
	return status == CX_OK ? judge(matcher, cx_buf_slice(&matcher->before), &ret->was)
	                       : status;
}

static cx_status look(engine_matcher *matcher, engine_read *read, const engine_logged *change,
                      engine_crossing *ret, cx_error *error)
{
	CX_SCOPED(engine__history_walk_end) engine__history_walk walk = { 0 };
	cx_status status =
		engine__past_begin(read, change->type, change->id, &matcher->past, error);
	if (status == CX_OK)
		status = engine__history_walk_begin(read, change->type, change->id, UINT64_MAX,
		                                    &walk);
	if (status == CX_OK)
		status = go_back(matcher, &walk, change);
	if (status == CX_OK)
		status = look_after(matcher, change, ret);
	if (status == CX_OK)
		status = look_before(matcher, &walk, change, ret);
	return status;
}

/* What is certain whatever the values were. */
static engine_crossing unknown(const engine_logged *change)
{
	const bool gone = change->kind == ENGINE_CHANGED_DELETE;
	const bool comes = change->kind == ENGINE_CHANGED_CREATE ||
	                   change->kind == ENGINE_CHANGED_UNDELETE;
	return (engine_crossing){ .was = comes ? ENGINE_FIT_NO : ENGINE_FIT_UNKNOWN,
		                  .is = gone ? ENGINE_FIT_NO : ENGINE_FIT_UNKNOWN };
}

cx_status engine_matcher_look(engine_matcher *matcher, engine_read *read,
                              const engine_logged *change, engine_crossing *ret,
                              cx_error *error)
{
	*ret = (engine_crossing){ .was = ENGINE_FIT_NO, .is = ENGINE_FIT_NO };
	if (change->kind == ENGINE_CHANGED_PURGE)
		return CX_OK; /* it was deleted before, and is gone */
	if (change->redacted) {
		*ret = unknown(change);
		return CX_OK;
	}
	cx_status status = look(matcher, read, change, ret, error);
	if (status != CX_COMPACTED)
		return status;
	*ret = unknown(change);
	return CX_OK;
}
