/* SPDX-License-Identifier: Apache-2.0 */
/* The engine in this process. */
#include "base/clock.h"
#include "base/msgpack.h"
#include "bench/systems.h"
#include "engine/query.h"

#include <stdlib.h>

enum { LOAD_GROUP = 4000, PARTS_BYTES_MAX = 4096, LOAD_JOURNAL_BYTES = 512 * 1024 * 1024 };

typedef struct session {
	engine *engine;
	engine_read *read;
	engine_write *write;
	const engine_type *types[BENCH_TYPE_COUNT];
	const engine_index *email;
	engine_change change;
	cx_buf parts;
	cx_error error;
} session;

static bool failed(const session *self, const char *what, cx_status status)
{
	if (status == CX_OK)
		return false;
	fprintf(stderr, "cardex-bench: engine: %s: %s: %s\n", what, cx_status_name(status),
	        self->error.text);
	return true;
}

static cx_status find_types(session *self)
{
	for (int i = 0; i < BENCH_TYPE_COUNT; i++) {
		const char *name = bench_type_info_of((bench_type)i)->name;
		self->types[i] =
			engine_schema_type(engine_schema_of(self->engine), cx_slice_of(name));
		if (self->types[i] == NULL)
			return cx_fail(&self->error, CX_NO_TYPE,
			               "the store was not made by load");
	}
	self->email = engine_type_index(self->types[BENCH_CUSTOMER], cx_slice_of("email"));
	return CX_OK;
}

/* The large journal is for the load alone: fewer merges of more. */
static cx_status open_session(session *self, const char *path, bool load)
{
	const engine_options options = { .schema = bench_schema(),
		                         .must_exist = !load,
		                         .journal_bytes = load ? LOAD_JOURNAL_BYTES : 0 };
	*self = (session){ .parts = CX_BUF_INIT(PARTS_BYTES_MAX) };
	cx_status status = engine_open(path, &options, &self->engine, &self->error);
	if (status == CX_OK)
		status = engine_read_begin(self->engine, &self->read);
	return status == CX_OK ? find_types(self) : status;
}

static void close_session(session *self)
{
	engine_write_abort(&self->write);
	engine_read_end(&self->read);
	engine_close(&self->engine);
	cx_buf_release(&self->parts);
}

static cx_status create(session *self, const bench_record *record)
{
	engine_outcome outcome;
	cx_buf_clear(&self->parts);
	bench_record_put(record, &self->parts);
	return engine_create(self->write, self->types[record->type], cx_buf_slice(&self->parts),
	                     &self->change, &outcome, &self->error);
}

/* ---- load ---- */

static cx_status load_type(session *self, bench_type type, const bench_sizes *sizes)
{
	const int64_t count = bench_type_size(type, sizes);
	bench_random random = { 0 };
	bench_record record;
	cx_status status = CX_OK;
	for (int64_t id = 1; id <= count && status == CX_OK; id++) {
		if (self->write == NULL)
			status = engine_write_begin(self->engine, &self->write);
		bench_record_next(type, id, &random, sizes, &record);
		if (status == CX_OK)
			status = create(self, &record);
		if (status == CX_OK && (id % LOAD_GROUP == 0 || id == count))
			status = engine_write_commit(&self->write);
	}
	return status;
}

bool bench_engine_load(const char *path, const bench_sizes *sizes)
{
	session self;
	cx_status status = open_session(&self, path, true);
	if (status == CX_OK)
		engine_read_rest(self.read);
	self.change.author.now_ms = cx_clock_wall_ms();
	for (int i = 0; i < BENCH_TYPE_COUNT && status == CX_OK; i++)
		status = load_type(&self, (bench_type)i, sizes);
	const bool good = !failed(&self, path, status);
	close_session(&self);
	return good;
}

/* ---- operations ---- */

/* A query's rows, and what was asked of them. */
typedef struct found {
	bench_answer *answer;
	uint16_t key;    /* slot */
	uint16_t amount; /* slot, for R5 */
	int64_t sum;
} found;

static int64_t column(const engine_row *row, uint16_t slot)
{
	cx_reader reader = cx_reader_of(row->array);
	cx_read_array(&reader);
	cx_read_skip_many(&reader, slot);
	return cx_read_int(&reader);
}

static cx_status take(void *context, const engine_row *row)
{
	found *self = context;
	if (self->answer->rows++ == 0)
		self->answer->key = column(row, self->key);
	return CX_OK;
}

static cx_status take_amount(void *context, const engine_row *row)
{
	found *self = context;
	self->sum += column(row, self->amount);
	return take(context, row);
}

/* The row with nothing but its id read: the bytes are the application's to take apart. */
static void answer_one(const engine_row *row, bench_answer *ret)
{
	*ret = (bench_answer){ .rows = 1, .key = row->id };
}

static cx_status get(session *self, int64_t id, bench_answer *ret)
{
	engine_row row;
	cx_status status =
		engine_get(self->read, self->types[BENCH_CUSTOMER], id, &row, &self->error);
	if (status == CX_OK)
		answer_one(&row, ret);
	return status;
}

