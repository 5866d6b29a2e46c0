/* SPDX-License-Identifier: Apache-2.0 */
/* The stored form of builds. */
#include "engine/core/build.h"

#include "base/check.h"
#include "base/msgpack.h"
#include "engine/aggregate.h"

#include <stdio.h>
#include <string.h>

enum { KEY_BYTES = 3, FORMAT = 1 };

typedef struct build_key {
	uint8_t bytes[KEY_BYTES];
} build_key;

static build_key key_of(engine__build_kind kind, uint16_t id)
{
	return (build_key){ { (uint8_t)kind, (uint8_t)(id >> 8), (uint8_t)id } };
}

static cx_slice slice_of(const build_key *key)
{
	return (cx_slice){ .data = key->bytes, .size = sizeof key->bytes };
}

engine__build engine__build_of(engine__build_kind kind, uint16_t id,
                               engine__build_action action, const engine_type *type,
                               const char *name)
{
	engine__build build = { .kind = kind, .id = id, .action = action, .type_id = type->id };
	snprintf(build.type_name, sizeof build.type_name, "%s", type->name);
	snprintf(build.name, sizeof build.name, "%s", name);
	return build;
}

void engine__build_set_frontier(engine__build *build, cx_slice key)
{
	CX_ASSERT(key.size <= sizeof build->frontier);
	if (key.size > 0)
		memcpy(build->frontier, key.data, key.size);
	build->frontier_size = (uint16_t)key.size;
}

/* ---- writing ---- */

static void write_pairs(const engine__build *build, cx_buf *out)
{
	cx_write_array(out, build->pair_count);
	for (uint16_t i = 0; i < build->pair_count; i++) {
		cx_write_array(out, 2);
		cx_write_int(out, build->pairs[i].first);
		cx_write_int(out, build->pairs[i].second);
	}
}

cx_status engine__build_put(engine_write *write, const engine__build *build)
{
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(ENGINE__BUILD_VALUE_MAX);
	cx_write_array(&out, 12);
	cx_write_int(&out, FORMAT);
	cx_write_int(&out, build->action);
	cx_write_uint(&out, build->type_id);
	cx_write_uint(&out, build->other_id);
	cx_write_text(&out, build->type_name);
	cx_write_text(&out, build->name);
	cx_write_bin(&out, engine__build_frontier(build));
	cx_write_uint(&out, build->records);
	cx_write_uint(&out, build->entries);
	cx_write_uint(&out, build->duplicates);
	write_pairs(build, &out);
	cx_write_text(&out, build->reason);
	if (cx_buf_status(&out) != CX_OK)
		return cx_buf_status(&out);
	const build_key key = key_of(build->kind, build->id);
	return engine__txn_put(write->txn, write->engine->builds, slice_of(&key),
	                       cx_buf_slice(&out));
}

cx_status engine__build_forget(engine_write *write, const engine__build *build)
{
	const build_key key = key_of(build->kind, build->id);
	return engine__txn_remove(write->txn, write->engine->builds, slice_of(&key));
}

/* ---- reading ---- */

static void read_text(cx_reader *reader, char *text, size_t size)
{
	const cx_slice from = cx_read_str(reader);
	if (from.size >= size)
		reader->failed = true;
	else if (!reader->failed)
		snprintf(text, size, "%.*s", CX_SLICE_ARG(from));
}

static uint16_t read_id(cx_reader *reader)
{
	const uint64_t id = cx_read_uint(reader);
	if (id > UINT16_MAX)
		reader->failed = true;
	return (uint16_t)id;
}

static void read_pairs(cx_reader *reader, engine__build *build)
{
	const uint32_t count = cx_read_array(reader);
	if (count > ENGINE__BUILD_PAIRS_MAX)
		reader->failed = true;
	for (uint32_t i = 0; i < count && !reader->failed; i++) {
		if (cx_read_array(reader) != 2)
			reader->failed = true;
		build->pairs[i].first = cx_read_int(reader);
		build->pairs[i].second = cx_read_int(reader);
		build->pair_count++;
	}
}

