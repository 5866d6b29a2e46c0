/* SPDX-License-Identifier: Apache-2.0 */
/* search. */
#include "engine/search.h"

#include "base/check.h"
#include "base/msgpack.h"
#include "daemon/methods/answers.h"

/* One search being answered. */
typedef struct answering {
	daemon__call *call;
	engine_search search;
	const engine_type *types[ENGINE_TYPES_MAX];
	cx_slice only[PROTO_FIELDS_MAX]; /* names of fields; none: where it was found */
	size_t only_count;
} answering;

/* ---- what is asked ---- */

static cx_status read_types(answering *self, cx_error *error)
{
	cx_reader reader = cx_reader_of(self->call->request->options.types);
	const uint32_t count = cx_read_array(&reader);
	if (reader.failed || count < 1 || count > ENGINE_TYPES_MAX)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "types: an array of 1 to %d names of record types",
		               ENGINE_TYPES_MAX);
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
	self->search.types = self->types;
	self->search.type_count = count;
	return CX_OK;
}

/* Whether a type that is searched has the field. */
static bool has_field(const answering *self, cx_slice name)
{
	const engine_schema *schema = engine_read_schema(self->call->read);
	const size_t count =
		self->search.type_count > 0 ? self->search.type_count : schema->type_count;
	for (size_t i = 0; i < count; i++) {
		const engine_type *type =
			self->search.type_count > 0 ? self->types[i] : &schema->types[i];
		if (engine_type_field(type, name) != NULL)
			return true;
	}
	return false;
}

static cx_status read_fields(answering *self, cx_error *error)
{
	cx_reader reader = cx_reader_of(self->call->request->options.only);
	const uint32_t count = cx_read_array(&reader);
	if (reader.failed || count < 1 || count > PROTO_FIELDS_MAX)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "fields: an array of 1 to %d field names", PROTO_FIELDS_MAX);
	for (uint32_t i = 0; i < count; i++) {
		self->only[i] = cx_read_str(&reader);
		if (reader.failed)
			return cx_fail(error, CX_INVALID_ARGUMENT,
			               "fields: element %u is no name", i);
		if (!has_field(self, self->only[i]))
			return cx_fail(error, CX_NO_FIELD, "no type searched has a field %.*s",
			               CX_SLICE_ARG(self->only[i]));
	}
	self->only_count = count;
	return CX_OK;
}

static cx_status read_request(answering *self, cx_error *error)
{
	const proto_request *request = self->call->request;
	const proto_options *options = &request->options;
	self->search.text = request->text;
	self->search.deadline_ns = self->call->deadline_ns;
	if ((options->given & PROTO_BIT(LIMIT)) != 0 &&
	    (options->limit == 0 || options->limit > ENGINE_SEARCH_HITS_MAX))
		return cx_fail(error, CX_INVALID_ARGUMENT, "limit must lie between 1 and %d",
		               ENGINE_SEARCH_HITS_MAX);
	self->search.limit = (size_t)options->limit;
	cx_status status = CX_OK;
	if ((options->given & PROTO_BIT(TYPES)) != 0)
		status = read_types(self, error);
	if (status == CX_OK && (options->given & PROTO_BIT(ONLY)) != 0)
		status = read_fields(self, error);
	self->search.spans = options->highlights || self->only_count == 0;
	return status;
}

/* ---- hits ---- */

/* The elements of a row. */
typedef struct elements {
	cx_slice of_slot[ENGINE_SLOTS_MAX];
	uint32_t count;
} elements;

static cx_status take_elements(const engine_row *row, elements *ret)
{
	cx_reader reader = cx_reader_of(row->array);
	ret->count = cx_read_array(&reader);
	if (reader.failed || ret->count > ENGINE_SLOTS_MAX)
		return CX_CORRUPT;
	for (uint32_t slot = 0; slot < ret->count; slot++)
		ret->of_slot[slot] = cx_read_skip(&reader);
	return reader.failed ? CX_CORRUPT : CX_OK;
}

static void write_field(const engine_field *field, const elements *row, cx_buf *out)
{
	cx_write_text(out, field->name);
	if (field->slot < row->count)
		cx_write_raw(out, row->of_slot[field->slot]);
	else
		cx_write_nil(out); /* a row of an older layout */
}

static bool is_among(const engine_hit *hit, const engine_field *field)
{
	for (size_t i = 0; i < hit->span_count; i++)
		if (hit->spans[i].field == field)
			return true;
	return false;
}

