/* SPDX-License-Identifier: Apache-2.0 */
/* Open opportunities take the rates of a day. The rule of opportunities does it, when it is
 * told that this is why it is called. */
#include "base/msgpack.h"
#include "crm/ops/write.h"

typedef struct revaluing {
	crm__operation op;
	const engine_type *opportunities;
	cx_slice base; /* currency */
	int64_t ids[CRM_SLICE_MAX];
	size_t count;
	size_t rows;
	int64_t last;
} revaluing;

static cx_status note(void *context, const engine_row *row)
{
	revaluing *self = context;
	self->rows++;
	self->last = row->id;
	if (crm__row_is(row, "state", "open") &&
	    !cx_slice_equal(crm__row_text(row, "currency"), self->base))
		self->ids[self->count++] = row->id;
	return CX_OK;
}

static cx_status find(revaluing *self, const crm_revaluation *what, engine_page *ret)
{
	CX_SCOPED(cx_buf_release) cx_buf filter = CX_BUF_INIT(256);
	cx_write_array(&filter, 3);
	cx_write_text(&filter, ">=");
	cx_write_text(&filter, "id");
	cx_write_int(&filter, what->from);
	const engine_query query = {
		.type = self->opportunities,
		.filter = cx_buf_slice(&filter),
		.limit = what->limit > 0 ? what->limit : CRM_SLICE_MAX,
		.by_id = true,
		.allow_scan = true,
	};
	cx_status status = cx_buf_status(&filter);
	return status == CX_OK ? engine_query_run(self->op.read, &query, note, self, ret,
	                                          self->op.error)
	                       : status;
}

/* The day as the time of which is told. */
static cx_status take_day(revaluing *self, const crm_revaluation *what)
{
	if (!what->has_day)
		return CX_OK;
	enum { DAY_MS = 24 * 60 * 60 * 1000 };
	engine_author *author = &self->op.change.author;
	int64_t today;
	cx_status status =
		crm__org_today(self->op.read, author->now_ms, &today, self->op.error);
	if (status != CX_OK || what->day == today)
		return status;
	if (what->day > today)
		return cx_fail_field(self->op.error, CX_CHECK, "on",
		                     "the rates of a day that is to come are not known");
	author->at_ms = author->now_ms - (today - what->day) * DAY_MS;
	if (author->at_ms <= 0)
		return cx_fail_field(self->op.error, CX_INVALID_ARGUMENT, "on",
		                     "the day lies before 1970");
	return CX_OK;
}

static cx_status revalue_one(revaluing *self, int64_t id, uint32_t *revalued)
{
	static const uint8_t nothing[] = { 0x80 }; /* an empty map */
	const cx_slice fields = { .data = nothing, .size = sizeof nothing };
	engine_outcome outcome;
	cx_status status = engine_update(self->op.write, self->opportunities, id, fields,
	                                 &self->op.change, &outcome, self->op.error);
	if (status == CX_OK)
		*revalued += outcome.affected > 0;
	return status;
}

static cx_status revalue(revaluing *self, const crm_revaluation *what, crm_revalued *ret)
{
	if (what->limit > CRM_SLICE_MAX)
		return cx_fail_field(self->op.error, CX_INVALID_ARGUMENT, "limit",
		                     "at most %d opportunities are looked at in one call",
		                     CRM_SLICE_MAX);
	engine_row org;
	cx_status status = crm__find_single(self->op.read, "org", &org, self->op.error);
	if (status == CX_NOT_FOUND) {
		self->base = CX_SLICE_LITERAL("CNY"); /* the schema's default */
		status = CX_OK;
	} else if (status == CX_OK) {
		self->base = crm__row_text(&org, "base_currency");
	}
	if (status == CX_OK)
		status = crm__type_find(self->op.read, "opportunity", &self->opportunities,
		                        self->op.error);
	if (status == CX_OK)
		status = take_day(self, what);
	engine_page page = { 0 };
	if (status == CX_OK)
		status = find(self, what, &page);
	uint32_t revalued = 0;
	for (size_t i = 0; i < self->count && status == CX_OK; i++)
		status = revalue_one(self, self->ids[i], &revalued);
	if (status == CX_OK)
		*ret = (crm_revalued){
			.looked = (uint32_t)self->count,
			.revalued = revalued,
			.next = page.reason == ENGINE_REASON_DONE ? 0 : self->last + 1,
		};
	return status;
}

cx_status crm_revalue(engine_write *write, const engine_author *author,
                      const crm_revaluation *what, crm_revalued *ret, cx_error *error)
{
	revaluing self = {
		.op = crm__operation_begin(write, author, CRM_CAUSE_REVALUE, error),
	};
	return crm__operation_end(&self.op, revalue(&self, what, ret));
}
