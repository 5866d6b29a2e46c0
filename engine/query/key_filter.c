/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/query/key_filter.h"

#include "base/check.h"
#include "engine/index/key.h"

static bool tests_null(engine__op op)
{
	return op == ENGINE__OP_IS_NULL || op == ENGINE__OP_NOT_NULL;
}

/* The column that decides a leaf, -1 when none does. The id is known of every entry. */
static int column_for(const engine__filter *filter, const engine__path *path,
                      const engine__node *leaf)
{
	const bool folded = filter->operands[leaf->operand].folded;
	int null_only = -1;
	for (uint16_t i = 0; i < path->column_count; i++) {
		if (engine__path_field(path, i) != leaf->field)
			continue;
		if (engine__path_folds(path, i) == folded)
			return i;
		if (tests_null(leaf->op))
			null_only = i;
	}
	if (leaf->field->slot == ENGINE_SLOT_ID)
		return path->column_count;
	return null_only;
}

bool engine__key_decides(const engine__filter *filter, const engine__path *path, uint16_t node)
{
	const engine__node *nodes = filter->nodes;
	for (uint16_t i = node; i < nodes[node].end; i++)
		if (nodes[i].field != NULL && column_for(filter, path, &nodes[i]) < 0)
			return false;
	return true;
}

static void take_conjunct(engine__key_filter *self, uint16_t conjunct)
{
	const engine__node *nodes = self->filter->nodes;
	for (uint16_t i = conjunct; i < nodes[conjunct].end; i++) {
		const engine__node *leaf = &nodes[i];
		if (leaf->field == NULL)
			continue;
		const int column = column_for(self->filter, self->path, leaf);
		const bool same = engine__path_folds(self->path, (uint16_t)column) ==
		                  self->filter->operands[leaf->operand].folded;
		if (same)
			self->compared[column] = (int16_t)leaf->operand;
		else
			self->tested[column] = (int16_t)leaf->operand;
		if (column < self->path->column_count && column >= self->columns)
			self->columns = (uint16_t)(column + 1);
	}
	self->conjuncts[self->conjunct_count++] = conjunct;
}

cx_status engine__key_filter_of(const engine__filter *filter, const engine__path *path,
                                uint16_t *conjuncts, uint16_t *count, cx_arena *arena,
                                engine__key_filter *ret)
{
	engine__key_filter self = { .filter = filter, .path = path };
	self.conjuncts = cx_arena_alloc(arena, ((size_t)*count + 1) * sizeof *self.conjuncts);
	if (self.conjuncts == NULL)
		return CX_NO_MEMORY;
	for (size_t i = 0; i < CX_COUNT_OF(self.compared); i++)
		self.compared[i] = self.tested[i] = -1;
	uint16_t left = 0;
	for (uint16_t i = 0; i < *count; i++) {
		if (engine__key_decides(filter, path, conjuncts[i]))
			take_conjunct(&self, conjuncts[i]);
		else
			conjuncts[left++] = conjuncts[i];
	}
	*count = left;
	*ret = self;
	return CX_OK;
}

static void set_operands(const engine__key_filter *self, uint16_t column,
                         const engine__value *value, engine__value *operands)
{
	if (self->compared[column] >= 0)
		operands[self->compared[column]] = *value;
	if (self->tested[column] >= 0)
		operands[self->tested[column]] = *value;
}

/* `*ret_exact` becomes false when a text that is compared was cut. */
static cx_status take_columns(const engine__key_filter *self, cx_slice key, cx_buf *scratch,
                              engine__value *operands, bool *ret_exact)
{
	for (uint16_t i = 0; i < self->columns; i++) {
		const engine_column *column = &self->path->index->columns[i];
		if (self->compared[i] < 0 && self->tested[i] < 0) {
			size_t size = engine__key_skip(column, key);
			if (size == 0)
				return CX_CORRUPT;
			key = cx_slice_from(key, size);
			continue;
		}
		engine__value value;
		bool exact;
		cx_status status = engine__key_take(column, &key, scratch, &value, &exact);
		if (status != CX_OK)
			return status;
		if (!exact && self->compared[i] >= 0)
			*ret_exact = false;
		set_operands(self, i, &value, operands);
	}
	return CX_OK;
}

cx_status engine__key_filter_decide(const engine__key_filter *self, cx_slice key, int64_t id,
                                    cx_buf *scratch, engine__value *operands,
                                    engine__verdict *ret)
{
	bool exact = true;
	cx_buf_clear(scratch);
	cx_status status = take_columns(self, key, scratch, operands, &exact);
	if (status != CX_OK)
		return status;
	if (!exact) {
		*ret = ENGINE__UNDECIDED;
		return CX_OK;
	}
	const engine__value id_value = { .shape = ENGINE__INTEGER, .integer = id };
	set_operands(self, self->path->column_count, &id_value, operands);
	*ret = ENGINE__ACCEPTED;
	for (uint16_t i = 0; i < self->conjunct_count && *ret == ENGINE__ACCEPTED; i++)
		if (engine__filter_evaluate(self->filter, self->conjuncts[i], operands) !=
		    ENGINE__TRUE)
			*ret = ENGINE__REFUSED;
	return CX_OK;
}
