/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of groups are frozen: keys of plain columns, days and months, null, and values with
 * sums of both signs and past 64 bits. They were written by hand from
 * engine/aggregate/group.h. A row is never changed; what is new is a new row. */
#include "engine/aggregate/group.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

static const engine_field owner = { .name = "owner", .slot = 8, .kind = ENGINE_REF };
static const engine_field at = { .name = "at", .slot = 9, .kind = ENGINE_TS };
static const engine_field day = { .name = "day(at)", .slot = 9, .kind = ENGINE_DATE };
static const engine_field name = { .name = "name", .slot = 10, .kind = ENGINE_STRING };

static const engine_aggregate sample = {
	.name = "sample",
	.id = 258,
	.columns = { { .source = &owner, .column = { .field = &owner } },
	             { .source = &at,
	               .bucket = ENGINE_BUCKET_DAY,
	               .column = { .field = &day } },
	             { .source = &at,
	               .bucket = ENGINE_BUCKET_MONTH,
	               .column = { .field = &day } },
	             { .source = &name, .column = { .field = &name, .text_bytes_max = 40 } } },
	.column_count = 4,
	.sum_count = 2,
};

static void assert_bytes(const cx_buf *made, const char *hex)
{
	assert_int_equal(cx_buf_status(made), CX_OK);
	const cx_slice expected = wire_hex(hex);
	assert_int_equal(made->size, expected.size);
	assert_memory_equal(made->data, expected.data, expected.size);
}

static void a_key_is_the_aggregate_and_its_columns(void **state)
{
	(void)state;
	engine__value values[11] = { 0 };
	values[8] = (engine__value){ .shape = ENGINE__INTEGER, .integer = 3 };
	/* 2026-01-31T16:00Z: in +480 the 1st of February, day 20485. */
	values[9] = (engine__value){ .shape = ENGINE__INTEGER, .integer = 1769875200000 };
	values[10] = (engine__value){ .shape = ENGINE__CHARS, .bytes = cx_slice_of("ab") };
	engine__key_room room;
	cx_buf key = engine__key_in(&room);
	engine__group_key_begin(&sample, &key);
	assert_int_equal(engine__group_key_of(sample.columns, 4, values, 480, &key), CX_OK);
	assert_bytes(&key, "01 02 20 80 00 00 00 00 00 00 03 20 80 00 00 00 00 00 50 05"
	                   " 20 80 00 00 00 00 00 50 05 20 61 62 00 01");

	key = engine__key_in(&room);
	const engine__value nothing[11] = { 0 };
	engine__group_key_begin(&sample, &key);
	assert_int_equal(engine__group_key_of(sample.columns, 4, nothing, 0, &key), CX_OK);
	assert_bytes(&key, "01 02 10 10 10 10");
}

static void a_value_is_the_count_and_the_sums(void **state)
{
	(void)state;
	const engine__group group = { .count = 7,
		                      .sums = { { .high = -1, .low = UINT64_MAX - 1 },
		                                { .high = 1, .low = 5 } } };
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(200);
	engine__group_write(&sample, &group, &out);
	assert_bytes(&out, "00 00 00 00 00 00 00 07"
	                   " ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff fe"
	                   " 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 05");
	engine__group back = { .count = 99 };
	for (size_t size = 0; size < out.size; size++) {
		const cx_slice cut = wire_exact((cx_slice){ .data = out.data, .size = size });
		assert_int_equal(engine__group_read(&sample, cut, &back), CX_CORRUPT);
		assert_int_equal(back.count, 99);
	}
	assert_int_equal(engine__group_read(&sample, cx_buf_slice(&out), &back), CX_OK);
	assert_true(back.count == 7 && back.sums[0].high == -1 && back.sums[1].low == 5);
	out.data[7] = 0; /* a group without records */
	assert_int_equal(engine__group_read(&sample, cx_buf_slice(&out), &back), CX_CORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_is_the_aggregate_and_its_columns),
		cmocka_unit_test(a_value_is_the_count_and_the_sums),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
