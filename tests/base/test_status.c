/* SPDX-License-Identifier: Apache-2.0 */
/* Wire numbers and names of statuses are frozen, and errors hold whole UTF-8 text. */
#include "base/status.h"
#include "base/text.h"
#include "tests/support/unit.h"

#include <stddef.h>
#include <string.h>

/* Written by hand from the protocol, so that the list cannot agree with its own mistakes.
 * A row is never changed; a new status is a new row at the end of its group. */
static const struct {
	cx_status status;
	uint32_t wire;
	const char *name;
	char class_letter; /* C caller, R retry, S server */
} frozen[] = {
	{ CX_OK, 0, "OK", 'C' },
	{ CX_MALFORMED, 100, "MALFORMED", 'C' },
	{ CX_TOO_LARGE, 101, "TOO_LARGE", 'C' },
	{ CX_TOO_DEEP, 102, "TOO_DEEP", 'C' },
	{ CX_UNKNOWN_METHOD, 103, "UNKNOWN_METHOD", 'C' },
	{ CX_INVALID_ARGUMENT, 104, "INVALID_ARGUMENT", 'C' },
	{ CX_DENIED, 200, "DENIED", 'C' },
	{ CX_NO_TYPE, 300, "NO_TYPE", 'C' },
	{ CX_NO_FIELD, 301, "NO_FIELD", 'C' },
	{ CX_NO_INDEX, 302, "NO_INDEX", 'C' },
	{ CX_SCHEMA_SYNTAX, 303, "SCHEMA_SYNTAX", 'C' },
	{ CX_LAYOUT_CHANGED, 304, "LAYOUT_CHANGED", 'C' },
	{ CX_UNSAFE_CHANGE, 305, "UNSAFE_CHANGE", 'C' },
	{ CX_NOT_FOUND, 400, "NOT_FOUND", 'C' },
	{ CX_CONFLICT_REV, 401, "CONFLICT_REV", 'C' },
	{ CX_UNIQUE, 402, "UNIQUE", 'C' },
	{ CX_TYPE, 403, "TYPE", 'C' },
	{ CX_REQUIRED, 404, "REQUIRED", 'C' },
	{ CX_READ_ONLY_FIELD, 405, "READ_ONLY_FIELD", 'C' },
	{ CX_DANGLING_REFERENCE, 406, "DANGLING_REFERENCE", 'C' },
	{ CX_RESTRICTED, 407, "RESTRICTED", 'C' },
	{ CX_TOO_LONG, 408, "TOO_LONG", 'C' },
	{ CX_NOT_DELETED, 409, "NOT_DELETED", 'C' },
	{ CX_CHECK, 410, "CHECK", 'C' },
	{ CX_RID_REUSED, 411, "RID_REUSED", 'C' },
	{ CX_DEADLINE, 500, "DEADLINE", 'R' },
	{ CX_SCAN_LIMIT, 501, "SCAN_LIMIT", 'C' },
	{ CX_BUSY, 502, "BUSY", 'R' },
	{ CX_STORAGE_FULL, 503, "STORAGE_FULL", 'S' },
	{ CX_FULL_SCAN_REFUSED, 504, "FULL_SCAN_REFUSED", 'C' },
	{ CX_SORT_LIMIT, 505, "SORT_LIMIT", 'C' },
	{ CX_SHUTTING_DOWN, 506, "SHUTTING_DOWN", 'R' },
	{ CX_DISCONNECTED, 507, "DISCONNECTED", 'R' },
	{ CX_CURSOR_STALE, 600, "CURSOR_STALE", 'C' },
	{ CX_COMPACTED, 601, "COMPACTED", 'C' },
	{ CX_NO_MEMORY, 900, "NO_MEMORY", 'R' },
	{ CX_IO, 901, "IO", 'S' },
	{ CX_CORRUPT, 902, "CORRUPT", 'S' },
	{ CX_LOCKED, 903, "LOCKED", 'S' },
	{ CX_UNSUPPORTED, 904, "UNSUPPORTED", 'S' },
	{ CX_INTERNAL, 905, "INTERNAL", 'S' },
};

static cx_status_class class_of_letter(char letter)
{
	return letter == 'C'   ? CX_CLASS_CALLER
	       : letter == 'R' ? CX_CLASS_RETRY
	                       : CX_CLASS_SERVER;
}

