/* SPDX-License-Identifier: Apache-2.0 */
/* The entries of a record are those its values and the schema say, in order, and nothing else.
 */
#include "engine/index/entries.h"
#include "engine/row/row.h"
#include "tests/support/sample_type.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <string.h>

static cx_arena *arena;

static int make_arena(void **state)
{
	(void)state;
	return cx_arena_new(8 << 20, &arena) == CX_OK ? 0 : -1;
}

static int free_arena(void **state)
{
	(void)state;
	cx_arena_free(&arena);
	return 0;
}

typedef struct entry_list {
	engine__entry entries[ENGINE__ENTRIES_MAX];
	size_t count;
} entry_list;

static void compute(const engine_type *type, const char *row, entry_list *ret)
{
	engine__value values[ENGINE_SLOTS_MAX];
	assert_int_equal(engine__row_values(type, wire(row), values), CX_OK);
	ret->count = 77;
	assert_int_equal(engine__entries_of(type, values, SAMPLE_TREE_BACKREF, arena,
	                                    ret->entries, &ret->count),
	                 CX_OK);
	for (size_t i = 1; i < ret->count; i++)
		assert_true(engine__entry_compare(&ret->entries[i - 1], &ret->entries[i]) < 0);
}

static const engine__entry *entry_in(const entry_list *list, uint16_t tree)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->entries[i].tree == tree)
			return &list->entries[i];
	}
	return NULL;
}

static void assert_entry(const entry_list *list, uint16_t tree, const char *key,
                         const char *value)
{
	const engine__entry *entry = entry_in(list, tree);
	assert_non_null(entry);
	assert_true(cx_slice_equal(entry->key, wire_hex(key)));
	assert_true(cx_slice_equal(entry->value, wire_hex(value)));
}

static const char full[] = "[5, 1, 10, 2, 10, 2, nil, 'x-5', true, -7, 1250, 20000, 30, "
			   "'Acme', 'hello', 'won', 3, "
			   "4, 6, h'0001', [1, 2], ['a', 'b']]";

static void a_record_has_one_entry_per_index_and_back_reference(void **state)
{
	(void)state;
	entry_list list;
	compute(&sample_type, full, &list);
	assert_int_equal(list.count, SAMPLE_INDEXES + 1);
	assert_entry(&list, SAMPLE_TREE_EXT_ID, "20 78 2d 35 00 01", "00 00 00 00 00 00 00 05");
	assert_entry(&list, SAMPLE_TREE_STAGE,
	             "20 80 00 00 00 00 00 00 01 df 80 00 00 00 00 00 00 06"
	             " 00 00 00 00 00 00 00 05",
	             "");
	assert_entry(&list, SAMPLE_TREE_NAME, "20 61 63 6d 65 00 01",
	             "00 00 00 00 00 00 00 05");
	assert_entry(&list, SAMPLE_TREE_PARENT,
	             "20 80 00 00 00 00 00 00 06 00 00 00 00 00 00 00 05", "");
	assert_entry(&list, SAMPLE_TREE_ACTIVE,
	             "20 01 20 80 00 00 00 00 00 4e 20 00 00 00 00 00 00 00 05", "");
	assert_entry(&list, SAMPLE_TREE_BLOB,
	             "df ff 00 fe ff fe 20 68 65 6c 6c 6f 00 01 00 00 00 00 00 00 00 05", "");
	assert_entry(&list, SAMPLE_TREE_OWNER_SEEN,
	             "20 80 00 00 00 00 00 00 03 20 80 00 00 00 00 00 00 1e",
	             "00 00 00 00 00 00 00 05");
	assert_entry(&list, SAMPLE_TREE_BACKREF,
	             "00 02 00 00 00 00 00 00 00 04 00 07 00 6e 00 00 00 00 00 00 00 05", "");
	for (size_t i = 0; i < list.count; i++)
		assert_false(list.entries[i].inexact);
}

static void entries_know_their_index(void **state)
{
	(void)state;
	entry_list list;
	compute(&sample_type, full, &list);
	for (size_t i = 0; i < list.count; i++) {
		const engine__entry *entry = &list.entries[i];
		if (entry->tree == SAMPLE_TREE_BACKREF)
			assert_null(entry->index);
		else
			assert_int_equal(entry->index->tree, entry->tree);
	}
}

