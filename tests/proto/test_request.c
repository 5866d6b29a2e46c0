/* SPDX-License-Identifier: Apache-2.0 */
/* Requests: decoding and encoding are inverse, decoding is strict, and a refused message
 * changes nothing but the msgid. */
#include "proto/proto.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <string.h>

/* One message of each shape; all are in the form that encoding makes. */
static const char *const whole[] = {
	"[0, 1, 'hello', []]",
	"[0, 4294967295, 'hello', [{'client': 'shop', 'errors': 'map'}]]",
	"[0, 0, 'ping', []]",
	"[0, 2, 'get', ['customer', 5]]",
	"[0, 2, 'get', ['customer', -5, {'fields': ['name'], 'layout': 3, 'deleted': true}]]",
	"[0, 3, 'lookup', ['customer', 'tax_id', ['91']]]",
	"[0, 3, 'lookup', ['customer', 'tax_id', ['91'], {'layout': 0}]]",
	"[0, 4, 'query', ['customer']]",
	("[0, 4, 'query', ['customer', {'fields': ['id'], 'layout': 1, 'filter': ['=', 'a', "
	 "1], "
	 "'order': ['a desc'], 'limit': 9, 'after': h'0001', 'explain': false, "
	 "'allow_scan': true, 'use_index': 'a,b', 'count': true, 'deadline_ms': 250}]]"),
	"[0, 5, 'count', ['customer', nil]]",
	"[0, 5, 'count', ['customer', ['null', 'a'], {'deadline_ms': 1}]]",
	"[0, 16, 'search', ['acme']]",
	("[0, 16, 'search', ['华东 医疗', {'fields': ['id'], 'limit': 9, 'deadline_ms': 250, "
	 "'types': ['customer'], 'highlights': true}]]"),
	"[0, 6, 'create', ['customer', {}]]",
	"[0, 6, 'create', ['customer', {'name': 'Acme', 'n': nil}]]",
	"[0, 7, 'update', ['customer', 9007199254740991, {'name': 'B'}, {'if_rev': 2}]]",
	"[0, 8, 'upsert', ['customer', 'ext_id', {'ext_id': 'x'}, {'if_rev': 0}]]",
	"[0, 9, 'delete', ['customer', 7]]",
	"[0, 10, 'undelete', ['customer', 7, {'if_rev': 4}]]",
	"[0, 11, 'purge', ['customer', 7]]",
	"[0, 12, 'batch', [[['create', 'customer', {}], ['delete', 'customer', {'$': 0}]]]]",
	"[0, 12, 'batch', [[]]]",
	"[0, 13, 'schema.get', [{'type': 'customer'}]]",
	"[0, 14, 'stats', []]",
	"[0, 44, 'search', ['acme']]",
	"[0, 44, 'search', ['acme', {'types': ['customer'], 'highlights': true}]]",
	"[0, 40, 'schema.plan', [nil]]",
	"[0, 40, 'schema.plan', ['type a { x int }', {'base': 'program'}]]",
	"[0, 41, 'schema.apply', ['type a { x int }']]",
	"[0, 41, 'schema.apply', ['', {'base': 'none', 'may_lose': true}]]",
	"[0, 42, 'index.status', []]",
	"[0, 42, 'index.status', [{'type': 'customer'}]]",
	"[0, 43, 'index.cancel', ['customer', 'name_norm']]",
	"[0, 50, 'changes', []]",
	("[0, 50, 'changes', [{'limit': 5, 'deadline_ms': 250, 'types': ['customer'], "
	 "'from': 7}]]"),
	"[0, 51, 'history', ['customer', 7, {'limit': 5, 'before': 9}]]",
	"[0, 52, 'as_of', ['customer', 7, {'seq': 9}]]",
	"[0, 52, 'as_of', ['customer', 7, {'deadline_ms': 250, 'seq': 9}]]",
	"[0, 51, 'history', ['customer', 7, {'deadline_ms': 250}]]",
	"[0, 52, 'as_of', ['customer', 7, {'at': 1700000000000}]]",
	"[0, 53, 'check', [{'state_hash': true}]]",
	"[0, 15, 'check', [{'deadline_ms': 5000}]]",
	"[0, 17, 'analyze', []]",
	"[0, 20, 'aggregate', ['customer']]",
	"[0, 20, 'aggregate', ['customer', {'order': ['count desc'], 'values': ['count']}]]",
	("[0, 20, 'aggregate', ['customer', {'filter': ['=', 'a', 1], 'limit': 9, 'after': "
	 "h'0001', 'explain': false, 'allow_scan': true, 'use_index': 'a,b', 'deadline_ms': "
	 "250, 'no_index': [], 'max_scan': 9, 'group': ['day(at)'], 'values': ['sum(a * b)'], "
	 "'name': 'x'}]]"),
	"[0, 18, 'get', ['customer', 5, {'include': [{'ref': 'owner'}]}]]",
	"[0, 21, 'report', [nil]]",
	"[0, 21, 'report', ['board']]",
	("[0, 21, 'report', ['board', {'limit': 9, 'deadline_ms': 250, 'max_scan': 7, "
	 "'params': "
	 "{'owner': 1}}]]"),
	"[0, 60, 'watch', []]",
	("[0, 60, 'watch', [{'fields': ['name'], 'filter': ['=', 'city', 'X'], 'types': "
	 "['customer'], 'from': 7, 'credit': 0}]]"),
	"[0, 60, 'watch', [{'snapshot': true}]]",
	"[0, 60, 'watch', [{'from': 7, 'snapshot': true, 'rows_after': ['customer', 5]}]]",
	"[0, 61, 'unwatch', [1]]",
	"[0, 62, 'credit', [18446744073709551615, 16]]",
	("[0, 19, 'query', ['customer', {'explain': 2, 'count': 'estimate', 'no_index': ['a'], "
	 "'max_scan': 7, 'include': []}]]"),
	"[0, 70, 'convert', [12, {}]]",
	("[0, 70, 'convert', [12, {'ext_id': 'x'}, {'if_rev': 3, 'at': 1700000000000, "
	 "'lines': [{'product': 1}]}]]"),
	"[0, 71, 'reopen', ['opportunity', 12, {}, {'if_rev': 3}]]",
	("[0, 72, 'transfer', [7, {'filter': ['null', 'city'], 'limit': 100, 'types': "
	 "['customer'], 'owner': 3}]]"),
	"[0, 72, 'transfer', [7, {'types': ['customer'], 'ids': [1, 2]}]]",
	"[0, 73, 'merge', [7, 8, {'name': 'A'}]]",
	"[0, 74, 'unmerge', [8]]",
	"[0, 75, 'revalue', [{'limit': 100, 'from': 7, 'on': 19676}]]",
	"[0, 76, 'duplicates', [{'name': 'A'}]]",
	"[0, 76, 'duplicates', [{}, {'limit': 100, 'deadline_ms': 250, 'from': 7}]]",
	"[0, 77, 'run_tiers', [{'at': 1700000000000, 'params': {'days': 90}}]]",
	("[0, 78, 'run_forecast', [{'at': 1700000000000, 'run': 5, 'months': 3, 'model"
	 "': 'ses'}]]"),
	("[0, 7, 'create', ['customer', {}, {'at': 1700000000000, 'duplicates': 'block"
	 "'}]]"),
	("[0, 13, 'batch', [[['convert', {'$': 0}, {}], ['reopen', 'opportunity', 12, "
	 "{}]], {'at': 1700000000000}]]"),
};

