/* SPDX-License-Identifier: Apache-2.0 */
/* A schema with its text, its ids and its trees. */
#include "engine/schema/catalog.h"

#include "base/check.h"
#include "base/msgpack.h"
#include "base/text.h"
#include "engine/schema/parse.h"
#include "engine/schema/parts.h"
#include "engine/store/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	FORMAT_VERSION = 2,
	FORMAT_VERSION_MAX = 3, /* with a state of a rollup */
	STORED_BYTES_MAX = ENGINE_SCHEMA_BYTES_MAX + 4 * 1024 * 1024,
	STORED_ITEMS_MAX = 400 * 1000,
	STORED_DEPTH_MAX = 6,
};

void engine__catalog_free(engine__catalog **catalog)
{
	engine__catalog *self = *catalog;
	*catalog = NULL;
	if (self == NULL)
		return;
	cx_arena_free(&self->arena);
	free(self);
}

/* Parses base and text into one schema. Nothing of either is kept. */
static cx_status model_of_texts(cx_slice base, cx_slice text, const engine__places_list *places,
                                cx_arena *arena, engine__model *ret, cx_error *error)
{
	CX_SCOPED(cx_arena_free) cx_arena *scratch = NULL;
	cx_status status = cx_arena_new(ENGINE__CATALOG_ARENA_MAX, &scratch);
	if (status != CX_OK)
		return engine__build_no_memory(error);
	if (base.size > ENGINE_SCHEMA_BYTES_MAX ||
	    text.size > ENGINE_SCHEMA_BYTES_MAX - base.size)
		return cx_fail(error, CX_TOO_LARGE, "a schema text has at most %d bytes",
		               ENGINE_SCHEMA_BYTES_MAX);
	engine__syntax syntax = { 0 };
	status = engine__parse(base, true, scratch, &syntax, error);
	if (status == CX_OK)
		status = engine__parse(text, false, scratch, &syntax, error);
	if (status == CX_OK)
		status = engine__model_of(&syntax, places, arena, ret, error);
	return status;
}

cx_status engine_schema_check(cx_slice base, cx_slice text, cx_error *error)
{
	CX_SCOPED(cx_arena_free) cx_arena *arena = NULL;
	if (cx_arena_new(ENGINE__CATALOG_ARENA_MAX, &arena) != CX_OK)
		return engine__build_no_memory(error);
	engine__model model;
	return model_of_texts(base, text, NULL, arena, &model, error);
}

cx_status engine__catalog_begin(cx_slice text, size_t own_from,
                                const engine__places_list *places, engine__catalog **ret,
                                cx_error *error)
{
	CX_SCOPED(engine__catalog_free) engine__catalog *self = calloc(1, sizeof *self);
	if (self == NULL || cx_arena_new(ENGINE__CATALOG_ARENA_MAX, &self->arena) != CX_OK)
		return engine__build_no_memory(error);
	cx_status status =
		model_of_texts((cx_slice){ 0 }, text, places, self->arena, &self->model, error);
	if (status != CX_OK)
		return status;
	self->model.schema.text = cx_arena_copy(self->arena, text);
	self->model.schema.own_from = own_from;
	if (self->model.schema.text.data == NULL)
		return engine__build_no_memory(error);
	*ret = self;
	self = NULL; /* now the caller's */
	return CX_OK;
}

cx_status engine__catalog_of_text(cx_slice text, engine__catalog **ret, cx_error *error)
{
	return engine__catalog_of_texts(text, text.size, ret, error);
}

cx_status engine__catalog_of_texts(cx_slice text, size_t own_from, engine__catalog **ret,
                                   cx_error *error)
{
	engine__catalog *self = NULL;
	cx_status status = engine__catalog_begin(text, own_from, NULL, &self, error);
	if (status != CX_OK)
		return status;
	self->next = (engine__next_ids){ .type = 1, .field = 1, .index = 1, .aggregate = 1 };
	engine__ids_give(&self->model, &self->next);
	*ret = self;
	return CX_OK;
}

const engine_schema *engine__catalog_schema(const engine__catalog *catalog)
{
	return &catalog->model.schema;
}

