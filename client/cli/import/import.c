/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/import/import.h"

#include "client/cardex_trade.h"
#include "client/cli/import/convert.h"
#include "client/cli/import/progress.h"
#include "client/cli/import/reject.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PIPELINE = 256, ALIKE_TOLD_MAX = 10 };

typedef struct importing importing;

/* A row on its way: what its reject line needs, and the references to be set afterwards. */
typedef struct sending {
	importing *import;
	uint64_t row;
	uint64_t line;
	cx_buf cells;
	size_t first_later;
	size_t later_count;
	bool busy;
} sending;

/* A reference within the file, set when all rows are in. */
typedef struct later_reference {
	const cli_field_mapping *field;
	char *text;
	int64_t id; /* of the record; 0 while it is not known */
	uint64_t row;
	uint64_t line;
} later_reference;

struct importing {
	cli_context *context;
	cli_mapping *mapping;
	const cli_import_options *options;
	char *columns[CLI_COLUMNS_MAX];
	cli_converter converter;
	cli_lookups lookups;
	cli_rejects rejects;
	cli_progress progress;
	sending sendings[PIPELINE];
	cx_buf later_texts[CLI_FIELDS_MAX];
	later_reference *later;
	size_t later_count;
	size_t later_capacity;
	uint64_t rows, created, updated, unchanged, skipped, unset, alike;
	cli_exit end;
};

/* Ends the import because the connection or memory is gone. */
static cx_status give_up(importing *self)
{
	self->end = cli_fail(self->context);
	return CX_DISCONNECTED;
}

/* ---- verdicts ---- */

/* A row that made a customer there may be already: it is in, and somebody should look. */
static void tell_duplicates(importing *self, const cardex_result *result, const sending *row)
{
	cardex_duplicate first;
	const size_t count = cardex_outcome_duplicate_count(result, 0);
	if (!cardex_outcome_duplicate_at(result, 0, 0, &first))
		return;
	if (++self->alike > ALIKE_TOLD_MAX)
		return;
	char others[40] = "";
	if (count > 1)
		snprintf(others, sizeof others, " and %zu other%s", count - 1,
		         count > 2 ? "s" : "");
	fprintf(stderr, "row %llu (line %llu): is in, and may be customer %lld%s\n",
	        (unsigned long long)row->row, (unsigned long long)row->line,
	        (long long)first.id, others);
}

static void count_outcome(importing *self, const cardex_result *result, sending *row)
{
	cardex_outcome outcome = { 0 };
	cardex_result_outcome(result, 0, &outcome);
	if (outcome.created)
		self->created++;
	else if (outcome.affected > 0)
		self->updated++;
	else
		self->unchanged++;
	for (size_t i = 0; i < row->later_count; i++)
		self->later[row->first_later + i].id = outcome.id;
	tell_duplicates(self, result, row);
}

static void take_verdict(void *context, cardex_status status, cardex_result *result,
                         const cardex_error *error)
{
	sending *row = context;
	importing *self = row->import;
	row->busy = false;
	if (status == CARDEX_OK)
		count_outcome(self, result, row);
	else
		cli_reject(&self->rejects, row->row, row->line, cx_buf_slice(&row->cells),
		           error->message);
	cardex_result_free(&result);
}

static sending *free_sending(importing *self)
{
	for (size_t i = 0; i < PIPELINE; i++)
		if (!self->sendings[i].busy)
			return &self->sendings[i];
	return NULL;
}

/* A place in the pipeline; waits for one. NULL when the connection is gone. */
static sending *next_sending(importing *self)
{
	if (free_sending(self) == NULL && cardex_wait(self->context->conn, PIPELINE / 2, -1,
	                                              &self->context->error) != CARDEX_OK)
		return NULL;
	return free_sending(self);
}

/* ---- rows ---- */

