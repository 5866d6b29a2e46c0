/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/arguments.h"

#include "client/cli/format.h"
#include "client/cli/token.h"

#include <inttypes.h>

bool cli_limit_parse(const char *text, size_t *ret)
{
	int64_t number;
	if (!cli_decimal_parse(cx_slice_of(text), 0, false, &number) || number < 1)
		return false;
	*ret = (size_t)number;
	return true;
}

bool cli_explain_parse(const char *text, cardex_explain *ret)
{
	static const cardex_explain levels[] = { CARDEX_EXPLAIN_PLAN, CARDEX_EXPLAIN_REJECTED,
		                                 CARDEX_EXPLAIN_EXECUTED };
	const char *level = text != NULL ? text : "1";
	if (level[0] < '0' || level[0] > '2' || level[1] != '\0')
		return false;
	*ret = levels[level[0] - '0'];
	return true;
}

cli_exit cli_where_parse(cli_context *self, const char *where, const cardex_type *type,
                         cardex_doc **ret)
{
	if (where == NULL || cardex_filter_parse(where, type, ret, &self->error) == CARDEX_OK)
		return CLI_OK;
	fprintf(stderr, "cardex: --where, character %" PRIu32 ":\n", self->error.column);
	return cli_fail(self);
}

bool cli_no_index_add(cli_no_indexes *self, const char *name, cardex_request *request)
{
	if (self->count == CX_COUNT_OF(self->names))
		return false;
	self->names[self->count++] = name;
	request->no_index = self->names;
	request->no_index_count = self->count;
	return true;
}

cli_exit cli_pages_print(cli_context *self, cli_output *output, cardex_result **page, bool all,
                         uint64_t *ret_rows)
{
	cli_exit end = CLI_OK;
	*ret_rows = 0;
	for (bool more = true; more && end == CLI_OK;) {
		for (size_t i = 0; i < cardex_row_count(*page); i++)
			cli_output_row(output, cardex_row_at(*page, i));
		*ret_rows += cardex_row_count(*page);
		more = all && cardex_result_page(*page)->more;
		if (more && cardex_next(self->conn, page, &self->error) != CARDEX_OK)
			end = cli_fail(self);
	}
	const cli_exit written = cli_output_end(&output);
	return end != CLI_OK ? end : written;
}

void cli_page_tell(const cardex_result *page, uint64_t rows, const char *what)
{
	const cardex_page *info = cardex_result_page(page);
	fprintf(stderr, "%" PRIu64 " %s%s", rows, what, rows == 1 ? "" : "s");
	if (info->more) {
		CX_SCOPED(cx_buf_release) cx_buf token = CX_BUF_INIT(1 << 16);
		cli_token_write((cx_slice){ .data = info->after, .size = info->after_size },
		                &token);
		fprintf(stderr, "; next: %.*s", CX_SLICE_ARG(cx_buf_slice(&token)));
	}
	fputc('\n', stderr);
}
