/* SPDX-License-Identifier: Apache-2.0 */
/* The client library against a cardexd of its own: what is written is read, page by page, and
 * errors arrive as what they are. */
#include "base/cleanup.h"
#include "client/cardex.h"
#include "tests/support/unit.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SKIPPED = 77, CUSTOMERS = 350 };

static struct {
	pid_t pid;
	char folder[64];
	char uri[128];
	cardex_conn *conn;
} daemon_;

static const char *program(void)
{
	static char path[1024];
	const char *bin = getenv("CARDEX_BIN");
	snprintf(path, sizeof path, "%s/cardexd", bin == NULL ? "." : bin);
	return path;
}

static void start(void)
{
	char store[96];
	char socket_path[96];
	snprintf(store, sizeof store, "%s/store", daemon_.folder);
	snprintf(socket_path, sizeof socket_path, "%s/socket", daemon_.folder);
	snprintf(daemon_.uri, sizeof daemon_.uri, "cardex+unix://%s", socket_path);
	daemon_.pid = fork();
	assert_true(daemon_.pid >= 0);
	if (daemon_.pid > 0)
		return;
	char log[96];
	snprintf(log, sizeof log, "%s/log", daemon_.folder);
	if (freopen(log, "a", stderr) != NULL)
		execl(program(), "cardexd", "--store", store, "--listen-unix", socket_path,
		      (char *)NULL);
	_exit(127);
}

static void connect_to_it(void)
{
	cardex_error error = { .message = "" };
	const cardex_options options = { .client_name = "test_client" };
	for (int i = 0; i < 2000; i++) {
		if (cardex_connect(daemon_.uri, &options, &daemon_.conn, &error) == CARDEX_OK)
			return;
		assert_int_equal(error.status, CARDEX_DISCONNECTED);
		assert_int_equal(waitpid(daemon_.pid, NULL, WNOHANG), 0);
		usleep(5000);
	}
	fail_msg("%s", error.message);
}

static int set_up(void **state)
{
	(void)state;
	strcpy(daemon_.folder, "/tmp/cardex-client-XXXXXX");
	assert_non_null(mkdtemp(daemon_.folder));
	start();
	connect_to_it();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	cardex_close(&daemon_.conn);
	kill(daemon_.pid, SIGTERM);
	int how = 0;
	waitpid(daemon_.pid, &how, 0);
	char command[128];
	snprintf(command, sizeof command, "rm -rf '%s'", daemon_.folder);
	int removed = system(command);
	return removed == 0 && WIFEXITED(how) && WEXITSTATUS(how) == 0 ? 0 : -1;
}

static void ok(cardex_status status, const cardex_error *error)
{
	if (status != CARDEX_OK)
		fail_msg("%s: %s", cardex_status_name(status), error->message);
}

static int64_t create(const char *type, const cardex_doc *fields)
{
	cardex_error error;
	cardex_outcome outcome;
	ok(cardex_create(daemon_.conn, type, fields, &outcome, &error), &error);
	assert_true(outcome.created && outcome.id > 0 && outcome.rev == 1);
	return outcome.id;
}

static void hello_tells_the_server(void **state)
{
	(void)state;
	cardex_error error;
	ok(cardex_ping(daemon_.conn, &error), &error);
	const cardex_value *hello = cardex_hello(daemon_.conn);
	assert_string_equal(cardex_value_text(cardex_value_member(hello, "server")), "cardex");
	const cardex_value *limits = cardex_value_member(hello, "limits");
	assert_true(cardex_value_int(cardex_value_member(limits, "request_bytes")) > 0);
}

static cardex_schema *get_schema(void)
{
	cardex_error error;
	cardex_schema *schema = NULL;
	ok(cardex_schema_get(daemon_.conn, NULL, &schema, &error), &error);
	return schema;
}

