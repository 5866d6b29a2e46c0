/* SPDX-License-Identifier: Apache-2.0 */
/* Customers that may be one: by tax id, and by the normal forms of name, telephone and e-mail
 * that rules keep on customers and contacts. */
#include "base/clock.h"
#include "base/msgpack.h"
#include "base/text.h"
#include "crm/norm/credit_code.h"
#include "crm/norm/email.h"
#include "crm/norm/name.h"
#include "crm/norm/phone.h"
#include "crm/operations.h"
#include "crm/ops/record.h"

#include <string.h>

enum {
	TEXT_BYTES_MAX = 800, /* of a given field */
	KEY_BYTES_MAX = 4096,
	/* Customers of one likeness that are looked at: a number that very many have says
	 * nothing of any. */
	ALIKE_MAX = 50,
};

#define NAME_OF(name, text, weight) text,
static const char *const names[] = { CRM_LIKENESSES(NAME_OF) };
#define WEIGHT_OF(name, text, weight) weight,
static const unsigned weights[] = { CRM_LIKENESSES(WEIGHT_OF) };

/* Where each is found. */
static const struct {
	const char *type;
	const char *field;
} places[CRM_LIKENESS_COUNT] = {
	[CRM_LIKE_TAX_ID] = { "customer", "tax_id" },
	[CRM_LIKE_NAME] = { "customer", "name_norm" },
	[CRM_LIKE_PHONE] = { "customer", "phone_norm" },
	[CRM_LIKE_EMAIL] = { "customer", "email_norm" },
	[CRM_LIKE_CONTACT_MOBILE] = { "contact", "mobile_norm" },
	[CRM_LIKE_CONTACT_EMAIL] = { "contact", "email_norm" },
};

const char *crm_likeness_name(crm_likeness likeness)
{
	return names[likeness];
}

/* What is looked for: one text of each likeness, empty = none. */
typedef struct keys {
	cx_slice of[CRM_LIKENESS_COUNT];
} keys;

typedef struct looking {
	engine_read *read;
	int64_t but;
	int64_t behind; /* only ids above it */
	crm_likeness likeness;
	crm_candidates *found;
	cx_error *error;
} looking;

static crm_candidate *candidate_of(crm_candidates *found, int64_t customer)
{
	for (size_t i = 0; i < found->count; i++)
		if (found->items[i].customer == customer)
			return &found->items[i];
	if (found->count == CRM_CANDIDATES_MAX)
		return NULL;
	crm_candidate *new = &found->items[found->count++];
	*new = (crm_candidate){ .customer = customer };
	return new;
}

static cx_status take(void *context, const engine_row *row)
{
	looking *self = context;
	const bool is_contact = strcmp(row->type->name, "contact") == 0;
	const int64_t customer = is_contact ? crm__row_int(row, "customer") : row->id;
	if (customer == self->but || customer <= self->behind)
		return CX_OK;
	crm_candidate *found = candidate_of(self->found, customer);
	if (found == NULL)
		return CX_OK;
	if (is_contact && found->contact == 0)
		found->contact = row->id;
	if ((found->why & 1u << self->likeness) == 0)
		found->weight += weights[self->likeness];
	found->why |= 1u << self->likeness;
	return CX_OK;
}

static void write_filter(const looking *self, const char *field, cx_slice key, bool by_id,
                         cx_buf *out)
{
	if (by_id) {
		cx_write_array(out, 3);
		cx_write_text(out, "and");
	}
	cx_write_array(out, 3);
	cx_write_text(out, "=");
	cx_write_text(out, field);
	cx_write_str(out, key);
	if (by_id) {
		cx_write_array(out, 3);
		cx_write_text(out, ">");
		cx_write_text(out, "id");
		cx_write_int(out, self->behind);
	}
}

