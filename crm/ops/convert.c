/* SPDX-License-Identifier: Apache-2.0 */
/* An opportunity becomes an order. */
#include "base/msgpack.h"
#include "crm/ops/write.h"

#include <stdio.h>

enum { ORDER_BYTES_MAX = 2 * ENGINE_RECORD_BYTES_MAX };

typedef struct converting {
	crm__operation op;
	const crm_conversion *what;
	const engine_type *opportunities;
	const engine_type *orders;
	const engine_type *lines;
	engine_row opportunity;
	char own_ext_id[40];
	cx_slice ext_id;
	uint32_t affected;
} converting;

/* What the order takes over, where nothing else is given. */
static const char *const copied[] = { "customer", "contact", "campaign", "currency", "owner" };

static cx_status find_types(converting *self)
{
	cx_status status = crm__type_find(self->op.read, "opportunity", &self->opportunities,
	                                  self->op.error);
	if (status == CX_OK)
		status = crm__type_find(self->op.read, "sales_order", &self->orders,
		                        self->op.error);
	if (status == CX_OK)
		status = crm__type_find(self->op.read, "order_line", &self->lines,
		                        self->op.error);
	return status;
}

/* The given one, or one that is the same each time. */
static cx_status take_ext_id(converting *self)
{
	cx_slice value;
	if (!crm__map_find(self->what->order, "ext_id", &value)) {
		snprintf(self->own_ext_id, sizeof self->own_ext_id, "convert-%lld",
		         (long long)self->what->opportunity);
		self->ext_id = cx_slice_of(self->own_ext_id);
		return CX_OK;
	}
	cx_reader reader = cx_reader_of(value);
	self->ext_id = cx_read_str(&reader);
	if (!reader.failed && self->ext_id.size > 0)
		return CX_OK;
	return cx_fail_field(self->op.error, CX_INVALID_ARGUMENT, "ext_id",
	                     "the order's ext_id is no text, or empty: leave it out or give "
	                     "one of your own");
}

static cx_status lookup_order(converting *self, engine_row *ret)
{
	CX_SCOPED(cx_buf_release) cx_buf values = CX_BUF_INIT(4096);
	cx_write_array(&values, 1);
	cx_write_str(&values, self->ext_id);
	cx_status status = cx_buf_status(&values);
	if (status != CX_OK)
		return status;
	return engine_lookup(self->op.read, &self->orders->indexes[0], cx_buf_slice(&values),
	                     ret, self->op.error);
}

/* The same request came before. */
static cx_status answer_again(converting *self, const engine_row *order, engine_outcome *ret)
{
	const int64_t from = crm__row_int(order, "opportunity");
	if (from != self->what->opportunity)
		return cx_fail_field(self->op.error, CX_CHECK, "ext_id",
		                     "order %lld has the ext_id %.*s, and it is of opportunity "
		                     "%lld, not %lld",
		                     (long long)order->id, CX_SLICE_ARG(self->ext_id),
		                     (long long)from, (long long)self->what->opportunity);
	*ret = (engine_outcome){ .id = order->id,
		                 .rev = crm__row_int(order, "rev"),
		                 .seq = crm__operation_seq(&self->op) };
	return CX_OK;
}

/* ---- the order ---- */

static cx_status check_given(converting *self, const char *field, int64_t expected)
{
	cx_slice value;
	if (!crm__map_find(self->what->order, field, &value))
		return CX_OK;
	cx_reader reader = cx_reader_of(value);
	const int64_t given = cx_read_int(&reader);
	if (!reader.failed && given == expected)
		return CX_OK;
	return cx_fail_field(self->op.error, CX_CHECK, field,
	                     "the order of opportunity %lld has %s %lld: leave it out",
	                     (long long)self->what->opportunity, field, (long long)expected);
}

static bool is_copied(const converting *self, const char *field)
{
	cx_slice value;
	return !crm__map_find(self->what->order, field, &value) &&
	       !crm__row_is_null(&self->opportunity, field);
}

static void put_given(const converting *self, cx_buf *out, uint32_t *pairs)
{
	cx_reader reader = cx_reader_of(self->what->order);
	const uint32_t count = self->what->order.size == 0 ? 0 : cx_read_map(&reader);
	for (uint32_t i = 0; i < count && !reader.failed; i++) {
		const cx_slice key = cx_read_skip(&reader);
		const cx_slice value = cx_read_skip(&reader);
		cx_reader name = cx_reader_of(key);
		const cx_slice text = cx_read_str(&name);
		if (cx_slice_equal(text, CX_SLICE_LITERAL("ext_id")) ||
		    cx_slice_equal(text, CX_SLICE_LITERAL("opportunity")) ||
		    cx_slice_equal(text, CX_SLICE_LITERAL("status")))
			continue;
		cx_write_raw(out, key);
		cx_write_raw(out, value);
		(*pairs)++;
	}
}

