/* SPDX-License-Identifier: Apache-2.0 */
/* What a client sends is either taken in the one form that is stored, or refused with the
 * field's name and nothing written. */
#include "base/clock.h"
#include "engine/row/value.h"
#include "tests/support/sample_type.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdlib.h>
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

static const engine_field *field_of(unsigned slot)
{
	return &sample_type.fields[slot];
}

static cx_status read_bytes(unsigned slot, cx_slice bytes, const engine_references *references,
                            engine__value *ret, cx_error *error)
{
	cx_reader reader = cx_reader_of(bytes);
	cx_status status =
		engine__value_read(field_of(slot), &reader, references, arena, ret, error);
	if (status == CX_OK)
		assert_int_equal(reader.rest.size, 0);
	return status;
}

static engine__value taken(unsigned slot, cx_slice bytes)
{
	engine__value value = { 0 };
	cx_error error = { 0 };
	cx_status status = read_bytes(slot, bytes, NULL, &value, &error);
	if (status != CX_OK)
		print_message("%s: %s\n", cx_status_name(status), error.text);
	assert_int_equal(status, CX_OK);
	return value;
}

/* The row element of a value. */
static const char *shown(unsigned slot, const engine__value *value)
{
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1 << 20);
	engine__value_write(field_of(slot), value, &out);
	assert_int_equal(cx_buf_status(&out), CX_OK);
	return wire_show(cx_buf_slice(&out));
}

static void assert_taken_as(unsigned slot, cx_slice bytes, const char *element)
{
	engine__value value = taken(slot, bytes);
	assert_string_equal(shown(slot, &value), element);
}

