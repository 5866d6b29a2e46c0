/* SPDX-License-Identifier: Apache-2.0 */
/* One report from request to answer. */
#include "base/check.h"
#include "base/clock.h"
#include "base/msgpack.h"
#include "crm/reports/frame/names.h"
#include "crm/reports/frame/param.h"
#include "crm/reports/frame/read.h"
#include "crm/reports/reading.h"
#include "crm/reports/table.h"

enum { ARENA_BYTES_MAX = 64 * 1024 * 1024, NOTES_BYTES_MAX = 16 * 1024 };

static void release(crm__report *self)
{
	cx_arena_free(&self->arena);
	cx_buf_release(&self->notes);
}

static cx_status init(crm__report *self, engine_read *read, const crm_report_request *request,
                      cx_buf *out, cx_error *error)
{
	*self = (crm__report){
		.read = read,
		.schema = engine_read_schema(read),
		.error = error,
		.deadline_ns = request->deadline_ns,
		.keys_max =
			request->keys_max != 0 ? request->keys_max : CRM_REPORT_KEYS_DEFAULT,
		.rows_max =
			request->rows_max != 0 ? request->rows_max : CRM_REPORT_ROWS_DEFAULT,
		.now_ms = request->now_ms,
		.out = out,
		.notes = CX_BUF_INIT(NOTES_BYTES_MAX),
	};
	if (self->rows_max > CRM_REPORT_ROWS_MAX)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "a report has at most %d rows: ask for no more",
		               CRM_REPORT_ROWS_MAX);
	return cx_arena_new(ARENA_BYTES_MAX, &self->arena);
}

/* ---- settings of the organisation ---- */

static cx_status default_of(crm__report *self, const engine_field *field, crm__value *ret)
{
	cx_reader reader = cx_reader_of(field->default_value);
	if (field->kind == ENGINE_INT)
		*ret = crm__number(cx_read_int(&reader));
	else
		*ret = (crm__value){ .kind = CRM__TEXT, .text = cx_read_str(&reader) };
	if (reader.failed)
		return cx_fail(self->error, CX_NO_FIELD,
		               "org.%s has no default, and there is no org record",
		               field->name);
	return CX_OK;
}

typedef struct settings {
	crm__value currency;
	crm__value zone;
	crm__report *report;
} settings;

static cx_status take_settings(void *context, const crm__value *values)
{
	settings *self = context;
	self->currency = values[0];
	self->currency.text = cx_arena_copy(self->report->arena, values[0].text);
	self->zone = values[1];
	return CX_OK;
}

static cx_status defaults(crm__report *self, settings *ret)
{
	const engine_type *type;
	const engine_field *currency, *zone;
	cx_status status = crm__type(self, "org", &type);
	if (status == CX_OK)
		status = crm__field(self, type, "base_currency", &currency);
	if (status == CX_OK)
		status = crm__field(self, type, "utc_offset_min", &zone);
	if (status == CX_OK && ret->currency.kind != CRM__TEXT)
		status = default_of(self, currency, &ret->currency);
	if (status == CX_OK && ret->zone.kind != CRM__NUMBER)
		status = default_of(self, zone, &ret->zone);
	return status;
}

static cx_status read_settings(crm__report *self)
{
	settings found = { .report = self };
	const crm__query query = { .type = "org", .fields = "base_currency utc_offset_min" };
	cx_status status = crm__query_run(self, &query, take_settings, &found);
	if (status == CX_OK)
		status = defaults(self, &found);
	if (status != CX_OK)
		return status;
	const cx_slice code = found.currency.text;
	if (code.size > 0 && code.size < sizeof self->currency)
		memcpy(self->currency, code.data, code.size);
	if (!engine_zone_is_valid(found.zone.number))
		return cx_fail(self->error, CX_INVALID_ARGUMENT,
		               "org.utc_offset_min is beyond a day");
	self->zone_min = found.zone.number;
	return CX_OK;
}

cx_status crm__reading_begin(crm__report *self, engine_read *read, int64_t now_ms,
                             cx_error *error)
{
	const crm_report_request request = { .now_ms = now_ms, .keys_max = INT64_MAX };
	if (!crm__calendar_has(now_ms))
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "as_of takes a time of the years 1000 to 8999");
	cx_status status = init(self, read, &request, NULL, error);
	if (status == CX_OK)
		status = read_settings(self);
	if (status != CX_OK)
		release(self);
	return status;
}

