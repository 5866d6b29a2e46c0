/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of stored rows are frozen: every kind of element at every change of its form, the
 * array, the header and its checksum. The bytes were written by hand from engine/row/row.h
 * and the MessagePack specification, the checksums computed by xxHash's own library. A row of
 * these tables is never changed; what is new is a new row. */
#include "engine/row/row.h"
#include "tests/support/sample_type.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <string.h>

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
#define LIST(literal)                               \
	{                                           \
		.shape = ENGINE__ITEMS, .bytes = {  \
			(const uint8_t *)(literal), \
			sizeof(literal) - 1         \
		}                                   \
	}

static const struct {
	unsigned slot;
	engine__value value;
	const char *hex;
} elements[] = {
	{ SAMPLE_ACTIVE, { 0 }, "c0" },
	{ SAMPLE_NOTE, { 0 }, "c0" },
	{ SAMPLE_TAGS, { 0 }, "c0" },
	{ SAMPLE_ACTIVE, NUMBER(0), "c2" },
	{ SAMPLE_ACTIVE, NUMBER(1), "c3" },
	{ SAMPLE_AMOUNT, NUMBER(0), "00" },
	{ SAMPLE_AMOUNT, NUMBER(127), "7f" },
	{ SAMPLE_AMOUNT, NUMBER(128), "cc 80" },
	{ SAMPLE_AMOUNT, NUMBER(255), "cc ff" },
	{ SAMPLE_AMOUNT, NUMBER(256), "cd 01 00" },
	{ SAMPLE_AMOUNT, NUMBER(65535), "cd ff ff" },
	{ SAMPLE_AMOUNT, NUMBER(65536), "ce 00 01 00 00" },
	{ SAMPLE_AMOUNT, NUMBER(4294967295), "ce ff ff ff ff" },
	{ SAMPLE_AMOUNT, NUMBER(4294967296), "cf 00 00 00 01 00 00 00 00" },
	{ SAMPLE_AMOUNT, NUMBER(INT64_MAX), "cf 7f ff ff ff ff ff ff ff" },
	{ SAMPLE_AMOUNT, NUMBER(-1), "ff" },
	{ SAMPLE_AMOUNT, NUMBER(-32), "e0" },
	{ SAMPLE_AMOUNT, NUMBER(-33), "d0 df" },
	{ SAMPLE_AMOUNT, NUMBER(-128), "d0 80" },
	{ SAMPLE_AMOUNT, NUMBER(-129), "d1 ff 7f" },
	{ SAMPLE_AMOUNT, NUMBER(-32768), "d1 80 00" },
	{ SAMPLE_AMOUNT, NUMBER(-32769), "d2 ff ff 7f ff" },
	{ SAMPLE_AMOUNT, NUMBER(-2147483648), "d2 80 00 00 00" },
	{ SAMPLE_AMOUNT, NUMBER(-2147483649), "d3 ff ff ff ff 7f ff ff ff" },
	{ SAMPLE_AMOUNT, NUMBER(INT64_MIN), "d3 80 00 00 00 00 00 00 00" },
	{ SAMPLE_PRICE, NUMBER(1250), "cd 04 e2" },
	{ SAMPLE_BORN, NUMBER(20000), "cd 4e 20" },
	{ SAMPLE_SEEN, NUMBER(1700000000000), "cf 00 00 01 8b cf e5 68 00" },
	{ SAMPLE_OWNER, NUMBER(3), "03" },
	{ SAMPLE_NAME, TEXT(""), "a0" },
	{ SAMPLE_NAME, TEXT("客户"), "a6 e5 ae a2 e6 88 b7" },
	{ SAMPLE_NOTE, TEXT("0123456789abcdef0123456789abcde"),
	  "bf 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66"
	  " 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65" },
	{ SAMPLE_NOTE, TEXT("0123456789abcdef0123456789abcdef"),
	  "d9 20 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66"
	  " 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66" },
	{ SAMPLE_STAGE, NUMBER(0), "a4 6c 65 61 64" },
	{ SAMPLE_STAGE, NUMBER(1), "a3 77 6f 6e" },
	{ SAMPLE_STAGE, NUMBER(2), "a4 6c 6f 73 74" },
	{ SAMPLE_BLOB, TEXT(""), "c4 00" },
	{ SAMPLE_BLOB, TEXT("\x00\xff"), "c4 02 00 ff" },
	{ SAMPLE_COUNTS, LIST("\x90"), "90" },
	{ SAMPLE_COUNTS, LIST("\x92\x01\xff"), "92 01 ff" },
	{ SAMPLE_TAGS, LIST("\x92\xa1\x61\xa0"), "92 a1 61 a0" },
};

static void every_element_has_its_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < CX_COUNT_OF(elements); i++) {
		const engine_field *field = &sample_type.fields[elements[i].slot];
		cx_slice wanted = wire_hex(elements[i].hex);
		CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(4096);
		engine__value_write(field, &elements[i].value, &out);
		assert_true(cx_slice_equal(cx_buf_slice(&out), wanted));
		engine__value back;
		assert_int_equal(engine__value_of_row(field, wanted, &back), CX_OK);
		assert_true(engine__value_equal(&back, &elements[i].value));
	}
}