static void null_has_no_entry_where_the_index_leaves_it_out(void **state)
{
	(void)state;
	entry_list list;
	compute(&sample_type, "[5, 1]", &list);
	assert_null(entry_in(&list, SAMPLE_TREE_EXT_ID));
	assert_null(entry_in(&list, SAMPLE_TREE_NAME));
	assert_null(entry_in(&list, SAMPLE_TREE_BACKREF));
	assert_entry(&list, SAMPLE_TREE_PARENT, "10 00 00 00 00 00 00 00 05", "");
	assert_entry(&list, SAMPLE_TREE_STAGE, "10 ef 00 00 00 00 00 00 00 05", "");
	/* unique without `where`: null counts as a value */
	assert_entry(&list, SAMPLE_TREE_OWNER_SEEN, "10 10", "00 00 00 00 00 00 00 05");
	assert_int_equal(list.count, SAMPLE_INDEXES - 2);
}

static void a_deleted_record_has_none(void **state)
{
	(void)state;
	entry_list list;
	compute(&sample_type, "[5, 2, 10, 2, 10, 2, 99, 'x-5', true, -7]", &list);
	assert_int_equal(list.count, 0);
	compute(&sample_line_type, "[5, 2, 10, 2, 10, 2, 0, 'x-5', 3, 30, 4]", &list);
	assert_int_equal(list.count, 0);
}

static void an_inexact_unique_entry_carries_the_id_in_its_key(void **state)
{
	(void)state;
	entry_list list;
	/* 24 bytes of the folded name go into the key */
	compute(&sample_type,
	        "[5, 1, 10, 2, 10, 2, nil, nil, nil, nil, nil, nil, nil, "
	        "'客客客客客客客客客']",
	        &list);
	const engine__entry *entry = entry_in(&list, SAMPLE_TREE_NAME);
	assert_non_null(entry);
	assert_true(entry->inexact);
	assert_int_equal(entry->value.size, 0);
	assert_int_equal(entry->key.size,
	                 1 + 24 + ENGINE__KEY_CUT_BYTES + ENGINE__KEY_ID_BYTES);
	int64_t id;
	assert_int_equal(engine__key_id(entry->key, &id), CX_OK);
	assert_int_equal(id, 5);

	compute(&sample_type,
	        "[5, 1, 10, 2, 10, 2, nil, nil, nil, nil, nil, nil, nil, "
	        "'客客客客客客客客']",
	        &list);
	entry = entry_in(&list, SAMPLE_TREE_NAME);
	assert_false(entry->inexact);
	assert_int_equal(entry->value.size, ENGINE__KEY_ID_BYTES);
}

static void entries_of_a_clustered_type_carry_the_cluster_key(void **state)
{
	(void)state;
	const char row[] = "[5, 1, 10, 2, 10, 2, nil, 'x', 3, 30, 4]";
	const char cluster[] = "20 80 00 00 00 00 00 00 03 df 7f ff ff ff ff ff ff e1"
			       " 00 00 00 00 00 00 00 05";
	entry_list list;
	compute(&sample_line_type, row, &list);
	assert_int_equal(list.count, 3); /* the cluster's own is the record */
	assert_null(entry_in(&list, LINE_TREE_RECORDS));
	assert_entry(&list, LINE_TREE_SEEN,
	             "20 80 00 00 00 00 00 00 1e 00 00 00 00 00 00 00 05", cluster);
	assert_entry(
		&list, LINE_TREE_EXT_ID, "20 78 00 01",
		"00 00 00 00 00 00 00 05 20 80 00 00 00 00 00 00 03 df 7f ff ff ff ff ff ff "
		"e1 00 00 00 00 00 00 00 05");
	assert_entry(&list, SAMPLE_TREE_BACKREF,
	             "00 02 00 00 00 00 00 00 00 04 00 08 00 cb 00 00 00 00 00 00 00 05", "");
}

static void an_inexact_unique_entry_of_a_clustered_type_carries_the_cluster_key_only(
	void **state)
{
	(void)state;
	entry_list list;
	compute(&sample_line_type,
	        "[5, 1, 10, 2, 10, 2, nil, '0123456789012345678901234567890123', 3, 30, nil]",
	        &list);
	const engine__entry *entry = entry_in(&list, LINE_TREE_EXT_ID);
	assert_true(entry->inexact);
	assert_true(cx_slice_equal(entry->value, entry_in(&list, LINE_TREE_SEEN)->value));
	int64_t id;
	assert_int_equal(engine__key_id(entry->key, &id), CX_OK);
	assert_int_equal(id, 5);
}