void crm__reading_end(crm__report *self)
{
	release(self);
}

/* ---- the answer ---- */

static void write_head(crm__report *self, const char *name)
{
	cx_buf *out = self->out;
	cx_write_map(out, 10);
	cx_write_text(out, "report");
	cx_write_text(out, name);
	cx_write_text(out, "seq");
	cx_write_uint(out, engine_read_seq(self->read));
	cx_write_text(out, "params");
	crm__params_write(self, out);
	cx_write_text(out, "currency");
	cx_write_text(out, self->currency);
	cx_write_text(out, "sections");
	self->sections_place = cx_write_array_open(out);
}

static void write_tail(crm__report *self)
{
	cx_buf *out = self->out;
	cx_write_array_close(out, self->sections_place, self->section_count);
	cx_write_text(out, "as_of");
	cx_write_int(out, self->as_of_ms);
	cx_write_text(out, "notes");
	cx_write_array(out, self->note_count);
	cx_buf_append_slice(out, cx_buf_slice(&self->notes));
}

static void write_cost(crm__report *self)
{
	cx_write_text(self->out, "keys");
	cx_write_uint(self->out, self->keys);
	cx_write_text(self->out, "fetched");
	cx_write_uint(self->out, self->fetched);
}

static cx_status run(crm__report *self, const crm__table_row *row)
{
	write_head(self, row->name);
	cx_status status = self->definition->run(self);
	if (status == CX_OK)
		status = cx_buf_status(self->out);
	if (status != CX_OK)
		return status;
	CX_ASSERT(self->section == NULL);
	write_tail(self);
	cx_write_text(self->out, "names");
	status = crm__names_write(self);
	if (status != CX_OK)
		return status;
	write_cost(self);
	if (cx_buf_status(&self->notes) != CX_OK)
		return cx_buf_status(&self->notes);
	return cx_buf_status(self->out);
}

cx_status crm_report_run(engine_read *read, const crm_report_request *request, cx_buf *out,
                         cx_error *error)
{
	const crm__table_row *row = crm__table_find(request->name);
	if (row == NULL)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "there is no report \"%.*s\": ask for the list of reports",
		               CX_SLICE_ARG(request->name));
	CX_SCOPED(release) crm__report self = { 0 };
	cx_status status = init(&self, read, request, out, error);
	if (status != CX_OK)
		return status;
	self.definition = row->definition;
	status = read_settings(&self);
	if (status == CX_OK)
		status = crm__params_read(&self, request->params);
	return status == CX_OK ? run(&self, row) : status;
}

/* ---- what every read does ---- */

cx_status crm__spend(crm__report *self, uint64_t keys, uint64_t fetched)
{
	self->keys += keys;
	self->fetched += fetched;
	if (self->keys > self->keys_max)
		return cx_fail(
			self->error, CX_SCAN_LIMIT,
			"the report has looked at %llu keys: ask for less of the records, "
			"or raise max_scan",
			(unsigned long long)self->keys);
	if (self->deadline_ns != 0 && cx_clock_monotonic_ns() > self->deadline_ns)
		return cx_fail(
			self->error, CX_DEADLINE,
			"the report was not ready in time: ask for less of the records, or "
			"raise deadline_ms");
	return CX_OK;
}

cx_status crm__type(crm__report *self, const char *name, const engine_type **ret)
{
	*ret = engine_schema_type(self->schema, cx_slice_of(name));
	if (*ret != NULL)
		return CX_OK;
	return cx_fail(self->error, CX_NO_TYPE,
	               "the report reads %s, which the schema of this store has not", name);
}

cx_status crm__field(crm__report *self, const engine_type *type, const char *name,
                     const engine_field **ret)
{
	*ret = engine_type_field(type, cx_slice_of(name));
	if (*ret != NULL)
		return CX_OK;
	return cx_fail(self->error, CX_NO_FIELD,
	               "the report reads %s.%s, which the schema of this store has not",
	               type->name, name);
}
