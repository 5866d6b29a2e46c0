/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/costs.h"

#include "base/clock.h"
#include "bench/scratch.h"
#include "bench/trade.h"
#include "crm/crm.h"
#include "engine/changes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { GROUP = 1000, ROUNDS_MAX = 101, SCHEMA_BYTES_MAX = 256 * 1024 };

typedef enum part { SEARCH = 1, AGGREGATES = 2, ROLLUPS = 4 } part;

static const struct variant {
	const char *what;
	unsigned without;
} variants[] = {
	{ "as it is", 0 },
	{ "without search", SEARCH },
	{ "without aggregates", AGGREGATES },
	{ "without rollups", ROLLUPS },
	{ "without all three", SEARCH | AGGREGATES | ROLLUPS },
};
enum { VARIANTS = sizeof variants / sizeof *variants };

typedef struct figures {
	double us[ROUNDS_MAX];  /* an insert, until it is on disk */
	double cpu[ROUNDS_MAX]; /* the same in time of the processors */
	double bytes;           /* that an insert puts into trees */
	double log_bytes;       /* of those in the change log */
} figures;

/* ---- schemas ---- */

static bool starts(const char *at, const char *word)
{
	return strncmp(at, word, strlen(word)) == 0;
}

/* Behind `search` or `search(phone)`. */
static const char *behind_search(const char *at)
{
	at += strlen(" search");
	return *at == '(' ? strchr(at, ')') + 1 : at;
}

/* The built-in schema without some of what it declares: an option of a field goes up to the
 * next, a rollup up to the field's label, the aggregates are all that follows the time zone. */
static void write_schema(unsigned without, cx_buf *out)
{
	const char *at = (const char *)crm_schema_text().data;
	while (*at != '\0') {
		if ((without & AGGREGATES) != 0 && starts(at, "\ntime zone "))
			break;
		if ((without & SEARCH) != 0 && starts(at, " search"))
			at = behind_search(at);
		else if ((without & ROLLUPS) != 0 && starts(at, "rollup "))
			at = strchr(at, '"');
		else
			cx_buf_append_byte(out, (uint8_t)*at++);
	}
	cx_buf_append_byte(out, '\n');
}

/* ---- one store ---- */

typedef struct load {
	engine *engine;
	engine_write *write;
	bench_trade trade;
	cx_error error;
	uint64_t inserts, bytes, log_bytes;
} load;

static cx_status commit(load *self)
{
	self->bytes += engine_write_bytes(self->write);
	return engine_write_commit(&self->write);
}

static cx_status insert(load *self, bench_trade_kind kind)
{
	cx_status status = CX_OK;
	if (self->write == NULL)
		status = engine_write_begin(self->engine, &self->write);
	if (status == CX_OK)
		status = bench_trade_insert(&self->trade, self->write, kind, &self->error);
	if (status == CX_OK && ++self->inserts % GROUP == 0)
		status = commit(self);
	return status;
}

static cx_status insert_all(load *self, int64_t customers)
{
	static const struct {
		bench_trade_kind kind;
		int64_t each;
	} order[] = { { BENCH_TRADE_CUSTOMER, 1 },
		      { BENCH_TRADE_OPPORTUNITY, 1 },
		      { BENCH_TRADE_ORDER, 1 },
		      { BENCH_TRADE_ACTIVITY, 5 } };
	cx_status status = CX_OK;
	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		for (int64_t n = order[i].each * customers; n > 0 && status == CX_OK; n--)
			status = insert(self, order[i].kind);
	return status == CX_OK && self->write != NULL ? commit(self) : status;
}

static cx_status add_change(void *context, const engine_logged *change)
{
	/* Keys of both trees, the numbers of the entry, the row. */
	enum { KEYS = 14 + 22, NUMBERS = 22 };
	((load *)context)->log_bytes += KEYS + NUMBERS + change->row.size;
	return CX_OK;
}

/* The log's share, from the last of it. */
static cx_status measure_log(load *self)
{
	CX_SCOPED(engine_read_end) engine_read *read = NULL;
	cx_status status = engine_read_begin(self->engine, &read);
	uint64_t next = 1;
	while (status == CX_OK && next <= engine_read_seq(read))
		status = engine_changes_read(read, next, NULL, 0, GROUP, add_change, self,
		                             &next, NULL, &self->error);
	return status;
}

