/* SPDX-License-Identifier: Apache-2.0 */
/* Rollups: fields that the store keeps over the records referring to one. */
#include "engine/record/rollup.h"

#include "base/check.h"
#include "engine/aggregate/reading.h"
#include "engine/aggregate/value.h"
#include "engine/core/build.h"
#include "engine/core/snapshot.h"
#include "engine/index/entries.h"
#include "engine/record/apply.h"
#include "engine/record/read.h"
#include "engine/record/reference.h"
#include "engine/record/unique.h"
#include "engine/row/row.h"

#include <string.h>

static bool is_extremum(const engine_rollup *rollup)
{
	return rollup->kind == ENGINE_ROLLUP_MIN || rollup->kind == ENGINE_ROLLUP_MAX;
}

/* Whether a record has a part in the rollup of what it refers to. */
static bool counts(const engine_rollup *rollup, const engine__value *values)
{
	return values != NULL && values[ENGINE_SLOT_DELETED_AT].shape == ENGINE__NULL &&
	       engine__where_holds(&rollup->where, values) &&
	       (!is_extremum(rollup) || values[rollup->source->slot].shape != ENGINE__NULL);
}

static cx_status fail_range(const engine_rollup *rollup, cx_error *error)
{
	return cx_fail_field(error, CX_INVALID_ARGUMENT, rollup->field->name,
	                     "%s.%s: the sum over %s does not fit 64 bits",
	                     rollup->parent->name, rollup->field->name, rollup->type->name);
}

/* What a record adds to a count or a sum; 0 when it has no part. */
static cx_status addend(const engine_rollup *rollup, const engine__value *values,
                        engine_sum *ret, cx_error *error)
{
	*ret = (engine_sum){ 0 };
	if (!counts(rollup, values))
		return CX_OK;
	if (rollup->kind == ENGINE_ROLLUP_COUNT) {
		*ret = engine_sum_of(1);
		return CX_OK;
	}
	bool is_null;
	if (!engine__expression_value(&rollup->sum, values, ret, &is_null))
		return engine__fail_term(rollup->type, &rollup->sum, error);
	return CX_OK;
}

static cx_status set_sum(const engine_rollup *rollup, engine_sum sum, engine__value *ret,
                         cx_error *error)
{
	engine__value value = { .shape = ENGINE__INTEGER };
	if (!engine_sum_to_int(sum, &value.integer))
		return fail_range(rollup, error);
	*ret = value;
	return CX_OK;
}

/* ---- computed anew ---- */

/* A record as it stands, long or not, for as long as nothing else is read. */
static cx_status load(const engine__reading *self, const engine_type *type, int64_t id,
                      engine__value *values, cx_error *error)
{
	cx_arena_clear(self->own);
	engine_row row;
	cx_status status = engine_get_any(self->read, type, id, &row, error);
	return status == CX_OK ? engine__row_values(type, row.array, values) : status;
}

/* Of one that is being built, the records that the build has passed have a part in it. */
static cx_status is_kept(const engine__reading *self, const engine_rollup *rollup,
                         const engine__value *values, bool *ret)
{
	*ret = rollup->state == ENGINE_AGGREGATE_READY;
	if (rollup->state != ENGINE_AGGREGATE_BUILDING)
		return CX_OK;
	cx_slice place;
	cx_status status = engine__entries_record_key(rollup->type, values, self->own, &place);
	if (status != CX_OK)
		return status;
	return engine__build_reached(self->read, ENGINE__BUILD_ROLLUP, rollup->field->id, place,
	                             ret);
}

static cx_status add_referring(const engine__reading *self, const engine_rollup *rollup,
                               int64_t child, engine_sum *sum, cx_error *error)
{
	CX_UNSET engine__value values[ENGINE_SLOTS_MAX];
	engine_sum part = { 0 };
	bool kept = false;
	cx_status status = load(self, rollup->type, child, values, error);
	if (status == CX_OK)
		status = is_kept(self, rollup, values, &kept);
	if (status == CX_OK && kept)
		status = addend(rollup, values, &part, error);
	*sum = engine_sum_add(*sum, part);
	return status;
}

static cx_status sum_referring(const engine__reading *self, const engine_rollup *rollup,
                               int64_t id, engine_sum *ret, cx_error *error)
{
	CX_SCOPED(engine__referring_release) engine__referring walk = { 0 };
	const engine__referrer referrer = { .source = rollup->type, .field = rollup->ref };
	int64_t ids[ENGINE__REFERRING_PAGE];
	size_t count = 0;
	cx_status status = engine__referring_init(&walk, self->read, &referrer, id);
	do {
		if (status == CX_OK)
			status = engine__referring_next(&walk, self->read, ids, &count);
		for (size_t i = 0; i < count && status == CX_OK; i++)
			status = add_referring(self, rollup, ids[i], ret, error);
	} while (status == CX_OK && count > 0);
	return status == CX_NOT_FOUND ? CX_CORRUPT : status;
}

