/* SPDX-License-Identifier: Apache-2.0 */
/* A new schema for an open store. */
#include "engine/aggregate.h"
#include "engine/build/builder.h"
#include "engine/core/meta.h"
#include "engine/core/search_state.h"
#include "engine/evolve.h"
#include "engine/schema/compare.h"
#include "engine/schema/evolve.h"
#include "engine/schema/kept.h"
#include "engine/token/version.h"

#include <stdio.h>

/* ---- plan ---- */

/* One text of the two parts. Errors: CX_SCHEMA_SYNTAX, CX_TOO_LARGE, CX_NO_MEMORY. */
static cx_status join(const engine_schema_text *text, cx_buf *out, size_t *ret_own_from,
                      cx_error *error)
{
	cx_status status = engine_schema_check(text->base, text->own, error);
	if (status != CX_OK)
		return status;
	cx_buf_append_slice(out, text->base);
	if (text->own.size > 0 && text->base.size > 0)
		cx_buf_append_byte(out, '\n');
	*ret_own_from = out->size;
	cx_buf_append_slice(out, text->own);
	if (cx_buf_status(out) != CX_OK)
		return cx_fail(error, cx_buf_status(out), "a schema text has at most %d bytes",
		               ENGINE_SCHEMA_BYTES_MAX);
	return CX_OK;
}

static cx_status is_empty(engine_read *read, const engine_type *type, bool *ret)
{
	CX_SCOPED(engine__cursor_close) engine__cursor *cursor = NULL;
	engine__pair pair;
	size_t count = 0;
	cx_status status = engine__cursor_open(read->view, engine__tree_of(type->record_tree),
	                                       ENGINE__FORWARD, &cursor);
	if (status == CX_OK)
		status = engine__cursor_next(cursor, &pair, 1, &count);
	*ret = count == 0;
	return status;
}

static cx_status find_empty(engine_read *read, bool *empty)
{
	const engine_schema *schema = read->generation->schema;
	cx_status status = CX_OK;
	for (uint16_t i = 0; i < schema->type_count && status == CX_OK; i++)
		status = is_empty(read, &schema->types[i], &empty[i]);
	return status;
}

/* A change as it is made. */
typedef struct change {
	const engine__generation *from;
	bool empty[ENGINE_TYPES_MAX];
	cx_buf text;
	size_t own_from;
	engine__catalog *catalog; /* of the text */
} change;

static void release(change *self)
{
	cx_buf_release(&self->text);
	engine__catalog_free(&self->catalog);
}

/* A rule that runs must go on running, or what it keeps true would quietly cease to be. */
static void refuse_rule(const engine_rule *rule, const char *missing, engine_step_sink *sink,
                        void *context, engine_schema_report *report, cx_error *first)
{
	char text[ENGINE_STEP_TEXT_MAX];
	snprintf(
		text, sizeof text,
		"the rule of %s needs %s as it is: leave it in the text, or the rule would not "
		"run",
		rule->type, missing);
	if (report->refused++ == 0)
		cx_fail(first, CX_UNSAFE_CHANGE, "%s", text);
	const engine_schema_step step = {
		.verdict = ENGINE_VERDICT_REFUSED, .type = rule->type, .name = "", .text = text
	};
	if (sink != NULL)
		sink(context, &step);
}

static void check_rules(const engine__rulebook *book, const engine__comparison *comparison,
                        engine_schema_report *report, cx_error *first)
{
	const engine_rules *rules = book->rules;
	for (size_t i = 0; rules != NULL && i < rules->count; i++) {
		const engine_rule *rule = rules->items[i];
		if (engine_schema_type(comparison->new, cx_slice_of(rule->type)) == NULL)
			continue; /* dropped as a whole */
		const char *missing = engine__rule_missing(book, rule, comparison->new);
		if (missing != NULL &&
		    engine__rule_missing(book, rule, comparison->old) == NULL)
			refuse_rule(rule, missing, comparison->sink, comparison->context,
			            report, first);
	}
}

