/* SPDX-License-Identifier: Apache-2.0 */
/* changes and history. */
#include "engine/changes.h"

#include "base/clock.h"
#include "base/msgpack.h"
#include "daemon/methods/answers.h"

#include <inttypes.h>

enum {
	LIMIT_DEFAULT = 100,
	LIMIT_MAX = 1000,
	/* Operations looked at between two looks at the clock and at the size of the answer. */
	STEP_OPERATIONS = 16,
	/* An answer larger than this takes no further operation. */
	PAGE_BYTES = 1048576,
	TYPES_MAX = ENGINE_TYPES_MAX,
};

/* One request being answered. */
typedef struct answering {
	daemon__call *call;
	const engine_type *types[TYPES_MAX];
	uint32_t type_count; /* 0 = all */
	uint32_t written;
} answering;

static cx_status read_limit(const proto_options *options, size_t *ret, cx_error *error)
{
	const bool given = (options->given & PROTO_BIT(LIMIT)) != 0;
	if (given && (options->limit == 0 || options->limit > LIMIT_MAX))
		return cx_fail(error, CX_INVALID_ARGUMENT, "limit must lie between 1 and %d",
		               LIMIT_MAX);
	*ret = given ? (size_t)options->limit : LIMIT_DEFAULT;
	return CX_OK;
}

static cx_status read_types(answering *self, cx_error *error)
{
	const proto_options *options = &self->call->request->options;
	if ((options->given & PROTO_BIT(TYPES)) == 0)
		return CX_OK;
	cx_reader reader = cx_reader_of(options->types);
	const uint32_t count = cx_read_array(&reader);
	if (reader.failed || count < 1 || count > TYPES_MAX)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "types: an array of 1 to %d names of record types", TYPES_MAX);
	for (uint32_t i = 0; i < count; i++) {
		const cx_slice name = cx_read_str(&reader);
		if (reader.failed)
			return cx_fail(error, CX_INVALID_ARGUMENT,
			               "types: element %u is no name", i);
		self->types[i] = engine_schema_type(engine_read_schema(self->call->read), name);
		if (self->types[i] == NULL)
			return cx_fail(error, CX_NO_TYPE, "there is no record type %.*s",
			               CX_SLICE_ARG(name));
	}
	self->type_count = count;
	return CX_OK;
}

static bool is_wanted(const answering *self, const engine_type *type)
{
	for (uint32_t i = 0; i < self->type_count; i++)
		if (self->types[i] == type)
			return true;
	return self->type_count == 0;
}

/* ---- one change ---- */

static bool is_shown(const engine_logged *change, uint64_t slot)
{
	return !change->type->fields[slot].dropped;
}

/* The row of a new record: {name: value}, without what is nil and what was dropped since. */
static cx_status write_created(const engine_logged *change, cx_buf *out)
{
	cx_reader reader = cx_reader_of(change->row);
	const uint32_t count = cx_read_array(&reader);
	if (reader.failed || count > change->type->field_count)
		return CX_CORRUPT;
	uint32_t filled = 0;
	for (uint32_t slot = 0; slot < count; slot++)
		if (!cx_read_if_nil(&reader)) {
			(void)cx_read_skip(&reader);
			filled += is_shown(change, slot);
		}
	if (reader.failed)
		return CX_CORRUPT;

	reader = cx_reader_of(change->row);
	(void)cx_read_array(&reader);
	cx_write_text(out, "values");
	cx_write_map(out, filled);
	for (uint32_t slot = 0; slot < count; slot++) {
		if (cx_read_if_nil(&reader))
			continue;
		const cx_slice value = cx_read_skip(&reader);
		if (!is_shown(change, slot))
			continue;
		cx_write_text(out, change->type->fields[slot].name);
		cx_write_raw(out, value);
	}
	return CX_OK;
}

typedef struct field_change {
	uint64_t slot;
	cx_slice old;
	cx_slice new;
} field_change;

static bool read_changed(cx_reader *reader, const engine_logged *change, field_change *ret)
{
	const uint32_t parts = cx_read_array(reader);
	ret->slot = cx_read_uint(reader);
	ret->old = cx_read_skip(reader);
	ret->new = cx_read_skip(reader);
	return !reader->failed && parts == 3 && ret->slot < change->type->field_count;
}

/* {name: [old, new]} */
static cx_status write_changed(const engine_logged *change, cx_buf *out)
{
	field_change field;
	uint32_t shown = 0;
	cx_reader reader = cx_reader_of(change->fields);
	const uint32_t count = cx_read_array(&reader);
	for (uint32_t i = 0; i < count; i++) {
		if (!read_changed(&reader, change, &field))
			return CX_CORRUPT;
		shown += is_shown(change, field.slot);
	}
	if (reader.failed)
		return CX_CORRUPT;
	reader = cx_reader_of(change->fields);
	(void)cx_read_array(&reader);
	cx_write_text(out, "changed");
	cx_write_map(out, shown);
	for (uint32_t i = 0; i < count; i++) {
		if (!read_changed(&reader, change, &field) || !is_shown(change, field.slot))
			continue;
		cx_write_text(out, change->type->fields[field.slot].name);
		cx_write_array(out, 2);
		cx_write_raw(out, field.old);
		cx_write_raw(out, field.new);
	}
	return CX_OK;
}

