/* SPDX-License-Identifier: Apache-2.0 */
/* What a text can be found by: tables of texts and their tokens, written by hand. */
#include "base/check.h"
#include "base/text.h"
#include "engine/search.h"
#include "engine/token/number.h"
#include "engine/token/segment.h"
#include "engine/token/token.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_SLOT = ENGINE_SYSTEM_SLOTS, PHONE_SLOT, SLOTS };

static const engine_field fields[SLOTS] = {
	[TEXT_SLOT] = { .name = "text",
	                .slot = TEXT_SLOT,
	                .kind = ENGINE_TEXT,
	                .search = true,
	                .search_as = ENGINE_SEARCH_TEXT },
	[PHONE_SLOT] = { .name = "phone",
	                 .slot = PHONE_SLOT,
	                 .kind = ENGINE_STRING,
	                 .search = true,
	                 .search_as = ENGINE_SEARCH_PHONE },
};
static const engine_type type = { .name = "thing", .fields = fields, .field_count = SLOTS };

static engine__value text_value(cx_slice text)
{
	return (engine__value){ .shape = ENGINE__CHARS, .bytes = text };
}

/* "<acme> in> corp": tokens in order; < a field begins with it, > one ends with it. */
static const char *show(const engine__value *values)
{
	static char shown[1 << 16];
	cx_arena *arena = NULL;
	assert_int_equal(cx_arena_new(1 << 24, &arena), CX_OK);
	engine__tokens tokens;
	assert_int_equal(engine__tokens_of(&type, values, arena, &tokens), CX_OK);
	char *at = shown;
	for (size_t i = 0; i < tokens.count; i++) {
		const engine__token *token = &tokens.items[i];
		assert_true(i == 0 || engine__token_compare(token - 1, token) < 0);
		assert_in_range(token->bytes.size, 1, ENGINE__TOKEN_BYTES_MAX);
		at += sprintf(at, "%s%s%.*s%s", i > 0 ? " " : "",
		              (token->flags & ENGINE__TOKEN_START) != 0 ? "<" : "",
		              CX_SLICE_ARG(token->bytes),
		              (token->flags & ENGINE__TOKEN_END) != 0 ? ">" : "");
	}
	*at = '\0';
	cx_arena_free(&arena);
	return shown;
}

static const char *tokens_of(int slot, const char *text)
{
	engine__value values[SLOTS] = { 0 };
	char *exact = strdup(text); /* an overread is seen */
	values[slot] = text_value((cx_slice){ (const uint8_t *)exact, strlen(exact) });
	const char *shown = show(values);
	free(exact);
	return shown;
}

typedef struct row {
	const char *text;
	const char *tokens;
} row;

static size_t count_words(const char *text)
{
	size_t count = *text != '\0';
	for (; *text != '\0'; text++)
		count += *text == ' ';
	return count;
}

static bool has_word(const char *text, const char *word)
{
	const size_t size = strlen(word);
	for (const char *at = text; (at = strstr(at, word)) != NULL; at++)
		if ((at == text || at[-1] == ' ') && (at[size] == ' ' || at[size] == '\0'))
			return true;
	return false;
}

/* The same tokens; that they are in order show() asserts. */
static void check(int slot, const row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *shown = tokens_of(slot, rows[i].text);
		char *wanted = strdup(rows[i].tokens);
		for (char *word = strtok(wanted, " "); word != NULL; word = strtok(NULL, " "))
			if (!has_word(shown, word))
				fail_msg("%s: no %s in %s", rows[i].text, word, shown);
		if (count_words(shown) != count_words(rows[i].tokens))
			fail_msg("%s: %s, not %s", rows[i].text, shown, rows[i].tokens);
		free(wanted);
	}
}

static void words_are_folded_and_parted(void **state)
{
	(void)state;
	static const row rows[] = {
		{ "", "" },
		{ " ., -", "" },
		{ "Acme", "<acme>" },
		{ "ACME Corp.", "<acme corp>" },
		{ "o'Brien", "brien> <o" },
		{ "Straße", "<strasse>" },
		{ "ＡＣＭＥ　Ｌｔｄ", "<acme ltd>" },
		{ "ﬁne ½", "1 2> <fine" },
		{ "Müller", "<müller>" },
		{ "Mu\xcc\x88ller", "<müller>" },
		{ "Ångström", "<ångström>" },
		{ "ΟΔΟΣ", "<οδοσ>" },
		{ "Москва", "<москва>" },
		{ "a a a", "<a>" },
		{ "a b a", "<a> b" },
		{ "👍 ok 👍🏽", "<ok>" },
		{ "ok👍fine", "fine> <ok" },
		{ "x_y", "<x y>" },
		{ "soft\xc2\xadhyphen", "<softhyphen>" },
	};
	check(TEXT_SLOT, rows, CX_COUNT_OF(rows));
}

