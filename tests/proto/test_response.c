/* SPDX-License-Identifier: Apache-2.0 */
/* Replies: what the daemon encodes a client decodes, in both forms of error, and nothing a
 * server can send is taken for success or overruns a text. */
#include "proto/proto.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <string.h>

static cx_slice error_reply(cx_status status, const cx_error *error, proto_error_form form)
{
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(64 * 1024);
	proto_reply_error(21, status, error, form, &out);
	assert_int_equal(cx_buf_status(&out), CX_OK);
	return wire_exact(cx_buf_slice(&out));
}

static void a_result_comes_back_as_its_bytes(void **state)
{
	(void)state;
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1024);
	proto_reply_begin(UINT32_MAX, &out);
	cx_write_raw(&out, wire("[1, 'two', {'three': nil}]"));
	proto_response got;
	assert_int_equal(proto_response_decode(wire_exact(cx_buf_slice(&out)), &got), CX_OK);
	assert_int_equal(got.msgid, UINT32_MAX);
	assert_int_equal(got.status, CX_OK);
	assert_string_equal(wire_show(got.result), "[1, 'two', {'three': nil}]");
}

static void every_status_survives_both_forms(void **state)
{
	(void)state;
	for (unsigned i = 1; i < CX_STATUS_COUNT; i++) {
		cx_status status = (cx_status)i;
		for (int form = PROTO_ERRORS_STRING; form <= PROTO_ERRORS_MAP; form++) {
			cx_slice reply = error_reply(status, NULL, (proto_error_form)form);
			proto_response got;
			assert_int_equal(proto_response_decode(reply, &got), CX_OK);
			assert_int_equal(got.msgid, 21);
			assert_int_equal(got.status, status);
			assert_int_equal(got.error.status, status);
			assert_string_equal(got.error.text, cx_status_text(status));
			assert_int_equal(got.retryable, cx_status_is_retryable(status));
			assert_int_equal(got.result.size, 0);
		}
	}
}

static void the_string_form_is_name_and_message(void **state)
{
	(void)state;
	cx_error error;
	cx_fail(&error, CX_NOT_FOUND, "customer 5: not there");
	cx_slice reply = error_reply(CX_NOT_FOUND, &error, PROTO_ERRORS_STRING);
	assert_string_equal(wire_show(reply),
	                    "[1, 21, 'NOT_FOUND: customer 5: not there', nil]");
	proto_response got;
	assert_int_equal(proto_response_decode(reply, &got), CX_OK);
	assert_string_equal(got.error.text, "customer 5: not there");
}

static void the_map_form_carries_the_details(void **state)
{
	(void)state;
	cx_error error;
	cx_fail_field(&error, CX_UNIQUE, "tax_id", "taken by customer 9");
	strcpy(error.index, "tax_id,unit");
	error.line = 3;
	error.column = UINT32_MAX;
	cx_slice reply = error_reply(CX_UNIQUE, &error, PROTO_ERRORS_MAP);
	assert_string_equal(wire_show(reply),
	                    "[1, 21, {'code': 402, 'name': 'UNIQUE', 'message': 'taken by "
	                    "customer 9', 'retryable': false, 'details': {'field': 'tax_id', "
	                    "'index': 'tax_id,unit', 'line': 3, 'column': 4294967295}}, nil]");
	proto_response got;
	assert_int_equal(proto_response_decode(reply, &got), CX_OK);
	assert_int_equal(got.status, CX_UNIQUE);
	assert_string_equal(got.error.text, "taken by customer 9");
	assert_string_equal(got.error.field, "tax_id");
	assert_string_equal(got.error.index, "tax_id,unit");
	assert_int_equal(got.error.line, 3);
	assert_int_equal(got.error.column, UINT32_MAX);
}

static void an_error_without_details_has_an_empty_map(void **state)
{
	(void)state;
	assert_string_equal(
		wire_show(error_reply(CX_BUSY, NULL, PROTO_ERRORS_MAP)),
		"[1, 21, {'code': 502, 'name': 'BUSY', 'message': 'too much work is "
		"waiting', 'retryable': true, 'details': {}}, nil]");
}

static const struct {
	const char *error;
	cx_status status;
	bool retryable;
	const char *text;
} foreign[] = {
	/* What later servers may say. */
	{ "'QUOTA: too many'", CX_INTERNAL, false, "QUOTA: too many" },
	{ "'out of luck'", CX_INTERNAL, false, "out of luck" },
	{ "''", CX_INTERNAL, false, "" },
	{ "'BUSY'", CX_BUSY, true, "too much work is waiting" },
	{ "'BUSY:now'", CX_BUSY, true, ":now" },
	{ "{'code': 599, 'name': 'QUOTA', 'message': 'too many', 'retryable': true}",
	  CX_INTERNAL, true, "QUOTA: too many" },
	{ "{'code': 599, 'message': 'too many'}", CX_INTERNAL, false, "too many" },
	{ "{'name': 'BUSY', 'message': 'later', 'extra': [1]}", CX_BUSY, true, "later" },
	{ "{'details': {'extra': {}}, 'code': 502}", CX_BUSY, true,
	  "too much work is waiting" },
	/* Success is no error, whatever it is called. */
	{ "{'code': 0, 'name': 'OK', 'message': 'fine'}", CX_INTERNAL, false, "OK: fine" },
	{ "'OK: fine'", CX_INTERNAL, false, "OK: fine" },
	{ "{}", CX_INTERNAL, false, "" },
	{ "{'code': 18446744073709551615}", CX_INTERNAL, false, "" },
	{ "{'code': 4294967796}", CX_INTERNAL, false, "" }, /* 500 + 2^32 */
	/* No text is trusted. */
	{ "'BUSY: \\xff\\xfe'", CX_BUSY, true, "??" },
};

