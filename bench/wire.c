/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/wire.h"

#include "base/clock.h"
#include "base/msgpack.h"
#include "client/cardex.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct running running;
typedef struct slot slot;

typedef struct lane {
	running *run;
	cardex_conn *conn;
	slot *slots;
} lane;

/* One of a connection's requests in flight. */
struct slot {
	lane *lane;
	uint64_t sent_ns;
};

struct running {
	const bench_load *load;
	bench_operation operation;
	bench_random random;
	bench_zipf zipf;
	lane *lanes;
	struct pollfd *polls;
	bench_result result;
	uint64_t end_ns;
	unsigned in_flight;
	cardex_error error;
};

static int fail(const running *self, const char *what)
{
	fprintf(stderr, "cardex-bench: %s: %s: %s\n", what,
	        cardex_status_name(self->error.status), self->error.message);
	return 1;
}

/* ---- requests ---- */

/* The documents a request points to; they may go once it is submitted. */
typedef struct parts {
	cardex_doc *fields;
	cardex_doc *values;
	cardex_doc *filter;
} parts;

static void parts_free(parts *self)
{
	cardex_doc_free(&self->fields);
	cardex_doc_free(&self->values);
	cardex_doc_free(&self->filter);
}

static cardex_doc *equal(const char *field, int64_t value)
{
	cardex_doc *filter = cardex_list_new();
	cardex_add_text(filter, "=");
	cardex_add_text(filter, field);
	cardex_add_int(filter, value);
	return filter;
}

static cardex_doc *activity_fields(running *self)
{
	/* The values are those of the generator's MessagePack, set by name. */
	CX_SCOPED(cx_buf_release) cx_buf bytes = CX_BUF_INIT(4096);
	cx_reader reader =
		cx_reader_of(bench_activity(&self->random, &self->load->sizes, &bytes));
	cardex_doc *fields = cardex_fields_new();
	for (uint32_t n = cx_read_map(&reader); n > 0; n--) {
		char name[32], text[128];
		const cx_slice key = cx_read_str(&reader);
		snprintf(name, sizeof name, "%.*s", CX_SLICE_ARG(key));
		if (cx_reader_peek(&reader) == CX_KIND_INT) {
			cardex_set_int(fields, name, cx_read_int(&reader));
			continue;
		}
		const cx_slice value = cx_read_str(&reader);
		snprintf(text, sizeof text, "%.*s", CX_SLICE_ARG(value));
		cardex_set_text(fields, name, text);
	}
	return fields;
}

static cardex_request get_request(int64_t id)
{
	return (cardex_request){ .method = CARDEX_METHOD_GET, .type = "customer", .id = id };
}

static cardex_request lookup_request(running *self, parts *docs)
{
	char email[BENCH_EMAIL_SIZE];
	bench_email(bench_random_id(&self->random, self->load->sizes.customers), email);
	docs->values = cardex_list_new();
	cardex_add_text(docs->values, email);
	return (cardex_request){ .method = CARDEX_METHOD_LOOKUP,
		                 .type = "customer",
		                 .index = "email",
		                 .values = docs->values };
}

static cardex_request timeline_request(running *self, parts *docs)
{
	docs->filter =
		equal("customer", bench_random_id(&self->random, self->load->sizes.customers));
	return (cardex_request){ .method = CARDEX_METHOD_QUERY,
		                 .type = "activity",
		                 .filter = docs->filter,
		                 .order = "at desc",
		                 .limit = BENCH_TIMELINE };
}

static cardex_request stage_request(running *self, parts *docs, cardex_method method)
{
	docs->filter = equal("stage", bench_random_id(&self->random, BENCH_STAGES));
	return (cardex_request){ .method = method,
		                 .type = "opportunity",
		                 .filter = docs->filter,
		                 .order = method == CARDEX_METHOD_QUERY ? "amount desc" : NULL,
		                 .limit = method == CARDEX_METHOD_QUERY ? BENCH_TOP : 0 };
}

static cardex_request insert_request(running *self, parts *docs)
{
	docs->fields = activity_fields(self);
	return (cardex_request){ .method = CARDEX_METHOD_CREATE,
		                 .type = "activity",
		                 .fields = docs->fields };
}

static cardex_request update_request(running *self, parts *docs)
{
	docs->fields = cardex_fields_new();
	cardex_set_int(docs->fields, "stage", bench_random_id(&self->random, BENCH_STAGES));
	cardex_set_int(docs->fields, "amount", bench_random_id(&self->random, 50000000));
	return (cardex_request){ .method = CARDEX_METHOD_UPDATE,
		                 .type = "opportunity",
		                 .id = bench_random_id(&self->random,
		                                       self->load->sizes.opportunities),
		                 .fields = docs->fields };
}

