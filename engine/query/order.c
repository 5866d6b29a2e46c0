/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the keys of a path come in the order asked for.
 *
 * A column that the filter fixes to one value is the same in every key that matters, so it is
 * ignored, in both directions. Ranges one after the other are in the order of all columns; each
 * range by itself is in the order of the columns after the fixed ones, whatever their number
 * of values. */
#include "engine/query/candidate.h"
#include "engine/row/value.h"

/* True when all records that match have the same value in the field. */
static bool is_fixed(const engine__filter *filter, const engine_field *field)
{
	for (uint16_t i = 0; i < filter->conjunct_count; i++) {
		const engine__node *node = &filter->nodes[filter->conjuncts[i]];
		if (node->field != field)
			continue;
		if (node->op == ENGINE__OP_IS_NULL ||
		    (node->op == ENGINE__OP_IN && node->value_count == 1 && !node->told))
			return true;
	}
	return false;
}

static bool came_before(const engine_order *order, size_t count, const engine_field *field)
{
	for (size_t i = 0; i < count; i++)
		if (order[i].field == field)
			return true;
	return false;
}

size_t engine__order_simplify(const engine__filter *filter, engine_order *order, size_t count)
{
	size_t kept = 0;
	for (size_t i = 0; i < count; i++) {
		const engine_field *field = order[i].field;
		if (is_fixed(filter, field) || came_before(order, kept, field))
			continue;
		order[kept++] = order[i];
		if (field->slot == ENGINE_SLOT_ID)
			break;
	}
	return kept;
}

/* Same text in every key: the filter fixes it, or its folded form. */
static bool is_constant(const engine__filter *filter, const engine__path *path, uint16_t column)
{
	const engine_field *field = engine__path_field(path, column);
	if (is_fixed(filter, field))
		return true;
	if (!engine__path_folds(path, column))
		return false;
	for (uint16_t i = 0; i < filter->conjunct_count; i++) {
		const engine__node *node = &filter->nodes[filter->conjuncts[i]];
		if (node->field == field && node->op == ENGINE__OP_FOLDED_EQUAL)
			return true;
	}
	return false;
}

typedef struct match {
	bool reverse;
	bool text; /* a text column gives order */
} match;

/* Compares the order with the columns from `first` on. */
static bool match_from(const engine__filter *filter, const engine_order *order, size_t count,
                       const engine__path *path, uint16_t first, match *ret)
{
	const uint16_t columns = (uint16_t)(path->column_count + path->id_last);
	size_t matched = 0;
	match found = { 0 };
	for (uint16_t column = first; column < columns && matched < count; column++) {
		const engine_field *field = engine__path_field(path, column);
		const bool descending =
			column < path->column_count && path->index->columns[column].descending;
		const bool reverse = order[matched].descending != descending;
		if (field == order[matched].field && !engine__path_folds(path, column) &&
		    (matched == 0 || reverse == found.reverse)) {
			found.reverse = reverse;
			found.text = found.text || engine__shape_of(field) == ENGINE__CHARS;
			matched++;
			continue;
		}
		if (!is_constant(filter, path, column))
			return false;
	}
	/* Beyond a whole unique key there is nothing left to be put in order. */
	if (matched < count && (path->id_last || first > 0))
		return false;
	*ret = found;
	return true;
}

void engine__order_match(const engine__filter *filter, const engine_order *order,
                         size_t order_count, engine__candidate *candidate)
{
	const engine__path *path = &candidate->path;
	match found = { 0 };
	if (order_count == 0)
		candidate->ordering = ENGINE__UNORDERED;
	else if (match_from(filter, order, order_count, path, 0, &found))
		candidate->ordering = ENGINE__ORDERED;
	else if (candidate->equal_count > 0 && candidate->ranges <= ENGINE__MERGE_MAX &&
	         match_from(filter, order, order_count, path, candidate->equal_count, &found))
		candidate->ordering = ENGINE__MERGED;
	else
		candidate->ordering = ENGINE__SORTED;
	candidate->reverse = found.reverse;
	candidate->text_order = found.text;
}
