/* SPDX-License-Identifier: Apache-2.0 */
/* Two customers become one. */
#include "base/msgpack.h"
#include "crm/ops/merge_log.h"
#include "crm/ops/tier.h"

#include <string.h>

enum { VALUES_BYTES_MAX = 2 * ENGINE_RECORD_BYTES_MAX, PARENTS_MAX = 1000 };

typedef struct merging {
	crm__operation op;
	const crm_merge *what;
	const engine_type *customers;
	engine_change internal; /* references are moved and fields filled without rules */
	engine_row winner;      /* both as they were */
	engine_row loser;
	crm__merge_log log;
	int64_t parent; /* the winner gets; 0: keeps its own */
	bool clears_parent;
	uint32_t moved;
	uint32_t filled;
	uint32_t gone;
} merging;

/* ---- parents ---- */

/* Whether `above` is found on the way up from `id`, that included. */
static cx_status is_below(merging *self, int64_t id, int64_t above, bool *ret)
{
	*ret = false;
	for (int i = 0; id > 0 && i < PARENTS_MAX; i++) {
		if (id == above) {
			*ret = true;
			return CX_OK;
		}
		engine_row row;
		cx_status status =
			engine_get(self->op.read, self->customers, id, &row, self->op.error);
		if (status != CX_OK)
			return status;
		id = crm__row_int(&row, "parent");
	}
	return CX_OK;
}

/* No customer may come to stand above itself. */
static cx_status settle_parents(merging *self)
{
	const int64_t winner = self->what->winner, loser = self->what->loser;
	const int64_t over_winner = crm__row_int(&self->winner, "parent");
	const int64_t over_loser = crm__row_int(&self->loser, "parent");
	bool below = false;
	cx_status status = is_below(self, over_loser, winner, &below);
	if (status != CX_OK)
		return status;
	const int64_t inherited = below ? 0 : over_loser;
	if (over_winner == loser) {
		self->parent = inherited;
		self->clears_parent = inherited == 0;
		return CX_OK;
	}
	if (over_winner == 0) {
		self->parent = inherited;
		return CX_OK;
	}
	status = is_below(self, over_winner, loser, &below);
	if (status != CX_OK || !below)
		return status;
	return cx_fail_field(self->op.error, CX_CHECK, "parent",
	                     "customer %lld is below customer %lld with others between them: "
	                     "change its parent first",
	                     (long long)winner, (long long)loser);
}

/* ---- references ---- */

static cx_status set_reference(merging *self, const engine_type *type,
                               const engine_field *field, int64_t id, int64_t value)
{
	CX_SCOPED(cx_buf_release) cx_buf fields = CX_BUF_INIT(256);
	cx_write_map(&fields, 1);
	cx_write_text(&fields, field->name);
	if (field->kind == ENGINE_BOOL)
		cx_write_bool(&fields, value != 0);
	else
		cx_write_int(&fields, value);
	engine_outcome outcome;
	cx_status status = cx_buf_status(&fields);
	if (status == CX_OK)
		status = engine_update(self->op.write, type, id, cx_buf_slice(&fields),
		                       &self->internal, &outcome, self->op.error);
	return status;
}

/* The winner has its like. What only exists for the customer goes with the loser. */
static cx_status fail_taken(merging *self, const engine_referrer *referrer, int64_t id)
{
	cx_error *error = self->op.error;
	if (error == NULL)
		return CX_UNIQUE;
	const cx_error why = *error;
	cx_fail_field(error, CX_UNIQUE, referrer->field->name,
	              "%s %lld cannot be moved to customer %lld, which has its like: change "
	              "or delete one of them first (%s)",
	              referrer->source->name, (long long)id, (long long)self->what->winner,
	              why.index);
	memcpy(error->index, why.index, sizeof error->index);
	return CX_UNIQUE;
}

