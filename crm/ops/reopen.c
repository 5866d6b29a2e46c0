/* SPDX-License-Identifier: Apache-2.0 */
/* What is closed is opened again: opportunities and service requests. */
#include "base/msgpack.h"
#include "crm/ops/write.h"

#include <string.h>

enum { FIELDS_BYTES_MAX = 2 * ENGINE_RECORD_BYTES_MAX };

typedef struct reopening {
	crm__operation op;
	const engine_type *type;
	engine_row row;
	cx_slice fields; /* given */
} reopening;

static cx_status answer_open(reopening *self, engine_outcome *ret)
{
	*ret = (engine_outcome){ .id = self->row.id,
		                 .rev = crm__row_int(&self->row, "rev"),
		                 .seq = crm__operation_seq(&self->op) };
	return CX_OK;
}

/* The fields given, and one more unless it is among them. */
static cx_status update_with(reopening *self, const char *field, cx_slice value,
                             engine_outcome *ret)
{
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(FIELDS_BYTES_MAX);
	uint32_t count;
	cx_slice given;
	const bool is_given = crm__map_find(self->fields, field, &given);
	cx_status status = crm__map_count(self->fields, &count, self->op.error);
	if (status != CX_OK)
		return status;
	cx_write_map(&out, count + !is_given);
	if (count > 0) {
		cx_reader pairs = cx_reader_of(self->fields);
		(void)cx_read_map(&pairs);
		cx_buf_append_slice(&out, pairs.rest);
	}
	if (!is_given) {
		cx_write_text(&out, field);
		cx_write_raw(&out, value);
	}
	status = cx_buf_status(&out);
	return status == CX_OK ? engine_update(self->op.write, self->type, self->row.id,
	                                       cx_buf_slice(&out), &self->op.change, ret,
	                                       self->op.error)
	                       : status;
}

/* ---- opportunities ---- */

static cx_status take_stage(void *context, const engine_row *row)
{
	*(int64_t *)context = crm__row_int(row, "stage");
	return CX_OK;
}

/* The open stage it was in last, by its history; 0 when that says nothing. */
static cx_status stage_before(reopening *self, int64_t *ret)
{
	*ret = 0;
	const engine_type *history = engine_schema_type(engine_read_schema(self->op.read),
	                                                CX_SLICE_LITERAL("stage_history"));
	if (history == NULL)
		return CX_OK;
	CX_SCOPED(cx_buf_release) cx_buf filter = CX_BUF_INIT(1024);
	cx_write_array(&filter, 3);
	cx_write_text(&filter, "and");
	cx_write_array(&filter, 3);
	cx_write_text(&filter, "=");
	cx_write_text(&filter, "opportunity");
	cx_write_int(&filter, self->row.id);
	cx_write_array(&filter, 3);
	cx_write_text(&filter, "=");
	cx_write_text(&filter, "state");
	cx_write_text(&filter, "open");
	const engine_query query = {
		.type = history,
		.filter = cx_buf_slice(&filter),
		.order = { { .field =
		                     engine_type_field(history, CX_SLICE_LITERAL("valid_from")),
		             .descending = true } },
		.order_count = 1,
		.limit = 1,
	};
	int64_t found = 0;
	engine_page page;
	cx_status status = cx_buf_status(&filter);
	if (status == CX_OK)
		status = engine_query_run(self->op.read, &query, take_stage, &found, &page,
		                          self->op.error);
	if (status == CX_OK)
		*ret = found;
	return status;
}

static cx_status take_id(void *context, const engine_row *row)
{
	*(int64_t *)context = row->id;
	return CX_OK;
}

/* The open stage that comes first in the order of stages. */
static cx_status first_stage(reopening *self, const engine_type *stages, int64_t *ret)
{
	CX_SCOPED(cx_buf_release) cx_buf filter = CX_BUF_INIT(256);
	cx_write_array(&filter, 3);
	cx_write_text(&filter, "=");
	cx_write_text(&filter, "kind");
	cx_write_text(&filter, "open");
	const engine_query query = {
		.type = stages,
		.filter = cx_buf_slice(&filter),
		.order = { { .field = engine_type_field(stages, CX_SLICE_LITERAL("seq")) } },
		.order_count = 1,
		.limit = 1,
		.allow_scan = true,
	};
	int64_t found = 0;
	engine_page page;
	cx_status status = cx_buf_status(&filter);
	if (status == CX_OK)
		status = engine_query_run(self->op.read, &query, take_id, &found, &page,
		                          self->op.error);
	if (status == CX_OK && found == 0)
		status =
			cx_fail(self->op.error, CX_CHECK, "there is no stage of the kind open");
	if (status == CX_OK)
		*ret = found;
	return status;
}

