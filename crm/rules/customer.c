/* SPDX-License-Identifier: Apache-2.0 */
/* Customers: what they are found by is kept normalised, nobody is above itself, and by hand
 * one can only be given up: what they buy says how they stand otherwise. */
#include "base/msgpack.h"
#include "crm/crm.h"
#include "crm/norm/credit_code.h"
#include "crm/rules/moves.h"
#include "crm/rules/newest.h"
#include "crm/rules/norms.h"
#include "crm/rules/rules.h"

enum {
	NAME,
	NAME_NORM,
	LIFECYCLE,
	TAX_ID,
	PHONE,
	PHONE_NORM,
	EMAIL,
	EMAIL_NORM,
	COUNTRY,
	PARENT,
	TIER,
	CONTACT_CUSTOMER,
	CONTACT_MOBILE,
	CONTACT_MOBILE_NORM,
	GRADED_TIER,
};
static const char *const fields[] = {
	[NAME] = "name",
	[NAME_NORM] = "name_norm",
	[LIFECYCLE] = "lifecycle",
	[TAX_ID] = "tax_id",
	[PHONE] = "phone",
	[PHONE_NORM] = "phone_norm",
	[EMAIL] = "email",
	[EMAIL_NORM] = "email_norm",
	[COUNTRY] = "country",
	[PARENT] = "parent",
	[TIER] = "tier",
	[CONTACT_CUSTOMER] = "contact.customer",
	[CONTACT_MOBILE] = "contact.mobile",
	[CONTACT_MOBILE_NORM] = "contact.mobile_norm",
	[GRADED_TIER] = "customer_tier.tier",
};

/* The highest tree of customers; more is a mistake, or a chain that somebody plays with. */
enum { HEIGHT_MAX = 64 };

static const crm__move moves[] = {
	{ "", "prospect" },     { "", "active" },     { "", "dormant" },     { "", "lost" },
	{ "prospect", "lost" }, { "active", "lost" }, { "dormant", "lost" },
};

/* The grading run and a merge set it by what they know. */
static cx_status check_lifecycle(const engine_draft *draft, cx_error *error)
{
	const crm__moves table = { moves, CX_COUNT_OF(moves) };
	if (engine_draft_change(draft)->cause != CRM_CAUSE_NONE)
		return CX_OK;
	cx_status status = crm__moves_check(&table, draft, LIFECYCLE, "lifecycle", error);
	if (status == CX_CHECK && engine_draft_is(draft, LIFECYCLE, "active"))
		return cx_fail_field(
			error, CX_CHECK, "lifecycle",
			"customer %lld becomes active by its next confirmed order, "
			"not by hand",
			(long long)engine_draft_id(draft));
	return status;
}

static cx_status check_parent(engine_draft *draft, const char *instead, cx_error *error)
{
	const int64_t self = engine_draft_id(draft);
	int64_t above = engine_draft_int(draft, PARENT);
	for (int height = 1; above != 0; height++) {
		if (above == self || height >= HEIGHT_MAX)
			return cx_fail_field(
				error, CX_CHECK, "parent",
				above == self ? "customer %lld would be above itself: %s"
					      : "customer %lld has too many above it: %s",
				(long long)self, instead);
		engine_draft *parent;
		cx_status status = engine_draft_load(draft, PARENT, above, &parent, error);
		if (status != CX_OK) /* told when it is written */
			return status == CX_NOT_FOUND ? CX_OK : status;
		above = engine_draft_int(parent, PARENT);
	}
	return CX_OK;
}

/* ISO 3166-1, in capital letters. */
static cx_status set_country(engine_draft *draft, cx_error *error)
{
	if (engine_draft_is_null(draft, COUNTRY) || !engine_draft_is_changed(draft, COUNTRY))
		return CX_OK;
	const cx_slice given = engine_draft_text(draft, COUNTRY);
	uint8_t code[2] = { 0 };
	bool good = given.size == sizeof code;
	for (size_t i = 0; i < sizeof code && good; i++) {
		const uint8_t letter = given.data[i];
		code[i] =
			letter >= 'a' && letter <= 'z' ? (uint8_t)(letter - 'a' + 'A') : letter;
		good = code[i] >= 'A' && code[i] <= 'Z';
	}
	if (!good)
		return cx_fail_field(error, CX_CHECK, "country",
		                     "a country is two letters, such as CN");
	return engine_draft_set_text(draft, COUNTRY,
	                             (cx_slice){ .data = code, .size = sizeof code });
}