static cx_status move(void *context, const engine_referrer *referrer, int64_t id)
{
	merging *self = context;
	if (referrer->source == self->customers && id == self->what->winner &&
	    strcmp(referrer->field->name, "parent") == 0)
		return CX_OK; /* set with its other fields */
	cx_status status =
		set_reference(self, referrer->source, referrer->field, id, self->what->winner);
	if (status == CX_UNIQUE && referrer->field->on_delete == ENGINE_CASCADE)
		return CX_OK;
	if (status == CX_UNIQUE)
		return fail_taken(self, referrer, id);
	self->moved++;
	return status == CX_OK
	               ? crm__merge_log_note(&self->log, referrer->source, referrer->field, id)
	               : status;
}

static cx_status move_all(merging *self)
{
	size_t count;
	const engine_referrer *referrers =
		engine_referrers(self->op.read, self->customers, &count);
	cx_status status = CX_OK;
	for (size_t i = 0; i < count && status == CX_OK; i++)
		status = engine_referring_each(self->op.read, &referrers[i], self->what->loser,
		                               move, self);
	return status;
}

/* ---- one primary contact ---- */

typedef struct primaries {
	merging *merging;
	const engine_type *contacts;
	const engine_field *field;
	bool found;
	bool clears;
} primaries;

static cx_status look_at_contact(void *context, const engine_referrer *referrer, int64_t id)
{
	primaries *self = context;
	engine_row row;
	cx_status status = engine_get(self->merging->op.read, referrer->source, id, &row,
	                              self->merging->op.error);
	if (status != CX_OK || crm__row_int(&row, "is_primary") == 0)
		return status;
	self->found = true;
	if (!self->clears)
		return CX_OK;
	status = set_reference(self->merging, self->contacts, self->field, id, 0);
	return status == CX_OK ? crm__merge_log_note(&self->merging->log, self->contacts,
	                                             self->field, id)
	                       : status;
}

static cx_status each_contact(primaries *self, int64_t customer)
{
	size_t count;
	const engine_referrer *referrers =
		engine_referrers(self->merging->op.read, self->merging->customers, &count);
	cx_status status = CX_OK;
	for (size_t i = 0; i < count && status == CX_OK; i++)
		if (referrers[i].source == self->contacts)
			status = engine_referring_each(self->merging->op.read, &referrers[i],
			                               customer, look_at_contact, self);
	return status;
}

/* The winner's stands. */
static cx_status keep_one_primary(merging *self)
{
	primaries look = { .merging = self };
	cx_status status =
		crm__type_find(self->op.read, "contact", &look.contacts, self->op.error);
	if (status != CX_OK)
		return status;
	look.field = engine_type_field(look.contacts, CX_SLICE_LITERAL("is_primary"));
	if (look.field == NULL)
		return CX_OK;
	status = each_contact(&look, self->what->winner);
	if (status != CX_OK || !look.found)
		return status;
	look.clears = true;
	return each_contact(&look, self->what->loser);
}

/* ---- fields ---- */

/* Values that say as little as none. */
static const struct {
	const char *field;
	const char *label; /* NULL: the number 0 */
} as_good_as_empty[] = {
	{ "lifecycle", "prospect" },
	{ "potential_base", NULL },
};

static bool is_empty(const engine_row *row, const char *field)
{
	if (crm__row_is_null(row, field))
		return true;
	for (size_t i = 0; i < CX_COUNT_OF(as_good_as_empty); i++) {
		if (strcmp(as_good_as_empty[i].field, field) != 0)
			continue;
		const char *label = as_good_as_empty[i].label;
		return label != NULL ? crm__row_is(row, field, label)
		                     : crm__row_int(row, field) == 0;
	}
	return false;
}

static bool is_kept(const engine_field *field)
{
	return !field->dropped && field->rollup == NULL && !crm__tier_is(field) &&
	       (field->slot >= ENGINE_SYSTEM_SLOTS || field->slot == ENGINE_SLOT_EXT_ID);
}

/* What the rules make of another field goes with that one. */
static bool is_companion_of_own(const merging *self, const char *field)
{
	static const char *const companions[][2] = { { "name_norm", "name" },
		                                     { "phone_norm", "phone" },
		                                     { "email_norm", "email" } };
	for (size_t i = 0; i < CX_COUNT_OF(companions); i++)
		if (strcmp(companions[i][0], field) == 0)
			return !crm__row_is_null(&self->winner, companions[i][1]);
	return false;
}

