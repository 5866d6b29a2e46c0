/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/rules/norms.h"

#include "base/text.h"
#include "crm/norm/credit_code.h"
#include "crm/norm/email.h"
#include "crm/norm/name.h"
#include "crm/norm/phone.h"

enum { NORM_BYTES_MAX = 64 * 1024 };

static cx_status keep(engine_draft *draft, unsigned to, cx_status status, const cx_buf *made)
{
	if (status != CX_OK)
		return status;
	if (made->size > 0)
		return engine_draft_set_text(draft, to, cx_buf_slice(made));
	engine_draft_set_null(draft, to);
	return CX_OK;
}

cx_status crm__norms_name(engine_draft *draft, unsigned from, unsigned to)
{
	CX_SCOPED(cx_buf_release) cx_buf made = CX_BUF_INIT(NORM_BYTES_MAX);
	cx_status status = crm__norm_name(engine_draft_text(draft, from), &made);
	return keep(draft, to, status, &made);
}

cx_status crm__norms_email(engine_draft *draft, unsigned from, unsigned to)
{
	CX_SCOPED(cx_buf_release) cx_buf made = CX_BUF_INIT(NORM_BYTES_MAX);
	cx_status status = crm__norm_email(engine_draft_text(draft, from), &made);
	return keep(draft, to, status, &made);
}

cx_status crm__norms_phone(engine_draft *draft, unsigned from, cx_slice country, unsigned to)
{
	CX_SCOPED(cx_buf_release) cx_buf made = CX_BUF_INIT(NORM_BYTES_MAX);
	cx_status status = crm__norm_phone(engine_draft_text(draft, from), country, &made);
	return keep(draft, to, status, &made);
}

cx_status crm__norms_tax_id(engine_draft *draft, unsigned from, unsigned to)
{
	CX_SCOPED(cx_buf_release) cx_buf made = CX_BUF_INIT(NORM_BYTES_MAX);
	cx_status status = crm__norm_tax_id(engine_draft_text(draft, from), &made);
	return keep(draft, to, status, &made);
}

static bool is_blank(uint8_t byte)
{
	return byte <= ' ' || byte == 0x7f;
}

/* With a character of ASCII that is seen, or an ideograph (U+4000 to U+9FFF): nearly always,
 * and then there is nothing to fold. */
static bool begins_plainly(cx_slice text)
{
	const uint8_t first = text.size > 0 ? text.data[0] : 0;
	return (first > ' ' && first < 0x7f) || (first >= 0xe4 && first <= 0xe9);
}

cx_status crm__norms_not_blank(const engine_draft *draft, unsigned field, const char *name,
                               cx_error *error)
{
	CX_SCOPED(cx_buf_release) cx_buf folded = CX_BUF_INIT(NORM_BYTES_MAX);
	if (engine_draft_is_null(draft, field) || !engine_draft_is_changed(draft, field))
		return CX_OK; /* whether it may be null is another question */
	if (begins_plainly(engine_draft_text(draft, field)))
		return CX_OK;
	/* Folded, blanks of all widths are one, and what cannot be seen is gone. */
	cx_status status = cx_text_fold(engine_draft_text(draft, field), &folded);
	if (status != CX_OK)
		return status;
	for (size_t i = 0; i < folded.size; i++)
		if (!is_blank(folded.data[i]))
			return CX_OK;
	return cx_fail_field(error, CX_CHECK, name, "%s.%s is blank: give a text",
	                     engine_draft_type(draft)->name, name);
}

cx_status crm__norms_trimmed(const engine_draft *draft, unsigned field, const char *name,
                             cx_error *error)
{
	CX_SCOPED(cx_buf_release) cx_buf folded = CX_BUF_INIT(NORM_BYTES_MAX);
	if (!engine_draft_is_changed(draft, field))
		return CX_OK;
	cx_status status = cx_text_fold(engine_draft_text(draft, field), &folded);
	if (status != CX_OK || folded.size == 0 ||
	    !(is_blank(folded.data[0]) || is_blank(folded.data[folded.size - 1])))
		return status;
	return cx_fail_field(error, CX_CHECK, name,
	                     "%s.%s begins or ends with a blank, which nobody sees: leave it "
	                     "out",
	                     engine_draft_type(draft)->name, name);
}
