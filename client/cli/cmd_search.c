/* SPDX-License-Identifier: Apache-2.0 */
/* search */
#include "base/text.h"
#include "client/cli/cell_text.h"
#include "client/cli/command.h"
#include "client/cli/format.h"
#include "client/cli/output.h"
#include "client/cli/table.h"

#include <getopt.h>
#include <inttypes.h>
#include <string.h>

enum { MARKS_MAX = 32, LEAD_CHARACTERS = 12, EXCERPT_CHARACTERS = 60, COLUMNS = 5 };

static bool parse(int argc, char **argv, cardex_request *request)
{
	static const struct option options[] = {
		{ "type", required_argument, NULL, 't' },
		{ "limit", required_argument, NULL, 'l' },
		{ "columns", required_argument, NULL, 'c' },
		{ 0 },
	};
	int64_t limit = 0;
	optind = 0;
	for (int key; (key = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		if (key == 't')
			request->types = optarg;
		else if (key == 'c')
			request->columns = optarg;
		else if (key != 'l' ||
		         !cli_decimal_parse(cx_slice_of(optarg), 0, false, &limit) || limit < 1)
			return false;
	}
	request->limit = (size_t)limit;
	return optind < argc;
}

/* Several arguments are one text. */
static bool join_words(int argc, char **argv, cx_buf *out)
{
	for (int i = optind; i < argc; i++)
		cx_buf_printf(out, "%s%s", i > optind ? " " : "", argv[i]);
	cx_buf_append_byte(out, 0);
	return cx_buf_status(out) == CX_OK;
}

/* ---- excerpts ---- */

/* A text, or a part of it, and where it was found in that part. */
typedef struct excerpt {
	cx_slice text;
	cli_mark marks[MARKS_MAX];
	size_t mark_count;
} excerpt;

static size_t number_at(const cardex_value *list, size_t i)
{
	const int64_t number = cardex_value_int(cardex_value_at(list, i));
	return number > 0 ? (size_t)number : 0;
}

/* Back from `at` by so many characters. */
static size_t go_back(cx_slice text, size_t at, size_t characters)
{
	for (; at > 0 && characters > 0; characters--)
		do
			at--;
		while (at > 0 && (text.data[at] & 0xc0) == 0x80);
	return at;
}

/* The part of a field's text around the first place it was found at, with line ends as blanks.
 * `text` is where the part is put; the marks are of it. */
static bool take_excerpt(const char *whole, const cardex_value *places, cx_buf *text,
                         excerpt *ret)
{
	const cx_slice all = cx_slice_of(whole);
	const size_t first = number_at(cardex_value_at(places, 0), 0);
	if (first > all.size)
		return false; /* no place in this text */
	const size_t from = go_back(all, first, LEAD_CHARACTERS);
	const cx_slice part =
		cx_text_head(cx_slice_from(all, from), LEAD_CHARACTERS + EXCERPT_CHARACTERS);
	const size_t shift = text->size;
	if (from > 0)
		cx_buf_printf(text, "…");
	const size_t begin = text->size;
	for (size_t i = 0; i < part.size; i++)
		cx_buf_append_byte(text, part.data[i] < ' ' ? ' ' : part.data[i]);
	if (from + part.size < all.size)
		cx_buf_printf(text, "…");
	ret->mark_count = 0;
	for (size_t i = 0; i < cardex_value_count(places) && ret->mark_count < MARKS_MAX; i++) {
		const cardex_value *place = cardex_value_at(places, i);
		const size_t at = number_at(place, 0), size = number_at(place, 1);
		if (at < from || at > all.size || size > all.size - at ||
		    at + size > from + part.size)
			continue;
		ret->marks[ret->mark_count++] =
			(cli_mark){ .from = begin - shift + at - from, .size = size };
	}
	ret->text = cx_slice_from(cx_buf_slice(text), shift);
	return cx_buf_status(text) == CX_OK;
}

/* ---- tables ---- */

static bool add_plain(cli_table *table, const cardex_value *value, cx_buf *text)
{
	cx_buf_clear(text);
	cli_format_value(NULL, value, NULL, true, text);
	return cli_table_cell(table, cx_buf_slice(text));
}

/* One field of the hit, marked where it was found. */
static bool add_marked(cli_table *table, const cardex_hit *hit, size_t field, cx_buf *text)
{
	const char *name = cardex_value_text(cardex_value_key(hit->fields, field));
	const cardex_value *value = cardex_value_at(hit->fields, field);
	const char *whole = cardex_value_text(value);
	const cardex_value *places =
		name != NULL ? cardex_value_member(hit->highlights, name) : NULL;
	excerpt part;
	cx_buf_clear(text);
	if (whole == NULL)
		return add_plain(table, value, text);
	if (!take_excerpt(whole, places, text, &part))
		return cx_buf_status(text) == CX_OK &&
		       cli_table_cell(table, cx_slice_of(whole));
	return cli_table_cell_marked(table, part.text, part.marks, part.mark_count);
}

/* The first field behind the first one in which it was found; 0 when there is none. */
static size_t found_field(const cardex_hit *hit)
{
	for (size_t i = 1; i < cardex_value_count(hit->fields); i++) {
		const char *name = cardex_value_text(cardex_value_key(hit->fields, i));
		if (name != NULL && cardex_value_member(hit->highlights, name) != NULL)
			return i;
	}
	return 0;
}

static bool add_hit(cli_table *table, const cardex_hit *hit, cx_buf *text)
{
	char id[24];
	snprintf(id, sizeof id, "%" PRId64, hit->id);
	const size_t other = found_field(hit);
	bool good = cli_table_cell(table, cx_slice_of(hit->type)) &&
	            cli_table_cell(table, cx_slice_of(id)) &&
	            cli_table_cell(table, cx_slice_of(hit->match)) &&
	            add_marked(table, hit, 0, text);
	return good && (other > 0 ? add_marked(table, hit, other, text)
	                          : cli_table_cell(table, (cx_slice){ 0 }));
}

static cli_exit print_table(const cardex_result *result)
{
	static const char *const headers[COLUMNS] = { "type", "id", "match", "record",
		                                      "found in" };
	CX_SCOPED(cx_buf_release) cx_buf text = CX_BUF_INIT(16 << 20);
	cli_table table = { 0 };
	bool good = cli_table_init(&table, COLUMNS);
	for (size_t i = 0; i < COLUMNS && good; i++)
		cli_table_header(&table, i, headers[i], i == 1);
	cardex_hit hit;
	for (size_t i = 0; good && cardex_result_hit(result, i, &hit); i++)
		good = add_hit(&table, &hit, &text);
	good = good && cli_table_print(&table, stdout);
	cli_table_release(&table);
	return good ? CLI_OK : CLI_SERVER;
}

/* ---- the rest ---- */

static cli_exit print_csv(const cli_context *self, const cardex_result *result)
{
	CX_SCOPED(cx_buf_release) cx_buf text = CX_BUF_INIT(16 << 20);
	CX_SCOPED(cx_buf_release) cx_buf cell = CX_BUF_INIT(32 << 20);
	puts("type,id,match,field,text");
	cardex_hit hit;
	for (size_t i = 0; cardex_result_hit(result, i, &hit); i++)
		for (size_t f = 0; f < cardex_value_count(hit.fields); f++) {
			cx_buf_clear(&text);
			cx_buf_clear(&cell);
			cli_format_value(NULL, cardex_value_at(hit.fields, f), NULL, true,
			                 &text);
			cli_text_csv(cx_buf_slice(&text), self->csv_guard, &cell);
			if (cx_buf_status(&text) != CX_OK || cx_buf_status(&cell) != CX_OK)
				return CLI_SERVER;
			printf("%s,%" PRId64 ",%s,%s,%.*s\n", hit.type, hit.id, hit.match,
			       cardex_value_text(cardex_value_key(hit.fields, f)),
			       CX_SLICE_ARG(cx_buf_slice(&cell)));
		}
	return CLI_OK;
}

static cli_exit print_lines(const cli_context *self, const cardex_result *result)
{
	const cardex_value *hits = cardex_value_at(cardex_result_value(result), 0);
	cli_exit end = CLI_OK;
	for (size_t i = 0; i < cardex_value_count(hits) && end == CLI_OK; i++)
		end = cli_output_value(self, cardex_value_at(hits, i), stdout);
	return end;
}

static cli_exit print(const cli_context *self, const cardex_result *result)
{
	switch (self->format) {
	case CLI_TABLE:
		return print_table(result);
	case CLI_CSV:
		return print_csv(self, result);
	case CLI_NDJSON:
		return print_lines(self, result);
	case CLI_JSON:
		return cli_output_value(self, cardex_value_at(cardex_result_value(result), 0),
		                        stdout);
	}
	return CLI_SERVER;
}

static void tell(const cardex_hits *hits)
{
	fprintf(stderr, "%zu hit%s", hits->count, hits->count == 1 ? "" : "s");
	if (strcmp(hits->end, "limit") == 0)
		fprintf(stderr, " of %" PRIu64, hits->found);
	else if (strcmp(hits->end, "done") != 0)
		fprintf(stderr,
		        "; the search ended by its bound (%s): there may be more, and better "
		        "ones",
		        hits->end);
	fputc('\n', stderr);
}

cli_exit cli_run_search(cli_context *self, int argc, char **argv)
{
	enum { TEXT_BYTES_MAX = 1 << 16 };
	CX_SCOPED(cx_buf_release) cx_buf text = CX_BUF_INIT(TEXT_BYTES_MAX);
	cardex_request request = { .highlights = true };
	if (!parse(argc, argv, &request) || !join_words(argc, argv, &text))
		return cli_usage("usage: cardex search TEXT… [--type LIST] [--limit N] "
		                 "[--columns LIST]");
	request.text = (const char *)text.data;
	if (cli_conn(self) == NULL)
		return CLI_UNREACHABLE;
	cardex_result *result = NULL;
	if (cardex_search(self->conn, &request, &result, &self->error) != CARDEX_OK)
		return cli_fail(self);
	const cli_exit end = print(self, result);
	if (end == CLI_OK)
		tell(cardex_result_hits(result));
	cardex_result_free(&result);
	return end;
}