/* The beginning of the keys of the records that refer to `id` and have a value: null is apart
 * by its first byte. */
static cx_status put_range(const engine_rollup *rollup, int64_t id, cx_buf *key)
{
	const engine_index *index = rollup->index;
	const engine__value parent = { .shape = ENGINE__INTEGER, .integer = id };
	bool inexact = false;
	cx_status status = engine__key_put(&index->columns[0], &parent, key, NULL, &inexact);
	const uint8_t marker = ENGINE__KEY_VALUE;
	cx_buf_append_byte(key, index->columns[1].descending ? (uint8_t)~marker : marker);
	return status == CX_OK ? cx_buf_status(key) : status;
}

static cx_status entry_id(const engine_index *index, const engine__pair *pair, int64_t *ret)
{
	return index->cluster ? engine__key_id(pair->key, ret)
	                      : engine__entry_id(index, pair, ret);
}

/* The first record from the wanted end that has a part in it. Those passed over are ones the
 * where-clause leaves out (or deleted ones, in a cluster). */
static cx_status find_extremum(const engine__reading *self, const engine_rollup *rollup,
                               int64_t id, engine__value *ret, cx_error *error)
{
	engine__key_room room;
	cx_buf low = engine__key_in(&room);
	cx_status status = put_range(rollup, id, &low);
	if (status != CX_OK)
		return status;
	engine__key_room high_room;
	cx_buf high = engine__key_in(&high_room);
	cx_buf_append_slice(&high, cx_buf_slice(&low));
	const bool least = rollup->kind == ENGINE_ROLLUP_MIN;
	const bool forward = least != rollup->index->columns[1].descending;
	const bool bounded = engine__key_successor(&high);
	CX_ASSERT(bounded); /* it does not end with FF */
	CX_SCOPED(engine__cursor_close) engine__cursor *cursor = NULL;
	status = engine__cursor_open(self->read->view, engine__tree_of(rollup->index->tree),
	                             forward ? ENGINE__FORWARD : ENGINE__BACKWARD, &cursor);
	if (status == CX_OK)
		status = engine__cursor_seek(cursor, cx_buf_slice(forward ? &low : &high));
	*ret = (engine__value){ .shape = ENGINE__NULL };
	CX_UNSET engine__value values[ENGINE_SLOTS_MAX];
	while (status == CX_OK) {
		engine__pair pair;
		size_t count;
		int64_t child;
		status = engine__cursor_next(cursor, &pair, 1, &count);
		if (status != CX_OK || count == 0 ||
		    !cx_slice_starts_with(pair.key, cx_buf_slice(&low)))
			return status;
		status = entry_id(rollup->index, &pair, &child);
		if (status == CX_OK)
			status = load(self, rollup->type, child, values, error);
		if (status == CX_OK && counts(rollup, values)) {
			*ret = values[rollup->source->slot];
			return CX_OK;
		}
	}
	return status == CX_NOT_FOUND ? CX_CORRUPT : status;
}

cx_status engine__rollup_compute(engine_read *read, const engine_rollup *rollup, int64_t id,
                                 engine__value *ret, cx_error *error)
{
	CX_SCOPED(engine__reading_end) engine__reading self = { 0 };
	cx_status status = engine__reading_begin(read, &self);
	if (status != CX_OK)
		return status;
	if (is_extremum(rollup))
		return find_extremum(&self, rollup, id, ret, error);
	engine_sum sum = { 0 };
	status = sum_referring(&self, rollup, id, &sum, error);
	return status == CX_OK ? set_sum(rollup, sum, ret, error) : status;
}

/* ---- by delta ---- */

/* A child before and after, of one parent. */
typedef struct change {
	engine_write *write;
	const engine__value *before; /* NULL: it did not refer to this parent */
	const engine__value *after;
	int64_t parent;
	bool builds; /* it is the build that adds it */
	cx_error *error;
} change;

static cx_status is_passed(const change *self, const engine_rollup *rollup,
                           const engine__build *build, const engine__value *values, bool *ret)
{
	*ret = false;
	if (values == NULL || build->action != ENGINE__BUILD_RUNS)
		return CX_OK;
	cx_slice place;
	cx_status status =
		engine__entries_record_key(rollup->type, values, self->write->arena, &place);
	*ret = status == CX_OK && cx_slice_compare(place, engine__build_frontier(build)) <= 0;
	return status;
}

