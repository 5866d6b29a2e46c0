/* SPDX-License-Identifier: Apache-2.0 */
/* Filters: the text form becomes the protocol's, and an error points at the byte. */
#include "client/data/doc.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const stages[] = { "lead", "won", "in_progress" };

static const cardex_field fields[] = {
	{ .name = "name", .kind = CARDEX_KIND_STRING, .kind_name = "string" },
	{ .name = "notes", .kind = CARDEX_KIND_TEXT, .kind_name = "text" },
	{ .name = "owner", .kind = CARDEX_KIND_REF, .kind_name = "ref", .target = "user" },
	{ .name = "stage",
	  .kind = CARDEX_KIND_ENUM,
	  .kind_name = "enum",
	  .labels = stages,
	  .label_count = 3 },
	{ .name = "amount", .kind = CARDEX_KIND_MONEY, .kind_name = "money" },
	{ .name = "employees", .kind = CARDEX_KIND_INT, .kind_name = "int" },
	{ .name = "active", .kind = CARDEX_KIND_BOOL, .kind_name = "bool" },
	{ .name = "born", .kind = CARDEX_KIND_DATE, .kind_name = "date" },
	{ .name = "at", .kind = CARDEX_KIND_TS, .kind_name = "ts" },
	{ .name = "photo", .kind = CARDEX_KIND_BYTES, .kind_name = "bytes" },
	{ .name = "days", .kind = CARDEX_KIND_INT_LIST, .kind_name = "list<int>" },
	{ .name = "tags", .kind = CARDEX_KIND_STRING_LIST, .kind_name = "list<string>" },
	{ .name = "point", .kind = CARDEX_KIND_OTHER, .kind_name = "geo" },
};

static const cardex_type customer = { .name = "customer",
	                              .fields = fields,
	                              .field_count = sizeof fields / sizeof fields[0] };

static const char *shown(const cardex_doc *doc)
{
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(4 * 1024 * 1024);
	assert_int_equal(cardex_doc_status(doc), CARDEX_OK);
	cardex__doc_write(doc, &out);
	return wire_show(cx_buf_slice(&out));
}

