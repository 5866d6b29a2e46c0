/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of index keys are frozen: every kind of column, both directions, null, folded and
 * cut texts, ids and back references. They were written by hand from engine/index/key.h, the
 * hashes computed by xxHash's own library. A row of these tables is never changed; what is
 * new is a new row. */
#include "engine/index/entries.h"
#include "tests/support/sample_type.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#define NUMBER(number)                                        \
	{                                                     \
		.shape = ENGINE__INTEGER, .integer = (number) \
	}
#define TEXT(literal)                               \
	{                                           \
		.shape = ENGINE__CHARS, .bytes = {  \
			(const uint8_t *)(literal), \
			sizeof(literal) - 1         \
		}                                   \
	}

enum {
	UP = 0,
	DOWN = 1,
	FOLDED = 2,
	CUT = 4, /* to five bytes */
};

static const struct {
	unsigned slot;
	unsigned form;
	engine__value value;
	const char *hex;
} columns[] = {
	{ SAMPLE_ACTIVE, UP, { 0 }, "10" },
	{ SAMPLE_ACTIVE, DOWN, { 0 }, "ef" },
	{ SAMPLE_ACTIVE, UP, NUMBER(0), "20 00" },
	{ SAMPLE_ACTIVE, UP, NUMBER(1), "20 01" },
	{ SAMPLE_ACTIVE, DOWN, NUMBER(0), "df ff" },
	{ SAMPLE_ACTIVE, DOWN, NUMBER(1), "df fe" },
	{ SAMPLE_AMOUNT, UP, { 0 }, "10" },
	{ SAMPLE_AMOUNT, DOWN, { 0 }, "ef" },
	{ SAMPLE_AMOUNT, UP, NUMBER(INT64_MIN), "20 00 00 00 00 00 00 00 00" },
	{ SAMPLE_AMOUNT, UP, NUMBER(-1), "20 7f ff ff ff ff ff ff ff" },
	{ SAMPLE_AMOUNT, UP, NUMBER(0), "20 80 00 00 00 00 00 00 00" },
	{ SAMPLE_AMOUNT, UP, NUMBER(258), "20 80 00 00 00 00 00 01 02" },
	{ SAMPLE_AMOUNT, UP, NUMBER(INT64_MAX), "20 ff ff ff ff ff ff ff ff" },
	{ SAMPLE_AMOUNT, DOWN, NUMBER(INT64_MIN), "df ff ff ff ff ff ff ff ff" },
	{ SAMPLE_AMOUNT, DOWN, NUMBER(0), "df 7f ff ff ff ff ff ff ff" },
	{ SAMPLE_AMOUNT, DOWN, NUMBER(258), "df 7f ff ff ff ff ff fe fd" },
	{ SAMPLE_AMOUNT, DOWN, NUMBER(INT64_MAX), "df 00 00 00 00 00 00 00 00" },
	{ SAMPLE_PRICE, UP, NUMBER(1250), "20 80 00 00 00 00 00 04 e2" },
	{ SAMPLE_BORN, UP, NUMBER(20000), "20 80 00 00 00 00 00 4e 20" },
	{ SAMPLE_SEEN, DOWN, NUMBER(1700000000000), "df 7f ff fe 74 30 1a 97 ff" },
	{ SAMPLE_STAGE, UP, NUMBER(2), "20 80 00 00 00 00 00 00 02" },
	{ SAMPLE_STAGE, DOWN, NUMBER(0), "df 7f ff ff ff ff ff ff ff" },
	{ SAMPLE_OWNER, UP, NUMBER(3), "20 80 00 00 00 00 00 00 03" },
	{ SAMPLE_NAME, UP, { 0 }, "10" },
	{ SAMPLE_NAME, DOWN, { 0 }, "ef" },
	{ SAMPLE_NAME, UP, TEXT(""), "20 00 01" },
	{ SAMPLE_NAME, DOWN, TEXT(""), "df ff fe" },
	{ SAMPLE_NAME, UP, TEXT("Ab"), "20 41 62 00 01" },
	{ SAMPLE_NAME, DOWN, TEXT("Ab"), "df be 9d ff fe" },
	{ SAMPLE_NAME, FOLDED, TEXT("Ab"), "20 61 62 00 01" },
	{ SAMPLE_NAME, FOLDED | DOWN, TEXT("Ab"), "df 9e 9d ff fe" },
	{ SAMPLE_NAME, FOLDED, TEXT("ＡＢ"), "20 61 62 00 01" },
	{ SAMPLE_NAME, FOLDED, TEXT("ß"), "20 73 73 00 01" },
	{ SAMPLE_NAME, UP, TEXT("客户"), "20 e5 ae a2 e6 88 b7 00 01" },
	{ SAMPLE_NOTE, UP, TEXT("note"), "20 6e 6f 74 65 00 01" },
	{ SAMPLE_BLOB, UP, TEXT("\x00"), "20 00 ff 00 01" },
	{ SAMPLE_BLOB, UP, TEXT("a\0b\xff"), "20 61 00 ff 62 ff 00 01" },
	{ SAMPLE_BLOB, DOWN, TEXT("a\0b\xff"), "df 9e ff 00 9d 00 ff fe" },
	{ SAMPLE_NOTE, CUT, TEXT("abcde"), "20 61 62 63 64 65 00 01" },
	{ SAMPLE_NOTE, CUT, TEXT("abcdef"), "20 61 62 63 64 65 00 02 da 87 bd 32 d3 c4 7d b6" },
	{ SAMPLE_NOTE, CUT | DOWN, TEXT("abcdef"),
	  "df 9e 9d 9c 9b 9a ff fd 25 78 42 cd 2c 3b 82 49" },
	{ SAMPLE_NAME, CUT | FOLDED, TEXT("ABCDEF"),
	  "20 61 62 63 64 65 00 02 da 87 bd 32 d3 c4 7d b6" },
	{ SAMPLE_BLOB, CUT, TEXT("abcde\0"),
	  "20 61 62 63 64 65 00 02 71 8f 6b 8d 66 3e 97 83" },
};

