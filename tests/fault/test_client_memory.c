/* SPDX-License-Identifier: Apache-2.0 */
/* Every request for memory of the client library fails, once and for good, in a session with a
 * daemon that does not fail: each call says so or does its work, what it says was done is done,
 * nothing leaks or hangs, and the daemon serves the next connection. */
#include "base/cleanup.h"
#include "client/cardex.h"
#include "tests/fault/daemon_child.h"
#include "tests/fault/faults.h"
#include "tests/support/raw_store.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { POINTS_WANTED = 400, SECONDS_MAX = 20 };

static raw_store store;
static daemon_child daemon_;
static char uri[128];

static int start(void **state)
{
	(void)state;
	char option[160];
	raw_init(&store, NULL);
	snprintf(option, sizeof option, "listen.unix=%s/socket", store.folder);
	snprintf(uri, sizeof uri, "cardex+unix://%s/socket", store.folder);
	const char *const options[] = { option, NULL };
	daemon_child_start(&daemon_, store.folder, options, NULL, NULL);
	assert_true(daemon_child_send(&daemon_, wire("[0, 1, 'ping', []]")));
	return daemon_child_receive(&daemon_).size > 0 ? 0 : -1;
}

static int stop(void **state)
{
	(void)state;
	int code = daemon_child_stop(&daemon_, false);
	char log[128];
	snprintf(log, sizeof log, "%s.log", store.folder);
	unlink(log);
	raw_release(&store);
	return code;
}

/* What a session was told. */
typedef struct session {
	char key[32];
	bool connected;
	bool created;
	bool updated;
	bool batched;
} session;

static bool is_done(cardex_status status, const cardex_error *error)
{
	if (status == CARDEX_OK)
		return true;
	bool expected = status == CARDEX_NO_MEMORY || status == CARDEX_DISCONNECTED;
	if (!expected)
		print_error("%s: %s, after %s\n", cardex_status_name(status), error->message,
		            faults_hit());
	assert_true(expected);
	assert_true(faults_have_hit());
	return false;
}

static int64_t create(cardex_conn *conn, session *all)
{
	CX_SCOPED(cardex_doc_free) cardex_doc *fields = cardex_fields_new();
	cardex_error error = { .message = "" };
	cardex_outcome outcome;
	if (fields == NULL)
		return 0;
	cardex_set_text(fields, "name", "some name");
	cardex_set_text(fields, "ext_id", all->key);
	cardex_set_int(fields, "employees", 1);
	all->created =
		is_done(cardex_create(conn, "customer", fields, &outcome, &error), &error);
	return all->created ? outcome.id : 0;
}

static void update(cardex_conn *conn, session *all, int64_t id)
{
	CX_SCOPED(cardex_doc_free) cardex_doc *fields = cardex_fields_new();
	cardex_error error = { .message = "" };
	if (fields == NULL || id == 0)
		return;
	cardex_set_int(fields, "employees", 2);
	all->updated =
		is_done(cardex_update(conn, "customer", id, fields, NULL, &error), &error);
}

static void run_batch(cardex_conn *conn, session *all)
{
	CX_SCOPED(cardex_batch_free) cardex_batch *batch = cardex_batch_new();
	CX_SCOPED(cardex_doc_free) cardex_doc *fields = cardex_fields_new();
	CX_SCOPED(cardex_result_free) cardex_result *result = NULL;
	cardex_error error = { .message = "" };
	if (batch == NULL || fields == NULL)
		return;
	char key[40];
	snprintf(key, sizeof key, "%s-batch", all->key);
	cardex_set_text(fields, "name", "in a batch");
	cardex_set_text(fields, "ext_id", key);
	cardex_set_int(fields, "employees", 3);
	const cardex_request operation = { .method = CARDEX_METHOD_CREATE,
		                           .type = "customer",
		                           .fields = fields };
	(void)cardex_batch_add(batch, &operation);
	all->batched = is_done(cardex_batch_run(conn, batch, &result, &error), &error);
}

