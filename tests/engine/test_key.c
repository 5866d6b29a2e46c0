/* SPDX-License-Identifier: Apache-2.0 */
/* Columns are taken off a key as they were put on it, texts are cut where they must be, and a
 * damaged key is never read past its end. Order: tests/property/test_key_order.c; the bytes:
 * tests/compat/test_golden_keys.c. */
#include "engine/index/key.h"
#include "engine/store/store.h"
#include "tests/support/sample_type.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <string.h>

enum { ROOM = 100 }; /* text_bytes_max of columns whose texts are not cut */

static engine_column column_of(unsigned slot, bool descending)
{
	return (engine_column){ .field = &sample_type.fields[slot],
		                .descending = descending,
		                .text_bytes_max = ROOM };
}

static engine__value number(int64_t integer)
{
	return (engine__value){ .shape = ENGINE__INTEGER, .integer = integer };
}

static engine__value text(cx_slice bytes)
{
	return (engine__value){ .shape = ENGINE__CHARS, .bytes = bytes };
}

#define TEXT(literal) text(CX_SLICE_LITERAL(literal))

static const engine__value null = { .shape = ENGINE__NULL };

/* Appends; returns whether the entry is exact. */
static bool put(const engine_column *column, engine__value value, cx_buf *key)
{
	CX_SCOPED(cx_buf_release) cx_buf scratch = CX_BUF_INIT(1 << 20);
	bool inexact = false;
	assert_int_equal(engine__key_put(column, &value, key, &scratch, &inexact), CX_OK);
	return !inexact;
}

static void take_inverts_put(void **state)
{
	(void)state;
	const struct {
		unsigned slot;
		engine__value value;
	} table[] = {
		{ SAMPLE_ACTIVE, number(0) },
		{ SAMPLE_ACTIVE, number(1) },
		{ SAMPLE_ACTIVE, null },
		{ SAMPLE_AMOUNT, number(INT64_MIN) },
		{ SAMPLE_AMOUNT, number(-1) },
		{ SAMPLE_AMOUNT, number(0) },
		{ SAMPLE_AMOUNT, number(INT64_MAX) },
		{ SAMPLE_PRICE, number(99) },
		{ SAMPLE_BORN, number(-4371587) },
		{ SAMPLE_SEEN, null },
		{ SAMPLE_STAGE, number(0) },
		{ SAMPLE_STAGE, number(2) },
		{ SAMPLE_OWNER, number(7) },
		{ SAMPLE_NAME, TEXT("") },
		{ SAMPLE_NAME, TEXT("客户") },
		{ SAMPLE_NOTE, null },
		{ SAMPLE_BLOB, TEXT("\0") },
		{ SAMPLE_BLOB, TEXT("\0\0") },
		{ SAMPLE_BLOB, TEXT("a\0\xff\x01\xff") },
		{ SAMPLE_BLOB, TEXT("\xff\xff") },
	};
	for (size_t i = 0; i < 2 * CX_COUNT_OF(table); i++) {
		const engine_column column = column_of(table[i / 2].slot, i % 2 == 1);
		const engine__value *value = &table[i / 2].value;
		CX_SCOPED(cx_buf_release) cx_buf key = CX_BUF_INIT(ENGINE__KEY_BYTES_MAX);
		assert_true(put(&column, *value, &key));
		size_t size = key.size;
		engine__key_put_id(&key, 5);

		cx_slice rest = wire_exact(cx_buf_slice(&key));
		assert_int_equal(engine__key_skip(&column, rest), size);
		CX_SCOPED(cx_buf_release) cx_buf scratch = CX_BUF_INIT(ENGINE__KEY_BYTES_MAX);
		engine__value back;
		bool exact = false;
		assert_int_equal(engine__key_take(&column, &rest, &scratch, &back, &exact),
		                 CX_OK);
		assert_true(exact);
		assert_int_equal(back.shape, value->shape);
		assert_true(engine__value_equal(&back, value));
		assert_int_equal(rest.size, ENGINE__KEY_ID_BYTES);
	}
}

