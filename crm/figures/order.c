/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/figures/order.h"

#include "base/cleanup.h"
#include "crm/figures/amount.h"
#include "crm/figures/split.h"

#include <stdlib.h>

bool crm__line_net(const crm__line *line, int64_t *ret)
{
	int64_t kept_bp;
	if (__builtin_sub_overflow((int64_t)CRM_BP_ONE, line->discount_bp, &kept_bp))
		return false;
	return crm__amount_scale3(line->unit_price, line->qty_milli, kept_bp,
	                          (int64_t)CRM_QTY_ONE * CRM_BP_ONE, ret);
}

static void release(int64_t **numbers)
{
	free(*numbers);
}

static bool line_tax(const crm__line *line, int64_t net, int64_t share, int64_t *ret)
{
	int64_t taxed;
	return !__builtin_sub_overflow(net, share, &taxed) &&
	       crm__amount_of_bp(taxed, line->tax_bp, ret);
}

cx_status crm__order_total(const crm__line *lines, size_t count, int64_t discount,
                           crm__line_figures *ret_lines, crm__order_figures *ret)
{
	/* The nets, then the shares. */
	CX_SCOPED(release) int64_t *nets = calloc(count + 1, 2 * sizeof *nets);
	if (nets == NULL)
		return CX_NO_MEMORY;
	int64_t *const shares = nets + count;
	crm__order_figures figures = { 0 };
	for (size_t i = 0; i < count; i++)
		if (!crm__line_net(&lines[i], &nets[i]) ||
		    !crm__amount_add(figures.subtotal, nets[i], &figures.subtotal))
			return CX_TOO_LARGE;

	/* Without a discount a line may be below 0: something that is given back. */
	if (discount != 0) {
		const cx_status status = crm__split_by_weight(discount, nets, count, shares);
		if (status != CX_OK)
			return status;
	}
	for (size_t i = 0; i < count; i++) {
		int64_t tax;
		if (!line_tax(&lines[i], nets[i], shares[i], &tax) ||
		    !crm__amount_add(figures.tax, tax, &figures.tax))
			return CX_TOO_LARGE;
		if (ret_lines != NULL)
			ret_lines[i] = (crm__line_figures){ nets[i], shares[i], tax };
	}
	if (__builtin_sub_overflow(figures.subtotal, discount, &figures.total) ||
	    !crm__amount_add(figures.total, figures.tax, &figures.total))
		return CX_TOO_LARGE;
	*ret = figures;
	return CX_OK;
}
