/* SPDX-License-Identifier: Apache-2.0 */
/* What holds of a firm at any time, worked out from rows alone. */
#include "crm/crm.h"
#include "tests/model/firm.h"
#include "tests/support/unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- stage intervals ---- */

typedef struct interval {
	int64_t id, from, to, stage, state, base, bp, close_on, owner, from_stage, in_from;
	int64_t opportunity, cause;
} interval;

typedef struct intervals {
	interval *items;
	size_t count;
} intervals;

static int by_time(const void *left, const void *right)
{
	const interval *a = left, *b = right;
	if (a->opportunity != b->opportunity)
		return a->opportunity < b->opportunity ? -1 : 1;
	return (a->from > b->from) - (a->from < b->from);
}

static interval interval_of(const engine_row *row)
{
	return (interval){ .id = row->id,
		           .opportunity = row_int(row, "opportunity"),
		           .from = row_int(row, "valid_from"),
		           .to = row_int(row, "valid_to"),
		           .cause = row_int(row, "cause"),
		           .stage = row_int(row, "stage"),
		           .state = row_int(row, "state"),
		           .base = row_int(row, "amount_base"),
		           .bp = row_int(row, "probability_bp"),
		           .close_on = row_int(row, "close_on"),
		           .owner = row_int(row, "owner"),
		           .from_stage = row_int(row, "from_stage"),
		           .in_from = row_int(row, "in_from_ms") };
}

static intervals read_intervals(firm *self)
{
	const engine_type *type = fixture_type(self->f, "stage_history");
	const int64_t last = row_last_id(self->f, type);
	intervals all = { .items = calloc((size_t)last + 1, sizeof(interval)) };
	assert_non_null(all.items);
	for (int64_t id = 1; id <= last; id++) {
		engine_row row;
		if (row_find(self->f, "stage_history", id, &row))
			all.items[all.count++] = interval_of(&row);
	}
	qsort(all.items, all.count, sizeof *all.items, by_time);
	return all;
}

static bool cause_is(const firm *self, const interval *row, const char *cause)
{
	const engine_field *field = engine_type_field(fixture_type(self->f, "stage_history"),
	                                              CX_SLICE_LITERAL("cause"));
	return row->cause == row_number_of_text(field, cause);
}

static bool is_same(const interval *a, const interval *b)
{
	return a->stage == b->stage && a->state == b->state && a->base == b->base &&
	       a->bp == b->bp && a->close_on == b->close_on && a->owner == b->owner;
}

#define holds(condition, row)                                                  \
	do {                                                                   \
		if (!(condition))                                              \
			fail_msg("history %" PRId64 " of opportunity %" PRId64 \
			         ": not " #condition,                          \
			         (row)->id, (row)->opportunity);               \
	} while (0)

/* Each row ends where the next begins, and says what is another then. */
static void assert_partition(const firm *self, const interval *rows, size_t count)
{
	int64_t entered = rows[0].from;
	holds(cause_is(self, &rows[0], "create") || cause_is(self, &rows[0], "import"),
	      &rows[0]);
	for (size_t i = 0; i < count; i++) {
		const interval *row = &rows[i], *next = i + 1 < count ? row + 1 : NULL;
		const bool ends = cause_is(self, row, "delete");
		if (ends)
			holds(row->to == row->from, row);
		else if (next != NULL)
			holds(row->to == next->from, row);
		else
			holds(row->to == CRM_STILL_VALID, row);
		if (next == NULL)
			break;
		holds(next->from > row->from, next);
		holds(ends == cause_is(self, next, "undelete"), next);
		holds(is_same(row, next) == (ends || cause_is(self, next, "delete")), next);
		holds((next->from_stage == ROW_NULL) == (next->stage == row->stage), next);
		if (next->stage == row->stage)
			continue;
		holds(next->from_stage == row->stage, next);
		holds(next->in_from == next->from - entered, next);
		entered = next->from;
	}
}

