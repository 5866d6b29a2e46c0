/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/client/journal.h"

#include "tests/support/unit.h"

#include <stdio.h>

journal told;

static int names[JOURNAL_MAX];

void *named(int name)
{
	assert_in_range(name, 0, JOURNAL_MAX - 1);
	names[name] = name;
	return &names[name];
}

void note(void *context, cardex_status status, cardex_result *result, const cardex_error *error)
{
	const int *name = context;
	assert_true(told.count < JOURNAL_MAX);
	struct journal_entry *entry = &told.entries[told.count++];
	*entry = (struct journal_entry){ .name = *name, .status = status };
	assert_int_equal(result != NULL, status == CARDEX_OK);
	if (result != NULL)
		entry->value = cardex_value_int(cardex_result_value(result));
	else
		snprintf(entry->message, sizeof entry->message, "%s", error->message);
	cardex_result_free(&result);
}

const cardex_request count_request = { .method = CARDEX_METHOD_COUNT, .type = "t" };

void submit_count(fake *server, int name)
{
	assert_int_equal(cardex_submit(server->conn, &count_request, note, named(name), NULL),
	                 CARDEX_OK);
}

void open_with(fake *server, int requests)
{
	told.count = 0;
	fake_open(server, NULL, NULL);
	for (int i = 0; i < requests; i++)
		submit_count(server, i);
	assert_int_equal(cardex_unanswered(server->conn), requests);
}

void process(fake *server)
{
	cardex_error error;
	if (cardex_process(server->conn, &error) != CARDEX_OK)
		fail_msg("%s", error.message);
}
