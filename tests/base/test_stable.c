/* SPDX-License-Identifier: Apache-2.0 */
/* Every code point that a table calls stable is stable for utf8proc. */
#include "base/text/stable.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { CODES = 0x110000 };

static const utf8proc_option_t nfc = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
static const utf8proc_option_t folding = UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT |
                                         UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;

/* Code points that a decomposition has behind its first: whatever composes with what stands
 * before it is among them. */
static bool follows[CODES];

static bool is_surrogate(utf8proc_int32_t code)
{
	return code >= 0xd800 && code <= 0xdfff;
}

static size_t decompose(utf8proc_int32_t code, utf8proc_int32_t to[16])
{
	int boundary = 0;
	utf8proc_ssize_t count =
		utf8proc_decompose_char(code, to, 16, UTF8PROC_DECOMPOSE, &boundary);
	assert_true(count >= 0 && count <= 16);
	return (size_t)count;
}

static int find_followers(void **state)
{
	(void)state;
	for (utf8proc_int32_t code = 0; code < CODES; code++) {
		utf8proc_int32_t parts[16];
		size_t count = is_surrogate(code) ? 0 : decompose(code, parts);
		for (size_t i = 1; i < count; i++)
			follows[parts[i]] = true;
	}
	return 0;
}

static bool maps_to_itself(utf8proc_int32_t code, utf8proc_option_t options)
{
	uint8_t text[4];
	utf8proc_ssize_t size = utf8proc_encode_char(code, text);
	uint8_t *mapped = NULL;
	utf8proc_ssize_t mapped_size = utf8proc_map(text, size, &mapped, options);
	bool same = mapped_size == size && memcmp(text, mapped, (size_t)size) == 0;
	free(mapped);
	return same;
}

static bool begins_anew(utf8proc_int32_t code)
{
	utf8proc_int32_t parts[16];
	assert_true(decompose(code, parts) > 0);
	return utf8proc_get_property(code)->combining_class == 0 && !follows[code] &&
	       utf8proc_get_property(parts[0])->combining_class == 0 && !follows[parts[0]];
}

static void every_nfc_stable_character_is_itself_and_composes_with_none_before(void **state)
{
	(void)state;
	size_t count = 0;
	for (utf8proc_int32_t code = 0; code < CODES; code++) {
		if (!cx__text_is_nfc_stable((uint32_t)code))
			continue;
		count++;
		assert_false(is_surrogate(code));
		assert_true(maps_to_itself(code, nfc));
		assert_true(begins_anew(code));
	}
	assert_true(count > 100000);
}

static void every_fold_stable_character_is_itself_and_composes_with_none_before(void **state)
{
	(void)state;
	size_t count = 0;
	for (utf8proc_int32_t code = 0; code < CODES; code++) {
		if (!cx__text_is_fold_stable((uint32_t)code))
			continue;
		count++;
		assert_false(is_surrogate(code));
		assert_true(maps_to_itself(code, folding));
		assert_true(begins_anew(code));
	}
	assert_true(count > 100000);
}

static void the_common_scripts_are_in_the_tables_and_marks_are_not(void **state)
{
	(void)state;
	static const uint32_t both[] = { 0,      'a',     0x7f,    0xe9,    0x444,  0x3001,
		                         0x3042, 0x30ab,  0x4e00,  0x9fff,  0x3400, 0xac00,
		                         0xd7a3, 0x20000, 0x2a6df, 0x1f600, 0x323af };
	static const uint32_t neither[] = { 0x300,  0x302a, 0x3099, 0x309a, 0x1161,
		                            0x11a8, 0x212b, 0xf900, 0xd800, 0x110000 };
	static const uint32_t nfc_only[] = { 0x3b1, 0x2ff, 0x416, 0xff21, 0x3000, 0x1eff };
	for (size_t i = 0; i < sizeof both / sizeof both[0]; i++) {
		assert_true(cx__text_is_nfc_stable(both[i]));
		assert_true(cx__text_is_fold_stable(both[i]));
	}
	for (size_t i = 0; i < sizeof neither / sizeof neither[0]; i++) {
		assert_false(cx__text_is_nfc_stable(neither[i]));
		assert_false(cx__text_is_fold_stable(neither[i]));
	}
	for (size_t i = 0; i < sizeof nfc_only / sizeof nfc_only[0]; i++) {
		assert_true(cx__text_is_nfc_stable(nfc_only[i]));
		assert_false(cx__text_is_fold_stable(nfc_only[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			every_nfc_stable_character_is_itself_and_composes_with_none_before),
		cmocka_unit_test(
			every_fold_stable_character_is_itself_and_composes_with_none_before),
		cmocka_unit_test(the_common_scripts_are_in_the_tables_and_marks_are_not),
	};
	return cmocka_run_group_tests(tests, find_followers, NULL);
}
