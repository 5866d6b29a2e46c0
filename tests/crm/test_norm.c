/* SPDX-License-Identifier: Apache-2.0 */
/* What is the same is written the same, and what is not stays apart. */
#include "base/text.h"
#include "crm/norm/calling_code.h"
#include "crm/norm/credit_code.h"
#include "crm/norm/email.h"
#include "crm/norm/name.h"
#include "crm/norm/phone.h"
#include "tests/support/dice.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <string.h>

static const char *text_of(const cx_buf *buf)
{
	static char text[512];
	assert_int_equal(cx_buf_status(buf), CX_OK);
	assert_true(buf->size < sizeof text);
	snprintf(text, sizeof text, "%.*s", (int)buf->size, (const char *)buf->data);
	return text;
}

static void expect(const char *given, const char *made, const char *wanted)
{
	if (strcmp(made, wanted) != 0)
		fail_msg("\"%s\" gives \"%s\", not \"%s\"", given, made, wanted);
}

typedef cx_status normalising(cx_slice text, cx_buf *out);

static const char *made_of(normalising *function, const char *text)
{
	static char made[512];
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(4096);
	assert_int_equal(function(cx_slice_of(text), &out), CX_OK);
	snprintf(made, sizeof made, "%s", text_of(&out));
	return made;
}

/* ---- names ---- */

static const char *const names[][2] = {
	{ "华为技术有限公司", "华为技术" },
	{ "华为技术 有限公司", "华为技术" },
	{ "上海某某贸易有限责任公司", "上海某某贸易" },
	{ "中国石油天然气股份有限公司", "中国石油天然气" },
	{ "海尔集团公司", "海尔" },
	{ "阿里巴巴集团控股有限公司", "阿里巴巴" },
	{ "西门子（中国）有限公司", "西门子中国" },
	{ "西门子(中国)有限公司", "西门子中国" },
	{ "台灣積體電路製造股份有限公司", "台灣積體電路製造" },
	{ "华为技术有限公司北京分公司", "华为技术有限公司北京分公司" },
	{ "集团", "集团" },
	{ "大集团", "大集团" },
	{ "ＡＢＣ　Ｃｏ．，Ｌｔｄ．", "abc" },
	{ "ABC Co., Ltd.", "abc" },
	{ "ABC CO.,LTD", "abc" },
	{ "ABC Co.Ltd", "abc" },
	{ "Acme Trading Inc.", "acme trading" },
	{ "ACME-Trading, L.L.C.", "acme trading" },
	{ "Acme  Trading GmbH & Co. KG", "acme trading" },
	{ "O'Brien's Holdings Limited", "obriens" },
	{ "Telefónica S.A.", "telefónica" },
	{ "Société Générale SA", "société générale" },
	{ "Straße AG", "strasse" },
	{ "3M Company", "3m" },
	{ "Company", "company" },
	{ "A Ltd", "a ltd" },
	{ "华为 Huawei Co., Ltd", "华为huawei" },
	{ "iPhone专卖店", "iphone专卖店" },
	{ "Huawei技术有限公司", "huawei技术" },
	{ "Sundry Coltd", "sundry" },
	{ "株式会社リコー", "株式会社リコー" },
	{ "東芝株式会社", "東芝" },
	{ "！！！", "!!!" },
	{ "", "" },
};

static void names_of_one_company_are_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < CX_COUNT_OF(names); i++)
		expect(names[i][0], made_of(crm__norm_name, names[i][0]), names[i][1]);
}

static void what_is_normalised_stays_so(void **state)
{
	(void)state;
	for (size_t i = 0; i < CX_COUNT_OF(names); i++)
		expect(names[i][1], made_of(crm__norm_name, names[i][1]), names[i][1]);
}