/* Of all threads; what others do to the machine hardly counts. */
static double processor_us(void)
{
	struct timespec used;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return (double)used.tv_sec * 1e6 + (double)used.tv_nsec / 1e3;
}

static cx_status load_one(load *self, const char *path, unsigned without, int64_t customers,
                          double *ret_us, double *ret_cpu)
{
	CX_SCOPED(cx_buf_release) cx_buf schema = CX_BUF_INIT(SCHEMA_BYTES_MAX);
	write_schema(without, &schema);
	const engine_options options = { .schema = cx_buf_slice(&schema) };
	cx_status status = engine_open(path, &options, &self->engine, &self->error);
	if (status == CX_OK && !engine_was_created(self->engine))
		return cx_fail(&self->error, CX_INVALID_ARGUMENT, "there is a store");
	if (status == CX_OK)
		status = engine_write_begin(self->engine, &self->write);
	if (status == CX_OK)
		status = bench_trade_begin(&self->trade, self->engine, self->write,
		                           &self->error);
	if (status == CX_OK)
		status = engine_write_commit(&self->write);
	const uint64_t begin = cx_clock_monotonic_ns();
	const double cpu_begin = processor_us();
	if (status == CX_OK)
		status = insert_all(self, customers);
	*ret_cpu = (processor_us() - cpu_begin) / (double)self->inserts;
	*ret_us = (double)(cx_clock_monotonic_ns() - begin) / 1e3 / (double)self->inserts;
	return status == CX_OK ? measure_log(self) : status;
}

static bool run_one(const char *path, size_t variant, int64_t customers, unsigned round,
                    figures *ret)
{
	load self = { .engine = NULL };
	const unsigned without = variants[variant].without;
	cx_status status =
		load_one(&self, path, without, customers, &ret->us[round], &ret->cpu[round]);
	const bool made = self.engine != NULL && engine_was_created(self.engine);
	if (status != CX_OK)
		fprintf(stderr, "cardex-bench: costs: %s: %s: %s\n", variants[variant].what,
		        cx_status_name(status), self.error.text);
	ret->bytes = (double)self.bytes / (double)self.inserts;
	ret->log_bytes = (double)self.log_bytes / (double)self.inserts;
	bench_trade_end(&self.trade);
	engine_write_abort(&self.write);
	engine_close(&self.engine);
	if (made)
		bench_scratch_remove(path);
	return status == CX_OK;
}

/* ---- the table ---- */

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double median(const double *values, unsigned count)
{
	double sorted[ROUNDS_MAX];
	memcpy(sorted, values, count * sizeof *values);
	qsort(sorted, count, sizeof *sorted, compare);
	return sorted[count / 2];
}

/* How many times as long as without: the median of the ratios of each round. */
static double ratio(const double *all, const double *without, unsigned count)
{
	double ratios[ROUNDS_MAX];
	for (unsigned i = 0; i < count; i++)
		ratios[i] = all[i] / without[i];
	return median(ratios, count);
}

static void print(const figures *all, unsigned rounds)
{
	printf("%-20s %10s %10s %10s %10s %12s %12s\n", "", "us/insert", "of cpu", "ratio",
	       "cpu ratio", "bytes/insert", "of them log");
	for (size_t i = 0; i < VARIANTS; i++)
		printf("%-20s %10.1f %10.1f %10.2f %10.2f %12.0f %12.0f\n", variants[i].what,
		       median(all[i].us, rounds), median(all[i].cpu, rounds),
		       ratio(all[0].us, all[i].us, rounds),
		       ratio(all[0].cpu, all[i].cpu, rounds), all[i].bytes, all[i].log_bytes);
}

bool bench_costs(const char *path, double scale, unsigned rounds)
{
	static figures all[VARIANTS];
	const int64_t customers = (int64_t)(100000 * scale);
	if (rounds > ROUNDS_MAX || customers < 1)
		return false;
	for (unsigned round = 0; round < rounds; round++)
		for (size_t i = 0; i < VARIANTS; i++) {
			const size_t variant = (i + round) % VARIANTS;
			if (!run_one(path, variant, customers, round, &all[variant]))
				return false;
		}
	print(all, rounds);
	return true;
}
