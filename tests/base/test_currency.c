/* SPDX-License-Identifier: Apache-2.0 */
/* Decimals of currencies are those of ISO 4217, and a code that is none gets two. */
#include "base/cleanup.h"
#include "base/currency.h"
#include "tests/support/unit.h"

static void each_currency_has_its_digits(void **state)
{
	(void)state;
	static const struct {
		const char *code;
		unsigned digits;
	} rows[] = {
		{ "CNY", 2 }, { "USD", 2 }, { "EUR", 2 }, { "HKD", 2 }, { "TWD", 2 },
		{ "BIF", 0 }, { "CLP", 0 }, { "DJF", 0 }, { "GNF", 0 }, { "ISK", 0 },
		{ "JPY", 0 }, { "KMF", 0 }, { "KRW", 0 }, { "PYG", 0 }, { "RWF", 0 },
		{ "UGX", 0 }, { "UYI", 0 }, { "VND", 0 }, { "VUV", 0 }, { "XAF", 0 },
		{ "XOF", 0 }, { "XPF", 0 }, { "BHD", 3 }, { "IQD", 3 }, { "JOD", 3 },
		{ "KWD", 3 }, { "LYD", 3 }, { "OMR", 3 }, { "TND", 3 }, { "CLF", 4 },
		{ "UYW", 4 },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++)
		if (cx_currency_digits(cx_slice_of(rows[i].code)) != rows[i].digits)
			fail_msg("%s", rows[i].code);
}

static void what_is_no_code_has_two(void **state)
{
	(void)state;
	/* "IFC" and "FCL" lie across two codes of the list. */
	static const char *const texts[] = { "",    "J",   "JP",  "JPYX",
		                             "jpy", "IFC", "FCL", "BIFCLP" };
	for (size_t i = 0; i < CX_COUNT_OF(texts); i++)
		assert_int_equal(cx_currency_digits(cx_slice_of(texts[i])), 2);
	assert_int_equal(cx_currency_digits((cx_slice){ 0 }), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_currency_has_its_digits),
		cmocka_unit_test(what_is_no_code_has_two),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
