/* SPDX-License-Identifier: Apache-2.0 */
/* Continuations: what was made here is opened again, and nothing else is. */
#include "base/msgpack.h"
#include "daemon/methods/continuation.h"
#include "engine/query.h"
#include "tests/support/unit.h"

#include <string.h>

static const uint8_t secret[32] = { 1, 2, 3 };
static daemon__signer *signer;

static int set_up(void **state)
{
	(void)state;
	const cx_slice key = { .data = secret, .size = sizeof secret };
	return daemon__signer_new(key, &signer) == CX_OK ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	daemon__signer_free(&signer);
	return 0;
}

/* The bytes inside the bin. */
static cx_slice make(const char *type, cx_slice position, cx_buf *out)
{
	assert_int_equal(daemon__continuation_write(signer, type, position, out), CX_OK);
	cx_reader reader = cx_reader_of(cx_buf_slice(out));
	cx_slice bytes = cx_read_bin(&reader);
	assert_false(reader.failed);
	assert_int_equal(reader.rest.size, 0);
	return bytes;
}

static cx_status open_it(const char *type, cx_slice bytes)
{
	cx_slice position = { 0 };
	cx_error error;
	cx_status status = daemon__continuation_open(signer, type, bytes, &position, &error);
	if (status != CX_OK)
		assert_null(position.data);
	return status;
}

static void the_position_comes_back(void **state)
{
	(void)state;
	static const uint8_t bytes[ENGINE_POSITION_BYTES_MAX] = { 9, 8, 7 };
	static const size_t sizes[] = { 1, 16, 17, ENGINE_POSITION_BYTES_MAX };
	for (size_t i = 0; i < CX_COUNT_OF(sizes); i++) {
		CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(4096);
		cx_slice made = make("customer", (cx_slice){ bytes, sizes[i] }, &out);
		assert_int_equal(made.size, sizes[i] + DAEMON__TAG_BYTES);
		cx_slice position;
		assert_int_equal(
			daemon__continuation_open(signer, "customer", made, &position, NULL),
			CX_OK);
		assert_int_equal(position.size, sizes[i]);
		assert_memory_equal(position.data, bytes, sizes[i]);
	}
}

/* Made with openssl mac -macopt hexkey:01020300000000000000000000000000 -macopt size:16 -in
 * FILE SIPHASH, where the file holds "customer\0position". Bytes of a release open in the next.
 */
static void the_bytes_are_these(void **state)
{
	(void)state;
	static const uint8_t tag[DAEMON__TAG_BYTES] = { 0x11, 0xde, 0x21, 0xba, 0xfb, 0xff,
		                                        0xf3, 0x86, 0x94, 0xb2, 0x9b, 0xe2,
		                                        0xa8, 0x29, 0x22, 0xc7 };
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(4096);
	cx_slice made = make("customer", CX_SLICE_LITERAL("position"), &out);
	assert_memory_equal(made.data, "position", 8);
	assert_memory_equal(made.data + 8, tag, sizeof tag);
}

static void every_changed_bit_is_noticed(void **state)
{
	(void)state;
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(4096);
	cx_slice made = make("customer", CX_SLICE_LITERAL("position"), &out);
	uint8_t copy[64];
	for (size_t bit = 0; bit < made.size * 8; bit++) {
		memcpy(copy, made.data, made.size);
		copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(open_it("customer", (cx_slice){ copy, made.size }),
		                 CX_INVALID_ARGUMENT);
	}
}

static void a_cut_or_longer_one_is_refused(void **state)
{
	(void)state;
	static uint8_t longest[ENGINE_POSITION_BYTES_MAX + DAEMON__TAG_BYTES + 1];
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(4096);
	cx_slice made = make("customer", CX_SLICE_LITERAL("position"), &out);
	for (size_t size = 0; size < made.size; size++)
		assert_int_equal(open_it("customer", (cx_slice){ made.data, size }),
		                 CX_INVALID_ARGUMENT);
	assert_int_equal(open_it("customer", (cx_slice){ longest, sizeof longest }),
	                 CX_INVALID_ARGUMENT);
}

static void one_of_another_type_is_refused(void **state)
{
	(void)state;
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(4096);
	cx_slice made = make("customer", CX_SLICE_LITERAL("position"), &out);
	assert_int_equal(open_it("custome", made), CX_INVALID_ARGUMENT);
	assert_int_equal(open_it("customer_tier", made), CX_INVALID_ARGUMENT);
	assert_int_equal(open_it("customer", made), CX_OK);
}

static void one_of_another_store_is_refused(void **state)
{
	(void)state;
	static const uint8_t other[32] = { 1, 2, 4 };
	CX_SCOPED(daemon__signer_free) daemon__signer *stranger = NULL;
	assert_int_equal(daemon__signer_new((cx_slice){ other, sizeof other }, &stranger),
	                 CX_OK);
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(4096);
	cx_slice made = make("customer", CX_SLICE_LITERAL("position"), &out);
	cx_slice position;
	assert_int_equal(daemon__continuation_open(stranger, "customer", made, &position, NULL),
	                 CX_INVALID_ARGUMENT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_position_comes_back),        TEST(the_bytes_are_these),
		TEST(every_changed_bit_is_noticed),   TEST(a_cut_or_longer_one_is_refused),
		TEST(one_of_another_type_is_refused), TEST(one_of_another_store_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
