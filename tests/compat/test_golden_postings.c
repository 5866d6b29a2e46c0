/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of the search tree are frozen: keys and values of postings, and the entry that says
 * what made them. Written by hand from engine/search/posting.h and engine/core/search_state.h.
 * A row is never changed; what is new is a new row. */
#include "engine/core/search_state.h"
#include "engine/search/posting.h"
#include "engine/token/version.h"
#include "tests/support/store_fixture.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <string.h>

static void postings_have_these_bytes(void **state)
{
	(void)state;
	static const struct {
		uint16_t type;
		int64_t id;
		const char *token;
		uint8_t flags;
		const char *key;
		const char *value;
	} rows[] = {
		{ 1, 1, "a", 0, "61 00 00 01 00 00 00 00 00 00 00 01", "" },
		{ 258, 9007199254740991, "acme", 1,
		  "61 63 6d 65 00 01 02 00 1f ff ff ff ff ff ff", "01" },
		{ 3, 256, "华东", 2, "e5 8d 8e e4 b8 9c 00 00 03 00 00 00 00 00 00 01 00",
		  "02" },
		{ 3, 256, "𠮷", 3, "f0 a0 ae b7 00 00 03 00 00 00 00 00 00 01 00", "03" },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		const engine_type type = { .id = rows[i].type };
		const engine__token token = { .bytes = cx_slice_of(rows[i].token),
			                      .flags = rows[i].flags };
		const cx_slice key = wire_hex(rows[i].key);
		const cx_slice value = wire_hex(rows[i].value);
		engine__posting_room room;
		const engine__pair pair =
			engine__posting_write(&type, rows[i].id, &token, &room);
		assert_true(cx_slice_equal(pair.key, key));
		assert_true(cx_slice_equal(pair.value, value));
		engine__posting back;
		assert_int_equal(engine__posting_read(&(engine__pair){ key, value }, &back),
		                 CX_OK);
		assert_true(cx_slice_equal(back.token, token.bytes));
		assert_int_equal(back.type, rows[i].type);
		assert_true(back.id == rows[i].id);
		assert_int_equal(back.flags, rows[i].flags);
	}
}

static void what_is_no_posting_is_refused(void **state)
{
	(void)state;
	static const char *const keys[] = {
		"00 00 01 00 00 00 00 00 00 00 01",    /* no token */
		"61 01 00 01 00 00 00 00 00 00 00 01", /* no 00 behind it */
		"61 00 00 01 00 00 00 00 00 00 00 00", /* no id */
		"61 00 00 01 ff 00 00 00 00 00 00 01",
	};
	for (size_t i = 0; i < CX_COUNT_OF(keys); i++) {
		engine__posting untouched = { .id = 77 };
		const engine__pair pair = { .key = wire_hex(keys[i]) };
		assert_int_equal(engine__posting_read(&pair, &untouched), CX_CORRUPT);
		assert_int_equal(untouched.id, 77);
	}
	engine__posting untouched = { .id = 77 };
	uint8_t key[ENGINE__POSTING_KEY_MAX + 1];
	memset(key, 'a', sizeof key);
	memset(key + ENGINE__TOKEN_BYTES_MAX + 1, 0, 10);
	key[sizeof key - 1] = 1;
	const engine__pair longer = { .key = { key, sizeof key } };
	assert_int_equal(engine__posting_read(&longer, &untouched), CX_CORRUPT);
	const engine__pair fat = { .key = wire_hex("61 00 00 01 00 00 00 00 00 00 00 01"),
		                   .value = wire_hex("01 00") };
	assert_int_equal(engine__posting_read(&fat, &untouched), CX_CORRUPT);
}

static void a_new_store_says_what_makes_its_index(void **state)
{
	(void)state;
	store_fixture store;
	fixture_open(&store, "type a { b string(9) search  c string(9) search(phone) "
	                     "d ts search(recency)  e string(9) }");
	fixture_begin(&store);
	cx_slice value;
	assert_int_equal(engine__view_get(store.write->read.view, store.engine->meta,
	                                  CX_SLICE_LITERAL("search"), &value),
	                 CX_OK);
	assert_int_equal(value.data[0], 0x95);
	assert_int_equal(value.data[1], ENGINE__TOKENIZER_VERSION);
	assert_int_equal(ENGINE__TOKENIZER_VERSION, 1); /* frozen with these rows */
	const cx_slice end = cx_slice_from(value, value.size - 13);
	/* bin 8: the hash; READY; an empty place */
	assert_true(cx_slice_equal((cx_slice){ end.data, 2 }, wire_hex("c4 08")));
	assert_true(cx_slice_equal(cx_slice_from(end, 10), wire_hex("00 c4 00")));
	fixture_commit(&store);
	fixture_close(&store);
}

static uint64_t hash_of(const char *schema)
{
	store_fixture store;
	fixture_open(&store, schema);
	const uint64_t hash = engine__searched_hash(engine_schema_of(store.engine));
	fixture_close(&store);
	return hash;
}

static void the_hash_tells_searched_fields_apart(void **state)
{
	(void)state;
	const uint64_t none = hash_of("type a { b string(9)  c string(9) }");
	const uint64_t one = hash_of("type a { b string(9) search  c string(9) }");
	assert_true(none == 0);
	assert_true(one != none);
	assert_true(one != hash_of("type a { b string(9)  c string(9) search }"));
	assert_true(one != hash_of("type a { b string(9) search(phone)  c string(9) }"));
	assert_true(one == hash_of("type a { b string(9) search  c string(12) }"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(postings_have_these_bytes),
		cmocka_unit_test(what_is_no_posting_is_refused),
		cmocka_unit_test(a_new_store_says_what_makes_its_index),
		cmocka_unit_test(the_hash_tells_searched_fields_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
