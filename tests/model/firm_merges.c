/* SPDX-License-Identifier: Apache-2.0 */
/* Customers become one, and two again; records get another owner. */
#include "tests/model/firm.h"
#include "tests/support/unit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool is_above(const firm *self, int64_t id, int64_t above)
{
	for (int i = 0; id > 0 && i < 1000; i++) {
		if (id == above)
			return true;
		id = ledger_int(self->ledger, "customer", id, "parent");
	}
	return false;
}

static firm_merge *merge_of(firm *self, int64_t loser)
{
	for (size_t i = 0; i < self->merge_count; i++)
		if (self->merges[i].loser == loser)
			return &self->merges[i];
	return NULL;
}

static void forget(firm *self, const firm_merge *merge)
{
	const size_t place = (size_t)(merge - self->merges);
	free(merge->moved);
	self->merges[place] = self->merges[--self->merge_count];
}

/* ---- merge ---- */

/* What the winner's parent comes to be. */
static int64_t parent_of(const firm *self, int64_t winner, int64_t loser)
{
	const int64_t own = ledger_int(self->ledger, "customer", winner, "parent");
	const int64_t other = ledger_int(self->ledger, "customer", loser, "parent");
	const int64_t inherited = is_above(self, other, winner) ? ROW_NULL : other;
	return own == loser || own == ROW_NULL ? inherited : own;
}

static reasons refuses(const firm *self, int64_t winner, int64_t loser)
{
	reasons why = 0;
	if (winner == loser)
		return REASON(INVALID_ARGUMENT);
	if (!ledger_lives(self->ledger, "customer", winner) ||
	    !ledger_lives(self->ledger, "customer", loser))
		return REASON(NOT_FOUND);
	const int64_t own = ledger_int(self->ledger, "customer", winner, "parent");
	because(why, own != loser && is_above(self, own, loser), CHECK);
	return why;
}

static bool is_kept(const engine_field *field)
{
	return !field->dropped && field->rollup == NULL && strcmp(field->name, "tier") != 0 &&
	       (field->slot >= ENGINE_SYSTEM_SLOTS || field->slot == ENGINE_SLOT_EXT_ID);
}

/* What of the winner has become another value. */
static void note_filled(firm *self, firm_merge *merge)
{
	const engine_type *type = ledger_type(self->ledger, "customer");
	const int64_t *after = ledger_find(self->ledger, type, merge->winner)->values;
	memcpy(merge->after, after, sizeof merge->after);
	for (uint16_t i = 0; i < type->field_count; i++)
		merge->filled[i] =
			is_kept(&type->fields[i]) && merge->before[i] != merge->after[i];
}

static void foresee_winner(const firm *self, int64_t winner, int64_t loser, int64_t *ret)
{
	const engine_type *type = ledger_type(self->ledger, "customer");
	const int64_t *mine = ledger_find(self->ledger, type, winner)->values;
	const int64_t *theirs = ledger_find(self->ledger, type, loser)->values;
	memcpy(ret, mine, LEDGER_SLOTS * sizeof *ret);
	for (uint16_t i = 0; i < type->field_count; i++)
		if (is_kept(&type->fields[i]) && mine[i] == ROW_NULL)
			ret[i] = theirs[i];
	const engine_field *parent = engine_type_field(type, CX_SLICE_LITERAL("parent"));
	ret[parent->slot] = parent_of(self, winner, loser);
}

/* Fields that only the winner had not are the loser's. */
static void assert_filled(const firm *self, const int64_t *expected, int64_t winner)
{
	const engine_type *type = ledger_type(self->ledger, "customer");
	const int64_t *found = ledger_find(self->ledger, type, winner)->values;
	static const char *const names[] = { "tax_id", "owner",  "phone",  "industry",
		                             "region", "ext_id", "parent", "campaign" };
	for (size_t i = 0; i < CX_COUNT_OF(names); i++) {
		const uint16_t slot = engine_type_field(type, cx_slice_of(names[i]))->slot;
		if (found[slot] != expected[slot])
			fail_msg("customer %" PRId64 ": %s after a merge is %" PRId64
			         ", not %" PRId64,
			         winner, names[i], found[slot], expected[slot]);
	}
}