/* Compares; `*first` gets the first step that is refused. */
static cx_status plan(engine_read *read, const engine_schema_text *text, change *self,
                      engine_step_sink *sink, void *context, engine_schema_report *ret,
                      cx_error *first, cx_error *error)
{
	CX_SCOPED(engine__catalog_free) engine__catalog *wanted = NULL;
	self->from = read->generation;
	self->text = CX_BUF_INIT(ENGINE_SCHEMA_BYTES_MAX);
	cx_status status = join(text, &self->text, &self->own_from, error);
	if (status == CX_OK)
		status = engine__catalog_of_texts(cx_buf_slice(&self->text), self->own_from,
		                                  &wanted, error);
	if (status != CX_OK)
		return status;
	status = find_empty(read, self->empty);
	if (status != CX_OK)
		return cx_fail(error, status, "%s", cx_status_text(status));
	*ret = (engine_schema_report){ .generation = engine_read_generation(read) };
	const engine__comparison comparison = { .old = self->from->schema,
		                                .new = engine__catalog_schema(wanted),
		                                .empty = self->empty,
		                                .sink = sink,
		                                .context = context };
	engine__compare(&comparison, ret, first);
	check_rules(&read->engine->rules, &comparison, ret, first);
	return CX_OK;
}

cx_status engine_schema_plan(engine_read *read, const engine_schema_text *text,
                             engine_step_sink *sink, void *context, engine_schema_report *ret,
                             cx_error *error)
{
	CX_SCOPED(release) change self = { 0 };
	return plan(read, text, &self, sink, context, ret, NULL, error);
}

/* ---- builds ---- */

static const engine_index *index_of_id(const engine_schema *schema, uint16_t id)
{
	for (uint16_t t = 0; t < schema->type_count; t++)
		for (uint16_t i = 0; i < schema->types[t].index_count; i++)
			if (schema->types[t].indexes[i].id == id)
				return &schema->types[t].indexes[i];
	return NULL;
}

static cx_status begin_build(engine_write *write, engine__build_kind kind, uint16_t id,
                             engine__build_action action, const engine_type *type,
                             const char *name, uint16_t other_id)
{
	engine__build build = engine__build_of(kind, id, action, type, name);
	build.other_id = other_id;
	return engine__build_put(write, &build);
}

static cx_status build_indexes(engine_write *write, const engine_schema *old,
                               const engine_type *type)
{
	cx_status status = CX_OK;
	for (uint16_t i = 0; i < type->index_count && status == CX_OK; i++) {
		const engine_index *index = &type->indexes[i];
		if (index->state == ENGINE_INDEX_BUILDING &&
		    index_of_id(old, index->id) == NULL)
			status = begin_build(write, ENGINE__BUILD_INDEX, index->id,
			                     ENGINE__BUILD_RUNS, type, index->name, 0);
	}
	return status;
}

static cx_status remove_indexes(engine_write *write, const engine_schema *new,
                                const engine_type *old)
{
	cx_status status = CX_OK;
	for (uint16_t i = 0; i < old->index_count && status == CX_OK; i++) {
		const engine_index *index = &old->indexes[i];
		if (!index->cluster && index_of_id(new, index->id) == NULL)
			status = begin_build(write, ENGINE__BUILD_INDEX, index->id,
			                     ENGINE__BUILD_REMOVES, old, index->name, 0);
	}
	return status;
}

/* Back references of fields that are no more. */
static cx_status remove_references(engine_write *write, const engine_type *new,
                                   const engine_type *old)
{
	cx_status status = CX_OK;
	for (uint16_t i = 0; i < old->field_count && status == CX_OK; i++) {
		const engine_field *field = &old->fields[i];
		if (field->kind != ENGINE_REF || field->target->keep ||
		    field->ref_index != NULL || !new->fields[i].dropped)
			continue;
		status =
			begin_build(write, ENGINE__BUILD_REFERENCES, field->id,
		                    ENGINE__BUILD_REMOVES, old, field->name, field->target->id);
	}
	return status;
}

