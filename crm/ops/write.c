/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/ops/write.h"

#include "base/msgpack.h"

cx_status crm__operation_end(crm__operation *self, cx_status status)
{
	if (status == CX_OK)
		return CX_OK;
	engine_write_rollback(self->write, self->mark);
	if (self->error != NULL && self->error->status != status)
		cx_fail(self->error, status, "%s", cx_status_text(status));
	return status;
}

cx_status crm__operation_load(crm__operation *self, const engine_type *type, int64_t id,
                              int64_t if_rev, engine_row *ret)
{
	cx_status status = engine_get(self->read, type, id, ret, self->error);
	if (status != CX_OK || if_rev <= 0)
		return status;
	const int64_t rev = crm__row_int(ret, "rev");
	if (rev == if_rev)
		return CX_OK;
	return cx_fail(self->error, CX_CONFLICT_REV,
	               "%s %lld has revision %lld, not %lld: read it again", type->name,
	               (long long)id, (long long)rev, (long long)if_rev);
}

cx_status crm__operation_set_int(crm__operation *self, const engine_type *type, int64_t id,
                                 const char *field, const int64_t *value, engine_outcome *ret)
{
	CX_SCOPED(cx_buf_release) cx_buf fields = CX_BUF_INIT(256);
	cx_write_map(&fields, 1);
	cx_write_text(&fields, field);
	if (value == NULL)
		cx_write_nil(&fields);
	else
		cx_write_int(&fields, *value);
	cx_status status = cx_buf_status(&fields);
	if (status != CX_OK)
		return status;
	return engine_update(self->write, type, id, cx_buf_slice(&fields), &self->change, ret,
	                     self->error);
}
