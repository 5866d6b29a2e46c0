/* SPDX-License-Identifier: Apache-2.0 */
/* Rows out of CSV and ndjson: quoting, line ends, byte-order marks, newlines in cells, rows of
 * the wrong length, files that end too soon. */
#include "base/buf.h"
#include "client/cli/import/source.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <string.h>

/* Everything the source says, as text: "(a|b)" columns, "[1:2 x|y]" a row with number and line,
 * "!3:4 why!" a bad row. */
typedef struct record {
	cx_buf text;
} record;

static void put_cells(record *self, const cx_slice *cells, size_t count)
{
	for (size_t i = 0; i < count; i++)
		cx_buf_printf(&self->text, "%s%.*s", i > 0 ? "|" : "", CX_SLICE_ARG(cells[i]));
}

static cx_status on_columns(void *context, const cx_slice *names, size_t count)
{
	record *self = context;
	cx_buf_append_byte(&self->text, '(');
	put_cells(self, names, count);
	cx_buf_append_byte(&self->text, ')');
	return CX_OK;
}

static cx_status on_row(void *context, const cli_row *row)
{
	record *self = context;
	cx_buf_printf(&self->text, "[%llu:%llu ", (unsigned long long)row->number,
	              (unsigned long long)row->line);
	put_cells(self, row->cells, row->count);
	cx_buf_append_byte(&self->text, ']');
	return CX_OK;
}

static cx_status on_bad_row(void *context, const cli_row *row, const char *why)
{
	record *self = context;
	cx_buf_printf(&self->text, "!%llu:%llu %s!", (unsigned long long)row->number,
	              (unsigned long long)row->line, why);
	return CX_OK;
}

static void on_progress(void *context, uint64_t bytes)
{
	(void)context;
	(void)bytes;
}

static void assert_reads(cli_source_kind kind, char separator, const char *file,
                         cx_status status, const char *expected)
{
	record self = { .text = CX_BUF_INIT(1 << 16) };
	const cli_source_events events = { .context = &self,
		                           .columns = on_columns,
		                           .row = on_row,
		                           .bad_row = on_bad_row,
		                           .progress = on_progress };
	char empty[1] = "";
	FILE *in = fmemopen(file[0] == '\0' ? empty : (void *)(uintptr_t)file,
	                    file[0] == '\0' ? 1 : strlen(file), "r");
	assert_non_null(in);
	if (file[0] == '\0')
		assert_int_equal(fgetc(in), 0);
	cx_error error = { 0 };
	const cx_status found = cli_source_run(in, kind, separator, &events, &error);
	fclose(in);
	cx_buf_append_byte(&self.text, 0);
	if (found != status || strcmp((const char *)self.text.data, expected) != 0)
		print_error("%s\n gave %s (%s)\n %s\n", file, cx_status_name(found), error.text,
		            (const char *)self.text.data);
	assert_int_equal(found, status);
	assert_string_equal((const char *)self.text.data, expected);
	if (status != CX_OK)
		assert_non_null(strstr(error.text, "line"));
	cx_buf_release(&self.text);
}

static void csv_is_read_as_rfc_4180_says(void **state)
{
	(void)state;
	const struct {
		const char *file;
		const char *expected;
	} cases[] = {
		{ "a,b\n1,2\n", "(a|b)[1:2 1|2]" },
		{ "a,b\r\n1,2\r\n", "(a|b)[1:2 1|2]" },
		{ "a,b\n1,2", "(a|b)[1:2 1|2]" },
		{ "\xef\xbb\xbf"
		  "a,b\n1,2\n",
		  "(a|b)[1:2 1|2]" },
		{ "a,b\n\"x, y\",\"say \"\"hi\"\"\"\n", "(a|b)[1:2 x, y|say \"hi\"]" },
		{ "a,b\n\"two\nlines\",2\n3,4\n", "(a|b)[1:2 two\nlines|2][2:4 3|4]" },
		{ "a,b\n,\n", "(a|b)[1:2 |]" },
		{ "a,b\n\n1,2\n\n", "(a|b)[1:3 1|2]" },
		{ "a,b\n x , y\n", "(a|b)[1:2  x | y]" },
		{ "客户,省/市\n甲,沪\n", "(客户|省/市)[1:2 甲|沪]" },
		{ "a,b\n1\n1,2,3\n1,2\n",
		  "(a|b)!1:2 the row has fewer cells than the header!"
		  "!2:3 the row has more cells than the header![3:4 1|2]" },
	};
	for (size_t i = 0; i < CX_COUNT_OF(cases); i++)
		assert_reads(CLI_SOURCE_CSV, ',', cases[i].file, CX_OK, cases[i].expected);
	assert_reads(CLI_SOURCE_CSV, ';', "a;b\n1,5;2\n", CX_OK, "(a|b)[1:2 1,5|2]");
}

static void broken_csv_is_refused_with_its_line(void **state)
{
	(void)state;
	assert_reads(CLI_SOURCE_CSV, ',', "", CX_MALFORMED, "");
	assert_reads(CLI_SOURCE_CSV, ',', "a,b\n\"open,2\n", CX_MALFORMED, "(a|b)");
	assert_reads(CLI_SOURCE_CSV, ',', "a,b\n\"x\"y,2\n", CX_MALFORMED, "(a|b)");
}

static void ndjson_objects_are_rows(void **state)
{
	(void)state;
	assert_reads(CLI_SOURCE_NDJSON, ',',
	             "{\"a\":1,\"b\":\"x\"}\n\n{\"b\":null,\"a\":true}\n{\"a\":[1,\"z\"]}\n",
	             CX_OK, "(a|b)[1:1 1|x][2:3 true|][3:4 1,z|]");
	assert_reads(CLI_SOURCE_NDJSON, ',',
	             "{\"a\":1}\n{\"c\":2}\n{\"a\":{}}\nnonsense\n{\"a\":3}", CX_OK,
	             "(a)[1:1 1]!2:2 the object has a key that the first one has not!"
	             "!3:3 a value is an object or a nested list!"
	             "!4:4 '[' or '{' expected near 'nonsense'![5:5 3]");
	assert_reads(CLI_SOURCE_NDJSON, ',', "[1]\n", CX_MALFORMED, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_is_read_as_rfc_4180_says),
		cmocka_unit_test(broken_csv_is_refused_with_its_line),
		cmocka_unit_test(ndjson_objects_are_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