/* A sum is not the same when it is added twice, so the build and the writes share the records:
 * those it has passed are the writes', the others still its own. A record that moves in its
 * cluster may go from the one to the other, though no field of the rollup changes. */
static cx_status take_passed(change *self, const engine_rollup *rollup,
                             const engine__build *build)
{
	bool old_passed, new_passed;
	engine_sum part;
	cx_status status = is_passed(self, rollup, build, self->before, &old_passed);
	if (status == CX_OK)
		status = is_passed(self, rollup, build, self->after, &new_passed);
	/* What the build would fail on is refused before it is there. */
	if (status == CX_OK)
		status = addend(rollup, self->after, &part, self->error);
	if (status != CX_OK)
		return status;
	self->before = old_passed ? self->before : NULL;
	self->after = new_passed ? self->after : NULL;
	return CX_OK;
}

/* The least and the greatest are the same however often a record is taken in, so they are kept
 * by writes from the moment on when the next can be found, which may be a record that the build
 * has not passed. */
static cx_status take_while_built(change *self, const engine_rollup *rollup)
{
	if (is_extremum(rollup)) {
		if (rollup->index->state != ENGINE_INDEX_READABLE)
			self->before = self->after = NULL;
		return CX_OK;
	}
	engine__build build;
	cx_status status = engine__build_get(&self->write->read, ENGINE__BUILD_ROLLUP,
	                                     rollup->field->id, &build);
	if (status != CX_OK)
		return status == CX_NOT_FOUND ? CX_CORRUPT : status;
	return take_passed(self, rollup, &build);
}

/* Leaves of a change what the writes have to keep. */
static cx_status take_part(change *self, const engine_rollup *rollup)
{
	if (self->builds)
		return CX_OK;
	switch (rollup->state) {
	case ENGINE_AGGREGATE_READY:
		return CX_OK;
	case ENGINE_AGGREGATE_BUILDING:
		return take_while_built(self, rollup);
	case ENGINE_AGGREGATE_FAILED:
		self->before = self->after = NULL;
		return CX_OK;
	}
	CX_UNREACHABLE();
}

static cx_status add_up(const change *self, const engine_rollup *rollup, engine__value *value)
{
	engine_sum old, new;
	cx_status status = addend(rollup, self->before, &old, self->error);
	if (status == CX_OK)
		status = addend(rollup, self->after, &new, self->error);
	if (status != CX_OK)
		return status;
	engine_sum sum = engine_sum_of(value->shape == ENGINE__NULL ? 0 : value->integer);
	sum = engine_sum_add(sum, engine_sum_add(new, engine_sum_negative(old)));
	return set_sum(rollup, sum, value, self->error);
}

/* Whether `a` is nearer to the wanted end than `b`. */
static bool is_beyond(const engine_rollup *rollup, int64_t a, int64_t b)
{
	return rollup->kind == ENGINE_ROLLUP_MIN ? a < b : a > b;
}

static cx_status keep_extremum(const change *self, const engine_rollup *rollup,
                               engine__value *value)
{
	const bool was = counts(rollup, self->before);
	const bool is = counts(rollup, self->after);
	const int64_t new = is ? self->after[rollup->source->slot].integer : 0;
	const bool held = was && value->shape == ENGINE__INTEGER &&
	                  self->before[rollup->source->slot].integer == value->integer;
	if (held && !(is && !is_beyond(rollup, value->integer, new)))
		return engine__rollup_compute(&self->write->read, rollup, self->parent, value,
		                              self->error);
	if (is && (value->shape == ENGINE__NULL || is_beyond(rollup, new, value->integer)))
		*value = self->after[rollup->source->slot];
	return CX_OK;
}

static cx_status keep(const change *self, const engine_rollup *rollup, engine__value *value)
{
	change part = *self;
	cx_status status = take_part(&part, rollup);
	if (status != CX_OK || (part.before == NULL && part.after == NULL))
		return status;
	return is_extremum(rollup) ? keep_extremum(&part, rollup, value)
	                           : add_up(&part, rollup, value);
}

/* Rewrites the parent, which may be deleted itself: what is deleted with its parent goes out
 * of it, and comes back with it. */
