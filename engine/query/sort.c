/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/query/sort.h"

#include "base/check.h"
#include "engine/query/sort_value.h"

#include <stdlib.h>
#include <string.h>

static const size_t rows_at_first = 64;

static void release_row(engine__sort_row *row)
{
	free(row->copied);
	row->copied = NULL;
}

void engine__sort_release(engine__sort *sort)
{
	for (size_t i = 0; i < sort->count; i++)
		release_row(&sort->rows[i]);
	free(sort->rows);
	sort->rows = NULL;
	sort->count = sort->room = 0;
}

static bool comes_before(const engine__plan *plan, const engine__sort_row *a,
                         const engine__sort_row *b)
{
	for (size_t i = 0; i < plan->order_count; i++) {
		int order = engine__value_compare(&a->values[i], &b->values[i]);
		if (order != 0)
			return plan->order[i].descending ? order > 0 : order < 0;
	}
	return a->id < b->id;
}

/* ---- heap ---- */

static void sink(const engine__plan *plan, engine__sort_row *rows, size_t count, size_t at)
{
	const engine__sort_row row = rows[at];
	for (;;) {
		size_t below = 2 * at + 1;
		if (below >= count)
			break;
		if (below + 1 < count && comes_before(plan, &rows[below], &rows[below + 1]))
			below++;
		if (!comes_before(plan, &row, &rows[below]))
			break;
		rows[at] = rows[below];
		at = below;
	}
	rows[at] = row;
}

static void rise(const engine__plan *plan, engine__sort_row *rows, size_t at)
{
	const engine__sort_row row = rows[at];
	while (at > 0 && comes_before(plan, &rows[(at - 1) / 2], &row)) {
		rows[at] = rows[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	rows[at] = row;
}

static cx_status grow(engine__sort *sort)
{
	size_t room = sort->room > 0 ? 2 * sort->room : rows_at_first;
	if (room > sort->rows_max)
		room = sort->rows_max;
	engine__sort_row *rows = realloc(sort->rows, room * sizeof *rows);
	if (rows == NULL)
		return CX_NO_MEMORY;
	sort->rows = rows;
	sort->room = room;
	return CX_OK;
}

/* A long row is gone at the next step: its texts are copied. */
static cx_status copy_texts(const engine__plan *plan, engine__sort_row *row)
{
	size_t size = 0;
	for (size_t i = 0; i < plan->order_count; i++)
		size += row->values[i].bytes.size;
	if (size == 0)
		return CX_OK;
	row->copied = malloc(size);
	if (row->copied == NULL)
		return CX_NO_MEMORY;
	uint8_t *at = row->copied;
	for (size_t i = 0; i < plan->order_count; i++) {
		cx_slice *bytes = &row->values[i].bytes;
		if (bytes->size == 0)
			continue;
		memcpy(at, bytes->data, bytes->size);
		bytes->data = at;
		at += bytes->size;
	}
	return CX_OK;
}

cx_status engine__sort_offer(engine__sort *sort, const engine__step *step)
{
	CX_ASSERT(sort->rows_max > 0);
	const engine__plan *plan = sort->plan;
	engine__sort_row row = { .id = step->row.id,
		                 .record_key = step->record_key,
		                 .stored = step->stored };
	cx_status status = engine__sort_values(plan, step->row.array, row.values);
	if (status != CX_OK)
		return status;
	if (sort->continued && !comes_before(plan, &sort->after, &row))
		return CX_OK;
	const bool full = sort->count == sort->rows_max;
	if (full && !comes_before(plan, &row, &sort->rows[0]))
		return CX_OK;
	if (!full && sort->count == sort->room)
		status = grow(sort);
	if (status == CX_OK && step->is_long)
		status = copy_texts(plan, &row);
	if (status != CX_OK)
		return status;
	if (full) {
		release_row(&sort->rows[0]);
		sort->rows[0] = row;
		sink(plan, sort->rows, sort->count, 0);
		return CX_OK;
	}
	sort->rows[sort->count] = row;
	rise(plan, sort->rows, sort->count++);
	return CX_OK;
}

void engine__sort_finish(engine__sort *sort)
{
	for (size_t left = sort->count; left > 1; left--) {
		const engine__sort_row last = sort->rows[0];
		sort->rows[0] = sort->rows[left - 1];
		sort->rows[left - 1] = last;
		sink(sort->plan, sort->rows, left - 1, 0);
	}
}
