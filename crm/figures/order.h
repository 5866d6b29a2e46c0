/* SPDX-License-Identifier: Apache-2.0 */
/* The figures of an order, from its lines and the discount on the whole of it:
 *
 *   net   = round(unit_price · qty_milli · (10000 − discount_bp) / 10⁷)   of a line
 *   share = the line's share of the order's discount, parted by net (crm/figures/split.h)
 *   tax   = round((net − share) · tax_bp / 10000)                         of a line
 *   subtotal = Σ net,  tax = Σ tax,  total = subtotal − discount + tax
 *
 * so the lines, each net − share + tax, add up to the total. */
#pragma once

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct crm__line {
	int64_t unit_price; /* minor units */
	int64_t qty_milli;
	int64_t discount_bp;
	int64_t tax_bp;
} crm__line;

typedef struct crm__line_figures {
	int64_t net;   /* before the order's discount */
	int64_t share; /* of the order's discount */
	int64_t tax;
} crm__line_figures;

typedef struct crm__order_figures {
	int64_t subtotal;
	int64_t tax;
	int64_t total;
} crm__order_figures;

/* False, and nothing written, when it does not fit. */
CX_MUST_USE bool crm__line_net(const crm__line *line, int64_t *ret);

/* `ret_lines` has room for `count`, or is NULL.
 * Errors: CX_TOO_LARGE (a figure does not fit 64 bits), CX_INVALID_ARGUMENT (a discount other
 * than 0 with a line whose net is below 0, or with nothing to take it from), CX_NO_MEMORY.
 * `ret` is untouched then, `ret_lines` may be written in part. */
CX_MUST_USE cx_status crm__order_total(const crm__line *lines, size_t count, int64_t discount,
                                       crm__line_figures *ret_lines, crm__order_figures *ret);
