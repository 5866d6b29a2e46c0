/* SPDX-License-Identifier: Apache-2.0 */
/* Columns line up whatever the text is written in. */
#include "base/text.h"
#include "client/cli/table.h"
#include "tests/support/unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

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

static void fill_marked(cli_table *table)
{
	static const cli_mark marks[] = { { 0, 6 }, { 7, 3 } };
	assert_true(cli_table_init(table, 2));
	cli_table_header(table, 0, "x", false);
	cli_table_header(table, 1, "y", false);
	assert_true(cli_table_cell_marked(table, CX_SLICE_LITERAL("上海\n华星"), marks, 2));
	assert_true(cli_table_cell(table, CX_SLICE_LITERAL("z")));
}

/* What is printed to a terminal of so many columns. */
static void print_to_terminal(cli_table *table, unsigned short columns, char *text, size_t room)
{
	const int master = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	const int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_true(slave >= 0);
	struct termios raw;
	assert_int_equal(tcgetattr(slave, &raw), 0);
	cfmakeraw(&raw);
	assert_int_equal(tcsetattr(slave, TCSANOW, &raw), 0);
	const struct winsize size = { .ws_col = columns, .ws_row = 24 };
	assert_int_equal(ioctl(slave, TIOCSWINSZ, &size), 0);
	FILE *out = fdopen(slave, "w");
	assert_non_null(out);
	assert_true(cli_table_print(table, out));
	assert_int_equal(fputc('\0', out), 0); /* the end of the text: it may come in pieces */
	assert_int_equal(fflush(out), 0);
	size_t filled = 0;
	do {
		const ssize_t got = read(master, text + filled, room - filled);
		assert_true(got > 0);
		filled += (size_t)got;
	} while (text[filled - 1] != '\0');
	fclose(out);
	close(master);
}

static void marks_are_shown_on_a_terminal_only(void **state)
{
	(void)state;
	cli_table table = { 0 };
	fill_marked(&table);
	char *plain = print(&table);
	assert_non_null(strstr(plain, "\n上海\\n华星  z\n"));
	free(plain);
	cli_table_release(&table);

	assert_int_equal(setenv("TERM", "xterm", 1), 0);
	assert_int_equal(unsetenv("NO_COLOR"), 0);
	char text[1024];
	fill_marked(&table);
	print_to_terminal(&table, 80, text, sizeof text);
	assert_non_null(strstr(text, "\n\x1b[1;31m上海\x1b[0m\\n\x1b[1;31m华\x1b[0m星  z\n"));
	cli_table_release(&table);
	fill_marked(&table); /* cut in the second mark */
	print_to_terminal(&table, 11, text, sizeof text);
	assert_non_null(strstr(text, "\n\x1b[1;31m上海\x1b[0m\\n…"));
	cli_table_release(&table);
	assert_int_equal(setenv("NO_COLOR", "1", 1), 0);
	fill_marked(&table);
	print_to_terminal(&table, 80, text, sizeof text);
	assert_null(strchr(text, '\x1b'));
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
		cmocka_unit_test(marks_are_shown_on_a_terminal_only),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
