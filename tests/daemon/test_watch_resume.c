/* SPDX-License-Identifier: Apache-2.0 */
/* A snapshot that is cut off goes on where it was: whatever the cuts are and whatever is
 * written meanwhile, no row comes twice, and who applies rows and changes has in the end the
 * records there are. */
#include "tests/daemon/served.h"
#include "tests/daemon/watching.h"
#include "tests/support/dice.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TYPES = 2, RECORDS = 4000, BEFORE = 1300, LIMIT = 5, ROUNDS = 12 };

static const char *const type_names[TYPES] = { "team", "customer" };

/* What is known of a record: of a customer its number of employees, of a team nothing more. */
typedef struct known {
	int64_t rev;
	int64_t value;
	bool there;
} known;

typedef struct world {
	dice dice;
	bool filters; /* customers with fewer than LIMIT employees are watched */
	int writer;
	int64_t last[TYPES];
	known truth[TYPES][RECORDS];
	known mirror[TYPES][RECORDS];
	int watcher;
	uint64_t from; /* of the first watch */
	int row_type;  /* of the last row taken; -1: none yet */
	int64_t row_id;
	bool rows_end;
	uint64_t seq; /* of the last change taken */
	int cuts;
} world;

static int64_t pick(world *self, int64_t below)
{
	return (int64_t)dice_below(&self->dice, (uint64_t)below);
}

/* ---- writing ---- */

static void write_one(world *self, const char *request, int type, int64_t id, bool there,
                      int64_t value)
{
	long long made, rev;
	const char *text = served_call(self->writer, request);
	if (sscanf(text, "[1, 1, nil, [%lld, %lld, ", &made, &rev) != 2)
		return; /* refused: deleted, or not deleted */
	assert_true(id == 0 || id == made);
	assert_in_range(made, 1, RECORDS - 1);
	if (id == 0)
		self->last[type] = made;
	known *record = &self->truth[type][made];
	*record = (known){ .rev = rev, .there = there, .value = record->value };
	if (value >= 0)
		record->value = value;
}

static void create_one(world *self, int type)
{
	char request[200];
	const int64_t value = pick(self, 2 * LIMIT);
	if (type == 0)
		snprintf(request, sizeof request,
		         "[0, 1, 'create', ['team', {'name': 't%" PRIu64 "'}]]",
		         dice_u64(&self->dice));
	else
		snprintf(request, sizeof request,
		         "[0, 1, 'create', ['customer', {'name': 'c', 'employees': %" PRId64
		         "}]]",
		         value);
	write_one(self, request, type, 0, true, type == 0 ? -1 : value);
}

static void change_one(world *self)
{
	static const char *const kinds[] = { "delete", "undelete" };
	char request[200];
	const int type = pick(self, 3) > 0;
	const int64_t id = 1 + pick(self, self->last[type]);
	const int64_t what = pick(self, 8);
	const int64_t value = pick(self, 2 * LIMIT);
	if (what < 2) {
		create_one(self, type);
	} else if (what < 4) {
		snprintf(request, sizeof request, "[0, 1, '%s', ['%s', %" PRId64 "]]",
		         kinds[what - 2], type_names[type], id);
		write_one(self, request, type, id, what == 3, -1);
	} else if (type == 0) {
		snprintf(request, sizeof request,
		         "[0, 1, 'update', ['team', %" PRId64 ", {'name': 'n%" PRIu64 "'}]]",
		         id, dice_u64(&self->dice));
		write_one(self, request, type, id, true, -1);
	} else {
		snprintf(request, sizeof request,
		         "[0, 1, 'update', ['customer', %" PRId64 ", {'employees': %" PRId64
		         "}]]",
		         id, value);
		write_one(self, request, type, id, true, value);
	}
}

/* ---- following ---- */

static void open_watch(world *self)
{
	char request[400];
	char resumed[200] = "";
	if (self->row_type >= 0)
		snprintf(resumed, sizeof resumed,
		         ", 'from': %" PRIu64 ", 'rows_after': ['%s', %" PRId64 "]", self->from,
		         type_names[self->row_type], self->row_id);
	snprintf(request, sizeof request,
	         "[0, 7, 'watch', [{'types': [%s'customer'], 'fields': ['employees'], %s"
	         "'snapshot': true, 'credit': 1%s}]]",
	         self->filters ? "" : "'team', ",
	         self->filters ? "'filter': ['<', 'employees', 5], " : "", resumed);
	self->watcher = served_connect();
	const char *text = served_call(self->watcher, request);
	unsigned long long seq;
	if (sscanf(text, "[1, 7, nil, [1, %llu]]", &seq) != 1)
		fail_msg("%s: %s", request, text);
	if (self->row_type < 0)
		self->from = seq + 1;
	self->seq = self->from - 1;
}