static void texts_of_earlier_columns_stay_while_later_ones_are_taken(void **state)
{
	(void)state;
	const engine_column blob = column_of(SAMPLE_BLOB, true);
	const engine_column note = column_of(SAMPLE_NOTE, false);
	const engine_column name = column_of(SAMPLE_NAME, true);
	CX_SCOPED(cx_buf_release) cx_buf key = CX_BUF_INIT(ENGINE__KEY_BYTES_MAX);
	put(&blob, TEXT("first\0text, which is not so short"), &key);
	put(&note, TEXT("second"), &key);
	put(&name, TEXT("the third text is longer than the others, and the key too"), &key);

	cx_slice rest = cx_buf_slice(&key);
	CX_SCOPED(cx_buf_release) cx_buf scratch = CX_BUF_INIT(ENGINE__KEY_BYTES_MAX);
	engine__value first;
	engine__value second;
	engine__value third;
	bool exact;
	assert_int_equal(engine__key_take(&blob, &rest, &scratch, &first, &exact), CX_OK);
	assert_int_equal(engine__key_take(&note, &rest, &scratch, &second, &exact), CX_OK);
	assert_int_equal(engine__key_take(&name, &rest, &scratch, &third, &exact), CX_OK);
	assert_int_equal(rest.size, 0);
	const engine__value wanted = TEXT("first\0text, which is not so short");
	assert_true(engine__value_equal(&first, &wanted));
	assert_true(second.bytes.data > key.data && second.bytes.data < key.data + key.size);
}

static void a_text_is_cut_beyond_its_share_and_not_before(void **state)
{
	(void)state;
	engine_column column = column_of(SAMPLE_BLOB, false);
	column.text_bytes_max = 6;
	const struct {
		engine__value value;
		cx_slice head; /* what is left of it */
		bool exact;
	} table[] = {
		{ TEXT("abcde"), CX_SLICE_LITERAL("abcde"), true },
		{ TEXT("abcdef"), CX_SLICE_LITERAL("abcdef"), true },
		{ TEXT("abcdefg"), CX_SLICE_LITERAL("abcdef"), false },
		{ TEXT("abcd\0"), CX_SLICE_LITERAL("abcd\0"), true },
		{ TEXT("abcde\0"), CX_SLICE_LITERAL("abcde"), false }, /* no half escape */
		{ TEXT("abcd\0f"), CX_SLICE_LITERAL("abcd\0"), false },
		{ TEXT("\0\0\0"), CX_SLICE_LITERAL("\0\0\0"), true },
		{ TEXT("\0\0\0\0"), CX_SLICE_LITERAL("\0\0\0"), false },
		{ TEXT("a\0\0\0"), CX_SLICE_LITERAL("a\0\0"), false },
	};
	for (size_t i = 0; i < 2 * CX_COUNT_OF(table); i++) {
		column.descending = i % 2 == 1;
		CX_SCOPED(cx_buf_release) cx_buf key = CX_BUF_INIT(ENGINE__KEY_BYTES_MAX);
		assert_int_equal(put(&column, table[i / 2].value, &key), table[i / 2].exact);
		assert_true(key.size <= 1 + 6 + ENGINE__KEY_CUT_BYTES);

		cx_slice rest = wire_exact(cx_buf_slice(&key));
		assert_int_equal(engine__key_skip(&column, rest), rest.size);
		CX_SCOPED(cx_buf_release) cx_buf scratch = CX_BUF_INIT(ENGINE__KEY_BYTES_MAX);
		engine__value head;
		bool exact;
		assert_int_equal(engine__key_take(&column, &rest, &scratch, &head, &exact),
		                 CX_OK);
		assert_int_equal(exact, table[i / 2].exact);
		assert_true(cx_slice_equal(head.bytes, table[i / 2].head));
		assert_int_equal(rest.size, 0);
	}
}

