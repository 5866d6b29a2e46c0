/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/rules/newest.h"

#include "engine/query.h"

static cx_status take_id(void *context, const engine_row *row)
{
	*(int64_t *)context = row->id;
	return CX_OK;
}

cx_status crm__newest_find(engine_draft *draft, const crm__newest *what, int64_t *ret_id,
                           cx_error *error)
{
	engine_read *view = engine_draft_view(draft);
	const engine_type *type =
		engine_schema_type(engine_read_schema(view), cx_slice_of(what->type));
	const engine_query query = {
		.type = type,
		.filter = what->filter,
		.order = { { .field = engine_type_field(type, cx_slice_of(what->by)),
		             .descending = true } },
		.order_count = 1,
		.limit = 1,
	};
	engine_page page;
	int64_t id = 0;
	cx_status status = engine_query_run(view, &query, take_id, &id, &page, error);
	if (status == CX_OK)
		*ret_id = id;
	return status;
}
