/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/query/candidate.h"

#include "base/check.h"
#include "engine/query/key_filter.h"

/* Values to which the node fixes the column; -1 when it does not fix it. */
static int fixed_values(const engine__node *node, const engine__path *path, uint16_t column)
{
	if (node->field != engine__path_field(path, column) ||
	    (node->told && path->index != NULL))
		return -1;
	if (node->op == ENGINE__OP_IS_NULL)
		return column < path->column_count; /* folded or not; an id is never null */
	const bool folds = engine__path_folds(path, column);
	if (node->op == (folds ? ENGINE__OP_FOLDED_EQUAL : ENGINE__OP_IN))
		return node->value_count;
	return -1;
}

bool engine__node_bounds(const engine__node *node, const engine__path *path, uint16_t column)
{
	if (node->field != engine__path_field(path, column))
		return false;
	const bool folds = engine__path_folds(path, column);
	switch (node->op) {
	case ENGINE__OP_LESS:
	case ENGINE__OP_LESS_EQUAL:
	case ENGINE__OP_GREATER:
	case ENGINE__OP_GREATER_EQUAL:
	case ENGINE__OP_BETWEEN:
	case ENGINE__OP_PREFIX:
		return !folds;
	case ENGINE__OP_FOLDED_PREFIX:
		return folds;
	case ENGINE__OP_NOT_NULL:
		return column < path->column_count; /* no id is null, so it bounds nothing */
	case ENGINE__OP_AND:
	case ENGINE__OP_OR:
	case ENGINE__OP_NOT:
	case ENGINE__OP_UNTRUE:
	case ENGINE__OP_EQUAL:
	case ENGINE__OP_NOT_EQUAL:
	case ENGINE__OP_IN:
	case ENGINE__OP_FOLDED_EQUAL:
	case ENGINE__OP_IS_NULL:
	case ENGINE__OP_HAS:
	case ENGINE__OP_EXISTS:
	case ENGINE__OP_CONTAINS:
	case ENGINE__OP_FOLDED_CONTAINS:
	case ENGINE__OP_MATCH:
		return false;
	}
	CX_UNREACHABLE();
}

/* Fixes the next column by the conjunct with the fewest values, if there is one and the ranges
 * do not become too many. */
static bool fix_column(const engine__filter *filter, engine__candidate *self)
{
	const uint16_t column = self->equal_count;
	int best = -1;
	uint16_t best_conjunct = 0;
	for (uint16_t i = 0; i < filter->conjunct_count; i++) {
		const engine__node *node = &filter->nodes[filter->conjuncts[i]];
		int values = fixed_values(node, &self->path, column);
		if (values < 0 || (best >= 0 && values >= best))
			continue;
		best = values;
		best_conjunct = i;
	}
	if (best < 0 || (uint64_t)self->ranges * (unsigned)best > ENGINE__RANGES_MAX)
		return false;
	self->ranges *= (unsigned)best;
	self->equal[self->equal_count++] = filter->conjuncts[best_conjunct];
	engine__candidate_use(self, best_conjunct);
	return true;
}

static void bound_column(const engine__filter *filter, engine__candidate *self)
{
	for (uint16_t i = 0; i < filter->conjunct_count; i++) {
		const engine__node *node = &filter->nodes[filter->conjuncts[i]];
		if (!engine__node_bounds(node, &self->path, self->equal_count))
			continue;
		self->ranged = true;
		engine__candidate_use(self, i);
	}
}

/* True when no record with a null `present` can match, so that all that match have entries. */
static bool implies_present(const engine__filter *filter, const engine_field *present,
                            engine__candidate *self)
{
	bool implied = false;
	for (uint16_t i = 0; i < filter->conjunct_count; i++) {
		const engine__node *node = &filter->nodes[filter->conjuncts[i]];
		if (node->field != present || node->op == ENGINE__OP_IS_NULL)
			continue;
		implied = true;
		if (node->op == ENGINE__OP_NOT_NULL)
			engine__candidate_use(self, i); /* having an entry says so */
	}
	return implied;
}

static const char *refusal(const engine__filter *filter, engine__candidate *self)
{
	if (filter->names_deleted && !self->path.holds_deleted)
		return "deleted records have no entries";
	const engine_index *index = self->path.index;
	if (index != NULL && index->state == ENGINE_INDEX_BUILDING)
		return "is being built";
	if (index != NULL && index->state != ENGINE_INDEX_READABLE)
		return "is not complete: its build failed";
	if (index != NULL && index->present != NULL &&
	    !implies_present(filter, index->present, self))
		return "has no entries for records in which its field is null";
	return NULL;
}

void engine__candidate_find_residual(const engine__filter *filter, engine__candidate *candidate)
{
	candidate->residual = candidate->rows = false;
	for (uint16_t i = 0; i < filter->conjunct_count; i++) {
		if (engine__candidate_uses(candidate, i))
			continue;
		candidate->residual = true;
		if (!engine__key_decides(filter, &candidate->path, filter->conjuncts[i]))
			candidate->rows = true;
	}
}

engine__candidate engine__candidate_of(const engine__filter *filter, const engine_order *order,
                                       size_t order_count, const engine_index *index)
{
	engine__candidate self = { .path = engine__path_of(filter->type, index), .ranges = 1 };
	self.why = refusal(filter, &self);
	const uint16_t columns = (uint16_t)(self.path.column_count + self.path.id_last);
	while (self.equal_count < columns && fix_column(filter, &self))
		continue;
	if (self.equal_count < columns)
		bound_column(filter, &self);
	self.single = self.equal_count == columns;
	engine__candidate_find_residual(filter, &self);
	engine__order_match(filter, order, order_count, &self);
	return self;
}

bool engine__candidate_is_unbounded(const engine__candidate *candidate)
{
	return candidate->equal_count == 0 && !candidate->ranged;
}
