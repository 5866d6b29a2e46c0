/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/store_fixture.h"

#include "base/hash.h"
#include "base/msgpack.h"
#include "engine/core/meta.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define assert_ok(self, status) assert_ok_at(self, status, __LINE__)

static void assert_ok_at(const store_fixture *self, cx_status status, int line)
{
	if (status != CX_OK)
		print_error("line %d: %s: %s\n", line, cx_status_name(status),
		            self->error.text);
	assert_int_equal(status, CX_OK);
}

static void open_engine(store_fixture *self)
{
	engine_options options = self->options;
	options.schema = cx_slice_of(self->schema);
	assert_ok(self, engine_open(self->path, &options, &self->engine, &self->error));
}

void fixture_open_with(store_fixture *self, const char *schema, const engine_options *options)
{
	*self = (store_fixture){ .now_ms = 1700000000000,
		                 .options = *options,
		                 .buf = CX_BUF_INIT(1 << 20) };
	strcpy(self->folder, "/tmp/cardex-test-XXXXXX");
	assert_non_null(mkdtemp(self->folder));
	snprintf(self->path, sizeof self->path, "%s/store", self->folder);
	self->schema = strdup(schema);
	open_engine(self);
}

void fixture_open(store_fixture *self, const char *schema)
{
	const engine_options options = { .map_bytes = 1ull << 30 };
	fixture_open_with(self, schema, &options);
}

void fixture_reopen(store_fixture *self)
{
	engine_close(&self->engine);
	open_engine(self);
}

void fixture_close(store_fixture *self)
{
	engine_close(&self->engine);
	char command[128];
	snprintf(command, sizeof command, "rm -rf %s", self->folder);
	assert_int_equal(system(command), 0);
	cx_buf_release(&self->buf);
	free(self->schema);
}

const engine_type *fixture_type(const store_fixture *self, const char *name)
{
	const engine_type *type =
		engine_schema_type(engine_schema_of(self->engine), cx_slice_of(name));
	assert_non_null(type);
	return type;
}

const engine_index *fixture_index(const store_fixture *self, const char *type, const char *name)
{
	const engine_index *index =
		engine_type_index(fixture_type(self, type), cx_slice_of(name));
	assert_non_null(index);
	return index;
}

void fixture_begin(store_fixture *self)
{
	assert_null(self->write);
	assert_ok(self, engine_write_begin(self->engine, &self->write));
}

void fixture_commit(store_fixture *self)
{
	assert_non_null(self->write);
	assert_ok(self, engine_write_commit(&self->write));
}

typedef struct call {
	fixture_verb verb;
	const engine_type *type;
	int64_t id;
	cx_slice fields;
	engine_change change;
} call;

static cx_status run(engine_write *write, const call *what, engine_outcome *ret,
                     cx_error *error)
{
	switch (what->verb) {
	case FIXTURE_CREATE:
		return engine_create(write, what->type, what->fields, &what->change, ret,
		                     error);
	case FIXTURE_UPDATE:
		return engine_update(write, what->type, what->id, what->fields, &what->change,
		                     ret, error);
	case FIXTURE_DELETE:
		return engine_delete(write, what->type, what->id, &what->change, ret, error);
	case FIXTURE_UNDELETE:
		return engine_undelete(write, what->type, what->id, &what->change, ret, error);
	case FIXTURE_PURGE:
		return engine_purge(write, what->type, what->id, &what->change, ret, error);
	}
	return CX_INTERNAL;
}

static cx_status perform(store_fixture *self, call *what, engine_outcome *ret)
{
	const bool own = self->write == NULL;
	if (own)
		fixture_begin(self);
	what->change.author.now_ms = self->now_ms++;
	what->change.internal = self->internal;
	cx_status status = run(self->write, what, ret, &self->error);
	if (status != CX_OK)
		assert_int_equal(self->error.status, status);
	if (own)
		fixture_commit(self);
	return status;
}

static cx_status attempt(store_fixture *self, call *what)
{
	engine_outcome outcome = { .id = -7 };
	const uint64_t before = fixture_state_hash(self);
	cx_status status = perform(self, what, &outcome);
	if (status != CX_OK) {
		assert_int_equal(outcome.id, -7); /* untouched */
		assert_true(fixture_state_hash(self) == before);
	}
	return status;
}

int64_t fixture_create(store_fixture *self, const char *type, const char *fields)
{
	call what = { .verb = FIXTURE_CREATE,
		      .type = fixture_type(self, type),
		      .fields = wire(fields) };
	engine_outcome outcome;
	assert_ok(self, perform(self, &what, &outcome));
	return outcome.id;
}

engine_outcome fixture_update(store_fixture *self, const char *type, int64_t id,
                              const char *fields)
{
	call what = { .verb = FIXTURE_UPDATE,
		      .type = fixture_type(self, type),
		      .id = id,
		      .fields = wire(fields) };
	engine_outcome outcome;
	assert_ok(self, perform(self, &what, &outcome));
	return outcome;
}

static call call_of(store_fixture *self, fixture_verb verb, const char *type, int64_t id)
{
	return (call){ .verb = verb, .type = fixture_type(self, type), .id = id };
}

engine_outcome fixture_do(store_fixture *self, fixture_verb verb, const char *type, int64_t id)
{
	call what = call_of(self, verb, type, id);
	engine_outcome outcome;
	assert_ok(self, perform(self, &what, &outcome));
	return outcome;
}

