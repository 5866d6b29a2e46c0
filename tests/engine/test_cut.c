/* SPDX-License-Identifier: Apache-2.0 */
/* Texts longer than what a key holds: every operator finds by index what it finds by looking at
 * the texts, though their keys are cut before they differ. */
#include "base/msgpack.h"
#include "tests/support/store_fixture.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <string.h>

enum { TEXTS = 14, ROOM = 700 };

static const char SCHEMA[] = "type memo {\n"
			     "  n int  body text\n"
			     "  index (body)\n"
			     "  index down (body desc)\n"
			     "  index second (n, body)\n"
			     "  index second_down (n, body desc)\n"
			     "  index folded_body (body folded)\n"
			     "  index second_folded (n, body folded desc)\n"
			     "  unique once (body, n)\n"
			     "}\n";

/* In ascending order: those around the length that is cut, and those that differ beyond it. */
static char texts[TEXTS][ROOM];

static void make_texts(void)
{
	size_t count = 0;
	memset(texts, 'x', sizeof texts);
	static const size_t lengths[] = { 1, 460, 478, 479, 480, 481, 482, 483, 600 };
	for (size_t i = 0; i < CX_COUNT_OF(lengths); i++)
		texts[count++][lengths[i]] = '\0';
	for (char last = 'a'; count < TEXTS; last++) {
		texts[count][600] = last;
		texts[count++][601] = '\0';
	}
	for (size_t i = 1; i < count; i++)
		assert_true(strcmp(texts[i - 1], texts[i]) < 0);
}

static int setup(void **state)
{
	static store_fixture store;
	fixture_open(&store, SCHEMA);
	make_texts();
	fixture_begin(&store);
	for (size_t i = 0; i < TEXTS; i++) {
		char fields[2 * ROOM + 50];
		snprintf(fields, sizeof fields, "{'n': 1, 'body': '%s'}", texts[i]);
		assert_int_equal(fixture_create(&store, "memo", fields), i + 1);
	}
	fixture_commit(&store);
	*state = &store;
	return 0;
}

static int teardown(void **state)
{
	fixture_assert_sound(*state);
	fixture_close(*state);
	return 0;
}

static cx_status mark(void *context, const engine_row *row)
{
	bool *found = context;
	assert_true(row->id <= TEXTS);
	assert_false(found[row->id - 1]);
	found[row->id - 1] = true;
	return CX_OK;
}

static bool holds(const char *op, int order, size_t at, size_t pivot)
{
	if (strcmp(op, "=") == 0 || strcmp(op, "=~") == 0)
		return order == 0;
	if (strcmp(op, "<") == 0)
		return order < 0;
	if (strcmp(op, "<=") == 0)
		return order <= 0;
	if (strcmp(op, ">") == 0)
		return order > 0;
	if (strcmp(op, ">=") == 0)
		return order >= 0;
	return strncmp(texts[at], texts[pivot], strlen(texts[pivot])) == 0;
}

static void assert_found(store_fixture *store, engine_read *read, const char *op, size_t pivot,
                         const engine_index *index)
{
	char filter[ROOM + 100];
	snprintf(filter, sizeof filter, "['and', ['=', 'n', 1], ['%s', 'body', '%s']]", op,
	         texts[pivot]);
	const engine_query query = { .type = fixture_type(store, "memo"),
		                     .filter = wire(filter),
		                     .use_index = index,
		                     .allow_scan = true };
	bool found[TEXTS] = { false };
	engine_page page;
	assert_int_equal(engine_query_run(read, &query, mark, found, &page, NULL), CX_OK);
	uint64_t count;
	assert_int_equal(engine_query_count(read, &query, &count, NULL), CX_OK);
	assert_int_equal(count, page.rows);
	for (size_t i = 0; i < TEXTS; i++)
		if (found[i] != holds(op, strcmp(texts[i], texts[pivot]), i, pivot))
			fail_msg("%s text %zu by %s: text %zu", op, pivot, index->name, i);
}

static void every_operator_finds_texts_that_differ_beyond_the_cut(void **state)
{
	static const char *const ops[] = {
		"=", "<", "<=", ">", ">=", "prefix", "=~", "prefix~"
	};
	engine_read *read = NULL;
	store_fixture *store = *state;
	assert_int_equal(engine_read_begin(store->engine, &read), CX_OK);
	const engine_type *type = fixture_type(store, "memo");
	for (size_t o = 0; o < CX_COUNT_OF(ops); o++)
		for (size_t pivot = 0; pivot < TEXTS; pivot++)
			for (uint16_t i = 1; i < type->index_count; i++) /* not ext_id */
				assert_found(store, read, ops[o], pivot, &type->indexes[i]);
	engine_read_end(&read);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_operator_finds_texts_that_differ_beyond_the_cut),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
