/* SPDX-License-Identifier: Apache-2.0 */
/* What the callbacks of submitted requests were told, in the order in which they were. */
#pragma once

#include "tests/client/fake.h"

enum { JOURNAL_MAX = 2048, JOURNAL_TEXT_SIZE = 256 };

typedef struct journal {
	size_t count;
	struct journal_entry {
		int name; /* that submit_count() gave the request */
		cardex_status status;
		int64_t value;                   /* of an integer answer */
		char message[JOURNAL_TEXT_SIZE]; /* of a refusal */
	} entries[JOURNAL_MAX];
} journal;

extern journal told;

/* A reply callback that writes into `told`. */
void note(void *context, cardex_status status, cardex_result *result,
          const cardex_error *error);

/* The context for note() under which it writes `name`, 0 to JOURNAL_MAX - 1. */
void *named(int name);

extern const cardex_request count_request;

/* Submits count_request. */
void submit_count(fake *server, int name);

/* Connects, empties the journal and submits requests named 0, 1, … */
void open_with(fake *server, int requests);

/* Processes the connection, which must succeed. */
void process(fake *server);
