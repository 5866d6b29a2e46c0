/* SPDX-License-Identifier: Apache-2.0 */
/* The indexes that rollups use. A text may have several that would do, of which not all have
 * all their entries. */
#include "engine/schema/model.h"

bool engine__rollup_orders(const engine_index *index, const engine_rollup *rollup)
{
	return index->column_count >= 2 && index->columns[0].field == rollup->ref &&
	       index->columns[1].field == rollup->source &&
	       (index->present == NULL || index->present == rollup->ref ||
	        index->present == rollup->source);
}

const engine_index *engine__rollup_index(const engine_rollup *rollup)
{
	const engine_index *best = NULL;
	for (uint16_t i = 0; i < rollup->type->index_count; i++) {
		const engine_index *index = &rollup->type->indexes[i];
		if (!engine__rollup_orders(index, rollup))
			continue;
		if (index->state == ENGINE_INDEX_READABLE)
			return index;
		if (best == NULL || best->state == ENGINE_INDEX_FAILED)
			best = index;
	}
	return best;
}

/* Where the parent is never deleted, no other than the rollup finds the records that refer to
 * it, and where is not stored. */
static void settle_reference(engine__model *model, const engine_rollup *rollup)
{
	const engine_type *type = rollup->type;
	engine_field *ref = &model->fields[type->number][rollup->ref->slot];
	for (uint16_t i = 0; i < type->index_count; i++) {
		if (ref->ref_index->state == ENGINE_INDEX_READABLE)
			return;
		if (type->indexes[i].state == ENGINE_INDEX_READABLE &&
		    engine__index_leads(&type->indexes[i], ref))
			ref->ref_index = &type->indexes[i];
	}
}

void engine__rollups_settle(engine__model *model)
{
	for (uint16_t i = 0; i < model->schema.rollup_count; i++) {
		engine_rollup *rollup = &model->rollups[i];
		if (rollup->source != NULL)
			rollup->index = engine__rollup_index(rollup);
		if (rollup->parent->keep)
			settle_reference(model, rollup);
	}
}
