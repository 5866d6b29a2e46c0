/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "engine/check/report.h"
#include "engine/core/meta.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { FINDINGS_TOLD_MAX = 1000, FINDING_TEXT_MAX = 400, PAIRS = 128 };

void engine__find(engine__checking *self, const char *format, ...)
{
	self->report.findings++;
	if (self->sink == NULL || self->report.findings > FINDINGS_TOLD_MAX)
		return;
	char text[FINDING_TEXT_MAX];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	self->sink(self->context, text);
}

cx_status engine__check_time(const engine__checking *self)
{
	const bool late =
		self->deadline_ns != 0 && cx_clock_monotonic_ns() >= self->deadline_ns;
	return late ? CX_DEADLINE : CX_OK;
}

cx_status engine__each_pair(engine__checking *self, engine__tree tree, void *what,
                            engine__pair_visitor *visit)
{
	CX_SCOPED(engine__cursor_close) engine__cursor *cursor = NULL;
	cx_status status =
		engine__cursor_open(self->read->view, tree, ENGINE__FORWARD, &cursor);
	engine__pair pairs[PAIRS];
	size_t count = PAIRS;
	while (status == CX_OK && count == PAIRS) {
		status = engine__check_time(self);
		if (status == CX_OK)
			status = engine__cursor_next(cursor, pairs, PAIRS, &count);
		for (size_t i = 0; i < count && status == CX_OK; i++)
			status = visit(self, what, &pairs[i]);
	}
	return status;
}

static cx_status check_count(engine__checking *self, uint16_t tree, const char *what,
                             bool *ret_differs)
{
	uint64_t found;
	cx_status status = engine__view_count(self->read->view, engine__tree_of(tree), &found);
	if (status != CX_OK)
		return status;
	*ret_differs = found != self->expected[tree];
	if (*ret_differs)
		engine__find(self, "%s: %llu pairs where %llu are expected", what,
		             (unsigned long long)found,
		             (unsigned long long)self->expected[tree]);
	return CX_OK;
}

static cx_status check_index(engine__checking *self, const engine_index *index)
{
	char name[ENGINE_NAME_MAX + ENGINE_INDEX_NAME_MAX + 16];
	snprintf(name, sizeof name, "%s: index %s", index->type->name, index->name);
	bool differs = false;
	cx_status status = CX_OK;
	if (index->state == ENGINE_INDEX_FAILED)
		return CX_OK; /* its entries are being removed, and it is not used */
	if (!index->cluster)
		status = check_count(self, index->tree, name, &differs);
	if (status == CX_OK && differs)
		status = engine__check_stray_entries(self, index);
	uint64_t inexact = 0;
	if (status == CX_OK)
		status = engine__index_inexact(self->read, index, &inexact);
	if (status == CX_OK && inexact != self->inexact[index->id])
		engine__find(self, "%s: counts %llu cut keys where there are %llu", name,
		             (unsigned long long)inexact,
		             (unsigned long long)self->inexact[index->id]);
	return status;
}

static cx_status check_type(engine__checking *self, const engine_type *type)
{
	cx_status status = engine__check_records(self, type);
	for (uint16_t i = 0; i < type->index_count && status == CX_OK; i++)
		status = check_index(self, &type->indexes[i]);
	bool differs;
	if (status == CX_OK && type->cluster != NULL)
		status = check_count(self, type->cluster_tree, type->name, &differs);
	return status;
}

static cx_status check_search(engine__checking *self)
{
	bool differs = false;
	cx_status status = CX_OK;
	if (self->search_is_ready)
		status = check_count(self, self->read->engine->search.number, "search index",
		                     &differs);
	return status == CX_OK && differs ? engine__check_stray_postings(self) : status;
}

static cx_status check_log(engine__checking *self)
{
	bool damaged;
	cx_status status = engine__check_log(self, &damaged);
	if (status != CX_OK || damaged)
		return status;
	return check_count(self, self->read->engine->history.number, "histories", &damaged);
}

static cx_status check_all(engine__checking *self)
{
	const engine *store = self->read->engine;
	const engine_schema *schema = self->read->generation->schema;
	cx_status status = engine__check_begin_builds(self);
	if (status == CX_OK)
		status = engine__check_search_state(self);
	for (uint16_t i = 0; i < schema->type_count && status == CX_OK; i++)
		status = check_type(self, &schema->types[i]);
	bool differs;
	if (status == CX_OK)
		status = check_count(self, store->backref.number, "back references", &differs);
	if (status == CX_OK)
		status = check_count(self, store->chunks.number, "pieces of long rows",
		                     &differs);
	if (status == CX_OK)
		status = check_search(self);
	if (status == CX_OK)
		status = engine__check_bookkeeping(self);
	if (status == CX_OK)
		status = check_log(self);
	return status == CX_OK ? engine__check_aggregates(self) : status;
}

static uint16_t last_index_id(const engine_schema *schema)
{
	uint16_t last = 0;
	for (uint16_t t = 0; t < schema->type_count; t++)
		for (uint16_t i = 0; i < schema->types[t].index_count; i++)
			if (schema->types[t].indexes[i].id > last)
				last = schema->types[t].indexes[i].id;
	return last;
}

static void checking_free(engine__checking **self)
{
	if (*self == NULL)
		return;
	cx_arena_free(&(*self)->arena);
	cx_arena_free(&(*self)->frontiers);
	free((*self)->inexact);
	free(*self);
	*self = NULL;
}

cx_status engine_check(engine_read *read, uint64_t deadline_ns, engine_finding_sink *sink,
                       void *context, engine_check_report *ret)
{
	CX_SCOPED(checking_free) engine__checking *self = calloc(1, sizeof *self);
	if (self == NULL)
		return CX_NO_MEMORY;
	self->read = read;
	self->deadline_ns = deadline_ns;
	self->sink = sink;
	self->context = context;
	self->inexact = calloc((size_t)last_index_id(read->generation->schema) + 1,
	                       sizeof *self->inexact);
	if (self->inexact == NULL)
		return CX_NO_MEMORY;
	cx_status status = cx_arena_new(ENGINE__SCRATCH_BYTES_MAX, &self->arena);
	if (status == CX_OK)
		status = check_all(self);
	if (status == CX_OK)
		*ret = self->report;
	return status;
}
