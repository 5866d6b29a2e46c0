/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/schema/kept.h"

#include "engine/schema/model.h"

#include <string.h>

static bool is_same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

bool engine__field_stays(const engine_field *old, const engine_field *new)
{
	if (old->kind == ENGINE_STRING && new->kind == ENGINE_TEXT)
		return true; /* as long as a string can be, and longer */
	if (old->kind != new->kind)
		return false;
	return old->kind != ENGINE_REF || is_same(old->target->name, new->target->name);
}

const engine_field *engine__kept_field(const engine_type *other, const engine_field *field)
{
	const engine_field *found = engine_type_field(other, cx_slice_of(field->name));
	return found != NULL && engine__field_stays(found, field) ? found : NULL;
}

bool engine__labels_stay(const engine_field *old, const engine_field *new)
{
	if (new->label_count < old->label_count)
		return false;
	for (uint16_t i = 0; i < old->label_count; i++)
		if (!is_same(old->labels[i], new->labels[i]))
			return false;
	return true;
}

bool engine__labels_are_kept(const engine_field *old, const engine_field *new)
{
	for (uint16_t i = 0; i < old->label_count; i++)
		if (engine_field_label(new, cx_slice_of(old->labels[i])) < 0)
			return false;
	return true;
}

/* Texts are cut at the share of the key that their column has, which depends on the others. An
 * entry stays right when its text is cut in neither, or in both at the same place. */
static bool cut_stays(const engine_column *old, const engine_column *new)
{
	enum { CHARACTER_BYTES_MAX = 4 };
	if (old->text_bytes_max == new->text_bytes_max)
		return true;
	if (old->folded || old->field->kind != ENGINE_STRING)
		return false;
	/* Only where nothing is stored can a string become shorter. */
	uint32_t longest = old->field->length_max;
	if (new->field->kind == ENGINE_STRING &&new->field->length_max < longest)
		longest = new->field->length_max;
	longest *= CHARACTER_BYTES_MAX;
	return longest <= old->text_bytes_max && longest <= new->text_bytes_max;
}

static bool column_stays(const engine_column *old, const engine_column *new)
{
	const engine_field *before = old->field;
	const engine_field *after = new->field;
	if (!is_same(before->name, after->name) || !engine__field_stays(before, after) ||
	    old->descending != new->descending || old->folded != new->folded)
		return false;
	if (before->kind == ENGINE_ENUM)
		return engine__labels_stay(before, after);
	return !engine__kind_is_text(before->kind) || cut_stays(old, new);
}

static bool present_stays(const engine_field *old, const engine_field *new)
{
	if (old == NULL || new == NULL)
		return old == new;
	return is_same(old->name, new->name) && engine__field_stays(old, new);
}

static bool index_stays(const engine_index *old, const engine_index *new)
{
	if (old->state == ENGINE_INDEX_FAILED || old->unique != new->unique ||
	    old->cluster != new->cluster || old->column_count != new->column_count ||
	    !present_stays(old->present, new->present))
		return false;
	for (uint16_t i = 0; i < old->column_count; i++)
		if (!column_stays(&old->columns[i], &new->columns[i]))
			return false;
	return true;
}

const engine_index *engine__kept_index(const engine_type *old, const engine_index *new)
{
	const engine_index *found = engine_type_index(old, cx_slice_of(new->name));
	return found != NULL && index_stays(found, new) ? found : NULL;
}

bool engine__is_complete(const engine_type *old, const engine_index *new)
{
	const engine_index *found = engine__kept_index(old, new);
	return found != NULL && found->state == ENGINE_INDEX_READABLE;
}

bool engine__kept_reference(const engine_type *old, const engine_type *new,
                            const engine_field *field, const engine_index **ret)
{
	*ret = NULL;
	const engine_field *before = engine__kept_field(old, field);
	if (before == NULL || before->ref_index == NULL)
		return true;
	const cx_slice name = cx_slice_of(before->ref_index->name);
	const engine_index *same = engine_type_index(new, name);
	if (same != NULL && engine__is_complete(old, same)) {
		*ret = same;
		return true;
	}
	for (uint16_t i = 0; i < new->index_count; i++) {
		const engine_index *index = &new->indexes[i];
		if (!engine__index_leads(index, field) || !engine__is_complete(old, index))
			continue;
		*ret = index;
		return true;
	}
	return false;
}
