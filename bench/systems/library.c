/* SPDX-License-Identifier: Apache-2.0 */
/* cardexd through libcardex: beside the line of raw requests, what the library costs. */
#include "bench/systems.h"
#include "client/cardex.h"

#include <poll.h>
#include <stdio.h>

typedef struct library_link library_link;

/* What a reply is called back with. */
typedef struct ticket {
	library_link *link;
	unsigned slot;
} ticket;

enum { DEPTH_MAX = 1000 };

struct library_link {
	bench_link link;
	cardex_conn *conn;
	bool failed; /* in a callback */
	ticket tickets[DEPTH_MAX];
};

static bool open_link(bench_link *link, const char *address)
{
	library_link *self = (library_link *)link;
	char uri[200];
	cardex_error error;
	if (link->depth > DEPTH_MAX)
		return bench_link_fail(link, "too deep");
	for (unsigned i = 0; i < link->depth; i++)
		self->tickets[i] = (ticket){ self, i };
	snprintf(uri, sizeof uri, "cardex+unix://%s", address);
	if (cardex_connect(uri, NULL, &self->conn, &error) != CARDEX_OK)
		return bench_link_fail(link, "%s", error.message);
	link->fd = cardex_fd(self->conn);
	return true;
}

static void close_link(bench_link *link)
{
	cardex_close(&((library_link *)link)->conn);
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

static cardex_doc *fields_of(const bench_record *record)
{
	const bench_field *fields = bench_type_info_of(record->type)->fields;
	cardex_doc *doc = cardex_fields_new();
	for (size_t i = 0; i < record->count; i++)
		if (record->values[i].text != NULL)
			cardex_set_text(doc, fields[i].name, record->values[i].text);
		else
			cardex_set_int(doc, fields[i].name, record->values[i].number);
	return doc;
}

static cardex_doc *patch_of(const bench_request *request)
{
	cardex_doc *doc = cardex_fields_new();
	cardex_set_int(doc, "stage", request->stage);
	cardex_set_int(doc, "amount", request->amount);
	return doc;
}

static cardex_doc *one_text(const char *text)
{
	cardex_doc *values = cardex_list_new();
	cardex_add_text(values, text);
	return values;
}

static bool request_of(const bench_request *from, parts *docs, cardex_request *ret)
{
	const int64_t key = from->expect.key;
	*ret = (cardex_request){ .type = "customer" };
	switch (from->expect.operation) {
	case BENCH_R1:
	case BENCH_R1Z:
		ret->method = CARDEX_METHOD_GET;
		ret->id = key;
		return true;
	case BENCH_R2:
		ret->method = CARDEX_METHOD_LOOKUP;
		ret->index = "email";
		ret->values = docs->values = one_text(from->email);
		return true;
	case BENCH_R3:
		ret->method = CARDEX_METHOD_QUERY;
		ret->type = "activity";
		ret->filter = docs->filter = equal("customer", key);
		ret->order = "at desc";
		ret->limit = BENCH_TIMELINE;
		return true;
	case BENCH_R4:
		ret->method = CARDEX_METHOD_QUERY;
		ret->type = "opportunity";
		ret->filter = docs->filter = equal("stage", key);
		ret->order = "amount desc";
		ret->limit = BENCH_TOP;
		return true;
	case BENCH_W1:
		ret->method = CARDEX_METHOD_CREATE;
		ret->type = "activity";
		ret->fields = docs->fields = fields_of(&from->record);
		return true;
	case BENCH_W2:
		ret->method = CARDEX_METHOD_UPDATE;
		ret->type = "opportunity";
		ret->id = from->id;
		ret->fields = docs->fields = patch_of(from);
		return true;
	case BENCH_R5:
	case BENCH_M1:
	case BENCH_OPERATION_COUNT:
		break;
	}
	return false;
}

/* ---- replies ---- */

static bool read_reply(bench_link *link, const bench_expectation *expect,
                       const cardex_result *result, bench_answer *ret)
{
	static const char *const keys[] = { [BENCH_R1] = "id",
		                            [BENCH_R1Z] = "id",
		                            [BENCH_R2] = "id",
		                            [BENCH_R3] = "customer",
		                            [BENCH_R4] = "stage" };
	if (expect->operation == BENCH_W1 || expect->operation == BENCH_W2) {
		cardex_outcome outcome;
		if (!cardex_result_outcome(result, 0, &outcome))
			return bench_link_fail(link, "a write without an outcome");
		/* An update to the same values affects nothing. */
		ret->rows = expect->operation == BENCH_W1 ? outcome.affected
		                                          : outcome.id == expect->key;
		return true;
	}
	ret->rows = (uint32_t)cardex_row_count(result);
	if (ret->rows > 0)
		ret->key = cardex_row_int(cardex_row_at(result, 0), keys[expect->operation]);
	return true;
}

static void take_reply(void *context, cardex_status status, cardex_result *result,
                       const cardex_error *error)
{
	const ticket *self = context;
	bench_link *link = &self->link->link;
	bench_answer answer = { 0 };
	if (status != CARDEX_OK)
		self->link->failed = !bench_link_fail(
			link, "%s: %s", cardex_status_name(status), error->message);
	else if (!read_reply(link, &link->expected[self->slot], result, &answer))
		self->link->failed = true;
	cardex_result_free(&result);
	if (!self->link->failed && !bench_link_answer(link, self->slot, &answer))
		self->link->failed = true;
}

/* ---- link ---- */

static bool send_request(bench_link *link, unsigned slot, const bench_request *from)
{
	library_link *self = (library_link *)link;
	CX_SCOPED(parts_free) parts docs = { 0 };
	cardex_request request;
	cardex_error error;
	if (!request_of(from, &docs, &request))
		return bench_link_fail(link, "has no %s",
		                       bench_operation_name(from->expect.operation));
	if (cardex_submit(self->conn, &request, take_reply, &self->tickets[slot], &error) !=
	    CARDEX_OK)
		return bench_link_fail(link, "%s", error.message);
	return true;
}

/* Sends as well as receives; both directions are one call of the library. */
static bool process(bench_link *link)
{
	library_link *self = (library_link *)link;
	cardex_error error;
	if (cardex_process(self->conn, &error) != CARDEX_OK)
		return self->failed ? false : bench_link_fail(link, "%s", error.message);
	link->wants_write = (cardex_events(self->conn) & POLLOUT) != 0;
	return !self->failed;
}

static bool flush(bench_link *link)
{
	library_link *self = (library_link *)link;
	return (cardex_events(self->conn) & POLLOUT) == 0 || process(link);
}

const bench_link_class bench_library_link = { .name = "libcardex",
	                                      .size = sizeof(library_link),
	                                      .open = open_link,
	                                      .close = close_link,
	                                      .send = send_request,
	                                      .flush = flush,
	                                      .receive = process };