static void the_schema_is_the_tables_of_the_trade(void **state)
{
	(void)state;
	CX_SCOPED(cardex_schema_free) cardex_schema *schema = get_schema();
	const cardex_type *customer = cardex_schema_type(schema, "customer");
	assert_non_null(customer);
	assert_string_equal(customer->label_zh, "客户");
	assert_int_equal(cardex_type_field(customer, "owner")->kind, CARDEX_KIND_REF);
	assert_string_equal(cardex_type_field(customer, "owner")->target, "user");
	assert_int_equal(cardex_type_field(customer, "potential_base")->kind,
	                 CARDEX_KIND_MONEY);
	assert_true(cardex_type_field(customer, "lifecycle")->label_count == 4);
	assert_null(cardex_type_field(customer, "lifecycle")->state);
	const cardex_field *contacts = cardex_type_field(customer, "contact_count");
	assert_string_equal(contacts->rollup, "count of contact by customer");
	assert_string_equal(contacts->state, "readable");
	assert_true(cardex_type_index(customer, "tax_id")->unique);
	assert_string_equal(customer->fields[0].name, "id");
	assert_non_null(strstr(cardex_schema_text(schema), "type customer"));
	for (size_t i = 0; i < cardex_schema_type_count(schema); i++) {
		const cardex_type *type = cardex_schema_type_at(schema, i);
		for (size_t n = 0; n < type->field_count; n++)
			assert_int_not_equal(type->fields[n].kind, CARDEX_KIND_OTHER);
	}
}

static void what_is_created_is_got(void **state)
{
	(void)state;
	cardex_error error;
	CX_SCOPED(cardex_schema_free) cardex_schema *schema = get_schema();
	const cardex_type *type = cardex_schema_type(schema, "customer");
	CX_SCOPED(cardex_doc_free) cardex_doc *fields = cardex_fields_new();
	cardex_set_text(fields, "name", "杭州客户有限公司");
	cardex_set_text(fields, "tax_id", "91330100MA27X");
	const cardex_field *money = cardex_type_field(type, "potential_base");
	ok(cardex_set_from_text(fields, money, "1234567.80", &error), &error);
	cardex_set_int(fields, "employees", 42);
	int64_t id = create("customer", fields);

	for (int i = 0; i < 2; i++) { /* the second one without names */
		CX_SCOPED(cardex_result_free) cardex_result *got = NULL;
		ok(cardex_get(daemon_.conn, "customer", id, &got, &error), &error);
		const cardex_row *row = cardex_row_at(got, 0);
		assert_int_equal(cardex_row_int(row, "id"), id);
		assert_int_equal(cardex_row_int(row, "rev"), 1);
		assert_string_equal(cardex_row_text(row, "name"), "杭州客户有限公司");
		assert_int_equal(cardex_row_int(row, "potential_base"), 123456780);
		assert_string_equal(cardex_row_text(row, "lifecycle"), "prospect");
		assert_true(cardex_row_is_null(row, "deleted_at"));
		assert_null(cardex_result_misread(got));
		assert_int_equal(cardex_column_count(got), type->field_count);
	}
	CX_SCOPED(cardex_doc_free) cardex_doc *values = cardex_list_new();
	cardex_add_text(values, "91330100MA27X");
	CX_SCOPED(cardex_result_free) cardex_result *found = NULL;
	ok(cardex_lookup(daemon_.conn, "customer", "tax_id", values, &found, &error), &error);
	assert_int_equal(cardex_row_int(cardex_row_at(found, 0), "id"), id);
}

static void errors_are_what_they_are(void **state)
{
	(void)state;
	cardex_error error;
	cardex_result *result = NULL;
	cardex_conn *conn = daemon_.conn;
	assert_int_equal(cardex_get(conn, "customer", 999999, &result, &error),
	                 CARDEX_NOT_FOUND);
	assert_int_equal(cardex_get(conn, "costumer", 1, &result, &error), CARDEX_NO_TYPE);

	CX_SCOPED(cardex_doc_free) cardex_doc *empty = cardex_fields_new();
	assert_int_equal(cardex_create(conn, "customer", empty, NULL, &error), CARDEX_REQUIRED);
	assert_string_equal(error.field, "name");
	CX_SCOPED(cardex_doc_free) cardex_doc *fields = cardex_fields_new();
	cardex_set_text(fields, "name", "Twice");
	cardex_set_text(fields, "tax_id", "TWICE");
	(void)create("customer", fields);
	assert_int_equal(cardex_create(conn, "customer", fields, NULL, &error), CARDEX_UNIQUE);
	assert_string_equal(error.index, "tax_id");
	assert_false(error.retryable);
	cardex_set_int(fields, "tier", 1);
	assert_int_not_equal(cardex_create(conn, "customer", fields, NULL, &error), CARDEX_OK);

	CX_SCOPED(cardex_doc_free) cardex_doc *dangling = cardex_fields_new();
	cardex_set_int(dangling, "customer", 999999);
	cardex_set_text(dangling, "name", "Nobody");
	assert_int_equal(cardex_create(conn, "contact", dangling, NULL, &error),
	                 CARDEX_DANGLING_REFERENCE);
	const cardex_request unknown = { .type = "customer", .columns = "id, nmae" };
	assert_int_equal(cardex_query(conn, &unknown, &result, &error), CARDEX_NO_FIELD);
}