static const char *encoded(const proto_request *request)
{
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1024 * 1024);
	proto_request_encode(request, &out);
	assert_int_equal(cx_buf_status(&out), CX_OK);
	return wire_show(cx_buf_slice(&out));
}

static void encoding_undoes_decoding(void **state)
{
	(void)state;
	for (size_t i = 0; i < CX_COUNT_OF(whole); i++) {
		proto_request request;
		cx_error error;
		assert_int_equal(proto_request_decode(wire(whole[i]), &request, &error), CX_OK);
		assert_string_equal(encoded(&request), whole[i]);
	}
}

static void the_list_of_messages_has_every_method(void **state)
{
	(void)state;
	uint64_t seen = 0;
	for (size_t i = 0; i < CX_COUNT_OF(whole); i++) {
		proto_request request;
		assert_int_equal(proto_request_decode(wire(whole[i]), &request, NULL), CX_OK);
		seen |= 1ULL << request.method;
	}
	assert_int_equal(seen, (1ULL << PROTO_METHOD_COUNT_ALL) - 1);
}

static void decoding_fills_each_member(void **state)
{
	(void)state;
	proto_request got;
	cx_slice message =
		wire("[0, 2, 'get', ['customer', 5, {'layout': 3, 'deleted': true}]]");
	assert_int_equal(proto_request_decode(message, &got, NULL), CX_OK);
	assert_int_equal(got.msgid, 2);
	assert_int_equal(got.method, PROTO_GET);
	assert_true(cx_slice_equal(got.type, CX_SLICE_LITERAL("customer")));
	assert_int_equal(got.id.number, 5);
	assert_false(got.id.from_batch);
	assert_int_equal(got.options.given, PROTO_BIT(LAYOUT) | PROTO_BIT(DELETED));
	assert_int_equal(got.options.layout, 3);
	assert_true(got.options.deleted);
	assert_int_equal(got.options.limit, 0);
	assert_int_equal(got.fields.size + got.filter.size + got.index.size, 0);

	message = wire("[0, 5, 'count', ['customer', nil]]");
	assert_int_equal(proto_request_decode(message, &got, NULL), CX_OK);
	assert_int_equal(got.filter.size, 0);

	message = wire("[0, 8, 'upsert', ['customer', 'ext_id', {'ext_id': 'x'}]]");
	assert_int_equal(proto_request_decode(message, &got, NULL), CX_OK);
	assert_true(cx_slice_equal(got.index, CX_SLICE_LITERAL("ext_id")));
	assert_string_equal(wire_show(got.fields), "{'ext_id': 'x'}");
}

