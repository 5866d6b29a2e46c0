/* SPDX-License-Identifier: Apache-2.0 */
/* A row gives back what was written into it; damage to its bytes is noticed. */
#include "engine/row/row.h"
#include "tests/support/sample_type.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <string.h>

static const char whole_row[] = "[5, 1, 10, 2, 10, 2, nil, 'x-5', true, -7, 1250, 20000, 30, "
				"'Acme', 'hello', 'won', 3, "
				"4, 1, h'0001', [1, 2], ['a', 'b']]";

static void a_row_gives_back_its_values(void **state)
{
	(void)state;
	engine__value values[SAMPLE_SLOTS];
	assert_int_equal(engine__row_values(&sample_type, wire(whole_row), values), CX_OK);
	assert_int_equal(values[ENGINE_SLOT_ID].integer, 5);
	assert_int_equal(values[ENGINE_SLOT_DELETED_AT].shape, ENGINE__NULL);
	assert_int_equal(values[SAMPLE_STAGE].integer, 1);
	assert_true(cx_slice_equal(values[SAMPLE_NAME].bytes, CX_SLICE_LITERAL("Acme")));

	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(4096);
	engine__row_array_write(&sample_type, values, &out);
	assert_string_equal(wire_show(cx_buf_slice(&out)), whole_row);
}

static void an_older_layout_ends_in_nulls(void **state)
{
	(void)state;
	cx_slice older = wire("[5, 1, 10, 2, 10, 2, nil, nil, true]");
	engine__value values[SAMPLE_SLOTS];
	memset(values, 0xaa, sizeof values);
	assert_int_equal(engine__row_values(&sample_type, older, values), CX_OK);
	assert_int_equal(values[SAMPLE_ACTIVE].integer, 1);
	for (unsigned slot = SAMPLE_AMOUNT; slot < SAMPLE_SLOTS; slot++)
		assert_int_equal(values[slot].shape, ENGINE__NULL);

	cx_slice elements[SAMPLE_SLOTS];
	assert_int_equal(engine__row_split(older, SAMPLE_SLOTS, elements), CX_OK);
	assert_string_equal(wire_show(elements[SAMPLE_ACTIVE]), "true");
	for (unsigned slot = SAMPLE_AMOUNT; slot < SAMPLE_SLOTS; slot++)
		assert_string_equal(wire_show(elements[slot]), "nil");
}

static void split_elements_join_to_the_array(void **state)
{
	(void)state;
	cx_slice array = wire(whole_row);
	cx_slice elements[SAMPLE_SLOTS];
	assert_int_equal(engine__row_split(array, SAMPLE_SLOTS, elements), CX_OK);
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(4096);
	cx_write_array(&out, SAMPLE_SLOTS);
	for (unsigned slot = 0; slot < SAMPLE_SLOTS; slot++)
		cx_write_raw(&out, elements[slot]);
	assert_true(cx_slice_equal(cx_buf_slice(&out), array));
}

static void more_elements_than_slots_are_corrupt(void **state)
{
	(void)state;
	cx_slice elements[3];
	assert_int_equal(engine__row_split(wire("[1, 2, 3]"), 3, elements), CX_OK);
	assert_int_equal(engine__row_split(wire("[1, 2, 3, 4]"), 3, elements), CX_CORRUPT);
	engine__value values[1];
	const engine_type one = { .fields = sample_type.fields, .field_count = 1 };
	assert_int_equal(engine__row_values(&one, wire("[1]"), values), CX_OK);
	assert_int_equal(engine__row_values(&one, wire("[1, 2]"), values), CX_CORRUPT);
}

static void every_proper_prefix_and_a_byte_more_are_corrupt(void **state)
{
	(void)state;
	cx_slice array = wire(whole_row);
	cx_slice elements[SAMPLE_SLOTS];
	engine__value values[SAMPLE_SLOTS];
	for (size_t size = 0; size < array.size; size++) {
		cx_slice cut = wire_exact((cx_slice){ .data = array.data, .size = size });
		assert_int_equal(engine__row_split(cut, SAMPLE_SLOTS, elements), CX_CORRUPT);
		assert_int_equal(engine__row_values(&sample_type, cut, values), CX_CORRUPT);
	}
	CX_SCOPED(cx_buf_release) cx_buf more = CX_BUF_INIT(4096);
	cx_buf_append_slice(&more, array);
	cx_write_nil(&more);
	assert_int_equal(engine__row_split(cx_buf_slice(&more), SAMPLE_SLOTS, elements),
	                 CX_CORRUPT);
	assert_int_equal(engine__row_values(&sample_type, cx_buf_slice(&more), values),
	                 CX_CORRUPT);
}

static void what_is_no_array_is_corrupt(void **state)
{
	(void)state;
	static const char *const rows[] = { "nil", "5", "{1: 2}", "'a'" };
	cx_slice elements[SAMPLE_SLOTS];
	engine__value values[SAMPLE_SLOTS];
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		assert_int_equal(engine__row_split(wire(rows[i]), SAMPLE_SLOTS, elements),
		                 CX_CORRUPT);
		assert_int_equal(engine__row_values(&sample_type, wire(rows[i]), values),
		                 CX_CORRUPT);
	}
	/* a slot of another kind */
	assert_int_equal(engine__row_values(&sample_type, wire("['5']"), values), CX_CORRUPT);
}