static void codes_are_found_by_their_parts(void **state)
{
	(void)state;
	static const row rows[] = {
		{ "SO-202511-00042", "00042> 202511 <so" },
		{ "SO202511", "202511> <so202511>" },
		{ "a1b2", "1b2> 2> <a1b2> b2>" },
		{ "3M", "<3m> m>" },
		{ "2.5", "<2 5>" },
		{ "१२", "<१२>" }, /* digits of another script */
	};
	check(TEXT_SLOT, rows, CX_COUNT_OF(rows));
}

static void runs_are_pairs_and_the_last_character(void **state)
{
	(void)state;
	static const row rows[] = {
		{ "医", "<医>" },
		{ "医疗", "<医疗> 疗>" },
		{ "华东医疗", "<华东 东医 医疗> 疗>" },
		{ "医疗 器械", "<医疗 疗 器械> 械>" },
		{ "公公公", "公> <公公>" },
		{ "東京タワー", "<東京 京タ タワ ワー> ー>" },
		{ "ﾀﾜｰ", "<タワ ワー> ー>" },
		{ "ｶﾞ", "<ガ>" },
		{ "ガ", "<ガ>" },
		{ "人々", "<人々> 々>" },
		{ "서울시", "<서울 울시> 시>" },
		{ "\xe1\x84\x80\xe1\x85\xa1", "<가>" }, /* jamo */
		{ "ㄅㄆ", "<ㄅㄆ> ㄆ>" },
		{ "𠮷野家", "<𠮷野 野家> 家>" }, /* beyond the first plane */
		{ "𪚥", "<𪚥>" },
		{ "⼀", "<一>" }, /* a radical folds to the ideograph */
		{ "ภาษา", "<ภา าษ ษา> า>" },
	};
	check(TEXT_SLOT, rows, CX_COUNT_OF(rows));
}

static void scripts_part_one_another(void **state)
{
	(void)state;
	static const row rows[] = {
		{ "A4纸", "<a4 4 纸>" },
		{ "iPhone15手机壳", "<iphone15 15 手机 机壳> 壳>" },
		{ "2025年11月", "<2025 年 11 月>" },
		{ "你好，World！", "<你好 好 world>" },
		{ "㍿", "<株式 式会 会社> 社>" },
		{ "№5", "5> <no5>" },
	};
	check(TEXT_SLOT, rows, CX_COUNT_OF(rows));
}

static void numbers_are_found_whole_and_by_their_ends(void **state)
{
	(void)state;
	static const row rows[] = {
		{ "", "" },
		{ "none", "" },
		{ "123", "<123>" },
		{ "1234", "<1234>" },
		{ "12345", "<12345> 2345>" },
		{ "13812345678", "12345678> <13812345678> 5678>" },
		{ "138-1234-5678", "12345678> <13812345678> 5678>" },
		{ "+86 (138) 1234.5678", "12345678> 5678> <8613812345678>" },
		{ "１３８１２３４５６７８", "12345678> <13812345678> 5678>" },
		{ "021-12345678 ext 12", "<02112345678> <12> 12345678> 5678>" },
		{ "1111111/2222222", "1111> <1111111> 2222> <2222222>" },
		{ "12345678", "<12345678> 5678>" },
	};
	check(PHONE_SLOT, rows, CX_COUNT_OF(rows));
}

static void a_long_word_is_cut_between_characters(void **state)
{
	(void)state;
	char word[201];
	memset(word, 'x', sizeof word - 1);
	word[sizeof word - 1] = '\0';
	char expected[64];
	snprintf(expected, sizeof expected, "<%.60s>", word);
	assert_string_equal(tokens_of(TEXT_SLOT, word), expected);
	memcpy(word + 59, "é", 2);
	snprintf(expected, sizeof expected, "<%.59s>", word);
	assert_string_equal(tokens_of(TEXT_SLOT, word), expected);
}

static void a_deleted_record_has_no_tokens(void **state)
{
	(void)state;
	engine__value values[SLOTS] = { 0 };
	values[TEXT_SLOT] = text_value(CX_SLICE_LITERAL("acme"));
	assert_string_equal(show(values), "<acme>");
	values[ENGINE_SLOT_DELETED_AT] = (engine__value){ .shape = ENGINE__INTEGER };
	assert_string_equal(show(values), "");
}