static void a_method_name_may_be_a_byte_string(void **state)
{
	(void)state;
	proto_request got;
	assert_int_equal(proto_request_decode(wire("[0, 2, h'70696e67', []]"), &got, NULL),
	                 CX_OK);
	assert_int_equal(got.method, PROTO_PING);
}

static void a_continuation_may_be_text(void **state)
{
	(void)state;
	proto_request got;
	cx_slice message = wire("[0, 2, 'query', ['customer', {'after': 'ab'}]]");
	assert_int_equal(proto_request_decode(message, &got, NULL), CX_OK);
	assert_true(cx_slice_equal(got.options.after, CX_SLICE_LITERAL("ab")));
}

static void integers_may_come_in_wide_forms(void **state)
{
	(void)state;
	proto_request got;
	/* [0 as uint8, 7 as uint64, "ping", []] */
	cx_slice message = wire_hex("94 cc00 cf0000000000000007 a470696e67 90");
	assert_int_equal(proto_request_decode(message, &got, NULL), CX_OK);
	assert_int_equal(got.msgid, 7);
}

static const struct {
	const char *message;
	cx_status status;
	const char *says;
} refused[] = {
	{ "[0, 9, 'pong', []]", CX_UNKNOWN_METHOD, "no method \"pong\"" },
	{ "[0, 9, '', []]", CX_UNKNOWN_METHOD, "no method \"\"" },
	{ "[0, 9, 5, []]", CX_MALFORMED, "name" },
	{ "[0, 9, 'ping', nil]", CX_MALFORMED, "no array" },
	{ "[0, 9, 'ping', {}]", CX_MALFORMED, "no array" },
	{ "[0, 9, 'ping', [nil]]", CX_INVALID_ARGUMENT, "map of options, not nil" },
	{ "[0, 9, 'ping', [{}, {}]]", CX_INVALID_ARGUMENT, "takes 0 parameters" },
	{ "[0, 9, 'ping', [{'limit': 1}]]", CX_INVALID_ARGUMENT, "takes no options" },
	{ "[0, 9, 'get', []]", CX_INVALID_ARGUMENT, "\"type\" is missing" },
	{ "[0, 9, 'get', ['customer']]", CX_INVALID_ARGUMENT, "\"id\" is missing" },
	{ "[0, 9, 'get', ['customer', 1, {}, 1]]", CX_INVALID_ARGUMENT, "4 values came" },
	{ "[0, 9, 'get', ['customer', 1, 2]]", CX_INVALID_ARGUMENT, "not an integer" },
	{ "[0, 9, 'get', [1, 1]]", CX_INVALID_ARGUMENT,
	  "\"type\" takes a string, not an integer" },
	{ "[0, 9, 'get', [h'00', 1]]", CX_INVALID_ARGUMENT, "\"type\" takes a string" },
	{ "[0, 9, 'get', ['customer', '1']]", CX_INVALID_ARGUMENT, "\"id\" takes an integer" },
	{ "[0, 9, 'get', ['customer', nil]]", CX_INVALID_ARGUMENT, "\"id\" takes an integer" },
	{ "[0, 9, 'get', ['customer', 9223372036854775808]]", CX_INVALID_ARGUMENT,
	  "not valid" },
	{ "[0, 9, 'get', ['customer', {'$': 0}]]", CX_INVALID_ARGUMENT, "\"id\"" },
	{ "[0, 9, 'count', ['customer', {}]]", CX_INVALID_ARGUMENT,
	  "\"filter\" takes an array or nil" },
	{ "[0, 9, 'count', ['customer']]", CX_INVALID_ARGUMENT, "\"filter\" is missing" },
	{ "[0, 9, 'create', ['customer', nil]]", CX_INVALID_ARGUMENT,
	  "\"fields\" takes a map" },
	{ "[0, 9, 'lookup', ['customer', 'i', {}]]", CX_INVALID_ARGUMENT,
	  "\"values\" takes an array" },
	{ "[0, 9, 'batch', [{}]]", CX_INVALID_ARGUMENT, "\"operations\" takes an array" },
	{ "[0, 9, 'get', ['customer', 1, {'limit': 1}]]", CX_INVALID_ARGUMENT,
	  "has no option \"limit\"; its options are: fields, layout, deleted" },
	{ "[0, 9, 'get', ['customer', 1, {'x\\x1b': 1}]]", CX_INVALID_ARGUMENT, "no option" },
	{ "[0, 9, 'get', ['customer', 1, {1: 1}]]", CX_INVALID_ARGUMENT, "name of an option" },
	{ "[0, 9, 'get', ['customer', 1, {'layout': 1, 'layout': 1}]]", CX_INVALID_ARGUMENT,
	  "\"layout\" came twice" },
	{ "[0, 9, 'get', ['customer', 1, {'layout': -1}]]", CX_INVALID_ARGUMENT,
	  "\"layout\" takes an integer of at least 0" },
	{ "[0, 9, 'get', ['customer', 1, {'layout': nil}]]", CX_INVALID_ARGUMENT,
	  "\"layout\"" },
	{ "[0, 9, 'get', ['customer', 1, {'deleted': 1}]]", CX_INVALID_ARGUMENT,
	  "\"deleted\" takes a boolean" },
	{ "[0, 9, 'query', ['customer', {'after': 1}]]", CX_INVALID_ARGUMENT,
	  "\"after\" takes a byte string" },
	{ "[0, 9, 'aggregate', ['customer', {'name': 1}]]", CX_INVALID_ARGUMENT,
	  "\"name\" takes a string" },
	{ "[0, 9, 'aggregate', ['customer', {'fields': []}]]", CX_INVALID_ARGUMENT,
	  "has no option \"fields\"; its options are: filter, order, limit" },
	{ "[0, 9, 'query', ['customer', {'use_index': h'00'}]]", CX_INVALID_ARGUMENT,
	  "\"use_index\" takes a string" },
};

