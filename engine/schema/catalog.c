/* SPDX-License-Identifier: Apache-2.0 */
/* A schema with its text, its ids and its trees. */
#include "engine/schema/catalog.h"

#include "base/check.h"
#include "base/msgpack.h"
#include "base/text.h"
#include "engine/schema/ids.h"
#include "engine/schema/model.h"
#include "engine/schema/parse.h"
#include "engine/store/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	/* Twice what the largest text can lead to, an enum label for every two bytes. */
	ARENA_BYTES_MAX = 96 * 1024 * 1024,
	FORMAT_VERSION = 2,
	FORMAT_WITHOUT_AGGREGATES = 1, /* and without rollups: four parts */
	STORED_BYTES_MAX = ENGINE_SCHEMA_BYTES_MAX + 4 * 1024 * 1024,
	STORED_ITEMS_MAX = 400 * 1000,
	STORED_DEPTH_MAX = 5,
};

struct engine__catalog {
	cx_arena *arena;
	engine__model model;
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
static cx_status model_of_texts(cx_slice base, cx_slice text, cx_arena *arena,
                                engine__model *ret, cx_error *error)
{
	CX_SCOPED(cx_arena_free) cx_arena *scratch = NULL;
	cx_status status = cx_arena_new(ARENA_BYTES_MAX, &scratch);
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
		status = engine__model_of(&syntax, arena, ret, error);
	return status;
}

cx_status engine_schema_check(cx_slice base, cx_slice text, cx_error *error)
{
	CX_SCOPED(cx_arena_free) cx_arena *arena = NULL;
	if (cx_arena_new(ARENA_BYTES_MAX, &arena) != CX_OK)
		return engine__build_no_memory(error);
	engine__model model;
	return model_of_texts(base, text, arena, &model, error);
}

static cx_status catalog_new(cx_slice text, engine__catalog **ret, cx_error *error)
{
	CX_SCOPED(engine__catalog_free) engine__catalog *self = calloc(1, sizeof *self);
	if (self == NULL || cx_arena_new(ARENA_BYTES_MAX, &self->arena) != CX_OK)
		return engine__build_no_memory(error);
	cx_status status =
		model_of_texts((cx_slice){ 0 }, text, self->arena, &self->model, error);
	if (status != CX_OK)
		return status;
	self->model.schema.text = cx_arena_copy(self->arena, text);
	if (self->model.schema.text.data == NULL)
		return engine__build_no_memory(error);
	*ret = self;
	self = NULL; /* now the caller's */
	return CX_OK;
}

cx_status engine__catalog_of_text(cx_slice text, engine__catalog **ret, cx_error *error)
{
	engine__catalog *self = NULL;
	cx_status status = catalog_new(text, &self, error);
	if (status != CX_OK)
		return status;
	engine__ids_give(&self->model);
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
	const bool plain = schema->aggregate_count == 0 && schema->rollup_count == 0;
	cx_write_map(out, plain ? 4 : 5);
	cx_write_text(out, "version");
	cx_write_int(out, plain ? FORMAT_WITHOUT_AGGREGATES : FORMAT_VERSION);
	cx_write_text(out, "text");
	cx_write_str(out, catalog->model.schema.text);
	cx_write_text(out, "unicode");
	cx_write_text(out, cx_text_unicode_version());
	cx_write_text(out, "types");
	engine__ids_write(schema, out);
	if (!plain) {
		cx_write_text(out, "aggregates");
		engine__ids_write_aggregates(schema, out);
	}
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
	cx_slice text;
	cx_slice unicode;
	cx_slice types;
	cx_slice aggregates; /* empty: the version without */
} stored_catalog;

/* The version comes first: of a newer one nothing else is looked at. */
static cx_status read_parts(cx_slice stored, stored_catalog *ret, cx_error *error)
{
	const cx_scan_limits limits = {
		.bytes = STORED_BYTES_MAX,
		.items = STORED_ITEMS_MAX,
		.depth = STORED_DEPTH_MAX,
	};
	if (cx_scan_whole(stored, limits) != CX_OK)
		return damaged(error, "it is not one value");
	cx_reader reader = cx_reader_of(stored);
	uint32_t count = cx_read_map(&reader);
	bool good = take_key(&reader, "version");
	int64_t version = cx_read_int(&reader);
	if (!good || reader.failed || version < 1)
		return damaged(error, "no version");
	if (version > FORMAT_VERSION)
		return cx_fail(error, CX_UNSUPPORTED,
		               "the store was made by a newer cardex (schema format %" PRId64
		               ")",
		               version);
	stored_catalog parts = { 0 };
	const bool plain = version == FORMAT_WITHOUT_AGGREGATES;
	good = count == (plain ? 4 : 5) && take_key(&reader, "text");
	parts.text = cx_read_str(&reader);
	good = good && take_key(&reader, "unicode");
	parts.unicode = cx_read_str(&reader);
	good = good && take_key(&reader, "types");
	parts.types = cx_read_skip(&reader);
	if (!plain) {
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

cx_status engine__catalog_read(cx_slice stored, engine__catalog **ret, cx_error *error)
{
	stored_catalog parts = { 0 }; /* the compiler cannot see that read_parts sets it */
	cx_status status = read_parts(stored, &parts, error);
	if (status != CX_OK)
		return status;
	CX_SCOPED(engine__catalog_free) engine__catalog *self = NULL;
	cx_error why = { 0 };
	status = catalog_new(parts.text, &self, &why);
	if (status == CX_NO_MEMORY)
		return engine__build_no_memory(error);
	if (status != CX_OK)
		return cx_fail(error, CX_CORRUPT, "the stored schema is damaged: line %u: %s",
		               why.line, why.text);
	if (!engine__ids_read(parts.types, &self->model) ||
	    (parts.aggregates.size > 0 &&
	     !engine__ids_read_aggregates(parts.aggregates, &self->model)))
		return damaged(error, "its numbers do not fit its text");
	status = check_unicode(&self->model.schema, parts.unicode, error);
	if (status != CX_OK)
		return status;
	*ret = self;
	self = NULL; /* now the caller's */
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
