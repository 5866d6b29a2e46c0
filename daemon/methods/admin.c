/* SPDX-License-Identifier: Apache-2.0 */
/* schema.get, stats and check. */
#include "engine/admin.h"

#include "base/clock.h"
#include "daemon/methods/answers.h"
#include "daemon/methods/roster.h"
#include "daemon/version.h"
#include "engine/changes.h"

#include <inttypes.h>
#include <stdio.h>

enum { FINDINGS_BYTES_MAX = 1024 * 1024, NS_PER_MS = 1000 * 1000 };

cx_status daemon__answer_schema_get(daemon__call *call, cx_error *error)
{
	const engine_schema *schema = engine_read_schema(call->read);
	const proto_options *options = &call->request->options;
	bool one = (options->given & PROTO_BIT(ONLY_TYPE)) != 0;
	const engine_type *type = one ? engine_schema_type(schema, options->only_type) : NULL;
	if (one && type == NULL)
		return cx_fail(error, CX_NO_TYPE, "there is no record type %.*s",
		               CX_SLICE_ARG(options->only_type));

	cx_write_map(call->out, 4);
	cx_write_text(call->out, "types");
	cx_write_array(call->out, one ? 1 : schema->type_count);
	for (size_t i = 0; i < schema->type_count; i++)
		if (!one || &schema->types[i] == type)
			engine_type_describe(&schema->types[i], call->out);
	cx_write_text(call->out, "text");
	if (one)
		cx_write_nil(call->out);
	else
		cx_write_str(call->out, schema->text);
	cx_write_text(call->out, "own");
	if (one)
		cx_write_nil(call->out);
	else
		cx_write_str(call->out, engine_schema_own(schema));
	cx_write_text(call->out, "generation");
	cx_write_uint(call->out, engine_read_generation(call->read));
	return CX_OK;
}

static void write_figure(const char *name, uint64_t value, cx_buf *out)
{
	cx_write_text(out, name);
	cx_write_uint(out, value);
}

static void write_counters(daemon_counters *counters, cx_buf *out)
{
#define WRITE(name, text) write_figure(text, atomic_load(&counters->name), out);
	DAEMON_COUNTERS(WRITE)
#undef WRITE
}

static void write_load(daemon_context *context, cx_buf *out)
{
	write_figure("queue", atomic_load(&context->writes.jobs), out);
	write_figure("queue_bytes", atomic_load(&context->writes.bytes), out);
	write_figure("long_reads", atomic_load(&context->long_reads.jobs), out);
}

static void write_watches(daemon_context *context, uint64_t seq, cx_buf *out)
{
	const daemon__roster_total total = daemon__roster_count(&context->watches, seq);
	write_figure("watches", total.watches, out);
	write_figure("watches_waiting", total.waiting, out);
	write_figure("watches_behind", total.behind, out);
	write_figure("watches_bytes", total.bytes, out);
}

static void write_store(const engine_stats *stats, cx_buf *out)
{
	write_figure("map_bytes", stats->map_bytes, out);
	write_figure("file_bytes", stats->file_bytes, out);
	write_figure("reusable_bytes", stats->reusable_bytes, out);
	write_figure("unmerged_bytes", stats->unmerged_bytes, out);
	write_figure("disk_free_bytes", stats->disk_free_bytes, out);
	write_figure("readers", stats->readers, out);
	cx_write_text(out, "low");
	cx_write_bool(out, stats->low);
}

static cx_status write_records(daemon__call *call)
{
	const engine_schema *schema = engine_read_schema(call->read);
	cx_write_map(call->out, schema->type_count);
	for (size_t i = 0; i < schema->type_count; i++) {
		uint64_t count = 0;
		cx_status status = engine_type_count(call->read, &schema->types[i], &count);
		if (status != CX_OK)
			return status;
		write_figure(schema->types[i].name, count, call->out);
	}
	return CX_OK;
}

cx_status daemon__answer_stats(daemon__call *call, cx_error *error)
{
	daemon_context *context = call->context;
	engine_stats stats;
	cx_status status = engine_stats_get(context->store, &stats);
	if (status != CX_OK)
		return cx_fail(error, status, "cannot read the figures of the store");

	enum {
		COUNTERS = 0
#define ONE(name, text) +1
		DAEMON_COUNTERS(ONE)
#undef ONE
	};
	cx_buf *out = call->out;
	cx_write_map(out, 3 + COUNTERS + 3 + 4 + 7 + 1);
	cx_write_text(out, "version");
	cx_write_text(out, daemon_version());
	write_figure("seq", engine_read_seq(call->read), out);
	write_figure("uptime_ms", (cx_clock_monotonic_ns() - context->started_ns) / NS_PER_MS,
	             out);
	write_counters(&context->counters, out);
	write_load(context, out);
	write_watches(context, engine_read_seq(call->read), out);
	write_store(&stats, out);
	cx_write_text(out, "records");
	return write_records(call);
}

/* The texts of the findings, as far as they fit. */
typedef struct findings {
	cx_buf texts;
	uint32_t count;
} findings;

static void take_finding(void *context, const char *text)
{
	findings *self = context;
	size_t size = self->texts.size;
	cx_write_text(&self->texts, text);
	if (cx_buf_status(&self->texts) == CX_OK)
		self->count++;
	else
		cx_buf_truncate(&self->texts, size);
}

static void release_findings(findings *self)
{
	cx_buf_release(&self->texts);
}

cx_status daemon__answer_check(daemon__call *call, cx_error *error)
{
	CX_SCOPED(release_findings)
	findings found = { .texts = CX_BUF_INIT(FINDINGS_BYTES_MAX) };
	engine_check_report report;
	cx_status status =
		engine_check(call->read, call->deadline_ns, take_finding, &found, &report);
	if (status != CX_OK)
		return cx_fail(error, status, "the check did not end: %s",
		               cx_status_text(status));
	const bool hashed = call->request->options.state_hash;
	uint64_t hash = 0;
	if (hashed)
		status = engine_state_hash(call->read, call->deadline_ns, &hash);
	if (status != CX_OK)
		return cx_fail(error, status, "the state hash was not finished: %s",
		               cx_status_text(status));
	if (report.findings > 0)
		DAEMON_LOG(ERROR, "store damaged", LOG_NUMBER("findings", report.findings));

	cx_buf *out = call->out;
	cx_write_map(out, hashed ? 6 : 5);
	write_figure("records", report.records, out);
	write_figure("entries", report.entries, out);
	write_figure("references", report.references, out);
	write_figure("findings", report.findings, out);
	cx_write_text(out, "texts");
	cx_write_array(out, found.count);
	cx_write_raw(out, cx_buf_slice(&found.texts));
	if (!hashed)
		return CX_OK;
	char text[17]; /* as text: numbers of replies stay under 2^53 */
	snprintf(text, sizeof text, "%016" PRIx64, hash);
	cx_write_text(out, "state_hash");
	cx_write_text(out, text);
	return CX_OK;
}
