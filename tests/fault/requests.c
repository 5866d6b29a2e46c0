/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fault/requests.h"

#include "base/msgpack.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	KINDS = 5,
	BASE = REQUESTS / KINDS * 3, /* records that are there before */
	BASE_EMPLOYEES = 1000,
	EFFECTS_MAX = 3,
	WINDOW = 8,
	TEXT_BYTES = 12 * 1024, /* so that together they are more than a segment */
	ABSENT = -1,
	VERIFY_FIRST = 1000, /* of the message ids of look-ups */
};

/* A record, by its ext_id, and its field `employees`. */
typedef struct effect {
	char key[16];
	int64_t before;
	int64_t after;
	cx_slice look_up; /* the request for it */
} effect;

typedef struct request {
	cx_slice message;
	effect effects[EFFECTS_MAX];
	unsigned effect_count;
} request;

static request scenario[REQUESTS];

/* ---- making it ---- */

static void add_effect(request *self, const char *key, int64_t before, int64_t after)
{
	effect *one = &self->effects[self->effect_count++];
	*one = (effect){ .before = before, .after = after };
	snprintf(one->key, sizeof one->key, "%s", key);
	char text[160];
	snprintf(text, sizeof text,
	         "[0, %d, 'lookup', ['customer', 'ext_id', ['%s'], {'fields': ['employees']}]]",
	         VERIFY_FIRST, key);
	one->look_up = wire(text);
}

static void base_key(int record, char ret[16])
{
	snprintf(ret, 16, "base%d", record);
}

/* The bytes of the fields of a customer that is created. */
static const char *fields_of(const char *key, int employees)
{
	static char text[2][TEXT_BYTES + 256];
	static int next;
	next = 1 - next;
	int used = snprintf(text[next], sizeof text[next],
	                    "{'name': 'N %s', 'ext_id': '%s', 'employees': %d, "
	                    "'description': '",
	                    key, key, employees);
	memset(text[next] + used, 'x', TEXT_BYTES);
	strcpy(text[next] + used + TEXT_BYTES, "'}");
	return text[next];
}

static void make_create(int number, request *self, char *text, size_t size)
{
	char key[16];
	snprintf(key, sizeof key, "n%d", number);
	add_effect(self, key, ABSENT, number);
	snprintf(text, size, "[0, %d, 'create', ['customer', %s]]", number,
	         fields_of(key, number));
}

static void make_update(int number, request *self, char *text, size_t size)
{
	char key[16];
	int record = number / KINDS;
	base_key(record, key);
	add_effect(self, key, BASE_EMPLOYEES + record, number);
	snprintf(text, size, "[0, %d, 'update', ['customer', %d, {'employees': %d}]]", number,
	         record + 1, number);
}

static void make_batch(int number, request *self, char *text, size_t size)
{
	char keys[3][16];
	int record = REQUESTS / KINDS + number / KINDS;
	snprintf(keys[0], sizeof keys[0], "b%da", number);
	snprintf(keys[1], sizeof keys[1], "b%db", number);
	base_key(record, keys[2]);
	add_effect(self, keys[0], ABSENT, number);
	add_effect(self, keys[1], ABSENT, number);
	add_effect(self, keys[2], BASE_EMPLOYEES + record, number);
	snprintf(text, size,
	         "[0, %d, 'batch', [[['create', 'customer', %s], ['create', 'customer', %s], "
	         "['update', 'customer', %d, {'employees': %d}]]]]",
	         number, fields_of(keys[0], number), fields_of(keys[1], number), record + 1,
	         number);
}

static void make_delete(int number, request *self, char *text, size_t size)
{
	char key[16];
	int record = 2 * REQUESTS / KINDS + number / KINDS;
	base_key(record, key);
	add_effect(self, key, BASE_EMPLOYEES + record, ABSENT);
	snprintf(text, size,
	         record % 2 == 0 ? "[0, %d, 'delete', ['customer', %d]]"
	                         : "[0, %d, 'batch', [[['delete', 'customer', %d], "
	                           "['purge', 'customer', %d]]]]",
	         number, record + 1, record + 1);
}

static void make_read(int number, char *text, size_t size)
{
	if (number % 2 == 0)
		snprintf(text, size, "[0, %d, 'count', ['customer', nil]]", number);
	else
		snprintf(text, size,
		         "[0, %d, 'query', ['customer', {'limit': 5, 'fields': ['name']}]]",
		         number);
}

static void make_scenario(void)
{
	static char text[4 * TEXT_BYTES];
	if (scenario[0].message.size > 0)
		return;
	for (int number = 0; number < REQUESTS; number++) {
		request *self = &scenario[number];
		switch (number % KINDS) {
		case 0:
			make_create(number, self, text, sizeof text);
			break;
		case 1:
			make_update(number, self, text, sizeof text);
			break;
		case 2:
			make_batch(number, self, text, sizeof text);
			break;
		case 3:
			make_delete(number, self, text, sizeof text);
			break;
		default:
			make_read(number, text, sizeof text);
			break;
		}
		self->message = wire(text);
	}
}

/* ---- answers ---- */

typedef struct answer {
	int64_t number;
	cx_slice error;  /* text; no bytes = none */
	cx_slice result; /* bytes of it */
} answer;