static void cut_texts_of_one_head_have_their_own_keys(void **state)
{
	(void)state;
	engine_column column = column_of(SAMPLE_NOTE, false);
	column.text_bytes_max = 4;
	CX_SCOPED(cx_buf_release) cx_buf a = CX_BUF_INIT(ENGINE__KEY_BYTES_MAX);
	CX_SCOPED(cx_buf_release) cx_buf b = CX_BUF_INIT(ENGINE__KEY_BYTES_MAX);
	CX_SCOPED(cx_buf_release) cx_buf whole = CX_BUF_INIT(ENGINE__KEY_BYTES_MAX);
	assert_false(put(&column, TEXT("abcde"), &a));
	assert_false(put(&column, TEXT("abcdf"), &b));
	assert_true(put(&column, TEXT("abcd"), &whole));
	assert_false(cx_slice_equal(cx_buf_slice(&a), cx_buf_slice(&b)));
	assert_true(cx_slice_compare(cx_buf_slice(&whole), cx_buf_slice(&a)) < 0);
	assert_true(cx_slice_compare(cx_buf_slice(&whole), cx_buf_slice(&b)) < 0);
}

static void inexact_is_set_and_never_cleared(void **state)
{
	(void)state;
	engine_column column = column_of(SAMPLE_NOTE, false);
	CX_SCOPED(cx_buf_release) cx_buf key = CX_BUF_INIT(ENGINE__KEY_BYTES_MAX);
	CX_SCOPED(cx_buf_release) cx_buf scratch = CX_BUF_INIT(64);
	const engine__value value = TEXT("short");
	bool inexact = true;
	assert_int_equal(engine__key_put(&column, &value, &key, &scratch, &inexact), CX_OK);
	assert_true(inexact);
	assert_int_equal(engine__key_put_prefix(&column, value.bytes, &key, &scratch, &inexact),
	                 CX_OK);
	assert_true(inexact);
}

static void a_folded_column_holds_the_folded_text(void **state)
{
	(void)state;
	engine_column folded = column_of(SAMPLE_NAME, false);
	folded.folded = true;
	const engine_column binary = column_of(SAMPLE_NAME, false);
	CX_SCOPED(cx_buf_release) cx_buf upper = CX_BUF_INIT(ENGINE__KEY_BYTES_MAX);
	CX_SCOPED(cx_buf_release) cx_buf wide = CX_BUF_INIT(ENGINE__KEY_BYTES_MAX);
	CX_SCOPED(cx_buf_release) cx_buf plain = CX_BUF_INIT(ENGINE__KEY_BYTES_MAX);
	put(&folded, TEXT("ACME Straße"), &upper);
	put(&folded, TEXT("ＡＣＭＥ strasse"), &wide);
	put(&binary, TEXT("acme strasse"), &plain);
	assert_true(cx_slice_equal(cx_buf_slice(&upper), cx_buf_slice(&wide)));
	assert_true(cx_slice_equal(cx_buf_slice(&upper), cx_buf_slice(&plain)));

	cx_slice rest = cx_buf_slice(&upper);
	CX_SCOPED(cx_buf_release) cx_buf scratch = CX_BUF_INIT(64);
	engine__value value;
	bool exact;
	assert_int_equal(engine__key_take(&folded, &rest, &scratch, &value, &exact), CX_OK);
	assert_true(cx_slice_equal(value.bytes, CX_SLICE_LITERAL("acme strasse")));
}

static void a_prefix_is_the_column_without_its_end(void **state)
{
	(void)state;
	const struct {
		bool descending;
		bool folded;
		const char *prefix;
		const char *bytes;
		bool exact;
	} table[] = {
		{ false, false, "", "20", true },
		{ true, false, "", "df", true },
		{ false, false, "ab", "20 61 62", true },
		{ true, false, "ab", "df 9e 9d", true },
		{ false, true, "Ab", "20 61 62", true },
		{ false, false, "abcdef", "20 61 62 63 64 65 66", true },
		{ false, false, "abcdefg", "20 61 62 63 64 65 66", false },
	};
	for (size_t i = 0; i < CX_COUNT_OF(table); i++) {
		engine_column column = column_of(SAMPLE_NOTE, table[i].descending);
		column.folded = table[i].folded;
		column.text_bytes_max = 6;
		CX_SCOPED(cx_buf_release) cx_buf key = CX_BUF_INIT(ENGINE__KEY_BYTES_MAX);
		CX_SCOPED(cx_buf_release) cx_buf scratch = CX_BUF_INIT(64);
		bool inexact = false;
		assert_int_equal(engine__key_put_prefix(&column, cx_slice_of(table[i].prefix),
		                                        &key, &scratch, &inexact),
		                 CX_OK);
		assert_true(cx_slice_equal(cx_buf_slice(&key), wire_hex(table[i].bytes)));
		assert_int_equal(inexact, !table[i].exact);
	}
}

