/* SPDX-License-Identifier: Apache-2.0 */
/* URIs: what is understood, and that what is not is refused with a reason. */
#include "client/net/uri.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *uri;
	const char *host;
	const char *port;
	const char *path;
} good[] = {
	{ "cardex://db.example", "db.example", "7497", "" },
	{ "cardex://db.example/", "db.example", "7497", "" },
	{ "cardex://127.0.0.1:1", "127.0.0.1", "1", "" },
	{ "cardex://localhost:65535", "localhost", "65535", "" },
	{ "cardex://[::1]", "::1", "7497", "" },
	{ "cardex://[fe80::1]:7000", "fe80::1", "7000", "" },
	{ "cardex+unix:///run/cardex.sock", "", "", "/run/cardex.sock" },
	{ "cardex+unix:///a%20b%2fc", "", "", "/a b/c" },
	{ "cardex+unix:///a%3Fb", "", "", "/a?b" },
	{ "cardex+unix:///客户", "", "", "/客户" },
};

static void uris_name_a_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < CX_COUNT_OF(good); i++) {
		cardex__uri uri;
		cx_error error;
		if (cardex__uri_parse(good[i].uri, &uri, &error) != CX_OK)
			fail_msg("%s: %s", good[i].uri, error.text);
		assert_string_equal(uri.host, good[i].host);
		assert_string_equal(uri.port, good[i].port);
		assert_string_equal(uri.path, good[i].path);
		assert_int_equal(uri.is_unix, good[i].path[0] != '\0');
	}
}

static const struct {
	const char *uri;
	cx_status status;
	const char *says;
} bad[] = {
	{ "", CX_INVALID_ARGUMENT, "expected cardex://" },
	{ "localhost:7497", CX_INVALID_ARGUMENT, "expected cardex://" },
	{ "http://localhost", CX_INVALID_ARGUMENT, "expected cardex://" },
	{ "cardex:/", CX_INVALID_ARGUMENT, "expected cardex://" },
	{ "cardexs://localhost", CX_UNSUPPORTED, "TLS" },
	{ "cardex://me@localhost", CX_UNSUPPORTED, "login" },
	{ "cardex://me:secret@localhost", CX_UNSUPPORTED, "login" },
	{ "cardex://", CX_INVALID_ARGUMENT, "a host is expected" },
	{ "cardex:///", CX_INVALID_ARGUMENT, "a host is expected" },
	{ "cardex://:7497", CX_INVALID_ARGUMENT, "a host is expected" },
	{ "cardex://a b", CX_INVALID_ARGUMENT, "a host is expected" },
	{ "cardex://a/b", CX_INVALID_ARGUMENT, "a host is expected" },
	{ "cardex://a?tls=1", CX_INVALID_ARGUMENT, "a host is expected" },
	{ "cardex://[::1", CX_INVALID_ARGUMENT, "a host is expected" },
	{ "cardex://[]", CX_INVALID_ARGUMENT, "a host is expected" },
	{ "cardex://a:", CX_INVALID_ARGUMENT, "a port" },
	{ "cardex://a:0", CX_INVALID_ARGUMENT, "a port" },
	{ "cardex://a:65536", CX_INVALID_ARGUMENT, "a port" },
	{ "cardex://a:123456", CX_INVALID_ARGUMENT, "a port" },
	{ "cardex://a:7x", CX_INVALID_ARGUMENT, "a port" },
	{ "cardex://a:1:2", CX_INVALID_ARGUMENT, "a port" },
	{ "cardex://[::1]x", CX_INVALID_ARGUMENT, "a port" },
	{ "cardex+unix://", CX_INVALID_ARGUMENT, "begin with /" },
	{ "cardex+unix://run/x", CX_INVALID_ARGUMENT, "begin with /" },
	{ "cardex+unix:///a%", CX_INVALID_ARGUMENT, "hexadecimal" },
	{ "cardex+unix:///a%2", CX_INVALID_ARGUMENT, "hexadecimal" },
	{ "cardex+unix:///a%zz", CX_INVALID_ARGUMENT, "hexadecimal" },
	{ "cardex+unix:///a%00b", CX_INVALID_ARGUMENT, "hexadecimal" },
	{ "cardex+unix:///a?x=1", CX_INVALID_ARGUMENT, "no parameters" },
};

static void what_is_no_uri_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < CX_COUNT_OF(bad); i++) {
		cardex__uri uri = { .port = "kept" };
		cx_error error;
		cx_status status = cardex__uri_parse(bad[i].uri, &uri, &error);
		if (status != bad[i].status || strstr(error.text, bad[i].says) == NULL)
			fail_msg("%s gave %s: %s", bad[i].uri, cx_status_name(status),
			         error.text);
		assert_string_equal(uri.port, "kept");
	}
}

static void long_names_are_refused_and_not_cut(void **state)
{
	(void)state;
	char uri[512];
	char long_text[400];
	memset(long_text, 'a', sizeof long_text - 1);
	long_text[sizeof long_text - 1] = '\0';
	cardex__uri parsed;
	/* The path has room for 107 bytes: the first "/" and 106 more. */
	snprintf(uri, sizeof uri, "cardex+unix:///%.106s", long_text);
	assert_int_equal(cardex__uri_parse(uri, &parsed, NULL), CX_OK);
	assert_int_equal(strlen(parsed.path), 107);
	snprintf(uri, sizeof uri, "cardex+unix:///%.107s", long_text);
	assert_int_equal(cardex__uri_parse(uri, &parsed, NULL), CX_INVALID_ARGUMENT);
	snprintf(uri, sizeof uri, "cardex://%.255s", long_text);
	assert_int_equal(cardex__uri_parse(uri, &parsed, NULL), CX_OK);
	snprintf(uri, sizeof uri, "cardex://%.256s", long_text);
	assert_int_equal(cardex__uri_parse(uri, &parsed, NULL), CX_INVALID_ARGUMENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(uris_name_a_place),
		cmocka_unit_test(what_is_no_uri_is_refused),
		cmocka_unit_test(long_names_are_refused_and_not_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