static proto_request marked(void)
{
	return (proto_request){ .msgid = 77, .method = PROTO_STATS, .id.number = 42 };
}

static void a_refusal_says_why_and_keeps_the_msgid(void **state)
{
	(void)state;
	for (size_t i = 0; i < CX_COUNT_OF(refused); i++) {
		proto_request got = marked();
		cx_error error;
		cx_status status = proto_request_decode(wire(refused[i].message), &got, &error);
		if (status != refused[i].status || strstr(error.text, refused[i].says) == NULL)
			fail_msg("%s gave %s: %s", refused[i].message, cx_status_name(status),
			         error.text);
		assert_int_equal(error.status, status);
		assert_int_equal(got.msgid, 9);
		assert_int_equal(proto_request_decode(wire(refused[i].message), &got, NULL),
		                 status);
	}
}

static const char *const no_request[] = {
	"[1, 9, nil, nil]",
	"[2, 'ping', []]",
	"[0, 9, 'ping']",
	"[0, 9, 'ping', [], 1]",
	"[3, 9, 'ping', []]",
	"[-1, 9, 'ping', []]",
	"[0, -9, 'ping', []]",
	"[0, 4294967296, 'ping', []]",
	"['0', 9, 'ping', []]",
	"{}",
	"'ping'",
	"nil",
	"[]",
};

