/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/core/meta.h"
#include "engine/statistics/shelf.h"

#include <stdlib.h>

static cx_status open_system_trees(engine *self)
{
	const struct {
		const char *name;
		engine__tree *tree;
	} trees[] = {
		{ "meta", &self->meta },       { "backref", &self->backref },
		{ "deleted", &self->deleted }, { "undo", &self->undo },
		{ "chunks", &self->chunks },   { "search", &self->search },
		{ "changes", &self->changes }, { "history", &self->history },
		{ "stats", &self->stats },
	};
	for (size_t i = 0; i < CX_COUNT_OF(trees); i++) {
		cx_status status =
			engine__store_tree(self->store, trees[i].name, true, trees[i].tree);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

static cx_status name_tree(void *context, const char *name, uint16_t *ret)
{
	engine *self = context;
	engine__tree tree;
	cx_status status = engine__store_tree(self->store, name, true, &tree);
	if (status != CX_OK)
		return status;
	*ret = tree.number;
	return CX_OK;
}

/* Counts the references to each deletable type in `fill`, and stores them where they are
 * wanted already (self->referrers; `fill` then holds the next place of each type). */
static void each_referrer(const engine *self, uint32_t *fill)
{
	for (uint16_t t = 0; t < self->schema->type_count; t++) {
		const engine_type *source = &self->schema->types[t];
		for (uint16_t f = 0; f < source->field_count; f++) {
			const engine_field *field = &source->fields[f];
			if (field->kind != ENGINE_REF || field->target->keep)
				continue;
			uint32_t *next = &fill[field->target->number];
			if (self->referrers != NULL)
				self->referrers[*next] = (engine__referrer){ source, field };
			++*next;
		}
	}
}

static cx_status collect_referrers(engine *self)
{
	const size_t types = self->schema->type_count;
	uint32_t *from = calloc(types + 1, sizeof *from);
	CX_SCOPED(cx_arena_free) cx_arena *arena = NULL;
	if (from == NULL)
		return CX_NO_MEMORY;
	self->referrers_from = from;
	cx_status status = cx_arena_new(1024 * 1024, &arena);
	if (status != CX_OK)
		return status;
	uint32_t *fill = cx_arena_zalloc(arena, (types + 1) * sizeof *fill);
	if (fill == NULL)
		return CX_NO_MEMORY;

	each_referrer(self, fill);
	for (size_t i = 0; i < types; i++) {
		from[i + 1] = from[i] + fill[i];
		fill[i] = from[i];
	}
	self->referrers = calloc((size_t)from[types] + 1, sizeof *self->referrers);
	if (self->referrers == NULL)
		return CX_NO_MEMORY;
	each_referrer(self, fill);
	return CX_OK;
}

const engine__referrer *engine__referrers_of(const engine *self, const engine_type *type,
                                             size_t *ret_count)
{
	const uint32_t from = self->referrers_from[type->number];
	*ret_count = self->referrers_from[type->number + 1] - from;
	return &self->referrers[from];
}

static cx_status fill(engine *self, const char *path, const engine_options *options,
                      cx_error *error)
{
	const engine__store_options store = {
		.map_bytes = options->map_bytes,
		.readers_max = options->readers_max,
		.any_filesystem = options->any_filesystem,
		.must_exist = options->must_exist,
		.journal_bytes = options->journal_bytes,
		.journal_age_ms = options->journal_age_ms,
		.skip_structure_check = options->skip_structure_check,
	};
	cx_status status = engine__store_open(path, &store, &self->store, error);
	if (status != CX_OK)
		return status;
	status = open_system_trees(self);
	if (status != CX_OK)
		return cx_fail(error, status, "cannot open the trees of %s", path);
	status = engine__meta_load(self, options, error);
	if (status != CX_OK)
		return status;
	status = engine__catalog_bind(self->catalog, name_tree, self);
	if (status != CX_OK)
		return cx_fail(error, status, "cannot open the trees of the schema");
	self->schema = engine__catalog_schema(self->catalog);
	status = engine__shelf_new(self->store, self->stats, &self->shelf);
	if (status != CX_OK)
		return cx_fail(error, status, "cannot read the statistics of %s", path);
	return collect_referrers(self);
}

cx_status engine_open(const char *path, const engine_options *options, engine **ret,
                      cx_error *error)
{
	enum { SORT_RECORDS = 10000, SCAN_RECORDS = 1000 };
	CX_SCOPED(engine_close) engine *self = calloc(1, sizeof *self);
	if (self == NULL)
		return CX_NO_MEMORY;
	self->sort_records_max =
		options->sort_records_max > 0 ? options->sort_records_max : SORT_RECORDS;
	self->scan_records_max =
		options->scan_records_max > 0 ? options->scan_records_max : SCAN_RECORDS;
	cx_status status = fill(self, path, options, error);
	if (status != CX_OK)
		return status;
	*ret = self;
	self = NULL; /* now the caller's */
	return CX_OK;
}

cx_status engine_settle(engine *self)
{
	return engine__store_settle(self->store);
}

void engine_close(engine **self)
{
	if (*self == NULL)
		return;
	engine__shelf_free(&(*self)->shelf);
	engine__catalog_free(&(*self)->catalog);
	engine__store_close(&(*self)->store);
	free((*self)->referrers);
	free((*self)->referrers_from);
	free(*self);
	*self = NULL;
}

bool engine_has_failed(const engine *self)
{
	return engine__store_is_broken(self->store);
}

const engine_schema *engine_schema_of(const engine *self)
{
	return self->schema;
}

bool engine_was_created(const engine *self)
{
	return self->created;
}

cx_slice engine_secret(const engine *self)
{
	return (cx_slice){ .data = self->secret, .size = sizeof self->secret };
}
