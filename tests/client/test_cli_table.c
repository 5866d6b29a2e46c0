/* SPDX-License-Identifier: Apache-2.0 */
/* Columns line up whatever the text is written in. */
#include "base/text.h"
#include "client/cli/table.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>

/* The table as text; freed by the caller. */
static char *print(cli_table *table)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	assert_non_null(out);
	assert_true(cli_table_print(table, out));
	assert_int_equal(fclose(out), 0);
	return text;
}

static void chinese_and_latin_columns_line_up(void **state)
{
	(void)state;
	cli_table table = { 0 };
	assert_true(cli_table_init(&table, 3));
	cli_table_header(&table, 0, "名称", false);
	cli_table_header(&table, 1, "amount", true);
	cli_table_header(&table, 2, "x", false);
	const char *const cells[] = { "上海华星", "5", "a", "Bluewater", "12345.00", "b" };
	for (size_t i = 0; i < CX_COUNT_OF(cells); i++)
		assert_true(cli_table_cell(&table, cx_slice_of(cells[i])));
	char *text = print(&table);
	assert_string_equal(text, "名称         amount  x\n"
	                          "─────────  ────────  ─\n"
	                          "上海华星          5  a\n"
	                          "Bluewater  12345.00  b\n");
	free(text);
	cli_table_release(&table);
}

static void every_line_is_equally_wide(void **state)
{
	(void)state;
	cli_table table = { 0 };
	assert_true(cli_table_init(&table, 2));
	cli_table_header(&table, 0, "a", true);
	cli_table_header(&table, 1, "b", true);
	const char *const cells[] = { "一二三", "é", "x", "ｆｕｌｌ", "e\xcc\x81", "한국어" };
	for (size_t i = 0; i < CX_COUNT_OF(cells); i++)
		assert_true(cli_table_cell(&table, cx_slice_of(cells[i])));
	char *text = print(&table);
	size_t width = 0;
	for (char *rest = NULL, *line = strtok_r(text, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		const size_t this_width = cx_text_width(cx_slice_of(line));
		assert_true(width == 0 || this_width == width);
		width = this_width;
	}
	assert_int_equal(width, 6 + 2 + 8);
	free(text);
	cli_table_release(&table);
}

static void a_table_without_rows_shows_its_header(void **state)
{
	(void)state;
	cli_table table = { 0 };
	assert_true(cli_table_init(&table, 1));
	cli_table_header(&table, 0, "id", true);
	char *text = print(&table);
	assert_string_equal(text, "id\n──\n");
	free(text);
	cli_table_release(&table);
}

static void blocks_share_the_header_and_the_widths(void **state)
{
	(void)state;
	cli_table table = { 0 };
	assert_true(cli_table_init(&table, 2));
	cli_table_header(&table, 0, "id", true);
	cli_table_header(&table, 1, "x", false);
	assert_true(cli_table_cell(&table, CX_SLICE_LITERAL("1000")));
	assert_true(cli_table_cell(&table, CX_SLICE_LITERAL("a")));
	char *first = print(&table);
	assert_true(cli_table_cell(&table, CX_SLICE_LITERAL("7")));
	assert_true(cli_table_cell(&table, CX_SLICE_LITERAL("b")));
	char *second = print(&table);
	assert_string_equal(first, "  id  x\n"
	                           "────  ─\n"
	                           "1000  a\n");
	assert_string_equal(second, "   7  b\n");
	free(first);
	free(second);
	cli_table_release(&table);
}

static void cells_cannot_drive_a_terminal(void **state)
{
	(void)state;
	cli_table table = { 0 };
	assert_true(cli_table_init(&table, 1));
	cli_table_header(&table, 0, "x", false);
	assert_true(cli_table_cell(&table, CX_SLICE_LITERAL("\x1b[2J")));
	assert_true(cli_table_cell(&table, CX_SLICE_LITERAL("\xe2\x80\xae")));
	char *text = print(&table);
	assert_null(strchr(text, '\x1b'));
	assert_null(strstr(text, "\xe2\x80\xae"));
	assert_non_null(strstr(text, "\\x1b[2J"));
	free(text);
	cli_table_release(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chinese_and_latin_columns_line_up),
		cmocka_unit_test(every_line_is_equally_wide),
		cmocka_unit_test(a_table_without_rows_shows_its_header),
		cmocka_unit_test(blocks_share_the_header_and_the_widths),
		cmocka_unit_test(cells_cannot_drive_a_terminal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
