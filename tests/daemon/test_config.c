/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration: where values come from, which win, and what is said about errors. */
#include "daemon/config.h"
#include "tests/daemon/scratch.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>

static daemon_config config;
static cx_error error;
static char path[SCRATCH_PATH_SIZE];

static int set_up(void **state)
{
	(void)state;
	scratch_make();
	memset(&error, 0, sizeof error);
	return daemon_config_init(&config) == CX_OK ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	daemon_config_release(&config);
	scratch_remove();
	return 0;
}

static cx_status read_text(const char *text)
{
	scratch_write("cardexd.conf", text, path);
	return daemon_config_read(&config, path, &error);
}

/* What follows "path:" in the error. */
static const char *said(void)
{
	assert_int_equal(strncmp(error.text, path, strlen(path)), 0);
	return error.text + strlen(path) + 1;
}

static void every_default_is_a_valid_value(void **state)
{
	(void)state;
	assert_int_equal(config.store_map_bytes, UINT64_C(64) << 30);
	assert_int_equal(config.listen_unix_mode, 0660);
	assert_int_equal(config.limits_inflight, 1024);
	assert_int_equal(config.log_level, DAEMON_LOG_INFO);
	assert_false(config.store_any_filesystem);
	assert_int_equal(config.store_verify_on_open, DAEMON_VERIFY_ALWAYS);
	for (size_t i = 0; i < DAEMON_OPTION_COUNT_ALL; i++)
		assert_string_equal(config.origins[i], "default");
}

static void a_file_sets_values_of_every_kind(void **state)
{
	(void)state;
	assert_int_equal(read_text("# comment\n"
	                           "[store]\n"
	                           "path = /var/lib/cardex/store ; where it lies\n"
	                           "  map_bytes=1g\n"
	                           "any_filesystem = yes\n"
	                           "verify_on_open = unclean\n"
	                           "[listen]\n"
	                           "unix_mode = 0600\n"
	                           "[limits]\n"
	                           "connections = 7\n"
	                           "[log]\n"
	                           "level = debug\n"
	                           "format = json\n"),
	                 CX_OK);
	assert_string_equal(config.store_path, "/var/lib/cardex/store");
	assert_int_equal(config.store_map_bytes, 1 << 30);
	assert_true(config.store_any_filesystem);
	assert_int_equal(config.store_verify_on_open, DAEMON_VERIFY_UNCLEAN);
	assert_int_equal(config.listen_unix_mode, 0600);
	assert_int_equal(config.limits_connections, 7);
	assert_int_equal(config.log_level, DAEMON_LOG_DEBUG);
	assert_int_equal(config.log_format, DAEMON_LOG_AS_JSON);
	assert_string_equal(config.texts[DAEMON_OPTION_limits_connections], "7");
	assert_non_null(strstr(config.origins[DAEMON_OPTION_limits_connections], ".conf:10"));
}

static void an_unknown_key_is_named_with_its_line_and_the_nearest_one(void **state)
{
	(void)state;
	assert_int_equal(read_text("[store]\n\npth = /x\n"), CX_INVALID_ARGUMENT);
	assert_string_equal(said(), "3: unknown key pth in [store]; "
	                            "did you mean path in [store]?");
	assert_int_equal(error.line, 3);
}

static void the_right_key_of_the_wrong_section_is_found(void **state)
{
	(void)state;
	assert_int_equal(read_text("[store]\nconnections = 3\n"), CX_INVALID_ARGUMENT);
	assert_string_equal(said(), "2: unknown key connections in [store]; "
	                            "did you mean connections in [limits]?");
}

static void a_key_near_to_none_gets_no_suggestion(void **state)
{
	(void)state;
	assert_int_equal(read_text("[store]\nwatermelon = 3\n"), CX_INVALID_ARGUMENT);
	assert_string_equal(said(), "2: unknown key watermelon in [store]");
}

