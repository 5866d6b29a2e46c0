/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/chart.h"

#include "client/cli/cell_text.h"
#include "client/cli/report_cell.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SCRIPT_BYTES_MAX = 16 * 1024 * 1024, NO_COLUMN = -1 };

/* ---- what is drawn ---- */

/* Columns by number, NO_COLUMN: none. */
typedef struct picture {
	size_t section;
	size_t rows;
	int label;
	int value;
	int low, high; /* of the value */
	int target;
} picture;

static bool is_label(cardex_report_kind kind)
{
	return kind == CARDEX_REPORT_REF || kind == CARDEX_REPORT_MONTH ||
	       kind == CARDEX_REPORT_DATE || kind == CARDEX_REPORT_ENUM ||
	       kind == CARDEX_REPORT_TEXT;
}

/* The measure that targets are of, where the report was asked for those of one: its parameter
 * `metric` is the name of a column, which ends in _base where it is money. */
static int measure_of(const cardex_result *result, size_t section)
{
	cardex_report_info info;
	char name[64];
	if (!cardex_report_info_of(result, &info))
		return NO_COLUMN;
	const char *metric = cardex_value_text(cardex_value_member(info.params, "metric"));
	if (metric == NULL)
		return NO_COLUMN;
	int column = cardex_report_column_of(result, section, metric);
	if (column >= 0)
		return column;
	snprintf(name, sizeof name, "%s_base", metric);
	return cardex_report_column_of(result, section, name);
}

/* Money is what a chart of a sales report is about, where there is some. */
static int value_of(const cardex_result *result, size_t section)
{
	cardex_report_column column;
	int value = cardex_report_column_of(result, section, "value");
	if (value < 0 && cardex_report_column_of(result, section, "target") >= 0)
		value = measure_of(result, section);
	if (value >= 0)
		return value;
	for (size_t i = 0; cardex_report_column_at(result, section, i, &column); i++) {
		if (column.kind == CARDEX_REPORT_MONEY && column.of == NULL &&
		    strcmp(column.name, "target") != 0)
			return (int)i;
		if (value < 0 && cli_report_is_number(column.kind) &&
		    column.kind != CARDEX_REPORT_ID)
			value = (int)i;
	}
	return value;
}

/* What the rows are called: in the language asked for, where they say it themselves. */
static int label_of(const cardex_result *result, size_t section, cli_language language)
{
	cardex_report_column column;
	const int own = language == CLI_NAMES
	                        ? NO_COLUMN
	                        : cardex_report_column_of(result, section,
	                                                  language == CLI_CHINESE ? "label_zh"
	                                                                          : "label_en");
	if (own >= 0)
		return own;
	for (size_t i = 0; cardex_report_column_at(result, section, i, &column); i++)
		if (is_label(column.kind))
			return (int)i;
	return NO_COLUMN;
}

static bool has_number(const cardex_result *result, const picture *of)
{
	for (size_t row = 0; row < of->rows; row++) {
		const cardex_value *value =
			cardex_report_cell(result, of->section, row, (size_t)of->value);
		if (value != NULL && cardex_value_kind_of(value) != CARDEX_VALUE_NULL)
			return true;
	}
	return false;
}

static bool look_at(const cardex_result *result, size_t section, cli_language language,
                    picture *ret)
{
	cardex_report_section of;
	if (!cardex_report_section_at(result, section, &of))
		return false;
	*ret = (picture){ .section = section,
		          .rows = of.row_count,
		          .value = value_of(result, section),
		          .low = cardex_report_column_of(result, section, "low"),
		          .high = cardex_report_column_of(result, section, "high"),
		          .target = cardex_report_column_of(result, section, "target") };
	ret->label = label_of(result, section, language);
	return ret->label >= 0 && ret->value >= 0 && has_number(result, ret);
}

/* What a report is about rather than what leads to it. */
static bool is_telling(const picture *of)
{
	return (of->low >= 0 && of->high >= 0) || of->target >= 0;
}

/* Of several that can be drawn the first with an interval or a target, else the first. */
static bool find(const cardex_result *result, const char *section, cli_language language,
                 picture *ret)
{
	cardex_report_section of;
	picture one;
	bool found = false;
	for (size_t i = 0; cardex_report_section_at(result, i, &of); i++) {
		if ((section != NULL && strcmp(section, of.name) != 0) ||
		    !look_at(result, i, language, &one) || (found && !is_telling(&one)))
			continue;
		*ret = one;
		found = true;
		if (is_telling(&one))
			break;
	}
	return found;
}

/* ---- the script ---- */

static const char *terminal_of(const char *path)
{
	const char *end = strrchr(path, '.');
	if (end != NULL && strcmp(end, ".svg") == 0)
		return "svg noenhanced size 900,500 font 'sans-serif,12' background 'white'";
	if (end != NULL && strcmp(end, ".png") == 0)
		return "pngcairo noenhanced size 900,500 font 'sans-serif,11' background "
		       "'white'";
	return NULL;
}