static bool has_aggregate(const engine_schema *schema, uint16_t id)
{
	for (uint16_t i = 0; i < schema->aggregate_count; i++)
		if (schema->aggregates[i].id == id)
			return true;
	return false;
}

static cx_status begin_aggregates(engine_write *write, const engine_schema *old,
                                  const engine_schema *new)
{
	cx_status status = CX_OK;
	for (uint16_t i = 0; i < new->aggregate_count &&status == CX_OK; i++) {
		const engine_aggregate *added = &new->aggregates[i];
		if (added->state == ENGINE_AGGREGATE_BUILDING && !has_aggregate(old, added->id))
			status = begin_build(write, ENGINE__BUILD_AGGREGATE, added->id,
			                     ENGINE__BUILD_RUNS, added->type, added->name, 0);
	}
	for (uint16_t i = 0; i < old->aggregate_count && status == CX_OK; i++) {
		const engine_aggregate *dropped = &old->aggregates[i];
		if (!has_aggregate(new, dropped->id))
			status = begin_build(write, ENGINE__BUILD_AGGREGATE, dropped->id,
			                     ENGINE__BUILD_REMOVES, dropped->type,
			                     dropped->name, 0);
	}
	return status;
}

static const engine_field *field_of_id(const engine_schema *schema, uint16_t id)
{
	for (uint16_t t = 0; t < schema->type_count; t++)
		for (uint16_t i = 0; i < schema->types[t].field_count; i++)
			if (schema->types[t].fields[i].id == id)
				return &schema->types[t].fields[i];
	return NULL;
}

static bool has_build(const engine_field *field)
{
	return field->rollup != NULL && field->rollup->state != ENGINE_AGGREGATE_READY;
}

/* Of a rollup that is not built any more; of one that is built anew another takes its place. */
static cx_status forget_rollup(engine_write *write, const engine_schema *new,
                               const engine_field *old)
{
	const engine_field *after = field_of_id(new, old->id);
	if (!has_build(old) || (after != NULL && has_build(after)))
		return CX_OK;
	const engine__build build = { .kind = ENGINE__BUILD_ROLLUP, .id = old->id };
	return engine__build_forget(write, &build);
}

static cx_status begin_rollup(engine_write *write, const engine_schema *old,
                              const engine_field *new)
{
	const engine_field *before = field_of_id(old, new->id);
	if (!has_build(new) || (before != NULL && engine__rollup_goes_on(before, new)))
		return CX_OK;
	return begin_build(write, ENGINE__BUILD_ROLLUP, new->id,
	                   before != NULL ? ENGINE__BUILD_RESETS : ENGINE__BUILD_RUNS,
	                   new->rollup->type, new->name, new->rollup->parent->id);
}

static cx_status begin_rollups(engine_write *write, const engine_schema *old,
                               const engine_schema *new)
{
	cx_status status = CX_OK;
	for (uint16_t t = 0; t < old->type_count; t++)
		for (uint16_t i = 0; i < old->types[t].field_count && status == CX_OK; i++)
			status = forget_rollup(write, new, &old->types[t].fields[i]);
	for (uint16_t t = 0; t < new->type_count; t++)
		for (uint16_t i = 0; i < new->types[t].field_count &&status == CX_OK; i++)
			status = begin_rollup(write, old, &new->types[t].fields[i]);
	return status;
}

static cx_status begin_builds(engine_write *write, const engine_schema *old,
                              const engine_schema *new)
{
	cx_status status = CX_OK;
	for (uint16_t i = 0; i < new->type_count &&status == CX_OK; i++)
		status = build_indexes(write, old, &new->types[i]);
	for (uint16_t i = 0; i < old->type_count && status == CX_OK; i++) {
		const engine_type *type = &old->types[i];
		const engine_type *after = engine_schema_type(new, cx_slice_of(type->name));
		status = remove_indexes(write, new, type);
		if (status == CX_OK && after != NULL)
			status = remove_references(write, after, type);
	}
	if (status == CX_OK)
		status = begin_aggregates(write, old, new);
	return status == CX_OK ? begin_rollups(write, old, new) : status;
}