static void take_merge(firm *self, firm_merge *merge, const crm_merged *done)
{
	const engine_type *type = ledger_type(self->ledger, "customer");
	int64_t expected[LEDGER_SLOTS];
	firm_merge *earlier = merge_of(self, merge->loser);
	if (earlier != NULL)
		forget(self, earlier);
	foresee_winner(self, merge->winner, merge->loser, expected);
	memcpy(merge->before, ledger_find(self->ledger, type, merge->winner)->values,
	       sizeof merge->before);
	(void)ledger_merge(self->ledger, merge->winner, merge->loser, &merge->moved,
	                   &merge->moved_count);
	assert_int_equal(done->moved, merge->moved_count);
	ledger_take(self->ledger, type, merge->winner, expected);
	assert_filled(self, expected, merge->winner);
	note_filled(self, merge);
	if (self->merge_count == FIRM_MERGES_MAX)
		forget(self, &self->merges[0]);
	self->merges[self->merge_count++] = *merge;
}

static bool merge(firm *self, int64_t winner, int64_t loser)
{
	const reasons why = refuses(self, winner, loser);
	const crm_merge what = { .winner = winner, .loser = loser };
	const uint64_t before = why == 0 ? 0 : firm_watch(self);
	const engine_author author = firm_author(self);
	/* The same again is told what came of it. */
	const firm_merge *same = merge_of(self, loser);
	const bool again = same != NULL && same->winner == winner && winner != loser &&
	                   ledger_lives(self->ledger, "customer", winner) &&
	                   !ledger_lives(self->ledger, "customer", loser);
	if (why == 0) { /* rules may have changed what they have */
		const engine_type *type = ledger_type(self->ledger, "customer");
		ledger_take(self->ledger, type, winner, NULL);
		ledger_take(self->ledger, type, loser, NULL);
	}
	crm_merged done;
	const cx_status status =
		crm_merge_customers(self->f->write, &author, &what, &done, &self->f->error);
	if (again) {
		assert_int_equal(status, CX_OK);
		assert_int_equal(done.moved, 0);
		return false;
	}
	if (!firm_ended(self, "merge into customer", winner, status, why, before))
		return false;
	firm_merge made = { .winner = winner, .loser = loser, .at_ms = author.now_ms };
	take_merge(self, &made, &done);
	return true;
}

/* ---- undo ---- */

static int64_t updated_at(firm *self, const char *type, int64_t id)
{
	engine_row row;
	return row_find(self->f, type, id, &row) ? row_int(&row, "updated_at") : 0;
}

/* Whether a record goes back with the loser. */
static bool goes_back(const firm_merge *merge, const char *type, int64_t id)
{
	for (size_t i = 0; i < merge->moved_count; i++)
		if (merge->moved[i].id == id && strcmp(merge->moved[i].type, type) == 0 &&
		    strcmp(merge->moved[i].field, "customer") == 0)
			return true;
	return false;
}

/* Whether a record of one side names one of the other, and has come to do so since. */
static bool tears(firm *self, const firm_merge *merge, const engine_type *type, int64_t id)
{
	const ledger_row *row = ledger_find(self->ledger, type, id);
	const bool back = goes_back(merge, type->name, id);
	for (uint16_t i = 0; i < type->field_count; i++) {
		const engine_field *field = &type->fields[i];
		if (field->kind != ENGINE_REF || row->values[i] == ROW_NULL ||
		    engine_type_field(field->target, CX_SLICE_LITERAL("customer")) == NULL ||
		    !ledger_lives(self->ledger, field->target->name, row->values[i]) ||
		    ledger_int(self->ledger, field->target->name, row->values[i], "customer") !=
		            merge->winner)
			continue;
		if (goes_back(merge, field->target->name, row->values[i]) != back &&
		    updated_at(self, type->name, id) > merge->at_ms)
			return true;
	}
	return false;
}

static bool is_torn(firm *self, const firm_merge *merge)
{
	const engine_schema *schema = engine_schema_of(self->f->engine);
	for (uint16_t t = 0; t < schema->type_count; t++) {
		const engine_type *type = &schema->types[t];
		const engine_field *customer =
			engine_type_field(type, CX_SLICE_LITERAL("customer"));
		if (type->readonly || customer == NULL)
			continue;
		for (int64_t id = 1; id <= ledger_last(self->ledger, type); id++)
			if (ledger_lives(self->ledger, type->name, id) &&
			    ledger_int(self->ledger, type->name, id, "customer") ==
			            merge->winner &&
			    tears(self, merge, type, id))
				return true;
	}
	return false;
}

