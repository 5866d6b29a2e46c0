/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/trade/told.h"

#include "crm/report.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>

enum { ANSWER_BYTES_MAX = 16 << 20, ARENA_BYTES_MAX = 256 << 20 };

void trade_report_run(const trade_world *world, trade_report *ret, const char *name,
                      const char *params, ...)
{
	const int64_t day_ms = 86400000;
	char text[1024];
	va_list list;
	va_start(list, params);
	vsnprintf(text, sizeof text, params, list);
	va_end(list);
	cx_error error = { 0 };
	*ret = (trade_report){ .bytes = CX_BUF_INIT(ANSWER_BYTES_MAX) };
	const crm_report_request request = { .name = cx_slice_of(name),
		                             .params = wire(text),
		                             .now_ms = TRADE_TODAY * day_ms,
		                             .rows_max = CRM_REPORT_ROWS_MAX };
	const cx_status status = crm_report_run(world->read, &request, &ret->bytes, &error);
	if (status != CX_OK)
		fail_msg("%s %s: %s: %s", name, text, cx_status_name(status), error.text);
	const cx_scan_limits limits = { .bytes = ANSWER_BYTES_MAX,
		                        .items = 2000000,
		                        .depth = 16 };
	assert_int_equal(cx_arena_new(ARENA_BYTES_MAX, &ret->arena), CX_OK);
	assert_int_equal(
		cx_value_decode(cx_buf_slice(&ret->bytes), limits, ret->arena, &ret->answer),
		CX_OK);
	assert_int_equal(trade_report_figure(ret, "seq"), engine_read_seq(world->read));
	assert_int_equal(trade_report_figure(ret, "as_of"), request.now_ms);
}

void trade_report_release(trade_report *self)
{
	cx_arena_free(&self->arena);
	cx_buf_release(&self->bytes);
}

int64_t trade_report_figure(const trade_report *self, const char *member)
{
	const cx_value *value = cx_value_member(self->answer, member);
	assert_true(value != NULL && value->kind == CX_KIND_INT);
	return value->as.integer;
}

static const cx_value *named(const cx_value *list, const char *name, uint32_t *ret)
{
	assert_true(list != NULL && list->kind == CX_KIND_ARRAY);
	for (uint32_t i = 0; i < list->as.array.count; i++) {
		const cx_value *item = &list->as.array.items[i];
		const cx_value *found = cx_value_member(item, "name");
		if (found == NULL || !cx_slice_equal(found->as.bytes, cx_slice_of(name)))
			continue;
		*ret = i;
		return item;
	}
	fail_msg("there is no %s", name);
	return NULL;
}

static const cx_value *section_of(const trade_report *self, const char *name)
{
	uint32_t unused;
	return named(cx_value_member(self->answer, "sections"), name, &unused);
}

static const cx_value *cell(const trade_report *self, const char *section, size_t row,
                            const char *column)
{
	uint32_t number;
	const cx_value *of = section_of(self, section);
	const cx_value *rows = cx_value_member(of, "rows");
	named(cx_value_member(of, "columns"), column, &number);
	assert_true(row < rows->as.array.count);
	return &rows->as.array.items[row].as.array.items[number];
}

size_t trade_report_rows(const trade_report *self, const char *section)
{
	const cx_value *of = section_of(self, section);
	assert_false(cx_value_member(of, "more")->as.boolean);
	return cx_value_member(of, "rows")->as.array.count;
}

int64_t trade_report_int(const trade_report *self, const char *section, size_t row,
                         const char *column)
{
	const cx_value *value = cell(self, section, row, column);
	if (value->kind == CX_KIND_NIL)
		return INT64_MIN;
	assert_int_equal(value->kind, CX_KIND_INT);
	return value->as.integer;
}

cx_slice trade_report_text(const trade_report *self, const char *section, size_t row,
                           const char *column)
{
	const cx_value *value = cell(self, section, row, column);
	if (value->kind == CX_KIND_NIL)
		return (cx_slice){ 0 };
	assert_int_equal(value->kind, CX_KIND_STR);
	return value->as.bytes;
}

void trade_report_expect(const trade_report *self, const char *section, size_t row,
                         const char *column, int64_t expected)
{
	const int64_t found = trade_report_int(self, section, row, column);
	if (found != expected)
		trade_complain((int)row, section, "%s is %lld, not %lld", column,
		               (long long)found, (long long)expected);
}

__extension__ typedef __int128 wide;

int64_t trade_ratio(int64_t part, int64_t whole, int64_t scale)
{
	if (whole == 0)
		return INT64_MIN;
	const bool minus = (part < 0) != (whole < 0);
	const wide a = (wide)(part < 0 ? -part : part) * scale;
	const wide b = whole < 0 ? -whole : whole;
	const int64_t size = (int64_t)((2 * a + b) / (2 * b));
	return minus ? -size : size;
}