static bool grow_later(importing *self)
{
	if (self->later_count < self->later_capacity)
		return true;
	const size_t capacity = self->later_capacity == 0 ? 256 : 2 * self->later_capacity;
	later_reference *more = realloc(self->later, capacity * sizeof *more);
	if (more == NULL)
		return false;
	self->later = more;
	self->later_capacity = capacity;
	return true;
}

static bool keep_later(importing *self, sending *row)
{
	row->first_later = self->later_count;
	row->later_count = 0;
	for (size_t i = 0; i < self->mapping->field_count; i++) {
		const cx_slice text = cx_buf_slice(&self->later_texts[i]);
		if (text.size == 0)
			continue;
		char *copy = strndup((const char *)text.data, text.size);
		if (copy == NULL || !grow_later(self)) {
			free(copy);
			return false;
		}
		self->later[self->later_count++] =
			(later_reference){ .field = &self->mapping->fields[i],
			                   .text = copy,
			                   .row = row->row,
			                   .line = row->line };
		row->later_count++;
		cx_buf_clear(&self->later_texts[i]);
	}
	return true;
}

static cx_status send_row(importing *self, sending *row, const cardex_doc *fields,
                          int64_t at_ms)
{
	const cli_mapping *mapping = self->mapping;
	const cardex_request request = {
		.method = mapping->key != NULL ? CARDEX_METHOD_UPSERT : CARDEX_METHOD_CREATE,
		.type = mapping->type->name,
		.index = mapping->key != NULL ? mapping->key->name : NULL,
		.fields = fields,
		.dry_run = self->options->dry_run,
		.at_ms = at_ms,
		.duplicates = self->options->duplicates,
	};
	row->busy = true;
	if (cardex_submit(self->context->conn, &request, take_verdict, row,
	                  &self->context->error) == CARDEX_OK)
		return CX_OK;
	row->busy = false;
	if (self->context->error.status != CARDEX_TOO_LARGE)
		return give_up(self);
	cli_reject(&self->rejects, row->row, row->line, cx_buf_slice(&row->cells),
	           self->context->error.message);
	return CX_OK;
}

static cx_status convert_and_send(importing *self, const cli_row *cells, sending *row)
{
	cardex_doc *fields = cardex_fields_new();
	cx_error why = { 0 };
	for (size_t i = 0; i < self->mapping->field_count; i++)
		cx_buf_clear(&self->later_texts[i]);
	cx_status status =
		cli_convert(&self->converter, cells, fields, self->later_texts, &why);
	int64_t at_ms = 0;
	if (status == CX_OK)
		status = cli_convert_at(&self->converter, cells, &at_ms, &why);
	if (status == CX_OK)
		status = keep_later(self, row) ? send_row(self, row, fields, at_ms)
		                               : CX_NO_MEMORY;
	else if (status == CX_DISCONNECTED || status == CX_NO_MEMORY)
		status = give_up(self);
	else {
		cli_reject(&self->rejects, row->row, row->line, cx_buf_slice(&row->cells),
		           why.text);
		status = CX_OK;
	}
	cardex_doc_free(&fields);
	return status;
}

static cx_status on_row(void *context, const cli_row *cells)
{
	importing *self = context;
	self->rows++;
	if (cli_converter_skips(&self->converter, cells)) {
		self->skipped++;
		return CX_OK;
	}
	sending *row = next_sending(self);
	if (row == NULL)
		return give_up(self);
	row->row = cells->number;
	row->line = cells->line;
	cx_buf_clear(&row->cells);
	cli_reject_cells(cells, self->converter.column_count, &row->cells);
	return convert_and_send(self, cells, row);
}

static cx_status on_bad_row(void *context, const cli_row *cells, const char *why)
{
	importing *self = context;
	self->rows++;
	CX_SCOPED(cx_buf_release) cx_buf line = CX_BUF_INIT(2 * CLI_ROW_BYTES_MAX);
	cli_reject_cells(cells, self->converter.column_count, &line);
	cli_reject(&self->rejects, cells->number, cells->line, cx_buf_slice(&line), why);
	return CX_OK;
}