static void the_successor_is_the_least_key_after_all_that_begin_so(void **state)
{
	(void)state;
	static const struct {
		const char *key;
		const char *successor; /* NULL: none */
	} table[] = {
		{ "00", "01" },       { "20 61", "20 62" },       { "20 ff", "21" },
		{ "fe ff ff", "ff" }, { "00 ff 00", "00 ff 01" }, { "", NULL },
		{ "ff", NULL },       { "ff ff", NULL },
	};
	for (size_t i = 0; i < CX_COUNT_OF(table); i++) {
		CX_SCOPED(cx_buf_release) cx_buf key = CX_BUF_INIT(64);
		cx_slice before = wire_hex(table[i].key);
		cx_buf_append_slice(&key, before);
		bool found = engine__key_successor(&key);
		assert_int_equal(found, table[i].successor != NULL);
		cx_slice wanted = found ? wire_hex(table[i].successor) : before;
		assert_true(cx_slice_equal(cx_buf_slice(&key), wanted));
	}
}

static void the_id_is_in_the_last_eight_bytes(void **state)
{
	(void)state;
	static const int64_t ids[] = { 1, 255, 256, (INT64_C(1) << 53) - 1, INT64_MAX };
	for (size_t i = 0; i < CX_COUNT_OF(ids); i++) {
		CX_SCOPED(cx_buf_release) cx_buf key = CX_BUF_INIT(64);
		cx_buf_append_byte(&key, 0x10);
		engine__key_put_id(&key, ids[i]);
		assert_int_equal(key.size, 1 + ENGINE__KEY_ID_BYTES);
		int64_t id = 77;
		assert_int_equal(engine__key_id(wire_exact(cx_buf_slice(&key)), &id), CX_OK);
		assert_int_equal(id, ids[i]);
	}
	static const char *const damaged[] = { "", "00 00 00 00 00 00 05",
		                               "00 00 00 00 00 00 00 00",
		                               "80 00 00 00 00 00 00 00" };
	for (size_t i = 0; i < CX_COUNT_OF(damaged); i++) {
		int64_t id = 77;
		assert_int_equal(engine__key_id(wire_hex(damaged[i]), &id), CX_CORRUPT);
		assert_int_equal(id, 77);
	}
}

static void assert_damaged(const engine_column *column, cx_slice bytes)
{
	cx_slice rest = wire_exact(bytes);
	const cx_slice before = rest;
	assert_int_equal(engine__key_skip(column, rest), 0);
	CX_SCOPED(cx_buf_release) cx_buf scratch = CX_BUF_INIT(64);
	engine__value value = { .integer = 77 };
	bool exact = true;
	assert_int_equal(engine__key_take(column, &rest, &scratch, &value, &exact), CX_CORRUPT);
	assert_int_equal(value.integer, 77);
	assert_true(rest.data == before.data && rest.size == before.size);
	assert_int_equal(scratch.size, 0);
}

static void every_proper_prefix_of_a_column_is_corrupt(void **state)
{
	(void)state;
	const struct {
		unsigned slot;
		engine__value value;
	} table[] = {
		{ SAMPLE_ACTIVE, number(1) },           { SAMPLE_AMOUNT, number(7) },
		{ SAMPLE_NAME, TEXT("abc") },           { SAMPLE_BLOB, TEXT("a\0b\0") },
		{ SAMPLE_BLOB, TEXT("a\0bcdefghijk") },
	};
	for (size_t i = 0; i < 2 * CX_COUNT_OF(table); i++) {
		engine_column column = column_of(table[i / 2].slot, i % 2 == 1);
		column.text_bytes_max = 8;
		CX_SCOPED(cx_buf_release) cx_buf key = CX_BUF_INIT(ENGINE__KEY_BYTES_MAX);
		put(&column, table[i / 2].value, &key);
		for (size_t size = 0; size < key.size; size++)
			assert_damaged(&column, (cx_slice){ .data = key.data, .size = size });
	}
}

