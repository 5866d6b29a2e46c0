/* SPDX-License-Identifier: Apache-2.0 */
/* Reports over the connection: what is sent, what is read out of the answer, and answers that
 * are none. */
#include "client/cardex_report.h"
#include "tests/client/fake.h"
#include "tests/support/unit.h"

#include <stdio.h>

#define COLUMN(name, kind, of)                \
	"{'name': '" name "', 'kind': '" kind \
	"', 'label_en': 'E', 'label_zh': '中', 'of': " of "}"

static const char answer[] =
	"{'report': 'board', 'seq': 9, 'params': {'owner': nil, 'now': 5}, 'currency': 'CNY', "
	"'sections': [{'name': 'stages', 'label_en': 'Stages', 'label_zh': '阶段', 'columns': "
	"[" COLUMN("stage", "ref", "'stage'") ", " COLUMN("amount", "money", "nil") ", " COLUMN(
		"word", "enum",
		"nil") ", " COLUMN("odd", "shape",
                                   "nil") "], 'rows': [[2, 500, 'open', nil], [7, "
					  "'9223372036854775808', nil, true]], 'more': "
					  "true}, {'name': 'empty', 'label_en': 'Empty', "
					  "'label_zh': '空', 'columns': [], 'rows': [], "
					  "'more': false}], 'as_of': 5, 'notes': [{'text_en': "
					  "'Few.', 'text_zh': '少。'}], 'names': "
					  "{'stage': [[2, 'Open', '初步'], [7, nil, '谈判']]}, "
					  "'keys': 12, 'fetched': 3}";

static cardex_result *run(fake *server, const char *name, const cardex_doc *params)
{
	cardex_result *result = NULL;
	fake_answer(server, answer);
	assert_int_equal(cardex_report_run(server->conn, name, params, &result, NULL),
	                 CARDEX_OK);
	return result;
}

static void what_is_asked_for_is_sent(void **state)
{
	(void)state;
	fake server;
	fake_open(&server, NULL, NULL);
	cardex_result *result = run(&server, "board", NULL);
	assert_string_equal(fake_request(&server, NULL), "'report', ['board']");
	cardex_result_free(&result);

	cardex_doc *params = cardex_fields_new();
	cardex_set_int(params, "owner", 7);
	cardex_set_text(params, "from", "month-1");
	result = run(&server, "board", params);
	assert_string_equal(fake_request(&server, NULL),
	                    "'report', ['board', {'params': {'owner': 7, 'from': 'month-1'}}]");
	cardex_result_free(&result);

	const cardex_request request = { .method = CARDEX_METHOD_REPORT,
		                         .text = "board",
		                         .fields = params,
		                         .limit = 3,
		                         .max_scan = 100,
		                         .deadline_ms = 50 };
	fake_answer(&server, answer);
	assert_int_equal(cardex_call(server.conn, &request, &result, NULL), CARDEX_OK);
	assert_string_equal(
		fake_request(&server, NULL),
		"'report', ['board', {'limit': 3, 'deadline_ms': 50, 'max_scan': 100, "
		"'params': {'owner': 7, 'from': 'month-1'}}]");
	cardex_result_free(&result);
	cardex_doc_free(&params);

	fake_answer(&server, "[{'name': 'board', 'params': []}]");
	assert_int_equal(cardex_report_list(server.conn, &result, NULL), CARDEX_OK);
	assert_string_equal(fake_request(&server, NULL), "'report', [nil]");
	assert_int_equal(cardex_value_count(cardex_result_value(result)), 1);
	cardex_report_info info;
	assert_false(cardex_report_info_of(result, &info));
	cardex_result_free(&result);
	fake_close(&server);
}