static cx_status set_tax_id(engine_draft *draft, cx_error *error)
{
	if (engine_draft_is_null(draft, TAX_ID) || !engine_draft_is_changed(draft, TAX_ID))
		return CX_OK;
	cx_status status = crm__norms_tax_id(draft, TAX_ID, TAX_ID);
	return status == CX_OK ? crm__credit_code_check(engine_draft_text(draft, TAX_ID), error)
	                       : status;
}

static cx_status normalise(engine_draft *draft)
{
	cx_status status = CX_OK;
	if (engine_draft_is_changed(draft, NAME))
		status = crm__norms_name(draft, NAME, NAME_NORM);
	if (status == CX_OK && engine_draft_is_changed(draft, EMAIL))
		status = crm__norms_email(draft, EMAIL, EMAIL_NORM);
	if (status == CX_OK &&
	    (engine_draft_is_changed(draft, PHONE) || engine_draft_is_changed(draft, COUNTRY)))
		status = crm__norms_phone(draft, PHONE, engine_draft_text(draft, COUNTRY),
		                          PHONE_NORM);
	return status;
}

static cx_status before(engine_draft *draft, cx_error *error)
{
	if (engine_draft_event(draft) == ENGINE_DELETES)
		return CX_OK;
	cx_status status = crm__norms_not_blank(draft, NAME, "name", error);
	if (status == CX_OK)
		status = check_lifecycle(draft, error);
	if (status == CX_OK && engine_draft_is_changed(draft, PARENT))
		status = check_parent(draft, "choose a parent that is not below it", error);
	if (status == CX_OK)
		status = set_country(draft, error);
	if (status == CX_OK)
		status = set_tax_id(draft, error);
	return status == CX_OK ? normalise(draft) : status;
}

static cx_status renumber(void *context, engine_draft *contact, cx_error *error)
{
	const engine_draft *customer = context;
	cx_status status =
		crm__norms_phone(contact, CONTACT_MOBILE, engine_draft_text(customer, COUNTRY),
	                         CONTACT_MOBILE_NORM);
	return status == CX_OK ? engine_draft_save(contact, error) : status;
}

/* The gradings of one that comes back may have gone to another customer, with a merge. */
static cx_status take_tier(engine_draft *draft, cx_error *error)
{
	CX_SCOPED(cx_buf_release) cx_buf filter = CX_BUF_INIT(64);
	cx_write_array(&filter, 3);
	cx_write_text(&filter, "=");
	cx_write_text(&filter, "customer");
	cx_write_int(&filter, engine_draft_id(draft));
	const crm__newest what = { .type = "customer_tier",
		                   .filter = cx_buf_slice(&filter),
		                   .by = "as_of" };
	int64_t id = 0;
	engine_draft *newest = NULL;
	cx_status status = cx_buf_status(&filter);
	if (status == CX_OK)
		status = crm__newest_find(draft, &what, &id, error);
	if (status == CX_OK && id != 0)
		status = engine_draft_load(draft, GRADED_TIER, id, &newest, error);
	if (status != CX_OK)
		return status;
	engine_draft_set_label(draft, TIER,
	                       newest == NULL ? "unrated"
	                                      : engine_draft_label(newest, GRADED_TIER));
	return engine_draft_save(draft, error);
}

/* One that comes back is the parent again of those it was of, and may be below one of them by
 * now. */
static cx_status come_back(engine_draft *draft, cx_error *error)
{
	cx_status status =
		check_parent(draft, "change the parent of one of those first", error);
	return status == CX_OK ? take_tier(draft, error) : status;
}

/* Numbers of contacts are read as those of the customer's country. */
static cx_status after(engine_draft *draft, cx_error *error)
{
	if (engine_draft_event(draft) == ENGINE_UNDELETES)
		return come_back(draft, error);
	if (engine_draft_event(draft) != ENGINE_UPDATES ||
	    !engine_draft_is_changed(draft, COUNTRY))
		return CX_OK;
	return engine_draft_each(draft, CONTACT_CUSTOMER, engine_draft_id(draft), renumber,
	                         draft, error);
}

const engine_rule crm__customer_rule = {
	.type = "customer",
	.fields = fields,
	.field_count = CX_COUNT_OF(fields),
	.before = before,
	.after = after,
};