static const struct {
	const char *text;
	const char *filter;
	bool typed;
} good[] = {
	{ "owner = 7", "['=', 'owner', 7]", false },
	{ "  owner=7  ", "['=', 'owner', 7]", false },
	{ "owner != -7", "['!=', 'owner', -7]", false },
	{ "owner <> +7", "['!=', 'owner', 7]", false },
	{ "a < 1", "['<', 'a', 1]", false },
	{ "a <= 9223372036854775807", "['<=', 'a', 9223372036854775807]", false },
	{ "a > -9223372036854775808", "['>', 'a', -9223372036854775808]", false },
	{ "a>=0", "['>=', 'a', 0]", false },
	{ "a = true", "['=', 'a', true]", false },
	{ "a = false", "['=', 'a', false]", false },
	{ "a = won", "['=', 'a', 'won']", false },
	{ "a = ''", "['=', 'a', '']", false },
	{ "a = 'It''s'", "['=', 'a', 'It\\'s']", false },
	{ "a = ''''", "['=', 'a', '\\'']", false },
	{ "a = '7'", "['=', 'a', '7']", false },
	{ "a = 'and'", "['=', 'a', 'and']", false },
	{ "名称 = '客户'", "['=', '名称', '客户']", false },
	{ "a =~ 'ACME'", "['=~', 'a', 'ACME']", false },
	{ "a ~^ 'Acme'", "['prefix~', 'a', 'Acme']", false },
	{ "a prefix~ 'Acme'", "['prefix~', 'a', 'Acme']", false },
	{ "a prefix 'Acme'", "['prefix', 'a', 'Acme']", false },
	{ "a contains 'cm'", "['contains', 'a', 'cm']", false },
	{ "a CONTAINS~ 'It''s'", "['contains~', 'a', 'It\\'s']", false },
	{ "a not contains 'x'", "['not', ['contains', 'a', 'x']]", false },
	{ "a match '华东 医疗'", "['match', 'a', '华东 医疗']", false },
	{ "a not match 'x'", "['not', ['match', 'a', 'x']]", false },
	{ "match '华东 医疗'", "['match', '华东 医疗']", false },
	{ "not Match 'x' and b = 1", "['and', ['not', ['match', 'x']], ['=', 'b', 1]]", false },
	{ "match = 1 or match match 'y'", "['or', ['=', 'match', 1], ['match', 'match', 'y']]",
	  false },
	{ "contains contains 'x'", "['contains', 'contains', 'x']", false },
	{ "name contains 'x' and match 'y'",
	  "['and', ['contains', 'name', 'x'], ['match', 'y']]", true },
	{ "a between 1 and 5", "['between', 'a', 1, 5]", false },
	{ "a in (1)", "['in', 'a', [1]]", false },
	{ "a in (1, 'x' ,won)", "['in', 'a', [1, 'x', 'won']]", false },
	{ "a has vip", "['has', 'a', 'vip']", false },
	{ "a is null", "['null', 'a']", false },
	{ "exists contact by customer (role = buyer and age > 3)",
	  "['exists', 'contact', 'customer', ['and', ['=', 'role', 'buyer'], ['>', 'age', 3]]]",
	  false },
	{ "not exists contact by customer", "['not', ['exists', 'contact', 'customer', nil]]",
	  false },
	{ "exists parent (a = 1) or a = 2",
	  "['or', ['exists', 'parent', ['=', 'a', 1]], ['=', 'a', 2]]", false },
	{ "exists = 1 and exists in (2)", "['and', ['=', 'exists', 1], ['in', 'exists', [2]]]",
	  false },
	{ "a is not null", "['notnull', 'a']", false },
	{ "a not in (1)", "['not', ['in', 'a', [1]]]", false },
	{ "a not between 1 and 2", "['not', ['between', 'a', 1, 2]]", false },
	{ "a not has 1", "['not', ['has', 'a', 1]]", false },
	{ "a not ~^ 'x'", "['not', ['prefix~', 'a', 'x']]", false },
	{ "not a = 1", "['not', ['=', 'a', 1]]", false },
	{ "NOT a = 1 AND b Is NULL", "['and', ['not', ['=', 'a', 1]], ['null', 'b']]", false },
	{ "not not a = 1", "['not', ['not', ['=', 'a', 1]]]", false },
	{ "((a = 1))", "['=', 'a', 1]", false },
	{ "a=1 and b=2 and c=3", "['and', ['=', 'a', 1], ['=', 'b', 2], ['=', 'c', 3]]",
	  false },
	{ "a=1 or b=2 and c=3", "['or', ['=', 'a', 1], ['and', ['=', 'b', 2], ['=', 'c', 3]]]",
	  false },
	{ "(a=1 or b=2) and c=3",
	  "['and', ['or', ['=', 'a', 1], ['=', 'b', 2]], ['=', 'c', 3]]", false },
	{ "not (a=1 or b=2)", "['not', ['or', ['=', 'a', 1], ['=', 'b', 2]]]", false },
	{ "a between 1 and 2 and b = 3", "['and', ['between', 'a', 1, 2], ['=', 'b', 3]]",
	  false },
	{ "android = 1 and note = 2", "['and', ['=', 'android', 1], ['=', 'note', 2]]", false },
	{ "d = 1970-01-02", "['=', 'd', 1]", false },
	{ "d < 1969-12-31", "['<', 'd', -1]", false },
	{ "t = 1970-01-01T00:00:01.5Z", "['=', 't', 1500]", false },
	{ "t = 1970-01-01T08:00:00+08:00", "['=', 't', 0]", false },
	{ "owner = 7 and stage in (1, 2) and (name ~^ 'Acme' or tax_id is null)",
	  "['and', ['=', 'owner', 7], ['in', 'stage', [1, 2]], "
	  "['or', ['prefix~', 'name', 'Acme'], ['null', 'tax_id']]]",
	  false },
	/* By the kind of the field. */
	{ "owner = 7", "['=', 'owner', 7]", true },
	{ "name = Acme", "['=', 'name', 'Acme']", true },
	{ "name = 007", "['=', 'name', '007']", true },
	{ "name = 2026-11-23", "['=', 'name', '2026-11-23']", true },
	{ "name =~ 'acme' and notes prefix 'a'",
	  "['and', ['=~', 'name', 'acme'], ['prefix', 'notes', 'a']]", true },
	{ "stage in (won, 'in_progress')", "['in', 'stage', ['won', 'in_progress']]", true },
	{ "stage >= lead", "['>=', 'stage', 'lead']", true },
	{ "amount > 12", "['>', 'amount', 1200]", true },
	{ "amount > 12.5", "['>', 'amount', 1250]", true },
	{ "amount between -0.50 and 0.05", "['between', 'amount', -50, 5]", true },
	{ "amount = 92233720368547758.07", "['=', 'amount', 9223372036854775807]", true },
	{ "amount = -92233720368547758.08", "['=', 'amount', -9223372036854775808]", true },
	{ "employees = '42'", "['=', 'employees', 42]", true },
	{ "active = true", "['=', 'active', true]", true },
	{ "born = '1970-01-03'", "['=', 'born', 2]", true },
	{ "at >= 1970-01-02", "['>=', 'at', 86400000]", true },
	{ "at >= '1970-01-01 00:01'", "['>=', 'at', 60000]", true },
	{ "photo = 'ab'", "['=', 'photo', h'6162']", true },
	{ "tags has vip and days has 3", "['and', ['has', 'tags', 'vip'], ['has', 'days', 3]]",
	  true },
	{ "tags is null", "['null', 'tags']", true },
	{ "point is null", "['null', 'point']", true },
};

