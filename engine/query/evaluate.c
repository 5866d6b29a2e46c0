/* SPDX-License-Identifier: Apache-2.0 */
#include "base/check.h"
#include "base/text.h"
#include "engine/query/exists.h"
#include "engine/query/match.h"

#include <string.h>

static engine__truth truth_of(bool holds)
{
	return holds ? ENGINE__TRUE : ENGINE__FALSE;
}

static bool is_among(const engine__node *node, const engine__value *value)
{
	size_t low = 0;
	size_t high = node->value_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = engine__value_compare(value, &node->values[middle]);
		if (order == 0)
			return true;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

/* A damaged list has nothing. */
static bool has_item(const engine__node *node, cx_slice list)
{
	const engine__value *wanted = &node->values[0];
	cx_reader reader = cx_reader_of(list);
	uint32_t count = cx_read_array(&reader);
	for (uint32_t i = 0; i < count && !reader.failed; i++) {
		bool found;
		if (wanted->shape == ENGINE__INTEGER)
			found = cx_read_int(&reader) == wanted->integer;
		else
			found = cx_slice_equal(cx_read_str(&reader), wanted->bytes);
		if (found && !reader.failed)
			return true;
	}
	return false;
}

static bool contains(cx_slice whole, cx_slice part)
{
	return part.size == 0 || (part.size <= whole.size &&
	                          memmem(whole.data, whole.size, part.data, part.size) != NULL);
}

/* Of a value that is not null. */
static bool leaf_holds(const engine__node *node, const engine__value *value)
{
	const engine__value *values = node->values;
	switch (node->op) {
	case ENGINE__OP_IN:
		return is_among(node, value);
	case ENGINE__OP_NOT_EQUAL:
		return !engine__value_equal(value, &values[0]);
	case ENGINE__OP_LESS:
		return engine__value_compare(value, &values[0]) < 0;
	case ENGINE__OP_LESS_EQUAL:
		return engine__value_compare(value, &values[0]) <= 0;
	case ENGINE__OP_GREATER:
		return engine__value_compare(value, &values[0]) > 0;
	case ENGINE__OP_GREATER_EQUAL:
		return engine__value_compare(value, &values[0]) >= 0;
	case ENGINE__OP_BETWEEN:
		return engine__value_compare(value, &values[0]) >= 0 &&
		       engine__value_compare(value, &values[1]) <= 0;
	case ENGINE__OP_PREFIX:
		return cx_slice_starts_with(value->bytes, values[0].bytes);
	case ENGINE__OP_FOLDED_EQUAL:
		return cx_slice_equal(value->bytes, node->folded);
	case ENGINE__OP_FOLDED_PREFIX:
		return cx_slice_starts_with(value->bytes, node->folded);
	case ENGINE__OP_CONTAINS:
		return contains(value->bytes, values[0].bytes);
	case ENGINE__OP_FOLDED_CONTAINS:
		return contains(value->bytes, node->folded);
	case ENGINE__OP_HAS:
		return has_item(node, value->bytes);
	case ENGINE__OP_AND:
	case ENGINE__OP_OR:
	case ENGINE__OP_NOT:
	case ENGINE__OP_UNTRUE:
	case ENGINE__OP_EQUAL: /* read as IN */
	case ENGINE__OP_IS_NULL:
	case ENGINE__OP_NOT_NULL:
	case ENGINE__OP_EXISTS:
	case ENGINE__OP_MATCH:
		break;
	}
	CX_UNREACHABLE();
}

static engine__truth evaluate_leaf(const engine__node *node, const engine__value *value)
{
	bool null = value->shape == ENGINE__NULL;
	if (node->op == ENGINE__OP_EXISTS)
		return engine__exists_holds(node->exists, value);
	if (node->op == ENGINE__OP_MATCH)
		return engine__match_holds(node->match, value);
	if (node->op == ENGINE__OP_IS_NULL || node->op == ENGINE__OP_NOT_NULL)
		return truth_of(null == (node->op == ENGINE__OP_IS_NULL));
	return null ? ENGINE__UNKNOWN : truth_of(leaf_holds(node, value));
}

/* "and" is the least of what is below it, "or" the greatest. */
static engine__truth evaluate_group(const engine__filter *filter, uint16_t at,
                                    const engine__value *operands)
{
	const engine__node *nodes = filter->nodes;
	const bool all = nodes[at].op == ENGINE__OP_AND;
	engine__truth truth = all ? ENGINE__TRUE : ENGINE__FALSE;
	const engine__truth last = all ? ENGINE__FALSE : ENGINE__TRUE;
	for (uint16_t i = (uint16_t)(at + 1); i < nodes[at].end && truth != last;
	     i = nodes[i].end) {
		engine__truth below = engine__filter_evaluate(filter, i, operands);
		if (all ? below < truth : below > truth)
			truth = below;
	}
	return truth;
}

engine__truth engine__filter_evaluate(const engine__filter *filter, uint16_t node,
                                      const engine__value *operands)
{
	const engine__node *at = &filter->nodes[node];
	if (at->field != NULL)
		return evaluate_leaf(at, &operands[at->operand]);
	if (at->op == ENGINE__OP_AND || at->op == ENGINE__OP_OR)
		return evaluate_group(filter, node, operands);
	engine__truth below = engine__filter_evaluate(filter, (uint16_t)(node + 1), operands);
	if (at->op == ENGINE__OP_UNTRUE)
		return truth_of(below != ENGINE__TRUE);
	return (engine__truth)(ENGINE__TRUE - below);
}

cx_status engine__filter_failure(const engine__filter *filter, cx_error *error)
{
	const engine__relations *relations = filter->relations;
	if (relations == NULL || relations->failed == CX_OK)
		return CX_OK;
	if (error != NULL)
		*error = relations->error;
	return relations->failed;
}

void engine__filter_wants(const engine__filter *filter, uint16_t node, bool *wanted)
{
	for (uint16_t i = node; i < filter->nodes[node].end; i++)
		if (filter->nodes[i].field != NULL)
			wanted[filter->nodes[i].operand] = true;
}

/* Takes one slot off the row; `*at` is the slot the reader stands before. */
static cx_status take_slot(const engine_field *field, uint32_t present, cx_reader *reader,
                           uint32_t *at, engine__value *ret)
{
	*ret = (engine__value){ 0 };
	if (field->slot >= present)
		return CX_OK; /* a row of an older layout */
	cx_read_skip_many(reader, field->slot - *at);
	*at = field->slot + 1U;
	return engine__value_take(field, reader, ret);
}

static bool needs_folding(const engine__operand *operand, const engine__value *value)
{
	return operand->folded && value->shape == ENGINE__CHARS;
}

static cx_status fold_operands(const engine__filter *filter, const bool *wanted, cx_buf *folded,
                               engine__value *operands)
{
	cx_buf_clear(folded);
	for (uint16_t i = 0; i < filter->operand_count; i++) {
		if (!wanted[i] || !needs_folding(&filter->operands[i], &operands[i]))
			continue;
		size_t before = folded->size;
		cx_status status = cx_text_fold(operands[i].bytes, folded);
		if (status != CX_OK)
			return status;
		operands[i].bytes.size = folded->size - before;
	}
	/* Only now does the buffer not move any more. */
	size_t offset = 0;
	for (uint16_t i = 0; i < filter->operand_count; i++) {
		if (!wanted[i] || !needs_folding(&filter->operands[i], &operands[i]))
			continue;
		operands[i].bytes.data = folded->data + offset;
		offset += operands[i].bytes.size;
	}
	return CX_OK;
}

cx_status engine__filter_operands(const engine__filter *filter, const bool *wanted,
                                  cx_slice array, cx_buf *folded, engine__value *operands)
{
	cx_reader reader = cx_reader_of(array);
	uint32_t present = cx_read_array(&reader);
	uint32_t at = 0;
	const engine_field *taken = NULL;
	engine__value value = { 0 };
	bool folds = false;
	for (uint16_t i = 0; i < filter->operand_count; i++) {
		const engine__operand *operand = &filter->operands[i];
		if (!wanted[i])
			continue;
		if (operand->field != taken) {
			cx_status status =
				take_slot(operand->field, present, &reader, &at, &value);
			if (status != CX_OK)
				return status;
		}
		taken = operand->field;
		operands[i] = value;
		folds = folds || operand->folded;
	}
	if (reader.failed)
		return CX_CORRUPT;
	return folds ? fold_operands(filter, wanted, folded, operands) : CX_OK;
}
