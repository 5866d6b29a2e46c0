/* SPDX-License-Identifier: Apache-2.0 */
/* changes and history. */
#include "engine/changes.h"

#include "base/clock.h"
#include "base/msgpack.h"
#include "daemon/methods/answers.h"
#include "daemon/methods/change.h"

#include <inttypes.h>

enum {
	LIMIT_DEFAULT = 100,
	/* Operations looked at between two looks at the clock and at the size of the answer. */
	STEP_OPERATIONS = 16,
};

/* One request being answered. */
typedef struct answering {
	daemon__call *call;
	const engine_type *types[ENGINE_TYPES_MAX];
	uint32_t type_count; /* 0 = all */
	uint32_t written;
	uint64_t keys; /* looked at */
} answering;

static cx_status read_limit(const proto_options *options, size_t *ret, cx_error *error)
{
	const bool given = (options->given & PROTO_BIT(LIMIT)) != 0;
	if (given && (options->limit == 0 || options->limit > PROTO_CHANGES_MAX))
		return cx_fail(error, CX_INVALID_ARGUMENT, "limit must lie between 1 and %d",
		               PROTO_CHANGES_MAX);
	*ret = given ? (size_t)options->limit : LIMIT_DEFAULT;
	return CX_OK;
}

static bool is_wanted(const answering *self, const engine_type *type)
{
	for (uint32_t i = 0; i < self->type_count; i++)
		if (self->types[i] == type)
			return true;
	return self->type_count == 0;
}

static cx_status take(void *context, const engine_logged *change)
{
	answering *self = context;
	if (!is_wanted(self, change->type))
		return CX_OK;
	self->written++;
	const daemon__change_form form = { 0 };
	return daemon__change_write(&form, change, self->call->out);
}

/* The types are told apart in `take`, so that a step is short however rare they are. */
static cx_status write_changes(answering *self, size_t limit, uint64_t *next, cx_error *error)
{
	daemon__call *call = self->call;
	const uint64_t end = engine_read_seq(call->read) + 1;
	const size_t begin = call->out->size;
	while (*next < end && self->written < limit &&
	       call->out->size - begin < PROTO_CHANGES_BYTES) {
		const size_t left = limit - self->written;
		const size_t step = left < STEP_OPERATIONS ? left : STEP_OPERATIONS;
		const uint64_t before = *next;
		uint64_t keys = 0;
		cx_status status = engine_changes_read(call->read, *next, NULL, 0, step, take,
		                                       self, next, &keys, error);
		if (status != CX_OK)
			return status;
		self->keys += keys;
		if (*next == before)
			return cx_fail(error, CX_CORRUPT,
			               "change %" PRIu64 " is missing in the log; run check",
			               before);
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
		status = daemon__method_types(engine_read_schema(call->read), options,
		                              self.types, &self.type_count, error);
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
	cx_write_array(call->out, 3);
	const size_t place = cx_write_array_open(call->out);
	status = write_changes(&self, limit, &next, error);
	if (status != CX_OK)
		return status;
	cx_write_array_close(call->out, place, self.written);
	cx_write_uint(call->out, next);
	cx_write_map(call->out, 3);
	cx_write_text(call->out, "seq");
	cx_write_uint(call->out, seq);
	cx_write_text(call->out, "oldest");
	cx_write_uint(call->out, oldest);
	cx_write_text(call->out, "keys");
	cx_write_uint(call->out, self.keys);
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
	                        limit, call->deadline_ns, take, &self, &cut, error);
	if (status != CX_OK)
		return status;
	cx_write_array_close(call->out, place, self.written);
	cx_write_bool(call->out, cut);
	return CX_OK;
}