static void the_text_form_becomes_the_filter(void **state)
{
	(void)state;
	for (size_t i = 0; i < CX_COUNT_OF(good); i++) {
		CX_SCOPED(cardex_doc_free) cardex_doc *doc = NULL;
		cardex_error error;
		const cardex_type *type = good[i].typed ? &customer : NULL;
		if (cardex_filter_parse(good[i].text, type, &doc, &error) != CARDEX_OK)
			fail_msg("%s: %s", good[i].text, error.message);
		assert_string_equal(shown(doc), good[i].filter);
	}
}

static const struct {
	const char *text;
	uint32_t column;
	cardex_status status;
	const char *says;
	bool typed;
} bad[] = {
	{ "", 1, CARDEX_INVALID_ARGUMENT, "name of a field, and the filter ends", false },
	{ "   ", 4, CARDEX_INVALID_ARGUMENT, "the filter ends", false },
	{ "= 7", 1, CARDEX_INVALID_ARGUMENT, "name of a field, not \"=\"", false },
	{ "7 = owner", 1, CARDEX_INVALID_ARGUMENT, "name of a field", false },
	{ "and = 7", 1, CARDEX_INVALID_ARGUMENT, "name of a field", false },
	{ "owner", 6, CARDEX_INVALID_ARGUMENT, "expected a comparison", false },
	{ "owner 7", 7, CARDEX_INVALID_ARGUMENT, "expected a comparison", false },
	{ "owner =", 8, CARDEX_INVALID_ARGUMENT, "expected a value", false },
	{ "owner = null", 9, CARDEX_INVALID_ARGUMENT, "expected a value, not \"null\"", false },
	{ "owner = = 7", 9, CARDEX_INVALID_ARGUMENT, "expected a value", false },
	{ "owner == 7", 8, CARDEX_INVALID_ARGUMENT, "expected a value", false },
	{ "owner = 7 stage = 1", 11, CARDEX_INVALID_ARGUMENT, "or the end", false },
	{ "owner = 7 and", 14, CARDEX_INVALID_ARGUMENT, "name of a field", false },
	{ "owner = 7)", 10, CARDEX_INVALID_ARGUMENT, "or the end", false },
	{ "(owner = 7", 11, CARDEX_INVALID_ARGUMENT, "\")\"", false },
	{ "()", 2, CARDEX_INVALID_ARGUMENT, "name of a field", false },
	{ "a in 1", 6, CARDEX_INVALID_ARGUMENT, "\"(\" and values", false },
	{ "a in ()", 7, CARDEX_INVALID_ARGUMENT, "expected a value", false },
	{ "a in (1,)", 9, CARDEX_INVALID_ARGUMENT, "expected a value", false },
	{ "a in (1 2)", 9, CARDEX_INVALID_ARGUMENT, "\",\" or \")\"", false },
	{ "a between 1 or 2", 13, CARDEX_INVALID_ARGUMENT, "\"and\" and the upper end", false },
	{ "a is 7", 6, CARDEX_INVALID_ARGUMENT, "\"null\" or \"not null\"", false },
	{ "a is not 7", 10, CARDEX_INVALID_ARGUMENT, "\"null\"", false },
	{ "a not = 7", 7, CARDEX_INVALID_ARGUMENT,
	  "in, between, prefix, contains, match or has", false },
	{ "a = 'open", 5, CARDEX_INVALID_ARGUMENT, "quote is not closed", false },
	{ "a = 'open''", 5, CARDEX_INVALID_ARGUMENT, "quote is not closed", false },
	{ "a = 1; b", 6, CARDEX_INVALID_ARGUMENT, "not \";\"", false },
	{ "a = \"x\"", 5, CARDEX_INVALID_ARGUMENT, "expected a value", false },
	{ "客 = ?", 7, CARDEX_INVALID_ARGUMENT, "expected a value", false },
	{ "a = \xff", 5, CARDEX_INVALID_ARGUMENT, "UTF-8", false },
	{ "a = 12.50", 5, CARDEX_TYPE, "only where the schema is known", false },
	{ "a = 12x", 5, CARDEX_TYPE, "no integer, date or time", false },
	{ "a = 2026-02-30", 5, CARDEX_TYPE, "no integer, date or time", false },
	{ "a = 9223372036854775808", 5, CARDEX_TYPE, "no integer", false },
	{ "a = 1 and b in (1, 2x)", 20, CARDEX_TYPE, "\"2x\"", false },
	{ "nmae = 7", 1, CARDEX_NO_FIELD, "customer has no field \"nmae\"", true },
	{ "name = 'a' and nmae = 7", 16, CARDEX_NO_FIELD, "nmae", true },
	{ "stage = lost", 9, CARDEX_TYPE, "none of: lead, won, in_progress", true },
	{ "owner = Anna", 9, CARDEX_TYPE, "owner: \"Anna\" is not an integer", true },
	{ "employees = 1.5", 13, CARDEX_TYPE, "an integer", true },
	{ "employees = ''", 13, CARDEX_TYPE, "an integer", true },
	{ "employees = '-'", 13, CARDEX_TYPE, "an integer", true },
	{ "amount = 1.505", 10, CARDEX_TYPE, "two decimals", true },
	{ "amount = '1.'", 10, CARDEX_TYPE, "two decimals", true },
	{ "amount = '.5'", 10, CARDEX_TYPE, "two decimals", true },
	{ "amount = 92233720368547758.08", 10, CARDEX_TYPE, "two decimals", true },
	{ "amount = 92233720368547759", 10, CARDEX_TYPE, "two decimals", true },
	{ "active = 1", 10, CARDEX_TYPE, "true or false", true },
	{ "born = 2026-11-23T08:00:00Z", 8, CARDEX_TYPE, "a date", true },
	{ "at = tomorrow", 6, CARDEX_TYPE, "a time", true },
	{ "owner ~^ 'a'", 1, CARDEX_TYPE, "owner is no text", true },
	{ "stage =~ 'won'", 1, CARDEX_TYPE, "stage is no text", true },
	{ "name has 'a'", 1, CARDEX_TYPE, "name is no list", true },
	{ "tags = 'a'", 8, CARDEX_TYPE, "has", true },
	{ "point = 1", 9, CARDEX_TYPE, "kind geo", true },
};