/* Of random pieces: always valid NFC, and again the same. */
static void any_text_gives_text_that_can_be_stored(void **state)
{
	(void)state;
	static const char *const pieces[] = {
		"e",  "\xcc\x81",     "'", ".", " ",  "公司", "有限", "ltd", "Co",
		"가", "\xe1\x86\xa8", "&", "ß", "１", "𠀀"
	};
	dice random = dice_init();
	for (int round = 0; round < 20000; round++) {
		char text[128] = "";
		const uint64_t count = dice_below(&random, 8);
		for (uint64_t i = 0; i < count; i++)
			strcat(text, pieces[dice_below(&random, CX_COUNT_OF(pieces))]);
		CX_SCOPED(cx_buf_release) cx_buf once = CX_BUF_INIT(4096);
		CX_SCOPED(cx_buf_release) cx_buf nfc = CX_BUF_INIT(4096);
		assert_int_equal(crm__norm_name(cx_slice_of(text), &once), CX_OK);
		assert_int_equal(cx_text_nfc(cx_buf_slice(&once), &nfc), CX_OK);
		assert_true(cx_slice_equal(cx_buf_slice(&once), cx_buf_slice(&nfc)));
	}
}

static void what_is_no_text_is_refused(void **state)
{
	(void)state;
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(64);
	assert_int_equal(crm__norm_name(cx_slice_of("a\xff"), &out), CX_MALFORMED);
	assert_int_equal(crm__norm_email(cx_slice_of("a\xff"), &out), CX_MALFORMED);
	assert_int_equal(crm__norm_tax_id(cx_slice_of("a\xff"), &out), CX_MALFORMED);
	assert_int_equal(crm__norm_phone(cx_slice_of("1\xff"), cx_slice_of("CN"), &out),
	                 CX_MALFORMED);
	assert_int_equal(out.size, 0);
}

/* ---- telephone numbers ---- */

static void numbers_have_their_country_code(void **state)
{
	(void)state;
	static const char *const rows[][3] = {
		{ "CN", "138 1234 5678", "8613812345678" },
		{ "CN", "+86 138-1234-5678", "8613812345678" },
		{ "CN", "0086 13812345678", "8613812345678" },
		{ "CN", "8613812345678", "8613812345678" },
		{ "CN", "013812345678", "8613812345678" },
		{ "CN", "１３８１２３４５６７８", "8613812345678" },
		{ "CN", "021-61234567", "862161234567" },
		{ "CN", "(021) 6123 4567 转 801", "862161234567" },
		{ "CN", "+86 (0)21 61234567", "862161234567" },
		{ "CN", "+86 021 61234567", "862161234567" },
		{ "CN", "021-61234567 分机801", "862161234567" },
		{ "CN", "021-61234567/61234568", "862161234567" },
		{ "CN", "400-800-1234", "864008001234" },
		{ "CN", "61234567", "8661234567" },
		{ "CN", "+1 (212) 555-0123", "12125550123" },
		{ "CN", "00852 2345 6789", "85223456789" },
		{ "US", "(212) 555-0123 ext. 4", "12125550123" },
		{ "US", "1-212-555-0123", "12125550123" },
		{ "US", "011 86 138 1234 5678", "8613812345678" },
		{ "DE", "089 123456", "4989123456" },
		{ "DE", "+49 (0)89 123456", "4989123456" },
		{ "IT", "06 1234567", "39061234567" },
		{ "IT", "+39 06 1234567", "39061234567" },
		{ "RU", "8 495 123-45-67", "74951234567" },
		{ "JP", "010 86 10 12345678", "861012345678" },
		{ "JP", "03-1234-5678", "81312345678" },
		{ "HK", "2345 6789", "85223456789" },
		{ "SG", "+65 6123 4567", "6561234567" },
		{ "HU", "06 1 234 5678", "3612345678" },
		{ "XX", "0 12 34", "01234" },
		{ "", "012-34", "01234" },
		{ "XX", "+49 089 1", "49891" },
		{ "CN", "Fax: 021-61234567", "862161234567" },
		{ "CN", "手机或微信：138 1234 5678 或 139 1234 5678", "8613812345678" },
		{ "CN", "12", "" },
		{ "CN", "无", "" },
		{ "CN", "", "" },
		{ "CN", "123456789012345678901234567890", "861234567890123456789012" },
		{ "CN", "110", "86110" },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(256);
		assert_int_equal(
			crm__norm_phone(cx_slice_of(rows[i][1]), cx_slice_of(rows[i][0]), &out),
			CX_OK);
		expect(rows[i][1], text_of(&out), rows[i][2]);
	}
}