static cx_status is_open_stage(reopening *self, const engine_type *stages, int64_t id,
                               bool *ret)
{
	engine_row stage;
	cx_status status = engine_get(self->op.read, stages, id, &stage, self->op.error);
	if (status == CX_OK)
		*ret = crm__row_is(&stage, "kind", "open");
	return status;
}

static cx_status check_given_stage(reopening *self, const engine_type *stages, cx_slice value)
{
	cx_reader reader = cx_reader_of(value);
	const int64_t id = cx_read_int(&reader);
	bool open = false;
	if (reader.failed)
		return cx_fail_field(self->op.error, CX_TYPE, "stage",
		                     "stage: the id of a stage is expected");
	cx_status status = is_open_stage(self, stages, id, &open);
	if (status != CX_OK || open)
		return status;
	return cx_fail_field(self->op.error, CX_CHECK, "stage",
	                     "stage %lld is not an open one: an opportunity is opened again in "
	                     "an open stage",
	                     (long long)id);
}

static cx_status reopen_opportunity(reopening *self, engine_outcome *ret)
{
	const engine_type *stages;
	bool open = false;
	cx_slice given;
	cx_status status = crm__type_find(self->op.read, "stage", &stages, self->op.error);
	if (status == CX_OK)
		status = is_open_stage(self, stages, crm__row_int(&self->row, "stage"), &open);
	if (status != CX_OK)
		return status;
	if (open)
		return answer_open(self, ret);
	if (crm__map_find(self->fields, "stage", &given)) {
		status = check_given_stage(self, stages, given);
		return status == CX_OK ? update_with(self, "stage", given, ret) : status;
	}
	int64_t stage;
	status = stage_before(self, &stage);
	if (status == CX_OK && stage == 0)
		status = first_stage(self, stages, &stage);
	CX_SCOPED(cx_buf_release) cx_buf value = CX_BUF_INIT(16);
	cx_write_int(&value, stage);
	if (status == CX_OK)
		status = cx_buf_status(&value);
	return status == CX_OK ? update_with(self, "stage", cx_buf_slice(&value), ret) : status;
}

/* ---- service requests ---- */

static cx_status reopen_request(reopening *self, engine_outcome *ret)
{
	if (!crm__row_is(&self->row, "status", "resolved") &&
	    !crm__row_is(&self->row, "status", "closed"))
		return answer_open(self, ret);
	CX_SCOPED(cx_buf_release) cx_buf value = CX_BUF_INIT(32);
	cx_write_text(&value, "in_progress");
	cx_status status = cx_buf_status(&value);
	return status == CX_OK ? update_with(self, "status", cx_buf_slice(&value), ret)
	                       : status;
}

static cx_status reopen(reopening *self, int64_t id, int64_t if_rev, engine_outcome *ret)
{
	cx_status status = crm__operation_load(&self->op, self->type, id, if_rev, &self->row);
	if (status != CX_OK)
		return status;
	if (strcmp(self->type->name, "opportunity") == 0)
		return reopen_opportunity(self, ret);
	if (strcmp(self->type->name, "service_request") == 0)
		return reopen_request(self, ret);
	return cx_fail(self->op.error, CX_INVALID_ARGUMENT,
	               "%s records cannot be reopened: opportunities and service requests can",
	               self->type->name);
}

cx_status crm_reopen(engine_write *write, const engine_author *author, const engine_type *type,
                     int64_t id, cx_slice fields, int64_t if_rev, engine_outcome *ret,
                     cx_error *error)
{
	reopening self = {
		.op = crm__operation_begin(write, author, CRM_CAUSE_REOPEN, error),
		.type = type,
		.fields = fields,
	};
	return crm__operation_end(&self.op, reopen(&self, id, if_rev, ret));
}
