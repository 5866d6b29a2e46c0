/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/methods/schema.h"

#include "base/check.h"
#include "crm/crm.h"
#include "daemon/methods/answers.h"
#include "engine/evolve.h"

/* ---- text ---- */

/* The two parts of the schema there is. A store made by an earlier program does not say where
 * the second begins; when the first is the one of this program, that is known. */
static engine_schema_text stored_text(const engine_schema *schema)
{
	engine_schema_text text = { .base = engine_schema_base(schema),
		                    .own = engine_schema_own(schema) };
	const cx_slice known = crm_schema_text();
	if (text.own.size == 0 && text.base.size > known.size + 1 &&
	    cx_slice_starts_with(text.base, known) && text.base.data[known.size] == '\n')
		text = (engine_schema_text){ .base = known,
			                     .own = cx_slice_from(text.base, known.size + 1) };
	return text;
}

static cx_status wanted_text(const engine_schema *schema, const proto_request *request,
                             engine_schema_text *ret, cx_error *error)
{
	engine_schema_text text = stored_text(schema);
	const bool given = (request->options.given & PROTO_BIT(BASE)) != 0;
	const cx_slice base = request->options.base;
	if (given && cx_slice_equal(base, CX_SLICE_LITERAL("program")))
		text.base = crm_schema_text();
	else if (given && cx_slice_equal(base, CX_SLICE_LITERAL("none")))
		text.base = (cx_slice){ 0 };
	else if (given && !cx_slice_equal(base, CX_SLICE_LITERAL("stored")))
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "base: \"stored\", \"program\" or \"none\"");
	if (request->schema.data != NULL)
		text.own = request->schema;
	*ret = text;
	return CX_OK;
}

/* ---- steps ---- */

typedef struct steps {
	cx_buf maps;
	uint32_t count;
} steps;

static void release(steps *self)
{
	cx_buf_release(&self->maps);
}

static void write_pair(cx_buf *out, const char *key, const char *text)
{
	cx_write_text(out, key);
	cx_write_text(out, text);
}

static void take_step(void *context, const engine_schema_step *step)
{
	steps *self = context;
	cx_buf *out = &self->maps;
	cx_write_map(out, 5);
	write_pair(out, "verdict", engine_verdict_name(step->verdict));
	cx_write_text(out, "loses");
	cx_write_bool(out, step->loses);
	write_pair(out, "type", step->type);
	write_pair(out, "name", step->name);
	write_pair(out, "text", step->text);
	self->count++;
}

static void write_figure(cx_buf *out, const char *name, uint64_t figure)
{
	cx_write_text(out, name);
	cx_write_uint(out, figure);
}

static cx_status write_report(const engine_schema_report *report, const steps *told,
                              cx_buf *out, cx_error *error)
{
	if (cx_buf_status(&told->maps) != CX_OK)
		return cx_fail(error, cx_buf_status(&told->maps), "there are too many steps");
	cx_write_map(out, 6);
	write_figure(out, "generation", report->generation);
	write_figure(out, "instant", report->instant);
	write_figure(out, "rebuild", report->rebuild);
	write_figure(out, "refused", report->refused);
	write_figure(out, "losing", report->losing);
	cx_write_text(out, "steps");
	cx_write_array(out, told->count);
	cx_write_raw(out, cx_buf_slice(&told->maps));
	return CX_OK;
}

cx_status daemon__answer_schema_plan(daemon__call *call, cx_error *error)
{
	CX_SCOPED(release) steps told = { .maps = CX_BUF_INIT(PROTO_REPLY_BYTES_MAX) };
	engine_schema_text text;
	engine_schema_report report = { 0 };
	cx_status status =
		wanted_text(engine_read_schema(call->read), call->request, &text, error);
	if (status == CX_OK)
		status =
			engine_schema_plan(call->read, &text, take_step, &told, &report, error);
	return status == CX_OK ? write_report(&report, &told, call->out, error) : status;
}

static cx_status apply(engine *store, const proto_request *request, cx_buf *out,
                       cx_error *error)
{
	CX_SCOPED(release) steps told = { .maps = CX_BUF_INIT(PROTO_REPLY_BYTES_MAX) };
	engine_schema_text text;
	engine_schema_report report = { 0 };
	cx_status status = wanted_text(engine_schema_of(store), request, &text, error);
	if (status == CX_OK)
		status = engine_schema_apply(store, &text, request->options.may_lose, take_step,
		                             &told, &report, error);
	return status == CX_OK ? write_report(&report, &told, out, error) : status;
}

/* ---- indexes and aggregates ---- */

static void write_building(const engine_index_status *status, cx_buf *out)
{
	write_figure(out, "records_done", status->records_done);
	write_figure(out, "records", status->records);
	write_pair(out, "reason", status->reason);
	write_figure(out, "duplicates", status->duplicates);
	cx_write_text(out, "pairs");
	cx_write_array(out, (uint32_t)status->pair_count);
	for (size_t i = 0; i < status->pair_count; i++) {
		cx_write_array(out, 2);
		cx_write_int(out, status->pairs[i].first);
		cx_write_int(out, status->pairs[i].second);
	}
}

static cx_status take_status(void *context, const engine_index_status *status)
{
	steps *self = context;
	cx_write_map(&self->maps, 9U + status->aggregate + status->rollup);
	write_pair(&self->maps, "type", status->type);
	write_pair(&self->maps, "index", status->index);
	if (status->aggregate) {
		cx_write_text(&self->maps, "aggregate");
		cx_write_bool(&self->maps, true);
	}
	if (status->rollup) {
		cx_write_text(&self->maps, "rollup");
		cx_write_bool(&self->maps, true);
	}
	write_pair(&self->maps, "state", status->state);
	write_figure(&self->maps, "entries", status->entries);
	write_building(status, &self->maps);
	self->count++;
	return cx_buf_status(&self->maps);
}

cx_status daemon__answer_index_status(daemon__call *call, cx_error *error)
{
	CX_SCOPED(release) steps told = { .maps = CX_BUF_INIT(PROTO_REPLY_BYTES_MAX) };
	const proto_options *options = &call->request->options;
	const engine_type *type = NULL;
	if ((options->given & PROTO_BIT(ONLY_TYPE)) != 0) {
		type = engine_schema_type(engine_read_schema(call->read), options->only_type);
		if (type == NULL)
			return cx_fail(error, CX_NO_TYPE, "there is no record type %.*s",
			               CX_SLICE_ARG(options->only_type));
	}
	cx_status status = engine_index_statuses(call->read, type, take_status, &told);
	if (status != CX_OK)
		return cx_fail(error, status, "%s", cx_status_text(status));
	cx_write_array(call->out, told.count);
	cx_write_raw(call->out, cx_buf_slice(&told.maps));
	return CX_OK;
}

/* ---- changes ---- */

bool daemon__schema_is_change(proto_method method)
{
	return method == PROTO_SCHEMA_APPLY || method == PROTO_INDEX_CANCEL;
}

cx_status daemon__schema_change(engine *store, const proto_request *request, cx_buf *out,
                                cx_error *error)
{
	CX_ASSERT(daemon__schema_is_change(request->method));
	if (request->method == PROTO_SCHEMA_APPLY)
		return apply(store, request, out, error);
	cx_status status = engine_build_cancel(store, request->type, request->index, error);
	if (status == CX_OK)
		cx_write_bool(out, true);
	return status;
}
