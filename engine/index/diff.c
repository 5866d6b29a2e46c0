/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/index/diff.h"

static cx_status remove_gone(const engine__entry *before, size_t before_count,
                             const engine__entry *after, size_t after_count,
                             const engine__edits *edits)
{
	size_t j = 0;
	for (size_t i = 0; i < before_count; i++) {
		while (j < after_count && engine__entry_compare(&after[j], &before[i]) < 0)
			j++;
		if (j < after_count && engine__entry_compare(&after[j], &before[i]) == 0)
			continue;
		cx_status status = edits->remove(edits->context, &before[i]);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

static cx_status put_fresh(const engine__entry *before, size_t before_count,
                           const engine__entry *after, size_t after_count,
                           const engine__edits *edits)
{
	size_t i = 0;
	for (size_t j = 0; j < after_count; j++) {
		while (i < before_count && engine__entry_compare(&before[i], &after[j]) < 0)
			i++;
		bool known =
			i < before_count && engine__entry_compare(&before[i], &after[j]) == 0;
		if (known && cx_slice_equal(before[i].value, after[j].value))
			continue;
		cx_status status = known ? edits->change(edits->context, &after[j])
		                         : edits->insert(edits->context, &after[j]);
		if (status != CX_OK)
			return status;
	}
	return CX_OK;
}

cx_status engine__diff(const engine__entry *before, size_t before_count,
                       const engine__entry *after, size_t after_count,
                       const engine__edits *edits)
{
	cx_status status = remove_gone(before, before_count, after, after_count, edits);
	if (status != CX_OK)
		return status;
	return put_fresh(before, before_count, after, after_count, edits);
}
