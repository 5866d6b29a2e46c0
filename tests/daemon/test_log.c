/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of the log: their two forms, and how repeated events are held back. */
#include "daemon/log.h"
#include "tests/support/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void assert_line(daemon_log_format format, uint64_t held, const char *expected)
{
	const daemon_log_field fields[] = {
		LOG_NUMBER("conn", -7),     LOG_TEXT("plain", "a/b.c"),
		LOG_TEXT("empty", ""),      LOG_TEXT("odd", "a b=\"\\\n\x7f 张"),
		{ .kind = DAEMON_LOG_END },
	};
	CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(1024);
	daemon_log_line(format, 1000, DAEMON_LOG_WARN, "conn closed", fields, held, &out);
	assert_int_equal(cx_buf_status(&out), CX_OK);
	cx_buf_append_byte(&out, '\0');
	assert_string_equal((const char *)out.data, expected);
}

static void a_text_line_quotes_what_is_not_plain(void **state)
{
	(void)state;
	assert_line(DAEMON_LOG_AS_TEXT, 0,
	            "1970-01-01T00:00:01Z warn conn closed conn=-7 plain=a/b.c empty=\"\" "
	            "odd=\"a b=\\\"\\\\\\u000a\\u007f 张\"\n");
}

static void a_json_line_is_one_object(void **state)
{
	(void)state;
	assert_line(DAEMON_LOG_AS_JSON, 3,
	            "{\"time\":\"1970-01-01T00:00:01Z\",\"level\":\"warn\","
	            "\"event\":\"conn closed\",\"conn\":-7,\"plain\":\"a/b.c\",\"empty\":\"\","
	            "\"odd\":\"a b=\\\"\\\\\\u000a\\u007f 张\",\"held\":3}\n");
}

/* Runs `act` with standard error in a file; how many lines it wrote. */
static size_t lines_of(void act(void))
{
	char path[] = "/tmp/cardex-log-XXXXXX";
	int file = mkstemp(path);
	int saved = dup(STDERR_FILENO);
	unlink(path);
	dup2(file, STDERR_FILENO);
	act();
	dup2(saved, STDERR_FILENO);
	close(saved);

	size_t lines = 0;
	char byte;
	lseek(file, 0, SEEK_SET);
	while (read(file, &byte, 1) == 1)
		lines += byte == '\n';
	close(file);
	return lines;
}

static void repeat(void)
{
	for (int i = 0; i < 1000; i++)
		DAEMON_LOG(WARN, "often repeated", LOG_NUMBER("i", i));
	DAEMON_LOG(WARN, "once said", LOG_NUMBER("i", 1));
}

static void a_repeated_event_is_held_back_and_others_are_not(void **state)
{
	(void)state;
	assert_int_equal(lines_of(repeat), DAEMON_LOG_BURST + 1);
}

static void whisper(void)
{
	DAEMON_LOG(DEBUG, "not loud", LOG_NUMBER("i", 1));
	DAEMON_LOG(INFO, "loud enough", LOG_NUMBER("i", 1));
}

static void what_is_below_the_level_is_left_out(void **state)
{
	(void)state;
	daemon_log_setup(DAEMON_LOG_INFO, DAEMON_LOG_AS_TEXT);
	assert_int_equal(lines_of(whisper), 1);
	daemon_log_setup(DAEMON_LOG_DEBUG, DAEMON_LOG_AS_TEXT);
	assert_int_equal(lines_of(whisper), 2);
	daemon_log_setup(DAEMON_LOG_ERROR, DAEMON_LOG_AS_TEXT);
	assert_int_equal(lines_of(whisper), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_line_quotes_what_is_not_plain),
		cmocka_unit_test(a_json_line_is_one_object),
		cmocka_unit_test(a_repeated_event_is_held_back_and_others_are_not),
		cmocka_unit_test(what_is_below_the_level_is_left_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
