/* SPDX-License-Identifier: Apache-2.0 */
/* The keys and entries of the change log are these bytes, whatever else changes. */
#include "engine/core/handle.h"
#include "engine/log/log.h"
#include "tests/support/store_fixture.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <string.h>

static void append_hex(char *text, cx_slice bytes)
{
	size_t used = strlen(text);
	for (size_t i = 0; i < bytes.size; i++)
		used += (size_t)sprintf(text + used, "%02x", bytes.data[i]);
}

/* "key: entry\n…", keys in hexadecimal and entries as wire_show has them. */
static const char *show(store_fixture *f, engine__tree tree)
{
	static char text[8192];
	engine_read *read;
	text[0] = '\0';
	assert_int_equal(engine_read_begin(f->engine, &read), CX_OK);
	engine__cursor *cursor;
	assert_int_equal(engine__cursor_open(read->view, tree, ENGINE__FORWARD, &cursor),
	                 CX_OK);
	engine__pair pair;
	size_t count;
	while (engine__cursor_next(cursor, &pair, 1, &count) == CX_OK && count == 1) {
		append_hex(text, pair.key);
		if (pair.value.size > 0) {
			strcat(text, ": ");
			strcat(text, wire_show(pair.value));
		}
		strcat(text, "\n");
	}
	engine__cursor_close(&cursor);
	engine_read_end(&read);
	return text;
}

static void the_log_has_these_bytes(void **state)
{
	(void)state;
	static store_fixture f;
	fixture_open(&f, "type a { n int }\ntype b { a ref(a) on delete set_null }");
	f.now_ms = 1000;
	fixture_create(&f, "a", "{'n': 7}");
	fixture_create(&f, "b", "{'a': 1}");
	fixture_update(&f, "a", 1, "{'n': nil}");
	fixture_create(&f, "a", "{}");
	fixture_do(&f, FIXTURE_DELETE, "a", 1);
	fixture_do(&f, FIXTURE_UNDELETE, "a", 1);
	fixture_do(&f, FIXTURE_DELETE, "a", 2);
	fixture_do(&f, FIXTURE_PURGE, "a", 2);
	assert_string_equal(
		show(&f, f.engine->changes),
		"0000000000000001000000000000: [1, 1, 1, 1, 1000, 0, 1, [1, 1, 1000, nil, "
		"1000, nil, nil, nil, 7]]\n"
		"0000000000000002000000000000: [1, 2, 1, 1, 1001, 0, 1, [1, 1, 1001, nil, "
		"1001, nil, nil, nil, 1]]\n"
		"0000000000000003000000000000: [2, 1, 1, 2, 1002, 0, [[8, 7, nil]]]\n"
		"0000000000000004000000000000: [1, 1, 2, 1, 1003, 0, nil]\n"
		"0000000000000005000000000000: [3, 1, 1, 3, 1004, 0]\n"
		"0000000000000005000000010000: [2, 2, 1, 2, 1004, 0, [[8, 1, nil]]]\n"
		"0000000000000006000000000000: [4, 1, 1, 4, 1005, 0]\n"
		"0000000000000006000000010000: [2, 2, 1, 3, 1005, 0, [[8, nil, 1]]]\n"
		"0000000000000007000000000000: [3, 1, 2, 2, 1006, 0]\n"
		"0000000000000008000000000000: [5, 1, 2, 0, 1007, 0]\n");
	assert_string_equal(show(&f, f.engine->history),
	                    "00010000000000000001000000000000000100000000\n"
	                    "00010000000000000001000000000000000300000000\n"
	                    "00010000000000000001000000000000000500000000\n"
	                    "00010000000000000001000000000000000600000000\n"
	                    "00010000000000000002000000000000000400000000\n"
	                    "00010000000000000002000000000000000700000000\n"
	                    "00010000000000000002000000000000000800000000\n"
	                    "00020000000000000001000000000000000200000000\n"
	                    "00020000000000000001000000000000000500000001\n"
	                    "00020000000000000001000000000000000600000001\n");
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_log_has_these_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