static cx_status put_own(converting *self, cx_buf *out, uint32_t *pairs)
{
	cx_write_text(out, "ext_id");
	cx_write_str(out, self->ext_id);
	cx_write_text(out, "opportunity");
	cx_write_int(out, self->what->opportunity);
	*pairs += 2;
	for (size_t i = 0; i < CX_COUNT_OF(copied); i++) {
		if (!is_copied(self, copied[i]))
			continue;
		cx_write_text(out, copied[i]);
		cx_write_raw(out, crm__row_value(&self->opportunity, copied[i]));
		(*pairs)++;
	}
	cx_slice given;
	if (crm__map_find(self->what->order, "ordered_on", &given))
		return CX_OK;
	int64_t today;
	cx_status status =
		crm__org_today(self->op.read, engine_author_at(&self->op.change.author), &today,
	                       self->op.error);
	if (status != CX_OK)
		return status;
	cx_write_text(out, "ordered_on");
	cx_write_int(out, today);
	(*pairs)++;
	return CX_OK;
}

/* A map whose pairs were counted while they were written. */
static cx_status close_map(const cx_buf *pairs, uint32_t count, cx_buf *out)
{
	cx_write_map(out, count);
	cx_buf_append_slice(out, cx_buf_slice(pairs));
	return cx_buf_status(pairs) == CX_OK ? cx_buf_status(out) : cx_buf_status(pairs);
}

static cx_status create_order(converting *self, engine_outcome *ret)
{
	CX_SCOPED(cx_buf_release) cx_buf pairs = CX_BUF_INIT(ORDER_BYTES_MAX);
	CX_SCOPED(cx_buf_release) cx_buf fields = CX_BUF_INIT(ORDER_BYTES_MAX);
	uint32_t count = 0;
	put_given(self, &pairs, &count);
	cx_status status = put_own(self, &pairs, &count);
	if (status == CX_OK)
		status = close_map(&pairs, count, &fields);
	if (status == CX_OK)
		status = engine_create(self->op.write, self->orders, cx_buf_slice(&fields),
		                       &self->op.change, ret, self->op.error);
	self->affected++;
	return status;
}

static cx_status create_line(converting *self, cx_slice given, int64_t order, uint32_t number)
{
	CX_SCOPED(cx_buf_release) cx_buf fields = CX_BUF_INIT(ORDER_BYTES_MAX);
	uint32_t count;
	cx_status status = crm__map_count(given, &count, self->op.error);
	if (status != CX_OK)
		return status;
	cx_slice value;
	const bool numbered = crm__map_find(given, "line_no", &value);
	cx_write_map(&fields, count + 1 + !numbered);
	cx_reader pairs = cx_reader_of(given);
	(void)cx_read_map(&pairs);
	cx_buf_append_slice(&fields, pairs.rest);
	cx_write_text(&fields, "order");
	cx_write_int(&fields, order);
	if (!numbered) {
		cx_write_text(&fields, "line_no");
		cx_write_uint(&fields, number);
	}
	engine_outcome outcome;
	status = cx_buf_status(&fields);
	if (status == CX_OK)
		status = engine_create(self->op.write, self->lines, cx_buf_slice(&fields),
		                       &self->op.change, &outcome, self->op.error);
	self->affected++;
	return status;
}

static cx_status name_line(converting *self, uint32_t number, cx_status status)
{
	if (self->op.error == NULL || status == CX_OK)
		return status;
	const cx_error why = *self->op.error;
	return cx_fail_field(self->op.error, status, why.field, "line %u: %s", number,
	                     why.status == status ? why.text : cx_status_text(status));
}

static cx_status create_lines(converting *self, int64_t order)
{
	if (self->what->lines.size == 0)
		return CX_OK;
	cx_reader reader = cx_reader_of(self->what->lines);
	const uint32_t count = cx_read_array(&reader);
	if (reader.failed)
		return cx_fail(self->op.error, CX_INVALID_ARGUMENT,
		               "lines: an array of maps is expected");
	if (count > CRM_LINES_MAX)
		return cx_fail(self->op.error, CX_TOO_LARGE,
		               "an order is made with at most %d lines", CRM_LINES_MAX);
	cx_status status = CX_OK;
	for (uint32_t i = 0; i < count && status == CX_OK; i++)
		status = name_line(self, i + 1,
		                   create_line(self, cx_read_skip(&reader), order, i + 1));
	return status;
}