static bool is_filled(const merging *self, const engine_field *field)
{
	if (field->target == self->customers &&
	    crm__row_int(&self->loser, field->name) == self->what->winner)
		return false;
	return is_kept(field) && strcmp(field->name, "parent") != 0 &&
	       !is_companion_of_own(self, field->name) &&
	       is_empty(&self->winner, field->name) && !is_empty(&self->loser, field->name);
}

static cx_status fill(merging *self)
{
	CX_SCOPED(cx_buf_release) cx_buf pairs = CX_BUF_INIT(VALUES_BYTES_MAX);
	CX_SCOPED(cx_buf_release) cx_buf fields = CX_BUF_INIT(VALUES_BYTES_MAX);
	uint32_t count = 0;
	for (uint16_t i = 0; i < self->customers->field_count; i++) {
		const engine_field *field = &self->customers->fields[i];
		if (!is_filled(self, field))
			continue;
		cx_write_text(&pairs, field->name);
		cx_write_raw(&pairs, crm__row_value(&self->loser, field->name));
		count++;
	}
	if (self->parent > 0 || self->clears_parent) {
		cx_write_text(&pairs, "parent");
		if (self->parent > 0)
			cx_write_int(&pairs, self->parent);
		else
			cx_write_nil(&pairs);
		count++;
	}
	cx_write_map(&fields, count);
	cx_buf_append_slice(&fields, cx_buf_slice(&pairs));
	engine_outcome outcome;
	cx_status status = cx_buf_status(&pairs);
	if (status == CX_OK)
		status = cx_buf_status(&fields);
	return status == CX_OK ? engine_update(self->op.write, self->customers,
	                                       self->what->winner, cx_buf_slice(&fields),
	                                       &self->internal, &outcome, self->op.error)
	                       : status;
}

static cx_status set_given(merging *self)
{
	if (self->what->fields.size == 0)
		return CX_OK;
	engine_outcome outcome;
	return engine_update(self->op.write, self->customers, self->what->winner,
	                     self->what->fields, &self->op.change, &outcome, self->op.error);
}

/* What of the winner has become another value, as two maps. */
static cx_status compare(merging *self, const engine_row *now, cx_buf *before, cx_buf *after)
{
	CX_SCOPED(cx_buf_release) cx_buf old = CX_BUF_INIT(VALUES_BYTES_MAX);
	CX_SCOPED(cx_buf_release) cx_buf new = CX_BUF_INIT(VALUES_BYTES_MAX);
	for (uint16_t i = 0; i < self->customers->field_count; i++) {
		const engine_field *field = &self->customers->fields[i];
		if (!is_kept(field))
			continue;
		const cx_slice was = crm__row_value(&self->winner, field->name);
		const cx_slice is = crm__row_value(now, field->name);
		if (cx_slice_equal(was, is))
			continue;
		cx_write_text(&old, field->name);
		cx_write_raw(&old, was);
		cx_write_text(&new, field->name);
		cx_write_raw(&new, is);
		self->filled++;
	}
	cx_write_map(before, self->filled);
	cx_buf_append_slice(before, cx_buf_slice(&old));
	cx_write_map(after, self->filled);
	cx_buf_append_slice(after, cx_buf_slice(&new));
	cx_status status = cx_buf_status(&old);
	if (status == CX_OK)
		status = cx_buf_status(&new);
	if (status == CX_OK)
		status = cx_buf_status(before);
	return status == CX_OK ? cx_buf_status(after) : status;
}

static cx_status write_log(merging *self, crm_merged *ret)
{
	CX_SCOPED(cx_buf_release) cx_buf before = CX_BUF_INIT(VALUES_BYTES_MAX);
	CX_SCOPED(cx_buf_release) cx_buf after = CX_BUF_INIT(VALUES_BYTES_MAX);
	engine_row now;
	cx_status status = engine_get(self->op.read, self->customers, self->what->winner, &now,
	                              self->op.error);
	if (status == CX_OK)
		status = compare(self, &now, &before, &after);
	if (status == CX_OK)
		status = crm__merge_log_finish(&self->log, cx_buf_slice(&before),
		                               cx_buf_slice(&after));
	if (status == CX_OK)
		*ret = (crm_merged){ .merge = self->log.id,
			             .rev = crm__row_int(&now, "rev"),
			             .seq = crm__operation_seq(&self->op),
			             .moved = self->moved,
			             .filled = self->filled,
			             .gone = self->gone };
	return status;
}

