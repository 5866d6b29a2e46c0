/* SPDX-License-Identifier: Apache-2.0 */
/* Answers are kept with what they answered, told again, and dropped when they are old. */
#include "engine/answers.h"
#include "tests/support/store_fixture.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>

static const int64_t T0 = INT64_C(1700000000000);

static engine_request request_of(const char *sender, uint64_t number, const char *content)
{
	return (engine_request){ .sender = cx_slice_of(sender),
		                 .number = number,
		                 .content = cx_slice_of(content) };
}

static void keep(store_fixture *f, const engine_request *request, cx_slice answer,
                 int64_t now_ms)
{
	engine_write *write;
	assert_int_equal(engine_write_begin(f->engine, &write), CX_OK);
	assert_int_equal(engine_answer_keep(write, request, answer, now_ms), CX_OK);
	assert_int_equal(engine_write_commit(&write), CX_OK);
}

static cx_status find(store_fixture *f, const engine_request *request, cx_buf *out, bool *found)
{
	engine_read *read = fixture_read(f);
	cx_status status = engine_answer_find(read, request, out, found, &f->error);
	engine_read_end(&read);
	return status;
}

static void tells(store_fixture *f, const engine_request *request, const char *answer)
{
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1024);
	bool found;
	assert_int_equal(find(f, request, &out, &found), CX_OK);
	assert_true(found);
	assert_true(cx_slice_equal(cx_buf_slice(&out), cx_slice_of(answer)));
}

static bool has(store_fixture *f, const engine_request *request)
{
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1024);
	bool found;
	assert_int_equal(find(f, request, &out, &found), CX_OK);
	return found;
}

static int set_up(void **state)
{
	static store_fixture fixture;
	fixture_open(&fixture, "type thing { name string(9) }");
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	fixture_assert_sound(*state);
	fixture_close(*state);
	return 0;
}

static void it_is_told_again_after_a_restart(void **state)
{
	store_fixture *f = *state;
	const engine_request one = request_of("a", 1, "x");
	const engine_request other = request_of("b", 1, "y");
	assert_false(has(f, &one));
	keep(f, &one, CX_SLICE_LITERAL("yes"), T0);
	assert_false(has(f, &other));
	keep(f, &other, CX_SLICE_LITERAL(""), T0);
	fixture_reopen(f);
	tells(f, &one, "yes");
	tells(f, &other, "");
}

static void another_request_of_that_number_is_refused(void **state)
{
	store_fixture *f = *state;
	const engine_request one = request_of("a", 7, "x");
	const engine_request other = request_of("a", 7, "y");
	keep(f, &one, CX_SLICE_LITERAL("yes"), T0);
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1024);
	bool found;
	assert_int_equal(find(f, &other, &out, &found), CX_RID_REUSED);
	assert_int_equal(out.size, 0);
	assert_non_null(strstr(f->error.text, "number 7"));
}

static void it_goes_with_what_is_taken_back(void **state)
{
	store_fixture *f = *state;
	const engine_request one = request_of("a", 1, "x");
	engine_write *write;
	assert_int_equal(engine_write_begin(f->engine, &write), CX_OK);
	const engine_mark mark = engine_write_mark(write);
	assert_int_equal(engine_answer_keep(write, &one, CX_SLICE_LITERAL("yes"), T0), CX_OK);
	engine_write_rollback(write, mark);
	assert_int_equal(engine_write_commit(&write), CX_OK);
	assert_false(has(f, &one));
}

static void a_long_one_is_whole(void **state)
{
	store_fixture *f = *state;
	enum { SIZE = 200 * 1000 };
	uint8_t *bytes = malloc(SIZE);
	assert_non_null(bytes);
	for (size_t i = 0; i < SIZE; i++)
		bytes[i] = (uint8_t)(i * 7 + i / 251);
	const engine_request one = request_of("a", 1, "x");
	keep(f, &one, (cx_slice){ .data = bytes, .size = SIZE }, T0);
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(2 * SIZE);
	bool found;
	assert_int_equal(find(f, &one, &out, &found), CX_OK);
	assert_true(found);
	assert_int_equal(out.size, SIZE);
	assert_memory_equal(out.data, bytes, SIZE);
	free(bytes);
}

static void the_last_numbers_of_a_sender_are_kept(void **state)
{
	store_fixture *f = *state;
	const engine_request others = request_of("b", 1, "x");
	keep(f, &others, CX_SLICE_LITERAL("b"), T0);
	for (uint64_t i = 1; i <= ENGINE_ANSWERS_MAX + 50; i++) {
		const engine_request one = request_of("a", i, "x");
		keep(f, &one, CX_SLICE_LITERAL("a"), T0 + (int64_t)i);
	}
	for (uint64_t i = 1; i <= ENGINE_ANSWERS_MAX + 50; i++) {
		const engine_request one = request_of("a", i, "x");
		assert_int_equal(has(f, &one), i > 50);
	}
	tells(f, &others, "b");
}

static void after_a_day_it_may_go(void **state)
{
	store_fixture *f = *state;
	const engine_request old = request_of("a", 1, "x");
	const engine_request younger = request_of("a", 2, "x");
	const engine_request last = request_of("b", 1, "x");
	keep(f, &old, CX_SLICE_LITERAL("1"), T0);
	keep(f, &younger, CX_SLICE_LITERAL("2"), T0 + 10);
	keep(f, &last, CX_SLICE_LITERAL("3"), T0 + ENGINE_ANSWERS_KEPT_MS + 5);
	assert_false(has(f, &old));
	tells(f, &younger, "2");
	tells(f, &last, "3");
	/* and its number may be given again */
	keep(f, &old, CX_SLICE_LITERAL("4"), T0 + ENGINE_ANSWERS_KEPT_MS + 6);
	tells(f, &old, "4");
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(it_is_told_again_after_a_restart),
		WITH(another_request_of_that_number_is_refused),
		WITH(it_goes_with_what_is_taken_back),
		WITH(a_long_one_is_whole),
		WITH(the_last_numbers_of_a_sender_are_kept),
		WITH(after_a_day_it_may_go),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