cx_status engine__catalog_write(const engine__catalog *catalog, cx_buf *out)
{
	const engine_schema *schema = &catalog->model.schema;
	cx_write_map(out, 7);
	cx_write_text(out, "version");
	cx_write_int(out, engine__ids_have_rollup_state(schema) ? FORMAT_VERSION_MAX
	                                                        : FORMAT_VERSION);
	cx_write_text(out, "text");
	cx_write_str(out, catalog->model.schema.text);
	cx_write_text(out, "own");
	cx_write_uint(out, catalog->model.schema.own_from);
	cx_write_text(out, "unicode");
	cx_write_text(out, cx_text_unicode_version());
	cx_write_text(out, "next");
	cx_write_array(out, 4);
	cx_write_uint(out, catalog->next.type);
	cx_write_uint(out, catalog->next.field);
	cx_write_uint(out, catalog->next.index);
	cx_write_uint(out, catalog->next.aggregate);
	cx_write_text(out, "types");
	engine__ids_write(schema, out);
	cx_write_text(out, "aggregates");
	engine__ids_write_aggregates(schema, out);
	return cx_buf_status(out);
}

static bool has_folded_column(const engine_schema *schema)
{
	for (size_t t = 0; t < schema->type_count; t++) {
		const engine_type *type = &schema->types[t];
		for (size_t i = 0; i < type->index_count; i++) {
			for (size_t c = 0; c < type->indexes[i].column_count; c++) {
				if (type->indexes[i].columns[c].folded)
					return true;
			}
		}
	}
	return false;
}

static cx_status damaged(cx_error *error, const char *what)
{
	return cx_fail(error, CX_CORRUPT, "the stored schema is damaged: %s", what);
}

static bool take_key(cx_reader *reader, const char *key)
{
	return cx_slice_equal(cx_read_str(reader), cx_slice_of(key));
}

/* The parts of the stored form. */
typedef struct stored_catalog {
	int64_t version;
	cx_slice text;
	size_t own_from;
	cx_slice unicode;
	engine__next_ids next; /* version 1: all 0 */
	cx_slice types;
	cx_slice aggregates; /* version 1: empty */
} stored_catalog;

/* The version comes first: of a newer one nothing else is looked at. */
static cx_status read_version(cx_slice stored, cx_reader *reader, uint32_t *ret_count,
                              int64_t *ret, cx_error *error)
{
	const cx_scan_limits limits = {
		.bytes = STORED_BYTES_MAX,
		.items = STORED_ITEMS_MAX,
		.depth = STORED_DEPTH_MAX,
	};
	if (cx_scan_whole(stored, limits) != CX_OK)
		return damaged(error, "it is not one value");
	*reader = cx_reader_of(stored);
	*ret_count = cx_read_map(reader);
	const bool good = take_key(reader, "version");
	const int64_t version = cx_read_int(reader);
	if (!good || reader->failed || version < 1)
		return damaged(error, "no version");
	if (version > FORMAT_VERSION_MAX)
		return cx_fail(error, CX_UNSUPPORTED,
		               "the store was made by a newer cardex (schema format %" PRId64
		               ")",
		               version);
	*ret = version;
	return CX_OK;
}

static uint32_t read_next(cx_reader *reader)
{
	const int64_t next = cx_read_int(reader);
	if (next < 1 || next > (int64_t)UINT16_MAX + 1)
		reader->failed = true;
	return reader->failed ? 0 : (uint32_t)next;
}

static bool read_next_ids(cx_reader *reader, engine__next_ids *ret)
{
	const bool good = take_key(reader, "next") && cx_read_array(reader) == 4;
	ret->type = read_next(reader);
	ret->field = read_next(reader);
	ret->index = read_next(reader);
	ret->aggregate = read_next(reader);
	return good;
}

