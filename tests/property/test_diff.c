/* SPDX-License-Identifier: Apache-2.0 */
/* The edits between the entries of two random records turn the one set of entries into the
 * other, touch no entry that stays, and free every key before one is put. */
#include "engine/index/diff.h"
#include "tests/support/dice.h"
#include "tests/support/sample_type.h"
#include "tests/support/unit.h"

#include <string.h>

enum { ROUNDS = 20000 };

/* A store as a list without order. */
typedef struct shelf {
	engine__entry entries[2 * ENGINE__ENTRIES_MAX];
	size_t count;
	unsigned removed;
	unsigned inserted;
	unsigned changed;
} shelf;

static size_t place_of(const shelf *self, const engine__entry *entry)
{
	size_t at = 0;
	while (at < self->count && engine__entry_compare(&self->entries[at], entry) != 0)
		at++;
	return at;
}

static cx_status remove_entry(void *context, const engine__entry *entry)
{
	shelf *self = context;
	size_t at = place_of(self, entry);
	assert_true(at < self->count);
	assert_int_equal(self->inserted + self->changed, 0);
	self->entries[at] = self->entries[--self->count];
	self->removed++;
	return CX_OK;
}

static cx_status insert_entry(void *context, const engine__entry *entry)
{
	shelf *self = context;
	assert_true(place_of(self, entry) == self->count);
	self->entries[self->count++] = *entry;
	self->inserted++;
	return CX_OK;
}

static cx_status change_entry(void *context, const engine__entry *entry)
{
	shelf *self = context;
	size_t at = place_of(self, entry);
	assert_true(at < self->count);
	assert_false(cx_slice_equal(self->entries[at].value, entry->value));
	self->entries[at] = *entry;
	self->changed++;
	return CX_OK;
}

static engine__value random_value(const engine_field *field, dice *rolls)
{
	static const char *const texts[] = { "a", "b", "A", "客客客客客客客客客客",
		                             "客客客客客客客客客客b" };
	if (dice_one_in(rolls, 3))
		return (engine__value){ 0 };
	engine__value value = { .shape = engine__shape_of(field) };
	if (value.shape == ENGINE__INTEGER)
		value.integer = 1 + (int64_t)dice_below(rolls, 2);
	else if (value.shape == ENGINE__CHARS)
		value.bytes = cx_slice_of(texts[dice_below(rolls, CX_COUNT_OF(texts))]);
	else
		value.bytes = CX_SLICE_LITERAL("\x90");
	return value;
}

/* The values of record 5; now and then a deleted one. */
static void random_record(const engine_type *type, dice *rolls, engine__value *values)
{
	for (unsigned slot = 0; slot < type->field_count; slot++)
		values[slot] = random_value(&type->fields[slot], rolls);
	values[ENGINE_SLOT_ID] = (engine__value){ .shape = ENGINE__INTEGER, .integer = 5 };
	if (!dice_one_in(rolls, 10))
		values[ENGINE_SLOT_DELETED_AT] = (engine__value){ 0 };
}

static void change_some(const engine_type *type, dice *rolls, engine__value *values)
{
	engine__value others[ENGINE_SLOTS_MAX];
	random_record(type, rolls, others);
	for (unsigned slot = 1; slot < type->field_count; slot++) {
		if (dice_one_in(rolls, 4))
			values[slot] = others[slot];
	}
}

static bool is_same(const engine__entry *a, const engine__entry *b)
{
	return engine__entry_compare(a, b) == 0 && cx_slice_equal(a->value, b->value);
}

/* Entries of the one list that the other has not just so. */
static unsigned count_missing(const shelf *self, const engine__entry *entries, size_t count)
{
	unsigned missing = 0;
	for (size_t i = 0; i < count; i++) {
		size_t at = place_of(self, &entries[i]);
		missing += at == self->count || !is_same(&self->entries[at], &entries[i]);
	}
	return missing;
}

static void run_round(const engine_type *type, dice *rolls, cx_arena *arena, unsigned *edits)
{
	engine__value values[ENGINE_SLOTS_MAX];
	engine__entry before[ENGINE__ENTRIES_MAX];
	engine__entry after[ENGINE__ENTRIES_MAX];
	size_t before_count;
	size_t after_count;
	random_record(type, rolls, values);
	assert_int_equal(engine__entries_of(type, values, SAMPLE_TREE_BACKREF, arena, before,
	                                    &before_count),
	                 CX_OK);
	change_some(type, rolls, values);
	assert_int_equal(engine__entries_of(type, values, SAMPLE_TREE_BACKREF, arena, after,
	                                    &after_count),
	                 CX_OK);

	shelf store = { .count = before_count };
	memcpy(store.entries, before, before_count * sizeof *before);
	unsigned to_put = count_missing(&store, after, after_count);
	const engine__edits calls = { .context = &store,
		                      .remove = remove_entry,
		                      .insert = insert_entry,
		                      .change = change_entry };
	assert_int_equal(engine__diff(before, before_count, after, after_count, &calls), CX_OK);
	assert_int_equal(store.count, after_count);
	assert_int_equal(count_missing(&store, after, after_count), 0);
	assert_int_equal(store.inserted + store.changed, to_put);
	edits[0] += store.removed;
	edits[1] += store.inserted;
	edits[2] += store.changed;
}

static void edits_turn_the_entries_before_into_those_after(void **state)
{
	(void)state;
	dice rolls = dice_init();
	CX_SCOPED(cx_arena_free) cx_arena *arena = NULL;
	assert_int_equal(cx_arena_new(1 << 20, &arena), CX_OK);
	const engine_type *const types[] = { &sample_type, &sample_line_type };
	for (size_t i = 0; i < CX_COUNT_OF(types); i++) {
		unsigned edits[3] = { 0 };
		for (unsigned round = 0; round < ROUNDS; round++) {
			run_round(types[i], &rolls, arena, edits);
			cx_arena_clear(arena);
		}
		assert_true(edits[0] > ROUNDS / 10 && edits[1] > ROUNDS / 10);
		/* only a clustered record can keep a key and change its value */
		assert_int_equal(edits[2] > ROUNDS / 10, types[i]->cluster != NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edits_turn_the_entries_before_into_those_after),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
