/* SPDX-License-Identifier: Apache-2.0 */
/* The hash is part of the file format: its values are frozen. */
#include "base/hash.h"
#include "tests/support/unit.h"

#include <string.h>

static void values_are_the_frozen_ones(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint64_t seed;
		uint64_t hash;
	} frozen[] = {
		{ "", 0, UINT64_C(0x2d06800538d394c2) },
		{ "", 7, UINT64_C(0x913ae0873e9b7eb8) },
		{ "a", 0, UINT64_C(0xe6c632b61e964e1f) },
		{ "cardex", 0, UINT64_C(0x21fe7a8e12b532f4) },
		{ "cardex", 7, UINT64_C(0x11b814c3c65b1b43) },
		{ "\u540d\u5247", 7, UINT64_C(0x93080cac4f87c4dc) },
	};
	for (size_t i = 0; i < sizeof frozen / sizeof frozen[0]; i++)
		assert_true(cx_hash64(cx_slice_of(frozen[i].text), frozen[i].seed) ==
		            frozen[i].hash);
	uint8_t text[300]; /* longer than the part of XXH3 that short inputs use */
	memset(text, 'x', sizeof text);
	assert_true(cx_hash64((cx_slice){ text, sizeof text }, 7) ==
	            UINT64_C(0x65afa05e0f083a41));
}

static void no_memory_hashes_like_the_empty_text(void **state)
{
	(void)state;
	assert_true(cx_hash64((cx_slice){ 0 }, 7) == cx_hash64(CX_SLICE_LITERAL(""), 7));
}

static void the_seed_changes_the_value(void **state)
{
	(void)state;
	cx_slice text = CX_SLICE_LITERAL("cardex");
	assert_true(cx_hash64(text, 0) != cx_hash64(text, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_the_frozen_ones),
		cmocka_unit_test(no_memory_hashes_like_the_empty_text),
		cmocka_unit_test(the_seed_changes_the_value),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
