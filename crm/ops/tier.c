/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/ops/tier.h"

#include "base/msgpack.h"

enum { LABEL_BYTES = 64 };

typedef struct newest {
	char label[LABEL_BYTES];
	size_t size; /* 0: there is none */
} newest;

static cx_status take(void *context, const engine_row *row)
{
	newest *self = context;
	const cx_slice label = crm__row_text(row, "tier");
	for (size_t i = 0; i < label.size && i < sizeof self->label; i++)
		self->label[self->size++] = (char)label.data[i];
	return CX_OK;
}

static cx_status find_newest(crm__operation *op, int64_t customer, newest *ret)
{
	const engine_type *type = engine_schema_type(engine_read_schema(op->read),
	                                             CX_SLICE_LITERAL("customer_tier"));
	if (type == NULL)
		return CX_OK;
	CX_SCOPED(cx_buf_release) cx_buf filter = CX_BUF_INIT(64);
	cx_write_array(&filter, 3);
	cx_write_text(&filter, "=");
	cx_write_text(&filter, "customer");
	cx_write_int(&filter, customer);
	const engine_query query = {
		.type = type,
		.filter = cx_buf_slice(&filter),
		.order = { { .field = engine_type_field(type, CX_SLICE_LITERAL("as_of")),
		             .descending = true } },
		.order_count = 1,
		.limit = 1,
	};
	engine_page page;
	cx_status status = cx_buf_status(&filter);
	return status == CX_OK ? engine_query_run(op->read, &query, take, ret, &page, op->error)
	                       : status;
}

cx_status crm__tier_settle(crm__operation *op, const engine_type *customers, int64_t customer)
{
	newest found = { .size = 0 };
	engine_row row;
	cx_status status = find_newest(op, customer, &found);
	if (status != CX_OK || found.size == 0)
		return status;
	const cx_slice label = { .data = (const uint8_t *)found.label, .size = found.size };
	status = engine_get(op->read, customers, customer, &row, op->error);
	if (status != CX_OK || cx_slice_equal(crm__row_text(&row, "tier"), label))
		return status;
	CX_SCOPED(cx_buf_release) cx_buf fields = CX_BUF_INIT(256);
	cx_write_map(&fields, 1);
	cx_write_text(&fields, "tier");
	cx_write_str(&fields, label);
	engine_change internal = op->change;
	internal.internal = true;
	engine_outcome outcome;
	status = cx_buf_status(&fields);
	return status == CX_OK
	               ? engine_update(op->write, customers, customer, cx_buf_slice(&fields),
	                               &internal, &outcome, op->error)
	               : status;
}
