/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/methods/include.h"

#include "base/clock.h"
#include "daemon/methods/order.h"

#include <stdlib.h>
#include <string.h>

enum { KEYS_BYTES_MAX = ENGINE_PAGE_RECORDS_MAX * sizeof(int64_t) };

void daemon__includes_release(daemon__includes *includes)
{
	for (size_t i = 0; i < includes->count; i++)
		cx_buf_release(&includes->items[i].keys);
	includes->count = 0;
}

/* ---- reading ---- */

typedef struct given {
	cx_slice type;
	cx_slice ref;
	cx_slice fields;
	cx_slice order;
	uint64_t limit;
	bool has_limit;
} given;

static cx_status read_pair(cx_reader *reader, given *ret, cx_error *error)
{
	const cx_slice key = cx_read_str(reader);
	if (cx_slice_equal(key, CX_SLICE_LITERAL("type"))) {
		ret->type = cx_read_str(reader);
	} else if (cx_slice_equal(key, CX_SLICE_LITERAL("ref"))) {
		ret->ref = cx_read_str(reader);
	} else if (cx_slice_equal(key, CX_SLICE_LITERAL("fields"))) {
		ret->fields = cx_read_skip(reader);
	} else if (cx_slice_equal(key, CX_SLICE_LITERAL("order"))) {
		ret->order = cx_read_skip(reader);
	} else if (cx_slice_equal(key, CX_SLICE_LITERAL("limit"))) {
		ret->limit = cx_read_uint(reader);
		ret->has_limit = true;
	} else if (!reader->failed) {
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "include: \"%.*s\" is none of type, ref, fields, order, limit",
		               CX_SLICE_ARG(key));
	}
	if (!reader->failed)
		return CX_OK;
	return cx_fail(error, CX_INVALID_ARGUMENT,
	               "include: type and ref are names, fields and order arrays of names, "
	               "limit a number");
}

static cx_status read_map(cx_reader *reader, given *ret, cx_error *error)
{
	const uint32_t pairs = cx_read_map(reader);
	if (reader->failed)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "include: an array of maps is expected");
	for (uint32_t i = 0; i < pairs; i++) {
		cx_status status = read_pair(reader, ret, error);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

static cx_status find_field(const engine_type *type, cx_slice name, const engine_field **ret,
                            cx_error *error)
{
	*ret = engine_type_field(type, name);
	if (*ret == NULL)
		return cx_fail(error, CX_NO_FIELD, "include: %s has no field %.*s", type->name,
		               CX_SLICE_ARG(name));
	if ((*ret)->kind != ENGINE_REF)
		return cx_fail_field(error, CX_TYPE, (*ret)->name,
		                     "include: %s of %s is no reference", (*ret)->name,
		                     type->name);
	return CX_OK;
}

static cx_status bind_parent(const engine_type *type, const given *from, daemon__include *ret,
                             cx_error *error)
{
	if (from->order.size > 0 || from->has_limit)
		return cx_fail(
			error, CX_INVALID_ARGUMENT,
			"include: order and limit are for the records of a type; without "
			"one the record that ref leads to is meant");
	cx_status status = find_field(type, from->ref, &ret->reference, error);
	if (status == CX_OK)
		ret->type = ret->reference->target;
	return status;
}

static cx_status bind_children(const engine_schema *schema, const engine_type *type,
                               const given *from, daemon__include *ret, cx_error *error)
{
	ret->children = true;
	ret->type = engine_schema_type(schema, from->type);
	if (ret->type == NULL)
		return cx_fail(error, CX_NO_TYPE, "include: there is no record type %.*s",
		               CX_SLICE_ARG(from->type));
	cx_status status = find_field(ret->type, from->ref, &ret->reference, error);
	if (status != CX_OK)
		return status;
	if (ret->reference->target != type)
		return cx_fail_field(error, CX_TYPE, ret->reference->name,
		                     "include: %s of %s does not refer to %s",
		                     ret->reference->name, ret->type->name, type->name);
	ret->limit = from->has_limit ? (size_t)from->limit : PROTO_INCLUDE_LIMIT_DEFAULT;
	if (from->has_limit && (from->limit == 0 || from->limit > PROTO_INCLUDE_LIMIT_MAX))
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "include: limit must lie between 1 and %d",
		               PROTO_INCLUDE_LIMIT_MAX);
	if (from->order.size > 0)
		return daemon__order_read(ret->type, from->order, ret->order, &ret->order_count,
		                          error);
	ret->order[0] = (engine_order){ .field = &ret->type->fields[ENGINE_SLOT_ID],
		                        .descending = true };
	ret->order_count = 1;
	return CX_OK;
}

static cx_status read_one(daemon__call *call, const engine_type *type, cx_reader *reader,
                          daemon__include *ret, cx_error *error)
{
	given from = { 0 };
	cx_status status = read_map(reader, &from, error);
	if (status == CX_OK && from.ref.data == NULL)
		status = cx_fail(error, CX_INVALID_ARGUMENT, "include: ref is missing");
	if (status == CX_OK)
		status = from.type.data == NULL ? bind_parent(type, &from, ret, error)
		                                : bind_children(engine_read_schema(call->read),
		                                                type, &from, ret, error);
	if (status != CX_OK)
		return status;
	proto_options options = { 0 };
	if (from.fields.size > 0) {
		options.given = PROTO_BIT(ONLY);
		options.only = from.fields;
	}
	return daemon__projection_of(ret->type, &options, &ret->projection, error);
}

