/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/reports.h"

#include "base/clock.h"
#include "base/msgpack.h"
#include "bench/firm.h"
#include "bench/histogram.h"
#include "bench/scratch.h"
#include "crm/crm.h"
#include "crm/report.h"

#include <stdio.h>
#include <string.h>

enum { PARAMS_BYTES_MAX = 256, ANSWER_BYTES_MAX = 4 << 20, SIZES = 2 };
static const int64_t day_ms = 86400000;

typedef struct session {
	engine *engine;
	engine_read *read;
	bench_random random;
	int64_t customers;
	cx_buf params, answer;
	cx_error error;
} session;

/* ---- what is asked ---- */

typedef void params_writer(session *self);

static void put(session *self, const char *name, int64_t value)
{
	cx_write_text(&self->params, name);
	cx_write_int(&self->params, value);
}

static void any_customer(session *self)
{
	cx_write_map(&self->params, 1);
	put(self, "customer", bench_random_id(&self->random, self->customers));
}

static void twenty_cards(session *self)
{
	cx_write_map(&self->params, 1);
	put(self, "cards", 20);
}

static int64_t any_instant(session *self)
{
	return FIRM_NOW_MS - bench_random_id(&self->random, (FIRM_DAYS - 30) * day_ms);
}

static void at_an_instant(session *self)
{
	cx_write_map(&self->params, 1);
	put(self, "at", any_instant(self));
}

static void a_month(session *self)
{
	const int64_t day = FIRM_TODAY - bench_random_id(&self->random, FIRM_DAYS - 30);
	cx_write_map(&self->params, 2);
	put(self, "from", day);
	put(self, "to", day);
}

static void a_year(session *self)
{
	cx_write_map(&self->params, 2);
	put(self, "from", FIRM_TODAY - 365);
	put(self, "to", FIRM_TODAY);
}

static const struct question {
	const char *what;
	const char *report;
	params_writer *params;
} questions[] = {
	{ "customer, any", "customer", any_customer },
	{ "board, 20 cards", "board", twenty_cards },
	{ "pipeline, any instant", "pipeline", at_an_instant },
	{ "performance, a month", "performance", a_month },
	{ "performance, a year", "performance", a_year },
	{ "win_loss, a year", "win_loss", a_year },
};
enum { QUESTIONS = sizeof questions / sizeof *questions };

/* ---- measuring ---- */

typedef struct figures {
	bench_histogram times;
	uint64_t keys, fetched; /* most of a run */
} figures;

static uint64_t most(uint64_t one, uint64_t other)
{
	return one > other ? one : other;
}

/* The last two members of an answer. */
static cx_status read_counts(session *self, figures *ret)
{
	cx_reader reader = cx_reader_of(cx_buf_slice(&self->answer));
	for (uint32_t left = cx_read_map(&reader); left > 0 && !reader.failed; left--) {
		const cx_slice name = cx_read_str(&reader);
		if (cx_slice_equal(name, CX_SLICE_LITERAL("keys")))
			ret->keys = most(ret->keys, cx_read_uint(&reader));
		else if (cx_slice_equal(name, CX_SLICE_LITERAL("fetched")))
			ret->fetched = most(ret->fetched, cx_read_uint(&reader));
		else
			(void)cx_read_skip(&reader);
	}
	return reader.failed ? CX_MALFORMED : CX_OK;
}

static cx_status ask(session *self, const struct question *what, figures *ret)
{
	cx_buf_clear(&self->params);
	cx_buf_clear(&self->answer);
	what->params(self);
	const crm_report_request request = { .name = cx_slice_of(what->report),
		                             .params = cx_buf_slice(&self->params),
		                             .now_ms = FIRM_NOW_MS };
	const uint64_t begin = cx_clock_monotonic_ns();
	cx_status status = crm_report_run(self->read, &request, &self->answer, &self->error);
	bench_histogram_add(&ret->times, cx_clock_monotonic_ns() - begin);
	return status == CX_OK ? read_counts(self, ret) : status;
}

static cx_status measure(session *self, const struct question *what, double seconds,
                         figures *ret)
{
	cx_status status = ask(self, what, ret); /* warm */
	*ret = (figures){ .keys = 0 };
	const uint64_t end = cx_clock_monotonic_ns() + (uint64_t)(seconds * 1e9);
	do {
		if (status == CX_OK)
			status = ask(self, what, ret);
	} while (status == CX_OK && cx_clock_monotonic_ns() < end);
	return status;
}

static cx_status make_store(session *self, const char *path)
{
	const engine_options options = { .schema = crm_schema_text(), .rules = crm_rules() };
	cx_status status = engine_open(path, &options, &self->engine, &self->error);
	if (status == CX_OK && !engine_was_created(self->engine))
		return cx_fail(&self->error, CX_INVALID_ARGUMENT, "there is a store");
	if (status == CX_OK)
		status = bench_firm_make(self->engine, self->customers, &self->error);
	return status == CX_OK ? engine_read_begin(self->engine, &self->read) : status;
}

/* All reports over a firm of that size. */
static bool measure_firm(const char *path, int64_t customers, double seconds,
                         figures ret[QUESTIONS])
{
	session self = { .customers = customers,
		         .random = { .state = 1 },
		         .params = CX_BUF_INIT(PARAMS_BYTES_MAX),
		         .answer = CX_BUF_INIT(ANSWER_BYTES_MAX) };
	cx_status status = make_store(&self, path);
	for (size_t i = 0; i < QUESTIONS && status == CX_OK; i++)
		status = measure(&self, &questions[i], seconds, &ret[i]);
	if (status != CX_OK)
		fprintf(stderr, "cardex-bench: reports: %s: %s\n", cx_status_name(status),
		        self.error.text);
	const bool made = self.engine != NULL && engine_was_created(self.engine);
	engine_read_end(&self.read);
	engine_close(&self.engine);
	if (made)
		bench_scratch_remove(path);
	cx_buf_release(&self.params);
	cx_buf_release(&self.answer);
	return status == CX_OK;
}

/* ---- the table ---- */

static double us_of(const figures *self, unsigned per_mille)
{
	return (double)bench_histogram_at(&self->times, per_mille) / 1e3;
}

static void print(const figures *tenth, const figures *whole)
{
	printf("%-22s %12s %10s %10s %7s %10s %8s %8s\n", "report", "us at tenth", "us", "p99",
	       "ratio", "keys tenth", "keys", "records");
	for (size_t i = 0; i < QUESTIONS; i++)
		printf("%-22s %12.1f %10.1f %10.1f %7.2f %10llu %8llu %8llu\n",
		       questions[i].what, us_of(&tenth[i], 500), us_of(&whole[i], 500),
		       us_of(&whole[i], 990), us_of(&whole[i], 500) / us_of(&tenth[i], 500),
		       (unsigned long long)tenth[i].keys, (unsigned long long)whole[i].keys,
		       (unsigned long long)whole[i].fetched);
}

bool bench_reports(const char *path, double scale, double seconds)
{
	static figures tenth[QUESTIONS], whole[QUESTIONS];
	const int64_t customers = (int64_t)(100000 * scale);
	if (customers < 10) {
		fprintf(stderr, "cardex-bench: reports: --scale is 0.0001 at least\n");
		return false;
	}
	if (!measure_firm(path, customers / 10, seconds, tenth) ||
	    !measure_firm(path, customers, seconds, whole))
		return false;
	print(tenth, whole);
	return true;
}
