/* SPDX-License-Identifier: Apache-2.0 */
/* Words of the schema language: what they are, and where they stand. */
#include "engine/schema/lexer.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <string.h>

static engine__token next(engine__lexer *lexer)
{
	engine__token token = { 0 };
	cx_error error = { 0 };
	cx_status status = engine__lexer_next(lexer, &token, &error);
	if (status != CX_OK)
		fail_msg("%u:%u: %s", error.line, error.column, error.text);
	return token;
}

static void expect(engine__lexer *lexer, engine__token_kind kind, const char *text,
                   uint32_t line, uint32_t column)
{
	engine__token token = next(lexer);
	assert_int_equal(token.kind, kind);
	assert_true(cx_slice_equal(token.text, cx_slice_of(text)));
	assert_int_equal(token.at.line, line);
	assert_int_equal(token.at.column, column);
}

static engine__lexer lexer_of(const char *text)
{
	return engine__lexer_of(wire_exact(cx_slice_of(text)), false);
}

static void words_have_lines_and_columns_in_characters(void **state)
{
	(void)state;
	engine__lexer lexer = lexer_of("type 客 # 注释\n");
	expect(&lexer, ENGINE__TOKEN_NAME, "type", 1, 1);
	engine__token token;
	cx_error error = { 0 };
	assert_int_equal(engine__lexer_next(&lexer, &token, &error), CX_SCHEMA_SYNTAX);
	assert_int_equal(error.line, 1);
	assert_int_equal(error.column, 6);
	assert_string_equal(error.text, "unexpected character \"客\"");

	lexer = lexer_of("\"客户\" a\r\n\t\"b\"\n\nc#x\n d");
	expect(&lexer, ENGINE__TOKEN_TEXT, "客户", 1, 1);
	expect(&lexer, ENGINE__TOKEN_NAME, "a", 1, 6);
	expect(&lexer, ENGINE__TOKEN_TEXT, "b", 2, 2);
	expect(&lexer, ENGINE__TOKEN_NAME, "c", 4, 1);
	expect(&lexer, ENGINE__TOKEN_NAME, "d", 5, 2);
	expect(&lexer, ENGINE__TOKEN_END, "", 5, 3);
	expect(&lexer, ENGINE__TOKEN_END, "", 5, 3); /* again and again */
}

static void every_mark_is_a_word_of_its_own(void **state)
{
	(void)state;
	static const engine__token_kind kinds[] = {
		ENGINE__TOKEN_BRACE_OPEN,   ENGINE__TOKEN_BRACE_CLOSE,
		ENGINE__TOKEN_PAREN_OPEN,   ENGINE__TOKEN_PAREN_CLOSE,
		ENGINE__TOKEN_BRACKET_OPEN, ENGINE__TOKEN_BRACKET_CLOSE,
		ENGINE__TOKEN_ANGLE_OPEN,   ENGINE__TOKEN_ANGLE_CLOSE,
		ENGINE__TOKEN_COMMA,        ENGINE__TOKEN_EQUALS,
	};
	engine__lexer lexer = lexer_of("{}()[]<>,=");
	for (size_t i = 0; i < CX_COUNT_OF(kinds); i++) {
		engine__token token = next(&lexer);
		assert_int_equal(token.kind, kinds[i]);
		assert_int_equal(token.at.column, i + 1);
		assert_int_equal(token.text.size, 1);
		/* As messages call it: in quotes. */
		const char *name = engine__token_kind_name(kinds[i]);
		assert_int_equal(name[1], token.text.data[0]);
	}
	assert_int_equal(next(&lexer).kind, ENGINE__TOKEN_END);
}

static void numbers_go_to_the_ends_of_int64(void **state)
{
	(void)state;
	engine__lexer lexer = lexer_of("0 -0 007 9223372036854775807 -9223372036854775808 5-3");
	assert_int_equal(next(&lexer).number, 0);
	assert_int_equal(next(&lexer).number, 0);
	assert_int_equal(next(&lexer).number, 7);
	assert_true(next(&lexer).number == INT64_MAX);
	assert_true(next(&lexer).number == INT64_MIN);
	assert_int_equal(next(&lexer).number, 5);
	assert_int_equal(next(&lexer).number, -3);
}