cx_status daemon__includes_read(daemon__call *call, const engine_type *type,
                                daemon__includes *ret, cx_error *error)
{
	const proto_options *options = &call->request->options;
	if ((options->given & PROTO_BIT(INCLUDE)) == 0)
		return CX_OK;
	cx_reader reader = cx_reader_of(options->include);
	const uint32_t count = cx_read_array(&reader);
	if (reader.failed)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "include: an array of maps is expected");
	if (count > PROTO_INCLUDES_MAX)
		return cx_fail(error, CX_TOO_LARGE, "include: at most %d", PROTO_INCLUDES_MAX);
	for (uint32_t i = 0; i < count; i++) {
		daemon__include *at = &ret->items[ret->count++];
		*at = (daemon__include){ .keys = CX_BUF_INIT(KEYS_BYTES_MAX) };
		cx_status status = read_one(call, type, &reader, at, error);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

/* ---- collecting ---- */

/* 0 when it is null, or was added after the row was written. */
static cx_status reference_of(const engine_row *row, const engine_field *field, int64_t *ret)
{
	cx_reader reader = cx_reader_of(row->array);
	*ret = 0;
	const uint32_t stored = cx_read_array(&reader);
	if (!reader.failed && stored <= field->slot)
		return CX_OK;
	cx_read_skip_many(&reader, field->slot);
	if (!cx_read_if_nil(&reader))
		*ret = cx_read_int(&reader);
	return reader.failed ? CX_CORRUPT : CX_OK;
}

cx_status daemon__includes_add(daemon__includes *includes, const engine_row *row)
{
	includes->rows++;
	for (size_t i = 0; i < includes->count; i++) {
		daemon__include *at = &includes->items[i];
		int64_t key = row->id;
		cx_status status =
			at->children ? CX_OK : reference_of(row, at->reference, &key);
		if (status != CX_OK)
			return status;
		if (!cx_buf_append(&at->keys, &key, sizeof key))
			return cx_buf_status(&at->keys);
	}
	return CX_OK;
}

static int64_t key_at(const daemon__include *self, size_t row)
{
	int64_t key;
	memcpy(&key, self->keys.data + row * sizeof key, sizeof key);
	return key;
}

/* ---- writing ---- */

typedef struct output {
	daemon__call *call;
	daemon__include *include;
	size_t *left; /* rows that may still be included */
	cx_error *error;
	uint32_t rows;
	uint64_t keys; /* looked at */
	uint64_t fetched;
} output;

static cx_status write_row(void *context, const engine_row *row)
{
	output *self = context;
	if (*self->left == 0)
		return cx_fail(self->error, CX_TOO_LARGE,
		               "include: over %d records; lower the limit of the query or of "
		               "what is included",
		               PROTO_INCLUDE_ROWS_MAX);
	--*self->left;
	self->rows++;
	cx_buf *out = self->call->out;
	cx_status status = daemon__projection_write_row(&self->include->projection, row, out);
	return status == CX_OK ? cx_buf_status(out) : status;
}

static cx_status fail_late(cx_error *error)
{
	return cx_fail(error, CX_DEADLINE, "the deadline passed while records were included");
}

static int compare_ids(const void *a, const void *b)
{
	int64_t x;
	int64_t y;
	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return (x > y) - (x < y);
}

/* The ids that occur, each once, without 0. */
static size_t sort_ids(int64_t *ids, size_t count)
{
	qsort(ids, count, sizeof *ids, compare_ids);
	size_t kept = 0;
	for (size_t i = 0; i < count; i++)
		if (ids[i] != 0 && (kept == 0 || ids[i] != ids[kept - 1]))
			ids[kept++] = ids[i];
	return kept;
}

/* Writes the parents; those that are not there any more get the id 0. */
static cx_status write_parents(output *self, int64_t *ids, size_t count)
{
	daemon__call *call = self->call;
	const size_t place = cx_write_array_open(call->out);
	for (size_t i = 0; i < count; i++) {
		engine_row row;
		self->keys++;
		cx_status status =
			engine_get(call->read, self->include->type, ids[i], &row, self->error);
		if (status == CX_NOT_FOUND) {
			memmove(&ids[i], &ids[i + 1], (count - i - 1) * sizeof *ids);
			count--;
			i--;
			continue;
		}
		self->fetched++;
		if (status == CX_OK)
			status = write_row(self, &row);
		if (status != CX_OK)
			return status;
		if (call->deadline_ns != 0 && i % 64 == 63 &&
		    cx_clock_monotonic_ns() >= call->deadline_ns)
			return fail_late(self->error);
	}
	if (cx_buf_status(call->out) == CX_OK)
		cx_write_array_close(call->out, place, self->rows);
	return CX_OK;
}

static void write_at(const output *self, size_t rows, const int64_t *ids, cx_buf *out)
{
	cx_write_text(out, "at");
	cx_write_array(out, rows);
	for (size_t i = 0; i < rows; i++) {
		const int64_t key = key_at(self->include, i);
		const int64_t *found = NULL;
		if (self->rows > 0 && key != 0)
			found = bsearch(&key, ids, self->rows, sizeof *ids, compare_ids);
		if (found == NULL)
			cx_write_nil(out);
		else
			cx_write_uint(out, (uint64_t)(found - ids));
	}
}

static cx_status include_parents(output *self, size_t rows)
{
	cx_buf *out = self->call->out;
	CX_SCOPED(cx_buf_release) cx_buf sorted = CX_BUF_INIT(KEYS_BYTES_MAX);
	cx_buf_append_slice(&sorted, cx_buf_slice(&self->include->keys));
	if (cx_buf_status(&sorted) != CX_OK)
		return cx_buf_status(&sorted);
	int64_t *ids = (int64_t *)(void *)sorted.data;
	cx_write_text(out, "rows");
	cx_status status = write_parents(self, ids, rows > 0 ? sort_ids(ids, rows) : 0);
	if (status == CX_OK)
		write_at(self, rows, ids, out);
	return status;
}

/* The children of one row. */
static cx_status query_children(output *self, int64_t id, uint32_t *ret_count, bool *ret_more)
{
	const daemon__include *include = self->include;
	uint8_t bytes[ENGINE_NAME_MAX + 32];
	cx_buf filter = { .data = bytes, .capacity = sizeof bytes, .limit = sizeof bytes - 1 };
	cx_write_array(&filter, 3);
	cx_write_text(&filter, "=");
	cx_write_text(&filter, include->reference->name);
	cx_write_int(&filter, id);
	engine_query query = { .type = include->type,
		               .filter = cx_buf_slice(&filter),
		               .order_count = include->order_count,
		               .limit = include->limit,
		               .deadline_ns = self->call->deadline_ns };
	memcpy(query.order, include->order, sizeof query.order);
	const uint32_t before = self->rows;
	CX_UNSET engine_page page;
	cx_status status =
		engine_query_run(self->call->read, &query, write_row, self, &page, self->error);
	if (status != CX_OK)
		return status;
	if (page.reason == ENGINE_REASON_TIME)
		return fail_late(self->error);
	self->keys += page.keys_scanned;
	self->fetched += page.rows_fetched;
	*ret_count = self->rows - before;
	*ret_more = page.reason != ENGINE_REASON_DONE;
	return CX_OK;
}

static cx_status include_children(output *self, size_t rows)
{
	cx_buf *out = self->call->out;
	CX_SCOPED(cx_buf_release) cx_buf counts = CX_BUF_INIT(16 * ENGINE_PAGE_RECORDS_MAX);
	CX_SCOPED(cx_buf_release) cx_buf more = CX_BUF_INIT(16 * ENGINE_PAGE_RECORDS_MAX);
	cx_write_text(out, "rows");
	const size_t place = cx_write_array_open(out);
	cx_write_array(&counts, rows);
	cx_write_array(&more, rows);
	for (size_t i = 0; i < rows; i++) {
		uint32_t count = 0;
		bool others = false;
		cx_status status =
			query_children(self, key_at(self->include, i), &count, &others);
		if (status != CX_OK)
			return status;
		cx_write_uint(&counts, count);
		cx_write_bool(&more, others);
	}
	if (cx_buf_status(&counts) != CX_OK || cx_buf_status(&more) != CX_OK)
		return CX_NO_MEMORY;
	if (cx_buf_status(out) == CX_OK)
		cx_write_array_close(out, place, self->rows);
	cx_write_text(out, "counts");
	cx_write_raw(out, cx_buf_slice(&counts));
	cx_write_text(out, "more");
	cx_write_raw(out, cx_buf_slice(&more));
	return CX_OK;
}

/* The layout number and the names, each behind its key. */
static void write_head(const daemon__include *include, cx_buf *out)
{
	cx_write_text(out, "layout");
	daemon__projection_write_number(&include->projection, out);
	cx_write_text(out, "names");
	daemon__projection_write_names(&include->projection, out);
}

static void write_figure(const char *name, uint64_t value, cx_buf *out)
{
	cx_write_text(out, name);
	cx_write_uint(out, value);
}

cx_status daemon__includes_write(daemon__call *call, daemon__includes *includes,
                                 cx_error *error)
{
	size_t left = PROTO_INCLUDE_ROWS_MAX;
	cx_write_array(call->out, includes->count);
	for (size_t i = 0; i < includes->count; i++) {
		daemon__include *at = &includes->items[i];
		output self = { .call = call, .include = at, .left = &left, .error = error };
		cx_write_map(call->out, at->children ? 7 : 6);
		write_head(at, call->out);
		cx_status status = at->children ? include_children(&self, includes->rows)
		                                : include_parents(&self, includes->rows);
		if (status != CX_OK)
			return status;
		write_figure("keys", self.keys, call->out);
		write_figure("fetched", self.fetched, call->out);
	}
	return CX_OK;
}