static cx_status on_columns(void *context, const cx_slice *names, size_t count)
{
	importing *self = context;
	for (size_t i = 0; i < count; i++) {
		self->columns[i] = strndup((const char *)names[i].data, names[i].size);
		if (self->columns[i] == NULL)
			return CX_NO_MEMORY;
	}
	self->converter.column_count = count;
	self->rejects.columns = self->columns;
	self->rejects.column_count = count;
	if (self->mapping->field_count == 0)
		self->end = cli_mapping_of_header(self->context, names, count, self->mapping);
	if (self->end == CLI_OK && self->options->at != NULL)
		self->end = cli_mapping_set_at(self->mapping, self->options->at);
	if (self->end == CLI_OK)
		self->end = cli_converter_check(&self->converter);
	return self->end == CLI_OK ? CX_OK : CX_INVALID_ARGUMENT;
}

static void on_progress(void *context, uint64_t bytes)
{
	importing *self = context;
	cli_progress_show(&self->progress, bytes, self->rows);
}

/* ---- references within the file ---- */

static void reject_later(importing *self, const later_reference *reference, const char *why)
{
	char reason[512];
	snprintf(reason, sizeof reason, "the record is in, but its %s is not set: %s",
	         reference->field->field->name, why);
	CX_SCOPED(cx_buf_release) cx_buf cells = CX_BUF_INIT(CLI_COLUMNS_MAX);
	const cli_row none = { 0 };
	cli_reject_cells(&none, self->converter.column_count, &cells);
	cli_reject(&self->rejects, reference->row, reference->line, cx_buf_slice(&cells),
	           reason);
	self->unset++;
}

static cardex_status set_later(importing *self, const later_reference *reference)
{
	int64_t target;
	cardex_error *error = &self->context->error;
	cardex_status status =
		cli_lookup(&self->lookups, reference->field->target, reference->field->lookup,
	                   reference->text, true, &target);
	if (status != CARDEX_OK)
		return status;
	if (target == 0) {
		char why[160];
		snprintf(why, sizeof why, "there is no %s with %s \"%.60s\"",
		         reference->field->target->name, reference->field->lookup->name,
		         reference->text);
		reject_later(self, reference, why);
		return CARDEX_OK;
	}
	cardex_doc *fields = cardex_fields_new();
	cardex_set_int(fields, reference->field->field->name, target);
	status = cardex_update(self->context->conn, self->mapping->type->name, reference->id,
	                       fields, NULL, error);
	cardex_doc_free(&fields);
	if (status == CARDEX_OK || status == CARDEX_DISCONNECTED)
		return status;
	reject_later(self, reference, error->message);
	return CARDEX_OK;
}

static cx_status set_all_later(importing *self)
{
	for (size_t i = 0; i < self->later_count && !self->options->dry_run; i++)
		if (self->later[i].id != 0 && set_later(self, &self->later[i]) != CARDEX_OK)
			return give_up(self);
	return CX_OK;
}

/* ---- the whole ---- */

static cx_status run(importing *self, FILE *file)
{
	const cli_source_events events = { .context = self,
		                           .columns = on_columns,
		                           .row = on_row,
		                           .bad_row = on_bad_row,
		                           .progress = on_progress };
	cx_error why = { 0 };
	cx_status status = cli_source_run(file, self->options->kind, self->mapping->separator,
	                                  &events, &why);
	if (status != CX_OK && self->end == CLI_OK) {
		fprintf(stderr, "cardex: %s: %s\n", self->options->path, why.text);
		self->end = CLI_SERVER;
	}
	/* Whatever ended the file, what was sent gets its verdict. */
	if (cardex_wait(self->context->conn, 0, -1, &self->context->error) != CARDEX_OK &&
	    self->end == CLI_OK)
		return give_up(self);
	return status == CX_OK ? set_all_later(self) : status;
}