static void an_unknown_section_is_named(void **state)
{
	(void)state;
	assert_int_equal(read_text("[limit]\nconnections = 3\n"), CX_INVALID_ARGUMENT);
	assert_string_equal(said(), "2: unknown section [limit]; did you mean [limits]?");
	assert_int_equal(read_text("connections = 3\n"), CX_INVALID_ARGUMENT);
	assert_string_equal(said(), "1: connections stands before the first [section]");
}

static void a_key_set_twice_in_one_file_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(read_text("[log]\nlevel = info\n[store]\n[log]\nlevel = warn\n"),
	                 CX_INVALID_ARGUMENT);
	assert_string_equal(said(), "5: level is set a second time; first in line 2");
	assert_int_equal(config.log_level, DAEMON_LOG_INFO);
}

static void a_line_that_is_nothing_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(read_text("[store]\nwhatever\n"), CX_INVALID_ARGUMENT);
	assert_string_equal(said(), "2: neither [section] nor key = value");
	assert_int_equal(read_text("[store\n"), CX_INVALID_ARGUMENT);
	assert_string_equal(said(), "1: neither [section] nor key = value");
}

static void a_line_too_long_for_the_parser_is_refused_and_not_cut(void **state)
{
	(void)state;
	char text[512] = "[store]\npath = ";
	size_t head = strlen(text);
	for (size_t length = 150; length < 250; length++) {
		memset(text + head, 'x', length);
		text[head + length] = '\0';
		cx_status status = read_text(text);
		if (status == CX_OK)
			assert_int_equal(strlen(config.store_path), length);
		else
			assert_string_equal(said(), "2: longer than 198 bytes");
		assert_int_equal(status == CX_OK, length <= 192);
	}
}

static void a_bad_value_is_told_what_is_allowed(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *said;
	} rows[] = {
		{ "[limits]\nconnections = many\n", "2: connections is a whole number" },
		{ "[limits]\nconnections = 0\n",
		  "2: connections must lie between 1 and 1000000" },
		{ "[limits]\nconnections = 1000001\n",
		  "2: connections must lie between 1 and 1000000" },
		{ "[limits]\nconnections = 99999999999999999999999\n",
		  "2: connections is a whole number" },
		{ "[limits]\nconnections =\n", "2: connections is a whole number" },
		{ "[limits]\nconnections = -1\n", "2: connections is a whole number" },
		{ "[store]\nmap_bytes = 64X\n",
		  "2: map_bytes is a size: a number, with K, M, G or T after it if need be" },
		{ "[store]\nmap_bytes = 999999999T\n",
		  "2: map_bytes is a size: a number, with K, M, G or T after it if need be" },
		{ "[store]\nmap_bytes = 1K\n",
		  "2: map_bytes must lie between 1048576 and 17592186044416" },
		{ "[store]\nany_filesystem = maybe\n", "2: any_filesystem is yes or no" },
		{ "[listen]\nunix_mode = 0888\n",
		  "2: unix_mode is an octal number such as 0660" },
		{ "[log]\nlevel = loud\n", "2: level is one of error, warn, info or debug" },
		{ "[log]\nformat = xml\n", "2: format is one of text or json" },
		{ "[store]\nverify_on_open = never\n",
		  "2: verify_on_open is always or unclean" },
	};
	for (size_t i = 0; i < CX_COUNT_OF(rows); i++) {
		assert_int_equal(read_text(rows[i].text), CX_INVALID_ARGUMENT);
		assert_string_equal(said(), rows[i].said);
		assert_int_equal(error.line, 2);
	}
	assert_int_equal(config.limits_connections, 1000);
}

static void values_at_the_edges_are_taken(void **state)
{
	(void)state;
	assert_int_equal(read_text("[limits]\nconnections = 1000000\ninflight = 1\n"), CX_OK);
	assert_int_equal(config.limits_connections, 1000000);
	assert_int_equal(read_text("[store]\nmap_bytes = 16T\n"), CX_OK);
	assert_int_equal(read_text("[store]\nmap_bytes = 17T\n"), CX_INVALID_ARGUMENT);
}