static void an_error_points_at_the_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < CX_COUNT_OF(bad); i++) {
		cardex_doc *doc = NULL;
		cardex_error error;
		const cardex_type *type = bad[i].typed ? &customer : NULL;
		cardex_status status = cardex_filter_parse(bad[i].text, type, &doc, &error);
		if (status != bad[i].status || strstr(error.message, bad[i].says) == NULL ||
		    error.column != bad[i].column)
			fail_msg("%s gave %s at %u: %s", bad[i].text,
			         cardex_status_name(status), error.column, error.message);
		assert_null(doc);
		assert_int_equal(error.line, 1);
		assert_int_equal(cardex_filter_parse(bad[i].text, type, &doc, NULL), status);
	}
}

static void a_wrong_value_names_the_field(void **state)
{
	(void)state;
	cardex_doc *doc = NULL;
	cardex_error error;
	assert_int_equal(cardex_filter_parse("stage = lost", &customer, &doc, &error),
	                 CARDEX_TYPE);
	assert_string_equal(error.field, "stage");
}

static cardex_status parse_nested(size_t depth)
{
	CX_SCOPED(cx_buf_release) cx_buf text = CX_BUF_INIT(4096);
	for (size_t i = 0; i < depth; i++)
		cx_buf_printf(&text, "(");
	cx_buf_printf(&text, "a = 1");
	for (size_t i = 0; i < depth; i++)
		cx_buf_printf(&text, ")");
	cx_buf_append_byte(&text, '\0');
	CX_SCOPED(cardex_doc_free) cardex_doc *doc = NULL;
	return cardex_filter_parse((const char *)text.data, NULL, &doc, NULL);
}

