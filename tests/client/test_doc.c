/* SPDX-License-Identifier: Apache-2.0 */
/* Documents become the MessagePack they say, and fail once for good. */
#include "client/data/doc.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdlib.h>
#include <string.h>

static const char *shown(const cardex_doc *doc)
{
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1024 * 1024);
	assert_int_equal(cardex_doc_status(doc), CARDEX_OK);
	cardex__doc_write(doc, &out);
	return wire_show(cx_buf_slice(&out));
}

static void fields_hold_every_kind_of_value(void **state)
{
	(void)state;
	CX_SCOPED(cardex_doc_free) cardex_doc *list = cardex_list_new();
	cardex_add_int(list, -5);
	cardex_add_text(list, "five");
	cardex_add_text(list, NULL);
	cardex_add_bool(list, false);
	cardex_add_null(list);
	cardex_add_bytes(list, "\0\1", 2);
	CX_SCOPED(cardex_doc_free) cardex_doc *fields = cardex_fields_new();
	assert_string_equal(shown(fields), "{}");
	cardex_set_text(fields, "name", "客户");
	cardex_set_text(fields, "note", NULL);
	cardex_set_int(fields, "amount", INT64_MIN);
	cardex_set_bool(fields, "active", true);
	cardex_set_null(fields, "phone");
	cardex_set_bytes(fields, "photo", "\377", 1);
	cardex_set_list(fields, "tags", list);
	cardex_set_outcome(fields, "customer", 9999);
	assert_string_equal(shown(fields),
	                    "{'name': '客户', 'note': nil, 'amount': -9223372036854775808, "
	                    "'active': true, 'phone': nil, 'photo': h'ff', "
	                    "'tags': [-5, 'five', nil, false, nil, h'0001'], "
	                    "'customer': {'$': 9999}}");
}

static void lists_nest(void **state)
{
	(void)state;
	CX_SCOPED(cardex_doc_free) cardex_doc *inner = cardex_list_new();
	cardex_add_text(inner, "=");
	cardex_add_text(inner, "owner");
	cardex_add_int(inner, 7);
	CX_SCOPED(cardex_doc_free) cardex_doc *outer = cardex_list_new();
	cardex_add_text(outer, "not");
	cardex_add_list(outer, inner);
	cardex_add_int(inner, 8); /* a copy was taken */
	assert_string_equal(shown(outer), "['not', ['=', 'owner', 7]]");
}

static void sixteen_and_more_fields_are_counted(void **state)
{
	(void)state;
	CX_SCOPED(cardex_doc_free) cardex_doc *list = cardex_list_new();
	for (int i = 0; i < 70000; i++)
		cardex_add_int(list, 1);
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1024 * 1024);
	cardex__doc_write(list, &out);
	assert_int_equal(out.size, 5 + 70000);
}

static void misuse_is_remembered(void **state)
{
	(void)state;
	CX_SCOPED(cardex_doc_free) cardex_doc *list = cardex_list_new();
	cardex_set_int(list, "name", 1);
	assert_int_equal(cardex_doc_status(list), CARDEX_INVALID_ARGUMENT);
	cardex_add_int(list, 1);
	assert_int_equal(list->count, 0);

	CX_SCOPED(cardex_doc_free) cardex_doc *fields = cardex_fields_new();
	cardex_add_int(fields, 1);
	assert_int_equal(cardex_doc_status(fields), CARDEX_INVALID_ARGUMENT);

	CX_SCOPED(cardex_doc_free) cardex_doc *unnamed = cardex_fields_new();
	cardex_set_int(unnamed, NULL, 1);
	assert_int_equal(cardex_doc_status(unnamed), CARDEX_INVALID_ARGUMENT);

	CX_SCOPED(cardex_doc_free) cardex_doc *nested = cardex_fields_new();
	cardex_set_list(nested, "a", fields); /* failed, and no list */
	assert_int_equal(cardex_doc_status(nested), CARDEX_INVALID_ARGUMENT);

	CX_SCOPED(cardex_doc_free) cardex_doc *own = cardex_list_new();
	cardex_add_list(own, own);
	assert_int_equal(cardex_doc_status(own), CARDEX_INVALID_ARGUMENT);

	CX_SCOPED(cardex_doc_free) cardex_doc *far = cardex_fields_new();
	cardex_set_outcome(far, "a", 10000);
	assert_int_equal(cardex_doc_status(far), CARDEX_INVALID_ARGUMENT);
}

static void no_memory_reads_as_such(void **state)
{
	(void)state;
	cardex_doc *none = NULL;
	cardex_set_int(none, "a", 1);
	cardex_add_int(none, 1);
	assert_int_equal(cardex_doc_status(none), CARDEX_NO_MEMORY);
	cardex_doc_free(&none);
}

static void eight_mebibytes_are_the_limit(void **state)
{
	(void)state;
	size_t limit = 8 * 1024 * 1024;
	void *bytes = calloc(1, limit);
	assert_non_null(bytes);
	CX_SCOPED(cardex_doc_free) cardex_doc *fits = cardex_list_new();
	cardex_add_bytes(fits, bytes, limit - 5); /* with its header */
	assert_int_equal(cardex_doc_status(fits), CARDEX_OK);
	cardex_add_null(fits);
	assert_int_equal(cardex_doc_status(fits), CARDEX_TOO_LARGE);
	CX_SCOPED(cardex_doc_free) cardex_doc *over = cardex_list_new();
	cardex_add_bytes(over, bytes, limit - 4);
	assert_int_equal(cardex_doc_status(over), CARDEX_TOO_LARGE);
	free(bytes);
}

static void dates_and_times_go_both_ways(void **state)
{
	(void)state;
	int64_t days = 0;
	int64_t ms = 0;
	char text[40];
	assert_true(cardex_date_parse("2026-11-23", &days));
	cardex_date_format(days, text);
	assert_string_equal(text, "2026-11-23");
	assert_true(cardex_ts_parse("2026-11-23 08:15+08:00", &ms));
	cardex_ts_format(ms, text);
	assert_string_equal(text, "2026-11-23T00:15:00Z");
	assert_false(cardex_date_parse("2026-02-30", &days));
	assert_false(cardex_ts_parse("yesterday", &ms));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_hold_every_kind_of_value),
		cmocka_unit_test(lists_nest),
		cmocka_unit_test(sixteen_and_more_fields_are_counted),
		cmocka_unit_test(misuse_is_remembered),
		cmocka_unit_test(no_memory_reads_as_such),
		cmocka_unit_test(eight_mebibytes_are_the_limit),
		cmocka_unit_test(dates_and_times_go_both_ways),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