/* Orders and runs change it, too: what they made of it since the merge stays. */
static bool goes_on(const engine_field *field)
{
	return strcmp(field->name, "lifecycle") == 0;
}

/* What only the records tell: whether something stands in the way. */
static bool is_obstructed(firm *self, const firm_merge *merge)
{
	const engine_type *type = ledger_type(self->ledger, "customer");
	const ledger_row *loser = ledger_find(self->ledger, type, merge->loser);
	engine_row winner;
	if (loser == NULL || loser->live ||
	    !row_find(self->f, "customer", merge->winner, &winner))
		return true;
	int64_t values[LEDGER_SLOTS];
	row_numbers(&winner, values);
	for (uint16_t i = 0; i < type->field_count; i++)
		if (merge->filled[i] && !goes_on(&type->fields[i]) &&
		    values[i] != merge->after[i])
			return true;
	for (size_t i = 0; i < merge->moved_count; i++) {
		const ledger_moved *moved = &merge->moved[i];
		const ledger_row *row = ledger_find(
			self->ledger, ledger_type(self->ledger, moved->type), moved->id);
		if (row != NULL &&
		    (!row->live || ledger_int(self->ledger, moved->type, moved->id,
		                              moved->field) != merge->winner))
			return true;
	}
	return false;
}

/* The merge taken back in `trial`. */
static reasons undo_in(ledger *trial, const firm_merge *merge)
{
	const engine_type *type = ledger_type(trial, "customer");
	ledger_row *winner = ledger_find(trial, type, merge->winner);
	for (uint16_t i = 0; i < type->field_count; i++)
		if (merge->filled[i] &&
		    (!goes_on(&type->fields[i]) || winner->values[i] == merge->after[i]))
			winner->values[i] = merge->before[i];
	reasons why = ledger_undelete(trial, type, merge->loser, false);
	for (size_t i = 0; i < merge->moved_count && why == 0; i++) {
		const ledger_moved *moved = &merge->moved[i];
		const engine_type *of = ledger_type(trial, moved->type);
		ledger_row *row = ledger_find(trial, of, moved->id);
		if (row == NULL)
			continue;
		row->values[engine_type_field(of, cx_slice_of(moved->field))->slot] =
			merge->loser;
		why |= ledger_refuses(trial, of, moved->id, row->values);
	}
	return why == 0 ? ledger_refuses(trial, type, merge->winner, winner->values) : why;
}

static void undo(firm *self, int64_t loser)
{
	firm_merge *merge = merge_of(self, loser);
	if (merge == NULL && firm_one_in(self, 4) == false)
		return;
	reasons why = 0;
	ledger *trial = NULL;
	if (merge == NULL) {
		engine_row any;
		/* One that is not remembered any more may be undone; who was never merged may
		 * not. */
		if (!row_find(self->f, "customer", loser, &any))
			return;
		why = REASON(NOT_FOUND);
	} else if (is_obstructed(self, merge)) {
		why = REASON(CHECK);
	} else {
		trial = ledger_copy(self->ledger);
		because(why, is_torn(self, merge), CHECK);
		why |= undo_in(trial, merge);
		because(why, why == 0 && firm_disorder(trial) != NULL, CHECK);
	}
	const uint64_t before = why == 0 ? 0 : firm_watch(self);
	const engine_author author = firm_author(self);
	crm_merged done;
	const cx_status status =
		crm_merge_undo(self->f->write, &author, loser, &done, &self->f->error);
	if (!firm_ended(self, "undo the merge of customer", loser, status, why, before)) {
		if (trial != NULL)
			ledger_free(trial);
		return;
	}
	ledger_free(self->ledger);
	self->ledger = trial;
	forget(self, merge);
}