static void revisions_guard_a_record(void **state)
{
	(void)state;
	cardex_error error;
	cardex_outcome outcome;
	CX_SCOPED(cardex_doc_free) cardex_doc *fields = cardex_fields_new();
	cardex_set_text(fields, "name", "Guarded");
	cardex_set_text(fields, "ext_id", "guarded");
	int64_t id = create("customer", fields);
	CX_SCOPED(cardex_doc_free) cardex_doc *patch = cardex_fields_new();
	cardex_set_text(patch, "city", "Ulm");
	ok(cardex_update(daemon_.conn, "customer", id, patch, &outcome, &error), &error);
	assert_true(outcome.rev == 2 && !outcome.created);
	const cardex_request guarded = { .method = CARDEX_METHOD_UPDATE,
		                         .type = "customer",
		                         .id = id,
		                         .fields = patch,
		                         .if_rev = 1 };
	cardex_result *result = NULL;
	assert_int_equal(cardex_call(daemon_.conn, &guarded, &result, &error),
	                 CARDEX_CONFLICT_REV);
	CX_SCOPED(cardex_doc_free) cardex_doc *upsert = cardex_fields_new();
	cardex_set_text(upsert, "ext_id", "guarded");
	cardex_set_text(upsert, "city", "Neu-Ulm");
	ok(cardex_upsert(daemon_.conn, "customer", "ext_id", upsert, &outcome, &error), &error);
	assert_true(outcome.id == id && outcome.rev == 3 && !outcome.created);

	ok(cardex_delete(daemon_.conn, "customer", id, &outcome, &error), &error);
	assert_int_equal(cardex_get(daemon_.conn, "customer", id, &result, NULL),
	                 CARDEX_NOT_FOUND);
	const cardex_request deleted = {
		.method = CARDEX_METHOD_GET, .type = "customer", .id = id, .deleted = true
	};
	CX_SCOPED(cardex_result_free) cardex_result *got = NULL;
	ok(cardex_call(daemon_.conn, &deleted, &got, &error), &error);
	assert_false(cardex_row_is_null(cardex_row_at(got, 0), "deleted_at"));
	ok(cardex_undelete(daemon_.conn, "customer", id, &outcome, &error), &error);
	assert_int_equal(cardex_purge(daemon_.conn, "customer", id, NULL, &error),
	                 CARDEX_INVALID_ARGUMENT);
	ok(cardex_delete(daemon_.conn, "customer", id, NULL, &error), &error);
	ok(cardex_purge(daemon_.conn, "customer", id, &outcome, &error), &error);
	assert_int_equal(outcome.rev, 0);
}