/* ---- the whole ---- */

static cx_status delete_loser(merging *self)
{
	engine_outcome outcome;
	cx_status status = engine_delete(self->op.write, self->customers, self->what->loser,
	                                 &self->internal, &outcome, self->op.error);
	if (status == CX_OK)
		self->gone = outcome.affected;
	return status;
}

/* One that was merged before, brought back by a plain undelete, and is merged again: what there
 * was to take back is gone. */
static cx_status forget_earlier(merging *self)
{
	engine_row earlier;
	cx_status status =
		crm__merge_log_find(self->op.read, self->what->loser, &earlier, self->op.error);
	if (status == CX_NOT_FOUND)
		return CX_OK;
	if (status != CX_OK)
		return status;
	self->log.id = earlier.id;
	return crm__merge_log_erase(&self->log);
}

static cx_status merge_now(merging *self, crm_merged *ret)
{
	cx_status status = settle_parents(self);
	if (status == CX_OK)
		status = forget_earlier(self);
	if (status == CX_OK)
		status = crm__merge_log_create(&self->log, self->what->loser,
		                               self->what->winner);
	if (status == CX_OK)
		status = keep_one_primary(self);
	if (status == CX_OK)
		status = move_all(self);
	if (status == CX_OK) /* what only one may have, such as its tax id, is free then */
		status = delete_loser(self);
	if (status == CX_OK)
		status = fill(self);
	if (status == CX_OK) /* the loser's assessment may be the newer one */
		status = crm__tier_settle(&self->op, self->customers, self->what->winner);
	if (status == CX_OK)
		status = set_given(self);
	return status == CX_OK ? write_log(self, ret) : status;
}

/* The same merge came before. */
static cx_status answer_again(merging *self, crm_merged *ret)
{
	engine_row merge;
	cx_status status =
		crm__merge_log_find(self->op.read, self->what->loser, &merge, self->op.error);
	if (status != CX_OK || crm__row_int(&merge, "winner") != self->what->winner)
		return engine_get(self->op.read, self->customers, self->what->loser,
		                  &self->loser, self->op.error);
	*ret = (crm_merged){ .merge = merge.id,
		             .rev = crm__row_int(&self->winner, "rev"),
		             .seq = crm__operation_seq(&self->op) };
	return CX_OK;
}

static cx_status merge(merging *self, crm_merged *ret)
{
	if (self->what->winner == self->what->loser)
		return cx_fail(self->op.error, CX_INVALID_ARGUMENT,
		               "customer %lld cannot be merged into itself",
		               (long long)self->what->winner);
	cx_status status =
		crm__type_find(self->op.read, "customer", &self->customers, self->op.error);
	if (status == CX_OK)
		status = crm__merge_log_init(&self->log, &self->op);
	if (status == CX_OK)
		status = crm__operation_load(&self->op, self->customers, self->what->winner, 0,
		                             &self->winner);
	if (status != CX_OK)
		return status;
	status = crm__operation_load(&self->op, self->customers, self->what->loser, 0,
	                             &self->loser);
	if (status == CX_NOT_FOUND)
		return answer_again(self, ret);
	return status == CX_OK ? merge_now(self, ret) : status;
}

cx_status crm_merge_customers(engine_write *write, const engine_author *author,
                              const crm_merge *what, crm_merged *ret, cx_error *error)
{
	merging self = {
		.op = crm__operation_begin(write, author, CRM_CAUSE_MERGE, error),
		.what = what,
	};
	self.internal = self.op.change;
	self.internal.internal = true;
	cx_status status = crm__operation_end(&self.op, merge(&self, ret));
	crm__merge_log_release(&self.log);
	return status;
}