static void tell(importing *self, double seconds)
{
	fprintf(stderr,
	        "%s%llu rows: %llu created, %llu updated, %llu unchanged, %llu skipped, "
	        "%llu rejected%s%s; %.1f s, %.0f rows/s\n",
	        self->options->dry_run ? "dry run, nothing was written: " : "",
	        (unsigned long long)self->rows, (unsigned long long)self->created,
	        (unsigned long long)self->updated, (unsigned long long)self->unchanged,
	        (unsigned long long)self->skipped,
	        (unsigned long long)(self->rejects.count - self->unset),
	        self->rejects.count > 0 && self->rejects.path != NULL ? ", see " : "",
	        self->rejects.count > 0 && self->rejects.path != NULL ? self->rejects.path : "",
	        seconds, seconds > 0 ? (double)self->rows / seconds : 0);
	if (self->alike > 0)
		fprintf(stderr, "%llu customers %s like others; cardex duplicates shows them\n",
		        (unsigned long long)self->alike,
		        self->options->dry_run ? "would be" : "are");
	if (self->unset > 0)
		fprintf(stderr, "%llu references could not be set\n",
		        (unsigned long long)self->unset);
}

static void importing_free(importing **self)
{
	if (*self == NULL)
		return;
	cli_lookups_release(&(*self)->lookups);
	for (size_t i = 0; i < CLI_COLUMNS_MAX; i++)
		free((*self)->columns[i]);
	for (size_t i = 0; i < PIPELINE; i++)
		cx_buf_release(&(*self)->sendings[i].cells);
	for (size_t i = 0; i < CLI_FIELDS_MAX; i++)
		cx_buf_release(&(*self)->later_texts[i]);
	for (size_t i = 0; i < (*self)->later_count; i++)
		free((*self)->later[i].text);
	free((*self)->later);
	free(*self);
	*self = NULL;
}

static void prepare(importing *self)
{
	self->lookups.context = self->context;
	self->rejects.path = self->options->rejects;
	self->converter = (cli_converter){ .context = self->context,
		                           .mapping = self->mapping,
		                           .lookups = &self->lookups,
		                           .columns = self->columns };
	for (size_t i = 0; i < PIPELINE; i++) {
		self->sendings[i].import = self;
		self->sendings[i].cells = CX_BUF_INIT(2 * CLI_ROW_BYTES_MAX);
	}
	for (size_t i = 0; i < CLI_FIELDS_MAX; i++)
		self->later_texts[i] = CX_BUF_INIT(CLI_CELL_BYTES_MAX);
}

static FILE *open_input(const char *path, uint64_t *ret_size)
{
	struct stat info;
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	const bool regular =
		file != NULL && fstat(fileno(file), &info) == 0 && S_ISREG(info.st_mode);
	*ret_size = regular ? (uint64_t)info.st_size : 0;
	return file;
}

cli_exit cli_import_run(cli_context *context, cli_mapping *mapping,
                        const cli_import_options *options)
{
	CX_SCOPED(importing_free) importing *self = calloc(1, sizeof *self);
	uint64_t size;
	FILE *file = open_input(options->path, &size);
	if (file == NULL || self == NULL) {
		fprintf(stderr, "cardex: %s: cannot be opened\n", options->path);
		return CLI_USAGE;
	}
	self->context = context;
	self->mapping = mapping;
	self->options = options;
	prepare(self);
	cli_progress_begin(&self->progress, size);
	cx_status status = run(self, file);
	const double seconds = cli_progress_end(&self->progress);
	if (file != stdin)
		fclose(file);
	tell(self, seconds);
	if (!cli_rejects_close(&self->rejects)) {
		fprintf(stderr, "cardex: %s: cannot be written\n", options->rejects);
		return CLI_SERVER;
	}
	if (status != CX_OK)
		return self->end != CLI_OK ? self->end : CLI_SERVER;
	return self->rejects.count > 0 ? CLI_NEGATIVE : CLI_OK;
}
