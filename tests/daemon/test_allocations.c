/* SPDX-License-Identifier: Apache-2.0 */
/* A daemon that has warmed up takes no memory for a read: whatever a request needs is of its
 * loop and used again. */
#include "base/msgpack.h"
#include "tests/daemon/allocations.h"
#include "tests/daemon/served.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CUSTOMERS = 40, ACTIVITIES = 60, WARM_UP = 50, TIMES = 200 };

static int fd;

static void create(const char *type, const char *fields)
{
	char request[1024];
	int size =
		snprintf(request, sizeof request, "[0, 1, 'create', ['%s', %s]]", type, fields);
	assert_in_range(size, 1, sizeof request - 1);
	const char *answer = served_call(fd, request);
	assert_int_equal(strncmp(answer, "[1, 1, nil, ", 12), 0);
}

static int set_up(void **state)
{
	(void)state;
	served_start(NULL);
	fd = served_connect();
	create("team", "{'name': 'A'}");
	create("user", "{'login': 'ann', 'name': 'Ann', 'team': 1}");
	char fields[256];
	for (int i = 0; i < CUSTOMERS; i++) {
		snprintf(fields, sizeof fields, "{'name': 'Customer %d', 'owner': 1}", i);
		create("customer", fields);
	}
	for (int i = 0; i < ACTIVITIES; i++) {
		snprintf(fields, sizeof fields,
		         "{'kind': 'call', 'subject': 'Asked for the offer', 'at': %d, "
		         "'customer': 1, 'owner': 1}",
		         i);
		create("activity", fields);
	}
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	close(fd);
	served_stop();
	return 0;
}

/* Receives one whole answer that is no error. */
static void receive_good(void)
{
	static uint8_t answer[1 << 20];
	const uint8_t head[] = { 0x94, 1, 1, 0xc0 };
	size_t size = 0;
	for (;;) {
		ssize_t more = recv(fd, answer + size, sizeof answer - size, 0);
		assert_true(more > 0);
		size += (size_t)more;
		cx_scan scan = CX_SCAN_INIT(((cx_scan_limits){ 1 << 30, 1 << 30, 32 }));
		size_t used;
		if (cx_scan_feed(&scan, (cx_slice){ answer, size }, &used) == CX_SCAN_WHOLE)
			break;
	}
	assert_true(size > sizeof head);
	assert_memory_equal(answer, head, sizeof head);
}

static void ask(cx_slice request, int times)
{
	for (int i = 0; i < times; i++) {
		served_send_bytes(fd, request.data, request.size);
		receive_good();
	}
}

static void claim_takes_nothing(const char *text)
{
	cx_slice request = wire(text);
	ask(request, WARM_UP);
	allocations_begin();
	ask(request, TIMES);
	assert_int_equal(allocations_end(), 0);
}

static void getting_a_record_takes_no_memory(void **state)
{
	(void)state;
	claim_takes_nothing("[0, 1, 'get', ['customer', 7]]");
	claim_takes_nothing("[0, 1, 'get', ['activity', 7, {'fields': ['at', 'kind']}]]");
}

static void looking_one_up_takes_none(void **state)
{
	(void)state;
	claim_takes_nothing("[0, 1, 'lookup', ['user', 'login', ['ann']]]");
}

/* A page that is followed by another, so that it has a continuation. */
static void the_timeline_of_a_customer_takes_none(void **state)
{
	(void)state;
	claim_takes_nothing("[0, 1, 'query', ['activity', {'filter': ['=', 'customer', 1], "
	                    "'order': ['at desc'], 'limit': 20}]]");
}

static void a_page_by_an_index_takes_none(void **state)
{
	(void)state;
	claim_takes_nothing("[0, 1, 'query', ['activity', {'filter': ['=', 'owner', 1], "
	                    "'order': ['at desc'], 'limit': 20}]]");
	claim_takes_nothing("[0, 1, 'count', ['activity', ['=', 'owner', 1]]]");
}

/* The proof that what is counted is what the daemon takes. */
static void a_write_is_seen_to_take_some(void **state)
{
	(void)state;
	allocations_begin();
	create("customer", "{'name': 'C', 'owner': 1}");
	assert_true(allocations_end() > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(getting_a_record_takes_no_memory),
		cmocka_unit_test(looking_one_up_takes_none),
		cmocka_unit_test(the_timeline_of_a_customer_takes_none),
		cmocka_unit_test(a_page_by_an_index_takes_none),
		cmocka_unit_test(a_write_is_seen_to_take_some),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
