/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/admin.h"
#include "engine/core/meta.h"

cx_status engine_stats_get(engine *self, engine_stats *ret)
{
	engine__store_usage usage;
	cx_status status = engine__store_usage_get(self->store, &usage);
	if (status != CX_OK)
		return status;
	CX_SCOPED(engine_read_end) engine_read *read = NULL;
	status = engine_read_begin(self, &read);
	if (status != CX_OK)
		return status;
	*ret = (engine_stats){
		.seq = engine_read_seq(read),
		.map_bytes = usage.map_bytes,
		.file_bytes = usage.file_bytes,
		.reusable_bytes = usage.reusable_bytes,
		.unmerged_bytes = usage.unmerged_bytes,
		.disk_free_bytes = usage.disk_free_bytes,
		.readers = usage.readers,
		.low = engine__store_is_low(self->store),
	};
	return CX_OK;
}

cx_status engine_type_count(engine_read *read, const engine_type *type, uint64_t *ret)
{
	return engine__view_count(read->view, engine__tree_of(type->record_tree), ret);
}

cx_status engine_index_count(engine_read *read, const engine_index *index, uint64_t *ret)
{
	return engine__view_count(read->view, engine__tree_of(index->tree), ret);
}

unsigned engine_readers_check(engine *self)
{
	return engine__store_readers_check(self->store);
}
