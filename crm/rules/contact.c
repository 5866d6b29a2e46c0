/* SPDX-License-Identifier: Apache-2.0 */
/* Contacts: a customer has one primary contact at most, the one that was made so last; their
 * numbers are read as those of the customer's country. */
#include "crm/crm.h"
#include "crm/rules/belongs.h"
#include "crm/rules/norms.h"
#include "crm/rules/rules.h"

enum {
	CUSTOMER,
	NAME,
	MOBILE,
	MOBILE_NORM,
	EMAIL,
	EMAIL_NORM,
	IS_PRIMARY,
	COUNTRY,
	OPPORTUNITY_CONTACT,
	OPPORTUNITY_CUSTOMER,
};
static const char *const fields[] = {
	[CUSTOMER] = "customer",
	[NAME] = "name",
	[MOBILE] = "mobile",
	[MOBILE_NORM] = "mobile_norm",
	[EMAIL] = "email",
	[EMAIL_NORM] = "email_norm",
	[IS_PRIMARY] = "is_primary",
	[COUNTRY] = "customer.country",
	[OPPORTUNITY_CONTACT] = "opportunity.contact",
	[OPPORTUNITY_CUSTOMER] = "opportunity.customer",
};

/* The contact of an opportunity is of the opportunity's customer. */
static const crm__referrer opportunity = { OPPORTUNITY_CONTACT, OPPORTUNITY_CUSTOMER };
static const crm__belongs belongs = {
	.customer = CUSTOMER,
	.names = fields,
	.referrers = &opportunity,
	.referrer_count = 1,
};

static cx_status normalise_mobile(engine_draft *draft, cx_error *error)
{
	engine_draft *customer;
	cx_slice country = { 0 };
	if (!engine_draft_is_changed(draft, MOBILE) &&
	    !engine_draft_is_changed(draft, CUSTOMER))
		return CX_OK;
	cx_status status = engine_draft_load(draft, COUNTRY, engine_draft_int(draft, CUSTOMER),
	                                     &customer, error);
	if (status == CX_OK)
		country = engine_draft_text(customer, COUNTRY);
	else if (status != CX_NOT_FOUND) /* that is told when it is written */
		return status;
	return crm__norms_phone(draft, MOBILE, country, MOBILE_NORM);
}

static cx_status before(engine_draft *draft, cx_error *error)
{
	if (engine_draft_event(draft) == ENGINE_DELETES)
		return CX_OK;
	cx_status status = crm__norms_not_blank(draft, NAME, "name", error);
	if (status == CX_OK)
		status = crm__belongs_keep(draft, &belongs, error);
	if (status == CX_OK)
		status = normalise_mobile(draft, error);
	if (status == CX_OK && engine_draft_is_changed(draft, EMAIL))
		status = crm__norms_email(draft, EMAIL, EMAIL_NORM);
	return status;
}

/* ---- one primary contact ---- */

typedef struct others {
	int64_t self;
	bool give_way; /* to another, or else the other gives way */
	bool found;
} others;

static cx_status visit(void *context, engine_draft *other, cx_error *error)
{
	others *self = context;
	if (engine_draft_id(other) == self->self || engine_draft_int(other, IS_PRIMARY) == 0)
		return CX_OK;
	self->found = true;
	if (self->give_way)
		return CX_OK;
	engine_draft_set_int(other, IS_PRIMARY, false);
	return engine_draft_save(other, error);
}

/* What comes back does not displace what was chosen meanwhile. */
static cx_status after(engine_draft *draft, cx_error *error)
{
	const engine_event event = engine_draft_event(draft);
	cx_status status = crm__belongs_back(draft, &belongs, error);
	if (status != CX_OK || event == ENGINE_DELETES ||
	    engine_draft_int(draft, IS_PRIMARY) == 0)
		return status;
	others self = { .self = engine_draft_id(draft), .give_way = event == ENGINE_UNDELETES };
	if (event == ENGINE_UPDATES && !engine_draft_is_changed(draft, IS_PRIMARY) &&
	    !engine_draft_is_changed(draft, CUSTOMER))
		return CX_OK;
	status = engine_draft_each(draft, CUSTOMER, engine_draft_int(draft, CUSTOMER), visit,
	                           &self, error);
	if (status != CX_OK || !self.give_way || !self.found)
		return status;
	engine_draft_set_int(draft, IS_PRIMARY, false);
	return engine_draft_save(draft, error);
}

const engine_rule crm__contact_rule = {
	.type = "contact",
	.fields = fields,
	.field_count = CX_COUNT_OF(fields),
	.before = before,
	.after = after,
};