/* Otherwise a number would be read with another one's code. */
static void no_calling_code_begins_with_another(void **state)
{
	(void)state;
	char country[3] = "AA";
	int found = 0;
	for (country[0] = 'A'; country[0] <= 'Z'; country[0]++) {
		for (country[1] = 'A'; country[1] <= 'Z'; country[1]++) {
			const crm__calling_code *code =
				crm__calling_code_of(cx_slice_of(country));
			if (code == NULL)
				continue;
			found++;
			const crm__calling_code *other =
				crm__calling_code_in(cx_slice_of(code->code));
			assert_string_equal(other->code, code->code);
		}
	}
	assert_int_equal(found, 66);
}

/* ---- addresses ---- */

static void addresses_are_folded(void **state)
{
	(void)state;
	static const char *const rows[][2] = {
		{ " Li.Wei@Example.COM ", "li.wei@example.com" },
		{ "Li Wei <li@example.com>", "li@example.com" },
		{ "ｌｉ＠ｅｘａｍｐｌｅ．ｃｏｍ", "li@example.com" },
		{ "李@例子.中国", "李@例子.中国" },
		{ "无", "" },
		{ "@example.com", "" },
		{ "li@", "" },
		{ "a@b@c", "" },
		{ "a b@c", "" },
		{ "<>", "" },
		{ "", "" },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++)
		expect(rows[i][0], made_of(crm__norm_email, rows[i][0]), rows[i][1]);
}

/* ---- credit codes ---- */

static void credit_codes_are_checked(void **state)
{
	(void)state;
	/* of companies that publish theirs */
	static const char *const good[] = { "914403001922038216",
		                            "9144030071526726XG",
		                            "91110000802100433B",
		                            "91330100799655058B",
		                            "12345",
		                            "123456789012345",
		                            "" };
	cx_error error = { 0 };
	for (size_t i = 0; i < CX_COUNT_OF(good); i++)
		if (crm__credit_code_check(cx_slice_of(good[i]), &error) != CX_OK)
			fail_msg("%s: %s", good[i], error.text);
	/* any one character mistyped, any two neighbours swapped */
	const char *code = good[1];
	for (size_t i = 0; i < 18; i++) {
		char typed[19];
		strcpy(typed, code);
		typed[i] = code[i] == '7' ? '1' : '7';
		assert_int_equal(crm__credit_code_check(cx_slice_of(typed), NULL), CX_CHECK);
		strcpy(typed, code);
		if (i == 0 || code[i] == code[i - 1])
			continue;
		typed[i] = code[i - 1];
		typed[i - 1] = code[i];
		assert_int_equal(crm__credit_code_check(cx_slice_of(typed), NULL), CX_CHECK);
	}
	assert_int_equal(crm__credit_code_check(cx_slice_of("914403001922038217"), &error),
	                 CX_CHECK);
	assert_string_equal(error.field, "tax_id");
	assert_string_equal(error.text, "credit code 914403001922038217 is mistyped: to the 17 "
	                                "characters before it the check character is 6 (GB "
	                                "32100-2015)");
	assert_int_equal(crm__credit_code_check(cx_slice_of("9144030O1922038216"), &error),
	                 CX_CHECK);
	assert_non_null(strstr(error.text, "character 8"));
}

static void tax_numbers_are_written_one_way(void **state)
{
	(void)state;
	static const char *const rows[][2] = {
		{ " 9144030071526726xg ", "9144030071526726XG" },
		{ "９１４４０３００７１５２６７２６ＸＧ", "9144030071526726XG" },
		{ "91-440300-71526726X G", "9144030071526726XG" },
		{ "DE 123 456 789", "DE123456789" },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++)
		expect(rows[i][0], made_of(crm__norm_tax_id, rows[i][0]), rows[i][1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_one_company_are_one),
		cmocka_unit_test(what_is_normalised_stays_so),
		cmocka_unit_test(any_text_gives_text_that_can_be_stored),
		cmocka_unit_test(what_is_no_text_is_refused),
		cmocka_unit_test(numbers_have_their_country_code),
		cmocka_unit_test(no_calling_code_begins_with_another),
		cmocka_unit_test(addresses_are_folded),
		cmocka_unit_test(credit_codes_are_checked),
		cmocka_unit_test(tax_numbers_are_written_one_way),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
