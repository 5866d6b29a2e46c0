/* SPDX-License-Identifier: Apache-2.0 */
/* Filters and continuations from anywhere, over a store with a few records of which every field
 * is null once. The first byte chooses type and order, the second the length of the filter;
 * what follows it is the continuation.
 *
 * What is taken gives the same records by every plan as by a scan, and counts as many. */
#include "base/check.h"
#include "base/msgpack.h"
#include "engine/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char schema_text[] =
	"type thing { a int  b bool  e enum(x, y)  s string(20)  t text  l list<string(3)>(2)\n"
	"  c bytes  n list<int>(2)\n"
	"  index (a, s)  index (s desc)  index (t)  index f (s folded, a)  unique (b, e, a)\n"
	"  index p (e, t desc) where e }\n"
	"type event { a int  s string(20)  t text  cluster by (a, s desc)  unique (s) }\n";

static engine *store;
static engine_read *snapshot;

static void write_fields(const engine_type *type, unsigned number, cx_buf *out)
{
	cx_write_map(out, type->field_count - (size_t)ENGINE_SYSTEM_SLOTS);
	for (uint16_t slot = ENGINE_SYSTEM_SLOTS; slot < type->field_count; slot++) {
		const engine_field *field = &type->fields[slot];
		cx_write_text(out, field->name);
		char text[700];
		const size_t length = field->kind == ENGINE_TEXT ? 477 + number : number % 3;
		memset(text, 'a' + (int)(number % 2), length);
		snprintf(text + length, sizeof text - length, "%u", number);
		if ((number + slot) % 5 == 0)
			cx_write_nil(out);
		else if (field->kind == ENGINE_INT)
			cx_write_int(out, (int64_t)number % 4 - 1);
		else if (field->kind == ENGINE_BOOL)
			cx_write_bool(out, number % 2 == 0);
		else if (field->kind == ENGINE_ENUM)
			cx_write_text(out, field->labels[number % 2]);
		else if (field->kind == ENGINE_BYTES)
			cx_write_bin(out, cx_slice_of(text));
		else if (field->kind == ENGINE_STRING || field->kind == ENGINE_TEXT)
			cx_write_text(out, text);
		else
			cx_write_array(out, 0);
	}
}

static void make_records(void)
{
	engine_write *write = NULL;
	CX_ASSERT(engine_write_begin(store, &write) == CX_OK);
	const engine_schema *schema = engine_schema_of(store);
	for (unsigned i = 0; i < 40; i++) {
		const engine_type *type = &schema->types[i % 2];
		const engine_change change = { .author.now_ms = 1 };
		engine_outcome outcome;
		CX_SCOPED(cx_buf_release) cx_buf fields = CX_BUF_INIT(1 << 16);
		write_fields(type, i / 2, &fields);
		cx_status status = engine_create(write, type, cx_buf_slice(&fields), &change,
		                                 &outcome, NULL);
		CX_ASSERT(status == CX_OK || status == CX_UNIQUE);
		if (status == CX_OK && i % 7 == 0)
			status =
				engine_delete(write, type, outcome.id, &change, &outcome, NULL);
		CX_ASSERT(status == CX_OK || status == CX_UNIQUE);
	}
	CX_ASSERT(engine_write_commit(&write) == CX_OK);
}

/* Opened once; the file has no name any more when this returns. */
static void open_store(void)
{
	char folder[] = "/tmp/cardex-fuzz-XXXXXX";
	char path[64];
	CX_ASSERT(mkdtemp(folder) != NULL);
	snprintf(path, sizeof path, "%s/store", folder);
	const engine_options options = { .schema = cx_slice_of(schema_text),
		                         .map_bytes = 1 << 26 };
	CX_ASSERT(engine_open(path, &options, &store, NULL) == CX_OK);
	make_records();
	CX_ASSERT(engine_read_begin(store, &snapshot) == CX_OK);
	char command[128];
	snprintf(command, sizeof command, "rm -rf %s", folder);
	CX_ASSERT(system(command) == 0);
}

typedef struct tally {
	uint64_t count;
	uint64_t ids; /* a bit each */
} tally;

static cx_status take(void *context, const engine_row *row)
{
	tally *self = context;
	CX_ASSERT(row->id > 0);
	CX_ASSERT(row->id < 64);
	self->count++;
	self->ids |= UINT64_C(1) << row->id;
	return CX_OK;
}

static tally run(const engine_query *query, cx_status *ret, engine_page *page)
{
	tally found = { 0 };
	cx_error error = { 0 };
	*ret = engine_query_run(snapshot, query, take, &found, page, &error);
	if (*ret != CX_OK)
		CX_ASSERT(error.status == *ret);
	return found;
}

static void expect_every_plan_the_same(engine_query query, tally expected)
{
	for (uint16_t i = 0; i < query.type->index_count; i++) {
		query.use_index = &query.type->indexes[i];
		cx_status status;
		engine_page page;
		const tally found = run(&query, &status, &page);
		if (status == CX_INVALID_ARGUMENT)
			continue;
		CX_ASSERT(status == CX_OK);
		CX_ASSERT(found.count == expected.count);
		CX_ASSERT(found.ids == expected.ids);
	}
	query.use_index = NULL;
	uint64_t count;
	CX_ASSERT(engine_query_count(snapshot, &query, &count, NULL) == CX_OK);
	CX_ASSERT(count == expected.count);
}

/* Page by page it is the same, too. */
static void expect_pages(engine_query query, tally expected)
{
	tally all = { 0 };
	engine_page page = { 0 };
	query.limit = 3;
	do {
		uint8_t after[ENGINE_POSITION_BYTES_MAX];
		memcpy(after, page.position, page.position_size);
		query.after = (cx_slice){ after, page.position_size };
		cx_status status;
		const tally found = run(&query, &status, &page);
		CX_ASSERT(status == CX_OK);
		CX_ASSERT((all.ids & found.ids) == 0);
		all.ids |= found.ids;
	} while (page.reason != ENGINE_REASON_DONE);
	CX_ASSERT(all.ids == expected.ids);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (store == NULL)
		open_store();
	if (size < 2)
		return 0;
	const engine_type *type = &engine_schema_of(store)->types[data[0] % 2];
	const size_t filter = data[1] < size - 2 ? data[1] : size - 2;
	engine_query query = {
		.type = type, .filter = { data + 2, filter }, .limit = 1000, .allow_scan = true
	};
	const unsigned slot = data[0] >> 2;
	if ((data[0] & 2) != 0 && slot < type->field_count)
		query.order[query.order_count++] =
			(engine_order){ .field = &type->fields[slot],
			                .descending = data[1] % 2 != 0 };
	cx_status status;
	engine_page page;
	const tally found = run(&query, &status, &page);
	if (status != CX_OK)
		return 0;
	CX_ASSERT(page.reason == ENGINE_REASON_DONE);
	expect_every_plan_the_same(query, found);
	expect_pages(query, found);
	query.after = (cx_slice){ data + 2 + filter, size - 2 - filter };
	(void)run(&query, &status, &page); /* a forged continuation may do anything but harm */
	return 0;
}
