/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/query/ranges.h"

#include "base/check.h"
#include "engine/index/key.h"

#include <stdlib.h>
#include <string.h>

typedef struct work {
	const engine__filter *filter;
	engine__candidate *candidate;
	cx_arena *arena;
	cx_buf scratch; /* of folding */
	/* The values of each fixed column, as key bytes. */
	cx_slice *choices[ENGINE_COLUMNS_MAX + 1];
	size_t choice_counts[ENGINE_COLUMNS_MAX + 1];
	/* Bounds of the column after them, relative to it. */
	cx_buf low;
	cx_buf high; /* empty: none */
	bool none;   /* nothing can be between them */
} work;

static void release(work *self)
{
	cx_buf_release(&self->scratch);
}

/* The ranges find too much for this node. */
static void distrust(work *self, uint16_t node)
{
	engine__candidate *candidate = self->candidate;
	for (uint16_t i = 0; i < self->filter->conjunct_count; i++)
		if (self->filter->conjuncts[i] == node)
			candidate->used[i / 64] &= ~(UINT64_C(1) << i % 64);
	candidate->residual = true;
}

static bool is_id(const work *self, uint16_t column)
{
	return column == self->candidate->path.column_count;
}

static const engine_column *column_of(const work *self, uint16_t column)
{
	return &self->candidate->path.index->columns[column];
}

static cx_status put_value(work *self, uint16_t column, const engine__value *value, cx_buf *key,
                           bool *inexact)
{
	if (!is_id(self, column))
		return engine__key_put(column_of(self, column), value, key, &self->scratch,
		                       inexact);
	engine__key_put_id(key, value->integer);
	return CX_OK;
}

static cx_status keep(work *self, const cx_buf *bytes, cx_slice *ret)
{
	*ret = cx_arena_copy(self->arena, cx_buf_slice(bytes));
	return ret->size == bytes->size ? CX_OK : CX_NO_MEMORY;
}

/* ---- fixed columns ---- */

static cx_status add_choice(work *self, uint16_t column, const engine__value *value)
{
	if (is_id(self, column) && value->integer < 1)
		return CX_OK; /* no record has it */
	CX_UNSET engine__key_room room;
	cx_buf key = engine__key_in(&room);
	bool inexact = false;
	cx_status status = put_value(self, column, value, &key, &inexact);
	if (status != CX_OK)
		return status;
	if (inexact)
		distrust(self, self->candidate->equal[column]);
	cx_slice *at = &self->choices[column][self->choice_counts[column]++];
	return keep(self, &key, at);
}

