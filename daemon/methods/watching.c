/* SPDX-License-Identifier: Apache-2.0 */
/* A turn of a watch. The options are bound to the schema of the snapshot anew each time, as
 * that may have changed since. */
#include "daemon/methods/watching.h"

#include "base/check.h"
#include "base/clock.h"
#include "daemon/methods/change.h"
#include "daemon/methods/layout.h"
#include "daemon/methods/method.h"

#include <string.h>

enum {
	/* Changes looked at between two looks at the clock and at the size. */
	STEP_CHANGES = 64,
	/* Keys of a page of rows, so that it is short also where the filter refuses them. */
	PAGE_KEYS_MAX = 2000,
};

/* The options under one schema. */
typedef struct binding {
	const engine_type *types[ENGINE_TYPES_MAX];
	uint32_t type_count; /* 0 = all */
	bool filters;
	engine_matcher *matcher;
} binding;

static void binding_release(binding *self)
{
	engine_matcher_free(&self->matcher);
}

static cx_status bind(const daemon__watch *watch, engine_read *read, binding *ret,
                      cx_error *error)
{
	const proto_options *options = &watch->options;
	ret->matcher = NULL;
	ret->filters = (options->given & PROTO_BIT(WHERE)) != 0;
	cx_status status = daemon__method_types(engine_read_schema(read), options, ret->types,
	                                        &ret->type_count, error);
	if (status == CX_OK && ret->filters && ret->type_count != 1)
		status = cx_fail(error, CX_INVALID_ARGUMENT,
		                 "filter: it needs types with exactly one record type");
	if (status != CX_OK)
		return status;
	return engine_matcher_new(ret->filters ? ret->types[0] : NULL, options->where,
	                          &ret->matcher, error);
}

static bool is_wanted(const binding *self, const engine_type *type)
{
	for (uint32_t i = 0; i < self->type_count; i++)
		if (self->types[i] == type)
			return true;
	return self->type_count == 0;
}

/* ---- fields ---- */

static bool has_field(const binding *self, const engine_schema *schema, cx_slice name)
{
	for (uint16_t i = 0; i < schema->type_count; i++)
		if (is_wanted(self, &schema->types[i]) &&
		    engine_type_field(&schema->types[i], name) != NULL)
			return true;
	return false;
}

static cx_status check_fields(const binding *self, const engine_schema *schema, cx_slice only,
                              cx_error *error)
{
	cx_reader reader = cx_reader_of(only);
	const uint32_t count = cx_read_array(&reader);
	if (reader.failed || count == 0 || count > PROTO_FIELDS_MAX)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "fields: an array of 1 to %d field names", PROTO_FIELDS_MAX);
	for (uint32_t i = 0; i < count; i++) {
		const cx_slice name = cx_read_str(&reader);
		if (reader.failed)
			return cx_fail(error, CX_INVALID_ARGUMENT,
			               "fields: element %u is no name", i);
		if (!has_field(self, schema, name))
			return cx_fail(error, CX_NO_FIELD,
			               "fields: no type that is watched has a field %.*s",
			               CX_SLICE_ARG(name));
	}
	return CX_OK;
}

cx_status daemon__watch_check(const daemon__watch *watch, engine_read *read, cx_error *error)
{
	CX_UNSET CX_SCOPED(binding_release) binding options;
	options.matcher = NULL;
	cx_status status = bind(watch, read, &options, error);
	if (status == CX_OK && (watch->options.given & PROTO_BIT(ONLY)) != 0)
		status = check_fields(&options, engine_read_schema(read), watch->options.only,
		                      error);
	return status;
}

/* Calls it for each field of the option that the type has. */
static void mark_fields(const daemon__watch *watch, const engine_type *type, bool *only)
{
	cx_reader reader = cx_reader_of(watch->options.only);
	const uint32_t count = cx_read_array(&reader);
	memset(only, 0, type->field_count * sizeof *only);
	for (uint32_t i = 0; i < count; i++) {
		const engine_field *field = engine_type_field(type, cx_read_str(&reader));
		if (field != NULL)
			only[field->slot] = true;
	}
}

