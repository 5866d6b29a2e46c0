/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/groups.h"

#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <string.h>

typedef struct showing {
	const engine_aggregate *aggregate;
	char text[8192];
	size_t size;
} showing;

static showing shown;

static void show(const char *text)
{
	const size_t length = strlen(text);
	assert_true(length < sizeof shown.text - shown.size);
	memcpy(shown.text + shown.size, text, length + 1);
	shown.size += length;
}

static void begin(const engine_aggregate *aggregate)
{
	shown = (showing){ .aggregate = aggregate };
}

static cx_status show_group(void *context, const engine_group *group)
{
	(void)context;
	if (shown.size > 0)
		show("; ");
	if (group->columns.size > 0) {
		show(wire_show(group->columns));
		show(" ");
	}
	char text[ENGINE_SUM_TEXT_SIZE];
	snprintf(text, sizeof text, "%llu", (unsigned long long)group->count);
	show(text);
	for (uint16_t i = 0; i < shown.aggregate->sum_count; i++) {
		show(" ");
		engine_sum_text(group->sums[i], text);
		show(text);
	}
	return CX_OK;
}

const engine_aggregate *groups_aggregate(const store_fixture *self, const char *name)
{
	const engine_aggregate *aggregate =
		engine_schema_aggregate(engine_schema_of(self->engine), cx_slice_of(name));
	assert_non_null(aggregate);
	return aggregate;
}

static engine_read *reader(store_fixture *self, engine_read **own)
{
	if (self->write != NULL)
		return engine_write_view(self->write);
	assert_int_equal(engine_read_begin(self->engine, own), CX_OK);
	return *own;
}

static void read_all(store_fixture *self, engine_group_query *query)
{
	CX_SCOPED(engine_read_end) engine_read *own = NULL;
	engine_read *read = reader(self, &own);
	engine_group_page page = { .position_size = 0 };
	uint8_t after[ENGINE_POSITION_BYTES_MAX];
	do {
		memcpy(after, page.position, page.position_size);
		query->after = (cx_slice){ .data = after, .size = page.position_size };
		cx_error error = { 0 };
		const cx_status status =
			engine_aggregate_groups(read, query, show_group, NULL, &page, &error);
		if (status != CX_OK)
			fail_msg("%s", error.text);
		assert_true(query->limit == 0 || page.groups <= query->limit);
	} while (page.position_size > 0);
}

const char *groups_show(store_fixture *self, const char *aggregate, size_t limit)
{
	begin(groups_aggregate(self, aggregate));
	engine_group_query query = { .aggregate = shown.aggregate, .limit = limit };
	read_all(self, &query);
	return shown.text;
}

static cx_slice wire_or_none(const char *text)
{
	return text[0] == '\0' ? (cx_slice){ 0 } : wire(text);
}

const char *groups_show_range(store_fixture *self, const char *aggregate, const char *prefix,
                              const char *low, const char *high)
{
	begin(groups_aggregate(self, aggregate));
	engine_group_query query = { .aggregate = shown.aggregate,
		                     .prefix = wire_or_none(prefix),
		                     .low = wire_or_none(low),
		                     .high = wire_or_none(high) };
	read_all(self, &query);
	CX_SCOPED(engine_read_end) engine_read *own = NULL;
	engine_group total;
	uint64_t groups = 0;
	query.after = (cx_slice){ 0 };
	assert_int_equal(
		engine_aggregate_total(reader(self, &own), &query, &total, &groups, NULL),
		CX_OK);
	show(" = ");
	show_group(NULL, &total);
	return shown.text;
}

const char *groups_show_one(store_fixture *self, const char *aggregate, const char *columns)
{
	begin(groups_aggregate(self, aggregate));
	CX_SCOPED(engine_read_end) engine_read *own = NULL;
	engine_group group;
	assert_int_equal(engine_aggregate_read(reader(self, &own), shown.aggregate,
	                                       wire(columns), &group, NULL),
	                 CX_OK);
	show_group(NULL, &group);
	return shown.text;
}
