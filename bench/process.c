/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/process.h"

#include "base/clock.h"
#include "base/msgpack.h"
#include "engine/query.h"

#include <stdio.h>
#include <string.h>

enum { LOAD_GROUP = 4000, WRITE_GROUP = 64, FIELDS_BYTES = 4096 };

typedef struct session {
	engine *engine;
	engine_read *read;
	const engine_type *customer, *opportunity, *activity;
	const engine_index *email;
	bench_sizes sizes;
	bench_zipf zipf;
	bench_random random;
	cx_buf fields;
	cx_buf filter;
	uint64_t bytes; /* of rows received, so that reading them cannot be left out */
	int64_t sum;
	cx_error error;
} session;

static int fail(const session *self, const char *what, cx_status status)
{
	fprintf(stderr, "cardex-bench: %s: %s: %s\n", what, cx_status_name(status),
	        self->error.text);
	return 1;
}

static const engine_type *type_of(const session *self, const char *name)
{
	return engine_schema_type(engine_schema_of(self->engine), cx_slice_of(name));
}

static cx_status open_session(session *self, const char *path, const bench_sizes *sizes,
                              bool must_exist)
{
	const engine_options options = { .schema = bench_schema(), .must_exist = must_exist };
	*self = (session){ .sizes = *sizes,
		           .zipf = bench_zipf_of(sizes->customers),
		           .fields = CX_BUF_INIT(FIELDS_BYTES),
		           .filter = CX_BUF_INIT(FIELDS_BYTES) };
	cx_status status = engine_open(path, &options, &self->engine, &self->error);
	if (status == CX_OK)
		status = engine_read_begin(self->engine, &self->read);
	if (status != CX_OK)
		return status;
	self->customer = type_of(self, "customer");
	self->opportunity = type_of(self, "opportunity");
	self->activity = type_of(self, "activity");
	if (self->customer == NULL || self->opportunity == NULL || self->activity == NULL)
		return cx_fail(&self->error, CX_NO_TYPE, "the store was not made by load");
	self->email = engine_type_index(self->customer, cx_slice_of("email"));
	return CX_OK;
}

static void close_session(session *self)
{
	engine_read_end(&self->read);
	engine_close(&self->engine);
	cx_buf_release(&self->fields);
	cx_buf_release(&self->filter);
}

/* ---- load ---- */

typedef cx_slice maker(session *self, int64_t id);

static cx_slice make_customer(session *self, int64_t id)
{
	return bench_customer(id, &self->fields);
}

static cx_slice make_opportunity(session *self, int64_t id)
{
	return bench_opportunity(id, &self->sizes, &self->fields);
}

static cx_slice make_activity(session *self, int64_t id)
{
	(void)id;
	return bench_activity(&self->random, &self->sizes, &self->fields);
}

static cx_status load_group(session *self, const engine_type *type, maker *make, int64_t from,
                            int64_t to)
{
	CX_SCOPED(engine_write_abort) engine_write *write = NULL;
	const engine_change change = { .author.now_ms = 1700000000000 + from };
	cx_status status = engine_write_begin(self->engine, &write);
	for (int64_t id = from; id < to && status == CX_OK; id++) {
		engine_outcome outcome;
		status = engine_create(write, type, make(self, id), &change, &outcome,
		                       &self->error);
	}
	return status == CX_OK ? engine_write_commit(&write) : status;
}

static cx_status load_type(session *self, const engine_type *type, maker *make, int64_t count)
{
	const uint64_t begin = cx_clock_monotonic_ns();
	cx_status status = CX_OK;
	for (int64_t from = 1; from <= count && status == CX_OK; from += LOAD_GROUP) {
		const int64_t to = from + LOAD_GROUP <= count ? from + LOAD_GROUP : count + 1;
		status = load_group(self, type, make, from, to);
	}
	const double seconds = (double)(cx_clock_monotonic_ns() - begin) / 1e9;
	fprintf(stderr, "loaded %lld %s in %.1f s\n", (long long)count, type->name, seconds);
	return status;
}