static void what_is_no_request_is_malformed_and_has_no_msgid(void **state)
{
	(void)state;
	for (size_t i = 0; i < CX_COUNT_OF(no_request); i++) {
		proto_request got = marked();
		assert_int_equal(proto_request_decode(wire(no_request[i]), &got, NULL),
		                 CX_MALFORMED);
		assert_true(got.method == PROTO_STATS && got.id.number == 42);
	}
}

static void every_proper_prefix_is_malformed(void **state)
{
	(void)state;
	for (size_t i = 0; i < CX_COUNT_OF(whole); i++) {
		cx_slice message = wire(whole[i]);
		for (size_t size = 0; size < message.size; size++) {
			proto_request got = marked();
			cx_slice prefix = { .data = message.data, .size = size };
			cx_status status = proto_request_decode(wire_exact(prefix), &got, NULL);
			/* A cut name reads as another name only when it is whole itself. */
			assert_int_equal(status, CX_MALFORMED);
		}
	}
}

static void a_trailing_byte_is_malformed(void **state)
{
	(void)state;
	proto_request got;
	cx_slice message = wire_hex("94 00 07 a470696e67 90 c0");
	assert_int_equal(proto_request_decode(message, &got, NULL), CX_MALFORMED);
}

static void the_kind_of_a_message_is_in_its_first_elements(void **state)
{
	(void)state;
	static const struct {
		const char *message;
		cx_status status;
		proto_kind kind;
		uint32_t msgid;
	} rows[] = {
		{ "[0, 7, 'x', []]", CX_OK, PROTO_REQUEST, 7 },
		{ "[1, 4294967295, nil, 1]", CX_OK, PROTO_RESPONSE, UINT32_MAX },
		{ "[2, 'x', []]", CX_OK, PROTO_NOTIFICATION, 99 },
		{ "[2, 7, 'x', []]", CX_MALFORMED, PROTO_REQUEST, 99 },
		{ "[0, 'x', []]", CX_MALFORMED, PROTO_REQUEST, 99 },
		{ "[1, nil, nil, 1]", CX_MALFORMED, PROTO_REQUEST, 99 },
		{ "[0, 4294967296, 'x', []]", CX_MALFORMED, PROTO_REQUEST, 99 },
		{ "7", CX_MALFORMED, PROTO_REQUEST, 99 },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		proto_kind kind = PROTO_REQUEST;
		uint32_t msgid = 99;
		assert_int_equal(proto_message_kind(wire(rows[i].message), &kind, &msgid),
		                 rows[i].status);
		assert_int_equal(kind, rows[i].kind);
		assert_int_equal(msgid, rows[i].msgid);
	}
}

static void encoding_leaves_out_what_the_method_does_not_take(void **state)
{
	(void)state;
	proto_request request = {
		.msgid = 3,
		.method = PROTO_GET,
		.type = CX_SLICE_LITERAL("a"),
		.id.number = 1,
		.fields = wire("{}"),
		.options = { .given = PROTO_BIT(LIMIT) | PROTO_BIT(LAYOUT),
		             .limit = 5,
		             .layout = 2 },
	};
	assert_string_equal(encoded(&request), "[0, 3, 'get', ['a', 1, {'layout': 2}]]");
	request.options.given = PROTO_BIT(LIMIT);
	assert_string_equal(encoded(&request), "[0, 3, 'get', ['a', 1]]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(encoding_undoes_decoding),
		cmocka_unit_test(the_list_of_messages_has_every_method),
		cmocka_unit_test(decoding_fills_each_member),
		cmocka_unit_test(a_method_name_may_be_a_byte_string),
		cmocka_unit_test(a_continuation_may_be_text),
		cmocka_unit_test(integers_may_come_in_wide_forms),
		cmocka_unit_test(a_refusal_says_why_and_keeps_the_msgid),
		cmocka_unit_test(what_is_no_request_is_malformed_and_has_no_msgid),
		cmocka_unit_test(every_proper_prefix_is_malformed),
		cmocka_unit_test(a_trailing_byte_is_malformed),
		cmocka_unit_test(the_kind_of_a_message_is_in_its_first_elements),
		cmocka_unit_test(encoding_leaves_out_what_the_method_does_not_take),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
