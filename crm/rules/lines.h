/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of one order as figures: the totals of an order, and what a discount on the whole
 * of it makes of each line. Used by the rules of orders and of their lines, whose tables name
 * the same fields. */
#pragma once

#include "crm/figures/order.h"
#include "engine/rules.h"

/* An order with more is not confirmed, and takes no discount. */
enum { CRM__LINES_MAX = 20000 };

/* Where a rule's table has these fields of order_line. */
typedef struct crm__line_fields {
	unsigned order;
	unsigned line_no;
	unsigned unit_price;
	unsigned qty_milli;
	unsigned discount_bp;
	unsigned tax_bp;
} crm__line_fields;

typedef struct crm__order_line {
	int64_t id; /* 0: not written yet */
	int64_t line_no;
	crm__line terms;
	crm__line_figures figures;
} crm__order_line;

typedef struct crm__lines {
	crm__order_line *items; /* by line_no */
	size_t count;
	size_t capacity;
	crm__order_figures figures;
} crm__lines;

void crm__lines_release(crm__lines *lines);

crm__line crm__lines_terms(const engine_draft *line, const crm__line_fields *at);

/* Appends the live lines of an order, which may have some already.
 * Errors: CX_CHECK (more than CRM__LINES_MAX), CX_NO_MEMORY, those of reading. */
CX_MUST_USE cx_status crm__lines_read(crm__lines *lines, engine_draft *draft,
                                      const crm__line_fields *at, int64_t order,
                                      cx_error *error);

/* Appends one. Errors: as above. */
CX_MUST_USE cx_status crm__lines_add(crm__lines *lines, const crm__order_line *line,
                                     cx_error *error);

/* Works out the figures of all lines and of the order. Of a discount no more is taken off than
 * there is: an order is not confirmed before its lines are worth the discount.
 * Errors: CX_CHECK (a discount, and a line below 0), CX_TOO_LARGE, CX_NO_MEMORY. */
CX_MUST_USE cx_status crm__lines_total(crm__lines *lines, int64_t discount, cx_error *error);

/* The line with this number, of lines that have been added up; it must be there. */
const crm__line_figures *crm__lines_figures(const crm__lines *lines, int64_t line_no);
