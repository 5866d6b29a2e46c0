/* SPDX-License-Identifier: Apache-2.0 */
/* A read that outlasts its slice leaves no trace in the reply, so it can be run again
 * elsewhere; the same read with a time of its own is answered. */
#include "crm/crm.h"
#include "daemon/methods/continuation.h"
#include "daemon/methods/method.h"
#include "engine/record.h"
#include "tests/daemon/scratch.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <string.h>

enum { RECORDS = 3000 };

static daemon_config config;
static daemon_context context = { .config = &config };
static daemon__signer *signer;
static engine_read *read_;

static void fill(void)
{
	const engine_type *team =
		engine_schema_type(engine_schema_of(context.store), cx_slice_of("team"));
	engine_write *write = NULL;
	assert_int_equal(engine_write_begin(context.store, &write), CX_OK);
	for (int i = 0; i < RECORDS; i++) {
		char text[64];
		engine_outcome outcome;
		engine_change change = { .author = { .now_ms = 1 } };
		snprintf(text, sizeof text, "{'name': 'T%d'}", i);
		assert_int_equal(
			engine_create(write, team, wire(text), &change, &outcome, NULL), CX_OK);
	}
	assert_int_equal(engine_write_commit(&write), CX_OK);
}

static int set_up(void **state)
{
	(void)state;
	char path[SCRATCH_PATH_SIZE];
	scratch_make();
	scratch_path("store", path);
	engine_options options = { .schema = crm_schema_text(),
		                   .map_bytes = 64 << 20,
		                   .any_filesystem = true };
	assert_int_equal(daemon_config_init(&config), CX_OK);
	assert_int_equal(engine_open(path, &options, &context.store, NULL), CX_OK);
	assert_int_equal(daemon__signer_new(engine_secret(context.store), &signer), CX_OK);
	fill();
	assert_int_equal(engine_read_begin(context.store, &read_), CX_OK);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	engine_read_end(&read_);
	daemon__signer_free(&signer);
	engine_close(&context.store);
	daemon_config_release(&config);
	scratch_remove();
	return 0;
}

static cx_status reply(const char *message, uint64_t deadline_ns, bool is_slice, cx_buf *out)
{
	proto_request request;
	assert_int_equal(proto_request_decode(wire(message), &request, NULL), CX_OK);
	daemon__call call = { .context = &context,
		              .request = &request,
		              .read = read_,
		              .signer = signer,
		              .deadline_ns = deadline_ns,
		              .is_slice = is_slice,
		              .out = out };
	return daemon__method_reply(&call, PROTO_ERRORS_STRING);
}

static const char count[] = "[0, 1, 'count', ['team', ['prefix', 'name', 'T1'], "
			    "{'allow_scan': true}]]";
static const char query[] = "[0, 1, 'query', ['team', {'filter': ['=', 'active', false], "
			    "'allow_scan': true}]]";

static const char aggregate[] = "[0, 1, 'aggregate', ['team', {'group': ['active'], "
				"'values': ['count', 'max(id)'], 'allow_scan': true}]]";

static void the_end_of_a_slice_leaves_no_trace(void **state)
{
	(void)state;
	static const char *const requests[] = { count, query, aggregate };
	for (size_t i = 0; i < CX_COUNT_OF(requests); i++) {
		CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1 << 20);
		cx_write_text(&out, "before");
		size_t before = out.size;
		assert_int_equal(reply(requests[i], 1, true, &out), CX_DEADLINE);
		assert_int_equal(out.size, before);
		assert_int_equal(cx_buf_status(&out), CX_OK);
	}
}

static void the_end_of_its_own_time_is_answered(void **state)
{
	(void)state;
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1 << 20);
	assert_int_equal(reply(count, 1, false, &out), CX_OK);
	assert_int_equal(strncmp(wire_show(cx_buf_slice(&out)), "[1, 1, 'DEADLINE: ", 18), 0);
	cx_buf_clear(&out);
	assert_int_equal(reply(aggregate, 1, false, &out), CX_OK);
	assert_int_equal(strncmp(wire_show(cx_buf_slice(&out)), "[1, 1, 'DEADLINE: ", 18), 0);
}

static void without_a_hurry_it_is_answered(void **state)
{
	(void)state;
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1 << 20);
	assert_int_equal(reply(count, 0, false, &out), CX_OK);
	assert_string_equal(wire_show(cx_buf_slice(&out)), "[1, 1, nil, 1111]");
	cx_buf_clear(&out);
	assert_int_equal(reply(aggregate, 0, false, &out), CX_OK);
	assert_non_null(strstr(wire_show(cx_buf_slice(&out)), "[[true, 3000, 3000]]"));
}

static void an_answer_too_large_is_an_error_instead(void **state)
{
	(void)state;
	for (size_t limit = 0; limit < 200; limit++) {
		CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(limit);
		assert_int_equal(
			reply("[0, 1, 'query', ['team', {'limit': 10}]]", 0, false, &out),
			CX_OK);
		assert_int_equal(
			strncmp(wire_show(cx_buf_slice(&out)), "[1, 1, 'TOO_LARGE: ", 19), 0);
		cx_buf_clear(&out);
		assert_int_equal(reply("[0, 1, 'aggregate', ['team', {'group': ['name'], "
		                       "'allow_scan': true}]]",
		                       0, false, &out),
		                 CX_OK);
		assert_int_equal(
			strncmp(wire_show(cx_buf_slice(&out)), "[1, 1, 'TOO_LARGE: ", 19), 0);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_end_of_a_slice_leaves_no_trace),
		TEST(the_end_of_its_own_time_is_answered),
		TEST(without_a_hurry_it_is_answered),
		TEST(an_answer_too_large_is_an_error_instead),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