/* ---- changes ---- */

typedef struct telling {
	const daemon__watch *watch;
	const daemon__watch_turn *turn;
	const binding *bound;
	size_t begin; /* of the notification in the output */
	uint32_t looked;
	uint32_t written;
	bool full; /* of bytes or time: the present change is for the next turn */
	const engine_type *marked;
	bool only[ENGINE_SLOTS_MAX];
} telling;

static bool is_full(const telling *self)
{
	return self->looked > 0 && (self->turn->out->size - self->begin >= PROTO_WATCH_BYTES ||
	                            cx_clock_monotonic_ns() >= self->turn->end_ns);
}

static const bool *only_of(telling *self, const engine_type *type)
{
	if ((self->watch->options.given & PROTO_BIT(ONLY)) == 0)
		return NULL;
	if (self->marked != type)
		mark_fields(self->watch, type, self->only);
	self->marked = type;
	return self->only;
}

/* A record that comes in is sent whole: whoever follows may not have it. */
static bool comes_in(const binding *bound, const engine_logged *change,
                     const engine_crossing *match)
{
	return change->kind == ENGINE_CHANGED_UNDELETE ||
	       (bound->filters && match->was != ENGINE_FIT_YES && match->is != ENGINE_FIT_NO &&
	        change->kind != ENGINE_CHANGED_CREATE);
}

static cx_status tell(void *context, const engine_logged *change)
{
	telling *self = context;
	const binding *bound = self->bound;
	if (is_full(self)) {
		self->full = true;
		return CX_BUSY;
	}
	self->looked++;
	if (!is_wanted(bound, change->type))
		return CX_OK;
	engine_crossing match = { .was = ENGINE_FIT_YES, .is = ENGINE_FIT_YES };
	if (bound->filters || change->kind == ENGINE_CHANGED_UNDELETE) {
		cx_status status = engine_matcher_look(bound->matcher, self->turn->read, change,
		                                       &match, NULL);
		if (status != CX_OK)
			return status;
	}
	if (bound->filters && match.was == ENGINE_FIT_NO && match.is == ENGINE_FIT_NO)
		return CX_OK;
	const daemon__change_form form = {
		.only = only_of(self, change->type),
		.row = comes_in(bound, change, &match) ? match.row : (cx_slice){ 0 },
		.tells_fit = bound->filters,
		.was = match.was,
		.is = match.is,
	};
	self->written++;
	return daemon__change_write(&form, change, self->turn->out);
}

static cx_status tell_changes(daemon__watch *watch, const binding *bound,
                              const daemon__watch_turn *turn, cx_error *error)
{
	CX_UNSET telling self;
	self.watch = watch;
	self.turn = turn;
	self.bound = bound;
	self.begin = turn->out->size;
	self.looked = self.written = 0;
	self.full = false;
	self.marked = NULL;
	const uint64_t seq = engine_read_seq(turn->read);
	proto_notification_begin(PROTO_NOTIFY_CHANGE, 3, turn->out);
	cx_write_uint(turn->out, watch->number);
	const size_t place = cx_write_array_open(turn->out);
	cx_status status = CX_OK;
	while (status == CX_OK && watch->place.seq <= seq)
		status = engine_changes_step(turn->read, &watch->place, STEP_CHANGES, tell,
		                             &self, error);
	if (status != CX_OK && !self.full)
		return status;
	if (self.written == 0) {
		cx_buf_truncate(turn->out, self.begin);
		return CX_OK;
	}
	cx_write_array_close(turn->out, place, self.written);
	cx_write_uint(turn->out, watch->place.seq);
	watch->credit--;
	watch->told = watch->place.seq - 1;
	watch->told_ns = turn->now_ns;
	return CX_OK;
}