static void a_batch_is_all_or_nothing(void **state)
{
	(void)state;
	cardex_error error;
	CX_SCOPED(cardex_batch_free) cardex_batch *batch = cardex_batch_new();
	CX_SCOPED(cardex_doc_free) cardex_doc *customer = cardex_fields_new();
	cardex_set_text(customer, "name", "Batch");
	const cardex_request first = { .method = CARDEX_METHOD_CREATE,
		                       .type = "customer",
		                       .fields = customer };
	CX_SCOPED(cardex_doc_free) cardex_doc *contact = cardex_fields_new();
	cardex_set_outcome(contact, "customer", cardex_batch_add(batch, &first));
	cardex_set_text(contact, "name", "Anna");
	const cardex_request second = { .method = CARDEX_METHOD_CREATE,
		                        .type = "contact",
		                        .fields = contact };
	(void)cardex_batch_add(batch, &second);
	CX_SCOPED(cardex_result_free) cardex_result *result = NULL;
	ok(cardex_batch_run(daemon_.conn, batch, &result, &error), &error);
	cardex_outcome outcomes[2];
	assert_true(cardex_result_outcome(result, 0, &outcomes[0]));
	assert_true(cardex_result_outcome(result, 1, &outcomes[1]));
	CX_SCOPED(cardex_result_free) cardex_result *got = NULL;
	ok(cardex_get(daemon_.conn, "contact", outcomes[1].id, &got, &error), &error);
	assert_int_equal(cardex_row_int(cardex_row_at(got, 0), "customer"), outcomes[0].id);

	uint64_t before = 0;
	uint64_t after = 0;
	ok(cardex_count(daemon_.conn, "customer", NULL, &before, &error), &error);
	const cardex_request wrong = { .method = CARDEX_METHOD_DELETE,
		                       .type = "customer",
		                       .id = 999999 };
	(void)cardex_batch_add(batch, &wrong);
	assert_int_equal(cardex_batch_run(daemon_.conn, batch, NULL, &error), CARDEX_NOT_FOUND);
	assert_non_null(strstr(error.message, "operation 2"));
	ok(cardex_count(daemon_.conn, "customer", NULL, &after, &error), &error);
	assert_int_equal(before, after);
}

/* Counts answers; fails at the first that is none. */
static void count_answer(void *context, cardex_status status, cardex_result *result,
                         const cardex_error *error)
{
	ok(status, error);
	cardex_outcome outcome;
	assert_true(cardex_result_outcome(result, 0, &outcome) && outcome.created);
	cardex_result_free(&result);
	++*(int *)context;
}

static void a_pipeline_is_answered_whole(void **state)
{
	(void)state;
	cardex_error error;
	int answered = 0;
	for (int i = 0; i < CUSTOMERS; i++) {
		CX_SCOPED(cardex_doc_free) cardex_doc *fields = cardex_fields_new();
		char name[32];
		snprintf(name, sizeof name, "Piped %05d", i);
		cardex_set_text(fields, "name", name);
		cardex_set_text(fields, "region", "pipeline");
		cardex_set_int(fields, "potential_base", 100 * i);
		const cardex_request request = { .method = CARDEX_METHOD_CREATE,
			                         .type = "customer",
			                         .fields = fields };
		ok(cardex_submit(daemon_.conn, &request, count_answer, &answered, &error),
		   &error);
		ok(cardex_wait(daemon_.conn, 99, -1, &error), &error);
	}
	ok(cardex_wait(daemon_.conn, 0, 30000, &error), &error);
	assert_int_equal(answered, CUSTOMERS);
	assert_int_equal(cardex_unanswered(daemon_.conn), 0);
}

static cardex_doc *parse(const char *text)
{
	cardex_error error;
	CX_SCOPED(cardex_schema_free) cardex_schema *schema = get_schema();
	cardex_doc *filter = NULL;
	ok(cardex_filter_parse(text, cardex_schema_type(schema, "customer"), &filter, &error),
	   &error);
	return filter;
}

static void pages_concatenate_to_the_whole(void **state)
{
	(void)state;
	cardex_error error;
	CX_SCOPED(cardex_doc_free) cardex_doc *filter = parse("region = 'pipeline'");
	const cardex_request query = {
		.type = "customer",
		.filter = filter,
		.order = "name",
		.limit = 100,
		.columns = "name, potential_base",
		.allow_scan = true,
		.with_count = true,
	};
	cardex_result *page = NULL;
	ok(cardex_query(daemon_.conn, &query, &page, &error), &error);
	assert_int_equal(cardex_result_page(page)->count, CUSTOMERS);
	assert_true(cardex_result_page(page)->seq > 0);
	size_t seen = 0;
	for (;;) {
		for (size_t i = 0; i < cardex_row_count(page); i++, seen++) {
			char name[32];
			snprintf(name, sizeof name, "Piped %05zu", seen);
			const cardex_row *row = cardex_row_at(page, i);
			assert_string_equal(cardex_row_text(row, "name"), name);
			assert_int_equal(cardex_row_int(row, "potential_base"), 100 * seen);
		}
		if (!cardex_result_page(page)->more)
			break;
		assert_string_equal(cardex_result_page(page)->reason, "limit");
		ok(cardex_next(daemon_.conn, &page, &error), &error);
	}
	assert_string_equal(cardex_result_page(page)->reason, "done");
	assert_int_equal(seen, CUSTOMERS);
	cardex_result_free(&page);
}