static void every_wire_number_name_and_class_is_the_frozen_one(void **state)
{
	(void)state;
	assert_int_equal(CX_OK, 0);
	assert_int_equal(CX_COUNT_OF(frozen), CX_STATUS_COUNT);
	for (size_t i = 0; i < CX_COUNT_OF(frozen); i++) {
		cx_status status = frozen[i].status;
		assert_int_equal(cx_status_wire(status), frozen[i].wire);
		assert_string_equal(cx_status_name(status), frozen[i].name);
		assert_int_equal(cx_status_of_wire(frozen[i].wire), status);
		cx_status_class class_of = class_of_letter(frozen[i].class_letter);
		assert_int_equal(cx_status_class_of(status), class_of);
		assert_int_equal(cx_status_is_retryable(status), class_of == CX_CLASS_RETRY);
		assert_true(strlen(cx_status_text(status)) > 0);
	}
}

static void an_unknown_wire_number_is_internal(void **state)
{
	(void)state;
	assert_int_equal(cx_status_of_wire(1), CX_INTERNAL);
	assert_int_equal(cx_status_of_wire(99), CX_INTERNAL);
	assert_int_equal(cx_status_of_wire(UINT32_MAX), CX_INTERNAL);
}

static void failing_fills_the_error_and_returns_the_status(void **state)
{
	(void)state;
	cx_error error;
	memset(&error, 'x', sizeof error);
	assert_int_equal(cx_fail(&error, CX_TYPE, "%s is %d", "a", 7), CX_TYPE);
	assert_int_equal(error.status, CX_TYPE);
	assert_int_equal(error.line, 0);
	assert_int_equal(error.column, 0);
	assert_string_equal(error.text, "a is 7");
	assert_string_equal(error.field, "");
	assert_string_equal(error.index, "");

	memset(&error, 'x', sizeof error);
	assert_int_equal(cx_fail_field(&error, CX_REQUIRED, "name", "no %s", "name"),
	                 CX_REQUIRED);
	assert_int_equal(error.status, CX_REQUIRED);
	assert_string_equal(error.text, "no name");
	assert_string_equal(error.field, "name");
	assert_string_equal(error.index, "");
}

static void failing_without_an_error_returns_the_status(void **state)
{
	(void)state;
	assert_int_equal(cx_fail(NULL, CX_TYPE, "%d", 1), CX_TYPE);
	assert_int_equal(cx_fail_field(NULL, CX_UNIQUE, "f", "%d", 1), CX_UNIQUE);
}

static void a_long_text_is_cut_at_a_character_boundary(void **state)
{
	(void)state;
	static const char *const characters[] = { "a", "\u00e9", "\u4e2d", "\U0001f600" };
	for (size_t c = 0; c < CX_COUNT_OF(characters); c++) {
		for (size_t shift = 0; shift < 4; shift++) {
			char text[700] = "";
			memset(text, '.', shift);
			while (strlen(text) < 600)
				strcat(text, characters[c]);
			cx_error error;
			(void)cx_fail_field(&error, CX_TYPE, text, "%s", text);
			size_t whole = strlen(characters[c]);
			size_t kept = CX_ERROR_TEXT_SIZE - 1;
			kept -= (kept - shift) % whole;
			assert_int_equal(strlen(error.text), kept);
			assert_memory_equal(error.text, text, kept);
			assert_true(cx_text_is_utf8(cx_slice_of(error.text), NULL));
			kept = CX_ERROR_NAME_SIZE - 1;
			kept -= (kept - shift) % whole;
			assert_int_equal(strlen(error.field), kept);
			assert_memory_equal(error.field, text, kept);
		}
	}
}

static void bytes_that_are_no_text_become_question_marks(void **state)
{
	(void)state;
	cx_error error;
	(void)cx_fail(&error, CX_MALFORMED, "[%.2s] \xff [%s]", "\u4e2d", "\xc3(\u00e9");
	assert_string_equal(error.text, "[??] ? [?(\u00e9]");
}

static void an_error_may_be_part_of_its_own_text(void **state)
{
	(void)state;
	cx_error error;
	(void)cx_fail_field(&error, CX_TYPE, "age", "%s", "not a number");
	(void)cx_fail_field(&error, CX_CHECK, error.field, "row 7: %s (%s)", error.text,
	                    error.field);
	assert_string_equal(error.text, "row 7: not a number (age)");
	assert_string_equal(error.field, "age");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_wire_number_name_and_class_is_the_frozen_one),
		cmocka_unit_test(an_unknown_wire_number_is_internal),
		cmocka_unit_test(failing_fills_the_error_and_returns_the_status),
		cmocka_unit_test(failing_without_an_error_returns_the_status),
		cmocka_unit_test(a_long_text_is_cut_at_a_character_boundary),
		cmocka_unit_test(bytes_that_are_no_text_become_question_marks),
		cmocka_unit_test(an_error_may_be_part_of_its_own_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