static cx_status read_value(cx_slice value, engine__build *build)
{
	cx_reader reader = cx_reader_of(value);
	const uint32_t count = cx_read_array(&reader);
	const int64_t format = cx_read_int(&reader);
	const int64_t action = cx_read_int(&reader);
	if (reader.failed || count != 12 || format != FORMAT || action < ENGINE__BUILD_RUNS ||
	    action > ENGINE__BUILD_RESETS)
		return CX_CORRUPT;
	build->action = (engine__build_action)action;
	build->type_id = read_id(&reader);
	build->other_id = read_id(&reader);
	read_text(&reader, build->type_name, sizeof build->type_name);
	read_text(&reader, build->name, sizeof build->name);
	const cx_slice frontier = cx_read_bin(&reader);
	if (reader.failed || frontier.size > ENGINE__KEY_BYTES_MAX)
		return CX_CORRUPT;
	engine__build_set_frontier(build, frontier);
	build->records = cx_read_uint(&reader);
	build->entries = cx_read_uint(&reader);
	build->duplicates = cx_read_uint(&reader);
	read_pairs(&reader, build);
	read_text(&reader, build->reason, sizeof build->reason);
	return reader.failed || reader.rest.size > 0 ? CX_CORRUPT : CX_OK;
}

cx_status engine__build_get(engine_read *read, engine__build_kind kind, uint16_t id,
                            engine__build *ret)
{
	const build_key key = key_of(kind, id);
	cx_slice value;
	cx_status status =
		engine__view_get(read->view, read->engine->builds, slice_of(&key), &value);
	if (status != CX_OK)
		return status;
	*ret = (engine__build){ .kind = kind, .id = id };
	return read_value(value, ret);
}

cx_status engine__build_reached(engine_read *read, engine__build_kind kind, uint16_t id,
                                cx_slice record_key, bool *ret)
{
	engine__build build;
	cx_status status = engine__build_get(read, kind, id, &build);
	if (status == CX_NOT_FOUND) {
		*ret = true;
		return CX_OK;
	}
	if (status == CX_OK)
		*ret = build.action == ENGINE__BUILD_RUNS &&
		       cx_slice_compare(record_key, engine__build_frontier(&build)) <= 0;
	return status;
}

static cx_status read_pair(const engine__pair *pair, engine__build *ret)
{
	if (pair->key.size != KEY_BYTES)
		return CX_CORRUPT;
	const uint8_t *key = pair->key.data;
	if (key[0] < ENGINE__BUILD_INDEX || key[0] > ENGINE__BUILD_ROLLUP)
		return CX_CORRUPT;
	*ret = (engine__build){ .kind = (engine__build_kind)key[0],
		                .id = (uint16_t)(key[1] << 8 | key[2]) };
	return read_value(pair->value, ret);
}

cx_status engine__builds_each(engine_read *read, engine__build_visitor *visit, void *context)
{
	CX_SCOPED(engine__cursor_close) engine__cursor *cursor = NULL;
	cx_status status =
		engine__cursor_open(read->view, read->engine->builds, ENGINE__FORWARD, &cursor);
	while (status == CX_OK) {
		engine__pair pair;
		size_t count;
		status = engine__cursor_next(cursor, &pair, 1, &count);
		if (status != CX_OK || count == 0)
			return status;
		engine__build build;
		status = read_pair(&pair, &build);
		if (status == CX_OK)
			status = visit(context, &build);
	}
	return status;
}

/* It would be complete before what it is made of. */
static bool waits(const engine_schema *schema, const engine__build *build)
{
	if (build->kind != ENGINE__BUILD_ROLLUP || build->action != ENGINE__BUILD_RUNS)
		return false;
	const engine_rollup *rollup = engine__build_rollup(schema, build);
	return rollup != NULL && engine_rollup_waits(rollup);
}

const engine_rollup *engine__build_rollup(const engine_schema *schema,
                                          const engine__build *build)
{
	for (uint16_t t = 0; t < schema->type_count; t++) {
		const engine_type *type = &schema->types[t];
		for (uint16_t i = 0; type->id == build->other_id && i < type->field_count; i++)
			if (type->fields[i].id == build->id)
				return type->fields[i].rollup;
	}
	return NULL;
}

typedef struct search {
	const engine_schema *schema;
	engine__build *build;
	bool found;
} search;

static cx_status take_first(void *context, const engine__build *build)
{
	search *self = context;
	if (self->found || build->action == ENGINE__BUILD_FAILED || waits(self->schema, build))
		return CX_OK;
	*self->build = *build;
	self->found = true;
	return CX_OK;
}

cx_status engine__builds_next(engine_read *read, engine__build *ret)
{
	search self = { .schema = read->generation->schema, .build = ret };
	cx_status status = engine__builds_each(read, take_first, &self);
	return status == CX_OK && !self.found ? CX_NOT_FOUND : status;
}