int bench_process_load(const char *path, const bench_sizes *sizes)
{
	session self;
	cx_status status = open_session(&self, path, sizes, false);
	if (status == CX_OK) {
		engine_read_rest(self.read);
		status = load_type(&self, self.customer, make_customer, sizes->customers);
	}
	if (status == CX_OK)
		status = load_type(&self, self.opportunity, make_opportunity,
		                   sizes->opportunities);
	if (status == CX_OK)
		status = load_type(&self, self.activity, make_activity, sizes->activities);
	const int result = status == CX_OK ? 0 : fail(&self, "load", status);
	close_session(&self);
	return result;
}

/* ---- operations ---- */

static cx_status take(void *context, const engine_row *row)
{
	session *self = context;
	self->bytes += row->array.size;
	return CX_OK;
}

static cx_status take_amount(void *context, const engine_row *row)
{
	session *self = context;
	cx_reader reader = cx_reader_of(row->array);
	const engine_field *amount = engine_type_field(row->type, CX_SLICE_LITERAL("amount"));
	cx_read_array(&reader);
	cx_read_skip_many(&reader, amount->slot);
	self->sum += cx_read_int(&reader);
	return take(context, row);
}

static void put_equal(session *self, const char *field, int64_t value)
{
	cx_buf_clear(&self->filter);
	cx_write_array(&self->filter, 3);
	cx_write_text(&self->filter, "=");
	cx_write_text(&self->filter, field);
	cx_write_int(&self->filter, value);
}

static cx_status get(session *self, int64_t id)
{
	engine_row row;
	cx_status status = engine_get(self->read, self->customer, id, &row, &self->error);
	return status == CX_OK ? take(self, &row) : status;
}

static cx_status lookup(session *self)
{
	char email[BENCH_EMAIL_SIZE];
	bench_email(bench_random_id(&self->random, self->sizes.customers), email);
	cx_buf_clear(&self->filter);
	cx_write_array(&self->filter, 1);
	cx_write_text(&self->filter, email);
	engine_row row;
	cx_status status = engine_lookup(self->read, self->email, cx_buf_slice(&self->filter),
	                                 &row, &self->error);
	return status == CX_OK ? take(self, &row) : status;
}

static cx_status run_query(session *self, const engine_type *type, const char *order,
                           size_t limit, engine_row_sink *sink)
{
	engine_query query = { .type = type,
		               .filter = cx_buf_slice(&self->filter),
		               .limit = limit };
	query.order[0] = (engine_order){ engine_type_field(type, cx_slice_of(order)), true };
	query.order_count = 1;
	engine_page page;
	cx_status status =
		engine_query_run(self->read, &query, sink, self, &page, &self->error);
	while (status == CX_OK && page.position_size > 0 && limit > BENCH_TOP) {
		uint8_t position[ENGINE_POSITION_BYTES_MAX];
		memcpy(position, page.position, page.position_size);
		query.after = (cx_slice){ .data = position, .size = page.position_size };
		status = engine_query_run(self->read, &query, sink, self, &page, &self->error);
	}
	return status;
}

static cx_status timeline(session *self)
{
	put_equal(self, "customer", bench_random_id(&self->random, self->sizes.customers));
	return run_query(self, self->activity, "at", BENCH_TIMELINE, take);
}

static cx_status top(session *self)
{
	put_equal(self, "stage", bench_random_id(&self->random, BENCH_STAGES));
	return run_query(self, self->opportunity, "amount", BENCH_TOP, take);
}

static cx_status sum(session *self)
{
	put_equal(self, "stage", bench_random_id(&self->random, BENCH_STAGES));
	return run_query(self, self->opportunity, "amount", ENGINE_PAGE_RECORDS_MAX,
	                 take_amount);
}