/* The last row says how the opportunity stands, and when it came into its stage. */
static void assert_present(firm *self, const interval *rows, size_t count)
{
	const interval *last = &rows[count - 1];
	engine_row row;
	const engine_type *type = fixture_type(self->f, "opportunity");
	holds(row_find_any(self->f, type, last->opportunity, &row), last);
	const bool live = row_is_null(&row, "deleted_at");
	holds(live != cause_is(self, last, "delete"), last);
	holds(row_int(&row, "stage") == last->stage, last);
	holds(row_int(&row, "state") == last->state, last);
	holds(row_int(&row, "amount_base") == last->base, last);
	holds(row_int(&row, "probability_bp") == last->bp, last);
	holds(row_int(&row, "close_on") == last->close_on, last);
	holds(row_int(&row, "owner") == last->owner, last);
	size_t entry = count - 1;
	while (entry > 0 && rows[entry].from_stage == ROW_NULL)
		entry--;
	holds(row_int(&row, "stage_entered_at") == rows[entry].from, last);
	holds(row_int(&row, "created_at") == rows[0].from, last);
	const bool open = row_is(&row, "state", "open");
	holds(row_is_null(&row, "closed_at") == open, last);
	holds(row_is_null(&row, "credited_user") == open, last);
	holds(open || row_int(&row, "closed_at") == rows[entry].from, last);
	holds(row_is_null(&row, "lost_reason") == !row_is(&row, "state", "lost"), last);
	const engine_row *the = &row;
	holds(row_int(the, "amount_base") == firm_rounded((firm_wide)row_int(the, "amount") *
	                                                          row_int(the, "fx_rate_e8"),
	                                                  100000000),
	      last);
	holds(row_int(the, "expected_base") ==
	              firm_rounded((firm_wide)row_int(the, "amount_base") *
	                                   row_int(the, "probability_bp"),
	                           10000),
	      last);
}

void firm_assert_histories(firm *self)
{
	const engine_type *type = fixture_type(self->f, "opportunity");
	intervals all = read_intervals(self);
	int64_t opportunities = 0, had = 0;
	for (size_t first = 0; first < all.count;) {
		size_t count = 1;
		while (first + count < all.count &&
		       all.items[first + count].opportunity == all.items[first].opportunity)
			count++;
		assert_partition(self, &all.items[first], count);
		assert_present(self, &all.items[first], count);
		first += count;
		had++;
	}
	for (int64_t id = 1; id <= ledger_last(self->ledger, type); id++)
		opportunities += ledger_find(self->ledger, type, id) != NULL;
	assert_int_equal(had, opportunities);
	free(all.items);
}

/* ---- rollups ---- */

typedef struct rollup {
	const char *of, *field; /* "customer", "order_count" */
	const char *type, *by;  /* of sales_order, by its field customer */
	const char *value;      /* NULL: counted */
	char how;               /* '+', '<' least, '>' greatest */
	const char *where;      /* a field; NULL: all */
	const char *labels;     /* one of these, " open won " */
	const char *but;        /* none of these */
} rollup;

static const rollup rollups[] = {
	{ "customer", "contact_count", "contact", "customer", NULL, '+', NULL, NULL, NULL },
	{ "customer", "open_opp_count", "opportunity", "customer", NULL, '+', "state", "open",
	  NULL },
	{ "customer", "open_opp_base", "opportunity", "customer", "amount_base", '+', "state",
	  "open", NULL },
	{ "customer", "order_count", "sales_order", "customer", NULL, '+', "status",
	  "confirmed fulfilled", NULL },
	{ "customer", "order_base", "sales_order", "customer", "total_base", '+', "status",
	  "confirmed fulfilled", NULL },
	{ "customer", "paid_base", "sales_order", "customer", "paid_base", '+', NULL, NULL,
	  NULL },
	{ "customer", "converted_at", "sales_order", "customer", "confirmed_at", '<', "status",
	  "confirmed fulfilled", NULL },
	{ "customer", "last_order_at", "sales_order", "customer", "confirmed_at", '>', "status",
	  "confirmed fulfilled", NULL },
	{ "customer", "last_activity_at", "activity", "customer", "at", '>', "status", "done",
	  NULL },
	{ "customer", "open_request_count", "service_request", "customer", NULL, '+', "status",
	  "new assigned in_progress waiting", NULL },
	{ "customer", "feedback_count", "feedback", "customer", NULL, '+', NULL, NULL, NULL },
	{ "contact", "last_activity_at", "activity", "contact", "at", '>', "status", "done",
	  NULL },
	{ "opportunity", "last_activity_at", "activity", "opportunity", "at", '>', "status",
	  "done", NULL },
	{ "opportunity", "activity_count", "activity", "opportunity", NULL, '+', "status",
	  "done", NULL },
	{ "opportunity", "order_count", "sales_order", "opportunity", NULL, '+', "status", NULL,
	  "cancelled" },
	{ "sales_order", "paid", "payment", "order", "amount_net", '+', NULL, NULL, NULL },
	{ "sales_order", "paid_base", "payment", "order", "amount_base", '+', NULL, NULL,
	  NULL },
	{ "sales_order", "units_milli", "order_line", "order", "qty_milli", '+', NULL, NULL,
	  NULL },
};