/* ---- rows ---- */

/* The type with the smallest number above `id`; NULL: there is none. */
static const engine_type *type_after(const binding *bound, const engine_schema *schema,
                                     uint16_t id)
{
	const engine_type *found = NULL;
	for (uint16_t i = 0; i < schema->type_count; i++) {
		const engine_type *type = &schema->types[i];
		if (is_wanted(bound, type) && type->id > id &&
		    (found == NULL || type->id < found->id))
			found = type;
	}
	return found;
}

/* With `fields`: id and rev, which make applying a row certain, then what was asked for. */
static void project(const daemon__watch *watch, const engine_type *type,
                    daemon__projection *ret)
{
	bool only[ENGINE_SLOTS_MAX];
	const bool all = (watch->options.given & PROTO_BIT(ONLY)) == 0;
	if (!all)
		mark_fields(watch, type, only);
	ret->type = type;
	ret->given = PROTO_BIT(ONLY); /* so the names are those of `slots` */
	ret->whole = false;
	ret->names = true;
	ret->count = 0;
	for (uint16_t slot = 0; slot < type->field_count && ret->count < PROTO_FIELDS_MAX;
	     slot++)
		if (!type->fields[slot].dropped &&
		    (all || only[slot] || slot == ENGINE_SLOT_ID || slot == ENGINE_SLOT_REV))
			ret->slots[ret->count++] = slot;
}

typedef struct row_writer {
	const daemon__projection *projection;
	cx_buf *out;
} row_writer;

static cx_status write_row(void *context, const engine_row *row)
{
	const row_writer *self = context;
	cx_status status = daemon__projection_write_row(self->projection, row, self->out);
	return status == CX_OK ? cx_buf_status(self->out) : status;
}

static cx_status write_page(const daemon__watch *watch, const engine_type *type,
                            const daemon__watch_turn *turn, engine_page *ret, cx_error *error)
{
	const daemon__watch_rows *rows = &watch->rows;
	CX_UNSET daemon__projection projection;
	project(watch, type, &projection);
	engine_query query = {
		.type = type,
		.filter = watch->options.where,
		.limit = PROTO_WATCH_ROWS_MAX,
		.max_scan = PAGE_KEYS_MAX,
		.by_id = true,
		.allow_scan = true,
	};
	if (type->id == rows->above_type_id)
		query.above = rows->above;
	if (rows->in_type)
		query.after = (cx_slice){ .data = rows->position, .size = rows->position_size };
	row_writer writer = { .projection = &projection, .out = turn->out };
	proto_notification_begin(PROTO_NOTIFY_ROW, 6, turn->out);
	cx_write_uint(turn->out, watch->number);
	cx_write_text(turn->out, type->name);
	daemon__projection_write_head(&projection, turn->out);
	const size_t place = cx_write_array_open(turn->out);
	cx_status status = engine_query_run(turn->read, &query, write_row, &writer, ret, error);
	if (status == CX_OK)
		cx_write_array_close(turn->out, place, (uint32_t)ret->rows);
	return status;
}

cx_status daemon__watch_rows_after(daemon__watch *watch, engine_read *read, cx_slice rows_after,
                                   cx_error *error)
{
	CX_UNSET CX_SCOPED(binding_release) binding options;
	options.matcher = NULL;
	cx_reader reader = cx_reader_of(rows_after);
	const uint32_t count = cx_read_array(&reader);
	const cx_slice name = cx_read_str(&reader);
	const uint64_t id = cx_read_uint(&reader);
	if (reader.failed || count != 2 || id == 0 || id > INT64_MAX)
		return cx_fail(error, CX_INVALID_ARGUMENT,
		               "rows_after: an array of the type and the id of the last row");
	const engine_type *type = engine_schema_type(engine_read_schema(read), name);
	if (type == NULL)
		return cx_fail(error, CX_NO_TYPE, "rows_after: there is no record type %.*s",
		               CX_SLICE_ARG(name));
	cx_status status = bind(watch, read, &options, error);
	if (status == CX_OK && !is_wanted(&options, type))
		status = cx_fail(error, CX_INVALID_ARGUMENT,
		                 "rows_after: %s is not among the types", type->name);
	if (status != CX_OK)
		return status;
	watch->rows.type_id = watch->rows.above_type_id = type->id;
	watch->rows.in_type = true;
	watch->rows.above = (int64_t)id;
	return CX_OK;
}