/* ---- search ---- */

static bool is_searched_alike(const engine_type *type, uint16_t field_id, engine_search_as as)
{
	for (uint16_t i = 0; i < type->field_count; i++)
		if (type->fields[i].id == field_id)
			return type->fields[i].search_as == as;
	return false;
}

/* Whether every searched field of `from` is one of `to`, in the same way, but for those that no
 * record has a value in: of types that are empty or not in `to`, or added without a default. */
static bool is_covered(const engine_schema *from, const engine_schema *to, const change *what,
                       bool added)
{
	for (uint16_t t = 0; t < from->type_count; t++) {
		const engine_type *type = &from->types[t];
		const engine_type *other = engine_schema_type(to, cx_slice_of(type->name));
		const engine_type *old = added ? other : type;
		if (old == NULL || what->empty[old->number])
			continue;
		for (uint16_t i = ENGINE_SYSTEM_SLOTS; i < type->field_count; i++) {
			const engine_field *field = &type->fields[i];
			if (!field->search ||
			    (other != NULL &&
			     is_searched_alike(other, field->id, field->search_as)))
				continue;
			if (!added || i < old->field_count || field->fill.size > 0)
				return false;
		}
	}
	return true;
}

/* The search index knows by which fields it was made. Where what it holds is right under the
 * new schema it goes on; otherwise it is made anew. */
static cx_status change_search(engine_write *write, const change *what)
{
	const engine_schema *old = what->from->schema;
	const engine_schema *new = engine__catalog_schema(what->catalog);
	engine__search_state state;
	cx_status status =
		engine__search_state_read(write->engine, old, write->read.view, &state, NULL);
	if (status != CX_OK || engine__searched_hash(old) == engine__searched_hash(new))
		return status;
	if (!is_covered(old, new, what, false) || !is_covered(new, old, what, true))
		state = (engine__search_state){ .state = ENGINE_SEARCH_CLEARING };
	return engine__search_state_put(write->engine, new, write->txn, &state);
}

static unsigned count_building(const engine_schema *schema)
{
	unsigned count = 0;
	for (uint16_t t = 0; t < schema->type_count; t++)
		for (uint16_t i = 0; i < schema->types[t].index_count; i++)
			count += schema->types[t].indexes[i].state == ENGINE_INDEX_BUILDING;
	for (uint16_t i = 0; i < schema->aggregate_count; i++)
		count += schema->aggregates[i].state == ENGINE_AGGREGATE_BUILDING;
	for (uint16_t t = 0; t < schema->type_count; t++)
		for (uint16_t i = 0; i < schema->types[t].field_count; i++)
			count += has_build(&schema->types[t].fields[i]);
	return count;
}

/* ---- apply ---- */

static cx_status name_tree(void *context, const char *name, uint16_t *ret)
{
	engine *self = context;
	engine__tree tree;
	cx_status status = engine__store_tree(self->store, name, true, &tree);
	if (status == CX_OK)
		*ret = tree.number;
	return status;
}

/* What has to be there before the transaction: the catalog with its trees. Trees that are made
 * for nothing, as the change does not happen in the end, are found again by the next. */
static cx_status prepare(engine *self, change *what, cx_error *error)
{
	cx_status status =
		engine__catalog_evolve(what->from->catalog, cx_buf_slice(&what->text),
	                               what->own_from, what->empty, &what->catalog, error);
	if (status != CX_OK)
		return status;
	/* Every build that runs makes one more when it ends. */
	const unsigned wanted = 1 + count_building(engine__catalog_schema(what->catalog));
	if (engine__generations_left(&self->generations) < wanted)
		return cx_fail(error, CX_BUSY,
		               "the schema has changed too often since the store was opened: "
		               "%d times at most; start the server again",
		               ENGINE_GENERATIONS_MAX);
	status = engine__catalog_bind(what->catalog, name_tree, self);
	if (status == CX_TOO_LARGE)
		return cx_fail(error, status,
		               "the store has had %d types and indexes, with those that were "
		               "dropped; there can be no more",
		               ENGINE__TREES_MAX);
	if (status != CX_OK)
		return cx_fail(error, status, "cannot make the trees of the schema");
	return CX_OK;
}