static const struct {
	const char *filter;
	uint64_t count;
} counted[] = {
	{ "region = 'pipeline'", CUSTOMERS },
	{ "region = 'pipeline' and potential_base >= 100", CUSTOMERS - 100 },
	{ "region = 'pipeline' and potential_base < 100.00", 100 },
	{ "region = 'pipeline' and potential_base between 1 and 2.50", 3 - 1 },
	{ "region = 'pipeline' and not potential_base < 100", CUSTOMERS - 100 },
	{ "region = 'pipeline' and name ~^ 'PIPED 0000'", 10 },
	{ "region = 'pipeline' and name prefix 'piped'", 0 },
	{ "region = 'pipeline' and (name =~ 'piped 00001' or name = 'Piped 00002')", 2 },
	{ "region = 'pipeline' and city is not null", 0 },
	{ "region = 'pipeline' and city is null and lifecycle in (prospect, active)",
	  CUSTOMERS },
	{ "region = 'pipeline' and created_at < 2000-01-01", 0 },
};

static void filters_mean_what_they_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof counted / sizeof counted[0]; i++) {
		cardex_error error;
		CX_SCOPED(cardex_doc_free) cardex_doc *filter = parse(counted[i].filter);
		const cardex_request request = { .method = CARDEX_METHOD_COUNT,
			                         .type = "customer",
			                         .filter = filter,
			                         .allow_scan = true };
		CX_SCOPED(cardex_result_free) cardex_result *result = NULL;
		ok(cardex_call(daemon_.conn, &request, &result, &error), &error);
		int64_t count = cardex_value_int(cardex_result_value(result));
		if ((uint64_t)count != counted[i].count)
			fail_msg("%s: %lld", counted[i].filter, (long long)count);
	}
}

static void the_server_tells_its_plan_and_figures(void **state)
{
	(void)state;
	cardex_error error;
	const cardex_request query = { .type = "customer",
		                       .explain = CARDEX_EXPLAIN_REJECTED,
		                       .limit = 5 };
	CX_SCOPED(cardex_result_free) cardex_result *plan = NULL;
	ok(cardex_query(daemon_.conn, &query, &plan, &error), &error);
	assert_non_null(cardex_value_member(cardex_result_value(plan), "plan"));
	CX_SCOPED(cardex_result_free) cardex_result *stats = NULL;
	ok(cardex_stats(daemon_.conn, &stats, &error), &error);
	assert_non_null(cardex_value_member(cardex_result_value(stats), "seq"));
	CX_SCOPED(cardex_result_free) cardex_result *check = NULL;
	ok(cardex_check(daemon_.conn, &check, &error), &error);
	const cardex_value *report = cardex_result_value(check);
	assert_int_equal(cardex_value_int(cardex_value_member(report, "findings")), 0);
	assert_true(cardex_value_int(cardex_value_member(report, "records")) >= CUSTOMERS);
}

static void a_schema_changes_and_its_indexes_are_shown(void **state)
{
	(void)state;
	cardex_error error;
	static const char own[] = "type visit { place string(40)  index (place) }";
	CX_SCOPED(cardex_result_free) cardex_result *plan = NULL;
	ok(cardex_schema_plan(daemon_.conn, own, "stored", &plan, &error), &error);
	const cardex_value *steps = cardex_value_member(cardex_result_value(plan), "steps");
	assert_int_equal(cardex_value_count(steps), 1);
	const cardex_value *step = cardex_value_at(steps, 0);
	assert_string_equal(cardex_value_text(cardex_value_member(step, "verdict")), "instant");
	assert_string_equal(cardex_value_text(cardex_value_member(step, "text")), "new type");

	CX_SCOPED(cardex_result_free) cardex_result *report = NULL;
	ok(cardex_schema_apply(daemon_.conn, own, NULL, false, &report, &error), &error);
	CX_SCOPED(cardex_result_free) cardex_result *indexes = NULL;
	ok(cardex_index_status(daemon_.conn, "visit", &indexes, &error), &error);
	const cardex_value *list = cardex_result_value(indexes);
	assert_int_equal(cardex_value_count(list), 2);
	assert_string_equal(
		cardex_value_text(cardex_value_member(cardex_value_at(list, 1), "state")),
		"readable");
	assert_int_equal(cardex_index_cancel(daemon_.conn, "visit", "place", &error),
	                 CARDEX_INVALID_ARGUMENT);
	CX_SCOPED(cardex_result_free) cardex_result *none = NULL;
	assert_int_equal(
		cardex_schema_apply(daemon_.conn, "type visit {", NULL, false, &none, &error),
		CARDEX_SCHEMA_SYNTAX);
	assert_null(none);
}