/* In single quotes nothing but the quote itself has a meaning to gnuplot. */
static void put_quoted(cx_slice text, cx_buf *out)
{
	CX_SCOPED(cx_buf_release) cx_buf safe = CX_BUF_INIT(SCRIPT_BYTES_MAX);
	cli_text_safe(text, &safe);
	cx_buf_append_byte(out, '\'');
	for (size_t i = 0; i < safe.size; i++) {
		if (safe.data[i] == '\'')
			cx_buf_append_byte(out, '\'');
		cx_buf_append_byte(out, safe.data[i]);
	}
	cx_buf_append_byte(out, '\'');
}

static void put_title(const cli_context *context, const cardex_result *result,
                      const picture *of, cx_buf *out)
{
	cardex_report_section section;
	if (!cardex_report_section_at(result, of->section, &section))
		return;
	cx_buf_printf(out, "set title ");
	put_quoted(cx_slice_of(cli_report_label(context->language, section.name,
	                                        section.label_en, section.label_zh)),
	           out);
	cx_buf_append_byte(out, '\n');
}

/* Labels lie between tabs, so they need no quotes; cli_text_safe leaves no tab in them. */
static void put_label(const cli_context *context, const cardex_result *result,
                      cli_report_place place, cx_buf *out)
{
	CX_SCOPED(cx_buf_release) cx_buf text = CX_BUF_INIT(1 << 20);
	cli_report_cell_text(result, place, context->language, false, &text);
	if (text.size == 0)
		cx_buf_append_byte(&text, '-');
	cli_text_safe(cx_buf_slice(&text), out);
}

static void put_number(const cardex_result *result, cli_report_place place, int column,
                       cx_buf *out)
{
	const size_t before = out->size;
	cx_buf_append_byte(out, '\t');
	if (column >= 0) {
		place.column = (size_t)column;
		cli_report_cell_plain(result, place, false, out);
	}
	if (out->size == before + 1)
		cx_buf_append_slice(out, CX_SLICE_LITERAL("NaN"));
}

static void put_data(const cli_context *context, const cardex_result *result, const picture *of,
                     cx_buf *out)
{
	cx_buf_printf(out, "$data << END_OF_DATA\n");
	for (size_t row = 0; row < of->rows; row++) {
		const cli_report_place place = { of->section, row, (size_t)of->label };
		cx_buf_append_byte(out, '"');
		const size_t from = out->size;
		put_label(context, result, place, out);
		for (size_t i = from; i < out->size; i++)
			if (out->data[i] == '"' || out->data[i] == '\\')
				out->data[i] = '\'';
		cx_buf_append_byte(out, '"');
		put_number(result, place, of->value, out);
		put_number(result, place, of->low, out);
		put_number(result, place, of->high, out);
		put_number(result, place, of->target, out);
		cx_buf_append_byte(out, '\n');
	}
	cx_buf_printf(out, "END_OF_DATA\n");
}

static void put_column_title(const cli_context *context, const cardex_result *result,
                             const picture *of, int number, cx_buf *out)
{
	cardex_report_column column;
	if (!cardex_report_column_at(result, of->section, (size_t)number, &column))
		return;
	put_quoted(cx_slice_of(cli_report_label(context->language, column.name, column.label_en,
	                                        column.label_zh)),
	           out);
}

static void put_band(const cli_context *context, const cardex_result *result, const picture *of,
                     cx_buf *out)
{
	cx_buf_printf(out, "set key above\nset xtics rotate by -45\n"
	                   "plot $data using 0:3:4 with filledcurves fillcolor '#c6dbef' "
	                   "notitle, $data using 0:2:xtic(1) with linespoints linewidth 2 "
	                   "linecolor '#2171b5' title ");
	put_column_title(context, result, of, of->value, out);
	cx_buf_append_byte(out, '\n');
}

static void put_bars(const cli_context *context, const cardex_result *result, const picture *of,
                     cx_buf *out)
{
	cx_buf_printf(out,
	              "set style fill solid 0.8\nset boxwidth 0.7\nset yrange [0:*]\n"
	              "set key above\nset xtics rotate by -45\n"
	              "plot $data using 0:2:xtic(1) with boxes linecolor '#2171b5' title ");
	put_column_title(context, result, of, of->value, out);
	if (of->target < 0) {
		cx_buf_append_byte(out, '\n');
		return;
	}
	cx_buf_printf(out, ", $data using 0:5 with points pointtype 9 pointsize 2 linecolor "
	                   "'#cb181d' title ");
	put_column_title(context, result, of, of->target, out);
	cx_buf_append_byte(out, '\n');
}

