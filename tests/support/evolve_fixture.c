/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/evolve_fixture.h"

#include "base/check.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <string.h>

enum { LINES_SIZE = 16 * 1024 };

static char lines[LINES_SIZE];

static void add_line(void *context, const engine_schema_step *step)
{
	(void)context;
	const size_t used = strlen(lines);
	const int size =
		snprintf(lines + used, LINES_SIZE - used, "%s%s %s%s%s: %s\n",
	                 engine_verdict_name(step->verdict), step->loses ? " (loses)" : "",
	                 step->type, step->name[0] != '\0' ? "." : "", step->name, step->text);
	assert_true(size > 0 && used + (size_t)size < LINES_SIZE);
}

const char *evolve_plan(store_fixture *self, const char *text)
{
	engine_read *read = NULL;
	engine_schema_report report;
	const engine_schema_text wanted = { .base = cx_slice_of(text) };
	lines[0] = '\0';
	assert_int_equal(engine_read_begin(self->engine, &read), CX_OK);
	cx_status status =
		engine_schema_plan(read, &wanted, add_line, NULL, &report, &self->error);
	engine_read_end(&read);
	if (status != CX_OK)
		snprintf(lines, sizeof lines, "%s: %s\n", cx_status_name(status),
		         self->error.text);
	return lines;
}

cx_status evolve_try(store_fixture *self, const char *text, bool may_lose)
{
	engine_schema_report report;
	const engine_schema_text wanted = { .base = cx_slice_of(text) };
	return engine_schema_apply(self->engine, &wanted, may_lose, NULL, NULL, &report,
	                           &self->error);
}

void evolve_apply(store_fixture *self, const char *text)
{
	cx_status status = evolve_try(self, text, true);
	if (status != CX_OK)
		fail_msg("%s: %s", cx_status_name(status), self->error.text);
}

bool evolve_step(store_fixture *self, uint64_t time_ns)
{
	engine_commit commit;
	bool more = false;
	assert_int_equal(engine_build_step(self->engine, time_ns, &commit, &more), CX_OK);
	assert_int_equal(engine_commit_wait(self->engine, commit), CX_OK);
	return more;
}

void evolve_build(store_fixture *self)
{
	while (evolve_step(self, 1000 * 1000))
		continue;
}

typedef struct wanted_index {
	const char *type;
	const char *index;
} wanted_index;

static cx_status take_state(void *context, const engine_index_status *status)
{
	const wanted_index *wanted = context;
	if (strcmp(status->type, wanted->type) != 0 ||
	    strcmp(status->index, wanted->index) != 0)
		return CX_OK;
	int used = snprintf(lines, sizeof lines, "%s", status->state);
	if (status->records > 0)
		used += snprintf(lines + used, sizeof lines - (size_t)used, ": %d of %d",
		                 (int)status->records_done, (int)status->records);
	if (status->reason[0] != '\0')
		used += snprintf(lines + used, sizeof lines - (size_t)used, ": %s",
		                 status->reason);
	if (status->duplicates > 0)
		used += snprintf(lines + used, sizeof lines - (size_t)used,
		                 " %d:", (int)status->duplicates);
	for (size_t i = 0; i < status->pair_count; i++)
		used += snprintf(lines + used, sizeof lines - (size_t)used, " %d=%d",
		                 (int)status->pairs[i].first, (int)status->pairs[i].second);
	return CX_OK;
}

const char *evolve_state(store_fixture *self, const char *type, const char *index)
{
	engine_read *read = NULL;
	wanted_index wanted = { .type = type, .index = index };
	lines[0] = '\0';
	assert_int_equal(engine_read_begin(self->engine, &read), CX_OK);
	assert_int_equal(engine_index_statuses(read, NULL, take_state, &wanted), CX_OK);
	engine_read_end(&read);
	return lines;
}
