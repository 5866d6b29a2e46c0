/* SPDX-License-Identifier: Apache-2.0 */
/* A store to which nobody writes any more gives back the memory of what it has merged, however
 * the merge ended and whoever looked at it meanwhile. */
#include "tests/support/raw_store.h"
#include "tests/support/unit.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
/* gcc has no header that declares it. */
size_t bytes_in_use(void) __asm__("__sanitizer_get_current_allocated_bytes");
#else
static size_t bytes_in_use(void)
{
	struct mallinfo2 all = mallinfo2();
	return all.uordblks + all.hblkhd;
}
#endif

enum {
	WRITES = 400,
	VALUE_BYTES = 16 * 1024,
	MUCH = WRITES * VALUE_BYTES / 2,
	LITTLE = MUCH / 4,
	TRIES = 1000,
	TRY_US = 10000,
};

static void write_much(raw_store *store)
{
	static uint8_t value[VALUE_BYTES];
	for (int i = 0; i < WRITES; i++) {
		char key[16];
		snprintf(key, sizeof key, "%06d", i);
		memset(value, i, sizeof value);
		assert_int_equal(raw_put(store, key, (cx_slice){ value, sizeof value }), CX_OK);
	}
}

static void begin(raw_store *store)
{
	raw_init(store, NULL);
	store->options = (engine__store_options){ .journal_bytes = 64 * 1024 * 1024,
		                                  .journal_age_ms = 300 };
	raw_open(store);
	assert_int_equal(raw_put(store, "first", raw_text("write")), CX_OK);
}

static bool comes_down_to(size_t bytes)
{
	for (int i = 0; i < TRIES; i++) {
		if (bytes_in_use() <= bytes)
			return true;
		usleep(TRY_US);
	}
	return false;
}

static void after_the_last_merge_memory_is_given_back(void **state)
{
	(void)state;
	raw_store store;
	begin(&store);
	size_t before = bytes_in_use();
	write_much(&store);
	assert_true(bytes_in_use() > before + MUCH);
	assert_true(comes_down_to(before + LITTLE));
	raw_release(&store);
}

static void what_a_view_held_beyond_the_merge_is_given_back(void **state)
{
	(void)state;
	raw_store store;
	begin(&store);
	size_t before = bytes_in_use();
	write_much(&store);
	engine__view *view;
	assert_int_equal(engine__view_begin(store.store, &view), CX_OK);
	engine__store_usage usage;
	do { /* until it is merged */
		usleep(TRY_US);
		assert_int_equal(engine__store_usage_get(store.store, &usage), CX_OK);
	} while (usage.unmerged_bytes > 0);
	usleep(TRY_US);
	assert_true(bytes_in_use() > before + MUCH);
	engine__view_end(&view);
	assert_true(comes_down_to(before + LITTLE));
	raw_release(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(after_the_last_merge_memory_is_given_back),
		cmocka_unit_test(what_a_view_held_beyond_the_merge_is_given_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