/* Bars that lie, centred, the first on top. */
static void put_funnel(const cli_context *context, const cardex_result *result,
                       const picture *of, cx_buf *out)
{
	cx_buf_printf(out,
	              "stats $data using 2 nooutput\n"
	              "m = STATS_records > 0 && STATS_max > 0 ? STATS_max : 1\n"
	              "set xrange [-m * 0.55:m * 0.55]\nset yrange [%zu.5:-0.5]\n"
	              "set style fill solid 0.6\nset xtics format ''\nset key below\n"
	              "plot $data using (0):0:(-$2/2):($2/2):($0-0.4):($0+0.4):ytic(1) "
	              "with boxxyerror linecolor '#2171b5' title ",
	              of->rows - 1);
	put_column_title(context, result, of, of->value, out);
	cx_buf_printf(out, ", $data using (0):0:2 with labels textcolor 'black' notitle\n");
}

static bool is_time(const cardex_result *result, const picture *of)
{
	cardex_report_column column;
	return cardex_report_column_at(result, of->section, (size_t)of->label, &column) &&
	       (column.kind == CARDEX_REPORT_MONTH || column.kind == CARDEX_REPORT_DATE);
}

cli_exit cli_chart_script(const cli_context *context, const cardex_result *result,
                          const char *section, const char *path, cx_buf *out)
{
	picture of;
	const char *terminal = terminal_of(path);
	if (terminal == NULL)
		return cli_usage("--chart: name a file that ends in .svg or .png");
	if (!find(result, section, context->language, &of))
		return cli_usage("--chart: the report has no rows that could be drawn");
	cx_buf_printf(out, "set terminal %s\nset output ", terminal);
	put_quoted(cx_slice_of(path), out);
	cx_buf_printf(out, "\nset datafile separator \"\\t\"\nset grid ytics\n"
	                   "set format y '%%.12g'\n");
	put_title(context, result, &of, out);
	put_data(context, result, &of, out);
	if (of.low >= 0 && of.high >= 0)
		put_band(context, result, &of, out);
	else if (of.target >= 0 || is_time(result, &of))
		put_bars(context, result, &of, out);
	else
		put_funnel(context, result, &of, out);
	return cx_buf_status(out) == CX_OK ? CLI_OK : CLI_SERVER;
}

/* ---- gnuplot ---- */

static cli_exit fail_to_run(int error)
{
	if (error == ENOENT)
		fputs("cardex: --chart needs gnuplot, which was not found: install the package "
		      "gnuplot-nox\n",
		      stderr);
	else
		fprintf(stderr, "cardex: gnuplot could not be started: %s\n", strerror(error));
	return CLI_SERVER;
}

/* Its standard input is the pipe. */
static int start(int input, int other_end, pid_t *ret)
{
	char name[] = "gnuplot";
	char *arguments[] = { name, NULL };
	posix_spawn_file_actions_t actions;
	int error = posix_spawn_file_actions_init(&actions);
	if (error != 0)
		return error;
	error = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	if (error == 0)
		error = posix_spawn_file_actions_addclose(&actions, other_end);
	if (error == 0)
		error = posix_spawnp(ret, name, &actions, NULL, arguments, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	return error;
}

static bool send_all(int fd, cx_slice text)
{
	while (text.size > 0) {
		const ssize_t sent = write(fd, text.data, text.size);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return false;
		text = cx_slice_from(text, (size_t)sent);
	}
	return true;
}

static bool ended_well(pid_t child)
{
	int state;
	while (waitpid(child, &state, 0) < 0)
		if (errno != EINTR)
			return false;
	return WIFEXITED(state) && WEXITSTATUS(state) == 0;
}

static cli_exit run_gnuplot(cx_slice script)
{
	int ends[2];
	pid_t child;
	if (pipe(ends) != 0)
		return fail_to_run(errno);
	const int error = start(ends[0], ends[1], &child);
	(void)close(ends[0]);
	const bool sent = error == 0 && send_all(ends[1], script);
	(void)close(ends[1]);
	if (error != 0)
		return fail_to_run(error);
	const bool good = ended_well(child);
	if (sent && good)
		return CLI_OK;
	fputs("cardex: gnuplot could not draw the chart\n", stderr);
	return CLI_SERVER;
}

/* gnuplot draws on standard output what it cannot write. */
static cli_exit make_file(const char *path)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0) {
		fprintf(stderr, "cardex: --chart: cannot write %s: %s\n", path,
		        strerror(errno));
		return CLI_SERVER;
	}
	(void)close(fd);
	return CLI_OK;
}

static void remove_empty(const char *path)
{
	struct stat found;
	if (stat(path, &found) == 0 && S_ISREG(found.st_mode) && found.st_size == 0)
		(void)unlink(path);
}

cli_exit cli_chart_draw(const cli_context *context, const cardex_result *result,
                        const char *section, const char *path)
{
	CX_SCOPED(cx_buf_release) cx_buf script = CX_BUF_INIT(SCRIPT_BYTES_MAX);
	cli_exit end = cli_chart_script(context, result, section, path, &script);
	if (end == CLI_OK)
		end = make_file(path);
	if (end != CLI_OK)
		return end;
	end = run_gnuplot(cx_buf_slice(&script));
	if (end != CLI_OK)
		remove_empty(path);
	return end;
}
