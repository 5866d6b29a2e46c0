/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/ops/tier.h"

#include "base/msgpack.h"

#include <string.h>

bool crm__tier_is(const engine_field *field)
{
	return strcmp(field->name, "tier") == 0;
}

static cx_status take_tier(void *context, const engine_row *row)
{
	const cx_slice value = crm__row_value(row, "tier");
	cx_buf *out = context;
	cx_buf_append_slice(out, value);
	return cx_buf_status(out);
}

/* The tier of the newest one, as a value; nothing when there is none. */
static cx_status find_newest(crm__operation *op, int64_t id, cx_buf *out)
{
	const engine_type *tiers;
	cx_status status = crm__type_find(op->read, "customer_tier", &tiers, op->error);
	if (status != CX_OK)
		return status;
	CX_SCOPED(cx_buf_release) cx_buf filter = CX_BUF_INIT(64);
	cx_write_array(&filter, 3);
	cx_write_text(&filter, "=");
	cx_write_text(&filter, "customer");
	cx_write_int(&filter, id);
	const engine_query query = {
		.type = tiers,
		.filter = cx_buf_slice(&filter),
		.order = { { .field = engine_type_field(tiers, CX_SLICE_LITERAL("as_of")),
		             .descending = true } },
		.order_count = 1,
		.limit = 1,
	};
	engine_page page;
	status = cx_buf_status(&filter);
	return status == CX_OK
	               ? engine_query_run(op->read, &query, take_tier, out, &page, op->error)
	               : status;
}

cx_status crm__tier_settle(crm__operation *op, const engine_type *customers, int64_t id)
{
	CX_SCOPED(cx_buf_release) cx_buf tier = CX_BUF_INIT(128);
	CX_SCOPED(cx_buf_release) cx_buf fields = CX_BUF_INIT(256);
	cx_status status = find_newest(op, id, &tier);
	if (status != CX_OK)
		return status;
	cx_write_map(&fields, 1);
	cx_write_text(&fields, "tier");
	if (tier.size > 0)
		cx_buf_append_slice(&fields, cx_buf_slice(&tier));
	else
		cx_write_text(&fields, "unrated");
	status = cx_buf_status(&fields);
	engine_change internal = op->change;
	internal.internal = true;
	engine_outcome outcome;
	return status == CX_OK ? engine_update(op->write, customers, id, cx_buf_slice(&fields),
	                                       &internal, &outcome, op->error)
	                       : status;
}