/* Merged and taken back at once, which leaves no trace. */
static void there_and_back(firm *self, int64_t winner, int64_t loser)
{
	const uint64_t before = row_state_hash(self->f, true);
	if (merge_of(self, loser) != NULL || !merge(self, winner, loser))
		return;
	undo(self, loser);
	if (row_state_hash(self->f, true) != before)
		fail_msg("customers %" PRId64 " and %" PRId64
		         " are not what they were before they were merged and parted",
		         winner, loser);
}

void firm_merges(firm *self)
{
	const int64_t winner = firm_live(self, "customer");
	const int64_t loser = firm_live(self, "customer");
	switch (firm_roll(self, 4)) {
	case 0:
		(void)merge(self, winner, loser);
		break;
	case 1:
		there_and_back(self, winner, loser);
		break;
	default:
		if (self->merge_count > 0 && !firm_one_in(self, 5)) {
			const int64_t which = firm_roll(self, (int64_t)self->merge_count);
			undo(self, self->merges[which].loser);
		} else {
			undo(self, loser);
		}
	}
}

/* ---- transfers ---- */

static const char *const owned[] = { "customer", "campaign",    "opportunity",
	                             "activity", "sales_order", "contract" };

static reasons refuses_user(const firm *self, int64_t to)
{
	reasons why = 0;
	const bool lives = ledger_lives(self->ledger, "user", to);
	because(why, !lives, NOT_FOUND);
	because(why, lives && ledger_int(self->ledger, "user", to, "active") == 0, CHECK);
	return why;
}

static void take_owners(firm *self, const engine_type *type, int64_t from, int64_t to)
{
	for (int64_t id = 1; id <= ledger_last(self->ledger, type); id++) {
		if (!ledger_lives(self->ledger, type->name, id) ||
		    ledger_int(self->ledger, type->name, id, "owner") != from)
			continue;
		ledger_take(self->ledger, type, id, NULL);
		assert_int_equal(ledger_int(self->ledger, type->name, id, "owner"), to);
	}
}

static void transfer_all(firm *self, int64_t from, int64_t to)
{
	const engine_type *type =
		ledger_type(self->ledger, owned[firm_roll(self, CX_COUNT_OF(owned))]);
	const crm_transfer what = { .to = to, .types = &type, .type_count = 1, .from = from };
	reasons why = refuses_user(self, to);
	because(why, !ledger_lives(self->ledger, "user", from), NOT_FOUND);
	because(why, from == to, INVALID_ARGUMENT);
	const int64_t count = ledger_count(self->ledger, type->name, "owner", from);
	const uint64_t before = why == 0 ? 0 : firm_watch(self);
	const engine_author author = firm_author(self);
	crm_transferred done;
	const cx_status status =
		crm_transfer_owner(self->f->write, &author, &what, &done, &self->f->error);
	if (!firm_ended(self, "transfer all of user", from, status, why, before))
		return;
	assert_false(done.more);
	assert_int_equal(done.total, count);
	take_owners(self, type, from, to);
}

static void transfer_some(firm *self, int64_t to)
{
	enum { SOME = 3 };
	int64_t ids[SOME];
	const engine_type *type =
		ledger_type(self->ledger, owned[firm_roll(self, CX_COUNT_OF(owned))]);
	reasons why = refuses_user(self, to);
	for (int i = 0; i < SOME; i++) {
		ids[i] = firm_live(self, type->name);
		because(why, !ledger_lives(self->ledger, type->name, ids[i]), NOT_FOUND);
	}
	const crm_transfer what = {
		.to = to, .types = &type, .type_count = 1, .ids = ids, .id_count = SOME
	};
	const uint64_t before = why == 0 ? 0 : firm_watch(self);
	const engine_author author = firm_author(self);
	crm_transferred done;
	const cx_status status =
		crm_transfer_owner(self->f->write, &author, &what, &done, &self->f->error);
	if (!firm_ended(self, "transfer to user", to, status, why, before))
		return;
	for (int i = 0; i < SOME; i++) {
		ledger_take(self->ledger, type, ids[i], NULL);
		assert_int_equal(ledger_int(self->ledger, type->name, ids[i], "owner"), to);
	}
}

void firm_transfers(firm *self)
{
	const int64_t to = firm_live(self, "user");
	if (firm_one_in(self, 4))
		transfer_all(self, 1 + firm_roll(self, 3), to);
	else
		transfer_some(self, to);
}