static cx_status rewrite_parent(const change *self, const engine_rollup *const *rollups,
                                size_t count)
{
	const engine_type *parent = rollups[0]->parent;
	engine_row row;
	cx_status status =
		engine_get_any(&self->write->read, parent, self->parent, &row, self->error);
	/* Gone for good: whoever brings the record back finds the reference dangling. */
	if (status == CX_NOT_FOUND)
		return CX_OK;
	CX_UNSET engine__value before[ENGINE_SLOTS_MAX], after[ENGINE_SLOTS_MAX];
	if (status == CX_OK)
		status = engine__row_values(parent, row.array, before);
	if (status != CX_OK)
		return status;
	memcpy(after, before, parent->field_count * sizeof *after);
	bool differs = false;
	for (size_t i = 0; i < count && status == CX_OK; i++) {
		const uint16_t slot = rollups[i]->field->slot;
		status = keep(self, rollups[i], &after[slot]);
		differs = differs || !engine__value_equal(&before[slot], &after[slot]);
	}
	if (status != CX_OK || !differs)
		return status;
	return engine__apply(self->write, parent, self->parent, before, after, self->error);
}

static int64_t parent_in(const engine_field *ref, const engine__value *values)
{
	if (values == NULL || values[ENGINE_SLOT_DELETED_AT].shape != ENGINE__NULL ||
	    values[ref->slot].shape == ENGINE__NULL)
		return 0;
	return values[ref->slot].integer;
}

static bool differ(const engine_rollup *const *rollups, size_t count,
                   const engine__value *before, const engine__value *after)
{
	for (size_t i = 0; i < count; i++)
		if (rollups[i]->state == ENGINE_AGGREGATE_BUILDING || /* it may have moved */
		    engine__slots_differ(rollups[i]->slots, rollups[i]->slot_count, before,
		                         after))
			return true;
	return false;
}

/* All rollups by one reference. */
static cx_status apply_reference(engine_write *write, const engine_rollup *const *rollups,
                                 size_t count, const engine__value *before,
                                 const engine__value *after, cx_error *error)
{
	const engine_field *ref = rollups[0]->ref;
	const int64_t old = parent_in(ref, before);
	const int64_t new = parent_in(ref, after);
	change self = { .write = write, .error = error };
	if (old == new) {
		if (old == 0 || !differ(rollups, count, before, after))
			return CX_OK;
		self.before = before;
		self.after = after;
		self.parent = old;
		return rewrite_parent(&self, rollups, count);
	}
	cx_status status = CX_OK;
	if (old != 0) {
		self.before = before;
		self.parent = old;
		status = rewrite_parent(&self, rollups, count);
	}
	if (status == CX_OK && new != 0) {
		self.before = NULL;
		self.after = after;
		self.parent = new;
		status = rewrite_parent(&self, rollups, count);
	}
	return status;
}

cx_status engine__rollups_apply(engine_write *write, const engine_type *type,
                                const engine__value *before, const engine__value *after,
                                cx_error *error)
{
	cx_status status = CX_OK;
	for (uint16_t i = 0; i < type->rollup_count && status == CX_OK;) {
		uint16_t end = i;
		while (end < type->rollup_count &&
		       type->rollups[end]->ref == type->rollups[i]->ref)
			end++;
		status = apply_reference(write, &type->rollups[i], (size_t)(end - i), before,
		                         after, error);
		i = end;
	}
	return status;
}

/* ---- while it is built ---- */

cx_status engine__rollup_add(engine_write *write, const engine_rollup *rollup,
                             const engine__value *values, bool *ret_is_in, cx_error *error)
{
	const change self = { .write = write,
		              .after = values,
		              .parent = parent_in(rollup->ref, values),
		              .builds = true,
		              .error = error };
	*ret_is_in = self.parent != 0 && counts(rollup, values);
	return *ret_is_in ? rewrite_parent(&self, &rollup, 1) : CX_OK;
}

bool engine__rollup_is_empty(const engine_rollup *rollup, const engine__value *value)
{
	return is_extremum(rollup) ? value->shape == ENGINE__NULL
	                           : value->shape == ENGINE__INTEGER && value->integer == 0;
}

cx_status engine__rollup_empty(engine_write *write, const engine_rollup *rollup, int64_t id,
                               bool *ret_changed)
{
	const engine_type *parent = rollup->parent;
	const uint16_t slot = rollup->field->slot;
	CX_UNSET engine__value before[ENGINE_SLOTS_MAX], after[ENGINE_SLOTS_MAX];
	engine_row row;
	cx_status status = engine_get_any(&write->read, parent, id, &row, NULL);
	if (status == CX_OK)
		status = engine__row_values(parent, row.array, before);
	if (status != CX_OK)
		return status == CX_NOT_FOUND ? CX_CORRUPT : status;
	*ret_changed = !engine__rollup_is_empty(rollup, &before[slot]);
	if (!*ret_changed)
		return CX_OK;
	memcpy(after, before, parent->field_count * sizeof *after);
	after[slot] = (engine__value){ .shape = is_extremum(rollup) ? ENGINE__NULL
		                                                    : ENGINE__INTEGER };
	return engine__apply(write, parent, id, before, after, NULL);
}
