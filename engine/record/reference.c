/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/record/reference.h"

#include "engine/index/key.h"
#include "engine/record/read.h"
#include "engine/record/unique.h"
#include "engine/row/row.h"

cx_status engine__reference_leads(engine_read *read, const engine_field *field, int64_t target)
{
	if (field->on_delete != ENGINE_KEEP)
		return engine__read_exists(read, field->target, target);
	engine_row row;
	return engine_get_any(read, field->target, target, &row, NULL);
}

static cx_status check_one(engine_write *write, const engine_type *type,
                           const engine_field *field, int64_t target, cx_error *error)
{
	cx_status status = engine__reference_leads(&write->read, field, target);
	if (status == CX_OK)
		return CX_OK;
	if (status != CX_NOT_FOUND)
		return cx_fail_field(error, status, field->name, "%s.%s: %s %lld: %s",
		                     type->name, field->name, field->target->name,
		                     (long long)target, cx_status_text(status));
	return cx_fail_field(error, CX_DANGLING_REFERENCE, field->name,
	                     "%s.%s: there is no %s %lld", type->name, field->name,
	                     field->target->name, (long long)target);
}

cx_status engine__references_check(engine_write *write, const engine_type *type,
                                   const engine__value *before, const engine__value *after,
                                   cx_error *error)
{
	for (uint16_t i = ENGINE_SYSTEM_SLOTS; i < type->field_count; i++) {
		const engine_field *field = &type->fields[i];
		if (field->kind != ENGINE_REF || after[i].shape == ENGINE__NULL)
			continue;
		if (before != NULL && engine__value_equal(&before[i], &after[i]))
			continue;
		cx_status status = check_one(write, type, field, after[i].integer, error);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

static void put_backref_prefix(const engine__referrer *referrer, int64_t target, cx_buf *out)
{
	const uint16_t type = referrer->field->target->id;
	cx_buf_append(out, (uint8_t[]){ (uint8_t)(type >> 8), (uint8_t)type }, 2);
	engine__key_put_id(out, target);
	const uint16_t source = referrer->source->id;
	const uint16_t field = referrer->field->id;
	cx_buf_append(out,
	              (uint8_t[]){ (uint8_t)(source >> 8), (uint8_t)source,
	                           (uint8_t)(field >> 8), (uint8_t)field },
	              4);
}

cx_status engine__referring_init(engine__referring *walk, engine_read *read,
                                 const engine__referrer *referrer, int64_t target)
{
	*walk = (engine__referring){ .referrer = referrer,
		                     .prefix = CX_BUF_INIT(ENGINE__KEY_BYTES_MAX),
		                     .next = CX_BUF_INIT(ENGINE__KEY_BYTES_MAX + 1) };
	const engine_index *index = referrer->field->ref_index;
	if (index == NULL) {
		walk->tree = read->engine->backref;
		put_backref_prefix(referrer, target, &walk->prefix);
	} else {
		walk->tree = engine__tree_of(index->tree);
		const engine__value id = { .shape = ENGINE__INTEGER, .integer = target };
		bool inexact = false;
		cx_status status =
			engine__key_put(&index->columns[0], &id, &walk->prefix, NULL, &inexact);
		if (status != CX_OK)
			return status;
	}
	cx_buf_append_slice(&walk->next, cx_buf_slice(&walk->prefix));
	return cx_buf_status(&walk->next);
}

void engine__referring_release(engine__referring *walk)
{
	cx_buf_release(&walk->prefix);
	cx_buf_release(&walk->next);
}

/* The live record an entry of the walk stands for; 0 when it is a deleted one (the tree of a
 * cluster holds the records themselves, deleted ones too). */
static cx_status id_of(const engine__referring *walk, engine_read *read,
                       const engine__pair *pair, int64_t *ret)
{
	const engine_index *index = walk->referrer->field->ref_index;
	if (index != NULL && !index->cluster)
		return engine__entry_id(index, pair, ret);
	cx_status status = engine__key_id(pair->key, ret);
	if (status != CX_OK || index == NULL)
		return status;
	status = engine__read_exists(read, walk->referrer->source, *ret);
	if (status == CX_NOT_FOUND) {
		*ret = 0;
		return CX_OK;
	}
	return status;
}

static cx_status take_page(engine__referring *walk, engine_read *read, engine__cursor *cursor,
                           int64_t *ids, size_t *count)
{
	const cx_slice prefix = cx_buf_slice(&walk->prefix);
	while (*count < ENGINE__REFERRING_PAGE) {
		engine__pair pair;
		size_t found;
		cx_status status = engine__cursor_next(cursor, &pair, 1, &found);
		if (status != CX_OK)
			return status;
		if (found == 0 || !cx_slice_starts_with(pair.key, prefix))
			return CX_OK;
		int64_t id;
		status = id_of(walk, read, &pair, &id);
		if (status != CX_OK)
			return status;
		if (id != 0)
			ids[(*count)++] = id;
		cx_buf_clear(&walk->next);
		cx_buf_append_slice(&walk->next, pair.key);
		cx_buf_append_byte(&walk->next, 0); /* the smallest key after it */
	}
	return cx_buf_status(&walk->next);
}

cx_status engine__referring_next(engine__referring *walk, engine_read *read,
                                 int64_t ids[ENGINE__REFERRING_PAGE], size_t *ret_count)
{
	CX_SCOPED(engine__cursor_close) engine__cursor *cursor = NULL;
	*ret_count = 0;
	cx_status status =
		engine__cursor_open(read->view, walk->tree, ENGINE__FORWARD, &cursor);
	if (status == CX_OK)
		status = engine__cursor_seek(cursor, cx_buf_slice(&walk->next));
	return status == CX_OK ? take_page(walk, read, cursor, ids, ret_count) : status;
}