static void a_missing_file_is_not_found(void **state)
{
	(void)state;
	scratch_path("none.conf", path);
	assert_int_equal(daemon_config_read(&config, path, &error), CX_NOT_FOUND);
}

static void drop_ins_win_over_the_file_in_the_order_of_their_names(void **state)
{
	(void)state;
	scratch_write("cardexd.conf.d/20-b.conf", "[limits]\ninflight = 20\n", path);
	scratch_write("cardexd.conf.d/10-a.conf", "[limits]\ninflight = 10\nconnections = 10\n",
	              path);
	scratch_write("cardexd.conf.d/30.conf.bak", "[limits]\ninflight = 30\n", path);
	scratch_write("cardexd.conf.d/.40.conf", "[limits]\ninflight = 40\n", path);
	assert_int_equal(read_text("[limits]\ninflight = 1\nconnections = 1\n"
	                           "queue_requests = 1\n"),
	                 CX_OK);
	assert_int_equal(config.limits_inflight, 20);
	assert_int_equal(config.limits_connections, 10);
	assert_int_equal(config.limits_queue_requests, 1);
	assert_non_null(strstr(config.origins[DAEMON_OPTION_limits_inflight], "20-b.conf:2"));
}

static void an_error_in_a_drop_in_names_that_file(void **state)
{
	(void)state;
	char drop_in[SCRATCH_PATH_SIZE];
	scratch_write("cardexd.conf.d/10.conf", "[log]\nlevl = info\n", drop_in);
	assert_int_equal(read_text(""), CX_INVALID_ARGUMENT);
	assert_non_null(strstr(error.text, drop_in));
	assert_non_null(strstr(error.text, ":2: unknown key levl"));
}

static void the_environment_wins_over_files(void **state)
{
	(void)state;
	char inflight[] = "CARDEXD_LIMITS_INFLIGHT=5";
	char store[] = "CARDEXD_STORE_PATH=/x=y";
	char other[] = "PATH=/bin";
	char *environment[] = { other, inflight, store, NULL };
	assert_int_equal(read_text("[limits]\ninflight = 1\n"), CX_OK);
	assert_int_equal(daemon_config_environment(&config, environment, &error), CX_OK);
	assert_int_equal(config.limits_inflight, 5);
	assert_string_equal(config.store_path, "/x=y");
	assert_string_equal(config.origins[DAEMON_OPTION_limits_inflight],
	                    "environment CARDEXD_LIMITS_INFLIGHT");
}

static void an_unknown_variable_is_an_error(void **state)
{
	(void)state;
	char wrong[] = "CARDEXD_LIMITS_INFLIGT=5";
	char *environment[] = { wrong, NULL };
	assert_int_equal(daemon_config_environment(&config, environment, &error),
	                 CX_INVALID_ARGUMENT);
	assert_non_null(strstr(error.text, "CARDEXD_LIMITS_INFLIGT is no option"));
}

static void check(const char *unix_path, const char *tcp, cx_status expected)
{
	assert_int_equal(
		daemon_config_set(&config, DAEMON_OPTION_listen_unix, unix_path, "t", NULL),
		CX_OK);
	assert_int_equal(daemon_config_set(&config, DAEMON_OPTION_listen_tcp, tcp, "t", NULL),
	                 CX_OK);
	assert_int_equal(daemon_config_check(&config, &error), expected);
}

