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
		{ "chunks", &self->chunks },   { "builds", &self->builds },
		{ "search", &self->search },   { "changes", &self->changes },
		{ "history", &self->history }, { "groups", &self->groups },
		{ "stats", &self->stats },     { "answers", &self->answers },
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

/* The schema as it stands is the first generation of this process. */
static cx_status load_schema(engine *self, const engine_options *options, cx_error *error)
{
	CX_SCOPED(engine__catalog_free) engine__catalog *catalog = NULL;
	uint64_t number;
	cx_status status = engine__meta_load(self, options, &catalog, &number, error);
	if (status != CX_OK)
		return status;
	CX_SCOPED(engine__generation_free) engine__generation *generation = NULL;
	status = engine__catalog_bind(catalog, name_tree, self);
	if (status == CX_OK)
		status = engine__generation_new(&catalog, number, &self->rules, &generation);
	if (status == CX_OK)
		status = engine__generations_add(&self->generations, &generation);
	if (status != CX_OK)
		return cx_fail(error, status, "cannot open the trees of the schema");
	return CX_OK;
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
	status = load_schema(self, options, error);
	if (status != CX_OK)
		return status;
	status = engine__shelf_new(self->store, self->stats, &self->shelf);
	if (status != CX_OK)
		return cx_fail(error, status, "cannot read the statistics of %s", path);
	atomic_store(&self->has_builds, true); /* whoever builds looks whether that is so */
	return CX_OK;
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
	self->journal_bytes = options->journal_bytes;
	cx_status status = engine__rulebook_init(options->rules, &self->rules, error);
	if (status == CX_OK)
		status = fill(self, path, options, error);
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
	engine__store_close(&(*self)->store);
	engine__generations_release(&(*self)->generations);
	engine__rulebook_release(&(*self)->rules);
	free(*self);
	*self = NULL;
}

bool engine_has_failed(const engine *self)
{
	return engine__store_is_broken(self->store);
}

const engine_schema *engine_schema_of(const engine *self)
{
	return engine__generations_newest(&self->generations)->schema;
}

const engine_schema *engine_read_schema(const engine_read *read)
{
	return read->generation->schema;
}

const char *engine_rule_missing(const engine *self, const engine_rule *rule)
{
	return engine__rule_missing(&self->rules, rule, engine_schema_of(self));
}

uint64_t engine_read_generation(const engine_read *read)
{
	return atomic_load(&read->generation->number);
}

bool engine_was_created(const engine *self)
{
	return self->created;
}

cx_slice engine_secret(const engine *self)
{
	return (cx_slice){ .data = self->secret, .size = sizeof self->secret };
}