static void a_header_gives_back_layout_checksum_and_array(void **state)
{
	(void)state;
	cx_slice array = wire(whole_row);
	CX_SCOPED(cx_buf_release) cx_buf stored = CX_BUF_INIT(4096);
	engine__row_header_write(&sample_type, 5, array, &stored);
	assert_int_equal(stored.size, ENGINE__ROW_HEADER);
	cx_buf_append_slice(&stored, array);

	engine__row_header header;
	assert_int_equal(engine__row_header_read(cx_buf_slice(&stored), &header), CX_OK);
	assert_int_equal(header.format, ENGINE__ROW_WHOLE);
	assert_int_equal(header.layout, 3);
	assert_int_equal(header.checksum, engine__row_checksum(&sample_type, 3, 5, array));
	assert_true(cx_slice_equal(header.array, array));
}

static void the_checksum_tells_types_layouts_ids_and_bytes_apart(void **state)
{
	(void)state;
	cx_slice array = wire(whole_row);
	uint32_t checksum = engine__row_checksum(&sample_type, 3, 5, array);
	assert_int_not_equal(engine__row_checksum(&sample_line_type, 3, 5, array), checksum);
	assert_int_not_equal(engine__row_checksum(&sample_type, 4, 5, array), checksum);
	assert_int_not_equal(engine__row_checksum(&sample_type, 3, 6, array), checksum);
	cx_slice shorter = { .data = array.data, .size = array.size - 1 };
	assert_int_not_equal(engine__row_checksum(&sample_type, 3, 5, shorter), checksum);
}

static void arrays_over_the_chunk_size_go_into_chunks(void **state)
{
	(void)state;
	static uint8_t bytes[ENGINE_RECORD_BYTES_MAX];
	static const struct {
		size_t size;
		unsigned chunks; /* 0: whole */
	} table[] = {
		{ ENGINE__ROW_CHUNK_BYTES - 1, 0 },     { ENGINE__ROW_CHUNK_BYTES, 0 },
		{ ENGINE__ROW_CHUNK_BYTES + 1, 2 },     { 2 * ENGINE__ROW_CHUNK_BYTES, 2 },
		{ 2 * ENGINE__ROW_CHUNK_BYTES + 1, 3 }, { ENGINE_RECORD_BYTES_MAX, 66 },
	};
	for (size_t i = 0; i < CX_COUNT_OF(table); i++) {
		cx_slice array = { .data = bytes, .size = table[i].size };
		CX_SCOPED(cx_buf_release) cx_buf stored = CX_BUF_INIT(64);
		engine__row_header_write(&sample_type, 5, array, &stored);
		if (table[i].chunks == 0) {
			assert_int_equal(stored.size, ENGINE__ROW_HEADER);
			assert_int_equal(stored.data[0], ENGINE__ROW_WHOLE);
			continue;
		}
		engine__row_header header;
		assert_int_equal(engine__row_header_read(cx_buf_slice(&stored), &header),
		                 CX_OK);
		assert_int_equal(header.format, ENGINE__ROW_CHUNKED);
		assert_int_equal(header.array_bytes, table[i].size);
		assert_int_equal(header.chunks, table[i].chunks);
		assert_int_equal(header.array.size, 0);
		assert_int_equal(header.checksum,
		                 engine__row_checksum(&sample_type, 3, 5, array));
	}
}

static void a_damaged_header_is_corrupt(void **state)
{
	(void)state;
	static const char *const stored[] = {
		"",
		"01 03 00 00 00 00",
		"01 03 00 00 00 00 00",                      /* no array */
		"00 03 00 00 00 00 00 90",                   /* format */
		"03 03 00 00 00 00 00 90",                   /* format */
		"01 00 00 00 00 00 00 90",                   /* layout */
		"02 03 00 00 00 00 00 10 00",                /* cut */
		"02 03 00 00 00 00 00 80 3e 00 00 02 00 00", /* too long */
		"02 03 00 00 00 00 00 80 3e 00 00 00 00",    /* no chunk */
		"02 03 00 00 00 00 00 01 00 00 00 02 00",    /* more chunks than bytes */
		"02 03 00 00 00 00 00 01 00 10 00 42 00",    /* over a MiB */
	};
	for (size_t i = 0; i < CX_COUNT_OF(stored); i++) {
		engine__row_header header = { .layout = 77 };
		assert_int_equal(engine__row_header_read(wire_hex(stored[i]), &header),
		                 CX_CORRUPT);
		assert_int_equal(header.layout, 77);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_gives_back_its_values),
		cmocka_unit_test(an_older_layout_ends_in_nulls),
		cmocka_unit_test(split_elements_join_to_the_array),
		cmocka_unit_test(more_elements_than_slots_are_corrupt),
		cmocka_unit_test(every_proper_prefix_and_a_byte_more_are_corrupt),
		cmocka_unit_test(what_is_no_array_is_corrupt),
		cmocka_unit_test(a_header_gives_back_layout_checksum_and_array),
		cmocka_unit_test(the_checksum_tells_types_layouts_ids_and_bytes_apart),
		cmocka_unit_test(arrays_over_the_chunk_size_go_into_chunks),
		cmocka_unit_test(a_damaged_header_is_corrupt),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