static void the_past_is_told(void **state)
{
	(void)state;
	cardex_error error;
	const cardex_request from_begin = { .types = "customer", .from = 1, .limit = 1 };
	CX_SCOPED(cardex_result_free) cardex_result *changes = NULL;
	ok(cardex_changes(daemon_.conn, &from_begin, &changes, &error), &error);
	const cardex_value *change =
		cardex_value_at(cardex_value_at(cardex_result_value(changes), 0), 0);
	assert_string_equal(cardex_value_text(cardex_value_member(change, "kind")), "create");
	const int64_t id = cardex_value_int(cardex_value_member(change, "id"));
	const int64_t seq = cardex_value_int(cardex_value_member(change, "seq"));

	CX_SCOPED(cardex_result_free) cardex_result *history = NULL;
	ok(cardex_history(daemon_.conn, "customer", id, (uint64_t)seq + 1, 0, &history, &error),
	   &error);
	assert_int_equal(cardex_value_count(cardex_value_at(cardex_result_value(history), 0)),
	                 1);

	CX_SCOPED(cardex_result_free) cardex_result *then = NULL;
	ok(cardex_as_of(daemon_.conn, "customer", id, (uint64_t)seq, 0, &then, &error), &error);
	CX_SCOPED(cardex_result_free) cardex_result *before = NULL;
	assert_int_equal(cardex_as_of(daemon_.conn, "customer", id, 0, 1, &before, &error),
	                 CARDEX_NOT_FOUND);
	assert_null(before);
}

static void a_request_over_the_limit_is_refused_here(void **state)
{
	(void)state;
	cardex_error error;
	const cardex_value *limits = cardex_value_member(cardex_hello(daemon_.conn), "limits");
	int64_t most = cardex_value_int(cardex_value_member(limits, "request_bytes"));
	char *text = calloc(1, (size_t)most + 1);
	assert_non_null(text);
	memset(text, 'a', (size_t)most);
	CX_SCOPED(cardex_doc_free) cardex_doc *fields = cardex_fields_new();
	cardex_set_text(fields, "name", text);
	free(text);
	assert_int_equal(cardex_create(daemon_.conn, "customer", fields, NULL, &error),
	                 CARDEX_TOO_LARGE);
	ok(cardex_ping(daemon_.conn, &error), &error);
}

typedef struct taken {
	uint64_t first;
	uint64_t last;
	size_t count;
	bool rows_end;
	size_t rows;
} taken;

static void take_change(void *context, const cardex_value *change)
{
	taken *self = context;
	const uint64_t seq = (uint64_t)cardex_value_int(cardex_value_member(change, "seq"));
	assert_true(self->count == 0 || seq == self->last + 1);
	if (self->count++ == 0)
		self->first = seq;
	self->last = seq;
}

static void take_row(void *context, const char *type, const cardex_value *names,
                     const cardex_value *row)
{
	taken *self = context;
	assert_string_equal(type, "customer");
	assert_string_equal(cardex_value_text(cardex_value_at(names, 1)), "rev");
	assert_true(cardex_value_int(cardex_value_at(row, 1)) > 0);
	self->rows++;
}

static void take_rows_end(void *context)
{
	((taken *)context)->rows_end = true;
}

static void until(const bool *done, const uint64_t *last, uint64_t seq)
{
	cardex_error error;
	for (int i = 0; i < 2000 && !(*done && *last >= seq); i++) {
		struct pollfd waiting = { .fd = cardex_fd(daemon_.conn),
			                  .events = cardex_events(daemon_.conn) };
		poll(&waiting, 1, 10);
		ok(cardex_process(daemon_.conn, &error), &error);
	}
	assert_true(*done && *last >= seq);
}