/* The rows of a notification; after `most` of them the connection is taken for lost. */
static void take_rows(world *self, const char *text, int64_t most)
{
	const int type = strncmp(text, "[2, 'row', [1, 'customer'", 25) == 0;
	const char *at = strstr(text, "'rev'");
	assert_non_null(at);
	at = strchr(at, ']') + 3; /* behind "], " */
	for (int64_t taken = 0; *++at == '[' && taken < most; taken++) {
		char *end;
		const int64_t id = strtoll(at + 1, &end, 10);
		const int64_t rev = strtoll(end + 2, &end, 10);
		const int64_t value = type == 0 ? 0 : strtoll(end + 2, &end, 10);
		if (type < self->row_type || (type == self->row_type && id <= self->row_id))
			fail_msg("%s %" PRId64 " comes behind %" PRId64, type_names[type], id,
			         self->row_id);
		assert_in_range(id, 1, RECORDS - 1);
		self->mirror[type][id] = (known){ .rev = rev, .value = value, .there = true };
		self->row_type = type;
		self->row_id = id;
		at = end + 1; /* behind the row */
		if (*at == ',')
			at++;
	}
	self->rows_end = most == INT64_MAX && strstr(text, "], false]]") != NULL;
}

static int64_t figure(const char *change, const char *key)
{
	const char *at = strstr(change, key);
	assert_non_null(at);
	return strtoll(at + strlen(key), NULL, 10);
}

static bool has(const char *change, const char *text)
{
	const char *at = strstr(change, text);
	const char *next = strstr(change + 1, "{'seq': ");
	return at != NULL && (next == NULL || at < next);
}

static void apply(world *self, const char *change)
{
	const int type = has(change, "'type': 'customer'");
	const int64_t id = figure(change, "'id': ");
	const int64_t rev = figure(change, "'rev': ");
	known *record = &self->mirror[type][id];
	if (rev <= record->rev)
		return;
	record->rev = rev;
	record->there = !has(change, "'kind': 'delete'") && !has(change, "'is': false");
	if (has(change, "'values': {'employees': "))
		record->value = figure(change, "'values': {'employees': ");
	else if (has(change, "'changed': {'employees': ["))
		record->value = figure(strstr(change, "'changed': "), ", ");
}

static void take_changes(world *self, const char *text)
{
	for (const char *at = text; (at = strstr(at, "{'seq': ")) != NULL; at++) {
		const uint64_t seq = (uint64_t)figure(at, "{'seq': ");
		assert_true(self->filters ? seq > self->seq : seq == self->seq + 1);
		self->seq = seq;
		apply(self, at);
	}
}

/* Writes, then takes what comes, or loses the connection in the middle of it. */
static void step(world *self)
{
	for (int64_t i = pick(self, 4); i > 0; i--)
		change_one(self);
	if (pick(self, 8) == 0) {
		close(self->watcher);
		for (int64_t i = pick(self, 30); i > 0; i--)
			change_one(self);
		open_watch(self);
		self->cuts++;
	}
	const char *text = served_receive(self->watcher);
	assert_begins(text, "[2, 'row', ");
	const bool cut = pick(self, 2) == 0;
	take_rows(self, text, cut ? pick(self, pick(self, 2) == 0 ? 20 : 500) : INT64_MAX);
	if (cut) {
		close(self->watcher);
		change_one(self);
		open_watch(self);
		self->cuts++;
		return;
	}
	assert_begins(served_call(self->watcher, "[0, 8, 'credit', [1, 1]]"), "[1, 8, nil, ");
}

static void compare(const world *self)
{
	for (int type = self->filters; type < TYPES; type++)
		for (int64_t id = 1; id <= self->last[type]; id++) {
			const known *is = &self->mirror[type][id];
			const known *should = &self->truth[type][id];
			const bool there =
				should->there && (!self->filters || should->value < LIMIT);
			if (is->there != there ||
			    (there && (is->rev != should->rev ||
			               (type == 1 && is->value != should->value))))
				fail_msg("%s %" PRId64 ": %d, rev %" PRId64 ", %" PRId64
				         " instead of %d, rev %" PRId64 ", %" PRId64,
				         type_names[type], id, is->there, is->rev, is->value,
				         there, should->rev, should->value);
		}
}