/* Whether the transaction sees what the change was planned on. */
static cx_status check_unchanged(engine_write *write, const change *what, cx_error *error)
{
	bool empty[ENGINE_TYPES_MAX] = { false };
	cx_status status = find_empty(&write->read, empty);
	if (status != CX_OK)
		return cx_fail(error, status, "%s", cx_status_text(status));
	bool same = write->read.generation == what->from;
	for (uint16_t i = 0; same && i < what->from->schema->type_count; i++)
		same = empty[i] || !what->empty[i];
	if (!same)
		return cx_fail(error, CX_BUSY,
		               "the schema, or what it was compared with, changed meanwhile; "
		               "try again");
	return CX_OK;
}

static cx_status commit(engine *self, change *what, uint64_t *ret_generation, cx_error *error)
{
	CX_SCOPED(engine_write_abort) engine_write *write = NULL;
	cx_status status = engine_write_begin(self, &write);
	if (status == CX_OK)
		status = check_unchanged(write, what, error);
	if (status != CX_OK)
		return status;
	const uint64_t number = atomic_load(&what->from->number) + 1;
	status = engine__meta_schema_put(write, what->catalog, number);
	if (status == CX_OK)
		status = begin_builds(write, what->from->schema,
		                      engine__catalog_schema(what->catalog));
	if (status == CX_OK)
		status = change_search(write, what);
	if (status == CX_OK)
		status = engine__generation_new(&what->catalog, number, &self->rules,
		                                &write->next);
	engine_commit ticket;
	if (status == CX_OK)
		status = engine__write_submit_quiet(&write, &ticket);
	if (status == CX_OK) {
		atomic_store(&self->has_builds, true);
		status = engine_commit_wait(self, ticket);
	}
	if (status == CX_OK)
		*ret_generation = number;
	return status;
}

static cx_status refuse(const engine_schema_report *report, bool may_lose, cx_error *first,
                        cx_error *error)
{
	if (report->refused > 0) {
		if (error != NULL)
			*error = *first;
		return CX_UNSAFE_CHANGE;
	}
	if (report->losing > 0 && !may_lose)
		return cx_fail(error, CX_UNSAFE_CHANGE,
		               "%u fields would be dropped with their values: that has to be "
		               "asked for",
		               report->losing);
	return CX_OK;
}

/* What the change is planned on may lie in writes that are not on disk yet, so it is planned on
 * what the next transaction sees. */
static cx_status plan_newest(engine *self, const engine_schema_text *text, change *what,
                             engine_step_sink *sink, void *context, engine_schema_report *ret,
                             cx_error *first, cx_error *error)
{
	CX_SCOPED(engine_write_abort) engine_write *write = NULL;
	cx_status status = engine_write_begin(self, &write);
	if (status != CX_OK)
		return cx_fail(error, status, "%s", cx_status_text(status));
	return plan(&write->read, text, what, sink, context, ret, first, error);
}

cx_status engine_schema_apply(engine *self, const engine_schema_text *text, bool may_lose,
                              engine_step_sink *sink, void *context, engine_schema_report *ret,
                              cx_error *error)
{
	CX_SCOPED(release) change what = { 0 };
	cx_error first = { 0 };
	cx_status status = plan_newest(self, text, &what, sink, context, ret, &first, error);
	if (status == CX_OK)
		status = refuse(ret, may_lose, &first, error);
	if (status != CX_OK)
		return status;
	const bool same = cx_slice_equal(what.from->schema->text, cx_buf_slice(&what.text));
	if (same && ret->instant + ret->rebuild == 0)
		return CX_OK;
	status = prepare(self, &what, error);
	if (status == CX_OK)
		status = commit(self, &what, &ret->generation, error);
	if (status != CX_OK && error != NULL && error->status != status)
		cx_fail(error, status, "%s", cx_status_text(status));
	return status;
}
