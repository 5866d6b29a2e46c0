/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/query/cover.h"

#include "base/check.h"
#include "base/clock.h"
#include "engine/core/snapshot.h"

enum {
	PREFIXES_MAX = 1000, /* ranges that "in" of several columns may make together */
	PAIRS = 64,
};

/* ---- matching ---- */

static bool same_values(const engine_condition *condition, const engine__node *node)
{
	if (condition->value_count != node->value_count)
		return false;
	for (uint16_t i = 0; i < node->value_count; i++)
		if (node->values[i].shape != ENGINE__INTEGER ||
		    node->values[i].integer != condition->values[i])
			return false;
	return true;
}

static bool same_comparison(engine_comparison comparison, engine__op op)
{
	switch (comparison) {
	case ENGINE_EQUAL:
		return op == ENGINE__OP_IN || op == ENGINE__OP_EQUAL;
	case ENGINE_NOT_EQUAL:
		return op == ENGINE__OP_NOT_EQUAL;
	case ENGINE_LESS:
		return op == ENGINE__OP_LESS;
	case ENGINE_LESS_EQUAL:
		return op == ENGINE__OP_LESS_EQUAL;
	case ENGINE_GREATER:
		return op == ENGINE__OP_GREATER;
	case ENGINE_GREATER_EQUAL:
		return op == ENGINE__OP_GREATER_EQUAL;
	case ENGINE_IS_NULL:
		return op == ENGINE__OP_IS_NULL;
	case ENGINE_NOT_NULL:
		return op == ENGINE__OP_NOT_NULL;
	}
	CX_UNREACHABLE();
}

/* The node says just what the condition does. */
static bool is_condition(const engine_condition *condition, const engine__node *node)
{
	return condition->field == node->field && condition->other == NULL &&
	       same_comparison(condition->comparison, node->op) && same_values(condition, node);
}

static bool is_fixing(const engine__node *node)
{
	return node->op == ENGINE__OP_IN || node->op == ENGINE__OP_IS_NULL;
}

/* Whatever the node lets through fulfils the condition. */
static bool implies(const engine__node *node, const engine_condition *condition)
{
	if (node->field != condition->field || condition->other != NULL)
		return false;
	if (node->op == ENGINE__OP_IS_NULL)
		return condition->comparison == ENGINE_IS_NULL;
	const engine_where one = { .conditions = condition, .count = 1 };
	for (uint16_t i = 0; i < node->value_count; i++)
		if (!engine__where_holds_at(&one, condition->field, &node->values[i]))
			return false;
	return true;
}

static int find_column(const engine_aggregate *aggregate, const engine_field *field)
{
	for (uint16_t i = 0; i < aggregate->column_count; i++)
		if (aggregate->columns[i].source == field &&
		    aggregate->columns[i].bucket == ENGINE_BUCKET_NONE)
			return i;
	return -1;
}

typedef struct matching {
	engine__cover cover;
	bool met[ENGINE_CONDITIONS_MAX];
} matching;

/* Finds what a conjunct is for; false when it is for nothing the aggregate knows. */
static bool place(matching *self, const engine__node *node)
{
	const engine_aggregate *aggregate = self->cover.aggregate;
	if (node->field == NULL)
		return false;
	bool placed = false;
	for (uint16_t i = 0; i < aggregate->where.count; i++) {
		if (!is_condition(&aggregate->where.conditions[i], node))
			continue;
		self->met[i] = true;
		placed = true;
	}
	const int column = find_column(aggregate, node->field);
	if (column < 0 || !is_fixing(node) || self->cover.fixed[column] != NULL)
		return placed;
	self->cover.fixed[column] = node;
	for (uint16_t i = 0; i < aggregate->where.count; i++)
		if (implies(node, &aggregate->where.conditions[i]))
			self->met[i] = true;
	return true;
}