static cx_status lookup(session *self, const char *email, bench_answer *ret)
{
	cx_buf_clear(&self->parts);
	cx_write_array(&self->parts, 1);
	cx_write_text(&self->parts, email);
	engine_row row;
	cx_status status = engine_lookup(self->read, self->email, cx_buf_slice(&self->parts),
	                                 &row, &self->error);
	if (status == CX_OK)
		answer_one(&row, ret);
	return status;
}

typedef struct question {
	bench_type type;
	const char *field; /* equal to the key */
	const char *order; /* descending */
	size_t limit;
	engine_row_sink *sink;
} question;

static const question TIMELINE = { BENCH_ACTIVITY, "customer", "at", BENCH_TIMELINE, take };
static const question TOP = { BENCH_OPPORTUNITY, "stage", "amount", BENCH_TOP, take };
static const question SUM = { BENCH_OPPORTUNITY, "stage", "amount", ENGINE_PAGE_RECORDS_MAX,
	                      take_amount };

static cx_status ask(session *self, const question *what, int64_t key, bench_answer *ret)
{
	const engine_type *type = self->types[what->type];
	const engine_field *order = engine_type_field(type, cx_slice_of(what->order));
	cx_buf_clear(&self->parts);
	cx_write_array(&self->parts, 3);
	cx_write_text(&self->parts, "=");
	cx_write_text(&self->parts, what->field);
	cx_write_int(&self->parts, key);
	engine_query query = { .type = type,
		               .filter = cx_buf_slice(&self->parts),
		               .order = { { order, true } },
		               .order_count = 1,
		               .limit = what->limit };
	found rows = { .answer = ret,
		       .key = engine_type_field(type, cx_slice_of(what->field))->slot,
		       .amount = order->slot };
	engine_page page;
	cx_status status =
		engine_query_run(self->read, &query, what->sink, &rows, &page, &self->error);
	while (what == &SUM && status == CX_OK && page.position_size > 0) {
		const engine_page last = page;
		query.after = (cx_slice){ last.position, last.position_size };
		status = engine_query_run(self->read, &query, what->sink, &rows, &page,
		                          &self->error);
	}
	return status;
}

static cx_status update(session *self, const bench_request *request, bench_answer *ret)
{
	engine_outcome outcome;
	cx_buf_clear(&self->parts);
	cx_write_map(&self->parts, 2);
	cx_write_text(&self->parts, "stage");
	cx_write_int(&self->parts, request->stage);
	cx_write_text(&self->parts, "amount");
	cx_write_int(&self->parts, request->amount);
	cx_status status = engine_update(self->write, self->types[BENCH_OPPORTUNITY],
	                                 request->id, cx_buf_slice(&self->parts), &self->change,
	                                 &outcome, &self->error);
	if (status == CX_OK)
		ret->rows = outcome.id == request->id; /* the same values affect nothing */
	return status;
}

static cx_status run_status(session *self, const bench_request *request, bench_answer *ret)
{
	const int64_t key = request->expect.key;
	switch (request->expect.operation) {
	case BENCH_R1:
	case BENCH_R1Z:
		return get(self, key, ret);
	case BENCH_R2:
		return lookup(self, request->email, ret);
	case BENCH_R3:
		return ask(self, &TIMELINE, key, ret);
	case BENCH_R4:
		return ask(self, &TOP, key, ret);
	case BENCH_R5:
		return ask(self, &SUM, key, ret);
	case BENCH_W1:
		ret->rows = 1;
		return create(self, &request->record);
	case BENCH_W2:
		return update(self, request, ret);
	case BENCH_M1:
	case BENCH_OPERATION_COUNT:
		break;
	}
	return CX_INVALID_ARGUMENT;
}

/* ---- as a local system ---- */

static bench_local *open_local(const char *path, const bench_sizes *sizes)
{
	(void)sizes;
	session *self = malloc(sizeof *self);
	if (self == NULL)
		return NULL;
	if (!failed(self, path, open_session(self, path, false)))
		return (bench_local *)self;
	close_session(self);
	free(self);
	return NULL;
}

static void close_local(bench_local **local)
{
	session *self = (session *)*local;
	if (self == NULL)
		return;
	close_session(self);
	free(self);
	*local = NULL;
}

static bool is_write(bench_operation operation)
{
	return operation == BENCH_W1 || operation == BENCH_W2;
}

static bool begin_local(bench_local *local, bench_operation operation)
{
	session *self = (session *)local;
	if (!is_write(operation))
		return !failed(self, "snapshot", engine_read_renew(self->read));
	engine_read_rest(self->read);
	self->change.author.now_ms = cx_clock_wall_ms();
	return !failed(self, "transaction", engine_write_begin(self->engine, &self->write));
}

static bool run_local(bench_local *local, const bench_request *request, bench_answer *ret)
{
	session *self = (session *)local;
	return !failed(self, bench_operation_name(request->expect.operation),
	               run_status(self, request, ret));
}

static bool end_local(bench_local *local, bench_operation operation)
{
	session *self = (session *)local;
	return !is_write(operation) ||
	       !failed(self, "commit", engine_write_commit(&self->write));
}

const bench_local_class bench_engine_local = { .name = "engine",
	                                       .open = open_local,
	                                       .close = close_local,
	                                       .begin = begin_local,
	                                       .run = run_local,
	                                       .end = end_local };