static void damaged_columns_are_corrupt(void **state)
{
	(void)state;
	static const struct {
		unsigned slot;
		bool descending;
		const char *key;
	} table[] = {
		{ SAMPLE_AMOUNT, false, "00 80 00 00 00 00 00 00 07" }, /* marker */
		{ SAMPLE_AMOUNT, true, "20 80 00 00 00 00 00 00 07" },
		{ SAMPLE_AMOUNT, false, "ef" },
		{ SAMPLE_NAME, false, "20 61 00 03" }, /* after 00 */
		{ SAMPLE_NAME, false, "20 61 00 00" },
		{ SAMPLE_NAME, true, "df 9e ff 01" },
		{ SAMPLE_NAME, false, "20 61 00 02 00 00 00 00 00 00 00" }, /* hash */
	};
	for (size_t i = 0; i < CX_COUNT_OF(table); i++) {
		const engine_column column = column_of(table[i].slot, table[i].descending);
		assert_damaged(&column, wire_hex(table[i].key));
	}
}

static void numbers_that_are_no_bool_or_label_are_corrupt(void **state)
{
	(void)state;
	static const struct {
		unsigned slot;
		const char *key;
	} table[] = {
		{ SAMPLE_ACTIVE, "20 02" },
		{ SAMPLE_STAGE, "20 80 00 00 00 00 00 00 03" },
		{ SAMPLE_STAGE, "20 7f ff ff ff ff ff ff ff" },
	};
	for (size_t i = 0; i < CX_COUNT_OF(table); i++) {
		const engine_column column = column_of(table[i].slot, false);
		cx_slice rest = wire_hex(table[i].key);
		CX_SCOPED(cx_buf_release) cx_buf scratch = CX_BUF_INIT(64);
		engine__value value = { .integer = 77 };
		bool exact;
		assert_int_equal(engine__key_take(&column, &rest, &scratch, &value, &exact),
		                 CX_CORRUPT);
		assert_int_equal(value.integer, 77);
	}
}

static void a_key_without_room_stays_as_it_was(void **state)
{
	(void)state;
	const engine_column amount = column_of(SAMPLE_AMOUNT, false);
	const engine_column name = column_of(SAMPLE_NAME, false);
	const engine__value seven = number(7);
	const engine__value abc = TEXT("abc");
	CX_SCOPED(cx_buf_release) cx_buf scratch = CX_BUF_INIT(64);
	bool inexact = false;
	CX_SCOPED(cx_buf_release) cx_buf key = CX_BUF_INIT(8);
	assert_int_equal(engine__key_put(&amount, &seven, &key, &scratch, &inexact),
	                 CX_TOO_LARGE);
	cx_buf_clear(&key);
	assert_int_equal(engine__key_put(&name, &abc, &key, &scratch, &inexact), CX_TOO_LARGE);
	assert_int_equal(key.size, 0);
	assert_false(inexact);
}