static uint16_t prefix_of(const engine__cover *cover)
{
	uint64_t ranges = 1;
	uint16_t count = 0;
	while (count < cover->aggregate->column_count && cover->fixed[count] != NULL) {
		const engine__node *node = cover->fixed[count];
		ranges *= node->op == ENGINE__OP_IS_NULL ? 1 : node->value_count;
		if (ranges > PREFIXES_MAX)
			break;
		count++;
	}
	return count;
}

bool engine__cover_of(const engine__filter *filter, const engine_aggregate *aggregate,
                      engine__cover *ret)
{
	if (aggregate->state != ENGINE_AGGREGATE_READY || filter->names_deleted)
		return false;
	matching self = { .cover.aggregate = aggregate };
	for (uint16_t i = 0; i < filter->conjunct_count; i++)
		if (!place(&self, &filter->nodes[filter->conjuncts[i]]))
			return false;
	for (uint16_t i = 0; i < aggregate->where.count; i++)
		if (!self.met[i])
			return false;
	self.cover.prefix = prefix_of(&self.cover);
	*ret = self.cover;
	return true;
}

static bool is_better(const engine__cover *a, const engine__cover *b)
{
	if (a->prefix != b->prefix)
		return a->prefix > b->prefix;
	return a->aggregate->column_count < b->aggregate->column_count;
}

bool engine__cover_find(const engine__filter *filter, engine__cover *ret)
{
	const engine_type *type = filter->type;
	bool found = false;
	for (uint16_t i = 0; i < type->aggregate_count; i++) {
		engine__cover cover;
		if (!engine__cover_of(filter, type->aggregates[i], &cover))
			continue;
		if (!found || is_better(&cover, ret))
			*ret = cover;
		found = true;
	}
	return found;
}

/* ---- reading ---- */

typedef struct walking {
	engine_read *read;
	const engine__cover *cover;
	uint64_t deadline_ns;
	engine__cover_visitor *visit;
	void *context;
	cx_buf scratch;
	cx_error *error;
} walking;

static void walking_release(walking *self)
{
	cx_buf_release(&self->scratch);
}

static bool lets_through(const engine__node *node, const engine__value *value)
{
	if (node == NULL)
		return true;
	if (node->op == ENGINE__OP_IS_NULL || value->shape == ENGINE__NULL)
		return node->op == ENGINE__OP_IS_NULL && value->shape == ENGINE__NULL;
	for (uint16_t i = 0; i < node->value_count; i++)
		if (engine__value_equal(&node->values[i], value))
			return true;
	return false;
}

static cx_status visit_pair(walking *self, const engine__pair *pair)
{
	const engine_aggregate *aggregate = self->cover->aggregate;
	engine__value values[ENGINE_GROUP_COLUMNS_MAX];
	engine__group group;
	cx_slice key = cx_slice_from(pair->key, ENGINE__GROUP_KEY_HEAD);
	cx_buf_clear(&self->scratch);
	cx_status status = engine__group_read(aggregate, pair->value, &group);
	for (uint16_t i = 0; i < aggregate->column_count && status == CX_OK; i++) {
		bool exact = true;
		status = engine__key_take(&aggregate->columns[i].column, &key, &self->scratch,
		                          &values[i], &exact);
		if (status == CX_OK && !lets_through(self->cover->fixed[i], &values[i]))
			return CX_OK;
	}
	return status == CX_OK ? self->visit(self->context, values, &group) : status;
}

static bool is_late(const walking *self)
{
	return self->deadline_ns != 0 && cx_clock_monotonic_ns() >= self->deadline_ns;
}

static cx_status walk_range(walking *self, cx_slice prefix)
{
	CX_SCOPED(engine__cursor_close) engine__cursor *cursor = NULL;
	cx_status status = engine__cursor_open(self->read->view, self->read->engine->groups,
	                                       ENGINE__FORWARD, &cursor);
	if (status == CX_OK)
		status = engine__cursor_seek(cursor, prefix);
	engine__pair pairs[PAIRS];
	size_t count = PAIRS;
	while (status == CX_OK && count == PAIRS) {
		if (is_late(self))
			return cx_fail(self->error, CX_DEADLINE,
			               "the deadline passed while groups were read");
		status = engine__cursor_next(cursor, pairs, PAIRS, &count);
		for (size_t i = 0; i < count && status == CX_OK; i++) {
			if (!cx_slice_starts_with(pairs[i].key, prefix))
				return CX_OK;
			status = visit_pair(self, &pairs[i]);
		}
	}
	return status;
}

