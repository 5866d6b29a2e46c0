/* SPDX-License-Identifier: Apache-2.0 */
/* Another owner for many records, and nothing else of them. */
#include "base/msgpack.h"
#include "crm/ops/write.h"

#include <string.h>

typedef struct transferring {
	crm__operation op;
	const crm_transfer *what;
	size_t left; /* of the limit */
	crm_transferred *done;
	int64_t page[CRM_SLICE_MAX]; /* ids of one query */
	size_t count;
} transferring;

static const engine_field *owner_of(const engine_type *type)
{
	const engine_field *field = engine_type_field(type, CX_SLICE_LITERAL("owner"));
	const bool is_user = field != NULL && field->kind == ENGINE_REF &&
	                     strcmp(field->target->name, "user") == 0;
	return is_user ? field : NULL;
}

static cx_status check_user(transferring *self, int64_t id, bool must_be_active)
{
	const engine_type *users;
	engine_row user;
	cx_status status = crm__type_find(self->op.read, "user", &users, self->op.error);
	if (status == CX_OK)
		status = engine_get(self->op.read, users, id, &user, self->op.error);
	if (status != CX_OK || !must_be_active || crm__row_int(&user, "active") != 0)
		return status;
	return cx_fail_field(self->op.error, CX_CHECK, "to",
	                     "user %lld is not active: records go to someone who works here",
	                     (long long)id);
}

static cx_status check_types(transferring *self)
{
	for (size_t i = 0; i < self->what->type_count; i++)
		if (owner_of(self->what->types[i]) == NULL)
			return cx_fail_field(self->op.error, CX_INVALID_ARGUMENT, "types",
			                     "%s records have no owner to transfer",
			                     self->what->types[i]->name);
	return CX_OK;
}

static cx_status check(transferring *self)
{
	const crm_transfer *what = self->what;
	if ((what->from > 0) == (what->id_count > 0))
		return cx_fail(self->op.error, CX_INVALID_ARGUMENT,
		               "either ids of records or a user whose records are meant");
	if (what->id_count > 0 && what->type_count != 1)
		return cx_fail_field(self->op.error, CX_INVALID_ARGUMENT, "types",
		                     "ids are of one type: name it");
	if (what->id_count > CRM_SLICE_MAX)
		return cx_fail_field(self->op.error, CX_TOO_LARGE, "ids",
		                     "at most %d records are transferred at once",
		                     CRM_SLICE_MAX);
	if (what->limit > CRM_SLICE_MAX)
		return cx_fail_field(self->op.error, CX_INVALID_ARGUMENT, "limit",
		                     "at most %d records are transferred at once",
		                     CRM_SLICE_MAX);
	if (what->filter.size > 0 && (what->from <= 0 || what->type_count != 1))
		return cx_fail_field(self->op.error, CX_INVALID_ARGUMENT, "filter",
		                     "a filter is for the records of one user and one type");
	if (what->from == what->to)
		return cx_fail_field(self->op.error, CX_INVALID_ARGUMENT, "to",
		                     "user %lld has these records already",
		                     (long long)what->to);
	cx_status status = check_types(self);
	if (status == CX_OK)
		status = check_user(self, what->to, true);
	if (status == CX_OK && what->from > 0)
		status = check_user(self, what->from, false);
	return status;
}

static cx_status give(transferring *self, const engine_type *type, int64_t id)
{
	engine_outcome outcome;
	cx_status status =
		crm__operation_set_int(&self->op, type, id, "owner", &self->what->to, &outcome);
	if (status == CX_OK && outcome.affected > 0) {
		self->done->counts[type->number]++;
		self->done->total++;
	}
	return status;
}

static cx_status give_listed(transferring *self)
{
	cx_status status = CX_OK;
	for (size_t i = 0; i < self->what->id_count && status == CX_OK; i++)
		status = give(self, self->what->types[0], self->what->ids[i]);
	return status;
}

/* ---- all of a user ---- */

static void write_filter(const transferring *self, cx_buf *out)
{
	const bool more = self->what->filter.size > 0;
	if (more) {
		cx_write_array(out, 3);
		cx_write_text(out, "and");
	}
	cx_write_array(out, 3);
	cx_write_text(out, "=");
	cx_write_text(out, "owner");
	cx_write_int(out, self->what->from);
	if (more)
		cx_write_raw(out, self->what->filter);
}

static cx_status note_id(void *context, const engine_row *row)
{
	transferring *self = context;
	self->page[self->count++] = row->id;
	return CX_OK;
}

/* Those of one type, as many as the limit leaves. They leave the index of their owner, so the
 * next call begins where this one ends. */
static cx_status give_all_of(transferring *self, const engine_type *type)
{
	CX_SCOPED(cx_buf_release) cx_buf filter = CX_BUF_INIT(ENGINE_RECORD_BYTES_MAX);
	write_filter(self, &filter);
	const uint16_t only = ENGINE_SLOT_ID;
	const engine_query query = {
		.type = type,
		.filter = cx_buf_slice(&filter),
		.limit = self->left,
		.only = &only,
		.only_count = 1,
		.allow_scan = true,
	};
	engine_page page;
	self->count = 0;
	cx_status status = cx_buf_status(&filter);
	if (status == CX_OK)
		status = engine_query_run(self->op.read, &query, note_id, self, &page,
		                          self->op.error);
	for (size_t i = 0; i < self->count && status == CX_OK; i++)
		status = give(self, type, self->page[i]);
	self->left -= self->count;
	self->done->more = status == CX_OK && page.reason != ENGINE_REASON_DONE;
	return status;
}

static cx_status give_all(transferring *self)
{
	const engine_schema *schema = engine_read_schema(self->op.read);
	const bool named = self->what->type_count > 0;
	const size_t count = named ? self->what->type_count : schema->type_count;
	cx_status status = CX_OK;
	for (size_t i = 0; i < count && status == CX_OK; i++) {
		const engine_type *type = named ? self->what->types[i] : &schema->types[i];
		if (owner_of(type) == NULL || type->readonly)
			continue;
		if (self->left == 0) { /* there may be some of the others */
			self->done->more = true;
			return CX_OK;
		}
		status = give_all_of(self, type);
		if (self->done->more)
			return status;
	}
	return status;
}

static cx_status transfer(transferring *self)
{
	cx_status status = check(self);
	if (status != CX_OK)
		return status;
	return self->what->id_count > 0 ? give_listed(self) : give_all(self);
}

cx_status crm_transfer_owner(engine_write *write, const engine_author *author,
                             const crm_transfer *what, crm_transferred *ret, cx_error *error)
{
	crm_transferred done = { 0 };
	transferring self = {
		.op = crm__operation_begin(write, author, CRM_CAUSE_NONE, error),
		.what = what,
		.left = what->limit > 0 ? what->limit : CRM_SLICE_MAX,
		.done = &done,
	};
	cx_status status = crm__operation_end(&self.op, transfer(&self));
	if (status == CX_OK)
		*ret = done;
	return status;
}
