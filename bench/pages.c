/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/pages.h"

#include "base/clock.h"
#include "base/msgpack.h"
#include "bench/histogram.h"
#include "engine/query.h"

#include <stdio.h>
#include <string.h>

enum { PAGE_ROWS = 20, PAGE_WANTED = 10000, FILTER_BYTES_MAX = 4096, OWNERS = 50 };

typedef struct session {
	engine *engine;
	engine_read *read;
	const engine_type *type;
	cx_buf filter;
	cx_error error;
} session;

typedef void filter_writer(cx_buf *out);

typedef struct list {
	const char *what;
	filter_writer *filter;
	const char *order[2];
	bool descending[2];
} list;

/* ---- filters ---- */

static void at_least_one(cx_buf *out, const char *field)
{
	cx_write_array(out, 3);
	cx_write_text(out, ">=");
	cx_write_text(out, field);
	cx_write_int(out, 1);
}

static void any_owner(cx_buf *out)
{
	at_least_one(out, "owner");
}

static void any_customer(cx_buf *out)
{
	at_least_one(out, "customer");
}

static void one_of(cx_buf *out, const char *field, int64_t count)
{
	cx_write_array(out, 3);
	cx_write_text(out, "in");
	cx_write_text(out, field);
	cx_write_array(out, (size_t)count);
	for (int64_t i = 1; i <= count; i++)
		cx_write_int(out, i);
}

static void some_owners(cx_buf *out)
{
	one_of(out, "owner", OWNERS);
}

static void owners_or_opportunities(cx_buf *out)
{
	cx_write_array(out, 3);
	cx_write_text(out, "or");
	one_of(out, "owner", OWNERS);
	one_of(out, "opportunity", OWNERS);
}

static const list lists[] = {
	{ "index", any_owner, { "owner", "at" }, { false, true } },
	{ "index, backward", any_owner, { "owner", "at" }, { true, false } },
	{ "cluster", any_customer, { "customer", "at" }, { false, true } },
	{ "50 ranges merged", some_owners, { "at", NULL }, { true, false } },
	{ "union", owners_or_opportunities, { "at", NULL }, { true, false } },
};

/* ---- measuring ---- */

static cx_status pass(void *context, const engine_row *row)
{
	(void)context;
	(void)row;
	return CX_OK;
}

static engine_query query_of(session *self, const list *what)
{
	cx_buf_clear(&self->filter);
	what->filter(&self->filter);
	engine_query query = { .type = self->type,
		               .filter = cx_buf_slice(&self->filter),
		               .limit = PAGE_ROWS };
	for (size_t i = 0; i < 2 && what->order[i] != NULL; i++)
		query.order[query.order_count++] = (engine_order){
			.field = engine_type_field(self->type, cx_slice_of(what->order[i])),
			.descending = what->descending[i],
		};
	return query;
}

/* A page and where it begins. */
typedef struct place {
	size_t number;
	size_t size;
	uint8_t position[ENGINE_POSITION_BYTES_MAX];
	uint64_t keys;
	bench_histogram times;
} place;

static cx_status read_page(session *self, engine_query *query, place *at, engine_page *ret)
{
	query->after = (cx_slice){ at->position, at->size };
	const uint64_t begin = cx_clock_monotonic_ns();
	cx_status status = engine_query_run(self->read, query, pass, NULL, ret, &self->error);
	bench_histogram_add(&at->times, cx_clock_monotonic_ns() - begin);
	at->keys = ret->keys_scanned;
	return status;
}

/* Goes on to the page wanted, or the last but one. */
static cx_status find_place(session *self, engine_query *query, place *ret)
{
	static place before;
	engine_page page;
	*ret = before = (place){ .number = 1 };
	while (ret->number < PAGE_WANTED) {
		cx_status status = read_page(self, query, ret, &page);
		if (status != CX_OK)
			return status;
		if (page.position_size == 0) {
			*ret = before;
			break;
		}
		before = *ret;
		ret->number++;
		ret->size = page.position_size;
		memcpy(ret->position, page.position, page.position_size);
	}
	memset(&ret->times, 0, sizeof ret->times);
	return CX_OK;
}

static cx_status measure(session *self, const list *what, double seconds)
{
	static place first, far;
	engine_query query = query_of(self, what);
	first = (place){ .number = 1 };
	cx_status status = find_place(self, &query, &far);
	const uint64_t end = cx_clock_monotonic_ns() + (uint64_t)(seconds * 1e9);
	while (status == CX_OK && cx_clock_monotonic_ns() < end) {
		engine_page page;
		status = read_page(self, &query, &first, &page);
		if (status == CX_OK)
			status = read_page(self, &query, &far, &page);
	}
	if (status != CX_OK)
		return status;
	const double near_us = (double)bench_histogram_at(&first.times, 500) / 1e3;
	const double far_us = (double)bench_histogram_at(&far.times, 500) / 1e3;
	printf("%-18s %9zu %10.1f %10.1f %7.2f %7llu %7llu\n", what->what, far.number, near_us,
	       far_us, far_us / near_us, (unsigned long long)first.keys,
	       (unsigned long long)far.keys);
	return CX_OK;
}

static cx_status open_session(session *self, const char *path)
{
	const engine_options options = { .must_exist = true };
	*self = (session){ .filter = CX_BUF_INIT(FILTER_BYTES_MAX) };
	cx_status status = engine_open(path, &options, &self->engine, &self->error);
	if (status == CX_OK)
		status = engine_read_begin(self->engine, &self->read);
	if (status != CX_OK)
		return status;
	self->type =
		engine_schema_type(engine_read_schema(self->read), cx_slice_of("activity"));
	return self->type != NULL
	               ? CX_OK
	               : cx_fail(&self->error, CX_NO_TYPE, "the store was not made by load");
}

bool bench_pages(const char *path, double seconds)
{
	session self;
	cx_status status = open_session(&self, path);
	printf("%-18s %9s %10s %10s %7s %7s %7s\n", "plan", "page", "page 1 us", "page us",
	       "ratio", "keys 1", "keys");
	for (size_t i = 0; i < sizeof lists / sizeof *lists && status == CX_OK; i++)
		status = measure(&self, &lists[i], seconds);
	if (status != CX_OK)
		fprintf(stderr, "cardex-bench: pages: %s: %s\n", cx_status_name(status),
		        self.error.text);
	engine_read_end(&self.read);
	engine_close(&self.engine);
	cx_buf_release(&self.filter);
	return status == CX_OK;
}