static bench_operation mixed(running *self)
{
	const uint64_t at = bench_random_next(&self->random) % 100;
	if (at < 70)
		return at < 24 ? BENCH_R1 : at < 47 ? BENCH_R2 : BENCH_R3;
	return at < 80 ? BENCH_R4 : at < 90 ? BENCH_W1 : BENCH_W2;
}

static cardex_request request_of(running *self, bench_operation operation, parts *docs)
{
	switch (operation) {
	case BENCH_R1:
		return get_request(bench_random_id(&self->random, self->load->sizes.customers));
	case BENCH_R1Z:
		return get_request(bench_zipf_id(&self->zipf, &self->random));
	case BENCH_R2:
		return lookup_request(self, docs);
	case BENCH_R3:
		return timeline_request(self, docs);
	case BENCH_R4:
		return stage_request(self, docs, CARDEX_METHOD_QUERY);
	case BENCH_R5: /* over the wire: the count; sums come with maintained aggregates */
		return stage_request(self, docs, CARDEX_METHOD_COUNT);
	case BENCH_W1:
		return insert_request(self, docs);
	case BENCH_W2:
		return update_request(self, docs);
	case BENCH_M1:
		return request_of(self, mixed(self), docs);
	case BENCH_OPERATION_COUNT:
		break;
	}
	abort();
}

/* ---- running ---- */

static void take_reply(void *context, cardex_status status, cardex_result *result,
                       const cardex_error *error);

static bool send_next(slot *self)
{
	running *run = self->lane->run;
	CX_SCOPED(parts_free) parts docs = { 0 };
	const cardex_request request = request_of(run, run->operation, &docs);
	self->sent_ns = cx_clock_monotonic_ns();
	if (cardex_submit(self->lane->conn, &request, take_reply, self, &run->error) !=
	    CARDEX_OK)
		return false;
	run->in_flight++;
	return true;
}

static void take_reply(void *context, cardex_status status, cardex_result *result,
                       const cardex_error *error)
{
	slot *self = context;
	running *run = self->lane->run;
	cardex_result_free(&result);
	run->in_flight--;
	const uint64_t now = cx_clock_monotonic_ns();
	if (status != CARDEX_OK) {
		run->result.failures++;
		run->error = *error;
	}
	bench_histogram_add(&run->result.latencies, now - self->sent_ns);
	run->result.operations++;
	if (now < run->end_ns && !send_next(self))
		run->end_ns = now;
}

static bool connect_all(running *self)
{
	for (unsigned i = 0; i < self->load->connections; i++) {
		lane *one = &self->lanes[i];
		one->run = self;
		one->slots = calloc(self->load->depth, sizeof *one->slots);
		if (one->slots == NULL || cardex_connect(self->load->uri, NULL, &one->conn,
		                                         &self->error) != CARDEX_OK)
			return false;
		self->polls[i].fd = cardex_fd(one->conn);
	}
	return true;
}

static bool start_all(running *self)
{
	for (unsigned i = 0; i < self->load->connections; i++)
		for (unsigned d = 0; d < self->load->depth; d++) {
			slot *one = &self->lanes[i].slots[d];
			one->lane = &self->lanes[i];
			if (!send_next(one))
				return false;
		}
	return true;
}

static bool turn(running *self)
{
	for (unsigned i = 0; i < self->load->connections; i++)
		self->polls[i].events = cardex_events(self->lanes[i].conn);
	if (poll(self->polls, self->load->connections, 1000) < 0)
		return false;
	for (unsigned i = 0; i < self->load->connections; i++)
		if (self->polls[i].revents != 0 &&
		    cardex_process(self->lanes[i].conn, &self->error) != CARDEX_OK)
			return false;
	return true;
}

static int measure(running *self)
{
	if (!connect_all(self))
		return fail(self, self->load->uri);
	const uint64_t begin = cx_clock_monotonic_ns();
	self->end_ns = begin + (uint64_t)(self->load->seconds * 1e9);
	bool good = start_all(self);
	while (good && self->in_flight > 0)
		good = turn(self);
	self->result.ns = cx_clock_monotonic_ns() - begin;
	if (!good || self->result.failures > 0)
		return fail(self, bench_operation_name(self->operation));
	bench_report("wire", self->operation, self->load->connections, self->load->depth,
	             &self->result);
	return 0;
}

int bench_wire_run(const bench_load *load, bench_operation operation)
{
	running *self = calloc(1, sizeof *self);
	if (self == NULL)
		return 1;
	self->load = load;
	self->operation = operation;
	self->zipf = bench_zipf_of(load->sizes.customers);
	self->lanes = calloc(load->connections, sizeof *self->lanes);
	self->polls = calloc(load->connections, sizeof *self->polls);
	const int result = self->lanes != NULL && self->polls != NULL ? measure(self) : 1;
	for (unsigned i = 0; self->lanes != NULL && i < load->connections; i++) {
		cardex_close(&self->lanes[i].conn);
		free(self->lanes[i].slots);
	}
	free(self->lanes);
	free(self->polls);
	free(self);
	return result;
}
