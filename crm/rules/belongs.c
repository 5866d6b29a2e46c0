/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/rules/belongs.h"

#include "crm/crm.h"

static cx_status check(engine_draft *draft, int64_t customer, const crm__belonging *item,
                       const char *name, cx_error *error)
{
	engine_draft *other;
	const int64_t id = engine_draft_int(draft, item->reference);
	cx_status status = engine_draft_load(draft, item->customer, id, &other, error);
	if (status != CX_OK) /* that it does not exist is told when the record is written */
		return status == CX_NOT_FOUND ? CX_OK : status;
	const int64_t theirs = engine_draft_int(other, item->customer);
	if (theirs == customer)
		return CX_OK;
	return cx_fail_field(error, CX_CHECK, name,
	                     "%s %lld belongs to customer %lld, not to customer %lld",
	                     engine_draft_type(other)->name, (long long)id, (long long)theirs,
	                     (long long)customer);
}

static bool is_merging(const engine_draft *draft)
{
	return engine_draft_change(draft)->cause == CRM_CAUSE_MERGE;
}

cx_status crm__belongs_check(engine_draft *draft, const crm__belongs *self, cx_error *error)
{
	if (is_merging(draft))
		return CX_OK;
	const bool moved = engine_draft_is_changed(draft, self->customer);
	cx_status status = CX_OK;
	for (size_t i = 0; i < self->item_count && status == CX_OK; i++) {
		const unsigned field = self->items[i].reference;
		if (engine_draft_is_null(draft, field) ||
		    !(moved || engine_draft_is_changed(draft, field)))
			continue;
		status = check(draft, engine_draft_int(draft, self->customer), &self->items[i],
		               self->names[field], error);
	}
	return status;
}

typedef struct keeping {
	const engine_draft *draft;
	int64_t customer;
	unsigned of_referrer;
} keeping;

static cx_status check_referrer(void *context, engine_draft *found, cx_error *error)
{
	const keeping *self = context;
	const int64_t theirs = engine_draft_int(found, self->of_referrer);
	if (theirs == self->customer)
		return CX_OK;
	return cx_fail_field(error, CX_CHECK, "customer",
	                     "%s %lld refers to %s %lld and belongs to customer %lld, not to "
	                     "customer %lld: change that one first",
	                     engine_draft_type(found)->name, (long long)engine_draft_id(found),
	                     engine_draft_type(self->draft)->name,
	                     (long long)engine_draft_id(self->draft), (long long)theirs,
	                     (long long)self->customer);
}

static cx_status check_referrers(engine_draft *draft, const crm__belongs *self, cx_error *error)
{
	cx_status status = CX_OK;
	for (size_t i = 0; i < self->referrer_count && status == CX_OK; i++) {
		keeping kept = { .draft = draft,
			         .customer = engine_draft_int(draft, self->customer),
			         .of_referrer = self->referrers[i].customer };
		status =
			engine_draft_each(draft, self->referrers[i].reference,
		                          engine_draft_id(draft), check_referrer, &kept, error);
	}
	return status;
}

cx_status crm__belongs_keep(engine_draft *draft, const crm__belongs *self, cx_error *error)
{
	const bool moves = engine_draft_event(draft) == ENGINE_UPDATES &&
	                   engine_draft_is_changed(draft, self->customer);
	return moves && !is_merging(draft) ? check_referrers(draft, self, error) : CX_OK;
}

cx_status crm__belongs_back(engine_draft *draft, const crm__belongs *self, cx_error *error)
{
	if (engine_draft_event(draft) != ENGINE_UNDELETES || is_merging(draft))
		return CX_OK;
	cx_status status = CX_OK;
	for (size_t i = 0; i < self->item_count && status == CX_OK; i++) {
		const crm__belonging *item = &self->items[i];
		if (!item->may_leave && !engine_draft_is_null(draft, item->reference))
			status = check(draft, engine_draft_int(draft, self->customer), item,
			               self->names[item->reference], error);
	}
	return status == CX_OK ? check_referrers(draft, self, error) : status;
}