cx_status fixture_try_create(store_fixture *self, const char *type, const char *fields)
{
	call what = { .verb = FIXTURE_CREATE,
		      .type = fixture_type(self, type),
		      .fields = wire(fields) };
	return attempt(self, &what);
}

cx_status fixture_try_update(store_fixture *self, const char *type, int64_t id,
                             const char *fields, int64_t if_rev)
{
	call what = { .verb = FIXTURE_UPDATE,
		      .type = fixture_type(self, type),
		      .id = id,
		      .fields = wire(fields),
		      .change.if_rev = if_rev };
	return attempt(self, &what);
}

cx_status fixture_try(store_fixture *self, fixture_verb verb, const char *type, int64_t id)
{
	call what = call_of(self, verb, type, id);
	return attempt(self, &what);
}

cx_status fixture_run(store_fixture *self, fixture_verb verb, const char *type, int64_t id,
                      const char *fields, engine_outcome *ret)
{
	call what = call_of(self, verb, type, id);
	if (verb == FIXTURE_CREATE || verb == FIXTURE_UPDATE)
		what.fields = wire(fields);
	return perform(self, &what, ret);
}

/* A snapshot, or the inside of the open transaction. */
static engine_read *begin_read(store_fixture *self)
{
	if (self->write != NULL)
		return engine_write_view(self->write);
	engine_read *read = NULL;
	assert_ok(self, engine_read_begin(self->engine, &read));
	return read;
}

static void end_read(store_fixture *self, engine_read *read)
{
	if (self->write == NULL)
		engine_read_end(&read);
}

static cx_slice element(const engine_row *row, const char *field)
{
	const engine_field *found = engine_type_field(row->type, cx_slice_of(field));
	assert_non_null(found);
	cx_reader reader = cx_reader_of(row->array);
	cx_read_array(&reader);
	cx_read_skip_many(&reader, found->slot);
	return cx_read_skip(&reader);
}

int64_t fixture_int(store_fixture *self, const char *type, int64_t id, const char *field)
{
	engine_read *read = begin_read(self);
	engine_row row;
	assert_ok(self, engine_get(read, fixture_type(self, type), id, &row, &self->error));
	cx_reader reader = cx_reader_of(element(&row, field));
	int64_t value = INT64_MIN;
	if (cx_reader_peek(&reader) == CX_KIND_BOOL)
		value = cx_read_bool(&reader);
	else if (!cx_read_if_nil(&reader))
		value = cx_read_int(&reader);
	assert_false(reader.failed);
	end_read(self, read);
	return value;
}

const char *fixture_text(store_fixture *self, const char *type, int64_t id, const char *field)
{
	engine_read *read = begin_read(self);
	engine_row row;
	assert_ok(self, engine_get(read, fixture_type(self, type), id, &row, &self->error));
	cx_reader reader = cx_reader_of(element(&row, field));
	const bool null = cx_read_if_nil(&reader);
	cx_buf_clear(&self->buf);
	if (!null)
		cx_buf_append_slice(&self->buf, cx_read_str(&reader));
	cx_buf_append_byte(&self->buf, 0);
	assert_false(reader.failed);
	end_read(self, read);
	return null ? NULL : (const char *)self->buf.data;
}

cx_status fixture_exists(store_fixture *self, const char *type, int64_t id)
{
	engine_read *read = begin_read(self);
	engine_row row;
	cx_status status = engine_get(read, fixture_type(self, type), id, &row, &self->error);
	end_read(self, read);
	return status;
}

uint64_t fixture_row_hash(const engine_row *row, uint64_t seed)
{
	cx_reader reader = cx_reader_of(row->array);
	const uint32_t count = cx_read_array(&reader);
	for (uint32_t slot = 0; slot < count; slot++) {
		const cx_slice bytes = cx_read_skip(&reader);
		if (slot != ENGINE_SLOT_REV && slot != ENGINE_SLOT_UPDATED_AT &&
		    slot != ENGINE_SLOT_UPDATED_BY)
			seed = cx_hash64(bytes, seed);
	}
	return seed;
}

enum { IDS_TRIED = 5000 }; /* tests make few records */

engine_read *fixture_read(store_fixture *self)
{
	engine_read *read;
	assert_int_equal(engine_read_begin(self->engine, &read), CX_OK);
	return read;
}

uint64_t fixture_state_hash(store_fixture *self)
{
	engine_read *read = begin_read(self);
	const engine_schema *schema = engine_schema_of(self->engine);
	uint64_t hash = 1;
	for (uint16_t t = 0; t < schema->type_count; t++) {
		int64_t last;
		assert_ok(self, engine__meta_last_id(read, &schema->types[t], &last));
		for (int64_t id = 1; id <= last && id < IDS_TRIED; id++) {
			engine_row row;
			if (engine_get_any(read, &schema->types[t], id, &row, NULL) == CX_OK)
				hash = fixture_row_hash(&row, hash ^ (uint64_t)t << 48);
		}
	}
	end_read(self, read);
	return hash;
}

static void print_finding(void *context, const char *text)
{
	(void)context;
	print_error("check: %s\n", text);
}

void fixture_assert_sound(store_fixture *self)
{
	engine_read *read = NULL;
	assert_ok(self, engine_read_begin(self->engine, &read));
	engine_check_report report = { 0 };
	assert_ok(self, engine_check(read, 0, print_finding, NULL, &report));
	engine_read_end(&read);
	assert_int_equal(report.findings, 0);
}