static void end_of_changes(world *self)
{
	char last[100];
	create_one(self, 1);
	long long seq;
	const char *text =
		served_call(self->writer, "[0, 1, 'create', ['customer', {'name': 'x', "
	                                  "'employees': 0}]]");
	assert_int_equal(sscanf(text, "[1, 1, nil, [%*d, %*d, %lld", &seq), 1);
	self->truth[1][++self->last[1]] = (known){ .rev = 1, .value = 0, .there = true };
	snprintf(last, sizeof last, "{'seq': %lld, ", seq);
	served_send(self->watcher, "[0, 8, 'credit', [1, 5000]]");
	for (bool ended = false; !ended;) {
		text = served_receive(self->watcher);
		if (strncmp(text, "[2, 'change', ", 14) == 0)
			take_changes(self, text);
		else if (strncmp(text, "[1, 8", 5) != 0)
			assert_begins(text, "[2, 'progress', ");
		ended = strstr(text, last) != NULL;
	}
}

static void follow_through_cuts(bool filters)
{
	static world self;
	self = (world){ .dice = dice_init(), .filters = filters };
	served_start((const char *const[]){ NULL });
	self.writer = served_connect();
	for (int i = 0; i < BEFORE; i++)
		create_one(&self, i % 4 > 0);
	for (int round = 0; round < ROUNDS; round++) {
		memset(self.mirror, 0, sizeof self.mirror);
		self.row_type = -1;
		self.rows_end = false;
		open_watch(&self);
		while (!self.rows_end)
			step(&self);
		end_of_changes(&self);
		compare(&self);
		close(self.watcher);
	}
	print_message("%d cuts\n", self.cuts);
	assert_true(self.cuts >= ROUNDS / 3);
	close(self.writer);
	served_stop();
}

static void rows_go_on_behind_any_cut_and_nothing_is_missing(void **state)
{
	(void)state;
	follow_through_cuts(false);
}

static void so_do_the_rows_of_a_filter(void **state)
{
	(void)state;
	follow_through_cuts(true);
}

static void what_cannot_be_gone_on_with_is_refused(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{ "{'rows_after': ['customer', 1]}",
		  "INVALID_ARGUMENT: rows_after goes on with" },
		{ "{'rows_after': ['customer', 1], 'snapshot': true}",
		  "INVALID_ARGUMENT: rows_after goes on with" },
		{ "{'rows_after': ['customer', 1], 'from': 1}",
		  "INVALID_ARGUMENT: rows_after goes on with" },
		{ "{'rows_after': ['customer'], 'from': 1, 'snapshot': true}",
		  "INVALID_ARGUMENT: rows_after: an array of" },
		{ "{'rows_after': ['customer', 0], 'from': 1, 'snapshot': true}",
		  "INVALID_ARGUMENT: rows_after: an array of" },
		{ "{'rows_after': ['customer', -1], 'from': 1, 'snapshot': true}",
		  "INVALID_ARGUMENT: rows_after: an array of" },
		{ "{'rows_after': ['nothing', 1], 'from': 1, 'snapshot': true}",
		  "NO_TYPE: rows_after: there is no record type nothing" },
		{ "{'rows_after': ['team', 1], 'types': ['customer'], 'from': 1, 'snapshot': "
		  "true}",
		  "INVALID_ARGUMENT: rows_after: team is not among the types" },
		{ "{'rows_after': ['customer', 1], 'from': 3, 'snapshot': true}",
		  "INVALID_ARGUMENT: from must lie between 1 and 2" },
	};
	served_start((const char *const[]){ NULL });
	int fd = served_connect();
	create(fd, "x");
	for (size_t i = 0; i < CX_COUNT_OF(cases); i++) {
		char request[300];
		char wanted[200];
		snprintf(request, sizeof request, "[0, 7, 'watch', [%s]]", cases[i][0]);
		snprintf(wanted, sizeof wanted, "[1, 7, '%s", cases[i][1]);
		assert_begins(served_call(fd, request), wanted);
	}
	close(fd);
	served_stop();
}

/* Behind the last record there is no row: the rows end at once. */
static void behind_the_last_row_the_changes_come(void **state)
{
	(void)state;
	served_start((const char *const[]){ NULL });
	int fd = served_connect();
	create(fd, "x");
	served_call(fd, "[0, 7, 'watch', [{'types': ['customer'], 'from': 1, 'snapshot': true, "
	                "'rows_after': ['customer', 9223372036854775807]}]]");
	assert_has(expect(fd, "[2, 'row', [1, 'customer', "), ", [], false]]");
	expect(fd, "[2, 'change', [1, [{'seq': 1, ");
	close(fd);
	served_stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_go_on_behind_any_cut_and_nothing_is_missing),
		cmocka_unit_test(so_do_the_rows_of_a_filter),
		cmocka_unit_test(what_cannot_be_gone_on_with_is_refused),
		cmocka_unit_test(behind_the_last_row_the_changes_come),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
