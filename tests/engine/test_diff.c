/* SPDX-License-Identifier: Apache-2.0 */
/* What changes between two lists of entries is called once each, removes before inserts, and
 * what stays is left alone. */
#include "engine/index/diff.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <string.h>

/* What was called, as text: "-key" removed, "+key" inserted, "~key=value" changed. */
typedef struct call_log {
	char text[256];
	size_t size;
	unsigned allowed; /* calls until one fails */
} call_log;

static cx_status note(call_log *self, char what, const engine__entry *entry)
{
	if (self->allowed == 0)
		return CX_STORAGE_FULL;
	self->allowed--;
	int more = snprintf(self->text + self->size, sizeof self->text - self->size,
	                    "%c%u%.*s=%.*s ", what, entry->tree, CX_SLICE_ARG(entry->key),
	                    CX_SLICE_ARG(entry->value));
	assert_true(more > 0);
	self->size += (size_t)more;
	return CX_OK;
}

static cx_status note_remove(void *context, const engine__entry *entry)
{
	return note(context, '-', entry);
}

static cx_status note_insert(void *context, const engine__entry *entry)
{
	return note(context, '+', entry);
}

static cx_status note_change(void *context, const engine__entry *entry)
{
	return note(context, '~', entry);
}

/* Reads "1a=x 1b= 2c=": tree, key, value. */
static size_t parse(const char *text, engine__entry *entries)
{
	size_t count = 0;
	while (*text != '\0') {
		const char *equal = strchr(text, '=');
		assert_non_null(equal);
		size_t value = strcspn(equal + 1, " ");
		entries[count++] = (engine__entry){
			.tree = (uint16_t)(*text - '0'),
			.key = { (const uint8_t *)text + 1, (size_t)(equal - text) - 1 },
			.value = { (const uint8_t *)equal + 1, value },
		};
		text = equal + 1 + value;
		text += strspn(text, " ");
	}
	return count;
}

static cx_status diff(const char *before, const char *after, call_log *calls)
{
	engine__entry old[8];
	engine__entry new[8];
	size_t old_count = parse(before, old);
	size_t new_count = parse(after, new);
	const engine__edits edits = { .context = calls,
		                      .remove = note_remove,
		                      .insert = note_insert,
		                      .change = note_change };
	return engine__diff(old, old_count, new, new_count, &edits);
}

static const struct {
	const char *before;
	const char *after;
	const char *calls;
} table[] = {
	{ "", "", "" },
	{ "1a=", "1a=", "" },
	{ "1a=x", "1a=x", "" },
	{ "", "1a= 2a=", "+1a= +2a= " },
	{ "1a= 2a=", "", "-1a= -2a= " },
	{ "1a=x", "1a=y", "~1a=y " },
	{ "1a=x", "1a=", "~1a= " },
	{ "1a=", "1a=x", "~1a=x " },
	{ "1a=", "1b=", "-1a= +1b= " },
	{ "1b=", "1a=", "-1b= +1a= " },
	{ "1a=", "2a=", "-1a= +2a= " },
	{ "1a= 1b= 1c=", "1b=", "-1a= -1c= " },
	{ "1b=", "1a= 1b= 1c=", "+1a= +1c= " },
	{ "1a= 1c= 1e=", "1b= 1c= 1d=", "-1a= -1e= +1b= +1d= " },
	{ "1a=x 1b=x 2a=x", "1a=y 1b=x 2a=y", "~1a=y ~2a=y " },
	{ "1a= 3a=", "1a=y 2b= 3b=", "-3a= ~1a=y +2b= +3b= " },
	/* a key that begins another is another */
	{ "1a= 1ab=", "1a= 1abc=", "-1ab= +1abc= " },
};

static void what_changes_is_called_and_nothing_else(void **state)
{
	(void)state;
	for (size_t i = 0; i < CX_COUNT_OF(table); i++) {
		call_log calls = { .allowed = 99 };
		assert_int_equal(diff(table[i].before, table[i].after, &calls), CX_OK);
		assert_string_equal(calls.text, table[i].calls);
	}
}

static void the_first_edit_that_fails_is_the_last(void **state)
{
	(void)state;
	for (size_t i = 0; i < CX_COUNT_OF(table); i++) {
		call_log all = { .allowed = 99 };
		assert_int_equal(diff(table[i].before, table[i].after, &all), CX_OK);
		unsigned made = 99 - all.allowed;
		for (unsigned allowed = 0; allowed < made; allowed++) {
			call_log some = { .allowed = allowed };
			assert_int_equal(diff(table[i].before, table[i].after, &some),
			                 CX_STORAGE_FULL);
			assert_int_equal(some.allowed, 0);
			assert_memory_equal(some.text, all.text, some.size);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_changes_is_called_and_nothing_else),
		cmocka_unit_test(the_first_edit_that_fails_is_the_last),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