/* More notifications than there is credit at a time. */
static void changes_are_watched_and_a_watch_goes_on_elsewhere(void **state)
{
	(void)state;
	enum { CHANGES = 60 };
	cardex_error error;
	taken got = { 0 };
	const cardex_watch_handlers handlers = { .context = &got,
		                                 .on_change = take_change,
		                                 .on_row = take_row,
		                                 .on_rows_end = take_rows_end };
	cardex_request request = {
		.types = "customer", .columns = "name", .snapshot = true, .credit = 2
	};
	cardex_watcher *watcher = NULL;
	ok(cardex_watch(daemon_.conn, &request, &handlers, &watcher, &error), &error);
	uint64_t count = 0;
	ok(cardex_count(daemon_.conn, "customer", NULL, &count, &error), &error);
	until(&got.rows_end, &got.last, 0);
	assert_int_equal(got.rows, count);
	CX_SCOPED(cardex_doc_free) cardex_doc *fields = cardex_fields_new();
	cardex_set_text(fields, "name", "Watched");
	cardex_outcome outcome = { 0 };
	for (int i = 0; i < CHANGES; i++)
		ok(cardex_create(daemon_.conn, "customer", fields, &outcome, &error), &error);
	until(&got.rows_end, &got.last, outcome.seq);
	assert_int_equal(got.count, CHANGES);
	uint32_t part = 99;
	const uint64_t next = cardex_watcher_next(watcher, &part);
	assert_true(next == outcome.seq + 1 || (next == outcome.seq && part == 1));
	cardex_unwatch(&watcher);
	ok(cardex_create(daemon_.conn, "customer", fields, &outcome, &error), &error);
	ok(cardex_ping(daemon_.conn, &error), &error);
	assert_int_equal(got.count, CHANGES);

	request = (cardex_request){ .types = "customer", .from = next, .from_part = part };
	ok(cardex_watch(daemon_.conn, &request, &handlers, &watcher, &error), &error);
	until(&got.rows_end, &got.last, outcome.seq);
	assert_int_equal(got.count, CHANGES + 1);
	cardex_unwatch(&watcher);
}

static void a_killed_server_is_noticed_and_found_again(void **state)
{
	(void)state;
	cardex_error error;
	kill(daemon_.pid, SIGKILL);
	waitpid(daemon_.pid, NULL, 0);
	assert_int_equal(cardex_ping(daemon_.conn, &error), CARDEX_DISCONNECTED);
	assert_true(error.retryable);
	cardex_close(&daemon_.conn);
	start();
	connect_to_it();
	uint64_t count = 0;
	CX_SCOPED(cardex_doc_free) cardex_doc *filter = parse("name = 'Piped 00001'");
	const cardex_request query = { .type = "customer",
		                       .filter = filter,
		                       .allow_scan = true };
	CX_SCOPED(cardex_result_free) cardex_result *page = NULL;
	ok(cardex_query(daemon_.conn, &query, &page, &error), &error);
	count = cardex_row_count(page);
	assert_int_equal(count, 1); /* what was acknowledged is there */
}

int main(void)
{
	if (access(program(), X_OK) != 0) {
		printf("skipped: no %s\n", program());
		return SKIPPED;
	}
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hello_tells_the_server),
		cmocka_unit_test(the_schema_is_the_tables_of_the_trade),
		cmocka_unit_test(what_is_created_is_got),
		cmocka_unit_test(errors_are_what_they_are),
		cmocka_unit_test(revisions_guard_a_record),
		cmocka_unit_test(a_batch_is_all_or_nothing),
		cmocka_unit_test(a_pipeline_is_answered_whole),
		cmocka_unit_test(pages_concatenate_to_the_whole),
		cmocka_unit_test(filters_mean_what_they_say),
		cmocka_unit_test(the_server_tells_its_plan_and_figures),
		cmocka_unit_test(a_schema_changes_and_its_indexes_are_shown),
		cmocka_unit_test(the_past_is_told),
		cmocka_unit_test(a_request_over_the_limit_is_refused_here),
		cmocka_unit_test(changes_are_watched_and_a_watch_goes_on_elsewhere),
		cmocka_unit_test(a_killed_server_is_noticed_and_found_again),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
