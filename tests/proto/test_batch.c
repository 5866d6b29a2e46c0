/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of a batch are walked one by one; each is strict by itself. */
#include "proto/proto.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <string.h>

static cx_reader inside(cx_slice array, uint32_t *ret_count)
{
	cx_reader reader = cx_reader_of(array);
	*ret_count = cx_read_array(&reader);
	assert_false(reader.failed);
	return reader;
}

static void encoding_undoes_decoding(void **state)
{
	(void)state;
	static const char text[] =
		"[['create', 'customer', {'name': 'A'}], "
		"['update', 'customer', {'$': 0}, {'name': 'B'}, {'if_rev': 1}], "
		"['upsert', 'customer', 'ext_id', {'ext_id': 'x'}], "
		"['delete', 'customer', 7], "
		"['undelete', 'customer', {'$': 9999}], "
		"['purge', 'customer', -1]]";
	uint32_t count;
	cx_reader reader = inside(wire(text), &count);
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(4096);
	cx_write_array(&out, count);
	for (uint32_t i = 0; i < count; i++) {
		proto_request operation;
		assert_int_equal(proto_operation_decode(&reader, &operation, NULL), CX_OK);
		assert_int_equal(operation.msgid, 0);
		proto_operation_encode(&operation, &out);
	}
	assert_int_equal(reader.rest.size, 0);
	assert_string_equal(wire_show(cx_buf_slice(&out)), text);
}

static void a_reference_is_told_from_a_number(void **state)
{
	(void)state;
	uint32_t count;
	cx_reader reader =
		inside(wire("[['delete', 'a', {'$': 3}], ['delete', 'a', 3]]"), &count);
	proto_request operation;
	assert_int_equal(proto_operation_decode(&reader, &operation, NULL), CX_OK);
	assert_true(operation.id.from_batch && operation.id.number == 3);
	assert_int_equal(proto_operation_decode(&reader, &operation, NULL), CX_OK);
	assert_true(!operation.id.from_batch && operation.id.number == 3);
}

static const struct {
	const char *operation;
	cx_status status;
	const char *says;
} refused[] = {
	{ "nil", CX_INVALID_ARGUMENT, "is an array, not nil" },
	{ "{}", CX_INVALID_ARGUMENT, "is an array, not a map" },
	{ "[]", CX_INVALID_ARGUMENT, "begins with a method" },
	{ "[1]", CX_MALFORMED, "name" },
	{ "['nothing']", CX_UNKNOWN_METHOD, "nothing" },
	{ "['get', 'a', 1]", CX_INVALID_ARGUMENT, "get may not stand in a batch" },
	{ "['batch', []]", CX_INVALID_ARGUMENT, "batch may not stand in a batch" },
	{ "['hello']", CX_INVALID_ARGUMENT, "hello may not" },
	{ "['delete', 'a']", CX_INVALID_ARGUMENT, "\"id\" is missing" },
	{ "['delete', 'a', {'$': -1}]", CX_INVALID_ARGUMENT, "\"id\" is not valid" },
	{ "['delete', 'a', {'$': 10000}]", CX_INVALID_ARGUMENT, "\"id\" is not valid" },
	{ "['delete', 'a', {'$': 'x'}]", CX_INVALID_ARGUMENT, "\"id\" is not valid" },
	{ "['delete', 'a', {'x': 1}]", CX_INVALID_ARGUMENT, "\"id\" is not valid" },
	{ "['delete', 'a', {'$': 1, '$': 1}]", CX_INVALID_ARGUMENT, "\"id\" is not valid" },
	{ "['delete', 'a', {}]", CX_INVALID_ARGUMENT, "\"id\" is not valid" },
	{ "['delete', 'a', 1, {'limit': 1}]", CX_INVALID_ARGUMENT, "its options are: if_rev" },
};

static void a_refused_operation_is_passed(void **state)
{
	(void)state;
	for (size_t i = 0; i < CX_COUNT_OF(refused); i++) {
		char text[256];
		snprintf(text, sizeof text, "[%s, ['delete', 'z', 1]]", refused[i].operation);
		uint32_t count;
		cx_reader reader = inside(wire(text), &count);
		proto_request got;
		cx_error error;
		cx_status status = proto_operation_decode(&reader, &got, &error);
		if (status != refused[i].status || strstr(error.text, refused[i].says) == NULL)
			fail_msg("%s gave %s: %s", text, cx_status_name(status), error.text);
		assert_int_equal(proto_operation_decode(&reader, &got, NULL), CX_OK);
		assert_int_equal(got.method, PROTO_DELETE);
	}
}

static void a_cut_operation_is_malformed(void **state)
{
	(void)state;
	cx_slice operation = wire("['create', 'customer', {'name': 'A'}]");
	for (size_t size = 0; size < operation.size; size++) {
		cx_slice prefix = { .data = operation.data, .size = size };
		cx_reader reader = cx_reader_of(wire_exact(prefix));
		proto_request got = { .method = PROTO_STATS };
		assert_int_equal(proto_operation_decode(&reader, &got, NULL), CX_MALFORMED);
		assert_int_equal(got.method, PROTO_STATS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(encoding_undoes_decoding),
		cmocka_unit_test(a_reference_is_told_from_a_number),
		cmocka_unit_test(a_refused_operation_is_passed),
		cmocka_unit_test(a_cut_operation_is_malformed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