static void every_column_has_its_bytes(void **state)
{
	(void)state;
	CX_SCOPED(cx_buf_release) cx_buf scratch = CX_BUF_INIT(4096);
	for (size_t i = 0; i < CX_COUNT_OF(columns); i++) {
		const unsigned form = columns[i].form;
		const engine_column column = { .field = &sample_type.fields[columns[i].slot],
			                       .descending = (form & DOWN) != 0,
			                       .folded = (form & FOLDED) != 0,
			                       .text_bytes_max = (form & CUT) != 0 ? 5 : 200 };
		CX_SCOPED(cx_buf_release) cx_buf key = CX_BUF_INIT(500);
		bool inexact = false;
		assert_int_equal(
			engine__key_put(&column, &columns[i].value, &key, &scratch, &inexact),
			CX_OK);
		assert_true(cx_slice_equal(cx_buf_slice(&key), wire_hex(columns[i].hex)));
		assert_int_equal(inexact, key.size >= 16);
	}
}

static void ids_are_eight_bytes_big_endian(void **state)
{
	(void)state;
	CX_SCOPED(cx_buf_release) cx_buf key = CX_BUF_INIT(500);
	engine__key_put_id(&key, 0x0102030405060708);
	assert_true(cx_slice_equal(cx_buf_slice(&key), wire_hex("01 02 03 04 05 06 07 08")));
}

/* Where a text is cut is part of the format: the shares must not move. */
static void the_shares_of_texts_are_these(void **state)
{
	(void)state;
	static const struct {
		unsigned slots[3]; /* 0: no more */
		uint16_t shares[3];
	} table[] = {
		{ { SAMPLE_NAME }, { 80 } },
		{ { SAMPLE_NOTE }, { 481 } },
		{ { SAMPLE_OWNER, SAMPLE_NOTE }, { 0, 472 } },
		{ { SAMPLE_ACTIVE, SAMPLE_NOTE }, { 0, 479 } },
		{ { SAMPLE_NAME, SAMPLE_NOTE }, { 80, 390 } },
		{ { SAMPLE_NOTE, SAMPLE_BLOB }, { 235, 235 } },
		{ { SAMPLE_NOTE, SAMPLE_NAME, SAMPLE_BLOB }, { 189, 80, 189 } },
	};
	for (size_t i = 0; i < CX_COUNT_OF(table); i++) {
		engine_column shared[3] = { 0 };
		size_t count = 0;
		for (; count < 3 && table[i].slots[count] != 0; count++)
			shared[count].field = &sample_type.fields[table[i].slots[count]];
		assert_true(engine__key_share_out(shared, count));
		for (size_t j = 0; j < count; j++)
			assert_int_equal(shared[j].text_bytes_max, table[i].shares[j]);
	}
}

static void entries_of_a_clustered_record_have_their_bytes(void **state)
{
	(void)state;
	static const struct {
		uint16_t tree;
		const char *key;
		const char *value;
	} wanted[] = {
		{ SAMPLE_TREE_BACKREF,
		  "00 02 00 00 00 00 00 00 01 00 00 08 00 cb 00 00 00 00 00 00 00 05", "" },
		{ LINE_TREE_EXT_ID, "20 78 00 01",
		  "00 00 00 00 00 00 00 05"
		  " 20 80 00 00 00 00 00 00 03 df 7f ff ff ff ff ff ff e1 00 00 00 00 00 00 00 "
		  "05" },
		{ LINE_TREE_SEEN, "20 80 00 00 00 00 00 00 1e 00 00 00 00 00 00 00 05",
		  "20 80 00 00 00 00 00 00 03 df 7f ff ff ff ff ff ff e1 00 00 00 00 00 00 00 "
		  "05" },
	};
	const engine__value values[LINE_SLOTS] = {
		[ENGINE_SLOT_ID] = NUMBER(5), [ENGINE_SLOT_EXT_ID] = TEXT("x"),
		[LINE_OWNER] = NUMBER(3),     [LINE_SEEN] = NUMBER(30),
		[LINE_COMPANY] = NUMBER(256),
	};
	CX_SCOPED(cx_arena_free) cx_arena *arena = NULL;
	assert_int_equal(cx_arena_new(1 << 20, &arena), CX_OK);
	engine__entry entries[ENGINE__ENTRIES_MAX];
	size_t count;
	assert_int_equal(engine__entries_of(&sample_line_type, values, SAMPLE_TREE_BACKREF,
	                                    arena, entries, &count),
	                 CX_OK);
	assert_int_equal(count, CX_COUNT_OF(wanted));
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(entries[i].tree, wanted[i].tree);
		assert_true(cx_slice_equal(entries[i].key, wire_hex(wanted[i].key)));
		assert_true(cx_slice_equal(entries[i].value, wire_hex(wanted[i].value)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_column_has_its_bytes),
		cmocka_unit_test(ids_are_eight_bytes_big_endian),
		cmocka_unit_test(the_shares_of_texts_are_these),
		cmocka_unit_test(entries_of_a_clustered_record_have_their_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