static cx_status read_parts(cx_slice stored, stored_catalog *ret, cx_error *error)
{
	cx_reader reader;
	uint32_t count = 0;
	stored_catalog parts = { 0 };
	cx_status status = read_version(stored, &reader, &count, &parts.version, error);
	if (status != CX_OK)
		return status;
	const bool first = parts.version == 1;
	bool good = count == (first ? 4 : 7) && take_key(&reader, "text");
	parts.text = cx_read_str(&reader);
	parts.own_from = parts.text.size;
	if (!first) {
		good = good && take_key(&reader, "own");
		const uint64_t own_from = cx_read_uint(&reader);
		good = good && own_from <= parts.text.size;
		parts.own_from = (size_t)own_from;
	}
	good = good && take_key(&reader, "unicode");
	parts.unicode = cx_read_str(&reader);
	if (!first)
		good = good && read_next_ids(&reader, &parts.next);
	good = good && take_key(&reader, "types");
	parts.types = cx_read_skip(&reader);
	if (!first) {
		good = good && take_key(&reader, "aggregates");
		parts.aggregates = cx_read_skip(&reader);
	}
	if (!good || reader.failed || reader.rest.size > 0)
		return damaged(error, "its parts are not as they should be");
	*ret = parts;
	return CX_OK;
}

static cx_status check_unicode(const engine_schema *schema, cx_slice unicode, cx_error *error)
{
	if (cx_slice_equal(unicode, cx_slice_of(cx_text_unicode_version())) ||
	    !has_folded_column(schema))
		return CX_OK;
	return cx_fail(
		error, CX_UNSUPPORTED,
		"the folded indexes of the store are of Unicode %.*s, this program is of "
		"%s",
		CX_SLICE_ARG(unicode), cx_text_unicode_version());
}

/* Makes the model of the text, with fields in the slots that are stored. */
static cx_status model_of_parts(const stored_catalog *parts, engine__catalog **ret,
                                cx_error *error)
{
	CX_SCOPED(cx_arena_free) cx_arena *scratch = NULL;
	cx_error why = { 0 };
	cx_status status = cx_arena_new(ENGINE__CATALOG_ARENA_MAX, &scratch);
	engine__places_list places = { 0 };
	if (status == CX_OK && parts->version > 1)
		status = engine__ids_places(parts->types, scratch, &places);
	if (status == CX_CORRUPT)
		return damaged(error, "its slots are not as they should be");
	if (status == CX_OK)
		status =
			engine__catalog_begin(parts->text, parts->own_from, &places, ret, &why);
	if (status == CX_NO_MEMORY)
		return engine__build_no_memory(error);
	if (status != CX_OK)
		return cx_fail(error, CX_CORRUPT, "the stored schema is damaged: line %u: %s",
		               why.line, why.text);
	return CX_OK;
}

static bool are_behind(engine__next_ids stored, engine__next_ids used)
{
	return stored.type >= used.type && stored.field >= used.field &&
	       stored.index >= used.index && stored.aggregate >= used.aggregate;
}

cx_status engine__catalog_read(cx_slice stored, engine__catalog **ret, cx_error *error)
{
	stored_catalog parts = { 0 }; /* the compiler cannot see that read_parts sets it */
	cx_status status = read_parts(stored, &parts, error);
	if (status != CX_OK)
		return status;
	CX_SCOPED(engine__catalog_free) engine__catalog *self = NULL;
	status = model_of_parts(&parts, &self, error);
	if (status != CX_OK)
		return status;
	/* What is stored of fields stays with them. */
	const cx_slice types = cx_arena_copy(self->arena, parts.types);
	if (types.data == NULL)
		return engine__build_no_memory(error);
	if (!engine__ids_read(types, parts.version, &self->model) ||
	    (parts.version > 1 && !engine__ids_read_aggregates(parts.aggregates, &self->model)))
		return damaged(error, "its numbers do not fit its text");
	engine__rollups_settle(&self->model);
	self->next = engine__ids_after(&self->model.schema);
	if (parts.version > 1 && !are_behind(parts.next, self->next))
		return damaged(error, "a number would be given twice");
	if (parts.version > 1)
		self->next = parts.next;
	status = check_unicode(&self->model.schema, parts.unicode, error);
	if (status != CX_OK)
		return status;
	*ret = self;
	self = NULL; /* now the caller's */
	return CX_OK;
}