static void read_some(cardex_conn *conn)
{
	CX_SCOPED(cardex_result_free) cardex_result *page = NULL;
	CX_SCOPED(cardex_doc_free) cardex_doc *filter = NULL;
	CX_SCOPED(cardex_schema_free) cardex_schema *schema = NULL;
	cardex_error error = { .message = "" };
	if (is_done(cardex_filter_parse("employees > 0", NULL, &filter, &error), &error)) {
		const cardex_request query = { .method = CARDEX_METHOD_QUERY,
			                       .type = "customer",
			                       .filter = filter,
			                       .limit = 1,
			                       .allow_scan = true };
		if (is_done(cardex_query(conn, &query, &page, &error), &error))
			(void)is_done(cardex_next(conn, &page, &error), &error);
	}
	(void)is_done(cardex_schema_get(conn, "customer", &schema, &error), &error);
}

static void run_session(session *all)
{
	CX_SCOPED(cardex_close) cardex_conn *conn = NULL;
	cardex_error error = { .message = "" };
	all->connected = is_done(cardex_connect(uri, NULL, &conn, &error), &error);
	if (!all->connected)
		return;
	int64_t id = create(conn, all);
	update(conn, all, id);
	run_batch(conn, all);
	read_some(conn);
}

/* `employees` of the record; 0 when there is none. */
static int64_t employees(cardex_conn *conn, const char *key)
{
	CX_SCOPED(cardex_doc_free) cardex_doc *values = cardex_list_new();
	CX_SCOPED(cardex_result_free) cardex_result *result = NULL;
	cardex_error error = { .message = "" };
	cardex_add_text(values, key);
	cardex_status status =
		cardex_lookup(conn, "customer", "ext_id", values, &result, &error);
	if (status == CARDEX_NOT_FOUND)
		return 0;
	assert_int_equal(status, CARDEX_OK);
	return cardex_row_int(cardex_row_at(result, 0), "employees");
}

static void check_session(const session *all)
{
	CX_SCOPED(cardex_close) cardex_conn *conn = NULL;
	cardex_error error = { .message = "" };
	char key[40];
	assert_int_equal(cardex_connect(uri, NULL, &conn, &error), CARDEX_OK);
	int64_t found = employees(conn, all->key);
	assert_true(all->updated ? found == 2 : all->created ? found == 1 || found == 2 : true);
	snprintf(key, sizeof key, "%s-batch", all->key);
	found = employees(conn, key);
	assert_true(all->batched ? found == 3 : found == 0 || found == 3);
}

static unsigned run_point(fault how, unsigned point)
{
	char label[128];
	session all = { 0 };
	snprintf(label, sizeof label, "%s, request %u", fault_text(how), point);
	snprintf(all.key, sizeof all.key, "%s-%u", how.for_good ? "good" : "once", point);
	faults_deadline(SECONDS_MAX, label);
	faults_arm(how, point);
	run_session(&all);
	unsigned calls = faults_disarm();
	if (point == 0)
		assert_true(all.created && all.updated && all.batched);
	check_session(&all);
	return calls;
}

static void run_points(fault how)
{
	unsigned calls = run_point(how, 0);
	unsigned step = faults_step(calls, POINTS_WANTED);
	unsigned tried = 0;
	for (unsigned point = 1; point <= calls; point += step, tried++)
		(void)run_point(how, point);
	faults_deadline(0, "");
	print_message("%s: %u of %u\n", fault_text(how), tried, calls);
	assert_true(calls > 30);
}

static void every_request_may_fail_once(void **state)
{
	(void)state;
	run_points((fault){ .target = FAULT_MEMORY });
}

static void every_request_may_fail_for_good(void **state)
{
	(void)state;
	run_points((fault){ .target = FAULT_MEMORY, .for_good = true });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_request_may_fail_once),
		cmocka_unit_test(every_request_may_fail_for_good),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