/* A text or byte string of `size` bytes begins with these. */
static void long_texts_and_bytes_have_their_headers(void **state)
{
	(void)state;
	static const struct {
		unsigned slot;
		size_t size;
		const char *header;
	} table[] = {
		{ SAMPLE_NOTE, 255, "d9 ff" },      { SAMPLE_NOTE, 256, "da 01 00" },
		{ SAMPLE_NOTE, 65535, "da ff ff" }, { SAMPLE_NOTE, 65536, "db 00 01 00 00" },
		{ SAMPLE_BLOB, 255, "c4 ff" },      { SAMPLE_BLOB, 256, "c5 01 00" },
		{ SAMPLE_BLOB, 65535, "c5 ff ff" }, { SAMPLE_BLOB, 65536, "c6 00 01 00 00" },
	};
	static uint8_t bytes[65536];
	memset(bytes, 'a', sizeof bytes);
	for (size_t i = 0; i < CX_COUNT_OF(table); i++) {
		const engine__value value = { .shape = ENGINE__CHARS,
			                      .bytes = { bytes, table[i].size } };
		CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1 << 20);
		engine__value_write(&sample_type.fields[table[i].slot], &value, &out);
		cx_slice header = wire_hex(table[i].header);
		assert_int_equal(out.size, header.size + table[i].size);
		assert_memory_equal(out.data, header.data, header.size);
		assert_memory_equal(out.data + header.size, bytes, table[i].size);
	}
}

static const struct {
	const engine_type *type;
	int64_t id;
	const char *array;
	const char *header;
} rows[] = {
	{ &sample_type, 5,
	  "dc 00 16 05 01 0a 02 0a 02 c0 a3 78 2d 35 c3 f9 cd 04 e2 cd 4e 20"
	  " cf 00 00 01 8b cf e5 68 00 a6 e5 ae a2 e6 88 b7 a5 68 65 6c 6c 6f a3 77 6f 6e"
	  " 03 04 06 c4 02 00 01 92 01 ff 92 a1 61 a1 62",
	  "01 03 00 61 6f 34 63" },
	{ &sample_type, 258, "91 01", "01 03 00 34 63 f6 c7" },
	{ &sample_line_type, 1, "91 01", "01 01 00 24 63 ca a1" },
};

static void every_row_has_its_header_and_checksum(void **state)
{
	(void)state;
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(64);
		engine__row_header_write(rows[i].type, rows[i].id, wire_hex(rows[i].array),
		                         &out);
		assert_true(cx_slice_equal(cx_buf_slice(&out), wire_hex(rows[i].header)));
	}
}

static void a_row_of_every_kind_has_its_array(void **state)
{
	(void)state;
	engine__value values[SAMPLE_SLOTS] = {
		[ENGINE_SLOT_ID] = NUMBER(5),
		[ENGINE_SLOT_REV] = NUMBER(1),
		[ENGINE_SLOT_CREATED_AT] = NUMBER(10),
		[ENGINE_SLOT_CREATED_BY] = NUMBER(2),
		[ENGINE_SLOT_UPDATED_AT] = NUMBER(10),
		[ENGINE_SLOT_UPDATED_BY] = NUMBER(2),
		[ENGINE_SLOT_EXT_ID] = TEXT("x-5"),
		[SAMPLE_ACTIVE] = NUMBER(1),
		[SAMPLE_AMOUNT] = NUMBER(-7),
		[SAMPLE_PRICE] = NUMBER(1250),
		[SAMPLE_BORN] = NUMBER(20000),
		[SAMPLE_SEEN] = NUMBER(1700000000000),
		[SAMPLE_NAME] = TEXT("客户"),
		[SAMPLE_NOTE] = TEXT("hello"),
		[SAMPLE_STAGE] = NUMBER(1),
		[SAMPLE_OWNER] = NUMBER(3),
		[SAMPLE_COMPANY] = NUMBER(4),
		[SAMPLE_PARENT] = NUMBER(6),
		[SAMPLE_BLOB] = TEXT("\x00\x01"),
		[SAMPLE_COUNTS] = LIST("\x92\x01\xff"),
		[SAMPLE_TAGS] = LIST("\x92\xa1\x61\xa1\x62"),
	};
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(4096);
	engine__row_array_write(&sample_type, values, &out);
	assert_true(cx_slice_equal(cx_buf_slice(&out), wire_hex(rows[0].array)));
}

static void a_chunked_row_has_its_header(void **state)
{
	(void)state;
	static uint8_t bytes[16001];
	memset(bytes, 'x', sizeof bytes);
	cx_slice array = { .data = bytes, .size = sizeof bytes };
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(64);
	engine__row_header_write(&sample_type, 5, array, &out);
	assert_true(cx_slice_equal(cx_buf_slice(&out),
	                           wire_hex("02 03 00 1e 29 e1 00 81 3e 00 00 02 00")));
	array.size = 16000;
	cx_buf_clear(&out);
	engine__row_header_write(&sample_type, 5, array, &out);
	assert_int_equal(out.size, 7);
	assert_int_equal(out.data[0], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_element_has_its_bytes),
		cmocka_unit_test(long_texts_and_bytes_have_their_headers),
		cmocka_unit_test(every_row_has_its_header_and_checksum),
		cmocka_unit_test(a_row_of_every_kind_has_its_array),
		cmocka_unit_test(a_chunked_row_has_its_header),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