static cx_status look_up(looking *self, cx_slice key)
{
	const char *type_name = places[self->likeness].type;
	const char *field_name = places[self->likeness].field;
	const engine_type *type;
	cx_status status = crm__type_find(self->read, type_name, &type, self->error);
	if (status != CX_OK)
		return status;
	const engine_field *field = engine_type_field(type, cx_slice_of(field_name));
	if (field == NULL)
		return cx_fail(self->error, CX_NO_FIELD, "%s has no field %s", type_name,
		               field_name);
	CX_SCOPED(cx_buf_release) cx_buf filter = CX_BUF_INIT(2 * KEY_BYTES_MAX);
	const bool by_id = self->behind > 0 && strcmp(type_name, "customer") == 0;
	write_filter(self, field_name, cx_text_head(key, field->length_max), by_id, &filter);
	const engine_query query = { .type = type,
		                     .filter = cx_buf_slice(&filter),
		                     .limit = ALIKE_MAX };
	engine_page page;
	status = cx_buf_status(&filter);
	return status == CX_OK
	               ? engine_query_run(self->read, &query, take, self, &page, self->error)
	               : status;
}

static bool comes_before(const crm_candidate *a, const crm_candidate *b)
{
	return a->weight != b->weight ? a->weight > b->weight : a->customer < b->customer;
}

static void sort(crm_candidates *found)
{
	for (size_t i = 1; i < found->count; i++) {
		const crm_candidate moved = found->items[i];
		size_t at = i;
		for (; at > 0 && comes_before(&moved, &found->items[at - 1]); at--)
			found->items[at] = found->items[at - 1];
		found->items[at] = moved;
	}
}

static cx_status look_up_all(looking self, const keys *wanted, crm_candidates *ret)
{
	ret->count = 0;
	self.found = ret;
	for (unsigned i = 0; i < CRM_LIKENESS_COUNT; i++) {
		if (wanted->of[i].size == 0)
			continue;
		self.likeness = (crm_likeness)i;
		cx_status status = look_up(&self, wanted->of[i]);
		if (status != CX_OK)
			return status;
	}
	sort(ret);
	return CX_OK;
}

/* ---- given fields ---- */

/* Text made normal, each at a place of its own in `room`. */
typedef struct forms {
	cx_buf tax_id, name, phone, email, mobile;
} forms;

static void forms_release(forms *self)
{
	cx_buf_release(&self->tax_id);
	cx_buf_release(&self->name);
	cx_buf_release(&self->phone);
	cx_buf_release(&self->email);
	cx_buf_release(&self->mobile);
}

static cx_status text_of(cx_slice fields, const char *name, cx_slice *ret, cx_error *error)
{
	cx_slice value;
	*ret = (cx_slice){ 0 };
	if (!crm__map_find(fields, name, &value))
		return CX_OK;
	cx_reader reader = cx_reader_of(value);
	if (cx_read_if_nil(&reader))
		return CX_OK;
	*ret = cx_read_str(&reader);
	if (reader.failed || !cx_text_is_utf8(*ret, NULL))
		return cx_fail_field(error, CX_TYPE, name, "%s: text is expected", name);
	if (ret->size > TEXT_BYTES_MAX)
		return cx_fail_field(error, CX_TOO_LONG, name,
		                     "%s: at most %d bytes are looked for", name,
		                     TEXT_BYTES_MAX);
	return CX_OK;
}

typedef cx_status normal_form(cx_slice text, cx_buf *out);

static cx_status make(cx_slice fields, const char *name, normal_form *form, cx_buf *out,
                      cx_error *error)
{
	cx_slice text;
	cx_status status = text_of(fields, name, &text, error);
	return status == CX_OK && text.size > 0 ? form(text, out) : status;
}

static cx_status make_phone(cx_slice fields, const char *name, cx_buf *out, cx_error *error)
{
	cx_slice text, country;
	cx_status status = text_of(fields, name, &text, error);
	if (status == CX_OK)
		status = text_of(fields, "country", &country, error);
	if (status != CX_OK || text.size == 0)
		return status;
	if (country.size == 0)
		country = CX_SLICE_LITERAL("CN");
	uint8_t code[2]; /* in capitals, as customers have it */
	for (size_t i = 0; i < sizeof code && country.size == sizeof code; i++) {
		const uint8_t letter = country.data[i];
		code[i] =
			letter >= 'a' && letter <= 'z' ? (uint8_t)(letter - 'a' + 'A') : letter;
	}
	if (country.size == sizeof code)
		country.data = code;
	return crm__norm_phone(text, country, out);
}

