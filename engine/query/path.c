/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/query/path.h"

#include "base/check.h"
#include "engine/core/handle.h"
#include "engine/index/key.h"

engine__path engine__path_of(const engine_type *type, const engine_index *index)
{
	if (index == NULL) {
		const bool clustered = type->cluster != NULL;
		return (engine__path){
			.type = type,
			.tree = engine__tree_of(clustered ? type->cluster_tree
			                                  : type->record_tree),
			.id_last = true,
			.holds_rows = !clustered,
			.holds_deleted = true,
		};
	}
	return (engine__path){
		.type = type,
		.index = index,
		.tree = engine__tree_of(index->cluster ? type->record_tree : index->tree),
		.column_count = index->column_count,
		.id_last = index->cluster || !index->unique,
		.holds_rows = index->cluster,
		.holds_deleted = index->cluster,
	};
}

const engine_field *engine__path_field(const engine__path *path, uint16_t column)
{
	CX_ASSERT(column <= path->column_count);
	return column < path->column_count ? path->index->columns[column].field
	                                   : &path->type->fields[ENGINE_SLOT_ID];
}

bool engine__path_folds(const engine__path *path, uint16_t column)
{
	CX_ASSERT(column <= path->column_count);
	return column < path->column_count && path->index->columns[column].folded;
}

/* The last bytes of an entry's key, where its id is. */
static cx_status id_bytes(cx_slice key, cx_slice *ret)
{
	if (key.size < ENGINE__KEY_ID_BYTES)
		return CX_CORRUPT;
	*ret = cx_slice_from(key, key.size - ENGINE__KEY_ID_BYTES);
	return CX_OK;
}

/* An entry of a unique index is exact when nothing follows its columns. */
static cx_status is_exact(const engine_index *index, cx_slice key, bool *ret)
{
	for (uint16_t i = 0; i < index->column_count; i++) {
		size_t size = engine__key_skip(&index->columns[i], key);
		if (size == 0)
			return CX_CORRUPT;
		key = cx_slice_from(key, size);
	}
	if (key.size != 0 && key.size != ENGINE__KEY_ID_BYTES)
		return CX_CORRUPT;
	*ret = key.size == 0;
	return CX_OK;
}

/* Clustered types keep the cluster key in the value, after the id in exact unique entries. */
static cx_status cluster_key(const engine__path *path, const engine__pair *entry, cx_slice *ret)
{
	cx_slice key = entry->value;
	if (path->index != NULL && path->index->unique) {
		bool exact;
		cx_status status = is_exact(path->index, entry->key, &exact);
		if (status != CX_OK)
			return status;
		if (exact && key.size < ENGINE__KEY_ID_BYTES)
			return CX_CORRUPT;
		if (exact)
			key = cx_slice_from(key, ENGINE__KEY_ID_BYTES);
	}
	if (key.size < ENGINE__KEY_ID_BYTES)
		return CX_CORRUPT;
	*ret = key;
	return CX_OK;
}

cx_status engine__path_record_key(const engine__path *path, const engine__pair *entry,
                                  cx_slice *ret)
{
	if (path->holds_rows) {
		*ret = entry->key;
		return CX_OK;
	}
	if (path->type->cluster != NULL)
		return cluster_key(path, entry, ret);
	if (!path->id_last && entry->value.size == ENGINE__KEY_ID_BYTES) {
		*ret = entry->value;
		return CX_OK;
	}
	return id_bytes(entry->key, ret);
}

const char *engine__path_name(const engine__path *path)
{
	return path->index != NULL ? path->index->name : "by id";
}