static cx_status write_some(session *self, bench_operation operation, unsigned count)
{
	CX_SCOPED(engine_write_abort) engine_write *write = NULL;
	const engine_change change = { .author.now_ms = cx_clock_wall_ms() };
	engine_outcome outcome;
	engine_read_rest(self->read);
	cx_status status = engine_write_begin(self->engine, &write);
	for (unsigned i = 0; i < count && status == CX_OK; i++) {
		if (operation == BENCH_W1)
			status = engine_create(
				write, self->activity,
				bench_activity(&self->random, &self->sizes, &self->fields),
				&change, &outcome, &self->error);
		else
			status = engine_update(
				write, self->opportunity,
				bench_random_id(&self->random, self->sizes.opportunities),
				bench_patch(&self->random, &self->fields), &change, &outcome,
				&self->error);
	}
	return status == CX_OK ? engine_write_commit(&write) : status;
}

static cx_status run_one(session *self, bench_operation operation, unsigned group);

static cx_status mix(session *self)
{
	const uint64_t at = bench_random_next(&self->random) % 100;
	if (at < 70)
		return run_one(self, at < 24 ? BENCH_R1 : at < 47 ? BENCH_R2 : BENCH_R3, 1);
	return run_one(self, at < 80 ? BENCH_R4 : at < 90 ? BENCH_W1 : BENCH_W2, 1);
}

static cx_status run_one(session *self, bench_operation operation, unsigned group)
{
	switch (operation) {
	case BENCH_R1:
		return get(self, bench_random_id(&self->random, self->sizes.customers));
	case BENCH_R1Z:
		return get(self, bench_zipf_id(&self->zipf, &self->random));
	case BENCH_R2:
		return lookup(self);
	case BENCH_R3:
		return timeline(self);
	case BENCH_R4:
		return top(self);
	case BENCH_R5:
		return sum(self);
	case BENCH_W1:
	case BENCH_W2:
		return write_some(self, operation, group);
	case BENCH_M1:
		return mix(self);
	case BENCH_OPERATION_COUNT:
		break;
	}
	return CX_INVALID_ARGUMENT;
}

/* Runs one operation for a while; a snapshot is taken anew for each. */
static cx_status measure(session *self, bench_operation operation, unsigned group,
                         double seconds, bench_result *result)
{
	const uint64_t begin = cx_clock_monotonic_ns();
	const uint64_t end = begin + (uint64_t)(seconds * 1e9);
	uint64_t now = begin;
	cx_status status = CX_OK;
	while (now < end && status == CX_OK) {
		status = engine_read_renew(self->read);
		if (status == CX_OK)
			status = run_one(self, operation, group);
		const uint64_t after = cx_clock_monotonic_ns();
		bench_histogram_add(&result->latencies, after - now);
		result->operations += group;
		now = after;
	}
	result->ns = now - begin;
	return status;
}

static int run_line(session *self, bench_operation operation, unsigned group, double seconds)
{
	static bench_result result;
	result = (bench_result){ 0 };
	cx_status status = measure(self, operation, group, seconds, &result);
	if (status != CX_OK)
		return fail(self, bench_operation_name(operation), status);
	bench_report("process", operation, 1, group, &result);
	return 0;
}

int bench_process_run(const char *path, const bench_sizes *sizes, unsigned wanted,
                      double seconds)
{
	session self;
	cx_status status = open_session(&self, path, sizes, true);
	int result = status == CX_OK ? 0 : fail(&self, path, status);
	for (int i = 0; i < BENCH_OPERATION_COUNT && result == 0; i++) {
		if ((wanted >> i & 1) == 0)
			continue;
		result = run_line(&self, (bench_operation)i, 1, seconds);
		if (i == BENCH_W1 && result == 0)
			result = run_line(&self, (bench_operation)i, WRITE_GROUP, seconds);
	}
	close_session(&self);
	return result;
}
