/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/engine/summaries.h"

#include "base/msgpack.h"
#include "tests/support/groups.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <string.h>

static const char SCHEMA[] =
	"type org \"Org\" keep single { offset int = 480 }\n"
	"type deal \"Deal\" {\n"
	"  stage enum(new, offer, won, lost) required  owner int  amount money  bp int\n"
	"  n int required = 0  at ts  on date  title string(20)  essay string(200)  memo text\n"
	"  long string(300)\n"
	"  index (stage, amount)  index (owner) }\n"
	"type other { n int }\n"
	"time zone org.offset\n"
	"aggregate board on deal where stage in [new, offer] group by (stage, owner)\n"
	"  count, sum(amount), sum(amount * bp), sum(n)\n"
	"aggregate by_day on deal where at notnull group by (day(at), stage)\n"
	"  count, sum(amount), sum(at - created_at)\n"
	"aggregate of_others on other group by (n) count\n";

int summaries_setup(void **state)
{
	static store_fixture fixture;
	fixture_open(&fixture, SCHEMA);
	*state = &fixture;
	return 0;
}

int summaries_teardown(void **state)
{
	fixture_assert_sound(*state);
	fixture_close(*state);
	return 0;
}

/* ---- asking ---- */

static cx_slice wire_or_none(const char *text)
{
	return text != NULL ? wire(text) : (cx_slice){ 0 };
}

engine_summary_query summaries_query(const store_fixture *f, const summaries_asked *what)
{
	engine_summary_query query = {
		.records = { .type = fixture_type(f, "deal"),
		             .filter = wire_or_none(what->filter),
		             .max_scan = what->max_scan },
		.group = wire_or_none(what->group),
		.values = wire_or_none(what->values),
		.order = wire_or_none(what->order),
		.no_aggregate = what->by_records,
		.limit = what->limit,
	};
	if (what->aggregate != NULL)
		query.aggregate = groups_aggregate(f, what->aggregate);
	if (what->index != NULL)
		query.records.use_index = fixture_index(f, "deal", what->index);
	return query;
}

static const char *show_buf(const cx_buf *out)
{
	return wire_show(cx_buf_slice(out));
}

/* Columns and rows of all pages, as "columns: rows|rows"; asserts success. */
const char *summaries_show(store_fixture *f, summaries_asked what)
{
	static char text[20000];
	CX_SCOPED(engine_read_end) engine_read *read = NULL;
	assert_int_equal(engine_read_begin(f->engine, &read), CX_OK);
	engine_summary_query query = summaries_query(f, &what);
	CX_UNSET engine_summary_page page;
	size_t at = 0;
	for (bool first = true; first || page.position_size > 0; first = false) {
		CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1 << 20);
		uint8_t position[ENGINE_POSITION_BYTES_MAX];
		if (!first) {
			memcpy(position, page.position, page.position_size);
			query.after =
				(cx_slice){ .data = position, .size = page.position_size };
		}
		cx_error error;
		if (engine_summary_run(read, &query, &out, &page, &error) != CX_OK)
			fail_msg("%s", error.text);
		cx_reader reader = cx_reader_of(cx_buf_slice(&out));
		const cx_slice columns = cx_read_skip(&reader);
		if (first)
			at += (size_t)snprintf(text + at, sizeof text - at,
			                       "%s: ", wire_show(columns));
		at += (size_t)snprintf(text + at, sizeof text - at, "%s%s", first ? "" : "|",
		                       wire_show(reader.rest));
		assert_true(at < sizeof text);
	}
	return text;
}

const char *summaries_explain(store_fixture *f, summaries_asked what)
{
	CX_SCOPED(engine_read_end) engine_read *read = NULL;
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1 << 20);
	assert_int_equal(engine_read_begin(f->engine, &read), CX_OK);
	const engine_summary_query query = summaries_query(f, &what);
	cx_error error;
	if (engine_summary_explain(read, &query, what.level, &out, &error) != CX_OK)
		fail_msg("%s", error.text);
	return show_buf(&out);
}

cx_status summaries_refuse(store_fixture *f, summaries_asked what)
{
	CX_SCOPED(engine_read_end) engine_read *read = NULL;
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1 << 20);
	assert_int_equal(engine_read_begin(f->engine, &read), CX_OK);
	const engine_summary_query query = summaries_query(f, &what);
	engine_summary_page page = { .rows = 77 };
	cx_error_clear(&f->error);
	cx_status status = engine_summary_run(read, &query, &out, &page, &f->error);
	assert_true(status != CX_OK && page.rows == 77);
	return status;
}

void summaries_fill(store_fixture *f)
{
	fixture_create(f, "deal",
	               "{'stage': 'new', 'owner': 1, 'amount': 5, 'bp': 10, 'n': 2}");
	fixture_create(f, "deal", "{'stage': 'new', 'owner': 2, 'amount': -8, 'bp': 10}");
	fixture_create(f, "deal", "{'stage': 'offer', 'owner': 1, 'amount': 4, 'n': 1}");
	fixture_create(f, "deal", "{'stage': 'offer', 'n': 9}");
	fixture_create(f, "deal", "{'stage': 'won', 'owner': 2, 'amount': 100, 'n': 3}");
}