static void nesting_has_a_limit(void **state)
{
	(void)state;
	assert_int_equal(parse_nested(63), CARDEX_OK);
	assert_int_equal(parse_nested(64), CARDEX_OK);
	assert_int_equal(parse_nested(65), CARDEX_TOO_DEEP);
}

static void a_filter_has_at_most_a_mebibyte(void **state)
{
	(void)state;
	size_t limit = 1024 * 1024;
	char *text = malloc(limit + 2);
	assert_non_null(text);
	memset(text, ' ', limit + 1);
	memcpy(text, "a = 1", 5);
	CX_SCOPED(cardex_doc_free) cardex_doc *doc = NULL;
	text[limit] = '\0';
	assert_int_equal(cardex_filter_parse(text, NULL, &doc, NULL), CARDEX_OK);
	cardex_doc_free(&doc);
	text[limit] = ' ';
	text[limit + 1] = '\0';
	assert_int_equal(cardex_filter_parse(text, NULL, &doc, NULL), CARDEX_TOO_LARGE);
	free(text);
}

static const struct {
	const char *field;
	const char *text;
	const char *value; /* NULL: CARDEX_TYPE */
} written[] = {
	{ "name", " as it is ", "' as it is '" },
	{ "name", "", "''" },
	{ "notes", "a, b", "'a, b'" },
	{ "owner", "42", "42" },
	{ "owner", "", "nil" },
	{ "owner", "x", NULL },
	{ "amount", " 12.50 ", "1250" },
	{ "amount", "-12", "-1200" },
	{ "amount", "1,000", NULL },
	{ "active", "true", "true" },
	{ "active", "yes", NULL },
	{ "born", "1970-01-11", "10" },
	{ "at", "1970-01-01 00:00:01", "1000" },
	{ "stage", "won", "'won'" },
	{ "stage", "Won", NULL },
	{ "photo", " x", "h'2078'" },
	{ "photo", "", "nil" },
	{ "days", "1, 2,3", "[1, 2, 3]" },
	{ "days", "1,,3", NULL },
	{ "tags", "vip, 老客户", "['vip', '老客户']" },
	{ "tags", " ", "nil" },
	{ "point", "1", NULL },
};

static void text_becomes_a_value_of_the_fields_kind(void **state)
{
	(void)state;
	for (size_t i = 0; i < CX_COUNT_OF(written); i++) {
		CX_SCOPED(cardex_doc_free) cardex_doc *doc = cardex_fields_new();
		const cardex_field *field = cardex_type_field(&customer, written[i].field);
		cardex_error error;
		cardex_status status =
			cardex_set_from_text(doc, field, written[i].text, &error);
		char expected[128] = "{}";
		if (written[i].value != NULL)
			snprintf(expected, sizeof expected, "{'%s': %s}", written[i].field,
			         written[i].value);
		else
			assert_string_equal(error.field, written[i].field);
		assert_int_equal(status, written[i].value != NULL ? CARDEX_OK : CARDEX_TYPE);
		assert_string_equal(shown(doc), expected);
	}
	CX_SCOPED(cardex_doc_free) cardex_doc *list = cardex_list_new();
	assert_int_equal(cardex_set_from_text(list, &fields[0], "a", NULL),
	                 CARDEX_INVALID_ARGUMENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_form_becomes_the_filter),
		cmocka_unit_test(an_error_points_at_the_byte),
		cmocka_unit_test(a_wrong_value_names_the_field),
		cmocka_unit_test(nesting_has_a_limit),
		cmocka_unit_test(a_filter_has_at_most_a_mebibyte),
		cmocka_unit_test(text_becomes_a_value_of_the_fields_kind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
