/* SPDX-License-Identifier: Apache-2.0 */
/* Values as people write them: decimals in and out, currencies, text that cannot drive a
 * terminal or a spreadsheet, continuations as tokens. */
#include "client/cli/cell_text.h"
#include "client/cli/format.h"
#include "client/cli/token.h"
#include "tests/support/unit.h"

#include <string.h>

static void decimals_are_read_exactly(void **state)
{
	(void)state;
	const struct {
		const char *text;
		unsigned digits;
		bool round;
		bool good;
		int64_t value;
	} cases[] = {
		{ "0", 2, false, true, 0 },
		{ "12.5", 2, false, true, 1250 },
		{ "-12.05", 2, false, true, -1205 },
		{ "+7", 0, false, true, 7 },
		{ ".5", 2, false, true, 50 },
		{ "5.", 2, false, true, 500 },
		{ "1.230", 2, false, true, 123 },
		{ "1.234", 2, false, false, 0 },
		{ "1.234", 2, true, true, 123 },
		{ "1.235", 2, true, true, 124 },
		{ "-1.235", 2, true, true, -124 },
		{ "1.2349", 2, true, true, 123 },
		{ "125.43999999999998", 2, true, true, 12544 },
		{ "9223372036854775807", 0, false, true, INT64_MAX },
		{ "9223372036854775808", 0, false, false, 0 },
		{ "9223372036854775807.5", 0, true, false, 0 },
		{ "18446744073709551615.5", 0, true, false, 0 },
		{ "92233720368547758.08", 2, false, false, 0 },
		{ "-9223372036854775807", 0, false, true, -INT64_MAX },
		{ "", 2, false, false, 0 },
		{ ".", 2, false, false, 0 },
		{ "-", 2, false, false, 0 },
		{ "1e3", 2, false, false, 0 },
		{ "1,000", 2, false, false, 0 },
		{ "1.2.3", 2, false, false, 0 },
		{ " 1", 2, false, false, 0 },
	};
	for (size_t i = 0; i < CX_COUNT_OF(cases); i++) {
		int64_t value = 4711;
		const bool good = cli_decimal_parse(cx_slice_of(cases[i].text), cases[i].digits,
		                                    cases[i].round, &value);
		if (good != cases[i].good)
			print_error("\"%s\"\n", cases[i].text);
		assert_int_equal(good, cases[i].good);
		assert_int_equal(value, good ? cases[i].value : 4711);
	}
}

static void amounts_in_the_base_currency_do_not_follow_the_record(void **state)
{
	(void)state;
	const cardex_field own = { .name = "amount", .kind = CARDEX_KIND_MONEY };
	const cardex_field base = { .name = "amount_base", .kind = CARDEX_KIND_MONEY };
	const cardex_field other = { .name = "seats_base", .kind = CARDEX_KIND_INT };
	assert_true(cli_has_record_currency(&own));
	assert_false(cli_has_record_currency(&base));
	assert_false(cli_has_record_currency(&other));
	assert_int_equal(cli_money_digits(&own, "JPY"), 0);
	assert_int_equal(cli_money_digits(&own, "KWD"), 3);
	assert_int_equal(cli_money_digits(&own, NULL), 2);
	assert_int_equal(cli_money_digits(&base, "JPY"), 2);
}

static void bytes_that_are_no_text_are_shown_by_number(void **state)
{
	(void)state;
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(256);
	uint8_t bytes[] = { 'a', 0x9b, 0xe4, 0xb8 };
	cli_text_safe((cx_slice){ .data = bytes, .size = sizeof bytes }, &out);
	assert_true(cx_slice_equal(cx_buf_slice(&out), CX_SLICE_LITERAL("a\\x9b\\xe4\\xb8")));
}

static void currencies_have_their_digits(void **state)
{
	(void)state;
	assert_int_equal(cli_currency_digits("CNY"), 2);
	assert_int_equal(cli_currency_digits("JPY"), 0);
	assert_int_equal(cli_currency_digits("KWD"), 3);
	assert_int_equal(cli_currency_digits("CLF"), 4);
	assert_int_equal(cli_currency_digits("XOF"), 0);
	assert_int_equal(cli_currency_digits(NULL), 2);
	assert_int_equal(cli_currency_digits("F B"), 2); /* part of the list, but no code */
}

static void assert_csv(const char *text, bool guard, const char *expected)
{
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1000);
	cli_text_csv(cx_slice_of(text), guard, &out);
	assert_true(cx_slice_equal(cx_buf_slice(&out), cx_slice_of(expected)));
}

static void csv_cells_are_quoted_where_they_must_be(void **state)
{
	(void)state;
	assert_csv("plain 文本", false, "plain 文本");
	assert_csv("a,b", false, "\"a,b\"");
	assert_csv("say \"hi\"", false, "\"say \"\"hi\"\"\"");
	assert_csv("two\nlines", false, "\"two\nlines\"");
	assert_csv(" edge", false, "\" edge\"");
	assert_csv("", false, "");
	assert_csv("=1+1", false, "=1+1");
	assert_csv("=1+1", true, "'=1+1");
	assert_csv("@x,y", true, "\"'@x,y\"");
	assert_csv("a=b", true, "a=b");
}

static void assert_safe(const char *text, const char *expected)
{
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1000);
	cli_text_safe(cx_slice_of(text), &out);
	assert_true(cx_slice_equal(cx_buf_slice(&out), cx_slice_of(expected)));
}

static void control_characters_do_not_reach_a_terminal(void **state)
{
	(void)state;
	assert_safe("客户 é 😀", "客户 é 😀");
	assert_safe("\033[31mred", "\\x1b[31mred");
	assert_safe("a\nb\tc", "a\\nb\\x09c");
	assert_safe("\x7f", "\\x7f");
	assert_safe("\xc2\x9b"
	            "31m",
	            "\\x9b31m");
	assert_safe("\xe2\x80\xae"
	            "evil",
	            "\\u{202e}evil");
}

static void tokens_give_the_bytes_back(void **state)
{
	(void)state;
	uint8_t bytes[70];
	for (size_t size = 0; size < sizeof bytes; size++) {
		for (size_t i = 0; i < size; i++)
			bytes[i] = (uint8_t)(i * 37 + size);
		CX_SCOPED(cx_buf_release) cx_buf text = CX_BUF_INIT(200);
		CX_SCOPED(cx_buf_release) cx_buf back = CX_BUF_INIT(200);
		cli_token_write((cx_slice){ bytes, size }, &text);
		cx_buf_append_byte(&text, 0);
		assert_null(strpbrk((const char *)text.data, "+/="));
		assert_true(cli_token_read((const char *)text.data, &back));
		assert_true(cx_slice_equal(cx_buf_slice(&back), (cx_slice){ bytes, size }));
	}
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(200);
	assert_false(cli_token_read("not a token", &out));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decimals_are_read_exactly),
		cmocka_unit_test(currencies_have_their_digits),
		cmocka_unit_test(amounts_in_the_base_currency_do_not_follow_the_record),
		cmocka_unit_test(bytes_that_are_no_text_are_shown_by_number),
		cmocka_unit_test(csv_cells_are_quoted_where_they_must_be),
		cmocka_unit_test(control_characters_do_not_reach_a_terminal),
		cmocka_unit_test(tokens_give_the_bytes_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
