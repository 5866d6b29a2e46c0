/* SPDX-License-Identifier: Apache-2.0 */
/* Values are decoded in place: all that was sent is there, text is ended by a zero byte, and
 * asking for another kind gives nothing. */
#include "client/data/value.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdlib.h>
#include <string.h>

/* A decoded value and the memory it lives in. */
typedef struct decoded {
	cx_arena *arena;
	uint8_t *bytes;
	const cardex_value *value;
	cx_status status;
} decoded;

static decoded decode(cx_slice bytes)
{
	decoded self = { .bytes = malloc(bytes.size + 1) };
	assert_non_null(self.bytes);
	memcpy(self.bytes, bytes.data, bytes.size);
	assert_int_equal(cx_arena_new(64 * 1024 * 1024, &self.arena), CX_OK);
	self.status = cardex__value_decode(self.bytes, bytes.size, self.arena, &self.value);
	return self;
}

static void release(decoded *self)
{
	cx_arena_free(&self->arena);
	free(self->bytes);
}

/* Writes the tree again through the accessors. */
static void write_again(const cardex_value *value, cx_buf *out)
{
	size_t size = 0;
	const void *bytes = cardex_value_bytes(value, &size);
	switch (cardex_value_kind_of(value)) {
	case CARDEX_VALUE_NULL:
		cx_write_nil(out);
		return;
	case CARDEX_VALUE_BOOL:
		cx_write_bool(out, cardex_value_bool(value));
		return;
	case CARDEX_VALUE_INT:
		cx_write_int(out, cardex_value_int(value));
		return;
	case CARDEX_VALUE_FLOAT:
		cx_write_float(out, cardex_value_float(value));
		return;
	case CARDEX_VALUE_TEXT:
		assert_int_equal(strlen(cardex_value_text(value)), size);
		cx_write_text(out, cardex_value_text(value));
		return;
	case CARDEX_VALUE_BYTES:
		cx_write_bin(out, (cx_slice){ .data = bytes, .size = size });
		return;
	case CARDEX_VALUE_LIST:
		cx_write_array(out, cardex_value_count(value));
		for (size_t i = 0; i < cardex_value_count(value); i++)
			write_again(cardex_value_at(value, i), out);
		return;
	case CARDEX_VALUE_MAP:
		cx_write_map(out, cardex_value_count(value));
		for (size_t i = 0; i < cardex_value_count(value); i++) {
			write_again(cardex_value_key(value, i), out);
			write_again(cardex_value_at(value, i), out);
		}
		return;
	}
	fail();
}

static const char *const samples[] = {
	"nil",
	"true",
	"false",
	"0",
	"-1",
	"9223372036854775807",
	"-9223372036854775808",
	"2.5",
	"''",
	"'text'",
	"h''",
	"h'00ff00'",
	"[]",
	"{}",
	"['', '', '']",
	"['a', 1, 'b', [], 'c', {}, 'd', nil, 'e', true, 'f', 2.5, 'g', h'00', 'h']",
	"[['a'], ['b'], {'k': 'v', 'l': ['x', 'y'], 'm': {'n': 'o'}}, 'p']",
	"{1: 2, 'a': 'b', nil: [nil]}",
	"['0123456789012345678901234567890123456789', 300, '客户', 70000, 5000000000, 'end']",
};

static void what_was_sent_is_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < CX_COUNT_OF(samples); i++) {
		CX_SCOPED(release) decoded self = decode(wire(samples[i]));
		assert_int_equal(self.status, CX_OK);
		CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(65536);
		write_again(self.value, &out);
		assert_string_equal(wire_show(cx_buf_slice(&out)), samples[i]);
	}
}

static void every_proper_prefix_is_malformed(void **state)
{
	(void)state;
	for (size_t i = 0; i < CX_COUNT_OF(samples); i++) {
		cx_slice whole = wire(samples[i]);
		for (size_t size = 0; size < whole.size; size++) {
			CX_SCOPED(release)
			decoded self = decode((cx_slice){ whole.data, size });
			assert_int_equal(self.status, CX_MALFORMED);
			assert_null(self.value);
		}
	}
	CX_SCOPED(release) decoded more = decode(wire_hex("c0 c0"));
	assert_int_equal(more.status, CX_MALFORMED);
	CX_SCOPED(release) decoded wide = decode(wire("9223372036854775808"));
	assert_int_equal(wide.status, CX_MALFORMED);
}

static void another_kind_reads_as_nothing(void **state)
{
	(void)state;
	CX_SCOPED(release)
	decoded self = decode(wire("{'n': 5, 't': 'x', 'b': true, 'l': [1]}"));
	const cardex_value *number = cardex_value_member(self.value, "n");
	const cardex_value *text = cardex_value_member(self.value, "t");
	const cardex_value *list = cardex_value_member(self.value, "l");
	assert_false(cardex_value_bool(number));
	assert_null(cardex_value_text(number));
	assert_null(cardex_value_bytes(number, NULL));
	assert_int_equal(cardex_value_count(number), 0);
	assert_null(cardex_value_at(number, 0));
	assert_true(cardex_value_float(number) == 5);
	assert_int_equal(cardex_value_int(text), 0);
	assert_true(cardex_value_float(text) == 0);
	assert_null(cardex_value_key(list, 0));
	assert_null(cardex_value_at(list, 1));
	assert_null(cardex_value_key(self.value, 4));
	assert_null(cardex_value_member(self.value, "none"));
	assert_null(cardex_value_member(list, "n"));
	assert_true(cardex_value_bool(cardex_value_member(self.value, "b")));
}

static void null_is_a_value_like_null(void **state)
{
	(void)state;
	size_t size = 9;
	assert_int_equal(cardex_value_kind_of(NULL), CARDEX_VALUE_NULL);
	assert_null(cardex_value_bytes(NULL, &size));
	assert_int_equal(size, 0);
	assert_int_equal(cardex_value_count(NULL), 0);
	assert_null(cardex_value_member(NULL, "a"));
	assert_null(cardex_value_text(NULL));
}

static void without_memory_nothing_is_made(void **state)
{
	(void)state;
	cx_arena *arena = NULL;
	assert_int_equal(cx_arena_new(5000, &arena), CX_OK);
	CX_SCOPED(cx_buf_release) cx_buf bytes = CX_BUF_INIT(65536);
	cx_write_array(&bytes, 10000);
	for (int i = 0; i < 10000; i++)
		cx_write_nil(&bytes);
	size_t size = bytes.size;
	cx_buf_append_byte(&bytes, 0); /* the room for one byte more */
	const cardex_value *value = NULL;
	assert_int_equal(cardex__value_decode(bytes.data, size, arena, &value), CX_NO_MEMORY);
	assert_null(value);
	cx_arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_sent_is_there),
		cmocka_unit_test(every_proper_prefix_is_malformed),
		cmocka_unit_test(another_kind_reads_as_nothing),
		cmocka_unit_test(null_is_a_value_like_null),
		cmocka_unit_test(without_memory_nothing_is_made),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