/* Once the lines are there: only then an order can be confirmed. */
static cx_status set_status(converting *self, engine_outcome *order)
{
	cx_slice value;
	if (!crm__map_find(self->what->order, "status", &value))
		return CX_OK;
	CX_SCOPED(cx_buf_release) cx_buf fields = CX_BUF_INIT(1024);
	cx_write_map(&fields, 1);
	cx_write_text(&fields, "status");
	cx_write_raw(&fields, value);
	cx_status status = cx_buf_status(&fields);
	return status == CX_OK ? engine_update(self->op.write, self->orders, order->id,
	                                       cx_buf_slice(&fields), &self->op.change, order,
	                                       self->op.error)
	                       : status;
}

/* ---- the opportunity ---- */

static cx_status stage_kind(converting *self, const engine_type *stages, engine_row *ret)
{
	return engine_get(self->op.read, stages, crm__row_int(&self->opportunity, "stage"), ret,
	                  self->op.error);
}

static cx_status win(converting *self)
{
	const engine_type *stages;
	engine_row stage, won;
	cx_status status = crm__type_find(self->op.read, "stage", &stages, self->op.error);
	if (status == CX_OK)
		status = stage_kind(self, stages, &stage);
	if (status != CX_OK || crm__row_is(&stage, "kind", "won"))
		return status;
	if (crm__row_is(&stage, "kind", "lost"))
		return cx_fail_field(self->op.error, CX_CHECK, "stage",
		                     "opportunity %lld is lost: reopen it first",
		                     (long long)self->what->opportunity);
	status = crm__find_first(self->op.read, stages, "kind", "won", &won, self->op.error);
	if (status == CX_NOT_FOUND)
		return cx_fail(self->op.error, CX_CHECK, "there is no stage of the kind won");
	engine_outcome outcome;
	if (status == CX_OK)
		status = crm__operation_set_int(&self->op, self->opportunities,
		                                self->what->opportunity, "stage", &won.id,
		                                &outcome);
	self->affected++;
	return status;
}

static cx_status convert_now(converting *self, engine_outcome *ret)
{
	engine_outcome order;
	cx_status status =
		check_given(self, "customer", crm__row_int(&self->opportunity, "customer"));
	if (status == CX_OK)
		status = check_given(self, "opportunity", self->what->opportunity);
	if (status == CX_OK)
		status = win(self);
	if (status == CX_OK)
		status = create_order(self, &order);
	if (status == CX_OK)
		status = create_lines(self, order.id);
	if (status == CX_OK)
		status = set_status(self, &order);
	engine_row row;
	if (status == CX_OK) /* lines may have changed it */
		status =
			engine_get(self->op.read, self->orders, order.id, &row, self->op.error);
	if (status == CX_OK)
		*ret = (engine_outcome){ .id = order.id,
			                 .rev = crm__row_int(&row, "rev"),
			                 .seq = crm__operation_seq(&self->op),
			                 .affected = self->affected,
			                 .created = true };
	return status;
}

static cx_status convert(converting *self, engine_outcome *ret)
{
	uint32_t count;
	cx_status status = find_types(self);
	if (status == CX_OK)
		status = crm__map_count(self->what->order, &count, self->op.error);
	if (status == CX_OK)
		status = take_ext_id(self);
	if (status != CX_OK)
		return status;
	engine_row order;
	status = lookup_order(self, &order);
	if (status == CX_OK)
		return answer_again(self, &order, ret);
	if (status != CX_NOT_FOUND)
		return status;
	status = crm__operation_load(&self->op, self->opportunities, self->what->opportunity,
	                             self->what->if_rev, &self->opportunity);
	return status == CX_OK ? convert_now(self, ret) : status;
}

cx_status crm_convert(engine_write *write, const engine_author *author,
                      const crm_conversion *what, engine_outcome *ret, cx_error *error)
{
	converting self = {
		.op = crm__operation_begin(write, author, CRM_CAUSE_CONVERT, error),
		.what = what,
	};
	return crm__operation_end(&self.op, convert(&self, ret));
}