/* The type whose rows come next. */
static const engine_type *present_type(const daemon__watch *watch, const binding *bound,
                                       const engine_schema *schema)
{
	const daemon__watch_rows *rows = &watch->rows;
	/* One that was dropped meanwhile has no rows. */
	return type_after(bound, schema,
	                  rows->in_type ? (uint16_t)(rows->type_id - 1) : rows->type_id);
}

/* The last type was dropped meanwhile: an empty page ends the rows. */
static void end_rows(daemon__watch *watch, const daemon__watch_turn *turn)
{
	proto_notification_begin(PROTO_NOTIFY_ROW, 6, turn->out);
	cx_write_uint(turn->out, watch->number);
	cx_write_text(turn->out, "");
	cx_write_uint(turn->out, 0);
	cx_write_array(turn->out, 0);
	cx_write_array(turn->out, 0);
	cx_write_bool(turn->out, false);
	watch->rows.active = false;
	watch->credit--;
	watch->told_ns = turn->now_ns;
}

static cx_status tell_rows(daemon__watch *watch, const binding *bound,
                           const daemon__watch_turn *turn, cx_error *error)
{
	daemon__watch_rows *rows = &watch->rows;
	const engine_schema *schema = engine_read_schema(turn->read);
	const engine_type *type = present_type(watch, bound, schema);
	const size_t begin = turn->out->size;
	CX_UNSET engine_page page;
	if (type == NULL) {
		end_rows(watch, turn);
		return CX_OK;
	}
	if (type->id != rows->type_id)
		rows->in_type = false;
	cx_status status = write_page(watch, type, turn, &page, error);
	if (status != CX_OK)
		return status;
	CX_ASSERT(page.position_size <= sizeof rows->position);
	rows->type_id = type->id;
	rows->in_type = page.position_size > 0;
	rows->position_size = page.position_size;
	memcpy(rows->position, page.position, page.position_size);
	rows->active = rows->in_type || type_after(bound, schema, type->id) != NULL;
	if (page.rows == 0 && rows->active) {
		cx_buf_truncate(turn->out, begin);
		return CX_OK;
	}
	cx_write_bool(turn->out, rows->active);
	watch->credit--;
	watch->told_ns = turn->now_ns;
	return CX_OK;
}

/* ---- turns ---- */

bool daemon__watch_has_more(const daemon__watch *watch, uint64_t seq)
{
	return watch->rows.active || watch->place.seq <= seq;
}

cx_status daemon__watch_turn_take(daemon__watch *watch, const daemon__watch_turn *turn,
                                  cx_error *error)
{
	CX_UNSET CX_SCOPED(binding_release) binding options;
	options.matcher = NULL;
	cx_status status = bind(watch, turn->read, &options, error);
	if (status != CX_OK)
		return status;
	return watch->rows.active ? tell_rows(watch, &options, turn, error)
	                          : tell_changes(watch, &options, turn, error);
}

void daemon__watch_tell(daemon__watch *watch, uint64_t now_ns, cx_buf *out)
{
	proto_notification_begin(PROTO_NOTIFY_PROGRESS, 2, out);
	cx_write_uint(out, watch->number);
	cx_write_uint(out, watch->place.seq - 1);
	watch->told = watch->place.seq - 1;
	watch->told_ns = now_ns;
}
