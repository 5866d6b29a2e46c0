/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/trade/reading.h"

#include "tests/support/unit.h"

#include <stdio.h>

typedef struct reading {
	trade_visit *visit;
	void *context;
	cx_arena *arena;
} reading;

static cx_status take(void *context, const engine_row *row)
{
	const reading *self = context;
	if (self->visit == NULL)
		return CX_OK;
	trade_record record = { .id = row->id, .type = row->type, .arena = self->arena };
	const cx_scan_limits limits = { .bytes = row->array.size, .items = 10000, .depth = 16 };
	assert_int_equal(cx_value_decode(row->array, limits, self->arena, &record.row), CX_OK);
	self->visit(self->context, &record);
	cx_arena_clear(self->arena);
	return CX_OK;
}

trade_cost trade_read(const trade_world *world, const trade_list *list, trade_visit *visit,
                      void *context)
{
	const trade_question asked = { .type = list->type,
		                       .filter = list->filter,
		                       .order = list->order,
		                       .limit = list->limit };
	engine_query query = trade_query_of(world, &asked);
	reading self = { .visit = visit, .context = context };
	assert_int_equal(cx_arena_new(1 << 22, &self.arena), CX_OK);
	trade_cost cost = { .rows = 0 };
	engine_page page = { .position_size = 0 };
	uint8_t after[ENGINE_POSITION_BYTES_MAX];
	do {
		cx_error error = { 0 };
		memcpy(after, page.position, page.position_size);
		query.after = (cx_slice){ after, page.position_size };
		if (engine_query_run(world->read, &query, take, &self, &page, &error) != CX_OK)
			fail_msg("%s: %s", list->filter, error.text);
		cost.rows += page.rows;
		cost.pages++;
		cost.keys += page.keys_scanned;
		cost.fetched += page.rows_fetched;
	} while (page.position_size > 0 && !list->first);
	cx_arena_free(&self.arena);
	return cost;
}

const char *trade_filter(const char *format, ...)
{
	static char texts[4][256];
	static unsigned next;
	char *text = texts[next++ % 4];
	va_list arguments;
	va_start(arguments, format);
	const int size = vsnprintf(text, sizeof texts[0], format, arguments);
	va_end(arguments);
	assert_true(size > 0 && (size_t)size < sizeof texts[0]);
	return text;
}

int64_t trade_int(const trade_record *record, const char *field, int64_t otherwise)
{
	const cx_value *value = trade_value(record, field);
	return value->kind == CX_KIND_NIL ? otherwise : value->as.integer;
}

bool trade_is(const trade_record *record, const char *field, const char *label)
{
	const cx_value *value = trade_value(record, field);
	return value->kind == CX_KIND_STR &&
	       cx_slice_equal(value->as.bytes, cx_slice_of(label));
}

void trade_check_cost(int number, const char *what, const trade_cost *cost, size_t rows,
                      size_t ranges)
{
	const size_t ends = ranges * cost->pages;
	if (cost->keys > rows + TRADE_SLACK * ends || cost->fetched > rows + ends)
		trade_complain(number, what, "%llu keys and %llu rows for %zu",
		               (unsigned long long)cost->keys,
		               (unsigned long long)cost->fetched, rows);
}
