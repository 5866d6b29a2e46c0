/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/query/cover.h"

#include "base/check.h"
#include "base/clock.h"
#include "engine/core/snapshot.h"

enum {
	PREFIXES_MAX = 1000, /* ranges that "in" of several columns may make together */
	PAIRS = 64,
	NO_COLUMN = UINT8_MAX,
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

static bool is_leaf(const engine__node *node)
{
	return node->field != NULL && node->op != ENGINE__OP_EXISTS &&
	       node->op != ENGINE__OP_MATCH;
}

/* Whatever the node lets through fulfils the condition. */
static bool implies(const engine__node *node, const engine_condition *condition)
{
	if (!is_leaf(node) || node->field != condition->field || condition->other != NULL)
		return false;
	if (node->op == ENGINE__OP_IS_NULL)
		return condition->comparison == ENGINE_IS_NULL;
	if (condition->comparison == ENGINE_NOT_NULL)
		return true; /* no comparison with null is true */
	if (node->op != ENGINE__OP_IN)
		return false;
	const engine_where one = { .conditions = condition, .count = 1 };
	for (uint16_t i = 0; i < node->value_count; i++)
		if (!engine__where_holds_at(&one, condition->field, &node->values[i]))
			return false;
	return true;
}

/* The column of the field itself, or else the one of its finest parts. */
static int find_column(const engine_aggregate *aggregate, const engine_field *field)
{
	int best = -1;
	for (int i = 0; i < aggregate->column_count; i++)
		if (aggregate->columns[i].source == field &&
		    (best < 0 ||
		     aggregate->columns[i].bucket < aggregate->columns[best].bucket))
			best = i;
	return best;
}

typedef struct matching {
	engine__cover cover;
	bool met[ENGINE_CONDITIONS_MAX];
} matching;

/* Whether the value is the first of its day or month. */
static bool is_start(const engine__cover *cover, const engine_group_column *column,
                     int64_t number)
{
	const engine__value value = { .shape = ENGINE__INTEGER, .integer = number };
	const engine__value bucket = engine__bucket_of(column, &value, cover->zone_min);
	return engine__bucket_start(column, &bucket, cover->zone_min).integer == number;
}

/* Whether the leaf holds for all of a day or month of the column, or for nothing of it. */
static bool spares_buckets(const engine__cover *cover, const engine_group_column *column,
                           const engine__node *node)
{
	if (column->bucket == ENGINE_BUCKET_NONE || node->op == ENGINE__OP_IS_NULL ||
	    node->op == ENGINE__OP_NOT_NULL)
		return true;
	if (node->op == ENGINE__OP_BETWEEN)
		return is_start(cover, column, node->values[0].integer) &&
		       is_start(cover, column, node->values[1].integer + 1);
	if (node->op == ENGINE__OP_LESS || node->op == ENGINE__OP_GREATER_EQUAL)
		return is_start(cover, column, node->values[0].integer);
	if (node->op == ENGINE__OP_LESS_EQUAL || node->op == ENGINE__OP_GREATER)
		return is_start(cover, column, node->values[0].integer + 1);
	return false;
}

/* Whether the group columns decide the node and all below it. */
static bool is_decided(const engine__cover *cover, uint16_t at)
{
	const engine__filter *filter = cover->filter;
	for (uint16_t i = at; i < filter->nodes[at].end; i++) {
		const engine__node *node = &filter->nodes[i];
		if (node->field == NULL)
			continue;
		if (!is_leaf(node) || filter->operands[node->operand].folded)
			return false;
		const int column = find_column(cover->aggregate, node->field);
		if (column < 0 ||
		    !spares_buckets(cover, &cover->aggregate->columns[column], node))
			return false;
	}
	return true;
}

/* What the node says of the where-clause; true when that is all it says. */
static bool place_in_where(matching *self, const engine__node *node)
{
	const engine_where *where = &self->cover.aggregate->where;
	bool placed = false;
	for (uint16_t i = 0; i < where->count; i++) {
		const bool same = is_condition(&where->conditions[i], node);
		placed = placed || same;
		if (same || implies(node, &where->conditions[i]))
			self->met[i] = true;
	}
	return placed;
}

static void place_in_column(matching *self, const engine__node *node)
{
	const engine_aggregate *aggregate = self->cover.aggregate;
	const int column = node->field != NULL ? find_column(aggregate, node->field) : -1;
	if (column < 0 || self->cover.fixed[column] != NULL)
		return;
	if (node->op == ENGINE__OP_IS_NULL ||
	    (node->op == ENGINE__OP_IN &&
	     aggregate->columns[column].bucket == ENGINE_BUCKET_NONE))
		self->cover.fixed[column] = node;
}

/* Finds what a conjunct is for; false when it is for nothing the aggregate knows. */
static bool place(matching *self, uint16_t at)
{
	const engine__node *node = &self->cover.filter->nodes[at];
	const bool placed = place_in_where(self, node);
	if (!is_decided(&self->cover, at))
		return placed;
	place_in_column(self, node);
	self->cover.tests[self->cover.test_count++] = at;
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

static bool bounds_below(engine__op op)
{
	return op == ENGINE__OP_GREATER || op == ENGINE__OP_GREATER_EQUAL ||
	       op == ENGINE__OP_BETWEEN;
}

static bool bounds_above(engine__op op)
{
	return op == ENGINE__OP_LESS || op == ENGINE__OP_LESS_EQUAL || op == ENGINE__OP_BETWEEN;
}

/* What the node says of the column behind the prefix. */
static void bound(engine__cover *cover, const engine_group_column *column,
                  const engine__node *node)
{
	if (bounds_below(node->op)) {
		const engine__value low =
			engine__bucket_of(column, &node->values[0], cover->zone_min);
		if (!cover->has_low || low.integer > cover->low.integer)
			cover->low = low;
		cover->has_low = true;
	}
	if (bounds_above(node->op)) {
		const engine__value *last = &node->values[node->value_count - 1];
		const engine__value high = engine__bucket_of(column, last, cover->zone_min);
		if (!cover->has_high || high.integer < cover->high.integer)
			cover->high = high;
		cover->has_high = true;
	}
}

static void find_range(engine__cover *cover)
{
	if (cover->prefix == cover->aggregate->column_count)
		return;
	const engine_group_column *column = &cover->aggregate->columns[cover->prefix];
	if (engine__shape_of(column->source) != ENGINE__INTEGER)
		return;
	for (uint16_t i = 0; i < cover->test_count; i++) {
		const engine__node *node = &cover->filter->nodes[cover->tests[i]];
		if (node->field == column->source)
			bound(cover, column, node);
	}
}

static void map_operands(engine__cover *cover)
{
	for (uint16_t i = 0; i < cover->filter->operand_count; i++) {
		const int column =
			find_column(cover->aggregate, cover->filter->operands[i].field);
		cover->columns[i] = column < 0 ? NO_COLUMN : (uint8_t)column;
	}
}

bool engine__cover_of(const engine__cover_terms *terms, const engine_aggregate *aggregate,
                      engine__cover *ret)
{
	const engine__filter *filter = terms->filter;
	if (aggregate->state != ENGINE_AGGREGATE_READY || filter->names_deleted)
		return false;
	matching self = { .cover = { .aggregate = aggregate,
		                     .filter = filter,
		                     .zone_min = terms->zone_min } };
	for (uint16_t i = 0; i < filter->conjunct_count; i++)
		if (!place(&self, filter->conjuncts[i]))
			return false;
	for (uint16_t i = 0; i < aggregate->where.count; i++)
		if (!self.met[i] && !terms->where_is_meant)
			return false;
	self.cover.prefix = prefix_of(&self.cover);
	find_range(&self.cover);
	map_operands(&self.cover);
	*ret = self.cover;
	return true;
}

bool engine__cover_is_better(const engine__cover *a, const engine__cover *b)
{
	if (a->prefix != b->prefix)
		return a->prefix > b->prefix;
	const int a_bounds = a->has_low + a->has_high;
	const int b_bounds = b->has_low + b->has_high;
	if (a_bounds != b_bounds)
		return a_bounds > b_bounds;
	return a->aggregate->column_count < b->aggregate->column_count;
}

bool engine__cover_find(const engine__cover_terms *terms, engine__cover *ret)
{
	const engine_type *type = terms->filter->type;
	bool found = false;
	for (uint16_t i = 0; i < type->aggregate_count; i++) {
		engine__cover cover;
		if (!engine__cover_of(terms, type->aggregates[i], &cover))
			continue;
		if (!found || engine__cover_is_better(&cover, ret))
			*ret = cover;
		found = true;
	}
	return found;
}

cx_status engine__cover_zone(engine_read *read, const engine_type *type, int64_t *ret)
{
	*ret = 0;
	for (uint16_t i = 0; i < type->aggregate_count; i++)
		if (type->aggregates[i]->zoned)
			return engine__zone_of(read, ret);
	return CX_OK;
}

bool engine__cover_excludes_null(const engine__cover *cover, const engine_field *field)
{
	const engine_where *where = &cover->aggregate->where;
	for (uint16_t i = 0; i < where->count; i++) {
		const engine_condition *condition = &where->conditions[i];
		if (condition->comparison != ENGINE_IS_NULL &&
		    (condition->field == field || condition->other == field))
			return true;
	}
	const engine__filter *filter = cover->filter;
	for (uint16_t i = 0; i < filter->conjunct_count; i++) {
		const engine__node *node = &filter->nodes[filter->conjuncts[i]];
		if (is_leaf(node) && node->field == field && node->op != ENGINE__OP_IS_NULL)
			return true;
	}
	return false;
}

/* ---- reading ---- */

typedef struct walking {
	engine_read *read;
	const engine__cover *cover;
	engine__cover_work *work;
	engine__cover_visitor *visit;
	void *context;
	cx_buf scratch;
	engine__value operands[ENGINE_FILTER_NODES_MAX];
	cx_error *error;
} walking;

static void walking_release(walking *self)
{
	cx_buf_release(&self->scratch);
}

static bool is_meant(walking *self, const engine__value *values)
{
	const engine__cover *cover = self->cover;
	for (uint16_t i = 0; i < cover->filter->operand_count; i++) {
		const uint8_t column = cover->columns[i];
		if (column != NO_COLUMN)
			self->operands[i] =
				engine__bucket_start(&cover->aggregate->columns[column],
			                             &values[column], cover->zone_min);
	}
	for (uint16_t i = 0; i < cover->test_count; i++)
		if (engine__filter_evaluate(cover->filter, cover->tests[i], self->operands) !=
		    ENGINE__TRUE)
			return false;
	return true;
}

static cx_status visit_pair(walking *self, const engine__pair *pair)
{
	engine__cover_work *work = self->work;
	if (work->keys_max > 0 && work->keys >= work->keys_max)
		return cx_fail(self->error, CX_SCAN_LIMIT,
		               "max_scan: more than %llu groups of aggregate %s have to be "
		               "looked at",
		               (unsigned long long)work->keys_max,
		               self->cover->aggregate->name);
	work->keys++;
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
	}
	if (status != CX_OK || !is_meant(self, values))
		return status;
	self->work->meant++;
	return self->visit(self->context, values, &group);
}

static bool is_late(const walking *self)
{
	const uint64_t deadline_ns = self->work->deadline_ns;
	return deadline_ns != 0 && cx_clock_monotonic_ns() >= deadline_ns;
}

/* The bounds of the column behind the prefix. */
static cx_status put_bounds(const engine__cover *cover, cx_buf *low, cx_buf *high)
{
	if (!cover->has_low && !cover->has_high)
		return CX_OK;
	const engine_column *column = &cover->aggregate->columns[cover->prefix].column;
	bool inexact = false;
	cx_status status = CX_OK;
	if (cover->has_high)
		status = engine__key_put(column, &cover->high, high, NULL, &inexact);
	if (cover->has_low && status == CX_OK)
		return engine__key_put(column, &cover->low, low, NULL, &inexact);
	cx_buf_append_byte(low, ENGINE__KEY_VALUE); /* after null */
	return status;
}

static cx_status walk_keys(walking *self, cx_slice low, const cx_buf *end, bool bounded)
{
	CX_SCOPED(engine__cursor_close) engine__cursor *cursor = NULL;
	cx_status status = engine__cursor_open(self->read->view, self->read->engine->groups,
	                                       ENGINE__FORWARD, &cursor);
	if (status == CX_OK)
		status = engine__cursor_seek(cursor, low);
	engine__pair pairs[PAIRS];
	size_t count = PAIRS;
	while (status == CX_OK && count == PAIRS) {
		if (is_late(self))
			return cx_fail(self->error, CX_DEADLINE,
			               "the deadline passed while groups were read");
		status = engine__cursor_next(cursor, pairs, PAIRS, &count);
		for (size_t i = 0; i < count && status == CX_OK; i++) {
			if (bounded && cx_slice_compare(pairs[i].key, cx_buf_slice(end)) >= 0)
				return CX_OK;
			status = visit_pair(self, &pairs[i]);
		}
	}
	return status;
}

static cx_status walk_range(walking *self, cx_slice prefix)
{
	engine__key_room low_room, end_room;
	cx_buf low = engine__key_in(&low_room);
	cx_buf end = engine__key_in(&end_room);
	cx_buf_append_slice(&low, prefix);
	cx_buf_append_slice(&end, prefix);
	cx_status status = put_bounds(self->cover, &low, &end);
	const bool bounded = engine__key_successor(&end);
	return status == CX_OK ? walk_keys(self, cx_buf_slice(&low), &end, bounded) : status;
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
                             engine__cover_work *work, engine__cover_visitor *visit,
                             void *context, cx_error *error)
{
	CX_SCOPED(walking_release)
	walking self = { .read = read,
		         .cover = cover,
		         .work = work,
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

/* `*ret_found` is false when none covers. */
static cx_status find_cover(engine_read *read, const engine_query *query, cx_arena *arena,
                            engine__filter *filter, bool *ret_found, engine__cover *ret,
                            cx_error *error)
{
	engine__cover_terms terms = { .filter = filter };
	cx_status status =
		engine__filter_bind(read, query->type, query->filter, arena, filter, error);
	if (status == CX_OK)
		status = engine__cover_zone(read, query->type, &terms.zone_min);
	if (status == CX_OK)
		*ret_found = query->use_index == NULL && engine__cover_find(&terms, ret);
	return status;
}

cx_status engine__count_by_groups(engine_read *read, const engine_query *query, cx_arena *arena,
                                  bool *ret_covered, uint64_t *ret, cx_error *error)
{
	*ret_covered = false;
	if (query->type->aggregate_count == 0 || query->use_index != NULL)
		return CX_OK;
	engine__filter filter;
	engine__cover cover;
	bool found = false;
	cx_status status = find_cover(read, query, arena, &filter, &found, &cover, error);
	if (status != CX_OK || !found)
		return status;
	uint64_t count = 0;
	engine__cover_work work = { .deadline_ns = query->deadline_ns };
	status = engine__cover_each(read, &cover, &work, add_count, &count, error);
	if (status != CX_OK)
		return status;
	*ret_covered = true;
	*ret = count;
	return CX_OK;
}

void engine__cover_write(const engine__cover *cover, cx_buf *out)
{
	const engine_group_column *columns = cover->aggregate->columns;
	cx_write_text(out, "plan");
	cx_write_text(out, "aggregate");
	cx_write_text(out, "aggregate");
	cx_write_text(out, cover->aggregate->name);
	cx_write_text(out, "equal");
	cx_write_array(out, cover->prefix);
	for (uint16_t i = 0; i < cover->prefix; i++)
		cx_write_text(out, columns[i].column.field->name);
	cx_write_text(out, "range");
	if (cover->has_low || cover->has_high)
		cx_write_text(out, columns[cover->prefix].column.field->name);
	else
		cx_write_nil(out);
}

cx_status engine_count_explain(engine_read *read, const engine_query *query, cx_buf *out,
                               cx_error *error)
{
	CX_SCOPED(engine__scratch_return) engine__scratch scratch = { 0 };
	cx_status status = engine__scratch_take(read, &scratch);
	engine__filter filter = { .type = query->type };
	engine__cover cover;
	bool found = false;
	if (status == CX_OK)
		status = find_cover(read, query, scratch.arena, &filter, &found, &cover, error);
	if (status != CX_OK)
		return status;
	if (!found)
		return engine_query_explain(read, query, out, error);
	cx_write_map(out, ENGINE__COVER_KEYS);
	engine__cover_write(&cover, out);
	return cx_buf_status(out);
}