static void sections_and_columns_are_found(void **state)
{
	(void)state;
	fake server;
	fake_open(&server, NULL, NULL);
	cardex_result *result = run(&server, "board", NULL);
	cardex_report_info info;
	assert_true(cardex_report_info_of(result, &info));
	assert_string_equal(info.name, "board");
	assert_string_equal(info.currency, "CNY");
	assert_true(info.seq == 9 && info.as_of_ms == 5 && info.keys == 12 &&
	            info.fetched == 3);
	assert_true(info.section_count == 2 && info.note_count == 1);
	assert_int_equal(cardex_value_int(cardex_value_member(info.params, "now")), 5);

	cardex_report_section section;
	assert_int_equal(cardex_report_section_of(result, "stages"), 0);
	assert_int_equal(cardex_report_section_of(result, "none"), -1);
	assert_true(cardex_report_section_at(result, 0, &section));
	assert_string_equal(section.label_zh, "阶段");
	assert_true(section.column_count == 4 && section.row_count == 2 && section.more);
	assert_true(cardex_report_section_at(result, 1, &section));
	assert_true(section.column_count == 0 && section.row_count == 0 && !section.more);
	assert_false(cardex_report_section_at(result, 2, &section));

	cardex_report_column column;
	assert_true(cardex_report_column_at(result, 0, 0, &column));
	assert_int_equal(column.kind, CARDEX_REPORT_REF);
	assert_string_equal(column.of, "stage");
	assert_true(cardex_report_column_at(result, 0, 1, &column));
	assert_int_equal(column.kind, CARDEX_REPORT_MONEY);
	assert_null(column.of);
	assert_true(cardex_report_column_at(result, 0, 3, &column));
	assert_int_equal(column.kind, CARDEX_REPORT_OTHER);
	assert_false(cardex_report_column_at(result, 0, 4, &column));
	assert_int_equal(cardex_report_column_of(result, 0, "word"), 2);
	assert_int_equal(cardex_report_column_of(result, 1, "word"), -1);
	assert_int_equal(cardex_report_column_of(result, 2, "word"), -1);
	cardex_result_free(&result);
	fake_close(&server);
}

static void cells_names_and_notes_are_read(void **state)
{
	(void)state;
	fake server;
	fake_open(&server, NULL, NULL);
	cardex_result *result = run(&server, "board", NULL);
	assert_int_equal(cardex_report_int(result, 0, 0, "amount"), 500);
	assert_string_equal(cardex_report_text(result, 0, 1, "amount"), "9223372036854775808");
	assert_string_equal(cardex_report_text(result, 0, 0, "word"), "open");
	assert_true(cardex_report_is_null(result, 0, 1, "word"));
	assert_false(cardex_report_is_null(result, 0, 0, "word"));
	assert_true(cardex_report_is_null(result, 0, 0, "none"));
	assert_int_equal(cardex_value_int(cardex_report_cell(result, 0, 1, 0)), 7);
	assert_null(cardex_report_cell(result, 0, 2, 0));
	assert_null(cardex_report_cell(result, 0, 0, 4));

	assert_string_equal(cardex_report_name(result, "stage", 2, false), "Open");
	assert_string_equal(cardex_report_name(result, "stage", 7, true), "谈判");
	assert_null(cardex_report_name(result, "stage", 7, false));
	assert_null(cardex_report_name(result, "stage", 3, false));
	assert_null(cardex_report_name(result, "user", 2, false));

	const char *en, *zh;
	assert_true(cardex_report_note(result, 0, &en, &zh));
	assert_string_equal(en, "Few.");
	assert_string_equal(zh, "少。");
	assert_false(cardex_report_note(result, 1, &en, &zh));
	cardex_result_free(&result);
	fake_close(&server);
}

static void an_answer_of_another_form_is_malformed(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"nil",
		"{}",
		"[{'name': 'board'}]",
		"[7]",
		("{'report': 'b', 'currency': 'CNY', 'params': {}, 'names': {}, 'sections': "
		 "[7], "
		 "'notes': []}"),
		("{'report': 'b', 'currency': 'CNY', 'params': {}, 'names': {}, 'sections': "
		 "[], "
		 "'notes': [7]}"),
		("{'report': 'b', 'currency': 'CNY', 'params': {}, 'names': {}, 'sections': "
		 "[{'name': 's', 'label_en': 'S', 'label_zh': 'S', 'columns': [{'name': 'a'}], "
		 "'rows': []}], 'notes': []}"),
		("{'report': 'b', 'currency': 'CNY', 'params': {}, 'names': {}, 'sections': "
		 "[{'name': 's', 'label_en': 'S', 'label_zh': 'S', 'columns': [" COLUMN(
			 "a", "int", "nil") "], 'rows': [[1, 2]]}], 'notes': []}"),
		("{'report': 'b', 'currency': 'CNY', 'params': {}, 'names': 7, 'sections': [], "
		 "'notes': []}"),
	};
	for (size_t i = 0; i < CX_COUNT_OF(bad); i++) {
		fake server;
		fake_open(&server, NULL, NULL);
		cardex_result *result = NULL;
		fake_answer(&server, bad[i]);
		if (cardex_report_run(server.conn, "b", NULL, &result, NULL) !=
		    CARDEX_MALFORMED)
			fail_msg("answer %zu was taken", i);
		assert_null(result);
		fake_close(&server);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_asked_for_is_sent),
		cmocka_unit_test(sections_and_columns_are_found),
		cmocka_unit_test(cells_names_and_notes_are_read),
		cmocka_unit_test(an_answer_of_another_form_is_malformed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
