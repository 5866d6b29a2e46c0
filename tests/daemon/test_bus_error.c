/* SPDX-License-Identifier: Apache-2.0 */
/* A page of a mapped file that cannot be read ends the process with one line that names the
 * file and the place, and with the exit status of a failed disk. */
#include "daemon/bus_error.h"
#include "daemon/log.h"
#include "daemon/process.h"
#include "tests/support/unit.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES = 8 };

static char path[] = "/tmp/cardex bus \"error\"-XXXXXX";

static const volatile char *map_and_cut(void)
{
	int fd = mkstemp(path);
	if (fd < 0 || ftruncate(fd, PAGES * PAGE) != 0)
		abort();
	const volatile char *map = mmap(NULL, PAGES * PAGE, PROT_READ, MAP_SHARED, fd, PAGE);
	if (map == MAP_FAILED || ftruncate(fd, 2 * PAGE) != 0)
		abort();
	return map;
}

static void touch(void)
{
	const volatile char *map = map_and_cut();
	(void)map[PAGE - 1]; /* is there still */
	(void)map[3 * PAGE + 5];
}

static void *touch_in_thread(void *map)
{
	(void)*((const volatile char *)map + 3 * PAGE);
	return NULL;
}

static void touch_in_many_threads(void)
{
	enum { THREADS = 8 };
	pthread_t threads[THREADS];
	union {
		const volatile char *from;
		void *to;
	} map = { .from = map_and_cut() };
	for (size_t i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, touch_in_thread, map.to);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

static void send_itself(void)
{
	(void)raise(SIGBUS);
}

/* What a process that does `act` writes on standard error; it must end with the status. */
static const char *last_words(daemon_log_format format, void act(void))
{
	static char text[8192];
	int ends[2];
	int ended;
	strcpy(path + strlen(path) - 6, "XXXXXX");
	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		(void)dup2(ends[1], STDERR_FILENO);
		close(ends[1]);
		daemon_log_setup(DAEMON_LOG_ERROR, format);
		daemon_process_init();
		act();
		_exit(1);
	}
	close(ends[1]);
	size_t size = 0;
	ssize_t got;
	while ((got = read(ends[0], text + size, sizeof text - 1 - size)) > 0)
		size += (size_t)got;
	text[size] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(child, &ended, 0), child);
	assert_true(WIFEXITED(ended));
	assert_int_equal(WEXITSTATUS(ended), DAEMON_EXIT_IO);
	return text;
}

/* Without the time, and the random end of the path. */
static void assert_said(const char *line, const char *before, const char *after)
{
	const char *begin = strstr(line, before);
	const char *end = strstr(line, after);
	if (begin == NULL || end == NULL || end[strlen(after)] != '\0')
		print_message("%s\n", line);
	assert_non_null(begin);
	assert_non_null(end);
	assert_true(begin < end);
	assert_string_equal(end, after); /* one line, and nothing behind it */
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
}

static void a_cut_file_is_named_with_the_place(void **state)
{
	(void)state;
	const char *line = last_words(DAEMON_LOG_AS_TEXT, touch);
	assert_said(line, "Z error store unreadable file=\"/tmp/cardex bus \\\"error\\\"-",
	            "\" offset=16389 cause=\"the file was cut while it was in use\" "
	            "text=\"restore it from a backup\"\n");
	unsigned year, month, day, hour, minute, second, ms;
	assert_int_equal(sscanf(line, "%4u-%2u-%2uT%2u:%2u:%2u.%3uZ ", &year, &month, &day,
	                        &hour, &minute, &second, &ms),
	                 7);
	assert_true(year >= 2024 && month <= 12 && day <= 31 && hour < 24 && minute < 60);
}

static void the_line_is_json_where_the_log_is(void **state)
{
	(void)state;
	const char *line = last_words(DAEMON_LOG_AS_JSON, touch);
	assert_int_equal(strncmp(line, "{\"time\":\"20", 11), 0);
	assert_said(line,
	            "Z\",\"level\":\"error\",\"event\":\"store unreadable\","
	            "\"file\":\"/tmp/cardex bus \\\"error\\\"-",
	            "\",\"offset\":16389,\"cause\":\"the file was cut while it was in use\","
	            "\"text\":\"restore it from a backup\"}\n");
}

static void several_threads_say_it_once(void **state)
{
	(void)state;
	assert_said(last_words(DAEMON_LOG_AS_TEXT, touch_in_many_threads),
	            "error store unreadable file=", "backup\"\n");
}

static void a_signal_that_was_sent_is_told_apart(void **state)
{
	(void)state;
	assert_said(last_words(DAEMON_LOG_AS_TEXT, send_itself), "Z error bus error",
	            " address=0\n");
}

static int remove_files(void **state)
{
	(void)state;
	return system("rm -f '/tmp/cardex bus \"error\"-'*") == 0 ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cut_file_is_named_with_the_place),
		cmocka_unit_test(the_line_is_json_where_the_log_is),
		cmocka_unit_test(several_threads_say_it_once),
		cmocka_unit_test(a_signal_that_was_sent_is_told_apart),
	};
	return cmocka_run_group_tests(tests, NULL, remove_files);
}