static cx_status make_forms(cx_slice fields, forms *ret, cx_error *error)
{
	cx_status status = make(fields, "tax_id", crm__norm_tax_id, &ret->tax_id, error);
	if (status == CX_OK)
		status = make(fields, "name", crm__norm_name, &ret->name, error);
	if (status == CX_OK)
		status = make(fields, "email", crm__norm_email, &ret->email, error);
	if (status == CX_OK)
		status = make_phone(fields, "phone", &ret->phone, error);
	return status == CX_OK ? make_phone(fields, "mobile", &ret->mobile, error) : status;
}

cx_status crm_duplicates_of(engine_read *read, cx_slice fields, int64_t but,
                            crm_candidates *ret, cx_error *error)
{
	CX_SCOPED(forms_release)
	forms made = { CX_BUF_INIT(KEY_BYTES_MAX), CX_BUF_INIT(KEY_BYTES_MAX),
		       CX_BUF_INIT(KEY_BYTES_MAX), CX_BUF_INIT(KEY_BYTES_MAX),
		       CX_BUF_INIT(KEY_BYTES_MAX) };
	cx_status status = make_forms(fields, &made, error);
	if (status != CX_OK)
		return status;
	/* A number is that of the company or of somebody there, whoever wrote it down. */
	const cx_buf *mobile = made.mobile.size > 0 ? &made.mobile : &made.phone;
	const keys wanted = { .of = { [CRM_LIKE_TAX_ID] = cx_buf_slice(&made.tax_id),
		                      [CRM_LIKE_NAME] = cx_buf_slice(&made.name),
		                      [CRM_LIKE_PHONE] = cx_buf_slice(&made.phone),
		                      [CRM_LIKE_EMAIL] = cx_buf_slice(&made.email),
		                      [CRM_LIKE_CONTACT_MOBILE] = cx_buf_slice(mobile),
		                      [CRM_LIKE_CONTACT_EMAIL] = cx_buf_slice(&made.email) } };
	const looking self = { .read = read, .but = but, .error = error };
	return look_up_all(self, &wanted, ret);
}

/* ---- customers that there are ---- */

static keys keys_of(const engine_row *customer)
{
	return (keys){
		.of = { [CRM_LIKE_TAX_ID] = crm__row_text(customer, "tax_id"),
		        [CRM_LIKE_NAME] = crm__row_text(customer, "name_norm"),
		        [CRM_LIKE_PHONE] = crm__row_text(customer, "phone_norm"),
		        [CRM_LIKE_EMAIL] = crm__row_text(customer, "email_norm"),
		        [CRM_LIKE_CONTACT_MOBILE] = crm__row_text(customer, "phone_norm"),
		        [CRM_LIKE_CONTACT_EMAIL] = crm__row_text(customer, "email_norm") }
	};
}

static cx_status look_for_customer(const looking *self, int64_t customer, crm_candidates *ret)
{
	const engine_type *type;
	engine_row row;
	cx_status status = crm__type_find(self->read, "customer", &type, self->error);
	if (status == CX_OK)
		status = engine_get(self->read, type, customer, &row, self->error);
	if (status != CX_OK)
		return status;
	const keys wanted = keys_of(&row);
	return look_up_all(*self, &wanted, ret);
}

cx_status crm_duplicates_of_customer(engine_read *read, int64_t customer, crm_candidates *ret,
                                     cx_error *error)
{
	const looking self = { .read = read, .but = customer, .error = error };
	return look_for_customer(&self, customer, ret);
}

/* ---- all of them ---- */