/* Goes through the values of the columns that bound what is read, one range for each
 * combination. */
static cx_status walk_from(walking *self, uint16_t column, cx_buf *key)
{
	if (column == self->cover->prefix)
		return walk_range(self, cx_buf_slice(key));
	const engine__node *node = self->cover->fixed[column];
	const engine__value null = { .shape = ENGINE__NULL };
	const bool is_null = node->op == ENGINE__OP_IS_NULL;
	const size_t size = key->size;
	cx_status status = CX_OK;
	for (uint16_t i = 0; i < (is_null ? 1 : node->value_count) && status == CX_OK; i++) {
		bool inexact = false;
		key->size = size;
		status = engine__key_put(&self->cover->aggregate->columns[column].column,
		                         is_null ? &null : &node->values[i], key, NULL,
		                         &inexact);
		if (status == CX_OK)
			status = walk_from(self, (uint16_t)(column + 1), key);
	}
	key->size = size;
	return status;
}

cx_status engine__cover_each(engine_read *read, const engine__cover *cover,
                             uint64_t deadline_ns, engine__cover_visitor *visit, void *context,
                             cx_error *error)
{
	CX_SCOPED(walking_release)
	walking self = { .read = read,
		         .cover = cover,
		         .deadline_ns = deadline_ns,
		         .visit = visit,
		         .context = context,
		         .scratch = CX_BUF_INIT(4 * ENGINE__KEY_BYTES_MAX),
		         .error = error };
	engine__key_room room;
	cx_buf key = engine__key_in(&room);
	engine__group_key_begin(cover->aggregate, &key);
	return walk_from(&self, 0, &key);
}

/* ---- counting ---- */

static cx_status add_count(void *context, const engine__value *values,
                           const engine__group *group)
{
	(void)values;
	*(uint64_t *)context += group->count;
	return CX_OK;
}

cx_status engine__count_by_groups(engine_read *read, const engine_query *query, cx_arena *arena,
                                  bool *ret_covered, uint64_t *ret, cx_error *error)
{
	*ret_covered = false;
	if (query->type->aggregate_count == 0 || query->use_index != NULL)
		return CX_OK;
	engine__filter filter;
	engine__cover cover;
	cx_status status =
		engine__filter_bind(read, query->type, query->filter, arena, &filter, error);
	if (status != CX_OK || !engine__cover_find(&filter, &cover))
		return status;
	uint64_t count = 0;
	status = engine__cover_each(read, &cover, query->deadline_ns, add_count, &count, error);
	if (status != CX_OK)
		return status;
	*ret_covered = true;
	*ret = count;
	return CX_OK;
}

cx_status engine_count_explain(engine_read *read, const engine_query *query, cx_buf *out,
                               cx_error *error)
{
	CX_SCOPED(engine__scratch_return) engine__scratch scratch = { 0 };
	cx_status status = engine__scratch_take(read, &scratch);
	engine__filter filter = { .type = query->type };
	engine__cover cover;
	if (status == CX_OK)
		status = engine__filter_bind(read, query->type, query->filter, scratch.arena,
		                             &filter, error);
	if (status != CX_OK)
		return status;
	if (query->use_index != NULL || !engine__cover_find(&filter, &cover))
		return engine_query_explain(read, query, out, error);
	cx_write_map(out, 3);
	cx_write_text(out, "plan");
	cx_write_text(out, "aggregate");
	cx_write_text(out, "aggregate");
	cx_write_text(out, cover.aggregate->name);
	cx_write_text(out, "equal");
	cx_write_array(out, cover.prefix);
	for (uint16_t i = 0; i < cover.prefix; i++)
		cx_write_text(out, cover.aggregate->columns[i].column.field->name);
	return cx_buf_status(out);
}