static void an_error_by_itself_comes_back(void **state)
{
	(void)state;
	cx_error error;
	cx_error got;
	bool retryable = true;
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1024);
	cx_fail_field(&error, CX_NO_FIELD, "city", "there is no field %s", "city");
	proto_error_write(CX_NO_FIELD, &error, &out);
	assert_int_equal(proto_error_decode(cx_buf_slice(&out), &got, &retryable), CX_OK);
	assert_int_equal(got.status, CX_NO_FIELD);
	assert_string_equal(got.text, error.text);
	assert_string_equal(got.field, "city");
	assert_false(retryable);
	assert_int_equal(proto_error_decode(wire("7"), &got, &retryable), CX_MALFORMED);
	assert_int_equal(proto_error_decode(wire("nil"), &got, &retryable), CX_MALFORMED);
	assert_int_equal(got.status, CX_NO_FIELD);
}

static void errors_of_other_servers_are_understood(void **state)
{
	(void)state;
	for (size_t i = 0; i < CX_COUNT_OF(foreign); i++) {
		char text[512];
		snprintf(text, sizeof text, "[1, 3, %s, nil]", foreign[i].error);
		proto_response got;
		assert_int_equal(proto_response_decode(wire(text), &got), CX_OK);
		assert_int_equal(got.status, foreign[i].status);
		assert_int_equal(got.error.status, foreign[i].status);
		assert_string_equal(got.error.text, foreign[i].text);
		assert_int_equal(got.retryable, foreign[i].retryable);
	}
}

static void long_texts_are_cut_at_a_character(void **state)
{
	(void)state;
	for (size_t shift = 0; shift < 4; shift++) {
		CX_SCOPED(cx_buf_release) cx_buf text = CX_BUF_INIT(4096);
		cx_buf_append(&text, "abcd", shift);
		for (int i = 0; i < 200; i++)
			cx_buf_printf(&text, "客");
		CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(8192);
		cx_write_raw(&out, wire_hex("94 01 03"));
		cx_write_map(&out, 3);
		cx_write_text(&out, "code");
		cx_write_int(&out, 402);
		cx_write_text(&out, "message");
		cx_write_str(&out, cx_buf_slice(&text));
		cx_write_text(&out, "details");
		cx_write_map(&out, 1);
		cx_write_text(&out, "index");
		cx_write_str(&out, cx_buf_slice(&text));
		cx_write_nil(&out);

		proto_response got;
		assert_int_equal(proto_response_decode(wire_exact(cx_buf_slice(&out)), &got),
		                 CX_OK);
		assert_in_range(strlen(got.error.text), CX_ERROR_TEXT_SIZE - 4,
		                CX_ERROR_TEXT_SIZE - 1);
		assert_in_range(strlen(got.error.index), CX_ERROR_NAME_SIZE - 4,
		                CX_ERROR_NAME_SIZE - 1);
		assert_null(strchr(got.error.text, '?'));
		assert_null(strchr(got.error.index, '?'));
	}
}

static const char *const malformed[] = {
	"[1, 3, nil]",
	"[0, 3, nil, nil]",
	"[2, 3, nil, nil]",
	"[1, -3, nil, nil]",
	"[1, 3, 5, nil]",
	"[1, 3, [0, 'x'], nil]",
	"[1, 3, true, nil]",
	"[1, 3, {'code': 'x'}, nil]",
	"[1, 3, {'code': -1}, nil]",
	"[1, 3, {'message': 1}, nil]",
	"[1, 3, {1: 1}, nil]",
	"[1, 3, {'details': []}, nil]",
	"[1, 3, {'details': {'line': 'x'}}, nil]",
	"[1, 3, {'retryable': 1}, nil]",
	"nil",
};

static void what_is_no_response_is_malformed(void **state)
{
	(void)state;
	for (size_t i = 0; i < CX_COUNT_OF(malformed); i++) {
		proto_response got = { .msgid = 99 };
		assert_int_equal(proto_response_decode(wire(malformed[i]), &got), CX_MALFORMED);
		assert_int_equal(got.msgid, 99);
	}
}

static void every_proper_prefix_is_malformed(void **state)
{
	(void)state;
	const char *const messages[] = {
		"[1, 300, nil, [1, 'two', {'three': nil}]]",
		"[1, 3, 'BUSY: later', nil]",
		"[1, 3, {'code': 402, 'message': 'm', 'details': {'line': 3}}, nil]",
	};
	for (size_t i = 0; i < CX_COUNT_OF(messages); i++) {
		cx_slice message = wire(messages[i]);
		for (size_t size = 0; size < message.size; size++) {
			cx_slice prefix = { .data = message.data, .size = size };
			proto_response got = { .msgid = 99 };
			assert_int_equal(proto_response_decode(wire_exact(prefix), &got),
			                 CX_MALFORMED);
			assert_int_equal(got.msgid, 99);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_result_comes_back_as_its_bytes),
		cmocka_unit_test(every_status_survives_both_forms),
		cmocka_unit_test(the_string_form_is_name_and_message),
		cmocka_unit_test(the_map_form_carries_the_details),
		cmocka_unit_test(an_error_without_details_has_an_empty_map),
		cmocka_unit_test(an_error_by_itself_comes_back),
		cmocka_unit_test(errors_of_other_servers_are_understood),
		cmocka_unit_test(long_texts_are_cut_at_a_character),
		cmocka_unit_test(what_is_no_response_is_malformed),
		cmocka_unit_test(every_proper_prefix_is_malformed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