/* The same in two catalogs that differ in states. */
static void take_trees(const engine__catalog *from, engine__catalog *to)
{
	for (size_t t = 0; t < to->model.schema.type_count; t++) {
		const engine_type *type = &from->model.types[t];
		to->model.types[t].record_tree = type->record_tree;
		to->model.types[t].cluster_tree = type->cluster_tree;
		for (size_t i = 0; i < type->index_count; i++)
			to->model.indexes[t][i].tree = type->indexes[i].tree;
	}
}

static void set_state(engine__catalog *catalog, uint16_t index_id, engine_index_state state)
{
	for (size_t t = 0; t < catalog->model.schema.type_count; t++)
		for (size_t i = 0; i < catalog->model.types[t].index_count; i++)
			if (catalog->model.indexes[t][i].id == index_id)
				catalog->model.indexes[t][i].state = state;
}

static cx_status copy(const engine__catalog *catalog, engine__catalog **ret)
{
	CX_SCOPED(cx_buf_release) cx_buf stored = CX_BUF_INIT(STORED_BYTES_MAX);
	cx_status status = engine__catalog_write(catalog, &stored);
	engine__catalog *self = NULL;
	if (status == CX_OK)
		status = engine__catalog_read(cx_buf_slice(&stored), &self, NULL);
	if (status != CX_OK)
		return status;
	take_trees(catalog, self);
	*ret = self;
	return CX_OK;
}

cx_status engine__catalog_with_state(const engine__catalog *catalog, uint16_t index_id,
                                     engine_index_state state, engine__catalog **ret)
{
	cx_status status = copy(catalog, ret);
	if (status != CX_OK)
		return status;
	set_state(*ret, index_id, state);
	engine__rollups_settle(&(*ret)->model);
	return CX_OK;
}

cx_status engine__catalog_with_rollup(const engine__catalog *catalog, uint16_t field_id,
                                      engine_aggregate_state state, engine__catalog **ret)
{
	cx_status status = copy(catalog, ret);
	if (status != CX_OK)
		return status;
	engine__model *model = &(*ret)->model;
	for (uint16_t i = 0; i < model->schema.rollup_count; i++)
		if (model->rollups[i].field->id == field_id)
			model->rollups[i].state = state;
	return CX_OK;
}

cx_status engine__catalog_with_aggregate(const engine__catalog *catalog, uint16_t aggregate_id,
                                         engine_aggregate_state state, engine__catalog **ret)
{
	cx_status status = copy(catalog, ret);
	if (status != CX_OK)
		return status;
	engine__model *model = &(*ret)->model;
	for (size_t i = 0; i < model->schema.aggregate_count; i++)
		if (model->aggregates[i].id == aggregate_id)
			model->aggregates[i].state = state;
	return CX_OK;
}

/* Opens one tree; `letter` and `id` are its name. */
static cx_status bind_tree(engine__tree_namer *tree, void *context, char letter, uint16_t id,
                           uint16_t *ret)
{
	char name[ENGINE__TREE_NAME_MAX];
	snprintf(name, sizeof name, "%c%u", letter, id);
	return tree(context, name, ret);
}

static cx_status bind_type(engine_type *type, engine_index *indexes, engine__tree_namer *tree,
                           void *context)
{
	cx_status status = bind_tree(tree, context, 'r', type->id, &type->record_tree);
	if (status == CX_OK && type->cluster != NULL)
		status = bind_tree(tree, context, 'c', type->id, &type->cluster_tree);
	for (size_t i = 0; status == CX_OK && i < type->index_count; i++) {
		if (indexes[i].cluster)
			indexes[i].tree = type->record_tree;
		else
			status = bind_tree(tree, context, 'x', indexes[i].id, &indexes[i].tree);
	}
	return status;
}

cx_status engine__catalog_bind(engine__catalog *catalog, engine__tree_namer *tree,
                               void *context)
{
	engine__model *model = &catalog->model;
	cx_status status = CX_OK;
	for (size_t i = 0; status == CX_OK && i < model->schema.type_count; i++)
		status = bind_type(&model->types[i], model->indexes[i], tree, context);
	return status;
}
