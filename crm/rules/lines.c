/* SPDX-License-Identifier: Apache-2.0 */
#include "crm/rules/lines.h"

#include "base/check.h"

#include <stdlib.h>

void crm__lines_release(crm__lines *lines)
{
	free(lines->items);
	*lines = (crm__lines){ 0 };
}

crm__line crm__lines_terms(const engine_draft *line, const crm__line_fields *at)
{
	return (crm__line){ .unit_price = engine_draft_int(line, at->unit_price),
		            .qty_milli = engine_draft_int(line, at->qty_milli),
		            .discount_bp = engine_draft_int(line, at->discount_bp),
		            .tax_bp = engine_draft_int(line, at->tax_bp) };
}

static cx_status make_room(crm__lines *lines)
{
	if (lines->count < lines->capacity)
		return CX_OK;
	const size_t capacity = lines->capacity == 0 ? 16 : 2 * lines->capacity;
	crm__order_line *items = realloc(lines->items, capacity * sizeof *items);
	if (items == NULL)
		return CX_NO_MEMORY;
	lines->items = items;
	lines->capacity = capacity;
	return CX_OK;
}

cx_status crm__lines_add(crm__lines *lines, const crm__order_line *line, cx_error *error)
{
	if (lines->count >= CRM__LINES_MAX)
		return cx_fail(error, CX_CHECK, "an order has at most %d lines: make two of it",
		               CRM__LINES_MAX);
	cx_status status = make_room(lines);
	if (status == CX_OK)
		lines->items[lines->count++] = *line;
	return status;
}

typedef struct reading {
	crm__lines *lines;
	const crm__line_fields *at;
} reading;

static cx_status take(void *context, engine_draft *found, cx_error *error)
{
	const reading *self = context;
	const crm__order_line line = {
		.id = engine_draft_id(found),
		.line_no = engine_draft_int(found, self->at->line_no),
		.terms = crm__lines_terms(found, self->at),
	};
	return crm__lines_add(self->lines, &line, error);
}

cx_status crm__lines_read(crm__lines *lines, engine_draft *draft, const crm__line_fields *at,
                          int64_t order, cx_error *error)
{
	reading self = { .lines = lines, .at = at };
	return engine_draft_each(draft, at->order, order, take, &self, error);
}

/* Line numbers are unique in an order, so the order is a total one. */
static int compare(const void *left, const void *right)
{
	const crm__order_line *a = left, *b = right;
	return (a->line_no > b->line_no) - (a->line_no < b->line_no);
}

static bool subtotal_of(const crm__line *terms, size_t count, int64_t *ret)
{
	crm__order_figures figures;
	const bool good = crm__order_total(terms, count, 0, NULL, &figures) == CX_OK;
	if (good)
		*ret = figures.subtotal;
	return good;
}

static cx_status fail_total(cx_status status, cx_error *error)
{
	if (status == CX_INVALID_ARGUMENT)
		return cx_fail_field(
			error, CX_CHECK, "discount",
			"an order with a discount cannot have a line below 0: give the "
			"discount in its lines");
	if (status == CX_TOO_LARGE)
		return cx_fail(error, CX_TOO_LARGE, "the amounts of the order are too large");
	return status;
}

static cx_status total(crm__lines *lines, int64_t discount, crm__line *terms,
                       crm__line_figures *figures, cx_error *error)
{
	for (size_t i = 0; i < lines->count; i++)
		terms[i] = lines->items[i].terms;
	int64_t subtotal;
	if (!subtotal_of(terms, lines->count, &subtotal))
		return fail_total(CX_TOO_LARGE, error);
	if (discount > subtotal)
		discount = subtotal > 0 ? subtotal : 0;
	cx_status status =
		crm__order_total(terms, lines->count, discount, figures, &lines->figures);
	for (size_t i = 0; i < lines->count && status == CX_OK; i++)
		lines->items[i].figures = figures[i];
	return fail_total(status, error);
}

static void free_terms(crm__line **terms)
{
	free(*terms);
}

static void free_figures(crm__line_figures **figures)
{
	free(*figures);
}

cx_status crm__lines_total(crm__lines *lines, int64_t discount, cx_error *error)
{
	CX_SCOPED(free_terms) crm__line *terms = calloc(lines->count + 1, sizeof *terms);
	CX_SCOPED(free_figures)
	crm__line_figures *figures = calloc(lines->count + 1, sizeof *figures);
	if (terms == NULL || figures == NULL)
		return CX_NO_MEMORY;
	if (lines->count > 1)
		qsort(lines->items, lines->count, sizeof *lines->items, compare);
	return total(lines, discount, terms, figures, error);
}

const crm__line_figures *crm__lines_figures(const crm__lines *lines, int64_t line_no)
{
	const crm__order_line wanted = { .line_no = line_no };
	const crm__order_line *found =
		bsearch(&wanted, lines->items, lines->count, sizeof *lines->items, compare);
	CX_ASSERT(found != NULL);
	return &found->figures;
}