typedef struct bad_word {
	const char *text;
	uint32_t column;
	const char *message;
} bad_word;

static void bad_words_are_refused_where_they_stand(void **state)
{
	(void)state;
	static const bad_word rows[] = {
		{ " 9223372036854775808", 2, "does not fit 64 bits" },
		{ "-9223372036854775809", 1, "does not fit 64 bits" },
		{ "99999999999999999999999999", 1, "does not fit 64 bits" },
		{ "12a", 1, "letters in it" },
		{ "1_000", 1, "letters in it" },
		{ "/", 1, "unexpected character \"/\"" },
		{ ";", 1, "unexpected character \";\"" },
		{ " （", 2, "unexpected character \"（\"" },
		{ "😀", 1, "unexpected character \"😀\"" },
		{ "\x01", 1, "unexpected control character 0x01" },
		{ "\x7f", 1, "unexpected control character 0x7f" },
		{ "\"abc", 1, "expected a \" at the end of the text" },
		{ "\"", 1, "expected a \" at the end of the text" },
		{ "\"abc\nd\"", 1, "expected a \" at the end of the text" },
		{ "\"ab\\", 4, "after a \\" },
		{ "\"客\\x\"", 3, "after a \\" },
		{ "\"ab\\\"", 1, "expected a \" at the end of the text" },
		{ "\"a\tb\"", 3, "control character 0x09" },
		{ "\"a\x7f\"", 3, "control character 0x7f" },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		engine__lexer lexer = lexer_of(rows[i].text);
		engine__token token = { .kind = ENGINE__TOKEN_COMMA, .number = 42 };
		cx_error error = { 0 };
		assert_int_equal(engine__lexer_next(&lexer, &token, &error), CX_SCHEMA_SYNTAX);
		if (strstr(error.text, rows[i].message) == NULL ||
		    error.column != rows[i].column || error.line != 1)
			fail_msg("row %zu: %u:%u %s", i, error.line, error.column, error.text);
		assert_true(token.kind == ENGINE__TOKEN_COMMA && token.number == 42);
	}
}

static void zero_bytes_are_no_end(void **state)
{
	(void)state;
	engine__lexer lexer =
		engine__lexer_of(wire_exact((cx_slice){ (const uint8_t *)"a\0b", 3 }), false);
	assert_int_equal(next(&lexer).kind, ENGINE__TOKEN_NAME);
	engine__token token;
	assert_int_equal(engine__lexer_next(&lexer, &token, NULL), CX_SCHEMA_SYNTAX);
}

static void a_byte_order_mark_is_a_blank(void **state)
{
	(void)state;
	engine__lexer lexer = lexer_of("\xef\xbb\xbftype");
	assert_int_equal(next(&lexer).kind, ENGINE__TOKEN_NAME);
}

static void errors_of_the_text_before_tell_its_line_in_words(void **state)
{
	(void)state;
	cx_error error = { .line = 7, .column = 7 };
	engine__position at = { .line = 3, .column = 4, .in_base = true };
	assert_int_equal(engine__fail_at(&error, at, "no %s", "luck"), CX_SCHEMA_SYNTAX);
	assert_string_equal(error.text, "line 3 of the schema before it: no luck");
	assert_int_equal(error.line, 0);
	assert_int_equal(error.column, 0);
	assert_int_equal(engine__fail_at(NULL, at, "no"), CX_SCHEMA_SYNTAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_have_lines_and_columns_in_characters),
		cmocka_unit_test(every_mark_is_a_word_of_its_own),
		cmocka_unit_test(numbers_go_to_the_ends_of_int64),
		cmocka_unit_test(bad_words_are_refused_where_they_stand),
		cmocka_unit_test(zero_bytes_are_no_end),
		cmocka_unit_test(a_byte_order_mark_is_a_blank),
		cmocka_unit_test(errors_of_the_text_before_tell_its_line_in_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
