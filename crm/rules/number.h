/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of opportunities, orders and service requests, such as SO-202611-00042.
 *
 * `org.number_format` is a list of formats, one for each numbered type by its place:
 *
 *   [0] opportunity      OP-{yyyymm}-{seq5}   (what an empty text, or none, stands for)
 *   [1] sales_order      SO-{yyyymm}-{seq5}
 *   [2] service_request  SR-{yyyymm}-{seq5}
 *
 * A format is text with marks in braces: {yyyy} {yy} {mm} {dd} and {yyyymm} {yymm} {yyyymmdd}
 * {yymmdd} are the day on which the record was made, in the organisation's time zone. Last
 * comes the running part, {seq} or {seq1} to {seq9}: that many digits at least, more when it
 * takes more. Something must stand before it, and no digit right before it.
 *
 * The running part counts from 1 for each text that may stand before it, so {yyyymm} makes it
 * begin anew every month. What was given last is in a record of number_series, which is never
 * deleted: no number is given twice, whatever becomes of the record that got it. A number that
 * somebody has meanwhile (after a change of formats, from another system) is passed over. */
#pragma once

#include "engine/rules.h"

typedef enum crm__numbered {
	CRM__NUMBERED_OPPORTUNITY,
	CRM__NUMBERED_SALES_ORDER,
	CRM__NUMBERED_SERVICE_REQUEST,
	CRM__NUMBERED_COUNT,
} crm__numbered;

/* Where the rule's table has these fields. */
typedef struct crm__number_fields {
	unsigned number; /* of the record itself */
	unsigned format; /* "org.number_format" */
	unsigned series; /* "number_series.series" */
	unsigned last;   /* "number_series.last" */
} crm__number_fields;

/* Gives a new record the next number, unless it has one. For the hook `before` of a create.
 * Errors: CX_CHECK (the organisation's format is not one), those of reading and writing. */
CX_MUST_USE cx_status crm__number_give(engine_draft *draft, crm__numbered what,
                                       const crm__number_fields *at, cx_error *error);

/* Whether each text of a list of formats (the MessagePack array of org.number_format) is empty
 * or a format. Errors: CX_CHECK, naming number_format, and the text says what is wrong. */
CX_MUST_USE cx_status crm__number_formats_check(cx_slice list, cx_error *error);