typedef struct page_of_ids {
	int64_t items[CRM_SLICE_MAX];
	size_t count;
} page_of_ids;

static cx_status note_id(void *context, const engine_row *row)
{
	page_of_ids *self = context;
	self->items[self->count++] = row->id;
	return CX_OK;
}

static cx_status read_page(engine_read *read, int64_t from, size_t limit, page_of_ids *ret,
                           engine_page *page, cx_error *error)
{
	const engine_type *type;
	cx_status status = crm__type_find(read, "customer", &type, error);
	if (status != CX_OK)
		return status;
	CX_SCOPED(cx_buf_release) cx_buf filter = CX_BUF_INIT(64);
	cx_write_array(&filter, 3);
	cx_write_text(&filter, ">=");
	cx_write_text(&filter, "id");
	cx_write_int(&filter, from);
	const uint16_t only = ENGINE_SLOT_ID;
	const engine_query query = { .type = type,
		                     .filter = cx_buf_slice(&filter),
		                     .limit = limit,
		                     .only = &only,
		                     .only_count = 1,
		                     .by_id = true,
		                     .allow_scan = true };
	ret->count = 0;
	status = cx_buf_status(&filter);
	return status == CX_OK ? engine_query_run(read, &query, note_id, ret, page, error)
	                       : status;
}

/* The pairs in which this customer has the smaller id. */
static cx_status hand_over(engine_read *read, int64_t customer, crm_pair_sink *sink,
                           void *context, cx_error *error)
{
	crm_candidates found = { 0 };
	const looking self = { .read = read, .behind = customer, .error = error };
	cx_status status = look_for_customer(&self, customer, &found);
	for (size_t i = 0; i < found.count && status == CX_OK; i++)
		status = sink(context, customer, &found.items[i]);
	return status;
}

cx_status crm_duplicates_walk(engine_read *read, int64_t from, size_t limit,
                              uint64_t deadline_ns, crm_pair_sink *sink, void *context,
                              int64_t *ret_next, cx_error *error)
{
	if (limit > CRM_SLICE_MAX)
		return cx_fail_field(error, CX_INVALID_ARGUMENT, "limit",
		                     "at most %d customers are looked at in one call",
		                     CRM_SLICE_MAX);
	page_of_ids ids;
	engine_page page;
	cx_status status =
		read_page(read, from, limit > 0 ? limit : CRM_SLICE_MAX, &ids, &page, error);
	for (size_t i = 0; i < ids.count && status == CX_OK; i++) {
		if (i > 0 && deadline_ns > 0 && cx_clock_monotonic_ns() >= deadline_ns) {
			*ret_next = ids.items[i];
			return CX_OK;
		}
		status = hand_over(read, ids.items[i], sink, context, error);
	}
	if (status == CX_OK)
		*ret_next = page.reason == ENGINE_REASON_DONE || ids.count == 0
		                    ? 0
		                    : ids.items[ids.count - 1] + 1;
	return status;
}

/* ---- policies ---- */

static const char *const policies[] = {
	[CRM_DUPLICATES_OFF] = "off",
	[CRM_DUPLICATES_WARN] = "warn",
	[CRM_DUPLICATES_BLOCK] = "block",
};

bool crm_policy_find(cx_slice word, crm_policy *ret)
{
	for (size_t i = 0; i < CX_COUNT_OF(policies); i++) {
		if (cx_slice_equal(word, cx_slice_of(policies[i]))) {
			*ret = (crm_policy)i;
			return true;
		}
	}
	return false;
}

cx_status crm_policy_of(engine_read *read, crm_policy *ret, cx_error *error)
{
	engine_row org;
	*ret = CRM_DUPLICATES_WARN; /* the schema's default */
	cx_status status = crm__find_single(read, "org", &org, error);
	if (status == CX_OK && !crm_policy_find(crm__row_text(&org, "dedupe_policy"), ret))
		*ret = CRM_DUPLICATES_OFF;
	return status == CX_NOT_FOUND || status == CX_NO_TYPE ? CX_OK : status;
}