static cx_status find_choices(work *self, uint16_t column)
{
	static const engine__value null = { .shape = ENGINE__NULL };
	const engine__node *node = &self->filter->nodes[self->candidate->equal[column]];
	const bool is_null = node->op == ENGINE__OP_IS_NULL;
	const size_t count = is_null ? 1 : node->value_count;
	self->choices[column] = cx_arena_alloc(self->arena, (count + 1) * sizeof(cx_slice));
	if (self->choices[column] == NULL)
		return CX_NO_MEMORY;
	for (size_t i = 0; i < count; i++) {
		const engine__value *value = is_null ? &null : &node->values[i];
		cx_status status = add_choice(self, column, value);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

/* ---- the bounded column ---- */

static void raise_low(work *self, cx_slice key)
{
	if (cx_slice_compare(key, cx_buf_slice(&self->low)) <= 0)
		return;
	cx_buf_clear(&self->low);
	cx_buf_append_slice(&self->low, key);
}

static void lower_high(work *self, cx_slice key)
{
	if (self->high.size > 0 && cx_slice_compare(key, cx_buf_slice(&self->high)) >= 0)
		return;
	cx_buf_clear(&self->high);
	cx_buf_append_slice(&self->high, key);
}

/* One end of what a value allows: all keys of the column that are at least (`least`) or at
 * most the value, itself included or not. */
typedef struct bound {
	bool least;
	bool included;
} bound;

static cx_status put_bound(work *self, uint16_t node, const engine__value *value, bound side)
{
	const uint16_t column = self->candidate->equal_count;
	CX_UNSET engine__key_room room;
	cx_buf key = engine__key_in(&room);
	bool inexact = false;
	cx_status status = put_value(self, column, value, &key, &inexact);
	if (status == CX_OK && inexact) {
		/* Texts that begin like the cut one may lie on either side of it. */
		cx_buf_clear(&key);
		status = engine__key_put_prefix(column_of(self, column), value->bytes, &key,
		                                &self->scratch, &inexact);
		side.included = true;
		distrust(self, node);
	}
	if (status != CX_OK)
		return status;

	const bool descending = !is_id(self, column) && column_of(self, column)->descending;
	const bool is_low = side.least != descending;
	if (is_low != side.included) {
		bool more = engine__key_successor(&key);
		CX_ASSERT(more); /* a column begins with a marker, an id with a zero bit */
	}
	if (is_low)
		raise_low(self, cx_buf_slice(&key));
	else
		lower_high(self, cx_buf_slice(&key));
	return CX_OK;
}

static cx_status limit_by(work *self, uint16_t node, const engine__value *value, bound side)
{
	if (!is_id(self, self->candidate->equal_count) || value->integer >= 0)
		return put_bound(self, node, value, side);
	if (!side.least)
		self->none = true; /* no id is negative */
	return CX_OK;
}

static cx_status limit_by_prefix(work *self, uint16_t at, const engine__node *node)
{
	const engine_column *column = column_of(self, self->candidate->equal_count);
	CX_UNSET engine__key_room room;
	cx_buf key = engine__key_in(&room);
	bool inexact = false;
	cx_slice text = column->folded ? node->folded : node->values[0].bytes;
	cx_status status = engine__key_put_prefix(column, text, &key, &self->scratch, &inexact);
	if (status != CX_OK)
		return status;
	if (inexact)
		distrust(self, at);
	raise_low(self, cx_buf_slice(&key));
	bool more = engine__key_successor(&key);
	CX_ASSERT(more);
	lower_high(self, cx_buf_slice(&key));
	return CX_OK;
}

static cx_status limit_by_node(work *self, uint16_t at)
{
	const engine__node *node = &self->filter->nodes[at];
	const engine__value *values = node->values;
	const bound least = { .least = true, .included = true };
	const bound most = { .included = true };
	switch (node->op) {
	case ENGINE__OP_LESS:
		return limit_by(self, at, &values[0], (bound){ 0 });
	case ENGINE__OP_LESS_EQUAL:
		return limit_by(self, at, &values[0], most);
	case ENGINE__OP_GREATER:
		return limit_by(self, at, &values[0], (bound){ .least = true });
	case ENGINE__OP_GREATER_EQUAL:
		return limit_by(self, at, &values[0], least);
	case ENGINE__OP_BETWEEN: {
		cx_status status = limit_by(self, at, &values[0], least);
		return status == CX_OK ? limit_by(self, at, &values[1], most) : status;
	}
	case ENGINE__OP_PREFIX:
	case ENGINE__OP_FOLDED_PREFIX:
		return limit_by_prefix(self, at, node);
	case ENGINE__OP_NOT_NULL:
		return CX_OK; /* every bounded column leaves null out */
	case ENGINE__OP_AND:
	case ENGINE__OP_OR:
	case ENGINE__OP_NOT:
	case ENGINE__OP_UNTRUE:
	case ENGINE__OP_EQUAL:
	case ENGINE__OP_NOT_EQUAL:
	case ENGINE__OP_IN:
	case ENGINE__OP_FOLDED_EQUAL:
	case ENGINE__OP_IS_NULL:
	case ENGINE__OP_HAS:
	case ENGINE__OP_EXISTS:
	case ENGINE__OP_CONTAINS:
	case ENGINE__OP_FOLDED_CONTAINS:
	case ENGINE__OP_MATCH:
		break;
	}
	CX_UNREACHABLE();
}

static cx_status find_bounds(work *self)
{
	const uint16_t column = self->candidate->equal_count;
	if (!is_id(self, column)) {
		const uint8_t flip = column_of(self, column)->descending ? 0xff : 0;
		cx_buf_append_byte(&self->low, ENGINE__KEY_VALUE ^ flip);
		cx_buf_append_byte(&self->high, (uint8_t)((ENGINE__KEY_VALUE ^ flip) + 1));
	}
	for (uint16_t i = 0; i < self->filter->conjunct_count; i++) {
		const uint16_t node = self->filter->conjuncts[i];
		if (!engine__node_bounds(&self->filter->nodes[node], &self->candidate->path,
		                         column))
			continue;
		cx_status status = limit_by_node(self, node);
		if (status != CX_OK)
			return status;
	}
	CX_ASSERT(cx_buf_status(&self->low) == CX_OK);
	CX_ASSERT(cx_buf_status(&self->high) == CX_OK);
	if (self->high.size > 0 &&
	    cx_slice_compare(cx_buf_slice(&self->low), cx_buf_slice(&self->high)) >= 0)
		self->none = true;
	return CX_OK;
}

/* ---- ranges ---- */

/* The range of the fixed columns in `prefix`. */
static cx_status make_range(work *self, cx_buf *prefix, engine__range *ret)
{
	const size_t size = prefix->size;
	engine__range range = { .prefix = size, .path = &self->candidate->path };
	cx_buf_append_slice(prefix, cx_buf_slice(&self->low));
	cx_status status = keep(self, prefix, &range.low);
	cx_buf_truncate(prefix, size);
	if (status != CX_OK)
		return status;
	if (self->high.size > 0)
		cx_buf_append_slice(prefix, cx_buf_slice(&self->high));
	else if (!engine__key_successor(prefix))
		cx_buf_clear(prefix); /* nothing is fixed: to the end of the tree */
	status = keep(self, prefix, &range.high);
	if (status == CX_OK)
		*ret = range;
	return status;
}

/* The `number`th combination of choices. */
static void put_combination(const work *self, size_t number, cx_buf *prefix)
{
	cx_slice parts[ENGINE_COLUMNS_MAX + 1];
	const uint16_t columns = self->candidate->equal_count;
	for (uint16_t i = columns; i > 0; i--) {
		const size_t count = self->choice_counts[i - 1];
		parts[i - 1] = self->choices[i - 1][number % count];
		number /= count;
	}
	for (uint16_t i = 0; i < columns; i++)
		cx_buf_append_slice(prefix, parts[i]);
	CX_ASSERT(cx_buf_status(prefix) == CX_OK);
}

static int compare_ranges(const void *a, const void *b)
{
	const engine__range *left = a;
	const engine__range *right = b;
	return cx_slice_compare(left->low, right->low);
}

/* Two cut texts with one hash have one range. */
static size_t sort_and_unite(engine__range *ranges, size_t count)
{
	if (count < 2)
		return count;
	qsort(ranges, count, sizeof *ranges, compare_ranges);
	size_t kept = 1;
	for (size_t i = 1; i < count; i++)
		if (compare_ranges(&ranges[i], &ranges[kept - 1]) != 0)
			ranges[kept++] = ranges[i];
	return kept;
}

static cx_status make_ranges(work *self, engine__ranges *ret)
{
	size_t count = self->none ? 0 : 1;
	for (uint16_t i = 0; i < self->candidate->equal_count; i++)
		count *= self->choice_counts[i];
	CX_ASSERT(count <= ENGINE__RANGES_MAX);
	engine__range *ranges = cx_arena_alloc(self->arena, (count + 1) * sizeof *ranges);
	if (ranges == NULL)
		return CX_NO_MEMORY;
	for (size_t i = 0; i < count; i++) {
		CX_UNSET engine__key_room room;
		cx_buf prefix = engine__key_in(&room);
		put_combination(self, i, &prefix);
		cx_status status = make_range(self, &prefix, &ranges[i]);
		if (status != CX_OK)
			return status;
	}
	ret->count = sort_and_unite(ranges, count);
	ret->items = ranges;
	return CX_OK;
}

cx_status engine__ranges_of(const engine__filter *filter, engine__candidate *candidate,
                            cx_arena *arena, engine__ranges *ret)
{
	CX_UNSET engine__key_room low, high;
	CX_SCOPED(release)
	work self = { .filter = filter,
		      .candidate = candidate,
		      .arena = arena,
		      .scratch = CX_BUF_INIT(ENGINE__FOLDED_BYTES_MAX),
		      .low = engine__key_in(&low),
		      .high = engine__key_in(&high) };
	for (uint16_t i = 0; i < candidate->equal_count; i++) {
		cx_status status = find_choices(&self, i);
		if (status != CX_OK)
			return status;
	}
	if (candidate->ranged) {
		cx_status status = find_bounds(&self);
		if (status != CX_OK)
			return status;
	}
	return make_ranges(&self, ret);
}

cx_status engine__ranges_above(engine__ranges *ranges, int64_t id, cx_arena *arena)
{
	engine__key_room room;
	cx_buf key = engine__key_in(&room);
	engine__key_put_id(&key, id);
	if (!engine__key_successor(&key)) {
		ranges->count = 0;
		return CX_OK;
	}
	const cx_slice low = cx_arena_copy(arena, cx_buf_slice(&key));
	if (low.size != key.size)
		return CX_NO_MEMORY;
	size_t kept = 0;
	for (size_t i = 0; i < ranges->count; i++) {
		engine__range range = ranges->items[i];
		if (range.high.size > 0 && cx_slice_compare(range.high, low) <= 0)
			continue;
		if (cx_slice_compare(range.low, low) < 0)
			range.low = low;
		ranges->items[kept++] = range;
	}
	ranges->count = kept;
	return CX_OK;
}

bool engine__range_holds(const engine__range *range, cx_slice key)
{
	return cx_slice_compare(key, range->low) >= 0 &&
	       (range->high.size == 0 || cx_slice_compare(key, range->high) < 0);
}

/* Whether a key that is not before the range's begin, in the direction of reading, is not past
 * its end. */
static bool is_inside(const engine__range *range, cx_slice key, bool backward)
{
	if (backward)
		return cx_slice_compare(key, range->low) >= 0;
	return range->high.size == 0 || cx_slice_compare(key, range->high) < 0;
}

size_t engine__range_count(const engine__range *range, const engine__pair *entries,
                           size_t count, bool backward)
{
	if (count == 0 || is_inside(range, entries[count - 1].key, backward))
		return count;
	size_t inside = 0;
	size_t outside = count - 1;
	while (inside < outside) {
		const size_t middle = (inside + outside) / 2;
		if (is_inside(range, entries[middle].key, backward))
			inside = middle + 1;
		else
			outside = middle;
	}
	return inside;
}