static bool is_one_of(const engine_row *row, const char *field, const char *labels)
{
	char label[24];
	for (const char *at = labels; *at != '\0'; at += at[strspn(at, " ")] == '\0' ? 0 : 1) {
		const size_t size = strcspn(at, " ");
		memcpy(label, at, size);
		label[size] = '\0';
		if (row_is(row, field, label))
			return true;
		at += size;
		if (*at == '\0')
			break;
	}
	return false;
}

static bool is_in(const rollup *self, const engine_row *row)
{
	if (row_is_null(row, self->by))
		return false;
	if (self->where == NULL)
		return true;
	return self->labels != NULL ? is_one_of(row, self->where, self->labels)
	                            : !is_one_of(row, self->where, self->but);
}

static void add(const rollup *self, const engine_row *row, int64_t *to)
{
	const int64_t value = self->value == NULL ? 1 : row_int(row, self->value);
	if (value == ROW_NULL)
		return;
	if (self->how == '+')
		*to += value;
	else if (*to == ROW_NULL || (self->how == '<' ? value < *to : value > *to))
		*to = value;
}

static void assert_rollup(firm *self, const rollup *what)
{
	const int64_t targets = row_last_id(self->f, fixture_type(self->f, what->of));
	const int64_t sources = row_last_id(self->f, fixture_type(self->f, what->type));
	int64_t *sums = calloc((size_t)targets + 1, sizeof *sums);
	assert_non_null(sums);
	for (int64_t id = 1; id <= targets && what->how != '+'; id++)
		sums[id] = ROW_NULL;
	for (int64_t id = 1; id <= sources; id++) {
		engine_row row;
		if (row_find(self->f, what->type, id, &row) && is_in(what, &row))
			add(what, &row, &sums[row_int(&row, what->by)]);
	}
	for (int64_t id = 1; id <= targets; id++) {
		engine_row row;
		if (row_find(self->f, what->of, id, &row) &&
		    row_int(&row, what->field) != sums[id])
			fail_msg("%s %" PRId64 ": %s is %" PRId64 ", not %" PRId64, what->of,
			         id, what->field, row_int(&row, what->field), sums[id]);
	}
	free(sums);
}

void firm_assert_rollups(firm *self)
{
	for (size_t i = 0; i < CX_COUNT_OF(rollups); i++)
		assert_rollup(self, &rollups[i]);
}

/* ---- the rest ---- */

enum { HEIGHT_MAX = 1000 };

static void assert_contacts(firm *self)
{
	const engine_type *type = fixture_type(self->f, "contact");
	const int64_t customers = row_last_id(self->f, fixture_type(self->f, "customer"));
	int *primaries = calloc((size_t)customers + 1, sizeof *primaries);
	assert_non_null(primaries);
	for (int64_t id = 1; id <= row_last_id(self->f, type); id++) {
		engine_row row;
		if (row_find(self->f, "contact", id, &row) && row_int(&row, "is_primary") == 1)
			primaries[row_int(&row, "customer")]++;
	}
	for (int64_t id = 1; id <= customers; id++)
		if (primaries[id] > 1)
			fail_msg("customer %" PRId64 " has %d primary contacts", id,
			         primaries[id]);
	free(primaries);
}

const char *firm_disorder(const ledger *of)
{
	static char text[120];
	const engine_type *type = ledger_type(of, "customer");
	for (int64_t id = 1; id <= ledger_last(of, type); id++) {
		int64_t above = ledger_lives(of, "customer", id) ? id : 0;
		for (int i = 0; i < HEIGHT_MAX && above > 0; i++) {
			above = ledger_int(of, "customer", above, "parent");
			if (above != id)
				continue;
			snprintf(text, sizeof text, "customer %" PRId64 " is above itself", id);
			return text;
		}
	}
	type = ledger_type(of, "opportunity");
	for (int64_t id = 1; id <= ledger_last(of, type); id++) {
		if (!ledger_lives(of, "opportunity", id))
			continue;
		const int64_t contact = ledger_int(of, "opportunity", id, "contact");
		if (contact == ROW_NULL ||
		    ledger_int(of, "contact", contact, "customer") ==
		            ledger_int(of, "opportunity", id, "customer"))
			continue;
		snprintf(text, sizeof text,
		         "opportunity %" PRId64 " has the contact %" PRId64
		         " of another customer",
		         id, contact);
		return text;
	}
	return NULL;
}

void firm_assert_order(firm *self)
{
	const char *disorder = firm_disorder(self->ledger);
	if (disorder != NULL)
		fail_msg("%s", disorder);
	assert_contacts(self);
}