/* Which fields of a hit are sent. */
typedef struct chosen {
	const engine_field *fields[ENGINE_SLOTS_MAX];
	size_t count;
} chosen;

/* Unless they are named: the first searched field, which tells what the record is, and those in
 * which it was found. */
static void choose_found(const engine_hit *hit, chosen *ret)
{
	const engine_type *type = hit->row.type;
	for (uint16_t i = ENGINE_SYSTEM_SLOTS; i < type->field_count; i++) {
		const engine_field *field = &type->fields[i];
		if (field->search && (ret->count == 0 || is_among(hit, field)))
			ret->fields[ret->count++] = field;
	}
}

static void choose_named(const answering *self, const engine_hit *hit, chosen *ret)
{
	for (size_t i = 0; i < self->only_count; i++) {
		const engine_field *field = engine_type_field(hit->row.type, self->only[i]);
		if (field != NULL && ret->count < CX_COUNT_OF(ret->fields))
			ret->fields[ret->count++] = field;
	}
}

static void write_fields(const answering *self, const engine_hit *hit, const elements *row,
                         cx_buf *out)
{
	CX_UNSET chosen these;
	these.count = 0;
	if (self->only_count > 0)
		choose_named(self, hit, &these);
	else
		choose_found(hit, &these);
	cx_write_map(out, these.count);
	for (size_t i = 0; i < these.count; i++)
		write_field(these.fields[i], row, out);
}

static size_t count_of_field(const engine_hit *hit, size_t from)
{
	size_t count = 1;
	while (from + count < hit->span_count &&
	       hit->spans[from + count].field == hit->spans[from].field)
		count++;
	return count;
}

/* {field: [[from, bytes], …]} */
static void write_highlights(const engine_hit *hit, cx_buf *out)
{
	size_t fields = 0;
	for (size_t i = 0; i < hit->span_count; i += count_of_field(hit, i))
		fields++;
	cx_write_map(out, fields);
	for (size_t i = 0; i < hit->span_count;) {
		const size_t count = count_of_field(hit, i);
		cx_write_text(out, hit->spans[i].field->name);
		cx_write_array(out, count);
		for (const size_t end = i + count; i < end; i++) {
			cx_write_array(out, 2);
			cx_write_uint(out, hit->spans[i].from);
			cx_write_uint(out, hit->spans[i].size);
		}
	}
}

static cx_status write_hit(void *context, const engine_hit *hit)
{
	const answering *self = context;
	cx_buf *out = self->call->out;
	const bool highlights = self->call->request->options.highlights;
	CX_UNSET elements row;
	cx_status status = take_elements(&hit->row, &row);
	if (status != CX_OK)
		return status;
	cx_write_map(out, highlights ? 6 : 5);
	cx_write_text(out, "type");
	cx_write_text(out, hit->row.type->name);
	cx_write_text(out, "id");
	cx_write_int(out, hit->row.id);
	cx_write_text(out, "match");
	cx_write_text(out, engine_match_name(hit->match));
	cx_write_text(out, "recent");
	cx_write_int(out, hit->recent_ms);
	cx_write_text(out, "fields");
	write_fields(self, hit, &row, out);
	if (highlights) {
		cx_write_text(out, "highlights");
		write_highlights(hit, out);
	}
	return cx_buf_status(out);
}

static void write_figure(const char *name, uint64_t value, cx_buf *out)
{
	cx_write_text(out, name);
	cx_write_uint(out, value);
}

cx_status daemon__answer_search(daemon__call *call, cx_error *error)
{
	CX_UNSET answering self;
	self.call = call;
	self.search = (engine_search){ 0 };
	self.only_count = 0;
	cx_status status = read_request(&self, error);
	if (status != CX_OK)
		return status;
	cx_buf *out = call->out;
	engine_search_report report;
	cx_write_array(out, 3);
	const size_t place = cx_write_array_open(out);
	status = engine_search_run(call->read, &self.search, write_hit, &self, &report, error);
	if (status != CX_OK)
		return status;
	if (call->is_slice && report.end == ENGINE_SEARCH_TIME)
		return CX_DEADLINE;
	cx_write_array_close(out, place, (uint32_t)report.hits);
	cx_write_text(out, engine_search_end_name(report.end));
	cx_write_map(out, 4);
	write_figure("seq", engine_read_seq(call->read), out);
	write_figure("found", report.found, out);
	write_figure("keys", report.keys_scanned, out);
	write_figure("fetched", report.rows_fetched, out);
	return CX_OK;
}
