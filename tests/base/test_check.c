/* SPDX-License-Identifier: Apache-2.0 */
/* A failed assertion says where and ends the process, in every build. */
#include "base/check.h"
#include "tests/support/unit.h"

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void assert_that(int condition)
{
	CX_ASSERT(condition == 1);
}

static void a_true_assertion_does_nothing(void **state)
{
	(void)state;
	assert_that(1);
}

static void a_false_assertion_prints_its_text_and_aborts(void **state)
{
	(void)state;
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		signal(SIGABRT, SIG_DFL);
		dup2(ends[1], STDERR_FILENO);
		assert_that(0);
		_exit(0);
	}
	close(ends[1]);
	char text[512] = "";
	size_t size = 0;
	ssize_t got;
	while ((got = read(ends[0], text + size, sizeof text - 1 - size)) > 0)
		size += (size_t)got;
	close(ends[0]);
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	assert_non_null(strstr(text, "test_check.c:"));
	assert_non_null(strstr(text, ": assertion failed: condition == 1\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_true_assertion_does_nothing),
		cmocka_unit_test(a_false_assertion_prints_its_text_and_aborts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