static void the_bytes_of_a_key_are_shared_out(void **state)
{
	(void)state;
	/* 500 less 8 for the id, 9 per integer, 2 per bool, 11 per text */
	static const engine_field s5 = { .name = "s5", .kind = ENGINE_STRING, .length_max = 5 };
	static const engine_field s3 = { .name = "s3", .kind = ENGINE_STRING, .length_max = 3 };
	static const engine_field s200 = { .name = "s200",
		                           .kind = ENGINE_STRING,
		                           .length_max = 200 };
	const engine_field *note = &sample_type.fields[SAMPLE_NOTE];
	const engine_field *blob = &sample_type.fields[SAMPLE_BLOB];
	const engine_field *amount = &sample_type.fields[SAMPLE_AMOUNT];
	const engine_field *active = &sample_type.fields[SAMPLE_ACTIVE];
	const struct {
		const engine_field *fields[4];
		uint16_t shares[4];
	} table[] = {
		{ { note }, { 481 } },
		{ { &s5 }, { 20 } },
		{ { &s3 }, { 12 } },
		{ { amount }, { 0 } },
		{ { amount, note }, { 0, 472 } },
		{ { active, note }, { 0, 479 } },
		{ { note, blob }, { 235, 235 } },
		{ { note, &s5 }, { 450, 20 } },
		{ { &s200, &s5, note }, { 219, 20, 219 } }, /* 500-8-33 = 459 */
		{ { &s3, note, &s5, amount }, { 12, 418, 20, 0 } },
	};
	for (size_t i = 0; i < CX_COUNT_OF(table); i++) {
		engine_column columns[4] = { 0 };
		size_t count = 0;
		for (; count < 4 && table[i].fields[count] != NULL; count++)
			columns[count] = (engine_column){ .field = table[i].fields[count],
				                          .text_bytes_max = 9 };
		assert_true(engine__key_share_out(columns, count));
		for (size_t j = 0; j < count; j++)
			assert_int_equal(columns[j].text_bytes_max, table[i].shares[j]);
	}
}

static void the_longest_key_of_an_index_fits(void **state)
{
	(void)state;
	static uint8_t bytes[ENGINE_TEXT_BYTES_MAX];
	for (int fill = 0; fill < 2; fill++) {
		memset(bytes, fill == 0 ? 0 : 'a', sizeof bytes);
		for (size_t count = 1; count <= ENGINE_COLUMNS_MAX; count++) {
			engine_column columns[ENGINE_COLUMNS_MAX];
			for (size_t i = 0; i < count; i++)
				columns[i] = column_of(SAMPLE_BLOB, i % 2 == 1);
			assert_true(engine__key_share_out(columns, count));
			CX_SCOPED(cx_buf_release)
			cx_buf key = CX_BUF_INIT(ENGINE__KEY_BYTES_MAX);
			for (size_t i = 0; i < count; i++)
				put(&columns[i], text((cx_slice){ bytes, sizeof bytes }), &key);
			engine__key_put_id(&key, 1);
			assert_int_equal(cx_buf_status(&key), CX_OK);
			/* at most what division and half an escape leave over */
			assert_true(key.size > ENGINE__KEY_BYTES_MAX - 3 * count);
		}
	}
}

static void a_list_has_no_place_in_a_key(void **state)
{
	(void)state;
	engine_column columns[] = { column_of(SAMPLE_NAME, false),
		                    column_of(SAMPLE_TAGS, false) };
	assert_true(engine__key_share_out(columns, 1));
	assert_false(engine__key_share_out(columns, 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(take_inverts_put),
		cmocka_unit_test(texts_of_earlier_columns_stay_while_later_ones_are_taken),
		cmocka_unit_test(a_text_is_cut_beyond_its_share_and_not_before),
		cmocka_unit_test(cut_texts_of_one_head_have_their_own_keys),
		cmocka_unit_test(inexact_is_set_and_never_cleared),
		cmocka_unit_test(a_folded_column_holds_the_folded_text),
		cmocka_unit_test(a_prefix_is_the_column_without_its_end),
		cmocka_unit_test(the_successor_is_the_least_key_after_all_that_begin_so),
		cmocka_unit_test(the_id_is_in_the_last_eight_bytes),
		cmocka_unit_test(every_proper_prefix_of_a_column_is_corrupt),
		cmocka_unit_test(damaged_columns_are_corrupt),
		cmocka_unit_test(numbers_that_are_no_bool_or_label_are_corrupt),
		cmocka_unit_test(a_key_without_room_stays_as_it_was),
		cmocka_unit_test(the_bytes_of_a_key_are_shared_out),
		cmocka_unit_test(the_longest_key_of_an_index_fits),
		cmocka_unit_test(a_list_has_no_place_in_a_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