static void the_record_key_is_the_id_or_the_cluster_key(void **state)
{
	(void)state;
	engine__value values[ENGINE_SLOTS_MAX];
	cx_slice key;
	assert_int_equal(engine__row_values(&sample_type, wire("[258]"), values), CX_OK);
	assert_int_equal(engine__entries_record_key(&sample_type, values, arena, &key), CX_OK);
	assert_true(cx_slice_equal(key, wire_hex("00 00 00 00 00 00 01 02")));

	/* a deleted record keeps its place */
	assert_int_equal(engine__row_values(&sample_line_type,
	                                    wire("[5, 1, 10, 2, 10, 2, 99, nil, nil, 30]"),
	                                    values),
	                 CX_OK);
	assert_int_equal(engine__entries_record_key(&sample_line_type, values, arena, &key),
	                 CX_OK);
	assert_true(cx_slice_equal(
		key, wire_hex("10 df 7f ff ff ff ff ff ff e1 00 00 00 00 00 00 00 05")));
}

static void back_references_to_one_record_from_one_type_are_all_there(void **state)
{
	(void)state;
	/* two fields that refer to the same record */
	engine_field fields[ENGINE_SYSTEM_SLOTS + 2];
	memcpy(fields, sample_type.fields, ENGINE_SYSTEM_SLOTS * sizeof *fields);
	for (uint16_t i = 0; i < 2; i++) {
		uint16_t slot = (uint16_t)(ENGINE_SYSTEM_SLOTS + i);
		fields[slot] = sample_type.fields[SAMPLE_COMPANY];
		fields[slot].slot = slot;
		fields[slot].id = (uint16_t)(9 - i); /* not in the order of slots */
	}
	const engine_type type = {
		.name = "t", .id = 5, .fields = fields, .field_count = CX_COUNT_OF(fields)
	};
	entry_list list;
	compute(&type, "[5, 1, 10, 2, 10, 2, nil, nil, 4, 4]", &list);
	assert_int_equal(list.count, 2);
	assert_true(cx_slice_equal(
		list.entries[0].key,
		wire_hex("00 02 00 00 00 00 00 00 00 04 00 05 00 08 00 00 00 00 00 00 00 05")));
	assert_true(cx_slice_equal(
		list.entries[1].key,
		wire_hex("00 02 00 00 00 00 00 00 00 04 00 05 00 09 00 00 00 00 00 00 00 05")));
}

static void without_memory_nothing_is_returned(void **state)
{
	(void)state;
	engine__value values[ENGINE_SLOTS_MAX];
	assert_int_equal(engine__row_values(&sample_type, wire(full), values), CX_OK);
	CX_SCOPED(cx_arena_free) cx_arena *none = NULL;
	assert_int_equal(cx_arena_new(0, &none), CX_OK);
	engine__entry entries[ENGINE__ENTRIES_MAX];
	size_t count = 77;
	assert_int_equal(engine__entries_of(&sample_type, values, SAMPLE_TREE_BACKREF, none,
	                                    entries, &count),
	                 CX_NO_MEMORY);
	assert_int_equal(count, 77);
	cx_slice key = { .size = 77 };
	assert_int_equal(engine__entries_record_key(&sample_type, values, none, &key),
	                 CX_NO_MEMORY);
	assert_int_equal(key.size, 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_has_one_entry_per_index_and_back_reference),
		cmocka_unit_test(entries_know_their_index),
		cmocka_unit_test(null_has_no_entry_where_the_index_leaves_it_out),
		cmocka_unit_test(a_deleted_record_has_none),
		cmocka_unit_test(an_inexact_unique_entry_carries_the_id_in_its_key),
		cmocka_unit_test(entries_of_a_clustered_type_carry_the_cluster_key),
		cmocka_unit_test(
			an_inexact_unique_entry_of_a_clustered_type_carries_the_cluster_key_only),
		cmocka_unit_test(the_record_key_is_the_id_or_the_cluster_key),
		cmocka_unit_test(back_references_to_one_record_from_one_type_are_all_there),
		cmocka_unit_test(without_memory_nothing_is_returned),
	};
	return cmocka_run_group_tests(tests, make_arena, free_arena);
}
