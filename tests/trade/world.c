/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/trade/world.h"

#include "crm/crm.h"
#include "engine/analyze.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <stdlib.h>

enum { CUSTOMERS = 600 }; /* unless CARDEX_TRADE_CUSTOMERS says another number */

static int64_t customers_wanted(void)
{
	const char *wanted = getenv("CARDEX_TRADE_CUSTOMERS");
	return wanted != NULL ? strtoll(wanted, NULL, 10) : CUSTOMERS;
}

void trade_world_open(trade_world *self)
{
	const engine_options options = { .map_bytes = 1ull << 33, .journal_bytes = 128 << 20 };
	dice random = dice_init();
	*self = (trade_world){ .read = NULL };
	fixture_open_with(&self->store, (const char *)crm_schema_text().data, &options);
	self->sizes = trade_fill(&self->store, &random, customers_wanted());
	assert_int_equal(engine_settle(self->store.engine), CX_OK);
	assert_int_equal(engine_read_begin(self->store.engine, &self->read), CX_OK);
}

void trade_world_close(trade_world *self)
{
	engine_read_end(&self->read);
	fixture_close(&self->store);
}

void trade_world_analyze(trade_world *self)
{
	CX_SCOPED(engine_analysis_free) engine_analysis *analysis = NULL;
	assert_int_equal(engine_analysis_new(self->store.engine, &analysis), CX_OK);
	for (bool done = false; !done;)
		assert_int_equal(engine_analysis_step(analysis, self->read, &done), CX_OK);
	uint64_t epoch = 0;
	assert_int_equal(engine_analysis_commit(&analysis, &epoch), CX_OK);
	assert_true(epoch > 0);
	assert_int_equal(engine_read_renew(self->read), CX_OK);
}

int64_t trade_world_made(const trade_world *self, const char *type)
{
	const struct {
		const char *type;
		int64_t made;
	} sizes[] = {
		{ "customer", self->sizes.customers },
		{ "contact", self->sizes.contacts },
		{ "opportunity", self->sizes.opportunities },
		{ "stage_history", self->sizes.histories },
		{ "activity", self->sizes.activities },
		{ "sales_order", self->sizes.orders },
		{ "order_line", self->sizes.lines },
		{ "payment", self->sizes.payments },
		{ "contract", self->sizes.contracts },
		{ "service_request", self->sizes.requests },
		{ "feedback", self->sizes.feedbacks },
		{ "campaign_touch", self->sizes.touches },
		{ "sales_target", self->sizes.targets },
	};
	for (size_t i = 0; i < CX_COUNT_OF(sizes); i++)
		if (strcmp(sizes[i].type, type) == 0)
			return sizes[i].made;
	fail_msg("no size of %s", type);
	return 0;
}

void trade_pass(const trade_world *self, const char *type, trade_visit *visit, void *context)
{
	CX_SCOPED(cx_arena_free) cx_arena *arena = NULL;
	assert_int_equal(cx_arena_new(1 << 22, &arena), CX_OK);
	trade_record record = { .type = fixture_type(&self->store, type), .arena = arena };
	const int64_t made = trade_world_made(self, type);
	for (record.id = 1; record.id <= made; record.id++) {
		engine_row row;
		assert_int_equal(engine_get_any(self->read, record.type, record.id, &row, NULL),
		                 CX_OK);
		const cx_scan_limits limits = { .bytes = row.array.size,
			                        .items = 10000,
			                        .depth = 16 };
		cx_arena_clear(arena);
		assert_int_equal(cx_value_decode(row.array, limits, arena, &record.row), CX_OK);
		assert_int_equal(record.row->as.array.count, record.type->field_count);
		record.deleted =
			record.row->as.array.items[ENGINE_SLOT_DELETED_AT].kind != CX_KIND_NIL;
		visit(context, &record);
	}
}

const cx_value *trade_value(const trade_record *record, const char *field)
{
	const engine_field *found = engine_type_field(record->type, cx_slice_of(field));
	assert_non_null(found);
	return &record->row->as.array.items[found->slot];
}

static unsigned complaints;

void trade_complain(int number, const char *what, const char *format, ...)
{
	char text[4096];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	print_error("%d, %s: %s\n", number, what, text);
	complaints++;
}

void trade_assert_no_complaint(void)
{
	const unsigned count = complaints;
	complaints = 0;
	assert_int_equal(count, 0);
}