static cx_status write_change(const engine_logged *change, cx_buf *out)
{
	const bool values = change->row.size > 0;
	const bool fields = change->fields.size > 0;
	cx_write_map(out, 8u + values + fields + change->redacted);
	cx_write_text(out, "seq");
	cx_write_uint(out, change->seq);
	cx_write_text(out, "part");
	cx_write_uint(out, change->part);
	cx_write_text(out, "kind");
	cx_write_text(out, engine_change_kind_name(change->kind));
	cx_write_text(out, "type");
	cx_write_text(out, change->type->name);
	cx_write_text(out, "id");
	cx_write_int(out, change->id);
	cx_write_text(out, "rev");
	cx_write_int(out, change->rev);
	cx_write_text(out, "at");
	cx_write_int(out, change->at_ms);
	cx_write_text(out, "by");
	if (change->by == 0)
		cx_write_nil(out);
	else
		cx_write_int(out, change->by);
	if (change->redacted) {
		cx_write_text(out, "redacted");
		cx_write_bool(out, true);
	}
	cx_status status = values ? write_created(change, out) : CX_OK;
	if (status == CX_OK && fields)
		status = write_changed(change, out);
	return status == CX_OK ? cx_buf_status(out) : status;
}

static cx_status take(void *context, const engine_logged *change)
{
	answering *self = context;
	if (!is_wanted(self, change->type))
		return CX_OK;
	self->written++;
	return write_change(change, self->call->out);
}

/* ---- methods ---- */

/* The types are told apart in `take`, so that a step is short however rare they are. */
static cx_status write_changes(answering *self, size_t limit, uint64_t *next, cx_error *error)
{
	daemon__call *call = self->call;
	const uint64_t end = engine_read_seq(call->read) + 1;
	const size_t begin = call->out->size;
	while (*next < end && self->written < limit && call->out->size - begin < PAGE_BYTES) {
		const size_t left = limit - self->written;
		const size_t step = left < STEP_OPERATIONS ? left : STEP_OPERATIONS;
		const uint64_t before = *next;
		cx_status status = engine_changes_read(call->read, *next, NULL, 0, step, take,
		                                       self, next, error);
		if (status != CX_OK)
			return status;
		if (*next == before) {
			*next = end; /* the rest is of types that are no more */
			break;
		}
		if (cx_clock_monotonic_ns() < call->deadline_ns)
			continue;
		if (call->is_slice)
			return CX_DEADLINE;
		break; /* what was found, and where to go on */
	}
	return CX_OK;
}

cx_status daemon__answer_changes(daemon__call *call, cx_error *error)
{
	const proto_options *options = &call->request->options;
	answering self = { .call = call };
	size_t limit = 0;
	uint64_t oldest = 0;
	cx_status status = read_limit(options, &limit, error);
	if (status == CX_OK)
		status = read_types(&self, error);
	if (status == CX_OK)
		status = engine_changes_oldest(call->read, &oldest);
	if (status != CX_OK)
		return status;

	const bool given = (options->given & PROTO_BIT(FROM)) != 0;
	const uint64_t seq = engine_read_seq(call->read);
	uint64_t next = given ? options->from : oldest;
	if (given && (next == 0 || next > seq + 1))
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "from must lie between 1 and %" PRIu64
		               ", one behind the last change",
		               seq + 1);
	if (next < oldest)
		return cx_fail(error, CX_COMPACTED,
		               "changes before %llu are not kept any more: read the records, "
		               "then the changes from there on",
		               (unsigned long long)oldest);
	cx_write_array(call->out, 3);
	const size_t place = cx_write_array_open(call->out);
	status = write_changes(&self, limit, &next, error);
	if (status != CX_OK)
		return status;
	cx_write_array_close(call->out, place, self.written);
	cx_write_uint(call->out, next);
	cx_write_map(call->out, 2);
	cx_write_text(call->out, "seq");
	cx_write_uint(call->out, seq);
	cx_write_text(call->out, "oldest");
	cx_write_uint(call->out, oldest);
	return CX_OK;
}

cx_status daemon__answer_history(daemon__call *call, cx_error *error)
{
	const proto_request *request = call->request;
	const engine_type *type = NULL;
	answering self = { .call = call };
	size_t limit = 0;
	cx_status status = read_limit(&request->options, &limit, error);
	if (status == CX_OK)
		status = daemon__method_type(engine_read_schema(call->read), request, &type,
		                             error);
	if (status != CX_OK)
		return status;

	bool cut = false;
	cx_write_array(call->out, 2);
	const size_t place = cx_write_array_open(call->out);
	status = engine_history(call->read, type, request->id.number, request->options.before,
	                        limit, take, &self, &cut, error);
	if (status != CX_OK)
		return status;
	cx_write_array_close(call->out, place, self.written);
	cx_write_bool(call->out, cut);
	return CX_OK;
}