static void flags_of_two_fields_come_together(void **state)
{
	(void)state;
	engine__value values[SLOTS] = { 0 };
	values[TEXT_SLOT] = text_value(CX_SLICE_LITERAL("tel 1234"));
	values[PHONE_SLOT] = text_value(CX_SLICE_LITERAL("1234 99"));
	assert_string_equal(show(values), "1234> <123499> 3499> <tel");
	values[PHONE_SLOT] = text_value(CX_SLICE_LITERAL("1234"));
	assert_string_equal(show(values), "<1234> <tel");
}

static void a_text_is_searched_up_to_its_limit(void **state)
{
	(void)state;
	enum { SIZE = ENGINE_SEARCH_FIELD_BYTES_MAX };
	uint8_t *bytes = malloc(SIZE + 3);
	memset(bytes, ' ', SIZE + 3);
	engine__value values[SLOTS] = { 0 };
	bytes[SIZE - 1] = 'a';
	bytes[SIZE] = 'b'; /* one too far */
	values[TEXT_SLOT] = text_value((cx_slice){ bytes, SIZE + 1 });
	assert_string_equal(show(values), "<a>");
	memcpy(bytes + SIZE - 1, "é", 2); /* half of it is */
	assert_string_equal(show(values), "");
	bytes[SIZE - 1] = 'a';
	bytes[SIZE] = ' ';
	memcpy(bytes + SIZE - 3, "医", 3);
	assert_string_equal(show(values), "<医>");
	free(bytes);
}

static void numbers_agree_by_beginning_or_end(void **state)
{
	(void)state;
	static const struct {
		const char *number;
		const char *wanted;
		engine__agreement agreement;
	} rows[] = {
		{ "13812345678", "13812345678", ENGINE__SAME },
		{ "13812345678", "138", ENGINE__BEGINS },
		{ "13812345678", "1", ENGINE__BEGINS },
		{ "13812345678", "678", ENGINE__DIFFERS },
		{ "13812345678", "5678", ENGINE__ENDS },
		{ "13812345678", "45678", ENGINE__ENDS },
		{ "13812345678", "3812345678", ENGINE__ENDS },
		{ "13812345678", "2345", ENGINE__DIFFERS },
		{ "13812345678", "8613812345678", ENGINE__ENDS },
		{ "12345678", "02112345678", ENGINE__ENDS },
		{ "2345678", "0212345678", ENGINE__DIFFERS },
		{ "13812345678", "113812345679", ENGINE__DIFFERS },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++)
		assert_int_equal(engine__number_agrees(cx_slice_of(rows[i].number),
		                                       cx_slice_of(rows[i].wanted)),
		                 rows[i].agreement);
}

static void a_number_has_a_limit(void **state)
{
	(void)state;
	char digits[ENGINE__NUMBER_DIGITS_MAX + 2];
	memset(digits, '1', sizeof digits);
	size_t at = 0;
	engine__number number;
	const cx_slice text = { (const uint8_t *)digits, sizeof digits };
	assert_true(engine__number_next(text, &at, &number));
	assert_int_equal(number.count, ENGINE__NUMBER_DIGITS_MAX);
	assert_true(engine__number_next(text, &at, &number));
	assert_int_equal(number.count, 2);
	assert_int_equal(number.from, ENGINE__NUMBER_DIGITS_MAX);
	assert_false(engine__number_next(text, &at, &number));
}

static void a_word_has_a_limit_of_starts(void **state)
{
	(void)state;
	size_t starts[ENGINE__STARTS_MAX];
	assert_int_equal(engine__word_starts(CX_SLICE_LITERAL("a1b2c3d4e5"), starts),
	                 ENGINE__STARTS_MAX);
	assert_int_equal(starts[ENGINE__STARTS_MAX - 1], ENGINE__STARTS_MAX - 1);
	assert_int_equal(engine__word_starts(CX_SLICE_LITERAL("abc123"), starts), 2);
	assert_int_equal(starts[0], 0);
	assert_int_equal(starts[1], 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_folded_and_parted),
		cmocka_unit_test(codes_are_found_by_their_parts),
		cmocka_unit_test(runs_are_pairs_and_the_last_character),
		cmocka_unit_test(scripts_part_one_another),
		cmocka_unit_test(numbers_are_found_whole_and_by_their_ends),
		cmocka_unit_test(a_long_word_is_cut_between_characters),
		cmocka_unit_test(a_deleted_record_has_no_tokens),
		cmocka_unit_test(flags_of_two_fields_come_together),
		cmocka_unit_test(a_text_is_searched_up_to_its_limit),
		cmocka_unit_test(numbers_agree_by_beginning_or_end),
		cmocka_unit_test(a_number_has_a_limit),
		cmocka_unit_test(a_word_has_a_limit_of_starts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