static void assert_refused(unsigned slot, cx_slice bytes, cx_status status, const char *text)
{
	engine__value value = { .shape = ENGINE__INTEGER, .integer = 77 };
	cx_error error = { 0 };
	assert_int_equal(read_bytes(slot, bytes, NULL, &value, &error), status);
	assert_int_equal(error.status, status);
	assert_string_equal(error.field, field_of(slot)->name);
	if (strstr(error.text, text) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", error.text, text);
	assert_int_equal(value.integer, 77);
	assert_int_equal(read_bytes(slot, bytes, NULL, &value, NULL), status);
}

static void every_kind_is_taken_in_its_form(void **state)
{
	(void)state;
	static const struct {
		unsigned slot;
		const char *sent;
	} table[] = {
		{ SAMPLE_ACTIVE, "true" },
		{ SAMPLE_ACTIVE, "false" },
		{ SAMPLE_AMOUNT, "-9223372036854775808" },
		{ SAMPLE_AMOUNT, "9223372036854775807" },
		{ SAMPLE_PRICE, "-128" },
		{ SAMPLE_BORN, "20000" },
		{ SAMPLE_SEEN, "1700000000000" },
		{ SAMPLE_NAME, "'Müller'" },
		{ SAMPLE_NAME, "''" },
		{ SAMPLE_NOTE, "'报价'" },
		{ SAMPLE_STAGE, "'lead'" },
		{ SAMPLE_STAGE, "'lost'" },
		{ SAMPLE_OWNER, "1" },
		{ SAMPLE_PARENT, "9007199254740991" },
		{ SAMPLE_BLOB, "h'00ff'" },
		{ SAMPLE_BLOB, "h''" },
		{ SAMPLE_COUNTS, "[1, -2, 300, 70000]" },
		{ SAMPLE_COUNTS, "[]" },
		{ SAMPLE_TAGS, "['a', '客户档案袋', '']" },
	};
	for (size_t i = 0; i < CX_COUNT_OF(table); i++)
		assert_taken_as(table[i].slot, wire(table[i].sent), table[i].sent);
}

static void nil_is_null_for_every_kind(void **state)
{
	(void)state;
	for (unsigned slot = 0; slot < SAMPLE_SLOTS; slot++) {
		engine__value value = taken(slot, wire("nil"));
		assert_int_equal(value.shape, ENGINE__NULL);
		assert_string_equal(shown(slot, &value), "nil");
	}
}

static void another_kind_is_refused(void **state)
{
	(void)state;
	static const char *const sent[] = { "true",  "7",   "2.5",     "'lead'",
		                            "h'41'", "[1]", "{'$': 0}" };
	/* Which of them each slot takes. */
	static const struct {
		unsigned slot;
		unsigned takes;
	} table[] = {
		{ SAMPLE_ACTIVE, 1 << 0 }, { SAMPLE_AMOUNT, 1 << 1 }, { SAMPLE_PRICE, 1 << 1 },
		{ SAMPLE_BORN, 1 << 1 },   { SAMPLE_SEEN, 1 << 1 },   { SAMPLE_NAME, 1 << 3 },
		{ SAMPLE_NOTE, 1 << 3 },   { SAMPLE_STAGE, 1 << 3 },  { SAMPLE_OWNER, 1 << 1 },
		{ SAMPLE_BLOB, 1 << 4 },   { SAMPLE_COUNTS, 1 << 5 }, { SAMPLE_TAGS, 0 },
	};
	for (size_t i = 0; i < CX_COUNT_OF(table); i++) {
		for (size_t j = 0; j < CX_COUNT_OF(sent); j++) {
			if (table[i].takes >> j & 1)
				assert_taken_as(table[i].slot, wire(sent[j]), sent[j]);
			else
				assert_refused(table[i].slot, wire(sent[j]), CX_TYPE,
				               "expects");
		}
	}
}

static void a_float_is_refused_though_it_be_whole(void **state)
{
	(void)state;
	assert_refused(SAMPLE_AMOUNT, wire_hex("cb 40 1c 00 00 00 00 00 00"), CX_TYPE,
	               "amount: expects an integer, got a float");
	assert_refused(SAMPLE_OWNER, wire_hex("ca 40 e0 00 00"), CX_TYPE, "got a float");
}

static void integers_outside_int64_are_refused(void **state)
{
	(void)state;
	assert_refused(SAMPLE_AMOUNT, wire_hex("cf 80 00 00 00 00 00 00 00"), CX_TYPE,
	               "amount: the integer is over 9223372036854775807");
	assert_taken_as(SAMPLE_AMOUNT, wire_hex("cf 7f ff ff ff ff ff ff ff"),
	                "9223372036854775807");
}

static void integers_are_written_in_their_shortest_form(void **state)
{
	(void)state;
	static const char *const forms[] = { "05", "cc 05", "cd 00 05", "ce 00 00 00 05",
		                             "d3 00 00 00 00 00 00 00 05" };
	for (size_t i = 0; i < CX_COUNT_OF(forms); i++) {
		engine__value value = taken(SAMPLE_AMOUNT, wire_hex(forms[i]));
		CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(64);
		engine__value_write(field_of(SAMPLE_AMOUNT), &value, &out);
		assert_int_equal(out.size, 1);
		assert_int_equal(out.data[0], 5);
	}
}

static void lists_are_written_anew_in_their_shortest_form(void **state)
{
	(void)state;
	engine__value a =
		taken(SAMPLE_COUNTS, wire_hex("dc 00 02 cd 00 05 d3 ff ff ff ff ff ff ff ff"));
	engine__value b = taken(SAMPLE_COUNTS, wire_hex("92 05 ff"));
	assert_true(cx_slice_equal(a.bytes, wire_hex("92 05 ff")));
	assert_true(engine__value_equal(&a, &b));
	engine__value tags = taken(SAMPLE_TAGS, wire_hex("dd 00 00 00 01 d9 01 61"));
	assert_true(cx_slice_equal(tags.bytes, wire_hex("91 a1 61")));
}

static void dates_and_times_end_with_the_year_9999(void **state)
{
	(void)state;
	int64_t first;
	int64_t last;
	assert_true(cx_date_of_civil(-9999, 1, 1, &first));
	assert_true(cx_date_of_civil(9999, 12, 31, &last));
	const struct {
		unsigned slot;
		int64_t number;
		bool fits;
	} table[] = {
		{ SAMPLE_BORN, first, true },
		{ SAMPLE_BORN, first - 1, false },
		{ SAMPLE_BORN, last, true },
		{ SAMPLE_BORN, last + 1, false },
		{ SAMPLE_SEEN, first * 86400000, true },
		{ SAMPLE_SEEN, first * 86400000 - 1, false },
		{ SAMPLE_SEEN, last * 86400000 + 86399999, true },
		{ SAMPLE_SEEN, last * 86400000 + 86400000, false },
	};
	for (size_t i = 0; i < CX_COUNT_OF(table); i++) {
		CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(64);
		cx_write_int(&out, table[i].number);
		if (table[i].fits)
			assert_int_equal(taken(table[i].slot, cx_buf_slice(&out)).integer,
			                 table[i].number);
		else
			assert_refused(table[i].slot, cx_buf_slice(&out), CX_TYPE, "9999");
	}
}

static void ids_begin_with_one(void **state)
{
	(void)state;
	assert_taken_as(SAMPLE_OWNER, wire("1"), "1");
	assert_refused(SAMPLE_OWNER, wire("0"), CX_TYPE, "owner: expects the id");
	assert_refused(SAMPLE_OWNER, wire("-1"), CX_TYPE, "got -1");
}

static void a_reference_into_the_batch_is_the_id_it_made(void **state)
{
	(void)state;
	const int64_t ids[] = { 41, 0, 43 };
	const engine_references references = { .ids = ids, .count = 3 };
	engine__value value;
	assert_int_equal(read_bytes(SAMPLE_OWNER, wire("{'$': 2}"), &references, &value, NULL),
	                 CX_OK);
	assert_int_equal(value.shape, ENGINE__INTEGER);
	assert_int_equal(value.integer, 43);

	static const struct {
		unsigned slot;
		const char *sent;
		cx_status status;
	} refused[] = {
		{ SAMPLE_OWNER, "{'$': 3}", CX_INVALID_ARGUMENT },
		{ SAMPLE_OWNER, "{'$': -1}", CX_INVALID_ARGUMENT },
		{ SAMPLE_OWNER, "{'$': 1}", CX_INVALID_ARGUMENT }, /* made no record */
		{ SAMPLE_OWNER, "{'$': '0'}", CX_TYPE },
		{ SAMPLE_OWNER, "{'id': 0}", CX_TYPE },
		{ SAMPLE_OWNER, "{1: 0}", CX_TYPE },
		{ SAMPLE_OWNER, "{}", CX_TYPE },
		{ SAMPLE_OWNER, "{'$': 0, 'a': 1}", CX_TYPE },
		{ SAMPLE_AMOUNT, "{'$': 0}", CX_TYPE },
	};
	for (size_t i = 0; i < CX_COUNT_OF(refused); i++) {
		cx_error error = { 0 };
		value.integer = 77;
		assert_int_equal(read_bytes(refused[i].slot, wire(refused[i].sent), &references,
		                            &value, &error),
		                 refused[i].status);
		assert_string_equal(error.field, field_of(refused[i].slot)->name);
		assert_int_equal(value.integer, 77);
	}
	assert_refused(SAMPLE_OWNER, wire("{'$': 0}"), CX_TYPE, "got a map");
}

static void text_that_is_no_utf8_is_refused_at_its_byte(void **state)
{
	(void)state;
	assert_refused(SAMPLE_NAME, wire("'ab\\xffc'"), CX_MALFORMED,
	               "name: the text is not UTF-8 at byte 2");
	assert_refused(SAMPLE_NOTE, wire("'\\xc0\\x80'"), CX_MALFORMED, "byte 0");
	assert_refused(SAMPLE_STAGE, wire("'won\\xe5'"), CX_MALFORMED, "byte 3");
	assert_refused(SAMPLE_TAGS, wire("['a', '\\xed\\xa0\\x80']"), CX_MALFORMED, "byte 0");
	assert_refused(SAMPLE_NAME, wire("'a\\x00b'"), CX_MALFORMED, "U+0000 at byte 1");
}

static void text_is_stored_in_nfc(void **state)
{
	(void)state;
	assert_taken_as(SAMPLE_NAME, wire("'Mu\\xcc\\x88ller'"), "'Müller'");
	assert_taken_as(SAMPLE_TAGS, wire("['u\\xcc\\x88']"), "['ü']");
}

static void length_is_counted_in_characters_of_the_nfc_form(void **state)
{
	(void)state;
	assert_taken_as(SAMPLE_NAME, wire("'客客客客客客客客客客客客客客客客客客客客'"),
	                "'客客客客客客客客客客客客客客客客客客客客'");
	assert_refused(SAMPLE_NAME, wire("'客客客客客客客客客客客客客客客客客客客客x'"),
	               CX_TOO_LONG, "name: takes at most 20 characters, got 21");
	assert_refused(SAMPLE_NAME, wire("'012345678901234567890'"), CX_TOO_LONG, "got 21");
	/* 21 code points, 20 characters once composed */
	assert_taken_as(SAMPLE_NAME, wire("'0123456789012345678u\\xcc\\x88'"),
	                "'0123456789012345678ü'");
	assert_refused(SAMPLE_TAGS, wire("['123456']"), CX_TOO_LONG, "at most 5 characters");
}

static void long_text_and_bytes_end_at_their_limit(void **state)
{
	(void)state;
	static char text[ENGINE_TEXT_BYTES_MAX + 1];
	memset(text, 'a', sizeof text);
	for (size_t size = ENGINE_TEXT_BYTES_MAX - 1; size <= sizeof text; size++) {
		cx_slice content = { .data = (const uint8_t *)text, .size = size };
		CX_SCOPED(cx_buf_release) cx_buf note = CX_BUF_INIT(2 * sizeof text);
		cx_write_str(&note, content);
		CX_SCOPED(cx_buf_release) cx_buf blob = CX_BUF_INIT(2 * sizeof text);
		cx_write_bin(&blob, content);
		if (size <= ENGINE_TEXT_BYTES_MAX) {
			assert_int_equal(taken(SAMPLE_NOTE, cx_buf_slice(&note)).bytes.size,
			                 size);
			assert_int_equal(taken(SAMPLE_BLOB, cx_buf_slice(&blob)).bytes.size,
			                 size);
		} else {
			assert_refused(SAMPLE_NOTE, cx_buf_slice(&note), CX_TOO_LONG,
			               "at most 65536 bytes, got 65537");
			assert_refused(SAMPLE_BLOB, cx_buf_slice(&blob), CX_TOO_LONG,
			               "at most 65536 bytes, got 65537");
		}
	}
}

static void an_unknown_label_is_answered_with_those_there_are(void **state)
{
	(void)state;
	assert_refused(SAMPLE_STAGE, wire("'lose'"), CX_TYPE,
	               "stage: no label \"lose\"; expects one of lead, won, lost");
	assert_refused(SAMPLE_STAGE, wire("''"), CX_TYPE, "no label \"\"");
	assert_refused(SAMPLE_STAGE, wire("'lea'"), CX_TYPE, "no label \"lea\"");
	assert_refused(SAMPLE_STAGE,
	               wire("'客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客客"
	                    "客客客客客客客客x'"),
	               CX_TYPE, "…\"; expects one of lead");
}

static void many_labels_are_listed_as_far_as_the_error_goes(void **state)
{
	(void)state;
	const char *labels[ENGINE_LABELS_MAX];
	for (size_t i = 0; i < ENGINE_LABELS_MAX; i++)
		labels[i] = "a_label_of_thirty_nine_bytes_in_its_name";
	const engine_field field = { .name = "many",
		                     .kind = ENGINE_ENUM,
		                     .labels = labels,
		                     .label_count = ENGINE_LABELS_MAX };
	cx_reader reader = cx_reader_of(wire("'x'"));
	cx_error error = { 0 };
	engine__value value;
	assert_int_equal(engine__value_read(&field, &reader, NULL, arena, &value, &error),
	                 CX_TYPE);
	assert_int_equal(strlen(error.text), CX_ERROR_TEXT_SIZE - 1);
	assert_non_null(strstr(error.text, "expects one of a_label"));
}

static void lists_end_at_their_limit_and_hold_one_kind(void **state)
{
	(void)state;
	assert_taken_as(SAMPLE_COUNTS, wire("[1, 2, 3, 4]"), "[1, 2, 3, 4]");
	assert_refused(SAMPLE_COUNTS, wire("[1, 2, 3, 4, 5]"), CX_TOO_LONG,
	               "counts: takes at most 4 items, got 5");
	assert_refused(SAMPLE_COUNTS, wire("[1, 'a']"), CX_TYPE, "array of integers");
	assert_refused(SAMPLE_COUNTS, wire("[1, nil]"), CX_TYPE, "got nil");
	assert_refused(SAMPLE_COUNTS, wire("[[1]]"), CX_TYPE, "got an array");
	assert_refused(SAMPLE_TAGS, wire("['a', 1]"), CX_TYPE, "array of strings");
}

static void every_proper_prefix_is_malformed(void **state)
{
	(void)state;
	static const struct {
		unsigned slot;
		const char *sent;
	} table[] = {
		{ SAMPLE_AMOUNT, "cf 7f ff ff ff ff ff ff ff" },
		{ SAMPLE_NAME, "d9 03 61 62 63" },
		{ SAMPLE_BLOB, "c4 02 00 ff" },
		{ SAMPLE_STAGE, "a3 77 6f 6e" },
		{ SAMPLE_COUNTS, "92 05 cd 01 00" },
		{ SAMPLE_TAGS, "92 a1 61 a2 61 62" },
		{ SAMPLE_OWNER, "81 a1 24 00" },
	};
	const int64_t ids[] = { 41 };
	const engine_references references = { .ids = ids, .count = 1 };
	for (size_t i = 0; i < CX_COUNT_OF(table); i++) {
		cx_slice whole = wire_hex(table[i].sent);
		engine__value value;
		assert_int_equal(read_bytes(table[i].slot, whole, &references, &value, NULL),
		                 CX_OK);
		for (size_t size = 0; size < whole.size; size++) {
			cx_slice prefix = { .data = whole.data, .size = size };
			value = (engine__value){ .integer = 77 };
			assert_int_equal(read_bytes(table[i].slot, wire_exact(prefix),
			                            &references, &value, NULL),
			                 CX_MALFORMED);
			assert_int_equal(value.integer, 77);
		}
	}
}

static void without_memory_nothing_is_taken(void **state)
{
	(void)state;
	CX_SCOPED(cx_arena_free) cx_arena *none = NULL;
	assert_int_equal(cx_arena_new(0, &none), CX_OK);
	static const struct {
		unsigned slot;
		const char *sent;
	} table[] = { { SAMPLE_NAME, "'u\\xcc\\x88'" }, { SAMPLE_COUNTS, "[1]" } };
	for (size_t i = 0; i < CX_COUNT_OF(table); i++) {
		cx_reader reader = cx_reader_of(wire(table[i].sent));
		engine__value value = { .integer = 77 };
		cx_error error = { 0 };
		assert_int_equal(engine__value_read(field_of(table[i].slot), &reader, NULL,
		                                    none, &value, &error),
		                 CX_NO_MEMORY);
		assert_int_equal(error.status, CX_NO_MEMORY);
		assert_int_equal(value.integer, 77);
	}
}

static void a_row_element_gives_back_the_value_it_was_written_from(void **state)
{
	(void)state;
	static const struct {
		unsigned slot;
		const char *element;
	} table[] = {
		{ SAMPLE_ACTIVE, "true" }, { SAMPLE_AMOUNT, "-7" },   { SAMPLE_PRICE, "1" },
		{ SAMPLE_BORN, "20000" },  { SAMPLE_SEEN, "0" },      { SAMPLE_NAME, "'a'" },
		{ SAMPLE_NOTE, "''" },     { SAMPLE_STAGE, "'won'" }, { SAMPLE_OWNER, "3" },
		{ SAMPLE_BLOB, "h'00'" },  { SAMPLE_COUNTS, "[1]" },  { SAMPLE_TAGS, "['a']" },
		{ SAMPLE_TAGS, "nil" },
	};
	for (size_t i = 0; i < CX_COUNT_OF(table); i++) {
		engine__value sent = taken(table[i].slot, wire(table[i].element));
		engine__value stored;
		assert_int_equal(engine__value_of_row(field_of(table[i].slot),
		                                      wire(table[i].element), &stored),
		                 CX_OK);
		assert_true(engine__value_equal(&sent, &stored));
		assert_string_equal(shown(table[i].slot, &stored), table[i].element);
	}
	engine__value stage;
	assert_int_equal(engine__value_of_row(field_of(SAMPLE_STAGE), wire("'lost'"), &stage),
	                 CX_OK);
	assert_int_equal(stage.integer, 2);
}

static void a_damaged_row_element_is_corrupt(void **state)
{
	(void)state;
	static const struct {
		unsigned slot;
		const char *element;
	} table[] = {
		{ SAMPLE_ACTIVE, "01" },    { SAMPLE_AMOUNT, "a1 61" },
		{ SAMPLE_AMOUNT, "cd 01" }, { SAMPLE_AMOUNT, "" },
		{ SAMPLE_AMOUNT, "01 02" }, { SAMPLE_NAME, "c4 01 61" },
		{ SAMPLE_BLOB, "a1 61" },   { SAMPLE_STAGE, "a1 78" },
		{ SAMPLE_STAGE, "01" },     { SAMPLE_COUNTS, "01" },
		{ SAMPLE_COUNTS, "92 01" }, { SAMPLE_TAGS, "c0 c0" },
		{ SAMPLE_NAME, "c1" },
	};
	for (size_t i = 0; i < CX_COUNT_OF(table); i++) {
		engine__value value = { .integer = 77 };
		assert_int_equal(engine__value_of_row(field_of(table[i].slot),
		                                      wire_hex(table[i].element), &value),
		                 CX_CORRUPT);
		assert_int_equal(value.integer, 77);
	}
}

static void null_is_least_then_numbers_then_bytes_in_their_order(void **state)
{
	(void)state;
	const engine__value numbers[] = {
		{ .shape = ENGINE__NULL },
		{ .shape = ENGINE__INTEGER, .integer = INT64_MIN },
		{ .shape = ENGINE__INTEGER, .integer = -1 },
		{ .shape = ENGINE__INTEGER, .integer = 0 },
		{ .shape = ENGINE__INTEGER, .integer = INT64_MAX },
	};
	const engine__value texts[] = {
		{ .shape = ENGINE__NULL },
		{ .shape = ENGINE__CHARS, .bytes = CX_SLICE_LITERAL("") },
		{ .shape = ENGINE__CHARS, .bytes = CX_SLICE_LITERAL("a") },
		{ .shape = ENGINE__CHARS, .bytes = CX_SLICE_LITERAL("a\0") },
		{ .shape = ENGINE__CHARS, .bytes = CX_SLICE_LITERAL("b") },
	};
	for (int i = 0; i < 5; i++) {
		for (int j = 0; j < 5; j++) {
			int order = (i > j) - (i < j);
			int by_number = engine__value_compare(&numbers[i], &numbers[j]);
			int by_text = engine__value_compare(&texts[i], &texts[j]);
			assert_int_equal((by_number > 0) - (by_number < 0), order);
			assert_int_equal((by_text > 0) - (by_text < 0), order);
			assert_int_equal(engine__value_equal(&texts[i], &texts[j]), i == j);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_is_taken_in_its_form),
		cmocka_unit_test(nil_is_null_for_every_kind),
		cmocka_unit_test(another_kind_is_refused),
		cmocka_unit_test(a_float_is_refused_though_it_be_whole),
		cmocka_unit_test(integers_outside_int64_are_refused),
		cmocka_unit_test(integers_are_written_in_their_shortest_form),
		cmocka_unit_test(lists_are_written_anew_in_their_shortest_form),
		cmocka_unit_test(dates_and_times_end_with_the_year_9999),
		cmocka_unit_test(ids_begin_with_one),
		cmocka_unit_test(a_reference_into_the_batch_is_the_id_it_made),
		cmocka_unit_test(text_that_is_no_utf8_is_refused_at_its_byte),
		cmocka_unit_test(text_is_stored_in_nfc),
		cmocka_unit_test(length_is_counted_in_characters_of_the_nfc_form),
		cmocka_unit_test(long_text_and_bytes_end_at_their_limit),
		cmocka_unit_test(an_unknown_label_is_answered_with_those_there_are),
		cmocka_unit_test(many_labels_are_listed_as_far_as_the_error_goes),
		cmocka_unit_test(lists_end_at_their_limit_and_hold_one_kind),
		cmocka_unit_test(every_proper_prefix_is_malformed),
		cmocka_unit_test(without_memory_nothing_is_taken),
		cmocka_unit_test(a_row_element_gives_back_the_value_it_was_written_from),
		cmocka_unit_test(a_damaged_row_element_is_corrupt),
		cmocka_unit_test(null_is_least_then_numbers_then_bytes_in_their_order),
	};
	return cmocka_run_group_tests(tests, make_arena, free_arena);
}