static void it_needs_a_store_and_a_listener_on_loopback(void **state)
{
	(void)state;
	check("/s", "", CX_INVALID_ARGUMENT);
	assert_non_null(strstr(error.text, "no store"));
	assert_int_equal(daemon_config_set(&config, DAEMON_OPTION_store_path, "/x", "t", NULL),
	                 CX_OK);
	check("", "", CX_INVALID_ARGUMENT);
	assert_non_null(strstr(error.text, "nothing to listen on"));
	check("/s", "", CX_OK);
	check("", "127.0.0.1:7497", CX_OK);
	check("", "127.255.3.4:0", CX_OK);
	check("", "[::1]:65535", CX_OK);
	check("", "0.0.0.0:7497", CX_INVALID_ARGUMENT);
	assert_non_null(strstr(error.text, "TLS and a login"));
	check("", "[::]:7497", CX_INVALID_ARGUMENT);
	check("", "192.168.1.1:1", CX_INVALID_ARGUMENT);
	check("", "128.0.0.1:1", CX_INVALID_ARGUMENT);
	check("", "[::ffff:127.0.0.1]:1", CX_INVALID_ARGUMENT);
	check("", "127.0.0.1", CX_INVALID_ARGUMENT);
	check("", "127.0.0.1:", CX_INVALID_ARGUMENT);
	check("", "127.0.0.1:65536", CX_INVALID_ARGUMENT);
	check("", "127.0.0.1:7x", CX_INVALID_ARGUMENT);
	check("", "localhost:1", CX_INVALID_ARGUMENT);
	check("", "::1:1", CX_INVALID_ARGUMENT);
	check("", ":1", CX_INVALID_ARGUMENT);
}

static void limits_that_contradict_are_refused(void **state)
{
	(void)state;
	assert_int_equal(daemon_config_set(&config, DAEMON_OPTION_store_path, "/x", "t", NULL),
	                 CX_OK);
	assert_int_equal(
		read_text("[limits]\noutput_soft_bytes = 2M\noutput_hard_bytes = 1M\n"), CX_OK);
	check("/s", "", CX_INVALID_ARGUMENT);
	assert_non_null(strstr(error.text, "output_hard_bytes"));
}

static char *print(void printer(FILE *))
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	printer(out);
	fclose(out);
	return text;
}

static void print_config(FILE *out)
{
	daemon_config_print(&config, out);
}

static void what_is_printed_reads_back_as_the_same_configuration(void **state)
{
	(void)state;
	assert_int_equal(read_text("[limits]\ninflight = 3\n[store]\npath = /a b\n"
	                           "[listen]\nunix_mode=0640\n"),
	                 CX_OK);
	char *first = print(print_config);
	daemon_config_release(&config);
	assert_int_equal(daemon_config_init(&config), CX_OK);
	assert_int_equal(read_text(first), CX_OK);
	assert_int_equal(config.limits_inflight, 3);
	assert_string_equal(config.store_path, "/a b");
	assert_int_equal(config.listen_unix_mode, 0640);
	assert_non_null(strstr(first, "cardexd.conf:2\ninflight = 3\n"));
	free(first);
}

static void the_example_is_the_help(void **state)
{
	(void)state;
	const char *source = getenv("CARDEX_SOURCE");
	if (source == NULL)
		skip();
	char example[8192] = "";
	snprintf(path, sizeof path, "%s/packaging/cardexd.conf", source);
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	size_t size = fread(example, 1, sizeof example - 1, file);
	example[size] = '\0';
	fclose(file);
	char *help = print(daemon_config_print_help);
	assert_string_equal(example, help);
	free(help);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_default_is_a_valid_value),
		TEST(a_file_sets_values_of_every_kind),
		TEST(an_unknown_key_is_named_with_its_line_and_the_nearest_one),
		TEST(the_right_key_of_the_wrong_section_is_found),
		TEST(a_key_near_to_none_gets_no_suggestion),
		TEST(an_unknown_section_is_named),
		TEST(a_key_set_twice_in_one_file_is_an_error),
		TEST(a_line_that_is_nothing_is_an_error),
		TEST(a_line_too_long_for_the_parser_is_refused_and_not_cut),
		TEST(a_bad_value_is_told_what_is_allowed),
		TEST(values_at_the_edges_are_taken),
		TEST(a_missing_file_is_not_found),
		TEST(drop_ins_win_over_the_file_in_the_order_of_their_names),
		TEST(an_error_in_a_drop_in_names_that_file),
		TEST(the_environment_wins_over_files),
		TEST(an_unknown_variable_is_an_error),
		TEST(it_needs_a_store_and_a_listener_on_loopback),
		TEST(limits_that_contradict_are_refused),
		TEST(what_is_printed_reads_back_as_the_same_configuration),
		TEST(the_example_is_the_help),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