/* False when the connection is closed. */
static bool receive(daemon_child *daemon, answer *ret)
{
	cx_slice message = daemon_child_receive(daemon);
	if (message.size == 0)
		return false;
	cx_reader reader = cx_reader_of(message);
	uint32_t elements = cx_read_array(&reader);
	if (elements == 3) { /* a notice: why the connection is closed */
		assert_int_equal(cx_read_int(&reader), 2);
		return receive(daemon, ret);
	}
	assert_int_equal(elements, 4);
	assert_int_equal(cx_read_int(&reader), 1);
	*ret = (answer){ .number = cx_read_int(&reader) };
	if (!cx_read_if_nil(&reader))
		ret->error = cx_read_str(&reader);
	ret->result = cx_read_skip(&reader);
	assert_false(reader.failed);
	return true;
}

static bool begins_with(cx_slice text, const char *with)
{
	size_t size = strlen(with);
	return text.size >= size && memcmp(text.data, with, size) == 0;
}

static void take(requests_outcome *all, const answer *got)
{
	assert_true(got->number >= 0 && got->number < REQUESTS);
	assert_int_equal(all->of[got->number], REQUEST_IN_DOUBT);
	if (got->error.size == 0) {
		all->of[got->number] = REQUEST_DONE;
	} else if (begins_with(got->error, "IO: ")) {
		all->told_io++;
	} else {
		bool expected = begins_with(got->error, "STORAGE_FULL: ") ||
		                begins_with(got->error, "NO_MEMORY: ") ||
		                begins_with(got->error, "BUSY: ");
		if (!expected)
			print_error("%.*s\n", CX_SLICE_ARG(got->error));
		assert_true(expected);
		all->of[got->number] = REQUEST_REFUSED;
	}
}

/* ---- running ---- */

void requests_run(daemon_child *daemon, requests_outcome *ret)
{
	make_scenario();
	*ret = (requests_outcome){ 0 };
	int sent = 0;
	int received = 0;
	while (received < REQUESTS) {
		while (sent < REQUESTS && sent - received < WINDOW) {
			(void)daemon_child_send(daemon, scenario[sent].message);
			sent++;
		}
		answer got;
		if (!receive(daemon, &got)) {
			ret->closed = true;
			break;
		}
		take(ret, &got);
		received++;
	}
	for (int i = 0; i < REQUESTS; i++) {
		ret->done += ret->of[i] == REQUEST_DONE;
		ret->refused += ret->of[i] == REQUEST_REFUSED;
		ret->in_doubt += ret->of[i] == REQUEST_IN_DOUBT;
	}
}

void requests_prepare(const char *folder)
{
	daemon_child daemon;
	daemon_child_start(&daemon, folder, NULL, NULL, NULL);
	for (int record = 0; record < BASE; record++) {
		char text[256];
		snprintf(text, sizeof text,
		         "[0, %d, 'create', ['customer', {'name': 'Base', 'ext_id': "
		         "'base%d', 'employees': %d}]]",
		         record, record, BASE_EMPLOYEES + record);
		assert_true(daemon_child_send(&daemon, wire(text)));
		answer got;
		assert_true(receive(&daemon, &got));
		assert_int_equal(got.error.size, 0);
	}
	assert_int_equal(daemon_child_stop(&daemon, false), 0);
	daemon_child_remove_log(folder);
}

/* ---- verifying ---- */

static int64_t look_up(daemon_child *daemon, const effect *what)
{
	answer got;
	assert_true(daemon_child_send(daemon, what->look_up));
	assert_true(receive(daemon, &got));
	if (got.error.size > 0) {
		if (!begins_with(got.error, "NOT_FOUND: "))
			print_error("%s: %.*s\n", what->key, CX_SLICE_ARG(got.error));
		assert_true(begins_with(got.error, "NOT_FOUND: "));
		return ABSENT;
	}
	cx_reader reader = cx_reader_of(got.result);
	assert_int_equal(cx_read_array(&reader), 3);
	cx_read_skip_many(&reader, 2);
	assert_int_equal(cx_read_array(&reader), 1);
	int64_t employees = cx_read_int(&reader);
	assert_false(reader.failed);
	return employees;
}

static const char *const fate_names[] = { "in doubt", "done", "refused" };

static void verify_request(daemon_child *daemon, int number, request_fate fate)
{
	const request *self = &scenario[number];
	unsigned happened = 0;
	for (unsigned i = 0; i < self->effect_count; i++) {
		const effect *one = &self->effects[i];
		int64_t value = look_up(daemon, one);
		assert_true(value == one->before || value == one->after);
		happened += value == one->after;
	}
	bool right = happened == 0 || happened == self->effect_count;
	if (fate != REQUEST_IN_DOUBT && self->effect_count > 0)
		right &= (happened > 0) == (fate == REQUEST_DONE);
	if (!right)
		print_error("request %d is %s, and %u of %u effects are there\n", number,
		            fate_names[fate], happened, self->effect_count);
	assert_true(right);
}

void requests_verify(const char *folder, const requests_outcome *outcome)
{
	daemon_child daemon;
	answer got;
	daemon_child_start(&daemon, folder, NULL, NULL, NULL);
	for (int number = 0; number < REQUESTS; number++)
		verify_request(&daemon, number, outcome->of[number]);
	assert_true(daemon_child_send(&daemon, wire("[0, 1, 'check', []]")));
	assert_true(receive(&daemon, &got));
	assert_int_equal(got.error.size, 0);
	assert_non_null(strstr(wire_show(got.result), "'findings': 0"));
	assert_true(
		daemon_child_send(&daemon, wire("[0, 2, 'create', ['team', {'name': 'T'}]]")));
	assert_true(receive(&daemon, &got));
	assert_int_equal(got.error.size, 0);
	assert_int_equal(daemon_child_stop(&daemon, false), 0);
}
